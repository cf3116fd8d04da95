//! A note stays as it was written, is told, and is CMS's alone; a mention changes once, when the note is opened.

use crate::bench::Bench;

const SENT: &str =
    "select draft('a'); select rate('r', 'a'); select send('a'); select draft('d'); select rate('s', 'd')";

/// A note of Sam Lee's under key('x'), with its entry; `columns` stand for contract review, rate review, text and author.
fn note(contract: &str, rate: &str, text: &str, by: &str) -> String {
    format!(
        "insert into note (id, contract_review_id, rate_review_id, text, written_at, written_by)
         values (key('x'), {contract}, {rate}, {text}, now(), person('{by}')); select tell('note_added', 'note', key('x'))"
    )
}

fn right() -> String {
    note("key('a')", "null", "'The withhold is missing.'", "sam.lee")
}

fn mention(whom: &str) -> String {
    format!("{}; insert into mention (note_id, account_id) values (key('x'), person('{whom}'))", right())
}

#[tokio::test]
async fn a_note_is_never_changed_and_never_removed() {
    let bench = Bench::with(&format!("{SENT}; {}", mention("owen.park"))).await;
    let further = right().replace("key('x')", "key('y')");
    for wrong in ["update note set text = 'other'", "delete from note", "truncate note cascade"] {
        bench.rule("note_append_only", &further, wrong).await;
    }
}

#[tokio::test]
async fn a_note_has_a_text_and_one_subject() {
    let bench = Bench::with(SENT).await;
    for wrong in ["''", "E' \\n\\t'", "repeat('a', 10001)"] {
        bench.rule("note_text_fits", &right(), &note("key('a')", "null", wrong, "sam.lee")).await;
    }
    bench.tried(&note("key('a')", "null", "repeat('ä', 10000)", "sam.lee")).await.unwrap();
    bench.tried(&note("null", "key('r')", "'Of a rate'", "sam.lee")).await.unwrap();
    let both = note("key('a')", "key('r')", "'Of both'", "sam.lee");
    bench.rule("note_has_one_subject", &right(), &both).await;
    let on_draft = note("key('d')", "null", "'Too early'", "sam.lee");
    bench.rule("note_on_what_was_sent", &right(), &on_draft).await;
    let on_drafted_rate = note("null", "key('s')", "'Too early'", "sam.lee");
    bench.rule("note_on_what_was_sent", &right(), &on_drafted_rate).await;
}

#[tokio::test]
async fn those_write_who_work_on_it() {
    let bench = Bench::with(SENT).await;
    for may in ["sam.lee", "dana.ruiz", "alex.morgan"] {
        bench.tried(&note("key('a')", "null", "'Seen.'", may)).await.unwrap();
    }
    for may_not in ["maya.lindqvist", "hannah.desai", "bernard.owusu", "rita.olsen"] {
        let wrong = note("key('a')", "null", "'Seen.'", may_not);
        bench.rule("note_written_by_cms", &right(), &wrong).await;
    }
}

#[tokio::test]
async fn a_note_has_its_entry_which_holds_nothing_of_it() {
    let bench = Bench::with(SENT).await;
    let untold = right().split("; select tell").next().unwrap().to_owned();
    bench.rule("note_is_told", &right(), &untold).await;
    let told = |what: &str, why: &str| {
        right()
            .replace("tell('note_added', 'note', key('x'))", &format!("tell('{what}', 'note', key('x'), null, {why})"))
    };
    bench.tried(&told("note_added", "null")).await.unwrap();
    bench.refused("event_fits_row", &told("note_added", "'The withhold is missing.'")).await;
    bench.refused("event_fits_row", &told("reviewers_changed", "null")).await;
    bench.refused("event_fits_row", &told("created", "null")).await;
    let of_another = "insert into event (id, at, actor_name, subject, subject_id, kind, audience, row_table, row_id, version_after,
                                         previous_sha256, sha256)
                      values (gen_random_uuid(), now(), 'Somebody', 'rate_review', key('r'), 'note_added', 'cms', 'note', key('x'), 1, '', '')";
    bench.refused("event_fits_row", &format!("{untold}; {of_another}")).await;
    let to_the_state =
        of_another.replace("'rate_review', key('r')", "'contract_review', key('a')").replace("'cms'", "'both'");
    bench.refused("event_audience_of_kind", &format!("{untold}; {to_the_state}")).await;
}

#[tokio::test]
async fn active_people_of_cms_are_named_and_open_a_note_once() {
    let bench = Bench::with(&format!(
        "{SENT}; update account set active = false where id = person('ruth.abara');
                                      select tell('account_deactivated', 'account', person('ruth.abara'))"
    ))
    .await;
    let rule = "mention_of_cms_people";
    bench.rule(rule, &mention("rita.olsen"), &mention("maya.lindqvist")).await;
    bench.rule(rule, &mention("owen.park"), &mention("ruth.abara")).await;
    let opened = mention("owen.park")
        .replace("account_id)", "account_id, opened_at)")
        .replace("('owen.park'))", "('owen.park'), now())");
    bench.rule(rule, &mention("owen.park"), &opened).await;

    bench.done(&mention("owen.park")).await;
    let open = "update mention set opened_at = now() where account_id = person('owen.park')";
    for wrong in [
        &format!("{open}; {open}"),
        &format!("{open}; update mention set opened_at = null"),
        "update mention set account_id = person('sam.lee')",
    ] {
        bench.rule("mention_opened_once", open, wrong).await;
    }
    bench.rule("mention_never_removed", open, "delete from mention").await;
    bench.refused("mention_never_removed", "truncate mention").await;
}

#[tokio::test]
async fn a_note_stands_on_the_pages_of_every_package_that_holds_its_rate() {
    let bench = Bench::with(
        "select draft('a'); select rate('r', 'a'); select send('a'); select draft('b'); select put('r', 'b'); select send('b');
         select draft('c'); select send('c')",
    )
    .await;
    bench.done(&note("null", "key('r')", "'Of a rate'", "sam.lee")).await;
    let pages = bench
        .texts("select p.name from note_page n join (values ('a'), ('b'), ('c'), ('r')) p (name) on key(p.name) = n.page_id order by 1")
        .await;
    assert_eq!(pages, ["a", "b", "r"]);
}

#[tokio::test]
async fn what_becomes_of_a_rate_stands_in_the_history_of_every_package_that_was_sent_with_it() {
    let bench = Bench::with(
        "select draft('a'); select rate('r', 'a'); select send('a'); select draft('b'); select put('r', 'b'); select send('b');
         select draft('c'); select send('c'); select draft('d'); select put('r', 'd')",
    )
    .await;
    let told = "delete from package_rate where contract_submission_id = key('d/1');
                update rate_review set status = 'withdrawn' where id = key('r');
                select tell('rate_withdrawn', 'rate_review', key('r'), 'submitted', 'Sent in error')";
    bench.done(told).await;
    let standing = |page: &str| {
        format!(
            "select kind || case when subject = 'rate_review' then ' of a rate' else '' end
               from history_story(key('{page}')) s join event e using (subject_id)
              where history_holds(e, key('{page}'), s.own, s.since, s.sent_here) order by e.seq"
        )
    };
    let own = ["review_made of a rate", "review_made of a rate", "rate_withdrawn of a rate"];
    let contract = ["created", "submitted", "review_made"];
    let parent = bench.texts(&standing("a")).await;
    let mut expected = [own.as_slice(), &contract].concat();
    expected.sort_unstable();
    let mut sorted = parent.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    assert_eq!(bench.texts(&standing("b")).await, [&contract[..], &own[2..]].concat());
    assert_eq!(bench.texts(&standing("c")).await, contract);
    assert_eq!(bench.texts(&standing("d")).await, ["created"], "a draft holds nothing yet");
    let of_rate = ["created", "submitted", "review_made", "review_made", "rate_withdrawn"]
        .map(|kind| format!("{kind} of a rate"));
    assert_eq!(bench.texts(&standing("r")).await, of_rate);
}
