//! The one connection on which a process hears what happened, and reading on where it was broken.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgNotification, PgPoolOptions};

use super::hub::Inner;

/// The channel of the trigger on `event`.
const CHANNEL: &str = "event";
/// The time before a broken connection is made anew.
const BEFORE_AGAIN: Duration = Duration::from_secs(1);
/// So many places back an entry may still turn up: numbers are given before the transactions that take them end.
const LOOK_BACK: i64 = 200;
/// So many of the last entries are remembered.
const REMEMBERED: usize = 1000;
/// So many entries are read at once.
const AT_ONCE: i64 = 500;

/// Which entries this process has told of.
#[derive(Debug, Default)]
pub struct Heard {
    /// Those up to here were there when it began.
    floor: i64,
    /// The newest; none before the database was first reached.
    last: Option<i64>,
    recent: BTreeSet<i64>,
}

impl Heard {
    fn note(&mut self, seqs: &[i64]) {
        self.recent.extend(seqs);
        self.last = self.last.max(seqs.iter().max().copied());
        while self.recent.len() > REMEMBERED {
            self.recent.pop_first();
        }
    }

    /// From where an entry can have been missed.
    fn from(&self) -> Option<i64> {
        self.last.map(|last| self.floor.max(last - LOOK_BACK))
    }
}

/// Listens until the task is ended, and begins again whenever the connection breaks.
pub async fn listen(inner: Arc<Inner>) {
    loop {
        let over = hear(&inner).await;
        let error = over.err().map_or_else(|| "the connection was closed".to_owned(), |error| error.to_string());
        tracing::warn!(error, "the database is not heard; open pages learn later what happened");
        tokio::time::sleep(BEFORE_AGAIN).await;
    }
}

async fn hear(inner: &Inner) -> sqlx::Result<()> {
    // A pool of one, beside that of the requests: a connection that listens does nothing else.
    let one = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let one = one.connect_with((*inner.db.connect_options()).clone()).await?;
    let mut listener = PgListener::connect_with(&one).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    inner.read_on().await?;
    while let Some(first) = listener.try_recv().await? {
        let mut seqs: Vec<i64> = number(&first).into_iter().collect();
        while let Some(further) = listener.next_buffered() {
            seqs.extend(number(&further));
        }
        inner.heed(seqs).await?;
    }
    Ok(())
}

/// The place of the newest entry of all.
///
/// # Errors
/// When the database fails.
pub async fn newest(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!(r#"select coalesce(max(seq), 0) as "newest!" from event"#).fetch_one(conn).await
}

fn number(notification: &PgNotification) -> Option<i64> {
    notification.payload().parse().ok()
}

impl Inner {
    /// Tells of the entries that were just heard of.
    async fn heed(&self, mut seqs: Vec<i64>) -> sqlx::Result<()> {
        let mut heard = self.heard.lock().await;
        seqs.retain(|seq| !heard.recent.contains(seq));
        self.tell(&seqs, true).await?;
        heard.note(&seqs);
        Ok(())
    }

    /// Tells of the entries that nobody was heard to tell of.
    pub(super) async fn read_on(&self) -> sqlx::Result<()> {
        let mut heard = self.heard.lock().await;
        let mut from = match heard.from() {
            Some(from) => from,
            None => {
                let newest = newest(&mut *self.db.acquire().await?).await?;
                // Whoever came before the database was reached has missed what came since.
                let from = self.least_since().map_or(newest, |since| since.min(newest));
                (heard.floor, heard.last) = (from, Some(from));
                from
            }
        };
        loop {
            let recent: Vec<i64> = heard.recent.range(from..).copied().collect();
            let missed = sqlx::query_scalar!(
                "select seq from event where seq > $1 and seq <> all($2) order by seq limit $3",
                from,
                &recent,
                AT_ONCE,
            );
            let missed = missed.fetch_all(&self.db).await?;
            let Some(last) = missed.last() else { return Ok(()) };
            from = *last;
            self.tell(&missed, false).await?;
            heard.note(&missed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_on_begins_a_little_before_the_newest_entry_but_not_before_the_beginning() {
        let mut heard = Heard::default();
        assert_eq!(heard.from(), None);
        (heard.floor, heard.last) = (40, Some(40));
        heard.note(&[42, 41]);
        assert_eq!((heard.from(), heard.last), (Some(40), Some(42)));
        heard.note(&(43..3000).collect::<Vec<_>>());
        assert_eq!(heard.from(), Some(2999 - LOOK_BACK));
        assert!(heard.recent.len() == REMEMBERED && heard.recent.contains(&(2999 - LOOK_BACK)));
        // One that comes late moves nothing back.
        heard.note(&[2900]);
        assert_eq!(heard.last, Some(2999));
    }
}
