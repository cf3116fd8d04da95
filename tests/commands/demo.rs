//! The invented world: the same for the same seed, and as lawful as what people make.

use std::collections::BTreeSet;
use std::sync::Arc;

use mc_review::demo::{Wanted, is_empty, load_submissions};
use mc_review::domain::clock::Clock;
use mc_review::history;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use sqlx::PgPool;

use crate::program::answer;
use crate::support::database::{BEGINNING, TestDatabase};

/// Loads submissions as of the tests' beginning; gives the files.
pub async fn load(db: &PgPool, wanted: Wanted) -> Arc<dyn ObjectStore> {
    let files: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    load_submissions(db, &files, &Clock::set_to(BEGINNING), wanted).await.expect("the world loads");
    files
}

async fn lines(db: &PgPool, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(db).await.expect("the statement reads")
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    let mut worlds = Vec::new();
    for seed in [7, 7, 8] {
        let database = TestDatabase::new().await;
        let db = database.pool();
        load(&db, Wanted { submissions: 30, seed, lived_through: 20 }).await;
        let world = lines(
            &db,
            "select concat_ws(' ', r.name, r.status, r.effective_from, r.last_activity_state_at, s.contract_data - 'program_ids',
                              (select jsonb_agg(jsonb_build_array(e.kind, e.at, e.actor_name, e.reason) order by e.seq)
                                 from event e where e.subject_id = r.id),
                              (select jsonb_agg(jsonb_build_array(d.file_name, d.sha256) order by d.category, d.position)
                                 from document d where d.contract_submission_id = s.id))
               from contract_review r join contract_submission s on s.contract_review_id = r.id
              order by r.state_code, r.number",
        )
        .await;
        assert_eq!(world.len(), 30);
        worlds.push(world);
    }
    assert_eq!(worlds[0], worlds[1]);
    assert_ne!(worlds[0], worlds[2]);
}

#[tokio::test]
async fn lived_through_and_copied_submissions_hold_together() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let files = load(&db, Wanted { submissions: 400, seed: 3, lived_through: 80 }).await;

    let report = history::verify_all(&db).await.unwrap();
    assert!(report.breaks.is_empty(), "{:?}", report.breaks.first());
    let statuses: BTreeSet<String> =
        lines(&db, "select status::text from contract_review union select status::text from department_review")
            .await
            .into_iter()
            .collect();
    let expected = "approved draft in_review not_started not_subject_to_review objection signed_off submitted";
    assert_eq!(statuses, expected.split(' ').map(str::to_owned).collect());
    for (what, sql) in [
        (
            "every number is of the state's counter, none left out",
            "select code from state where last_contract_number <> (select count(*) from contract_review where state_code = code)",
        ),
        (
            "names begin with the key",
            "select name from contract_review where name not like 'MCR-' || state_code || '-' || to_char(number, 'FM0000') || '-%'",
        ),
        (
            "the column follows the form",
            "select r.name from contract_review r join contract_submission s on s.contract_review_id = r.id where r.effective_from is distinct from (s.contract_data->>'contract_date_start')::date",
        ),
        (
            "contracts begin with a month and end with one",
            "select id::text from contract_submission where extract(day from (contract_data->>'contract_date_start')::date) <> 1 or extract(day from (contract_data->>'contract_date_end')::date + 1) <> 1",
        ),
        (
            "nothing happens after the present",
            "select kind from event where subject = 'contract_review' and at > '2026-03-11 03:30Z'",
        ),
        (
            "nothing happens before the two years",
            "select kind from event where subject = 'contract_review' and at < '2024-03-10'",
        ),
        (
            "packages are released by the day they are approved",
            "select name from contract_review r join event e on e.subject_id = r.id and e.kind = 'approved' where released_on > e.at::date or details->>'released_on' <> released_on::text",
        ),
        (
            "activity is that of the newest entry",
            "select name from contract_review r where last_activity_state_at < (select max(at) from event where subject_id = r.id and audience in ('both', 'state'))",
        ),
        (
            "the tally is right",
            "select state_code from contract_review_tally t group by state_code, status having sum(reviews) <> (select count(*) from contract_review r where r.state_code = t.state_code and r.status = t.status)",
        ),
        (
            "sent versions have their documents",
            "select id::text from contract_submission s where submitted_at is not null and not exists (select from document d where d.contract_submission_id = s.id and d.category = 'contract' and d.first_submitted_at = s.submitted_at)",
        ),
    ] {
        assert_eq!(lines(&db, sql).await, Vec::<String>::new(), "{what}");
    }
    for sha256 in lines(&db, "select sha256 from blob").await {
        let place = object_store::path::Path::from(format!("blobs/{sha256}"));
        assert!(object_store::ObjectStoreExt::head(&files, &place).await.is_ok(), "{sha256} is stored");
    }
}

#[tokio::test]
async fn a_world_with_submissions_is_left_alone_when_only_an_empty_one_is_to_be_filled() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    assert!(is_empty(&db).await.unwrap());
    let files = tempfile::tempdir().unwrap();
    let files = files.path().display().to_string();
    let demo = ["demo", "--if-empty", "--submissions", "5", "--storage-url", &files];
    assert_eq!(answer(&database.url(), &demo), "Added 5 invented submissions.\n");
    assert_eq!(answer(&database.url(), &demo), "There are submissions already; nothing was added.\n");
    assert_eq!(lines(&db, "select name from contract_review").await.len(), 5);
}
