//! `GET /work`: the tabs with their numbers, and the rows of one of them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::address::{Address, Sort, Tab};
use super::filters::{Choices, Offers};
use super::rows::{self, Counts, Row};
use super::taken::{self, Results};
use super::view::WorkRow;
use super::worker;
use crate::domain::permission::DepartmentMember;
use crate::domain::role::Department;
use crate::live::Region;
use crate::reviews::Place;
use crate::web::chrome::Chrome;
use crate::web::list::{Chip, Drawn, Header, chrome, counted, newest, not_in_list};
use crate::web::paging::{DEFAULT_SIZE, Page};
use crate::web::tabs::{OneOf, TabLink, Titled};
use crate::web::{Error, Result, SignedIn, html, see_other};

#[derive(Template)]
#[template(path = "work/page.html", blocks = ["results"])]
pub(super) struct WorkPage {
    chrome: Chrome,
    live: Region,
    /// Where and when the rows were drawn, and where it is asked what came since.
    drawn: Drawn,
    changes: String,
    /// All rows of the tab as files.
    csv: String,
    xlsx: String,
    /// What became of the rows that were ticked.
    taken: Option<Results>,
    tabs: Vec<TabLink>,
    tab: Tab,
    department: Department,
    /// The number of rows in words: "12 reviews".
    count: String,
    ordered: &'static str,
    /// What is announced when the rows were drawn again.
    announce: String,
    offers: Offers,
    chips: Vec<Chip>,
    clear: String,
    headers: [Header; 2],
    rows: Vec<WorkRow>,
    /// Whether they have boxes to be ticked.
    ticks: bool,
    /// How many nobody has taken, under the filters.
    unassigned: i64,
    unassigned_href: String,
    /// This page's own address.
    here: String,
    csrf: String,
    /// A press of "Take next" carries it, so that the same press twice takes one.
    press: uuid::Uuid,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    htmx: bool,
}

impl WorkPage {
    fn is(&self, tab: Tab) -> bool {
        self.tab == tab
    }
}

/// `GET /work`
///
/// # Errors
/// [`Error::NotFound`] for people of a state.
pub async fn get(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    let member = match worker(who.person()) {
        Ok(member) => member,
        // Whoever works for no department begins elsewhere.
        Err(Error::Forbidden(_)) => return Ok(see_other("/")),
        Err(error) => return Err(error),
    };
    let mut conn = who.app.db.acquire().await?;
    let choices = Choices::read(&mut conn).await?;
    let asked = match Address::read(request.query_string(), &choices) {
        Ok(asked) => asked,
        Err(refusal) => return refused(&who, refusal.unknown, refusal.without.href()),
    };
    let drawn = Drawn { seq: newest(&mut conn, None).await?, at: who.app.clock.now() };
    let (page, counts) = rows::read(&mut conn, member, &asked, DEFAULT_SIZE).await?;
    drop(conn);
    let page = WorkPage::of(&who, member, &choices, (&asked, drawn), page, counts);
    if who.htmx { html(StatusCode::OK, &page.as_results()) } else { html(StatusCode::OK, &page) }
}

pub(super) fn refused(who: &SignedIn, unknown: Vec<String>, without: String) -> Result<HttpResponse> {
    not_in_list(who, "My work", "review", unknown, without)
}

impl WorkPage {
    fn of(
        who: &SignedIn,
        member: DepartmentMember<'_>,
        choices: &Choices,
        (asked, drawn): (&Address, Drawn),
        page: Page<Row, Place>,
        counts: Counts,
    ) -> Self {
        let today = who.app.clock.today();
        let [first, previous, next] = asked.neighbours(&page);
        let total = counts.of(asked.tab);
        let row = |row| WorkRow::of(row, member.person.id, member.department, today);
        Self {
            chrome: chrome(who, &format!("{} – My work", asked.tab.label())),
            live: Region::of_work(),
            drawn,
            changes: asked.at_the_beginning().below("/changes"),
            csv: asked.at_the_beginning().below(".csv"),
            xlsx: asked.at_the_beginning().below(".xlsx"),
            taken: if who.htmx { None } else { taken::results(who) },
            tabs: tabs(asked, counts),
            tab: asked.tab,
            department: member.department,
            count: counted(total, thing(asked.tab)),
            ordered: asked.order().label(),
            announce: counted(total, "result"),
            offers: Offers::of(&asked.filters, choices),
            chips: asked.filters.chips(choices, |filters| asked.under(filters).href()),
            clear: asked.under(Default::default()).href(),
            headers: headers(asked),
            first,
            previous,
            next,
            rows: page.rows.into_iter().map(row).collect(),
            ticks: asked.tab == Tab::Unassigned,
            unassigned: counts.of(Tab::Unassigned),
            unassigned_href: asked.on(Tab::Unassigned).href(),
            here: asked.href(),
            csrf: who.csrf(),
            press: who.app.clock.new_id(),
            htmx: who.htmx,
        }
    }
}

/// The tabs with their numbers.
pub(super) fn tabs(asked: &Address, counts: Counts) -> Vec<TabLink> {
    Tab::ALL.iter().map(|tab| asked.link(*tab, Some(counts.of(*tab)))).collect()
}

/// What a row of a tab is called.
pub(super) fn thing(tab: Tab) -> &'static str {
    match tab {
        Tab::MyTurn => "next step",
        Tab::Waiting | Tab::Unassigned | Tab::Decided => "review",
    }
}

/// The columns that can be sorted by.
pub(super) const SORTED: [&str; 2] = ["Days in status", "Days to effective date or rating period"];

fn headers(asked: &Address) -> [Header; 2] {
    [asked.header(SORTED[0], Sort::Days, true), asked.header(SORTED[1], Sort::Start, false)]
}
