//! Downloading: what is handed out, as what, and to whom.

use mc_review::documents::{Storage, receive};
use mc_review::domain::document::Category;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use reqwest::Method;

use super::{PDF, attached, stored, tell, uploaded, version_of, world_with};

const NOBODYS: &str = "/documents/01981c52-7d10-7a41-9c3e-5b0f6d2a1e01";

#[tokio::test]
async fn a_document_is_handed_out_whole_under_its_own_name() {
    let world = world_with("select draft('a')").await;
    let content = [PDF, " ".repeat(3_000_000).as_bytes(), PDF].concat();
    let document = uploaded(&world, version_of(&world, "a").await, "Vertrag \"1\" 合同.PDF", &content).await;
    tell(&world, "select send('a')").await;

    let browser = world.signed_in("sam.lee").await;
    let request = browser.request(Method::GET, &format!("/documents/{document}")).header("accept-encoding", "gzip, br");
    let answer = browser.send(request).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("content-type"), Some("application/pdf"));
    assert_eq!(
        answer.header("content-disposition"),
        Some(
            "attachment; filename=\"Vertrag _1_ __.PDF\"; filename*=UTF-8''Vertrag%20%221%22%20%E5%90%88%E5%90%8C.PDF"
        )
    );
    assert_eq!(answer.header("content-length"), Some(content.len().to_string().as_str()));
    assert_ne!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.body() == content);
}

#[tokio::test]
async fn a_document_never_comes_as_a_page() {
    let world = world_with("select draft('a')").await;
    let file = stored(&world, Category::Contract, "page.csv", b"<script>alert(1)</script>").await;
    let mut conn = world.db.acquire().await.unwrap();
    let document = attached(&world, &mut conn, version_of(&world, "a").await, &file).await.unwrap();
    let href = format!("/documents/{document}");
    let browser = world.signed_in("maya.lindqvist").await;
    assert_eq!(browser.get(&href).await.header("content-type"), Some("text/csv"));
    tell(&world, "update blob set media_type = 'text/html'").await;
    assert_eq!(browser.get(&href).await.header("content-type"), Some("application/octet-stream"));
}

#[tokio::test]
async fn documents_of_a_draft_are_for_its_state_and_those_of_a_sent_version_for_cms_too() {
    let world = world_with("select draft('a')").await;
    let href = format!("/documents/{}", uploaded(&world, version_of(&world, "a").await, "a.pdf", PDF).await);
    let people = ["robert.okafor", "elena.vargas", "sam.lee"];
    let mut browsers = Vec::new();
    for person in people {
        browsers.push(world.signed_in(person).await);
    }
    let statuses = async || {
        let mut statuses = Vec::new();
        for browser in &browsers {
            statuses.push(browser.get(&href).await.status());
        }
        statuses
    };
    assert_eq!(statuses().await, [200, 404, 404]);
    tell(&world, "select send('a')").await;
    assert_eq!(statuses().await, [200, 404, 200]);
    for scan in ["pending", "infected", "failed"] {
        tell(&world, format!("update blob set scan = '{scan}'")).await;
        assert_eq!(statuses().await, [403, 404, 403]);
    }
    assert_eq!(world.browser().get(&href).await.status(), 303);
}

#[tokio::test]
async fn what_may_not_be_known_reads_like_what_is_not_there() {
    let world = world_with("select draft('a')").await;
    let href = format!("/documents/{}", uploaded(&world, version_of(&world, "a").await, "a.pdf", PDF).await);
    let browser = world.signed_in("elena.vargas").await;
    let hidden = browser.get(&href).await;
    for missing in [NOBODYS, "/documents/a.pdf", "/documents/../a.pdf"] {
        let missing = browser.get(missing).await;
        assert_eq!((missing.status(), missing.h1()), (404, hidden.h1()));
    }
}

#[tokio::test]
async fn a_content_that_was_lost_is_our_fault() {
    let world = world_with("select draft('a')").await;
    let version = version_of(&world, "a").await;
    let href = format!("/documents/{}", uploaded(&world, version, "a.pdf", PDF).await);
    let browser = world.signed_in("maya.lindqvist").await;
    let key: String = sqlx::query_scalar("select sha256 from blob").fetch_one(&world.db).await.unwrap();
    let place = Path::from(format!("blobs/{key}"));
    world.app.files.put(&place, b"%PDF-"[..].into()).await.unwrap();
    assert_eq!(browser.get(&href).await.status(), 500);
    world.app.files.delete(&place).await.unwrap();
    assert_eq!(browser.get(&href).await.status(), 500);
    // The same file sent again mends it.
    let content = futures_util::stream::iter([Ok(PDF.into())]);
    receive(Storage::from(&world.app), Category::Contract, "b.pdf", content).await.unwrap();
    assert_eq!(browser.get(&href).await.status(), 200);
}
