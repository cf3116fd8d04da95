//! A row of the list in words.

use time::Date;

use super::DEPARTMENTS;
use super::rows::Row;
use crate::domain::clock::{Moment, date_in_words};
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::{ContractReviewStatus, RateReviewStatus, Tag};
use crate::domain::role::{Department, Side};
use crate::web::list::programs_in_words;

/// A row as the template draws it.
#[derive(Debug)]
pub struct ListRow {
    /// The address of the rate is made of it.
    pub key: String,
    pub name: String,
    pub state_name: String,
    pub programs: String,
    pub rate_type: &'static str,
    pub rating_from: Option<Day>,
    pub rating_to: Option<Day>,
    /// The submission that it belongs to.
    pub parent: String,
    pub status: Tag,
    pub departments: Vec<DepartmentWork>,
    pub first_sent: Moment,
    pub last_activity: Moment,
}

/// Where the review of a department stands, if it has one.
#[derive(Debug)]
pub struct DepartmentWork {
    pub department: Department,
    pub tag: Option<Tag>,
}

/// A day that people typed.
#[derive(Debug)]
pub struct Day {
    pub date: Date,
    pub words: String,
}

impl ListRow {
    /// Puts a row in the words of a side.
    pub fn of(row: Row, side: Side) -> Self {
        let day = |date: Date| Day { date, words: date_in_words(date) };
        Self {
            key: row.key().to_string(),
            programs: programs_in_words(row.program_names.as_deref(), row.programs_retired.as_deref()),
            rate_type: match row.rate_type.as_deref() {
                Some("NEW") => "New",
                Some("AMENDMENT") => "Amendment",
                _ => "",
            },
            rating_from: row.rating_from.map(day),
            rating_to: row.rating_to.map(day),
            parent: SubmissionKey { state_code: row.state_code.clone(), number: row.parent_number }.to_string(),
            status: row.status.tag(side),
            departments: DEPARTMENTS.map(|department| work(&row, department)).into(),
            first_sent: Moment(row.first_submitted_at),
            last_activity: Moment(row.last_activity_at),
            state_name: row.state_name,
            name: row.name,
        }
    }
}

fn work(row: &Row, department: Department) -> DepartmentWork {
    let (status, revision) = match department {
        Department::Dmcp => (row.cms.dmcp_status, row.cms.dmcp_revision),
        Department::Oact => (row.cms.oact_status, row.cms.oact_revision),
        Department::Dmco => (None, None),
    };
    // A rate that was taken out alone is reviewed no more, wherever its submission stands.
    let package =
        if row.status == RateReviewStatus::Withdrawn { ContractReviewStatus::Withdrawn } else { row.parent_status };
    DepartmentWork { department, tag: status.map(|status| status.tag(package, revision)) }
}
