//! An entry in words: its title and what stands below it, as the reader's side may read it.

use crate::domain::clock::date_in_words;
use crate::domain::correction::versions_in_words;
use crate::domain::event::Kind;
use crate::domain::lifecycle::Closing;
use crate::domain::role::{Department, Side};

use super::details::{Details, Named, RateFate};

/// A line below the title of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What the text is; empty where the text says it.
    pub label: &'static str,
    /// The text.
    pub text: String,
    /// Whether a person typed it.
    pub typed: bool,
}

impl Line {
    fn said(text: impl Into<String>) -> Self {
        Self { label: "", text: text.into(), typed: false }
    }

    fn labelled(label: &'static str, text: impl Into<String>) -> Self {
        Self { label, text: text.into(), typed: false }
    }

    fn typed(label: &'static str, text: &str) -> Self {
        Self { label, text: text.to_owned(), typed: true }
    }
}

/// The title of what somebody did, in the history of the submission with this key or of a rate that the details name;
/// `beside` says whether it was done to a rate and stands in the history of a submission.
pub(super) fn title(kind: Kind, by: &str, key: &str, details: &Details, beside: bool) -> String {
    let of_rate = details.rate.as_deref();
    let key = of_rate.unwrap_or(key);
    let review = || format!("{} review of {key}", department(details));
    let version = || details.revision.map_or_else(|| "a version".to_owned(), |revision| format!("version {revision}"));
    match kind {
        Kind::Created => "Draft started".to_owned(),
        Kind::DraftDeleted => "Draft deleted".to_owned(),
        Kind::Resubmitted if beside => format!("Linked rate {key}, {}", version()),
        Kind::Submitted | Kind::Resubmitted => format!("{} sent", capitalized(&version())),
        Kind::Unlocked => "Unlocked".to_owned(),
        Kind::UnlockUndone => "Unlock undone".to_owned(),
        Kind::Approved => "Approved".to_owned(),
        Kind::ApprovalUndone => "Approval undone".to_owned(),
        Kind::Withdrawn => "Withdrawn".to_owned(),
        Kind::WithdrawalUndone => "Withdrawal undone".to_owned(),
        Kind::RateWithdrawn => format!("Rate {key} withdrawn"),
        Kind::RateBroughtBack => format!("Rate {key} brought back"),
        Kind::RateMoved => format!("Rate {key} moved"),
        Kind::MccrsNumberSet => "MC-CRS number".to_owned(),
        Kind::Corrected => format!("Correction: {}", corrected(details)),
        Kind::CorrectionUndone => format!("Correction undone: {}", corrected(details)),
        Kind::ReviewMade => format!("{} made", review()),
        Kind::ReviewStarted => format!("{} started", review()),
        Kind::ReviewSignedOff => format!("{} signed off on {}{}", department(details), version(), of_which(of_rate)),
        Kind::ReviewObjected => format!("{} objected to {}{}", department(details), version(), of_which(of_rate)),
        Kind::ReviewReopened => format!("{} reopened", review()),
        Kind::ReviewWaiting => format!("{} waits for the state", review()),
        Kind::ReviewResumed => format!("{} goes on", review()),
        Kind::ReviewersChanged => match (changed(&details.primary), changed(&details.secondary)) {
            (Some(_), None) => format!("Primary reviewer of {}", review()),
            (None, Some(_)) => format!("Secondary reviewer of {}", review()),
            _ => format!("Reviewers of {}", review()),
        },
        Kind::QuestionAsked => format!("{} asked, {}", department(details), round(details)),
        Kind::ResponseSent => format!("State answered {}, {}", department(details), round(details)),
        Kind::RoundClosed => format!("{} of {} closed", capitalized(&round(details)), department(details)),
        Kind::RoundRemoved => format!("{} of {} removed from view", capitalized(&round(details)), department(details)),
        Kind::ResponseRemoved => {
            format!("A response to {}, {}, removed from view", department(details), round(details))
        }
        Kind::NoteAdded => format!("Note by {by}"),
        Kind::AccountAdded => "Account added".to_owned(),
        Kind::AccountChanged => "Account changed".to_owned(),
        Kind::AccountDeactivated => "Account deactivated".to_owned(),
        Kind::ListExported => "List exported".to_owned(),
        Kind::ProgramAdded => "Program added".to_owned(),
        Kind::ProgramChanged => "Program changed".to_owned(),
        Kind::ProgramRetired => "Program retired".to_owned(),
    }
}

/// The lines below the title.
pub(super) fn body(kind: Kind, side: Side, reason: Option<&str>, details: &Details) -> Vec<Line> {
    match kind {
        Kind::Submitted | Kind::Resubmitted => {
            let with = details.with.as_deref().map(|with| Line::said(format!("Sent with {with}")));
            with.into_iter().chain(determination(details)).chain(typed("Summary of changes", reason)).collect()
        }
        Kind::Withdrawn | Kind::UnlockUndone | Kind::ApprovalUndone | Kind::WithdrawalUndone => {
            let again = details.status.as_deref().map(|status| Line::labelled("Status again", status));
            typed("Reason", reason).chain(again).chain(details.rates.iter().map(rate_fate)).collect()
        }
        Kind::Unlocked | Kind::RateWithdrawn | Kind::RateBroughtBack => {
            let with = details.with.as_deref().map(|with| Line::said(format!("With {with}")));
            with.into_iter().chain(typed("Reason", reason)).collect()
        }
        Kind::RateMoved => {
            let moved = details.moved.as_ref();
            moved
                .map(|[from, to]| Line::said(format!("From {from}, which was withdrawn, to {to}")))
                .into_iter()
                .collect()
        }
        Kind::MccrsNumberSet => {
            let number = |number: &Option<String>| number.clone().unwrap_or_else(|| "none".to_owned());
            let numbers = details.number.as_ref();
            numbers.map(|[was, is]| Line::said(format!("{} → {}", number(was), number(is)))).into_iter().collect()
        }
        Kind::Corrected | Kind::CorrectionUndone => correction(details).chain(typed("Reason", reason)).collect(),
        Kind::QuestionAsked | Kind::ResponseSent => {
            let about = Line::said(format!("About {}", about(details)));
            Some(about).into_iter().chain(recorded(reason, details)).collect()
        }
        Kind::RoundClosed => {
            let how = match side {
                Side::Cms => details.because.map(|how| capitalized(how.label_for_cms())),
                Side::State => Some(closed_for_state(details)),
            };
            how.map(Line::said).into_iter().chain(typed("Reason", reason)).collect()
        }
        Kind::ReviewWaiting | Kind::ReviewResumed => {
            details.cause.as_deref().and_then(cause_in_words).map(Line::said).into_iter().collect()
        }
        Kind::Approved => approval(side, reason, details),
        Kind::ReviewStarted => {
            let version = details.revision.map(|revision| Line::said(format!("On version {revision}")));
            version.into_iter().chain(reviewer("Primary reviewer", &details.primary)).collect()
        }
        Kind::ReviewSignedOff | Kind::ReviewObjected => typed("Note", reason).collect(),
        Kind::ReviewersChanged => {
            let how = details.how.as_deref().and_then(how_in_words).map(Line::said);
            let people = reviewer("Primary", &details.primary).chain(reviewer("Secondary", &details.secondary));
            how.into_iter().chain(people).collect()
        }
        _ => typed("Reason", reason).collect(),
    }
}

fn closed_for_state(details: &Details) -> String {
    let how = details.because.and_then(Closing::label_for_state);
    how.map_or_else(|| "CMS closed this question".to_owned(), |how| format!("CMS closed this question: {how}"))
}

pub(super) fn round(details: &Details) -> String {
    details.round.map_or_else(|| "a round".to_owned(), |round| format!("round {round}"))
}

fn about(details: &Details) -> String {
    details.rate.as_deref().map_or_else(|| "the contract".to_owned(), |rate| format!("rate {rate}"))
}

/// The first words of a question or a response, and how many documents came with it.
pub(super) fn said(words: Option<&str>, documents: i64, removed: bool) -> Vec<Line> {
    if removed {
        return vec![Line::said("Removed from view")];
    }
    let words = words.map(|words| {
        let more = if words.chars().count() == 200 { "…" } else { "" };
        Line::typed("", &format!("{words}{more}"))
    });
    let documents = match documents {
        0 => None,
        1 => Some(Line::said("1 document")),
        several => Some(Line::said(format!("{several} documents"))),
    };
    words.into_iter().chain(documents).collect()
}

/// That an administrator recorded it, for whom and why.
fn recorded(reason: Option<&str>, details: &Details) -> Vec<Line> {
    let (Some(whom), Some(day)) = (&details.recorded_for, details.recorded_day) else { return Vec::new() };
    let said = Line::said(format!("Recorded for {whom}, of {}", date_in_words(day)));
    Some(said).into_iter().chain(typed("Why", reason)).collect()
}

pub(super) fn corrected(details: &Details) -> String {
    details.corrected.as_deref().map_or_else(|| "what was sent".to_owned(), str::to_lowercase)
}

fn correction(details: &Details) -> impl Iterator<Item = Line> {
    let document = details.document.as_deref().map(|name| Line::labelled("Document", name));
    let values = match (&details.was, &details.now) {
        (Some(was), Some(now)) => Some(Line::said(format!("{was} → {now}"))),
        _ => None,
    };
    let versions = Some(&details.revisions).filter(|revisions| !revisions.is_empty());
    let versions = versions.map(|revisions| Line::said(capitalized(&versions_in_words(revisions))));
    document.into_iter().chain(versions).chain(values)
}

fn rate_fate(fate: &RateFate) -> Line {
    Line::said(format!("{}: {}", fate.rate, fate.in_words()))
}

fn cause_in_words(cause: &str) -> Option<&'static str> {
    Some(match cause {
        "unlock" => "It was unlocked",
        "resubmit" => "The next version was sent",
        "unlock_undone" => "The unlock was undone",
        "question" => "A question was asked",
        "answer" => "No question is open any more",
        _ => return None,
    })
}

fn of_which(rate: Option<&str>) -> String {
    rate.map_or_else(String::new, |rate| format!(" of {rate}"))
}

pub(super) fn department(details: &Details) -> &'static str {
    details.department.map_or("Department", Department::short_name)
}

fn determination(details: &Details) -> Option<Line> {
    Some(Line::said(match (details.determination.as_deref()?, details.why.as_deref()) {
        ("not_subject_to_review", Some(why)) => format!("Not subject to review. {why}"),
        ("not_subject_to_review", None) => "Not subject to review".to_owned(),
        (_, Some(why)) => format!("Subject to review. {why}"),
        (_, None) => "Subject to review".to_owned(),
    }))
}

/// A state reads nothing of departments that had not signed off, nor why it was approved all the same.
fn approval(side: Side, reason: Option<&str>, details: &Details) -> Vec<Line> {
    let released = details.released_on.map(|day| Line::labelled("Release date", date_in_words(day)));
    let mut lines: Vec<Line> = released.into_iter().collect();
    if side == Side::Cms {
        if !details.missing.is_empty() {
            lines.push(Line::labelled("Not signed off", details.missing_in_words()));
        }
        lines.extend(typed("Reason", reason));
    }
    lines
}

fn typed(label: &'static str, text: Option<&str>) -> impl Iterator<Item = Line> {
    text.map(|text| Line::typed(label, text)).into_iter()
}

fn changed(pair: &Option<[Option<Named>; 2]>) -> Option<&[Option<Named>; 2]> {
    pair.as_ref().filter(|[before, after]| before != after)
}

fn reviewer(label: &'static str, pair: &Option<[Option<Named>; 2]>) -> impl Iterator<Item = Line> {
    let name = |person: &Option<Named>| person.as_ref().map_or("nobody", |person| person.name.as_str()).to_owned();
    changed(pair)
        .map(|[before, after]| Line::labelled(label, format!("{} → {}", name(before), name(after))))
        .into_iter()
}

fn how_in_words(how: &str) -> Option<&'static str> {
    Some(match how {
        "take" => "Taken",
        "hand_back" => "Handed back",
        "set" => "Assigned",
        "account_closed" => "The account was closed",
        _ => return None,
    })
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(kind: Kind, side: Side, reason: Option<&str>, details: Value) -> (String, Vec<String>) {
        let details = Details::read(details);
        let line = |line: Line| {
            if line.label.is_empty() { line.text } else { format!("{}: {}", line.label, line.text) }
        };
        (
            title(kind, "Kim Ode", "MN-0005", &details, false),
            body(kind, side, reason, &details).into_iter().map(line).collect(),
        )
    }

    #[test]
    fn a_state_reads_of_an_approval_only_the_release_date() {
        let details = json!({ "revision": 1, "released_on": "2026-07-01", "missing": ["DMCO"] });
        let (title, lines) = told(Kind::Approved, Side::State, Some("Court order"), details.clone());
        assert_eq!((title.as_str(), lines), ("Approved", vec!["Release date: 07/01/2026".to_owned()]));
        let (_, lines) = told(Kind::Approved, Side::Cms, Some("Court order"), details);
        assert_eq!(lines, ["Release date: 07/01/2026", "Not signed off: DMCO", "Reason: Court order"]);
    }

    #[test]
    fn a_state_reads_the_same_of_a_closed_round_whatever_the_department_did() {
        let closed = |side, because: &str| {
            let details = json!({ "department": "DMCO", "round": 2, "because": because });
            told(Kind::RoundClosed, side, None, details)
        };
        let by_hand = closed(Side::State, "done");
        assert_eq!(by_hand.1, ["CMS closed this question"]);
        assert_eq!((closed(Side::State, "sign_off"), closed(Side::State, "next_round")), (by_hand.clone(), by_hand));
        assert_eq!(closed(Side::State, "withdrawal").1, ["CMS closed this question: it was withdrawn"]);
        assert_eq!(closed(Side::Cms, "sign_off").1, ["The department signed off"]);
    }

    #[test]
    fn a_correction_says_what_was_there_and_what_is() {
        let details = json!({ "corrected": "Contract action", "was": "Base contract", "now": "Amendment" });
        let (title, lines) = told(Kind::Corrected, Side::State, Some("A wrong tick."), details);
        assert_eq!(title, "Correction: contract action");
        assert_eq!(lines, ["Base contract → Amendment", "Reason: A wrong tick."]);
        let details = json!({ "corrected": "Document withdrawn from view", "document": "a.pdf" });
        let (title, lines) = told(Kind::CorrectionUndone, Side::Cms, Some("It may be read."), details);
        assert_eq!(title, "Correction undone: document withdrawn from view");
        assert_eq!(lines, ["Document: a.pdf", "Reason: It may be read."]);
        let details = json!({ "corrected": "Document withdrawn from view", "document": "a.pdf", "revisions": [1, 2] });
        let (_, lines) = told(Kind::Corrected, Side::State, Some("It names people."), details);
        assert_eq!(lines, ["Document: a.pdf", "Versions 1 and 2", "Reason: It names people."]);
    }

    #[test]
    fn a_change_of_reviewers_says_who_went_and_who_came() {
        let kim = json!({ "id": "0198d5a0-0000-7000-8000-000000000001", "name": "Kim Ode" });
        let took = json!({ "department": "DMCO", "primary": [null, kim], "secondary": [kim, null], "how": "take" });
        let (title, lines) = told(Kind::ReviewersChanged, Side::Cms, None, took);
        assert_eq!(title, "Reviewers of DMCO review of MN-0005");
        assert_eq!(lines, ["Taken", "Primary: nobody → Kim Ode", "Secondary: Kim Ode → nobody"]);
        let set = json!({ "department": "DMCO", "primary": [kim, kim], "secondary": [null, kim], "how": "set" });
        let (title, lines) = told(Kind::ReviewersChanged, Side::Cms, None, set);
        assert_eq!(title, "Secondary reviewer of DMCO review of MN-0005");
        assert_eq!(lines, ["Assigned", "Secondary: nobody → Kim Ode"]);
    }

    #[test]
    fn a_decision_names_department_and_version_and_shows_its_note() {
        let details = json!({ "department": "DMCO", "revision": 1 });
        let (title, lines) = told(Kind::ReviewObjected, Side::Cms, Some("The withhold is missing."), details);
        assert_eq!(title, "DMCO objected to version 1");
        assert_eq!(lines, ["Note: The withhold is missing."]);
    }

    #[test]
    fn a_sent_version_says_whether_it_is_reviewed_and_why_not() {
        let details = json!({ "revision": 1, "determination": "not_subject_to_review", "why": "It is CHIP-only." });
        let (title, lines) = told(Kind::Submitted, Side::State, None, details);
        assert_eq!(
            (title.as_str(), lines),
            ("Version 1 sent", vec!["Not subject to review. It is CHIP-only.".to_owned()])
        );
    }

    #[test]
    fn an_entry_without_its_details_still_has_a_title() {
        assert_eq!(title(Kind::Submitted, "Kim Ode", "MN-0005", &Details::default(), false), "A version sent");
        assert_eq!(
            title(Kind::ReviewStarted, "Kim Ode", "MN-0005", &Details::default(), false),
            "Department review of MN-0005 started"
        );
    }
}
