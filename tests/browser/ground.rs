//! The ground that everything stands on: signing in, the frame of every page, errors.

use fantoccini::key::Key;
use time::Duration;

use crate::checks::inspect;
use crate::sent;
use crate::stage::play;

/// A submission of Minnesota that was sent with two rates.
const WITH_RATES: &str = concat!(
    include_str!("../database/fixture.sql"),
    "; begin; select draft('one'), rate('a', 'one'), rate('b', 'one', 2), send('one');
     update rate_review set name = 'MCR-MN-PMAP-SNBC-20260101-20261231-CERTIFICATION-20251115', rating_from = '2026-01-01',
            rating_to = '2026-12-31';
     insert into rate_review_program select key('a'), id from program where state_code = 'MN' and name in ('SNBC', 'PMAP'); commit"
);

#[tokio::test]
async fn the_pages_that_everybody_can_open_suit_everybody() {
    play(async |stage| {
        let window = stage.window(true).await;
        for (path, what) in [
            ("/", "the landing page"),
            ("/help", "the help page"),
            ("/accessibility", "the page on accessibility"),
            ("/privacy", "the page on privacy"),
            ("/sign-in", "the sign-in page"),
            ("/sign-in?reason=idle&next=%2Faccount", "the sign-in page after a session ended"),
        ] {
            window.open(path).await;
            inspect(&window, what).await;
        }
        window.open("/").await;
        window.press("Here’s how you know").await;
        inspect(&window, "the landing page with the official banner open").await;

        window.sign_in("sam.lee").await;
        window.open("/account").await;
        inspect(&window, "the account page").await;
        window.press("Account menu: Sam Lee").await;
        inspect(&window, "the account page with its menu open").await;
        for (path, says, what) in [
            ("/submissions", "Nothing matches", "the list of CMS while nothing was sent"),
            ("/submissions?status=withdrawn", "Nothing matches", "a list in which nothing matches"),
            ("/submissions?status=lost", "so nothing is shown", "a list asked for what it does not have"),
            ("/rates", "No rate fits these filters", "the list of rates while nothing was sent"),
        ] {
            window.open(path).await;
            window.reads(says).await;
            inspect(&window, what).await;
        }
        sqlx::raw_sql(WITH_RATES).execute(&stage.world.db).await.expect("the script runs");
        window.open("/rates").await;
        window.reads("MN-0002").await;
        window.press("Filters (3)").await;
        inspect(&window, "the list of rates with its filters open").await;
        window.open("/submissions").await;
        window.reads("0 of 2 signed off").await;
        inspect(&window, "the list of submissions with every department").await;
        let submission = sent::submission(&stage.world).await;
        window.open(&format!("{submission}/approve")).await;
        window.reads("You can't do this").await;
        inspect(&window, "a page that is not one's own").await;
        window.becomes("rita.olsen").await;
        window.open(&submission).await;
        inspect(&window, "the submission for somebody who only reads").await;
        window.open("/nothing/here").await;
        window.reads("Page not found").await;
        inspect(&window, "a page that is not there").await;
    })
    .await;
}

#[tokio::test]
async fn a_session_about_to_end_says_so_and_goes_on() {
    play(async |stage| {
        let window = stage.window(true).await;
        window.sign_in("sam.lee").await;
        window.open("/account").await;
        stage.world.pass(Duration::minutes(29));
        window.shows("dialog[open]").await;
        window.focus_is("the heading of the dialog", |focused| focused.id == "session-heading").await;
        inspect(&window, "a page whose session ends soon").await;
        window.tab_to("Stay signed in").await;
        window.key(Key::Enter).await;
        window.lacks("dialog[open]").await;
        window.open("/account").await;
        window.reads("Sam Lee").await;

        stage.world.pass(Duration::minutes(31));
        window.open("/account").await;
        window.reads("Choose who you want to be").await;
    })
    .await;
}
