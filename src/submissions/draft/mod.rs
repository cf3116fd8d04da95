//! The open draft of a submission: starting it, reading it, saving it, deleting it. Whoever writes has locked the
//! contract review first, so a draft is never changed by two at once.

mod saves;

use serde_json::{Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::head::{SideItem, side_nav};
use super::queries::Submission;
use crate::domain::clock::{Clock, Moment};
use crate::domain::event::{Kind, Subject};
use crate::domain::forms::{
    Change, ContractForm, Form, ProgramFacts, Programs, ReadError, Situation, changes, read, write,
};
use crate::domain::id::{ContractReviewId, ContractSubmissionId, ProgramId};
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::{ContractReviewStatus, SubmissionKind};
use crate::domain::naming::contract_review_name;
use crate::domain::permission::StateUser;
use crate::history::{Actor, Happening, Row, record};
use crate::rates::{self, DraftPackage, DraftRate, WithdrawnRate};
use crate::web::{Error, Result};
pub use saves::{Colleague, PastSave, colleagues, saves_since};

/// The open draft of a submission.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it is a version of.
    pub submission: Submission,
    /// Its key.
    pub id: ContractSubmissionId,
    /// Which version it will be.
    pub revision: i32,
    /// Grows with every save of anything in the draft.
    pub version: i32,
    /// What it began with: pages that were drawn from a version before this are of a draft that was sent.
    pub first_version: i32,
    /// Why CMS gave it back, for a version after the first.
    pub unlocked: Option<Unlocked>,
    /// The answers.
    pub data: ContractForm,
    /// The rates of its package, in their order.
    pub rates: Vec<DraftRate>,
    /// The rates of the version sent last that CMS has withdrawn: they stay out.
    pub withdrawn: Vec<WithdrawnRate>,
    /// Whether a rate of this submission was ever sent: some answers can't change any more then.
    pub rates_were_sent: bool,
}

/// Who gave a submission back to be changed, when and why.
#[derive(Clone, Debug)]
pub struct Unlocked {
    /// Who, with their department.
    pub by: String,
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: String,
    /// The pages of what was sent before.
    pub side: Vec<SideItem>,
}

impl Draft {
    /// Whether no version was sent before.
    pub fn is_first(&self) -> bool {
        self.submission.status == ContractReviewStatus::Draft
    }

    /// What reading one of its pages needs to know besides its answers.
    pub fn situation<'a>(&self, programs: &'a Programs) -> Situation<'a> {
        Situation { programs, rates_were_sent: self.rates_were_sent, rates: self.rates.len() }
    }

    /// Where its rates are put.
    pub fn package(&self) -> DraftPackage<'_> {
        DraftPackage { review: self.submission.id, submission: self.id, key: &self.submission.key }
    }
}

/// What starting a draft came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// It was started, and has this key.
    Now(SubmissionKey),
    /// The same request had come before; this is its draft.
    Before(SubmissionKey),
}

/// The programs of a state, as today's rules see them.
///
/// # Errors
/// When the database fails.
pub async fn programs(conn: &mut PgConnection, clock: &Clock, state_code: &str) -> Result<Programs> {
    let programs = sqlx::query!(
        r#"select p.id as "id: ProgramId", p.name, p.full_name, p.rate_only,
                  coalesce(p.retired_on <= $2, false) as "retired!", r.name as "replaced_by_name?"
             from program p left join program r on r.id = p.replaced_by
            where p.state_code = $1"#,
        state_code,
        clock.today(),
    )
    .map(|row| ProgramFacts {
        id: row.id,
        name: row.name,
        full_name: row.full_name,
        rate_only: row.rate_only,
        retired: row.retired,
        replaced_by_name: row.replaced_by_name,
    })
    .fetch_all(conn)
    .await?;
    Ok(Programs::new(programs))
}

/// The open draft of a submission whose status says that the state is writing.
///
/// # Errors
/// When the database fails, or the draft was written by a newer program than this one.
pub async fn load(conn: &mut PgConnection, submission: Submission) -> Result<Draft> {
    let row = sqlx::query!(
        r#"select s.id as "id: ContractSubmissionId", s.revision, s.version, s.contract_data, s.form_version, s.unlocked_at,
                  s.unlock_reason, (select count(*) from draft_save where contract_submission_id = s.id) as "saves!", a.given_name || ' ' || a.family_name || coalesce(', ' || a.department::text, '') as unlocked_by
             from contract_submission s left join account a on a.id = s.unlocked_by
            where s.contract_review_id = $1 and s.submitted_at is null and s.discarded_at is null"#,
        submission.id as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    let data = read_stored(submission.kind, row.contract_data, row.form_version)?;
    let rates = rates::of_draft(conn, row.id, data.is_tied_to_dsnp()).await?;
    let rates_were_sent =
        submission.status == ContractReviewStatus::Unlocked && rates::were_sent(conn, submission.id).await?;
    let unlocked = match (row.unlocked_by, row.unlocked_at, row.unlock_reason) {
        (Some(by), Some(at), Some(reason)) => {
            Some(Unlocked { by, at: Moment(at), reason, side: side_nav(&submission, "", None, &[]) })
        }
        _ => None,
    };
    let (id, revision, version) = (row.id, row.revision, row.version);
    let withdrawn = match submission.sent_revision {
        Some(revision) => rates::withdrawn_from(conn, submission.id, revision).await?,
        None => Vec::new(),
    };
    let first_version = version - row.saves as i32;
    Ok(Draft { submission, id, revision, version, first_version, unlocked, data, rates, withdrawn, rates_were_sent })
}

/// A stored contract form in the present version.
///
/// # Errors
/// [`Error::Unavailable`] when a newer program wrote it, which happens only while one is rolled out.
pub fn read_stored(kind: SubmissionKind, contract_data: Value, form_version: i32) -> Result<ContractForm> {
    read(&ContractForm::blank(kind), contract_data, form_version).map_err(|error| match error {
        ReadError::Newer { .. } => Error::Unavailable(error.into()),
        _ => Error::Internal(error.into()),
    })
}

/// Starts a draft under the key that its page was drawn with, and takes its number. The same key again is the same
/// draft.
///
/// # Errors
/// When the database fails, or the key is that of something else.
pub async fn create(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    id: ContractReviewId,
    data: &ContractForm,
    programs: &Programs,
) -> Result<Created> {
    // Whoever starts a draft for this state waits here, so a second press finds what the first made. Others only refer to
    // the state, and don't wait.
    sqlx::query!("select code from state where code = $1 for no key update", proof.state_code)
        .fetch_one(&mut *conn)
        .await?;
    if let Some(row) = sqlx::query!("select state_code, number from contract_review where id = $1", id as _)
        .fetch_optional(&mut *conn)
        .await?
    {
        let key = SubmissionKey { state_code: row.state_code, number: row.number };
        let own = key.state_code == proof.state_code;
        return if own { Ok(Created::Before(key)) } else { Err(Error::unprocessable("The form is out of date.")) };
    }
    let number = sqlx::query_scalar!(
        "update state set last_contract_number = last_contract_number + 1 where code = $1 returning last_contract_number",
        proof.state_code,
    )
    .fetch_one(&mut *conn)
    .await?;
    let key = SubmissionKey { state_code: proof.state_code.to_owned(), number };
    let now = clock.now();
    sqlx::query!(
        "insert into contract_review (id, state_code, number, kind, name, effective_from, last_activity_state_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id as _,
        key.state_code,
        key.number,
        data.kind() as _,
        name(&key, data, programs),
        data.contract_date_start(),
        now,
    )
    .execute(&mut *conn)
    .await?;
    insert_first_version(conn, clock, proof, id, data, now).await?;
    set_programs(conn, id, data).await?;
    let happening = happening(Kind::Created, id, (None, Some("draft")), (None, 1));
    record(conn, clock, &Actor::from(proof.person), happening).await?;
    Ok(Created::Now(key))
}

async fn insert_first_version(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    review: ContractReviewId,
    data: &ContractForm,
    now: OffsetDateTime,
) -> Result<()> {
    let (document, form_version) = write(data);
    sqlx::query!(
        "insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by)
         values ($1, $2, 1, $3, $4, $5, $6)",
        clock.new_id::<ContractSubmissionId>() as _,
        review as _,
        document,
        form_version,
        now,
        proof.person.id as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a save writes.
#[derive(Clone, Debug)]
pub struct Save<'a> {
    /// The answers.
    pub data: &'a ContractForm,
    /// What the same press changed besides: documents, rates.
    pub others: Vec<Change>,
}

/// Saves the answers of a draft, with what changed of its documents and rates. Nothing changed: nothing is written. Gives the draft's version afterwards; none when the draft was changed since it was read.
///
/// # Errors
/// When the database fails.
pub async fn save(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    draft: &Draft,
    save: Save<'_>,
    programs: &Programs,
) -> Result<Option<i32>> {
    let Save { data, others } = save;
    let mut all = changes(&draft.data, data);
    all.extend(others);
    if all.is_empty() {
        return Ok(Some(draft.version));
    }
    let (document, form_version) = write(data);
    let version = sqlx::query_scalar!(
        "update contract_submission set contract_data = $3, form_version = $4 where id = $1 and version = $2 returning version",
        draft.id as _,
        draft.version,
        document,
        form_version,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(version) = version else { return Ok(None) };
    let now = clock.now();
    sqlx::query!(
        "insert into draft_save (id, contract_submission_id, version, saved_by, saved_at, changes) values ($1, $2, $3, $4, $5, $6)",
        clock.new_id::<Uuid>(),
        draft.id as _,
        version,
        proof.person.id as _,
        now,
        serde_json::to_value(&all)?,
    )
    .execute(&mut *conn)
    .await?;
    follow(conn, draft, data, programs, now).await?;
    Ok(Some(version))
}

/// What follows a save: the time of activity and, until the first submit, name, programs and effective date.
async fn follow(
    conn: &mut PgConnection,
    draft: &Draft,
    data: &ContractForm,
    programs: &Programs,
    now: OffsetDateTime,
) -> Result<()> {
    let submission = &draft.submission;
    let first = submission.status == ContractReviewStatus::Draft;
    sqlx::query!(
        "update contract_review
            set last_activity_state_at = greatest(last_activity_state_at, $2),
                name = case when $3 then $4 else name end,
                effective_from = case when $3 then $5 else effective_from end
          where id = $1",
        submission.id as _,
        now,
        first,
        name(&submission.key, data, programs),
        data.contract_date_start(),
    )
    .execute(&mut *conn)
    .await?;
    if first && data.program_ids() != draft.data.program_ids() {
        set_programs(conn, submission.id, data).await?;
    }
    Ok(())
}

/// Deletes a draft that was never sent: its answers, documents, programs and own rates go, their numbers are never given
/// again.
///
/// # Errors
/// When the database fails.
pub async fn delete(conn: &mut PgConnection, clock: &Clock, proof: StateUser<'_>, draft: &Draft) -> Result<()> {
    let review = draft.submission.id;
    for rate in &draft.rates {
        rates::remove(conn, clock, proof, draft.package(), rate).await?;
    }
    sqlx::query!("delete from document where contract_submission_id = $1", draft.id as _).execute(&mut *conn).await?;
    let deleted =
        sqlx::query!("delete from contract_submission where id = $1 and version = $2", draft.id as _, draft.version)
            .execute(&mut *conn)
            .await?;
    if deleted.rows_affected() == 0 {
        return Err(Error::Internal(anyhow::anyhow!("the draft changed under the lock of its review")));
    }
    sqlx::query!("delete from contract_review_program where contract_review_id = $1", review as _)
        .execute(&mut *conn)
        .await?;
    let version = sqlx::query_scalar!(
        "update contract_review set deleted_at = $3, name = $4, effective_from = null
          where id = $1 and version = $2 and status = 'draft' returning version",
        review as _,
        draft.submission.version,
        clock.now(),
        contract_review_name(&draft.submission.key, []),
    )
    .fetch_one(&mut *conn)
    .await?;
    let versions = (Some(draft.submission.version), version);
    let happening = happening(Kind::DraftDeleted, review, (Some("draft"), Some("draft")), versions);
    Ok(record(conn, clock, &Actor::from(proof.person), happening).await?)
}

fn happening(
    kind: Kind,
    review: ContractReviewId,
    status: (Option<&'static str>, Option<&'static str>),
    version: (Option<i32>, i32),
) -> Happening<'static> {
    let row = Row { table: "contract_review", id: review.0, status, version };
    Happening { kind, subject: Subject::ContractReview, subject_id: review.0, row, reason: None, details: json!({}) }
}

/// The name of a submission with these answers.
pub(super) fn name(key: &SubmissionKey, data: &ContractForm, programs: &Programs) -> String {
    let chosen = data.program_ids().iter().filter_map(|id| programs.get(*id));
    contract_review_name(key, chosen.map(|program| program.name.as_str()))
}

/// Makes the rows of programs those of the answers.
pub(super) async fn set_programs(conn: &mut PgConnection, review: ContractReviewId, data: &ContractForm) -> Result<()> {
    let ids: Vec<Uuid> = data.program_ids().iter().map(|id| id.0).collect();
    sqlx::query!(
        "delete from contract_review_program where contract_review_id = $1 and program_id <> all($2)",
        review as _,
        &ids,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into contract_review_program (contract_review_id, program_id) select $1, unnest($2::uuid[]) on conflict do nothing",
        review as _,
        &ids,
    )
    .execute(conn)
    .await?;
    Ok(())
}
