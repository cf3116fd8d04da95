//! `/submissions/{key}/questions` and `/rates/{key}/questions`: the rounds, and what can be done with them.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;

use super::About;
use super::case::{Case, Which, named, segment};
use super::queries::{self, Round, Said};
use crate::domain::clock::{days_between, eastern_date};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::lifecycle::{
    ContractReviewStatus, RateReviewStatus, RoundAction, RoundStatus, Tag, rate_takes_questions,
};
use crate::domain::permission::Person;
use crate::domain::role::{Department, Role, Side};
use crate::notes;
use crate::rates;
use crate::submissions::{Head, SideItem, form_of, rate_side_nav, side_nav};
use crate::web::chrome::Chrome;
use crate::web::form::FormState;
use crate::web::{Error, Result, SignedIn, html, see_other};

/// Which rounds are wanted; what is blank is not asked.
#[derive(Debug, Default, Deserialize)]
pub struct Wish {
    #[serde(default)]
    department: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    subject: String,
}

#[derive(Template)]
#[template(path = "questions/page.html")]
struct QuestionsPage {
    chrome: Chrome,
    side: Vec<SideItem>,
    head: Head,
    address: String,
    /// For CMS, when there is more than one round to choose among.
    filters: Option<Filters>,
    /// Where the person can ask: address and words.
    asks: Vec<(String, String)>,
    /// Why nobody asks or responds now.
    barred: Option<String>,
    groups: Vec<Group>,
}

struct Filters {
    form: FormState,
    departments: Vec<Choice>,
    statuses: Vec<Choice>,
    subjects: Vec<Choice>,
}

/// A choice of a select.
struct Choice {
    value: String,
    label: String,
    disabled: bool,
}

impl Choice {
    fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), disabled: false }
    }
}

/// Rounds under one heading.
struct Group {
    heading: String,
    rounds: Vec<Shown>,
}

/// A round, with what its reader can do with it.
struct Shown {
    round: Round,
    /// "the contract", or "rate MN-R0012".
    subject: String,
    tag: Tag,
    /// How long it has been open, of one that is.
    open: Option<String>,
    respond: Option<String>,
    close: Option<String>,
    /// Where it, and what is said in it, is removed from view.
    remove: Option<String>,
}

impl Shown {
    fn remove_response(&self, said: &Said) -> Option<String> {
        Some(format!("{}?response={}", self.remove.as_ref()?, said.id))
    }
}

/// A contract or a rate of the package, about which can be asked.
struct Subject {
    rate: Option<RateKey>,
    takes: bool,
}

impl Subject {
    fn words(rate: Option<&RateKey>) -> String {
        rate.map_or_else(|| "the contract".to_owned(), |rate| format!("rate {rate}"))
    }
}

/// `GET …/questions`: of what was never sent, on to the form.
///
/// # Errors
/// [`Error::NotFound`] for whom it may not exist; [`Error::Unprocessable`] for a filter that there is none of.
pub async fn page<W: Which>(who: SignedIn, key: web::Path<String>, wish: web::Query<Wish>) -> Result<HttpResponse> {
    let person = who.person();
    let mut conn = who.app.db.acquire().await?;
    let case = W::open(&mut conn, &who, &key).await?;
    if case.revision().is_none() {
        return Ok(see_other(form_of(&case.submission)));
    }
    let rounds = queries::of_page(&mut conn, person, case.about.id()).await?;
    let subjects = subjects(&mut conn, &case).await?;
    let (head, side) = frame(&mut conn, person, &case).await?;
    drop(conn);
    let asks = if case.barred(person.side()).is_none() { asks(&who, &case, &subjects, &rounds) } else { Vec::new() };
    let filters = (person.side() == Side::Cms && rounds.len() > 1).then(|| filters(&wish, &rounds));
    let wanted = rounds.iter().filter(|round| wish.wants(round)).cloned().collect();
    wish.check(&rounds)?;
    let page = QuestionsPage {
        chrome: who.chrome(format!("Questions – {}", case.key())),
        side,
        head,
        address: case.questions(),
        filters,
        asks,
        barred: case.barred(person.side()),
        groups: groups(&who, &case, &subjects, wanted),
    };
    html(StatusCode::OK, &page)
}

async fn frame(conn: &mut PgConnection, person: &Person, case: &Case) -> Result<(Head, Vec<SideItem>)> {
    let side = person.side();
    Ok(match &case.rate {
        Some(rate) => {
            let notes = notes::number(conn, person, notes::About::Rate(rate.id)).await?;
            (rates::head(rate, side), rate_side_nav(rate, "Questions", notes))
        }
        None => {
            let submission = &case.submission;
            let notes = notes::number(conn, person, notes::About::Contract(submission.id)).await?;
            (Head::of(submission, side), side_nav(submission, "Questions", notes, &[]))
        }
    })
}

/// The case itself, and of a submission the rates of its current package, each reviewed with its parent.
async fn subjects(conn: &mut PgConnection, case: &Case) -> Result<Vec<Subject>> {
    let takes = case.barred(Side::Cms).is_none();
    let mut subjects = vec![Subject { rate: case.rate.as_ref().map(|rate| rate.key.clone()), takes }];
    if let About::Contract(id) = case.about {
        let rows = sqlx::query!(
            r#"select r.state_code, r.number, r.status as "status: RateReviewStatus", parent.status as "parent: ContractReviewStatus"
                 from contract_review c
                 join contract_submission v on v.contract_review_id = c.id and v.revision = c.sent_revision
                 join package_rate p on p.contract_submission_id = v.id
                 join rate_review r on r.id = p.rate_review_id
                 join contract_review parent on parent.id = r.parent_id
                where c.id = $1 order by p.position"#,
            id as _,
        )
        .fetch_all(conn)
        .await?;
        subjects.extend(rows.into_iter().map(|row| Subject {
            rate: Some(RateKey { state_code: row.state_code, number: row.number }),
            takes: rate_takes_questions(row.status, row.parent),
        }));
    }
    Ok(subjects)
}

fn questions_of(case: &Case, rate: Option<&RateKey>) -> String {
    let key: &SubmissionKey = &case.submission.key;
    rate.map_or_else(|| format!("/submissions/{key}/questions"), |rate| format!("/rates/{rate}/questions"))
}

/// Where the person can ask now: about what their department has no open round on. Administrators record for any.
fn asks(who: &SignedIn, case: &Case, subjects: &[Subject], rounds: &[Round]) -> Vec<(String, String)> {
    let person = who.person();
    let may: Vec<Department> =
        case.askers().iter().copied().filter(|department| person.asker_for(*department).is_some()).collect();
    let free = |subject: &&Subject| {
        let open = |department: &Department| {
            rounds.iter().any(|round| {
                round.rate == subject.rate && round.department == *department && round.status == RoundStatus::Open
            })
        };
        subject.takes && may.iter().any(|department| !open(department))
    };
    let verb = if person.role == Role::Admin { "Record a question about" } else { "Ask about" };
    subjects
        .iter()
        .filter(free)
        .map(|subject| {
            let rate = subject.rate.as_ref();
            (format!("{}/ask", questions_of(case, rate)), format!("{verb} {}", Subject::words(rate)))
        })
        .collect()
}

/// What stands for a subject in the address.
fn subject_value(round: &Round) -> String {
    round.rate.as_ref().map_or_else(|| "contract".to_owned(), ToString::to_string)
}

impl Wish {
    fn wants(&self, round: &Round) -> bool {
        let fits = |wanted: &str, value: &str| wanted.is_empty() || wanted.eq_ignore_ascii_case(value);
        fits(&self.department, round.department.short_name())
            && fits(&self.status, round.status.as_str())
            && fits(&self.subject, &subject_value(round))
    }

    /// A filter that there is none of is said so: a list is never silently wider, or empty, for a slip in the address.
    fn check(&self, rounds: &[Round]) -> Result<()> {
        let known = (self.department.is_empty() || named(&self.department).is_ok())
            && (self.status.is_empty() || RoundStatus::ALL.iter().any(|status| status.as_str() == self.status))
            && (self.subject.is_empty() || rounds.iter().any(|round| subject_value(round) == self.subject));
        if known {
            Ok(())
        } else {
            Err(Error::unprocessable("The address asks for rounds that this page does not have."))
        }
    }
}

fn filters(wish: &Wish, rounds: &[Round]) -> Filters {
    let mut subjects: Vec<(String, String)> = Vec::new();
    for round in rounds {
        let entry = (subject_value(round), Subject::words(round.rate.as_ref()));
        if !subjects.contains(&entry) {
            subjects.push(entry);
        }
    }
    let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Filters {
        form: FormState::filled(vec![
            value("department", &wish.department),
            value("status", &wish.status),
            value("subject", &wish.subject),
        ]),
        departments: Department::ALL.iter().map(|known| Choice::new(segment(*known), known.short_name())).collect(),
        statuses: RoundStatus::ALL.iter().map(|status| Choice::new(status.as_str(), status.label())).collect(),
        subjects: subjects.into_iter().map(|(value, label)| Choice::new(value, label)).collect(),
    }
}

/// A state reads first what it is to answer, the oldest first; CMS reads its own department's rounds first.
fn groups(who: &SignedIn, case: &Case, subjects: &[Subject], rounds: Vec<Round>) -> Vec<Group> {
    let person = who.person();
    let mut rounds: Vec<Shown> = rounds.into_iter().map(|round| shown(who, case, subjects, round)).collect();
    let mut groups = Vec::new();
    match person.side() {
        Side::State => {
            rounds.sort_by_key(|shown| shown.round.question.at.0);
            for (status, heading) in [
                (RoundStatus::Open, "For you to answer"),
                (RoundStatus::Answered, "Answered"),
                (RoundStatus::Closed, "Closed"),
            ] {
                let own: Vec<Shown> = rounds.extract_if(.., |shown| shown.round.status == status).collect();
                groups.push(Group { heading: heading.to_owned(), rounds: own });
            }
        }
        Side::Cms => {
            let mut departments = Department::ALL;
            departments.sort_by_key(|department| Some(*department) != person.department);
            for department in departments {
                let own: Vec<Shown> = rounds.extract_if(.., |shown| shown.round.department == department).collect();
                let yours = if person.department == Some(department) { ", your department" } else { "" };
                groups.push(Group { heading: format!("{}{yours}", department.short_name()), rounds: own });
            }
        }
    }
    groups.retain(|group| !group.rounds.is_empty());
    groups
}

fn shown(who: &SignedIn, case: &Case, subjects: &[Subject], round: Round) -> Shown {
    let person = who.person();
    let takes = subjects.iter().any(|subject| subject.rate == round.rate && subject.takes);
    let state_code = &case.submission.key.state_code;
    let here = format!("{}/{}/{}", questions_of(case, round.rate.as_ref()), segment(round.department), round.number);
    let possible = |action: RoundAction| action.possible_from(round.status);
    let link = |may: bool, name: &str| may.then(|| format!("{here}/{name}"));
    let days = days_between(eastern_date(round.question.at.0), who.app.clock.today());
    let open = match days {
        0 => "Open since today".to_owned(),
        1 => "Open for 1 day".to_owned(),
        days => format!("Open for {days} days"),
    };
    Shown {
        respond: link(takes && possible(RoundAction::Respond) && person.responder_for(state_code).is_some(), "respond"),
        close: link(possible(RoundAction::Close) && person.asker_for(round.department).is_some(), "close"),
        remove: link(person.remover().is_some(), "remove"),
        subject: Subject::words(round.rate.as_ref()),
        tag: round.status.tag(person.side()),
        open: (round.status == RoundStatus::Open).then_some(open),
        round,
    }
}
