//! `/submissions/{key}/versions`: every version that was sent, newest first.

use actix_web::{HttpResponse, web};
use sqlx::PgConnection;

use super::table::{Sent, Unlock, VersionRow, VersionsOf, draw};
use crate::domain::clock::Moment;
use crate::domain::role::Side;
use crate::history::Author;
use crate::notes::{self, About};
use crate::submissions::head::{form_of, side_nav};
use crate::submissions::queries::open;
use crate::submissions::{Head, Submission};
use crate::web::{Result, SignedIn, see_other};

/// `GET /submissions/{key}/versions`
///
/// # Errors
/// [`crate::web::Error::NotFound`] for whom the submission may not exist.
pub async fn get(who: SignedIn, key: web::Path<String>) -> Result<HttpResponse> {
    let side = who.person().side();
    let mut conn = who.app.db.acquire().await?;
    let submission = open(&mut conn, &who, &key).await?;
    if submission.versions == 0 {
        return Ok(see_other(form_of(&submission)));
    }
    let rows = listed(&mut conn, &submission, side).await?;
    let open = match side {
        Side::State => open_draft(&mut conn, &submission).await?.map(|revision| (revision, form_of(&submission))),
        Side::Cms => None,
    };
    let notes = notes::number(&mut conn, who.person(), About::Contract(submission.id)).await?;
    drop(conn);
    let of = VersionsOf {
        head: Head::of(&submission, side),
        side: side_nav(&submission, "Versions", notes, &[]),
        what: "Submission",
        address: format!("/submissions/{}", submission.key),
        rows,
        open,
    };
    draw(&who, &of)
}

/// The number of the version that the state is writing.
///
/// # Errors
/// When the database fails.
pub async fn open_draft(conn: &mut PgConnection, submission: &Submission) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar!(
        "select revision from contract_submission
          where contract_review_id = $1 and submitted_at is null and discarded_at is null",
        submission.id as _,
    )
    .fetch_optional(conn)
    .await
}

/// The versions of a submission that were sent, and the numbers of those that were set aside, newest first, for a reader
/// of this side.
///
/// # Errors
/// When the database fails.
pub async fn listed(conn: &mut PgConnection, submission: &Submission, side: Side) -> sqlx::Result<Vec<VersionRow>> {
    let rows = sqlx::query!(
        r#"select s.revision, s.submitted_at, s.led_to, s.submit_reason, s.unlocked_at, s.unlock_reason,
                  sender.given_name || ' ' || sender.family_name as sent_by,
                  unlocker.given_name || ' ' || unlocker.family_name as unlocked_by, unlocker.role as "unlocker_role?",
                  unlocker.department as unlocker_department,
                  (select count(*) from package_rate p where p.contract_submission_id = s.id) as "rates!"
             from contract_submission s
             left join account sender on sender.id = s.submitted_by
             left join account unlocker on unlocker.id = s.unlocked_by
            where s.contract_review_id = $1 and (s.submitted_at is not null or s.discarded_at is not null)
            order by s.revision desc"#,
        submission.id as _,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let (Some(at), Some(by)) = (row.submitted_at, row.sent_by) else { return VersionRow::Skipped(row.revision) };
        let by = format!("{by}, {}", submission.state_name);
        let unlocker = row.unlocked_by.map(|name| {
            let (role, department) = (row.unlocker_role, row.unlocker_department);
            Author { name, role, department, state_name: None }.seen_by(side)
        });
        VersionRow::Sent(Box::new(Sent {
            revision: row.revision,
            at: Moment(at),
            by,
            led_to: row.led_to.map(|status| status.tag(side)),
            unlock: unlock(row.unlocked_at.map(Moment), unlocker, row.unlock_reason),
            summary: row.submit_reason.filter(|_| row.revision > 1),
            rates: Some(row.rates),
            went_with: None,
        }))
    });
    Ok(rows.collect())
}

/// An unlock, of a version that came of one.
pub fn unlock(at: Option<Moment>, by: Option<String>, reason: Option<String>) -> Option<Unlock> {
    Some(Unlock { at: at?, by: by?, reason: reason? })
}
