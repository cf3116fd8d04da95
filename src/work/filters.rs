//! The filters of the page: values of one are any of them, different ones hold together.

use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::reason::Step;
use crate::domain::id::AccountId;
use crate::domain::lifecycle::ContractReviewStatus;
use crate::reviews::push_programs;
use crate::web::list::values::{add, without};
use crate::web::list::{Chip, Offer, StateName};
use crate::web::tabs::Filtering;

/// What somebody is on a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its primary reviewer.
    Primary,
    /// Its secondary reviewer.
    Secondary,
    /// Neither.
    None,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 3] = [Self::Primary, Self::Secondary, Self::None];

    /// As statements and addresses have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::None => "none",
        }
    }

    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Primary => "Primary",
            Self::Secondary => "Secondary",
            Self::None => "Neither",
        }
    }
}

/// A program, as the filter offers it.
#[derive(Clone, Debug)]
pub struct ProgramChoice {
    /// Its key.
    pub id: Uuid,
    /// State and name: "MN: PMAP".
    pub label: String,
}

/// What the filters offer.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// The states, in order of their names.
    pub states: Vec<StateName>,
    /// The programs, by state and name.
    pub programs: Vec<ProgramChoice>,
}

impl Choices {
    /// Reads what there is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(conn: &mut PgConnection) -> sqlx::Result<Self> {
        let states = sqlx::query_as!(StateName, "select code, name from state order by name").fetch_all(&mut *conn);
        let states = states.await?;
        let programs = sqlx::query_as!(
            ProgramChoice,
            r#"select id, state_code || ': ' || name as "label!" from program order by state_code, lower(name)"#,
        );
        Ok(Self { states, programs: programs.fetch_all(conn).await? })
    }

    #[cfg(test)]
    pub fn of(states: &[(&str, &str)]) -> Self {
        let state = |(code, name): &(&str, &str)| StateName { code: (*code).to_owned(), name: (*name).to_owned() };
        Self { states: states.iter().map(state).collect(), programs: Vec::new() }
    }
}

/// The filters in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Codes of states, in order.
    pub states: Vec<String>,
    /// Keys of programs.
    pub programs: Vec<Uuid>,
    /// Statuses of the package.
    pub statuses: Vec<ContractReviewStatus>,
    /// What the person is on the review.
    pub parts: Vec<Part>,
    /// Next steps.
    pub steps: Vec<Step>,
    /// Only states that the person follows.
    pub follows: bool,
}

impl Filtering for Filters {
    type Choices = Choices;

    fn add(&mut self, name: &str, value: &str, choices: &Choices, unknown: &mut Vec<String>) {
        let what = match name {
            "step" => "next step",
            "state" | "program" | "status" | "part" | "follows" => name,
            _ => return unknown.push(format!("filter “{name}”")),
        };
        for item in value.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            if !self.add_one(name, item, choices) {
                unknown.push(format!("{what} “{item}”"));
            }
        }
    }

    fn settle(&mut self) {
        self.states.sort();
        self.programs.sort();
        self.statuses.sort();
        self.parts.sort_by_key(|part| *part as u8);
        self.steps.sort_by_key(|step| *step as u8);
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let joined = |words: Vec<String>| words.join(",");
        let all = [
            ("state", joined(self.states.clone())),
            ("program", joined(self.programs.iter().map(Uuid::to_string).collect())),
            ("status", joined(self.statuses.iter().map(|status| status.as_str().to_owned()).collect())),
            ("part", joined(self.parts.iter().map(|part| part.as_str().to_owned()).collect())),
            ("step", joined(self.steps.iter().map(|step| step.as_str().to_owned()).collect())),
            ("follows", if self.follows { "yes".to_owned() } else { String::new() }),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

impl Filters {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn add_one(&mut self, name: &str, item: &str, choices: &Choices) -> bool {
        match name {
            "state" => {
                add(&mut self.states, choices.states.iter().find(|state| state.code == item).map(|s| s.code.clone()))
            }
            "program" => {
                let known = |id: &Uuid| choices.programs.iter().any(|program| program.id == *id);
                add(&mut self.programs, item.parse().ok().filter(known))
            }
            "status" => {
                let sent = ContractReviewStatus::SENT.into_iter().find(|status| status.as_str() == item);
                add(&mut self.statuses, sent)
            }
            "part" => add(&mut self.parts, Part::ALL.into_iter().find(|part| part.as_str() == item)),
            "step" => add(&mut self.steps, Step::from_stored(item)),
            _ => {
                self.follows |= item == "yes";
                item == "yes"
            }
        }
    }

    /// Each value in words, and the filters without it.
    fn each(&self, choices: &Choices) -> Vec<(String, Self)> {
        let mut each = Vec::new();
        for code in &self.states {
            let name = choices.states.iter().find(|state| state.code == *code).map_or(code, |state| &state.name);
            let states = without(&self.states, code);
            each.push((format!("State: {name}"), Self { states, ..self.clone() }));
        }
        for id in &self.programs {
            let label = choices.programs.iter().find(|program| program.id == *id).map_or("", |program| &program.label);
            let programs = without(&self.programs, id);
            each.push((format!("Program: {label}"), Self { programs, ..self.clone() }));
        }
        for status in &self.statuses {
            let statuses = without(&self.statuses, status);
            each.push((format!("Status: {}", status.label()), Self { statuses, ..self.clone() }));
        }
        for part in &self.parts {
            let parts = without(&self.parts, part);
            each.push((format!("My part: {}", part.label()), Self { parts, ..self.clone() }));
        }
        for step in &self.steps {
            let steps = without(&self.steps, step);
            each.push((format!("Next step: {}", step.label()), Self { steps, ..self.clone() }));
        }
        if self.follows {
            each.push(("States I follow".to_owned(), Self { follows: false, ..self.clone() }));
        }
        each
    }

    /// Adds the conditions on rows of `review_standing`, or what has its columns, as `me` reads them; `step` says what is to
    /// be done next with one.
    pub fn push(&self, sql: &mut QueryBuilder<Postgres>, me: AccountId, step: &str) {
        if !self.states.is_empty() {
            sql.push(" and state_code = any(").push_bind(self.states.clone()).push(")");
        }
        if !self.programs.is_empty() {
            push_programs(sql, &self.programs);
        }
        if !self.statuses.is_empty() {
            sql.push(" and package_status = any(").push_bind(self.statuses.clone()).push(")");
        }
        if !self.parts.is_empty() {
            let parts: Vec<String> = self.parts.iter().map(|part| part.as_str().to_owned()).collect();
            sql.push(" and case ").push_bind(me);
            sql.push(" when primary_reviewer_id then 'primary' when secondary_reviewer_id then 'secondary' else 'none' end = any(");
            sql.push_bind(parts).push(")");
        }
        if !self.steps.is_empty() {
            let steps: Vec<String> = self.steps.iter().map(|step| step.as_str().to_owned()).collect();
            sql.push(format_args!(" and {step} = any(")).push_bind(steps).push(")");
        }
        if self.follows {
            sql.push(" and state_code in (select state_code from state_assignment where account_id = ")
                .push_bind(me)
                .push(")");
        }
    }

    /// The filters in force, each with the address without it.
    pub fn chips(&self, choices: &Choices, href: impl Fn(Self) -> String) -> Vec<Chip> {
        let chip = |(label, filters): (String, Self)| Chip { label, without: href(filters) };
        self.each(choices).into_iter().map(chip).collect()
    }
}

/// The choices of the filter form.
#[derive(Debug)]
pub struct Offers {
    /// Statuses of the package.
    pub statuses: Vec<Offer>,
    /// Next steps.
    pub steps: Vec<Offer>,
    /// Parts on the review.
    pub parts: Vec<Offer>,
    /// States.
    pub states: Vec<Offer>,
    /// Programs.
    pub programs: Vec<Offer>,
    /// Whether only states that the person follows are shown.
    pub follows: bool,
}

impl Offers {
    /// What is offered, with what is in force.
    pub fn of(filters: &Filters, choices: &Choices) -> Self {
        let offer =
            |value: &str, label: &str, chosen| Offer { value: value.to_owned(), label: label.to_owned(), chosen };
        let status =
            |status: ContractReviewStatus| offer(status.as_str(), status.label(), filters.statuses.contains(&status));
        let program = |program: &ProgramChoice| {
            offer(&program.id.to_string(), &program.label, filters.programs.contains(&program.id))
        };
        Self {
            statuses: ContractReviewStatus::SENT.into_iter().map(status).collect(),
            steps: Step::ALL.map(|step| offer(step.as_str(), step.label(), filters.steps.contains(&step))).into(),
            parts: Part::ALL.map(|part| offer(part.as_str(), part.label(), filters.parts.contains(&part))).into(),
            states: choices.states.iter().map(|s| offer(&s.code, &s.name, filters.states.contains(&s.code))).collect(),
            programs: choices.programs.iter().map(program).collect(),
            follows: filters.follows,
        }
    }
}
