//! `/submissions/{key}/case-file.zip`: everything about a submission that its reader may see, as one file: the answers
//! and documents of every version that was sent, the questions with their responses, the history, and for CMS notes and department
//! reviews. All of it is
//! read as it stood at one moment; documents go from the file store to the reader piece by piece.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde_json::{Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::archive::{download, of_contract, of_rate};
use super::draft::{programs, read_stored};
use super::history;
use super::queries::{Submission, open};
use crate::documents::{self, ArchiveEntry};
use crate::domain::clock::Moment;
use crate::domain::forms::{ContractForm, Programs, Section, Wording, rate_section, sections, write};
use crate::domain::id::ContractSubmissionId;
use crate::domain::lifecycle::{ContractReviewStatus, Decision};
use crate::domain::role::Side;
use crate::history::{Filter, Reader};
use crate::notes::{self, About};
use crate::questions::{self, Round};
use crate::rates::{self, SentRate};
use crate::reviews::{self, DepartmentReview};
use crate::web::csv::Table;
use crate::web::{Result, SignedIn, begin_reading, see_other};

/// A version that was sent.
struct Version {
    id: ContractSubmissionId,
    revision: i32,
    at: OffsetDateTime,
    by: String,
    /// Why the version before was unlocked, and what was changed; of later versions than the first.
    unlocked_because: Option<String>,
    changes: Option<String>,
    led_to: ContractReviewStatus,
    data: ContractForm,
}

/// A version as a page of its own.
#[derive(Template)]
#[template(path = "submissions/case_file.html")]
struct VersionPage<'a> {
    submission: &'a Submission,
    version: &'a Version,
    sent: Moment,
    led_to: String,
    sections: Vec<Section>,
    /// The heading of each rate, where it comes from, and what it says.
    rates: Vec<(String, String, Section)>,
}

/// `GET /submissions/{key}/case-file.zip`: of what was never sent, on to the form.
///
/// # Errors
/// [`crate::web::Error::NotFound`] for whom the submission may not exist, [`crate::web::Error::TooMany`] for whoever
/// downloads too much already; when the database fails.
pub async fn get(who: SignedIn, key: web::Path<String>) -> Result<HttpResponse> {
    let place = who.app.limits.archive(who.person().id)?;
    let side = who.person().side();
    let mut tx = begin_reading(&who.app.db).await?;
    let submission = open(&mut tx, &who, &key).await?;
    if submission.sent_revision.is_none() {
        return Ok(see_other(format!("/submissions/{}/edit/type", submission.key)));
    }
    let programs = programs(&mut tx, &who.app.clock, &submission.key.state_code).await?;
    let mut entries = Vec::new();
    for version in sent_versions(&mut tx, &submission).await? {
        add_version(&mut tx, &mut entries, side, (&submission, &programs), version).await?;
    }
    let key = submission.key.to_string();
    let reader = Reader { side, subject_id: submission.id.0, key: &key };
    let told = crate::history::all(&mut tx, &reader, &Filter::default()).await?;
    entries.push(ArchiveEntry::text("", "history.csv", history::table(side, &told).finish()));
    let rounds = questions::of_page(&mut tx, who.person(), submission.id.0).await?;
    entries.push(ArchiveEntry::text("", "questions.csv", rounds_table(&key, &rounds).finish()));
    entries.extend(rounds.into_iter().flat_map(round_documents));
    if side == Side::Cms {
        let reviews = reviews::of_package(&mut tx, submission.id).await?;
        let reviews: Vec<DepartmentReview> = reviews.own.into_iter().chain(reviews.linked).collect();
        entries.push(ArchiveEntry::text("", "department-reviews.csv", reviews_table(&reviews).finish()));
        let notes = notes::of(&mut tx, About::Contract(submission.id)).await?;
        entries.push(ArchiveEntry::text("", "notes.csv", notes_table(&key, &notes).finish()));
    }
    tx.commit().await?;
    Ok(download(&who, place, &format!("{key} case file.zip"), entries))
}

async fn sent_versions(conn: &mut PgConnection, submission: &Submission) -> Result<Vec<Version>> {
    let rows = sqlx::query!(
        r#"select s.id as "id: ContractSubmissionId", s.revision, s.submitted_at as "at!", s.submit_reason as "changes!",
                  s.led_to as "led_to!: ContractReviewStatus", s.unlock_reason, s.contract_data, s.form_version,
                  a.given_name || ' ' || a.family_name as "by!"
             from contract_submission s join account a on a.id = s.submitted_by
            where s.contract_review_id = $1 and s.submitted_at is not null and s.discarded_at is null
            order by s.revision"#,
        submission.id as _,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Version {
                id: row.id,
                revision: row.revision,
                at: row.at,
                by: row.by,
                unlocked_because: row.unlock_reason,
                changes: Some(row.changes).filter(|_| row.revision > 1),
                led_to: row.led_to,
                data: read_stored(submission.kind, row.contract_data, row.form_version)?,
            })
        })
        .collect()
}

/// Adds the answers and documents of a version, in a folder of their own.
async fn add_version(
    conn: &mut PgConnection,
    entries: &mut Vec<ArchiveEntry>,
    side: Side,
    (submission, programs): (&Submission, &Programs),
    version: Version,
) -> Result<()> {
    let rates = rates::of_version(conn, version.id).await?;
    let folder = format!("Version {}", version.revision);
    let page = VersionPage {
        submission,
        version: &version,
        sent: Moment(version.at),
        led_to: version.led_to.tag(side).label.into_owned(),
        sections: sections(&version.data, programs.read_by(side)),
        rates: rates.iter().map(|rate| titled(rate, programs.read_by(side))).collect(),
    };
    entries.push(ArchiveEntry::text(&*folder, "answers.html", page.render()?));
    let answers = serde_json::to_string_pretty(&answers(submission, &version, &rates))?;
    entries.push(ArchiveEntry::text(&*folder, "answers.json", answers));
    let below = format!("{folder}/");
    entries.extend(of_contract(&below, documents::of_submission(conn, version.id).await?));
    entries.extend(rates.into_iter().flat_map(|rate| of_rate(&below, rate)));
    Ok(())
}

fn titled(rate: &SentRate, wording: Wording<'_>) -> (String, String, Section) {
    let linked = rate.linked_from.as_ref().map_or_else(String::new, |parent| format!(", linked from {parent}"));
    let line = format!("Version {}{linked}", rate.revision);
    (format!("Rate {}, {}", rate.key, rate.name), line, rate_section(&rate.form, wording))
}

/// The answers of a version for programs to read.
fn answers(submission: &Submission, version: &Version, rates: &[SentRate]) -> Value {
    let (contract, form_version) = write(&version.data);
    let rates: Vec<Value> = rates
        .iter()
        .map(|rate| {
            let (answers, form_version) = write(&rate.form);
            json!({
                "key": rate.key.to_string(), "version": rate.revision,
                "linked_from": rate.linked_from.as_ref().map(ToString::to_string),
                "form_version": form_version, "answers": answers,
            })
        })
        .collect();
    json!({
        "key": submission.key.to_string(), "kind": submission.kind.as_str(), "version": version.revision,
        "sent_at": Moment(version.at).eastern(), "sent_by": version.by, "led_to": version.led_to.as_str(),
        "form_version": form_version, "answers": contract, "rates": rates,
    })
}

/// Every question and every response, each in a row.
fn rounds_table(key: &str, rounds: &[Round]) -> Table {
    let mut table = Table::new([
        "Subject",
        "Department",
        "Round",
        "Status",
        "What",
        "Time",
        "Who",
        "Text",
        "Documents",
        "Recorded",
    ]);
    for round in rounds {
        let on = round.rate.as_ref().map_or_else(|| key.to_owned(), |rate| format!("Rate {rate}"));
        let said = [("Question", &round.question)].into_iter();
        for (what, said) in said.chain(round.responses.iter().map(|response| ("Response", response))) {
            let documents: Vec<&str> = said.documents.iter().map(|document| document.file_name.as_str()).collect();
            let recorded = said.recorded.as_ref().map(|recorded| format!("{}: {}", recorded.line, recorded.reason));
            table.row([
                on.as_str().into(),
                round.department.short_name().into(),
                round.number.into(),
                round.status.label().into(),
                what.into(),
                said.at.into(),
                said.author.as_str().into(),
                said.text.as_deref().into(),
                documents.join(", ").into(),
                recorded.into(),
            ]);
        }
    }
    table
}

/// The documents of a round, in a folder of its own.
fn round_documents(round: Round) -> impl Iterator<Item = ArchiveEntry> {
    let on = round.rate.as_ref().map_or_else(|| "contract".to_owned(), |rate| format!("rate {rate}"));
    let folder = format!("Questions/{} round {} on {on}", round.department.short_name(), round.number);
    let said = [round.question].into_iter().chain(round.responses);
    said.flat_map(|said| said.documents).map(move |document| ArchiveEntry::document(folder.clone(), document))
}

fn reviews_table(reviews: &[DepartmentReview]) -> Table {
    let mut table = Table::new([
        "Subject",
        "Department",
        "Status",
        "Primary reviewer",
        "Secondary reviewer",
        "Decision",
        "On version",
        "Decided by",
        "Decided at",
        "Note",
    ]);
    for review in reviews {
        table.row([
            review.subject.key().into(),
            review.department.short_name().into(),
            review.status.label().into(),
            review.primary.as_ref().map(|on| on.name.as_str()).into(),
            review.secondary.as_ref().map(|on| on.name.as_str()).into(),
            review.decision.map(Decision::label).into(),
            review.decided_revision.into(),
            review.decided_by.as_deref().into(),
            review.decided_at.map(Moment).into(),
            review.decision_note.as_deref().into(),
        ]);
    }
    table
}

fn notes_table(key: &str, notes: &[notes::Note]) -> Table {
    let mut table = Table::new(["Time", "On", "Who", "Note", "Mentioned"]);
    for note in notes {
        let on = note.rate.as_ref().map_or_else(|| key.to_owned(), |rate| format!("Rate {rate}"));
        let mentioned: Vec<&str> = note.mentions.iter().map(|mention| mention.name.as_str()).collect();
        let (author, text) = (note.author.as_str(), note.text.as_str());
        table.row([note.at.into(), on.into(), author.into(), text.into(), mentioned.join(", ").into()]);
    }
    table
}
