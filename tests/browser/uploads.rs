//! Files that go up while a draft is filled in: at once, with their progress, and what becomes of those that do not.

use crate::checks::inspect;
use crate::sent::{self, PDF};
use crate::stage::play;

#[tokio::test]
async fn chosen_files_go_up_at_once_and_one_that_fails_can_be_sent_again() {
    play(async |stage| {
        let draft = sent::draft(&stage.world).await;
        let maya = stage.window(true).await;
        maya.sign_in("maya.lindqvist").await;
        maya.open(&format!("{draft}/edit/contract")).await;
        maya.attach("Add files to Contract", "contract.pdf", PDF).await;
        maya.reads("1 file: 1 ready").await;
        maya.focus_is("the line of the list", |focused| focused.id == "documents.contract-line").await;
        inspect(&maya, "a list with a file that went up at once").await;
        // The version followed: an answer is saved by itself without a conflict.
        maya.choose("Contract status", "Fully executed").await;
        maya.within("form .save-line").reads("Saved ").await;
        assert_eq!(stage.world.count("select count(*) from draft_save").await, 2);

        // The same content again is refused at its list, and nothing is lost of what was answered.
        maya.attach("Add files to Contract", "copy.pdf", PDF).await;
        maya.reads("copy.pdf has the same content as contract.pdf").await;
        inspect(&maya, "a list with a file that was not taken").await;

        // A request that is cut off.
        let cut = "window.send_ = XMLHttpRequest.prototype.send;
            XMLHttpRequest.prototype.send = function () { this.dispatchEvent(new Event('error')); };";
        maya.run(cut).await;
        let other = [PDF, b"% another"].concat();
        maya.attach("Add files to Contract", "late.pdf", &other).await;
        maya.reads("Upload failed. Nothing was stored.").await;
        inspect(&maya, "a list with an upload that failed").await;
        maya.run("XMLHttpRequest.prototype.send = window.send_").await;
        maya.press("Retry late.pdf").await;
        maya.reads("2 files: 2 ready").await;
        assert_eq!(stage.world.count("select count(*) from document").await, 2);
        maya.press("Save as draft").await;
        maya.reads("Draft saved at").await;
    })
    .await;
}
