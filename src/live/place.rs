//! What an open page listens to: a submission, a rate, a list or one's work; and who may.

use sqlx::PgConnection;
use uuid::Uuid;

use super::work::came_to_work;
use crate::domain::event::Audience;
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::permission::Person;
use crate::domain::role::Side;
use crate::history::{self, Reader};
use crate::web::{Error, Result};
use crate::{rates, submissions};

/// A page that can listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The page of a submission or of a rate, by the key of its row.
    Page(Uuid),
    /// The list of submissions.
    Submissions,
    /// The list of rates.
    Rates,
    /// The work of somebody of a department.
    Work,
}

/// A page that can listen, for somebody who may open it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Which.
    pub place: Place,
    /// The key of the submission or rate; empty of lists.
    pub key: String,
}

/// What a page that listens carries, as `live/region.html` draws it.
#[derive(Debug)]
pub struct Region {
    /// The page, as the stream is asked for it.
    pub on: String,
    /// Where it asks what came.
    pub changes: String,
    /// Whether it shows who else has it open.
    pub others: bool,
}

impl Region {
    /// That of the page of a submission.
    pub fn of_submission(key: &SubmissionKey, side: Side) -> Self {
        let changes = format!("/submissions/{key}/changes");
        Self { on: format!("submission:{key}"), changes, others: side == Side::Cms }
    }

    /// That of the page of a rate.
    pub fn of_rate(key: &RateKey, side: Side) -> Self {
        Self { on: format!("rate:{key}"), changes: format!("/rates/{key}/changes"), others: side == Side::Cms }
    }

    /// That of a list, by the name in its address.
    pub fn of_list(name: &str) -> Self {
        Self { on: format!("list:{name}"), changes: format!("/{name}/changes"), others: false }
    }

    /// That of the page of one's work; its rows know where to ask for what came to their tab.
    pub fn of_work() -> Self {
        Self { on: "work".to_owned(), changes: "/work/changes".to_owned(), others: false }
    }
}

/// The page that an address names, if the person may open it.
///
/// # Errors
/// [`Error::NotFound`] for whom it may not exist, and for what is no such page.
pub async fn open(conn: &mut PgConnection, person: &Person, on: &str) -> Result<Opened> {
    match on.split_once(':') {
        Some(("submission", key)) => {
            let found = submissions::visible(conn, person, key).await?;
            Ok(Opened { place: Place::Page(found.id.0), key: found.key.to_string() })
        }
        Some(("rate", key)) => {
            let found = rates::visible(conn, person, key).await?;
            Ok(Opened { place: Place::Page(found.id.0), key: found.key.to_string() })
        }
        Some(("list", "submissions")) => Ok(Opened { place: Place::Submissions, key: String::new() }),
        Some(("list", "rates")) => Ok(Opened { place: Place::Rates, key: String::new() }),
        None if on == "work" && person.department.is_some() => Ok(Opened { place: Place::Work, key: String::new() }),
        _ => Err(Error::NotFound),
    }
}

/// The entries that a person may know of and that came to a page after a place of the order of all entries: the
/// `most` newest, in their order.
///
/// # Errors
/// When the database fails.
pub async fn came(
    conn: &mut PgConnection,
    person: &Person,
    opened: &Opened,
    after: i64,
    most: i64,
) -> sqlx::Result<Vec<i64>> {
    let mut seqs = match opened.place {
        Place::Page(subject_id) => {
            let reader = Reader { side: person.side(), subject_id, key: &opened.key };
            history::news(conn, &reader, after, most).await?.into_iter().map(|news| news.seq).collect()
        }
        Place::Submissions => came_to_list(conn, person, false, after, most).await?,
        Place::Rates => came_to_list(conn, person, true, after, most).await?,
        Place::Work => match person.department.and_then(|department| person.member_of(department)) {
            Some(member) => {
                came_to_work(conn, member, after, after).await?.into_iter().map(|entry| entry.seq).collect()
            }
            None => Vec::new(),
        },
    };
    seqs.reverse();
    Ok(seqs)
}

/// What rows of a list show: of a rate its own entries; of a submission its own, and the work on its rates.
async fn came_to_list(
    conn: &mut PgConnection,
    person: &Person,
    rates: bool,
    after: i64,
    most: i64,
) -> sqlx::Result<Vec<i64>> {
    let [both, own] = Audience::read_by(person.side());
    sqlx::query_scalar!(
        "select e.seq
           from event e
           left join rate_review r on r.id = e.subject_id
           join contract_review c on c.id = coalesce(r.parent_id, e.subject_id)
          where e.seq > $1 and e.audience in ($2, $3) and c.deleted_at is null
            and case when $4::text is null then c.status <> 'draft' else c.state_code = $4 end
            and case when $5 then r.status <> 'draft'
                     else r.id is null or e.row_table in ('department_review', 'question') end
          order by e.seq desc limit $6",
        after,
        both as _,
        own as _,
        person.state_code,
        rates,
        most,
    )
    .fetch_all(conn)
    .await
}
