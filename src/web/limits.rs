//! How much one person and one network may ask for, so that nobody stops the others: the table of limits, from top to
//! bottom, and the counting. Work that people do meets none of them.
//!
//! Every process counts by itself, in memory, which forgets whoever has rested. The counting goes by a clock that no change
//! of the machine's time disturbs, in tests by the clock that they set.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use actix_session::SessionExt;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};
use governor::clock::{Clock as Measuring, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

use super::error::{Error, Result};
use super::places::{AtOnce, Place, Places};
use super::{App, client};
use crate::db::session_store::entry;
use crate::domain::clock::Clock;
use crate::domain::id::AccountId;

/// The limits.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Requests of a network from which nobody is signed in.
    pub anonymous: Rate,
    /// Attempts to sign in from a network.
    pub sign_ins: Rate,
    /// Requests of an account.
    pub requests: Rate,
    /// Searches for words in a list.
    pub searches: Rate,
    /// Forms that are sent.
    pub posts: Rate,
    /// Exports of lists.
    pub exports: Rate,
    /// Archives: all documents of a version, case files.
    pub archives: Rate,
    /// What is uploaded, in MiB.
    pub uploads: Rate,
    /// Exports on their way.
    pub exports_at_once: AtOnce,
    /// Archives on their way.
    pub archives_at_once: AtOnce,
    /// Single documents on their way.
    pub downloads_at_once: AtOnce,
    /// Forms with files on their way here.
    pub uploads_at_once: AtOnce,
    /// Forms without files that are being carried out.
    pub posts_at_once: AtOnce,
    /// Open pages that listen.
    pub streams_at_once: AtOnce,
    /// How long a reader may take nothing of what is sent before its connection is cut.
    pub silence: Duration,
}

/// The limits that hold.
pub const STANDARD: Table = Table {
    // An office behind one address begins its day at the same minute; each of its people takes two or three pages.
    anonymous: Rate {
        number: 10,
        every: SECOND,
        burst: 200,
        refused: "More pages are asked for from your network than we answer at a time.",
    },
    // The same office signs in; nobody who guesses gets far.
    sign_ins: Rate {
        number: 10,
        every: MINUTE,
        burst: 60,
        refused: "There were too many attempts to sign in from your network.",
    },
    // Pages that are open ask by themselves, each every few seconds at most, and a browser opens many tabs at once.
    requests: Rate {
        number: 20,
        every: SECOND,
        burst: 300,
        refused: "Your account asks for more pages than we answer at a time.",
    },
    // A person who types and looks; a search is the dearest page there is.
    searches: Rate {
        number: 5,
        every: SECOND,
        burst: 20,
        refused: "You searched more often than we can look at a time.",
    },
    // A draft is saved every three seconds at most, fifty files go up one a request, and a few tabs do so at once.
    posts: Rate {
        number: 2,
        every: SECOND,
        burst: 120,
        refused: "Your account sends more forms than we take at a time.",
    },
    // Each is written into the history of the account; one every other minute is more than anybody reads.
    exports: Rate { number: 30, every: HOUR, burst: 30, refused: "An account can export 30 lists in an hour." },
    // A case file reads all of a submission; somebody who collects them takes one after the other.
    archives: Rate {
        number: 30,
        every: MINUTE,
        burst: 30,
        refused: "An account can download 30 archives in a minute.",
    },
    // Four requests of the largest size; an ordinary submission has some ten MiB.
    uploads: Rate { number: 2048, every: HOUR, burst: 2048, refused: "An account can upload 2 GiB in an hour." },
    // One list in both formats. Each holds a file on disk, and a connection for the seconds in which it is read.
    exports_at_once: AtOnce {
        each: 2,
        all: 32,
        refused: "Two of your exports are still on their way. Wait until one has arrived.",
        full: "Many people are exporting lists.",
    },
    // Each holds a file of the store open, or a connection to the bucket.
    archives_at_once: AtOnce {
        each: 3,
        all: 32,
        refused: "Three of your archives are still on their way. Wait until one has arrived.",
        full: "Many people are downloading archives.",
    },
    // The same, of which browsers open several at once.
    downloads_at_once: AtOnce {
        each: 20,
        all: 512,
        refused: "Twenty of your downloads are still on their way. Wait until one has arrived.",
        full: "Many people are downloading documents.",
    },
    // Each holds up to ten MiB until the file store has them. A form sends its files one after the other.
    uploads_at_once: AtOnce {
        each: 4,
        all: 64,
        refused: "Four of your uploads are still on their way. Wait until one has arrived.",
        full: "Many people are uploading files.",
    },
    // A browser has six connections at most. Each of these may have to wait for a row, and keeps a connection while it does.
    posts_at_once: AtOnce {
        each: 6,
        all: 1_000,
        refused: "Six of your forms are still on their way.",
        full: "Many forms are on their way.",
    },
    // Only a page that is looked at listens; a page without a stream asks every minute.
    streams_at_once: AtOnce {
        each: 20,
        all: 10_000,
        refused: "Twenty of your pages listen already.",
        full: "Many pages listen.",
    },
    silence: MINUTE,
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// After so many requests those who have rested are forgotten.
const BETWEEN_SWEEPS: u32 = 1_024;

/// How often something may be done: `burst` at once after a rest, and later as often as `number` in a period.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// So often.
    pub number: u32,
    /// In this time.
    pub every: Duration,
    /// So often at once.
    pub burst: u32,
    /// What is said to whoever does it more often.
    pub refused: &'static str,
}

impl Table {
    /// Limits that no test meets which does not mean to, nor anybody who measures.
    pub fn generous() -> Self {
        let mut table = STANDARD;
        let Self { anonymous, sign_ins, requests, searches, posts, exports, archives, uploads, .. } = &mut table;
        for rate in [anonymous, sign_ins, requests, searches, posts, exports, archives, uploads] {
            (rate.number, rate.every, rate.burst) = (1_000_000, SECOND, 1_000_000);
        }
        let Self { exports_at_once, archives_at_once, downloads_at_once, .. } = &mut table;
        for places in [exports_at_once, archives_at_once, downloads_at_once] {
            (places.each, places.all) = (10_000, 10_000);
        }
        let Self { uploads_at_once, posts_at_once, streams_at_once, .. } = &mut table;
        for places in [uploads_at_once, posts_at_once, streams_at_once] {
            (places.each, places.all) = (10_000, 10_000);
        }
        table
    }
}

/// The clock by which is counted.
#[derive(Clone, Debug)]
struct Time {
    clock: Clock,
    began: Instant,
}

impl Measuring for Time {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        match &self.clock {
            Clock::System => self.began.elapsed().into(),
            set @ Clock::Set(_) => {
                u64::try_from(set.now().unix_timestamp_nanos()).expect("tests are after 1970 and before 2554").into()
            }
        }
    }
}

/// How often each has done something.
pub struct Counted<Who: Hash + Eq + Clone> {
    refused: &'static str,
    burst: u32,
    time: Time,
    limiter: RateLimiter<Who, HashMapStateStore<Who>, Time, NoOpMiddleware<Nanos>>,
    since_sweep: AtomicU32,
}

impl<Who: Hash + Eq + Clone> Counted<Who> {
    fn new(rate: Rate, time: &Time) -> Self {
        let burst = NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(rate.every / rate.number.max(1)).expect("a share of a period takes time");
        let limiter = RateLimiter::hashmap_with_clock(quota.allow_burst(burst), time.clone());
        Self { refused: rate.refused, burst: burst.get(), time: time.clone(), limiter, since_sweep: AtomicU32::new(0) }
    }

    /// Counts that somebody does it.
    ///
    /// # Errors
    /// [`Error::TooMany`] for whoever does it too often; that is not counted.
    pub fn check(&self, who: &Who) -> Result<()> {
        self.check_of(who, 1)
    }

    /// Counts that somebody does it so many times; more than can be done at once counts as that.
    ///
    /// # Errors
    /// As [`Counted::check`].
    pub fn check_of(&self, who: &Who, times: u32) -> Result<()> {
        if self.since_sweep.fetch_add(1, Ordering::Relaxed) >= BETWEEN_SWEEPS {
            self.since_sweep.store(0, Ordering::Relaxed);
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        let times = NonZeroU32::new(times.clamp(1, self.burst)).unwrap_or(NonZeroU32::MIN);
        let Ok(Err(until)) = self.limiter.check_key_n(who, times) else { return Ok(()) };
        let wait = Duration::from(until.earliest_possible().duration_since(self.time.now()));
        Err(Error::TooMany { retry_after: wait.as_secs() + 1, sentence: self.refused })
    }
}

/// Where everybody is counted. The fields are those of the [`Table`].
#[allow(missing_docs, reason = "the table says what each is")]
pub struct Limits {
    pub anonymous: Counted<IpAddr>,
    pub sign_ins: Counted<IpAddr>,
    pub requests: Counted<AccountId>,
    pub searches: Counted<AccountId>,
    pub posts: Counted<AccountId>,
    pub exports: Counted<AccountId>,
    pub archives: Counted<AccountId>,
    pub uploads: Counted<AccountId>,
    pub exports_at_once: Places,
    pub archives_at_once: Places,
    pub downloads_at_once: Places,
    pub uploads_at_once: Places,
    pub posts_at_once: Places,
    pub streams_at_once: Places,
    pub silence: Duration,
}

impl Limits {
    /// Limits that count from now on.
    pub fn new(table: &Table, clock: &Clock) -> Self {
        let time = Time { clock: clock.clone(), began: Instant::now() };
        let (address, account) = (|rate| Counted::new(rate, &time), |rate| Counted::new(rate, &time));
        Self {
            anonymous: address(table.anonymous),
            sign_ins: address(table.sign_ins),
            requests: account(table.requests),
            searches: account(table.searches),
            posts: account(table.posts),
            exports: account(table.exports),
            archives: account(table.archives),
            uploads: account(table.uploads),
            exports_at_once: Places::new(table.exports_at_once),
            archives_at_once: Places::new(table.archives_at_once),
            downloads_at_once: Places::new(table.downloads_at_once),
            uploads_at_once: Places::new(table.uploads_at_once),
            posts_at_once: Places::new(table.posts_at_once),
            streams_at_once: Places::new(table.streams_at_once),
            silence: table.silence,
        }
    }

    /// Takes a place for an export.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn export(&self, account: AccountId) -> Result<Place> {
        let place = self.exports_at_once.take(account)?;
        self.exports.check(&account)?;
        Ok(place)
    }

    /// Takes a place for an archive.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn archive(&self, account: AccountId) -> Result<Place> {
        let place = self.archives_at_once.take(account)?;
        self.archives.check(&account)?;
        Ok(place)
    }

    /// Takes a place for a form with files, of so many bytes.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn upload(&self, account: AccountId, bytes: u64) -> Result<Place> {
        let place = self.uploads_at_once.take(account)?;
        let mebibytes = u32::try_from(bytes.div_ceil(1024 * 1024)).unwrap_or(u32::MAX);
        self.uploads.check_of(&account, mebibytes)?;
        Ok(place)
    }
}

/// The middleware within sessions that counts requests. Forms of somebody signed in are counted once they are read, so that they can
/// be given back.
///
/// # Errors
/// Those of the inner service.
pub async fn limited(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match counted(req.request()) {
        Ok(()) => Ok(next.call(req).await?.map_into_boxed_body()),
        Err(error) => Ok(req.error_response(error).map_into_boxed_body()),
    }
}

fn counted(req: &HttpRequest) -> Result<()> {
    let Some(app) = req.app_data::<web::Data<App>>() else { return Ok(()) };
    let network = client::network(client::address(req, &app.settings));
    if req.path() == "/sign-in" && req.method() == Method::POST {
        app.limits.sign_ins.check(&network)?;
    }
    match req.get_session().get::<Uuid>(entry::ACCOUNT) {
        Ok(Some(_)) if req.method() == Method::POST => Ok(()),
        Ok(Some(account)) => app.limits.requests.check(&AccountId(account)),
        _ => app.limits.anonymous.check(&network),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const RATE: Rate = Rate { number: 1, every: SECOND, burst: 3, refused: "too often" };

    fn counted() -> (Clock, Counted<u32>) {
        let clock = Clock::set_to(datetime!(2026-03-11 03:30 UTC));
        let time = Time { clock: clock.clone(), began: Instant::now() };
        (clock, Counted::new(RATE, &time))
    }

    fn wait(counted: &Counted<u32>, who: u32, times: u32) -> Option<u64> {
        match counted.check_of(&who, times) {
            Ok(()) => None,
            Err(Error::TooMany { retry_after, .. }) => Some(retry_after),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn whoever_does_it_too_often_is_told_for_how_long_to_wait_and_nobody_else_is() {
        let (clock, counted) = counted();
        assert_eq!([1, 1, 1].map(|times| wait(&counted, 7, times)), [None; 3]);
        let told = wait(&counted, 7, 1).expect("the fourth is too many");
        assert_eq!(wait(&counted, 8, 1), None);
        clock.set(clock.now() + Duration::from_secs(told));
        assert_eq!(wait(&counted, 7, 1), None);
    }

    #[test]
    fn what_is_larger_than_can_be_done_at_once_needs_all_of_it() {
        let (clock, counted) = counted();
        assert_eq!(wait(&counted, 7, 1_000), None);
        assert!(wait(&counted, 7, 1_000).is_some());
        clock.set(clock.now() + Duration::from_secs(4));
        assert_eq!(wait(&counted, 7, 1_000), None);
    }

    #[test]
    fn those_who_have_rested_are_forgotten() {
        let (clock, counted) = counted();
        for who in 0..20 * BETWEEN_SWEEPS {
            clock.set(clock.now() + SECOND);
            assert_eq!(wait(&counted, who, 1), None);
        }
        assert!(counted.limiter.len() <= 2 * BETWEEN_SWEEPS as usize, "{}", counted.limiter.len());
    }
}
