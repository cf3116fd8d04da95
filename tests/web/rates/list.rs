//! The list of rates: who sees which, in what order, page by page, and what addresses may ask for.

use crate::support::World;
use crate::walk::{keys, run, sorted, walk};

/// Five states whose names sort otherwise than their codes, with values that tie, blank ones, drafts and deleted drafts.
const MANY: &str = "
  set local session_replication_role = replica;
  insert into contract_review (id, state_code, number, kind, name, status, sent_revision, first_submitted_at, last_submitted_at,
                               last_activity_cms_at, last_activity_state_at)
    select md5(code)::uuid, code, 1, 'health_plan', 'MCR-' || code, 'submitted', 1, at, at, at, at
      from unnest(array['MN', 'AK', 'AL', 'TX', 'AS']) code, (select timestamptz '2026-03-01 12:00Z' as at) t;
  create temp table made on commit drop as
    select g, md5(g::text)::uuid as id, (array['MN', 'AK', 'AL', 'TX', 'AS', 'MN'])[1 + g % 6] as state_code, 1 + g / 6 as number,
           (enum_range(null::rate_review_status))[1 + (g * 3 + g / 7) % 5] as status,
           timestamptz '2026-03-01 12:00Z' + (g * 37 % 11) * interval '1 minute' as at
      from generate_series(0, 249) g;
  insert into rate_submission (id, rate_review_id, revision, contract_submission_id, rate_data, form_version, created_at, created_by)
    select gen_random_uuid(), id, 1, id, '{\"rate_type\": \"NEW\"}', 1, at, (select id from account limit 1) from made;
  insert into rate_review (id, state_code, number, name, status, parent_id, rating_from, rating_to, sent_revision, first_submitted_at,
                           last_submitted_at, last_activity_cms_at, last_activity_state_at, deleted_at)
    select id, state_code, number + case when g % 6 = 5 then 100 else 0 end, 'MCR-' || state_code, status, md5(state_code)::uuid,
           case when g % 5 > 0 then date '2026-01-01' + g * 13 % 9 end, case when g % 7 > 0 then date '2026-12-31' - g * 11 % 8 end,
           sent, at + sent * interval '1 hour', at + sent * interval '2 hours', at + sent * interval '3 hours', at,
           case when status = 'draft' and g % 3 = 0 then at end
      from (select *, case when status <> 'draft' then 1 end as sent from made) m;
  insert into rate_review_tally (state_code, status, part, reviews)
    select state_code, status, 0, count(*) from rate_review where deleted_at is null group by 1, 2";

/// The name of a sort in addresses, and the value it sorts by before the key, in plain SQL.
const CMS_SORTS: [(&str, &str); 9] = [
    ("rate", "0"),
    ("state", "s.name"),
    ("rating-from", "r.rating_from"),
    ("rating-to", "r.rating_to"),
    ("status", "r.status"),
    ("certified", "r.certified_on"),
    ("amendment", "r.amendment_from"),
    ("first-sent", "r.first_submitted_at"),
    ("last-activity", "r.last_activity_cms_at"),
];
const STATE_SORTS: [(&str, &str); 8] = [
    ("rate", "0"),
    ("rating-from", "r.rating_from"),
    ("rating-to", "r.rating_to"),
    ("status", "r.status"),
    ("certified", "r.certified_on"),
    ("amendment", "r.amendment_from"),
    ("first-sent", "r.first_submitted_at"),
    ("last-activity", "r.last_activity_state_at"),
];

/// A world with rates that went through the rules: of Minnesota MN-R0001, being reviewed, and MN-R0002, both sent with
/// the submission MN-0001; MN-R0003, which is in a draft; of Texas TX-R0001, sent.
async fn world_of_four() -> World {
    let world = World::start().await;
    run(&world, include_str!("../../database/fixture.sql")).await;
    run(
        &world,
        "select draft('one'), rate('new', 'one'), rate('amended', 'one', 2);
         update rate_submission set rate_data = '{\"rate_type\": \"NEW\"}' where id = key('new/1');
         update rate_submission set rate_data = '{\"rate_type\": \"AMENDMENT\"}' where id = key('amended/1');
         select send('one'), draft('two'), rate('unsent', 'two'), draft('other', 'TX'), rate('of texas', 'other'), send('other');
         update department_review set status = 'in_review' where id = rate_review_by('OACT', 'new');
         select tell('review_started', 'department_review', rate_review_by('OACT', 'new'), 'not_started');
         update rate_review set name = 'MCR-MN-PMAP-SNBC-20260101-20261231-CERTIFICATION', rating_from = '2026-01-01', rating_to = '2026-12-31'
          where id = key('new');
         set local session_replication_role = replica;
         update rate_review set first_submitted_at = '2026-03-10 15:00Z', last_activity_cms_at = '2026-03-10 16:00Z',
                last_activity_state_at = '2026-03-10 15:00Z' where status = 'submitted';
         set local session_replication_role = origin;
         insert into rate_review_program select key('new'), id from program where state_code = 'MN' and name in ('SNBC', 'PMAP')",
    )
    .await;
    world
}

#[tokio::test]
async fn pages_never_repeat_or_skip_a_rate_in_any_order_for_cms() {
    let world = World::start().await;
    run(&world, MANY).await;
    let sam = world.signed_in("sam.lee").await;
    for (filter, sql) in [
        ("status=any&size=50", "r.status <> 'draft'"),
        (
            "status=withdrawn,unlocked&state=AK,AL,MN&size=25",
            "r.status in ('withdrawn', 'unlocked') and r.state_code in ('AK', 'AL', 'MN')",
        ),
    ] {
        for (sort, value) in CMS_SORTS {
            for (sign, descending) in [("", false), ("-", true)] {
                let expected = sorted(&world, "rate_review", sql, value, descending).await;
                assert!(expected.len() > 25, "more than a page of 25");
                walk(&sam, &format!("/rates?{filter}&sort={sign}{sort}"), &expected).await;
            }
        }
    }
}

#[tokio::test]
async fn pages_never_repeat_or_skip_a_rate_in_any_order_for_a_state() {
    let world = World::start().await;
    run(&world, MANY).await;
    let maya = world.signed_in("maya.lindqvist").await;
    for (sort, value) in STATE_SORTS {
        for (sign, descending) in [("", false), ("-", true)] {
            let own = "r.state_code = 'MN' and r.status <> 'draft'";
            let expected = sorted(&world, "rate_review", own, value, descending).await;
            assert!(expected.len() > 50, "more than two pages");
            walk(&maya, &format!("/rates?sort={sign}{sort}&size=25"), &expected).await;
        }
    }
}

#[tokio::test]
async fn cms_sees_what_is_going_on_unless_it_asks_for_more() {
    let world = World::start().await;
    run(&world, MANY).await;
    let page = world.signed_in("sam.lee").await.get("/rates").await;
    let words = ["Submitted", "Unlocked", "Resubmitted"].map(|status| format!("Remove filter Status: {status}"));
    assert_eq!(page.texts(".chip"), words);
    let going_on = "r.status in ('submitted', 'unlocked', 'resubmitted')";
    let expected = sorted(&world, "rate_review", going_on, "r.last_activity_cms_at", true).await;
    assert_eq!(keys(&page), expected[..50]);
    assert_eq!(page.text(".results__count"), format!("{} rates", expected.len()));
    assert_eq!(page.link("Clear all").as_deref(), Some("/rates?status=any"));
}

#[tokio::test]
async fn a_row_tells_cms_where_each_department_stands() {
    let world = world_of_four().await;
    let page = world.signed_in("rita.olsen").await.get("/rates?sort=rate").await;
    let rows = page.table("3 rates");
    let cells: Vec<(&str, &str)> =
        rows[0].0.iter().map(|(heading, words)| (heading.as_str(), words.as_str())).collect();
    assert_eq!(
        cells,
        [
            ("Tick", "Select MN-R0001"),
            ("Rate", "MN-R0001MCR-MN-PMAP-SNBC-20260101-20261231-CERTIFICATION"),
            ("State", "Minnesota"),
            ("Programs", "PMAP, SNBC"),
            ("Type", "New"),
            ("Rating period from", "01/01/2026"),
            ("Rating period to", "12/31/2026"),
            ("Submission", "MN-0001"),
            ("Status", "Submitted"),
            ("DMCP", "Not started"),
            ("OACT", "In review"),
            ("Questions", ""),
            ("First sent", "03/10/2026 11:00 AM ET"),
            ("Last activity", "03/10/2026 12:00 PM ET"),
        ]
    );
    assert_eq!((rows[1].cell("Type"), rows[1].cell("Rating period from")), ("Amendment", ""));
    assert_eq!(
        page.attributes("tbody tr:first-child a:not(.tag)", "href"),
        ["/rates/MN-R0001", "/submissions/MN-0001"]
    );
}

#[tokio::test]
async fn a_state_sees_its_own_once_sent_and_nothing_of_departments() {
    let world = world_of_four().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get("/rates?sort=rate").await;
    assert_eq!(keys(&page), ["MN-R0001", "MN-R0002"]);
    let rows = page.table("2 rates");
    let headings: Vec<&str> = rows[0].0.iter().map(|(heading, _)| heading.as_str()).collect();
    assert_eq!(
        headings,
        [
            "Tick",
            "Rate",
            "Programs",
            "Type",
            "Rating period from",
            "Rating period to",
            "Submission",
            "Status",
            "Questions",
            "First sent",
            "Last activity"
        ]
    );
    assert_eq!(rows[0].cell("Last activity"), "03/10/2026 11:00 AM ET");
    for word in ["DMCP", "OACT", "Not started", "In review", "Texas"] {
        assert!(!page.reading().contains(word), "{word}: {}", page.reading());
    }
    assert_eq!(keys(&world.signed_in("elena.vargas").await.get("/rates").await), ["TX-R0001"]);
}

#[tokio::test]
async fn no_address_shows_a_draft_or_another_states_rate() {
    let world = world_of_four().await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    for unknown in ["status=draft", "status=submitted,draft", "sort=turn", "parent=MN-0002", "after=1.MN-R0002.1"] {
        for who in [&sam, &maya] {
            let page = who.get(&format!("/rates?{unknown}")).await;
            assert_eq!((page.status(), page.has("tbody")), (422, false), "{unknown}");
        }
    }
    for of_cms in ["state=TX", "state=MN", "sort=state"] {
        assert_eq!(maya.get(&format!("/rates?{of_cms}")).await.status(), 422, "{of_cms}");
    }
    // A cursor only says where to begin: neither a rate that may not be known, nor one of another state, shows by it.
    for place in ["after=MN-R0003", "before=MN-R0003", "before=TX-R0009", "after=AK-R0001", "before=ZZ-R9999"] {
        let page = maya.get(&format!("/rates?sort=rate&{place}")).await;
        assert!(keys(&page).iter().all(|key| ["MN-R0001", "MN-R0002"].contains(&key.as_str())), "{place}");
        let page = sam.get(&format!("/rates?sort=-rate&{place}")).await;
        assert!(!keys(&page).contains(&"MN-R0003".to_owned()), "{place}");
    }
    assert_eq!(sam.get("/rates?status=any").await.text(".results__count"), "3 rates");
}

#[tokio::test]
async fn what_the_list_does_not_have_is_said_and_never_shown_wider() {
    let world = world_of_four().await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/rates?status=submitted,approved&sort=rate").await;
    assert_eq!((page.status(), page.texts("main li")), (422, vec!["status “approved”".to_owned()]));
    assert!(page.title().starts_with("Not in this list – Rates"), "{}", page.title());
    assert!(page.reading().contains("the list of rates"), "{}", page.reading());
    let without = page.link("Show the list without it").unwrap();
    assert_eq!(without, "/rates?status=submitted&sort=rate");
    assert_eq!(keys(&sam.get(&without).await), ["MN-R0001", "MN-R0002", "TX-R0001"]);
}

#[tokio::test]
async fn filters_come_off_by_their_chips_and_htmx_gets_the_results_alone() {
    let world = world_of_four().await;
    let sam = world.signed_in("sam.lee").await;
    let part = sam.get_htmx("/rates?status=submitted&state=TX&state=MN&sort=-rate").await;
    assert_eq!((part.status(), part.has("#q"), part.has("h1")), (200, false, false));
    assert_eq!(part.attribute("#results", "data-announce").as_deref(), Some("3 results"));
    assert_eq!(part.text("#filter-number[data-hx-swap-oob]"), "3");
    let without = part.link("Remove filter State: Minnesota").unwrap();
    assert_eq!(without, "/rates?status=submitted&state=TX&sort=-rate");
    assert_eq!(keys(&sam.get(&without).await), ["TX-R0001"]);
    assert_eq!(sam.get(&without).await.text("th[aria-sort=descending]"), "Rate");
}

#[tokio::test]
async fn an_empty_list_says_what_to_do_next_and_the_navigation_leads_to_it() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get("/rates").await;
    assert_eq!(page.text("header a[aria-current=page]"), "Rates");
    assert_eq!(page.text(".empty h2"), "No rates yet");
    assert_eq!(page.link("Go to your submissions").as_deref(), Some("/submissions"));
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/rates").await;
    assert_eq!(page.text(".empty p"), "No rate fits these filters.");
    assert_eq!(sam.get("/rates?status=any").await.text(".empty h2"), "No rates yet");
}
