//! What a person can do with a submission as it stands, or the line that says who could do what.

use crate::domain::lifecycle::{ContractReviewAction, ContractReviewStatus as Status};
use crate::domain::permission::Person;
use crate::domain::role::Side;
use crate::reviews::DepartmentReview;

use super::queries::Submission;

/// The actions of the submission page.
#[derive(Debug, PartialEq, Eq)]
pub struct Actions {
    /// Where a package is approved, for those who may, while it can be.
    pub approve: Option<Approve>,
    /// What is missing, or who could do what.
    pub line: String,
}

/// The way to the approval.
#[derive(Debug, PartialEq, Eq)]
pub struct Approve {
    /// Its address.
    pub href: String,
    /// Whether nothing is missing, so that it is the next step.
    pub ready: bool,
}

/// The actions of a person on a submission with these department reviews.
pub fn actions(person: &Person, submission: &Submission, reviews: &[DepartmentReview]) -> Actions {
    let approve = ContractReviewAction::Approve;
    if person.side() == Side::Cms && approve.possible_from(submission.status) {
        if !approve.allowed_to(person.role) {
            return Actions { approve: None, line: "An approver or an admin can approve this submission.".to_owned() };
        }
        let ready = !reviews.is_empty() && reviews.iter().all(|review| review.signed_off());
        let href = format!("/submissions/{}/approve", submission.key);
        return Actions { approve: Some(Approve { href, ready }), line: what_is_missing(submission, reviews, ready) };
    }
    Actions { approve: None, line: nothing_to_do(submission.status).to_owned() }
}

fn what_is_missing(submission: &Submission, reviews: &[DepartmentReview], ready: bool) -> String {
    let version = submission.sent_revision.map_or_else(String::new, |revision| format!(" on version {revision}"));
    if ready {
        return format!("Every department signed off{version}.");
    }
    let missing: Vec<_> = reviews
        .iter()
        .filter(|review| !review.signed_off())
        .map(|review| format!("{} ({})", review.title(), review.status.label().to_lowercase()))
        .collect();
    format!("Not signed off{version}: {}. Approving now needs a reason.", missing.join(", "))
}

fn nothing_to_do(status: Status) -> &'static str {
    match status {
        Status::Submitted | Status::Resubmitted => "CMS reviews this version. There is nothing for you to do now.",
        Status::Approved => "Approved. There is nothing left to do.",
        Status::NotSubjectToReview => "Kept for the record. There is nothing left to do.",
        Status::Withdrawn => "Withdrawn from review.",
        Status::Draft | Status::Unlocked => "The state is writing. CMS goes on when the next version is sent.",
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
            department: Department::Dmco,
            status,
            status_since: datetime!(2026-11-18 19:14 UTC),
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

    #[test]
    fn approving_is_the_next_step_only_when_nothing_is_missing() {
        let ready = review(DepartmentReviewStatus::SignedOff);
        let shown = actions(&person(Role::CmsApprover), &submission(Status::Submitted), &ready);
        assert!(shown.approve.unwrap().ready);
        assert_eq!(shown.line, "Every department signed off on version 1.");
        let started = review(DepartmentReviewStatus::InReview);
        let shown = actions(&person(Role::Admin), &submission(Status::Submitted), &started);
        assert!(!shown.approve.unwrap().ready);
        assert_eq!(
            shown.line,
            "Not signed off on version 1: DMCO review of MN-0005 (in review). Approving now needs a reason."
        );
    }

    #[test]
    fn without_any_department_review_nothing_is_ready() {
        let shown = actions(&person(Role::Admin), &submission(Status::Submitted), &[]);
        assert!(!shown.approve.unwrap().ready);
    }

    #[test]
    fn those_who_may_never_approve_read_who_may() {
        let ready = review(DepartmentReviewStatus::SignedOff);
        for role in [Role::CmsReviewer, Role::Helpdesk, Role::BusinessOwner, Role::ReadOnly] {
            let shown = actions(&person(role), &submission(Status::Submitted), &ready);
            assert_eq!(shown.approve, None);
            assert_eq!(shown.line, "An approver or an admin can approve this submission.");
        }
    }

    #[test]
    fn a_state_is_never_shown_how_departments_stand() {
        let started = review(DepartmentReviewStatus::InReview);
        let shown = actions(&person(Role::StateUser), &submission(Status::Submitted), &started);
        assert!(shown.approve.is_none() && !shown.line.contains("DMCO"));
    }

    #[test]
    fn what_was_approved_is_not_approved_again() {
        let ready = review(DepartmentReviewStatus::SignedOff);
        let shown = actions(&person(Role::Admin), &submission(Status::Approved), &ready);
        assert_eq!((shown.approve, shown.line.as_str()), (None, "Approved. There is nothing left to do."));
    }
}
