//! The virus check: what waits for it, what it says, and what happens when it fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mc_review::documents::{Scanner, Storage, Turn, keep_scanning, receive, scan_next};
use mc_review::domain::document::Category;
use time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::PDF;
use crate::support::clamd::{Clamd, STREAM_MAX_LENGTH, eicar};
use crate::support::{Browser, World};

async fn checked(world: &World, scanner: &Scanner) -> Turn {
    scan_next(Storage::from(&world.app), scanner).await.unwrap()
}

/// How the contents stand, in the order of their sizes.
async fn states(world: &World) -> Vec<String> {
    sqlx::query_scalar("select scan || ' ' || scan_tries from blob order by size").fetch_all(&world.db).await.unwrap()
}

async fn upload(browser: &Browser, page: &str, name: &str, content: impl Into<Vec<u8>>) {
    let form =
        browser.get(page).await.form("Save as draft").attach("documents.contract", name, content, "application/pdf");
    assert_eq!(form.press("Upload to Contract").await.status(), 303);
}

/// Takes connections and does with each what `then` says; counts them.
async fn false_clamd<F>(then: fn(TcpStream) -> F) -> (Scanner, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scanner = listener.local_addr().unwrap().to_string().parse().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(then(connection));
        }
    });
    (scanner, count)
}

#[tokio::test]
async fn a_file_waits_for_its_check_and_is_then_handed_out_or_never() {
    let (world, clamd) = (World::start_with_checks().await, Clamd::start().await);
    let story = world.drafted("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let form = story.path("edit/contract");
    let href = format!("/documents/{}", story.document.0);

    let page = maya.get(&form).await;
    assert_eq!(page.texts(".files__line")[0], "1 file: 1 being checked");
    assert_eq!(page.texts(".files__row .tag"), ["Being checked for viruses"]);
    assert!(page.texts(".files__row a")[0].starts_with("Refresh"), "{:?}", page.texts(".files__row a"));
    let waiting = maya.get(&href).await;
    assert_eq!(waiting.status(), 403);
    assert!(waiting.reading().contains("still being checked for viruses"), "{}", waiting.reading());
    let review = maya.get(&story.path("edit/review")).await.form("Submit to CMS").press("Submit to CMS").await;
    assert_eq!(review.status(), 422);
    assert!(review.reading().contains("is still being checked for viruses. Wait a moment and try again."));

    let infected = format!("%PDF-1.7\n{}\n%%EOF", eicar());
    upload(&maya, &form, "letter.pdf", infected.clone()).await;
    assert_eq!(checked(&world, &clamd.tcp()).await, Turn::Checked);
    assert_eq!(checked(&world, &clamd.unix()).await, Turn::Checked);
    assert_eq!(checked(&world, &clamd.tcp()).await, Turn::Nothing);

    let page = maya.get(&form).await;
    assert_eq!(page.texts(".files__line")[0], "2 files: 1 ready, 1 with a virus");
    assert_eq!(page.texts(".files__message"), ["Virus found. Remove this file."]);
    assert_eq!(maya.get(&href).await.status(), 200);
    let letter: uuid::Uuid = sqlx::query_scalar("select id from document where file_name = 'letter.pdf'")
        .fetch_one(&world.db)
        .await
        .unwrap();
    let held = maya.get(&format!("/documents/{letter}")).await;
    assert_eq!(held.status(), 403);
    assert!(held.reading().contains("A virus was found in this file, so nobody can open it."));

    // What is known needs no second check.
    let known = [
        ("again.pdf", infected.into_bytes()),
        ("clean.pdf", format!("%PDF-1.7\nThe contract of {}.\n%%EOF", story.key).into_bytes()),
    ];
    for (name, content) in known {
        let content = futures_util::stream::iter([Ok(content.into())]);
        let file = receive(Storage::from(&world.app), Category::ContractSupporting, name, content).await.unwrap();
        assert_eq!(file.outcome.is_err(), name == "again.pdf");
        if let Err(problem) = file.outcome {
            assert_eq!(problem.message(), "A virus was found in again.pdf. Remove it.");
        }
    }
    assert_eq!(checked(&world, &clamd.tcp()).await, Turn::Nothing);
}

#[tokio::test]
async fn a_row_asks_how_its_check_stands_in_its_own_time_and_as_nobody() {
    let world = World::start_with_checks().await;
    let story = world.drafted("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let trigger = |page: &crate::support::Page| page.attributes("[data-poll]", "data-hx-trigger");
    assert_eq!(trigger(&maya.get(&story.path("edit/contract")).await), ["load delay:2s"]);
    let ask = async |asked: usize| maya.get_htmx(&format!("/documents/{}/check?asked={asked}", story.document.0)).await;
    let mut pauses = Vec::new();
    for asked in 1..=16 {
        pauses.extend(trigger(&ask(asked).await));
    }
    let minute = "load delay:60s";
    let expected =
        ["load delay:4s", "load delay:8s", "load delay:16s", "load delay:30s"].into_iter().chain([minute; 10]);
    assert_eq!(pauses, expected.collect::<Vec<_>>());

    // Half an hour of questions is half an hour of nobody being there.
    let seen = async || -> time::OffsetDateTime {
        sqlx::query_scalar("select max(last_seen_at) from session").fetch_one(&world.db).await.unwrap()
    };
    let before = seen().await;
    world.pass(Duration::minutes(10));
    ask(1).await;
    assert_eq!(seen().await, before);

    checked(&world, &Scanner::Nobody).await;
    let answer = ask(2).await;
    assert!(trigger(&answer).is_empty());
    assert_eq!(
        answer.attributes("[data-announce]", "data-announce"),
        [format!("{} contract.pdf is ready.", story.key)]
    );
    assert_eq!(answer.texts("[data-hx-swap-oob]"), ["1 file: 1 ready"]);
    world.pass(Duration::minutes(21));
    assert_eq!(ask(3).await.status(), 401);
}

#[tokio::test]
async fn while_the_scanner_is_away_files_wait_and_nothing_is_lost() {
    let world = World::start_with_checks().await;
    world.drafted("maya.lindqvist").await;
    let nobody_there = {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        free.local_addr().unwrap().to_string().parse::<Scanner>().unwrap()
    };
    for _ in 0..12 {
        assert_eq!(checked(&world, &nobody_there).await, Turn::Away);
        assert_eq!(states(&world).await, ["pending 0"]);
        assert_eq!(checked(&world, &nobody_there).await, Turn::Nothing);
        world.pass(Duration::seconds(10));
    }
    let clamd = Clamd::start().await;
    assert_eq!(checked(&world, &clamd.tcp()).await, Turn::Checked);
    assert_eq!(states(&world).await, ["clean 1"]);
}

#[tokio::test]
async fn a_check_that_is_cut_off_is_tried_again_and_then_given_up_until_somebody_asks() {
    let world = World::start_with_checks().await;
    let story = world.drafted("maya.lindqvist").await;
    let (cutting, count) = false_clamd(|mut connection: TcpStream| async move {
        let _ = connection.read(&mut [0; 20]).await;
    })
    .await;
    for tries in 1..=5 {
        assert_eq!(checked(&world, &cutting).await, Turn::Checked);
        assert_eq!(states(&world).await, [format!("{} {tries}", if tries < 5 { "pending" } else { "failed" })]);
        assert_eq!(checked(&world, &cutting).await, Turn::Nothing, "it rests first");
        world.pass(Duration::minutes(1));
    }
    assert_eq!(count.load(Ordering::SeqCst), 5);

    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get(&story.path("edit/contract")).await;
    assert_eq!(page.texts(".files__message"), ["Not checked. Try again or remove it."]);
    let version = "select version::bigint from contract_submission";
    let before = world.count(version).await;
    let button = format!("Check again {} contract.pdf", story.key);
    let again = page.form("Save as draft").press(&button).await;
    assert_eq!(
        (again.status(), again.location()),
        (303, format!("{}#documents.contract-line", story.path("edit/contract")).as_str())
    );
    assert_eq!(states(&world).await, ["pending 0"]);
    // The check is nothing of the draft's; the same press again does nothing.
    assert_eq!(world.count(version).await, before);
    let clamd = Clamd::start().await;
    checked(&world, &clamd.tcp()).await;
    assert_eq!(page.form("Save as draft").press(&button).await.status(), 303);
    assert_eq!(states(&world).await, ["clean 1"]);
}

#[tokio::test]
async fn a_file_that_the_scanner_does_not_take_is_not_checked() {
    let (world, clamd) = (World::start_with_checks().await, Clamd::start().await);
    let large = [PDF, &vec![b' '; 2 * STREAM_MAX_LENGTH], PDF].concat();
    let content =
        futures_util::stream::iter(large.chunks(65_536).map(|part| Ok(part.to_vec().into())).collect::<Vec<_>>());
    receive(Storage::from(&world.app), Category::Contract, "large.pdf", content).await.unwrap().outcome.unwrap();
    assert_eq!(checked(&world, &clamd.tcp()).await, Turn::Checked);
    assert_eq!(states(&world).await, ["failed 1"]);
    let note: String = sqlx::query_scalar("select scan_note from blob").fetch_one(&world.db).await.unwrap();
    assert_eq!(note, "it is larger than clamd takes (StreamMaxLength)");
}

#[tokio::test]
async fn what_a_dead_worker_held_is_taken_up_once_its_lease_has_ended() {
    let world = World::start_with_checks().await;
    world.drafted("maya.lindqvist").await;
    let (silent, count) = false_clamd(|mut connection: TcpStream| async move {
        let mut sink = Vec::new();
        let _ = connection.read_to_end(&mut sink).await;
    })
    .await;
    let (app, scanner) = (world.app.clone(), silent.clone());
    let dying = tokio::spawn(async move { scan_next(Storage::from(&app), &scanner).await });
    while count.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    dying.abort();
    assert_eq!(checked(&world, &Scanner::Nobody).await, Turn::Nothing);
    world.pass(Duration::minutes(5));
    assert_eq!(checked(&world, &Scanner::Nobody).await, Turn::Checked);
    assert_eq!(states(&world).await, ["clean 2"]);
}

#[tokio::test]
async fn workers_share_the_work_and_check_each_content_once() {
    let world = World::start_with_checks().await;
    for number in 0..20 {
        let content = futures_util::stream::iter([Ok(format!("rate,{number}").into())]);
        receive(Storage::from(&world.app), Category::Contract, "a.csv", content).await.unwrap().outcome.unwrap();
    }
    let (slow, count) = false_clamd(|mut connection: TcpStream| async move {
        let mut said = Vec::new();
        let mut part = [0; 1024];
        while !said.ends_with(&[0; 4]) {
            match connection.read(&mut part).await {
                Ok(read @ 1..) => said.extend_from_slice(&part[..read]),
                _ => return,
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let _ = connection.write_all(b"stream: OK\0").await;
    })
    .await;
    let (stop, stopped) = watch::channel(false);
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (app, slow, stopped) = (world.app.clone(), slow.clone(), stopped.clone());
            tokio::spawn(async move { keep_scanning(Storage::from(&app), &slow, stopped).await })
        })
        .collect();
    while world.count("select count(*) from blob where scan = 'clean'").await < 20 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stop.send_replace(true);
    for worker in workers {
        worker.await.unwrap();
    }
    assert_eq!(count.load(Ordering::SeqCst), 20);
}
