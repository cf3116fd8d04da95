//! The reviews that were chosen for an operation, as they stand now.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Reach;
use super::wish::Slot;
use crate::domain::id::{AccountId, DepartmentReviewId};
use crate::domain::key::{SubjectKey, SubmissionKey};
use crate::domain::lifecycle::ContractReviewStatus;
use crate::domain::role::{Department, Side};

/// Somebody in a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub id: AccountId,
    /// Their name.
    pub name: String,
}

/// A review that was chosen.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Its key.
    pub review: DepartmentReviewId,
    /// Its version.
    pub version: i32,
    /// Whose it is.
    pub department: Department,
    /// The key of its subject.
    pub key: SubjectKey,
    /// The state's name.
    pub state_name: String,
    /// The subject's full name.
    pub name: String,
    /// The key of its package.
    pub package: SubmissionKey,
    /// The status of its package.
    pub status: ContractReviewStatus,
    /// Whether the subject was withdrawn alone.
    pub withdrawn: bool,
    /// Its primary reviewer.
    pub primary: Option<Named>,
    /// Its secondary reviewer.
    pub secondary: Option<Named>,
}

impl Chosen {
    /// Who is in a slot.
    pub fn holder(&self, slot: Slot) -> Option<&Named> {
        match slot {
            Slot::Primary => self.primary.as_ref(),
            Slot::Secondary => self.secondary.as_ref(),
        }
    }

    /// Why its reviewers stay as they are, if it is closed.
    pub fn closed(&self) -> Option<String> {
        if self.withdrawn {
            return Some(format!("{} is withdrawn now", self.key));
        }
        let label = || self.status.tag(Side::Cms).label.to_lowercase();
        (!self.status.open()).then(|| format!("{} is {} now", self.package, label()))
    }

    /// "OACT review of MN-R0012"
    pub fn title(&self) -> String {
        format!("{} review of {}", self.department.short_name(), self.key)
    }

    /// Its place on the page of its subject.
    pub fn href(&self) -> String {
        format!("{}#dr-{}", self.key.page(), self.review)
    }
}

/// Reads those of the reviews that somebody may assign, in the order given.
///
/// # Errors
/// When the database fails.
pub async fn read(conn: &mut PgConnection, reach: &Reach, reviews: &[DepartmentReviewId]) -> sqlx::Result<Vec<Chosen>> {
    let ids: Vec<Uuid> = reviews.iter().map(|review| review.0).collect();
    let rows = sqlx::query!(
        r#"select d.id as "id: DepartmentReviewId", d.version, d.department, r.id is not null as "is_rate!",
                  c.state_code, coalesce(r.number, c.number) as "number!", c.number as package_number,
                  s.name as state_name, coalesce(r.name, c.name) as "name!",
                  c.status, coalesce(r.status = 'withdrawn', false) as "withdrawn!",
                  p.id as "primary_id?: AccountId", p.given_name || ' ' || p.family_name as primary_name,
                  q.id as "secondary_id?: AccountId", q.given_name || ' ' || q.family_name as secondary_name
             from unnest($1::uuid[]) with ordinality as chosen (id, place)
             join department_review d on d.id = chosen.id
             left join rate_review r on r.id = d.rate_review_id
             join contract_review c on c.id = coalesce(d.contract_review_id, r.parent_id)
             join state s on s.code = c.state_code
             left join account p on p.id = d.primary_reviewer_id
             left join account q on q.id = d.secondary_reviewer_id
            where d.department = any($2)
            order by chosen.place"#,
        &ids,
        &reach.departments as _,
    )
    .fetch_all(conn)
    .await?;
    let named = |id: Option<AccountId>, name: Option<String>| Some(Named { id: id?, name: name? });
    Ok(rows
        .into_iter()
        .map(|row| Chosen {
            review: row.id,
            version: row.version,
            department: row.department,
            key: SubjectKey::new(row.is_rate, row.state_code.clone(), row.number),
            package: SubmissionKey { state_code: row.state_code, number: row.package_number },
            state_name: row.state_name,
            name: row.name,
            status: row.status,
            withdrawn: row.withdrawn,
            primary: named(row.primary_id, row.primary_name),
            secondary: named(row.secondary_id, row.secondary_name),
        })
        .collect())
}
