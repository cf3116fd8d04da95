//! The search of the lists: what it finds and where, what it says when nothing matches, and that nobody finds what they
//! may not see, not even by the number of results.

use crate::list_filters::MANY;
use crate::support::{Browser, World};
use crate::walk::{keys, run, sorted, walk};
use serde_json::json;

/// A world of words: a submission of Minnesota with a rate, asked about; a draft of Minnesota; a submission of Texas with a
/// note inside CMS.
async fn world_of_words() -> World {
    let world = World::start().await;
    let described = |words: &str| json!({ "submission_description": words });
    let (asked, _) = world.sent_with_rate("maya.lindqvist").await;
    world.ask("sam.lee", &asked, None).await;
    world.sent_with("elena.vargas", &described("Rebalances the quokka pool of the panhandle")).await;
    world.drafted_with("maya.lindqvist", &described("Unfinished wallaby plan")).await;
    world.sent_with("maya.lindqvist", &described("Extends the quokka pool")).await;
    let sam = world.signed_in("sam.lee").await;
    let form = sam.get("/submissions/TX-0001/notes").await;
    let token = form.attribute("main input[name=csrf]", "value").unwrap();
    let id = form.attribute("main input[name=id]", "value").unwrap();
    let note = [("csrf", token.as_str()), ("id", id.as_str()), ("text", "A bandicoot was mentioned by phone")];
    assert_eq!(sam.post("/submissions/TX-0001/notes", &note).await.status(), 303);
    world
}

/// How many rows a list says it has, whatever it has.
async fn number(browser: &Browser, address: &str) -> String {
    let page = browser.get(address).await;
    assert_eq!(page.status(), 200, "{address}");
    let count = page.text(".results__count");
    let rows = keys(&page).len();
    assert!(count.starts_with(&format!("{rows} ")), "{address}: {count} for {rows} rows");
    let announced = page.attribute("#results", "data-announce").unwrap();
    assert!(announced.starts_with(&format!("{rows} ")), "{address}: {announced}");
    count
}

#[tokio::test]
async fn every_word_must_match_and_what_is_not_in_the_name_says_where_it_stands() {
    let world = world_of_words().await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/submissions?q=quokka&sort=submission").await;
    assert_eq!(keys(&page), ["MN-0003", "TX-0001"]);
    assert_eq!(page.texts("tbody .found"), ["Found in: the description", "Found in: the description"]);
    assert_eq!(page.texts(".chip"), ["Remove filter Search: quokka"]);
    assert_eq!(page.attribute("#q", "value").as_deref(), Some("quokka"));
    assert_eq!(keys(&sam.get("/submissions?q=QUOK+panhandle").await), ["TX-0001"]);
    for key in ["MN-3", "mn-0003", "MN-0003"] {
        let page = sam.get(&format!("/submissions?q={key}")).await;
        assert_eq!((keys(&page), page.texts("tbody .found")), (vec!["MN-0003".to_owned()], Vec::new()), "{key}");
    }
    let page = sam.get("/submissions?q=bandicoot").await;
    assert_eq!(
        (keys(&page), page.texts("tbody .found")),
        (vec!["TX-0001".to_owned()], vec!["Found in: a note".to_owned()])
    );
    assert_eq!(keys(&sam.get("/submissions?q=quokka&state=MN").await), ["MN-0003"], "with a filter");
    let file = sam.get("/submissions.csv?q=quokka").await;
    assert_eq!(String::from_utf8(file.body().to_vec()).unwrap().lines().count(), 3);
}

#[tokio::test]
async fn a_word_that_is_nearly_spelled_so_is_found_and_said() {
    let world = world_of_words().await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/submissions?q=quoka&sort=submission").await;
    assert_eq!(keys(&page), ["MN-0003", "TX-0001"]);
    assert_eq!(page.texts(".results__said"), ["Nothing matches “quoka”. Shown is what matches “quokka”."]);
    assert_eq!(page.text(".results__count"), "2 submissions");
    let file = sam.get("/submissions.csv?q=quoka").await;
    assert_eq!(String::from_utf8(file.body().to_vec()).unwrap().lines().count(), 3, "the file is what the page shows");

    let page = sam.get("/submissions?q=quoka+panhandel+pool").await;
    assert_eq!(keys(&page), ["TX-0001"], "every word must match");
    let said = "Nothing matches “quoka panhandel pool”. Shown is what matches “quokka” and “panhandle” and “pool”.";
    assert_eq!(page.texts(".results__said"), [said]);

    let page = sam.get("/submissions?q=zzyzx&state=TX").await;
    assert_eq!(page.text(".empty h2"), "Nothing matches “zzyzx”");
    assert!(page.text(".empty").contains("Without the search the list has 1 submission."), "{}", page.text(".empty"));
    assert_eq!(page.attribute(".empty a", "href").as_deref(), Some("/submissions?status=any&state=TX"));
}

#[tokio::test]
async fn a_whole_key_or_name_that_is_sent_leads_to_its_page() {
    let world = world_of_words().await;
    let approved = world.approved("maya.lindqvist", "sam.lee", "dana.ruiz").await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let rate_row = sam.get("/rates").await;
    let (rate, rate_name) = (keys(&rate_row).remove(0), rate_row.text("tbody th .sub"));
    let key = &approved.key;
    let (state, number) = key.split_once('-').unwrap();
    let short = format!("{}-{}", state.to_lowercase(), number.trim_start_matches('0'));
    let name = sam.get(&format!("/submissions/{key}")).await.text("h1");
    assert!(name.starts_with("MCR-"), "{name}");
    let page = format!("/submissions/{key}");
    let encoded = |typed: &str| typed.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    for typed in [short.as_str(), key, &name, &name.to_lowercase(), &format!("  {key} ")] {
        for list in ["submissions", "rates"] {
            // A key of a submission is none of a rate.
            let form = format!("/{list}?usual=status&q={}&go=yes", encoded(typed));
            if list == "rates" && typed.trim().parse::<mc_review::domain::key::RateKey>().is_ok() {
                continue;
            }
            assert_eq!(sam.get(&form).await.location(), page, "{form}");
        }
    }
    let form = format!("/submissions?q={short}&go=yes");
    let part = sam.get_htmx(&form).await;
    assert_eq!((part.status(), part.header("hx-redirect")), (200, Some(page.as_str())));
    for typed in [&rate, &rate_name] {
        let answer = sam.get(&format!("/rates?q={}&go=yes", encoded(typed))).await;
        assert_eq!(answer.location(), format!("/rates/{rate}"), "{typed}");
    }
    assert_eq!(
        sam.get(&format!("/submissions?q={}&go=yes", encoded(&rate_name))).await.location(),
        format!("/rates/{rate}")
    );
    // While it is typed nothing is led to, and what somebody may not see does not exist.
    assert_eq!(keys(&sam.get(&format!("/submissions?q={short}")).await), [key.as_str()]);
    for (browser, typed) in
        [(&maya, "TX-1"), (&sam, "MN-2"), (&sam, "MN-99"), (&sam, "MCR-MN-0099-PMAP"), (&sam, "quokka")]
    {
        assert_eq!(browser.get(&format!("/submissions?q={typed}&go=yes")).await.status(), 200, "{typed}");
    }
}

#[tokio::test]
async fn a_search_looks_in_all_statuses_unless_some_were_chosen_and_says_what_others_hold() {
    let world = world_of_words().await;
    let story = world.sent_with("maya.lindqvist", &json!({ "submission_description": "Ends the numbat pool" })).await;
    world.withdraw("kim.ode", &story).await;
    let sam = world.signed_in("sam.lee").await;
    let bare = sam.get("/submissions").await;
    assert!(bare.has("form[role=search], [role=search]") && !bare.has("header [role=search]"), "one box");
    assert!(sam.get("/help").await.has("header form[role=search][action='/submissions'] input[name=q]"));
    let found = bare.form("Search").set("q", "numbat").press("Search").await;
    assert_eq!(keys(&found), [story.key.as_str()]);
    assert_eq!(found.texts(".chip"), ["Remove filter Status: all, for this search", "Remove filter Search: numbat"]);
    assert_eq!(found.texts("input[name=status][checked]").len(), 3, "the form still says what is usual");

    let narrow = sam.get(&found.link("Remove filter Status: all, for this search").unwrap()).await;
    assert_eq!(keys(&narrow), [""; 0]);
    assert_eq!(narrow.text(".empty h2"), "Nothing matches “numbat”");
    assert!(narrow.text(".empty").contains("1 submission matches in other statuses."), "{}", narrow.text(".empty"));
    assert_eq!(keys(&sam.get(&narrow.link("Show them").unwrap()).await), [story.key.as_str()]);

    let elsewhere = sam.get("/submissions?state=TX&q=numbat").await;
    assert!(elsewhere.text(".empty").contains("1 submission matches without these filters."));
    assert_eq!(keys(&sam.get(&elsewhere.link("Show them").unwrap()).await), [story.key.as_str()]);
    let nothing = sam.get("/submissions?state=KY").await;
    assert!(nothing.text(".empty").contains("match without these filters."), "{}", nothing.text(".empty"));
}

#[tokio::test]
async fn a_range_of_days_that_ends_before_it_begins_is_said_at_its_fields() {
    let world = world_of_words().await;
    let sam = world.signed_in("sam.lee").await;
    let crossed = "/submissions?first-sent-from=2026-03-05&first-sent-to=2026-03-01";
    let said = "The first day is after the last. Change one of them.";
    let page = sam.get(crossed).await;
    assert_eq!((page.status(), page.text("#first-sent-error").as_str()), (422, said));
    assert_eq!(page.text(".empty h2"), "First sent: 03/05/2026 is after 03/01/2026");
    for field in ["first-sent-from", "first-sent-to"] {
        assert_eq!(page.attribute(&format!("#{field}"), "aria-invalid").as_deref(), Some("true"));
        assert_eq!(page.attribute(&format!("#{field}"), "aria-describedby").as_deref(), Some("first-sent-error"));
    }
    assert_eq!(page.attribute("#first-sent-from", "value").as_deref(), Some("2026-03-05"), "it comes back as it was");
    assert!(page.has("details.filters[open] details.filters__group[open] #first-sent-error"));
    let part = sam.get_htmx(crossed).await;
    assert_eq!((part.status(), part.text("#first-sent-error[data-hx-swap-oob]").as_str()), (422, said));
    let fine = sam.get_htmx("/submissions?first-sent-from=2026-03-01&first-sent-to=2026-03-05").await;
    assert_eq!((fine.status(), fine.text("#first-sent-error[data-hx-swap-oob]").as_str()), (200, ""));
    assert_eq!(sam.get(&crossed.replace("submissions?", "submissions.csv?")).await.status(), 422);
}

#[tokio::test]
async fn a_search_that_is_typed_on_is_one_step_of_the_history() {
    let world = world_of_words().await;
    let sam = world.signed_in("sam.lee").await;
    let typed = async |from: &str, to: &str| {
        let part = sam.get_htmx_from(from, to).await;
        (part.header("hx-push-url").map(str::to_owned), part.header("hx-replace-url").map(str::to_owned))
    };
    let usual = "usual=status&status=submitted,resubmitted,unlocked";
    let (m, mn) = ("/submissions?usual=status&q=q", "/submissions?usual=status&q=qu");
    assert_eq!(typed("/submissions", &format!("/submissions?{usual}&q=q")).await, (Some(m.to_owned()), None));
    assert_eq!(typed(m, &format!("/submissions?{usual}&q=qu")).await, (None, Some(mn.to_owned())));
    assert_eq!(typed(mn, &format!("/submissions?{usual}&q=q")).await, (None, Some(m.to_owned())));
    let (pushed, replaced) = typed(mn, "/submissions?status=submitted&q=qu").await;
    assert_eq!((pushed.as_deref(), replaced), (Some("/submissions?status=submitted&q=qu"), None), "another filter");
}

#[tokio::test]
async fn what_is_no_word_is_refused_and_nothing_typed_means_anything_to_the_database() {
    let world = world_of_words().await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/submissions?q=%25%26").await;
    assert_eq!((page.status(), page.texts("main li")), (422, vec!["word in “%&”".to_owned()]));
    assert_eq!(sam.get("/submissions?q=+").await.status(), 200, "an empty field asks for nothing");
    for typed in ["'; drop table event; --", "quokka:* | !x", "(((", "a'b\\", "<script>alert(1)</script>", "\u{202e}x"]
    {
        let encoded: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for list in ["submissions", "rates"] {
            let status = sam.get(&format!("/{list}?q={encoded}")).await.status();
            assert!([200, 422].contains(&status), "{typed}: {status}");
        }
    }
    let many = vec!["quokka"; 20].join("+");
    assert_eq!(keys(&sam.get(&format!("/submissions?q={many}&sort=submission")).await), ["MN-0003", "TX-0001"]);
}

#[tokio::test]
async fn a_state_finds_nothing_of_others_of_cms_or_of_drafts_and_cms_nothing_of_drafts() {
    let world = world_of_words().await;
    let (maya, elena, rita) = (
        world.signed_in("maya.lindqvist").await,
        world.signed_in("elena.vargas").await,
        world.signed_in("rita.olsen").await,
    );
    assert_eq!(keys(&maya.get("/submissions?q=wallaby").await), ["MN-0002"], "one's own draft");
    assert_eq!(keys(&maya.get("/submissions?q=quokka").await), ["MN-0003"]);
    assert_eq!(keys(&elena.get("/submissions?q=quokka").await), ["TX-0001"]);
    let nothing = [
        (&maya, "panhandle"),
        (&maya, "bandicoot"),
        (&maya, "TX-1"),
        (&maya, "vargas"),
        (&maya, "sam+lee+remark"),
        (&elena, "bandicoot"),
        (&elena, "wallaby"),
        (&elena, "MN-3"),
        (&rita, "wallaby"),
        (&rita, "walaby"),
        (&maya, "bandicot"),
        (&elena, "wallabi"),
    ];
    for (person, words) in nothing {
        for list in ["submissions", "rates"] {
            let address = format!("/{list}?q={words}");
            let page = person.get(&address).await;
            assert_eq!((page.status(), keys(&page)), (200, Vec::new()), "{address}");
            assert_eq!(page.texts(".results__said"), Vec::<String>::new(), "{address}: no spelling is given away");
            assert!(number(person, &address).await.starts_with("0 "), "{address}");
        }
    }
}

#[tokio::test]
async fn what_a_search_finds_is_counted_and_put_in_order_as_the_list_without_it() {
    let world = World::start().await;
    run(&world, MANY).await;
    run(&world, "select search_refresh(ids, ids) from (select array(select id from contract_review)) many (ids)").await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let orders =
        [("submission", "0"), ("state", "s.name"), ("status", "r.status"), ("first-sent", "r.first_submitted_at")];
    for (sort, value) in
        orders.into_iter().chain([("effective-from", "r.effective_from"), ("last-activity", "r.last_activity_cms_at")])
    {
        for (query, wanted) in [
            ("status=any", "r.status <> 'draft'"),
            (
                "status=approved,unlocked&state=AK,MN",
                "r.status in ('approved', 'unlocked') and r.state_code in ('AK', 'MN')",
            ),
        ] {
            for (descending, sign) in [(false, ""), (true, "-")] {
                let expected = sorted(&world, "contract_review", wanted, value, descending).await;
                walk(&sam, &format!("/submissions?{query}&q=mcr&size=25&sort={sign}{sort}"), &expected).await;
            }
        }
    }
    let expected = sorted(&world, "contract_review", "r.state_code = 'MN'", "r.last_activity_state_at", true).await;
    walk(&maya, "/submissions?q=mcr&size=25", &expected).await;
    let drafts =
        sorted(&world, "contract_review", "r.state_code = 'MN' and r.status = 'draft'", "r.status", false).await;
    walk(&maya, "/submissions?q=mcr&status=draft&sort=status", &drafts).await;
}

#[tokio::test]
async fn what_many_have_is_found_among_the_first_and_what_few_have_wherever_it_stands() {
    let world = World::start().await;
    run(&world, &MANY.replace("generate_series(0, 199)", "generate_series(0, 899)")).await;
    run(&world, "select search_refresh(ids, ids) from (select array(select id from contract_review)) many (ids)").await;
    let sam = world.signed_in("sam.lee").await;
    let sent = "r.status <> 'draft'";
    for (words, wanted) in [
        ("mcr", sent.to_owned()),
        ("mcr-tx", format!("{sent} and r.state_code = 'TX'")),
        ("mcr-tx&status=approved", "r.status = 'approved' and r.state_code = 'TX'".to_owned()),
        ("mcr&state=AK,MN", format!("{sent} and r.state_code in ('AK', 'MN')")),
        ("tx-7", "r.state_code = 'TX' and r.number = 7".to_owned()),
    ] {
        for (descending, sign) in [(false, ""), (true, "-")] {
            let expected = sorted(&world, "contract_review", &wanted, "r.last_activity_cms_at", descending).await;
            let status = if words.contains("status") { "" } else { "status=any&" };
            let address = format!("/submissions?{status}q={words}&sort={sign}last-activity");
            walk(&sam, &address, &expected).await;
        }
    }
}

#[tokio::test]
async fn a_rate_is_found_by_its_submission_and_by_what_was_asked() {
    let world = world_of_words().await;
    let sam = world.signed_in("sam.lee").await;
    let rates = sam.get("/rates").await;
    let key = keys(&rates).remove(0);
    let page = sam.get(&format!("/rates?q={key}")).await;
    assert_eq!(keys(&page), [key.as_str()]);
    assert!(key.contains("-R000"), "{key}");
    let other_spelling = key.to_lowercase().replace("r000", "r");
    assert_eq!(keys(&sam.get(&format!("/rates?q={other_spelling}")).await), [key.as_str()]);
    assert_eq!(number(&sam, "/rates?q=zzyzx").await, "0 rates");
    let part = sam.get_htmx("/submissions?q=quokka").await;
    assert_eq!((part.status(), part.has("h1"), part.has("#q")), (200, false, false));
    assert_eq!(part.attribute("#results", "data-announce").as_deref(), Some("2 results"));
}

#[tokio::test]
async fn a_search_has_at_most_200_characters_and_an_address_8000() {
    let world = world_of_words().await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let searched = |length: usize| "é".repeat(length);
    assert_eq!(sam.get(&format!("/submissions?q={}", searched(200))).await.status(), 200);
    for list in ["/submissions", "/rates", "/submissions.csv", "/rates.xlsx"] {
        let page = sam.get(&format!("{list}?q={}", searched(201))).await;
        assert_eq!(
            (page.status(), page.texts("main li")),
            (422, vec!["search of more than 200 characters".to_owned()])
        );
        let without = page.link("Show the list without it").expect("it leads on");
        assert!(!without.contains("q="), "{without}");
    }
    let long = format!("state={}", "MN,".repeat(2_700));
    for list in ["/submissions", "/rates", "/submissions.csv", "/work", "/work.csv"] {
        let page = sam.get(&format!("{list}?{long}")).await;
        let said = vec!["address of more than 8000 characters".to_owned()];
        assert_eq!((page.status(), page.texts("main li")), (422, said), "{list}");
    }
    let dana = world.signed_in("dana.ruiz").await;
    assert_eq!(dana.get(&format!("/assignments?{long}")).await.status(), 422);
    let view = dana.get("/views?list=rates&shown=status%3Dany").await.form("Save view").set("name", "Long");
    assert_eq!(view.tamper("query", &long).press("Save view").await.status(), 422);
    assert_eq!(world.count("select count(*) from saved_view").await, 0);
    assert_eq!(world.count("select count(*) from export").await, 0);

    // So has the search for a rate that a draft can link, which comes back to be shortened.
    let (draft, _) = world.drafted_with_rate("maya.lindqvist").await;
    let linking = draft.path("edit/rates/new");
    let form = maya.get(&linking).await.form(&linking);
    let page = form.clone().set("q", &searched(201)).press("Search").await;
    assert_eq!((page.status(), page.errors()), (422, vec!["Shorten the search to 200 characters".to_owned()]));
    assert_eq!(page.form(&linking).value("q"), searched(201));
    assert_eq!(form.set("q", &searched(200)).press("Search").await.status(), 200);
}
