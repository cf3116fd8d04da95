//! `mc-review worker`: who checks files for viruses, and where nobody may be missing.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use crate::program::program;
use crate::serve::{signal, start};
use crate::support::database::TestDatabase;

const WAITING: &str = "insert into blob (sha256, size, media_type, scan, stored_at)
                       select encode(sha256(convert_to(n::text, 'UTF8')), 'hex'), 1, 'text/csv', 'pending', now() from generate_series(1, 5) n";

async fn none_waits(db: &sqlx::PgPool) {
    let waiting = "select count(*) from blob where scan = 'pending'";
    let done = async {
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(db).await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), done).await.expect("it is done soon");
}

#[tokio::test]
async fn a_worker_says_who_checks_and_works_until_it_is_told_to_stop() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let files = tempfile::tempdir().unwrap();
    sqlx::raw_sql(WAITING).execute(&db).await.unwrap();
    let mut command = program(&database.url(), &["worker", "--storage-url", &files.path().display().to_string()]);
    let mut worker = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(worker.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first, "Files are not checked for viruses and count as clean: CLAMD_ADDRESS is not set.\n");
    none_waits(&db).await;
    signal(&worker, "TERM");
    let ended = tokio::task::spawn_blocking(move || worker.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "{ended}");
}

#[tokio::test]
async fn outside_production_the_server_does_the_work_itself() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let files = tempfile::tempdir().unwrap();
    let (mut server, _address, _printed) = start(&database.url(), &files.path().display().to_string());
    sqlx::raw_sql(WAITING).execute(&db).await.unwrap();
    none_waits(&db).await;
    signal(&server, "TERM");
    assert!(tokio::task::spawn_blocking(move || server.wait()).await.unwrap().unwrap().success());
}

#[tokio::test]
async fn in_production_nothing_starts_without_a_scanner() {
    let database = TestDatabase::new().await;
    let files = tempfile::tempdir().unwrap();
    let key = "0123456789abcdef".repeat(4);
    let missing =
        "CLAMD_ADDRESS must be set in production: files are handed out only once a virus scanner has found them clean";
    let said = |arguments: &[&str], address: Option<&str>| {
        let mut command = program(&database.url(), arguments);
        command.env("APP_ENV", "production").env("SESSION_KEY", &key).env("STORAGE_URL", files.path());
        command.env("PUBLIC_URL", "https://mc-review.example.gov");
        command.envs(address.map(|address| ("CLAMD_ADDRESS", address)));
        let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).trim().to_owned()
    };
    assert_eq!(said(&["serve", "--bind-address", "127.0.0.1:0"], None), missing);
    assert_eq!(said(&["worker"], None), missing);
    let wrong = "CLAMD_ADDRESS can't be used: the address of clamd is host:port or unix:/path; it is \"clamd\"";
    assert_eq!(said(&["worker"], Some("clamd")), wrong);
}

#[tokio::test]
async fn in_production_no_worker_starts_without_the_key_of_the_history() {
    let database = TestDatabase::new().await;
    let files = tempfile::tempdir().unwrap();
    let said = |key: Option<&str>| {
        let mut command = program(&database.url(), &["worker"]);
        command.env("APP_ENV", "production").env("STORAGE_URL", files.path()).env("CLAMD_ADDRESS", "127.0.0.1:1");
        command.envs(key.map(|key| ("HISTORY_KEY", key)));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).trim().to_owned()
    };
    assert_eq!(said(None), "HISTORY_KEY must be set in production: without it nothing signs the history");
    assert_eq!(said(Some("short")), "HISTORY_KEY must have at least 64 characters");
    let repeated = "HISTORY_KEY must be random, as `openssl rand -hex 64` makes it; this one repeats a few characters";
    assert_eq!(said(Some(&"k".repeat(64))), repeated);
}

#[tokio::test]
async fn a_worker_with_the_key_signs_the_history_and_verifying_says_what_was_checked() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let (files, key) = (tempfile::tempdir().unwrap(), "0123456789abcdef".repeat(4));
    let storage = files.path().display().to_string();
    let verify = |key: Option<&str>| {
        let mut command = program(&database.url(), &["verify-history", "--storage-url", &storage]);
        command.envs(key.map(|key| ("HISTORY_KEY", key)));
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (whole, said) = verify(None);
    assert!(
        whole && said.contains("HISTORY_KEY is not given: the signatures of checkpoints were not checked."),
        "{said}"
    );
    assert!(said.contains("There are no checkpoints yet"), "{said}");
    // These entries are of long ago: somebody who has the key expects them to be signed.
    let (whole, said) = verify(Some(&key));
    assert!(!whole && said.contains("34 entries are in no checkpoint"), "{said}");

    let mut command = program(&database.url(), &["worker", "--storage-url", &storage]);
    let worker = command.env("HISTORY_KEY", &key).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut worker = worker.unwrap();
    let signed = async {
        while sqlx::query_scalar::<_, i64>("select count(*) from history_checkpoint").fetch_one(&db).await.unwrap() == 0
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), signed).await.expect("it is signed soon");
    signal(&worker, "TERM");
    assert!(tokio::task::spawn_blocking(move || worker.wait()).await.unwrap().unwrap().success());
    let (whole, said) = verify(Some(&key));
    assert!(whole && said.contains("1 checkpoints cover 34 entries. 0 came after the newest"), "{said}");
    assert!(!said.contains("HISTORY_KEY"), "{said}");
    let (whole, said) = verify(Some(&"fedcba9876543210".repeat(4)));
    assert!(!whole && said.contains("No checkpoint is signed with this HISTORY_KEY"), "{said}");
}
