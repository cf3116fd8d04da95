//! `GET /assignments`: the tabs with their numbers, and the reviews of one of them or the workload.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sqlx::PgConnection;

use super::address::{Address, Sort, Tab};
use super::choices::{Choices, Offers, PersonChoice};
use super::results::{self, Results};
use super::rows::{self, Counts};
use super::selected::origin;
use super::view::ListRow;
use super::workload::{self, WorkloadRow};
use super::{MOST, Reach};
use crate::domain::id::DepartmentReviewId;
use crate::domain::role::Department;
use crate::web::chrome::Chrome;
use crate::web::form::FormState;
use crate::web::list::{Chip, Header, Offer, chrome, counted, not_in_list};
use crate::web::paging::DEFAULT_SIZE;
use crate::web::tabs::{OneOf, TabLink, Titled};
use crate::web::{Result, SignedIn, html};

#[derive(Template)]
#[template(path = "assignments/page.html", blocks = ["results"])]
struct AssignmentsPage {
    chrome: Chrome,
    /// What became of the rows that were ticked.
    results: Option<Results>,
    /// The list from which rows were brought here.
    origin: Option<String>,
    tabs: Vec<TabLink>,
    tab: Tab,
    /// The number of rows in words: "12 reviews, longest in status first".
    count: String,
    /// What is announced when the rows were drawn again.
    announce: String,
    offers: Offers,
    chips: Vec<Chip>,
    clear: String,
    /// All of the tab as files.
    csv: String,
    xlsx: String,
    headers: [Header; 3],
    rows: Vec<ListRow>,
    workload: Option<(Vec<WorkloadRow>, WorkloadRow)>,
    departments: Vec<Department>,
    deeds: Deeds,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    csrf: String,
    htmx: bool,
}

/// The form with which several are assigned.
struct Deeds {
    form: FormState,
    /// How many rows the list has, all pages of it.
    total: i64,
    /// How many of them a preview takes.
    most: usize,
    /// Those who can be put on reviews, by department.
    active: Vec<(&'static str, Vec<Offer>)>,
    /// Those who may be on them.
    all: Vec<Offer>,
    /// The rows of the page, between commas.
    shown: String,
    /// This page's own address.
    here: String,
}

/// The part of a page that is a list or the workload.
#[derive(Default)]
struct Body {
    rows: Vec<ListRow>,
    workload: Option<(Vec<WorkloadRow>, WorkloadRow)>,
    counts: Counts,
    count: String,
    announce: String,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
}

impl AssignmentsPage {
    fn is(&self, tab: Tab) -> bool {
        self.tab == tab
    }

    /// Whether reviews are assigned from here.
    fn assigns(&self) -> bool {
        matches!(self.tab, Tab::Unassigned | Tab::Open) && !self.rows.is_empty()
    }

    /// Whether the list goes on beyond the page.
    fn goes_on(&self) -> bool {
        usize::try_from(self.deeds.total).is_ok_and(|total| total > self.rows.len())
    }

    /// Whether it is longer than a preview.
    fn too_long(&self) -> bool {
        usize::try_from(self.deeds.total).is_ok_and(|total| total > self.deeds.most)
    }

    fn ticked(&self, review: &DepartmentReviewId) -> bool {
        self.deeds.form.has("tick", &review.to_string())
    }
}

impl Deeds {
    /// Whether a deed is the one chosen; at first the one that leaves the choice of people to the states they follow.
    fn chosen(&self, deed: &str) -> bool {
        let typed = self.form.value("do");
        if typed.is_empty() { deed == "suggest" } else { deed == typed }
    }
}

/// `GET /assignments`
///
/// # Errors
/// [`crate::web::Error::NotFound`] for people of a state, 403 for those who assign nobody.
pub async fn get(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    let reach = Reach::of(who.person())?;
    drawn(&who, &reach, request.query_string(), None).await
}

/// The page that a query asks for, with what is wrong with the form that was sent from it.
///
/// # Errors
/// When the database fails.
pub async fn refused(who: &SignedIn, reach: &Reach, query: &str, form: FormState) -> Result<HttpResponse> {
    drawn(who, reach, query, Some(form)).await
}

async fn drawn(who: &SignedIn, reach: &Reach, raw: &str, form: Option<FormState>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let choices = Choices::read(&mut conn, reach).await?;
    let asked = match Address::read(raw, &choices) {
        Ok(asked) => asked,
        Err(refusal) => return not_there(who, refusal.unknown, refusal.without.href()),
    };
    reach.allows(&asked)?;
    let body = Body::read(&mut conn, who, reach, &asked).await?;
    drop(conn);
    let status = if form.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = AssignmentsPage::of(who, reach, &choices, &asked, body, form.unwrap_or_default());
    if who.htmx { html(status, &page.as_results()) } else { html(status, &page) }
}

/// The answer to an address that asks for what the list does not have.
///
/// # Errors
/// When the template can't be drawn.
pub fn not_there(who: &SignedIn, unknown: Vec<String>, without: String) -> Result<HttpResponse> {
    not_in_list(who, "Assignments", "review", unknown, without)
}

impl Body {
    async fn read(conn: &mut PgConnection, who: &SignedIn, reach: &Reach, asked: &Address) -> sqlx::Result<Self> {
        let today = who.app.clock.today();
        if asked.tab == Tab::Workload {
            let load = workload::read(conn, reach, asked, today).await?;
            let people = if load.number() == 1 { "1 person".to_owned() } else { format!("{} people", load.number()) };
            return Ok(Self {
                workload: Some(load.rows(asked, today)),
                counts: load.counts,
                announce: people.clone(),
                count: people,
                ..Self::default()
            });
        }
        let (page, counts) = rows::read(conn, reach, asked, today, DEFAULT_SIZE).await?;
        let [first, previous, next] = asked.neighbours(&page);
        let total = counts.of(asked.tab).unwrap_or_default();
        Ok(Self {
            counts,
            count: format!("{}, {}", counted(total, "review"), asked.order().label()),
            announce: counted(total, "result"),
            workload: None,
            first,
            previous,
            next,
            rows: page.rows.into_iter().map(|row| ListRow::of(row, today)).collect(),
        })
    }
}

impl AssignmentsPage {
    fn of(who: &SignedIn, reach: &Reach, choices: &Choices, asked: &Address, body: Body, form: FormState) -> Self {
        // What was decided is reached from the workload, and has a tab while it is looked at.
        let shown = |tab: &&Tab| **tab != Tab::Decided || asked.tab == Tab::Decided;
        let tabs = Tab::ALL.iter().filter(shown).map(|tab| asked.link(*tab, body.counts.of(*tab)));
        let title = format!("{} – Assignments", asked.tab.label());
        Self {
            chrome: chrome(who, &title).failed(form.failed()),
            results: if who.htmx { None } else { results::results(who) },
            origin: origin(who, &asked.filters),
            tabs: tabs.collect(),
            tab: asked.tab,
            offers: Offers::of(&asked.filters, choices, reach),
            chips: asked.filters.chips(choices, |filters| asked.under(filters).href()),
            clear: asked.under(Default::default()).href(),
            csv: asked.at_the_beginning().below(".csv"),
            xlsx: asked.at_the_beginning().below(".xlsx"),
            headers: headers(asked),
            departments: departments(&body, reach),
            deeds: Deeds::of(reach, choices, asked, &body, form),
            count: body.count,
            announce: body.announce,
            rows: body.rows,
            workload: body.workload,
            first: body.first,
            previous: body.previous,
            next: body.next,
            csrf: who.csrf(),
            htmx: who.htmx,
        }
    }
}

/// The departments on the page, which are spelled out below it.
fn departments(body: &Body, reach: &Reach) -> Vec<Department> {
    let shown = |one: &Department| body.workload.is_some() || body.rows.iter().any(|row| row.department == *one);
    reach.departments.iter().copied().filter(shown).collect()
}

impl Deeds {
    fn of(reach: &Reach, choices: &Choices, asked: &Address, body: &Body, form: FormState) -> Self {
        let offer =
            |person: &PersonChoice| Offer { value: person.id.to_string(), label: person.name.clone(), chosen: false };
        let members = |department: Department| {
            let active = choices.people.iter().filter(|person| person.active && person.department == Some(department));
            (department.short_name(), active.map(offer).collect())
        };
        let shown: Vec<String> = body.rows.iter().map(|row| row.review.to_string()).collect();
        Self {
            form,
            total: body.counts.of(asked.tab).unwrap_or_default(),
            most: MOST,
            active: reach.departments.iter().copied().map(members).collect(),
            all: choices.people.iter().map(offer).collect(),
            shown: shown.join(","),
            here: asked.href(),
        }
    }
}

fn headers(asked: &Address) -> [Header; 3] {
    [
        asked.header("Days in status", Sort::Days, true),
        asked.header("Days to effective date or rating period", Sort::Start, false),
        asked.header("First sent", Sort::Sent, true),
    ]
}
