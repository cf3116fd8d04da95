//! Where the rows of a tab are found: in lanes, in each of which the reviews of somebody, or of nobody, lie in an index in
//! the order of the tab. The database reads from each no more than a page and merges them. Beside them lies what somebody is
//! called to by a note, by an answer, or since a package is ready.

use sqlx::{Postgres, QueryBuilder};

use super::address::{Address, Tab};
use super::filters::Filters;
use crate::domain::id::DepartmentReviewId;
use crate::domain::permission::DepartmentMember;
use crate::web::tabs::OneOf;

/// What a row is made of.
const COLUMNS: &str = "review_id, department, subject_id, package_id, is_rate, state_code, number, starts_on, first_sent_at, package_status,
    withdrawn, sent_revision, status, status_since, primary_reviewer_id, secondary_reviewer_id, decided_revision, decided_by, decided_at";

/// Rows of one origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    /// Reviews at this stage of which somebody is the primary reviewer.
    Primary(&'static str),
    /// Reviews at this stage of which somebody is the secondary reviewer.
    Secondary(&'static str),
    /// Reviews that somebody decided and is on no more.
    Decider,
    /// Reviews of the department that nobody has taken.
    Unassigned,
    /// What somebody is called to, whoever reviews it.
    Called,
    /// Rounds that somebody asked about what the department does not review.
    Asked,
}

impl Tab {
    fn lanes(self) -> &'static [Lane] {
        match self {
            Self::MyTurn => &[Lane::Called, Lane::Primary("turn"), Lane::Secondary("turn")],
            Self::Waiting => &[Lane::Asked, Lane::Primary("waiting"), Lane::Secondary("waiting")],
            Self::Unassigned => &[Lane::Unassigned],
            Self::Decided => &[Lane::Primary("decided"), Lane::Secondary("decided"), Lane::Decider],
        }
    }
}

impl Lane {
    /// The table that it lies in.
    fn table(self) -> &'static str {
        if matches!(self, Self::Called | Self::Asked) { "called" } else { "review_standing" }
    }

    /// What is to be done next with its rows.
    fn step(self) -> &'static str {
        match self {
            Self::Called => "step",
            Self::Asked => "'round_open'",
            Self::Unassigned => "'take'",
            Self::Decider | Self::Primary("decided") | Self::Secondary("decided") => "'nothing'",
            Self::Primary("waiting") | Self::Secondary("waiting") => {
                "case when subject_id in (select subject from rounds where round_status = 'open') then 'round_open' else 'unlocked' end"
            }
            Self::Primary(_) | Self::Secondary(_) => {
                "case when status = 'in_review' and decided_revision < sent_revision then 'new_version' else status::text end"
            }
        }
    }
}

/// A statement about the work of a person.
pub struct Statement<'a> {
    sql: QueryBuilder<Postgres>,
    member: DepartmentMember<'a>,
    filters: &'a Filters,
}

impl<'a> Statement<'a> {
    /// Begins it with what somebody is called to.
    pub fn of(member: DepartmentMember<'a>, filters: &'a Filters) -> Self {
        let mut all = Self { sql: QueryBuilder::new(""), member, filters };
        all.push_called();
        all
    }

    /// `mentioned`: notes that name the person and were not opened, of each subject the oldest. `rounds`: those of the
    /// department that go on, one at a time on a subject. `ready`, for approvers: packages on whose current version every
    /// department has signed off, and since when. `called`: what these are about.
    fn push_called(&mut self) {
        let (me, department) = (self.member.person.id, self.member.department);
        let approves = self.member.person.package_approver().is_some();
        self.sql
            .push(
                "with mentioned as materialized (
           select distinct on (subject) subject, note_id, written_at, written_by
             from (select coalesce(n.contract_review_id, n.rate_review_id) as subject, n.id as note_id, n.written_at, n.written_by
                     from mention m join note n on n.id = m.note_id where m.opened_at is null and m.account_id = ",
            )
            .push_bind(me)
            .push(
                ") note order by subject, written_at, note_id),
         rounds as materialized (
           select coalesce(contract_review_id, rate_review_id) as subject, id as question, round, status as round_status, asked_at,
                  coalesce(recorded_for, asked_by) = ",
            )
            .push_bind(me)
            .push(" as asked from question where status <> 'closed' and department = ")
            .push_bind(department)
            .push(
                "),
         ready as materialized (
           select w.subject_id as subject, greatest(w.status_since, rates.since) as ready_since
             from review_standing w
            cross join lateral (
              select max(status_since) as since, bool_and(status = 'signed_off' and decided_revision = sent_revision) as signed_off
                from review_standing where package_id = w.package_id and is_rate and not withdrawn) rates
            where not w.is_rate and w.status = 'signed_off' and w.decided_revision = w.sent_revision
              and w.package_status in ('submitted', 'resubmitted') and rates.signed_off is not false and ",
            )
            .push_bind(approves)
            .push(
                "),
         called as materialized (
           select w.review_id, ",
            )
            .push_bind(department)
            .push(
                "::department as department, x.subject as subject_id, c.id as package_id, r.id is not null as is_rate, c.state_code,
                  coalesce(r.number, c.number) as number, case when r.id is null then c.effective_from else r.rating_from end as starts_on,
                  coalesce(r.first_submitted_at, c.first_submitted_at) as first_sent_at, c.status as package_status,
                  coalesce(r.status = 'withdrawn', false) as withdrawn,
                  case when r.id is null then c.sent_revision else r.sent_revision end as sent_revision, w.status,
                  coalesce(w.status_since, m.written_at,
                           case q.round_status when 'open' then q.asked_at
                             when 'answered' then (select max(sent_at) from response where question_id = q.question) end,
                           y.ready_since) as status_since,
                  w.primary_reviewer_id, w.secondary_reviewer_id, w.decided_revision, w.decided_by, w.decided_at,
                  case when m.note_id is not null then 'mentioned' when y.subject is not null then 'ready'
                       when q.asked and q.round_status = 'answered' then 'answered' end as step,
                  coalesce(w.stage = 'turn' and ",
            )
            .push_bind(me)
            .push(
                " in (w.primary_reviewer_id, w.secondary_reviewer_id), false) as has_turn,
                  coalesce(w.review_id is null and q.asked and q.round_status = 'open', false) as waits
             from (select subject from mentioned union select subject from rounds where asked union select subject from ready) x
             left join rate_review r on r.id = x.subject
             join contract_review c on c.id = coalesce(r.parent_id, x.subject)
             left join review_standing w on w.subject_id = x.subject and w.department = ",
            )
            .push_bind(department)
            .push(
                " left join mentioned m on m.subject = x.subject
             left join rounds q on q.subject = x.subject
             left join ready y on y.subject = x.subject)",
            );
    }

    /// Adds the rows of a lane, without what the filters hold back.
    fn push_lane(&mut self, lane: Lane, columns: &str) {
        self.push_whole_lane(lane, columns);
        self.filters.push(&mut self.sql, self.member.person.id, lane.step());
    }

    /// Adds the rows of a lane, whatever the filters.
    fn push_whole_lane(&mut self, lane: Lane, columns: &str) {
        let (me, department) = (self.member.person.id, self.member.department);
        let sql = &mut self.sql;
        sql.push(format_args!("select {columns}{} as step from {} where ", lane.step(), lane.table()));
        match lane {
            Lane::Called => sql.push("step is not null"),
            Lane::Asked => sql.push("waits"),
            Lane::Unassigned => {
                sql.push("open and primary_reviewer_id is null and department = ").push_bind(department)
            }
            Lane::Decider => {
                sql.push("stage = 'decided' and decider_id = ").push_bind(me);
                sql.push(" and department = ").push_bind(department)
            }
            Lane::Primary(stage) => {
                sql.push(format_args!("stage = '{stage}' and primary_reviewer_id = ")).push_bind(me)
            }
            Lane::Secondary(stage) => {
                sql.push(format_args!("stage = '{stage}' and secondary_reviewer_id = ")).push_bind(me)
            }
        };
        if matches!(lane, Lane::Primary("turn") | Lane::Secondary("turn")) {
            // What somebody is called to stands there for a more urgent reason.
            sql.push(" and subject_id not in (select subject_id from called where step is not null)");
        }
    }

    /// Adds how many rows a tab has: read from the tally as long as nothing is filtered by.
    fn push_count(&mut self, tab: Tab) {
        if !self.filters.is_empty() {
            for (at, lane) in tab.lanes().iter().enumerate() {
                self.sql.push(if at == 0 { "(select count(*) from (" } else { " + (select count(*) from (" });
                self.push_lane(*lane, "");
                self.sql.push(") lane)");
            }
            return;
        }
        let (me, department) = (self.member.person.id, self.member.department);
        let sql = &mut self.sql;
        sql.push("(select coalesce(sum(reviews), 0)::bigint from review_tally where department = ")
            .push_bind(department);
        match tab {
            Tab::Unassigned => sql.push(" and open and part in ('secondary_alone', 'nobody'))"),
            Tab::Decided => sql.push(" and stage = 'decided' and account_id = ").push_bind(me).push(")"),
            Tab::MyTurn => {
                sql.push(" and stage = 'turn' and part <> 'decider' and account_id = ").push_bind(me);
                sql.push(") + (select count(*) from called where step is not null and not has_turn)")
            }
            Tab::Waiting => {
                sql.push(" and stage = 'waiting' and part <> 'decider' and account_id = ").push_bind(me);
                sql.push(") + (select count(*) from called where waits)")
            }
        };
    }

    /// Adds how many rows each tab has, as `counts`, and begins `page`.
    fn push_counts(&mut self) {
        for (at, tab) in Tab::ALL.iter().enumerate() {
            self.sql.push(if at == 0 { ", counts as (select " } else { ", " });
            self.push_count(*tab);
            self.sql.push(format_args!(" as {}", tab.as_str()));
        }
        self.sql.push("), page as (select * from (");
    }

    /// Ends it: `counts` of all tabs, and the row of a review in whichever tab it stands now, whatever the filters.
    pub fn row(mut self, review: DepartmentReviewId) -> QueryBuilder<Postgres> {
        self.push_counts();
        for (at, lane) in Tab::ALL.iter().flat_map(|tab| tab.lanes()).enumerate() {
            self.sql.push(if at == 0 { "(" } else { " union all (" });
            self.push_whole_lane(*lane, &format!("{COLUMNS}, "));
            self.sql.push(" and review_id = ").push_bind(review).push(")");
        }
        self.sql.push(") merged limit 1)");
        self.push_rows();
        self.sql
    }

    /// Ends it: `counts` of all tabs, and the rows of the page that is asked for, `limit` at most, with what belongs to them.
    pub fn page(mut self, asked: &Address, limit: usize) -> QueryBuilder<Postgres> {
        self.push_counts();
        let order = asked.order();
        for (at, lane) in asked.tab.lanes().iter().enumerate() {
            self.sql.push(if at == 0 { "(" } else { " union all (" });
            self.push_lane(*lane, &format!("{COLUMNS}, "));
            self.sql.push(" and");
            order.push_beyond(&mut self.sql, &asked.position);
            order.push_order(&mut self.sql, &asked.position);
            self.sql.push(format_args!(" limit {limit})"));
        }
        self.sql.push(") merged");
        order.push_order(&mut self.sql, &asked.position);
        self.sql.push(format_args!(" limit {limit})"));
        self.push_rows();
        self.sql
    }

    /// What belongs to the rows of `page`, which keep their order.
    fn push_rows(&mut self) {
        self.sql
            .push(
                " select counts.*, page.subject_id as subject, page.package_id as package, page.is_rate, page.state_code,
                         s.name as state_name, page.number, coalesce(r.name, c.name) as name, page.step, page.status_since as since,
                         page.starts_on, page.first_sent_at as first_sent, page.package_status as status, page.withdrawn,
                         page.sent_revision as revision, coalesce(r.last_submitted_at, c.last_submitted_at) as sent_at,
                         page.review_id as review, d.version as review_version, page.status as review_status,
                         page.primary_reviewer_id as primary_reviewer, page.secondary_reviewer_id as secondary_reviewer,
                         d.decision, page.decided_revision, page.decided_by, page.decided_at,
                         decider.given_name || ' ' || decider.family_name as decider,
                         m.note_id as note, author.given_name || ' ' || author.family_name as mentioned_by,
                         q.question, q.round, q.asked_at,
                         (select unlocked_at from contract_submission v
                           where v.contract_review_id = page.package_id and v.submitted_at is null and v.discarded_at is null) as unlocked_at,
                         (select max(v.revision) from visit v where v.subject_id = page.subject_id and v.account_id = ",
            )
            .push_bind(self.member.person.id)
            .push(
                ") as seen_revision
                    from counts
                    left join (select *, row_number() over () as place from page) page on true
                    left join contract_review c on c.id = page.package_id
                    left join rate_review r on r.id = page.subject_id
                    left join department_review d on d.id = page.review_id
                    left join state s on s.code = page.state_code
                    left join mentioned m on m.subject = page.subject_id
                    left join rounds q on q.subject = page.subject_id
                    left join account decider on decider.id = page.decided_by
                    left join account author on author.id = m.written_by
                   order by page.place",
            );
    }
}
