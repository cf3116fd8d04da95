//! Files on their way: archives, exports, downloads and uploads hold their place while they are sent and no longer, and
//! nothing that others need.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mc_review::web::limits::STANDARD;
use reqwest::{Method, Response};
use tokio::time::sleep;

use super::{few, only, refused};
use crate::support::story::Story;
use crate::support::{Browser, World};

/// More than the buffers between two ends of a connection take.
const LARGE: u64 = 24 * 1024 * 1024;
/// For so long is waited for what takes a moment.
const PATIENCE: Duration = Duration::from_secs(20);

/// A submission with a document that does not fit between the ends of a connection.
async fn heavy(world: &World) -> Story {
    let story = world.sent("maya.lindqvist").await;
    let key: String = sqlx::query_scalar("select sha256 from document limit 1").fetch_one(&world.db).await.unwrap();
    let file = std::fs::File::create(world.folder().join("blobs").join(&key)).unwrap();
    file.set_len(LARGE).unwrap();
    let mut conn = world.db.acquire().await.unwrap();
    sqlx::query("set session_replication_role = replica").execute(&mut *conn).await.unwrap();
    sqlx::query("update blob set size = $1").bind(LARGE as i64).execute(&mut *conn).await.unwrap();
    conn.close().await.unwrap();
    story
}

/// Asks for a file and reads nothing of it.
async fn unread(who: &Browser, path: &str) -> Response {
    let answer = who.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer
}

/// Waits until an address is answered again; reads nothing of that.
async fn free_again(who: &Browser, path: &str) -> Response {
    let begin = Instant::now();
    loop {
        let answer = who.request(Method::GET, path).send().await.unwrap();
        if answer.status() == 200 {
            return answer;
        }
        assert_eq!(answer.status(), 429);
        assert!(begin.elapsed() < PATIENCE, "{path} is not free again");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_person_has_three_archives_at_once_and_a_place_is_free_when_one_is_left() {
    let world = World::start_with_limits(only(|table| table.archives_at_once = STANDARD.archives_at_once)).await;
    let story = heavy(&world).await;
    let (sam, owen) = (world.signed_in("sam.lee").await, world.signed_in("owen.park").await);
    let archive = story.path("versions/1/documents.zip");
    let mut open = Vec::new();
    for path in [&archive, &archive, &story.path("case-file.zip")] {
        open.push(unread(&sam, path).await);
    }
    let page = sam.get(&archive).await;
    refused(&page, "Three of your archives are still on their way");
    let (_, rate) = world.sent_with_rate("maya.lindqvist").await;
    let of_rate = sam.get(&format!("/rates/{rate}/versions/1/documents.zip")).await;
    refused(&of_rate, "Three of your archives are still on their way");
    assert!(page.has("nav"), "the page leads on");
    assert_eq!(owen.get(&archive).await.body().len() as u64 / LARGE, 1, "another person has it whole");
    assert_eq!(sam.get("/submissions").await.status(), 200);
    open.pop();
    free_again(&sam, &archive).await;
}

#[tokio::test]
async fn the_process_has_no_more_archives_at_once_than_it_has_places() {
    let world = World::start_with_limits(only(|table| table.archives_at_once.all = 2)).await;
    let story = heavy(&world).await;
    let archive = story.path("versions/1/documents.zip");
    let mut open = Vec::new();
    for name in ["sam.lee", "owen.park"] {
        open.push(unread(&world.signed_in(name).await, &archive).await);
    }
    let dana = world.signed_in("dana.ruiz").await;
    refused(&dana.get(&archive).await, "Many people are downloading archives.");
    drop(open);
    free_again(&dana, &archive).await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_cut_off_and_its_place_is_free() {
    let limits = only(|table| {
        table.archives_at_once = STANDARD.archives_at_once;
        table.silence = Duration::from_secs(1);
    });
    let world = World::start_with_limits(limits).await;
    let story = heavy(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let archive = story.path("versions/1/documents.zip");
    let open = join_all((0..3).map(|_| unread(&sam, &archive))).await;
    let _further = join_all((0..3).map(|_| free_again(&sam, &archive))).await;
    for answer in open {
        assert!(answer.bytes().await.is_err(), "it is seen to be cut short");
    }
}

#[tokio::test]
async fn documents_on_their_way_have_places_of_their_own() {
    let world = World::start_with_limits(only(|table| table.downloads_at_once.each = 2)).await;
    heavy(&world).await;
    let id: uuid::Uuid = sqlx::query_scalar("select id from document limit 1").fetch_one(&world.db).await.unwrap();
    let (sam, document) = (world.signed_in("sam.lee").await, format!("/documents/{id}"));
    let open = join_all((0..2).map(|_| unread(&sam, &document))).await;
    refused(&sam.get(&document).await, "downloads are still on their way");
    drop(open);
    free_again(&sam, &document).await;
}

/// So many submissions that a list of them does not fit between the ends of a connection.
async fn many_rows(world: &World) {
    let made = "insert into contract_review (id, state_code, number, kind, name, last_activity_state_at)
                select gen_random_uuid(), 'MN', n, 'health_plan', 'MCR-MN-' || n || repeat('-PMAP', 250), timestamptz '2026-01-01'
                  from generate_series(1, 12000) n";
    let mut conn = world.db.acquire().await.unwrap();
    for sql in ["set session_replication_role = replica", made] {
        sqlx::query(sql).execute(&mut *conn).await.unwrap();
    }
    conn.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exports_that_nobody_reads_hold_no_connection_and_stop_nobody() {
    let world = World::start_with_limits(only(|_| {})).await;
    many_rows(&world).await;
    let maya = world.signed_in("maya.lindqvist").await;
    // More than the pool for exports has connections, one after the other as each has to find one.
    let mut open = Vec::new();
    for format in ["csv", "xlsx", "csv", "csv", "csv", "csv", "csv", "csv", "csv", "csv"] {
        open.push(unread(&maya, &format!("/submissions.{format}?status=draft")).await);
    }
    let begin = Instant::now();
    let reading =
        "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'";
    while world.count(reading).await > 0 {
        assert!(begin.elapsed() < PATIENCE, "a connection is held for a reader that takes nothing");
        sleep(Duration::from_millis(50)).await;
    }
    let whole = maya.get("/submissions.csv?status=draft").await;
    assert_eq!(whole.body().split(|byte| *byte == b'\n').count(), 12_002);
    // Whoever reads on after all has the file as it was.
    let late = open.remove(0).bytes().await.expect("the file comes whole");
    assert_eq!(late, whole.body());
}

#[tokio::test]
async fn exports_have_their_places_and_so_many_an_hour() {
    let limits = only(|table| {
        table.exports_at_once = STANDARD.exports_at_once;
        few(&mut table.exports, 4);
    });
    let world = World::start_with_limits(limits).await;
    many_rows(&world).await;
    let maya = world.signed_in("maya.lindqvist").await;
    let open = [
        unread(&maya, "/submissions.csv?status=draft").await,
        unread(&maya, "/submissions.csv?status=draft&sort=submission").await,
    ];
    let before = world.count("select count(*) from export").await;
    refused(&maya.get("/submissions.csv?status=draft").await, "Two of your exports are still on their way");
    assert_eq!(world.count("select count(*) from export").await, before, "nothing was taken");
    let sam = world.signed_in("sam.lee").await;
    assert_eq!(sam.get("/work.csv").await.status(), 200);
    drop(open);
    free_again(&maya, "/rates.csv").await;
    assert_eq!(maya.get("/rates.csv").await.status(), 200);
    let wait = refused(&maya.get("/rates.csv").await, "An account can export 30 lists in an hour");
    world.pass(time::Duration::seconds(wait));
    assert_eq!(maya.get("/rates.csv").await.status(), 200);
}

#[tokio::test]
async fn an_account_uploads_so_much_an_hour_and_a_form_beyond_that_comes_back() {
    let world = World::start_with_limits(only(|table| few(&mut table.uploads, 2))).await;
    let (story, maya) = (world.drafted("maya.lindqvist").await, world.signed_in("maya.lindqvist").await);
    let annex = async |name: &str| {
        let content = format!("%PDF-1.7\n{name}{}%%EOF", " ".repeat(900 * 1024));
        let form = maya.get(&story.path("edit/contract")).await.form("Save as draft");
        form.attach("documents.contract", name, content, "application/pdf").press("Save as draft").await
    };
    for name in ["one.pdf", "two.pdf"] {
        let answer = annex(name).await;
        assert_eq!(answer.status(), 303, "{}", answer.reading());
    }
    let page = annex("three.pdf").await;
    let wait = refused(&page, "An account can upload 2 GiB in an hour.");
    assert!(page.reading().contains("choose it again: three.pdf."), "{}", page.reading());
    assert_eq!(world.count("select count(*) from document where file_name = 'three.pdf'").await, 0);
    let without = maya.get(&story.path("edit/contract")).await.form("Save as draft").press("Save as draft").await;
    assert_eq!(without.status(), 303, "a form without files is saved");
    world.pass(time::Duration::seconds(wait));
    assert_eq!(annex("three.pdf").await.status(), 303);
}

#[tokio::test]
async fn pages_that_listen_have_places_and_give_them_back() {
    let world = World::start_with_limits(only(|table| table.streams_at_once = STANDARD.streams_at_once)).await;
    let sam = world.signed_in("sam.lee").await;
    let stream = "/live?on=list:submissions";
    let open = join_all((0..20).map(|_| unread(&sam, stream))).await;
    assert_eq!(sam.request(Method::GET, stream).send().await.unwrap().status(), 429);
    drop(open);
    free_again(&sam, stream).await;
}
