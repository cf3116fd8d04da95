//! The filters of the lists: each brings exactly what plain SQL says, alone and with others, in number and in rows, for
//! both sides; and the columns that somebody chose.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

use crate::support::{Browser, World};
use crate::walk::{keys, run, sorted, walk};

/// Two hundred submissions of four states as they could have come to be, with reviews, rounds, programs and corrections.
pub const MANY: &str = "
  set local session_replication_role = replica;
  create temp table made on commit drop as
    select g, md5(g::text)::uuid as id, (array['MN', 'AK', 'AL', 'TX'])[1 + g % 4] as state_code, 1 + g / 4 as number,
           (enum_range(null::contract_review_status))[1 + (g * 5 + g / 7) % 7] as status,
           timestamptz '2026-03-01 04:30Z' + (g * 37 % 11) * interval '1 day' as at
      from generate_series(0, 199) g;
  insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by,
                                   submitted_at, submitted_by, submit_reason, led_to, unlocked_at, unlocked_by, unlock_reason)
    select md5('v' || g || revision)::uuid, id, revision, jsonb_build_object(
             'submission_type', (array['CONTRACT_ONLY', 'CONTRACT_AND_RATES'])[1 + (g + revision) % 2],
             'contract_type', (array['BASE', 'AMENDMENT'])[1 + g / 3 % 2],
             'population_covered', (array['MEDICAID', 'MEDICAID_AND_CHIP', 'CHIP'])[1 + g % 3],
             'dsnp_contract', case when g % 5 > 0 then g % 2 = 0 end), 1, at, (select id from account limit 1),
           case when sent then at end, case when sent then (select id from account limit 1) end, case when sent then 'Sent' end,
           case when sent then 'submitted'::contract_review_status end,
           case revision when 2 then at end, case revision when 2 then (select id from account limit 1) end, case revision when 2 then 'Wrong file' end
      from made, generate_series(1, 2) revision,
           lateral (select status not in ('draft', 'unlocked') or status = 'unlocked' and revision = 1 as sent) was
     where revision = 1 or status = 'unlocked';
  insert into contract_review (id, state_code, number, kind, name, status, mccrs_number, effective_from, released_on, sent_revision,
                               first_submitted_at, last_submitted_at, last_activity_cms_at, last_activity_state_at)
    select id, state_code, number, case when g % 9 = 0 then 'eqro' else 'health_plan' end::submission_kind, 'MCR-' || state_code, status,
           case when sent = 1 and g % 4 = 1 then '7' end,
           case when g % 5 > 0 then date '2026-01-01' + g * 13 % 9 end, case when status = 'approved' then date '2026-03-01' end,
           sent, at + sent * interval '1 hour', at + sent * interval '2 hours', at + sent * interval '3 hours', at
      from (select *, case when status <> 'draft' then 1 end as sent from made) m;
  insert into contract_review_tally (state_code, status, part, reviews)
    select state_code, status, 0, count(*) from contract_review group by 1, 2;
  insert into contract_review_program (contract_review_id, program_id)
    select made.id, p.id from made join (select *, row_number() over (partition by state_code order by name) as nth from program) p
      on p.state_code = made.state_code and (p.nth = 1 + made.g % 3 or made.g % 7 = 0 and p.nth = 1);
  insert into department_review (id, contract_review_id, department, status, status_since, status_before, decision, decision_note,
                                 decided_revision, decided_by, decided_at, primary_reviewer_id)
    select gen_random_uuid(), id, 'DMCO', (enum_range(null::department_review_status))[1 + g % 5], at,
           case when g % 5 = 2 then 'in_review'::department_review_status end,
           case g % 5 when 3 then 'signed_off'::department_decision when 4 then 'objection' end, case when g % 5 > 2 then 'So' end,
           case when g % 5 > 2 then 1 end, case when g % 5 > 2 then (select id from account limit 1) end, case when g % 5 > 2 then at end,
           case g % 3 when 1 then (select id from account where email like 'sam.lee@%') when 2 then (select id from account where email like 'dana.ruiz@%') end
      from made where status not in ('draft', 'not_subject_to_review');
  insert into review_standing select * from review_standing_made;
  insert into question (id, contract_review_id, department, round, status, text, revision, asked_at, asked_by, closed_at, closed_by, closed_because)
    select gen_random_uuid(), id, 'DMCO', 1, (enum_range(null::round_status))[1 + g % 3], 'Why?', 1, at, (select id from account limit 1),
           case when g % 3 = 2 then at end, case when g % 3 = 2 then (select id from account limit 1) end,
           case when g % 3 = 2 then 'done'::round_closing end
      from made where status in ('submitted', 'resubmitted', 'unlocked') and g % 2 = 0;
  insert into state_assignment (state_code, account_id) select s, id from account, unnest(array['AK', 'TX']) s where email like 'sam.lee@%'
    on conflict do nothing;
  insert into correction (id, contract_review_id, revision, what, contract_action, reason, made_at, made_by)
    select gen_random_uuid(), id, 1, 'contract_action', 'BASE', 'Wrong tick', at, (select id from account limit 1)
      from made where g % 10 = 3 and status = 'submitted'";

/// Filters that are in force together: each as an address has it, and what it means in plain SQL of `r`, `v` being the
/// version that the side sees.
pub type Set = Vec<(&'static str, &'static str)>;

/// What both sides filter by.
const BOTH: &[(&str, &str)] = &[
    ("status=submitted,unlocked", "r.status in ('submitted', 'unlocked')"),
    ("kind=eqro", "r.kind = 'eqro'"),
    ("type=CONTRACT_AND_RATES", "v.contract_data ->> 'submission_type' = 'CONTRACT_AND_RATES'"),
    (
        "action=BASE",
        "coalesce((select contract_action from correction where contract_review_id = r.id and revision = v.revision),
                  v.contract_data ->> 'contract_type') = 'BASE'",
    ),
    ("population=CHIP,MEDICAID", "v.contract_data ->> 'population_covered' in ('CHIP', 'MEDICAID')"),
    ("dsnp=yes", "(v.contract_data ->> 'dsnp_contract')::bool"),
    ("dsnp=no", "not (v.contract_data ->> 'dsnp_contract')::bool"),
    ("questions=open", "exists (select from question where contract_review_id = r.id and status = 'open')"),
    (
        "questions=answered,none",
        "not exists (select from question where contract_review_id = r.id and status = 'open')",
    ),
    ("effective-from=01/03/2026&effective-to=2026-01-06", "r.effective_from between '2026-01-03' and '2026-01-06'"),
    ("first-sent-to=3/4/2026", "(r.first_submitted_at at time zone 'America/New_York')::date <= date '2026-03-04'"),
];
/// The turn, as CMS filters by it and as a state does: the one goes by what departments decided, the other must not.
const TURN_OF_CMS: &[(&str, &str)] = &[
    ("turn=state", "(select turn from contract_review_turn t where t.contract_review_id = r.id) = 'state'"),
    (
        "turn=state,both",
        "(select turn from contract_review_turn t where t.contract_review_id = r.id) in ('state', 'both')",
    ),
    ("turn=cms", "(select turn from contract_review_turn t where t.contract_review_id = r.id) = 'cms'"),
];
const TURN_OF_STATE: &[(&str, &str)] = &[
    ("turn=state", "r.status in ('draft', 'unlocked')"),
    (
        "turn=state,both",
        "(select turn_for_state from contract_review_turn t where t.contract_review_id = r.id) in ('state', 'both')",
    ),
    ("turn=cms", "(select turn_for_state from contract_review_turn t where t.contract_review_id = r.id) = 'cms'"),
];
/// What CMS alone filters by.
const CMS: &[(&str, &str)] = &[
    ("state=AL,MN", "r.state_code in ('AL', 'MN')"),
    (
        "dmco=signed_off,objection",
        "exists (select from department_review d where d.contract_review_id = r.id and d.status in ('signed_off', 'objection'))",
    ),
    ("oact=in_review", "false"),
    (
        "reviewer=me",
        "exists (select from department_review d join account a on a.id = d.primary_reviewer_id where d.contract_review_id = r.id and a.email like 'sam.lee@%')",
    ),
    (
        "reviewer=nobody",
        "exists (select from department_review d where d.contract_review_id = r.id and d.primary_reviewer_id is null)",
    ),
    (
        "follows=yes",
        "exists (select from state_assignment f join account a on a.id = f.account_id where f.state_code = r.state_code and a.email like 'sam.lee@%')",
    ),
    ("mccrs=yes", "r.mccrs_number is not null"),
    ("mccrs=no", "r.mccrs_number is null"),
    (
        "last-activity-from=2026-03-03&last-activity-to=2026-03-06",
        "(r.last_activity_cms_at at time zone 'America/New_York')::date between '2026-03-03' and '2026-03-06'",
    ),
];

/// What a side can see of a list, in plain SQL: the rows `r` with the version that the filters speak of.
pub fn seen(filters: &[(&str, &str)], visible: &str, latest: &str) -> String {
    let wanted: Vec<String> = filters.iter().map(|(_, sql)| format!("({sql})")).collect();
    let wanted = if wanted.is_empty() { "true".to_owned() } else { wanted.join(" and ") };
    format!(
        "{visible} and exists (select from contract_submission v where v.contract_review_id = r.id and v.revision = {latest} and {wanted})"
    )
}

fn address(filters: &[(&str, &str)], sort: &str) -> String {
    let query: Vec<&str> = filters.iter().map(|(query, _)| *query).collect();
    format!("/submissions?{}&size=25&sort={sort}", query.join("&"))
}

/// The rows of the list as a file.
async fn file_rows(browser: &Browser, address: &str) -> usize {
    let file = browser.get(&address.replacen('?', ".csv?", 1)).await;
    assert_eq!(file.status(), 200, "{address}");
    String::from_utf8(file.body().to_vec()).expect("text").lines().count() - 1
}

/// Each filter alone, and so many random sets of two and three.
pub fn and_some_together(filters: &[(&'static str, &'static str)], some: usize) -> Vec<Set> {
    let mut sets: Vec<Set> = filters.iter().map(|filter| vec![*filter]).collect();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let together = proptest::sample::subsequence(filters.to_vec(), 2..=3);
    for _ in 0..some {
        let set = together.new_tree(&mut runner).expect("some filters").current();
        // A parameter stands once.
        let mut names: Vec<&str> = set.iter().map(|(query, _)| query.split('=').next().unwrap_or_default()).collect();
        names.dedup();
        if names.len() == set.len() {
            sets.push(set);
        }
    }
    sets
}

async fn every_filter_alone_and_some_together(
    world: &World,
    browser: &Browser,
    filters: &[(&'static str, &'static str)],
    visible: &str,
    latest: &str,
) {
    let sets = and_some_together(filters, 25);
    for (at, set) in sets.iter().enumerate() {
        let sql = seen(set, visible, latest);
        let (sort, value) =
            [("-first-sent", "r.first_submitted_at"), ("status", "r.status"), ("-submission", "0")][at % 3];
        let expected = sorted(world, "contract_review", &sql, value, sort.starts_with('-')).await;
        let address = address(set, sort);
        if expected.is_empty() {
            assert_eq!(browser.get(&address).await.text(".empty h2"), "Nothing matches", "{address}");
        } else {
            walk(browser, &address, &expected).await;
        }
        assert_eq!(file_rows(browser, &address).await, expected.len(), "{address}");
    }
}

#[tokio::test]
async fn cms_finds_with_every_filter_exactly_what_plain_sql_finds() {
    let world = World::start().await;
    run(&world, MANY).await;
    let sam = world.signed_in("sam.lee").await;
    let filters = [BOTH, TURN_OF_CMS, CMS].concat();
    let visible = "r.status <> 'draft'";
    every_filter_alone_and_some_together(&world, &sam, &filters, visible, "r.sent_revision").await;
}

#[tokio::test]
async fn a_state_finds_with_every_filter_its_own_alone_as_it_is_writing_it() {
    let world = World::start().await;
    run(&world, MANY).await;
    let maya = world.signed_in("maya.lindqvist").await;
    let latest = "(select max(revision) from contract_submission l where l.contract_review_id = r.id)";
    every_filter_alone_and_some_together(&world, &maya, &[BOTH, TURN_OF_STATE].concat(), "r.state_code = 'MN'", latest)
        .await;
    for (query, _) in CMS.iter().filter(|(query, _)| !query.starts_with("last-activity")) {
        assert_eq!(maya.get(&format!("/submissions?{query}")).await.status(), 422, "{query} is no filter of a state");
    }
}

#[tokio::test]
async fn a_program_of_another_state_is_unknown_to_a_state_and_found_by_cms() {
    let world = World::start().await;
    run(&world, MANY).await;
    let program = |state: &str| {
        let sql = format!("select id::text from program where state_code = '{state}' order by name limit 1");
        let db = world.db.clone();
        async move { sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql)).fetch_one(&db).await.expect("a program") }
    };
    let (own, other) = (program("MN").await, program("TX").await);
    let maya = world.signed_in("maya.lindqvist").await;
    assert_eq!(maya.get(&format!("/submissions?program={other}")).await.status(), 422);
    assert!(!maya.get("/submissions").await.reading().contains(&other));
    let sql = |program: &str| {
        format!("r.id in (select contract_review_id from contract_review_program where program_id = '{program}')")
    };
    let expected = sorted(&world, "contract_review", &sql(&own), "r.last_activity_state_at", true).await;
    walk(&maya, &format!("/submissions?program={own}"), &expected).await;
    let visible = format!("r.status <> 'draft' and {}", sql(&other));
    let expected = sorted(&world, "contract_review", &visible, "r.last_activity_cms_at", true).await;
    walk(&world.signed_in("sam.lee").await, &format!("/submissions?program={other}"), &expected).await;
}

#[tokio::test]
async fn every_filter_in_force_has_a_chip_and_a_half_typed_day_shows_nothing() {
    let world = World::start().await;
    run(&world, MANY).await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/submissions?kind=eqro&reviewer=me,nobody&effective-from=1/2/2026").await;
    let chips = page.texts(".chip");
    let expected = ["Kind: EQRO", "Reviewer: Me", "Reviewer: Nobody", "Effective date from: 01/02/2026"]
        .map(|chip| format!("Remove filter {chip}"));
    assert_eq!(chips, expected);
    assert_eq!(page.text("#filter-number"), "4");
    let without = page.link("Remove filter Reviewer: Me").unwrap();
    assert_eq!(without, "/submissions?status=any&kind=eqro&reviewer=nobody&effective-from=2026-01-02");
    let refused = sam.get("/submissions?kind=eqro&effective-from=02/30/2026").await;
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.texts("main li"), ["effective date from “02/30/2026”"]);
    assert_eq!(keys(&refused), Vec::<String>::new());
    assert_eq!(refused.link("Show the list without it").unwrap(), "/submissions?status=any&kind=eqro");
}

#[tokio::test]
async fn chosen_columns_are_shown_exported_and_remembered_for_their_list_and_person() {
    let world = World::start().await;
    run(&world, MANY).await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/submissions?status=approved").await;
    let before = page.texts("thead th");
    let token = page.attribute(".filters--columns input[name=csrf]", "value").unwrap();
    let query = page.attribute(".filters--columns input[name=query]", "value").unwrap();
    let wish = async |deed: &str, cols: &[&str]| {
        let mut fields = vec![("csrf", token.as_str()), ("query", query.as_str()), ("do", deed)];
        fields.extend(cols.iter().map(|name| ("cols", *name)));
        sam.post("/submissions", &fields).await
    };
    let chosen = [
        "mccrs",
        "turn",
        "action",
        "primaries",
        "dsnp",
        "population",
        "version",
        "execution",
        "rates",
        "last-sent",
        "effective",
    ];
    let answer = wish("choose", &chosen).await;
    assert_eq!(answer.status(), 303);
    let there = answer.header("location").expect("back to the list").to_owned();
    let shown = [
        "Tick",
        "Submission",
        "Contract action",
        "Population",
        "Turn",
        "Primary reviewers",
        "Version",
        "Last sent",
        "Effective from",
        "Rates",
        "D-SNP",
        "Contract status",
        "MC-CRS number",
    ];
    let page = sam.get(&there).await;
    assert_eq!(page.texts("thead th"), shown);
    let rows = page.table(&page.text(".results__count"));
    let seven = rows.iter().find(|row| row.cell("MC-CRS") == "7").expect("one has a number");
    assert!(seven.cell("Primary reviewers").starts_with("DMCO: "), "{}", seven.cell("Primary reviewers"));
    assert_eq!(sam.get("/submissions").await.texts("thead th"), shown, "remembered");
    assert_eq!(
        sam.get("/submissions?status=any&cols=status").await.texts("thead th"),
        ["Tick", "Submission", "Status"]
    );
    let file = sam.get("/submissions.csv?status=approved").await;
    let text = String::from_utf8(file.body().to_vec()).unwrap();
    assert!(text.lines().next().unwrap().ends_with("Contract status,MC-CRS number"), "{text}");

    assert_eq!(world.signed_in("dana.ruiz").await.get("/submissions").await.texts("thead th"), before, "another's");
    assert_ne!(sam.get("/rates").await.texts("thead th"), shown, "of another list");
    assert_eq!(wish("choose", &["salary"]).await.status(), 422);
    let answer = wish("reset", &[]).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(sam.get("/submissions").await.texts("thead th"), before);
}
