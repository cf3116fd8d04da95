//! Where all open streams of a process come together: who reads what, who is told what, and the beat that keeps them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::Bytes;
use sqlx::PgPool;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::happened::{self, Happened};
use super::listening::{self, Heard};
use super::place::{Opened, Place};
use super::presence;
use crate::db::session_store::GoesOn;
use crate::domain::clock::Clock;
use crate::domain::event::Subject;
use crate::domain::id::AccountId;
use crate::domain::role::{Role, Side};
use crate::web::SignedIn;

/// How often every stream is written to, so that nobody on the way takes it for dead.
pub const BEAT: Duration = Duration::from_secs(25);
/// So many messages wait for a reader at most. Who takes none is cut off, and comes back with what they had last.
const WAITING: usize = 16;

/// The streams of a process. Clones are the same.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

pub(super) struct Inner {
    pub(super) db: PgPool,
    pub(super) clock: Clock,
    pub(super) heard: tokio::sync::Mutex<Heard>,
    readers: Mutex<HashMap<u64, Reader>>,
    next: AtomicU64,
    ended: watch::Sender<bool>,
}

/// An open stream, and who reads it. They are checked again before anything is sent.
struct Reader {
    session: Uuid,
    account: AccountId,
    role: Role,
    state_code: Option<String>,
    place: Place,
    name: String,
    /// What the page shows already.
    since: i64,
    /// Who else had the page open when the reader was last told.
    others: Vec<AccountId>,
    out: mpsc::Sender<Bytes>,
}

impl Reader {
    fn side(&self) -> Side {
        if self.role == Role::StateUser { Side::State } else { Side::Cms }
    }

    /// The page that people of CMS see each other on.
    fn shared(&self) -> Option<Uuid> {
        match self.place {
            Place::Page(id) if self.side() == Side::Cms => Some(id),
            _ => None,
        }
    }
}

/// Whose sessions go on, with account, role and state as they are now.
type Alive = HashMap<Uuid, (AccountId, Role, Option<String>)>;

/// What a stream that was joined brings. With it the reader goes.
pub struct Joined {
    /// What is to be written.
    pub messages: mpsc::Receiver<Bytes>,
    inner: Arc<Inner>,
    id: u64,
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.inner.readers().remove(&self.id);
    }
}

impl Hub {
    /// Begins to listen on a connection of its own, and to keep the streams; `beat` is [`BEAT`] but in tests.
    pub fn begin(db: PgPool, clock: Clock, beat: Duration) -> Self {
        let inner = Arc::new(Inner {
            db,
            clock,
            heard: tokio::sync::Mutex::default(),
            readers: Mutex::default(),
            next: AtomicU64::new(1),
            ended: watch::Sender::new(false),
        });
        for task in [tokio::spawn(listening::listen(Arc::clone(&inner))), tokio::spawn(keep(Arc::clone(&inner), beat))]
        {
            let mut ended = inner.ended.subscribe();
            tokio::spawn(async move {
                // Whether it was told or nobody is left to tell it: it is over.
                let _ = ended.wait_for(|ended| *ended).await;
                task.abort();
            });
        }
        Self(inner)
    }

    /// Ends every stream and takes no new one, so that the process can end.
    pub fn end(&self) {
        self.0.ended.send_replace(true);
        self.0.readers().clear();
    }

    /// Has somebody read a stream; nothing where no stream is given any more.
    pub fn join(&self, who: &SignedIn, on: &str, opened: &Opened, since: i64) -> Option<Joined> {
        let (out, messages) = mpsc::channel(WAITING);
        let person = who.person();
        let reader = Reader {
            session: who.session_id(),
            account: person.id,
            role: person.role,
            state_code: person.state_code.clone(),
            place: opened.place,
            name: on.to_owned(),
            since,
            others: Vec::new(),
            out,
        };
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let mut readers = self.0.readers();
        if *self.0.ended.borrow() {
            return None;
        }
        readers.insert(id, reader);
        drop(readers);
        Some(Joined { messages, inner: Arc::clone(&self.0), id })
    }
}

/// An entry as a stream tells of it.
pub fn message(seq: i64, name: &str) -> String {
    format!("id: {seq}\ndata: {name}\n\n")
}

impl Inner {
    fn readers(&self) -> MutexGuard<'_, HashMap<u64, Reader>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the reader who is least up to date has; nothing where nobody reads.
    pub(super) fn least_since(&self) -> Option<i64> {
        self.readers().values().map(|reader| reader.since).min()
    }

    /// Tells of entries whomever they concern. Of those that are read afterwards, and not just now heard of, a page
    /// may show some already.
    pub(super) async fn tell(&self, seqs: &[i64], just_now: bool) -> sqlx::Result<()> {
        if self.readers().is_empty() {
            return Ok(());
        }
        let happened = happened::read(&self.db, seqs).await?;
        let told: HashMap<u64, (Uuid, String)> = self
            .readers()
            .iter()
            .filter_map(|(id, reader)| {
                let own = happened.iter().any(|it| (it.subject, it.subject_id) == (Subject::Account, reader.account.0));
                let text = text_for(reader, &happened, just_now);
                (own || !text.is_empty()).then_some((*id, (reader.session, text)))
            })
            .collect();
        if told.is_empty() {
            return Ok(());
        }
        let sessions: Vec<Uuid> = told.values().map(|(session, _)| *session).collect();
        let alive = self.alive(&sessions).await?;
        self.readers().retain(|id, reader| match told.get(id) {
            None => true,
            Some((_, text)) => goes_on(reader, &alive) && sent(reader, text),
        });
        Ok(())
    }

    /// The sessions that go on, of these.
    async fn alive(&self, sessions: &[Uuid]) -> sqlx::Result<Alive> {
        let goes_on = GoesOn::at(self.clock.now());
        let rows = sqlx::query!(
            r#"select v.id, a.id as "account: AccountId", a.role, a.state_code
                 from session v join account a on a.id = v.account_id
                where v.id = any($1) and v.last_seen_at > $2 and v.signed_in_at > $3
                  and greatest(v.last_seen_at, v.signed_in_at) <= $4 and a.active"#,
            sessions,
            goes_on.seen_after,
            goes_on.signed_in_after,
            goes_on.until,
        )
        .fetch_all(&self.db)
        .await?;
        Ok(rows.into_iter().map(|row| (row.id, (row.account, row.role, row.state_code))).collect())
    }

    /// Ends the streams whose sessions ended, writes to the others, and tells who else has a page open.
    async fn beat(&self) -> sqlx::Result<()> {
        let sessions: Vec<Uuid> = self.readers().values().map(|reader| reader.session).collect();
        if sessions.is_empty() {
            return Ok(());
        }
        let alive = self.alive(&sessions).await?;
        self.readers().retain(|_, reader| goes_on(reader, &alive) && sent(reader, ":\n\n"));
        let shared = |reader: &Reader| reader.shared().map(|page| (page, reader.account));
        let open: Vec<(Uuid, AccountId)> = self.readers().values().filter_map(shared).collect();
        if open.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        presence::note(&self.db, &open, now).await?;
        let here = presence::here(&self.db, &open, now).await?;
        self.readers().retain(|_, reader| {
            let Some(page) = reader.shared() else { return true };
            let others = here.iter().filter(|(id, account)| *id == page && *account != reader.account);
            let others: Vec<AccountId> = others.map(|(_, account)| *account).collect();
            let same = others == reader.others;
            reader.others = others;
            same || sent(reader, &format!("event: presence\ndata: {}\n\n", reader.name))
        });
        Ok(())
    }
}

/// What a reader is told of these entries.
fn text_for(reader: &Reader, happened: &[Happened], just_now: bool) -> String {
    let told = happened.iter().filter(|it| {
        (just_now || it.seq > reader.since) && it.is_told(reader.side(), reader.state_code.as_deref(), reader.place)
    });
    told.map(|it| message(it.seq, &it.name)).collect()
}

/// Whether the session goes on, and is still that of somebody who reads the same. Others are to ask anew.
fn goes_on(reader: &Reader, alive: &Alive) -> bool {
    alive.get(&reader.session).is_some_and(|(account, role, state_code)| {
        (*account, *role, state_code) == (reader.account, reader.role, &reader.state_code)
    })
}

/// Hands a text over to be written; fails for who is gone or takes nothing.
fn sent(reader: &Reader, text: &str) -> bool {
    text.is_empty() || reader.out.try_send(Bytes::copy_from_slice(text.as_bytes())).is_ok()
}

/// Keeps the streams until it is ended. What can't be checked now is checked at the next beat.
async fn keep(inner: Arc<Inner>, beat: Duration) {
    let mut beats = interval(beat);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beats.tick().await;
        // A connection that was cut without a word tells nothing any more.
        let kept = match inner.read_on().await {
            Ok(()) => inner.beat().await,
            failed => failed,
        };
        if let Err(error) = kept {
            tracing::warn!(%error, "open pages could not be kept up to date");
        }
    }
}
