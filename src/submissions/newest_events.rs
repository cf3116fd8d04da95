//! The newest entries of the history of a submission or rate, as its page shows them.

use sqlx::PgConnection;

use super::queries::Submission;
use crate::domain::id::RateReviewId;
use crate::domain::key::RateKey;
use crate::domain::role::Side;
use crate::history::{self, Entry, Reader};

/// How many there are.
const NEWEST: i64 = 5;

/// The section, as `submissions/newest_events.html` draws it.
pub struct NewestEvents {
    /// Where the whole history stands.
    pub whole: String,
    /// The entries.
    pub entries: Vec<Entry>,
    /// Whether it comes beside another part of the page, and takes the place of the section that is there.
    pub beside: bool,
}

impl NewestEvents {
    /// The newest of all, by its place among them.
    pub fn newest(&self) -> i64 {
        self.entries.first().map_or(0, |entry| entry.seq)
    }

    /// The same, to come beside another part of the page.
    pub fn beside(self) -> Self {
        Self { beside: true, ..self }
    }
}

/// The newest events of a submission as somebody of this side reads them.
///
/// # Errors
/// When the database fails.
pub async fn newest_events(conn: &mut PgConnection, side: Side, submission: &Submission) -> sqlx::Result<NewestEvents> {
    let key = submission.key.to_string();
    let reader = Reader { side, subject_id: submission.id.0, key: &key };
    let entries = history::newest(conn, &reader, NEWEST).await?;
    Ok(NewestEvents { whole: format!("/submissions/{key}/history"), entries, beside: false })
}

/// The newest events of a rate as somebody of this side reads them.
///
/// # Errors
/// When the database fails.
pub async fn newest_rate_events(
    conn: &mut PgConnection,
    side: Side,
    rate: RateReviewId,
    key: &RateKey,
) -> sqlx::Result<NewestEvents> {
    let key = key.to_string();
    let reader = Reader { side, subject_id: rate.0, key: &key };
    let entries = history::newest(conn, &reader, NEWEST).await?;
    Ok(NewestEvents { whole: format!("/rates/{key}/history"), entries, beside: false })
}
