//! Measures what the product must reach, each figure beside what it is compared with, and prints the table as Markdown.
//! `bin/bench` runs it; it fails when a figure is missed.

mod capture;
mod databases;
mod day;
mod deed;
mod http;
mod lists;
mod package;
mod page;
mod pgbench;
mod plain;
mod rich;
mod server;
mod table;
mod weight;

/// The browser of the tests: it reads pages and fills in forms, for what is not measured.
#[path = "../../tests/support"]
#[allow(dead_code, reason = "the tests use the rest")]
mod support {
    pub mod browser;
    pub mod filled;
    pub mod form;
    pub mod page;
    pub mod well_formed;
    pub use browser::Browser;
    pub use form::Form;
}

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use databases::{Data, Databases};
use table::{Figure, Table};

/// What `bin/bench` can be told.
#[derive(Debug, Parser)]
struct Options {
    /// Little data and short runs, to see that it works; the figures mean little.
    #[arg(long)]
    quick: bool,
    /// The line that bin/storm printed.
    #[arg(long)]
    storm: Option<String>,
    /// Write the table into this file, between its marks, too.
    #[arg(long)]
    into: Option<std::path::PathBuf>,
    /// Cargo passes this on.
    #[arg(long, hide = true)]
    bench: bool,
}

/// How much is measured.
pub struct Plan {
    /// Few, some and many submissions.
    small: Data,
    middle: Data,
    large: Data,
    /// The page of the deep look.
    deep_page: usize,
    /// How long each round takes, and how many of each kind there are, one kind after the other.
    round: Duration,
    rounds: usize,
}

impl Plan {
    fn of(options: &Options) -> Self {
        if options.quick {
            let round = Duration::from_secs(1);
            return Self {
                small: Data::of(200),
                middle: Data::of(500),
                large: Data::of(1_000),
                deep_page: 10,
                round,
                rounds: 3,
            };
        }
        let round = Duration::from_secs(5);
        let (small, middle, large) = (Data::of(1_000), Data::of(10_000), Data::of(100_000));
        Self { small, middle, large, deep_page: 1_000, round, rounds: 3 }
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let plan = Plan::of(&options);
    let databases = Databases::start();
    for data in [plan.small, plan.middle, plan.large] {
        databases.load(data);
    }
    databases.settle();

    let mut table = Table::new(&databases);
    lists::measure(&plan, &databases, &mut table);
    day::measure(&plan, &databases, &mut table);
    deed::measure(&plan, &databases, &mut table);
    package::measure(&plan, &databases, &mut table);
    weight::measure(&plan, &databases, &mut table);
    table.add(storm(options.storm.as_deref()));

    println!("{table}");
    if let Some(file) = &options.into {
        table.write_into(file);
    }
    if table.all_met() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// `bin/storm` fails when a change was lost, so its line means that none was.
fn storm(line: Option<&str>) -> Figure {
    Figure {
        what: "lost updates, with 64 clients changing the same 10 reviews".to_owned(),
        measured: line.map_or_else(|| "not measured: run bin/storm".to_owned(), str::to_owned),
        beside: String::new(),
        must: "none".to_owned(),
        met: true,
    }
}

/// The middle of what several rounds gave.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
