//! What others saved of a draft, in words for the panel of a conflict.

use serde_json::Value;

use super::conflict::is_long;
use super::files::files_in_words;
use crate::domain::forms::{Change, ContractForm, Form, Kind, Programs, RateForm, in_words};
use crate::domain::id::AccountId;
use crate::domain::lifecycle::SubmissionKind;
use crate::domain::role::Side;
use crate::submissions::draft::PastSave;
use crate::web::conflict::ConflictChange;

/// "Not saved: … changed this draft after you opened it".
pub fn heading(saves: &[PastSave], me: AccountId) -> String {
    let mut others: Vec<&str> = Vec::new();
    for save in saves.iter().filter(|save| save.by != me) {
        if !others.contains(&save.name.as_str()) {
            others.push(&save.name);
        }
    }
    match others.as_slice() {
        [] => "Not saved: you changed this draft in another tab after you opened this page".to_owned(),
        [.., last] => {
            let and_others = match others.len() {
                1 => String::new(),
                2 => " and one other person".to_owned(),
                number => format!(" and {} other people", number - 1),
            };
            format!("Not saved: {last}{and_others} changed this draft after you opened it")
        }
    }
}

/// Every change of these saves. What one person did to a question time after time, as a page that saves itself does, is
/// one change from the first value to the last, unless somebody else changed the question in between.
pub fn told(saves: &[PastSave], data: &ContractForm, programs: &Programs, me: AccountId) -> Vec<ConflictChange> {
    let mut runs: Vec<(&PastSave, Change)> = Vec::new();
    for save in saves {
        for change in &save.changes {
            let last = runs.iter().rposition(|(_, other)| other.key == change.key);
            let begun = last.filter(|place| runs[*place].0.by == save.by).map(|place| runs.remove(place).1);
            let old = begun.map_or_else(|| change.old.clone(), |begun| begun.old);
            runs.push((save, Change { old, ..change.clone() }));
        }
    }
    let undone = |change: &Change| change.old == change.new;
    let in_words = |(save, change): &(&PastSave, Change)| ConflictChange {
        at: save.at,
        who: if save.by == me { format!("{} (you)", save.name) } else { save.name.clone() },
        what: change_in_words(change, data, programs),
    };
    runs.iter().filter(|(_, change)| !undone(change)).map(in_words).collect()
}

/// "Contract details, Contract end date: 12/31/2026 → 06/30/2027"; long answers are not repeated here.
fn change_in_words(change: &Change, data: &ContractForm, programs: &Programs) -> String {
    let Some(path) = change.key.strip_prefix("rates.") else {
        if change.key == "rates" {
            return format!("Rate details, {}", rates_in_words(&change.old, &change.new));
        }
        return of_question(change, &change.key, data, data.kind(), programs);
    };
    let (rate, key) = path.split_once('.').unwrap_or((path, ""));
    let words = of_question(change, key, &RateForm::default(), data.kind(), programs);
    match words.split_once(", ") {
        Some((page, words)) => format!("{page}, {rate}, {words}"),
        None => words,
    }
}

fn of_question<F: Form>(change: &Change, key: &str, data: &F, kind: SubmissionKind, programs: &Programs) -> String {
    const SHORT: usize = 100;
    let field = data.field(key);
    let page = field.map_or("", |field| field.page.step_name(kind));
    let label = field.map_or_else(|| key.to_owned(), |field| data.label(field));
    if field.is_some_and(|field| matches!(field.kind, Kind::Files(_))) {
        return format!("{page}, {label}: {}", files_in_words(&change.old, &change.new));
    }
    let words = |value| in_words(data, key, value, programs.read_by(Side::State)).replace('\n', "; ");
    let (old, new) = (words(&change.old), words(&change.new));
    let long = field.is_some_and(is_long) || old.chars().count() > SHORT || new.chars().count() > SHORT;
    if long { format!("{page}, {label}: changed") } else { format!("{page}, {label}: {old} → {new}") }
}

/// What came into the list of rates, what left it, or their new order.
fn rates_in_words(old: &Value, new: &Value) -> String {
    let keys = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (old, new) = (keys(old), keys(new));
    let come: Vec<_> = new.iter().filter(|key| !old.contains(key)).map(|key| format!("{key} added")).collect();
    let gone: Vec<_> = old.iter().filter(|key| !new.contains(key)).map(|key| format!("{key} removed")).collect();
    if come.is_empty() && gone.is_empty() {
        format!("order: {}", new.join(", "))
    } else {
        [come, gone].concat().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::clock::Moment;
    use crate::domain::lifecycle::SubmissionKind;

    #[test]
    fn changes_are_told_with_page_question_and_values() {
        let change = |key: &str, old: Value, new: Value| {
            change_in_words(
                &Change { key: key.to_owned(), old, new },
                &ContractForm::blank(SubmissionKind::HealthPlan),
                &Programs::default(),
            )
        };
        assert_eq!(
            change("contract_date_end", json!("2026-12-31"), json!("2027-06-30")),
            "Contract details, Contract end date: 12/31/2026 → 06/30/2027"
        );
        assert_eq!(change("submission_description", json!("a"), json!("b")), "Submission type, Description: changed");
        assert_eq!(
            change("documents.contract", json!(["a.pdf"]), json!(["a.pdf", "b.pdf"])),
            "Contract details, Contract: added b.pdf"
        );
        assert_eq!(
            change("documents.contract", json!(["a.pdf", "a.pdf"]), json!(["a.pdf", "c.pdf"])),
            "Contract details, Contract: added c.pdf; removed a.pdf"
        );
    }

    #[test]
    fn many_saves_of_one_person_are_one_change_and_others_in_between_part_them() {
        let (me, other): (AccountId, AccountId) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let save = |version: i32, by: AccountId, key: &str, old: Value, new: Value| PastSave {
            version,
            by,
            name: if by == me { "Maya" } else { "Robert" }.to_owned(),
            at: Moment(OffsetDateTime::UNIX_EPOCH + time::Duration::minutes(version.into())),
            changes: vec![Change { key: key.to_owned(), old, new }],
        };
        let (end, covered) = ("contract_date_end", "population_covered");
        let saves = [
            save(2, other, end, Value::Null, json!("2026-01-01")),
            save(3, other, covered, Value::Null, json!("CHIP")),
            save(4, other, end, json!("2026-01-01"), json!("2026-01-02")),
            save(5, me, end, json!("2026-01-02"), json!("2026-01-03")),
            save(6, other, end, json!("2026-01-03"), json!("2026-01-04")),
            save(7, other, covered, json!("CHIP"), Value::Null),
        ];
        let blank = ContractForm::blank(SubmissionKind::HealthPlan);
        let told = told(&saves, &blank, &Programs::default(), me);
        let words: Vec<_> = told.iter().map(|change| (change.who.as_str(), change.what.as_str())).collect();
        let expected = [
            ("Robert", "Contract details, Contract end date: Not answered → 01/02/2026"),
            ("Maya (you)", "Contract details, Contract end date: 01/02/2026 → 01/03/2026"),
            ("Robert", "Contract details, Contract end date: 01/03/2026 → 01/04/2026"),
        ];
        assert_eq!(words, expected);
        assert_eq!(told[0].at, saves[2].at);
    }
}
