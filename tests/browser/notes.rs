//! Notes and histories in use: people named by keys, parts of a history, what led to a status.

use fantoccini::key::Key;

use crate::checks::inspect;
use crate::sent;
use crate::stage::play;

const OFFERS: &str = "#offers:not([hidden])";

#[tokio::test]
async fn a_person_is_named_in_a_note_by_keys_alone() {
    play(async |stage| {
        let submission = sent::submission(&stage.world).await;
        let window = stage.window(true).await;
        window.sign_in("sam.lee").await;
        window.open(&submission).await;
        window.press("Notes (0)").await;
        window.reads("No notes").await;
        inspect(&window, "a submission without notes").await;

        window.tab_to("New note").await;
        window.keys("For @pa").await;
        window.shows(OFFERS).await;
        window.announces("1 person").await;
        inspect(&window, "a note in which a person is being named").await;
        window.key(Key::Enter).await;
        window.lacks(OFFERS).await;
        assert_eq!(window.value("New note").await, "For @Owen Park ");
        window.focus_is("the note", |focused| focused.id == "text").await;

        window.keys("and @").await;
        window.shows(OFFERS).await;
        let marked = "return document.querySelector('#offers [aria-selected=true]').textContent";
        let first = window.ask(marked, &[]).await;
        window.key(Key::Down).await;
        assert_ne!(window.ask(marked, &[]).await, first, "the next person is marked");
        window.key(Key::Up).await;
        assert_eq!(window.ask(marked, &[]).await, first);
        window.key(Key::Escape).await;
        window.lacks(OFFERS).await;
        assert_eq!(window.value("New note").await, "For @Owen Park and @", "Escape takes nothing");
        window.tab_to("Add note").await;
        window.key(Key::Enter).await;
        window.reads("Owen Park is named in it.").await;
        window.reads("Mentioned: Owen Park (not opened yet)").await;
        inspect(&window, "a submission with a note").await;
    })
    .await;
}

#[tokio::test]
async fn a_note_is_written_and_a_history_filtered_with_and_without_scripts() {
    play(async |stage| {
        let submission = sent::submission(&stage.world).await;
        for (scripts, name) in [(false, "Ruth Abara"), (true, "Rita Olsen")] {
            let window = stage.window(scripts).await;
            window.sign_in("sam.lee").await;
            window.open(&format!("{submission}/notes")).await;
            if scripts {
                window.fill("New note", &format!("@{name} ")).await;
            } else {
                window.press("Add note").await;
                window.reads("There is 1 problem on this page").await;
                inspect(&window, "a note that was refused").await;
                window.fill("New note", "Please look.").await;
                window.select("Mention", name).await;
            }
            window.press("Add note").await;
            window.reads(&format!("{name} is named in it.")).await;
            inspect(&window, "the notes of a submission").await;

            window.press("History").await;
            window.reads("Record intact").await;
            window.press("Filters (0)").await;
            inspect(&window, "a history with its filters open").await;
            window.tick("Versions").await;
            if scripts {
                window.announces("1 entry").await;
            } else {
                window.press("Apply").await;
            }
            window.shows("a[href$='history.csv?kind=versions']").await;
            assert_eq!(window.ask("return document.querySelectorAll('.timeline__entry').length", &[]).await, 1);
            inspect(&window, "a part of a history").await;
            window.open(&format!("{submission}/history?kind=questions")).await;
            window.reads("Nothing matches").await;
            inspect(&window, "a part of a history in which there is nothing").await;
            window.open(&submission).await;
            window.within(".head-line").press("Submitted").await;
            window.reads("came to “Submitted”").await;
            inspect(&window, "what led to a status").await;
        }
    })
    .await;
}
