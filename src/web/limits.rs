//! How much one person and one network may ask for, so that nobody stops the others: the table of limits, from top to
//! bottom, and the counting. Work that people do meets none of them.
//!
//! Every process counts by itself, in memory, which forgets whoever has rested. The counting goes by a clock that no change
//! of the machine's time disturbs, in tests by the clock that they set.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
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
use super::error_pages::refusal;
use super::places::{Place, Places};
use super::{App, client};
use crate::db::session_store::entry;
use crate::domain::clock::Clock;
use crate::domain::id::AccountId;

mod table;

pub use table::{Rate, STANDARD, Table};

/// After so many requests those who have rested are forgotten.
const BETWEEN_SWEEPS: u32 = 1_024;

/// The clock by which is counted. It never goes back: where tests set theirs back, it waits.
#[derive(Clone, Debug)]
struct Time {
    clock: Clock,
    began: Instant,
    latest: Arc<AtomicU64>,
}

impl Time {
    fn new(clock: &Clock) -> Self {
        Self { clock: clock.clone(), began: Instant::now(), latest: Arc::default() }
    }
}

impl Measuring for Time {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        match &self.clock {
            Clock::System => self.began.elapsed().into(),
            set @ Clock::Set(_) => {
                let now = u64::try_from(set.now().unix_timestamp_nanos());
                let now = now.expect("tests are after 1970 and before 2554");
                self.latest.fetch_max(now, Ordering::Relaxed).max(now).into()
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

/// Where everybody is counted, a field for each of the [`Table`].
pub struct Limits {
    /// Requests of a network from which nobody is signed in.
    pub anonymous: Counted<IpAddr>,
    /// Attempts to sign in from a network.
    pub sign_ins: Counted<IpAddr>,
    /// Requests of an account.
    pub requests: Counted<AccountId>,
    /// The same limit for each session, by the key in its cookie.
    pub session_requests: Counted<u64>,
    /// Searches.
    pub searches: Counted<AccountId>,
    /// Forms that are sent.
    pub posts: Counted<AccountId>,
    exports: Counted<AccountId>,
    archives: Counted<AccountId>,
    uploads: Counted<AccountId>,
    exports_at_once: Places,
    archives_at_once: Places,
    /// Single documents on their way.
    pub downloads_at_once: Places,
    uploads_at_once: Places,
    /// Forms without files that are being carried out.
    pub posts_at_once: Places,
    /// Open pages that listen.
    pub streams_at_once: Places,
    /// How long a reader may take nothing before its connection is cut.
    pub silence: Duration,
}

impl Limits {
    /// Limits that count from now on.
    pub fn new(table: &Table, clock: &Clock) -> Self {
        let time = Time::new(clock);
        let (address, account) = (|rate| Counted::new(rate, &time), |rate| Counted::new(rate, &time));
        Self {
            anonymous: address(table.anonymous),
            sign_ins: address(table.sign_ins),
            requests: account(table.requests),
            session_requests: Counted::new(table.requests, &time),
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

/// The middleware around sessions that counts the requests of each, before anything is asked of the database.
///
/// # Errors
/// Those of the inner service.
pub async fn limited_by_cookie(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // A form is counted once it is read, so that it can be given back.
    let app = req.app_data::<web::Data<App>>().filter(|_| req.method() != Method::POST);
    let session = app.and_then(|app| Some((app, app.settings.cookies.session_key(req.request())?)));
    if let Some((app, key)) = session {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        if let Err(too_many) = app.limits.session_requests.check(&hasher.finish()) {
            let page = refusal(req.request(), too_many).await;
            return Ok(req.into_response(page));
        }
    }
    Ok(next.call(req).await?.map_into_boxed_body())
}

/// The middleware within sessions that counts the requests of each account, and of each network without one.
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
    let is_post = req.method() == Method::POST;
    let network = client::network(client::address(req, &app.settings));
    if req.path() == "/sign-in" && is_post {
        app.limits.sign_ins.check(&network)?;
    }
    match req.get_session().get::<Uuid>(entry::ACCOUNT) {
        Ok(Some(_)) if is_post => Ok(()),
        Ok(Some(account)) => app.limits.requests.check(&AccountId(account)),
        _ => app.limits.anonymous.check(&network),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const RATE: Rate = Rate { number: 1, every: SECOND, burst: 3, refused: "too often" };

    fn counted() -> (Clock, Counted<u32>) {
        let clock = Clock::set_to(datetime!(2026-03-11 03:30 UTC));
        let time = Time::new(&clock);
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
