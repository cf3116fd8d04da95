//! Comparing what an administrator corrected: as it counts, beside what it was.

use time::macros::datetime;

use super::compare::{compared, file, told, version, with_files};
use super::*;
use crate::domain::clock::Moment;
use crate::domain::correction::{Corrected, Correction, Was, What};
use crate::domain::forms::compare::{File, Item, PackageVersion};
use crate::domain::id::CorrectionId;

/// A correction of this kind.
pub fn correction(what: What) -> Correction {
    Correction {
        id: CorrectionId(Uuid::from_u128(1)),
        what,
        moment: (what == What::DocumentDated).then_some(datetime!(2026-02-02 15:00 UTC)),
        contract_action: (what == What::ContractAction).then_some(ContractAction::Base),
        all_versions: false,
        reason: "Noted wrongly.".to_owned(),
        by: "Alex Morgan".to_owned(),
        at: datetime!(2026-03-05 15:00 UTC),
    }
}

fn corrected(what: What, file: File) -> File {
    File { corrections: vec![correction(what)], ..file }
}

/// Everything that was compared and has a correction beside it: what it is called, and of which versions.
fn marked(older: &PackageVersion, newer: &PackageVersion) -> Vec<(String, Option<What>, Option<What>)> {
    let what = |corrected: &Option<Corrected>| corrected.as_ref().map(|corrected| corrected.correction.what);
    let of = |item: &Item| (item.title(), what(&item.corrected.0), what(&item.corrected.1));
    let sections = compared(older, newer).sections;
    sections
        .iter()
        .flat_map(|section| section.items.iter().map(of))
        .filter(|it| it.1.is_some() || it.2.is_some())
        .collect()
}

fn contract(name: &str, content: u8) -> File {
    file(Category::Contract, name, content)
}

#[test]
fn a_corrected_contract_action_stands_beside_the_question_it_answers() {
    let amendment = HealthPlan { contract_type: Some(ContractAction::Amendment), ..base() };
    let was = Some(Was::Words("Amendment to a base contract".to_owned()));
    let action_corrected = Some(Corrected { correction: correction(What::ContractAction), was });
    let corrected = PackageVersion { action_corrected, ..version(base()) };
    let (title, action) = ("Contract action".to_owned(), Some(What::ContractAction));
    assert_eq!(marked(&version(amendment), &corrected), [(title.clone(), None, action)]);
    assert_eq!(marked(&corrected, &version(base())), [(title, action, None)], "equal as it is");
}

#[test]
fn a_document_withdrawn_from_view_is_in_no_version_and_says_why() {
    let sent = with_files(&[contract("contract.pdf", 1)]);
    let withdrawn = with_files(&[corrected(What::DocumentWithdrawn, contract("contract.pdf", 1))]);
    let title = "Contract document: contract.pdf";
    assert_eq!(told(&sent, &withdrawn), [format!("{title}: Removed, contract.pdf → Not in this version")]);
    assert_eq!(marked(&sent, &withdrawn), [(title.to_owned(), None, Some(What::DocumentWithdrawn))]);
    assert_eq!(told(&withdrawn, &sent), [format!("{title}: Added, Not in this version → contract.pdf")]);
    for without in [with_files(&[]), with_files(&[contract("other.pdf", 2)])] {
        assert_eq!(marked(&withdrawn, &without), [(title.to_owned(), Some(What::DocumentWithdrawn), None)]);
    }
    let both = Some(What::DocumentWithdrawn);
    assert_eq!(told(&withdrawn, &withdrawn), [""; 0]);
    assert_eq!(marked(&withdrawn, &withdrawn), [(title.to_owned(), both, both)]);
}

#[test]
fn what_was_added_in_place_of_what_was_withdrawn_does_not_replace_it() {
    let sent = with_files(&[contract("contract.pdf", 1)]);
    let exchanged = with_files(&[
        corrected(What::DocumentWithdrawn, contract("contract.pdf", 1)),
        corrected(What::DocumentAdded, contract("contract.pdf", 2)),
    ]);
    let title = "Contract document: contract.pdf";
    assert_eq!(
        told(&sent, &exchanged),
        [
            format!("{title}: Added, Not in this version → contract.pdf"),
            format!("{title}: Removed, contract.pdf → Not in this version"),
        ]
    );
    let kinds: Vec<_> = marked(&sent, &exchanged).into_iter().map(|(_, older, newer)| (older, newer)).collect();
    assert_eq!(kinds, [(None, Some(What::DocumentAdded)), (None, Some(What::DocumentWithdrawn))]);
}

#[test]
fn when_a_document_was_added_is_compared_where_it_was_corrected() {
    let sent = with_files(&[contract("contract.pdf", 1)]);
    let dated = with_files(&[corrected(What::DocumentDated, contract("contract.pdf", 1))]);
    let title = "Contract document: contract.pdf, date added";
    assert_eq!(told(&sent, &dated), [format!("{title}: Changed, 03/01/2026 10:00 AM ET → 02/02/2026 10:00 AM ET")]);
    let item = compared(&sent, &dated).without_equals().sections.remove(0).items.remove(0);
    let was = item.corrected.1.and_then(|corrected| corrected.was);
    assert_eq!(was, Some(Was::Moment(Moment(datetime!(2026-03-01 15:00 UTC)))));
    // The next version begins with the corrected date.
    let next = File { first_sent: Some(datetime!(2026-02-02 15:00 UTC)), ..contract("contract.pdf", 1) };
    assert_eq!(told(&dated, &with_files(&[next])), [""; 0]);
    assert_eq!(told(&sent, &sent), [""; 0]);
    assert_eq!(
        told(&dated, &with_files(&[])),
        [
            "Contract document: contract.pdf: Removed, contract.pdf → Not in this version".to_owned(),
            format!("{title}: Removed, 02/02/2026 10:00 AM ET → Not in this version"),
        ]
    );
}

#[test]
fn answers_that_a_correction_leaves_unasked_are_earlier_questions() {
    let amendment = HealthPlan { contract_type: Some(ContractAction::Amendment), ..base() };
    let answered = |key: &str| {
        let mut plan = amendment.clone();
        for provision in Provision::ALL {
            *plan.provisions.get_mut(*provision) = Some(provision.key() == key);
        }
        ContractForm::from(plan)
    };
    let sent = answered("provisions.modified_length_of_contract");
    let ContractForm::HealthPlan(plan) = &sent else { panic!("it is one") };
    let now = ContractForm::from(HealthPlan { contract_type: Some(ContractAction::Base), ..plan.clone() });
    let rows = earlier(&sent, &now, programs().read_by(Side::State));
    let unasked = ProvisionVariant::of(plan.population_covered, Some(ContractAction::Base)).unwrap().provisions();
    assert_eq!(rows.len(), Provision::ALL.len() - unasked.len());
    let of_length = rows.iter().find(|row| row.target == "provisions.modified_length_of_contract").unwrap();
    assert_eq!(of_length.label, "Does this amendment add or change provisions on length of the contract period?");
    assert_eq!(of_length.answers, ["Yes"]);
    assert_eq!(earlier(&sent, &sent, programs().read_by(Side::State)), []);
    assert_eq!(earlier(&now, &sent, programs().read_by(Side::State)), [], "what was not asked then was not answered");

    let corrected = PackageVersion { as_sent: sent.clone(), ..version(now) };
    let title = "Length of the contract period";
    let last = |older: &PackageVersion, newer: &PackageVersion| compared(older, newer).sections.pop().unwrap();
    let section = last(&corrected, &version(base()));
    assert_eq!((section.id.as_str(), section.changes()), ("earlier-questions", rows.len()));
    let item = section.items.iter().find(|item| item.label == title).unwrap();
    assert_eq!((item.older.in_words(), item.newer.in_words()), ("Yes".to_owned(), "Not asked".to_owned()));
    assert_eq!(last(&version(sent), &corrected).changes(), 0, "sent with the same answers");
    assert_eq!(last(&version(base()), &version(base())).id, "contacts");
}
