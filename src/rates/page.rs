//! `/rates/{key}`: the version of a rate that was sent last, where it stands, and who reviews it; and its history.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use sqlx::PgConnection;

use super::package;
use super::queries::{self, Rate};
use super::sent as stored;
use crate::corrections::{self, FirstSent};
use crate::domain::clock::{Moment, start_in_words};
use crate::domain::event::Kind;
use crate::domain::lifecycle::{ContractReviewAction, RATE_REVIEW, RateReviewAction, Tag};
use crate::domain::permission::Person;
use crate::domain::role::Side;
use crate::history::{self, Since};
use crate::live::Region;
use crate::notes::{self, About};
use crate::reviews::{self, Panel};
use crate::submissions::{
    self, ActionLink, Banner, DownloadAll, Head, NewestEvents, Pairs, RateCard, SideItem, Whose, draw_history,
    export_history, newest_rate_events, rate_banner, rate_side_nav,
};
use crate::web::chrome::Chrome;
use crate::web::{Result, SignedIn, html};

#[derive(Template)]
#[template(path = "rates/page.html")]
struct RatePage {
    chrome: Chrome,
    live: Region,
    side: Vec<SideItem>,
    head: Head,
    /// What came since this person looked last.
    since: Option<Since>,
    download_all: Option<DownloadAll>,
    card: RateCard,
    sent: Option<Moment>,
    first_sent: FirstSent,
    period: String,
    /// "Starts in 41 days".
    start: String,
    parent: Held,
    also_in: Vec<Held>,
    panel: Option<Panel>,
    banner: Option<Banner>,
    /// What CMS can do, for those who may.
    links: Vec<ActionLink>,
    events: NewestEvents,
}

/// A submission that holds the rate.
struct Held {
    key: String,
    name: String,
    tag: Tag,
    /// Where what led to its status is told.
    explain: String,
}

/// `GET /rates/{key}`
///
/// # Errors
/// [`crate::web::Error::NotFound`] for whom it may not exist, and for a rate that was never sent.
pub async fn page(who: SignedIn, key: web::Path<String>) -> Result<HttpResponse> {
    let side = who.person().side();
    let mut conn = who.app.db.acquire().await?;
    let rate = queries::open(&mut conn, &who, &key).await?;
    // First what is said to have happened: what happens while the rest is read is then told to the open page.
    let events = newest_rate_events(&mut conn, side, rate.id, &rate.key).await?;
    let programs = submissions::draft::programs(&mut conn, &who.app.clock, &rate.key.state_code).await?;
    let sent = stored::latest(&mut conn, &rate).await?;
    let panel = match side {
        Side::Cms => {
            let parent = submissions::visible(&mut conn, who.person(), &rate.parent.key.to_string()).await?;
            Some(reviews::rate_panel(&mut conn, &who, &parent, rate.id).await?)
        }
        Side::State => None,
    };
    let mut also_in = queries::holding(&mut conn, &rate).await?;
    also_in.retain(|holder| holder.id != rate.parent.id);
    let first_sent = corrections::first_sent_of_rate(&mut conn, rate.id, side).await?;
    let notes = notes::number(&mut conn, who.person(), About::Rate(rate.id)).await?;
    let (last, moved) = history::last_status_change_and_last(&mut conn, rate.id.0, Kind::RateMoved).await?;
    let since = history::look(&mut conn, &who, rate.id.0, sent.revision).await;
    drop(conn);
    let banner = last.and_then(|last| rate_banner(side, &rate, &last, moved.as_ref()));
    let links = actions(who.person(), &rate);
    let held = |held: queries::Parent| Held {
        explain: format!("/submissions/{}/history?explain={}", held.key, held.status.as_str()),
        key: held.key.to_string(),
        name: held.name,
        tag: held.status.tag(side),
    };
    let today = who.app.clock.today();
    html(
        StatusCode::OK,
        &RatePage {
            chrome: who.chrome(format!("Rate – {}", rate.key)),
            live: Region::of_rate(&rate.key, side),
            side: rate_side_nav(&rate, "Summary", notes),
            head: head(&rate, side),
            since,
            download_all: DownloadAll::of(&format!("/rates/{}", rate.key), sent.revision, sent.documents.iter()),
            card: RateCard::of(sent, &programs, side),
            sent: rate.last_submitted_at.map(Moment),
            first_sent,
            period: package::period(rate.rating_from, rate.rating_to),
            start: rate.rating_from.map_or_else(String::new, |from| start_in_words(from, today)),
            parent: held(rate.parent),
            also_in: also_in.into_iter().map(held).collect(),
            panel,
            banner,
            links,
            events,
        },
    )
}

/// The ways to the deeds that the person may do now. A rate is never unlocked alone.
fn actions(person: &Person, rate: &Rate) -> Vec<ActionLink> {
    let own = RATE_REVIEW
        .iter()
        .filter(|rule| !rule.label.is_empty() && rule.roles.contains(&person.role) && rule.from.contains(&rate.status))
        .filter(|_| person.side() == Side::Cms)
        .filter(|rule| {
            // It is corrected only while its package may be.
            let package = ContractReviewAction::Correct.possible_from(rate.parent.status);
            rule.action != RateReviewAction::Correct || package
        })
        .map(|rule| ActionLink {
            href: format!("/rates/{}/{}", rate.key, rule.name.replace('_', "-")),
            label: rule.label.to_owned(),
            next: false,
        });
    let unlock = ContractReviewAction::Unlock;
    let parent = &rate.parent;
    let with_parent = (unlock.allowed_to(person.role) && unlock.possible_from(parent.status)).then(|| ActionLink {
        href: format!("/submissions/{}/{}", parent.key, unlock.segment()),
        label: format!("Unlock with {}", parent.key),
        next: false,
    });
    own.chain(with_parent).collect()
}

/// What names a rate above the heading of each of its pages, for a reader of this side.
pub fn head(rate: &Rate, side: Side) -> Head {
    Head {
        key: rate.key.to_string(),
        explain: format!("/rates/{}/history?explain={}", rate.key, rate.status.as_str()),
        name: rate.name.clone(),
        state_name: rate.state_name.clone(),
        kind: "Rate certification",
        tag: rate.status.tag(side),
    }
}

async fn whose(conn: &mut PgConnection, who: &SignedIn, rate: &Rate) -> Result<Whose> {
    let notes = notes::number(conn, who.person(), About::Rate(rate.id)).await?;
    Ok(Whose {
        head: head(rate, who.person().side()),
        side: rate_side_nav(rate, "History", notes),
        address: format!("/rates/{}/history", rate.key),
        id: rate.id.0,
        case_file: None,
    })
}

/// `GET /rates/{key}/history`
///
/// # Errors
/// [`crate::web::Error::NotFound`] for whom it may not exist; 422 when the query asks for what this history does not
/// have.
pub async fn history(who: SignedIn, key: web::Path<String>, query: Pairs) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let rate = queries::open(&mut conn, &who, &key).await?;
    let whose = whose(&mut conn, &who, &rate).await?;
    draw_history(&who, &mut conn, whose, &query).await
}

/// `GET /rates/{key}/history.csv`
///
/// # Errors
/// As [`history`].
pub async fn history_csv(who: SignedIn, key: web::Path<String>, query: Pairs) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let rate = queries::open(&mut conn, &who, &key).await?;
    let whose = whose(&mut conn, &who, &rate).await?;
    export_history(&who, &mut conn, whose, &query).await
}
