//! The newest entries of a submission's history, as its page shows them.

use sqlx::PgConnection;

use super::queries::Submission;
use crate::domain::key::SubmissionKey;
use crate::domain::role::Side;
use crate::history::{self, Entry, Reader};

/// How many there are.
const NEWEST: i64 = 5;

/// The section, as `submissions/newest_events.html` draws it.
pub struct NewestEvents {
    /// Whose history it is.
    pub key: SubmissionKey,
    /// The entries.
    pub entries: Vec<Entry>,
    /// Whether it comes beside another part of the page, and takes the place of the section that is there.
    pub beside: bool,
}

impl NewestEvents {
    /// The same, to come beside another part of the page.
    pub fn beside(self) -> Self {
        Self { beside: true, ..self }
    }
}

/// The newest events as somebody of this side reads them.
///
/// # Errors
/// When the database fails.
pub async fn newest_events(conn: &mut PgConnection, side: Side, submission: &Submission) -> sqlx::Result<NewestEvents> {
    let key = submission.key.to_string();
    let reader = Reader { side, subject_id: submission.id.0, key: &key };
    let entries = history::newest(conn, &reader, NEWEST).await?;
    Ok(NewestEvents { key: submission.key.clone(), entries, beside: false })
}
