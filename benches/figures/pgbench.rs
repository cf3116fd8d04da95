//! PostgreSQL's own benchmark, running the product's own statements: what the database alone takes.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use crate::capture::Statement;
use crate::databases::{Data, Databases};

/// A script for pgbench.
#[derive(Default)]
pub struct Script {
    text: String,
    /// What its statements are sent with, as `:p0`, `:p1` and so on: a value in the statement itself could be planned for.
    parameters: Vec<String>,
}

/// What a run of it came to.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Runs of the script per second, of all clients together.
    pub per_second: f64,
    /// How long one took on average.
    pub milliseconds: f64,
}

impl Script {
    /// The statements, sent with the parameters that they had.
    pub fn of(statements: &[Statement]) -> Self {
        let mut script = Self::default();
        for statement in statements {
            let sql = filled(&statement.sql, |at| script.parameter(statement.parameters[at].as_deref()));
            let _ = writeln!(script.text, "{sql};");
        }
        script
    }

    /// What stands in a statement for a parameter of this value.
    fn parameter(&mut self, value: Option<&str>) -> String {
        match value {
            None => "null".to_owned(),
            // Variables of pgbench's are never empty.
            Some("") => "''".to_owned(),
            Some(value) => {
                self.parameters.push(value.to_owned());
                format!(":p{}", self.parameters.len() - 1)
            }
        }
    }

    /// A transaction that can be done only once, undone each time: what waits for its end is asked, and as much waited
    /// for the disk, as if it had been kept.
    pub fn undone(transaction: &[Statement]) -> Self {
        let (last, all) = transaction.split_last().expect("a transaction has statements");
        assert!(last.sql.eq_ignore_ascii_case("commit"), "it was kept");
        let mut script = Self::of(all);
        script
            .text
            .push_str("set constraints all immediate;\nrollback;\nselect pg_logical_emit_message(true, '', '');\n");
        script
    }

    /// Statements that were sent twice, from version `version` of a row on and again when it had grown by `grown`: what
    /// differs between the two is the row's version, a new id or the time, and is made anew in every run.
    pub fn repeating(first: &[Statement], second: &[Statement], version: i32, grown: i32) -> Self {
        assert_eq!(first.len(), second.len(), "the same was done twice");
        let mut script = Self::default();
        for (one, other) in first.iter().zip(second) {
            assert_eq!(one.sql, other.sql, "the same was done twice");
            let sql = filled(&one.sql, |at| match (&one.parameters[at], &other.parameters[at]) {
                (Some(one), Some(other)) if one != other => anew(one, version),
                (one, _) => script.parameter(one.as_deref()),
            });
            let _ = writeln!(script.text, "{sql};");
        }
        let _ = writeln!(script.text, "\\set version :version + {grown}");
        script
    }

    /// Runs it for a while with so many clients; `version` is where a repeating script begins.
    pub fn run(&self, databases: &Databases, data: Data, clients: usize, time: Duration, version: i32) -> Run {
        let file = databases.files().join("script.sql");
        fs::write(&file, &self.text).expect("the script can be written");
        let mut pgbench = databases.postgres_program("pgbench", data);
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=2"]).arg(format!("--client={clients}"));
        pgbench.arg(format!("--time={}", time.as_secs())).arg(format!("--define=version={version}"));
        pgbench.args(self.parameters.iter().enumerate().map(|(at, value)| format!("--define=p{at}={value}")));
        let output = pgbench.arg("--file").arg(&file).output().expect("pgbench is beside PostgreSQL");
        let said = String::from_utf8_lossy(&output.stdout);
        let figure = |name: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
            line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok())
        };
        match (output.status.success(), figure("tps"), figure("latency average")) {
            (true, Some(per_second), Some(milliseconds)) => Run { per_second, milliseconds },
            _ => panic!("pgbench fails: {said}{}\n{}", String::from_utf8_lossy(&output.stderr), self.text),
        }
    }
}

/// The text of a statement with something in the place of each `$1`.
fn filled(sql: &str, mut value: impl FnMut(usize) -> String) -> String {
    let mut text = String::new();
    let mut parts = sql.split('$');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        match part[..digits].parse::<usize>() {
            Ok(number) => text.push_str(&value(number - 1)),
            Err(_) => text.push('$'),
        }
        text.push_str(&part[digits..]);
    }
    text
}

/// What stands for a parameter that is another each time.
fn anew(value: &str, version: i32) -> String {
    let is_uuid = value.len() == 36 && value.bytes().filter(|byte| *byte == b'-').count() == 4;
    if let Ok(number) = value.parse::<i32>() {
        format!("(:version + {})", number - version)
    } else if let Some(Ok(number)) =
        value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).map(str::parse::<i32>)
    {
        format!("array[:version + {}]", number - version)
    } else if is_uuid {
        "gen_random_uuid()".to_owned()
    } else {
        "now()".to_owned()
    }
}
