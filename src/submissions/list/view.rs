//! A row of the list in words.

use time::Date;
use uuid::Uuid;

use super::filters;
use super::rows::{Row, Submissions};
use crate::domain::clock::{Moment, date_in_words, days_between};
use crate::domain::lifecycle::{DepartmentReviewStatus, Tag};
use crate::domain::role::{Department, Side};
use crate::questions::Rounds;
use crate::submissions::head::turn_in_words;
use crate::web::cell::Cell;
use crate::web::list::{ListQuery, from_today, of_department, programs_in_words};

/// A row as the template draws it.
#[derive(Debug)]
pub struct ListRow {
    pub id: Uuid,
    /// The address of the submission is made of it.
    pub key: String,
    pub name: String,
    pub state_name: String,
    pub kind: &'static str,
    pub action: &'static str,
    pub submission_type: &'static str,
    pub programs: String,
    pub population: &'static str,
    pub status: Tag,
    /// The same as stored.
    pub stored: &'static str,
    pub turn: String,
    /// "2 open, 1 answered", and the numbers of it.
    pub questions: String,
    rounds: Rounds,
    pub departments: Vec<DepartmentWork>,
    /// "DMCO: Sam Lee"
    pub primaries: Vec<String>,
    /// "3, editing 4", and of it what was sent.
    pub version: String,
    sent_revision: Option<i32>,
    pub first_sent: Option<Moment>,
    pub last_sent: Option<Moment>,
    pub last_activity: Moment,
    pub effective: Option<Effective>,
    /// How many.
    pub rates: Option<i64>,
    pub dsnp: &'static str,
    pub execution: &'static str,
    pub mccrs_number: String,
}

/// What a department has done about a submission.
#[derive(Debug)]
pub struct DepartmentWork {
    pub department: Department,
    /// Its least advanced review.
    pub tag: Tag,
    /// The part of the history that tells how it came to that: a department has one review of a contract, and of the
    /// rates perhaps many.
    pub explain: String,
    /// How many of its reviews are signed off on the current version, and how many there are.
    pub signed_off: usize,
    pub reviews: usize,
}

/// The first day of the contract, seen from today.
#[derive(Debug)]
pub struct Effective {
    pub date: Date,
    /// "04/21/2026"
    pub day: String,
    /// "in 41 days", and the number of it.
    pub words: String,
    days: i64,
}

impl ListRow {
    /// Puts a row in the words of a side.
    pub fn of(row: Row, side: Side, today: Date) -> Self {
        let chosen = &row.chosen;
        Self {
            id: row.id,
            key: row.key().to_string(),
            kind: row.kind.label(),
            action: filters::ACTION.label(chosen.contract_action.as_deref()),
            submission_type: filters::TYPE.label(row.submission_type.as_deref()),
            programs: programs_in_words(row.program_names.as_deref(), row.programs_retired.as_deref()),
            population: filters::POPULATION.label(chosen.population_covered.as_deref()),
            status: row.status.tag(side),
            stored: row.status.as_str(),
            turn: turn(&row, side),
            questions: rounds(&row).in_words().unwrap_or_default(),
            rounds: rounds(&row),
            departments: departments(&row),
            primaries: chosen.primaries.clone().unwrap_or_default(),
            version: version(row.sent_revision, chosen.draft_revision.filter(|_| side == Side::State)),
            sent_revision: row.sent_revision,
            first_sent: row.first_submitted_at.map(Moment),
            last_sent: row.last_submitted_at.map(Moment),
            last_activity: Moment(row.last_activity_at),
            effective: row.effective_from.map(|date| Effective::of(date, today)),
            rates: chosen.rates,
            dsnp: match chosen.dsnp_contract.as_deref() {
                Some("true") => "Yes",
                Some("false") => "No",
                _ => "",
            },
            execution: filters::EXECUTION.label(chosen.contract_execution_status.as_deref()),
            mccrs_number: chosen.mccrs_number.clone().unwrap_or_default(),
            state_name: row.state_name,
            name: row.name,
        }
    }

    /// The same as cells of a file, of the columns shown: one thing in each, and what can be counted with as a number.
    pub fn cells(self, query: &ListQuery<Submissions>) -> Vec<Cell> {
        let days = self.effective.as_ref().map(|start| start.days);
        let departments = self.department_cells().map(|cell| ("departments", cell));
        let primaries =
            Department::ALL.map(|department| ("primaries", of_department(&self.primaries, department).into()));
        let columns: [(&str, Cell); 12] = [
            ("submission", self.key.into()),
            ("submission", self.name.into()),
            ("state", self.state_name.into()),
            ("kind", self.kind.into()),
            ("action", self.action.into()),
            ("type", self.submission_type.into()),
            ("programs", self.programs.into()),
            ("population", self.population.into()),
            ("status", self.status.label.into()),
            ("turn", self.turn.into()),
            ("questions", self.rounds.open.into()),
            ("questions", self.rounds.answered.into()),
        ];
        let after: [(&str, Cell); 10] = [
            ("version", self.sent_revision.into()),
            ("first-sent", self.first_sent.into()),
            ("last-sent", self.last_sent.into()),
            ("last-activity", self.last_activity.into()),
            ("effective", self.effective.map(|start| start.day).into()),
            ("days", days.into()),
            ("rates", self.rates.into()),
            ("dsnp", self.dsnp.into()),
            ("execution", self.execution.into()),
            ("mccrs", self.mccrs_number.into()),
        ];
        let cells = columns.into_iter().chain(departments).chain(primaries).chain(after);
        cells.filter(|(column, _)| query.shows(column)).map(|(_, cell)| cell).collect()
    }

    /// Where the departments stand, in the order of the columns of a file; nothing for those that have nothing to review.
    fn department_cells(&self) -> [Cell; 9] {
        let [dmco, dmcp, oact] =
            Department::ALL.map(|department| self.departments.iter().find(|work| work.department == department));
        let status = |work: Option<&DepartmentWork>| Cell::from(work.map(|work| work.tag.label.as_ref()));
        let reviews = |work: Option<&DepartmentWork>| Cell::from(work.map(|work| work.reviews));
        let signed_off = |work: Option<&DepartmentWork>| Cell::from(work.map(|work| work.signed_off));
        [
            status(dmco),
            status(dmcp),
            status(oact),
            reviews(dmco),
            signed_off(dmco),
            reviews(dmcp),
            signed_off(dmcp),
            reviews(oact),
            signed_off(oact),
        ]
    }
}

impl Effective {
    fn of(date: Date, today: Date) -> Self {
        let days = days_between(today, date);
        Self { date, day: date_in_words(date), words: from_today(days), days }
    }
}

/// "3", and what a state is writing: "3, editing 4".
fn version(sent: Option<i32>, draft: Option<i32>) -> String {
    match (sent, draft) {
        (Some(sent), Some(draft)) => format!("{sent}, editing {draft}"),
        (None, Some(draft)) => format!("editing {draft}"),
        (sent, None) => sent.map_or_else(String::new, |sent| sent.to_string()),
    }
}

fn turn(row: &Row, side: Side) -> String {
    match side {
        Side::Cms => row.turn.label().to_owned(),
        Side::State => turn_in_words(side, row.turn, row.open_rounds, row.last_submitted_at.map(Moment)),
    }
}

fn rounds(row: &Row) -> Rounds {
    Rounds { open: row.open_rounds, answered: row.answered_rounds }
}

fn departments(row: &Row) -> Vec<DepartmentWork> {
    let cms = &row.cms;
    let reviews: Vec<(Department, DepartmentReviewStatus, Option<i32>, bool)> = cms
        .departments
        .iter()
        .flatten()
        .zip(cms.department_statuses.iter().flatten())
        .zip(cms.decided_revisions.iter().flatten())
        .zip(cms.decided_current.iter().flatten())
        .map(|(((department, status), revision), current)| (*department, *status, *revision, *current))
        .collect();
    let work = |department: Department| {
        let own = || reviews.iter().filter(move |review| review.0 == department);
        let (_, status, revision, _) = own().min_by_key(|(_, status, revision, _)| (*status, *revision))?;
        Some(DepartmentWork {
            department,
            tag: status.tag(row.status, *revision),
            explain: match department {
                Department::Dmco => format!("explain={}&review=DMCO", status.as_str()),
                Department::Dmcp | Department::Oact => "kind=reviews".to_owned(),
            },
            signed_off: own().filter(|review| review.1 == DepartmentReviewStatus::SignedOff && review.3).count(),
            reviews: own().count(),
        })
    };
    Department::ALL.into_iter().filter_map(work).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::{ContractReviewStatus, Obligations, SubmissionKind, Turn};
    use crate::submissions::list::rows::{ChosenColumns, CmsColumns};
    use time::macros::{date, datetime};

    fn row(status: ContractReviewStatus) -> Row {
        Row {
            id: Uuid::nil(),
            state_code: "MN".to_owned(),
            number: 5,
            state_name: "Minnesota".to_owned(),
            kind: SubmissionKind::HealthPlan,
            name: "MCR-MN-0005-PMAP-SNBC".to_owned(),
            status,
            effective_from: Some(date!(2026 - 04 - 21)),
            first_submitted_at: Some(datetime!(2026-01-05 15:00 UTC)),
            last_submitted_at: Some(datetime!(2026-03-11 03:30 UTC)),
            last_activity_at: datetime!(2026-03-12 15:00 UTC),
            turn: Turn::of(status, Obligations::default()),
            open_rounds: 0,
            answered_rounds: 0,
            program_names: Some(vec!["Plan 10".to_owned(), "Plan 9".to_owned()]),
            programs_retired: Some(vec![false, true]),
            submission_type: Some("CONTRACT_ONLY".to_owned()),
            sent_revision: Some(2),
            chosen: ChosenColumns::default(),
            cms: CmsColumns {
                departments: Some(vec![Department::Oact, Department::Dmco, Department::Oact]),
                department_statuses: Some(vec![
                    DepartmentReviewStatus::SignedOff,
                    DepartmentReviewStatus::SignedOff,
                    DepartmentReviewStatus::InReview,
                ]),
                decided_revisions: Some(vec![Some(1), Some(2), None]),
                decided_current: Some(vec![true, false, false]),
            },
            total: 1,
        }
    }

    fn drawn(status: ContractReviewStatus, side: Side) -> ListRow {
        ListRow::of(row(status), side, date!(2026 - 03 - 11))
    }

    #[test]
    fn a_department_shows_its_least_advanced_review_and_counts_what_is_signed_off_on_the_current_version() {
        let shown = drawn(ContractReviewStatus::Resubmitted, Side::Cms).departments;
        let words: Vec<_> = shown
            .iter()
            .map(|work| (work.department.short_name(), work.tag.label.as_ref(), work.signed_off, work.reviews))
            .collect();
        assert_eq!(words, [("DMCO", "Signed off on version 2", 0, 1), ("OACT", "In review", 1, 2)]);
    }

    #[test]
    fn programs_stand_in_natural_order_and_retired_ones_say_so() {
        assert_eq!(drawn(ContractReviewStatus::Submitted, Side::State).programs, "Plan 9 (retired), Plan 10");
    }

    #[test]
    fn each_side_reads_whose_turn_it_is_in_its_own_words() {
        let turns = |side| {
            [ContractReviewStatus::Unlocked, ContractReviewStatus::Resubmitted, ContractReviewStatus::Approved]
                .map(|status| drawn(status, side).turn)
        };
        assert_eq!(turns(Side::State), ["With you", "With CMS since 03/10/2026", "Nobody"]);
        assert_eq!(turns(Side::Cms), ["State", "CMS", "Nobody"]);
    }

    #[test]
    fn days_to_the_effective_date_are_words_in_both_directions() {
        assert_eq!(drawn(ContractReviewStatus::Submitted, Side::Cms).effective.unwrap().words, "in 41 days");
        let words = [0, 1, -1, -12].map(from_today);
        assert_eq!(words, ["starts today", "in 1 day", "started 1 day ago", "started 12 days ago"]);
    }
}
