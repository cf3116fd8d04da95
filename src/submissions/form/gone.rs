//! A draft that is no longer there to be written: it was sent, or deleted. What was typed is shown to be copied.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use sqlx::PgConnection;

use super::entry::Entry;
use super::state_user;
use super::way::{Way, address};
use crate::domain::clock::Moment;
use crate::domain::event;
use crate::domain::forms::{
    ContractForm, Form, Kind, Page, Posted, Programs, RateForm, Situation, changes, field_label, in_words,
};
use crate::domain::id::AccountId;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::SubmissionKind;
use crate::domain::permission::StateUser;
use crate::domain::role::Side;
use crate::domain::text::is_blank;
use crate::history;
use crate::submissions::draft::{self, Draft, read_stored};
use crate::submissions::{Submission, visible};
use crate::web::conflict::ConflictPanel;
use crate::web::flash::Flash;
use crate::web::{Error, Result, SignedIn};

/// Who ended a draft, how and when.
pub struct End {
    /// Their account.
    pub by: Option<AccountId>,
    /// Their name, as the state reads it.
    pub name: String,
    /// When.
    pub at: Moment,
    /// Whether it was sent; else CMS set it aside.
    pub sent: bool,
}

impl End {
    /// What they did: "sent MN-0005 to CMS".
    fn deed(&self, key: &SubmissionKey) -> String {
        if self.sent { format!("sent {key} to CMS") } else { format!("undid the unlock of {key}") }
    }
}

/// The latest version that was sent.
pub struct Sent {
    /// Who sent it, and when.
    pub end: End,
    /// The version of the draft that was sent.
    pub version: i32,
    /// Which version it is.
    pub revision: i32,
    /// What was sent.
    pub data: ContractForm,
}

/// The key of a submission that the person may know of, or whose draft their state deleted.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn known(who: &SignedIn, given: &str) -> Result<SubmissionKey> {
    let proof = state_user(who)?;
    let mut conn = who.app.db.acquire().await?;
    match visible(&mut conn, proof.person, given).await {
        Ok(submission) => Ok(submission.key),
        Err(Error::NotFound) => {
            let key: SubmissionKey = given.parse().map_err(|_| Error::NotFound)?;
            deletion(&mut conn, proof, &key).await?.map(|_| key).ok_or(Error::NotFound)
        }
        Err(error) => Err(error),
    }
}

/// Who of one's own state deleted a draft, and of which kind it was.
///
/// # Errors
/// When the database fails.
pub async fn deletion(
    conn: &mut PgConnection,
    proof: StateUser<'_>,
    key: &SubmissionKey,
) -> Result<Option<(End, SubmissionKind)>> {
    if key.state_code != proof.state_code {
        return Ok(None);
    }
    let row = sqlx::query!(
        r#"select e.actor_id as "by: AccountId", e.actor_name, e.at, r.kind
             from event e join contract_review r on r.id = e.subject_id
            where r.state_code = $1 and r.number = $2 and r.deleted_at is not null and e.kind = 'draft_deleted'"#,
        key.state_code,
        key.number,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (End { by: row.by, name: row.actor_name, at: Moment(row.at), sent: false }, row.kind)))
}

/// The latest version sent of a submission that was sent.
///
/// # Errors
/// When the database fails.
pub async fn latest_sent(conn: &mut PgConnection, submission: &Submission) -> Result<Sent> {
    let row = sqlx::query!(
        r#"select s.submitted_by as "by: AccountId", a.given_name || ' ' || a.family_name as "name!", s.submitted_at as "at!",
                  s.version, s.revision, s.contract_data, s.form_version
             from contract_submission s join account a on a.id = s.submitted_by
            where s.contract_review_id = $1 and s.submitted_at is not null order by s.revision desc limit 1"#,
        submission.id as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    let ends = [event::Kind::Submitted, event::Kind::Resubmitted, event::Kind::UnlockUndone];
    let end =
        match history::last_of(conn, submission.id.0, &ends).await?.filter(|end| end.kind == event::Kind::UnlockUndone)
        {
            Some(undone) => End { by: None, name: undone.author.seen_by(Side::State), at: undone.at, sent: false },
            None => End { by: row.by, name: row.name, at: Moment(row.at), sent: true },
        };
    Ok(Sent {
        end,
        version: row.version,
        revision: row.revision,
        data: read_stored(submission.kind, row.contract_data, row.form_version)?,
    })
}

/// Why the form of a submission can't be opened.
///
/// # Errors
/// When the database fails.
pub async fn news(conn: &mut PgConnection, submission: &Submission) -> Result<Flash> {
    let End { name, at, sent, .. } = latest_sent(conn, submission).await?.end;
    let key = &submission.key;
    Ok(Flash::news(if sent {
        format!("{key} was sent to CMS by {name}, {at}. It can’t be changed any more.")
    } else {
        format!("The unlock of {key} was undone by {name}, {at}. It can’t be changed any more.")
    }))
}

/// The answer to a save into a draft that was sent meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn sent(
    conn: &mut PgConnection,
    who: &SignedIn,
    way: &Way,
    submission: &Submission,
    entry: &Entry,
    programs: &Programs,
) -> Result<HttpResponse> {
    let sent = latest_sent(conn, submission).await?;
    let copy = typed_in_words(way.page, &entry.posted, &sent.data, programs);
    sent_panel(submission, &sent.end, copy).answer(who, &submission.name)
}

/// The panel over a submission that was sent meanwhile.
pub fn sent_panel(submission: &Submission, end: &End, copy: Vec<(String, String)>) -> ConflictPanel {
    let key = &submission.key;
    let mut lead = vec![if end.sent {
        format!("{} sent it on {}. A sent version never changes, so there is nothing to save into.", end.name, end.at)
    } else {
        format!("The unlock was undone by {} on {}. Your edits since are set aside.", end.name, end.at)
    }];
    lead.extend(copying(&copy));
    ConflictPanel {
        heading: format!("Not saved: {} {} after you opened this page", end.name, end.deed(key)),
        lead,
        next_step: Some((format!("/submissions/{key}"), format!("Open {key}"))),
        leave_href: format!("/submissions/{key}"),
        copy,
        ..ConflictPanel::default()
    }
}

/// The answer to a save into a draft that the person's own state deleted meanwhile. Nobody sees a deleted draft, so
/// the page is not found; what was typed is not lost for that.
///
/// # Errors
/// [`Error::NotFound`] when there was none.
pub async fn deleted(
    conn: &mut PgConnection,
    who: &SignedIn,
    way: &Way,
    entry: &Entry,
    programs: &Programs,
) -> Result<HttpResponse> {
    let (end, kind) = deletion(conn, state_user(who)?, &way.key).await?.ok_or(Error::NotFound)?;
    let copy = typed_in_words(way.page, &entry.posted, &ContractForm::blank(kind), programs);
    let mut lead = vec![format!("{} deleted it on {}. There is nothing left to save into.", end.name, end.at)];
    lead.extend(copying(&copy));
    let panel = ConflictPanel {
        heading: format!("Not saved: {} deleted the draft {} after you opened this page", end.name, way.key),
        lead,
        next_step: Some(("/submissions/new".to_owned(), "Start a submission".to_owned())),
        leave_href: "/submissions".to_owned(),
        copy,
        ..ConflictPanel::default()
    };
    let mut answer = panel.answer(who, "This draft was deleted")?;
    answer.head_mut().status = StatusCode::NOT_FOUND;
    Ok(answer)
}

/// The answer to a save into a rate that left the draft meanwhile.
///
/// # Errors
/// [`Error::NotFound`] when the draft never had it.
pub async fn removed(
    conn: &mut PgConnection,
    who: &SignedIn,
    way: &Way,
    draft: &Draft,
    entry: &Entry,
) -> Result<HttpResponse> {
    let rate = way.rate.as_ref().map(ToString::to_string).ok_or(Error::NotFound)?;
    let held = |value: &serde_json::Value| value.as_array().is_some_and(|keys| keys.iter().any(|key| *key == rate));
    let saves = draft::saves_since(conn, draft.id, entry.drawn_from()).await?;
    let removal = saves.iter().rev().find(|save| {
        save.changes.iter().any(|change| change.key == "rates" && held(&change.old) && !held(&change.new))
    });
    let removal = removal.ok_or(Error::NotFound)?;
    let copy = as_typed(way.page, &entry.posted, &RateForm::default());
    let mut lead = vec![format!("{} removed it on {}. There is nothing left to save into.", removal.name, removal.at)];
    lead.extend(copying(&copy));
    let list = address(&way.key, Page::Rates);
    let panel = ConflictPanel {
        heading: format!("Not saved: {} removed {rate} from the draft after you opened this page", removal.name),
        lead,
        next_step: Some((list.clone(), "Open the list of rates".to_owned())),
        leave_href: list,
        copy,
        ..ConflictPanel::default()
    };
    panel.answer(who, &draft.submission.name)
}

fn copying(copy: &[(String, String)]) -> Option<String> {
    (!copy.is_empty()).then(|| "What you typed stands below, so that you can copy it.".to_owned())
}

/// What was typed and differs from `stored`, in words; as it was typed where it can't be read.
fn typed_in_words(page: Page, posted: &Posted, stored: &ContractForm, programs: &Programs) -> Vec<(String, String)> {
    let situation = Situation { programs, rates_were_sent: false, rates: 0 };
    match crate::domain::forms::read_page(page, posted, stored, &situation) {
        Ok(reading) => changes(stored, &reading.data)
            .into_iter()
            .map(|change| {
                let words = in_words(stored, &change.key, &change.new, programs.read_by(Side::State));
                (field_label(stored, &change.key), words)
            })
            .collect(),
        Err(_) => as_typed(page, posted, stored),
    }
}

/// The texts that were typed, as they are.
pub fn as_typed<F: Form>(page: Page, posted: &Posted, stored: &F) -> Vec<(String, String)> {
    let of_page = stored.fields().iter().filter(|field| field.page == page);
    let typed = of_page.filter_map(|field| {
        let is_text = matches!(field.kind, Kind::Text { .. } | Kind::Date | Kind::Entries { .. });
        let mine = |name: &str| name == field.key || name.starts_with(&format!("{}.", field.key));
        let texts: Vec<&str> =
            posted.iter().filter(|(name, text)| mine(name) && !is_blank(text)).map(|(_, text)| text).collect();
        (is_text && !texts.is_empty()).then(|| (field_label(stored, field.key), texts.join("\n")))
    });
    typed.collect()
}
