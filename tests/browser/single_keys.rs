//! Single keys: rows are gone through, ticked, taken and opened by them; fields and dialogs keep theirs.

use fantoccini::key::Key;

use crate::checks::inspect;
use crate::stage::play;

#[tokio::test]
async fn a_list_is_gone_through_ticked_and_opened_by_single_keys() {
    play(async |stage| {
        for _ in 0..3 {
            stage.world.sent("maya.lindqvist").await;
        }
        let sam = stage.window(true).await;
        sam.sign_in("sam.lee").await;
        sam.keys("gs").await;
        sam.arrives_at("/submissions").await;
        sam.keys("j").await;
        sam.focus_is("the first row", |focused| focused.name == "MN-0003").await;
        sam.sees_the_focus().await;
        sam.keys("xjj").await;
        sam.focus_is("the third row", |focused| focused.name == "MN-0001").await;
        sam.keys("xj").await;
        sam.focus_is("the last row still", |focused| focused.name == "MN-0001").await;
        sam.reads("2 ticked").await;
        sam.keys("kx").await;
        sam.reads("3 ticked").await;
        inspect(&sam, "a list of which rows are ticked").await;
        sam.keys("x").await;
        sam.reads("2 ticked").await;
        sam.tick("All on this page").await;
        sam.reads("3 ticked").await;
        // Rows that were drawn again are gone through as before.
        sam.press("Filters (3)").await;
        sam.tick("Approved").await;
        sam.announces("3 results").await;
        sam.lacks("tbody .tick input:checked").await;
        sam.run("document.activeElement.blur()").await;
        sam.keys("jj").await;
        sam.focus_is("the second row", |focused| focused.name == "MN-0002").await;
        sam.key(Key::Enter).await;
        sam.arrives_at("/submissions/MN-0002").await;
        sam.keys("t").await;
        sam.announces("primary reviewer Sam Lee").await;
        sam.run("document.activeElement.blur()").await;
        sam.keys("gw").await;
        sam.arrives_at("/work").await;
        sam.keys("gr").await;
        sam.arrives_at("/rates").await;
        sam.keys("gh").await;
        sam.arrives_at("/work").await;
        sam.open("/work?tab=unassigned").await;
        sam.keys("jt").await;
        sam.focus_is("what its row says now", |focused| focused.name == "Taken by you").await;
        sam.reads("Unassigned in my department (1)").await;
        sam.keys("jx").await;
        sam.shows("tbody .tick input:checked").await;
    })
    .await;
}

#[tokio::test]
async fn the_list_of_keys_is_a_dialog_that_keeps_the_focus_and_gives_it_back() {
    play(async |stage| {
        stage.world.sent("maya.lindqvist").await;
        let dana = stage.window(true).await;
        dana.sign_in("dana.ruiz").await;
        dana.open("/submissions").await;
        dana.keys("j?").await;
        dana.shows("dialog#key-list[open]").await;
        dana.focus_is("its heading", |focused| focused.name == "Keyboard shortcuts").await;
        inspect(&dana, "the list of keys").await;
        // Keys of the page do nothing behind it.
        dana.keys("gr").await;
        for _ in 0..6 {
            dana.key(Key::Tab).await;
            let inside = dana.ask("return document.activeElement === document.body || Boolean(document.activeElement.closest('#key-list'))", &[]).await;
            assert_eq!(inside, true, "{:?}", dana.focused().await);
        }
        dana.key(Key::Escape).await;
        dana.lacks("dialog#key-list[open]").await;
        dana.focus_is("the row", |focused| focused.name == "MN-0001").await;
        dana.arrives_at("/submissions").await;
        dana.keys("?").await;
        dana.within("#key-list").press("Close").await;
        dana.lacks("dialog#key-list[open]").await;
        dana.focus_is("the row again", |focused| focused.name == "MN-0001").await;
        dana.keys("?").await;
        dana.within("#key-list").press("More about them").await;
        dana.arrives_at("/help").await;
        inspect(&dana, "the help page with the keys").await;
    })
    .await;
}

#[tokio::test]
async fn fields_keep_their_letters_and_keys_that_are_off_do_nothing() {
    play(async |stage| {
        let story = stage.world.in_review("maya.lindqvist", "sam.lee").await;
        let sam = stage.window(true).await;
        sam.sign_in("sam.lee").await;
        sam.open(&story.path("notes")).await;
        sam.tab_to("New note").await;
        sam.keys("?gs just text").await;
        assert_eq!(sam.value("New note").await, "?gs just text");
        sam.arrives_at(&story.path("notes")).await;
        // Who is taken out of a field in the middle of a word goes on typing, and a form that is not saved is not left.
        sam.run("document.activeElement.blur()").await;
        sam.keys("gh").await;
        tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
        sam.keys("gh").await;
        sam.arrives_at(&story.path("notes")).await;
        sam.run("document.querySelector('main textarea').focus()").await;
        sam.keys("h").await;
        let saved =
            "document.activeElement.blur(); delete document.querySelector('main form[data-guard]').dataset.changed";
        sam.run(saved).await;
        sam.keys("gh").await;
        sam.reads("No notes").await;
        tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
        sam.keys("?").await;
        sam.shows("dialog#key-list[open]").await;
        sam.key(Key::Escape).await;
        sam.run("document.querySelector('main textarea').value = ''; document.activeElement.blur()").await;
        // Keys of the browser are its own: with Ctrl, `s` leads nowhere though `g` came before it.
        sam.keys("g").await;
        let held =
            "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 's', ctrlKey: true, bubbles: true }))";
        sam.run(held).await;
        sam.reads("No notes").await;
        sam.arrives_at(&story.path("notes")).await;

        sam.open("/account").await;
        inspect(&sam, "the account with the switch of the keys").await;
        sam.press("Switch single keys off").await;
        sam.reads("Single keys are off.").await;
        sam.keys("?gs").await;
        assert!(!sam.has("dialog#key-list").await);
        sam.open("/submissions").await;
        sam.keys("j").await;
        sam.focus_is("nothing", |focused| focused.tag == "body").await;
        sam.press("Account menu").await;
        sam.press("Keyboard shortcuts").await;
        sam.arrives_at("/help").await;
        sam.reads("Next row").await;
    })
    .await;
}

#[tokio::test]
async fn rows_that_came_to_the_work_are_counted_in_front_of_its_title() {
    play(async |stage| {
        stage.world.sent("maya.lindqvist").await;
        let sam = stage.window(true).await;
        sam.sign_in("sam.lee").await;
        sam.open("/work?tab=unassigned").await;
        sam.reads("1 review").await;
        for _ in 0..3 {
            stage.world.sent("maya.lindqvist").await;
        }
        sam.reads("6 changes since ").await;
        assert_eq!(sam.title().await, "(3) Unassigned in my department – My work – MC-Review");
        inspect(&sam, "work to which something came").await;
        sam.within("#changes").press("Show").await;
        sam.reads("4 reviews").await;
        assert_eq!(sam.title().await, "Unassigned in my department – My work – MC-Review");
        sam.press("Take DMCO review of MN-0002").await;
        sam.announces("primary reviewer Sam Lee").await;
        let kim = stage.world.signed_in("kim.ode").await;
        kim.get("/submissions/MN-0003").await.form("Take").press("Take").await;
        sam.reads("1 change since ").await;
        assert!(!sam.title().await.starts_with('('), "a row went, none came");
    })
    .await;
}
