//! The database reads texts as the program does, whatever characters they are made of, and takes nothing that nobody sees
//! for a text.

use mc_review::domain::text::{comparison_key, is_blank, without_ignorable};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use regex_syntax::hir::{Class, HirKind};

use crate::bench::Bench;

/// What nobody sees, each alone, and some together.
const UNSEEN: [&str; 9] = [
    "",
    " \t\n",
    "\u{200b}",
    "\u{2060}",
    "\u{3164}",
    "\u{2800}",
    "\u{ad}",
    "\u{feff}\u{a0}",
    "\u{e0020}\u{fffb} \u{115f}",
];

/// The characters that a pattern of Unicode names.
fn characters(pattern: &str) -> Vec<char> {
    let hir = regex_syntax::parse(pattern).unwrap();
    let HirKind::Class(Class::Unicode(class)) = hir.kind() else { panic!("{pattern} names no characters") };
    class.ranges().iter().flat_map(|range| range.start()..=range.end()).filter(|character| *character != '\0').collect()
}

/// The texts of which the database says something else than the program.
async fn differing(bench: &Bench, texts: &[String]) -> Vec<String> {
    let mut differing = Vec::new();
    for texts in texts.chunks(20_000) {
        let told: Vec<(String, bool, String)> = sqlx::query_as(
            "select without_ignorable(text), is_blank(text), comparison_key(text)
               from unnest($1::text[]) with ordinality as given (text, place) order by place",
        )
        .bind(texts)
        .fetch_all(&bench.db)
        .await
        .unwrap();
        for (text, told) in texts.iter().zip(told) {
            let own = (without_ignorable(text), is_blank(text), comparison_key(text));
            if own != told {
                differing.push(format!("{text:?}: {own:?} here, {told:?} there"));
            }
        }
    }
    differing
}

#[tokio::test]
async fn every_character_is_read_alike() {
    let bench = Bench::with("").await;
    // The oldest PostgreSQL that we run on knows these; of later ones either may know more than the other.
    let known: Vec<String> = characters(r"\p{age=14.0}").into_iter().map(String::from).collect();
    assert!(known.len() > 140_000, "{}", known.len());
    assert_eq!(differing(&bench, &known).await, [""; 0]);
    let ignorable: Vec<String> =
        characters(r"\p{Default_Ignorable_Code_Point}").into_iter().map(String::from).collect();
    assert!(ignorable.len() > 4_000, "{}", ignorable.len());
    assert!(ignorable.iter().all(|character| without_ignorable(character).is_empty() && is_blank(character)));
    assert_eq!(differing(&bench, &ignorable).await, [""; 0]);
}

#[tokio::test]
async fn hostile_texts_are_read_alike() {
    let bench = Bench::with("").await;
    let known = characters(r"\p{age=14.0}");
    let hostile: Vec<char> = "aAñÑß\u{1e9e}ςσΣİıſﬁﬆ\u{212a}ＭⅣ㎏ﷺ½²\u{303}\u{301}\u{307}\u{345}\u{327}\u{323}각가\u{1100}\u{1161}\u{11a8}\
                              \u{ad}\u{200b}\u{200d}\u{2060}\u{3164}\u{ffa0}\u{2800}\u{fe0f}\u{a0}\u{3000}\u{85}❤👩ŉǰΐᾳЖж漢\u{f900} \n'"
        .chars()
        .collect();
    let character = prop_oneof![4 => prop::sample::select(hostile), 1 => prop::sample::select(known)];
    let text = prop::collection::vec(character, 1..20);
    let mut runner = TestRunner::deterministic();
    let texts: Vec<String> =
        (0..20_000).map(|_| text.new_tree(&mut runner).unwrap().current().into_iter().collect()).collect();
    assert_eq!(differing(&bench, &texts).await, [""; 0]);
}

#[tokio::test]
async fn a_text_that_nobody_sees_is_refused_wherever_one_is_required() {
    let bench = Bench::with("").await;
    let rules: Vec<(String, String, String)> = sqlx::query_as(
        "select conrelid::regclass::text, conname::text, attname::text from pg_constraint
           join pg_attribute on attrelid = conrelid and attnum = any(conkey)
          where contype = 'c' and pg_get_constraintdef(pg_constraint.oid) like '%is_blank(' || attname || ')%'",
    )
    .fetch_all(&bench.db)
    .await
    .unwrap();
    assert!(rules.len() >= 28, "{rules:?}");
    for (table, rule, column) in rules {
        // The same rule on the same column, away from what else a row of the table needs.
        let alone = format!(
            "create temp table tried (like {table} including constraints) on commit drop;
             do $$ declare other text; begin
               for other in select conname from pg_constraint where conrelid = 'tried'::regclass and conname <> '{rule}' loop
                 execute format('alter table tried drop constraint %I', other);
               end loop;
               for other in select attname from pg_attribute where attrelid = 'tried'::regclass and attnotnull and attnum > 0 loop
                 execute format('alter table tried alter column %I drop not null', other);
               end loop;
             end $$;
             insert into tried ({column}) values"
        );
        bench.rule(&rule, &format!("{alone} ('x'), (E'\\u200b.')"), &format!("{alone} (' ')")).await;
        for unseen in UNSEEN {
            bench.refused(&rule, &format!("{alone} ('{unseen}')")).await;
        }
    }
    let by_locale = "select conname::text from pg_constraint where pg_get_constraintdef(oid) like '%\\\\S%'";
    assert_eq!(bench.texts(by_locale).await, [""; 0], "one rule for all");
}

#[tokio::test]
async fn names_that_read_the_same_are_the_same() {
    let bench = Bench::with("").await;
    let program = |key: &str, name: &str| {
        format!("insert into program (id, state_code, name, full_name) values (key('{key}'), 'WI', '{name}', 'Care')")
    };
    let account = |key: &str, email: &str| {
        format!(
            "insert into account (id, email, given_name, family_name, role) values (key('{key}'), '{email}', 'New', 'Person', 'read_only')"
        )
    };
    let view = |key: &str, name: &str| {
        format!(
            "insert into saved_view (id, list, account_id, name, query, changed_by, changed_at)
               values (key('{key}'), 'submissions', person('dana.ruiz'), '{name}', 'status=any', person('dana.ruiz'), now())"
        )
    };
    for (one, same) in [
        ("Peña", "Pen\u{303}a"),
        ("PEÑA", "peña"),
        ("fiscal", "ﬁscal"),
        ("Straße", "STRASSE"),
        ("care", "ca\u{ad}r\u{200b}e"),
    ] {
        let twice = |new: &dyn Fn(&str, &str) -> String, one: &str, other: &str| {
            format!("{}; {}", new("one", one), new("two", other))
        };
        bench.rule("program_name_unique", &twice(&program, one, "other"), &twice(&program, one, same)).await;
        bench.rule("saved_view_name_of_account", &twice(&view, one, "other"), &twice(&view, one, same)).await;
        let (one, same) = (format!("{one}@x.gov"), format!("{same}@x.gov"));
        // Of an address what is ignorable is refused in any case.
        if same == without_ignorable(&same) {
            bench
                .rule("account_email_unique", &twice(&account, &one, "other@x.gov"), &twice(&account, &one, &same))
                .await;
        }
    }
    for wrong in ["a@x.gov;", "<a@x.gov>", "mailto:a@x.gov", "New <a@x.gov>", "a@x.gov\u{200b}", "a@x\u{ad}.gov"] {
        bench.rule("account_email_shape", &account("one", "a@x.gov"), &account("one", wrong)).await;
    }
}
