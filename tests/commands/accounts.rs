//! `mc-review account`: adding, changing and deactivating people, and what follows for their reviews and sessions.

use mc_review::accounts::{self, AccountError, Changed, Fields, KnownAccount};
use mc_review::demo::Wanted;
use mc_review::domain::clock::Clock;
use mc_review::domain::role::{Department, Role};
use mc_review::history::{self, Actor};
use sqlx::PgPool;

use crate::demo::load;
use crate::program::{answer, refusal};
use crate::support::database::{BEGINNING, TestDatabase};

async fn find(db: &PgPool, name: &str) -> KnownAccount {
    let email = format!("{name}@demo.example.gov");
    let mut conn = db.acquire().await.unwrap();
    accounts::list(&mut conn, Some(&email)).await.unwrap().pop().expect("the account is there")
}

/// Changes an account, as the command does.
async fn change(db: &PgPool, known: &KnownAccount, wanted: Fields) -> Result<Changed, AccountError> {
    let mut tx = db.begin().await.unwrap();
    let changed = accounts::change(&mut tx, &Clock::set_to(BEGINNING), &Actor::product(), known, wanted).await?;
    tx.commit().await.unwrap();
    Ok(changed)
}

fn deactivated(known: &KnownAccount) -> Fields {
    Fields { active: false, ..known.fields.clone() }
}

async fn count(db: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(db).await.expect("the statement counts")
}

const SAMS_REVIEWS: &str = "select count(*) from department_review where
    (select id from account where email = 'sam.lee@demo.example.gov') in (primary_reviewer_id, secondary_reviewer_id)";

#[tokio::test]
async fn what_is_wrong_with_an_account_is_said_in_a_sentence() {
    let database = TestDatabase::new().await;
    let url = database.url();
    let add = |email: &'static str, given: &'static str, rest: &[&'static str]| {
        let mut arguments = vec!["account", "add", email, "--given-name", given, "--family-name", "Ray"];
        arguments.extend(rest);
        refusal(&url, &arguments)
    };
    let reviewer = ["--role", "cms_reviewer", "--department", "DMCO"];
    assert_eq!(add("Sam.Lee@demo.example.gov", "Nova", &reviewer), "Another account has this email address.");
    assert_eq!(add("nova", "Nova", &reviewer), "Enter an email address like name@example.gov.");
    assert_eq!(add("nova@example.gov", "  ", &reviewer), "The given name can't be blank.");
    assert_eq!(
        add("nova@example.gov", "Nova", &["--role", "cms_reviewer"]),
        "A reviewer or approver belongs to a department, and nobody else does."
    );
    assert_eq!(
        add("nova@example.gov", "Nova", &["--role", "state_user"]),
        "A state user belongs to a state, and nobody else does."
    );
    assert_eq!(
        add("nova@example.gov", "Nova", &["--role", "state_user", "--state", "ZZ"]),
        "There is no such state: give its two letters, for example MN."
    );
    assert_eq!(
        refusal(&url, &["account", "deactivate", "nobody@example.gov"]),
        "There is no account nobody@example.gov: `mc-review account list` shows all."
    );
    assert_eq!(
        refusal(&url, &["account", "deactivate", "alex.morgan@demo.example.gov"]),
        "This is the last active administrator: make somebody else an administrator first."
    );
    assert_eq!(count(&database.pool(), "select count(*) from account").await, 18);
    assert_eq!(count(&database.pool(), "select count(*) from event where subject = 'account'").await, 18);
}

#[tokio::test]
async fn an_account_is_added_changed_and_deactivated_with_its_history() {
    let database = TestDatabase::new().await;
    let (url, db) = (database.url(), database.pool());
    let add = [
        "account",
        "add",
        "Nova Ray <mailto:Nova@example.gov>;",
        "--given-name",
        "Nova",
        "--family-name",
        "Ray",
        "--role",
    ];
    assert_eq!(
        answer(&url, &[&add[..], &["state_user", "--state", "mn"]].concat()),
        "Added Nova@example.gov, state_user.\n"
    );
    let change = ["account", "change", "nova@example.gov", "--role", "admin", "--eua", "NR01"];
    assert_eq!(
        answer(&url, &change),
        "Changed Nova@example.gov:\n  eua: none -> NR01\n  role: state_user -> admin\n  state: MN -> none\n"
    );
    assert_eq!(answer(&url, &change), "Nothing to change: Nova@example.gov is so already.\n");
    answer(&url, &["account", "deactivate", "NOVA@example.gov\u{200b}"]);
    let listed = answer(&url, &["account", "list"]);
    let line = listed.lines().find(|line| line.starts_with("Nova@example.gov")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["Nova@example.gov", "Nova", "Ray", "admin", "NR01", "no", "never"]);

    let told: Vec<String> = sqlx::query_scalar(
        "select concat_ws(' ', e.kind, e.version_before, e.version_after, e.details) from event e join account a on a.id = e.subject_id
          where a.email = 'Nova@example.gov' order by e.seq",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(
        told,
        [
            r#"account_added 1 {"role": "state_user", "state": "MN", "department": null}"#,
            r#"account_changed 1 2 {"eua": [null, "NR01"], "role": ["state_user", "admin"], "state": ["MN", null]}"#,
            r#"account_deactivated 2 3 {"active": [true, false]}"#,
        ]
    );
    assert!(history::verify_all(&db).await.unwrap().breaks.is_empty());
}

#[tokio::test]
async fn whoever_is_deactivated_is_signed_out_and_taken_off_all_reviews() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    load(&db, Wanted { submissions: 60, seed: 5, lived_through: 60 }).await;
    let reviews = count(&db, SAMS_REVIEWS).await;
    assert!(reviews > 3, "{reviews}");
    sqlx::raw_sql(
        "insert into session (id, key_sha256, account_id, state, signed_in_at, last_seen_at)
         select gen_random_uuid(), email, id, '{}', now(), now() from account where email in ('sam.lee@demo.example.gov', 'kim.ode@demo.example.gov')",
    )
    .execute(&db)
    .await
    .unwrap();

    let sam = find(&db, "sam.lee").await;
    let changed = change(&db, &sam, deactivated(&sam)).await.unwrap();
    assert_eq!(i64::try_from(changed.handed_back.len()).unwrap(), reviews);
    assert_eq!(count(&db, SAMS_REVIEWS).await, 0);
    assert_eq!(count(&db, "select count(*) from session").await, 1, "only the other's session goes on");
    let told = count(
        &db,
        "select count(*) from event where kind = 'reviewers_changed' and details->>'how' = 'account_closed' and audience = 'cms'
            and status_before = status_after and 'Sam Lee' in (details #>> '{primary,0,name}', details #>> '{secondary,0,name}')
            and coalesce(details #>> '{primary,1,name}', '') <> 'Sam Lee' and coalesce(details #>> '{secondary,1,name}', '') <> 'Sam Lee'",
    )
    .await;
    assert_eq!(told, reviews);
    assert!(history::verify_all(&db).await.unwrap().breaks.is_empty());
}

#[tokio::test]
async fn reviews_go_with_the_department_and_not_with_the_role() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    load(&db, Wanted { submissions: 40, seed: 5, lived_through: 40 }).await;
    let reviews = count(&db, SAMS_REVIEWS).await;
    assert!(reviews > 0);

    let sam = find(&db, "sam.lee").await;
    let mut promoted = sam.fields.clone();
    promoted.take_role(Role::CmsApprover);
    assert!(change(&db, &sam, promoted).await.unwrap().handed_back.is_empty());
    assert_eq!(count(&db, SAMS_REVIEWS).await, reviews);

    let sam = find(&db, "sam.lee").await;
    let moved = Fields { department: Some(Department::Oact), ..sam.fields.clone() };
    assert_eq!(i64::try_from(change(&db, &sam, moved).await.unwrap().handed_back.len()).unwrap(), reviews);
    assert_eq!(count(&db, SAMS_REVIEWS).await, 0);
}

#[tokio::test]
async fn a_change_to_an_account_that_somebody_else_changed_writes_nothing() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let read = find(&db, "rita.olsen").await;
    let renamed = Fields { family_name: "Olsen-Ray".to_owned(), ..read.fields.clone() };
    change(&db, &read, renamed).await.unwrap();
    let refused = change(&db, &read, Fields { given_name: "Margarita".to_owned(), ..read.fields.clone() }).await;
    assert!(matches!(refused, Err(AccountError::Changed)), "{refused:?}");
    assert_eq!(find(&db, "rita.olsen").await.fields.family_name, "Olsen-Ray");
}

#[tokio::test]
async fn of_two_administrators_who_are_deactivated_at_once_one_stays() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let hannah = find(&db, "hannah.desai").await;
    change(&db, &hannah, Fields { role: Role::Admin, ..hannah.fields.clone() }).await.unwrap();
    let (alex, hannah) = (find(&db, "alex.morgan").await, find(&db, "hannah.desai").await);
    let outcomes = tokio::join!(change(&db, &alex, deactivated(&alex)), change(&db, &hannah, deactivated(&hannah)));
    let refused = [outcomes.0.is_err(), outcomes.1.is_err()];
    assert_eq!(refused.iter().filter(|refused| **refused).count(), 1, "{refused:?}");
    assert_eq!(count(&db, "select count(*) from account where role = 'admin' and active").await, 1);
}

#[tokio::test]
async fn deactivating_waits_for_whoever_works_on_a_review_and_none_waits_in_a_circle() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    load(&db, Wanted { submissions: 40, seed: 5, lived_through: 40 }).await;
    // Somebody has one of Sam's submissions open for writing, and is about to put Sam on as the other reviewer.
    let mut busy = db.begin().await.unwrap();
    let review: uuid::Uuid = sqlx::query_scalar(
        "select d.id from department_review d join account a on a.id = d.primary_reviewer_id
           join contract_review r on r.id = d.contract_review_id
          where a.email = 'sam.lee@demo.example.gov' order by r.id desc limit 1 for update of r, d",
    )
    .fetch_one(&mut *busy)
    .await
    .unwrap();
    let sam = find(&db, "sam.lee").await;
    let leaving = tokio::spawn({
        let (db, sam) = (db.clone(), sam.clone());
        async move { change(&db, &sam, deactivated(&sam)).await }
    });
    while count(
        &db,
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    .await
        == 0
    {
        assert!(!leaving.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
    sqlx::query("select from account where id = $1 for share").bind(sam.id.0).execute(&mut *busy).await.unwrap();
    sqlx::query("update department_review set status_since = status_since where id = $1")
        .bind(review)
        .execute(&mut *busy)
        .await
        .unwrap();
    busy.rollback().await.unwrap();
    leaving.await.unwrap().expect("no deadlock, and nothing is left of Sam");
    assert_eq!(count(&db, SAMS_REVIEWS).await, 0);
}
