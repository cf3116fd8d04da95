//! The rates of a draft.

use serde_json::json;

use super::*;

#[tokio::test]
async fn a_contract_with_rates_is_filled_in_page_by_page_and_sent() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let story = world.drafted_with("maya.lindqvist", &json!({ "submission_type": "CONTRACT_AND_RATES" })).await;
    let contract = maya.get(&story.path("edit/contract")).await;
    assert_eq!(contract.text("h2"), "Step 2 of 5 Contract details");
    let new = contract.form("Save as draft").press("Continue").await;
    assert_eq!(new.location(), story.path("edit/rates/new"));

    let refused = new.follow().await.form("Continue").press("Continue").await;
    assert_eq!((refused.status(), refused.errors()), (422, vec!["Answer yes or no".to_owned()]));
    let rate = refused.form("Continue").set("origin", "OWN").press("Continue").await.follow().await;
    assert_eq!((rate.status(), rate.text("h2")), (200, "Step 3 of 5 Rate details".to_owned()));
    let refused = rate.form("Save as draft").press("Continue").await;
    let first = ["Upload the rate certification", "Choose at least one program", "Choose at least one population"];
    assert_eq!((refused.status(), &refused.errors()[..3]), (422, &first.map(str::to_owned)[..]));

    let filled = filled_rate(&refused).tick("rate_medicaid_populations", "MEDICAID_ONLY").attach(
        "documents.rate_certification",
        "rates.pdf",
        PDF,
        "application/pdf",
    );
    let list = filled.press("Continue").await;
    assert_eq!(list.location(), story.path("edit/rates"));
    let list = list.follow().await;
    assert_eq!(listed(&list), ["MN-R0001"]);
    assert!(list.text(".rate__marks").contains("Complete"), "{}", list.reading());
    let name = "MCR-MN-SNBC-20260101-20261231-CERTIFICATION-20260302";
    assert!(list.text(".rate h3").contains(name), "{}", list.text(".rate h3"));

    let contacts = list.form("Save as draft").press("Continue").await;
    assert_eq!(contacts.location(), story.path("edit/contacts"));
    let review = maya.get(&story.path("edit/review")).await;
    assert!(review.text(".rate-review").contains("Priya Raman"), "{}", review.reading());
    let sent = review.form("Submit to CMS").press("Submit to CMS").await;
    assert_eq!((sent.status(), sent.location()), (303, story.path("").as_str()));
    let reviews = "select count(*) from department_review where status = 'not_started'";
    assert_eq!(world.count(reviews).await, 3);
    let told = "select count(*) from event where kind = 'submitted'";
    assert_eq!(world.count(told).await, 2);
    assert_eq!(maya.get(&story.path("")).await.text("#rate-MN-R0001 a"), "MN-R0001");
}

#[tokio::test]
async fn a_draft_that_says_rates_needs_one_before_it_goes_on() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let story = world.drafted_with("maya.lindqvist", &json!({ "submission_type": "CONTRACT_AND_RATES" })).await;
    let refused = maya.get(&story.path("edit/rates")).await.form("Save as draft").press("Continue").await;
    assert_eq!((refused.status(), refused.errors()), (422, vec!["Add at least one rate certification".to_owned()]));
    added(&maya, &story.path("")).await;
    let refused = maya.get(&story.path("edit/rates")).await.form("Save as draft").press("Continue").await;
    assert_eq!(refused.status(), 422);
    assert!(refused.errors()[0].contains("open point"), "{:?}", refused.errors());
    let review = maya.get(&story.path("edit/review")).await;
    assert!(review.text("#problems").contains("MN-R0001: Upload the rate certification"), "{}", review.reading());
}

#[tokio::test]
async fn the_same_new_page_pressed_twice_adds_one_rate() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let story = world.drafted_with("maya.lindqvist", &json!({ "submission_type": "CONTRACT_AND_RATES" })).await;
    let form = maya.get(&story.path("edit/rates/new")).await.form("Continue").set("origin", "OWN");
    let (one, two) = tokio::join!(form.press("Continue"), form.press("Continue"));
    assert_eq!([one.location(), two.location()], [story.path("edit/rates/MN-R0001").as_str(); 2]);
    assert_eq!(world.count("select count(*) from rate_review").await, 1);
    assert_eq!(version(&world).await, 2);
}

#[tokio::test]
async fn dates_firms_and_populations_follow_the_rules() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let dsnp = json!({ "submission_type": "CONTRACT_AND_RATES", "dsnp_contract": true, "federal_authorities": ["STATE_PLAN"] });
    let story = world.drafted_with("maya.lindqvist", &dsnp).await;
    let rate = added(&maya, &story.path("")).await;
    let form = filled_rate(&maya.get(&rate).await)
        .set("rate_date_end", "01/01/2026")
        .set("rate_date_certified", "03/11/2026")
        .set("certifying_actuaries.0.actuarial_firm", "OTHER");
    let refused = form.press("Continue").await;
    let expected = [
        "Upload the rate certification",
        "Choose at least one population",
        "The end date must be after the start date.",
        "The certification date can't be after today.",
        "Enter the firm's name",
    ];
    assert_eq!((refused.status(), refused.errors()), (422, expected.map(str::to_owned).to_vec()));
    // It was kept all the same, and the clock still says the tenth in US Eastern.
    assert_eq!(refused.form("Save as draft").value("rate_date_certified"), "03/11/2026");
    let half = maya.get(&rate).await.form("Save as draft").set("rate_date_start", "13/01/2026");
    let refused = half.press("Save as draft").await;
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.form("Save as draft").value("rate_date_start"), "13/01/2026");
    let another = maya.get(&rate).await.form("Save as draft").press("Add another actuary").await;
    assert_eq!(another.location(), format!("{rate}#certifying_actuaries.1.first_name"));
    let saved = maya.get(&rate).await.form("Save as draft").press("Remove actuary 2").await;
    assert_eq!(saved.location(), format!("{rate}#add_actuary"));
}

#[tokio::test]
async fn rates_are_moved_and_their_order_is_what_is_sent() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (story, _) = world.drafted_with_rate("maya.lindqvist").await;
    for _ in 0..10 {
        world.add_rate("maya.lindqvist", &story).await;
    }
    let list = maya.get(&story.path("edit/rates")).await;
    let moved = list.form("Save as draft").press("Move up MN-R0010").await;
    assert_eq!(moved.location(), format!("{}#rate-MN-R0010", story.path("edit/rates")));
    let order = listed(&moved.follow().await);
    assert_eq!(&order[7..], ["MN-R0008", "MN-R0010", "MN-R0009", "MN-R0011"]);
    world.send("maya.lindqvist", &story).await;
    let positions = "select string_agg(r.number::text, ' ' order by p.position) from package_rate p join rate_review r on r.id = p.rate_review_id";
    let positions: String = sqlx::query_scalar(positions).fetch_one(&world.db).await.unwrap();
    assert_eq!(positions, "1 2 3 4 5 6 7 8 10 9 11");
}

#[tokio::test]
async fn a_rate_of_ones_own_is_removed_only_after_a_tick_and_its_number_is_not_given_again() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (story, rate) = world.drafted_with_rate("maya.lindqvist").await;
    let asked = maya.get(&story.path("edit/rates")).await.form("Save as draft").press("Remove MN-R0001").await;
    let sentence = "This removes 1 rate certification from the draft. Tick the box to go on.";
    assert_eq!((asked.status(), asked.errors()), (422, vec![sentence.to_owned()]));
    assert_eq!(world.count("select count(*) from package_rate").await, 1);
    let form = asked.form("Save as draft").tick("confirm_removal", "yes");
    let (one, two) = tokio::join!(form.press("Remove MN-R0001"), form.press("Remove MN-R0001"));
    assert_eq!([one.location(), two.location()], [format!("{}#add_rate", story.path("edit/rates")).as_str(); 2]);
    assert_eq!(world.count("select count(*) from document where rate_submission_id is not null").await, 0);
    assert_eq!(maya.get(&story.path(&format!("edit/rates/{rate}"))).await.status(), 404);
    assert_eq!(added(&maya, &story.path("")).await, story.path("edit/rates/MN-R0002"));
}

#[tokio::test]
async fn answers_that_bar_rates_take_them_out_of_the_draft_only_after_a_tick() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (linked, _) = world.sent_with_rate("maya.lindqvist").await;
    let (story, _) = world.drafted_with_rate("maya.lindqvist").await;
    link(&maya, &story.path(""), "MN-R0001").await;
    let form = maya.get(&story.path("edit/type")).await.form("Save and leave").set("population_covered", "CHIP");
    let refused = form.press("Save as draft").await;
    assert_eq!(refused.status(), 422, "{}", refused.reading());
    assert!(refused.errors()[0].starts_with("This removes 2 rate certifications"), "{:?}", refused.errors());
    assert_eq!(world.count("select count(*) from package_rate").await, 3);
    let saved = refused.form("Save and leave").tick("confirm_removal", "yes").press("Save as draft").await;
    assert_eq!(saved.status(), 303, "{}", saved.reading());
    assert_eq!(world.count("select count(*) from package_rate").await, 1);
    assert_eq!(world.count("select count(*) from rate_review where deleted_at is not null").await, 1);
    assert_eq!(maya.get("/rates/MN-R0001").await.definition("Submission").split(' ').next(), Some(linked.key.as_str()));
}

async fn link(browser: &Browser, draft: &str, rate: &str) -> Page {
    let new = browser.get(&format!("{draft}/edit/rates/new")).await;
    let id = new
        .attributes("input[name=rate_review_id]", "id")
        .into_iter()
        .find(|id| new.text(&format!("label[for='{id}']")).starts_with(rate));
    let id = id.unwrap_or_else(|| panic!("{rate} is not offered: {}", new.reading()));
    let value = id.replace("rate_review_id-", "");
    new.form("Continue").set("origin", "LINK").set("rate_review_id", &value).press("Continue").await
}

#[tokio::test]
async fn a_rate_that_was_sent_before_is_found_linked_and_taken_out_again() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (first, rate) = world.sent_with_rate("maya.lindqvist").await;
    let story = world.drafted_with("maya.lindqvist", &json!({ "submission_type": "CONTRACT_AND_RATES" })).await;
    let new = maya.get(&story.path("edit/rates/new")).await;
    let nothing = new.form("Continue").set("origin", "LINK").set("q", "no such words").press("Search").await;
    assert!(nothing.reading().contains("Nothing matches"), "{}", nothing.reading());
    let found = nothing.form("Continue").set("q", &first.key).press("Search").await;
    assert_eq!(found.attributes("input[name=rate_review_id]", "id").len(), 1);
    for (words, number) in [("mn-r1", 1), ("mn-r2", 0)] {
        let found = nothing.form("Continue").set("q", words).press("Search").await;
        assert_eq!(found.attributes("input[name=rate_review_id]", "id").len(), number, "{words}");
    }

    let linked = link(&maya, &story.path(""), &rate).await;
    assert_eq!(linked.location(), format!("{}#rate-{rate}", story.path("edit/rates")));
    let list = linked.follow().await;
    assert!(list.text(".rate__marks").contains(&format!("LINKED from {}", first.key)), "{}", list.reading());
    assert!(list.link("Edit").is_none(), "a linked rate is only read");
    world.send("maya.lindqvist", &story).await;
    assert_eq!(world.count("select count(*) from department_review").await, 4);
    let held = "select count(*) from package_rate where rate_submission_id is not null";
    assert_eq!(world.count(held).await, 2);
    let page = maya.get(&format!("/rates/{rate}")).await;
    assert!(page.definition("Also in").contains(&story.key), "{}", page.reading());
}

#[tokio::test]
async fn what_cannot_be_linked_is_refused_and_changes_nothing() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (_, elsewhere) = world.sent_with_rate("elena.vargas").await;
    world.drafted_with_rate("maya.lindqvist").await;
    let (story, _) = world.drafted_with_rate("maya.lindqvist").await;
    let before = version(&world).await;
    let form = maya.get(&story.path("edit/rates/new")).await.form("Continue").set("origin", "LINK");
    let rates: Vec<uuid::Uuid> = sqlx::query_scalar("select id from rate_review order by state_code, number")
        .fetch_all(&world.db)
        .await
        .unwrap();
    assert_eq!(rates.len(), 3, "one of {elsewhere}, a draft's, and one's own");
    for rate in rates.iter().map(ToString::to_string).chain(["nonsense".to_owned(), uuid::Uuid::nil().to_string()]) {
        let refused = form.clone().tamper("rate_review_id", &rate).press("Continue").await;
        let sentence = "The rate certification was withdrawn or is not available. Choose another.";
        assert_eq!((refused.status(), refused.errors()), (422, vec![sentence.to_owned()]), "{rate}");
    }
    assert_eq!(version(&world).await, before);
}

#[tokio::test]
async fn a_save_of_the_rate_and_one_of_the_contract_do_not_collide_but_are_told() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let (story, rate) = world.drafted_with_rate("maya.lindqvist").await;
    let contract = robert.get(&story.path("edit/contract")).await;
    let form = maya.get(&story.path(&format!("edit/rates/{rate}"))).await;
    let saved = form.form("Save as draft").set("rate_date_certified", "03/03/2026").press("Save as draft").await;
    assert_eq!(saved.status(), 303);
    let met = contract.form("Save as draft").set("contract_date_end", "06/30/2027").press("Save as draft").await;
    assert_eq!(met.status(), 409);
    let told = met.texts(".conflict__changes li").join("\n");
    assert!(told.contains("Rate details, MN-R0001, Date certified: 03/02/2026 → 03/03/2026"), "{told}");
    let merged = met.form("Save").submit().await;
    assert_eq!(merged.status(), 303, "{}", merged.reading());

    // Two on the same question of the rate.
    let path = story.path(&format!("edit/rates/{rate}"));
    let (mine, hers) = (maya.get(&path).await, robert.get(&path).await);
    hers.form("Save as draft").set("rate_date_end", "11/30/2026").press("Save as draft").await;
    let met = mine.form("Save as draft").set("rate_date_end", "10/31/2026").press("Save as draft").await;
    assert_eq!(met.status(), 409);
    let row: Vec<String> = met.texts(".conflict__table tbody tr:first-child td");
    assert_eq!(&row[..3], ["12/31/2026", "11/30/2026", "10/31/2026"]);
    let settled = met.form("Save").set("choose.rate_date_end", "mine").submit().await;
    assert_eq!(settled.status(), 303, "{}", settled.reading());
    let stored: String = sqlx::query_scalar("select rate_data ->> 'rate_date_end' from rate_submission")
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert_eq!(stored, "2026-10-31");
}

#[tokio::test]
async fn a_rate_that_a_colleague_removed_gives_back_what_was_typed() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let (story, rate) = world.drafted_with_rate("maya.lindqvist").await;
    let mine = maya.get(&story.path(&format!("edit/rates/{rate}"))).await;
    let asked = robert.get(&story.path("edit/rates")).await.form("Save as draft").press("Remove MN-R0001").await;
    asked.form("Save as draft").tick("confirm_removal", "yes").press("Remove MN-R0001").await;
    let met =
        mine.form("Save as draft").set("certifying_actuaries.0.last_name", "Ramanujan").press("Save as draft").await;
    assert_eq!(met.status(), 409);
    let heading = "Not saved: Robert Okafor removed MN-R0001 from the draft after you opened this page";
    assert_eq!(met.text("#conflict-heading"), heading);
    assert!(met.texts("textarea").iter().any(|text| text.contains("Ramanujan")), "{}", met.reading());
}

#[tokio::test]
async fn two_who_send_at_once_send_one_version_and_tell_of_it_once() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let (story, _) = world.drafted_with_rate("maya.lindqvist").await;
    let form = async |browser: &Browser| browser.get(&story.path("edit/review")).await.form("Submit to CMS");
    let (mine, hers) = (form(&maya).await, form(&robert).await);
    let (one, two) = tokio::join!(mine.press("Submit to CMS"), hers.press("Submit to CMS"));
    let mut answers = [one.status(), two.status()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
    assert_eq!(world.count("select count(*) from event where kind = 'submitted'").await, 2);
    assert_eq!(world.count("select count(*) from event where kind = 'review_made'").await, 3);
}
