//! Somebody's account is deactivated while they take a review or ask: it is done or it is not, and whoever is
//! deactivated is on no review.

use mc_review::accounts::{self, AccountError, Fields, KnownAccount, NewAccount};
use mc_review::domain::role::{Department, Role};
use mc_review::history::Actor;
use uuid::Uuid;

use super::intact;
use crate::support::story::Story;
use crate::support::{Browser, World};

/// Somebody of DMCO who was never here before.
async fn arrived(world: &World, email: &str) -> KnownAccount {
    let new = NewAccount {
        email,
        given_name: "Pat",
        family_name: "Quill",
        role: Role::CmsReviewer,
        state_code: None,
        department: Some(Department::Dmco),
        eua: None,
    };
    let mut tx = world.db.begin().await.unwrap();
    accounts::add(&mut tx, &world.clock, &Actor::product(), &new).await.unwrap();
    tx.commit().await.unwrap();
    known(world, email).await
}

async fn known(world: &World, email: &str) -> KnownAccount {
    let mut conn = world.db.acquire().await.unwrap();
    accounts::list(&mut conn, Some(email)).await.unwrap().pop().expect("the account is there")
}

/// Deactivates an account, as the command does.
async fn deactivate(world: &World, email: &str) -> Result<(), AccountError> {
    let mut tx = world.db.begin().await.unwrap();
    let known = accounts::list(&mut tx, Some(email)).await?.pop().expect("the account is there");
    let wanted = Fields { active: false, ..known.fields.clone() };
    accounts::change(&mut tx, &world.clock, &Actor::product(), &known, wanted).await?;
    tx.commit().await?;
    Ok(())
}

/// What they do meanwhile.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Doing {
    Take,
    Ask,
}

/// Does it; whether it was done, and not refused. Signing in anew is no other answer than a refusal.
async fn did(who: &Browser, doing: Doing, (review, story): (&str, &Story), csrf: &str) -> bool {
    let key = Uuid::from_u128(rand::random()).to_string();
    let seen = format!("{review}:1");
    let answer = match doing {
        Doing::Take => {
            let form = [("do", "take"), ("version", "1"), ("csrf", csrf)];
            who.post(&format!("/department-reviews/{review}/reviewers"), &form).await
        }
        Doing::Ask => {
            let form = [("id", key.as_str()), ("revision", "1"), ("review", &seen), ("text", "Where?"), ("csrf", csrf)];
            who.post(&story.path("questions/ask"), &form).await
        }
    };
    let signed_out = answer.status() == 303 && answer.location().starts_with("/sign-in");
    assert!(matches!(answer.status(), 303 | 403), "{doing:?} is answered with {}", answer.status());
    answer.status() == 303 && !signed_out
}

/// Until so many wait for a lock, if ever.
async fn somebody_waits(world: &World, many: i64) {
    for _ in 0..40 {
        let waiting =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        if world.count(waiting).await >= many {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// Both at the same moment, made to wait for a row; the one who does something comes first or second.
async fn at_once(world: &World, doing: Doing, table: Option<&str>, leaves_second: bool, email: &str) {
    let account = arrived(world, email).await;
    let story = world.sent("maya.lindqvist").await;
    let review = world.review_of(&story).await;
    let pat = world.browser();
    let csrf = pat.get("/sign-in").await.attributes("input[name=csrf]", "value").swap_remove(0);
    let id = account.id.to_string();
    assert_eq!(pat.post("/sign-in", &[("csrf", csrf.as_str()), ("account", &id)]).await.status(), 303);
    let csrf = pat.csrf().await;
    let mut lock = world.db.begin().await.unwrap();
    if let Some(table) = table {
        let row = match table {
            "contract_review" => story.id.to_string(),
            "department_review" => review.to_string(),
            _ => account.id.to_string(),
        };
        let held = format!("select from {table} where id = '{row}' for update");
        sqlx::raw_sql(sqlx::AssertSqlSafe(held)).execute(&mut *lock).await.unwrap();
    }
    let wait = async |many: i64| {
        if table.is_some() {
            somebody_waits(world, many).await;
        }
    };
    let done = async {
        wait(i64::from(!leaves_second)).await;
        did(&pat, doing, (&review.to_string(), &story), &csrf).await
    };
    let leaving = async {
        wait(i64::from(leaves_second)).await;
        deactivate(world, email).await
    };
    let release = async {
        wait(2).await;
        lock.rollback().await.unwrap();
    };
    let (done, left, ()) = tokio::join!(done, leaving, release);
    let case = format!("{doing:?}, {table:?} held, leaves second: {leaves_second}: {done}, {left:?}");

    let primary = "select primary_reviewer_id from department_review where id = $1";
    let on_it = async || sqlx::query_scalar::<_, Option<Uuid>>(primary).bind(review.0).fetch_one(&world.db).await;
    let told = "select count(*) from event where actor_id = $1 and kind in ('reviewers_changed', 'question_asked')";
    let told: i64 = sqlx::query_scalar(told).bind(account.id.0).fetch_one(&world.db).await.unwrap();
    assert_eq!(told, i64::from(done), "{case}");
    match left {
        Ok(()) => {}
        // Taken a moment before: it is said so, and the next try succeeds.
        Err(AccountError::Refused(sentence)) => {
            assert!(sentence.contains("at the same moment") && sentence.contains("try again"), "{case}");
            assert_eq!((doing, done, on_it().await.unwrap()), (Doing::Take, true, Some(account.id.0)), "{case}");
            deactivate(world, email).await.expect("nothing is in the way any more");
        }
        Err(_) => panic!("{case}"),
    }
    assert_eq!(on_it().await.unwrap(), None, "{case}");
    assert!(!known(world, email).await.fields.active, "{case}");
}

#[tokio::test]
async fn whoever_is_deactivated_while_they_do_something_has_done_it_or_not() {
    let world = World::start().await;
    let held = [None, Some("contract_review"), Some("department_review"), Some("account")];
    for (place, table) in held.into_iter().enumerate() {
        for (doing, leaves_second) in
            [(Doing::Take, true), (Doing::Take, false), (Doing::Ask, true), (Doing::Ask, false)]
        {
            let email = format!("pat{place}.{doing:?}{}@demo.example.gov", u8::from(leaves_second)).to_lowercase();
            at_once(&world, doing, table, leaves_second, &email).await;
        }
    }
    intact(&world).await;
}
