//! What happened, as far as it decides whose page is told: an entry's subject, its readers, and the pages it stands on.

use sqlx::PgPool;
use uuid::Uuid;

use super::place::Place;
use crate::domain::event::{Audience, Subject};
use crate::domain::role::Side;

/// An entry, without anything that it says.
#[derive(Clone, Debug)]
pub struct Happened {
    /// Its place among all entries.
    pub seq: i64,
    /// What its history is about: the kind of subject.
    pub subject: Subject,
    /// The key of that subject's row.
    pub subject_id: Uuid,
    /// Who may read it.
    pub audience: Audience,
    /// The state of a submission or rate.
    pub state_code: Option<String>,
    /// Whether CMS knows of the submission or rate at all.
    pub sent: bool,
    /// Whether the row of the list of submissions shows it, and that of the list of rates.
    pub in_lists: [bool; 2],
    /// The submissions and rates in whose history it stands.
    pub pages: Vec<Uuid>,
    /// What it is about, as `submission:MN-0005`.
    pub name: String,
}

impl Happened {
    /// Whether it is told to somebody of a side, and of a state, who has a page open.
    pub fn is_told(&self, side: Side, state_code: Option<&str>, place: Place) -> bool {
        let may_know = match side {
            Side::State => self.state_code.is_some() && self.state_code.as_deref() == state_code,
            Side::Cms => self.sent,
        };
        let [submissions, rates] = self.in_lists;
        let stands_there = match place {
            Place::Page(id) => self.pages.contains(&id),
            Place::Submissions => submissions,
            Place::Rates => rates,
            // Whose work it is is looked at when the page asks.
            Place::Work => submissions || rates,
        };
        may_know && stands_there && Audience::read_by(side).contains(&self.audience)
    }
}

/// Reads entries by their places among all entries, in that order.
///
/// # Errors
/// When the database fails.
pub async fn read(db: &PgPool, seqs: &[i64]) -> sqlx::Result<Vec<Happened>> {
    let rows = sqlx::query!(
        r#"select e.seq, e.subject, e.subject_id, e.audience, c.state_code as "state_code?",
                  coalesce(c.status <> 'draft' and (r.id is null or r.status <> 'draft'), false) as "sent!",
                  coalesce(c.deleted_at is null and (r.id is null or e.row_table in ('department_review', 'question')), false) as "in_submissions!",
                  coalesce(r.status <> 'draft', false) as "in_rates!",
                  coalesce('rate:' || rate_key(r.state_code, r.number), 'submission:' || submission_key(c.state_code, c.number), '') as "name!",
                  array(select page.id
                          from (select e.subject_id as id
                                union select r.parent_id
                                union select v.contract_review_id
                                        from package_rate p join contract_submission v on v.id = p.contract_submission_id
                                       where p.rate_review_id = r.id and v.submitted_at is not null) page
                         where exists (select from history_story(page.id) story
                                        where story.subject_id = e.subject_id
                                          and history_holds(e, page.id, story.own, story.since, story.sent_here))) as "pages!"
             from event e
             left join rate_review r on r.id = e.subject_id
             left join contract_review c on c.id = coalesce(r.parent_id, e.subject_id)
            where e.seq = any($1)
            order by e.seq"#,
        seqs,
    )
    .fetch_all(db)
    .await?;
    let happened = rows.into_iter().map(|row| Happened {
        seq: row.seq,
        subject: row.subject,
        subject_id: row.subject_id,
        audience: row.audience,
        state_code: row.state_code,
        sent: row.sent,
        in_lists: [row.in_submissions, row.in_rates],
        pages: row.pages,
        name: row.name,
    });
    Ok(happened.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happened(audience: Audience, sent: bool) -> Happened {
        Happened {
            seq: 1,
            subject: Subject::ContractReview,
            subject_id: Uuid::nil(),
            audience,
            state_code: Some("MN".to_owned()),
            sent,
            in_lists: [true, false],
            pages: vec![Uuid::nil()],
            name: "submission:MN-0005".to_owned(),
        }
    }

    #[test]
    fn only_those_who_may_read_an_entry_are_told_that_there_is_one() {
        let page = Place::Page(Uuid::nil());
        let told = |audience, sent| {
            let it = happened(audience, sent);
            [(Side::State, Some("MN")), (Side::State, Some("TX")), (Side::Cms, None)]
                .map(|(side, state)| it.is_told(side, state, page))
        };
        assert_eq!(told(Audience::Both, true), [true, false, true]);
        assert_eq!(told(Audience::Cms, true), [false, false, true]);
        assert_eq!(told(Audience::State, true), [true, false, false]);
        // Whatever of a draft is said to be for both sides, CMS is not told.
        assert_eq!(told(Audience::Both, false), [true, false, false]);
    }

    #[test]
    fn a_page_is_told_what_stands_on_it() {
        let it = happened(Audience::Both, true);
        let told = |place| it.is_told(Side::Cms, None, place);
        assert!(told(Place::Submissions) && !told(Place::Rates) && !told(Place::Page(Uuid::max())));
    }
}
