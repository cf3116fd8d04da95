//! The department review panel of the submission page and of the rate page, and the answers that redraw it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use askama::Template;
use askama::filters::HtmlSafe;
use sqlx::PgConnection;

use super::deeds::days_in_status;
use super::queries;
use super::review::{DepartmentReview, Subject};
use crate::domain::clock::Moment;
use crate::domain::id::{DepartmentReviewId, RateReviewId};
use crate::domain::lifecycle::{ContractReviewStatus, DepartmentReviewStatus, RoundStatus, Tag, takes_questions};
use crate::domain::permission::Person;
use crate::questions::{self, GoingOn};
use crate::submissions::{self, Actions, Beside, Submission, actions, beside, beside_rate};
use crate::web::flash::Flash;
use crate::web::posted::Posted;
use crate::web::{Result, SignedIn, html, see_other};
use crate::work;

/// The panel, as `reviews/panel.html` draws it.
#[derive(Template)]
#[template(path = "reviews/panel.html")]
pub struct Panel {
    /// "0 of 1 signed off on version 1 · 1 in review".
    line: String,
    rows: Vec<Row>,
    /// The reviews of linked rates, which are only read here.
    linked: Vec<Row>,
    /// Rounds of departments that have no review of what they asked about, each with its words and its place.
    aside: Vec<(String, String)>,
    csrf: String,
    /// The row whose status takes the focus after it was changed.
    changed: Option<DepartmentReviewId>,
    announce: String,
    /// Whether every department has signed off on the current version.
    pub ready: bool,
    /// What can be done with the package as its reviews stand; nothing on the page of a rate.
    actions: Option<Actions>,
    /// After a deed, the other parts of the page that it may have changed.
    beside: Option<Beside>,
}

impl HtmlSafe for Panel {}

impl Panel {
    /// Whether no department reviews the package.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn is_changed(&self, row: &Row) -> bool {
        self.changed == Some(row.review.id)
    }
}

struct Row {
    review: DepartmentReview,
    subject: String,
    tag: Tag,
    days: i64,
    decided: Option<Moment>,
    outdated: bool,
    /// What changed from the version that was decided on to the one that came since.
    what_changed: Option<String>,
    /// The department's round that goes on, and where it stands.
    round: Option<(String, String)>,
    /// Where the department asks.
    ask: Option<String>,
    deeds: Vec<(DepartmentReviewStatus, String)>,
    may_start: bool,
    may_take: bool,
    may_hand_back: bool,
    may_assign: bool,
}

/// The place of a department review on the page of its submission.
pub fn place_of(submission: &Submission, review: &DepartmentReview) -> String {
    format!("/submissions/{}#dr-{}", submission.key, review.id)
}

/// The panel of a submission for somebody on the CMS side.
///
/// # Errors
/// When the database fails.
pub async fn panel(conn: &mut PgConnection, who: &SignedIn, submission: &Submission) -> Result<Panel> {
    let reviews = queries::of_package(conn, submission.id).await?;
    let rounds = questions::going_on(conn, submission.id.0).await?;
    let actions = actions(who.person(), submission, &reviews.own);
    let mut panel = drawn(who, submission, reviews.own, rounds);
    panel.linked = reviews.linked.into_iter().map(|review| read_only(who, submission, review, &[])).collect();
    panel.actions = Some(actions);
    Ok(panel)
}

/// The panel of one rate of a submission.
///
/// # Errors
/// When the database fails.
pub async fn rate_panel(
    conn: &mut PgConnection,
    who: &SignedIn,
    parent: &Submission,
    rate: RateReviewId,
) -> Result<Panel> {
    let reviews = queries::of_rate(conn, parent.id, rate).await?;
    let rounds = questions::going_on(conn, rate.0).await?;
    Ok(Panel { ready: false, ..drawn(who, parent, reviews, rounds) })
}

fn drawn(who: &SignedIn, submission: &Submission, reviews: Vec<DepartmentReview>, rounds: Vec<GoingOn>) -> Panel {
    let rows: Vec<Row> = reviews.into_iter().map(|review| row(who, submission, review, &rounds)).collect();
    let without_review = |round: &GoingOn| !rows.iter().any(|row| is_of(round, &row.review));
    Panel {
        aside: rounds.iter().filter(|round| without_review(round)).map(|round| aside(who, submission, round)).collect(),
        line: line(submission, &rows),
        csrf: who.csrf(),
        changed: None,
        announce: String::new(),
        beside: None,
        ready: submission.status.under_review() && !rows.iter().any(|row| row.review.missing()),
        actions: None,
        linked: Vec::new(),
        rows,
    }
}

fn aside(who: &SignedIn, submission: &Submission, round: &GoingOn) -> (String, String) {
    let about = round.rate.as_ref().map_or_else(|| "contract".to_owned(), |rate| format!("rate {rate}"));
    let (department, since) = (round.department.short_name(), round.in_words(who.app.clock.today()));
    let place = format!("/submissions/{}/questions#{}", submission.key, round.anchor);
    (format!("{department}, {about}: {since}"), place)
}

/// Whether a round is of the department whose review this is, on what it reviews.
fn is_of(round: &GoingOn, review: &DepartmentReview) -> bool {
    round.department == review.department && round.subject == review.subject.history().1
}

fn row(who: &SignedIn, submission: &Submission, review: DepartmentReview, rounds: &[GoingOn]) -> Row {
    if review.withdrawn {
        return read_only(who, submission, review, rounds);
    }
    let (person, package) = (who.person(), submission.status);
    Row {
        deeds: deeds_for(person, package, &review),
        may_start: may_work(person, package, &review) && review.status == DepartmentReviewStatus::NotStarted,
        may_take: package.open() && review.primary.is_none() && person.member_of(review.department).is_some(),
        may_hand_back: package.open() && review.is_on(person.id),
        may_assign: package.open() && person.assigner_for(review.department).is_some(),
        ask: may_ask(person, package, &review, rounds).then(|| format!("{}/questions/ask", review.subject.page())),
        ..read_only(who, submission, review, rounds)
    }
}

/// Whether somebody of the department can ask now; one round is open at a time.
fn may_ask(person: &Person, package: ContractReviewStatus, review: &DepartmentReview, rounds: &[GoingOn]) -> bool {
    let open = |round: &GoingOn| is_of(round, review) && round.status == RoundStatus::Open;
    takes_questions(package) && person.member_of(review.department).is_some() && !rounds.iter().any(open)
}

fn read_only(who: &SignedIn, submission: &Submission, review: DepartmentReview, rounds: &[GoingOn]) -> Row {
    let versions = review.decided_revision.zip(review.current_revision).filter(|(decided, now)| decided != now);
    let round = rounds.iter().find(|round| is_of(round, &review));
    Row {
        round: round.map(|round| {
            let place = format!("{}/questions#{}", review.subject.page(), round.anchor);
            (place, round.in_words(who.app.clock.today()))
        }),
        ask: None,
        what_changed: versions
            .map(|(decided, now)| format!("{}/compare?from={decided}&to={now}", review.subject.page())),
        subject: review.title(),
        tag: tag(submission, &review),
        days: days_in_status(&review, who.app.clock.now()),
        decided: review.decided_at.map(Moment),
        outdated: versions.is_some(),
        deeds: Vec::new(),
        may_start: false,
        may_take: false,
        may_hand_back: false,
        may_assign: false,
        review,
    }
}

/// The review of a withdrawn rate is closed, whatever its package goes on with.
fn tag(submission: &Submission, review: &DepartmentReview) -> Tag {
    let package = if review.withdrawn { ContractReviewStatus::Withdrawn } else { submission.status };
    review.status.tag(package, review.decided_revision)
}

fn may_work(person: &Person, package: ContractReviewStatus, review: &DepartmentReview) -> bool {
    package.under_review() && person.member_of(review.department).is_some()
}

/// The deeds that have a form of their own, as the status they lead to and the words of the link.
fn deeds_for(
    person: &Person,
    package: ContractReviewStatus,
    review: &DepartmentReview,
) -> Vec<(DepartmentReviewStatus, String)> {
    use DepartmentReviewStatus::{InReview, Objection, SignedOff};
    match review.status {
        _ if !may_work(person, package, review) => Vec::new(),
        InReview if review.signed_off_before() => {
            let version = review.current_revision.unwrap_or_default();
            vec![(SignedOff, format!("Sign off again on version {version}")), (Objection, "Object".to_owned())]
        }
        InReview => vec![(SignedOff, "Sign off".to_owned()), (Objection, "Object".to_owned())],
        SignedOff | Objection => vec![(InReview, "Reopen".to_owned())],
        _ => Vec::new(),
    }
}

fn line(submission: &Submission, rows: &[Row]) -> String {
    let version = submission.sent_revision.unwrap_or_default();
    let rows: Vec<&Row> = rows.iter().filter(|row| !row.review.withdrawn).collect();
    let signed = rows.iter().filter(|row| row.review.signed_off()).count();
    let mut parts = vec![format!("{signed} of {} signed off on version {version}", rows.len())];
    for status in [
        DepartmentReviewStatus::Objection,
        DepartmentReviewStatus::AwaitingState,
        DepartmentReviewStatus::InReview,
        DepartmentReviewStatus::NotStarted,
    ] {
        let count = rows.iter().filter(|row| row.review.status == status).count();
        if count > 0 {
            parts.push(format!("{count} {}", status.label().to_lowercase()));
        }
    }
    parts.join(" · ")
}

/// Answers a deed that was done: for htmx with the panel as it is now, else with the way back to its row, or to the page
/// of one's work where it was done from there.
///
/// # Errors
/// When the database fails.
pub async fn respond(
    who: &SignedIn,
    posted: &Posted,
    submission: &Submission,
    review: &DepartmentReview,
    flash: Flash,
) -> Result<HttpResponse> {
    if let Some(back) = work::Back::of(posted) {
        return work::answer(who, &back, review.id, flash).await;
    }
    if !who.htmx {
        who.tell(&flash)?;
        return Ok(see_other(place_of(submission, review)));
    }
    let mut conn = who.app.db.acquire().await?;
    // The deed may have changed more than the review: its turn, its questions.
    let submission = submissions::visible(&mut conn, who.person(), &submission.key.to_string()).await?;
    let (mut panel, beside) = match &review.subject {
        Subject::Rate { id, key, .. } if who.current_page().starts_with("/rates/") => {
            let panel = rate_panel(&mut conn, who, &submission, *id).await?;
            (panel, beside_rate(&mut conn, who, key).await?)
        }
        _ => (panel(&mut conn, who, &submission).await?, beside(&mut conn, who, &submission).await?),
    };
    panel.beside = Some(beside);
    panel.changed = Some(review.id);
    panel.announce = flash.text;
    let mut response = html(StatusCode::OK, &panel)?;
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("hx-retarget"), HeaderValue::from_static("#department-reviews"));
    headers.insert(HeaderName::from_static("hx-reswap"), HeaderValue::from_static("outerHTML"));
    Ok(response)
}
