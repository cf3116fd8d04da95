//! `POST /assignments/preview`: what an operation would make of the reviews that were chosen. It writes nothing.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;

use super::address::{Address, PATH, query_of};
use super::choices::Choices;
use super::chosen::{self, Chosen};
use super::operation::{self, Operation, OperationForm};
use super::plan::{Planned, Planner};
use super::wish::{Slot, Ticked, Wish};
use super::{MOST, Reach, page, rows};
use crate::domain::clock::Moment;
use crate::domain::id::{AccountId, DepartmentReviewId};
use crate::domain::key::Key;
use crate::history;
use crate::reviews::{self, Candidate};
use crate::web::chrome::Chrome;
use crate::web::list::{Offer, counted};
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, html, see_other};

#[derive(Debug, Deserialize)]
struct ChosenForm {
    /// Asks for the whole list, all pages of it.
    all: Option<String>,
    /// Asks for all rows of the page.
    page: Option<String>,
    /// Which those are, between commas.
    #[serde(default)]
    shown: String,
    /// The rows that were ticked.
    #[serde(default)]
    tick: Vec<String>,
    /// Rows that each say what is wanted.
    #[serde(default)]
    wish: Vec<String>,
    /// The address of the list.
    #[serde(default)]
    from: String,
}

/// Which reviews were chosen, and how many of the list are left out because they are too many.
#[derive(Debug)]
struct Choice {
    reviews: Vec<DepartmentReviewId>,
    beyond: usize,
}

#[derive(Template)]
#[template(path = "assignments/preview.html")]
struct PreviewPage {
    chrome: Chrome,
    /// "Primary reviewer: Sam Lee"
    what: String,
    /// "312 chosen: 290 would change, 22 would not."
    line: String,
    beyond: usize,
    most: usize,
    rows: Vec<PreviewRow>,
    /// Whose number of open reviews changes by it.
    loads: Vec<Load>,
    /// Whether anything can be ticked.
    open: bool,
    csrf: String,
    from: String,
}

/// How many open reviews somebody is primary reviewer of, before and after.
#[derive(Debug, PartialEq, Eq)]
struct Load {
    name: String,
    before: i64,
    after: i64,
}

/// A row of the preview.
#[derive(Debug)]
struct PreviewRow {
    title: String,
    href: Option<String>,
    /// The subject's name, and its state's.
    name: String,
    state_name: String,
    slot: &'static str,
    now: String,
    why: String,
    changes: bool,
    /// What can be ticked and chosen; nothing where the review is closed.
    control: Option<Control>,
}

/// What can be sent of a row.
#[derive(Debug)]
struct Control {
    ticked: Ticked,
    people: Vec<Offer>,
}

/// `GET /assignments/preview`: a preview is made anew from the list.
///
/// # Errors
/// 403 for those who assign nobody.
pub async fn get(who: SignedIn) -> Result<HttpResponse> {
    Reach::of(who.person())?;
    Ok(see_other(PATH))
}

/// `POST /assignments/preview`
///
/// # Errors
/// 403 for those who assign nobody, 422 for a form that no page sends.
pub async fn post(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    let reach = Reach::of(who.person())?;
    let (form, wanted): (ChosenForm, OperationForm) = (posted.read()?, posted.read()?);
    let query = query_of(&form.from).unwrap_or_default();
    let mut conn = who.app.db.acquire().await?;
    let people = reviews::candidates(&mut conn, &reach.departments, who.app.clock.today()).await?;
    let choice = chosen_by(&mut conn, &who, &reach, &form, query).await?;
    let operation = match (Operation::read(&wanted, &people), choice.reviews.is_empty()) {
        (Ok(operation), false) => operation,
        (read, nothing) => {
            let mut problems = read.err().unwrap_or_default();
            if nothing {
                problems.push(("preview", "Tick at least one review, or preview all of them."));
            }
            drop(conn);
            return page::refused(&who, &reach, query, operation::refused(posted.pairs()?, problems)).await;
        }
    };
    let rows = chosen::read(&mut conn, &reach, &choice.reviews).await?;
    let since = since(&mut conn, &operation, &rows).await?;
    drop(conn);
    let planner = Planner::new(&operation, &people, since);
    let page = PreviewPage::of(&who, planner, &operation, rows, &choice, &people, query);
    html(StatusCode::OK, &page)
}

/// The reviews that the form chooses, each once.
async fn chosen_by(
    conn: &mut PgConnection,
    who: &SignedIn,
    reach: &Reach,
    form: &ChosenForm,
    query: &str,
) -> Result<Choice> {
    if form.all.is_some() {
        let choices = Choices::read(conn, reach).await?;
        let asked = Address::read(query, &choices)
            .map_err(|_| Error::unprocessable("The form names filters that the list does not have."))?;
        reach.allows(&asked)?;
        let asked = asked.at_the_beginning();
        let (page, counts) = rows::read(conn, reach, &asked, who.app.clock.today(), MOST).await?;
        let number = usize::try_from(counts.of(asked.tab).unwrap_or_default()).unwrap_or_default();
        return Ok(Choice {
            beyond: number.saturating_sub(page.rows.len()),
            reviews: page.rows.into_iter().map(|row| row.review).collect(),
        });
    }
    let strange = || Error::unprocessable("The form names rows as this page does not.");
    let named: Vec<&str> = if form.page.is_some() {
        form.shown.split(',').filter(|id| !id.is_empty()).collect()
    } else {
        form.tick.iter().map(String::as_str).collect()
    };
    let mut reviews: Vec<DepartmentReviewId> = Vec::new();
    for id in named {
        reviews.push(id.parse().map_err(|_| strange())?);
    }
    for wish in &form.wish {
        reviews.push(wish.parse::<Wish>().map_err(|_| strange())?.review);
    }
    let mut seen = std::collections::HashSet::new();
    reviews.retain(|review| seen.insert(*review));
    if reviews.len() > MOST {
        return Err(strange());
    }
    Ok(Choice { reviews, beyond: 0 })
}

/// What happened to reviews since the versions that wishes go on from.
async fn since(
    conn: &mut PgConnection,
    operation: &Operation,
    rows: &[Chosen],
) -> sqlx::Result<HashMap<DepartmentReviewId, String>> {
    let Some(wishes) = operation.wishes() else { return Ok(HashMap::new()) };
    let version = |row: &Chosen| wishes.iter().find(|wish| wish.review == row.review).and_then(|wish| wish.version);
    let older = rows.iter().filter_map(|row| Some((row.review.0, version(row).filter(|then| *then != row.version)?)));
    let told = history::since(conn, &older.collect::<Vec<_>>()).await?;
    let words = |entry: &history::Told| {
        format!("Changed since by {}, {}. Tick it if it is to change all the same.", entry.who(), Moment(entry.at))
    };
    Ok(told.iter().map(|entry| (DepartmentReviewId(entry.row_id), words(entry))).collect())
}

impl PreviewPage {
    fn of(
        who: &SignedIn,
        mut planner: Planner<'_>,
        operation: &Operation,
        chosen: Vec<Chosen>,
        choice: &Choice,
        people: &[Candidate],
        query: &str,
    ) -> Self {
        let name = |id: AccountId| name_of(id, people, &chosen);
        let what = operation.in_words(name);
        let plans: Vec<Planned> = chosen.iter().map(|row| planner.plan(row)).collect();
        let loads = Load::of(&chosen, &plans, people);
        let mut rows: Vec<PreviewRow> =
            chosen.iter().zip(plans).map(|(row, planned)| PreviewRow::of(row, planned, people)).collect();
        let gone = choice.reviews.len().saturating_sub(rows.len());
        rows.extend(std::iter::repeat_with(PreviewRow::of_none_of_theirs).take(gone));
        let changing = rows.iter().filter(|row| row.changes).count();
        let from = if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") };
        let crumbs = [(from.clone(), "Assignments".to_owned())];
        Self {
            chrome: who.chrome("Preview – Assignments").crumbs(crumbs, "Preview"),
            what,
            line: format!("{} chosen: {changing} would change, {} would not.", rows.len(), rows.len() - changing),
            beyond: choice.beyond,
            most: MOST,
            open: rows.iter().any(|row| row.control.is_some()),
            rows,
            loads,
            csrf: who.csrf(),
            from,
        }
    }

    fn left_out(&self) -> String {
        counted(i64::try_from(self.beyond).unwrap_or(i64::MAX), "further review")
    }
}

impl Load {
    /// Those whose number changes, as the people are in order.
    fn of(chosen: &[Chosen], plans: &[Planned], people: &[Candidate]) -> Vec<Self> {
        let mut changes: HashMap<AccountId, i64> = HashMap::new();
        for (row, planned) in chosen.iter().zip(plans).filter(|(_, plan)| plan.changes && plan.slot == Slot::Primary) {
            if let Some(now) = &row.primary {
                *changes.entry(now.id).or_default() -= 1;
            }
            if let Some(to) = planned.to {
                *changes.entry(to).or_default() += 1;
            }
        }
        let load = |person: &Candidate| {
            let change = changes.get(&person.reviewer.id).copied().filter(|change| *change != 0)?;
            Some(Self { name: person.reviewer.name.clone(), before: person.open, after: person.open + change })
        };
        people.iter().filter_map(load).collect()
    }
}

fn name_of(id: AccountId, people: &[Candidate], chosen: &[Chosen]) -> String {
    let active = people.iter().find(|person| person.reviewer.id == id).map(|person| &person.reviewer.name);
    let holders = || chosen.iter().flat_map(|row| [&row.primary, &row.secondary]).flatten();
    let found = active.or_else(|| holders().find(|holder| holder.id == id).map(|holder| &holder.name));
    found.cloned().unwrap_or_else(|| "somebody else".to_owned())
}

impl PreviewRow {
    fn of(row: &Chosen, planned: Planned, people: &[Candidate]) -> Self {
        let Planned { slot, to, changes, why } = planned;
        let offer = |person: &Candidate| Offer {
            value: person.reviewer.id.to_string(),
            label: format!(
                "{}: {} open{}",
                person.reviewer.name,
                person.open,
                if person.follows(row.key.state_code()) { ", follows" } else { "" }
            ),
            chosen: to == Some(person.reviewer.id),
        };
        let members = people.iter().filter(|person| person.department == row.department);
        let control = || Control {
            ticked: Ticked { review: row.review, version: row.version, slot },
            people: members.map(offer).collect(),
        };
        Self {
            title: row.title(),
            href: Some(row.href()),
            name: row.name.clone(),
            state_name: row.state_name.clone(),
            slot: slot.label(),
            now: row.holder(slot).map_or_else(|| "nobody".to_owned(), |holder| holder.name.clone()),
            why,
            changes,
            control: row.closed().is_none().then(control),
        }
    }

    /// A review that was chosen and is none of those that the person assigns.
    fn of_none_of_theirs() -> Self {
        Self {
            title: "A review".to_owned(),
            href: None,
            name: String::new(),
            state_name: String::new(),
            slot: "–",
            now: "–".to_owned(),
            why: super::results::NOT_THERE.to_owned(),
            changes: false,
            control: None,
        }
    }
}
