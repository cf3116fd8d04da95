//! The ground that everything stands on: signing in, the frame of every page, errors.

use crate::checks::inspect;
use crate::stage::play;

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
        window.open("/nothing/here").await;
        window.reads("Page not found").await;
        inspect(&window, "a page that is not there").await;
    })
    .await;
}
