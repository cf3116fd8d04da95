//! The list of submissions: who sees which, in what order, page by page, and what addresses may ask for.

use crate::support::World;
use crate::walk::{keys, run, sorted, walk};

/// Five states whose names sort otherwise than their codes, with values that tie, blank ones, drafts and deleted drafts.
const MANY: &str = "
  set local session_replication_role = replica;
  create temp table made on commit drop as
    select g, md5(g::text)::uuid as id, (array['MN', 'AK', 'AL', 'TX', 'AS', 'MN'])[1 + g % 6] as state_code, 1 + g / 6 as number,
           (enum_range(null::contract_review_status))[1 + (g * 5 + g / 7) % 7] as status,
           timestamptz '2026-03-01 12:00Z' + (g * 37 % 11) * interval '1 minute' as at
      from generate_series(0, 199) g;
  insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by)
    select gen_random_uuid(), id, 1, jsonb_build_object('submission_type', 'CONTRACT_ONLY', 'dsnp_contract', case when g / 6 % 2 = 1 then g % 4 = 1 end), 1, at, (select id from account limit 1) from made;
  insert into contract_review (id, state_code, number, kind, name, status, effective_from, released_on, sent_revision, first_submitted_at,
                               last_submitted_at, last_activity_cms_at, last_activity_state_at, deleted_at)
    select id, state_code, number + case when g % 6 = 5 then 100 else 0 end, 'health_plan', 'MCR-' || state_code, status,
           case when g % 5 > 0 then date '2026-01-01' + g * 13 % 9 end, case when status = 'approved' then date '2026-03-01' end,
           sent, at + sent * interval '1 hour', at + sent * interval '2 hours', at + sent * interval '3 hours', at,
           case when status = 'draft' and g % 3 = 0 then at end
      from (select *, case when status <> 'draft' then 1 end as sent from made) m;
  insert into contract_review_tally (state_code, status, part, reviews)
    select state_code, status, 0, count(*) from contract_review where deleted_at is null group by 1, 2";

/// The name of a sort in addresses, and the value it sorts by before the key, in plain SQL.
const CMS_SORTS: [(&str, &str); 7] = [
    ("submission", "0"),
    ("state", "s.name"),
    ("status", "r.status"),
    ("first-sent", "r.first_submitted_at"),
    ("last-sent", "r.last_submitted_at"),
    ("last-activity", "r.last_activity_cms_at"),
    ("effective-from", "r.effective_from"),
];
const STATE_SORTS: [(&str, &str); 6] = [
    ("submission", "0"),
    ("status", "r.status"),
    ("first-sent", "r.first_submitted_at"),
    ("last-sent", "r.last_submitted_at"),
    ("last-activity", "r.last_activity_state_at"),
    ("effective-from", "r.effective_from"),
];

/// A world with submissions that went through the rules: `one` in review, `two` approved, `three` and, of Texas, `four`
/// drafts, `five` a deleted draft.
async fn world_of_five() -> World {
    let world = World::start().await;
    run(&world, include_str!("../database/fixture.sql")).await;
    run(
        &world,
        "select draft('one'), send('one'), start('one'), draft('two'), send('two'), start('two'), sign_off('two'), approve('two');
         select draft('three'), draft('four', 'TX'), draft('five'), delete_draft('five');
         update contract_review set effective_from = '2026-04-20' where id = key('one');
         set local session_replication_role = replica;
         update contract_review set first_submitted_at = '2026-03-10 15:00Z', last_submitted_at = '2026-03-10 15:00Z',
                last_activity_cms_at = '2026-03-10 16:00Z' where id in (key('one'), key('two'));
         set local session_replication_role = origin;
         insert into contract_review_program select key('one'), id from program where state_code = 'MN' and name in ('SNBC', 'PMAP')",
    )
    .await;
    world
}

#[tokio::test]
async fn pages_never_repeat_or_skip_a_row_in_any_order_for_cms() {
    let world = World::start().await;
    run(&world, MANY).await;
    let sam = world.signed_in("sam.lee").await;
    for (filter, sql) in [
        ("status=any&size=50", "r.status <> 'draft'"),
        (
            "status=approved,unlocked&state=AK,AL,MN&size=25",
            "r.status in ('approved', 'unlocked') and r.state_code in ('AK', 'AL', 'MN')",
        ),
        ("kind=health_plan&type=CONTRACT_ONLY&dsnp=yes,no&size=25", "r.status <> 'draft' and r.number % 2 = 0"),
    ] {
        for (sort, value) in CMS_SORTS {
            for (sign, descending) in [("", false), ("-", true)] {
                let expected = sorted(&world, "contract_review", sql, value, descending).await;
                assert!(expected.len() > 25, "more than a page of 25");
                walk(&sam, &format!("/submissions?{filter}&sort={sign}{sort}"), &expected).await;
            }
        }
    }
}

#[tokio::test]
async fn pages_never_repeat_or_skip_a_row_in_any_order_for_a_state() {
    let world = World::start().await;
    run(&world, MANY).await;
    let maya = world.signed_in("maya.lindqvist").await;
    for (sort, value) in STATE_SORTS {
        for (sign, descending) in [("", false), ("-", true)] {
            let expected = sorted(&world, "contract_review", "r.state_code = 'MN'", value, descending).await;
            assert!(expected.len() > 50, "more than two pages");
            walk(&maya, &format!("/submissions?sort={sign}{sort}&size=25"), &expected).await;
        }
    }
}

#[tokio::test]
async fn cms_sees_what_is_going_on_unless_it_asks_for_more_and_never_a_draft() {
    let world = world_of_five().await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/submissions").await;
    assert_eq!(keys(&page), ["MN-0001"]);
    assert_eq!(
        page.texts(".chip"),
        ["Submitted", "Unlocked", "Resubmitted"].map(|s| format!("Remove filter Status: {s}"))
    );
    assert_eq!(page.text("summary #filter-number"), "3");

    let all = page.link("Clear all").unwrap();
    let page = sam.get(&all).await;
    assert_eq!(keys(&page), ["MN-0002", "MN-0001"]);
    assert_eq!(page.text(".results__count"), "2 submissions");
    assert_eq!(sam.get("/submissions?status=draft").await.status(), 422);
}

#[tokio::test]
async fn a_row_tells_cms_how_far_each_department_is() {
    let world = world_of_five().await;
    let page = world.signed_in("rita.olsen").await.get("/submissions?status=any&sort=submission").await;
    let rows = page.table("2 submissions");
    let cells: Vec<(&str, &str)> =
        rows[0].0.iter().map(|(heading, words)| (heading.as_str(), words.as_str())).collect();
    assert_eq!(
        cells,
        [
            ("Tick", "Select MN-0001"),
            ("Submission", "MN-0001MCR-MN-0001"),
            ("State", "Minnesota"),
            ("Kind", "Health plan"),
            ("Submission type", ""),
            ("Programs", "PMAP, SNBC"),
            ("Status", "Submitted"),
            ("Turn", "CMS"),
            ("Questions", ""),
            ("Departments", "DMCO: 0 of 1 signed offIn review"),
            ("First sent", "03/10/2026 11:00 AM ET"),
            ("Last activity", "03/10/2026 12:00 PM ET"),
            ("Days to effective date", "in 41 days"),
        ]
    );
    assert_eq!(rows[1].cell("Departments"), "DMCO: 1 of 1 signed offSigned off on version 1 (closed)");
    assert_eq!(rows[1].cell("Turn"), "Nobody");
    assert_eq!(rows[1].cell("Days"), "");
}

#[tokio::test]
async fn departments_count_the_reviews_of_the_rates_that_belong_to_a_submission() {
    let world = World::start().await;
    run(&world, include_str!("../database/fixture.sql")).await;
    let decide = |called: &str| {
        format!(
            "update department_review set status = 'in_review' where id = rate_review_by('OACT', '{called}');
             select tell('review_started', 'department_review', rate_review_by('OACT', '{called}'), 'not_started');
             update department_review set status = 'signed_off', decision = 'signed_off', decided_revision = 1,
                    decided_by = person('sam.lee'), decided_at = now() where id = rate_review_by('OACT', '{called}');
             select tell('review_signed_off', 'department_review', rate_review_by('OACT', '{called}'), 'in_review');"
        )
    };
    run(
        &world,
        &format!(
            "select draft('one'), rate('a', 'one'), rate('b', 'one', 2), send('one');
             select draft('two'), put('a', 'two'), rate('c', 'two', 2), send('two'); {} {}",
            decide("a"),
            decide("c")
        ),
    )
    .await;
    let page = world.signed_in("sam.lee").await.get("/submissions?sort=submission").await;
    let rows = page.table("2 submissions");
    let own = "DMCO: 0 of 1 signed offNot startedDMCP: 0 of 2 signed offNot startedOACT: 1 of 2 signed offNot started";
    assert_eq!(rows[0].cell("Departments"), own);
    let linking = "DMCO: 0 of 1 signed offNot startedDMCP: 0 of 1 signed offNot startedOACT: 1 of 1 signed offSigned off on version 1";
    assert_eq!(rows[1].cell("Departments"), linking, "a linked rate is reviewed with its own submission");
}

#[tokio::test]
async fn a_state_sees_its_own_with_drafts_and_nothing_of_departments() {
    let world = world_of_five().await;
    let page = world.signed_in("maya.lindqvist").await.get("/submissions?sort=submission").await;
    let rows = page.table("3 submissions");
    let turns: Vec<_> = rows.iter().map(|row| (row.cell("Status"), row.cell("Turn"))).collect();
    assert_eq!(turns, [("Submitted", "With CMS since 03/10/2026"), ("Approved", "Nobody"), ("Draft", "With you")]);
    assert!(!page.reading().contains("DMCO") && !page.reading().contains("Signed off"), "{}", page.reading());
    assert_eq!(keys(&world.signed_in("elena.vargas").await.get("/submissions").await), ["TX-0001"]);
}

#[tokio::test]
async fn a_filter_is_taken_off_by_its_chip_and_a_header_sorts_what_is_filtered() {
    let world = world_of_five().await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/submissions?status=approved&state=MN,TX").await;
    let without = page.link("Remove filter State: Texas").unwrap();
    assert_eq!(without, "/submissions?status=approved&state=MN");
    let page = sam.get(&without).await;
    assert_eq!(page.attribute("th[aria-sort]", "aria-sort").as_deref(), Some("descending"));
    assert_eq!(page.text("th[aria-sort]"), "Last activity");
    let page = sam.get(&page.link("Submission").unwrap()).await;
    assert_eq!(page.text("th[aria-sort=ascending]"), "Submission");
    assert_eq!(keys(&page), ["MN-0002"]);
    assert_eq!(page.link("Submission").as_deref(), Some("/submissions?status=approved&state=MN&sort=-submission"));
}

#[tokio::test]
async fn what_the_list_does_not_have_is_said_and_never_shown_wider() {
    let world = world_of_five().await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/submissions?status=approved,done&sort=submission").await;
    assert_eq!((page.status(), page.texts("main li")), (422, vec!["status “done”".to_owned()]));
    let without = page.link("Show the list without it").unwrap();
    assert_eq!(keys(&sam.get(&without).await), ["MN-0002"]);

    let part = sam.get_htmx("/submissions?state=ZZ").await;
    assert_eq!((part.status(), part.has("h1"), part.has("#results")), (422, false, true));
    let maya = world.signed_in("maya.lindqvist").await;
    assert_eq!(maya.get("/submissions?state=TX").await.status(), 422);
}

#[tokio::test]
async fn htmx_gets_the_results_alone_with_their_number() {
    let world = world_of_five().await;
    let sam = world.signed_in("sam.lee").await;
    let part = sam.get_htmx("/submissions?status=submitted&status=approved&sort=submission&size=50").await;
    assert_eq!((part.status(), part.has("#q"), part.has("h1")), (200, false, false));
    assert_eq!(part.attribute("#results", "data-announce").as_deref(), Some("2 results"));
    assert_eq!(part.text("#filter-number[data-hx-swap-oob]"), "2");
    assert_eq!(keys(&part), ["MN-0001", "MN-0002"]);
}

#[tokio::test]
async fn an_empty_list_says_what_to_do_next() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get("/submissions").await;
    assert_eq!(page.text(".empty h2"), "No submissions yet");
    assert_eq!(page.attribute(".empty a", "href").as_deref(), Some("/submissions/new"));
    let page = maya.get("/submissions?status=approved").await;
    assert_eq!(page.text(".empty h2"), "Nothing matches");
    assert_eq!(page.text(".empty a"), "Clear all");
    let page = world.signed_in("sam.lee").await.get("/submissions?status=any&after=1796000000123456.MN-0005").await;
    assert_eq!(
        (page.text(".empty h2"), page.text(".empty a")),
        ("Nothing more here".to_owned(), "First page".to_owned())
    );
}
