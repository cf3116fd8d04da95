//! What came to a history since a page was drawn: each entry as a sentence tells it to those who have the page open.

use sqlx::PgConnection;
use uuid::Uuid;

use super::author::Author;
use super::details::Details;
use super::filter::Filter;
use super::timeline::{Place, Reader, Stored, stored};
use super::words::{corrected, department, round};
use crate::domain::clock::Moment;
use crate::domain::event::Kind;
use crate::domain::id::AccountId;
use crate::domain::key::RateKey;
use crate::domain::lifecycle::DepartmentReviewStatus;
use crate::domain::role::Side;

/// An entry that a page does not show yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Its place among all entries.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Whose doing it was.
    pub by: Option<AccountId>,
    /// Their name, as the reader's side may read it.
    pub name: String,
    /// What they did, behind their name: "set DMCO review of MN-0005 to Objection".
    pub did: String,
    /// Whether it only follows from another entry, such as that reviews wait once a package is unlocked.
    pub follows: bool,
    /// The version of the page's own subject that came with it.
    pub version: Option<i32>,
    /// The department review that it changed.
    pub review: Option<Uuid>,
}

/// The entries of a history after a place of the order of all entries, newest first and no more than `most`.
///
/// # Errors
/// When the database fails.
pub async fn news(conn: &mut PgConnection, reader: &Reader<'_>, after: i64, most: i64) -> sqlx::Result<Vec<News>> {
    let stored = stored(conn, reader, &Filter::default(), Place::after(after), most).await?;
    Ok(stored.into_iter().map(|stored| put(reader, stored)).collect())
}

fn put(reader: &Reader<'_>, stored: Stored) -> News {
    let mut details = Details::read(stored.details);
    let rate = stored.rate_state.zip(stored.rate_number);
    details.rate = rate.map(|(state_code, number)| RateKey { state_code, number }.to_string()).or(details.rate);
    let own = stored.subject_id == reader.subject_id;
    let author = Author {
        name: stored.actor_name,
        role: stored.actor_role,
        department: stored.actor_department,
        state_name: stored.state_name,
    };
    let version = own && matches!(stored.kind, Kind::Submitted | Kind::Resubmitted);
    News {
        seq: stored.seq,
        at: Moment(stored.at),
        by: stored.actor_id,
        name: name(stored.kind, &author, reader.side),
        did: did(stored.kind, reader.key, own, stored.status_after.as_deref(), &details),
        follows: matches!(stored.kind, Kind::ReviewMade | Kind::ReviewWaiting | Kind::ReviewResumed),
        version: details.revision.filter(|_| version),
        review: (stored.row_table == "department_review").then_some(stored.row_id),
    }
}

/// The name alone, where the reader's side may read it.
fn name(kind: Kind, author: &Author, side: Side) -> String {
    let nobody = side == Side::State && author.role.is_some() && author.department.is_none();
    let hidden = nobody && author.state_name.is_none() || !kind.names_its_actor_to(side);
    if hidden { author.of_event(kind, side) } else { author.name.clone() }
}

fn did(kind: Kind, key: &str, own: bool, status: Option<&str>, details: &Details) -> String {
    let key = details.rate.as_deref().unwrap_or(key);
    let department = department(details);
    let review = format!("{department} review of {key}");
    let round = format!("{} of {department}", round(details));
    let version = details.revision.map_or_else(|| "a version".to_owned(), |revision| format!("version {revision}"));
    match kind {
        Kind::Created => "started the draft".to_owned(),
        Kind::DraftDeleted => "deleted the draft".to_owned(),
        Kind::Submitted | Kind::Resubmitted if own => format!("sent {version}"),
        Kind::Submitted | Kind::Resubmitted => format!("sent {version} of linked rate {key}"),
        Kind::Unlocked => format!("unlocked {key}"),
        Kind::UnlockUndone => format!("undid the unlock of {key}"),
        Kind::Approved => format!("approved {key}"),
        Kind::ApprovalUndone => format!("undid the approval of {key}"),
        Kind::Withdrawn => format!("withdrew {key}"),
        Kind::WithdrawalUndone => format!("undid the withdrawal of {key}"),
        Kind::RateWithdrawn => format!("withdrew rate {key}"),
        Kind::RateBroughtBack => format!("brought back rate {key}"),
        Kind::RateMoved => format!("moved rate {key}"),
        Kind::MccrsNumberSet => format!("changed the MC-CRS number of {key}"),
        Kind::Corrected => format!("corrected {key}: {}", corrected(details)),
        Kind::CorrectionUndone => format!("undid a correction of {key}: {}", corrected(details)),
        Kind::ReviewMade => format!("made the {review}"),
        Kind::ReviewStarted
        | Kind::ReviewSignedOff
        | Kind::ReviewObjected
        | Kind::ReviewReopened
        | Kind::ReviewWaiting
        | Kind::ReviewResumed => {
            let status = status.and_then(DepartmentReviewStatus::from_stored);
            format!("set {review} to {}", status.map_or("another status", DepartmentReviewStatus::label))
        }
        Kind::ReviewersChanged => format!("changed the reviewers of the {review}"),
        Kind::QuestionAsked => format!("asked {round}"),
        Kind::ResponseSent => format!("answered {round}"),
        Kind::RoundClosed => format!("closed {round}"),
        Kind::RoundRemoved => format!("removed {round} from view"),
        Kind::ResponseRemoved => format!("removed a response to {round} from view"),
        Kind::NoteAdded => format!("added a note on {key}"),
        // These stand in histories of their own.
        Kind::AccountAdded | Kind::AccountChanged | Kind::AccountDeactivated => "changed an account".to_owned(),
        Kind::ListExported => "exported a list".to_owned(),
        Kind::ProgramAdded | Kind::ProgramChanged | Kind::ProgramRetired => "changed a program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::role::{Department, Role};

    fn told(kind: Kind, status: Option<&str>, details: Value) -> String {
        did(kind, "MN-0005", true, status, &Details::read(details))
    }

    #[test]
    fn a_deed_reads_on_behind_a_name() {
        let review = json!({ "department": "OACT", "rate": "MN-R0012", "revision": 1 });
        let objected = told(Kind::ReviewObjected, Some("objection"), review.clone());
        assert_eq!(objected, "set OACT review of MN-R0012 to Objection");
        let reviewers = told(Kind::ReviewersChanged, None, review);
        assert_eq!(reviewers, "changed the reviewers of the OACT review of MN-R0012");
        assert_eq!(told(Kind::Resubmitted, None, json!({ "revision": 4 })), "sent version 4");
        let linked = did(Kind::Resubmitted, "MN-0005", false, None, &Details::read(json!({ "rate": "MN-R0012" })));
        assert_eq!(linked, "sent a version of linked rate MN-R0012");
        let closed = told(Kind::RoundClosed, None, json!({ "department": "DMCO", "round": 2 }));
        assert_eq!(closed, "closed round 2 of DMCO");
    }

    #[test]
    fn a_state_reads_no_names_of_people_without_a_department() {
        let author = |role, department| Author {
            name: "Sam Lee".to_owned(),
            role: Some(role),
            department,
            state_name: (role == Role::StateUser).then(|| "Minnesota".to_owned()),
        };
        assert_eq!(name(Kind::QuestionAsked, &author(Role::Admin, None), Side::State), "CMS administrator");
        assert_eq!(name(Kind::QuestionAsked, &author(Role::Admin, None), Side::Cms), "Sam Lee");
        assert_eq!(
            name(Kind::QuestionAsked, &author(Role::CmsReviewer, Some(Department::Dmco)), Side::State),
            "Sam Lee"
        );
        let closed = |side| name(Kind::RoundClosed, &author(Role::CmsReviewer, Some(Department::Dmco)), side);
        assert_eq!((closed(Side::State), closed(Side::Cms)), ("CMS".to_owned(), "Sam Lee".to_owned()));
        assert_eq!(name(Kind::QuestionAsked, &author(Role::StateUser, None), Side::State), "Sam Lee");
    }
}
