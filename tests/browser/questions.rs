//! Questions in use: asked, answered and closed with and without scripts, and a second one that came too late.

use crate::checks::inspect;
use crate::sent;
use crate::stage::play;

#[tokio::test]
async fn a_question_is_asked_answered_and_closed_with_and_without_scripts() {
    play(async |stage| {
        for scripts in [true, false] {
            let submission = sent::submission(&stage.world).await;
            let (sam, maya) = (stage.window(scripts).await, stage.window(scripts).await);
            sam.sign_in("sam.lee").await;
            sam.open(&submission).await;
            sam.press("Questions").await;
            sam.reads("No questions yet").await;
            inspect(&sam, "a submission without questions").await;
            sam.press("Ask about the contract").await;
            inspect(&sam, "the form of a question").await;
            sam.press("Ask").await;
            sam.reads("There is 1 problem on this page").await;
            inspect(&sam, "a question that was refused").await;
            sam.fill("Question", "Where is the withhold described?").await;
            sam.press("Ask").await;
            sam.reads("Round 1 about the contract").await;
            inspect(&sam, "a question that is open").await;
            sam.open(&submission).await;
            sam.reads("Awaiting state (question)").await;
            inspect(&sam, "a submission that waits for an answer").await;

            maya.sign_in("maya.lindqvist").await;
            maya.open(&submission).await;
            maya.reads("CMS has a question for you.").await;
            maya.press("Respond").await;
            maya.reads("For you to answer").await;
            inspect(&maya, "a question for the state").await;
            maya.press("Respond").await;
            inspect(&maya, "the form of a response").await;
            maya.fill("Response", "In section 4.").await;
            maya.press("Send response").await;
            maya.reads("is sent.").await;
            inspect(&maya, "a question that was answered").await;

            sam.open(&format!("{submission}/questions")).await;
            sam.press("Close").await;
            inspect(&sam, "the form that closes a round").await;
            sam.press("Close").await;
            sam.reads("is closed.").await;
            inspect(&sam, "a round that was closed").await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_asks_second_keeps_the_question_and_an_administrator_records_and_removes() {
    play(async |stage| {
        let submission = sent::submission(&stage.world).await;
        let (sam, dana, alex) = (stage.window(true).await, stage.window(true).await, stage.window(true).await);
        for (window, name, words) in [(&sam, "sam.lee", "Where?"), (&dana, "dana.ruiz", "Where is the incentive?")] {
            window.sign_in(name).await;
            window.open(&format!("{submission}/questions/ask")).await;
            window.fill("Question", words).await;
        }
        sam.press("Ask").await;
        sam.reads("is asked.").await;
        dana.press("Ask").await;
        dana.reads("has an open round already, asked by").await;
        dana.reads("Where is the incentive?").await;
        inspect(&dana, "a question that came second").await;

        alex.sign_in("alex.morgan").await;
        alex.open(&format!("{submission}/questions/ask")).await;
        alex.press("Ask").await;
        alex.reads("Choose for whom you record this.").await;
        inspect(&alex, "a question that an administrator records").await;
        alex.open(&format!("{submission}/questions/dmco/1/remove")).await;
        inspect(&alex, "the form that removes a round").await;
        alex.fill("Reason", "Personal data.").await;
        alex.press("Remove").await;
        alex.reads("is removed from view.").await;
    })
    .await;
}
