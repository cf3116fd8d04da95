//! `/sign-in`, `/sign-out` and `/account`.

use crate::support::World;

#[tokio::test]
async fn a_person_signs_in_by_pressing_their_name() {
    let world = World::start().await;
    let browser = world.browser();
    let page = browser.get("/sign-in").await;
    assert_eq!((page.status(), page.h1()), (200, "Sign in".to_owned()));

    let answer = page.form("Sam Lee").submit().await;
    assert_eq!((answer.status(), answer.location()), (303, "/"));
    let account = browser.get("/account").await;
    assert_eq!(account.definition("Name"), "Sam Lee");
    assert_eq!(account.definition("Department"), "DMCO");
    assert_eq!(account.definition("Last sign-in before this one"), "None");

    assert_eq!(browser.get("/").await.location(), "/work");
    assert_eq!(browser.get("/sign-in").await.location(), "/");
}

#[tokio::test]
async fn whoever_wanted_a_page_comes_to_it_after_signing_in() {
    let world = World::start().await;
    let browser = world.browser();
    let sent_on = browser.get("/account?from=mail&a=b%20c").await;
    assert_eq!(sent_on.status(), 303);
    assert_eq!(sent_on.location(), "/sign-in?next=/account?from=mail%26a=b%2520c");
    let answer = sent_on.follow().await.form("Sam Lee").submit().await;
    assert_eq!(answer.location(), "/account?from=mail&a=b%20c");
}

#[tokio::test]
async fn signing_in_never_leads_to_another_site() {
    let world = World::start().await;
    for next in [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "///elsewhere.example/",
        "/\\elsewhere.example/",
        "\\\\elsewhere.example/",
        "javascript:alert(1)",
        "elsewhere.example",
        "/%0d%0aSet-Cookie:%20a=b",
        "/%09/elsewhere.example/",
        "",
    ] {
        let page = world.browser().get(&format!("/sign-in?next={next}")).await;
        let form = page.form("Sam Lee");
        assert_eq!(form.value("next"), "/", "{next}");
        // Nor does the form when somebody changes what it carries.
        let decoded = next.replace("%0d%0a", "\r\n").replace("%09", "\t");
        let answer = form.tamper("next", &decoded).submit().await;
        assert_eq!((answer.status(), answer.location()), (303, "/"), "{next}");
        assert_eq!(answer.header("set-cookie").map(|cookie| cookie.contains("a=b")), Some(false));
    }
}

#[tokio::test]
async fn the_key_of_the_session_and_its_token_are_new_after_signing_in() {
    let world = World::start().await;
    let browser = world.browser();
    let page = browser.get("/sign-in").await;
    let form = page.form("Sam Lee");
    let before = browser.cookies().expect("the page with forms begins a session");
    form.submit().await;
    let after = browser.cookies().expect("and signing in goes on with one");
    assert_ne!(before, after);
    assert_ne!(browser.csrf().await, form.value("csrf"));

    // Whoever planted the first key is not signed in by it.
    let planted = world.browser();
    planted.set_cookies(&before);
    assert_eq!(planted.get("/account").await.status(), 303);
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let kept = sam.cookies().unwrap();
    let answer = sam.get("/account").await.form("/sign-out").submit().await;
    assert_eq!((answer.status(), answer.location()), (303, "/?reason=signed-out"));
    assert!(answer.follow().await.reading().contains("You are signed out."));
    assert_eq!(sam.get("/account").await.status(), 303);

    let thief = world.browser();
    thief.set_cookies(&kept);
    assert_eq!(thief.get("/account").await.status(), 303);
    assert_eq!(world.count("select count(*) from session where account_id is not null").await, 0);
}

#[tokio::test]
async fn the_cookie_holds_a_key_that_scripts_and_other_sites_do_not_get() {
    let world = World::start().await;
    let page = world.browser().get("/sign-in").await;
    let of_form = page.header("set-cookie").unwrap().to_owned();
    assert!(of_form.starts_with("mc_review_form="), "{of_form}");
    let answer = page.form("Sam Lee").submit().await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("mc_review_session="), "{cookie}");
    for cookie in [of_form.as_str(), cookie] {
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{attribute} in {cookie}");
        }
        // It goes when the browser is closed.
        assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "{cookie}");
    }
    // The database knows a digest only, so that reading it gives nobody a session.
    let key = cookie.split(['=', ';']).nth(1).unwrap();
    let stored = "select count(*) from session where length(key_sha256) = 64 and position(key_sha256 in $1) = 0";
    let stored: i64 = sqlx::query_scalar(stored).bind(key).fetch_one(&world.db).await.unwrap();
    assert_eq!(stored, 1);
}

#[tokio::test]
async fn an_unknown_or_deactivated_account_learns_whom_to_ask() {
    let world = World::start().await;
    let page = world.browser().get("/sign-in").await;
    let form = page.form("Rita Olsen");
    sqlx::query("update account set active = false where email like 'rita.%'").execute(&world.db).await.unwrap();
    for account in [form.value("account"), "00000000-0000-7000-8000-000000000000".to_owned()] {
        let answer = form.clone().tamper("account", &account).submit().await;
        assert_eq!((answer.status(), answer.h1().as_str()), (403, "You can't do this"));
        assert!(answer.reading().contains("help desk"), "{}", answer.reading());
    }
    assert!(!world.browser().get("/sign-in").await.reading().contains("Rita Olsen"));
}

#[tokio::test]
async fn only_accounts_of_the_demonstration_are_signed_in_to_by_name() {
    let world = World::start().await;
    sqlx::query("update account set email = 'sam.lee@cms.example.gov' where email like 'sam.lee@%'")
        .execute(&world.db)
        .await
        .unwrap();
    let page = world.browser().get("/sign-in").await;
    assert!(!page.reading().contains("Sam Lee"));
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from account where email like 'sam.lee@%'").fetch_one(&world.db).await.unwrap();
    let answer = page.form("Kim Ode").tamper("account", &id.to_string()).submit().await;
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn nobody_signs_in_by_pressing_a_name_in_production() {
    let world = World::start_in_production().await;
    let browser = world.browser();
    let page = browser.get("/sign-in").await;
    assert_eq!(page.status(), 200);
    assert_eq!(page.buttons(), [""; 0], "no account is offered");
    assert!(!page.has(".strip"), "nor is it called a test environment");
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from account where email like 'sam.lee@%'").fetch_one(&world.db).await.unwrap();
    // Also with the token that the page gave to the browser, which follows the signature.
    let cookie = browser.cookies().unwrap();
    let token = cookie.strip_prefix("mc_review_form=").unwrap()[44..].to_owned();
    let answer = browser.post("/sign-in", &[("csrf", token.as_str()), ("account", &id.to_string())]).await;
    assert_eq!((answer.status(), answer.h1().as_str()), (403, "You can't do this"));
}

#[tokio::test]
async fn one_sees_the_open_sessions_of_ones_own_and_ends_them() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let elsewhere = world.signed_in("sam.lee").await;
    let kim = world.signed_in("kim.ode").await;
    let page = sam.get("/account").await;
    let sessions = page.table("Your open sessions");
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions.iter().filter(|row| row.cell("Action") == "This session").count(), 1);
    assert_eq!(sessions[0].cell("Browser"), "Test browser");

    // Another person's session can't be ended, whatever the form is made to carry.
    let other: uuid::Uuid = sqlx::query_scalar(
        "select s.id from session s join account a on a.id = s.account_id where a.email like 'kim.%'",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    page.form("End this session").tamper("session", &other.to_string()).submit().await;
    assert_eq!(kim.get("/account").await.status(), 200);

    let answer = page.form("End this session").submit().await;
    assert_eq!(answer.location(), "/account");
    let after = answer.follow().await;
    assert_eq!(after.flash().as_deref(), Some("The session is ended."));
    assert_eq!(after.table("Your open sessions").len(), 1);
    assert_eq!(elsewhere.get("/account").await.status(), 303);
    assert_eq!(sam.get("/account").await.flash(), None, "the message is shown once");
}

#[tokio::test]
async fn only_a_browser_that_had_a_session_is_told_that_it_ended() {
    let world = World::start().await;
    let words = |page: crate::support::Page| page.text("main [role=status]");
    let first = world.browser().get("/account").await;
    assert_eq!(first.location(), "/sign-in?next=/account");
    assert_eq!(words(first.follow().await), "Sign in to continue.");
    // An address that somebody passed on, and a cookie that is none of ours.
    for reason in ["ended", "idle", "absolute"] {
        let page = world.browser().get(&format!("/sign-in?reason={reason}&next=/account")).await;
        assert_eq!(words(page), "Sign in to continue.", "{reason}");
        let landing = world.browser().get(&format!("/?reason={reason}")).await;
        assert_eq!(words(landing), "Sign in to continue.", "{reason}");
    }
    let strange = world.browser();
    strange.set_cookies("mc_review_session=none.of.ours");
    assert_eq!(strange.get("/account").await.location(), "/sign-in?next=/account");
    assert!(!world.browser().get("/sign-in").await.has("main [role=status]"), "who just comes is told nothing");

    let sam = world.signed_in("sam.lee").await;
    world.pass(time::Duration::minutes(31));
    for (reason, said) in [
        ("ended", "Your session has ended. Sign in to continue."),
        ("idle", "You were signed out after 30 minutes without activity. Sign in to continue."),
        ("absolute", "You were signed out after 12 hours, the longest a session lasts. Sign in to continue."),
    ] {
        assert_eq!(words(sam.get(&format!("/sign-in?reason={reason}&next=/account")).await), said);
    }
}
