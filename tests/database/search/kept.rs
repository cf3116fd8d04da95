//! What is searched follows whatever happens.

use std::sync::Arc;

use mc_review::demo::{Wanted, load_submissions};
use mc_review::domain::clock::Clock;
use mc_review::search::{Thing, Words};
use object_store::ObjectStore;
use object_store::memory::InMemory;

use super::{EVERYBODY, Looking, contract, find, finders, found, rate, scene};
use crate::bench::Bench;
use crate::support::database::{BEGINNING, TestDatabase};
use crate::support::search::stale_entries;

/// What happens to the scene, deed by deed.
fn deeds() -> Vec<String> {
    let correction = |called: &str, case: &str, kind: &str, said: &str, undoes: &str| {
        format!(
            "select correction('{called}', '{case}', '{kind}', '{said}', {undoes}); select corrected('{called}', '{case}')"
        )
    };
    let added = "insert into document (id, contract_submission_id, category, sha256, file_name, position, uploaded_at, uploaded_by, first_submitted_at,
                                       correction_id)
                   select key('late'), contract_submission_id, 'contract_supporting', sha256, 'numbat.pdf', 9, now(), uploaded_by, now(), key('c2')
                     from document where id = key('a/1/lynx')";
    vec![
        "update program set full_name = 'Bilby plan' where id = key('p')".to_owned(),
        correction("c1", "a", "document_withdrawn", r#"{"document": "a/1/lynx"}"#, "null"),
        correction("c1 undone", "a", "document_withdrawn", "{}", "'c1'"),
        correction("c2", "a", "document_added", r#"{"document": "late"}"#, "null").replacen(';', &format!("; {added};"), 1),
        correction("c2 undone", "a", "document_added", "{}", "'c2'"),
        correction("c3", "r", "document_withdrawn", r#"{"document": "ocelot"}"#, "null"),
        "select ask('q2', 'a'); select respond('s2', 'q2', 'Kiwi')".to_owned(),
        "select remove_response('s2')".to_owned(),
        "select remove_round('q')".to_owned(),
        "select unlock('a')".to_owned(),
        contract("a/2", "Iguana", "Ines"),
        rate("r", "Rosa"),
        "select attach('a/2', 'moose')".to_owned(),
        "delete from document where id = key('a/2/moose')".to_owned(),
        "delete from package_rate where contract_submission_id = key('a/2')".to_owned(),
        "insert into contract_review_program select key('b'), key('p')".to_owned(),
        "delete from contract_review_program where contract_review_id = key('a')".to_owned(),
        "update contract_review set name = 'MCR-MN-0002-Okapi' where id = key('b')".to_owned(),
        "select draft('d'); select rate('x', 'd'); select put('r', 'd', 2)".to_owned(),
        rate("x", "Xaver"),
        "delete from package_rate where contract_submission_id = key('d/1')".to_owned(),
        "delete from rate_submission where rate_review_id = key('x');
         update rate_review set deleted_at = now() where id = key('x');
         select tell('rate_removed', 'rate_review', key('x'), 'draft')"
            .to_owned(),
        "select delete_draft('d')".to_owned(),
        "select draft('e'); select rate('y', 'e'); select send('e')".to_owned(),
        "select draft('f'); select put('y', 'f'); select send('f')".to_owned(),
        "update rate_review set parent_id = key('f') where id = key('y'); select tell('rate_moved', 'rate_review', key('y'), 'submitted')".to_owned(),
        "select withdraw('u')".to_owned(),
        "update contract_review set status = 'submitted' where id = key('u');
         select tell('withdrawal_undone', 'contract_review', key('u'), 'withdrawn', 'Needed.')"
            .to_owned(),
    ]
}

#[tokio::test]
async fn whatever_happens_everything_is_found_by_what_it_now_says() {
    let bench = Bench::with(&scene()).await;
    for deed in deeds() {
        bench.done(&deed).await;
        assert_eq!(stale_entries(&bench.db).await, [""; 0], "after {deed}");
    }
    let (cms, state) = (Looking(Thing::Submission, None), Looking(Thing::Submission, Some("MN")));
    assert_eq!(found(&bench, cms, "zebra").await, ["MN-1"], "what was sent");
    assert_eq!(found(&bench, state, "zebra").await, [""; 0]);
    assert_eq!(found(&bench, state, "iguana ines").await, ["MN-1"], "what is written");
    for gone in ["iguana", "walrus", "kiwi", "ferret", "numbat", "moose", "rosa", "xaver", "wombats"] {
        assert_eq!(found(&bench, cms, gone).await, [""; 0], "{gone}");
    }
    for gone in ["ocelot", "walrus", "kiwi", "xaver", "wombats"] {
        assert_eq!(finders(&bench, gone).await, "", "{gone}");
    }
    assert_eq!(found(&bench, cms, "bilby okapi").await, ["MN-2"]);
}

#[tokio::test]
async fn what_is_taken_back_was_never_searched() {
    let bench = Bench::with(&scene()).await;
    let before: Vec<String> = bench.texts("select words::text from search_entry order by subject_id, scope").await;
    bench.tried(&deeds().join(";")).await.unwrap();
    let part = format!(
        "savepoint s; {}; rollback to s; {}",
        contract("t/1", "Dodo", "Dora"),
        contract("t/1", "Yak herd", "Ximena")
    );
    bench.done(&part).await;
    assert_eq!(bench.texts("select words::text from search_entry order by subject_id, scope").await, before);
    assert_eq!(stale_entries(&bench.db).await, [""; 0]);
}

#[tokio::test]
async fn the_invented_world_is_found_by_what_it_says() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let files: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let wanted = Wanted { submissions: 120, seed: 7, lived_through: 60 };
    load_submissions(&db, &files, &Clock::set_to(BEGINNING), wanted).await.unwrap();
    assert_eq!(stale_entries(&db).await, [""; 0]);
    // Everything that lists show has its entry, and nothing else has.
    let lacking: i64 = sqlx::query_scalar(
        "with shown as (
           select 'cms_submissions'::search_scope as scope, id from contract_review where sent_revision is not null
           union all select 'state_submissions', id from contract_review where deleted_at is null
           union all select unnest(array['cms_rates', 'state_rates']::search_scope[]), id from rate_review where sent_revision is not null)
         select count(*) from shown full join search_entry e on e.scope = shown.scope and e.subject_id = shown.id
          where e.subject_id is null or shown.id is null",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(lacking, 0);
    assert!(find(&db, EVERYBODY[0], &Words::parse("capitation").unwrap()).await.len() > 5);
    // Of what a state writes CMS finds nothing, and of others' no state.
    let strays: i64 = sqlx::query_scalar(
        "select count(*) from search_entry e join contract_review r on r.id = e.subject_id cross join unnest(tsvector_to_array(e.words)) word
          where e.scope = 'state_submissions' and not starts_with(word, lower(r.state_code))",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(strays, 0);
}

/// A further response about the rate, which stands in both packages.
fn response(n: usize) -> String {
    format!(
        "insert into response (id, question_id, text, sent_at, sent_by)
           values (key('s{n}'), key('q'), 'Otter{n}', now(), person('maya.lindqvist'));
         update question set version = version where id = key('q');
         select tell('response_sent', 'question', key('q'), 'answered', null, jsonb_build_object('response', key('s{n}')))"
    )
}

/// A number of the submission's own that links the rate.
fn number(n: usize) -> String {
    format!(
        "update contract_review set mccrs_number = '{}' where id = key('b');
         select tell('mccrs_number_set', 'contract_review', key('b'), 'submitted')",
        1000 + n
    )
}

#[tokio::test]
async fn who_comes_second_to_a_rate_of_two_packages_waits_and_reads_what_the_first_has_said() {
    let bench = Bench::with(&scene()).await;
    let mut first = bench.db.begin().await.unwrap();
    let script = format!("{}; set constraints search_stale_is_caught_up immediate", response(0));
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut *first).await.unwrap();
    let number = number(0);
    let second = bench.done(&number);
    let waits = async {
        let waiting =
            "select exists (select from pg_locks l join pg_database d on d.oid = l.database or l.database is null
                                       where not l.granted and d.datname = current_database())";
        while !bench.value::<bool>(waiting).await {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        first.commit().await.unwrap();
    };
    tokio::join!(second, waits);
    assert_eq!(stale_entries(&bench.db).await, [""; 0]);
    assert_eq!(found(&bench, Looking(Thing::Submission, None), "1000 otter0").await, ["MN-2"]);
}

#[tokio::test]
async fn nobody_waits_in_a_circle_at_a_rate_of_two_packages() {
    let bench = Bench::with(&scene()).await;
    for n in 0..20 {
        let (response, number) = (response(n), number(n));
        let words = contract("t/1", &format!("Otter herd {n}"), "Ximena");
        tokio::join!(bench.done(&response), bench.done(&number), bench.done(&words));
        assert_eq!(stale_entries(&bench.db).await, [""; 0], "round {n}");
    }
}
