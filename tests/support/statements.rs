//! The statements that a page sends to the database: what sqlx tells of each, heard within the request that sent it.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{LazyLock, Mutex, MutexGuard};

use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use super::browser::Browser;
use super::world::World;

/// What sqlx calls an event of a statement.
const STATEMENTS: &str = "sqlx::query";
/// Where the span of a request comes from.
const REQUESTS: &str = "tracing_actix_web";

/// The statements by the server that sent them, as `127.0.0.1:40123`, and the address asked for; all tests of a program
/// share it, and no two of them a server.
static HEARD: LazyLock<Mutex<HashMap<Request, Vec<String>>>> = LazyLock::new(|| {
    let filter = Targets::new().with_target(STATEMENTS, LevelFilter::DEBUG).with_target(REQUESTS, LevelFilter::INFO);
    let subscriber = tracing_subscriber::registry().with(Ear.with_filter(filter));
    tracing::subscriber::set_global_default(subscriber).expect("nobody else listens in tests");
    Mutex::default()
});

/// A request, by server and address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Request {
    host: String,
    target: String,
}

impl Visit for Request {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "http.host" => self.host = format!("{value:?}"),
            "http.target" => self.target = format!("{value:?}"),
            _ => {}
        }
    }
}

/// The beginning of a statement.
#[derive(Default)]
struct Statement(String);

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            self.0 = value.to_owned();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

struct Ear;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Ear {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut request = Request::default();
        attributes.record(&mut request);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(request);
        }
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let Some(span) = context.event_scope(event).and_then(|scope| scope.from_root().next()) else { return };
        let extensions = span.extensions();
        if let Some(request) = extensions.get::<Request>() {
            let mut statement = Statement::default();
            event.record(&mut statement);
            heard().entry(request.clone()).or_default().push(statement.0);
        }
    }
}

fn heard() -> MutexGuard<'static, HashMap<Request, Vec<String>>> {
    HEARD.lock().expect("whoever listens does not fail")
}

/// So many connections a server has: the first time that one of them sends a statement it may ask for types before.
const VISITS: usize = 8;

impl World {
    /// The statements of a page, each by its beginning, once the connection knows all of them.
    pub async fn statements(&self, browser: &Browser, path: &str) -> Vec<String> {
        let host = self.address.trim_start_matches("http://").to_owned();
        let request = Request { host, target: path.to_owned() };
        let mut fewest: Option<Vec<String>> = None;
        for _ in 0..VISITS {
            heard().remove(&request);
            assert_eq!(browser.get(path).await.status(), 200, "{path}");
            let sent = heard().remove(&request).unwrap_or_default();
            assert!(!sent.is_empty(), "{path} asks the database");
            if fewest.as_ref().is_none_or(|fewest| sent.len() < fewest.len()) {
                fewest = Some(sent);
            }
        }
        fewest.unwrap_or_default()
    }
}
