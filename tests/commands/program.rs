//! Running the program itself.

use std::process::{Command, Output};

use crate::support::database::TestDatabase;

/// The program with the settings of a test; whatever is set around it does not count.
pub fn program(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mc-review"));
    command.env_clear().env("DATABASE_URL", url).env("APP_ENV", "test").args(arguments);
    command
}

/// What it printed and how it ended.
pub fn run(url: &str, arguments: &[&str]) -> Output {
    program(url, arguments).output().expect("the program runs")
}

/// What it answered; it has to succeed.
pub fn answer(url: &str, arguments: &[&str]) -> String {
    let output = run(url, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("answers are text")
}

/// What it said as it refused.
pub fn refusal(url: &str, arguments: &[&str]) -> String {
    let output = run(url, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).expect("refusals are text").trim().to_owned()
}

#[tokio::test]
async fn migrating_names_what_was_applied_and_does_it_once() {
    let database = TestDatabase::empty().await;
    assert_eq!(refusal(&database.url(), &["serve"]), "The database was never migrated: run `mc-review migrate`.");
    let first = answer(&database.url(), &["migrate"]);
    assert_eq!(first.lines().next(), Some("Applied migration 0001: people."));
    assert_eq!(answer(&database.url(), &["migrate"]), "The database is up to date.\n");
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_in_one_sentence() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    sqlx::raw_sql(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'of tomorrow', true, '', 0)",
    )
    .execute(&db)
    .await
    .unwrap();
    let newer = "The database has migration 9999, which this mc-review does not know: \
                 use the one that applied it or a newer one.";
    for command in [&["serve"][..], &["migrate"], &["account", "list"]] {
        assert_eq!(refusal(&database.url(), command), newer);
    }
    sqlx::raw_sql("delete from _sqlx_migrations where version in (2, 9999)").execute(&db).await.unwrap();
    assert_eq!(refusal(&database.url(), &["serve"]), "The database lacks migration 0002: run `mc-review migrate`.");
}

#[tokio::test]
async fn the_history_is_whole_until_somebody_alters_an_entry() {
    let database = TestDatabase::new().await;
    let files = tempfile::tempdir().unwrap();
    let verify = ["verify-history", "--storage-url", &files.path().display().to_string()];
    assert!(answer(&database.url(), &verify).contains("The history is whole: 34 entries about 34 subjects"));
    sqlx::raw_sql(
        "set session_replication_role = replica;
         update event set actor_name = 'Somebody else'
          where subject_id = (select id from account where email = 'sam.lee@demo.example.gov')",
    )
    .execute(&database.pool())
    .await
    .unwrap();
    let output = run(&database.url(), &verify);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("sam.lee@demo.example.gov"));
}

#[tokio::test]
async fn invented_data_has_no_place_in_production() {
    let database = TestDatabase::new().await;
    let output = program(&database.url(), &["demo"]).env("APP_ENV", "production").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr).trim(), "Invented data has no place in production.");
}
