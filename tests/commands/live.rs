//! Open pages cost a server little memory, and do not hold up its end.

use std::time::{Duration, Instant};

use crate::memory::{MIB, resident, signed_in};
use crate::program::{answer, program};
use crate::serve::{serving, signal, started};
use crate::support::database::TestDatabase;

const PAGES: usize = 200;
/// So much more the server may hold with them than without.
const MORE: u64 = 40 * MIB;
/// A stop without open pages takes about a second; one that waited for them would take twenty.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_open_pages_take_little_memory_and_end_with_the_server() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().display().to_string();
    answer(&database.url(), &["demo", "--submissions", "60", "--storage-url", &files]);
    // One person does not have that many open; what they cost is the same.
    let mut command = program(&database.url(), &serving(&files));
    command.arg("--without-limits");
    let (mut server, address, _printed) = started(command);
    let (sam, _) = signed_in(&address, &db, "sam.lee").await;
    let key: String = sqlx::query_scalar(
        "select state_code || '-' || to_char(number, 'FM0000') from contract_review where status = 'submitted' limit 1",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(sam.get(format!("{address}/submissions/{key}")).send().await.unwrap().status(), 200);
    let at_rest = resident(&server);

    let mut streams = Vec::new();
    for number in 0..PAGES {
        let on = if number % 2 == 0 { format!("submission:{key}") } else { "list:submissions".to_owned() };
        let mut stream = sam.get(format!("{address}/live?on={on}")).send().await.unwrap();
        assert_eq!(stream.status(), 200);
        assert!(stream.chunk().await.unwrap().is_some_and(|first| first.starts_with(b"retry")));
        streams.push(stream);
    }
    let open = resident(&server);
    println!("{PAGES} open pages took {} KiB to {} KiB", at_rest / 1024, open / 1024);
    assert!(open < at_rest + MORE, "{PAGES} open pages took {} KiB to {} KiB", at_rest / 1024, open / 1024);
    let listening =
        "select count(*) from pg_stat_activity where datname = current_database() and query like 'LISTEN %'";
    assert_eq!(sqlx::query_scalar::<_, i64>(listening).fetch_one(&db).await.unwrap(), 1);

    let told = Instant::now();
    signal(&server, "TERM");
    for stream in &mut streams {
        while stream.chunk().await.expect("it ends as it should").is_some() {}
    }
    let ended = tokio::task::spawn_blocking(move || server.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "{ended}");
    assert!(told.elapsed() < SOON, "it took {:?}", told.elapsed());
}
