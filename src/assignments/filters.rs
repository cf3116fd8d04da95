//! The filters of the page: values of one are any of them, different ones hold together.

use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::Reach;
use super::choices::{Choices, Sought};
use crate::domain::id::AccountId;
use crate::domain::key::{Key, RateKey, SubmissionKey};
use crate::domain::lifecycle::DepartmentReviewStatus;
use crate::domain::role::Department;
use crate::reviews::push_programs;
use crate::web::list::Chip;
use crate::web::list::values::{add, without};
use crate::web::tabs::Filtering;

/// A department, as addresses name it.
pub fn department_named(text: &str) -> Option<Department> {
    Department::ALL.into_iter().find(|department| department.short_name() == text)
}

/// The filters in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Whose reviews.
    pub departments: Vec<Department>,
    /// Codes of states, in order.
    pub states: Vec<String>,
    /// Keys of programs.
    pub programs: Vec<Uuid>,
    /// Statuses of the review.
    pub statuses: Vec<DepartmentReviewStatus>,
    /// Who is its primary reviewer.
    pub primary: Vec<Sought>,
    /// Who is its secondary reviewer.
    pub secondary: Vec<Sought>,
    /// Who is on it as either.
    pub reviewer: Vec<Sought>,
    /// Who decided last.
    pub decided_by: Vec<AccountId>,
    /// Only those of these submissions, and of the rates that belong to them.
    pub submissions: Vec<SubmissionKey>,
    /// Only those of these rates.
    pub rates: Vec<RateKey>,
}

/// What each is called in addresses.
const NAMES: [&str; 10] = [
    "department",
    "state",
    "program",
    "status",
    "primary",
    "secondary",
    "reviewer",
    "decided_by",
    "submission",
    "rate",
];
/// Those that the form does not offer, and keeps.
const KEPT: [&str; 3] = ["decided_by", "submission", "rate"];

impl Filtering for Filters {
    type Choices = Choices;

    fn add(&mut self, name: &str, value: &str, choices: &Choices, unknown: &mut Vec<String>) {
        if !NAMES.contains(&name) {
            return unknown.push(format!("filter “{name}”"));
        }
        for item in value.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            if !self.add_one(name, item, choices) {
                unknown.push(format!("{name} “{item}”"));
            }
        }
    }

    fn settle(&mut self) {
        self.departments.sort();
        self.states.sort();
        self.programs.sort();
        self.statuses.sort_by_key(|status| *status as u8);
        for people in [&mut self.primary, &mut self.secondary, &mut self.reviewer] {
            people.sort();
        }
        self.decided_by.sort();
        self.submissions.sort();
        self.rates.sort();
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let joined = |words: Vec<String>| words.join(",");
        let people = |people: &[Sought]| people.iter().map(|sought| sought.value()).collect();
        let all = [
            joined(self.departments.iter().map(|one| one.short_name().to_owned()).collect()),
            joined(self.states.clone()),
            joined(self.programs.iter().map(Uuid::to_string).collect()),
            joined(self.statuses.iter().map(|status| status.as_str().to_owned()).collect()),
            joined(people(&self.primary)),
            joined(people(&self.secondary)),
            joined(people(&self.reviewer)),
            joined(self.decided_by.iter().map(AccountId::to_string).collect()),
            joined(self.submissions.iter().map(SubmissionKey::to_string).collect()),
            joined(self.rates.iter().map(RateKey::to_string).collect()),
        ];
        NAMES.into_iter().zip(all).filter(|(_, value)| !value.is_empty()).collect()
    }
}

impl Filters {
    fn add_one(&mut self, name: &str, item: &str, choices: &Choices) -> bool {
        match name {
            "department" => add(&mut self.departments, department_named(item)),
            "state" => {
                add(&mut self.states, choices.states.iter().find(|state| state.code == item).map(|s| s.code.clone()))
            }
            "program" => {
                let known = |id: &Uuid| choices.programs.iter().any(|program| program.id == *id);
                add(&mut self.programs, item.parse().ok().filter(known))
            }
            "status" => add(&mut self.statuses, DepartmentReviewStatus::from_stored(item)),
            "primary" => add(&mut self.primary, choices.sought(item)),
            "secondary" => add(&mut self.secondary, choices.sought(item)),
            "reviewer" => add(&mut self.reviewer, choices.sought(item)),
            "decided_by" => add(&mut self.decided_by, choices.person(item)),
            "submission" => add(&mut self.submissions, item.parse().ok()),
            _ => add(&mut self.rates, item.parse().ok()),
        }
    }

    /// What the form of the filters keeps without offering it.
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        self.pairs().into_iter().filter(|(name, _)| KEPT.contains(name)).collect()
    }

    /// Whether nothing but departments is filtered by.
    pub fn of_departments_alone(&self) -> bool {
        *self == Self { departments: self.departments.clone(), ..Self::default() }
    }

    /// Those that the workload has too.
    #[must_use]
    pub fn of_the_workload(&self) -> Self {
        Self {
            departments: self.departments.clone(),
            states: self.states.clone(),
            programs: self.programs.clone(),
            ..Self::default()
        }
    }

    /// Each value in words, and the filters without it.
    fn each(&self, choices: &Choices) -> Vec<(String, Self)> {
        let mut each = Vec::new();
        for one in &self.departments {
            let departments = without(&self.departments, one);
            each.push((format!("Department: {}", one.short_name()), Self { departments, ..self.clone() }));
        }
        for code in &self.states {
            let name = choices.states.iter().find(|state| state.code == *code).map_or(code, |state| &state.name);
            each.push((format!("State: {name}"), Self { states: without(&self.states, code), ..self.clone() }));
        }
        for id in &self.programs {
            let label = choices.programs.iter().find(|program| program.id == *id).map_or("", |program| &program.label);
            each.push((format!("Program: {label}"), Self { programs: without(&self.programs, id), ..self.clone() }));
        }
        for one in &self.statuses {
            let statuses = without(&self.statuses, one);
            each.push((format!("Status: {}", one.label()), Self { statuses, ..self.clone() }));
        }
        for one in &self.primary {
            let primary = without(&self.primary, one);
            each.push((format!("Primary: {}", choices.in_words(*one)), Self { primary, ..self.clone() }));
        }
        for one in &self.secondary {
            let secondary = without(&self.secondary, one);
            each.push((format!("Secondary: {}", choices.in_words(*one)), Self { secondary, ..self.clone() }));
        }
        for one in &self.reviewer {
            let reviewer = without(&self.reviewer, one);
            each.push((format!("Primary or secondary: {}", choices.in_words(*one)), Self { reviewer, ..self.clone() }));
        }
        for one in &self.decided_by {
            let decided_by = without(&self.decided_by, one);
            each.push((format!("Decided by: {}", choices.name_of(*one)), Self { decided_by, ..self.clone() }));
        }
        if let Some(words) = keys_in_words("Submission", &self.submissions) {
            each.push((words, Self { submissions: Vec::new(), ..self.clone() }));
        }
        if let Some(words) = keys_in_words("Rate", &self.rates) {
            each.push((words, Self { rates: Vec::new(), ..self.clone() }));
        }
        each
    }

    /// The filters in force, each with the address without it.
    pub fn chips(&self, choices: &Choices, href: impl Fn(Self) -> String) -> Vec<Chip> {
        let chip = |(label, filters): (String, Self)| Chip { label, without: href(filters) };
        self.each(choices).into_iter().map(chip).collect()
    }

    /// Those departments that are looked at: the ones filtered by, or all of `reach`.
    pub(super) fn departments_within<'a>(&'a self, reach: &'a Reach) -> &'a [Department] {
        if self.departments.is_empty() { &reach.departments } else { &self.departments }
    }

    /// Adds the conditions on rows of `review_standing`, as further ones; the departments are those of `reach` at most.
    pub(super) fn push(&self, sql: &mut QueryBuilder<Postgres>, reach: &Reach) {
        sql.push(" and department = any(").push_bind(self.departments_within(reach).to_vec()).push(")");
        if !self.states.is_empty() {
            sql.push(" and state_code = any(").push_bind(self.states.clone()).push(")");
        }
        if !self.programs.is_empty() {
            push_programs(sql, &self.programs);
        }
        if !self.statuses.is_empty() {
            sql.push(" and status = any(").push_bind(self.statuses.clone()).push(")");
        }
        push_sought(sql, &self.primary, &["primary_reviewer_id"]);
        push_sought(sql, &self.secondary, &["secondary_reviewer_id"]);
        push_sought(sql, &self.reviewer, &["primary_reviewer_id", "secondary_reviewer_id"]);
        if !self.decided_by.is_empty() {
            sql.push(" and decided_by = any(").push_bind(ids(&self.decided_by)).push(")");
        }
        if !self.submissions.is_empty() {
            sql.push(" and package_id in (select id from contract_review where (state_code, number) in ");
            push_keys(sql, &self.submissions);
            sql.push(")");
        }
        if !self.rates.is_empty() {
            sql.push(" and is_rate and (state_code, number) in ");
            push_keys(sql, &self.rates);
        }
    }
}

/// The keys as a table of two columns.
fn push_keys<K: Key>(sql: &mut QueryBuilder<Postgres>, keys: &[K]) {
    let (states, numbers): (Vec<String>, Vec<i32>) =
        keys.iter().map(|key| (key.state_code().to_owned(), key.number())).unzip();
    sql.push("(select * from unnest(").push_bind(states).push("::text[], ").push_bind(numbers).push("::int[]))");
}

/// A few by their keys, more by their number.
fn keys_in_words<K: Key>(thing: &str, keys: &[K]) -> Option<String> {
    const FEW: usize = 5;
    match keys.len() {
        0 => None,
        1..=FEW => Some(format!("{thing}: {}", keys.iter().map(K::to_string).collect::<Vec<_>>().join(", "))),
        number => Some(format!("{number} {}s that were ticked", thing.to_lowercase())),
    }
}

fn ids(accounts: &[AccountId]) -> Vec<Uuid> {
    accounts.iter().map(|account| account.0).collect()
}

/// That one of the columns holds somebody who is looked for, or that all are empty where nobody is.
fn push_sought(sql: &mut QueryBuilder<Postgres>, sought: &[Sought], columns: &[&str]) {
    if sought.is_empty() {
        return;
    }
    let people: Vec<Uuid> =
        sought.iter().filter_map(|one| if let Sought::Person(id) = one { Some(id.0) } else { None }).collect();
    let all = columns.join(", ");
    sql.push(" and (false");
    if sought.contains(&Sought::Nobody) {
        sql.push(format_args!(" or num_nonnulls({all}) = 0"));
    }
    if sought.contains(&Sought::Somebody) {
        sql.push(format_args!(" or num_nonnulls({all}) > 0"));
    }
    for column in columns.iter().filter(|_| !people.is_empty()) {
        sql.push(format_args!(" or {column} = any(")).push_bind(people.clone()).push(")");
    }
    sql.push(")");
}
