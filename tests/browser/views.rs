//! Saved views in use: from the list itself, on their page, and without scripts.

use crate::checks::inspect;
use crate::stage::play;

#[tokio::test]
async fn a_view_is_saved_opened_replaced_and_deleted_with_and_without_scripts() {
    play(async |stage| {
        stage.world.sent("maya.lindqvist").await;
        for (scripts, name) in [(true, "Going on"), (false, "Going on too")] {
            let window = stage.window(scripts).await;
            window.sign_in("dana.ruiz").await;
            window.open("/views").await;
            inspect(&window, "the page of views").await;
            window.open("/submissions?status=submitted").await;
            window.press("Views").await;
            if scripts {
                window.reads("Save what is shown as a view").await;
            } else {
                inspect(&window, "a list with its views open, without scripts").await;
                window.press("Open a view, or save what is shown as one").await;
            }
            inspect(&window, "the views of a list").await;
            window.press("Save view").await;
            window.reads("Enter a name for the view.").await;
            inspect(&window, "a view without a name").await;
            window.fill("Name", name).await;
            window.choose("Who uses it", "For DMCO: all its people use it").await;
            window.press("Save view").await;
            window.reads("is saved as a view of submissions").await;
            inspect(&window, "a list that was saved as a view").await;

            window.open("/submissions?state=MN").await;
            window.press("Views").await;
            if !scripts {
                window.press("Open a view, or save what is shown as one").await;
            }
            window.reads(name).await;
            inspect(&window, "the views of a list that has some").await;
            window.press(&format!("Replace {name} by what is shown")).await;
            window.reads("is saved as it is shown here").await;
            window.open("/views").await;
            window.reads("1 submission").await;
            inspect(&window, "the page of views that has some").await;
            window.press(&format!("Edit the view {name}")).await;
            window.press("Open it with this view").await;
            window.reads("Submissions opens with").await;
            inspect(&window, "a view").await;
            window.open("/submissions").await;
            window.reads("State: Minnesota").await;

            let other = stage.window(scripts).await;
            other.sign_in("alex.morgan").await;
            other.open("/views").await;
            other.press(&format!("Edit the view {name}")).await;
            window.open("/views").await;
            window.press(&format!("Edit the view {name}")).await;
            other.within("section[aria-labelledby=rename]").fill("Name", &format!("{name}, renamed")).await;
            other.press("Rename").await;
            other.reads("The view is called").await;
            window.press("Delete this view").await;
            window.reads("changed this view after you opened it").await;
            inspect(&window, "the panel over a view that changed meanwhile").await;
            window.press("Delete it all the same").await;
            window.reads("is deleted.").await;
        }
        let window = stage.window(true).await;
        window.sign_in("sam.lee").await;
        window.open("/views").await;
        window.reads("No views of rates yet").await;
    })
    .await;
}
