//! `mc-review serve`: where it is, who can sign in, and how it stops.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use crate::program::program;
use crate::support::database::TestDatabase;

/// A server that serves, its address, and what it goes on to print.
pub fn start(url: &str, files: &str) -> (Child, String, impl BufRead + use<>) {
    started(program(url, &serving(files)))
}

/// What a server is started with that keeps its files in a folder.
pub fn serving(files: &str) -> [&str; 5] {
    ["serve", "--bind-address", "127.0.0.1:0", "--storage-url", files]
}

/// The same by a command.
pub fn started(mut command: Command) -> (Child, String, impl BufRead + use<>) {
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = command.spawn().expect("the program runs");
    let mut printed = BufReader::new(server.stdout.take().expect("it prints"));
    let mut first = String::new();
    printed.read_line(&mut first).expect("it prints its address");
    let address = first.trim().strip_prefix("MC-Review is at ").expect("it prints its address").to_owned();
    (server, address, printed)
}

pub fn signal(server: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &server.id().to_string()]).status();
    assert!(sent.expect("kill is there").success());
}

#[tokio::test]
async fn it_says_where_it_is_and_who_can_sign_in_and_stops_when_told() {
    let database = TestDatabase::new().await;
    let files = tempfile::tempdir().unwrap();
    for name in ["TERM", "INT"] {
        let (mut server, address, mut printed) = start(&database.url(), &files.path().display().to_string());
        // The connection stays open: it must not hold up the end.
        let client = reqwest::Client::new();
        let ready = client.get(format!("{address}/readyz")).send().await.unwrap();
        assert_eq!((ready.status().as_u16(), ready.text().await.unwrap()), (200, "ready".to_owned()));
        signal(&server, name);
        let ended = tokio::task::spawn_blocking(move || server.wait()).await.unwrap().unwrap();
        assert!(ended.success(), "after SIG{name}: {ended}");
        let mut rest = String::new();
        printed.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("Sam Lee              Reviewer        DMCO\n"), "{rest}");
    }
}
