//! The help page: whatever leads to a part of it leads to one that is there.

use std::collections::BTreeSet;
use std::path::Path;

use mc_review::domain::forms::{ContractForm, Form, RateForm};
use mc_review::domain::lifecycle::SubmissionKind;

use crate::matrix::{PEOPLE, ROWS, address, furnished};
use crate::support::World;

/// The anchors that a text names, as far as they are spelled out there.
fn named(text: &str) -> BTreeSet<String> {
    let end = |rest: &str| rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"._-".contains(letter));
    let anchors = text.split("/help#").skip(1).map(|rest| rest[..end(rest).unwrap_or(rest.len())].to_owned());
    anchors.filter(|anchor| !anchor.is_empty()).collect()
}

/// What the templates and scripts name.
fn in_files(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            in_files(&path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.append(&mut named(&text));
        }
    }
}

/// The questions that have a link to the help page.
fn of_questions() -> BTreeSet<String> {
    let contracts = SubmissionKind::ALL.map(ContractForm::blank);
    let fields = contracts.iter().flat_map(|form| form.fields()).chain(RateForm::default().fields());
    fields.filter(|field| field.help).map(|field| field.key.to_owned()).collect()
}

#[tokio::test]
async fn every_link_to_a_part_of_the_help_page_leads_to_one_that_is_there() {
    let (world, things) = furnished().await;
    let mut anchors = of_questions();
    assert!(anchors.contains("rate_type"), "{anchors:?}");
    for folder in ["templates", "static", "src"] {
        in_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut anchors);
    }
    for (title, name) in PEOPLE {
        let browser = world.signed_in(name).await;
        for (route, thing, ..) in
            ROWS.iter().filter(|(route, ..)| route.starts_with("GET") && !route.ends_with("/live"))
        {
            let page = browser.get(&address(&things, route, *thing)).await;
            let linked = page.attributes("a[href^='/help#']", "href");
            anchors.extend(linked.iter().flat_map(|href| named(href)));
        }
        assert!(anchors.contains("keyboard"), "{title}");
    }
    let help = world.browser().get("/help").await;
    let missing: Vec<_> = anchors.iter().filter(|anchor| !help.has(&format!("[id='{anchor}']"))).collect();
    assert!(missing.is_empty(), "the help page has no {missing:?}");
}

#[tokio::test]
async fn landing_and_help_tell_of_rates_eqros_questions_and_resubmission() {
    let world = World::start().await;
    let browser = world.browser();
    let landing = browser.get("/").await.reading();
    for words in
        ["rate certifications", "external quality review organizations (EQROs)", "ask the state questions", "resubmit"]
    {
        assert!(landing.contains(words), "{words}: {landing}");
    }
    let help = browser.get("/help").await;
    let parts = help.attributes("h2[id], h3[id]", "id");
    for part in
        ["rates", "eqro", "files", "questions", "resubmitting", "review", "decisions", "assignments", "keyboard"]
    {
        assert!(parts.iter().any(|id| id == part), "{part}: {parts:?}");
        assert!(help.has(&format!("nav a[href='#{part}']")), "{part} is in the contents");
    }
}
