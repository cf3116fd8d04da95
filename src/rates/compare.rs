//! `/rates/{key}/compare`: what differs between two versions of a rate, as a page and as a file.

use actix_web::{HttpResponse, web};
use sqlx::PgConnection;

use super::page::head;
use super::queries::{self, Rate};
use super::sent::{self, SentRate};
use super::versions::{listed, open_draft};
use crate::documents;
use crate::domain::forms::compare::{RateVersion, rates};
use crate::domain::id::RateSubmissionId;
use crate::domain::role::Side;
use crate::history::{self, Filter, Place, Reader};
use crate::notes::{self, About};
use crate::submissions::{self, Chosen, Comparing, Seen, VersionRow, Wanted, Which, choose, rate_side_nav};
use crate::web::{Error, Result, SignedIn, see_other};

/// `GET /rates/{key}/compare`
///
/// # Errors
/// [`Error::NotFound`] for whom the rate or its draft may not exist; [`Error::Unprocessable`] for versions that can't
/// be compared.
pub async fn get(who: SignedIn, key: web::Path<String>, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    match prepared(&who, &key, &wanted).await? {
        Some(comparing) => comparing.page(&who),
        None => Ok(see_other(format!("/rates/{key}"))),
    }
}

/// `GET /rates/{key}/compare.csv`
///
/// # Errors
/// As [`get`].
pub async fn get_csv(who: SignedIn, key: web::Path<String>, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    match prepared(&who, &key, &wanted).await? {
        Some(comparing) => Ok(comparing.csv()),
        None => Ok(see_other(format!("/rates/{key}"))),
    }
}

/// The comparison; none where somebody who never looked asks what came since.
async fn prepared(who: &SignedIn, key: &str, wanted: &Wanted) -> Result<Option<Comparing>> {
    let side = who.person().side();
    let mut conn = who.app.db.acquire().await?;
    let rate = queries::open(&mut conn, who, key).await?;
    wanted.may_ask(side)?;
    let rows = listed(&mut conn, &rate, side).await?;
    let draft = match side {
        Side::State => open_draft(&mut conn, &rate).await?.map(|(revision, _)| revision),
        Side::Cms => None,
    };
    let look = history::last_look(&mut conn, who, rate.id.0).await?;
    let sent: Vec<_> = rows.into_iter().filter_map(VersionRow::sent).collect();
    let revisions: Vec<i32> = sent.iter().map(|sent| sent.revision).collect();
    let chosen = choose(wanted, &revisions, draft, look)?;
    if chosen == Chosen::NeverLooked {
        return Ok(None);
    }
    let comparison = match chosen.pair() {
        Some((older, newer)) => {
            let programs = submissions::draft::programs(&mut conn, &who.app.clock, &rate.key.state_code).await?;
            let older = version(&mut conn, &rate, older).await?;
            let newer = version(&mut conn, &rate, newer).await?;
            Some(rates(&older, &newer, programs.read_by(side)))
        }
        None => None,
    };
    let seen = match chosen.look() {
        Some(look) => {
            let key = rate.key.to_string();
            let reader = Reader { side, subject_id: rate.id.0, key: &key };
            let events = history::page(&mut conn, &reader, &Filter::default(), Place::after(look.event_seq)).await?;
            Some(Seen { at: look.at, entries: events.entries })
        }
        None => None,
    };
    let notes = notes::number(&mut conn, who.person(), About::Rate(rate.id)).await?;
    Ok(Some(Comparing {
        head: head(&rate, side),
        side: rate_side_nav(&rate, "Versions", notes),
        what: "Rate",
        reader: side,
        list: ("/rates".to_owned(), "Rates".to_owned()),
        address: format!("/rates/{}", rate.key),
        sent,
        draft,
        chosen,
        all: wanted.all(),
        comparison,
        seen,
    }))
}

async fn version(conn: &mut PgConnection, rate: &Rate, which: Which) -> Result<RateVersion> {
    if !which.is_draft() {
        return Ok(sent::of_revision(conn, rate, which.revision()).await?.compared());
    }
    let row = sqlx::query!(
        r#"select id as "id: RateSubmissionId", revision, rate_data, form_version from rate_submission
            where rate_review_id = $1 and submitted_at is null and discarded_at is null"#,
        rate.id as _,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Error::NotFound)?;
    let documents = documents::of_rates(conn, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let drafted = SentRate {
        id: rate.id,
        key: rate.key.clone(),
        name: rate.name.clone(),
        status: rate.status,
        linked_from: None,
        submission: row.id,
        revision: row.revision,
        newer: None,
        form: sent::read_sent(row.rate_data, row.form_version)?,
        documents,
    };
    Ok(drafted.compared())
}
