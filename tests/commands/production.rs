//! What keeps production safe: settings without which nothing starts, and the log of who did what.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use uuid::Uuid;

use crate::killed::signed_in;
use crate::program::program;
use crate::serve::signal;
use crate::support::database::TestDatabase;

/// A key as `openssl rand -hex 64` makes it.
const KEY: &str = "9f3c1b7a5d2e8f40617283a4b5c6d7e8f9010a1b2c3d4e5f60718293a4b5c6d7";

#[tokio::test]
async fn production_starts_only_with_what_keeps_it_safe() {
    let database = TestDatabase::new().await;
    let files = tempfile::tempdir().unwrap();
    let said = |settings: &[(&str, &str)]| {
        let mut command = program(&database.url(), &["serve", "--bind-address", "127.0.0.1:0"]);
        command.env("APP_ENV", "production").env("STORAGE_URL", files.path()).env("CLAMD_ADDRESS", "127.0.0.1:1");
        command.envs(settings.iter().copied());
        let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{settings:?}");
        String::from_utf8_lossy(&output.stderr).trim().to_owned()
    };
    let public = ("PUBLIC_URL", "https://mc-review.example.gov");
    assert_eq!(said(&[public]), "SESSION_KEY must be set in production");
    assert_eq!(said(&[public, ("SESSION_KEY", &KEY[1..])]), "SESSION_KEY must have at least 64 characters");
    let repeated = "SESSION_KEY must be random, as `openssl rand -hex 64` makes it; this one repeats a few characters";
    for key in ["k".repeat(64), "abc".repeat(30)] {
        assert_eq!(said(&[public, ("SESSION_KEY", &key)]), repeated);
    }
    let key = ("SESSION_KEY", KEY);
    assert_eq!(said(&[key]), "PUBLIC_URL must be set in production, as https://mc-review.example.gov");
    let plain = said(&[key, ("PUBLIC_URL", "http://mc-review.example.gov")]);
    assert_eq!(plain, "PUBLIC_URL must begin with https:// in production");
    let with_path = said(&[key, ("PUBLIC_URL", "https://example.gov/mc-review")]);
    assert!(with_path.starts_with("PUBLIC_URL must be scheme and host alone"), "{with_path}");
    assert!(said(&[key, ("PUBLIC_URL", "mc review")]).starts_with("PUBLIC_URL is no address"));
}

#[test]
fn the_procfile_starts_production() {
    let procfile = include_str!("../../Procfile");
    assert!(procfile.lines().all(|line| line.contains(": APP_ENV=production mc-review ")), "{procfile}");
}

#[tokio::test]
async fn the_security_log_says_who_did_what_and_never_what_was_in_it() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let files = tempfile::tempdir().unwrap();
    let mut command = program(&database.url(), &["serve", "--bind-address", "127.0.0.1:0"]);
    command.env("STORAGE_URL", files.path()).current_dir(env!("CARGO_MANIFEST_DIR"));
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let address = first.trim().strip_prefix("MC-Review is at ").unwrap().to_owned();
    let sam: Uuid =
        sqlx::query_scalar("select id from account where email like 'sam.lee@%'").fetch_one(&db).await.unwrap();

    let (client, csrf) = signed_in(&address, sam).await;
    let get = async |path: &str| client.get(format!("{address}{path}")).send().await.unwrap().status().as_u16();
    let post = async |path: &str, csrf: &str| {
        let request = client.post(format!("{address}{path}")).form(&[("csrf", csrf), ("name", "Of nobody's concern")]);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(get("/submissions.csv?q=confidential").await, 200);
    assert_eq!(get("/assignments").await, 403);
    assert_eq!(post("/views", "forged").await, 403);
    let anybody = reqwest::Client::new();
    for _ in 0..20 {
        let forged = anybody.post(format!("{address}/sign-in")).form(&[("csrf", "forged")]).send().await.unwrap();
        assert_eq!(forged.status().as_u16(), 403);
    }
    assert_eq!(post("/sign-out", &csrf).await, 303);
    signal(&server, "TERM");
    let mut log = String::new();
    let mut errors = server.stderr.take().unwrap();
    let log = tokio::task::spawn_blocking(move || errors.read_to_string(&mut log).map(|_| log)).await.unwrap().unwrap();
    server.wait().unwrap();

    let lines: Vec<&str> = log.lines().filter(|line| line.contains("event=\"")).collect();
    let of = |event: &str| lines.iter().filter(|line| line.contains(&format!("event=\"{event}\""))).count();
    for event in ["signed_in", "export", "forbidden", "forged_form", "signed_out"] {
        assert_eq!(of(event), 1, "{event} in {log}");
    }
    let (account, request) = (format!("account=\"{sam}\""), "request=\"");
    assert!(lines.iter().all(|line| line.contains(&account) && line.contains(request)), "{log}");
    assert!(lines.iter().all(|line| !line.contains("request=\"\"")), "{log}");
    assert!(!log.contains("Of nobody's concern") && !log.contains(&csrf), "{log}");
}
