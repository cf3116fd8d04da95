//! A row of the list in words.

use time::Date;
use uuid::Uuid;

use super::rows::{Rates, Row};
use super::{DEPARTMENTS, filters};
use crate::domain::clock::{Moment, date_in_words, days_between};
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::{ContractReviewStatus, RateReviewStatus, Tag};
use crate::domain::role::{Department, Side};
use crate::questions::Rounds;
use crate::web::cell::Cell;
use crate::web::list::{ListQuery, from_today, of_department, programs_in_words};

/// A row as the template draws it.
#[derive(Debug)]
pub struct ListRow {
    pub id: Uuid,
    /// The address of the rate is made of it.
    pub key: String,
    pub name: String,
    pub state_name: String,
    pub programs: String,
    pub rate_type: &'static str,
    pub rating_from: Option<Day>,
    pub rating_to: Option<Day>,
    /// "in 41 days", from today to the rating period, and the number of it.
    pub days: String,
    days_from_today: Option<i64>,
    pub certified: Option<Day>,
    pub amendment: Option<Day>,
    /// The submission that it belongs to.
    pub parent: String,
    /// Other submissions whose package holds it.
    pub also: Vec<String>,
    pub status: Tag,
    /// The same as stored.
    pub stored: &'static str,
    pub departments: Vec<DepartmentWork>,
    /// "2 open, 1 answered", and the numbers of it.
    pub questions: String,
    rounds: Rounds,
    /// "DMCP: Owen Park"
    pub primaries: Vec<String>,
    pub capitation: &'static str,
    pub firm: String,
    pub version: i32,
    pub first_sent: Moment,
    pub last_activity: Moment,
}

/// Where the review of a department stands, if it has one.
#[derive(Debug)]
pub struct DepartmentWork {
    pub department: Department,
    /// Its status, and the same as stored.
    pub tag: Option<(Tag, &'static str)>,
}

impl DepartmentWork {
    /// The name of its column.
    pub fn column(&self) -> &'static str {
        match self.department {
            Department::Dmco => "dmco",
            Department::Dmcp => "dmcp",
            Department::Oact => "oact",
        }
    }
}

/// A day that people typed.
#[derive(Debug)]
pub struct Day {
    pub date: Date,
    pub words: String,
}

impl ListRow {
    /// Puts a row in the words of a side.
    pub fn of(row: Row, side: Side, today: Date) -> Self {
        let day = |date: Date| Day { date, words: date_in_words(date) };
        let submission = |number: i32| SubmissionKey { state_code: row.state_code.clone(), number }.to_string();
        let chosen = &row.chosen;
        let days = row.rating_from.map(|from| days_between(today, from));
        let rounds = Rounds { open: row.open_rounds, answered: row.answered_rounds };
        Self {
            id: row.id,
            key: row.key().to_string(),
            programs: programs_in_words(row.program_names.as_deref(), row.programs_retired.as_deref()),
            rate_type: filters::TYPE.label(row.rate_type.as_deref()),
            rating_from: row.rating_from.map(day),
            rating_to: row.rating_to.map(day),
            days: days.map_or_else(String::new, from_today),
            days_from_today: days,
            certified: row.certified_on.map(day),
            amendment: row.amendment_from.map(day),
            parent: submission(row.parent_number),
            also: chosen.also_in.iter().flatten().copied().map(submission).collect(),
            status: row.status.tag(side),
            stored: row.status.as_str(),
            questions: rounds.in_words().unwrap_or_default(),
            rounds,
            departments: DEPARTMENTS.map(|department| work(&row, department)).into(),
            primaries: chosen.primaries.clone().unwrap_or_default(),
            capitation: filters::CAPITATION.label(chosen.rate_capitation_type.as_deref()),
            firm: firm(chosen.firm.as_deref(), chosen.other_firm.as_deref()),
            version: row.sent_revision,
            first_sent: Moment(row.first_submitted_at),
            last_activity: Moment(row.last_activity_at),
            state_name: row.state_name,
            name: row.name,
        }
    }

    /// The same as cells of a file, of the columns shown: one thing in each, and what can be counted with as a number.
    pub fn cells(self, query: &ListQuery<Rates>) -> Vec<Cell> {
        let day = |day: Option<Day>| Cell::from(day.map(|day| day.words));
        let statuses = self.departments.iter().map(|work| {
            let status = work.tag.as_ref().map(|(tag, _)| tag.label.as_ref());
            (work.column(), status.into())
        });
        let statuses: Vec<(&str, Cell)> = statuses.collect();
        let primaries = DEPARTMENTS.map(|department| ("primaries", of_department(&self.primaries, department).into()));
        let before: [(&str, Cell); 11] = [
            ("rate", self.key.into()),
            ("rate", self.name.into()),
            ("state", self.state_name.into()),
            ("programs", self.programs.into()),
            ("type", self.rate_type.into()),
            ("rating-from", day(self.rating_from)),
            ("rating-to", day(self.rating_to)),
            ("days", self.days_from_today.into()),
            ("submission", self.parent.into()),
            ("also", self.also.join("; ").into()),
            ("status", self.status.label.into()),
        ];
        let after: [(&str, Cell); 9] = [
            ("questions", self.rounds.open.into()),
            ("questions", self.rounds.answered.into()),
            ("certified", day(self.certified)),
            ("amendment", day(self.amendment)),
            ("capitation", self.capitation.into()),
            ("firm", self.firm.into()),
            ("version", self.version.into()),
            ("first-sent", self.first_sent.into()),
            ("last-activity", self.last_activity.into()),
        ];
        let cells = before.into_iter().chain(statuses).chain(primaries).chain(after);
        cells.filter(|(column, _)| query.shows(column)).map(|(_, cell)| cell).collect()
    }
}

fn firm(stored: Option<&str>, other: Option<&str>) -> String {
    match (filters::FIRM.label(stored), other) {
        ("Other", Some(other)) => other.to_owned(),
        (firm, _) => firm.to_owned(),
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
    DepartmentWork { department, tag: status.map(|status| (status.tag(package, revision), status.as_str())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::DepartmentReviewStatus;
    use crate::rates::list::rows::{ChosenColumns, CmsColumns};
    use time::macros::{date, datetime};

    /// The tags of the departments of a rate whose submission is still under review.
    fn tags(status: RateReviewStatus) -> Vec<String> {
        let row = Row {
            id: Uuid::nil(),
            state_code: "MN".to_owned(),
            number: 12,
            state_name: "Minnesota".to_owned(),
            name: "MCR-MN-SNBC-20260101-20261231-CERTIFICATION".to_owned(),
            status,
            rate_type: Some("NEW".to_owned()),
            rating_from: Some(date!(2026 - 01 - 01)),
            rating_to: Some(date!(2026 - 12 - 31)),
            certified_on: None,
            amendment_from: None,
            sent_revision: 2,
            chosen: ChosenColumns::default(),
            parent_number: 5,
            parent_status: ContractReviewStatus::Resubmitted,
            first_submitted_at: datetime!(2026-01-05 15:00 UTC),
            last_activity_at: datetime!(2026-03-12 15:00 UTC),
            program_names: None,
            programs_retired: None,
            cms: CmsColumns {
                dmcp_status: Some(DepartmentReviewStatus::SignedOff),
                dmcp_revision: Some(2),
                oact_status: None,
                oact_revision: None,
            },
            open_rounds: 0,
            answered_rounds: 0,
            total: 1,
        };
        let departments = ListRow::of(row, Side::Cms, date!(2026 - 03 - 11)).departments;
        let words = |work: DepartmentWork| {
            format!(
                "{}: {}",
                work.department.short_name(),
                work.tag.map_or_else(String::new, |(tag, _)| tag.label.into())
            )
        };
        departments.into_iter().map(words).collect()
    }

    #[test]
    fn a_department_shows_its_decision_and_nothing_where_it_reviews_nothing() {
        assert_eq!(tags(RateReviewStatus::Submitted), ["DMCP: Signed off on version 2", "OACT: "]);
    }

    #[test]
    fn the_reviews_of_a_withdrawn_rate_are_closed_while_its_submission_goes_on() {
        assert_eq!(tags(RateReviewStatus::Withdrawn)[0], "DMCP: Signed off on version 2 (closed)");
    }
}
