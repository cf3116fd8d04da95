//! When the product can't save by its own fault, what was typed comes back, and the same press works once it can.

use crate::support::filled::PDF;
use crate::support::{Page, World};

/// From now on the database refuses every change of a table, as it does when something is broken.
async fn refuse(world: &World, table: &str, code: &str) {
    let script = format!(
        "create or replace function broken() returns trigger language plpgsql as
           $$begin raise exception 'broken' using errcode = '{code}'; end$$;
         create or replace trigger broken before insert or update on {table} for each row execute function broken()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&world.db).await.unwrap();
}

async fn mend(world: &World, table: &str) {
    let script = format!("drop trigger broken on {table}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&world.db).await.unwrap();
}

#[track_caller]
fn says_so(page: &Page, status: u16) {
    assert_eq!(page.status(), status);
    let why = if status == 503 { "not available just now" } else { "something went wrong on our side" };
    assert_eq!(page.text("#conflict-heading"), format!("Not saved: {why}"));
    let words = page.text("#conflict");
    assert!(words.contains("Try again in a moment.") && words.contains("help@example.gov"), "{words}");
    let reference = words.split("the reference ").nth(1).unwrap_or_default();
    assert_eq!(reference.split('.').next().map(str::len), Some(12), "{words}");
    assert!(!words.contains("broken"), "{words}");
    assert_eq!(page.header("retry-after").is_some(), status == 503);
}

#[tokio::test]
async fn a_form_page_that_can_not_be_saved_comes_back_with_what_was_typed() {
    let world = World::start().await;
    let draft = world.drafted("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let form = maya.get(&draft.path("edit/type")).await.form("Save as draft");
    let form = form.set("submission_description", "Typed in vain?");
    for (code, status) in [("XX000", 500), ("53100", 503)] {
        refuse(&world, "contract_submission", code).await;
        let page = form.press("Save as draft").await;
        says_so(&page, status);
        assert!(page.texts("textarea[readonly]").contains(&"Typed in vain?".to_owned()));
        assert_eq!(world.count("select count(*) from draft_save where version > 1").await, 0);
    }
    let page = form.press("Save as draft").await;
    mend(&world, "contract_submission").await;
    assert_eq!(page.form("Try again").press("Try again").await.status(), 303);
    let again = maya.get(&draft.path("edit/type")).await.form("Save as draft");
    assert_eq!(again.value("submission_description").trim(), "Typed in vain?");
}

#[tokio::test]
async fn a_draft_that_can_not_be_started_is_started_by_trying_again() {
    let world = World::start().await;
    let draft = world.drafted("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let filled = maya.get(&draft.path("edit/type")).await.form("Continue");
    let mut form = maya.get("/submissions/new?kind=health_plan").await.form("Continue");
    for name in
        ["population_covered", "submission_type", "contract_type", "risk_based_contract", "submission_description"]
    {
        form = form.set(name, &filled.value(name));
    }
    for program in filled.values("program_ids") {
        form = form.tick("program_ids", &program);
    }
    refuse(&world, "contract_review", "XX000").await;
    let page = form.press("Continue").await;
    says_so(&page, 500);
    mend(&world, "contract_review").await;
    assert_eq!(page.form("Try again").press("Try again").await.status(), 303);
    assert_eq!(world.count("select count(*) from contract_review").await, 2);
}

#[tokio::test]
async fn a_decision_and_an_approval_that_can_not_be_saved_come_back_too() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let sam = world.signed_in("sam.lee").await;
    let address = format!("/department-reviews/{}/status", world.review_of(&story).await);
    let form = sam.get(&format!("{address}?to=signed_off")).await.form(&address).set("note", "Rates agree.");
    refuse(&world, "department_review", "XX000").await;
    let page = form.press("Sign off").await;
    says_so(&page, 500);
    assert_eq!(page.texts("textarea[readonly]"), ["Rates agree."]);
    let part = form.press_htmx("Sign off").await;
    assert_eq!((part.status(), part.header("content-type")), (500, Some("text/plain; charset=utf-8")));
    mend(&world, "department_review").await;
    assert_eq!(page.form("Try again").press("Try again").await.status(), 303);

    let dana = world.signed_in("dana.ruiz").await;
    let form = dana.get(&story.path("approve")).await.form("Approve").set("released_on", "03/09/2026");
    refuse(&world, "contract_review", "53100").await;
    let page = form.press("Approve").await;
    says_so(&page, 503);
    assert_eq!(page.texts("textarea[readonly]"), ["03/09/2026"]);
    mend(&world, "contract_review").await;
    assert_eq!(page.form("Try again").press("Try again").await.status(), 303);
    assert_eq!(world.count("select count(*) from event where kind = 'approved'").await, 1);
}

/// Puts a file in the place of the folder in which files are kept, so that nothing can be stored; or the folder again.
fn store_is_there(world: &World, there: bool) {
    let folder = world.folder();
    if there {
        std::fs::remove_file(&folder).unwrap();
        std::fs::create_dir(&folder).unwrap();
    } else {
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::write(&folder, b"").unwrap();
    }
}

#[tokio::test]
async fn a_form_whose_file_can_not_be_stored_comes_back_with_all_that_was_typed() {
    let world = World::start().await;
    let draft = world.drafted("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let form = maya.get(&draft.path("edit/contract")).await.form("Save as draft");
    let form = form.set("contract_date_end", "12/30/2027");
    let form = form.attach("documents.contract_supporting", "rates.pdf", PDF, "application/pdf");
    let form = form.attach("documents.contract_supporting", "terms.pdf", PDF, "application/pdf");
    store_is_there(&world, false);
    let page = form.press("Save as draft").await;
    says_so(&page, 503);
    let words = page.text("#conflict");
    assert!(words.contains("not uploaded, choose them again: rates.pdf, terms.pdf."), "{words}");
    assert_eq!(world.count("select count(*) from draft_save where version > 1").await, 0);
    store_is_there(&world, true);
    assert_eq!(page.form("Try again").press("Try again").await.status(), 303);
    let again = maya.get(&draft.path("edit/contract")).await.form("Save as draft");
    assert_eq!(again.value("contract_date_end"), "12/30/2027");
}

#[tokio::test]
async fn a_question_and_a_correction_whose_files_can_not_be_stored_come_back_too() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let alex = world.signed_in("alex.morgan").await;
    let question = sam.get(&story.path("questions/ask")).await.form("Ask").set("text", "Where is the withhold?");
    let question = question.attach("documents.question", "withhold.pdf", PDF, "application/pdf");
    let correct = story.path("correct?what=document_added");
    let correction = alex.get(&correct).await.form(&correct).set("reason", "It came by mail.");
    let correction = correction.attach("documents.contract", "mail.pdf", PDF, "application/pdf");
    store_is_there(&world, false);
    let (asked, corrected) = (question.press("Ask").await, correction.submit().await);
    for (page, typed, file) in
        [(&asked, "Where is the withhold?", "withhold.pdf"), (&corrected, "It came by mail.", "mail.pdf")]
    {
        says_so(page, 503);
        assert_eq!(page.texts("textarea[readonly]"), [typed]);
        assert!(page.text("#conflict").contains(&format!("choose it again: {file}.")));
    }
    store_is_there(&world, true);
    assert_eq!(asked.form("Try again").press("Try again").await.status(), 303);
    assert_eq!(world.count("select count(*) from question where text = 'Where is the withhold?'").await, 1);

    let round = story.path("questions/dmco/1/respond");
    let response = maya.get(&round).await.form("Send response").set("text", "In section 4.");
    let response = response.attach("documents.response", "section.pdf", PDF, "application/pdf");
    store_is_there(&world, false);
    let page = response.press("Send response").await;
    says_so(&page, 503);
    store_is_there(&world, true);
    assert_eq!(page.form("Try again").press("Try again").await.status(), 303);
    assert_eq!(world.count("select count(*) from response where text = 'In section 4.'").await, 1);
}
