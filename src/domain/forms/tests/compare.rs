//! Comparing two versions: what is found, what does not count, and that it is the same from either side.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use time::macros::datetime;

use super::corrected::correction;
use super::*;
use crate::domain::correction::{Correction, What};
use crate::domain::forms::compare::{
    Comparison, File, Item, Kind as Found, PackageVersion, RateVersion, Side, packages,
};
use crate::domain::forms::form::at;
use crate::domain::id::RateReviewId;
use crate::domain::key::RateKey;

pub fn file(category: Category, name: &str, content: u8) -> File {
    let sha256 = format!("{content:02x}").repeat(32);
    let first_sent = Some(datetime!(2026-03-01 15:00 UTC));
    File { category, file_name: name.to_owned(), sha256, href: None, first_sent, corrections: Vec::new() }
}

pub fn version(contract: impl Into<ContractForm>) -> PackageVersion {
    let contract = contract.into();
    let as_sent = contract.clone();
    PackageVersion { contract, as_sent, action_corrected: None, files: Vec::new(), rates: Vec::new() }
}

pub fn with_files(files: &[File]) -> PackageVersion {
    PackageVersion { files: files.to_vec(), ..version(base()) }
}

fn rate(number: i32) -> RateVersion {
    RateVersion {
        id: RateReviewId(Uuid::from_u128(number.unsigned_abs().into())),
        key: RateKey { state_code: "MN".to_owned(), number },
        name: format!("Rate {number}"),
        revision: 1,
        form: RateForm::blank(false),
        files: Vec::new(),
        linked: false,
        withdrawn: false,
    }
}

fn with_rates(rates: Vec<RateVersion>) -> PackageVersion {
    PackageVersion { rates, ..version(base()) }
}

pub fn compared(older: &PackageVersion, newer: &PackageVersion) -> Comparison {
    packages(older, newer, programs().read_by(crate::domain::role::Side::State))
}

/// What differs, as `section anchor: kind, older → newer`.
pub fn told(older: &PackageVersion, newer: &PackageVersion) -> Vec<String> {
    let of = |item: &Item| {
        format!("{}: {}, {} → {}", item.title(), item.kind.label(), item.older.in_words(), item.newer.in_words())
    };
    let sections = compared(older, newer).without_equals().sections;
    sections.iter().flat_map(|section| section.items.iter().map(of)).collect()
}

fn marked(side: &Side) -> Vec<String> {
    let (Side::Answers(parts) | Side::Text(parts)) = side else { return Vec::new() };
    parts.iter().filter(|part| part.mark).map(|part| part.text.trim().to_owned()).collect()
}

fn only(older: &PackageVersion, newer: &PackageVersion) -> Item {
    let mut sections = compared(older, newer).without_equals().sections;
    assert_eq!((sections.len(), sections[0].items.len()), (1, 1), "{sections:#?}");
    sections.remove(0).items.remove(0)
}

#[test]
fn dates_and_choices_are_told_by_what_came_and_what_went() {
    let older = HealthPlan { managed_care_entities: vec![Entity::Mco, Entity::Pihp], ..base() };
    let newer = HealthPlan { managed_care_entities: vec![Entity::Pahp, Entity::Mco], ..base() };
    let item = only(&version(older.clone()), &version(newer));
    assert_eq!((item.anchor.as_str(), item.kind), ("managed_care_entities", Found::Changed));
    assert_eq!(marked(&item.older), [Entity::Pihp.label()]);
    assert_eq!(marked(&item.newer), [Entity::Pahp.label()]);
    let turned = HealthPlan { managed_care_entities: vec![Entity::Pihp, Entity::Mco], ..base() };
    assert_eq!(told(&version(older), &version(turned)), [""; 0], "the order never counts");
    let later = HealthPlan { contract_date_end: Some(date!(2027 - 06 - 30)), ..base() };
    assert_eq!(told(&version(base()), &version(later)), ["Contract end date: Changed, 12/31/2026 → 06/30/2027"]);
}

#[test]
fn long_texts_are_compared_word_by_word_and_blanks_do_not_count() {
    let with = |text: &str| version(HealthPlan { submission_description: Some(text.to_owned()), ..base() });
    let older = with("The withhold moves from 3 to 5 percent.\nNothing else changes.");
    let item = only(&older, &with("The withhold moves from 3 to 6 percent.\nNothing else ever changes."));
    assert_eq!(marked(&item.older), ["5"]);
    assert_eq!(marked(&item.newer), ["6", "ever"]);
    assert_eq!(item.older.in_words(), "The withhold moves from 3 to 5 percent.\nNothing else changes.");
    assert_eq!(told(&older, &with("The withhold  moves from 3\nto 5 percent. Nothing else changes. ")), [""; 0]);
}

#[test]
fn a_question_that_only_one_version_asks_says_so() {
    let complies = base();
    let lacks = HealthPlan {
        statutory_regulatory_attestation: Some(false),
        statutory_regulatory_attestation_description: Some("438.6(c).".to_owned()),
        ..base()
    };
    let changes = told(&version(complies.clone()), &version(lacks.clone()));
    assert!(
        changes.contains(&"Explanation of what does not comply: Added, Not asked → 438.6(c).".to_owned()),
        "{changes:?}"
    );
    let back = told(&version(lacks), &version(complies));
    assert!(
        back.contains(&"Explanation of what does not comply: Removed, 438.6(c). → Not asked".to_owned()),
        "{back:?}"
    );
}

#[test]
fn documents_are_told_by_their_content_then_by_their_name() {
    use Category::{Contract, ContractSupporting};
    let older = [
        file(Contract, "contract.pdf", 1),
        file(Contract, "annex.pdf", 2),
        file(ContractSupporting, "old name.pdf", 3),
        file(ContractSupporting, "letter.pdf", 4),
        file(ContractSupporting, "gone.pdf", 5),
    ];
    let newer = [
        file(Contract, "contract.pdf", 11),
        file(Contract, "letter.pdf", 4),
        file(Contract, "annex.pdf", 2),
        file(ContractSupporting, "new name.pdf", 3),
        file(ContractSupporting, "fresh.pdf", 6),
    ];
    assert_eq!(
        told(&with_files(&older), &with_files(&newer)),
        [
            "Contract document: contract.pdf: Replaced, contract.pdf (fingerprint 01010101) → contract.pdf (fingerprint 0b0b0b0b)",
            "Contract document: letter.pdf: Moved, Contract supporting: letter.pdf → Contract: letter.pdf",
            "Contract supporting document: new name.pdf: Renamed, old name.pdf → new name.pdf",
            "Contract supporting document: fresh.pdf: Added, Not in this version → fresh.pdf",
            "Contract supporting document: gone.pdf: Removed, gone.pdf → Not in this version",
        ]
    );
    let sections = compared(&with_files(&older), &with_files(&newer)).without_equals().sections;
    assert_eq!(sections[0].equal, 1, "the annex");
}

#[test]
fn rates_are_told_by_identity_with_what_changed_in_each() {
    let older = with_rates(vec![rate(1), rate(2), rate(3), RateVersion { withdrawn: true, ..rate(4) }, rate(5)]);
    let mut revised = RateVersion { revision: 2, ..rate(2) };
    revised.form.answers.rate_type = Some(RateType::New);
    let newer = with_rates(vec![rate(3), rate(1), revised, RateVersion { linked: true, ..rate(5) }, rate(6)]);
    let changes = told(&older, &newer);
    assert_eq!(
        changes,
        [
            "Rate MN-R0003: Rate 3: Moved, 3 of 5 → 1 of 5",
            "Rate MN-R0005: Rate 5: Now linked, Its own rate → Linked from another submission",
            "Rate MN-R0006: Rate 6: Added, Not in this version → Version 1",
            "Rate MN-R0004: Rate 4: Withdrawn since, Version 1 → Not in this version",
            "Type of certification: Added, Not answered → New rate certification",
        ]
    );
    let sections = compared(&older, &newer).without_equals().sections;
    let named: Vec<_> = sections.iter().map(|section| (section.id.as_str(), section.nested)).collect();
    assert_eq!(named, [("rates", false), ("rate-MN-R0002", true)]);
    assert_eq!(sections[1].items[0].anchor, "rate-MN-R0002.rate_type");
}

#[test]
fn contacts_are_told_by_address_then_by_name() {
    let with = |contacts: Vec<Contact>| version(HealthPlan { state_contacts: contacts, ..base() });
    let robert =
        Contact { first_name: Some("Robert".to_owned()), email: Some("r@dhs.example.gov".to_owned()), ..maya() };
    let promoted = Contact {
        title_role: Some("Director".to_owned()),
        email: Some("MAYA.lindqvist@dhs.example.gov".to_owned()),
        ..maya()
    };
    let moved = Contact { email: Some("rob@dhs.example.gov".to_owned()), ..robert.clone() };
    assert_eq!(
        told(&with(vec![maya(), robert.clone()]), &with(vec![moved, promoted])),
        [
            "State contact Robert Lindqvist: Email: Changed, r@dhs.example.gov → rob@dhs.example.gov",
            "State contact Maya Lindqvist: Title or role: Changed, Contract manager → Director",
            "State contact Maya Lindqvist: Email: Changed, maya.lindqvist@dhs.example.gov → MAYA.lindqvist@dhs.example.gov",
        ]
    );
    assert_eq!(told(&with(vec![maya(), robert.clone()]), &with(vec![robert.clone(), maya()])), [""; 0]);
    let added = told(&with(vec![maya()]), &with(vec![maya(), robert]));
    assert_eq!(
        added,
        [
            "State contact: Robert Lindqvist: Added, Not in this version → Robert Lindqvist; Contract manager; r@dhs.example.gov"
        ]
    );
}

fn any_version() -> impl Strategy<Value = PackageVersion> {
    use super::properties::{health_plan, rate as any_rate};
    let files = prop::collection::vec(
        (select(&Category::CONTRACT[..]), select(&["a.pdf", "b.pdf"][..]), 0..4_u8, corrections()),
        0..6,
    );
    let rates = subsequence(vec![1, 2, 3, 4, 5, 6], 0..=6).prop_shuffle();
    let each = prop::collection::vec((any_rate(), any::<bool>()), 6);
    (health_plan(), files, rates, each).prop_map(|(contract, files, rates, each)| {
        let mut listed: Vec<File> = Vec::new();
        for (category, name, content, corrections) in files {
            // A list holds a content once.
            let new = File { corrections, ..file(category, name, content) };
            if !listed.iter().any(|old| (old.category, &old.sha256) == (new.category, &new.sha256)) {
                listed.push(new);
            }
        }
        let rates = rates.into_iter().zip(each).map(|(number, (form, linked))| RateVersion {
            form,
            linked,
            // Whether a rate is withdrawn now does not depend on the version.
            withdrawn: number == 6,
            ..rate(number)
        });
        PackageVersion { rates: rates.collect(), files: listed, ..version(contract) }
    })
}

fn corrections() -> impl Strategy<Value = Vec<Correction>> {
    subsequence(vec![What::DocumentAdded, What::DocumentDated, What::DocumentWithdrawn], 0..=3)
        .prop_map(|kinds| kinds.into_iter().map(correction).collect())
}

/// What differs, seen from the other side if wanted, in no order.
fn unordered(comparison: &Comparison, turned: bool) -> Vec<String> {
    let items = comparison.sections.iter().flat_map(|section| &section.items).filter(|item| item.differs());
    let mut all: Vec<String> = items
        .map(|item| {
            let kind = match (item.kind, turned) {
                (Found::Added, true) | (Found::Removed | Found::WithdrawnSince, false) => "went",
                (Found::Added, false) | (Found::Removed | Found::WithdrawnSince, true) => "came",
                (Found::NowLinked, true) | (Found::NowChild, false) => "own",
                (Found::NowLinked, false) | (Found::NowChild, true) => "linked",
                (other, _) => other.label(),
            };
            let (older, newer) = if turned { (&item.newer, &item.older) } else { (&item.older, &item.newer) };
            format!("{kind}: {older:?} → {newer:?}")
        })
        .collect();
    all.sort();
    all
}

proptest! {
    #[test]
    fn a_version_does_not_differ_from_itself(version in any_version()) {
        let comparison = compared(&version, &version);
        prop_assert_eq!(comparison.changes(), 0, "{:?}", comparison.without_equals());
    }

    #[test]
    fn the_other_way_round_it_is_the_same_the_other_way_round(older in any_version(), newer in any_version()) {
        let (there, back) = (compared(&older, &newer), compared(&newer, &older));
        prop_assert_eq!(unordered(&there, false), unordered(&back, true));
    }

    #[test]
    fn every_answer_that_differs_is_found_and_no_other(older in any_version(), newer in any_version()) {
        let found = compared(&older, &newer);
        let (was, is) = (older.contract.applicable(), newer.contract.applicable());
        let anchors: Vec<&str> = found.sections.iter().flat_map(|section| &section.items)
            .filter(|item| item.differs()).map(|item| item.anchor.as_str()).collect();
        for field in is.fields().iter().filter(|field| field.is_answer() && field.key != "state_contacts") {
            let words = |form: &ContractForm| {
                let document = form.document();
                let value = at(&document, field.key).cloned().unwrap_or_default();
                // What has the same words is the same.
                value.as_str().map_or_else(|| value.to_string(), |text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            };
            prop_assert_eq!(words(&was) != words(&is), anchors.contains(&field.key), "{}", field.key);
        }
    }

    #[test]
    fn every_anchor_is_there_once(older in any_version(), newer in any_version()) {
        let found = compared(&older, &newer);
        let mut anchors: Vec<&str> = found.sections.iter().map(|section| section.id.as_str()).collect();
        anchors.extend(found.sections.iter().flat_map(|section| &section.items).map(|item| item.anchor.as_str()));
        let number = anchors.len();
        anchors.sort_unstable();
        anchors.dedup();
        prop_assert_eq!(anchors.len(), number);
    }

    #[test]
    fn the_words_of_a_text_come_back_from_its_pieces(older in "[a-c \n]{0,30}", newer in "[a-c \n]{0,30}") {
        let with = |text: &str| version(HealthPlan { submission_description: Some(text.to_owned()), ..base() });
        let found = compared(&with(&older), &with(&newer));
        let item = found.sections[0].items.iter().find(|item| item.anchor == "submission_description").unwrap();
        for (side, text) in [(&item.older, &older), (&item.newer, &newer)] {
            prop_assert!(side.in_words().split_whitespace().eq(text.split_whitespace()), "{:?} of {:?}", side, text);
        }
    }
}
