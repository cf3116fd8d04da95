//! The invented world: the same for the same seed, and as lawful as what people make.

use std::collections::BTreeSet;
use std::sync::Arc;

use mc_review::demo::{Wanted, is_empty, load_submissions};
use mc_review::domain::clock::Clock;
use mc_review::history;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use sqlx::PgPool;

use crate::program::answer;
use crate::support::database::{BEGINNING, TestDatabase};

/// Loads submissions as of the tests' beginning; gives the files.
pub async fn load(db: &PgPool, wanted: Wanted) -> Arc<dyn ObjectStore> {
    let files: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    load_submissions(db, &files, &Clock::set_to(BEGINNING), wanted).await.expect("the world loads");
    files
}

async fn lines(db: &PgPool, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(db).await.expect("the statement reads")
}

const CONTRACTS: &str = "
    select concat_ws(' ', r.name, r.status, r.effective_from, r.last_activity_state_at, s.contract_data - 'program_ids',
                     (select jsonb_agg(jsonb_build_array(e.kind, e.at, e.actor_name, e.reason) order by e.seq)
                        from event e where e.subject_id = r.id),
                     (select jsonb_agg(jsonb_build_array(d.file_name, d.sha256) order by d.category, d.position)
                        from document d where d.contract_submission_id = s.id))
      from contract_review r join contract_submission s on s.contract_review_id = r.id
     order by r.state_code, r.number, s.revision";

const RATES: &str = "
    select concat_ws(' ', c.name, p.position, r.number, r.name, r.status, r.last_activity_state_at, s.rate_data - 'rate_program_ids',
                     (select jsonb_agg(jsonb_build_array(e.kind, e.at, e.actor_name, e.reason, e.details ->> 'rate') order by e.seq)
                        from event e where e.subject_id = r.id),
                     (select jsonb_agg(jsonb_build_array(d.file_name, d.sha256) order by d.category, d.position)
                        from document d where d.rate_submission_id = s.id))
      from package_rate p
      join contract_review c on c.id = p.contract_review_id
      join rate_review r on r.id = p.rate_review_id
      join rate_submission s on s.rate_review_id = r.id
     order by c.state_code, c.number, (select revision from contract_submission where id = p.contract_submission_id), p.position, s.revision";

#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    let mut worlds = Vec::new();
    for seed in [7, 7, 8] {
        let database = TestDatabase::new().await;
        let db = database.pool();
        load(&db, Wanted { submissions: 30, seed, lived_through: 20 }).await;
        let world = (lines(&db, CONTRACTS).await, lines(&db, RATES).await);
        assert_eq!(lines(&db, "select name from contract_review").await.len(), 30);
        assert!(!world.1.is_empty());
        worlds.push(world);
    }
    assert_eq!(worlds[0], worlds[1]);
    assert_ne!(worlds[0], worlds[2]);
}

/// What must find nothing, and what it would mean if it did not.
const RULES: [(&str, &str); 18] = [
    (
        "every number is of the state's counter, none left out",
        "select code from state
          where last_contract_number <> (select count(*) from contract_review where state_code = code)
             or last_rate_number <> (select count(*) from rate_review where state_code = code)",
    ),
    (
        "names begin with the key",
        "select name from contract_review where name not like 'MCR-' || state_code || '-' || to_char(number, 'FM0000') || '-%'",
    ),
    (
        "the column follows the form",
        "select r.name from contract_review r join contract_submission s on s.contract_review_id = r.id
          where r.effective_from is distinct from (s.contract_data->>'contract_date_start')::date",
    ),
    (
        "contracts begin with a month and end with one",
        "select id::text from contract_submission
          where extract(day from (contract_data->>'contract_date_start')::date) <> 1
             or extract(day from (contract_data->>'contract_date_end')::date + 1) <> 1",
    ),
    (
        "nothing happens after the present, nor before the two years",
        "select kind from event where subject in ('contract_review', 'rate_review')
            and (at > '2026-03-11 03:30Z' or at < '2024-03-10')",
    ),
    (
        "histories go forward in time",
        "select kind from (select *, lag(at) over (partition by subject_id order by seq) as before from event) told where at < before",
    ),
    (
        "packages are released by the day they are approved",
        "select name from contract_review r join event e on e.row_id = r.id and e.kind = 'approved' and e.version_after = r.version
          where released_on > e.at::date or details->>'released_on' <> released_on::text",
    ),
    (
        "activity is that of the newest entry",
        "select name from (select id, id as whose, name, last_activity_state_at from contract_review
                           union all select id, id, name, last_activity_state_at from rate_review
                           union all select r.id, c.id, c.name, c.last_activity_state_at
                                       from rate_review r join contract_review c on c.id = r.parent_id) review
          where last_activity_state_at <
                (select max(at) from event where subject_id = review.id and audience in ('both', 'state'))",
    ),
    (
        "the tallies are right",
        "select state_code from contract_review_tally t group by state_code, status
          having sum(reviews) <> (select count(*) from contract_review r where r.state_code = t.state_code and r.status = t.status)
         union all
         select state_code from rate_review_tally t group by state_code, status
          having sum(reviews) <> (select count(*) from rate_review r where r.state_code = t.state_code and r.status = t.status)",
    ),
    (
        "sent versions have their documents",
        "select id::text from contract_submission s where submitted_at is not null and not exists (select from document d
            where d.contract_submission_id = s.id and d.category = 'contract' and d.first_submitted_at <= s.submitted_at
              and (s.revision > 1 or d.first_submitted_at = s.submitted_at))",
    ),
    (
        "rates go with the contracts that send some, and with no other",
        "select id::text from contract_submission s
          where submitted_at is not null and (contract_data->>'submission_type' is not distinct from 'CONTRACT_AND_RATES') <>
                exists (select from package_rate where contract_submission_id = s.id)",
    ),
    (
        "packages name their rates in their order, sent ones in the versions that were sent",
        "select s.id::text from contract_submission s join package_rate p on p.contract_submission_id = s.id
           left join rate_submission v on v.id = p.rate_submission_id
          group by s.id having max(p.position) <> count(*)
             or bool_or((s.submitted_at is not null) <> (p.rate_submission_id is not null))
             or bool_or(v.rate_review_id <> p.rate_review_id or v.submitted_at > s.submitted_at)
         union all
         select v.id::text from rate_submission v join contract_submission s on s.id = v.contract_submission_id
          where v.submitted_at is distinct from s.submitted_at
             or v.submitted_at is not null and not exists (select from package_rate where rate_submission_id = v.id)",
    ),
    (
        "every rate is in the package that it was drafted in, its parent's unless it moved",
        "select r.name from rate_review r join rate_submission v on v.rate_review_id = r.id
          where r.deleted_at is null
            and not exists (select from package_rate p where p.contract_submission_id = v.contract_submission_id and p.rate_review_id = r.id
              and (p.contract_review_id = r.parent_id or exists (select from event where subject_id = r.id and kind = 'rate_moved')))",
    ),
    (
        "rates are for the period of their contract, unless they moved, and certified before they are drafted or sent again",
        "select r.name from rate_review r join rate_submission v on v.rate_review_id = r.id
           join contract_submission s on s.id = v.contract_submission_id
          where (rate_data->>'rate_date_start', rate_data->>'rate_date_end') is distinct from
                (contract_data->>'contract_date_start', contract_data->>'contract_date_end')
                and not exists (select from event where subject_id = r.id and kind = 'rate_moved')
             or (rate_data->>'rate_date_certified')::date >=
                case when v.revision = 1 then v.created_at else coalesce(v.submitted_at, '2026-03-11 03:30Z') end
             or rate_data->>'amendment_effective_date_start' not between rate_data->>'rate_date_start' and rate_data->>'rate_date_end'",
    ),
    (
        "names and columns of rates follow their forms, and so do the names of their certifications",
        "select r.name from rate_review r join rate_submission v on v.rate_review_id = r.id
           and v.revision = coalesce(r.sent_revision, 1)
          where r.deleted_at is null and ((rating_from, rating_to, certified_on, amendment_from)::text is distinct from
                (rate_data->>'rate_date_start', rate_data->>'rate_date_end', rate_data->>'rate_date_certified',
                 rate_data->>'amendment_effective_date_start')::text
             or name not like '%-' || to_char(coalesce(amendment_from, rating_from), 'YYYYMMDD') || '-%-' || to_char(certified_on, 'YYYYMMDD')
             or not exists (select from document d where d.rate_submission_id = v.id and d.category = 'rate_certification'
                  and (v.revision > 1 or d.file_name = r.name || '.pdf' and d.first_submitted_at is not distinct from v.submitted_at)))",
    ),
    (
        "entries of a rate name it",
        "select kind from event e join rate_review r on r.id = e.subject_id
          where e.details ? 'rate' and e.details->>'rate' <> rate_key(r.state_code, r.number)",
    ),
    (
        "departments review what is theirs",
        "select name from contract_review r where status in ('submitted', 'resubmitted', 'approved')
            and array['DMCO'] <> array(select department::text from department_review where contract_review_id = r.id)
         union all
         select name from rate_review r where status in ('submitted', 'resubmitted')
            and array['DMCP', 'OACT'] <> array(select department::text from department_review where rate_review_id = r.id order by 1)",
    ),
    (
        "every package stands as one does that was lived through",
        "with package as (
           select (select min(seq) from event where subject_id = c.id) as place,
                  concat_ws(' ', c.status, (select jsonb_agg(jsonb_build_array(d.department, d.status, d.version, r.status)
                                                             order by r.number, d.department)
                                              from department_review d left join rate_review r on r.id = d.rate_review_id
                                             where c.id in (d.contract_review_id, r.parent_id))) as stand
             from contract_review c)
         select stand from package except (select stand from package order by place limit 80)",
    ),
];

#[tokio::test]
async fn lived_through_and_copied_submissions_hold_together() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let files = load(&db, Wanted { submissions: 400, seed: 3, lived_through: 80 }).await;

    let report = history::verify_all(&db).await.unwrap();
    assert!(report.breaks.is_empty(), "{:?}", report.breaks.first());
    let statuses: BTreeSet<String> =
        lines(&db, "select status::text from contract_review union select status::text from department_review")
            .await
            .into_iter()
            .collect();
    let expected = "approved awaiting_state draft in_review not_started not_subject_to_review objection resubmitted signed_off \
                    submitted unlocked withdrawn";
    assert_eq!(statuses, expected.split(' ').map(str::to_owned).collect());
    let with_rates = lines(&db, "select parent_id::text from rate_review group by parent_id").await;
    assert!(with_rates.len() > 80, "only {} submissions have rates, though most are copies", with_rates.len());
    for (what, sql) in RULES {
        assert_eq!(lines(&db, sql).await, Vec::<String>::new(), "{what}");
    }
    for sha256 in lines(&db, "select sha256 from blob").await {
        let place = object_store::path::Path::from(format!("blobs/{sha256}"));
        assert!(object_store::ObjectStoreExt::head(&files, &place).await.is_ok(), "{sha256} is stored");
    }
}

/// What must find something in the world that is loaded by default.
const SIGHTS: [(&str, &str); 12] = [
    ("versions up to the fourth", "select id::text from contract_submission where revision >= 4 and submitted_at is not null"),
    (
        "a version with other answers than the one before",
        "select s.id::text from contract_submission s
           join contract_submission b on b.contract_review_id = s.contract_review_id and b.revision = s.revision - 1
          where s.submitted_at is not null and s.contract_data <> b.contract_data",
    ),
    (
        "a document that came with a further version",
        "select d.id::text from document d join contract_submission s on s.id = d.contract_submission_id
          where s.revision > 1 and d.first_submitted_at = s.submitted_at",
    ),
    (
        "a rate with other answers in a further version",
        "select s.id::text from rate_submission s
           join rate_submission b on b.rate_review_id = s.rate_review_id and b.revision = s.revision - 1
          where s.submitted_at is not null and s.rate_data <> b.rate_data",
    ),
    (
        "a rate that came with a further version",
        "select v.id::text from rate_submission v join contract_submission s on s.id = v.contract_submission_id
          where v.revision = 1 and s.revision > 1 and v.submitted_at is not null",
    ),
    (
        "an unlocked version that is being edited",
        "select s.id::text from contract_submission s join draft_save d on d.contract_submission_id = s.id
          where s.revision > 1 and s.discarded_at is null",
    ),
    (
        "a version that was set aside",
        "select id::text from contract_submission where discarded_at is not null",
    ),
    (
        "a package withdrawn with a rate, and one whose rate moved",
        "select r.name from rate_review r where withdrawn_with_parent
            and exists (select from event e where e.kind = 'rate_moved')",
    ),
    ("a rate withdrawn alone", "select name from rate_review where status = 'withdrawn' and not withdrawn_with_parent"),
    (
        "a department that signed off on version 2 while version 3 came",
        "select d.id::text from department_review d join contract_review c on c.id = d.contract_review_id
          where d.status = 'in_review' and d.decision = 'signed_off' and d.decided_revision = 2 and c.sent_revision = 3",
    ),
    (
        "notes with and without a name, about contracts and rates",
        "select n.id::text from note n where rate_review_id is not null and exists (select from mention where note_id = n.id)
            and exists (select from note o where contract_review_id is not null
                           and not exists (select from mention where note_id = o.id))",
    ),
    ("numbers of most that are reviewed", "select 'most' from contract_review where sent_revision is not null
        having count(*) filter (where mccrs_number is not null) * 2 > count(*)"),
];

#[tokio::test]
async fn the_whole_life_is_told() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    load(&db, Wanted { submissions: 200, seed: 1, lived_through: 200 }).await;
    let told: BTreeSet<String> =
        lines(&db, "select distinct kind from event where subject in ('contract_review', 'rate_review')")
            .await
            .into_iter()
            .collect();
    let never: Vec<&str> = [
        "approval_undone",
        "corrected",
        "correction_undone",
        "question_asked",
        "rate_brought_back",
        "rate_moved",
        "rate_withdrawn",
        "response_sent",
        "resubmitted",
        "round_closed",
        "unlock_undone",
        "withdrawal_undone",
    ]
    .into_iter()
    .filter(|kind| !told.contains(*kind))
    .collect();
    assert_eq!(never, [""; 0]);
    for (what, sql) in SIGHTS {
        assert!(!lines(&db, sql).await.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn a_world_with_submissions_is_left_alone_when_only_an_empty_one_is_to_be_filled() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    assert!(is_empty(&db).await.unwrap());
    let files = tempfile::tempdir().unwrap();
    let files = files.path().display().to_string();
    let demo = ["demo", "--if-empty", "--submissions", "5", "--storage-url", &files];
    assert_eq!(answer(&database.url(), &demo), "Added 5 invented submissions.\n");
    assert_eq!(answer(&database.url(), &demo), "There are submissions already; nothing was added.\n");
    assert_eq!(lines(&db, "select name from contract_review").await.len(), 5);
}
