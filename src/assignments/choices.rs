//! What there is to filter by: states, programs and people, and as the form of the filters offers it.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Reach;
use super::filters::Filters;
use crate::domain::id::AccountId;
use crate::domain::lifecycle::DepartmentReviewStatus;
use crate::domain::role::Department;
use crate::web::list::{Offer, StateName};

/// Who is looked for in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sought {
    /// It is empty.
    Nobody,
    /// It is filled.
    Somebody,
    /// This person.
    Person(AccountId),
}

impl Sought {
    /// As addresses have it.
    pub fn value(self) -> String {
        match self {
            Self::Nobody => "nobody".to_owned(),
            Self::Somebody => "somebody".to_owned(),
            Self::Person(id) => id.to_string(),
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

/// Somebody who is, or was, on reviews.
#[derive(Clone, Debug)]
pub struct PersonChoice {
    /// Who.
    pub id: AccountId,
    /// Their name.
    pub name: String,
    /// The department that they work for now.
    pub department: Option<Department>,
    /// Whether they can be put on its reviews.
    pub active: bool,
}

/// What the filters offer.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// The states, in order of their names.
    pub states: Vec<StateName>,
    /// The programs, by state and name.
    pub programs: Vec<ProgramChoice>,
    /// The people of the departments, and others on their reviews, by name.
    pub people: Vec<PersonChoice>,
}

impl Choices {
    /// Reads what there is.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn read(conn: &mut PgConnection, reach: &Reach) -> sqlx::Result<Self> {
        let states = sqlx::query_as!(StateName, "select code, name from state order by name").fetch_all(&mut *conn);
        let states = states.await?;
        let programs = sqlx::query_as!(
            ProgramChoice,
            r#"select id, state_code || ': ' || name as "label!" from program order by state_code, lower(name)"#,
        );
        let programs = programs.fetch_all(&mut *conn).await?;
        let people = sqlx::query_as!(
            PersonChoice,
            r#"select a.id as "id: AccountId", a.given_name || ' ' || a.family_name as "name!",
                      a.department as "department: Department",
                      a.active and a.department is not null as "active!"
                 from account a
                where a.department = any($1)
                   or a.id in (select account_id from review_tally where department = any($1)
                                group by account_id having sum(reviews) > 0)
                order by a.family_name, a.given_name, a.id"#,
            &reach.departments as _,
        );
        Ok(Self { states, programs, people: people.fetch_all(conn).await? })
    }

    #[cfg(test)]
    pub fn of(states: &[(&str, &str)], people: &[(&str, &str)]) -> Self {
        let state = |(code, name): &(&str, &str)| StateName { code: (*code).to_owned(), name: (*name).to_owned() };
        let person = |(id, name): &(&str, &str)| PersonChoice {
            id: id.parse().expect("a key"),
            name: (*name).to_owned(),
            department: None,
            active: true,
        };
        Self {
            states: states.iter().map(state).collect(),
            programs: Vec::new(),
            people: people.iter().map(person).collect(),
        }
    }

    /// The person of this key.
    pub fn person(&self, item: &str) -> Option<AccountId> {
        let id: AccountId = item.parse().ok()?;
        self.people.iter().any(|person| person.id == id).then_some(id)
    }

    /// Whom this value of an address looks for.
    pub fn sought(&self, item: &str) -> Option<Sought> {
        match item {
            "nobody" => Some(Sought::Nobody),
            "somebody" => Some(Sought::Somebody),
            _ => self.person(item).map(Sought::Person),
        }
    }

    /// The name of somebody.
    pub fn name_of(&self, id: AccountId) -> &str {
        self.people.iter().find(|person| person.id == id).map_or("", |person| &person.name)
    }

    /// Whom is looked for, in words.
    pub fn in_words(&self, sought: Sought) -> &str {
        match sought {
            Sought::Nobody => "nobody",
            Sought::Somebody => "anybody",
            Sought::Person(id) => self.name_of(id),
        }
    }
}

/// The choices of the filter form.
#[derive(Debug)]
pub struct Offers {
    /// Departments; none where there is nothing to choose.
    pub departments: Vec<Offer>,
    /// Statuses of the review.
    pub statuses: Vec<Offer>,
    /// States.
    pub states: Vec<Offer>,
    /// Programs.
    pub programs: Vec<Offer>,
    /// Primary, secondary, either: name, words and choices.
    pub slots: [(&'static str, &'static str, Vec<Offer>); 3],
    /// What the form keeps without offering it.
    pub kept: Vec<(&'static str, String)>,
}

impl Offers {
    /// What is offered to somebody, with what is in force.
    pub fn of(filters: &Filters, choices: &Choices, reach: &Reach) -> Self {
        let offer =
            |value: &str, label: &str, chosen| Offer { value: value.to_owned(), label: label.to_owned(), chosen };
        let department =
            |one: &Department| offer(one.short_name(), one.short_name(), filters.departments.contains(one));
        let departments = reach.departments.iter().filter(|_| reach.departments.len() > 1);
        let program = |program: &ProgramChoice| {
            offer(&program.id.to_string(), &program.label, filters.programs.contains(&program.id))
        };
        let slot = |sought: &[Sought]| -> Vec<Offer> {
            let ends = [(Sought::Nobody, "Nobody"), (Sought::Somebody, "Anybody")];
            let people = choices.people.iter().map(|person| (Sought::Person(person.id), person.name.as_str()));
            let all = ends.into_iter().chain(people);
            all.map(|(one, label)| offer(&one.value(), label, sought.contains(&one))).collect()
        };
        let status =
            |status: DepartmentReviewStatus| offer(status.as_str(), status.label(), filters.statuses.contains(&status));
        Self {
            departments: departments.map(department).collect(),
            statuses: DepartmentReviewStatus::ALL.into_iter().map(status).collect(),
            states: choices.states.iter().map(|s| offer(&s.code, &s.name, filters.states.contains(&s.code))).collect(),
            programs: choices.programs.iter().map(program).collect(),
            slots: [
                ("primary", "Primary", slot(&filters.primary)),
                ("secondary", "Secondary", slot(&filters.secondary)),
                ("reviewer", "Primary or secondary", slot(&filters.reviewer)),
            ],
            kept: filters.kept(),
        }
    }
}
