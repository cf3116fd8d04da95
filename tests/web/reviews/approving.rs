//! Approving a package: the release date, the reason, other people meanwhile, and what the state learns of it.

use mc_review::domain::lifecycle::Decision;

use super::{Case, done, id};
use crate::support::{Browser, Form, World};

const APPROVED: &str = "select count(*) from event where kind = 'approved'";

async fn approval(case: &Case, who: &Browser) -> Form {
    who.get(&case.story.path("approve")).await.form("Approve")
}

#[tokio::test]
async fn a_release_date_is_taken_in_several_spellings() {
    let world = World::start().await;
    let dana = world.signed_in("dana.ruiz").await;
    for typed in ["03/10/2026", "3/9/2026", "2026-03-01"] {
        let case = Case::decided(&world, Decision::SignedOff).await;
        let said = done(approval(&case, &dana).await.set("released_on", typed).press("Approve").await).await;
        assert_eq!(said, format!("{} is approved.", case.story.key), "{typed}");
    }
    let days: Vec<time::Date> = sqlx::query_scalar("select released_on from contract_review order by number")
        .fetch_all(&world.db)
        .await
        .unwrap();
    let expected =
        [time::macros::date!(2026 - 03 - 10), time::macros::date!(2026 - 03 - 09), time::macros::date!(2026 - 03 - 01)];
    assert_eq!(days, expected);
}

#[tokio::test]
async fn a_release_date_that_is_none_or_after_today_in_us_eastern_is_refused() {
    let world = World::start().await;
    let case = Case::decided(&world, Decision::SignedOff).await;
    let dana = world.signed_in("dana.ruiz").await;
    // It is 03/11/2026 in UTC already.
    for (typed, sentence) in [
        ("03/11/2026", "The release date can't be after today."),
        ("", "Enter the release date."),
        ("soon", "Enter Release date as MM/DD/YYYY, for example 07/01/2026."),
        ("02/30/2026", "Enter Release date as MM/DD/YYYY, for example 07/01/2026."),
    ] {
        let refused = approval(&case, &dana).await.set("released_on", typed).press("Approve").await;
        assert_eq!((refused.status(), refused.errors()), (422, vec![sentence.to_owned()]), "{typed}");
        assert_eq!(refused.form("Approve").value("released_on"), typed);
    }
    world.pass(time::Duration::minutes(31));
    let dana = world.signed_in("dana.ruiz").await;
    done(approval(&case, &dana).await.set("released_on", "03/11/2026").press("Approve").await).await;
    assert_eq!(world.count(APPROVED).await, 1);
}

#[tokio::test]
async fn while_a_review_is_not_signed_off_a_reason_is_needed() {
    let world = World::start().await;
    let case = Case::decided(&world, Decision::Objection).await;
    let alex = world.signed_in("alex.morgan").await;
    let form = approval(&case, &alex).await.set("released_on", "03/10/2026");
    for blank in ["", "  \n "] {
        let refused = form.clone().set("reason", blank).press("Approve").await;
        let sentence = "Say why the package is approved although a department has not signed off.";
        assert_eq!((refused.status(), refused.errors()), (422, vec![sentence.to_owned()]));
        assert_eq!(refused.form("Approve").value("released_on"), "03/10/2026");
    }
    assert_eq!(world.count(APPROVED).await, 0);
    done(form.set("reason", "A court ordered it.").press("Approve").await).await;
    assert_eq!(world.count(APPROVED).await, 1);
}

#[tokio::test]
async fn a_review_decided_otherwise_meanwhile_is_a_conflict_and_a_changed_reviewer_is_none() {
    let world = World::start().await;
    let case = Case::decided(&world, Decision::SignedOff).await;
    let (dana, kim) = (world.signed_in("dana.ruiz").await, world.signed_in("kim.ode").await);
    let form = approval(&case, &dana).await.set("released_on", "03/10/2026");
    done(case.to(&kim, "in_review").await.set("reason", "One more look.").press("Reopen").await).await;
    let panel = form.press("Approve").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.text("#conflict-heading").contains("Kim Ode (DMCO)"));
    let row = &panel.table("What changed")[0];
    assert_eq!((row.cell("When you opened"), row.cell("Now")), ("Signed off", "In review"));
    assert_eq!(world.count(APPROVED).await, 0);

    // On from there, with the date that was typed: what is missing now needs a reason.
    let refused = panel.form("Approve all the same").press("Approve all the same").await;
    assert_eq!((refused.status(), refused.form("Approve").value("released_on")), (422, "03/10/2026".to_owned()));
    done(case.to(&kim, "signed_off").await.press("Sign off").await).await;
    let form = approval(&case, &dana).await.set("released_on", "03/10/2026");
    let alex = world.signed_in("alex.morgan").await;
    done(case.assign(&alex).await.set("secondary", &id(&world, "kim.ode").await).press("Assign").await).await;
    assert_eq!(done(form.press("Approve").await).await, "MN-0001 is approved.");
}

#[tokio::test]
async fn of_two_approvers_the_second_reads_of_the_first() {
    let world = World::start().await;
    let case = Case::decided(&world, Decision::SignedOff).await;
    let (dana, alex) = (world.signed_in("dana.ruiz").await, world.signed_in("alex.morgan").await);
    let first = approval(&case, &dana).await.set("released_on", "03/10/2026");
    let second = approval(&case, &alex).await;
    let said = done(first.press("Approve").await).await;
    assert_eq!(done(first.press("Approve").await).await, said, "a second press has one effect");
    let news = done(second.clone().set("released_on", "3/10/2026").press("Approve").await).await;
    assert_eq!(news, "Already approved, by Dana Ruiz (DMCO), 03/10/2026 11:30 PM ET.");
    let panel = second.set("released_on", "03/01/2026").press("Approve").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.text("#conflict-heading").contains("Dana Ruiz (DMCO)"));
    assert!(panel.alert().contains("Its release date is 03/10/2026; you wanted 03/01/2026."), "{}", panel.alert());
    assert!(!panel.has("#conflict form"), "there is nothing to save");
    assert_eq!(world.count(APPROVED).await, 1);
}

#[tokio::test]
async fn an_approval_of_a_version_that_is_not_the_current_one_is_refused() {
    let world = World::start().await;
    let case = Case::decided(&world, Decision::SignedOff).await;
    let dana = world.signed_in("dana.ruiz").await;
    let form = approval(&case, &dana).await.set("released_on", "03/10/2026");
    assert_eq!(form.clone().tamper("revision", "2").press("Approve").await.status(), 409);
    assert_eq!(form.clone().tamper("version", "1").press("Approve").await.status(), 409);
    assert_eq!(form.clone().without("review").press("Approve").await.status(), 409);
    assert_eq!(form.tamper("review", "x").press("Approve").await.status(), 422);
    assert_eq!(world.count(APPROVED).await, 0);
}

#[tokio::test]
async fn the_state_learns_of_the_approval_and_nothing_of_departments_reviewers_or_notes() {
    let world = World::start().await;
    let case = Case::in_review(&world).await;
    let (sam, dana) = (world.signed_in("sam.lee").await, world.signed_in("dana.ruiz").await);
    done(case.to(&sam, "objection").await.set("note", "Trend factor missing.").press("Object").await).await;
    done(case.to(&sam, "in_review").await.set("reason", "It came by mail.").press("Reopen").await).await;
    done(case.to(&sam, "signed_off").await.set("note", "Rates agree.").press("Sign off").await).await;
    done(approval(&case, &dana).await.set("released_on", "03/09/2026").press("Approve").await).await;

    let maya = world.signed_in("maya.lindqvist").await;
    let (page, history) = (case.open(&maya).await, maya.get(&case.story.path("history")).await);
    assert_eq!(page.status_tag(), "Approved");
    assert!(
        page.text(".banner").contains("Approved by Dana Ruiz, Division of Managed Care Operations (DMCO), on"),
        "{}",
        page.text(".banner")
    );
    assert!(page.text(".banner").contains("The release date is 03/09/2026."), "{}", page.text(".banner"));
    for page in [&page, &history] {
        assert!(!page.has("#department-reviews"));
        for hidden in ["Sam Lee", "Signed off", "signed off", "bjection", "Trend factor", "by mail", "Rates agree"] {
            assert!(!page.reading().contains(hidden), "a state reads {hidden} at {}", page.path);
        }
    }
    for path in [case.status(), case.reviewers(), case.story.path("approve")] {
        assert_eq!(maya.get(&path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_page_names_what_each_department_reviews_and_the_button_what_is_missing() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let case = Case::of(&world, story).await;
    let (sam, dana) = (world.signed_in("sam.lee").await, world.signed_in("dana.ruiz").await);
    let path = case.story.path("approve");
    assert_eq!(dana.get(&path).await.form("Approve").buttons(), ["Approve without 3 sign-offs"]);
    done(case.to(&sam, "in_review").await.press("Start").await).await;
    done(case.to(&sam, "signed_off").await.press("Sign off").await).await;

    let page = dana.get(&path).await;
    let rows: Vec<_> = page
        .table("Department reviews")
        .iter()
        .map(|row| ["Department", "Subject", "Sign-off"].map(|heading| row.cell(heading).to_owned()))
        .collect();
    assert!(rows[0][1].starts_with(&format!("Rate {rate} MCR-MN-")), "{rows:?}");
    let short: Vec<_> =
        rows.iter().map(|[who, what, sign_off]| (who.as_str(), &what[..4], sign_off.as_str())).collect();
    let expected = [("DMCP", "Rate", "Missing"), ("OACT", "Rate", "Missing"), ("DMCO", "Cont", "Signed off")];
    assert_eq!(short, expected, "what is missing comes first");
    let warning = page.text("main .usa-alert--warning");
    assert!(warning.starts_with("2 of 3 department reviews are not signed off on version 1."), "{warning}");

    // What the button says and whether a reason is needed come from one count.
    let form = page.form("Approve").set("released_on", "03/10/2026");
    assert_eq!(form.buttons(), ["Approve without 2 sign-offs"]);
    assert_eq!(form.press("Approve").await.status(), 422);
    let all = Case::decided(&world, Decision::SignedOff).await;
    let page = dana.get(&all.story.path("approve")).await;
    assert!(!page.has("main .usa-alert--warning") && !page.has("#reason"));
    assert_eq!(page.form("Approve").buttons(), ["Approve"]);
    let one = Case::decided(&world, Decision::Objection).await;
    let page = dana.get(&one.story.path("approve")).await;
    assert_eq!(page.form("Approve").buttons(), ["Approve without 1 sign-off"]);
    assert!(page.text("main .usa-alert--warning").starts_with("1 of 1 department reviews is not signed off"));
}
