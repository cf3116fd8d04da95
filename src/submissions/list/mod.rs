//! `GET /submissions`: what CMS was sent, or what a state has written, as a table with filters, sort and pages.

mod columns;
mod lanes;
mod query;
mod rows;
mod view;

#[cfg(test)]
mod tests;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sqlx::PgConnection;

use crate::domain::lifecycle::ContractReviewStatus;
use crate::domain::role::{Department, Side};
use crate::web::chrome::Chrome;
use crate::web::paging::{Page, Position, SIZES};
use crate::web::{Result, SignedIn, html};
use columns::SortBy;
use query::{ListQuery, Refusal, StateName, visible_statuses};
use rows::{Reader, Row};
use view::ListRow;

#[derive(Template)]
#[template(path = "submissions/list.html", blocks = ["results"])]
struct ListPage {
    chrome: Chrome,
    htmx: bool,
    cms: bool,
    statuses: Vec<Offer>,
    states: Vec<Offer>,
    sorts: Vec<Offer>,
    sizes: Vec<Offer>,
    count: String,
    results: String,
    chips: Vec<Chip>,
    clear: String,
    sorted: String,
    columns: Vec<Header>,
    rows: Vec<ListRow>,
    departments: Vec<Department>,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "submissions/list_refused.html", blocks = ["results"])]
struct RefusedPage {
    chrome: Chrome,
    unknown: Vec<String>,
    without: String,
}

/// A choice of the filter form.
struct Offer {
    value: String,
    label: String,
    chosen: bool,
}

/// A filter in force, and the address without it.
struct Chip {
    label: String,
    without: String,
}

/// The header of a column; with the address that sorts by it.
struct Header {
    label: &'static str,
    sort: Option<String>,
    sorted: &'static str,
}

/// `GET /submissions`
///
/// # Errors
/// When the database fails.
pub async fn get(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    let side = who.person().side();
    let mut conn = who.app.db.acquire().await?;
    let states = if side == Side::Cms { state_names(&mut conn).await? } else { Vec::new() };
    let query = match ListQuery::read(request.query_string(), side, &states) {
        Ok(query) => query,
        Err(refusal) => return refused(&who, side, *refusal),
    };
    let today = who.app.clock.today();
    let reader = Reader { side, own_state: who.person().state_code.as_deref(), states: &states, today };
    let (page, total) = rows::page(&mut conn, reader, &query).await?;
    drop(conn);
    let page = draw(&who, &reader, &query, page, total);
    if who.htmx { html(StatusCode::OK, &page.as_results()) } else { html(StatusCode::OK, &page) }
}

async fn state_names(conn: &mut PgConnection) -> sqlx::Result<Vec<StateName>> {
    sqlx::query_as!(StateName, "select code, name from state order by name").fetch_all(conn).await
}

/// A part of a page has no surroundings, and the message waits for a page that does.
fn chrome(who: &SignedIn, title: &str) -> Chrome {
    if who.htmx { Chrome::bare(&who.app, title) } else { who.chrome(title) }
}

fn refused(who: &SignedIn, side: Side, refusal: Refusal) -> Result<HttpResponse> {
    let page = RefusedPage {
        chrome: chrome(who, "Not in this list – Submissions"),
        unknown: refusal.unknown,
        without: refusal.without.href(side),
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    if who.htmx { html(status, &page.as_results()) } else { html(status, &page) }
}

fn draw(who: &SignedIn, reader: &Reader<'_>, query: &ListQuery, page: Page<Row>, total: i64) -> ListPage {
    let side = reader.side;
    let place = |position: Option<Position>| position.map(|position| query.at(position).href(side));
    let rows: Vec<ListRow> = page.rows.into_iter().map(|row| ListRow::of(row, side, reader.today)).collect();
    let shown = |department: &Department| {
        rows.iter().flat_map(|row| &row.departments).any(|work| work.department == *department)
    };
    ListPage {
        chrome: chrome(who, "Submissions"),
        htmx: who.htmx,
        cms: side == Side::Cms,
        statuses: status_offers(query, side),
        states: state_offers(query, reader.states),
        sorts: sort_offers(query, side),
        sizes: size_offers(query),
        count: counted(total, "submission"),
        results: counted(total, "result"),
        chips: chips(query, reader),
        clear: query.without_filters().href(side),
        sorted: format!("{}, {}", query.sort.label(), query.sort.direction(query.descending)),
        columns: headers(query, side),
        departments: Department::ALL.into_iter().filter(shown).collect(),
        rows,
        first: page.beyond_first.then(|| query.at(Position::First).href(side)),
        previous: place(page.previous),
        next: place(page.next),
    }
}

fn status_offers(query: &ListQuery, side: Side) -> Vec<Offer> {
    let chosen = query.chosen_statuses(side);
    let offer = |status: &ContractReviewStatus| Offer {
        value: status.as_str().to_owned(),
        label: status.label().to_owned(),
        chosen: chosen.contains(status),
    };
    visible_statuses(side).iter().map(offer).collect()
}

fn state_offers(query: &ListQuery, states: &[StateName]) -> Vec<Offer> {
    let offer = |state: &StateName| Offer {
        value: state.code.clone(),
        label: state.name.clone(),
        chosen: query.states.contains(&state.code),
    };
    states.iter().map(offer).collect()
}

fn sort_offers(query: &ListQuery, side: Side) -> Vec<Offer> {
    let offer = |&by: &SortBy| {
        [by.descending_at_first(), !by.descending_at_first()].map(|descending| Offer {
            value: ListQuery::sort_name(by, descending),
            label: format!("{}, {}", by.label(), by.direction(descending)),
            chosen: (by, descending) == (query.sort, query.descending),
        })
    };
    SortBy::of_side(side).iter().flat_map(offer).collect()
}

fn size_offers(query: &ListQuery) -> Vec<Offer> {
    let offer = |size: usize| Offer { value: size.to_string(), label: size.to_string(), chosen: size == query.size };
    SIZES.into_iter().map(offer).collect()
}

fn chips(query: &ListQuery, reader: &Reader<'_>) -> Vec<Chip> {
    let statuses = query.chosen_statuses(reader.side).iter().map(|status| Chip {
        label: format!("Status: {}", status.label()),
        without: query.without_status(*status).href(reader.side),
    });
    let chosen = reader.states.iter().filter(|state| query.states.contains(&state.code));
    let states = chosen.map(|state| Chip {
        label: format!("State: {}", state.name),
        without: query.without_state(&state.code).href(reader.side),
    });
    statuses.chain(states).collect()
}

/// The columns of a side, in order.
fn headers(query: &ListQuery, side: Side) -> Vec<Header> {
    use SortBy as By;
    let columns: &[(&str, Option<By>)] = match side {
        Side::Cms => &[
            ("Submission", Some(By::Submission)),
            ("State", Some(By::State)),
            ("Kind", None),
            ("Submission type", None),
            ("Programs", None),
            ("Status", Some(By::Status)),
            ("Turn", None),
            ("Departments", None),
            ("First sent", Some(By::FirstSent)),
            ("Last activity", Some(By::LastActivity)),
            ("Days to effective date", Some(By::EffectiveFrom)),
        ],
        Side::State => &[
            ("Submission", Some(By::Submission)),
            ("Kind", None),
            ("Programs", None),
            ("Status", Some(By::Status)),
            ("Turn", None),
            ("First sent", Some(By::FirstSent)),
            ("Last activity", Some(By::LastActivity)),
        ],
    };
    let header = |&(label, by): &(&'static str, Option<By>)| Header {
        label,
        sort: by.map(|by| query.sorted_by(by).href(side)),
        sorted: match by {
            Some(by) if by == query.sort && query.descending => "descending",
            Some(by) if by == query.sort => "ascending",
            _ => "none",
        },
    };
    columns.iter().map(header).collect()
}

/// `1 submission`, `12,345 submissions`.
fn counted(total: i64, what: &str) -> String {
    let digits = total.to_string();
    let mut words = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    format!("{words} {what}{}", if total == 1 { "" } else { "s" })
}
