//! The settings of the program, each an option of the command line and an environment variable.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What the program runs as; decides what may be missing and who may sign in how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Environment {
    /// On a developer's machine: private database, demonstration accounts.
    Development,
    /// In automatic tests: as development, with a clock that tests set.
    Test,
    /// For real: nothing is made up, everything must be set.
    Production,
}

/// The settings shared by every subcommand.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Settings")]
pub struct Config {
    /// What the program runs as.
    #[arg(long, env = "APP_ENV", value_enum, default_value = "development", global = true)]
    pub app_env: Environment,
    /// The PostgreSQL database, as postgres://user:password@host/name. Without it a private one is started (not in production).
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// The most connections to the database that one process works with; those of `serve` are shared out among the threads that
    /// answer. It has a few more for exports and for what goes on in the background.
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = 16, global = true)]
    pub database_connections: u32,
    /// Where files are kept: a folder, as file:///srv/mc-review/files or a path, or a bucket, as s3://bucket/prefix, with
    /// the usual AWS_ variables for the rest.
    #[arg(long, env = "STORAGE_URL", default_value = "var/storage", global = true)]
    pub storage_url: String,
    /// The virus scanner clamd, as host:port or unix:/run/clamav/clamd.ctl. Required in production; elsewhere files
    /// count as clean without it.
    #[arg(long, env = "CLAMD_ADDRESS", global = true)]
    pub clamd_address: Option<String>,
    /// The secret that a worker signs checkpoints of the history with, and that `verify-history` checks them by; at least 64
    /// characters. Required in production for `worker`; without it nothing is signed.
    #[arg(long, env = "HISTORY_KEY", hide_env_values = true, global = true)]
    pub history_key: Option<String>,
}

/// The settings of `serve`.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Settings of serve")]
pub struct ServeConfig {
    /// The address and port to listen on.
    #[arg(long, env = "BIND_ADDRESS", default_value = "127.0.0.1:8080")]
    pub bind_address: String,
    /// The secret that signs session cookies, at least 64 characters. Required in production, made up otherwise.
    #[arg(long, env = "SESSION_KEY", hide_env_values = true)]
    pub session_key: Option<String>,
    /// The address people see, as https://mc-review.example.gov. Required in production, where it must be https; then cookies are
    /// for https alone, browsers are told to come by it alone, and forms count only from pages of this address.
    #[arg(long, env = "PUBLIC_URL")]
    pub public_url: Option<String>,
    /// How many proxies of ours stand between browsers and this program, each of which notes in X-Forwarded-For whom it was called
    /// by. What a request says in forwarded headers counts no further.
    #[arg(long, env = "TRUSTED_PROXIES", default_value_t = 0)]
    pub trusted_proxies: u8,
    /// Whom people write to when they need help.
    #[arg(long, env = "HELP_DESK_EMAIL", default_value = "mc-review-help@example.gov")]
    pub help_desk_email: String,
    /// The folder with style sheets, scripts and fonts.
    #[arg(long, env = "STATIC_DIR", default_value = "static")]
    pub static_dir: PathBuf,
    /// The number of worker threads that answer requests.
    #[arg(long, env = "WEB_WORKERS", default_value_t = 2)]
    pub workers: usize,
    /// Nobody is refused for asking too much, so that it can be measured how much is answered. Refused in production.
    #[arg(long, hide = true)]
    pub without_limits: bool,
}
