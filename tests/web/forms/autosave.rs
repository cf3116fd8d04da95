//! Drafts are saved while they are filled in: what a page sends by itself, and what it is answered.

use mc_review::domain::clock::Moment;

use super::*;

/// The form of a page as the page sends it by itself.
fn alone(page: &Page) -> Form {
    page.form("Save as draft").tamper("action", "autosave").header("hx-request", "true")
}

fn line(answer: &Page) -> String {
    assert_eq!(answer.status(), 200, "{}", answer.reading());
    answer.text("#save-line")
}

fn new_version(answer: &Page) -> i64 {
    answer.attribute("#version", "value").unwrap().parse().unwrap()
}

/// Where a page stands of what it was drawn from, after an answer.
fn going_on(form: Form, answer: &Page) -> Form {
    form.tamper("version", &new_version(answer).to_string())
}

/// The words at a field, or nothing; the answer must name the field.
fn message(answer: &Page, field: &str) -> String {
    answer.text(&format!("[id='{field}-message']"))
}

async fn type_page(world: &World) -> (Browser, String, Page) {
    let maya = world.signed_in("maya.lindqvist").await;
    let address = format!("{}/edit/type", started(&maya).await);
    let page = maya.get(&address).await;
    (maya, address, page)
}

#[tokio::test]
async fn a_change_is_saved_once_however_often_it_is_sent() {
    let world = World::start().await;
    let (_, address, page) = type_page(&world).await;
    assert!(page.has(&format!("form[data-autosave][action='{address}']")) && page.has("[role=status] #save-line"));
    let form = alone(&page).set("submission_description", "Saved by itself.");
    for _ in 0..3 {
        let saved = form.submit().await;
        assert_eq!(line(&saved), format!("Saved {}", Moment(world.clock.now()).time_of_day()));
        assert_eq!(new_version(&saved), version(&world).await);
    }
    assert_eq!((version(&world).await, saves(&world).await), (2, 1));
    assert_eq!(answer(&world, "submission_description").await, "Saved by itself.");
    let unchanged = going_on(form.clone(), &form.submit().await).submit().await;
    assert_eq!((new_version(&unchanged), saves(&world).await), (2, 1));
}

#[tokio::test]
async fn what_cannot_be_read_is_said_at_its_field_and_nothing_is_saved() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    let page = maya.get(&format!("{draft}/edit/contract")).await;
    let form = alone(&page).set("contract_date_start", "someday").set("contract_execution_status", "EXECUTED");
    let refused = form.submit().await;
    assert_eq!((line(&refused).as_str(), new_version(&refused)), ("Not saved: 1 field needs a look", 1));
    assert!(message(&refused, "contract_date_start").contains("MM/DD/YYYY"), "{}", refused.reading());
    assert!(!refused.has("#problems"), "the page was not marked");
    assert_eq!((version(&world).await, saves(&world).await), (1, 0));
    let mended = form.set("contract_date_start", "07/01/2026").submit().await;
    assert!(line(&mended).starts_with("Saved "));
    assert_eq!(message(&mended, "contract_date_start"), "");
    assert_eq!(answer(&world, "contract_execution_status").await, "EXECUTED");
    // No rule is applied to a page that has not shown its problems.
    assert_eq!(message(&mended, "contract_date_end"), "");
}

#[tokio::test]
async fn a_marked_page_loses_the_messages_of_what_was_mended() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    let page = maya.get(&format!("{draft}/edit/contacts")).await.form("Continue").press("Continue").await;
    assert_eq!((page.status(), page.form("Save as draft").value("checked").as_str()), (422, "1"));
    let before = page.errors().len();
    let saved = alone(&page).set("state_contacts.0.first_name", "Maya").submit().await;
    assert_eq!(saved.texts("#problems li").len(), before - 1);
    assert_eq!(message(&saved, "state_contacts.0.first_name"), "");
    assert_ne!(message(&saved, "state_contacts.0.email"), "");
    assert!(!saved.has("[autofocus]"), "the focus stays where it is");
    let opened = maya.get(&format!("{draft}/edit/contacts?check=1")).await;
    assert_eq!(opened.form("Save as draft").value("checked"), "1");
}

#[tokio::test]
async fn a_conflict_shows_the_panel_and_a_press_settles_it() {
    let world = World::start().await;
    let (maya, address, hers) = type_page(&world).await;
    let robert = world.signed_in("robert.okafor").await;
    let his = robert.get(&address).await;
    his.form("Save as draft").set("risk_based_contract", "NO").press("Save as draft").await;
    let panel = alone(&hers).set("submission_description", "Hers.").submit().await;
    assert_eq!(panel.status(), 409);
    assert!(panel.has("#conflict") && !panel.has("main"), "the panel alone");
    let saved = panel.form("Save").press("Save").await;
    assert_eq!((saved.status(), saved.location()), (303, address.as_str()));
    assert_eq!(answer(&world, "submission_description").await, "Hers.");
    assert_eq!(answer(&world, "risk_based_contract").await, false);
    drop(maya);
}

#[tokio::test]
async fn a_lost_answer_never_takes_back_what_a_colleague_saved_meanwhile() {
    let world = World::start().await;
    let (_, address, page) = type_page(&world).await;
    let form = alone(&page).set("submission_description", "Lost.");
    form.submit().await;
    let robert = world.signed_in("robert.okafor").await;
    robert.get(&address).await.form("Save as draft").set("risk_based_contract", "NO").press("Save as draft").await;
    let again = form.submit().await;
    assert!(line(&again).starts_with("Saved "));
    assert_eq!(new_version(&again), 1, "the page does not show his answer");
    let next = going_on(form, &again).set("submission_description", "More.").submit().await;
    assert_eq!(next.status(), 409);
    assert_eq!(answer(&world, "risk_based_contract").await, false);
}

#[tokio::test]
async fn what_a_save_changes_on_its_own_is_told_and_drawn_anew() {
    let world = World::start().await;
    let (_, _, page) = type_page(&world).await;
    let with_rates = alone(&page).set("submission_type", "CONTRACT_AND_RATES");
    let saved = with_rates.submit().await;
    assert!(!saved.has(".redrawn") && !saved.has("[id^=ask-]"), "nothing else changed");
    let chip = going_on(with_rates, &saved).set("population_covered", "CHIP").submit().await;
    assert!(line(&chip).starts_with("Saved "), "{}", line(&chip));
    assert!(chip.text("#save-notices li").contains("No rates are sent with CHIP-only contracts"));
    assert!(chip.has("[id='ask-submission_type'] #submission_type-CONTRACT_ONLY[checked]"));
    assert_eq!(chip.attributes("[id^=ask-]", "id"), ["ask-submission_type"]);
}

#[tokio::test]
async fn without_htmx_it_is_a_save_and_elsewhere_there_is_none() {
    let world = World::start().await;
    let (maya, address, page) = type_page(&world).await;
    let plain = page.form("Save as draft").tamper("action", "autosave").set("submission_description", "Plain.");
    let saved = plain.submit().await;
    assert_eq!((saved.status(), saved.location()), (303, address.as_str()));
    let review = maya.get(&address.replace("/type", "/review")).await;
    assert!(!review.has("[data-autosave]"));
    let new = maya.get("/submissions/new?kind=health_plan").await;
    assert_eq!(new.form("Continue").tamper("action", "autosave").submit().await.status(), 422);
}

#[tokio::test]
async fn the_first_answer_of_a_new_page_starts_one_draft_however_often_it_is_sent() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get("/submissions/new?kind=health_plan").await;
    assert!(page.has("form[data-autosave]"));
    let empty = page.form("Continue").tamper("action", "autosave").header("hx-request", "true");
    assert_eq!(empty.submit().await.status(), 204);
    let unreadable = empty.clone().tamper("population_covered", "MEDICARE").submit().await;
    assert_eq!(line(&unreadable), "Not saved: 1 field needs a look");
    assert!(!unreadable.has("#version"), "there is no draft");
    assert_eq!(world.count("select count(*) from contract_review").await, 0);

    let first = empty.set("submission_description", "Begun.");
    let (one, two) = tokio::join!(first.submit(), first.submit());
    let later = first.clone().set("submission_description", "Begun, and more.").submit().await;
    for begun in [one, two, later] {
        assert_eq!(begun.status(), 200, "{}", begun.reading());
        let form = begun.form("Save as draft");
        assert_eq!((form.action(), form.value("version").as_str()), ("/submissions/MN-0001/edit/type", "1"));
        assert!(begun.title().contains("MN-0001"));
    }
    assert_eq!(world.count("select count(*) from contract_review").await, 1);
    assert_eq!((version(&world).await, saves(&world).await), (1, 0));
    assert_eq!(answer(&world, "submission_description").await, "Begun.");
    // Nobody else's, and none that is deleted.
    let delete = maya.get("/submissions/MN-0001/delete").await.form("Delete draft").tick("confirm", "yes");
    assert_eq!(delete.press("Delete draft").await.status(), 303);
    assert_eq!(first.submit().await.status(), 404);
}

#[tokio::test]
async fn a_file_that_a_script_uploads_is_answered_with_its_list_and_leaves_what_is_held() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let address = format!("{}/edit/contract", started(&maya).await);
    let page = maya.get(&address).await;
    let form = page.form("Save as draft");
    let csrf = form.value("csrf");
    let typed = [
        ("csrf", csrf.as_str()),
        ("version", "1"),
        ("held_for", &address),
        ("drawn", "contract_execution_status"),
        ("contract_execution_status", "EXECUTED"),
    ];
    assert_eq!(maya.post("/session/hold", &typed).await.status(), 204);
    let script = ["csrf", "version", "documents.contract"];
    let rest: Vec<_> = form.names().into_iter().filter(|name| !script.contains(name)).map(str::to_owned).collect();
    let alone = rest.iter().fold(form, |form, name| form.without(name)).tamper("action", "upload");
    let upload =
        alone.attach("documents.contract", "contract.pdf", PDF, "application/pdf").header("hx-request", "true");
    let taken = upload.submit().await;
    assert_eq!(taken.status(), 200, "{}", taken.reading());
    assert_eq!((taken.text("[id='documents.contract-line']").as_str(), new_version(&taken)), ("1 file: 1 ready", 2));
    let robert = world.signed_in("robert.okafor").await;
    robert
        .get(&address)
        .await
        .form("Save as draft")
        .set("contract_date_start", "07/01/2026")
        .press("Save as draft")
        .await;
    // The answer was lost, and a colleague saved since: the page that asks again does not show that.
    let again = upload.submit().await;
    assert_eq!((again.status(), new_version(&again)), (200, 1));
    assert_eq!(world.count("select count(*) from document").await, 1);
    let page = maya.get(&address).await;
    assert!(page.has(".held"));
    assert_eq!(page.form("Save as draft").value("contract_execution_status"), "EXECUTED");
}

#[tokio::test]
async fn an_autosave_is_activity_and_after_the_session_it_is_held() {
    let world = World::start().await;
    let (maya, address, page) = type_page(&world).await;
    let form = alone(&page).set("submission_description", "Long in the making.");
    world.pass(time::Duration::minutes(29));
    let saved = form.submit().await;
    world.pass(time::Duration::minutes(29));
    assert_eq!(maya.get("/session").await.status(), 200);
    world.pass(time::Duration::minutes(2));
    let late = going_on(form, &saved).set("submission_description", "Too late.").submit().await;
    let to_sign_in = format!("/sign-in?reason=ended&next={address}");
    assert_eq!((late.status(), late.header("hx-redirect")), (401, Some(to_sign_in.as_str())));
    let page = world.signed_in("maya.lindqvist").await.get(&address).await;
    assert_eq!(page.form("Save as draft").value("submission_description"), "Too late.");
    assert!(page.has(".held"));
    assert_eq!(answer(&world, "submission_description").await, "Long in the making.");
}

#[tokio::test]
async fn what_follows_from_a_save_is_drawn_anew_and_said_again_when_the_answer_was_lost() {
    let world = World::start().await;
    let (maya, address, page) = type_page(&world).await;
    let why = "CMS does not review rates for CHIP-only contracts";
    assert!(
        page.has("#note-submission_type[data-asked-by='population_covered'][data-values='CHIP'][data-applies='false']")
    );
    assert!(page.text("#note-submission_type").contains(why), "{}", page.text("#note-submission_type"));
    let form = alone(&page).set("submission_type", "CONTRACT_AND_RATES").set("population_covered", "MEDICAID");
    let saved = form.submit().await;
    assert!(saved.text("#steps").contains("of 5"), "{}", saved.text("#steps"));
    let chip = going_on(form, &saved).set("population_covered", "CHIP");
    for _ in ["the answer", "the same, after that was lost"] {
        let saved = chip.submit().await;
        assert!(saved.has("#submission_type-CONTRACT_ONLY[checked]"), "{}", saved.reading());
        assert!(saved.text("#save-notices li").contains("No rates are sent with CHIP-only contracts"));
        assert!(saved.has("#note-submission_type[data-applies='true']"));
        assert!(saved.text("#steps").contains("of 4"), "{}", saved.text("#steps"));
        assert_eq!(new_version(&saved), version(&world).await);
    }
    let opened = maya.get(&address).await;
    assert_eq!(opened.text("#heading"), chip.submit().await.text("#heading"));
    assert!(opened.has("#note-submission_type[data-applies='true']"));
}

#[tokio::test]
async fn what_is_stored_in_another_spelling_is_shown_so() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get(&format!("{}/edit/contract", started(&maya).await)).await;
    let form = alone(&page).set("contract_date_start", "7/1/2026").set("contract_date_end", "06/30/2027");
    let saved = form.submit().await;
    assert_eq!(saved.attribute("data#contract_date_start", "value").as_deref(), Some("07/01/2026"));
    assert!(!saved.has("data#contract_date_end"), "as it was typed");
}
