//! What a person can do with a submission as it stands, or the line that says who could do what.

use crate::domain::lifecycle::{ContractReviewAction, ContractReviewStatus as Status};
use crate::domain::permission::Person;
use crate::domain::role::Side;

use super::queries::Submission;
use super::sent::Standing;

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

/// The actions of a person on a submission whose departments stand like this.
pub(super) fn actions(person: &Person, submission: &Submission, standings: &[Standing]) -> Actions {
    let approve = ContractReviewAction::Approve;
    if person.side() == Side::Cms && approve.possible_from(submission.status) {
        if !approve.allowed_to(person.role) {
            return Actions { approve: None, line: "An approver or an admin can approve this submission.".to_owned() };
        }
        let ready = !standings.is_empty() && standings.iter().all(|standing| standing.signed_off);
        let href = format!("/submissions/{}/approve", submission.key);
        return Actions { approve: Some(Approve { href, ready }), line: what_is_missing(submission, standings, ready) };
    }
    Actions { approve: None, line: nothing_to_do(submission.status).to_owned() }
}

fn what_is_missing(submission: &Submission, standings: &[Standing], ready: bool) -> String {
    let version = submission.sent_revision.map_or_else(String::new, |revision| format!(" on version {revision}"));
    if ready {
        return format!("Ready to approve: every department signed off{version}.");
    }
    let missing = standings.iter().filter(|standing| !standing.signed_off);
    let missing: Vec<_> = missing
        .map(|standing| format!("{} ({})", standing.department.short_name(), standing.status.label().to_lowercase()))
        .collect();
    format!("Not signed off{version}: {}. Approving now needs a reason.", missing.join(", "))
}

fn nothing_to_do(status: Status) -> &'static str {
    match status {
        Status::Submitted | Status::Resubmitted => {
            "CMS reviews this version. It can’t be changed meanwhile, and there is nothing for you to do now."
        }
        Status::Approved => "Approved. There is nothing left to do.",
        Status::NotSubjectToReview => "Kept for the record. There is nothing left to do.",
        Status::Withdrawn => "Withdrawn from review.",
        Status::Draft | Status::Unlocked => "The state is writing. CMS goes on when the next version is sent.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{AccountId, ContractReviewId};
    use crate::domain::lifecycle::{DepartmentReviewStatus, SubmissionKind};
    use crate::domain::role::{Department, Role};

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

    fn submission(status: Status) -> Submission {
        Submission {
            id: ContractReviewId(uuid::Uuid::nil()),
            key: "MN-0005".parse().unwrap(),
            state_name: "Minnesota".to_owned(),
            kind: SubmissionKind::HealthPlan,
            name: "MCR-MN-0005".to_owned(),
            status,
            version: 2,
            sent_revision: Some(1),
            released_on: None,
            effective_from: None,
            first_submitted_at: None,
            last_submitted_at: None,
            mccrs_number: None,
        }
    }

    fn standing(status: DepartmentReviewStatus, signed_off: bool) -> [Standing; 1] {
        [Standing { department: Department::Dmco, status, signed_off }]
    }

    #[test]
    fn approving_is_the_next_step_only_when_nothing_is_missing() {
        let ready = standing(DepartmentReviewStatus::SignedOff, true);
        let shown = actions(&person(Role::CmsApprover), &submission(Status::Submitted), &ready);
        assert!(shown.approve.unwrap().ready);
        assert_eq!(shown.line, "Ready to approve: every department signed off on version 1.");
        let started = standing(DepartmentReviewStatus::InReview, false);
        let shown = actions(&person(Role::Admin), &submission(Status::Submitted), &started);
        assert!(!shown.approve.unwrap().ready);
        assert_eq!(shown.line, "Not signed off on version 1: DMCO (in review). Approving now needs a reason.");
    }

    #[test]
    fn without_any_department_review_nothing_is_ready() {
        let shown = actions(&person(Role::Admin), &submission(Status::Submitted), &[]);
        assert!(!shown.approve.unwrap().ready);
    }

    #[test]
    fn those_who_may_never_approve_read_who_may() {
        let ready = standing(DepartmentReviewStatus::SignedOff, true);
        for role in [Role::CmsReviewer, Role::Helpdesk, Role::BusinessOwner, Role::ReadOnly] {
            let shown = actions(&person(role), &submission(Status::Submitted), &ready);
            assert_eq!(shown.approve, None);
            assert_eq!(shown.line, "An approver or an admin can approve this submission.");
        }
    }

    #[test]
    fn a_state_is_never_shown_how_departments_stand() {
        let started = standing(DepartmentReviewStatus::InReview, false);
        let shown = actions(&person(Role::StateUser), &submission(Status::Submitted), &started);
        assert!(shown.approve.is_none() && !shown.line.contains("DMCO"));
    }

    #[test]
    fn what_was_approved_is_not_approved_again() {
        let ready = standing(DepartmentReviewStatus::SignedOff, true);
        let shown = actions(&person(Role::Admin), &submission(Status::Approved), &ready);
        assert_eq!((shown.approve, shown.line.as_str()), (None, "Approved. There is nothing left to do."));
    }
}
