//! Files that go up while a draft is filled in: at once, with their progress, and what becomes of those that do not.

use fantoccini::key::Key;

use crate::checks::inspect;
use crate::sent::{self, PDF};
use crate::stage::{Stage, play};
use crate::window::Window;

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// Requests of files set out two seconds late from now on.
const SLOW: &str = "const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (...body) { setTimeout(() => send.apply(this, body), 2000); };";

/// The next request of a file is answered like this, as by what stands before the server: status, seconds to wait.
const ANSWERED: &str = "const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function () {
        XMLHttpRequest.prototype.send = send;
        Object.defineProperty(this, 'status', { value: STATUS });
        Object.defineProperty(this, 'responseXML', { value: null });
        this.getResponseHeader = (name) => (name === 'Retry-After' ? 'SECONDS' : null);
        setTimeout(() => this.dispatchEvent(new Event('load')));
    };";

async fn contract_page(stage: &Stage) -> Window {
    let draft = sent::draft(&stage.world).await;
    let maya = stage.window(true).await;
    maya.sign_in("maya.lindqvist").await;
    maya.open(&format!("{draft}/edit/contract")).await;
    maya
}

#[tokio::test]
async fn each_of_several_files_keeps_its_own_word() {
    play(async |stage| {
        let maya = contract_page(stage).await;
        maya.listens().await;
        maya.attach_all("Add files to Contract", &[("scan.pdf", PICTURE), ("good.pdf", PDF)]).await;
        let other = [PDF, b"% another"].concat();
        let supporting = [("empty.pdf", b"".as_slice()), ("notes.pdf", &other)];
        maya.attach_all("Add files to Supporting documents", &supporting).await;
        maya.reads("good.pdf").await;
        let refusals = ["scan.pdf is not a PDF file.", "empty.pdf is empty."];
        for words in ["1 file: 1 ready"].into_iter().chain(refusals) {
            maya.reads(words).await;
        }
        maya.reads("notes.pdf").await;
        maya.lacks(".upload-bar:not([hidden])").await;
        assert_eq!(stage.world.count("select count(*) from document").await, 2);
        for words in ["good.pdf was uploaded", "notes.pdf was uploaded"].into_iter().chain(refusals) {
            maya.heard(words).await;
        }
        inspect(&maya, "two lists of which each has a file that was not taken").await;

        // A save redraws messages of the page and takes none of these away.
        maya.choose("Contract status", "Fully executed").await;
        maya.within("form .save-line").reads("Saved ").await;
        for words in refusals {
            maya.reads(words).await;
        }
        maya.shows("[id='documents.contract']").await;
        maya.press("Remove scan.pdf").await;
        maya.lacks("[data-upload='scan.pdf']").await;
        maya.reads("empty.pdf is empty.").await;
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_ends_takes_nobody_out_of_a_field_and_no_letter_leads_away() {
    play(async |stage| {
        let maya = contract_page(stage).await;
        maya.choose("Does the contract comply in full", "No").await;
        maya.within("form .save-line").reads("Saved ").await;
        let address = maya.path().await;
        maya.run(SLOW).await;
        maya.attach("Add files to Contract", "contract.pdf", PDF).await;
        maya.enter("What does not comply").await;
        let mut typed = String::new();
        for _ in 0..100 {
            maya.keys("through ").await;
            typed.push_str("through ");
            if maya.has(".files__rows:not(.uploads) .files__row").await {
                break;
            }
        }
        maya.keys("the year").await;
        typed.push_str("the year");
        assert_eq!(maya.value("What does not comply").await, typed);
        maya.focus_is("the field", |focused| focused.tag == "textarea").await;
        assert_eq!(maya.path().await, address);
        // What was typed while the file was on its way is saved after it.
        maya.within("form .save-line").reads("Saved ").await;
        let saved = "select count(*) from contract_submission
            where contract_data->>'statutory_regulatory_attestation_description' like '%through the year'";
        stage.counts(saved, 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_press_waits_for_every_file_and_stays_when_one_was_not_taken() {
    play(async |stage| {
        let maya = contract_page(stage).await;
        let address = maya.path().await.expect("the page has an address");
        maya.run(SLOW).await;
        maya.attach_all("Add files to Contract", &[("scan.pdf", PICTURE), ("good.pdf", PDF)]).await;
        maya.press("Save as draft").await;
        maya.reads("Not every file was uploaded, so you are still on this page.").await;
        maya.reads("scan.pdf is not a PDF file.").await;
        maya.reads("1 file: 1 ready").await;
        inspect(&maya, "a page that stayed because of a file").await;
        maya.press("Dismiss").await;
        maya.lacks("#trouble .usa-alert").await;
        maya.press("Save as draft").await;
        maya.reads("Draft saved at").await;
        maya.arrives_at(&address).await;
        assert_eq!(stage.world.count("select count(*) from document").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_busy_server_says_when_it_is_asked_again_and_a_file_too_large_is_not_sent() {
    play(async |stage| {
        let maya = contract_page(stage).await;
        maya.run(&ANSWERED.replace("STATUS", "503").replace("SECONDS", "2")).await;
        maya.attach("Add files to Contract", "contract.pdf", PDF).await;
        maya.reads("The server is busy. Nothing was stored. It is tried again in 2 seconds.").await;
        inspect(&maya, "an upload that met a busy server").await;
        maya.reads("1 file: 1 ready").await;
        maya.run(&ANSWERED.replace("STATUS", "429").replace("SECONDS", "600")).await;
        let other = [PDF, b"% another"].concat();
        maya.attach("Add files to Contract", "late.pdf", &other).await;
        maya.reads("It is tried again in 600 seconds.").await;
        assert_eq!(stage.world.count("select count(*) from document").await, 1);
        maya.press("Retry late.pdf").await;
        maya.reads("2 files: 2 ready").await;

        maya.run("document.getElementById('documents.contract').dataset.mostBytes = 1024 * 1024").await;
        maya.attach("Add files to Contract", "large.pdf", &vec![b' '; 1024 * 1024 + 1]).await;
        maya.reads("large.pdf is larger than 1 MiB.").await;
        maya.key(Key::Tab).await;
        assert_eq!(stage.world.count("select count(*) from document").await, 2);
    })
    .await;
}

#[tokio::test]
async fn chosen_files_go_up_at_once_and_one_that_fails_can_be_sent_again() {
    play(async |stage| {
        let draft = sent::draft(&stage.world).await;
        let maya = stage.window(true).await;
        maya.sign_in("maya.lindqvist").await;
        maya.open(&format!("{draft}/edit/contract")).await;
        maya.run("document.getElementById('documents.contract').focus()").await;
        maya.attach("Add files to Contract", "contract.pdf", PDF).await;
        maya.reads("1 file: 1 ready").await;
        maya.focus_is("the control that chose it", |focused| focused.id == "documents.contract").await;
        inspect(&maya, "a list with a file that went up at once").await;
        // The version followed: an answer is saved by itself without a conflict.
        maya.choose("Contract status", "Fully executed").await;
        maya.within("form .save-line").reads("Saved ").await;
        assert_eq!(stage.world.count("select count(*) from draft_save").await, 2);

        // The same content again is refused at its list, and nothing is lost of what was answered.
        maya.attach("Add files to Contract", "copy.pdf", PDF).await;
        maya.reads("copy.pdf has the same content as contract.pdf").await;
        maya.press("Remove copy.pdf").await;
        maya.lacks(".uploads .files__row").await;
        maya.focus_is("the line of the list", |focused| focused.id == "documents.contract-line").await;
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
        maya.reads("copy.pdf has the same content as contract.pdf").await;
        assert_eq!(stage.world.count("select count(*) from document").await, 2);
        maya.press("Save as draft").await;
        maya.reads("Draft saved at").await;
    })
    .await;
}
