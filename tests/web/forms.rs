//! The form pages: starting a draft, filling it in, sending it, deleting it; and two people in one draft.

use crate::support::{Browser, Form, Page, World};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

/// The first page, filled in completely.
fn filled_type(page: &Page) -> Form {
    let program = page.by_label("SNBC - Special Needs Basic Care").attr("value").expect("a value").to_owned();
    page.form("Continue")
        .set("population_covered", "MEDICAID")
        .tick("program_ids", &program)
        .set("submission_type", "CONTRACT_ONLY")
        .set("contract_type", "BASE")
        .set("risk_based_contract", "YES")
        .set("submission_description", "The yearly contract.")
}

/// The contract page of a base contract, filled in but for the file.
fn filled_contract(page: &Page) -> Form {
    let form = page.form("Save as draft");
    let provisions: Vec<String> =
        form.names().into_iter().filter(|name| name.starts_with("provisions.")).map(str::to_owned).collect();
    provisions
        .iter()
        .fold(form, |form, name| form.set(name, "NO"))
        .set("statutory_regulatory_attestation", "YES")
        .set("contract_execution_status", "EXECUTED")
        .set("contract_date_start", "07/01/2026")
        .set("contract_date_end", "12/31/2026")
        .tick("managed_care_entities", "MCO")
        .tick("federal_authorities", "STATE_PLAN")
        .set("dsnp_contract", "NO")
}

fn filled_contact(page: &Page) -> Form {
    page.form("Save as draft")
        .set("state_contacts.0.first_name", "Maya")
        .set("state_contacts.0.last_name", "Lindqvist")
        .set("state_contacts.0.title_role", "Contract manager")
        .set("state_contacts.0.email", "maya.lindqvist@dhs.example.gov")
}

/// Starts a draft; gives its address.
async fn started(browser: &Browser) -> String {
    let new = browser.get("/submissions/new?kind=health_plan").await;
    let answer = filled_type(&new).press("Continue").await;
    assert_eq!(answer.status(), 303, "{}", answer.reading());
    answer.location().trim_end_matches("/edit/contract").to_owned()
}

/// A draft that can be sent.
async fn complete(browser: &Browser) -> String {
    let draft = started(browser).await;
    let contract = browser.get(&format!("{draft}/edit/contract")).await;
    let contract = filled_contract(&contract).attach("documents.contract", "contract.pdf", PDF, "application/pdf");
    let answer = contract.press("Continue").await;
    assert_eq!(answer.location(), format!("{draft}/edit/contacts"));
    let answer = filled_contact(&answer.follow().await).press("Continue").await;
    assert_eq!(answer.location(), format!("{draft}/edit/review"));
    draft
}

async fn version(world: &World) -> i64 {
    world.count("select version::bigint from contract_submission").await
}

async fn saves(world: &World) -> i64 {
    world.count("select count(*) from draft_save").await
}

/// The stored answer to one question of the only draft.
async fn answer(world: &World, key: &'static str) -> serde_json::Value {
    sqlx::query_scalar("select contract_data -> $1 from contract_submission")
        .bind(key)
        .fetch_one(&world.db)
        .await
        .expect("there is one draft")
}

#[tokio::test]
async fn the_whole_way_from_the_kind_to_cms() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let kind = maya.get("/submissions/new").await;
    let refused = kind.form("Start").press("Start").await;
    assert_eq!((refused.status(), refused.errors()), (422, vec!["Choose what you are sending".to_owned()]));
    let first = refused.form("Start").set("kind", "health_plan").press("Start").await;
    assert_eq!((first.status(), first.text("h2")), (200, "Step 1 of 4 Submission type".to_owned()));

    let draft = complete(&maya).await;
    let review = maya.get(&format!("{draft}/edit/review")).await;
    assert_eq!(review.h1(), "MCR-MN-0001-SNBC");
    assert!(review.reading().contains("goes to CMS for review"), "{}", review.reading());
    let sent = review.form("Submit to CMS").press("Submit to CMS").await;
    assert_eq!((sent.status(), sent.location()), (303, draft.as_str()));
    let flash = sent.follow().await.flash();
    assert_eq!(flash.as_deref(), Some("MCR-MN-0001-SNBC was sent to CMS. To change it, ask CMS to unlock it."));
    let told = "select count(*) from event where kind in ('created', 'submitted', 'review_made')";
    assert_eq!(world.count(told).await, 3);
    let made = "select count(*) from department_review where department = 'DMCO' and status = 'not_started'";
    assert_eq!(world.count(made).await, 1);
    assert_eq!(saves(&world).await, 0);

    let closed = maya.get(&format!("{draft}/edit/type")).await;
    assert_eq!((closed.status(), closed.location()), (303, draft.as_str()));
    let news = closed.follow().await.flash().expect("news");
    assert!(news.starts_with("MN-0001 was sent to CMS by Maya Lindqvist"), "{news}");
}

#[tokio::test]
async fn an_empty_first_page_is_refused_and_starts_nothing() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let refused = maya.get("/submissions/new?kind=health_plan").await.form("Continue").submit().await;
    assert_eq!(refused.status(), 422);
    let expected = [
        "Choose who is covered",
        "Choose at least one program",
        "Choose what the submission includes",
        "Choose base contract or amendment",
        "Answer yes or no",
        "Describe the submission",
    ];
    assert_eq!(refused.errors(), expected);
    assert!(refused.title().starts_with("Error: "));
    assert_eq!(world.count("select count(*) from contract_review").await, 0);
    assert_eq!(world.count("select max(last_contract_number)::bigint from state").await, 0);
}

#[tokio::test]
async fn the_same_first_page_posted_twice_starts_one_draft() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let form = filled_type(&maya.get("/submissions/new?kind=health_plan").await);
    let (one, two) = tokio::join!(form.press("Continue"), form.press("Continue"));
    for answer in [one, two, form.press("Continue").await] {
        assert_eq!((answer.status(), answer.location()), (303, "/submissions/MN-0001/edit/contract"));
    }
    assert_eq!(world.count("select count(*) from contract_review").await, 1);
    assert_eq!(version(&world).await, 1);

    // Gone back by the browser, changed and sent again: a save, not a second draft, and not lost.
    let again = form.set("submission_description", "Described anew.").press("Continue").await;
    assert_eq!(again.location(), "/submissions/MN-0001/edit/contract");
    assert_eq!(answer(&world, "submission_description").await, "Described anew.");
    assert_eq!(world.count("select last_contract_number::bigint from state where code = 'MN'").await, 1);
}

#[tokio::test]
async fn a_description_too_long_is_saved_and_keeps_the_page() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    let page = maya.get(&format!("{draft}/edit/type")).await;
    let longest = format!("{}\n{}", "a".repeat(749), "b".repeat(750));
    let fits = page.form(TYPE_FORM).set("submission_description", &longest).press("Continue").await;
    assert_eq!(fits.status(), 303, "{}", fits.reading());
    let page = maya.get(&format!("{draft}/edit/type")).await;
    let long = page.form(TYPE_FORM).set("submission_description", &format!("{longest}!"));
    let refused = long.press("Continue").await;
    assert_eq!(refused.errors(), ["Shorten Description to 1500 characters; it has 1501."]);
    assert_eq!(answer(&world, "submission_description").await, format!("{longest}!"));
    let blank = refused.form(TYPE_FORM).set("submission_description", " \n ").press("Continue").await;
    assert_eq!((blank.status(), blank.errors()), (422, vec!["Describe the submission".to_owned()]));
}

const TYPE_FORM: &str = "Save and leave";

#[tokio::test]
async fn what_no_page_offers_is_refused_and_nothing_saved() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    let form = maya.get(&format!("{draft}/edit/type")).await.form(TYPE_FORM);
    let star: String = sqlx::query_scalar("select id::text from program where state_code = 'TX' and name = 'STAR'")
        .fetch_one(&world.db)
        .await
        .expect("Texas has STAR");
    let forged = [
        (
            "submission_description",
            "nul\0",
            "Description holds characters that can't be stored, or is longer than 20,000 characters.",
        ),
        ("program_ids", &star, "Choose programs of your own state only."),
        ("population_covered", "MEDICARE", "Choose one of the answers listed."),
    ];
    for (name, value, message) in forged {
        let refused = form.clone().tamper(name, value).press("Save as draft").await;
        assert_eq!((refused.status(), refused.errors()), (422, vec![message.to_owned()]), "{name}");
    }
    assert_eq!((version(&world).await, saves(&world).await), (1, 0));
}

#[tokio::test]
async fn a_draft_without_programs_is_saved_under_its_number_alone() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    let page = maya.get(&format!("{draft}/edit/type")).await;
    let chosen = page.form(TYPE_FORM).value("program_ids");
    let saved = page.form(TYPE_FORM).untick("program_ids", &chosen).press("Save as draft").await;
    let page = saved.follow().await;
    assert_eq!(page.h1(), "MCR-MN-0001");
    assert!(page.flash().expect("a message").starts_with("Draft saved at "), "{:?}", page.flash());
    assert_eq!(world.count("select count(*) from contract_review_program").await, 0);
    assert_eq!(page.form(TYPE_FORM).press("Continue").await.errors(), ["Choose at least one program"]);
}

#[tokio::test]
async fn chip_only_with_rates_is_saved_as_contract_only_and_said_so() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let new = maya.get("/submissions/new?kind=health_plan").await;
    let form = filled_type(&new).set("population_covered", "CHIP").tamper("submission_type", "CONTRACT_AND_RATES");
    let page = form.press("Continue").await.follow().await;
    assert!(page.flash().expect("a notice").contains("No rates are sent with CHIP-only contracts"));
    assert_eq!(answer(&world, "submission_type").await, "CONTRACT_ONLY");
}

#[tokio::test]
async fn dates_are_checked_when_typed_and_when_going_on() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    let address = format!("{draft}/edit/contract");
    let page = maya.get(&address).await;
    for typed in ["02/29/2027", "13/01/2026", "07-01-2026", "07/2026", "07/01/26"] {
        let refused = page.form("Save as draft").set("contract_date_start", typed).press("Save as draft").await;
        assert_eq!(refused.errors(), ["Enter Start date as MM/DD/YYYY, for example 07/01/2026."], "{typed}");
        assert_eq!(refused.form("Save as draft").value("contract_date_start"), typed);
        let back = page.form("Save as draft").set("contract_date_start", typed).press("Back").await;
        assert_eq!(back.status(), 422);
        assert_eq!(back.link("Go back without saving this page"), Some(format!("{draft}/edit/type")));
    }
    assert_eq!(version(&world).await, 1);
    let form = filled_contract(&page)
        .attach("documents.contract", "contract.pdf", PDF, "application/pdf")
        .set("contract_date_end", "7/1/2026");
    let refused = form.press("Continue").await;
    assert_eq!(refused.errors(), ["The end date must be after the start date."]);
    assert_eq!(answer(&world, "contract_date_end").await, "2026-07-01");
    let blank = refused.form("Save as draft").set("contract_date_end", "").press("Save as draft").await;
    assert_eq!(blank.status(), 303);
    let marked = maya.get(&format!("{address}?check=1")).await;
    assert_eq!((marked.status(), marked.errors()), (200, vec!["Enter the end date".to_owned()]));
    let page = marked.form("Save as draft").set("contract_date_end", "07/02/2026").press("Continue").await;
    assert_eq!(page.location(), format!("{draft}/edit/contacts"));
}

#[tokio::test]
async fn contacts_are_added_removed_and_checked() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    let address = format!("{draft}/edit/contacts");
    let refused = maya.get(&address).await.form("Save as draft").press("Continue").await;
    let expected = ["Enter the first name", "Enter the last name", "Enter a title or role", "Enter an email address"];
    assert_eq!(refused.errors(), expected);
    for bad in ["maya@dhs", "maya@@x.gov"] {
        let page = filled_contact(&refused).set("state_contacts.0.email", bad).press("Save as draft").await;
        assert_eq!(page.errors(), ["Enter an email address like name@example.gov."]);
    }
    let form = filled_contact(&refused).set("state_contacts.0.email", " maya@dhs.example.gov ");
    let added = form.press("Add another contact").await;
    assert_eq!(added.location(), format!("{address}#state_contacts.1.first_name"));
    assert_eq!(answer(&world, "state_contacts").await[0]["email"], "maya@dhs.example.gov");
    let two = added.follow().await;
    let titled = two.form("Save as draft").set("state_contacts.1.title_role", "Director").press("Continue").await;
    assert_eq!(titled.errors(), ["Enter the first name", "Enter the last name", "Enter an email address"]);
    let blank = titled.form("Save as draft").set("state_contacts.1.title_role", " ").press("Continue").await;
    assert_eq!(blank.status(), 303);
    assert_eq!(answer(&world, "state_contacts").await.as_array().map(Vec::len), Some(1));
    let two = maya.get(&address).await.form("Save as draft").press("Add another contact").await.follow().await;
    let removed = two.form("Save as draft").press("Remove contact 2").await;
    assert_eq!(removed.location(), format!("{address}#add_contact"));
    assert_eq!(answer(&world, "state_contacts").await.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn files_are_taken_one_by_one_and_kept_through_a_refused_page() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    let page = maya.get(&format!("{draft}/edit/contract")).await;
    let form = page
        .form("Save as draft")
        .attach("documents.contract", "contract.pdf", PDF, "application/pdf")
        .attach("documents.contract", "virus.exe", *b"MZ", "application/pdf")
        .attach("documents.contract_supporting", "copy.pdf", PDF, "application/pdf");
    let mixed = form.press("Upload to Supporting documents").await;
    assert_eq!(mixed.status(), 422);
    let problems = mixed.errors();
    assert!(problems.len() == 1 && problems[0].starts_with("virus.exe: this type is not accepted."), "{problems:?}");
    assert_eq!(mixed.texts(".files__name"), ["contract.pdf", "copy.pdf"]);
    assert_eq!((version(&world).await, saves(&world).await), (2, 1));

    let again = mixed.form("Save as draft").attach("documents.contract", "other.pdf", PDF, "application/pdf");
    let refused = again.press("Upload to Contract").await;
    assert_eq!(refused.errors(), ["other.pdf has the same content as contract.pdf, which is already in this list."]);
    assert_eq!(version(&world).await, 2);

    let other = [PDF, b"2"].concat();
    let form = refused.form("Save as draft").set("contract_date_start", "soon");
    let kept = form.attach("documents.contract", "second.pdf", other, "application/pdf").press("Save as draft").await;
    assert_eq!(kept.status(), 422);
    let saved = kept.form("Save as draft").set("contract_date_start", "07/01/2026").press("Save as draft").await;
    let page = saved.follow().await;
    assert_eq!(page.texts(".files__name"), ["contract.pdf", "second.pdf", "copy.pdf"]);
    assert_eq!(page.text("[id='documents.contract-line']"), "2 files: 2 ready");
    let removed = page.form("Save as draft").press("Remove second.pdf").await;
    assert_eq!(removed.location(), format!("{draft}/edit/contract#documents.contract-line"));
    assert_eq!(removed.follow().await.texts(".files__name"), ["contract.pdf", "copy.pdf"]);
}

#[tokio::test]
async fn changes_on_different_pages_do_not_collide_and_one_press_saves_both() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = started(&maya).await;
    let contract = maya.get(&format!("{draft}/edit/contract")).await;
    let contacts = robert.get(&format!("{draft}/edit/contacts")).await;
    assert_eq!(filled_contact(&contacts).press("Save as draft").await.status(), 303);
    let form = filled_contract(&contract).attach("documents.contract", "contract.pdf", PDF, "application/pdf");
    let panel = form.press("Continue").await;
    assert_eq!(panel.status(), 409);
    assert_eq!(panel.text("#conflict-heading"), "Not saved: Robert Okafor changed this draft after you opened it");
    assert!(panel.alert().contains("does not collide"), "{}", panel.alert());
    assert_eq!(answer(&world, "contract_date_start").await, serde_json::Value::Null);
    let saved = panel.form("Save").press("Save").await;
    assert_eq!(saved.location(), format!("{draft}/edit/contacts"));
    assert_eq!(answer(&world, "contract_date_start").await, "2026-07-01");
    assert_eq!(answer(&world, "state_contacts").await[0]["first_name"], "Maya");
    assert_eq!((version(&world).await, saves(&world).await), (3, 2));
    assert_eq!(world.count("select count(*) from document").await, 1);
    let reading = maya.get(&format!("{draft}/edit/type")).await.reading();
    assert!(reading.contains("Also working on this draft: Robert Okafor"), "{reading}");
}

#[tokio::test]
async fn the_second_of_two_who_change_one_answer_decides_with_both_before_them() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = started(&maya).await;
    let address = format!("{draft}/edit/contract");
    let set_end = |page: &Page, end: &str| page.form("Save as draft").set("contract_date_end", end);
    set_end(&maya.get(&address).await, "12/31/2026").press("Save as draft").await;
    let (hers, his) = (maya.get(&address).await, robert.get(&address).await);
    set_end(&his, "06/30/2027").press("Save as draft").await;

    let panel = set_end(&hers, "12/30/2026").press("Save as draft").await;
    assert_eq!(panel.status(), 409);
    let row =
        panel.table("What changed").into_iter().find(|row| row.cell("Field") == "Contract end date").expect("a row");
    let values = ["When you opened", "Now", "You wanted"].map(|column| row.cell(column).to_owned());
    assert_eq!(values, ["12/31/2026", "06/30/2027", "12/30/2026"]);
    assert_eq!(panel.form("Save my choices").value("choose.contract_date_end"), "");
    assert_eq!(answer(&world, "contract_date_end").await, "2027-06-30");

    let unchosen = panel.form("Save my choices").press("Save my choices").await;
    assert_eq!(unchosen.status(), 422);
    assert!(unchosen.reading().contains("Choose what to save for Contract end date"), "{}", unchosen.reading());

    set_end(&robert.get(&address).await, "06/29/2027").press("Save as draft").await;
    let chosen =
        unchosen.form("Save my choices").set("choose.contract_date_end", "mine").press("Save my choices").await;
    assert_eq!(chosen.status(), 409);
    assert!(chosen.alert().contains("06/30/2027 → 06/29/2027"), "{}", chosen.alert());
    let saved = chosen.form("Save my choices").set("choose.contract_date_end", "mine").press("Save my choices").await;
    assert_eq!(saved.location(), address);
    assert_eq!(answer(&world, "contract_date_end").await, "2026-12-30");
    assert_eq!(world.count("select count(distinct version) from draft_save").await, version(&world).await - 1);
}

#[tokio::test]
async fn the_same_save_sent_twice_has_one_effect() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = started(&maya).await;
    let address = format!("{draft}/edit/contacts");
    let (hers, his) = (maya.get(&address).await, robert.get(&address).await);
    for _ in 0..2 {
        let answer = filled_contact(&hers).press("Continue").await;
        assert_eq!((answer.status(), answer.location()), (303, format!("{draft}/edit/review").as_str()));
    }
    assert_eq!((version(&world).await, saves(&world).await), (2, 1));
    let same = filled_contact(&his).press("Continue").await;
    assert_eq!(same.status(), 303);
    let news = same.follow().await.flash().expect("news");
    assert!(news.starts_with("Maya Lindqvist had saved the same at "), "{news}");
    assert_eq!((version(&world).await, saves(&world).await), (2, 1));
}

#[tokio::test]
async fn removing_a_file_from_an_old_page_is_asked() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = started(&maya).await;
    let address = format!("{draft}/edit/contract");
    let form = maya.get(&address).await.form("Save as draft");
    let page =
        form.attach("documents.contract", "contract.pdf", PDF, "application/pdf").press("Upload to Contract").await;
    let page = page.follow().await;
    filled_contact(&robert.get(&format!("{draft}/edit/contacts")).await).press("Save as draft").await;
    let panel = page.form("Save as draft").press("Remove contract.pdf").await;
    assert_eq!(panel.status(), 409);
    let kept = panel.form("Save my choices").set("choose.remove_file", "keep").press("Save my choices").await;
    assert_eq!((kept.status(), world.count("select count(*) from document").await), (303, 1));
    let removed = panel.form("Save my choices").set("choose.remove_file", "mine").press("Save my choices").await;
    assert_eq!((removed.status(), world.count("select count(*) from document").await), (303, 0));
}

#[tokio::test]
async fn submit_lists_what_is_open_and_sends_nothing() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    let review = maya.get(&format!("{draft}/edit/review")).await;
    assert!(review.text("#problems-heading").starts_with("Before you can submit: "));
    assert!(!review.title().starts_with("Error"));
    let refused = review.form("Submit to CMS").press("Submit to CMS").await;
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.attributes("#problems", "tabindex"), ["-1"]);
    assert!(refused.has("#problems[autofocus]"));
    let link = refused.link("Upload the contract").expect("a link to the field");
    assert_eq!(link, format!("{draft}/edit/contract?from=review&check=1#documents.contract"));
    assert_eq!(world.count("select count(*) from event where subject = 'contract_review'").await, 1);
    assert_eq!(version(&world).await, 1);
}

#[tokio::test]
async fn submit_pressed_twice_or_by_two_people_sends_one_version() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = complete(&maya).await;
    let address = format!("{draft}/edit/review");
    let hers = maya.get(&address).await.form("Submit to CMS");
    let his = robert.get(&address).await.form("Submit to CMS");
    let type_page = robert.get(&format!("{draft}/edit/type")).await;
    assert_eq!(hers.press("Submit to CMS").await.location(), draft);
    assert_eq!(hers.press("Submit to CMS").await.location(), draft);
    let late = his.press("Submit to CMS").await;
    assert_eq!(late.status(), 409);
    assert_eq!(
        late.text("#conflict-heading"),
        "Not saved: Maya Lindqvist sent MN-0001 to CMS after you opened this page"
    );
    let typed = type_page.form(TYPE_FORM).set("submission_description", "Typed too late.").press("Save as draft").await;
    assert_eq!(typed.status(), 409);
    assert_eq!(typed.text("textarea"), "Typed too late.");
    assert_eq!(world.count("select count(*) from event where kind = 'submitted'").await, 1);
    assert_eq!(world.count("select count(*) from department_review").await, 1);
    assert_eq!(answer(&world, "submission_description").await, "The yearly contract.");
}

#[tokio::test]
async fn submitting_an_old_page_shows_what_changed_first() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = complete(&maya).await;
    let review = maya.get(&format!("{draft}/edit/review")).await.form("Submit to CMS");
    let page = robert.get(&format!("{draft}/edit/contract")).await;
    page.form("Save as draft").set("contract_date_end", "06/30/2027").press("Save as draft").await;
    let panel = review.press("Submit to CMS").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.alert().contains("12/31/2026 → 06/30/2027"), "{}", panel.alert());
    assert_eq!(world.count("select count(*) from event where kind = 'submitted'").await, 0);
    let sent = panel.form("Submit to CMS as it is now").press("Submit to CMS as it is now").await;
    assert_eq!((sent.status(), sent.location()), (303, draft.as_str()));
}

#[tokio::test]
async fn a_chip_only_contract_is_kept_for_the_record() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = complete(&maya).await;
    let page = maya.get(&format!("{draft}/edit/type")).await;
    page.form(TYPE_FORM).set("population_covered", "CHIP").press("Save as draft").await;
    let page = maya.get(&format!("{draft}/edit/contract")).await;
    page.form("Save as draft").tick("federal_authorities", "TITLE_XXI").press("Save as draft").await;
    let review = maya.get(&format!("{draft}/edit/review")).await;
    let sent = review.form("Submit to CMS").press("Submit to CMS").await;
    let flash = sent.follow().await.flash();
    assert_eq!(flash.as_deref(), Some("MCR-MN-0001-SNBC was sent to CMS. It is not subject to review."));
    assert_eq!(world.count("select count(*) from department_review").await, 0);
    assert_eq!(answer(&world, "federal_authorities").await, serde_json::json!(["TITLE_XXI"]));
}

#[tokio::test]
async fn a_draft_is_deleted_once_and_its_number_never_given_again() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = complete(&maya).await;
    let page = maya.get(&format!("{draft}/delete")).await;
    assert!(page.reading().contains("contract.pdf"), "{}", page.reading());
    let unticked = page.form("Delete draft").press("Delete draft").await;
    assert_eq!((unticked.status(), unticked.errors()), (422, vec!["Tick the box to delete the draft".to_owned()]));
    let typing = robert.get(&format!("{draft}/edit/type")).await;
    let delete = page.form("Delete draft").tick("confirm", "yes");
    for _ in 0..2 {
        assert_eq!(delete.press("Delete draft").await.location(), "/submissions");
    }
    assert_eq!(world.count("select count(*) from event where kind = 'draft_deleted'").await, 1);
    assert_eq!(maya.get(&format!("{draft}/edit/type")).await.status(), 404);
    let typed = typing.form(TYPE_FORM).set("submission_description", "Typed too late.").press("Save as draft").await;
    assert_eq!(typed.status(), 404);
    assert!(typed.texts("textarea").contains(&"Typed too late.".to_owned()), "{}", typed.reading());
    assert_eq!(started(&robert).await, "/submissions/MN-0002");
}

#[tokio::test]
async fn a_draft_changed_since_is_not_deleted_unseen() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = started(&maya).await;
    let delete = maya.get(&format!("{draft}/delete")).await.form("Delete draft").tick("confirm", "yes");
    filled_contact(&robert.get(&format!("{draft}/edit/contacts")).await).press("Save as draft").await;
    let panel = delete.press("Delete draft").await;
    assert_eq!(panel.status(), 409);
    assert_eq!(world.count("select count(*) from contract_submission").await, 1);
    let deleted = panel.form("Delete draft all the same").press("Delete draft all the same").await;
    assert_eq!(deleted.location(), "/submissions");
    assert_eq!(world.count("select count(*) from contract_submission").await, 0);
}

#[tokio::test]
async fn form_pages_are_there_for_the_people_of_the_state_alone() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    for stranger in ["thomas.becker", "sam.lee", "alex.morgan"] {
        let browser = world.signed_in(stranger).await;
        let csrf = browser.csrf().await;
        for page in ["edit/type", "edit/contract", "edit/contacts", "edit/review", "delete"] {
            let address = format!("{draft}/{page}");
            assert_eq!(browser.get(&address).await.status(), 404, "{stranger} {page}");
            let fields = [("csrf", csrf.as_str()), ("version", "1"), ("action", "save"), ("confirm", "yes")];
            assert_eq!(browser.post(&address, &fields).await.status(), 404, "{stranger} posts to {page}");
        }
    }
    assert_eq!(version(&world).await, 1);
    let other_spelling = maya.get("/submissions/mn-1/edit/type?from=review").await;
    assert_eq!(
        (other_spelling.status(), other_spelling.location()),
        (301, "/submissions/MN-0001/edit/type?from=review")
    );
    let forged = maya.get(&format!("{draft}/edit/type")).await.form(TYPE_FORM).tamper("csrf", "forged");
    assert_eq!(forged.press("Save as draft").await.status(), 403);
    let unversioned = maya.get(&format!("{draft}/edit/type")).await.form(TYPE_FORM).without("version");
    assert_eq!(unversioned.press("Save as draft").await.status(), 422);
}
