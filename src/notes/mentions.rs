//! The people of CMS who can be named in a note, and finding them in its text: `@Owen Park`.

use std::collections::HashMap;

use sqlx::PgConnection;

use crate::domain::id::AccountId;
use crate::domain::permission::Person;
use crate::domain::role::{Department, Role, Side};
use crate::domain::text::comparison_key;
use crate::history::Author;

/// Somebody who can be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Their account.
    pub id: AccountId,
    /// What follows the `@`: the name, with the email address where somebody else has the same.
    pub name: String,
    /// Name and place: `Owen Park, DMCP reviewer`.
    pub label: String,
}

/// Everybody of CMS who is active, the person who asks aside, by name.
///
/// # Errors
/// When the database fails.
pub async fn colleagues(conn: &mut PgConnection, person: &Person) -> sqlx::Result<Vec<Colleague>> {
    let rows = sqlx::query!(
        r#"select id as "id: AccountId", given_name || ' ' || family_name as "name!", email, role as "role: Role",
                  department as "department: Department"
             from account where active and role <> 'state_user' and id <> $1 order by family_name, given_name, email"#,
        person.id as _,
    )
    .fetch_all(conn)
    .await?;
    let mut times: HashMap<String, usize> = HashMap::new();
    for row in &rows {
        *times.entry(comparison_key(&row.name)).or_default() += 1;
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let alone = times.get(&comparison_key(&row.name)) == Some(&1);
            let name = if alone { row.name.clone() } else { format!("{} ({})", row.name, row.email) };
            let author =
                Author { name: name.clone(), role: Some(row.role), department: row.department, state_name: None };
            Colleague { id: row.id, name, label: author.seen_by(Side::Cms) }
        })
        .collect())
}

/// How many characters a name has at most, with an email address behind it.
const LONGEST_NAME: usize = 500;

/// The people who are named in a text, each once, in the order in which they first are.
pub(super) fn named(text: &str, people: &[Colleague]) -> Vec<AccountId> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let (before, after) = (&text[..at], &text[at + 1..]);
        if before.ends_with(char::is_alphanumeric) {
            continue;
        }
        let after = comparison_key(&after.chars().take(LONGEST_NAME).collect::<String>());
        let fitting = people.iter().filter(|person| begins_with(&after, &comparison_key(&person.name)));
        if let Some(person) = fitting.max_by_key(|person| person.name.len())
            && !found.contains(&person.id)
        {
            found.push(person.id);
        }
    }
    found
}

/// Whether a text begins with a name, whole; both as they are compared.
fn begins_with(text: &str, name: &str) -> bool {
    text.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<Colleague> {
        ["Owen Park", "Owen Parker", "Zoë Ünal", "Kim Ode (kim@a.gov)", "Kim Ode (kim@b.gov)"]
            .iter()
            .enumerate()
            .map(|(number, name)| Colleague {
                id: AccountId(uuid::Uuid::from_u128(number as u128)),
                name: (*name).to_owned(),
                label: String::new(),
            })
            .collect()
    }

    fn places(text: &str) -> Vec<u128> {
        named(text, &people()).iter().map(|id| id.0.as_u128()).collect()
    }

    #[test]
    fn people_are_found_by_their_whole_name() {
        assert_eq!(places("@Owen Park, please look."), [0]);
        assert_eq!(places("For @Owen Parker and (@owen park)"), [1, 0]);
        assert_eq!(places("@Zoë Ünal\n@ZOË ÜNAL"), [2]);
        assert_eq!(places("@Zoe\u{308} U\u{308}nal, @Owen\u{a0}Park\u{200b}"), [2, 0]);
        assert_eq!(places("@Kim Ode (kim@b.gov): see above"), [4]);
    }

    #[test]
    fn nobody_is_found_where_nobody_is_named() {
        for text in ["Owen Park", "@ Owen Park", "@Owen", "@Owen Parks", "owen@Owen Park", "@", "@Kim Ode", ""] {
            assert_eq!(places(text), [0; 0], "{text}");
        }
    }
}
