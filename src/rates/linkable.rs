//! The rates that a draft can link: sent with other submissions of its state, and not withdrawn.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::draft::DraftPackage;
use super::package::{period, sorted};
use crate::domain::clock::{Moment, date_in_words};
use crate::domain::id::{DocumentId, RateReviewId};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::text::comparison_key;

/// How many are shown at once.
pub const SHOWN: i64 = 25;

/// A rate that can be linked.
#[derive(Clone, Debug)]
pub struct Linkable {
    /// The rate review.
    pub id: RateReviewId,
    /// Its address.
    pub key: RateKey,
    /// Its full name.
    pub name: String,
    /// Its programs, by short name.
    pub programs: Vec<String>,
    /// When its latest version was sent.
    pub sent: Option<Moment>,
    /// The submission that it belongs to.
    pub parent: SubmissionKey,
    /// The certification document of its latest version.
    pub document: Option<DocumentId>,
    rating_from: Option<Date>,
    rating_to: Option<Date>,
    certified_on: Option<Date>,
}

impl Linkable {
    /// The rating period in words.
    pub fn period(&self) -> String {
        period(self.rating_from, self.rating_to)
    }

    /// The day of certification in words.
    pub fn certified(&self) -> String {
        self.certified_on.map_or_else(String::new, date_in_words)
    }
}

/// A page of the rates that a draft can link, those whose submission was sent last first, and whether there are more.
/// `words` are looked for in key, name, programs and submission; nothing finds all.
///
/// # Errors
/// When the database fails.
pub async fn linkable(
    conn: &mut PgConnection,
    package: DraftPackage<'_>,
    words: &str,
    page: i64,
) -> sqlx::Result<(Vec<Linkable>, bool)> {
    let as_listed = |word: &str| word.parse::<RateKey>().map_or_else(|_| word.to_owned(), |key| key.to_string());
    let words: Vec<String> = words.split_whitespace().map(|word| comparison_key(&as_listed(word))).collect();
    let rows = sqlx::query!(
        r#"with candidate as (
             select r.id, r.number, r.name, r.rating_from, r.rating_to, r.certified_on, r.last_submitted_at,
                    r.sent_revision, c.number as parent_number, c.name as parent_name,
                    array(select g.name from rate_review_program rp join program g on g.id = rp.program_id
                           where rp.rate_review_id = r.id) as programs
               from rate_review r join contract_review c on c.id = r.parent_id
              where r.state_code = $1 and r.parent_id <> $2 and r.status in ('submitted', 'unlocked', 'resubmitted')
                and not exists (select from package_rate p where p.contract_submission_id = $3 and p.rate_review_id = r.id))
           select id as "id: RateReviewId", number, name, programs as "programs!", rating_from, rating_to, certified_on,
                  last_submitted_at as "sent: OffsetDateTime", parent_number,
                  (select d.id from rate_submission s join document d on d.rate_submission_id = s.id
                    where s.rate_review_id = candidate.id and s.revision = candidate.sent_revision
                      and d.category = 'rate_certification' limit 1) as "document: DocumentId"
             from candidate
            where not exists (
              select from unnest($4::text[]) as word
               where position(word in comparison_key(concat_ws(' ', rate_key($1, number), name, parent_name,
                                                               array_to_string(programs, ' ')))) = 0)
            order by last_submitted_at desc, number desc limit $5 offset $6"#,
        package.key.state_code,
        package.review as _,
        package.submission as _,
        &words,
        SHOWN + 1,
        page * SHOWN,
    )
    .fetch_all(conn)
    .await?;
    let more = rows.len() as i64 > SHOWN;
    let key = |number| RateKey { state_code: package.key.state_code.clone(), number };
    let found = rows.into_iter().take(SHOWN as usize).map(|row| Linkable {
        id: row.id,
        key: key(row.number),
        name: row.name,
        programs: sorted(row.programs),
        sent: row.sent.map(Moment),
        parent: SubmissionKey { state_code: package.key.state_code.clone(), number: row.parent_number },
        document: row.document,
        rating_from: row.rating_from,
        rating_to: row.rating_to,
        certified_on: row.certified_on,
    });
    Ok((found.collect(), more))
}
