//! What an administrator records on somebody's behalf: who did it, on which day, and why it stands here so late.

use sqlx::PgConnection;
use time::Date;

use super::exchange::Recorded;
use crate::domain::clock::date_in_words;
use crate::domain::forms::parse_date;
use crate::domain::id::AccountId;
use crate::domain::role::Department;
use crate::domain::text::Text;
use crate::web::Result;
use crate::web::form::FormState;

/// Somebody for whom something can be recorded.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: AccountId,
    pub(super) name: String,
    /// The department that they work for; none of people of a state.
    pub(super) department: Option<Department>,
}

/// For whom a form can record, and since which day.
#[derive(Clone, Debug)]
pub(super) struct Recording {
    pub(super) people: Vec<Person>,
    /// The first day that is possible.
    pub(super) first: Option<Date>,
}

/// What was recorded, read from a form.
#[derive(Clone, Debug)]
pub(super) struct Behalf {
    pub(super) who: Person,
    day: Date,
    reason: String,
}

impl Behalf {
    pub(super) fn recorded(&self) -> Recorded<'_> {
        Recorded { who: (self.who.id, &self.who.name), day: self.day, reason: &self.reason }
    }
}

/// A choice of the select.
#[derive(Debug)]
pub(super) struct Offered {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) disabled: bool,
}

impl Recording {
    /// For people who work the reviews of one of these departments.
    pub(super) async fn of_departments(conn: &mut PgConnection, departments: &[Department]) -> Result<Self> {
        let rows = sqlx::query!(
            r#"select id as "id: AccountId", given_name || ' ' || family_name as "name!", department as "department: Department"
                 from account
                where active and role in ('cms_reviewer', 'cms_approver') and department = any($1)
                order by department, family_name, given_name"#,
            departments as _,
        )
        .fetch_all(conn)
        .await?;
        let people = rows.into_iter().map(|row| Person { id: row.id, name: row.name, department: row.department });
        Ok(Self { people: people.collect(), first: None })
    }

    /// For people of a state, not before this day.
    pub(super) async fn of_state(conn: &mut PgConnection, state_code: &str, first: Date) -> Result<Self> {
        let rows = sqlx::query!(
            r#"select id as "id: AccountId", given_name || ' ' || family_name as "name!"
                 from account where active and role = 'state_user' and state_code = $1 order by family_name, given_name"#,
            state_code,
        )
        .fetch_all(conn)
        .await?;
        let people = rows.into_iter().map(|row| Person { id: row.id, name: row.name, department: None });
        Ok(Self { people: people.collect(), first: Some(first) })
    }

    /// The choices of the select.
    pub(super) fn offered(&self) -> Vec<Offered> {
        let label = |person: &Person| match person.department {
            Some(department) => format!("{}, {}", person.name, department.short_name()),
            None => person.name.clone(),
        };
        self.people
            .iter()
            .map(|person| Offered { value: person.id.to_string(), label: label(person), disabled: false })
            .collect()
    }

    /// Reads who, when and why; what is wrong is noted in `state`.
    pub(super) fn read(&self, state: &mut FormState, today: Date) -> Option<Behalf> {
        let chosen: Option<AccountId> = state.value("for").parse().ok();
        let who = self.people.iter().find(|person| Some(person.id) == chosen).cloned();
        if who.is_none() {
            state.refuse("for", "Choose for whom you record this.");
        }
        let day = match parse_date(state.value("day").trim()) {
            None => Err("Enter the day on which it happened as MM/DD/YYYY.".to_owned()),
            Some(day) if day > today => Err("Enter a day that is not in the future.".to_owned()),
            Some(day) => match self.first.filter(|first| day < *first) {
                Some(first) => {
                    Err(format!("Enter a day that is not before {}, the day of the question.", date_in_words(first)))
                }
                None => Ok(day),
            },
        };
        let reason = Text::REASON.required("Say why you record this for somebody else.").read(state.value("reason"));
        let day = day.map_err(|sentence| state.refuse("day", sentence)).ok();
        let reason = reason.map_err(|sentence| state.refuse("reason", sentence)).ok().flatten();
        Some(Behalf { who: who?, day: day?, reason: reason? })
    }
}
