//! What a person can ask a list for beyond what is fixed: states, programs, reviewers, and the columns and the view that
//! they chose before.

use sqlx::PgConnection;

use super::List;
use crate::domain::forms::Choice;
use crate::domain::id::SavedViewId;
use crate::domain::permission::Person;
use crate::domain::role::Side;

/// A state, as the filter offers it; a list of them is in order of names.
#[derive(Clone, Debug)]
pub struct StateName {
    /// Two capital letters.
    pub code: String,
    /// The name.
    pub name: String,
}

/// A value with its words.
#[derive(Clone, Debug)]
pub struct Named {
    /// As addresses have it.
    pub value: String,
    /// In words.
    pub label: String,
}

impl From<&Choice> for Named {
    fn from(choice: &Choice) -> Self {
        Self { value: choice.value.to_owned(), label: choice.label.to_owned() }
    }
}

/// What can be asked for.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// The states, in order of their names; none for a state user.
    pub states: Vec<StateName>,
    /// The programs by state and name; for a state user those of the state.
    pub programs: Vec<Named>,
    /// Who reviews, by department and name; nobody for a state user.
    pub reviewers: Vec<Named>,
    /// The columns that the person chose for this list.
    pub columns: Option<Vec<String>>,
    /// The view that is asked for by its key, or else the one with which this list opens for the person.
    pub view: Option<OpensWith>,
}

/// A saved view that a list is opened with.
#[derive(Clone, Debug)]
pub struct OpensWith {
    /// Its key.
    pub id: SavedViewId,
    /// Its name.
    pub name: String,
    /// The query that it keeps.
    pub query: String,
}

impl Choices {
    /// Reads them for a list, which may be asked for with a view.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read<L: List>(
        conn: &mut PgConnection,
        person: &Person,
        view: Option<SavedViewId>,
    ) -> sqlx::Result<Self> {
        let rows = sqlx::query!(
            r#"select 'state' as "kind!", code as "value!", name as "label!", name as place
                 from state where $1::text is null
               union all
               select 'program', id::text, case when $1 is null then state_code || ': ' else '' end || name,
                      state_code || lower(name)
                 from program where $1 is null or state_code = $1
               union all
               select 'reviewer', id::text, department || ': ' || given_name || ' ' || family_name,
                      department || family_name || given_name
                 from account where $1 is null and active and department is not null
                order by place"#,
            person.state_code,
        )
        .fetch_all(&mut *conn)
        .await?;
        let departments = person.uses_views_of();
        let remembered = sqlx::query!(
            r#"select c.columns as "columns?", v.id as "view?: SavedViewId", v.name as "name?", v.query as "query?"
                 from (values ($1::uuid, $2::text)) as asked (account_id, list)
                 left join list_columns c using (account_id, list)
                 left join list_default d using (account_id, list)
                 left join saved_view v
                   on v.id = coalesce($4, d.view_id) and v.list = asked.list
                  and not v.removed and (v.account_id = $1 or v.department = any($3))"#,
            person.id as _,
            L::NAME,
            &departments as _,
            view as _,
        )
        .fetch_one(conn)
        .await?;
        let mut choices = Self::default();
        for row in rows {
            match row.kind.as_str() {
                "state" => choices.states.push(StateName { code: row.value, name: row.label }),
                "program" => choices.programs.push(Named { value: row.value, label: row.label }),
                _ => choices.reviewers.push(Named { value: row.value, label: row.label }),
            }
        }
        choices.columns = remembered.columns;
        if let (Some(id), Some(name), Some(query)) = (remembered.view, remembered.name, remembered.query) {
            choices.view = Some(OpensWith { id, name, query });
        }
        Ok(choices)
    }

    /// The columns that are shown when an address names none.
    pub(super) fn usual_columns<L: List>(&self, side: Side) -> Vec<&'static str> {
        match &self.columns {
            Some(names) => super::column::chosen::<L>(side, names.iter().map(String::as_str)).0,
            None => super::column::usual::<L>(side),
        }
    }
}
