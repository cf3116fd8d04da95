//! `mc-review serve`

use std::net::TcpListener;
use std::sync::Arc;

use anyhow::Context;
use sqlx::PgPool;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Duration, MissedTickBehavior, interval};

use super::say;
use super::worker::Work;
use crate::config::{Config, Environment, ServeConfig};
use crate::db::session_store;
use crate::domain::clock::Clock;
use crate::live::{BEAT, Hub};
use crate::web::{held, security_log};
use crate::{accounts, startup};

/// How often the rows of ended sessions are removed. They are dead before that; this only keeps the table small.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(60 * 60);

/// So many files are to be open at once, as far as the system allows, and with fewer a thousand idle connections are felt.
const OPEN_FILES: u64 = 65_536;
const FEWEST_OPEN_FILES: u64 = 4_096;

/// Serves until SIGTERM or SIGINT, then finishes the requests under way.
pub async fn serve(config: &Config, settings: &ServeConfig, db: &PgPool, clock: Clock) -> anyhow::Result<()> {
    raise_file_limit();
    let listener = TcpListener::bind(&settings.bind_address)
        .with_context(|| format!("{} can't be listened on", settings.bind_address))?;
    let address = format!("http://{}", listener.local_addr()?);
    let app = startup::app(config, settings, db.clone(), clock.clone())?;
    // In development one process does it all; in production `worker` is one of its own, and alone has the key of the history.
    let alone = config.app_env != Environment::Production;
    let work = alone.then(|| Work::new(config, db.clone(), Arc::clone(&app.files), clock.clone())).transpose()?;
    let live = Hub::begin(db.clone(), clock.clone(), BEAT);
    let server = startup::serve(app, live.clone(), settings, config.database_connections, listener)?;
    let handle = server.handle();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    match &work {
        Some(work) => greet(&address, db, work).await?,
        None => tracing::info!("serving on {address}"),
    }
    let (stop, stopped) = watch::channel(false);
    let working = work.map(|work| work.begin(&stopped));
    let sweeping = tokio::spawn(sweep(db.clone(), clock));
    let counting = tokio::spawn(count_anonymous());
    let stopping = tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        live.end();
        handle.stop(true).await;
    });
    let served = server.await;
    stop.send_replace(true);
    drop(working);
    sweeping.abort();
    counting.abort();
    stopping.abort();
    Ok(served?)
}

/// Every connection is an open file. Shells and service managers often allow 1,024, which as many idle browsers use up.
fn raise_file_limit() {
    match rlimit::increase_nofile_limit(OPEN_FILES) {
        Ok(limit) if limit >= FEWEST_OPEN_FILES => {}
        Ok(limit) => tracing::warn!(limit, "fewer open files are allowed than there may be connections"),
        Err(error) => tracing::warn!(%error, "the limit of open files could not be raised"),
    }
}

/// Tells once a minute how many requests of people not signed in were refused.
async fn count_anonymous() {
    let mut minutes = interval(Duration::from_secs(60));
    loop {
        minutes.tick().await;
        security_log::log_anonymous();
    }
}

/// Says where the product is, and who can sign in without a password.
async fn greet(address: &str, db: &PgPool, work: &Work) -> anyhow::Result<()> {
    say(format_args!("MC-Review is at {address}\n"));
    let people = accounts::demonstration_accounts(db).await?;
    if people.is_empty() {
        say("Nobody can sign in yet: `mc-review demo` adds people to try it with.");
    } else {
        say(format_args!("Sign in at {address}/sign-in as any of these, without a password:"));
        for person in people {
            let line = format!("  {:<20} {:<15} {}", person.name, person.role, person.place);
            say(line.trim_end());
        }
    }
    say(format_args!("\n{}\n{}\n\nCtrl+C stops it.", work.who_checks(), work.who_signs()));
    Ok(())
}

/// Removes ended sessions from time to time; what fails is tried again at the next.
async fn sweep(db: PgPool, clock: Clock) {
    let mut ticks = interval(BETWEEN_SWEEPS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match session_store::sweep(&db, clock.now()).await {
            Ok(0) => {}
            Ok(swept) => tracing::info!(swept, "ended sessions removed"),
            Err(error) => tracing::warn!(%error, "ended sessions could not be removed"),
        }
        if let Err(error) = held::sweep(&db, clock.now()).await {
            tracing::warn!(%error, "forms held for a day could not be removed");
        }
    }
}
