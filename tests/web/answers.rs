//! Answers that are no page: every one says what happened and what to do next, in the product's own frame.

use reqwest::Method;

use crate::matrix::{Thing, address, furnished};
use crate::support::{Page, World};

/// The bytes of a page without its address, what the navigation makes of that, and the reference.
pub fn without_address(page: &Page) -> String {
    let body = String::from_utf8_lossy(page.body());
    body.replace(&page.text(".reference"), "").replace(&page.path, "").replace(" aria-current=\"page\"", "")
}

#[tokio::test]
async fn what_is_not_there_and_what_may_not_be_known_of_read_the_same() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let mut read = Vec::new();
    for path in ["/nothing", "/submissions/TX-0001", "/submissions/x", "/department-reviews/1/status", "/documents/x"] {
        let page = maya.get(path).await;
        assert_eq!((page.status(), page.h1().as_str()), (404, "Page not found"), "{path}");
        assert_eq!(page.text(".reference").len(), 12, "{path}");
        read.push(without_address(&page));
    }
    for pair in read.windows(2) {
        for (one, other) in pair[0].lines().zip(pair[1].lines()) {
            assert_eq!(one, other);
        }
    }
}

#[tokio::test]
async fn an_error_keeps_header_navigation_and_footer() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/nothing").await;
    assert_eq!(page.title(), "Page not found – MC-Review");
    assert!(page.texts("header a").contains(&"Submissions".to_owned()));
    assert!(page.texts("footer a").contains(&"Accessibility".to_owned()));
    assert_eq!(page.link("Go to the start page").as_deref(), Some("/"));
    assert!(page.text(".masthead__end").contains("Sam Lee"));
}

#[tokio::test]
async fn the_forms_of_an_error_page_work() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let lost = sam.get("/nothing").await;
    assert_eq!(lost.form("Stay signed in").submit().await.status(), 200);
    let forged = lost.form("Stay signed in").without("csrf").submit().await;
    assert_eq!(forged.status(), 403);
    assert_eq!(forged.form("/sign-out").submit().await.status(), 303);
}

#[tokio::test]
async fn an_error_never_puts_a_whole_page_into_a_part_of_one() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let answer = sam.get_htmx("/nothing").await;
    assert_eq!((answer.status(), answer.header("content-type")), (404, Some("text/plain; charset=utf-8")));
    assert!(String::from_utf8_lossy(answer.body()).starts_with("Page not found. "));
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_no_page() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::POST] {
        let answer = sam.send(sam.request(method.clone(), "/help")).await;
        assert!([404, 405].contains(&answer.status()), "{method}: {}", answer.status());
    }
}

#[tokio::test]
async fn a_form_larger_than_is_taken_is_refused_with_the_limit() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let _elsewhere = world.signed_in("sam.lee").await;
    let form = sam.get("/account").await.form("End this session");
    let large = "x".repeat(600 * 1024);
    let answer = form.clone().tamper("more", &large).submit().await;
    assert_eq!((answer.status(), answer.h1().as_str()), (413, "Too large"));
    assert!(answer.reading().contains("512 KiB"), "{}", answer.reading());
    // Our pages have the token first; whoever sends it past what is read can send it as a header.
    let token = form.value("csrf");
    let late = form.without("csrf").tamper("more", &large).tamper("csrf", &token);
    assert_eq!(late.submit().await.status(), 403);
    assert_eq!(late.header("x-csrf-token", &token).submit().await.status(), 413);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused_in_words() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let token = sam.csrf().await;
    let form = "application/x-www-form-urlencoded";
    let post = |body: String, kind: &str| {
        sam.request(Method::POST, "/account").header("content-type", kind.to_owned()).body(body)
    };
    for (body, kind) in [
        (format!("csrf={token}&session=%FF%FE"), form),
        (format!("csrf={token}&session=nobody"), form),
        (format!("csrf={token}"), form),
        (format!("csrf={token}&session={}", uuid::Uuid::nil()), "text/plain"),
    ] {
        let answer = sam.send(post(body.clone(), kind)).await;
        let expected = if kind == form { 422 } else { 403 };
        assert!([expected, 422].contains(&answer.status()), "{body}: {}", answer.status());
        assert!(!answer.h1().is_empty());
    }
    for path in [
        "/%FF",
        "/submissions/%00",
        "/submissions/%FF",
        "/submissions/MN-0001%0d%0aX:y",
        "/?reason=%FF",
        "/help?%FF=%FF",
    ] {
        let answer = sam.get(path).await;
        assert!([200, 303, 400, 404, 422].contains(&answer.status()), "{path}: {}", answer.status());
    }
}

#[tokio::test]
async fn the_process_says_that_it_lives_and_whether_it_is_ready() {
    let world = World::start().await;
    let browser = world.browser();
    assert_eq!(browser.get("/healthz").await.body(), b"alive");
    let ready = browser.get("/readyz").await;
    assert_eq!((ready.status(), ready.body()), (200, &b"ready"[..]));
    assert_eq!(browser.cookies(), None, "whoever only asks for health gets no session");

    sqlx::query("update _sqlx_migrations set version = version + 1000 where version = (select max(version) from _sqlx_migrations)")
        .execute(&world.db)
        .await
        .unwrap();
    assert_eq!(browser.get("/readyz").await.status(), 503);
}

#[tokio::test]
async fn without_its_database_the_product_says_so_and_when_to_try_again() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    world.database_is_there(false).await;
    let browser = world.browser();
    assert_eq!(browser.get("/healthz").await.status(), 200);
    assert_eq!(browser.get("/readyz").await.status(), 503);
    for (who, path) in [(&sam, "/account"), (&browser, "/sign-in")] {
        let page = who.get(path).await;
        assert_eq!((page.status(), page.h1().as_str()), (503, "Not available just now"), "{path}");
        assert_eq!(page.header("retry-after"), Some("30"));
        assert!(page.texts("footer a").contains(&"Help".to_owned()));
    }
    assert_eq!(browser.get("/help").await.status(), 200, "what needs no database is still there");
    world.database_is_there(true).await;
    let account = sam.get("/account").await;
    assert_eq!((account.status(), account.text("h1").as_str()), (200, "Account"), "whoever was signed in is still");
}

#[tokio::test]
async fn an_error_about_a_thing_leads_back_to_it_for_whoever_may_see_it() {
    let (world, things) = furnished().await;
    let story = |thing: Thing| &things.iter().find(|(found, ..)| *found == thing).unwrap().1;
    let (sent, draft) = (story(Thing::Sent), story(Thing::Draft));
    let sam = world.signed_in("sam.lee").await;
    let back = |what: &str| (format!("Back to {what}"), what.to_owned());
    let to_sent = back(&sent.key);
    let document = format!("/documents/{}", story(Thing::Unclean).document.0);
    let rated = address(&things, "GET /rates/{rate}", Thing::Rated);
    let rate = rated.trim_start_matches("/rates/").to_owned();
    let other = address(&things, "GET /department-reviews/{id}/status", Thing::Rated);
    for (path, status, (label, what), place) in [
        (sent.path("approve"), 403, to_sent.clone(), "submissions"),
        (sent.path("versions/99"), 404, to_sent.clone(), "submissions"),
        (sent.path("nothing/here"), 404, to_sent.clone(), "submissions"),
        (sent.path("history?kind=none"), 422, to_sent.clone(), "submissions"),
        (format!("{rated}/correct"), 403, back(&rate), "rates"),
        (other, 403, back(&story(Thing::Rated).key), "submissions"),
        (document, 403, back(&story(Thing::Unclean).key), "submissions"),
    ] {
        let page = sam.get(&path).await;
        assert_eq!(page.status(), status, "{path}");
        assert_eq!(page.link(&label), Some(format!("/{place}/{what}")), "{path}: {}", page.reading());
        assert_eq!(page.link("Go to the start page").as_deref(), Some("/"), "{path}");
    }
    // What may not be known of is not led to.
    for path in [draft.path("history"), "/submissions/MN-0999/approve".to_owned(), "/nothing".to_owned()] {
        let page = sam.get(&path).await;
        assert_eq!((page.status(), page.link_like("Back to")), (404, None), "{path}");
    }
    let maya = world.signed_in("maya.lindqvist").await;
    assert_eq!(maya.get(&sent.path("notes")).await.link(&to_sent.0), Some(sent.path("")));
    let elena = world.signed_in("elena.vargas").await;
    assert_eq!(elena.get(&sent.path("history")).await.link_like("Back to"), None);
}
