//! What every list has: the address that holds all that is asked for, filters, sort and pages, and the reading of a page
//! that costs the same whatever the filters and however many rows there are. A list says what is its own: [`List`].

mod called;
mod choices;
mod chosen;
mod column;
mod export;
mod filter;
mod found;
mod frame;
mod kept;
mod lanes;
mod mark;
mod order;
mod query;
mod remember;
mod searched;
mod sql;
pub mod values;

use std::fmt::Debug;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use askama::Template;
use sqlx::postgres::{PgHasArrayType, PgRow};
use sqlx::{Encode, FromRow, PgConnection, Postgres, QueryBuilder, Type};
use time::Date;
use uuid::Uuid;

use super::cell::Cell;
use super::chrome::Chrome;
use super::paging::{Cursor, Page, Position};
use super::{Result, SignedIn, html};
use crate::domain::id::{AccountId, SavedViewId};
use crate::domain::key::Key;
use crate::domain::lifecycle::{ContractReviewStatus, RateReviewStatus};
use crate::domain::naming::natural_order;
use crate::domain::permission::Person;
use crate::domain::role::{Department, Side};
use crate::search::Thing;

pub use called::open_called;
pub use choices::{Choices, Named, OpensWith, StateName};
pub use chosen::{Chosen, chosen};
pub use column::{Column, QUESTIONS, Shown, sorts};
pub use export::{Export, Exporting, export};
pub use filter::{Crossed, Filter, Given, ROUNDS, Takes, WORK};
pub use frame::{Chip, Frame, Header, Offer, counted, views};
pub use kept::{Kept, kept, settled};
pub use lanes::{Lanes, Reading};
pub use mark::{Drawn, newest};
pub use order::{Order, Value};
pub use query::{ListQuery, Refusal};
pub use remember::remember;
pub use searched::Searched;
pub use sql::{count, counts, push_any, push_days, push_moments, push_programs, push_reviewers, push_total};

/// A list: what is in it, who sees which of it, and what it can be sorted by.
pub trait List: Copy + Debug + Eq + 'static {
    /// The address of a row.
    type Key: Key + Send + Sync;
    /// Where a row stands in its life.
    type Status: Status;
    /// What the list can be sorted by.
    type SortBy: SortBy + Send + Sync;
    /// A row as it is read.
    type Row: for<'r> FromRow<'r, PgRow> + Send + Unpin;

    /// Its name: where a person's columns and views of it are kept.
    const NAME: &'static str;
    /// Where the list is.
    const PATH: &'static str;
    /// What one of its rows is called.
    const THING: &'static str;
    /// The table of its rows. Its programs and its counts stand in tables named after it.
    const TABLE: &'static str;

    /// The departments that review its rows, or what belongs to them.
    fn reviewed_by() -> &'static [Department];

    /// What is searched in it.
    const SEARCHED: Thing;

    /// The statuses that a side can see.
    fn visible(side: Side) -> &'static [Self::Status];

    /// The statuses that an address without a query shows to CMS: what is still going on.
    fn going_on() -> &'static [Self::Status];

    /// Its columns, in order.
    fn columns() -> &'static [Column<Self::SortBy>];

    /// Its filters beside status and state, in the order of the form.
    fn filters() -> &'static [Filter];

    /// Pushes what a filter demands of a row `r`, as a further ` and …`; nothing where it is not filtered by.
    fn push_filter(sql: &mut QueryBuilder<Postgres>, name: &str, given: &Given, reader: Reader<'_>);

    /// What is read of the rows whose keys a statement has found as `keys`, and how many there are, as `total`: a
    /// further part of that statement. Its rows are those of `page`, and the order is put behind it.
    fn select(sql: &mut QueryBuilder<Postgres>, reader: Reader<'_>, query: &ListQuery<Self>);

    /// The row itself.
    fn id(row: &Self::Row) -> Uuid;

    /// Its whole name.
    fn name(row: &Self::Row) -> &str;

    /// The place of a row in an order.
    fn cursor(row: &Self::Row, sort: Self::SortBy) -> Cursor<Self::Key>;

    /// How many rows match in all, as a row says.
    fn total(row: &Self::Row) -> i64;

    /// The headings of the list as a file.
    fn file_headings(query: &ListQuery<Self>) -> Vec<&'static str> {
        let shown = Self::columns().iter().filter(|column| query.shows(column.name));
        shown.flat_map(Column::file_headings).copied().collect()
    }

    /// A row under those headings.
    fn cells(row: Self::Row, query: &ListQuery<Self>, reader: Reader<'_>) -> Vec<Cell>;
}

/// A column that a list can be sorted by: its words, its name in addresses, and how the database holds the order.
pub trait SortBy: Copy + Debug + Eq + 'static {
    /// What a list is sorted by if nobody asks, the highest first.
    const DEFAULT: Self;

    /// Its name in addresses.
    fn name(self) -> &'static str;

    /// What is sorted by, in words.
    fn label(self) -> &'static str;

    /// Whether a first press of the header puts the highest value first: of what happened, the newest matters.
    fn descending_at_first(self) -> bool;

    /// The direction in words.
    fn direction(self, descending: bool) -> &'static str;

    /// How the rows lie in the database for a side.
    fn order(self, side: Side) -> Order;
}

/// A status that a list is filtered by, read lane by lane, and sorted by in order of life.
pub trait Status:
    Copy + Debug + Ord + Send + Sync + Type<Postgres> + PgHasArrayType + for<'q> Encode<'q, Postgres> + 'static
{
    /// How many there are.
    const NUMBER: usize;

    /// Its place in the order of life, from 0.
    fn rank(self) -> i32;

    /// The value as it stands in addresses.
    fn value(self) -> &'static str;

    /// The status in words.
    fn words(self) -> &'static str;
}

macro_rules! status {
    ($name:ident) => {
        impl Status for $name {
            const NUMBER: usize = Self::ALL.len();

            fn rank(self) -> i32 {
                self as i32
            }

            fn value(self) -> &'static str {
                self.as_str()
            }

            fn words(self) -> &'static str {
                self.label()
            }
        }
    };
}

status!(ContractReviewStatus);
status!(RateReviewStatus);

/// Who reads: the person, their side, the state of a state user, what they can ask for, and the day.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Whoever reads.
    pub account: AccountId,
    /// The side that reads.
    pub side: Side,
    /// The only state that is read for a state user.
    pub own_state: Option<&'a str>,
    /// What can be asked for.
    pub choices: &'a Choices,
    /// The day it is.
    pub today: Date,
}

impl<'a> Reader<'a> {
    /// A person as a reader.
    pub fn of(person: &'a Person, choices: &'a Choices, today: Date) -> Self {
        Self { account: person.id, side: person.side(), own_state: person.state_code.as_deref(), choices, today }
    }
}

/// The most bytes of an address that asks something of a list. What is kept of it (exports, saved views) spells some signs
/// out, and may have twice as many characters.
pub const MOST_OF_QUERY: usize = 8_000;

/// What is said of a longer one.
pub fn too_long() -> String {
    format!("address of more than {MOST_OF_QUERY} characters")
}

/// What an address of a list leads to.
#[derive(Debug)]
pub enum Opened<Row> {
    /// A page of the list: what surrounds the rows, and the rows.
    Page(Box<Frame>, Vec<Row>),
    /// The answer to an address that asks for what the list does not have.
    Refused(HttpResponse),
}

#[derive(Template)]
#[template(path = "list_refused.html", blocks = ["results"])]
struct RefusedPage {
    chrome: Chrome,
    thing: &'static str,
    unknown: Vec<String>,
    without: String,
}

/// Reads the page of a list that the address asks for.
///
/// # Errors
/// [`super::Error::TooMany`] for whoever searches too often; when the database fails.
pub async fn open<L: List>(who: &SignedIn, raw_query: &str) -> Result<Opened<L::Row>> {
    let mut conn = who.app.db.acquire().await?;
    let Asked { query, choices, past } = match asked::<L>(who, &mut conn, raw_query).await? {
        Ok(asked) => asked,
        Err(NotAsked { crossed: Some(crossed), .. }) => return crossed_page(who, &mut conn, *crossed).await,
        Err(refused) => return Ok(Opened::Refused(refused.answer)),
    };
    if query.words.is_some() {
        who.app.limits.searches.check(&who.person().id)?;
    }
    let reader = Reader::of(who.person(), &choices, who.app.clock.today());
    let drawn = Drawn { seq: mark::newest(&mut conn, reader.own_state).await?, at: who.app.clock.now() };
    let read = sql::page(&mut conn, reader, query).await?;
    let found = found::places(&mut conn, reader, &read.query, &read.page.rows).await?;
    let searched = Searched::of(&mut conn, reader, &read, found).await?;
    drop(conn);
    let frame = Frame { past, ..Frame::of(who, drawn, reader, &read, searched) };
    Ok(Opened::Page(Box::new(frame), read.page.rows))
}

/// The page of a query in which a range of days ends before it begins: nothing is read, and the field says why.
async fn crossed_page<L: List>(who: &SignedIn, conn: &mut PgConnection, query: ListQuery<L>) -> Result<Opened<L::Row>> {
    let choices = Choices::read::<L>(conn, who.person(), None).await?;
    let reader = Reader::of(who.person(), &choices, who.app.clock.today());
    let drawn = Drawn { seq: mark::newest(conn, reader.own_state).await?, at: who.app.clock.now() };
    let query = query.at(Position::First);
    let page = Page::of(Vec::new(), query.size, &query.position, |row| L::cursor(row, query.sort));
    let read = sql::Read { query, page, total: 0 };
    let frame = Frame::of(who, drawn, reader, &read, Searched::said(&read.query));
    Ok(Opened::Page(Box::new(frame), Vec::new()))
}

/// What an address asks for.
struct Asked<L: List> {
    query: ListQuery<L>,
    /// All that it can ask for.
    choices: Choices,
    /// The view that the list is opened with, where that asks for what the list does not have any more.
    past: Option<PastView>,
}

/// A view with which a list can't open any more.
#[derive(Debug)]
pub struct PastView {
    /// What it asks for, and what is shown instead.
    pub sentence: String,
    /// Where it is.
    pub href: String,
}

/// An address that asks for what a list does not have.
struct NotAsked<L: List> {
    /// The answer.
    answer: HttpResponse,
    /// What it asks for, where nothing is wrong but ranges of days that end before they begin.
    crossed: Option<Box<ListQuery<L>>>,
}

/// What the address asks for, or the answer to one that asks for what the list does not have. An address may ask for a
/// view by its key, and one without a query asks for the view with which the list opens for the person; what that asks for
/// in vain is said, and the usual list shown.
async fn asked<L: List>(
    who: &SignedIn,
    conn: &mut PgConnection,
    raw_query: &str,
) -> Result<Result<Asked<L>, NotAsked<L>>> {
    let side = who.person().side();
    let named = raw_query.strip_prefix("view=");
    let wanted: Option<SavedViewId> = named.and_then(|id| id.parse().ok());
    let choices = Choices::read::<L>(conn, who.person(), wanted).await?;
    if raw_query.len() > MOST_OF_QUERY {
        let (unknown, without) = (vec![too_long()], ListQuery::default_of(side, &choices));
        return refused(who, side, Refusal::<L> { unknown, without, crossed: None }).map(Err);
    }
    if let Some(id) = named.filter(|_| wanted.is_none() || choices.view.is_none()) {
        let without = ListQuery::default_of(side, &choices);
        let unknown = vec![format!("view “{id}”")];
        return refused(who, side, Refusal::<L> { unknown, without, crossed: None }).map(Err);
    }
    let view = choices.view.as_ref().filter(|_| raw_query.is_empty() || named.is_some());
    let Some(view) = view else {
        return match ListQuery::<L>::read(raw_query, side, &choices) {
            Ok(query) => Ok(Ok(Asked { query, choices, past: None })),
            Err(refusal) => refused(who, side, *refusal).map(Err),
        };
    };
    let (query, past) = match ListQuery::<L>::read(&view.query, side, &choices) {
        Ok(query) => (query, None),
        Err(refusal) => {
            let sentence = format!(
                "Your view “{}” asks for what this list does not have any more: {}. Shown is the usual list.",
                view.name,
                refusal.unknown.join(", ")
            );
            let past = PastView { sentence, href: format!("/views/{}", view.id) };
            (ListQuery::default_of(side, &choices), Some(past))
        }
    };
    Ok(Ok(Asked { query, choices, past }))
}

/// A page of a list as it is sent: for htmx its results alone, under the address that says what they are. A search that is
/// typed on stays one entry of the browser's history.
///
/// # Errors
/// When the template can't be drawn.
pub fn answer(frame: &Frame, page: &impl Template, results: &impl Template) -> Result<HttpResponse> {
    let status = if frame.crossed.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    if !frame.htmx {
        return html(status, page);
    }
    let mut answer = html(status, results)?;
    if let Ok(address) = HeaderValue::from_str(&frame.address) {
        let name = if frame.same_entry { "hx-replace-url" } else { "hx-push-url" };
        answer.headers_mut().insert(HeaderName::from_static(name), address);
    }
    Ok(answer)
}

/// The surroundings of a list. A part of a page has none, and the message waits for a page that does.
pub fn chrome(who: &SignedIn, title: &str) -> Chrome {
    if who.htmx { Chrome::bare(&who.app, title) } else { who.chrome(title) }
}

/// What the list is called: "Submissions".
fn title<L: List>() -> String {
    let mut title = format!("{}s", L::THING);
    title[..1].make_ascii_uppercase();
    title
}

fn refused<L: List>(who: &SignedIn, side: Side, refusal: Refusal<L>) -> Result<NotAsked<L>> {
    let answer = not_in_list(who, &title::<L>(), L::THING, refusal.unknown, refusal.without.href(side))?;
    Ok(NotAsked { answer, crossed: refusal.crossed.map(Box::new) })
}

/// The answer to an address that asks a list, called `title`, of `thing`s, for what it does not have: 422.
///
/// # Errors
/// When the template can't be drawn.
pub fn not_in_list(
    who: &SignedIn,
    title: &str,
    thing: &'static str,
    unknown: Vec<String>,
    without: String,
) -> Result<HttpResponse> {
    let chrome = chrome(who, &format!("Not in this list – {title}"));
    let page = RefusedPage { chrome, thing, unknown, without };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    if who.htmx { html(status, &page.as_results()) } else { html(status, &page) }
}

/// The programs of a row in words, in natural order; retired ones say so.
pub fn programs_in_words(names: Option<&[String]>, retired: Option<&[bool]>) -> String {
    let names = names.unwrap_or_default().iter();
    let mut programs: Vec<_> = names.zip(retired.unwrap_or_default()).collect();
    programs.sort_by(|(a, _), (b, _)| natural_order(a, b));
    let words: Vec<String> = programs
        .into_iter()
        .map(|(name, retired)| format!("{name}{}", if *retired { " (retired)" } else { "" }))
        .collect();
    words.join(", ")
}

/// Of reviewers, each told with their department ("OACT: Kim Ode"), the names of those of one department.
pub fn of_department(reviewers: &[String], department: Department) -> String {
    let name =
        |reviewer: &String| reviewer.strip_prefix(department.short_name())?.strip_prefix(": ").map(str::to_owned);
    reviewers.iter().filter_map(name).collect::<Vec<_>>().join("; ")
}

/// Days from today in words: `in 41 days`, `started 12 days ago`.
pub fn from_today(days: i64) -> String {
    match days {
        0 => "starts today".to_owned(),
        1 => "in 1 day".to_owned(),
        -1 => "started 1 day ago".to_owned(),
        days if days > 0 => format!("in {days} days"),
        days => format!("started {} days ago", -days),
    }
}
