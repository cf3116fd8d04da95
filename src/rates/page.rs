//! `/rates/{key}`: the version of a rate that was sent last, where it stands, and who reviews it; and its history.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::package;
use super::queries::{self, Rate};
use crate::corrections::{self, FirstSent};
use crate::domain::clock::{Moment, start_in_words};
use crate::domain::event::Subject;
use crate::domain::lifecycle::{ContractReviewAction, RateReviewAction, Tag};
use crate::domain::permission::Person;
use crate::domain::role::Side;
use crate::reviews::{self, Panel};
use crate::submissions::{
    self, Around, Head, NewestEvents, RateCard, SideItem, Whose, draw_history, newest_rate_events, rate_side_nav,
};
use crate::web::chrome::Chrome;
use crate::web::{Result, SignedIn, html};

#[derive(Template)]
#[template(path = "rates/page.html")]
struct RatePage {
    chrome: Chrome,
    side: Vec<SideItem>,
    head: Head,
    card: RateCard,
    sent: Option<Moment>,
    first_sent: FirstSent,
    /// What can be done with it: address and words.
    deeds: Vec<(String, &'static str)>,
    period: String,
    /// "Starts in 41 days".
    start: String,
    parent: Held,
    also_in: Vec<Held>,
    panel: Option<Panel>,
    events: NewestEvents,
}

/// A submission that holds the rate.
struct Held {
    key: String,
    name: String,
    tag: Tag,
}

/// `GET /rates/{key}`
///
/// # Errors
/// [`crate::web::Error::NotFound`] for whom it may not exist, and for a rate that was never sent.
pub async fn page(who: SignedIn, key: web::Path<String>) -> Result<HttpResponse> {
    let side = who.person().side();
    let mut conn = who.app.db.acquire().await?;
    let rate = queries::open(&mut conn, &who, &key).await?;
    let parent = submissions::visible(&mut conn, who.person(), &rate.parent.key.to_string()).await?;
    let programs = submissions::draft::programs(&mut conn, &who.app.clock, &rate.key.state_code).await?;
    let sent = package::latest(&mut conn, &rate).await?;
    let panel = match side {
        Side::Cms => Some(reviews::rate_panel(&mut conn, &who, &parent, rate.id).await?),
        Side::State => None,
    };
    let mut also_in = queries::holding(&mut conn, &rate).await?;
    also_in.retain(|holder| holder.id != rate.parent.id);
    let first_sent = corrections::first_sent_of_rate(&mut conn, rate.id, side).await?;
    let events = newest_rate_events(&mut conn, side, rate.id, &rate.key).await?;
    drop(conn);
    let held = |held: queries::Parent| Held { key: held.key.to_string(), name: held.name, tag: held.status.tag(side) };
    let today = who.app.clock.today();
    html(
        StatusCode::OK,
        &RatePage {
            chrome: who.chrome(format!("Rate – {}", rate.key)),
            side: rate_side_nav(&rate.key, "Summary", &rate.parent.key),
            head: head(&rate, side),
            card: RateCard::of(sent, &programs, side),
            sent: rate.last_submitted_at.map(Moment),
            first_sent,
            deeds: deeds(who.person(), &rate),
            period: package::period(rate.rating_from, rate.rating_to),
            start: rate.rating_from.map_or_else(String::new, |from| start_in_words(from, today)),
            parent: held(rate.parent),
            also_in: also_in.into_iter().map(held).collect(),
            panel,
            events,
        },
    )
}

/// The ways to the pages of what a person may do with a rate as it stands. All else it goes through with its submission.
fn deeds(person: &Person, rate: &Rate) -> Vec<(String, &'static str)> {
    const ALONE: [(RateReviewAction, &str); 3] = [
        (RateReviewAction::Withdraw, "withdraw"),
        (RateReviewAction::UndoWithdraw, "undo-withdraw"),
        (RateReviewAction::Correct, "correct"),
    ];
    let possible = |action: RateReviewAction| {
        let parent = ContractReviewAction::Correct.possible_from(rate.parent.status);
        action.possible_from(rate.status) && (action != RateReviewAction::Correct || parent)
    };
    ALONE
        .into_iter()
        .filter(|(action, _)| action.allowed_to(person.role) && possible(*action))
        .map(|(action, segment)| (format!("/rates/{}/{segment}", rate.key), action.rule().label))
        .collect()
}

fn head(rate: &Rate, side: Side) -> Head {
    Head {
        key: rate.key.to_string(),
        name: rate.name.clone(),
        state_name: rate.state_name.clone(),
        kind: "Rate certification",
        tag: rate.status.tag(side),
    }
}

/// `GET /rates/{key}/history`
///
/// # Errors
/// [`crate::web::Error::NotFound`] for whom it may not exist; 422 when the query names no entry.
pub async fn history(who: SignedIn, key: web::Path<String>, around: web::Query<Around>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let rate = queries::open(&mut conn, &who, &key).await?;
    let whose = Whose {
        head: head(&rate, who.person().side()),
        side: rate_side_nav(&rate.key, "History", &rate.parent.key),
        address: format!("/rates/{}/history", rate.key),
        subject: (Subject::RateReview, rate.id.0),
        beside: (&[], ""),
        chains: Vec::new(),
    };
    draw_history(&who, &mut conn, whose, &around).await
}
