//! The documents of the versions that are copied.

use sqlx::PgConnection;

use super::history::Rows;

/// The names of contracts or rates before, and those that their copies have: one entry of each list per copy.
#[derive(Default)]
pub struct Names {
    /// Of the originals.
    pub before: Vec<String>,
    /// Of the copies.
    pub after: Vec<String>,
}

impl Names {
    /// A name, and that of the copy.
    pub fn add(&mut self, before: &str, after: String) {
        self.before.push(before.to_owned());
        self.after.push(after);
    }
}

/// Gives each version the documents of its original: the same contents, since these are stored once, under file names
/// that have the copy's name in them where they had the original's.
pub async fn copy(conn: &mut PgConnection, versions: &Rows, names: &Names) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into document (id, contract_submission_id, rate_submission_id, category, sha256, file_name, position,
                               uploaded_at, uploaded_by, first_submitted_at)
         select (lpad(to_hex((extract(epoch from d.uploaded_at + copy.later) * 1000)::bigint), 12, '0') || '7'
                 || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid,
                case when d.contract_submission_id is not null then copy.id end,
                case when d.rate_submission_id is not null then copy.id end,
                d.category, d.sha256, replace(d.file_name, copy.name_before, copy.name_after), d.position,
                d.uploaded_at + copy.later, d.uploaded_by, d.first_submitted_at + copy.later
           from (select *, make_interval(weeks => weeks) as later
                   from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[])
                        as one (original, id, weeks, name_before, name_after)) copy
           join document d on d.contract_submission_id = copy.original or d.rate_submission_id = copy.original",
        &versions.originals,
        &versions.copies,
        &versions.weeks,
        &names.before,
        &names.after,
    )
    .execute(conn)
    .await?;
    Ok(())
}
