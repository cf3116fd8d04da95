//! The security log: one line for each thing that those who watch over the system ask about. It names accounts, addresses and
//! requests, never contents.

use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::{HttpMessage, HttpRequest};
use tracing_actix_web::RequestId;
use uuid::Uuid;

/// What the lines are found by, among all that is logged.
const TARGET: &str = "mc_review::security";

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SecurityEvent {
    /// Somebody signed in.
    SignedIn,
    /// Somebody was not let in.
    SignInRefused,
    /// Somebody signed out.
    SignedOut,
    /// Somebody signed in asked for what is not theirs to do.
    Forbidden,
    /// A form came with somebody's session and not from a page of it.
    ForgedForm,
    /// Somebody was held up because they asked for too much at once.
    Limited,
    /// Somebody received a document or an archive of them.
    Download,
    /// Somebody received a list as a file.
    Export,
}

/// Requests of people who are not signed in that were refused, since they were last counted: anybody can make any number of
/// them, so they get no line each.
static ANONYMOUS: AtomicU64 = AtomicU64::new(0);

/// Writes a line. `what` names the thing by its address or id.
pub fn log(event: SecurityEvent, req: &HttpRequest, account: Option<Uuid>, what: &str) {
    let request = req.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    line(event, &request, account, what);
}

/// The same where only the id of the request is at hand.
pub(super) fn line(event: SecurityEvent, request: &str, account: Option<Uuid>, what: &str) {
    let event: &'static str = event.into();
    let account = account.map(|account| account.to_string()).unwrap_or_default();
    tracing::info!(target: TARGET, event, account, request, what);
}

/// Counts a refused request of somebody who is not signed in.
pub(super) fn count_anonymous() {
    ANONYMOUS.fetch_add(1, Ordering::Relaxed);
}

/// Writes one line for all requests of people not signed in that were refused since the last such line, if there were any.
pub fn log_anonymous() {
    let refused = ANONYMOUS.swap(0, Ordering::Relaxed);
    if refused > 0 {
        tracing::info!(target: TARGET, event = "anonymous_refused", refused);
    }
}
