//! `/submissions/{key}/compare`: what differs between two versions of a submission, as a page and as a file.

mod choice;
mod drawn;

use actix_web::{HttpResponse, web};
use sqlx::PgConnection;

pub use choice::{Chosen, Wanted, Which, choose};
pub use drawn::{Comparing, Seen};

use super::draft::{programs, read_stored};
use super::head::{form_of, side_nav};
use super::queries::open;
use super::sent as stored;
use super::versions::{VersionRow, listed, open_draft, sent};
use super::{Head, Submission};
use crate::documents::{self, Document};
use crate::domain::forms::compare::{PackageVersion, packages};
use crate::domain::id::ContractSubmissionId;
use crate::domain::role::Side;
use crate::history::{self, Filter, Place, Reader};
use crate::notes::{self, About};
use crate::rates;
use crate::web::{Error, Result, SignedIn, see_other};

/// `GET /submissions/{key}/compare`
///
/// # Errors
/// [`Error::NotFound`] for whom the submission or its draft may not exist; [`Error::Unprocessable`] for versions that
/// can't be compared.
pub async fn get(who: SignedIn, key: web::Path<String>, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    match prepared(&who, &key, &wanted).await? {
        Prepared::Ready(comparing) => comparing.page(&who),
        Prepared::Elsewhere(address) => Ok(see_other(address)),
    }
}

/// `GET /submissions/{key}/compare.csv`
///
/// # Errors
/// As [`get`].
pub async fn get_csv(who: SignedIn, key: web::Path<String>, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    match prepared(&who, &key, &wanted).await? {
        Prepared::Ready(comparing) => Ok(comparing.csv()),
        Prepared::Elsewhere(address) => Ok(see_other(address)),
    }
}

enum Prepared {
    Ready(Box<Comparing>),
    Elsewhere(String),
}

async fn prepared(who: &SignedIn, key: &str, wanted: &Wanted) -> Result<Prepared> {
    let side = who.person().side();
    let mut conn = who.app.db.acquire().await?;
    let submission = open(&mut conn, who, key).await?;
    if submission.versions == 0 {
        return Ok(Prepared::Elsewhere(form_of(&submission)));
    }
    wanted.may_ask(side)?;
    let rows = listed(&mut conn, &submission, side).await?;
    let draft = match side {
        Side::State => open_draft(&mut conn, &submission).await?,
        Side::Cms => None,
    };
    let look = history::last_look(&mut conn, who, submission.id.0).await?;
    let revisions: Vec<i32> = sent(&rows).map(|sent| sent.revision).collect();
    let chosen = choose(wanted, &revisions, draft, look)?;
    let address = format!("/submissions/{}", submission.key);
    if chosen == Chosen::NeverLooked {
        return Ok(Prepared::Elsewhere(address));
    }
    let comparison = match chosen.pair() {
        Some((older, newer)) => {
            let programs = programs(&mut conn, &who.app.clock, &submission.key.state_code).await?;
            let older = package(&mut conn, &submission, older).await?;
            let newer = package(&mut conn, &submission, newer).await?;
            Some(packages(&older, &newer, programs.read_by(side)))
        }
        None => None,
    };
    let seen = match chosen.look() {
        Some(look) => {
            let key = submission.key.to_string();
            let reader = Reader { side, subject_id: submission.id.0, key: &key };
            let events = history::page(&mut conn, &reader, &Filter::default(), Place::after(look.event_seq)).await?;
            Some(Seen { at: look.at, entries: events.entries })
        }
        None => None,
    };
    let notes = notes::number(&mut conn, who.person(), About::Contract(submission.id)).await?;
    Ok(Prepared::Ready(Box::new(Comparing {
        head: Head::of(&submission, side),
        side: side_nav(&submission, "Versions", notes, &[]),
        what: "Submission",
        reader: side,
        list: ("/submissions".to_owned(), "Submissions".to_owned()),
        address,
        sent: rows.into_iter().filter_map(VersionRow::sent).collect(),
        draft,
        chosen,
        all: wanted.all(),
        comparison,
        seen,
    })))
}

/// One version of everything that is sent together, as it was corrected.
async fn package(conn: &mut PgConnection, submission: &Submission, which: Which) -> Result<PackageVersion> {
    let row = sqlx::query!(
        r#"select id as "id: ContractSubmissionId", contract_data, form_version from contract_submission
            where contract_review_id = $1 and revision = $2 and discarded_at is null and (submitted_at is null) = $3"#,
        submission.id as _,
        which.revision(),
        which.is_draft(),
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Error::NotFound)?;
    let files = documents::of_submission(conn, row.id).await?;
    let rates = rates::of_version_then(conn, row.id).await?;
    let (contract, as_sent, action_corrected) = if which.is_draft() {
        let contract = read_stored(submission.kind, row.contract_data, row.form_version)?;
        (contract.clone(), contract, None)
    } else {
        let version = stored::of(conn, submission, which.revision()).await?;
        (version.data.clone(), version.as_sent().clone(), version.action_corrected())
    };
    Ok(PackageVersion {
        contract,
        as_sent,
        action_corrected,
        files: files.iter().map(Document::compared).collect(),
        rates: rates.iter().map(rates::SentRate::compared).collect(),
    })
}
