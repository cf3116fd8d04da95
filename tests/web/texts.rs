//! Texts as people type and paste them: what nobody sees is no reason, what reads the same is the same, and what is refused is
//! named with its place.

use crate::support::World;

#[tokio::test]
async fn a_reason_that_nobody_sees_is_none() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let path = story.path("unlock");
    let form = sam.get(&path).await.form(&path);
    for unseen in ["\u{200b}", "\u{2060}", "\u{3164}", "\u{2800}", "\u{ad}", " \u{feff}\r\n\u{200b}"] {
        let refused = form.clone().set("reason", unseen).press("Unlock").await;
        assert_eq!(
            (refused.status(), refused.errors()),
            (422, vec!["Say why it is unlocked.".to_owned()]),
            "{unseen:?}"
        );
    }
    assert_eq!(world.count("select count(*) from contract_review where status = 'submitted'").await, 1);
    let refused = form.clone().set("reason", "The dates.\r\nA bell\u{7} rang.").press("Unlock").await;
    let place = "Line 2, character 7 is a control character (U+0007). Delete it, or type the words around it again.";
    assert_eq!((refused.status(), refused.errors()), (422, vec![place.to_owned()]));
    assert_eq!(form.set("reason", "❤\u{fe0f}").press("Unlock").await.status(), 303, "an emoji can be seen");
}

#[tokio::test]
async fn an_address_is_kept_without_what_a_paste_brought_and_refused_at_its_field() {
    let world = World::start().await;
    let draft = world.drafted("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let form = maya.get(&draft.path("edit/contacts")).await.form("Save as draft");
    for (typed, sentence) in [
        ("maya at dhs.gov", "Enter an email address like name@example.gov."),
        ("a@dhs.gov; b@dhs.gov", "Enter one email address alone, like name@example.gov."),
    ] {
        let refused = form.clone().set("state_contacts.0.email", typed).press("Save as draft").await;
        assert_eq!((refused.status(), refused.errors()), (422, vec![sentence.to_owned()]), "{typed}");
        assert!(refused.text("[id='state_contacts.0.email-error']").contains(sentence), "{typed}");
        assert_eq!(refused.form("Save as draft").value("state_contacts.0.email"), typed, "what was typed stays");
    }
    for typed in
        ["maya@dhs.gov;", "<maya@dhs.gov>", "mailto:maya@dhs.gov", "Maya L. <maya@dhs.gov>", "maya@dhs.gov\u{200b}"]
    {
        // Each time from what is stored.
        let form = maya.get(&draft.path("edit/contacts")).await.form("Save as draft");
        let cleared = form.set("state_contacts.0.email", "").press("Save as draft").await;
        let form = cleared.follow().await.form("Save as draft");
        let saved = form.set("state_contacts.0.email", typed).press("Save as draft").await;
        assert_eq!(saved.status(), 303, "{typed}: {:?}", saved.errors());
        assert_eq!(
            saved.follow().await.form("Save as draft").value("state_contacts.0.email"),
            "maya@dhs.gov",
            "{typed}"
        );
    }
}

#[tokio::test]
async fn names_and_words_count_whichever_characters_they_were_typed_with() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let save = async |name: &str| {
        let list = sam.get("/submissions?status=any").await;
        let views = list.link("Open a view, or save what is shown as one").expect("a list leads to its views");
        sam.get(&views).await.form("Save view").set("name", name).press("Save view").await
    };
    let saved = save("Peña ﬁscal").await;
    assert_eq!(saved.status(), 303, "{:?}", saved.errors());
    for same in ["Pen\u{303}a fiscal", "PEÑA FI\u{ad}SCAL", " Peña\u{a0}ﬁscal\u{200b} "] {
        let refused = save(same).await;
        let sentence = "You have a view of submissions with this name already. Choose another name.";
        assert_eq!((refused.status(), refused.errors()), (422, vec![sentence.to_owned()]), "{same}");
    }
    let names: Vec<String> = sqlx::query_scalar("select name from saved_view").fetch_all(&world.db).await.unwrap();
    assert_eq!(names, ["Peña ﬁscal"], "what was typed is kept");
}
