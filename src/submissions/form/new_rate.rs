//! `/submissions/{key}/edit/rates/new`: adding a rate of one's own, or choosing one that was sent before.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;

use super::page::{Opened, open_draft};
use super::rates::stale_panel;
use super::search::Search;
use super::view::Choice;
use super::way::{Asked, Step, Way, address, steps};
use super::{gone, state_user};
use crate::domain::forms::{Form, Page, RateForm};
use crate::domain::id::RateReviewId;
use crate::rates::{self, Added, Linked};
use crate::submissions::draft::{self, Draft, Save};
use crate::submissions::lock;
use crate::web::chrome::Chrome;
use crate::web::form::FormState;
use crate::web::held::{self, Held};
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, html, see_other};

const OWN: &str = "OWN";
const LINK: &str = "LINK";
const NOT_LINKABLE: &str = "The rate certification was withdrawn or is not available. Choose another.";
const SHORTEN: &str = "Shorten the search to 200 characters";
const TOO_MANY: &str = "At most 50 rate certifications.";

#[derive(Template)]
#[template(path = "submissions/form/new_rate.html")]
struct NewRatePage<'a> {
    chrome: Chrome,
    heading: &'a str,
    steps: Vec<Step>,
    form: FormState,
    here: String,
    cancel: String,
    version: i32,
    /// The key under which a rate of one's own is added.
    id: RateReviewId,
    origins: Vec<Choice>,
    search: Search,
}

#[derive(Debug, Deserialize)]
struct NewRateForm {
    version: i32,
    action: String,
    id: RateReviewId,
    origin: Option<String>,
    rate_review_id: Option<String>,
    #[serde(default)]
    q: String,
}

impl NewRateForm {
    /// The page of rates that a button asks for; none where the form is to be carried out.
    fn looking_at(&self) -> Option<i64> {
        match self.action.split_once(':') {
            Some(("page", page)) => page.parse().ok().filter(|page| (0..1_000).contains(page)),
            None if self.action == "search" => Some(0),
            _ => None,
        }
    }
}

/// `GET /submissions/{key}/edit/rates/new`
///
/// # Errors
/// [`Error::NotFound`] for anyone but the people of its state.
pub async fn get(who: SignedIn, path: web::Path<String>, asked: web::Query<Asked>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let Opened { draft, .. } = match open_draft(&mut conn, &who, &path).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let way = Way::new(draft.submission.key.clone(), Page::Rates, &asked);
    if !draft.data.steps().contains(&Page::Rates) {
        return Ok(see_other(address(&way.key, draft.data.next(Page::Rates).unwrap_or(Page::Review))));
    }
    let held = held::found(&mut conn, &who, &here(&way)).await?.filter(|_| !asked.as_saved());
    if let Some((held, drawn_from)) = held.and_then(drawn_from) {
        let value = |name: &str| held.value(name).unwrap_or_default();
        let search = Search::showing(&mut conn, &draft, value("q"), value("rate_review_id")).await?;
        let notice = held.notice(format!("{}?held=no", here(&way)));
        let state = FormState::filled(held.fields().to_vec()).held_as(Some(notice));
        return draw(&who, &way, StatusCode::OK, &draft, drawn_from, state, search);
    }
    let search = Search::at(&mut conn, &draft, "", "", 0).await?;
    let id = who.app.clock.new_id();
    draw(&who, &way, StatusCode::OK, &draft, (id, draft.version), FormState::default(), search)
}

/// Where the form is posted.
fn here(way: &Way) -> String {
    format!("{}/new", address(&way.key, Page::Rates))
}

/// What is held, with the key and the version that it was drawn with; none of what is no form of this page.
fn drawn_from(held: Held) -> Option<(Held, (RateReviewId, i32))> {
    let drawn_from = (held.value("id")?.parse().ok()?, held.value("version")?.parse().ok()?);
    Some((held, drawn_from))
}

fn draw(
    who: &SignedIn,
    way: &Way,
    status: StatusCode,
    draft: &Draft,
    (id, version): (RateReviewId, i32),
    form: FormState,
    search: Search,
) -> Result<HttpResponse> {
    let list = ("/submissions".to_owned(), "Submissions".to_owned());
    let cancel = address(&way.key, Page::Rates);
    let chrome = who.chrome(format!("Add a rate certification – {}", way.key));
    let chrome = chrome.crumbs([list, (cancel.clone(), way.key.to_string())], "Add a rate certification");
    let origin = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: None,
        disabled: false,
    };
    let page = NewRatePage {
        chrome: chrome.failed(form.failed()),
        heading: &draft.submission.name,
        steps: steps(&draft.data, Page::Rates),
        form,
        here: here(way),
        cancel,
        version,
        id,
        origins: vec![origin(LINK, "Yes, I\u{2019}ll choose it"), origin(OWN, "No, it is new")],
        search,
    };
    html(status, &page)
}

/// `POST /submissions/{key}/edit/rates/new`
///
/// # Errors
/// [`Error::NotFound`] for anyone but the people of its state, [`Error::Unprocessable`] for a form that is none of
/// ours.
pub async fn post(
    who: SignedIn,
    path: web::Path<String>,
    asked: web::Query<Asked>,
    posted: Posted,
) -> Result<HttpResponse> {
    let proof = state_user(&who)?;
    let key = gone::known(&who, &path).await?;
    let way = Way::new(key, Page::Rates, &asked);
    let mut tx = who.app.writes.begin().await?;
    let submission = lock(&mut tx, proof.person, &way.key.to_string()).await?;
    let form: NewRateForm = posted.read()?;
    if !submission.status.writable() {
        let sent = gone::latest_sent(&mut tx, &submission).await?;
        return gone::sent_panel(&submission, &sent.end, Vec::new()).answer(&who, &submission.name);
    }
    let draft = draft::load(&mut tx, submission).await?;
    let desk = Desk { who: &who, way: &way, draft: &draft, form: &form, posted: &posted };
    if Search::too_long(&form.q) {
        return desk.again(&mut tx, 0, Some(("q", SHORTEN))).await;
    }
    if let Some(page) = form.looking_at() {
        return desk.again(&mut tx, page, None).await;
    }
    if draft.data.bars_rates() {
        return desk.no_rates(tx).await;
    }
    let chosen = form.rate_review_id.as_deref().unwrap_or_default();
    match form.origin.as_deref() {
        Some(OWN) => desk.add(tx).await,
        Some(LINK) if chosen.is_empty() => {
            let problem = ("rate_review_id", "Choose a rate certification");
            desk.again(&mut tx, 0, Some(problem)).await
        }
        Some(LINK) => match chosen.parse() {
            Ok(rate) => desk.link(tx, rate).await,
            Err(_) => desk.again(&mut tx, 0, Some(("rate_review_id", NOT_LINKABLE))).await,
        },
        Some(_) => desk.again(&mut tx, 0, Some(("origin", "Choose one of the answers listed."))).await,
        None => desk.again(&mut tx, 0, Some(("origin", "Answer yes or no"))).await,
    }
}

struct Desk<'a> {
    who: &'a SignedIn,
    way: &'a Way,
    draft: &'a Draft,
    form: &'a NewRateForm,
    posted: &'a Posted,
}

type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;

impl Desk<'_> {
    /// The page again, with what was typed, and with what is wrong.
    async fn again(&self, conn: &mut PgConnection, page: i64, problem: Option<(&str, &str)>) -> Result<HttpResponse> {
        let chosen = self.form.rate_review_id.as_deref().unwrap_or_default();
        let search = Search::at(conn, self.draft, &self.form.q, chosen, page).await?;
        let first = search.found.first().map(|rate| format!("rate_review_id-{}", rate.id));
        let mut state = FormState::filled(self.posted.pairs()?);
        if let Some((field, message)) = problem {
            let target = match field {
                "origin" => format!("origin-{LINK}"),
                "q" => "q".to_owned(),
                _ => first.unwrap_or_else(|| "q".to_owned()),
            };
            state.refuse_at(field, target, message);
        }
        let status = if state.failed() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        draw(self.who, self.way, status, self.draft, (self.form.id, self.form.version), state, search)
    }

    /// Adds a rate of one's own and opens its form; the same page posted again leads to the same rate.
    async fn add(&self, mut tx: Transaction) -> Result<HttpResponse> {
        let (proof, clock) = (state_user(self.who)?, &self.who.app.clock);
        let blank = RateForm::blank(self.draft.data.is_tied_to_dsnp());
        let added = rates::add(&mut tx, clock, proof, self.draft.package(), self.form.id, &blank).await?;
        let list = address(&self.way.key, Page::Rates);
        match added {
            Added::Before(key) if self.draft.rates.iter().any(|rate| rate.key == key) => {
                self.leave(tx, format!("{list}/{key}")).await
            }
            Added::Before(_) => self.leave(tx, list).await,
            Added::TooMany => self.again(&mut tx, 0, Some(("origin", TOO_MANY))).await,
            Added::Now(_) if self.form.version != self.draft.version => self.moved_on(tx).await,
            Added::Now(key) => {
                self.save(&mut tx).await?;
                self.leave(tx, format!("{list}/{key}")).await
            }
        }
    }

    /// Puts a rate that was sent before into the package.
    async fn link(&self, mut tx: Transaction, rate: RateReviewId) -> Result<HttpResponse> {
        let list = address(&self.way.key, Page::Rates);
        let there = self.draft.rates.iter().any(|known| known.id == rate);
        if there && self.form.version != self.draft.version {
            // It has come true, by one's own hand or another's.
            return self.leave(tx, list).await;
        }
        match rates::link(&mut tx, self.draft.package(), rate).await? {
            Linked::NotLinkable => self.again(&mut tx, 0, Some(("rate_review_id", NOT_LINKABLE))).await,
            Linked::TooMany => self.again(&mut tx, 0, Some(("origin", TOO_MANY))).await,
            Linked::Now(_) if self.form.version != self.draft.version => self.moved_on(tx).await,
            Linked::Now(key) => {
                self.save(&mut tx).await?;
                self.leave(tx, format!("{list}#rate-{key}")).await
            }
        }
    }

    /// Keeps what was done, and leads on.
    async fn leave(&self, mut tx: Transaction, to: String) -> Result<HttpResponse> {
        held::forget(&mut tx, self.who, &here(self.way)).await?;
        tx.commit().await?;
        Ok(see_other(to))
    }

    /// Lets the version of the draft grow by what was added.
    async fn save(&self, conn: &mut PgConnection) -> Result<()> {
        let (proof, clock, draft) = (state_user(self.who)?, &self.who.app.clock, self.draft);
        let after = rates::of_draft(conn, draft.id, draft.data.is_tied_to_dsnp()).await?;
        let others = rates::list_change(&draft.rates, &after).into_iter().collect();
        let programs = draft::programs(conn, clock, proof.state_code).await?;
        let save = Save { data: &draft.data, others };
        let version = draft::save(conn, clock, proof, draft, save, &programs).await?;
        version.ok_or_else(|| anyhow::anyhow!("the draft changed under the lock of its review"))?;
        Ok(())
    }

    /// The draft takes no rates: somebody changed its answers meanwhile.
    async fn no_rates(&self, tx: Transaction) -> Result<HttpResponse> {
        if self.form.version == self.draft.version {
            return Err(Error::unprocessable("This submission takes no rate certifications."));
        }
        self.moved_on(tx).await
    }

    /// Others changed the draft meanwhile: that stands in nobody's way, and one press goes on while the draft still takes
    /// rates.
    async fn moved_on(&self, tx: Transaction) -> Result<HttpResponse> {
        tx.rollback().await?;
        let (who, draft, form) = (self.who, self.draft, self.form);
        let mut conn = who.app.db.acquire().await?;
        let proof = state_user(who)?;
        let programs = draft::programs(&mut conn, &who.app.clock, proof.state_code).await?;
        let saves = draft::saves_since(&mut conn, draft.id, form.version).await?;
        drop(conn);
        let fields = [
            ("action", "continue".to_owned()),
            ("id", form.id.to_string()),
            ("origin", form.origin.clone().unwrap_or_default()),
            ("rate_review_id", form.rate_review_id.clone().unwrap_or_default()),
        ];
        let hidden = fields.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let mut panel = stale_panel(draft, &saves, &programs, who.person().id, here(self.way), hidden);
        if draft.data.bars_rates() {
            panel.lead = vec![
                "Nothing was saved. By the answers of now the submission takes no rate certifications.".to_owned(),
            ];
            panel.next_step = Some((address(&self.way.key, Page::Type), "Look at these answers".to_owned()));
        } else {
            panel.save_label = Some("Add the rate certification".to_owned());
        }
        panel.answer(who, &draft.submission.name)
    }
}
