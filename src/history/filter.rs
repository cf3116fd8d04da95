//! Part of a history: what kinds of things, by whom.

use std::collections::HashSet;

use sqlx::PgConnection;

use super::author::{Author, CMS};
use super::timeline::Reader;
use crate::domain::event::{Audience, Group, Kind};
use crate::domain::role::{Department, Role, Side};

/// What of a history is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Things of these groups; none: of all.
    pub groups: Vec<Group>,
    /// What was done by this [`Somebody`], by their value; none: by all.
    pub by: Option<String>,
}

impl Filter {
    /// The kinds of things that are read; none: all.
    pub(super) fn kinds(&self) -> Option<Vec<Kind>> {
        let kinds = Kind::ALL.iter().map(|(kind, ..)| *kind);
        let chosen = |kind: &Kind| kind.group().is_some_and(|group| self.groups.contains(&group));
        (!self.groups.is_empty()).then(|| kinds.filter(chosen).collect())
    }
}

/// Somebody who did something in a history, as its reader may know of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Somebody {
    /// What stands for them in addresses.
    pub value: String,
    /// Name and place.
    pub label: String,
}

/// Everybody who did something in a history, by name.
///
/// # Errors
/// When the database fails.
pub async fn people(conn: &mut PgConnection, reader: &Reader<'_>) -> sqlx::Result<Vec<Somebody>> {
    let [both, own] = Audience::read_by(reader.side);
    let rows = sqlx::query!(
        r#"select history_actor(e, $4) as "value!", e.actor_name, e.actor_role as "actor_role: Role",
                  e.actor_department as "actor_department: Department",
                  (select name from state where code = e.actor_state) as state_name
             from history_story($1) story join event e using (subject_id)
            where history_holds(e, $1, story.own, story.since, story.sent_here) and e.audience in ($2, $3)
            group by 1, 2, 3, 4, 5 order by max(e.seq) desc"#,
        reader.subject_id,
        both as _,
        own as _,
        reader.side == Side::State,
    )
    .fetch_all(conn)
    .await?;
    // Who changed name or place since is offered as they were last.
    let mut seen = HashSet::new();
    let newest = rows.into_iter().filter(|row| seen.insert(row.value.clone()));
    let mut people: Vec<Somebody> = newest
        .map(|row| {
            let author = Author {
                name: row.actor_name,
                role: row.actor_role,
                department: row.actor_department,
                state_name: row.state_name,
            };
            // Whoever stands for all of CMS has no name, whatever that of the newest of them is.
            let label = if row.value == "cms" { CMS.to_owned() } else { author.seen_by(reader.side) };
            Somebody { value: row.value, label }
        })
        .collect();
    people.sort_by(|one, other| one.label.cmp(&other.label));
    Ok(people)
}
