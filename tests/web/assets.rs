//! Style sheets and scripts, and the headers that every answer carries.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::Method;

use crate::support::{Browser, Page, World};

async fn accepting_gzip(browser: &Browser, path: &str) -> Page {
    browser.send(browser.request(Method::GET, path).header("accept-encoding", "gzip, br")).await
}

#[tokio::test]
async fn every_answer_forbids_what_the_product_does_not_do() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let style = sam.get("/help").await.attributes("link[rel=stylesheet]", "href").remove(0);
    for path in ["/", "/help", "/account", "/nothing", "/healthz", "/session", &style] {
        let page = sam.get(path).await;
        let policy = page.header("content-security-policy").unwrap_or_else(|| panic!("{path} has no policy"));
        assert!(!policy.contains("unsafe"), "{policy}");
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.split("; ").any(|part| part == directive), "{directive} in {policy}");
        }
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(page.header("referrer-policy"), Some("same-origin"), "{path}");
        assert_eq!(page.header("strict-transport-security"), None, "not over plain HTTP");
    }
}

#[tokio::test]
async fn a_product_with_a_secure_address_is_reached_by_it_alone() {
    let world = World::start_over_https().await;
    let browser = world.browser();
    let page = browser.get("/sign-in").await;
    assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"));
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-mc_review_form="), "{cookie}");
    assert!(cookie.contains("Secure") && cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");

    // Forms count from pages of the public address alone, whatever a request claims to have been forwarded for.
    let form = page.form("Sam Lee");
    let fields = [("csrf", form.value("csrf")), ("account", form.value("account"))];
    let sent = async |origin: &str| {
        let request = browser.request(Method::POST, "/sign-in").form(&fields).header("origin", origin);
        let request = request.header("x-forwarded-host", "elsewhere.example").header("x-forwarded-proto", "https");
        browser.send(request.header("cookie", cookie.split(';').next().unwrap())).await
    };
    assert_eq!(sent("https://elsewhere.example").await.status(), 403);
    let answer = sent("https://mc-review.example.gov").await;
    assert_eq!(answer.status(), 303);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-mc_review_session=") && cookie.contains("Secure"), "{cookie}");

    let plain = World::start().await;
    let browser = plain.browser();
    let page = browser.send(browser.request(Method::GET, "/help").header("x-forwarded-proto", "https")).await;
    assert_eq!(page.header("strict-transport-security"), None, "nobody but a proxy of ours says so");
}

#[tokio::test]
async fn private_pages_are_not_kept_and_parts_are_not_taken_for_pages() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    for path in ["/account", "/nothing", "/session"] {
        let page = sam.get(path).await;
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        assert!(page.header("vary").is_some_and(|vary| vary.contains("HX-Request")), "{path}");
    }
}

#[tokio::test]
async fn static_files_are_kept_for_ever_under_an_address_that_changes_with_them() {
    let world = World::start().await;
    let browser = world.browser();
    let page = browser.get("/help").await;
    let mut addresses: Vec<String> = Vec::new();
    for (css, attribute) in [("link[href]", "href"), ("script[src]", "src"), ("img[src]", "src")] {
        addresses.extend(page.attributes(css, attribute));
    }
    assert!(addresses.len() >= 8, "{addresses:?}");
    for address in &addresses {
        assert!(address.starts_with("/static/"), "{address}");
        let file = browser.get(address).await;
        assert_eq!(file.status(), 200, "{address}");
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"), "{address}");
        assert_eq!(file.header("set-cookie"), None, "{address}");
    }
    // Under the address of another build the file is given, but not kept.
    let (_, path) = addresses[0].strip_prefix("/static/").unwrap().split_once('/').unwrap();
    let outdated = browser.get(&format!("/static/0123456789abcdef/{path}")).await;
    assert_eq!((outdated.status(), outdated.header("cache-control")), (200, Some("no-cache")));
}

#[tokio::test]
async fn files_that_are_none_of_the_browsers_business_are_not_served() {
    let world = World::start().await;
    let browser = world.browser();
    for path in
        ["vendor/README.md", "../Cargo.toml", "..%2fCargo.toml", "theme.scss", "licenses/OFL-1.1.txt", "", "app.css/"]
    {
        let answer = browser.get(&format!("/static/x/{path}")).await;
        assert!([303, 404].contains(&answer.status()), "{path}: {}", answer.status());
    }
}

#[tokio::test]
async fn text_travels_compressed_and_is_the_same() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let style = sam.get("/help").await.attributes("link[rel=stylesheet]", "href").remove(0);
    for path in [style.as_str(), "/help", "/account"] {
        let plain = sam.get(path).await;
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        let packed = accepting_gzip(&sam, path).await;
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{path}");
        assert!(packed.header("vary").is_some_and(|vary| vary.to_lowercase().contains("accept-encoding")), "{path}");
        let mut text = Vec::new();
        GzDecoder::new(packed.body()).read_to_end(&mut text).unwrap();
        assert_eq!(text, plain.body(), "{path}");
        assert!(packed.body().len() * 2 < text.len(), "{path}");
    }
}

#[tokio::test]
async fn a_first_visit_stays_within_its_budget() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let sam = world.signed_in("sam.lee").await;
    for path in ["/account".to_owned(), "/submissions".to_owned(), story.path("")] {
        let page = sam.get(&path).await;
        let mut first_visit = accepting_gzip(&sam, &path).await.body().len();
        let mut scripts = 0;
        for (css, attribute) in [("link[href]", "href"), ("script[src]", "src"), ("img[src]", "src")] {
            for address in page.attributes(css, attribute) {
                let size = accepting_gzip(&sam, &address).await.body().len();
                first_visit += size;
                scripts += if css.starts_with("script") { size } else { 0 };
            }
        }
        assert!(scripts <= 60_000, "scripts of {path} take {scripts} bytes");
        assert!(first_visit <= 150_000, "the first visit of {path} takes {first_visit} bytes, fonts aside");
    }
}
