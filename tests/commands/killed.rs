//! A server that is killed in the middle of writes, and the one that is started after it.

use std::time::Duration;

use mc_review::history::verify_all;
use reqwest::redirect::Policy;
use sqlx::PgPool;
use uuid::Uuid;

use crate::program::answer;
use crate::serve::{signal, start};
use crate::support::database::TestDatabase;

/// Signs in as the account with this key; gives the client and the token of the session.
pub async fn signed_in(address: &str, account: Uuid) -> (reqwest::Client, String) {
    let client = reqwest::Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
    let page = client.get(format!("{address}/sign-in")).send().await.unwrap().text().await.unwrap();
    let form = format!("csrf={}&account={account}", token(&page));
    let answered = posted(&client, &format!("{address}/sign-in"), form).await.unwrap();
    assert_eq!(answered, 303);
    let page = client.get(format!("{address}/account")).send().await.unwrap().text().await.unwrap();
    (client, token(&page))
}

pub fn token(page: &str) -> String {
    let after = page.split_once("name=\"csrf\" value=\"").expect("the page has a form").1;
    after.split_once('"').expect("the value ends").0.to_owned()
}

async fn posted(client: &reqwest::Client, url: &str, form: String) -> reqwest::Result<u16> {
    let request = client.post(url).header("content-type", "application/x-www-form-urlencoded").body(form);
    Ok(request.send().await?.status().as_u16())
}

/// Takes a review and hands it back, over and over, until the server does not answer any more; counts what was done.
async fn take_and_hand_back(address: String, db: PgPool, review: Uuid) -> u32 {
    let sam = "select id from account where email like 'sam.lee@%'";
    let sam: Uuid = sqlx::query_scalar(sam).fetch_one(&db).await.unwrap();
    let (client, csrf) = signed_in(&address, sam).await;
    let mut done = 0;
    loop {
        let (version, taken): (i32, bool) =
            sqlx::query_as("select version, primary_reviewer_id is not null from department_review where id = $1")
                .bind(review)
                .fetch_one(&db)
                .await
                .unwrap();
        let deed = if taken { "hand_back" } else { "take" };
        let url = format!("{address}/department-reviews/{review}/reviewers");
        match posted(&client, &url, format!("csrf={csrf}&version={version}&do={deed}")).await {
            Ok(status) => assert_eq!(status, 303, "{deed}"),
            Err(_) => return done,
        }
        done += 1;
    }
}

#[tokio::test]
async fn a_killed_server_leaves_no_half_action_and_the_next_one_goes_on() {
    let database = TestDatabase::new().await;
    let files = tempfile::tempdir().unwrap();
    let files = files.path().display().to_string();
    answer(&database.url(), &["demo", "--submissions", "150", "--seed", "3", "--storage-url", &files]);
    let db = database.pool();
    let reviews: Vec<Uuid> = sqlx::query_scalar(
        "select d.id from department_review d join contract_review r on r.id = d.contract_review_id
          where r.status = 'submitted' and d.primary_reviewer_id is null and d.secondary_reviewer_id is null
          order by d.id limit 4",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert!(reviews.len() > 1, "there is something to work on");
    for pause in [150, 300, 450] {
        let before: i64 = sqlx::query_scalar("select count(*) from event").fetch_one(&db).await.unwrap();
        let (mut server, address, _printed) = start(&database.url(), &files);
        let clients: Vec<_> = reviews
            .iter()
            .map(|review| tokio::spawn(take_and_hand_back(address.clone(), db.clone(), *review)))
            .collect();
        // Until the writing has begun; then in the middle of it.
        while sqlx::query_scalar::<_, i64>("select count(*) from event").fetch_one(&db).await.unwrap() < before + 8 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(pause)).await;
        signal(&server, "KILL");
        server.wait().unwrap();
        let mut done = 0;
        for client in clients {
            done += i64::from(client.await.unwrap());
        }
        // Every answer that was given stands; what was under way when it was killed stands whole or not at all.
        let report = verify_all(&db).await.unwrap();
        assert!(report.intact(), "{:?}", report.breaks);
        let told = sqlx::query_scalar::<_, i64>("select count(*) from event").fetch_one(&db).await.unwrap() - before;
        let under_way = told - done;
        assert!((0..=reviews.len() as i64).contains(&under_way), "{done} done, {told} told");
    }
}

/// What holds of a package that was sent wholly or not at all; a row for each that is neither.
const HALF_SENT: &str = "
  select r.state_code || '-' || r.number from contract_review r
    join contract_submission s on s.contract_review_id = r.id
    left join package_rate p on p.contract_submission_id = s.id
    left join rate_review q on q.id = p.rate_review_id
   where r.deleted_at is null
     and (r.status = 'draft' and s.submitted_at is not null
          or r.status not in ('draft', 'unlocked') and s.submitted_at is null and s.discarded_at is null
          or q.parent_id = r.id and r.status = 'draft' and q.status <> 'draft'
          or q.parent_id = r.id and r.status not in ('draft', 'unlocked') and q.status = 'draft'
          or p.rate_review_id is not null and (p.rate_submission_id is null) <> (s.submitted_at is null)
          or r.status in ('submitted', 'resubmitted')
             and not exists (select from department_review d where d.contract_review_id = r.id)
          or r.status in ('submitted', 'resubmitted') and q.parent_id = r.id and q.status <> 'withdrawn'
             and (select count(*) from department_review d where d.rate_review_id = q.id) <> 2)";

/// The open drafts: address, version, and somebody who writes for the state.
async fn drafts(db: &PgPool) -> Vec<(String, i32, Uuid)> {
    sqlx::query_as(
        "select r.state_code || '-' || to_char(r.number, 'FM0000'), s.version,
                (select a.id from account a where a.state_code = r.state_code and a.active order by a.id limit 1)
           from contract_review r join contract_submission s on s.contract_review_id = r.id
          where r.status = 'draft' and r.deleted_at is null order by 1",
    )
    .fetch_all(db)
    .await
    .unwrap()
}

/// Sends a draft; the answer's status, unless the server was gone.
async fn send(address: String, (key, version, author): (String, i32, Uuid)) -> Option<u16> {
    let (client, csrf) = signed_in(&address, author).await;
    let form = format!("csrf={csrf}&version={version}&action=submit");
    posted(&client, &format!("{address}/submissions/{key}/edit/review"), form).await.ok()
}

#[tokio::test]
async fn a_server_killed_while_states_send_has_sent_each_package_wholly_or_not_at_all() {
    let database = TestDatabase::new().await;
    let files = tempfile::tempdir().unwrap();
    let files = files.path().display().to_string();
    answer(&database.url(), &["demo", "--submissions", "250", "--seed", "5", "--storage-url", &files]);
    let db = database.pool();
    let half_sent = async || sqlx::query_scalar::<_, String>(HALF_SENT).fetch_all(&db).await.unwrap();
    let sent = "select count(*) from event where kind = 'submitted'";
    let before: i64 = sqlx::query_scalar(sent).fetch_one(&db).await.unwrap();
    assert_eq!(half_sent().await, [""; 0]);

    let (mut server, address, _printed) = start(&database.url(), &files);
    let sending: Vec<_> =
        drafts(&db).await.into_iter().map(|draft| tokio::spawn(send(address.clone(), draft))).collect();
    assert!(sending.len() > 5, "there are drafts to send");
    while sqlx::query_scalar::<_, i64>(sent).fetch_one(&db).await.unwrap() == before {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    signal(&server, "KILL");
    server.wait().unwrap();
    for client in sending {
        // Whoever had not signed in by then has nothing to say.
        let _ = client.await;
    }
    assert_eq!(half_sent().await, [""; 0]);
    assert!(verify_all(&db).await.unwrap().intact());

    let (mut server, address, _printed) = start(&database.url(), &files);
    let mut answers = Vec::new();
    for draft in drafts(&db).await {
        answers.push(send(address.clone(), draft).await.expect("the server answers"));
    }
    assert!(answers.iter().all(|answer| [303, 422].contains(answer)), "{answers:?}");
    assert_eq!(half_sent().await, [""; 0]);
    assert!(verify_all(&db).await.unwrap().intact());
    signal(&server, "TERM");
    server.wait().unwrap();
}
