//! What the product really sends to PostgreSQL, read from PostgreSQL's log.

use crate::databases::Databases;

/// A statement with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    connection: String,
    /// The text, with `$1` and so on.
    pub sql: String,
    /// What stands for `$1` and so on; none is null.
    pub parameters: Vec<Option<String>>,
}

/// What was sent while some work was done.
pub fn during(databases: &Databases, work: impl FnOnce()) -> Vec<Statement> {
    let before = databases.log().len();
    work();
    statements(&databases.log()[before..])
}

/// Of what was sent, the transactions: what stands between `begin` and `commit` of one connection, both with it.
pub fn transactions(statements: &[Statement]) -> Vec<Vec<Statement>> {
    let is = |statement: &Statement, word: &str| statement.sql.eq_ignore_ascii_case(word);
    let mut transactions: Vec<Vec<Statement>> = Vec::new();
    let mut open: Vec<Vec<Statement>> = Vec::new();
    for statement in statements {
        if is(statement, "begin") {
            open.push(vec![statement.clone()]);
        } else if let Some(at) = open.iter().position(|begun| begun[0].connection == statement.connection) {
            open[at].push(statement.clone());
            if is(statement, "commit") {
                transactions.push(open.remove(at));
            }
        }
    }
    transactions
}

fn statements(log: &str) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    for (connection, level, text) in entries(log) {
        match level.as_str() {
            "LOG" => {
                let executed = text.strip_prefix("execute ").and_then(|text| text.split_once(": ")).map(|(_, sql)| sql);
                if let Some(sql) = executed.or_else(|| text.strip_prefix("statement: ")) {
                    let sql = sql.trim().trim_end_matches(';').to_owned();
                    found.push(Statement { connection, sql, parameters: Vec::new() });
                }
            }
            // PostgreSQL 16 and later begin it with a capital.
            "DETAIL" => {
                let list = text.strip_prefix("parameters: ").or_else(|| text.strip_prefix("Parameters: "));
                let owner = found.iter_mut().rev().find(|statement| statement.connection == connection);
                if let (Some(list), Some(owner)) = (list, owner) {
                    owner.parameters = parameters(list);
                }
            }
            _ => {}
        }
    }
    found
}

/// The entries of a log as connection, level and text: `2026-03-11 03:30:00.000 UTC [4242] LOG:  …`, further lines of
/// an entry begin with a tab.
fn entries(log: &str) -> Vec<(String, String, String)> {
    let mut entries: Vec<(String, String, String)> = Vec::new();
    for line in log.lines() {
        if let Some(more) = line.strip_prefix('\t') {
            if let Some((_, _, text)) = entries.last_mut() {
                text.push('\n');
                text.push_str(more);
            }
        } else if let Some((connection, (level, text))) = line
            .split_once(" [")
            .and_then(|(_, rest)| rest.split_once("] "))
            .and_then(|(connection, rest)| Some((connection, rest.split_once(":  ")?)))
        {
            entries.push((connection.to_owned(), level.to_owned(), text.to_owned()));
        }
    }
    entries
}

/// `$1 = 'it''s', $2 = NULL`
fn parameters(list: &str) -> Vec<Option<String>> {
    let mut found = Vec::new();
    let mut rest = list;
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            found.push(None);
            rest = value;
            continue;
        };
        let (mut text, mut end) = (String::new(), quoted.len());
        let mut letters = quoted.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            if letter != '\'' {
                text.push(letter);
            } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
                text.push('\'');
            } else {
                end = at + 1;
                break;
            }
        }
        found.push(Some(text));
        rest = &quoted[end..];
    }
    found
}
