//! What becomes of the rates of a submission when it is withdrawn, and what that does to the drafts that hold them.

use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::deed::RateProspect;
use super::tell::changed_rate;
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::forms::{Change, changes, write};
use crate::domain::id::{ContractReviewId, ContractSubmissionId, RateReviewId};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::lifecycle::{Closing, ContractReviewStatus, RateReviewStatus, SubmissionKind};
use crate::domain::permission::Person;
use crate::history::{Fate, RateFate};
use crate::questions::{self, About};
use crate::rates::{self, ChildRate};
use crate::submissions::{Submission, read_stored};
use crate::web::Result;

/// A rate of the current package, and what becomes of it.
#[derive(Debug)]
pub struct Fated {
    /// The rate.
    pub rate: ChildRate,
    /// What becomes of it.
    pub fate: Fate,
    /// The submission that it moves to, or belongs to.
    pub other: Option<Other>,
}

/// Another submission.
#[derive(Debug)]
pub struct Other {
    /// Its row.
    pub id: ContractReviewId,
    /// Its key.
    pub key: SubmissionKey,
    /// Where it stands.
    pub status: ContractReviewStatus,
    /// What is sent.
    pub kind: SubmissionKind,
}

impl Fated {
    /// Whether questions about it end with that: it is withdrawn, or goes to what is approved.
    pub fn ends_rounds(&self) -> bool {
        let approved = self.other.as_ref().is_some_and(|other| other.status == ContractReviewStatus::Approved);
        self.fate == Fate::Withdrawn || self.fate == Fate::Moves && approved
    }

    /// As its entry remembers it.
    pub fn remembered(&self) -> RateFate {
        let other = self.other.as_ref().map(|other| other.key.to_string());
        RateFate { rate: self.rate.key.to_string(), fate: self.fate, other }
    }

    /// As a page tells it beforehand.
    pub fn prospect(&self) -> RateProspect {
        let remembered = self.remembered();
        let other = remembered.other.as_deref().unwrap_or("-");
        RateProspect {
            seen: format!("{}:{}:{:?}:{other}", self.rate.id, self.rate.version, self.fate),
            fate: remembered.in_words(),
            key: remembered.rate,
            name: self.rate.name.clone(),
        }
    }
}

/// What becomes of each rate of the current package when the submission is withdrawn, in the order of the package. An
/// own rate that another submission's current package holds moves there: rather to one that is under review than to an
/// unlocked one, rather to that than to an approved one, and then to the lowest number.
///
/// # Errors
/// When the database fails.
pub async fn of_withdrawal(conn: &mut PgConnection, submission: &Submission) -> Result<Vec<Fated>> {
    let rows = sqlx::query!(
        r#"select r.id as "id: RateReviewId", r.number, r.name, r.status, r.version, r.withdrawn_with_parent, r.parent_id = $1 as "own!",
                  (select count(*) from rate_submission v
                    where v.rate_review_id = r.id and v.submitted_at is not null) as "versions!",
                  o.id as "other?: ContractReviewId", o.number as "other_number?", o.status as "other_status?: ContractReviewStatus",
                  o.kind as "other_kind?: SubmissionKind"
             from package_rate p
             join contract_submission s on s.id = p.contract_submission_id
             join rate_review r on r.id = p.rate_review_id
             left join lateral (
               select c.id, c.number, c.status, c.kind from contract_review c
                where case when r.parent_id <> $1 then c.id = r.parent_id
                      else c.id <> $1 and c.status <> 'withdrawn'
                       and exists (select from package_rate h join contract_submission v on v.id = h.contract_submission_id
                                    where h.rate_review_id = r.id and v.contract_review_id = c.id and v.revision = c.sent_revision)
                       and c.id in (select contract_review_id from package_rate where rate_review_id = r.id) end
                order by case when c.status in ('submitted', 'resubmitted') then 0 when c.status = 'unlocked' then 1 else 2 end, c.number
                limit 1) o on true
            where s.contract_review_id = $1 and s.revision = $2 order by p.position"#,
        submission.id as _,
        submission.sent_revision,
    )
    .fetch_all(conn)
    .await?;
    let state_code = &submission.key.state_code;
    let fated = rows.into_iter().map(|row| {
        let other = match (row.other, row.other_number, row.other_status, row.other_kind) {
            (Some(id), Some(number), Some(status), Some(kind)) => {
                Some(Other { id, key: SubmissionKey { state_code: state_code.clone(), number }, status, kind })
            }
            _ => None,
        };
        let fate = match (row.status, row.own, &other) {
            (RateReviewStatus::Withdrawn, ..) => Fate::AlreadyWithdrawn,
            (_, false, _) => Fate::Stays,
            (_, true, Some(_)) => Fate::Moves,
            (_, true, None) => Fate::Withdrawn,
        };
        let rate = ChildRate {
            id: row.id,
            key: RateKey { state_code: state_code.clone(), number: row.number },
            name: row.name,
            status: row.status,
            version: row.version,
            withdrawn_with_parent: row.withdrawn_with_parent,
            versions: row.versions,
        };
        Fated { rate, fate, other: other.filter(|_| fate != Fate::AlreadyWithdrawn) }
    });
    Ok(fated.collect())
}

/// Withdraws a rate, alone or with its submission: it stays in the versions it was sent with, and leaves open drafts.
///
/// # Errors
/// When the database fails.
pub async fn withdraw_rate(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    rate: &ChildRate,
    with: Option<&SubmissionKey>,
    reason: &str,
) -> Result<()> {
    for draft in open_drafts(conn, rate.id).await? {
        leave_draft(conn, clock, person, draft, rate).await?;
    }
    questions::end(conn, clock, person, About::Rate(rate.id), Closing::Withdrawal).await?;
    let to = RateReviewStatus::Withdrawn;
    let version = rates::set_status(conn, rate, to, with.is_some()).await?;
    let told = changed_rate(rate, Kind::RateWithdrawn, (to, version), reason);
    told.with(json!({ "with": with.map(ToString::to_string) })).record(conn, clock, person).await
}

/// Brings a withdrawn rate back to where it stood.
///
/// # Errors
/// When the database fails.
pub async fn bring_rate_back(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    rate: &ChildRate,
    with: Option<&SubmissionKey>,
    reason: &str,
) -> Result<()> {
    let to = rate.status_before();
    let version = rates::set_status(conn, rate, to, false).await?;
    let told = changed_rate(rate, Kind::RateBroughtBack, (to, version), reason);
    told.with(json!({ "with": with.map(ToString::to_string) })).record(conn, clock, person).await
}

/// Makes another submission the parent of a rate; one that is approved has no rounds. One that is being written has the rate again, last, if it had
/// dropped it.
///
/// # Errors
/// When the database fails.
pub async fn move_rate(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    (from, to): (&SubmissionKey, &Other),
    rate: &ChildRate,
) -> Result<()> {
    if to.status == ContractReviewStatus::Approved {
        questions::end(conn, clock, person, About::Rate(rate.id), Closing::Approval).await?;
    }
    let version = sqlx::query_scalar!(
        "update rate_review set parent_id = $3 where id = $1 and version = $2 returning version",
        rate.id as _,
        rate.version,
        to.id as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    let told = changed_rate(rate, Kind::RateMoved, (rate.status, version), "").without_reason();
    told.with(json!({ "moved": [from.to_string(), to.key.to_string()] })).record(conn, clock, person).await?;
    if to.status == ContractReviewStatus::Unlocked { take_back(conn, clock, person, to, rate).await } else { Ok(()) }
}

async fn open_drafts(conn: &mut PgConnection, rate: RateReviewId) -> Result<Vec<ContractSubmissionId>> {
    let drafts = sqlx::query_scalar!(
        r#"select s.id as "id: ContractSubmissionId" from package_rate p join contract_submission s on s.id = p.contract_submission_id
            where p.rate_review_id = $1 and s.submitted_at is null and s.discarded_at is null order by s.id"#,
        rate as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(drafts)
}

async fn leave_draft(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    draft: ContractSubmissionId,
    rate: &ChildRate,
) -> Result<()> {
    let before = package_keys(conn, draft).await?;
    sqlx::query!(
        "delete from package_rate where contract_submission_id = $1 and rate_review_id = $2",
        draft as _,
        rate.id as _,
    )
    .execute(&mut *conn)
    .await?;
    rates::renumber(conn, draft).await?;
    let after = package_keys(conn, draft).await?;
    let change = Change { key: "rates".to_owned(), old: json!(before), new: json!(after) };
    grow(conn, clock, person, draft, vec![change]).await
}

/// A rate whose new parent's draft had dropped it is there again, last; answers of the draft that bar rates are again
/// what was sent last.
async fn take_back(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    parent: &Other,
    rate: &ChildRate,
) -> Result<()> {
    let row = sqlx::query!(
        r#"select d.id as "id: ContractSubmissionId", d.contract_data, d.form_version, s.contract_data as sent_data,
                  s.form_version as sent_form_version,
                  exists (select from package_rate p where p.contract_submission_id = d.id and p.rate_review_id = $2) as "there!"
             from contract_review c
             join contract_submission d on d.contract_review_id = c.id and d.submitted_at is null and d.discarded_at is null
             join contract_submission s on s.contract_review_id = c.id and s.revision = c.sent_revision
            where c.id = $1"#,
        parent.id as _,
        rate.id as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    if row.there {
        return Ok(());
    }
    let drafted = read_stored(parent.kind, row.contract_data, row.form_version)?;
    let sent = read_stored(parent.kind, row.sent_data, row.sent_form_version)?;
    let taking_rates = drafted.taking_rates_as(&sent);
    let (document, form_version) = write(&taking_rates);
    sqlx::query!(
        "update contract_submission set contract_data = $2, form_version = $3 where id = $1",
        row.id as _,
        document,
        form_version,
    )
    .execute(&mut *conn)
    .await?;
    let before = package_keys(conn, row.id).await?;
    sqlx::query!(
        "insert into package_rate (contract_submission_id, contract_review_id, state_code, rate_review_id, position)
         values ($1, $2, $3, $4, $5)",
        row.id as _,
        parent.id as _,
        parent.key.state_code,
        rate.id as _,
        before.len() as i32 + 1,
    )
    .execute(&mut *conn)
    .await?;
    let after = package_keys(conn, row.id).await?;
    let mut changed = changes(&drafted, &taking_rates);
    changed.push(Change { key: "rates".to_owned(), old: json!(before), new: json!(after) });
    record_save(conn, clock, person, row.id, changed).await
}

/// The rates of a draft by key, in their order.
async fn package_keys(conn: &mut PgConnection, draft: ContractSubmissionId) -> Result<Vec<String>> {
    let rates = sqlx::query!(
        "select r.state_code, r.number from package_rate p join rate_review r on r.id = p.rate_review_id
          where p.contract_submission_id = $1 order by p.position",
        draft as _,
    )
    .fetch_all(conn)
    .await?;
    let key = |row| -> String {
        let (state_code, number) = row;
        RateKey { state_code, number }.to_string()
    };
    Ok(rates.into_iter().map(|row| key((row.state_code, row.number))).collect())
}

/// The draft's version grows, so that whoever has it open meets what changed.
async fn grow(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    draft: ContractSubmissionId,
    changed: Vec<Change>,
) -> Result<()> {
    sqlx::query!("update contract_submission set version = version where id = $1", draft as _)
        .execute(&mut *conn)
        .await?;
    record_save(conn, clock, person, draft, changed).await
}

async fn record_save(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    draft: ContractSubmissionId,
    changed: Vec<Change>,
) -> Result<()> {
    sqlx::query!(
        "insert into draft_save (id, contract_submission_id, version, saved_by, saved_at, changes)
         select $1, id, version, $3, $4, $5 from contract_submission where id = $2",
        clock.new_id::<Uuid>(),
        draft as _,
        person.id as _,
        clock.now(),
        serde_json::to_value(&changed)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}
