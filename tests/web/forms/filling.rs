//! Filling in the pages of a draft, and what is refused.

use super::*;

#[tokio::test]
async fn the_whole_way_from_the_kind_to_cms() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let kind = maya.get("/submissions/new").await;
    let refused = kind.form("Start").press("Start").await;
    assert_eq!((refused.status(), refused.errors()), (422, vec!["Choose what you are sending".to_owned()]));
    let first = refused.form("Start").set("kind", "health_plan").press("Start").await;
    assert_eq!((first.status(), first.text("h2")), (200, "Step 1 of 5 Submission type".to_owned()));

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
            "Description: Character 4 is a control character (U+0000). Delete it, or type the words around it again.",
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
