//! `/submissions/{key}/edit/rates`: the rates of the package in their order; moving and removing them.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;

use super::page::{Opened, colleagues};
use super::part::{Part, Sight};
use super::press::{Action, Late};
use super::way::{Asked, Step, Way, address, steps};
use super::{gone, state_user, told};
use crate::domain::forms::{Form, Page, Problem, Programs, confirm_removal};
use crate::domain::key::RateKey;
use crate::domain::lifecycle::Tag;
use crate::domain::role::Side;
use crate::rates::{self, Content, DraftRate, WithdrawnRate, period};
use crate::submissions::draft::{self, Colleague, Draft, Save, Unlocked};
use crate::submissions::lock;
use crate::web::chrome::Chrome;
use crate::web::conflict::ConflictPanel;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, held, html, see_other};

#[derive(Template)]
#[template(path = "submissions/form/rates.html")]
struct RatesPage<'a> {
    chrome: Chrome,
    heading: &'a str,
    steps: Vec<Step>,
    form: FormState,
    here: String,
    /// Where a rate is added.
    add: String,
    version: i32,
    cards: Vec<Card>,
    /// The rate whose removal is to be confirmed.
    asking: Option<String>,
    unlocked: Option<Unlocked>,
    /// The rates of the version sent last that CMS has withdrawn.
    withdrawn: Vec<WithdrawnRate>,
    colleagues: Vec<Colleague>,
}

/// A rate as the list shows it.
struct Card {
    key: String,
    name: String,
    /// Where it is edited, if it is here.
    edit: Option<String>,
    /// The submission that it is linked from.
    linked_from: Option<String>,
    programs: String,
    period: String,
    certified: String,
    /// "Complete" or "2 open points".
    standing: Option<String>,
    tag: Option<Tag>,
    removable: bool,
    /// Whether removing it deletes it.
    deletes: bool,
}

/// What the list is drawn with beside the rates.
#[derive(Default)]
struct Beside<'a> {
    problems: &'a [Problem],
    /// The rate whose removal is to be confirmed.
    asking: Option<&'a RateKey>,
    /// What was pressed when the session had ended.
    late: Option<Late>,
}

#[derive(Debug, Deserialize)]
struct RatesForm {
    version: i32,
    action: String,
    confirm_removal: Option<String>,
}

/// The page as the draft stands, with what is held of it.
///
/// # Errors
/// When the database fails, or the page can't be drawn.
pub async fn draw(
    who: &SignedIn,
    conn: &mut PgConnection,
    way: &Way,
    opened: &Opened,
    asked: &Asked,
) -> Result<HttpResponse> {
    let Opened { draft, programs, colleagues } = opened;
    let problems = if asked.marked() { problems(who, way, draft, programs) } else { Vec::new() };
    let held = held::found(conn, who, &way.here()).await?.filter(|_| !asked.as_saved());
    let late = held.and_then(|held| Late::of(&held, draft, way));
    let desk = Desk { who, way, draft, programs };
    let beside = Beside { problems: &problems, asking: None, late };
    desk.page(StatusCode::OK, beside, colleagues.clone())
}

fn problems(who: &SignedIn, way: &Way, draft: &Draft, programs: &Programs) -> Vec<Problem> {
    let sight = Sight { draft, way, programs, documents: &[] };
    draft.data.problems(&sight, who.app.clock.today())
}

struct Desk<'a> {
    who: &'a SignedIn,
    way: &'a Way,
    draft: &'a Draft,
    programs: &'a Programs,
}

impl Desk<'_> {
    fn page(
        &self,
        status: StatusCode,
        Beside { problems, asking, late }: Beside<'_>,
        colleagues: Vec<Colleague>,
    ) -> Result<HttpResponse> {
        let Self { who, way, draft, .. } = self;
        let version = late.as_ref().map_or(draft.version, |late| late.version);
        let asking_again = late.as_ref().and_then(|late| late.asking.clone());
        let mut form = late.map_or_else(FormState::default, |late| late.form);
        for problem in problems {
            let target = problem.rate.as_ref().map_or_else(|| "add_rate".to_owned(), |key| format!("rate-{key}"));
            form.refuse_at(problem.path.clone(), target, &problem.message);
        }
        if asking.is_some() {
            form.refuse_at("confirm_removal", "confirm_removal", confirm_removal(1));
        }
        let title = format!("{} – {}", Page::Rates.step_name(draft.submission.kind), way.key);
        let list = ("/submissions".to_owned(), "Submissions".to_owned());
        let chrome = who.chrome(title).crumbs([list], &way.key.to_string()).failed(form.failed());
        let cards = draft.rates.iter().map(|rate| self.card(rate)).collect();
        let page = RatesPage {
            chrome,
            heading: &draft.submission.name,
            steps: steps(&draft.data, Page::Rates),
            form,
            here: way.here(),
            add: format!("{}/new", address(&way.key, Page::Rates)),
            version,
            cards,
            asking: asking.cloned().or(asking_again).map(|key| key.to_string()),
            unlocked: draft.unlocked.clone(),
            withdrawn: draft.withdrawn.clone(),
            colleagues,
        };
        html(status, &page)
    }

    fn card(&self, rate: &DraftRate) -> Card {
        let Self { who, way, programs, draft } = self;
        let key = rate.key.to_string();
        let linked = rate.parent != draft.submission.key;
        let mut card = Card {
            edit: None,
            linked_from: linked.then(|| rate.parent.to_string()),
            name: rate.name.clone(),
            programs: String::new(),
            period: String::new(),
            certified: String::new(),
            standing: None,
            tag: (!rate.status.linkable() && !rate.status.writable()).then(|| rate.status.tag(Side::State)),
            removable: linked || !rate.was_sent(),
            deletes: !linked,
            key,
        };
        match &rate.content {
            Content::Own(own) => {
                let answers = own.form.applicable().answers;
                let names = answers.rate_program_ids.iter().filter_map(|id| programs.get(*id));
                card.programs = names.map(|program| program.name.clone()).collect::<Vec<_>>().join(", ");
                card.period = period(answers.rate_date_start, answers.rate_date_end);
                card.certified =
                    answers.rate_date_certified.map_or_else(String::new, crate::domain::clock::date_in_words);
                card.name = own.form.name(&way.key.state_code, programs);
                let way = Way::to_rate(way.key.clone(), rate.key.clone(), &Asked::default());
                let sight = Sight { draft, way: &way, programs, documents: &own.documents };
                card.standing = Some(match own.form.problems(&sight, who.app.clock.today()).len() {
                    0 => "Complete".to_owned(),
                    1 => "1 open point".to_owned(),
                    open => format!("{open} open points"),
                });
                card.edit = Some(way.here());
            }
            Content::Sent(facts) => {
                card.programs = facts.programs.join(", ");
                card.period = facts.period();
                card.certified = facts.certified();
            }
        }
        card
    }
}

/// `POST /submissions/{key}/edit/rates`
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
    let form: RatesForm = posted.read()?;
    let outdated = || Error::unprocessable("The form lacks a field that this page sends. Open the page again.");
    let action = Action::parse(&form.action).ok_or_else(outdated)?;
    if !submission.status.writable() {
        let sent = gone::latest_sent(&mut tx, &submission).await?;
        return gone::sent_panel(&submission, &sent.end, Vec::new()).answer(&who, &submission.name);
    }
    let programs = draft::programs(&mut tx, &who.app.clock, proof.state_code).await?;
    let draft = draft::load(&mut tx, submission).await?;
    let desk = Desk { who: &who, way: &way, draft: &draft, programs: &programs };
    let Some(key) = action.rate() else {
        held::forget(&mut tx, &who, &way.here()).await?;
        tx.commit().await?;
        return desk.leave(&action).await;
    };
    let rate = draft.rates.iter().find(|rate| rate.key == *key);
    if form.version != draft.version {
        return desk.moved_on(&mut tx, &form, &action, rate).await;
    }
    let rate = rate.ok_or_else(|| Error::unprocessable("The rate certification is not in this draft."))?;
    let confirmed = form.confirm_removal.as_deref() == Some("yes");
    if let (Action::Remove(key), Some(_), false) = (&action, rate.own(), confirmed) {
        tx.rollback().await?;
        let colleagues = colleagues(&who, &draft).await?;
        let beside = Beside { asking: Some(key), ..Beside::default() };
        return desk.page(StatusCode::UNPROCESSABLE_ENTITY, beside, colleagues);
    }
    let moved = desk.carry_out(&mut tx, &action, rate).await?;
    if !moved {
        tx.rollback().await?;
        return Err(Error::unprocessable("This can't be changed any more. Contact CMS if it has to."));
    }
    held::forget(&mut tx, &who, &way.here()).await?;
    tx.commit().await?;
    if let Action::Remove(key) = &action {
        who.tell(&Flash::success(format!("{key} was removed from the draft.")))?;
        return Ok(see_other(way.part("add_rate")));
    }
    Ok(see_other(way.part(&format!("rate-{key}"))))
}

impl Desk<'_> {
    /// The buttons that change nothing.
    async fn leave(&self, action: &Action) -> Result<HttpResponse> {
        let Self { who, way, draft, programs } = self;
        match action {
            Action::Back => Ok(see_other(way.back(&draft.data))),
            Action::Continue => {
                let problems = problems(who, way, draft, programs);
                if problems.is_empty() {
                    return Ok(see_other(way.next(&draft.data)));
                }
                let colleagues = colleagues(who, draft).await?;
                let beside = Beside { problems: &problems, ..Beside::default() };
                self.page(StatusCode::UNPROCESSABLE_ENTITY, beside, colleagues)
            }
            _ => {
                let now = crate::domain::clock::Moment(who.app.clock.now()).time_of_day();
                who.tell(&Flash::success(format!("Draft saved at {now}")))?;
                Ok(see_other(way.here()))
            }
        }
    }

    /// Moves or removes the rate; `false` when it has to stay.
    async fn carry_out(&self, conn: &mut PgConnection, action: &Action, rate: &DraftRate) -> Result<bool> {
        let Self { who, draft, programs, .. } = self;
        let (proof, clock) = (state_user(who)?, &who.app.clock);
        let mut order: Vec<_> = draft.rates.iter().map(|rate| rate.id).collect();
        let at = order.iter().position(|id| *id == rate.id).unwrap_or_default();
        match action {
            Action::Up(_) if at > 0 => order.swap(at, at - 1),
            Action::Down(_) if at + 1 < order.len() => order.swap(at, at + 1),
            Action::Remove(_) if !rates::remove(conn, clock, proof, draft.package(), rate).await? => return Ok(false),
            _ => {}
        }
        if !matches!(action, Action::Remove(_)) {
            rates::reorder(conn, draft.package(), &order).await?;
        }
        let after = rates::of_draft(conn, draft.id, draft.data.is_tied_to_dsnp()).await?;
        let others = rates::list_change(&draft.rates, &after).into_iter().collect();
        let save = Save { data: &draft.data, others };
        let version = draft::save(conn, clock, proof, draft, save, programs).await?;
        version.ok_or_else(|| anyhow::anyhow!("the draft changed under the lock of its review"))?;
        Ok(true)
    }

    /// The answer to a press on a list that was drawn from an older version.
    async fn moved_on(
        &self,
        conn: &mut PgConnection,
        form: &RatesForm,
        action: &Action,
        rate: Option<&DraftRate>,
    ) -> Result<HttpResponse> {
        let Self { who, way, draft, programs } = self;
        let saves = draft::saves_since(conn, draft.id, form.version).await?;
        let me = who.person().id;
        let mine_alone = saves.iter().all(|save| save.by == me);
        if matches!(action, Action::Remove(_)) && rate.is_none() && mine_alone {
            // One's own second press.
            return Ok(see_other(way.part("add_rate")));
        }
        let hidden = vec![("action".to_owned(), form.action.clone())];
        let mut panel = stale_panel(draft, &saves, programs, me, way.here(), hidden);
        panel.save_label = rate.map(|rate| match action {
            Action::Remove(_) => format!("Remove {}", rate.key),
            _ => format!("Move {}", rate.key),
        });
        if rate.is_none() {
            panel.lead.push("The rate certification is not in the draft any more.".to_owned());
        }
        panel.answer(who, &draft.submission.name)
    }
}

/// The panel over a draft that was changed since a page of its rates was opened: nothing there collides, so one press
/// goes on with what is there now.
pub fn stale_panel(
    draft: &Draft,
    saves: &[draft::PastSave],
    programs: &Programs,
    me: crate::domain::id::AccountId,
    action: String,
    hidden: Vec<(String, String)>,
) -> ConflictPanel {
    let mut panel = ConflictPanel {
        heading: told::heading(saves, me),
        lead: vec![
            "Nothing was saved and nothing you typed is lost.".to_owned(),
            "What others did does not stand in your way: one press goes on from it.".to_owned(),
        ],
        changes: told::told(saves, &draft.data, programs, me),
        leave_href: action.clone(),
        action,
        hidden,
        ..ConflictPanel::default()
    };
    panel.hidden.push(("version".to_owned(), draft.version.to_string()));
    panel
}
