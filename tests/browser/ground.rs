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
        window.reads("MN-R0002").await;
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
async fn the_settings_suit_those_who_change_and_those_who_read_them() {
    play(async |stage| {
        let sql = "select '/settings/programs/' || id from program where name = 'SNBC'";
        let program: String = sqlx::query_scalar(sql).fetch_one(&stage.world.db).await.unwrap();
        for scripts in [true, false] {
            let window = stage.window(scripts).await;
            window.sign_in("alex.morgan").await;
            window.open("/settings").await;
            window.reads("16 programs").await;
            inspect(&window, "the list of programs").await;
            window.open("/settings/programs?state=MN&sort=-name").await;
            window.reads("4 programs").await;
            inspect(&window, "the list of programs, filtered").await;
            window.open("/settings/programs?state=QQ").await;
            inspect(&window, "the list of programs asked for what it does not have").await;
            window.open(&program).await;
            inspect(&window, "a program").await;
            window.fill("Retired on", "soon").await;
            window.press("Save").await;
            window.reads("There is 1 problem on this page").await;
            inspect(&window, "a program whose day of retirement is none").await;

            let other = stage.window(scripts).await;
            other.sign_in("alex.morgan").await;
            other.open(&program).await;
            let (day, later) = if scripts { ("03/01/2026", "07/01/2026") } else { ("04/01/2026", "08/01/2026") };
            other.fill("Retired on", day).await;
            other.press("Save").await;
            other.reads("is retired from").await;
            inspect(&other, "a program that is retired").await;
            window.fill("Retired on", later).await;
            window.press("Save").await;
            window.reads("changed this program after you opened it").await;
            inspect(&window, "the panel over a program that changed meanwhile").await;
            window.becomes("rita.olsen").await;
            window.open(&program).await;
            window.reads("What happened").await;
            inspect(&window, "a program for somebody who only reads").await;
        }
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
        window.reads("These are fictional users for testing").await;
    })
    .await;
}
