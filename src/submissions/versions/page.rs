//! `/submissions/{key}/versions/{n}`: a version as it was sent, to be read alone.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::decisions::{Decision, decisions_on};
use super::list::{listed, open_draft};
use super::table::{Sent, VersionRow, sent};
use crate::documents;
use crate::domain::role::Side;
use crate::notes::{self, About};
use crate::rates;
use crate::submissions::archive::DownloadAll;
use crate::submissions::draft::programs;
use crate::submissions::head::{form_of, side_nav};
use crate::submissions::queries::open;
use crate::submissions::sections::section_views;
use crate::submissions::{Head, RateCard, SectionView, SideItem, sent as stored};
use crate::web::chrome::Chrome;
use crate::web::{Error, Result, SignedIn, html, see_other};

#[derive(Template)]
#[template(path = "versions/submission.html")]
struct VersionPage {
    chrome: Chrome,
    side: Vec<SideItem>,
    head: Head,
    around: Around,
    version: Sent,
    /// What departments decided on it; for CMS alone.
    decisions: Option<Vec<Decision>>,
    download_all: Option<DownloadAll>,
    sections: Vec<SectionView>,
    rates: Vec<RateCard>,
}

/// Where a version stands among those that were sent.
#[derive(Debug)]
pub struct Around {
    /// The address of the page of what it is a version of.
    pub address: String,
    /// The version.
    pub revision: i32,
    /// The newest.
    pub newest: i32,
    /// The one sent before.
    pub previous: Option<i32>,
    /// The one sent after.
    pub next: Option<i32>,
}

impl Around {
    /// The place of a version; none where it was not sent.
    pub fn of(address: String, rows: &[VersionRow], revision: i32) -> Option<(Self, Sent)> {
        let version = sent(rows).find(|sent| sent.revision == revision)?.clone();
        let revisions = || sent(rows).map(|sent| sent.revision);
        let around = Self {
            address,
            revision,
            newest: revisions().max()?,
            previous: revisions().filter(|other| *other < revision).max(),
            next: revisions().filter(|other| *other > revision).min(),
        };
        Some((around, version))
    }
}

/// `GET /submissions/{key}/versions/{n}`: of the version that the state is writing, on to its form.
///
/// # Errors
/// [`Error::NotFound`] for whom it may not exist, and for a version that was not sent.
pub async fn get(who: SignedIn, path: web::Path<(String, String)>) -> Result<HttpResponse> {
    let (key, number) = path.into_inner();
    let side = who.person().side();
    let mut conn = who.app.db.acquire().await?;
    let submission = open(&mut conn, &who, &key).await?;
    let revision: i32 = number.parse().map_err(|_| Error::NotFound)?;
    let rows = listed(&mut conn, &submission, side).await?;
    let address = format!("/submissions/{}", submission.key);
    let Some((around, version)) = Around::of(address, &rows, revision) else {
        let own = side == Side::State && open_draft(&mut conn, &submission).await? == Some(revision);
        return if own { Ok(see_other(form_of(&submission))) } else { Err(Error::NotFound) };
    };
    let data = stored::of(&mut conn, &submission, revision).await?;
    let programs = programs(&mut conn, &who.app.clock, &submission.key.state_code).await?;
    let documents = documents::of_submission(&mut conn, data.id).await?;
    let rates = rates::of_version_then(&mut conn, data.id).await?;
    let decisions = match side {
        Side::Cms => {
            let contract = (submission.id.0, revision);
            let subjects: Vec<_> =
                [contract].into_iter().chain(rates.iter().map(|rate| (rate.id.0, rate.revision))).collect();
            Some(decisions_on(&mut conn, &subjects).await?)
        }
        Side::State => None,
    };
    let notes = notes::number(&mut conn, who.person(), About::Contract(submission.id)).await?;
    drop(conn);
    // What became of a rate since is said where the version is still the one that counts.
    let newest = around.newest == revision;
    let card = |rate| {
        let card = RateCard::of(rate, &programs, side).in_its_version();
        RateCard { tag: card.tag.filter(|_| newest), ..card }
    };
    html(
        StatusCode::OK,
        &VersionPage {
            chrome: who.chrome(format!("Version {revision} – {}", submission.key)).crumbs(
                [
                    ("/submissions".to_owned(), "Submissions".to_owned()),
                    (around.address.clone(), submission.key.to_string()),
                    (format!("{}/versions", around.address), "Versions".to_owned()),
                ],
                &format!("Version {revision}"),
            ),
            side: side_nav(&submission, "Versions", notes, &[]),
            head: Head::of(&submission, side),
            decisions,
            download_all: DownloadAll::of(
                &around.address,
                revision,
                documents.iter().chain(rates.iter().flat_map(|rate| &rate.documents)),
            ),
            sections: section_views(&submission, &data, &programs, documents, side),
            rates: rates.into_iter().map(card).collect(),
            around,
            version,
        },
    )
}
