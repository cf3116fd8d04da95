//! `/rates/{key}/versions/{n}/documents.zip`: all documents of a version of a rate that was sent, as one file.

use actix_web::{HttpResponse, web};

use super::{queries, sent};
use crate::submissions::{download, of_rate};
use crate::web::{Error, Result, SignedIn};

/// `GET /rates/{key}/versions/{n}/documents.zip`
///
/// # Errors
/// [`Error::NotFound`] unless the version was sent and may be known of; [`Error::TooMany`] for whoever downloads too much
/// already.
pub async fn get(who: SignedIn, path: web::Path<(String, String)>) -> Result<HttpResponse> {
    let place = who.app.limits.archive(who.person().id)?;
    let (given, revision) = path.into_inner();
    let revision: i32 = revision.parse().map_err(|_| Error::NotFound)?;
    let mut conn = who.app.db.acquire().await?;
    let rate = queries::open(&mut conn, &who, &given).await?;
    let version = sent::of_revision(&mut conn, &rate, revision).await?;
    drop(conn);
    let name = format!("Rate {} version {revision}.zip", rate.key);
    Ok(download(&who, place, &name, of_rate("", version).collect()))
}
