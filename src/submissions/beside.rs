//! What the page of a submission or rate shows of counts, turns and events outside of the part that an action in place
//! redraws: it comes with the answer, so that the page never contradicts itself.

use sqlx::PgConnection;

use super::head::{SideItem, rate_side_nav, side_nav, turn_in_words};
use super::newest_events::{NewestEvents, newest_events, newest_rate_events};
use super::queries::Submission;
use crate::domain::key::RateKey;
use crate::history;
use crate::notes::{self, About};
use crate::rates;
use crate::web::{Result, SignedIn};

/// Parts of a page, each of which takes the place of the one there.
pub struct Beside {
    /// The newest events.
    pub events: NewestEvents,
    /// The links of the side navigation that hold a count.
    pub side: Vec<SideItem>,
    /// Whose turn it is; nothing on the page of a rate.
    pub turn: Option<String>,
}

/// The parts of the page of a submission, which was read after the action.
///
/// # Errors
/// When the database fails.
pub async fn beside(conn: &mut PgConnection, who: &SignedIn, submission: &Submission) -> Result<Beside> {
    let side = who.person().side();
    let events = newest_events(conn, side, submission).await?;
    let notes = notes::number(conn, who.person(), About::Contract(submission.id)).await?;
    let last = history::last_status_change(conn, submission.id.0).await?;
    let turn = turn_in_words(side, submission.turn, submission.rounds.open, last.map(|last| last.at));
    Ok(Beside { events: events.beside(), side: counted(side_nav(submission, "Summary", notes, &[])), turn: Some(turn) })
}

/// The parts of the page of a rate.
///
/// # Errors
/// When the database fails.
pub async fn beside_rate(conn: &mut PgConnection, who: &SignedIn, key: &RateKey) -> Result<Beside> {
    let rate = rates::visible(conn, who.person(), &key.to_string()).await?;
    let events = newest_rate_events(conn, who.person().side(), rate.id, key).await?;
    let notes = notes::number(conn, who.person(), About::Rate(rate.id)).await?;
    Ok(Beside { events: events.beside(), side: counted(rate_side_nav(&rate, "Summary", notes)), turn: None })
}

fn counted(mut side: Vec<SideItem>) -> Vec<SideItem> {
    side.retain(|item| item.id.is_some());
    side
}
