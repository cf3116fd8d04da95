//! The database goes away and comes back, can only be read, or somebody holds a row: who sees what, and that nobody loses what
//! they typed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, Connection, Executor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::filled::PDF;
use crate::support::{Browser, Page, World};

/// Cuts every connection that anybody has to the database, as an operator or a failover does.
async fn cut_all(world: &World) {
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()";
    let options = world.db.connect_options();
    let mut conn = sqlx::PgConnection::connect_with(&options).await.unwrap();
    conn.execute(cut).await.unwrap();
}

/// From now on the database takes no changes, as a standby does.
async fn only_reading(world: &World) {
    let name: String = sqlx::query_scalar("select current_database()").fetch_one(&world.db).await.unwrap();
    let set = format!("alter database {name} set default_transaction_read_only = on");
    world.db.execute(AssertSqlSafe(set)).await.unwrap();
    cut_all(world).await;
}

#[tokio::test]
async fn connections_that_were_cut_fail_nobody() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let draft = world.drafted("maya.lindqvist").await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let pages = ["/submissions", "/work", "/rates", "/account", "/submissions.csv", "/help", "/sign-in"];
    let submission = story.path("");
    for round in 0..5 {
        // Each thread gets all the connections that it may have.
        join_all((0..8).map(|_| sam.get("/submissions"))).await;
        let form = maya.get(&draft.path("edit/type")).await.form("Save as draft");
        cut_all(&world).await;
        // A form first in one round, a page in the next.
        if round % 2 == 0 {
            let typed = form.set("submission_description", &format!("Typed in round {round}."));
            assert_eq!(typed.press("Save as draft").await.status(), 303, "round {round}");
        }
        for page in pages.into_iter().chain([submission.trim_end_matches('/')]) {
            let answer = sam.get(page).await;
            assert!(matches!(answer.status(), 200 | 303), "{page} in round {round}: {}", answer.status());
        }
    }
}

/// Asks for a list a hundred times a second until told to stop; gives when each request began, and how it ended.
fn ask_all_the_time(browser: &Browser, stop: &Arc<AtomicBool>) -> Arc<Mutex<Vec<(Instant, u16)>>> {
    let (answers, stop, browser) = (Arc::new(Mutex::new(Vec::new())), Arc::clone(stop), browser.clone());
    let noted = Arc::clone(&answers);
    tokio::spawn(async move {
        while !stop.load(Ordering::Relaxed) {
            let (browser, noted) = (browser.clone(), Arc::clone(&noted));
            tokio::spawn(async move {
                let begun = Instant::now();
                let status = browser.get("/submissions").await.status();
                noted.lock().unwrap().push((begun, status));
            });
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    answers
}

#[tokio::test]
async fn once_the_database_is_back_no_request_fails() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let stop = Arc::new(AtomicBool::new(false));
    let answers = ask_all_the_time(&sam, &stop);
    let mut back = Vec::new();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let away = Instant::now();
        world.database_is_there(false).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.database_is_there(true).await;
        back.push((away, Instant::now()));
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    stop.store(true, Ordering::Relaxed);
    // What waits for a connection is answered within five seconds.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let answers = answers.lock().unwrap();
    let during = |at: &Instant| {
        back.iter().any(|(away, back)| {
            // Requests under way when it went away may fail as well.
            away.checked_sub(Duration::from_millis(200)).is_some_and(|away| away <= *at) && at < back
        })
    };
    let failed: Vec<_> = answers.iter().filter(|(at, status)| *status != 200 && !during(at)).collect();
    assert!(answers.len() > 100, "{} requests", answers.len());
    assert!(failed.is_empty(), "{} of {} failed: {failed:?}", failed.len(), answers.len());
}

#[track_caller]
fn gives_back(page: &Page, text: &str) {
    assert_eq!((page.status(), page.header("retry-after").is_some()), (503, true), "{}", page.reading());
    assert!(page.text("#conflict-heading").starts_with("Not saved: "), "{}", page.text("#conflict-heading"));
    assert!(page.text("#conflict").contains("the reference "), "{}", page.text("#conflict"));
    assert!(page.texts("textarea[readonly]").contains(&text.to_owned()), "{:?}", page.texts("textarea[readonly]"));
}

#[tokio::test]
async fn whatever_is_posted_while_the_database_is_away_comes_back() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let draft = world.drafted("maya.lindqvist").await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let type_form = maya.get(&draft.path("edit/type")).await.form("Save as draft");
    let type_form = type_form.set("submission_description", "A text of many words.");
    let with_files = maya.get(&draft.path("edit/contract")).await.form("Save as draft");
    let with_files = with_files.set("contract_date_start", "half a date");
    let with_files = with_files.attach("documents.contract", "a.pdf", PDF, "application/pdf");
    let note = sam.get(&story.path("notes")).await.form("Add note").set("text", "A remark of many words.");
    let question = sam.get(&story.path("questions/ask")).await.form("Ask").set("text", "Why is that so?");

    world.database_is_there(false).await;
    let page = type_form.press("Save as draft").await;
    gives_back(&page, "A text of many words.");
    gives_back(&note.press("Add note").await, "A remark of many words.");
    gives_back(&question.press("Ask").await, "Why is that so?");
    let files = with_files.press("Save as draft").await;
    gives_back(&files, "half a date");
    assert!(files.text("#conflict").contains("choose it again: a.pdf"), "{}", files.text("#conflict"));
    let part = type_form.press_htmx("Save as draft").await;
    assert_eq!((part.status(), part.header("content-type")), (503, Some("text/plain; charset=utf-8")));
    // A form of another site is not given back to it.
    let forged = type_form.clone().header("sec-fetch-site", "cross-site").press("Save as draft").await;
    assert!(!forged.reading().contains("A text of many words."));

    world.database_is_there(true).await;
    assert_eq!(page.form("Try again").press("Try again").await.status(), 303);
    let again = maya.get(&draft.path("edit/type")).await.form("Save as draft");
    assert_eq!(again.value("submission_description").trim(), "A text of many words.");
}

#[tokio::test]
async fn pages_that_are_the_same_for_everybody_need_no_database() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let style = sam.get("/help").await.attribute("link[rel=stylesheet]", "href").unwrap();
    world.database_is_there(false).await;
    let begun = Instant::now();
    for address in ["/healthz", style.as_str()] {
        assert_eq!(sam.get(address).await.status(), 200, "{address}");
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "they wait for nothing");
    for address in ["/help", "/accessibility", "/privacy"] {
        let page = sam.get(address).await;
        assert_eq!(page.status(), 200, "{address}");
        assert!(!page.reading().contains("Sign in"), "who is signed in is not asked to");
    }
    assert_eq!(sam.get("/account").await.status(), 503);
    assert_eq!(sam.get("/").await.status(), 503);
    assert_eq!(sam.get("/readyz").await.status(), 503);
    world.database_is_there(true).await;
    assert_eq!(sam.get("/account").await.status(), 200, "the session goes on");
}

#[tokio::test]
async fn while_the_database_can_only_be_read_pages_are_read() {
    let world = World::start().await;
    let story = world.sent_with_rate("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let form = sam.get(&story.0.path("notes")).await.form("Add note").set("text", "A remark of many words.");
    only_reading(&world).await;
    // So long after the last request that its time would be noted.
    world.pass(time::Duration::minutes(2));
    let rate = format!("/rates/{}", story.1);
    for address in
        ["/work", "/submissions", "/rates", "/account", rate.as_str(), &story.0.path(""), &story.0.path("history")]
    {
        let address = address.trim_end_matches('/');
        assert_eq!(sam.get(address).await.status(), 200, "{address}");
    }
    let refused = form.press("Add note").await;
    gives_back(&refused, "A remark of many words.");
    assert!(refused.text("#conflict-heading").contains("only reading is possible"), "{}", refused.reading());
    let ready = sam.get("/readyz").await;
    assert_eq!((ready.status(), ready.body()), (200, b"read only: the database takes no changes".as_slice()));
}

#[tokio::test]
async fn a_file_store_that_takes_nothing_is_said_to_be_for_reading_only() {
    let world = World::start().await;
    let browser = world.browser();
    assert_eq!(browser.get("/readyz").await.body(), b"ready");
    // A folder stands where the file is written that shows whether writing works.
    std::fs::remove_file(world.folder().join("ready")).unwrap();
    std::fs::create_dir_all(world.folder().join("ready").join("in the way")).unwrap();
    let page = browser.get("/readyz").await;
    assert_eq!((page.status(), page.body()), (200, b"read only: the file store takes no files".as_slice()));
}

#[tokio::test]
async fn a_row_that_somebody_holds_stops_only_who_needs_it() {
    let world = World::start().await;
    let draft = world.drafted("maya.lindqvist").await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let form = maya.get(&draft.path("edit/type")).await.form("Save as draft");
    let form = form.set("submission_description", "Typed while it was held.");
    let mut operator = world.db.begin().await.unwrap();
    sqlx::query("select from contract_review for update").execute(&mut *operator).await.unwrap();

    let presses = join_all((0..16).map(|_| form.press("Save as draft")));
    let looks = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        for address in ["/submissions", "/work", "/rates", "/account"] {
            let begun = Instant::now();
            assert_eq!(sam.get(address).await.status(), 200, "{address}");
            let took = begun.elapsed();
            assert!(took < Duration::from_secs(2), "{address} waits for nobody's row: {took:?}");
        }
    };
    let (pages, ()) = tokio::join!(presses, looks);
    let mut busy = 0;
    for page in &pages {
        gives_back(page, "Typed while it was held.");
        busy += usize::from(page.text("#conflict-heading") == "Not saved: busy just now");
    }
    assert!(busy > 0, "who waits for the row is told that it is busy");
    operator.rollback().await.unwrap();
    assert_eq!(form.press("Save as draft").await.status(), 303);
}

#[tokio::test]
async fn looking_at_the_sign_in_page_leaves_nothing_behind() {
    let world = World::start().await;
    for _ in 0..20 {
        let browser = world.browser();
        assert_eq!(browser.get("/sign-in").await.status(), 200);
        assert!(browser.cookies().is_some_and(|cookies| cookies.starts_with("mc_review_form=")));
    }
    assert_eq!(world.count("select count(*) from session").await, 0);
    // The token is for the browser that it was drawn for.
    let form = world.browser().get("/sign-in").await.form("Sam Lee");
    let elsewhere = world.browser();
    elsewhere.get("/sign-in").await;
    let fields = [("csrf", form.value("csrf")), ("account", form.value("account"))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(elsewhere.post("/sign-in", &fields).await.status(), 403);
    assert_eq!(world.count("select count(*) from session").await, 0);
}

/// What the server answers to the head of a form whose body never comes, if it does not wait for it.
async fn answer_to_head(world: &World, cookie: &str) -> Option<String> {
    let host = world.address.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST /account HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 400000\r\nCookie: {cookie}\r\n\r\ncsrf="
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 2_000];
    let read = tokio::time::timeout(Duration::from_secs(3), stream.read(&mut answer)).await.ok()?.unwrap();
    String::from_utf8_lossy(&answer[..read]).lines().next().map(str::to_owned)
}

#[tokio::test]
async fn a_body_is_waited_for_only_from_who_had_a_session() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let cookies = sam.cookies().unwrap();
    let own = cookies.split("; ").find(|cookie| cookie.starts_with("mc_review_session=")).unwrap().to_owned();
    assert_eq!(answer_to_head(&world, "a=b").await.as_deref(), Some("HTTP/1.1 303 See Other"));
    let forged = format!("{}x", &own[..own.len() - 1]);
    assert_eq!(answer_to_head(&world, &forged).await.as_deref(), Some("HTTP/1.1 303 See Other"));
    assert_eq!(answer_to_head(&world, &own).await, None, "it is waited for what is typed");
    world.pass(time::Duration::minutes(31));
    assert_eq!(answer_to_head(&world, &own).await, None, "also after the session has ended");
}
