//! What is searched is kept in step with everything that it is made of, and holds for nobody what they may not see.

mod kept;

use mc_review::domain::role::Side;
use mc_review::domain::text::is_blank;
use mc_review::search::{Place, Thing, Words, nearest, places, push_condition};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::{PgPool, QueryBuilder};
use uuid::Uuid;

use crate::bench::Bench;
use crate::support::search::stale_entries;

/// Who looks for what: CMS, or somebody of a state.
#[derive(Clone, Copy, Debug)]
struct Looking(Thing, Option<&'static str>);

impl Looking {
    fn side(self) -> Side {
        if self.1.is_some() { Side::State } else { Side::Cms }
    }
}

const EVERYBODY: [Looking; 6] = [
    Looking(Thing::Submission, None),
    Looking(Thing::Rate, None),
    Looking(Thing::Submission, Some("MN")),
    Looking(Thing::Rate, Some("MN")),
    Looking(Thing::Submission, Some("TX")),
    Looking(Thing::Rate, Some("TX")),
];

/// The keys of what is found, in order.
async fn find(db: &PgPool, looking: Looking, words: &Words) -> Vec<String> {
    let Looking(thing, own_state) = looking;
    let (table, letter) = if thing == Thing::Submission { ("contract_review", "") } else { ("rate_review", "R") };
    let mut sql = QueryBuilder::new(format!("select r.state_code || '-{letter}' || r.number from {table} r where "));
    push_condition(&mut sql, thing, looking.side(), own_state, words);
    sql.push(" order by 1");
    sql.build_query_scalar().persistent(false).fetch_all(db).await.unwrap()
}

async fn found(bench: &Bench, looking: Looking, typed: &str) -> Vec<String> {
    find(&bench.db, looking, &Words::parse(typed).expect("a word")).await
}

/// Who finds something by this, in the order of [`EVERYBODY`]: `cms/submissions cms/rates MN/submissions …`.
async fn finders(bench: &Bench, typed: &str) -> String {
    let mut finders = Vec::new();
    for looking in EVERYBODY {
        if !found(bench, looking, typed).await.is_empty() {
            let what = if looking.0 == Thing::Submission { "submissions" } else { "rates" };
            finders.push(format!("{}/{what}", looking.1.unwrap_or("cms")));
        }
    }
    finders.join(" ")
}

/// Answers of a contract with these words in them.
fn contract(version: &str, description: &str, contact: &str) -> String {
    format!(
        r#"update contract_submission set contract_data = '{{"submission_description": "{description}",
             "state_contacts": [{{"first_name": "{contact}", "last_name": "Lindqvist", "suffix": null, "title_role": "Manager",
                                  "email": "{contact}@dhs.example.gov"}}]}}' where id = key('{version}')"#
    )
}

/// Answers of the draft of a rate.
fn rate(called: &str, actuary: &str) -> String {
    format!(
        r#"update rate_submission set rate_data = '{{"certifying_actuaries": [{{"first_name": "{actuary}", "last_name": "Berg",
             "email": "x@{actuary}firm.example.com", "title_role": "Principal", "actuarial_firm": "OTHER",
             "actuarial_firm_other": "Northland {actuary}"}}]}}' where rate_review_id = key('{called}') and submitted_at is null"#
    )
}

fn document_of_rate(called: &str, name: &str) -> String {
    format!(
        "insert into blob (sha256, size, media_type, scan, stored_at) values (encode(sha256('{name}'), 'hex'), 10, 'application/pdf', 'clean', now());
         insert into document (id, rate_submission_id, category, sha256, file_name, position, uploaded_at, uploaded_by)
           values (key('{name}'), key('{called}/1'), 'rate_certification', encode(sha256('{name}'), 'hex'), '{name}.pdf', 1, now(), person('maya.lindqvist'))"
    )
}

fn note(called: &str, about: &str, text: &str) -> String {
    format!(
        "insert into note (id, contract_review_id, rate_review_id, text, written_at, written_by)
           select key('{called}'), (select id from contract_review where id = key('{about}')), (select id from rate_review where id = key('{about}')),
                  '{text}', now(), person('sam.lee');
         select tell('note_added', 'note', key('{called}'))"
    )
}

const PROGRAM: &str = "insert into program (id, state_code, name, full_name) values (key('p'), 'MN', 'Quokka', 'Quokka care for wombats')";

/// A submission with a rate, and another that links it, with a word of its own in each place.
fn scene() -> String {
    [
        PROGRAM,
        "select draft('a'); insert into contract_review_program values (key('a'), key('p')); select attach('a/1', 'lynx')",
        &contract("a/1", "Zebra crossing", "Maya"),
        "select rate('r', 'a'); insert into rate_review_program values (key('r'), key('p'))",
        &rate("r", "Priya"),
        &document_of_rate("r", "ocelot"),
        "update rate_review set name = 'MCR-MN-Gibbon' where id = key('r')",
        "select send('a'); select start('a')",
        "update contract_review set mccrs_number = '777123' where id = key('a')",
        "select tell('mccrs_number_set', 'contract_review', key('a'), 'submitted')",
        "select draft('b'); select put('r', 'b')",
        &contract("b/1", "Heron lake", "Olga"),
        "select send('b')",
        "select draft('t', 'TX')",
        &contract("t/1", "Yak herd", "Ximena"),
        "select draft('u', 'TX')",
        &contract("u/1", "Emu plains", "Ulla"),
        "select send('u')",
        "select attach_to_question('q', 'badger'); insert into question (id, rate_review_id, department, round, text, revision, asked_at, asked_by)
           values (key('q'), key('r'), 'DMCP', 1, 'Which walrus?', 1, now(), person('owen.park'));
         select tell('question_asked', 'question', key('q')), wait_for_answer('q')",
        "select attach_to_response('s', 'ferret'); select respond('s', 'q', 'The tapir')",
        &note("n", "a", "Mongoose"),
        &note("m", "r", "Pangolin"),
    ]
    .join(";\n")
}

#[tokio::test]
async fn everybody_finds_what_they_may_see_and_nothing_else() {
    let bench = Bench::with(&scene()).await;
    let both = "cms/submissions cms/rates MN/submissions MN/rates";
    let submissions = "cms/submissions MN/submissions";
    for (typed, expected) in [
        ("quokka", both),
        ("womb", both),
        ("zebra", submissions),
        ("maya", submissions),
        ("dhs.example.gov heron", submissions),
        ("lynx.pdf", submissions),
        ("gibbon", both),
        ("priya", both),
        ("northland priya", both),
        ("ocelot", both),
        ("walrus", both),
        ("badger", both),
        ("tapir", both),
        ("ferret", both),
        ("7771", "cms/submissions"),
        ("mongoose", "cms/submissions"),
        ("pangolin", "cms/rates"),
        ("yak", "TX/submissions"),
        ("ximena", "TX/submissions"),
        ("emu ulla", "cms/submissions TX/submissions"),
        ("zebra heron", ""),
        ("null", ""),
        ("other", ""),
        ("ebra", ""),
    ] {
        assert_eq!(finders(&bench, typed).await, expected, "{typed}");
    }
    assert_eq!(stale_entries(&bench.db).await, [""; 0]);
}

#[tokio::test]
async fn keys_are_found_in_every_spelling_and_numbers_wherever_they_stand() {
    let bench = Bench::with(&scene()).await;
    let (cms, rates) = (Looking(Thing::Submission, None), Looking(Thing::Rate, None));
    // The rate has the number 1 as well, and is in both packages.
    for typed in ["MN-R1", "mn-r0001", "(MN-R00001)", "MN-r1 mcr", "MN R1", "r0001", "MN 1 gibbon"] {
        assert_eq!(found(&bench, cms, typed).await, ["MN-1", "MN-2"], "{typed}");
        assert_eq!(found(&bench, rates, typed).await, ["MN-R1"], "{typed}");
    }
    for typed in ["MN-1", "mn-0001", "(MN-00001)", "MN-1 mcr", "MN-1 zebra", "1 zebra", "0001 zebra", "777123"] {
        assert_eq!(found(&bench, cms, typed).await, ["MN-1"], "{typed}");
    }
    assert_eq!(found(&bench, cms, "Mcr-mn-0001").await[0], "MN-1");
    for typed in ["MN-2", "mn-0002", "2 mn", "mn 0002"] {
        assert_eq!(found(&bench, cms, typed).await, ["MN-2"], "{typed}");
        assert_eq!(found(&bench, Looking(Thing::Submission, Some("MN")), typed).await, ["MN-2"], "{typed}");
    }
    assert_eq!(found(&bench, cms, "TX-2").await, ["TX-2"]);
    assert_eq!(found(&bench, rates, "MN-1").await, ["MN-R1"], "by the key of its submission");
    assert_eq!(found(&bench, rates, "MN-2").await, [""; 0], "the other submission only links it");
    assert_eq!(found(&bench, rates, "MN-R2").await, [""; 0], "no such rate");
    assert_eq!(found(&bench, Looking(Thing::Submission, Some("MN")), "TX-2").await, [""; 0]);
    assert_eq!(found(&bench, cms, "TX-1").await, [""; 0], "a draft");
    assert_eq!(found(&bench, cms, "MN-00").await, ["MN-1", "MN-2"], "the beginning of a number");
}

#[tokio::test]
async fn a_state_without_a_code_finds_nothing() {
    let bench = Bench::with(&scene()).await;
    let words = Words::parse("zebra").unwrap();
    for code in [None, Some(""), Some("M"), Some("' o"), Some("MNX")] {
        let mut sql = QueryBuilder::new("select count(*) from contract_review r where ");
        push_condition(&mut sql, Thing::Submission, Side::State, code, &words);
        let count: i64 = sql.build_query_scalar().fetch_one(&bench.db).await.unwrap();
        assert_eq!(count, 0, "{code:?}");
        let mut conn = bench.db.acquire().await.unwrap();
        assert_eq!(nearest(&mut conn, Thing::Submission, Side::State, code, &words).await.unwrap(), None);
    }
}

#[tokio::test]
async fn every_text_is_found_by_itself_whatever_stands_in_it() {
    let bench = Bench::with("select draft('a'); select send('a')").await;
    let mut runner = TestRunner::deterministic();
    let letters = prop::sample::select(
        "abZé0195eEÅж漢ß\u{303}\u{ad}\u{200b}ﬁςΣ½\u{1680}\u{3164}'\"\\%_*:&|!()<>@#.,;-–’…§/+=~^`{}[]?$\t\n "
            .chars()
            .collect::<Vec<_>>(),
    );
    let text = prop::collection::vec(letters, 1..40);
    let mut tried = 0;
    for n in 0..300 {
        let text: String = text.new_tree(&mut runner).unwrap().current().into_iter().collect();
        let Some(words) = Words::parse(&text) else { continue };
        if is_blank(&text) {
            continue;
        }
        let mut tx = bench.db.begin().await.unwrap();
        sqlx::query("insert into note (id, contract_review_id, text, written_at, written_by) values ($1, key('a'), $2, now(), person('sam.lee'))")
            .bind(Uuid::from_u128(n))
            .bind(&text)
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("select tell('note_added', 'note', $1)").bind(Uuid::from_u128(n)).execute(&mut *tx).await.unwrap();
        sqlx::query("set constraints all immediate").execute(&mut *tx).await.unwrap();
        let mut sql = QueryBuilder::new("select count(*) from contract_review r where ");
        push_condition(&mut sql, Thing::Submission, Side::Cms, None, &words);
        let count: i64 = sql.build_query_scalar().persistent(false).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(count, 1, "{text:?}");
        tried += 1;
    }
    assert!(tried > 200, "{tried}");
}

#[tokio::test]
async fn near_spellings_are_those_that_this_person_finds() {
    let bench = Bench::with(&scene()).await;
    let near = async |looking: Looking, typed: &str| {
        let mut conn = bench.db.acquire().await.unwrap();
        let words = Words::parse(typed).unwrap();
        let found = nearest(&mut conn, looking.0, looking.side(), looking.1, &words).await.unwrap();
        match found {
            Some(found) => {
                assert!(!find(&bench.db, looking, &found).await.is_empty(), "{typed}");
                found.near_spellings().iter().map(|near| near.join("|")).collect::<Vec<_>>().join(" ")
            }
            None => String::new(),
        }
    };
    let [cms, cms_rates, state, _, other, _] = EVERYBODY;
    assert_eq!(near(cms, "crosing").await, "crossing");
    assert_eq!(near(cms, "zebra crosing").await, "zebra crossing", "what something has stays");
    assert_eq!(near(cms, "crosing lindquist").await, "crossing lindqvist");
    assert_eq!(near(state, "crosing").await, "crossing");
    assert_eq!(near(cms, "zebra heron").await, "", "each is somewhere, only not together");
    assert_eq!(near(cms, "crosing xylophone").await, "", "nothing is near to one");
    assert_eq!(near(cms, "9999999 MN-77").await, "", "numbers have no near spellings");
    // Nobody is told of what they may not see.
    assert_eq!(near(cms_rates, "crosing").await, "");
    assert_eq!(near(cms_rates, "panglin").await, "pangolin");
    for looking in [state, other] {
        assert_eq!(near(looking, "mongose").await, "", "a note");
    }
    assert_eq!(near(other, "crosing").await, "", "another state's");
    assert_eq!(near(other, "ximenna").await, "ximena");
    assert_eq!(near(cms, "ximenna").await, "", "a draft's");
    assert_eq!(near(cms, "fferret").await, "ferret");
    bench.done("select remove_round('q')").await;
    assert_eq!(near(cms, "fferret").await, "", "it was removed from view");
}

#[tokio::test]
async fn misspelled_words_must_all_match_each_by_a_word_of_its_own() {
    let bench = Bench::with(
        "select draft('a'); select send('a'); select draft('b'); select send('b'); select draft('c'); select send('c')",
    )
    .await;
    for (called, text) in [("a", "prevention"), ("b", "preventive"), ("c", "preventive prevention")] {
        bench.done(&note(&format!("of {called}"), called, text)).await;
    }
    let cms = EVERYBODY[0];
    let found = async |typed: &str| {
        let mut conn = bench.db.acquire().await.unwrap();
        let words = Words::parse(typed).unwrap();
        let near = nearest(&mut conn, cms.0, cms.side(), cms.1, &words).await.unwrap().expect("something is near");
        find(&bench.db, cms, &near).await
    };
    assert_eq!(found("prevntion").await.len(), 3, "both are near to it");
    assert_eq!(found("prevntion prevntive").await, ["MN-3"]);
    assert_eq!(found("prevention prevntive").await, ["MN-3"], "what the right word finds counts once");
}

#[tokio::test]
async fn a_text_is_found_whichever_characters_it_was_typed_with() {
    let bench = Bench::with("select draft('a'); select send('a')").await;
    bench.done(&note("n", "a", "Pen\u{303}a, con\u{ad}tract, ﬁscal, Ｆｕｌｌ, STRASSE, zero\u{200b}width, ΟΔΟΣ")).await;
    for typed in [
        "peña",
        "PEN\u{303}A",
        "Peñ",
        "contract",
        "con\u{ad}tract",
        "fiscal",
        "ﬁscal",
        "full",
        "ＦＵＬＬ",
        "Straße",
        "strasse",
        "zerowidth",
        "zero\u{200b}width",
        "οδος",
        "οδοσ",
    ] {
        assert_eq!(found(&bench, EVERYBODY[0], typed).await, ["MN-1"], "{typed}");
    }
    for typed in ["pena", "tract", "width"] {
        assert_eq!(found(&bench, EVERYBODY[0], typed).await, [""; 0], "{typed}");
    }
    assert_eq!(stale_entries(&bench.db).await, [""; 0]);
}

#[tokio::test]
async fn where_words_stand_is_said_unless_the_name_has_them() {
    let bench = Bench::with(&scene()).await;
    let stands = async |looking: Looking, called: &str, typed: &str| {
        let id: Uuid = bench.value(&format!("select key('{called}')")).await;
        let mut conn = bench.db.acquire().await.unwrap();
        let words = Words::parse(typed).unwrap();
        let found = places(&mut conn, looking.0, looking.side(), looking.1, &[id], &words).await.unwrap();
        let found: Vec<&str> = found.get(&id).into_iter().flatten().map(|place: &Place| place.words()).collect();
        found.join(", ")
    };
    let [cms, cms_rates, state, ..] = EVERYBODY;
    for (typed, expected) in [
        ("MN-1 mcr", ""),
        ("quokka", "a program"),
        ("zebra", "the description"),
        ("maya", "a contact"),
        ("lynx", "a document name"),
        ("ocelot zebra", "the description, a document name"),
        ("gibbon", "a rate"),
        ("priya", "an actuary"),
        ("walrus", "a question"),
        ("ferret", "a response"),
        ("777", "the MC-CRS number"),
        ("mongoose", "a note"),
    ] {
        assert_eq!(stands(cms, "a", typed).await, expected, "{typed}");
    }
    assert_eq!(stands(state, "a", "mongoose 777 zebra").await, "the description");
    assert_eq!(stands(cms, "a", "MN-R1").await, "a rate");
    assert_eq!(stands(cms_rates, "r", "MN-R1").await, "");
    assert_eq!(stands(cms_rates, "r", "MN-1").await, "its submission");
    assert_eq!(stands(cms_rates, "r", "gibbon pangolin").await, "a note");
    assert_eq!(stands(cms, "t", "yak").await, "", "a draft");
    assert_eq!(stands(Looking(Thing::Submission, Some("MN")), "t", "yak").await, "", "another state's");
}
