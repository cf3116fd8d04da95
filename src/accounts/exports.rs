//! What people take out of the product as files: told in the history of their account.

use actix_web::HttpResponse;
use serde_json::json;
use uuid::Uuid;

use crate::domain::event::{Kind, Subject};
use crate::history::{Actor, Happening, Row, record};
use crate::web::list::{Exporting, List, export};
use crate::web::pieces::{Format, Pieces, Sending};
use crate::web::security_log::SecurityEvent;
use crate::web::{Result, SignedIn};

/// Writes down that somebody exports a list, as its address has it, before the first of it is sent. Whoever asks for the
/// head of the answer alone takes nothing.
///
/// # Errors
/// When the database fails.
pub async fn exports(who: &SignedIn, address: &str, matching: i64) -> Result<()> {
    if who.head {
        return Ok(());
    }
    let (person, clock) = (who.person(), &who.app.clock);
    let mut tx = who.app.writes.begin().await?;
    let id: Uuid = clock.new_id();
    sqlx::query!(
        "insert into export (id, account_id, address, matching, made_at) values ($1, $2, $3, $4, $5)",
        id,
        person.id as _,
        address,
        matching,
        clock.now(),
    )
    .execute(&mut *tx)
    .await?;
    let happening = Happening {
        kind: Kind::ListExported,
        subject: Subject::Account,
        subject_id: person.id.0,
        row: Row { table: "export", id, status: (None, None), version: (None, 1) },
        reason: None,
        details: json!({ "address": address, "matching": matching }),
    };
    record(&mut tx, clock, &Actor::from(person), happening).await?;
    tx.commit().await?;
    who.log_security(SecurityEvent::Export, address);
    Ok(())
}

/// A list as a file, all of it that the same query shows page by page; or the answer to an address that asks for what the
/// list does not have.
///
/// # Errors
/// [`crate::web::Error::TooMany`] for whoever exports too much already; when the database fails.
pub async fn list_file<L: List>(who: &SignedIn, raw_query: &str, format: Format) -> Result<HttpResponse> {
    let place = who.app.limits.export(who.person().id)?;
    match export::<L>(who, raw_query).await? {
        Exporting::Whole(whole) => {
            exports(who, &whole.address, whole.matching).await?;
            let (about, background) = (whole.about.clone(), who.app.background.clone());
            whole.file(L::NAME, Sending { format, about, place, background })
        }
        Exporting::Refused(answer) => Ok(answer),
    }
}
