//! The command line.

use std::net::TcpListener;

use anyhow::Context;
use clap::{Parser, Subcommand};
use mc_review::config::{Config, ServeConfig};
use mc_review::domain::clock::Clock;
use mc_review::{db, startup, telemetry};

/// Review of Medicaid managed care contracts, for states and CMS.
#[derive(Debug, Parser)]
#[command(version)]
struct CommandLine {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web application.
    Serve(ServeConfig),
    /// Bring the database's schema up to this program's.
    Migrate,
    /// Load invented data, made through the same actions that people use. Refused in production.
    Demo,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let CommandLine { config, command } = CommandLine::parse();
    telemetry::start(config.app_env);
    let (db, _cluster) = startup::database(&config)?;
    match command {
        Command::Serve(serve) => {
            let listener = TcpListener::bind(&serve.bind_address)
                .with_context(|| format!("{} can't be listened on", serve.bind_address))?;
            let app = startup::app(&config, &serve, db, Clock::System)?;
            tracing::info!("serving on http://{}", listener.local_addr()?);
            startup::serve(app, &serve, listener)?.await?;
        }
        Command::Migrate => db::MIGRATOR.run(&db).await.context("the migrations could not be applied")?,
        Command::Demo => mc_review::demo::load(&db, &Clock::System).await?,
    }
    Ok(())
}
