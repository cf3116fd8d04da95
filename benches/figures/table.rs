//! The table of figures, as Markdown.

use std::fmt;
use std::fs;
use std::path::Path;

use mc_review::domain::clock::{Clock, date_in_words};

use crate::databases::Databases;

/// Between these the table stands in a file.
const MARKS: (&str, &str) = ("<!-- figures -->", "<!-- /figures -->");

/// One row.
pub struct Figure {
    pub what: String,
    pub measured: String,
    /// What it is compared with.
    pub beside: String,
    pub must: String,
    pub met: bool,
}

/// All rows, and where and when they were measured.
pub struct Table {
    place: String,
    figures: Vec<Figure>,
}

impl Table {
    /// An empty table that names the day and the machine.
    pub fn new(databases: &Databases) -> Self {
        let read = |file: &str, name: &str| {
            let text = fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
            line.map(|line| line.trim_start_matches([' ', '\t', ':']).to_owned()).unwrap_or_default()
        };
        let memory: f64 = read("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or_default();
        let place = format!(
            "Measured on {} by `bin/bench` in a release build, on {} cores of {}, {:.0} GiB of memory, with PostgreSQL {} \
             on the same machine.",
            date_in_words(Clock::System.today()),
            std::thread::available_parallelism().map_or(0, usize::from),
            read("/proc/cpuinfo", "model name"),
            memory / 1024.0 / 1024.0,
            databases.version(),
        );
        Self { place, figures: Vec::new() }
    }

    /// Adds a row.
    pub fn add(&mut self, figure: Figure) {
        eprintln!("  {}: {} {}", figure.what, figure.measured, figure.beside);
        self.figures.push(figure);
    }

    /// Whether no figure is missed.
    pub fn all_met(&self) -> bool {
        self.figures.iter().all(|figure| figure.met)
    }

    /// Puts the table between its marks in a file; where there are none, at its end.
    pub fn write_into(&self, file: &Path) {
        let text = fs::read_to_string(file).unwrap_or_default();
        let (begin, end) = MARKS;
        let (before, after) = match (text.split_once(begin), text.split_once(end)) {
            (Some((before, _)), Some((_, after))) => (before.to_owned(), after.to_owned()),
            _ => (format!("{}\n\n", text.trim_end()), "\n".to_owned()),
        };
        fs::write(file, format!("{before}{begin}\n{self}{end}{after}")).expect("the table can be written");
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.place)?;
        writeln!(f, "| what | measured | beside | must | |\n|---|---|---|---|---|")?;
        for Figure { what, measured, beside, must, met } in &self.figures {
            let met = match met {
                _ if must.is_empty() => "",
                true => "met",
                false => "**missed**",
            };
            writeln!(f, "| {what} | {measured} | {beside} | {must} | {met} |")?;
        }
        Ok(())
    }
}
