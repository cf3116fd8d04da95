//! `/settings/programs`: the programs of the states, as a page and as a file.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use sqlx::PgConnection;
use time::Date;

use super::cms_alone;
use crate::domain::clock::date_in_words;
use crate::domain::id::ProgramId;
use crate::domain::naming::natural_order;
use crate::programs::{self, KnownProgram};
use crate::web::chrome::Chrome;
use crate::web::csv::Table;
use crate::web::{Error, Result, SignedIn, html};

const NOT_YOURS: &str = "Only administrators export the list of programs.";

/// What the list can be sorted by.
const COLUMNS: [(&str, &str); 7] = [
    ("state", "State"),
    ("name", "Short name"),
    ("full_name", "Full name"),
    ("rate_only", "Rate certifications only"),
    ("retired_on", "Retired on"),
    ("replaced_by", "Replaced by"),
    ("submissions", "Submissions"),
];

/// What an address asks for.
#[derive(Debug, Default)]
struct Query {
    states: Vec<String>,
    column: &'static str,
    descending: bool,
    unknown: Vec<String>,
}

struct ListRow {
    id: ProgramId,
    state_code: String,
    state: String,
    name: String,
    full_name: String,
    rate_only: bool,
    retired_on: Option<Date>,
    replaced_by: String,
    submissions: i64,
}

struct Header {
    label: &'static str,
    href: String,
    sorted: &'static str,
}

struct Offer {
    code: String,
    name: String,
    chosen: bool,
    /// The list without it.
    without: String,
}

#[derive(Template)]
#[template(path = "settings/programs.html")]
struct ListPage {
    chrome: Chrome,
    count: String,
    states: Vec<Offer>,
    sort: String,
    columns: Vec<Header>,
    rows: Vec<ListRow>,
    export: Option<String>,
}

#[derive(Template)]
#[template(path = "settings/programs_refused.html")]
struct RefusedPage {
    chrome: Chrome,
    unknown: Vec<String>,
    without: String,
}

impl ListPage {
    fn chosen(&self) -> usize {
        self.states.iter().filter(|state| state.chosen).count()
    }
}

impl ListRow {
    fn retired(&self) -> String {
        self.retired_on.map(date_in_words).unwrap_or_default()
    }
}

/// `GET /settings/programs`
///
/// # Errors
/// 404 for the people of a state.
pub async fn get(who: SignedIn, address: web::Query<Vec<(String, String)>>) -> Result<HttpResponse> {
    cms_alone(&who)?;
    let mut conn = who.app.db.acquire().await?;
    let states = states(&mut conn).await?;
    let query = Query::read(&address, &states);
    if !query.unknown.is_empty() {
        let chrome = chrome(&who);
        let page = RefusedPage { chrome, without: query.address("/settings/programs"), unknown: query.unknown };
        return html(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let rows = rows(&mut conn, &query, &states).await?;
    drop(conn);
    let page = ListPage {
        chrome: chrome(&who),
        count: if rows.len() == 1 { "1 program".to_owned() } else { format!("{} programs", rows.len()) },
        states: states.iter().map(|(code, name)| query.offer(code, name)).collect(),
        sort: query.sort(),
        columns: COLUMNS.iter().map(|(column, label)| query.header(column, label)).collect(),
        export: who.person().program_keeper().map(|_| query.address("/settings/programs.csv")),
        rows,
    };
    html(StatusCode::OK, &page)
}

fn chrome(who: &SignedIn) -> Chrome {
    who.chrome("Programs – Settings").crumbs([("/settings".to_owned(), "Settings".to_owned())], "Programs")
}

/// `GET /settings/programs.csv`: the same list as a file, for administrators.
///
/// # Errors
/// 404 for the people of a state, 403 for others than administrators.
pub async fn csv(who: SignedIn, address: web::Query<Vec<(String, String)>>) -> Result<HttpResponse> {
    cms_alone(&who)?;
    who.person().program_keeper().ok_or(Error::Forbidden(NOT_YOURS))?;
    let mut conn = who.app.db.acquire().await?;
    let states = states(&mut conn).await?;
    let query = Query::read(&address, &states);
    if let Some(unknown) = query.unknown.first() {
        return Err(Error::unprocessable(format!("The list of programs does not have {unknown}.")));
    }
    let rows = rows(&mut conn, &query, &states).await?;
    drop(conn);
    let mut table = Table::new(COLUMNS.iter().map(|(_, label)| *label).chain(["Id"]));
    for row in &rows {
        table.row([
            row.state_code.as_str().into(),
            row.name.as_str().into(),
            row.full_name.as_str().into(),
            if row.rate_only { "yes" } else { "no" }.into(),
            row.retired().into(),
            row.replaced_by.as_str().into(),
            row.submissions.into(),
            row.id.to_string().into(),
        ]);
    }
    Ok(table.answer("programs.csv"))
}

impl Query {
    fn read(address: &[(String, String)], states: &BTreeMap<String, String>) -> Self {
        let mut query = Self { column: "state", ..Self::default() };
        for (name, value) in address {
            for value in value.split(',').map(str::trim).filter(|value| !value.is_empty()) {
                let column = COLUMNS.iter().find(|(column, _)| *column == value.trim_start_matches('-'));
                match (name.as_str(), column) {
                    ("state", _) if states.contains_key(value) => query.states.push(value.to_owned()),
                    ("sort", Some((column, _))) => {
                        (query.column, query.descending) = (*column, value.starts_with('-'));
                    }
                    _ => query.unknown.push(format!("{name}: {value}")),
                }
            }
        }
        query.states.sort();
        query.states.dedup();
        query
    }

    fn sort(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column)
    }

    /// The address of this list at `path`.
    fn address(&self, path: &str) -> String {
        let mut parts = Vec::new();
        if !self.states.is_empty() {
            parts.push(format!("state={}", self.states.join(",")));
        }
        if self.sort() != "state" {
            parts.push(format!("sort={}", self.sort()));
        }
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }

    fn offer(&self, code: &str, name: &str) -> Offer {
        let others = self.states.iter().filter(|chosen| *chosen != code).cloned().collect();
        let without = Self { states: others, column: self.column, descending: self.descending, unknown: Vec::new() };
        Offer {
            code: code.to_owned(),
            name: name.to_owned(),
            chosen: self.states.iter().any(|chosen| chosen == code),
            without: without.address("/settings/programs"),
        }
    }

    fn header(&self, column: &'static str, label: &'static str) -> Header {
        let current = self.column == column;
        let turned =
            Self { states: self.states.clone(), column, descending: current && !self.descending, unknown: Vec::new() };
        let sorted = match (current, self.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        };
        Header { label, href: turned.address("/settings/programs"), sorted }
    }

    fn compare(&self, a: &ListRow, b: &ListRow) -> Ordering {
        let order = match self.column {
            "name" => natural_order(&a.name, &b.name),
            "full_name" => natural_order(&a.full_name, &b.full_name),
            "rate_only" => a.rate_only.cmp(&b.rate_only),
            "retired_on" => a.retired_on.cmp(&b.retired_on),
            "replaced_by" => natural_order(&a.replaced_by, &b.replaced_by),
            "submissions" => a.submissions.cmp(&b.submissions),
            _ => a.state.cmp(&b.state),
        };
        if self.descending { order.reverse() } else { order }
    }
}

/// The states that have programs, by their codes.
async fn states(conn: &mut PgConnection) -> sqlx::Result<BTreeMap<String, String>> {
    let states =
        sqlx::query!("select code, name from state s where exists (select from program p where p.state_code = s.code)")
            .fetch_all(conn)
            .await?;
    Ok(states.into_iter().map(|state| (state.code, state.name)).collect())
}

async fn rows(conn: &mut PgConnection, query: &Query, states: &BTreeMap<String, String>) -> sqlx::Result<Vec<ListRow>> {
    let wanted = |program: &KnownProgram| query.states.is_empty() || query.states.contains(&program.state_code);
    let known = programs::list(conn, None).await?;
    let names: HashMap<ProgramId, String> =
        known.iter().map(|program| (program.id, program.fields.name.clone())).collect();
    let known: Vec<KnownProgram> = known.into_iter().filter(wanted).collect();
    let used = used_by(conn, &known).await?;
    let mut rows: Vec<ListRow> = known
        .into_iter()
        .map(|program| ListRow {
            id: program.id,
            state: states.get(&program.state_code).cloned().unwrap_or_default(),
            state_code: program.state_code,
            name: program.fields.name,
            full_name: program.fields.full_name,
            rate_only: program.fields.rate_only,
            retired_on: program.fields.retired_on,
            replaced_by: program.fields.replaced_by.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
            submissions: used.get(&program.id).copied().unwrap_or_default(),
        })
        .collect();
    // What is equal stays by state and short name.
    rows.sort_by(|a, b| query.compare(a, b));
    Ok(rows)
}

/// How many submissions that CMS may know of are named by each program.
pub(super) async fn used_by(
    conn: &mut PgConnection,
    programs: &[KnownProgram],
) -> sqlx::Result<HashMap<ProgramId, i64>> {
    let ids: Vec<uuid::Uuid> = programs.iter().map(|program| program.id.0).collect();
    let used = sqlx::query!(
        r#"select p.program_id as "program: ProgramId", count(*) as "submissions!"
             from contract_review_program p join contract_review r on r.id = p.contract_review_id
            where p.program_id = any($1) and r.status <> 'draft' group by p.program_id"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(used.into_iter().map(|row| (row.program, row.submissions)).collect())
}
