//! The command line: what the program can be told to do, and the settings it is told it with.

mod account;
mod check_storage;
mod demo;
mod import_programs;
mod migrate;
mod serve;
mod verify_history;
mod worker;

use std::fmt::{Display, Write as _};
use std::io::Write as _;

use anyhow::Context;
use clap::{Args as _, CommandFactory, FromArgMatches, Parser, Subcommand};
use sqlx::PgPool;

use crate::config::{Config, Environment, ServeConfig};
use crate::db::{Purpose, schema};
use crate::domain::clock::Clock;
use crate::{startup, telemetry};

/// Review of Medicaid managed care contracts, for states and CMS.
#[derive(Debug, Parser)]
#[command(name = "mc-review", version, max_term_width = 100)]
struct CommandLine {
    #[command(flatten)]
    config: Config,
    /// What is logged: levels, as tracing-subscriber reads them. In production each line is a JSON object.
    #[arg(
        long,
        env = "LOG",
        default_value = "warn,actix_session=error,mc_review=info",
        global = true,
        help_heading = "Settings"
    )]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web application until SIGTERM or Ctrl+C.
    Serve(ServeConfig),
    /// Check uploaded files for viruses, and sign the history once a minute, until SIGTERM or Ctrl+C. Any number may run.
    Worker,
    /// Bring the database's schema up to this program's.
    Migrate,
    /// Load invented people, programs and submissions, made through the actions that people use. Refused in production.
    Demo(demo::DemoOptions),
    /// Add, change, deactivate or list the people who may sign in.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Load the list of programs by state from a file: adds, changes and retires, never deletes.
    ImportPrograms(import_programs::ImportPrograms),
    /// Compare the file store with the tables; fails if a document has lost its content.
    CheckStorage(check_storage::StorageOptions),
    /// Check that no entry of the history was altered, removed or put in, also since it was signed; fails if one was.
    VerifyHistory,
}

/// Does what the command line says.
///
/// # Errors
/// The sentences to show to whoever typed it.
pub fn run() -> anyhow::Result<()> {
    let matches = command_line().get_matches();
    let CommandLine { config, log, command } =
        CommandLine::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    telemetry::start(config.app_env, &log)?;
    let invented = matches!(command, Command::Demo(_));
    anyhow::ensure!(
        !invented || config.app_env != Environment::Production,
        "Invented data has no place in production."
    );
    // A private cluster is started, and stopped when all is done, outside of what runs concurrently: both block.
    let runtime = tokio::runtime::Runtime::new().context("The program can't start its threads")?;
    let entered = runtime.enter();
    let (db, cluster) = startup::database(&config, purpose_of(&command))?;
    drop(entered);
    let done = runtime.block_on(async {
        let done = obey(command, &config, &db).await;
        db.close().await;
        done
    });
    drop(cluster);
    done
}

/// What keeps running must not wait for ever; what a person started and watches may.
fn purpose_of(command: &Command) -> Purpose {
    if matches!(command, Command::Serve(_) | Command::Worker) { Purpose::Background } else { Purpose::Commands }
}

async fn obey(command: Command, config: &Config, db: &PgPool) -> anyhow::Result<()> {
    if !matches!(command, Command::Migrate) {
        schema::check(db).await?;
    }
    let clock = Clock::System;
    match command {
        Command::Serve(settings) => serve::serve(config, &settings, db, clock).await,
        Command::Worker => worker::worker(config, db, clock).await,
        Command::Migrate => migrate::migrate(db).await,
        Command::Demo(options) => demo::demo(config, &options, db, &clock).await,
        Command::Account(command) => account::account(command, db, &clock).await,
        Command::ImportPrograms(wanted) => import_programs::import_programs(&wanted, db, &clock).await,
        Command::CheckStorage(options) => check_storage::check_storage(config, &options, db, &clock).await,
        Command::VerifyHistory => verify_history::verify_history(config, db, &clock).await,
    }
}

/// The command line, whose help names every setting, those of `serve` too.
fn command_line() -> clap::Command {
    let mut settings = String::from("Settings of serve:\n");
    for setting in ServeConfig::augment_args(clap::Command::new("serve")).get_arguments() {
        let (Some(option), Some(variable)) = (setting.get_long(), setting.get_env()) else { continue };
        let help = setting.get_help().map(ToString::to_string).unwrap_or_default();
        let default = setting.get_default_values().first();
        let default = default.map_or_else(String::new, |value| format!(" [default: {}]", value.display()));
        let _ = writeln!(settings, "      --{option}\n          {help} [env: {}]{default}", variable.display());
    }
    settings
        .push_str("\nEvery setting is an option or, better for a server, an environment variable; the option wins.");
    CommandLine::command().after_help(settings)
}

/// Prints a line of an answer. A reader who has left, as `head` does, is no failure.
fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_documents_every_setting_that_the_example_file_names() {
        let help = command_line().render_long_help().to_string();
        let example = include_str!("../../.env.example");
        let names =
            example.lines().filter_map(|line| line.trim_start_matches('#').split_once('=')).map(|(name, _)| name);
        let settings: Vec<&str> =
            names.filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')).collect();
        assert!(settings.len() > 8, "{settings:?}");
        for setting in &settings {
            assert!(help.contains(&format!("[env: {setting}")), "{setting} is not in the help");
        }
        assert_eq!(help.matches("[env: ").count(), settings.len(), ".env.example lacks a setting");
    }

    #[test]
    fn the_command_line_is_free_of_contradictions() {
        command_line().debug_assert();
    }
}
