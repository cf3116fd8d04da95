//! `/submissions/{key}`: the latest sent version, where it stands, and what to do next.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::actions::{Actions, actions};
use super::archive::DownloadAll;
use super::banner::{Banner, banner};
use super::draft::programs;
use super::head::{Head, SideItem, form_of, side_nav, turn_in_words};
use super::newest_events::{NewestEvents, newest_events};
use super::notices::{Notice, notices};
use super::queries::{Submission, open};
use super::sections::{RateCard, SectionView, section_views};
use super::sent::{self, SentVersion};
use crate::documents;
use crate::domain::clock::{Moment, date_in_words, start_in_words};
use crate::domain::role::Side;
use crate::history::{self, Since, StatusChange};
use crate::live::Region;
use crate::notes::{self, About};
use crate::rates;
use crate::reviews::{self, Panel};
use crate::web::chrome::Chrome;
use crate::web::{Result, SignedIn, html, see_other};

#[derive(Template)]
#[template(path = "submissions/page.html")]
struct SubmissionPage {
    chrome: Chrome,
    live: Region,
    side: Vec<SideItem>,
    head: Head,
    /// What came since this person looked last.
    since: Option<Since>,
    overview: Overview,
    notices: Vec<Notice>,
    banner: Option<Banner>,
    /// For CMS, with what can be done; empty of what is not reviewed.
    panel: Option<Panel>,
    /// What can be done, where no panel says it.
    actions: Option<Actions>,
    download_all: Option<DownloadAll>,
    sections: Vec<SectionView>,
    /// The rates that went with the version, behind its section on the contract.
    rates: Vec<RateCard>,
    events: NewestEvents,
}

/// The facts at the top of the page.
struct Overview {
    revision: i32,
    sent: Moment,
    effective: Option<Effective>,
    turn: String,
    mccrs_number: Option<String>,
}

/// The period of the contract or amendment.
struct Effective {
    label: &'static str,
    dates: String,
    start: String,
}

/// `GET /submissions/{key}`: of a version that the state is writing, on to the form.
///
/// # Errors
/// [`crate::web::Error::NotFound`] for whom it may not exist; when the database fails.
pub async fn page(who: SignedIn, key: web::Path<String>) -> Result<HttpResponse> {
    let person = who.person();
    let side = person.side();
    let mut conn = who.app.db.acquire().await?;
    let submission = open(&mut conn, &who, &key).await?;
    if side == Side::State && submission.status.writable() {
        return Ok(see_other(form_of(&submission)));
    }
    // First what is said to have happened: what happens while the rest is read is then told to the open page.
    let events = newest_events(&mut conn, side, &submission).await?;
    let version = sent::latest(&mut conn, &submission).await?;
    let programs = programs(&mut conn, &who.app.clock, &submission.key.state_code).await?;
    let documents = documents::of_submission(&mut conn, version.id).await?;
    let rates = rates::of_version(&mut conn, version.id).await?;
    let panel = match side {
        Side::Cms => Some(reviews::panel(&mut conn, &who, &submission).await?).filter(|panel| !panel.is_empty()),
        Side::State => None,
    };
    let last = history::last_status_change(&mut conn, submission.id.0).await?;
    let since = history::look(&mut conn, &who, submission.id.0, version.revision).await;
    let notes = notes::number(&mut conn, who.person(), About::Contract(submission.id)).await?;
    drop(conn);
    html(
        StatusCode::OK,
        &SubmissionPage {
            chrome: who.chrome(format!("Summary – {}", submission.key)),
            live: Region::of_submission(&submission.key, side),
            side: side_nav(&submission, "Summary", notes, &rates.iter().map(|rate| &rate.key).collect::<Vec<_>>()),
            head: Head::of(&submission, side),
            since,
            overview: overview(&who, &submission, &version, last.as_ref()),
            notices: notices(&submission, &version, &rates),
            banner: last.and_then(|last| banner(side, &submission, &last)),
            actions: panel.is_none().then(|| actions(person, &submission, &[])),
            panel,
            download_all: DownloadAll::of(
                &format!("/submissions/{}", submission.key),
                version.revision,
                documents.iter().chain(rates.iter().flat_map(|rate| &rate.documents)),
            ),
            sections: section_views(&submission, &version, &programs, documents, side),
            rates: rates.into_iter().map(|rate| RateCard::of(rate, &programs, side)).collect(),
            events,
        },
    )
}

fn overview(who: &SignedIn, submission: &Submission, version: &SentVersion, last: Option<&StatusChange>) -> Overview {
    let side = who.person().side();
    let today = who.app.clock.today();
    let SentVersion { revision, at, data, .. } = version;
    let until = data.contract_date_end().map_or_else(String::new, |end| format!(" to {}", date_in_words(end)));
    Overview {
        revision: *revision,
        sent: Moment(*at),
        effective: data.contract_date_start().map(|start| Effective {
            label: data.dates_legend(),
            dates: format!("{}{until}", date_in_words(start)),
            start: start_in_words(start, today),
        }),
        turn: turn_in_words(side, submission.turn, submission.rounds.open, last.map(|last| last.at)),
        mccrs_number: submission.mccrs_number.clone().filter(|_| side == Side::Cms),
    }
}
