//! `mc-review worker`, and what of it `serve` does by itself in development.

use std::sync::Arc;

use anyhow::Context;
use object_store::ObjectStore;
use sqlx::PgPool;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Duration, timeout};

use super::say;
use crate::config::Config;
use crate::documents::{Scanner, Storage, keep_scanning};
use crate::domain::clock::Clock;
use crate::startup;

/// So many files are checked at a time.
const AT_A_TIME: usize = 2;
/// How long a check under way may go on once the worker was told to stop. After that another worker takes it up.
const GRACE: Duration = Duration::from_secs(20);

/// Works until SIGTERM or SIGINT.
pub async fn worker(config: &Config, db: &PgPool, clock: Clock) -> anyhow::Result<()> {
    let work = Work { db: db.clone(), files: startup::file_store(config)?, scanner: startup::scanner(config)?, clock };
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    say(work.who_checks());
    let (stop, stopped) = watch::channel(false);
    let mut working = work.begin(&stopped);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        ended = working.join_next() => ended.context("there is always work")?.context("the work never ends by itself")?,
    }
    stop.send_replace(true);
    // What is not done by then is given up; its lease ends.
    let _ = timeout(GRACE, working.join_all()).await;
    Ok(())
}

/// What a worker works with.
pub struct Work {
    pub db: PgPool,
    pub files: Arc<dyn ObjectStore>,
    pub scanner: Scanner,
    pub clock: Clock,
}

impl Work {
    /// Says who looks for viruses.
    pub fn who_checks(&self) -> String {
        match &self.scanner {
            Scanner::Tcp(address) => format!("Files are checked for viruses by clamd at {address}."),
            Scanner::Unix(path) => format!("Files are checked for viruses by clamd at {}.", path.display()),
            Scanner::Nobody => {
                "Files are not checked for viruses and count as clean: CLAMD_ADDRESS is not set.".to_owned()
            }
        }
    }

    /// Begins; tasks end soon after `stopped` says so.
    pub fn begin(&self, stopped: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut working = JoinSet::new();
        for _ in 0..AT_A_TIME {
            let (db, files, clock) = (self.db.clone(), Arc::clone(&self.files), self.clock.clone());
            let (scanner, stopped) = (self.scanner.clone(), stopped.clone());
            working.spawn(async move {
                let storage = Storage { files: &files, db: &db, clock: &clock, beginning: scanner.beginning() };
                keep_scanning(storage, &scanner, stopped).await;
            });
        }
        working
    }
}
