//! `/rates/{key}/versions` and `/rates/{key}/versions/{n}`: the versions of a rate that were sent.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use sqlx::PgConnection;

use super::page::head;
use super::queries::{self, Rate};
use super::sent;
use crate::domain::clock::Moment;
use crate::domain::key::SubmissionKey;
use crate::domain::role::Side;
use crate::history::Author;
use crate::notes::{self, About};
use crate::submissions::{
    self, Decision, DownloadAll, Head, RateCard, Sent, SideItem, VersionAround, VersionRow, VersionsOf, decisions_on,
    draw_versions, rate_side_nav, unlock,
};
use crate::web::chrome::Chrome;
use crate::web::{Error, Result, SignedIn, html, see_other};

#[derive(Template)]
#[template(path = "versions/rate.html")]
struct VersionPage {
    chrome: Chrome,
    side: Vec<SideItem>,
    head: Head,
    around: VersionAround,
    version: Sent,
    /// What departments decided on it; for CMS alone.
    decisions: Option<Vec<Decision>>,
    download_all: Option<DownloadAll>,
    card: RateCard,
}

/// `GET /rates/{key}/versions`
///
/// # Errors
/// [`Error::NotFound`] for whom the rate may not exist, and for one that was never sent.
pub async fn list(who: SignedIn, key: web::Path<String>) -> Result<HttpResponse> {
    let side = who.person().side();
    let mut conn = who.app.db.acquire().await?;
    let rate = queries::open(&mut conn, &who, &key).await?;
    let rows = listed(&mut conn, &rate, side).await?;
    let open = match side {
        Side::State => open_draft(&mut conn, &rate).await?,
        Side::Cms => None,
    };
    let notes = notes::number(&mut conn, who.person(), About::Rate(rate.id)).await?;
    drop(conn);
    let of = VersionsOf {
        head: head(&rate, side),
        side: rate_side_nav(&rate, "Versions", notes),
        what: "Rate",
        address: format!("/rates/{}", rate.key),
        rows,
        open,
    };
    draw_versions(&who, &of)
}

/// `GET /rates/{key}/versions/{n}`: of the version that the state is writing, on to its form.
///
/// # Errors
/// [`Error::NotFound`] for whom it may not exist, and for a version that was not sent.
pub async fn page(who: SignedIn, path: web::Path<(String, String)>) -> Result<HttpResponse> {
    let (key, number) = path.into_inner();
    let side = who.person().side();
    let mut conn = who.app.db.acquire().await?;
    let rate = queries::open(&mut conn, &who, &key).await?;
    let revision: i32 = number.parse().map_err(|_| Error::NotFound)?;
    let rows = listed(&mut conn, &rate, side).await?;
    let Some((around, version)) = VersionAround::of(format!("/rates/{}", rate.key), &rows, revision) else {
        let open = open_draft(&mut conn, &rate).await?.filter(|(open, _)| side == Side::State && *open == revision);
        return open.map(|(_, form)| see_other(form)).ok_or(Error::NotFound);
    };
    let programs = submissions::draft::programs(&mut conn, &who.app.clock, &rate.key.state_code).await?;
    let sent = sent::of_revision(&mut conn, &rate, revision).await?;
    let decisions = match side {
        Side::Cms => Some(decisions_on(&mut conn, &[(rate.id.0, revision)]).await?),
        Side::State => None,
    };
    let notes = notes::number(&mut conn, who.person(), About::Rate(rate.id)).await?;
    drop(conn);
    html(
        StatusCode::OK,
        &VersionPage {
            chrome: who.chrome(format!("Version {revision} – {}", rate.key)).crumbs(
                [
                    ("/rates".to_owned(), "Rates".to_owned()),
                    (around.address.clone(), rate.key.to_string()),
                    (format!("{}/versions", around.address), "Versions".to_owned()),
                ],
                &format!("Version {revision}"),
            ),
            side: rate_side_nav(&rate, "Versions", notes),
            head: head(&rate, side),
            download_all: DownloadAll::of(&around.address, revision, sent.documents.iter()),
            around,
            version,
            decisions,
            card: RateCard::of(sent, &programs, side),
        },
    )
}

/// The version of a rate that its state is writing: its number, and where. None of a rate that is drafted nowhere.
///
/// # Errors
/// When the database fails.
pub async fn open_draft(conn: &mut PgConnection, rate: &Rate) -> sqlx::Result<Option<(i32, String)>> {
    let revision = sqlx::query_scalar!(
        "select revision from rate_submission where rate_review_id = $1 and submitted_at is null and discarded_at is null",
        rate.id as _,
    )
    .fetch_optional(conn)
    .await?;
    let form = format!("/submissions/{}/edit/rates/{}", rate.parent.key, rate.key);
    Ok(revision.map(|revision| (revision, form)))
}

/// The versions of a rate that were sent, and the numbers of those that were set aside, newest first, for a reader of
/// this side. Each names the version of a submission that it was sent with.
///
/// # Errors
/// When the database fails.
pub async fn listed(conn: &mut PgConnection, rate: &Rate, side: Side) -> sqlx::Result<Vec<VersionRow>> {
    let rows = sqlx::query!(
        r#"select s.revision, s.submitted_at, s.submit_reason, s.unlocked_at, s.unlock_reason,
                  sender.given_name || ' ' || sender.family_name as sent_by,
                  unlocker.given_name || ' ' || unlocker.family_name as unlocked_by, unlocker.role as "unlocker_role?",
                  unlocker.department as unlocker_department,
                  v.revision as with_revision, c.number as with_number
             from rate_submission s
             join contract_submission v on v.id = s.contract_submission_id
             join contract_review c on c.id = v.contract_review_id
             left join account sender on sender.id = s.submitted_by
             left join account unlocker on unlocker.id = s.unlocked_by
            where s.rate_review_id = $1 and (s.submitted_at is not null or s.discarded_at is not null)
            order by s.revision desc"#,
        rate.id as _,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let (Some(at), Some(by)) = (row.submitted_at, row.sent_by) else { return VersionRow::Skipped(row.revision) };
        let unlocker = row.unlocked_by.map(|name| {
            let (role, department) = (row.unlocker_role, row.unlocker_department);
            Author { name, role, department, state_name: None }.seen_by(side)
        });
        let with = SubmissionKey { state_code: rate.key.state_code.clone(), number: row.with_number };
        let with_version = row.with_revision;
        VersionRow::Sent(Box::new(Sent {
            revision: row.revision,
            at: Moment(at),
            by: format!("{by}, {}", rate.state_name),
            led_to: None,
            unlock: unlock(row.unlocked_at.map(Moment), unlocker, row.unlock_reason),
            summary: row.submit_reason.filter(|_| row.revision > 1),
            rates: None,
            went_with: Some((
                format!("/submissions/{with}/versions/{with_version}"),
                format!("{with}, version {with_version}"),
            )),
        }))
    });
    Ok(rows.collect())
}
