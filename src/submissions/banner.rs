//! The banner of the submission page: the first of a table of rows that holds, from the record.

use crate::domain::clock::{Moment, date_in_words};
use crate::domain::event::Kind;
use crate::domain::lifecycle::{ContractReviewStatus as Status, RateReviewStatus, SubmissionKind};
use crate::domain::role::Side;
use crate::history::StatusChange;
use crate::rates::Rate;

use super::queries::Submission;

/// A banner.
#[derive(Debug, PartialEq, Eq)]
pub struct Banner {
    /// The look: `success`, `info` or `warning`.
    pub kind: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// What was done: "Approved", "Sent".
    pub deed: &'static str,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Moment,
    /// What else there is to say.
    pub sentences: Vec<String>,
    /// Why, as a person typed it, under its label.
    pub reason: Option<(&'static str, Folded)>,
    /// Where more of it stands: address and words.
    pub more: Option<(String, &'static str)>,
}

/// A text of which only the beginning is shown at first.
#[derive(Debug, PartialEq, Eq)]
pub struct Folded {
    /// The beginning, of about three lines.
    pub lead: String,
    /// The rest; empty where the beginning is all.
    pub rest: String,
}

/// What a banner is drawn from.
struct Situation<'a> {
    side: Side,
    submission: &'a Submission,
    last: &'a StatusChange,
}

/// The rows in the order in which they are tried; each says what it needs.
const ROWS: [fn(&Situation<'_>) -> Option<Banner>; 7] =
    [approved, withdrawn, unlocked, undone, not_subject_to_review, resubmitted, submitted];

/// The banner of a submission whose status changed last by `last`, for a reader of this side.
pub(super) fn banner(side: Side, submission: &Submission, last: &StatusChange) -> Option<Banner> {
    let situation = Situation { side, submission, last };
    ROWS.iter().find_map(|row| row(&situation))
}

/// The banner of a rate whose status changed last by `last`, and that moved last by `moved`.
pub fn rate_banner(side: Side, rate: &Rate, last: &StatusChange, moved: Option<&StatusChange>) -> Option<Banner> {
    let (heading, deed) = match (rate.status, last.kind) {
        (RateReviewStatus::Withdrawn, _) => ("Withdrawn", "Withdrawn"),
        (RateReviewStatus::Unlocked, _) => ("Unlocked with its submission", "Unlocked"),
        (_, Kind::RateBroughtBack) => ("Brought back", "The withdrawal was undone"),
        _ => {
            let moved = moved.filter(|moved| moved.at > last.at)?;
            let [from, to] = moved.details.moved.as_ref()?;
            let sentences = vec![format!("It belonged to {from}, which was withdrawn, and belongs to {to} now.")];
            return Some(drawn(side, moved, ("info", "Moved", "Moved"), sentences));
        }
    };
    let with = last.details.with.as_deref().map(|with| format!("With {with}.")).into_iter().collect();
    let kind = if rate.status == RateReviewStatus::Unlocked { "warning" } else { "info" };
    let mut banner = drawn(side, last, (kind, heading, deed), with);
    banner.reason = last.reason.as_deref().map(|reason| ("Reason", Folded::of(reason)));
    Some(banner)
}

fn drawn(
    side: Side,
    change: &StatusChange,
    (kind, heading, deed): (&'static str, &'static str, &'static str),
    sentences: Vec<String>,
) -> Banner {
    let by = change.author.seen_by(side);
    Banner { kind, heading, deed, by, at: change.at, sentences, reason: None, more: None }
}

fn approved(now: &Situation<'_>) -> Option<Banner> {
    if now.submission.status != Status::Approved {
        return None;
    }
    let released = now.submission.released_on.map(|day| format!("The release date is {}.", date_in_words(day)));
    let mut banner = now.drawn("success", "Approved", "Approved", released.into_iter().collect());
    if now.side == Side::Cms && !now.last.details.missing.is_empty() {
        banner.sentences.push(format!("Not signed off at that time: {}.", now.last.details.missing_in_words()));
        banner.reason = now.reason("Reason for approving without");
    }
    Some(banner)
}

fn withdrawn(now: &Situation<'_>) -> Option<Banner> {
    if now.submission.status != Status::Withdrawn {
        return None;
    }
    let mut banner = now.drawn("info", "Withdrawn", "Withdrawn", now.fates());
    banner.reason = now.reason("Reason");
    Some(banner)
}

fn unlocked(now: &Situation<'_>) -> Option<Banner> {
    if now.submission.status != Status::Unlocked {
        return None;
    }
    let below =
        now.submission.sent_revision.map(|revision| format!("The state is editing. Below is version {revision}."));
    let mut banner = now.drawn("warning", "Unlocked", "Unlocked", below.into_iter().collect());
    banner.reason = now.reason("Reason");
    Some(banner)
}

/// Something was taken back: it stands again as it stood.
fn undone(now: &Situation<'_>) -> Option<Banner> {
    let (heading, deed) = match now.last.kind {
        Kind::UnlockUndone => ("Unlock undone", "The unlock was undone"),
        Kind::ApprovalUndone => ("Approval undone", "The approval was undone"),
        Kind::WithdrawalUndone => ("Withdrawal undone", "The withdrawal was undone"),
        _ => return None,
    };
    let status = now.submission.status.tag(now.side).label;
    let mut sentences = vec![format!("Status again: {status}.")];
    if now.last.kind == Kind::UnlockUndone && now.side == Side::State {
        sentences.push("Your edits since the unlock are set aside.".to_owned());
    }
    sentences.extend(now.fates());
    let mut banner = now.drawn("info", heading, deed, sentences);
    banner.reason = now.reason("Reason");
    Some(banner)
}

fn resubmitted(now: &Situation<'_>) -> Option<Banner> {
    if now.submission.status != Status::Resubmitted {
        return None;
    }
    let why = now.last.details.why.iter().cloned().collect();
    let mut banner = now.drawn("info", "Sent again", "Sent", why);
    now.tell_what_changed(&mut banner);
    Some(banner)
}

fn not_subject_to_review(now: &Situation<'_>) -> Option<Banner> {
    if now.submission.status != Status::NotSubjectToReview {
        return None;
    }
    let mut sentences: Vec<String> = now.last.details.why.iter().cloned().collect();
    if now.submission.kind == SubmissionKind::HealthPlan {
        sentences.push(
            "Record-keeping reminder: 42 CFR 457.1201(a) and part 457 subpart L apply to the contract all the same."
                .to_owned(),
        );
    }
    let mut banner = now.drawn("info", "Not subject to review", "Sent", sentences);
    if now.last.kind == Kind::Resubmitted {
        now.tell_what_changed(&mut banner);
    }
    Some(banner)
}

fn submitted(now: &Situation<'_>) -> Option<Banner> {
    if now.submission.status != Status::Submitted {
        return None;
    }
    if now.submission.kind == SubmissionKind::Eqro {
        let why = now.last.details.why.iter().cloned().collect();
        return Some(now.drawn("info", "Subject to review", "Sent", why));
    }
    (now.side == Side::State).then(|| now.drawn("info", "Submitted to CMS", "Sent", Vec::new()))
}

impl Situation<'_> {
    fn drawn(&self, kind: &'static str, heading: &'static str, deed: &'static str, sentences: Vec<String>) -> Banner {
        drawn(self.side, self.last, (kind, heading, deed), sentences)
    }

    /// What became of each rate.
    fn fates(&self) -> Vec<String> {
        let fates = self.last.details.rates.iter();
        fates.map(|fate| format!("Rate {}: {}.", fate.rate, fate.in_words())).collect()
    }

    /// The summary of a version after the first, and the way to the comparison with the one before.
    fn tell_what_changed(&self, banner: &mut Banner) {
        banner.reason = self.reason("Summary of changes");
        banner.more = Some((format!("/submissions/{}/compare", self.submission.key), "What changed"));
    }

    fn reason(&self, label: &'static str) -> Option<(&'static str, Folded)> {
        self.last.reason.as_deref().map(|reason| (label, Folded::of(reason)))
    }
}

impl Folded {
    /// About three lines of a banner, in characters.
    const LEAD: usize = 260;
    /// A rest shorter than this is not worth a press.
    const WORTH: usize = 80;

    /// Folds a text after some three lines, at the end of a word.
    pub fn of(text: &str) -> Self {
        let long = text.char_indices().nth(Self::LEAD).map_or(text.len(), |(at, _)| at);
        let lines = text.match_indices('\n').nth(2).map_or(text.len(), |(at, _)| at);
        let most = long.min(lines);
        let end = match text[..most].rfind(char::is_whitespace) {
            Some(space) if most == long && long < text.len() => space,
            _ => most,
        };
        let (lead, rest) = (text[..end].trim_end(), text[end..].trim());
        if rest.chars().count() < Self::WORTH {
            return Self { lead: text.to_owned(), rest: String::new() };
        }
        Self { lead: lead.to_owned(), rest: rest.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::domain::role::{Department, Role};
    use crate::history::{Author, Details};
    use crate::submissions::queries::example::submission;

    fn change(role: Role, reason: Option<&str>, details: serde_json::Value) -> StatusChange {
        let state_name = (role == Role::StateUser).then(|| "Minnesota".to_owned());
        let department = (role == Role::CmsApprover).then_some(Department::Dmco);
        StatusChange {
            kind: Kind::Submitted,
            at: Moment(datetime!(2026-11-18 19:14 UTC)),
            author: Author { name: "Dana Ruiz".to_owned(), role: Some(role), department, state_name },
            reason: reason.map(str::to_owned),
            details: Details::read(details),
        }
    }

    #[test]
    fn an_approval_without_a_sign_off_says_why_to_cms_alone() {
        let last = change(Role::CmsApprover, Some("Court order"), json!({ "revision": 1, "missing": ["DMCO"] }));
        let cms = banner(Side::Cms, &submission(Status::Approved), &last).unwrap();
        assert_eq!((cms.kind, cms.by.as_str()), ("success", "Dana Ruiz, DMCO approver"));
        assert_eq!(cms.sentences, ["The release date is 11/20/2026.", "Not signed off at that time: DMCO."]);
        assert_eq!(cms.reason.unwrap().1.lead, "Court order");
        let state = banner(Side::State, &submission(Status::Approved), &last).unwrap();
        assert_eq!(state.sentences, ["The release date is 11/20/2026."]);
        assert_eq!(state.reason, None);
    }

    #[test]
    fn a_state_does_not_read_which_admin_approved() {
        let last = change(Role::Admin, None, json!({ "revision": 1 }));
        let state = banner(Side::State, &submission(Status::Approved), &last).unwrap();
        assert_eq!(state.by, "CMS administrator");
    }

    #[test]
    fn what_is_not_reviewed_says_why_to_both_sides() {
        let why = "CHIP-only contracts are kept for the record and not reviewed.";
        let last = change(Role::StateUser, None, json!({ "determination": "not_subject_to_review", "why": why }));
        for side in [Side::State, Side::Cms] {
            let shown = banner(side, &submission(Status::NotSubjectToReview), &last).unwrap();
            assert_eq!((shown.kind, shown.heading, shown.sentences.len()), ("info", "Not subject to review", 2));
            assert_eq!(shown.sentences[0], why);
        }
    }

    #[test]
    fn what_was_just_sent_is_confirmed_to_the_state_and_needs_no_word_for_cms() {
        let last = change(Role::StateUser, None, json!({ "revision": 1 }));
        let state = banner(Side::State, &submission(Status::Submitted), &last).unwrap();
        assert_eq!((state.deed, state.by.as_str()), ("Sent", "Dana Ruiz, Minnesota"));
        assert_eq!(banner(Side::Cms, &submission(Status::Submitted), &last), None);
    }

    #[test]
    fn an_eqro_contract_says_to_both_sides_what_was_decided_and_why() {
        let why = "The contract is with a new contractor.";
        let last = change(Role::StateUser, None, json!({ "determination": "subject_to_review", "why": why }));
        for side in [Side::State, Side::Cms] {
            let eqro = |status| Submission { kind: SubmissionKind::Eqro, ..submission(status) };
            let shown = banner(side, &eqro(Status::Submitted), &last).unwrap();
            assert_eq!((shown.heading, shown.sentences), ("Subject to review", vec![why.to_owned()]));
            let kept = banner(side, &eqro(Status::NotSubjectToReview), &last).unwrap();
            assert_eq!((kept.heading, kept.sentences.len()), ("Not subject to review", 1));
        }
    }

    #[test]
    fn long_reasons_fold_at_a_word_and_short_ones_do_not() {
        let short = "Two lines.\nNot more.";
        assert_eq!(Folded::of(short), Folded { lead: short.to_owned(), rest: String::new() });
        let long = "word ".repeat(100);
        let folded = Folded::of(long.trim());
        assert!(folded.lead.ends_with("word") && folded.rest.starts_with("word"));
        assert_eq!(format!("{} {}", folded.lead, folded.rest), long.trim());
        let lines = ["ä".repeat(60), "b".repeat(60), "c".repeat(60), "d".repeat(90)].join("\n");
        assert_eq!(Folded::of(&lines).rest, "d".repeat(90));
        assert_eq!(Folded::of(&"x".repeat(400)).rest.len(), 140);
    }
}
