//! What a person can do with a submission as it stands, or the line that says who could do what.

use crate::domain::lifecycle::{
    CONTRACT_REVIEW, ContractReviewAction, ContractReviewStatus as Status, takes_questions,
};
use crate::domain::permission::Person;
use crate::domain::role::Side;
use crate::questions::Rounds;
use crate::reviews::DepartmentReview;

use super::queries::Submission;

/// What a person can do with a submission as it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Actions {
    /// The ways to the pages of what they may do now, the next step first.
    pub links: Vec<ActionLink>,
    /// What is missing, or who could do what.
    pub line: String,
}

/// The way to the page of an action.
#[derive(Debug, PartialEq, Eq)]
pub struct ActionLink {
    /// Its address.
    pub href: String,
    /// Its words.
    pub label: String,
    /// Whether it is the next step.
    pub next: bool,
}

/// The actions of a person on a submission with these department reviews.
pub fn actions(person: &Person, submission: &Submission, reviews: &[DepartmentReview]) -> Actions {
    if person.side() == Side::State {
        return for_the_state(submission);
    }
    let ready = !reviews.is_empty() && !reviews.iter().any(DepartmentReview::missing);
    let mut links: Vec<ActionLink> = CONTRACT_REVIEW
        .iter()
        .filter(|rule| rule.roles.contains(&person.role) && rule.from.contains(&submission.status))
        .map(|rule| ActionLink {
            href: format!("/submissions/{}/{}", submission.key, rule.action.segment()),
            label: rule.label.to_owned(),
            next: rule.action == ContractReviewAction::Approve && ready,
        })
        .collect();
    links.sort_by_key(|link| !link.href.ends_with("/approve"));
    let approve = ContractReviewAction::Approve;
    let line = if approve.possible_from(submission.status) && approve.allowed_to(person.role) {
        what_is_missing(submission, reviews, ready)
    } else {
        line_for_cms(submission.status).to_owned()
    };
    Actions { links, line }
}

/// A state responds while a round goes on; all else it does while it writes.
fn for_the_state(submission: &Submission) -> Actions {
    let Rounds { open, answered } = submission.rounds;
    let respond = takes_questions(submission.status) && open + answered > 0;
    let link = ActionLink {
        href: format!("/submissions/{}/questions", submission.key),
        label: "Respond".to_owned(),
        next: open > 0,
    };
    let line = match (respond, open) {
        (true, 1) => "CMS has a question for you.".to_owned(),
        (true, open) if open > 1 => format!("CMS has {open} questions for you."),
        _ => line_for_the_state(submission.status).to_owned(),
    };
    Actions { links: respond.then_some(link).into_iter().collect(), line }
}

fn what_is_missing(submission: &Submission, reviews: &[DepartmentReview], ready: bool) -> String {
    let version = submission.sent_revision.map_or_else(String::new, |revision| format!(" on version {revision}"));
    if ready {
        return format!("Every department signed off{version}.");
    }
    let missing: Vec<_> = reviews
        .iter()
        .filter(|review| review.missing())
        .map(|review| format!("{} ({})", review.title(), review.status.label().to_lowercase()))
        .collect();
    format!("Not signed off{version}: {}. Approving now needs a reason.", missing.join(", "))
}

fn line_for_the_state(status: Status) -> &'static str {
    match status {
        Status::Submitted | Status::Resubmitted => "CMS reviews this version. There is nothing for you to do now.",
        Status::Approved => "Approved. There is nothing left to do.",
        Status::NotSubjectToReview => "Kept for the record. To change it, ask CMS to unlock it.",
        Status::Withdrawn => "CMS has withdrawn it from review.",
        Status::Draft | Status::Unlocked => "It is yours to write.",
    }
}

/// Who could do what.
fn line_for_cms(status: Status) -> &'static str {
    match status {
        Status::Submitted | Status::Resubmitted => {
            "An approver or an admin can approve this submission; a reviewer or an approver can unlock or withdraw it."
        }
        Status::Approved => "Approved. An admin can undo the approval.",
        Status::NotSubjectToReview => "Kept for the record. A reviewer or an approver can unlock or withdraw it.",
        Status::Withdrawn => "Withdrawn from review. A reviewer or an approver can undo the withdrawal.",
        Status::Draft | Status::Unlocked => {
            "The state is writing. CMS goes on when the next version is sent; an admin can undo the unlock."
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::id::{AccountId, ContractReviewId, DepartmentReviewId};
    use crate::domain::lifecycle::DepartmentReviewStatus;
    use crate::domain::role::{Department, Role};
    use crate::reviews::Subject;
    use crate::submissions::queries::example::submission;

    fn person(role: Role) -> Person {
        Person {
            id: AccountId(uuid::Uuid::nil()),
            name: "Dana Ruiz".to_owned(),
            email: "dana@example.gov".to_owned(),
            role,
            state_code: (role == Role::StateUser).then(|| "MN".to_owned()),
            state_name: None,
            department: None,
        }
    }

    fn review(status: DepartmentReviewStatus) -> [DepartmentReview; 1] {
        [DepartmentReview {
            id: DepartmentReviewId(uuid::Uuid::nil()),
            subject: Subject::Contract {
                id: ContractReviewId(uuid::Uuid::nil()),
                key: "MN-0005".parse().expect("a key"),
            },
            current_revision: Some(1),
            withdrawn: false,
            department: Department::Dmco,
            status,
            status_since: datetime!(2026-11-18 19:14 UTC),
            status_before: None,
            primary: None,
            secondary: None,
            decision: None,
            decision_note: None,
            decided_revision: Some(1),
            decided_by: None,
            decided_at: None,
            version: 3,
        }]
    }

    fn labels(actions: &Actions) -> Vec<&str> {
        actions.links.iter().map(|link| link.label.as_str()).collect()
    }

    #[test]
    fn approving_is_the_next_step_only_when_nothing_is_missing() {
        let ready = review(DepartmentReviewStatus::SignedOff);
        let shown = actions(&person(Role::CmsApprover), &submission(Status::Submitted), &ready);
        assert!(shown.links[0].next);
        assert_eq!(shown.line, "Every department signed off on version 1.");
        let started = review(DepartmentReviewStatus::InReview);
        let shown = actions(&person(Role::Admin), &submission(Status::Submitted), &started);
        assert!(!shown.links[0].next);
        assert_eq!(
            shown.line,
            "Not signed off on version 1: DMCO review of MN-0005 (in review). Approving now needs a reason."
        );
    }

    #[test]
    fn without_any_department_review_nothing_is_ready() {
        let shown = actions(&person(Role::Admin), &submission(Status::Submitted), &[]);
        assert!(!shown.links[0].next);
    }

    #[test]
    fn everybody_finds_what_they_may_do_and_nothing_else() {
        let open = ["Unlock", "Withdraw", "MC-CRS number"];
        let table: [(Status, Role, &[&str]); 12] = [
            (Status::Submitted, Role::CmsReviewer, &open),
            (Status::Submitted, Role::CmsApprover, &["Approve", "Unlock", "Withdraw", "MC-CRS number"]),
            (Status::Resubmitted, Role::Admin, &["Approve", "Correct"]),
            (Status::Unlocked, Role::CmsReviewer, &["MC-CRS number"]),
            (Status::Unlocked, Role::Admin, &["Undo unlock"]),
            (Status::Approved, Role::CmsApprover, &["MC-CRS number"]),
            (Status::Approved, Role::Admin, &["Undo approval", "Correct"]),
            (Status::Withdrawn, Role::CmsReviewer, &["Undo withdrawal", "MC-CRS number"]),
            (Status::Withdrawn, Role::Admin, &[]),
            (Status::NotSubjectToReview, Role::CmsApprover, &open),
            (Status::NotSubjectToReview, Role::Admin, &[]),
            (Status::Submitted, Role::StateUser, &[]),
        ];
        for (status, role, expected) in table {
            let shown = actions(&person(role), &submission(status), &[]);
            assert_eq!(labels(&shown), expected, "{status:?} {role:?}");
            assert!(!shown.line.is_empty());
        }
        for role in [Role::Helpdesk, Role::BusinessOwner, Role::ReadOnly] {
            for status in Status::SENT {
                assert_eq!(labels(&actions(&person(role), &submission(status), &[])), [""; 0]);
            }
        }
    }

    #[test]
    fn a_state_responds_while_a_round_goes_on() {
        let with = |status, open, answered| Submission { rounds: Rounds { open, answered }, ..submission(status) };
        let shown = |submission| actions(&person(Role::StateUser), &submission, &[]);
        let open = shown(with(Status::NotSubjectToReview, 2, 0));
        assert_eq!((labels(&open), open.links[0].next), (vec!["Respond"], true));
        assert_eq!(open.line, "CMS has 2 questions for you.");
        assert!(!shown(with(Status::Submitted, 0, 1)).links[0].next);
        assert_eq!(labels(&shown(with(Status::Submitted, 0, 0))), [""; 0]);
    }

    #[test]
    fn a_state_is_never_shown_how_departments_stand() {
        let started = review(DepartmentReviewStatus::InReview);
        let shown = actions(&person(Role::StateUser), &submission(Status::Submitted), &started);
        assert!(shown.links.is_empty() && !shown.line.contains("DMCO"));
    }
}
