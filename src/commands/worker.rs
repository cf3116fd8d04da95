//! `mc-review worker`, and what of it `serve` does by itself in development.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use object_store::ObjectStore;
use sqlx::PgPool;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Duration, MissedTickBehavior, interval, timeout};

use super::say;
use crate::config::{Config, Environment};
use crate::documents::{Scanner, Storage, check_storage, keep_scanning, mend};
use crate::domain::clock::Clock;
use crate::history::{HistoryKey, sign};
use crate::startup;

/// So many files are checked at a time.
const AT_A_TIME: usize = 2;
/// How long a check under way may go on once the worker was told to stop. After that another worker takes it up.
const GRACE: Duration = Duration::from_secs(20);
/// How often it is looked for what nothing uses.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How often what is new in the history is signed.
const MINUTE: Duration = Duration::from_secs(60);

/// Works until SIGTERM or SIGINT.
pub async fn worker(config: &Config, db: &PgPool, clock: Clock) -> anyhow::Result<()> {
    let work = Work::new(config, db.clone(), startup::file_store(config)?, clock)?;
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    say(work.who_checks());
    say(work.who_signs());
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
#[derive(Clone)]
pub struct Work {
    pub db: PgPool,
    pub files: Arc<dyn ObjectStore>,
    pub folder: Option<PathBuf>,
    pub scanner: Scanner,
    pub clock: Clock,
    /// What the history is signed with; without it nobody does.
    pub history_key: Option<HistoryKey>,
}

impl Work {
    pub fn new(config: &Config, db: PgPool, files: Arc<dyn ObjectStore>, clock: Clock) -> anyhow::Result<Self> {
        let (folder, scanner) = (startup::storage_folder(config), startup::scanner(config)?);
        let history_key = startup::history_key(config, config.app_env == Environment::Production)?;
        Ok(Self { db, files, folder, scanner, clock, history_key })
    }

    /// Says whether the history is signed.
    pub fn who_signs(&self) -> &'static str {
        match self.history_key {
            Some(_) => "The history is signed once a minute.",
            None => "The history is not signed: HISTORY_KEY is not set.",
        }
    }

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
        working.spawn(keep_tidy(self.clone(), stopped.clone()));
        if let Some(key) = &self.history_key {
            working.spawn(keep_signing(self.clone(), key.clone(), stopped.clone()));
        }
        working
    }

    /// Clears away what nothing uses, and tells of what is lost.
    async fn tidy(&self) -> anyhow::Result<()> {
        let beginning = self.scanner.beginning();
        let storage = Storage { files: &self.files, db: &self.db, clock: &self.clock, beginning };
        let found = check_storage(storage, self.folder.as_deref(), false).await?;
        for lost in &found.lost {
            tracing::error!("{lost}");
        }
        let gone = mend(storage, self.folder.as_deref(), &found).await?;
        if gone > 0 {
            tracing::info!(gone, "contents that nothing used were removed");
        }
        Ok(())
    }
}

/// Once at the start and then once a day.
async fn keep_tidy(work: Work, mut stopped: watch::Receiver<bool>) {
    let mut days = interval(DAY);
    while !*stopped.borrow_and_update() {
        tokio::select! {
            _ = days.tick() => if let Err(error) = work.tidy().await {
                tracing::warn!(%error, "the file store could not be looked through");
            },
            changed = stopped.changed() => if changed.is_err() { return },
        }
    }
}

/// At the start and then once a minute, as long as something is new. What fails is done at the next.
async fn keep_signing(work: Work, key: HistoryKey, mut stopped: watch::Receiver<bool>) {
    let mut minutes = interval(MINUTE);
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !*stopped.borrow_and_update() {
        tokio::select! {
            _ = minutes.tick() => if let Err(error) = sign(&work.db, &*work.files, &work.clock, &key).await {
                tracing::error!(%error, "the history could not be signed");
            },
            changed = stopped.changed() => if changed.is_err() { return },
        }
    }
}
