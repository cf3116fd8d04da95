//! A form counts only when it came from a page of this session.

use reqwest::Method;

use crate::support::World;

#[tokio::test]
async fn a_form_without_the_token_of_the_session_is_refused_and_does_nothing() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let kim = world.signed_in("kim.ode").await;
    let form = sam.get("/account").await.form("/sign-out");
    let foreign = kim.csrf().await;
    let own = form.value("csrf");
    let other_case = own
        .chars()
        .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect::<String>();
    let shorter = &own[1..];
    for wrong in [&foreign, "", &other_case, shorter, &format!("{own} ")] {
        let answer = form.clone().tamper("csrf", wrong).submit().await;
        assert_eq!((answer.status(), answer.h1().as_str()), (403, "This form is out of date"), "{wrong}");
    }
    assert_eq!(form.clone().without("csrf").submit().await.status(), 403);
    assert_eq!(sam.get("/account").await.status(), 200, "nobody was signed out");
    assert_eq!(form.submit().await.status(), 303);
}

#[tokio::test]
async fn the_token_is_the_same_in_every_tab() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let first = sam.get("/account").await.form("/sign-out").value("csrf");
    let second = sam.get("/help").await.form("/sign-out").value("csrf");
    assert_eq!(first, second);
    assert_eq!(first.len(), 32);
}

#[tokio::test]
async fn a_form_that_another_site_sends_is_refused_even_with_the_token() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let form = sam.get("/account").await.form("Stay signed in");
    for (header, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://elsewhere.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
    ] {
        let answer = form.clone().header(header, value).submit().await;
        assert_eq!(answer.status(), 403, "{header}: {value}");
    }
    for (header, value) in
        [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none"), ("origin", world.address.as_str())]
    {
        let answer = form.clone().header(header, value).submit().await;
        assert_eq!(answer.status(), 200, "{header}: {value}");
    }
}

#[tokio::test]
async fn a_body_of_another_kind_or_too_long_needs_the_token_too() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let token = sam.csrf().await;
    let long = format!("more={}", "x".repeat(600 * 1024));
    let form = "application/x-www-form-urlencoded";
    for (kind, body) in [
        ("text/plain", format!("csrf={token}")),
        ("application/json", "{}".to_owned()),
        ("multipart/form-data; boundary=x", "--x--\r\n".to_owned()),
        (form, long.clone()),
        (form, String::new()),
    ] {
        let request = sam.request(Method::POST, "/sign-out").header("content-type", kind).body(body.clone());
        let request = request.header("origin", &world.address).header("sec-fetch-site", "same-origin");
        assert_eq!(sam.send(request).await.status(), 403, "{kind}, {} bytes", body.len());
        assert_eq!(sam.get("/account").await.status(), 200, "{kind}: nobody was signed out");
    }
    // With it, the answer says what is wrong, and where the body does not matter it is done.
    let account = |kind: &str, body: String| {
        let request = sam.request(Method::POST, "/account").header("content-type", kind.to_owned()).body(body);
        sam.send(request.header("origin", &world.address).header("x-csrf-token", &token))
    };
    assert_eq!(account("application/json", "{}".to_owned()).await.status(), 422);
    assert_eq!(account(form, long).await.status(), 413);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_to_sign_in_before_the_form_is_looked_at() {
    let world = World::start().await;
    let answer = world.browser().post("/account", &[("session", "x")]).await;
    assert_eq!((answer.status(), answer.location()), (303, "/sign-in?next=/account"));
}
