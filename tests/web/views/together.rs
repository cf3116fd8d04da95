//! Views that are posted twice, forged, or changed by two people at once.

use super::*;

#[tokio::test]
async fn a_form_makes_one_view_however_often_it_comes() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let form = views_at(&sam, "/submissions?status=approved").await.form("Save view").set("name", " My   own ");
    for _ in 0..2 {
        let answer = form.press("Save view").await;
        assert_eq!((answer.status(), answer.location()), (303, "/submissions?status=approved"));
        assert_eq!(
            answer.follow().await.flash().unwrap().split(" Open").next().unwrap(),
            "“My own” is saved as a view of submissions."
        );
    }
    assert_eq!(world.count("select count(*) from saved_view").await, 1);
    // The same form with another name is another wish, and is told so.
    let again = form.clone().set("name", "Another").press("Save view").await;
    assert_eq!(again.status(), 422);
    assert_eq!(again.errors(), ["This form has saved the view “My own” already. Save again to have another one."]);
    assert_eq!(again.form("Save view").press("Save view").await.status(), 303);
    assert_eq!(names(&sam.get("/views").await), ["Another", "My own"]);
    // The key of somebody else's.
    let kim = world.signed_in("kim.ode").await;
    let foreign = views_at(&kim, "/submissions").await.form("Save view").set("name", "Kim's");
    assert_eq!(foreign.tamper("id", &form.value("id")).press("Save view").await.status(), 422);
    press(&sam, &address(&world, "My own").await, "Delete this view").await;
    let late = form.press("Save view").await.follow().await;
    assert_eq!(late.flash().unwrap(), "“My own” was saved, and deleted since.");
}

#[tokio::test]
async fn what_is_wrong_with_a_name_stands_beside_it_and_nothing_typed_is_lost() {
    let world = World::start().await;
    let dana = world.signed_in("dana.ruiz").await;
    save(&dana, "/submissions?status=approved", "Approved", Some("me")).await;
    assert_eq!(save(&dana, "/submissions", "APPROVED", Some("DMCO")).await.status(), 303, "another owner's");
    assert_eq!(save(&dana, "/rates", "approved", Some("me")).await.status(), 303, "of another list");
    let long = "x".repeat(101);
    for (name, sentence) in [
        (" ", "Enter a name for the view."),
        (long.as_str(), "Shorten this to 100 characters; it has 101."),
        ("approved", "You have a view of submissions with this name already. Choose another name."),
    ] {
        let refused = save(&dana, "/submissions?state=MN", name, Some("me")).await;
        assert_eq!((refused.status(), refused.errors()), (422, vec![sentence.to_owned()]));
        let form = refused.form("Save view");
        assert_eq!((form.value("name"), form.value("for")), (name.to_owned(), "me".to_owned()));
        assert_eq!(form.value("query"), "status=any&state=MN");
    }
    let nobody = views_at(&dana, "/submissions").await.form("Save view").set("name", "New").tamper("for", "OMB");
    assert_eq!(nobody.press("Save view").await.errors(), ["Choose for whom the view is."]);
    save(&dana, "/submissions?state=TX", "Texas", Some("me")).await;
    let view = address(&world, "Texas").await;
    let refused = dana.get(&view).await.form("Rename").set("name", "Approved").press("Rename").await;
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.form("Rename").value("name"), "Approved");
    assert_eq!(world.count("select version::bigint from saved_view where name = 'Texas'").await, 1);
}

#[tokio::test]
async fn a_forged_query_is_not_kept() {
    let world = World::start().await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let form = views_at(&sam, "/submissions").await.form("Save view").set("name", "Forged");
    for query in ["status=draft", "colour=red", "state=QQ", "after=x", "", "status=submitted&sort=salary"] {
        assert_eq!(form.clone().tamper("query", query).press("Save view").await.status(), 422, "{query}");
    }
    let theirs = views_at(&maya, "/submissions").await.form("Save view").set("name", "Forged");
    for query in ["reviewer=nobody", "dmco=in_review", "state=TX", "cols=mccrs"] {
        assert_eq!(theirs.clone().tamper("query", query).press("Save view").await.status(), 422, "{query}");
    }
    assert_eq!(sam.get("/views?list=submissions&shown=status%3Ddraft").await.status(), 422);
    assert_eq!(sam.get("/views?list=salaries").await.status(), 404);
    // From the first page, in one spelling.
    let spelled = form.tamper("query", "state=MN&status=approved,submitted,submitted").press("Save view").await;
    assert_eq!(spelled.location(), "/submissions?status=submitted,approved&state=MN");
    let view = address(&world, "Forged").await;
    let token = sam.csrf().await;
    for (version, fields) in [
        ("1", vec![("do", "save"), ("query", "status=draft")]),
        ("1", vec![("do", "save")]),
        ("1", vec![("do", "vanish")]),
        ("7", vec![("do", "save"), ("name", "New")]),
        ("0", vec![("do", "save"), ("name", "New")]),
    ] {
        let own = [("csrf", token.as_str()), ("version", version)];
        assert_eq!(sam.post(&view, &[&own, fields.as_slice()].concat()).await.status(), 422, "{fields:?}");
    }
    assert_eq!(world.count("select count(*) from saved_view_version").await, 1);
}

/// Dana Ruiz and Kim Ode, both approvers of DMCO, and the address of a view of theirs.
async fn two_approvers(world: &World) -> (Browser, Browser, String) {
    run(world, "update account set role = 'cms_approver' where email like 'kim.ode@%'").await;
    let (dana, kim) = (world.signed_in("dana.ruiz").await, world.signed_in("kim.ode").await);
    save(&dana, "/submissions?status=approved", "Ours", Some("DMCO")).await;
    let view = address(world, "Ours").await;
    (dana, kim, view)
}

#[tokio::test]
async fn two_approvers_at_once_are_shown_both_and_choose() {
    let world = World::start().await;
    let (dana, kim, view) = two_approvers(&world).await;
    let (first, second) = (dana.get(&view).await.form("Rename"), kim.get(&view).await.form("Rename"));
    let replace = "Replace Ours by what is shown";
    let replacing = views_at(&kim, "/submissions?state=MN").await.form(replace);
    assert_eq!(first.clone().set("name", "Dana's").press("Rename").await.status(), 303);
    // Something else was changed: it is merged, and said.
    let panel = replacing.press(replace).await;
    assert_eq!(panel.status(), 409);
    let reading = panel.text("#conflict");
    assert!(reading.contains("Not saved: Dana Ruiz (DMCO) changed this view after you opened it"), "{reading}");
    assert!(reading.contains("name “Ours” → “Dana's”"), "{reading}");
    let rows = panel.table("What changed, and what you wanted");
    let values = |field: &str| {
        let row = rows.iter().find(|row| row.cell("Field") == field).unwrap();
        ["When you opened", "Now", "You wanted", "Choose"].map(|heading| row.cell(heading).to_owned())
    };
    assert_eq!(values("Name"), ["Ours", "Dana's", "Ours", "kept: you did not change it"]);
    assert_eq!(values("What it asks for"), ["Status: Approved", "Status: Approved", "State: Minnesota", "yours"]);
    let done = panel.form("Save").press("Save").await;
    assert_eq!((done.status(), done.location()), (303, "/submissions?status=any&state=MN"));

    // The same was changed: nothing is chosen beforehand.
    let panel = second.clone().set("name", "Kim's").press("Rename").await;
    assert_eq!(panel.status(), 409);
    let unchosen = panel.form("Save my choices").press("Save my choices").await;
    assert_eq!(unchosen.status(), 422);
    assert!(unchosen.text("#conflict").contains("Choose which one it is to be."));
    // A third change conflicts again, with all that happened since the first opening.
    let third = dana.get(&view).await.form("Rename").set("name", "Of DMCO").press("Rename").await;
    assert_eq!(third.status(), 303);
    let again = unchosen.form("Save my choices").set("choose.name", "mine").press("Save my choices").await;
    assert_eq!(again.status(), 409);
    assert_eq!(again.texts(".conflict__changes li").len(), 3);
    let done = again.form("Save my choices").set("choose.name", "mine").press("Save my choices").await;
    assert_eq!(done.follow().await.flash().unwrap(), "The view is called “Kim's”.");
    assert_eq!(
        world
            .count("select version::bigint from saved_view where name = 'Kim''s' and query = 'status=any&state=MN'")
            .await,
        5
    );
    // A wish that somebody else made come true is news.
    let late = first.set("name", "Kim's").press("Rename").await.follow().await.flash().unwrap();
    assert!(late.starts_with("Already so, by Kim Ode (DMCO), "), "{late}");
    assert_eq!(world.count("select count(*) from saved_view_version").await, 5);
}

#[tokio::test]
async fn what_somebody_changed_meanwhile_is_not_deleted_and_what_is_deleted_is_not_changed() {
    let world = World::start().await;
    let (dana, kim, view) = two_approvers(&world).await;
    let delete = "Delete this view";
    let (deleting, renaming) = (dana.get(&view).await.form(delete), dana.get(&view).await.form("Rename"));
    let opening = dana.get(&view).await.form("Open it with this view");
    assert_eq!(kim.get(&view).await.form("Rename").set("name", "Better").press("Rename").await.status(), 303);
    let panel = deleting.press(delete).await;
    assert_eq!(panel.status(), 409);
    let reading = panel.text("#conflict");
    assert!(reading.contains("Not deleted: Kim Ode (DMCO) changed this view after you opened it"), "{reading}");
    let row = &panel.table("What changed, and what you wanted")[0];
    assert_eq!((row.cell("When you opened"), row.cell("Now")), ("Ours", "Better"));
    let done = panel.form("Delete it all the same").press("Delete it all the same").await;
    assert_eq!((done.status(), done.location()), (303, "/views"));
    assert_eq!(done.follow().await.flash().unwrap(), "The view “Better” is deleted.");
    // Pressed again, it is as the first time; to others it is news.
    assert_eq!(deleting.press(delete).await.follow().await.flash().unwrap(), "The view “Better” is deleted.");
    let token = kim.csrf().await;
    let fields = [("csrf", token.as_str()), ("version", "2"), ("do", "delete")];
    let news = kim.post(&view, &fields).await.follow().await.flash().unwrap();
    assert!(news.starts_with("The view “Better” was deleted by Dana Ruiz (DMCO), "), "{news}");
    assert_eq!(opening.press("Open it with this view").await.location(), "/views");

    let fields = [("csrf", token.as_str()), ("version", "1"), ("do", "save"), ("name", "Mine")];
    let panel = kim.post(&view, &fields).await;
    assert_eq!(panel.status(), 409);
    let reading = panel.text("#conflict");
    assert!(reading.contains("Not saved: Dana Ruiz (DMCO) deleted this view after you opened it"), "{reading}");
    assert_eq!(panel.link("Open the list of submissions").unwrap(), "/submissions?status=approved");
    assert_eq!(renaming.set("name", "Late").press("Rename").await.status(), 409);
    assert_eq!(world.count("select count(*) from saved_view_version").await, 3);
    assert_eq!(save(&kim, "/submissions", "Better", Some("DMCO")).await.status(), 303, "the name is free again");
}

#[tokio::test]
async fn a_name_typed_until_the_session_ended_is_offered_again() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let form = views_at(&sam, "/submissions?state=MN").await.form("Save view").set("name", "Minnesota's");
    world.pass(time::Duration::minutes(31));
    assert_eq!(form.press("Save view").await.location(), "/sign-in?reason=ended&next=/views");
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/views").await;
    assert!(page.text(".held").starts_with("Nothing was saved yet."));
    let again = page.form("Save view");
    assert_eq!((again.value("name"), again.value("query")), ("Minnesota's".into(), "status=any&state=MN".into()));
    assert_eq!(again.press("Save view").await.status(), 303);
    assert_eq!(world.count("select count(*) from held_form").await, 0);
}
