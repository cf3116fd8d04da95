//! The views for questions in SQL: they hold what the forms hold, and the examples of the README answer.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use mc_review::demo::{Wanted, load_submissions};
use mc_review::domain::clock::Clock;
use mc_review::domain::forms::{self, ContractForm, Form, RateForm};
use mc_review::domain::lifecycle::SubmissionKind;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, PgPool};

use crate::support::database::{BEGINNING, TestDatabase};

const README: &str = include_str!("../../README.md");
const EQRO: &str = include_str!("../../src/domain/forms/tests/eqro_v1.json");
const RATE: &str = include_str!("../../src/domain/forms/tests/rate_v1.json");

/// What the views add to the answers.
const ABOUT_CONTRACTS: [&str; 13] = [
    "key",
    "state_code",
    "state_name",
    "number",
    "kind",
    "name",
    "status",
    "revision",
    "led_to",
    "first_submitted_at",
    "last_submitted_at",
    "released_on",
    "mccrs_number",
];
const ABOUT_RATES: [&str; 10] = [
    "key",
    "state_code",
    "state_name",
    "number",
    "name",
    "status",
    "parent",
    "revision",
    "first_submitted_at",
    "last_submitted_at",
];

async fn rows(db: &PgPool, query: &str) -> Vec<Value> {
    let query = format!("select to_jsonb(answer) from ({query}) answer");
    sqlx::query_scalar(AssertSqlSafe(query.clone()))
        .fetch_all(db)
        .await
        .unwrap_or_else(|error| panic!("{query}\n{error}"))
}

/// A document with the answers of a group beside the others, and short names for the keys of programs.
fn flat(document: &Value, programs: &HashMap<String, String>) -> Map<String, Value> {
    let mut answers = Map::new();
    for (key, value) in document.as_object().unwrap() {
        match (key.as_str(), value) {
            ("provisions" | "eqro", Value::Object(group)) => answers.extend(group.clone()),
            ("program_ids" | "rate_program_ids", Value::Array(ids)) => {
                let names: Vec<&String> = ids.iter().filter_map(|id| programs.get(id.as_str().unwrap())).collect();
                answers.insert("programs".to_owned(), json!(names));
            }
            _ => drop(answers.insert(key.clone(), value.clone())),
        }
    }
    answers
}

/// Invented submissions, an EQRO one and a rate of the stored examples, and an open draft of each.
async fn world() -> (TestDatabase, PgPool) {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let files: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let wanted = Wanted { submissions: 120, seed: 11, lived_through: 60 };
    load_submissions(&db, &files, &Clock::set_to(BEGINNING), wanted).await.expect("the world loads");
    let programs: Vec<String> =
        sqlx::query_scalar("select id::text from program where state_code = 'MN' order by name")
            .fetch_all(&db)
            .await
            .unwrap();
    // The programs that the examples name are some of Minnesota's here.
    let example = |text: &str, key: &str| {
        let mut document: Value = serde_json::from_str(text).unwrap();
        document[key] = json!([programs[2], programs[0]]);
        document
    };
    let (eqro, rate) = (example(EQRO, "program_ids"), example(RATE, "rate_program_ids"));
    // Behind the rules: the views are about reading. The second of each is an open draft over a sent version.
    let script = format!(
        "begin; set local session_replication_role = replica;
         insert into contract_review (id, state_code, number, kind, name, status, sent_revision, first_submitted_at,
                                      last_submitted_at, last_activity_cms_at, last_activity_state_at)
           values (md5('c')::uuid, 'MN', 12345, 'eqro', 'MCR-MN-12345', 'unlocked', 1, now(), now(), now(), now());
         insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, led_to, created_at,
                                          created_by, submitted_at, submitted_by, submit_reason, unlocked_at, unlocked_by, unlock_reason)
           select md5('c' || n)::uuid, md5('c')::uuid, n, case n when 1 then $doc${eqro}$doc$::jsonb else '{{}}' end, 1,
                  case n when 1 then 'submitted'::contract_review_status end, now(), a.id,
                  case n when 1 then now() end, case n when 1 then a.id end, case n when 1 then 'Sent' end,
                  case n when 2 then now() end, case n when 2 then a.id end, case n when 2 then 'Because' end
             from generate_series(1, 2) n, account a where a.email like 'maya%';
         insert into rate_review (id, state_code, number, name, status, parent_id, sent_revision, first_submitted_at,
                                  last_submitted_at, last_activity_cms_at, last_activity_state_at)
           values (md5('r')::uuid, 'MN', 98765, 'MCR-MN-SNBC', 'unlocked', md5('c')::uuid, 1, now(), now(), now(), now()),
                  (md5('d')::uuid, 'MN', 98766, 'MCR-MN', 'draft', md5('c')::uuid, null, null, null, null, now());
         insert into rate_submission (id, rate_review_id, revision, contract_submission_id, rate_data, form_version, created_at,
                                      created_by, submitted_at, submitted_by, submit_reason)
           select md5('r' || n)::uuid, md5(case n when 3 then 'd' else 'r' end)::uuid, case n when 3 then 1 else n end,
                  md5('c1')::uuid, case n when 1 then $doc${rate}$doc$::jsonb else '{{}}' end, 1, now(), a.id,
                  case n when 1 then now() end, case n when 1 then a.id end, case n when 1 then 'Sent' end
             from generate_series(1, 3) n, account a where a.email like 'maya%';
         commit"
    );
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&db).await.unwrap();
    (database, db)
}

/// Every sent version that counts: the key of its row in a view and its answers as the typed reader reads them, as
/// corrected.
async fn typed(db: &PgPool, of: &'static str) -> BTreeMap<String, Map<String, Value>> {
    let programs: Vec<(String, String)> =
        sqlx::query_as("select id::text, name from program").fetch_all(db).await.unwrap();
    let programs: HashMap<String, String> = programs.into_iter().collect();
    let sent: Vec<(String, Option<SubmissionKind>, Value, i32)> = sqlx::query_as(of).fetch_all(db).await.unwrap();
    let read = |(key, kind, stored, version): (String, Option<SubmissionKind>, Value, i32)| {
        let document = match kind {
            Some(kind) => forms::read(&ContractForm::blank(kind), stored, version).unwrap().document(),
            None => forms::read(&RateForm::blank(true), stored, version).unwrap().document(),
        };
        (key, flat(&document, &programs))
    };
    sent.into_iter().map(read).collect()
}

const CONTRACTS: &str =
    "select r.state_code || '-' || to_char(r.number, 'FM99990000'), r.kind,
            s.contract_data || coalesce((select jsonb_build_object('contract_type', c.contract_action) from correction_in_force c
                                          where c.contract_review_id = r.id and c.revision = s.revision and c.what = 'contract_action'
                                          order by c.seq desc limit 1), '{}'),
            s.form_version
       from contract_review r join contract_submission s on s.contract_review_id = r.id
      where s.revision = (select max(revision) from contract_submission t
                           where t.contract_review_id = r.id and t.submitted_at is not null)";
const RATES: &str =
    "select r.state_code || '-R' || to_char(r.number, 'FM99990000'), null::submission_kind, s.rate_data, s.form_version
       from rate_review r join rate_submission s on s.rate_review_id = r.id
      where s.revision = (select max(revision) from rate_submission t
                           where t.rate_review_id = r.id and t.submitted_at is not null)";

/// Compares each row of a view with the answers, and each of its columns with the questions.
fn agrees(rows: &[Value], typed: &BTreeMap<String, Map<String, Value>>, about: &[&str]) {
    assert_eq!(rows.len(), typed.len());
    let asked: BTreeSet<&String> = typed.values().flat_map(Map::keys).collect();
    for row in rows {
        let row = row.as_object().unwrap();
        let answers = &typed[row["key"].as_str().unwrap()];
        for column in row.keys().filter(|column| !about.contains(&column.as_str())) {
            assert!(asked.contains(column), "{column} is no question");
            let answer = answers.get(column).unwrap_or(&Value::Null);
            assert_eq!(&row[column], answer, "{column} of {}", row["key"]);
        }
        let lacking: Vec<_> = answers.keys().filter(|question| !row.contains_key(*question)).collect();
        assert!(lacking.is_empty(), "no column holds {lacking:?}");
    }
}

#[tokio::test]
async fn the_views_hold_what_the_typed_reader_reads_and_no_draft() {
    let (_database, db) = world().await;
    let contracts = rows(&db, "select * from report_contract").await;
    agrees(&contracts, &typed(&db, CONTRACTS).await, &ABOUT_CONTRACTS);
    assert!(contracts.len() > 60);
    let statuses: BTreeSet<&str> = contracts.iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert!(
        !statuses.contains("draft") && statuses.contains("unlocked") && statuses.contains("approved"),
        "{statuses:?}"
    );
    let drafts: i64 =
        sqlx::query_scalar("select count(*) from contract_review where status = 'draft'").fetch_one(&db).await.unwrap();
    assert!(drafts > 0, "there are drafts to leave out");
    let eqro = contracts.iter().find(|row| row["key"] == "MN-12345").unwrap();
    assert_eq!((&eqro["revision"], &eqro["kind"]), (&json!(1), &json!("eqro")));

    let rates = rows(&db, "select * from report_rate").await;
    agrees(&rates, &typed(&db, RATES).await, &ABOUT_RATES);
    assert!(rates.len() > 10, "only {} rates", rates.len());
    let rate = rates.iter().find(|row| row["key"] == "MN-R98765").unwrap();
    assert_eq!((&rate["parent"], &rate["status"]), (&json!("MN-12345"), &json!("unlocked")));
    assert!(rates.iter().all(|row| row["key"] != "MN-R98766"), "a rate never sent is in no report");
}

#[tokio::test]
async fn the_columns_have_the_types_of_the_answers() {
    let database = TestDatabase::new().await;
    let of_type = async |data_type: &str| {
        let sql = format!(
            "select count(*) from information_schema.columns
              where table_name in ('report_contract', 'report_rate') and data_type = '{data_type}'"
        );
        sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).fetch_one(&database.pool()).await.unwrap()
    };
    let found = [of_type("boolean").await, of_type("date").await, of_type("ARRAY").await, of_type("jsonb").await];
    // Three answers, seventeen provisions, five activities; seven dates and the release; lists; people.
    assert_eq!(found, [25, 8, 5, 2]);
}

#[tokio::test]
async fn a_role_that_may_read_the_views_alone_reads_them_whole() {
    let (_database, db) = world().await;
    let whole = rows(&db, "select * from report_contract order by key").await;
    let mut tx = db.begin().await.unwrap();
    let role = "create role analyst_of_a_test; grant select on report_contract, report_rate to analyst_of_a_test;
                set local role analyst_of_a_test";
    sqlx::raw_sql(role).execute(&mut *tx).await.unwrap();
    let read: Vec<Value> =
        sqlx::query_scalar("select to_jsonb(r) from report_contract r order by key").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(read, whole);
    sqlx::query("select contract_data from contract_submission").fetch_all(&mut *tx).await.unwrap_err();
    tx.rollback().await.unwrap();
}

/// The examples of the README, in order.
fn examples() -> Vec<&'static str> {
    let section = README.split("## Asking questions of the data").nth(1).expect("the section is there");
    let section = section.split("\n## ").next().unwrap();
    section.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[tokio::test]
async fn the_examples_of_the_readme_answer_what_they_ask() {
    let (_database, db) = world().await;
    let (contracts, rates) = (typed(&db, CONTRACTS).await, typed(&db, RATES).await);
    let examples = examples();
    assert_eq!(examples.len(), 3);

    let mut by_program: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for (key, answers) in &contracts {
        for program in answers["programs"].as_array().unwrap() {
            let place = (key[..2].to_owned(), program.as_str().unwrap().to_owned());
            let counts = by_program.entry(place).or_default();
            counts.0 += 1;
            counts.1 += i64::from(answers.get("risk_based_contract") == Some(&json!(true)));
        }
    }
    let answered = rows(&db, examples[0]).await;
    let mut counted: Vec<_> = answered
        .iter()
        .map(|row| (row["program"].as_str().unwrap(), &row["submissions"], &row["risk_based"]))
        .collect();
    let expected: Vec<(&str, Value, Value)> =
        by_program.iter().map(|((_, program), (all, risk))| (program.as_str(), json!(all), json!(risk))).collect();
    let mut expected: Vec<_> = expected.iter().map(|(program, all, risk)| (*program, all, risk)).collect();
    let order = |row: &(&str, &Value, &Value)| (row.0.to_owned(), row.1.to_string());
    counted.sort_by_key(order);
    expected.sort_by_key(order);
    assert_eq!(counted, expected);

    let answered = rows(&db, examples[1]).await;
    let keys: BTreeSet<&str> = answered.iter().map(|row| row["key"].as_str().unwrap()).collect();
    let amended = |answers: &Map<String, Value>| {
        answers["contract_type"] == "AMENDMENT" && answers.get("modified_state_directed_payments") == Some(&json!(true))
    };
    let expected: BTreeSet<&str> =
        contracts.iter().filter(|(_, answers)| amended(answers)).map(|(key, _)| key.as_str()).collect();
    assert!(!keys.is_empty());
    assert_eq!(keys, expected);

    let answered = rows(&db, examples[2]).await;
    let mut firms: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (key, answers) in &rates {
        for actuary in answers["certifying_actuaries"].as_array().unwrap() {
            firms.entry(actuary["actuarial_firm"].as_str().unwrap()).or_default().insert(key);
        }
    }
    let counted: BTreeMap<&str, usize> = answered
        .iter()
        .map(|row| (row["firm"].as_str().unwrap(), usize::try_from(row["rates"].as_u64().unwrap()).unwrap()))
        .collect();
    assert!(!counted.is_empty());
    assert_eq!(counted, firms.iter().map(|(firm, rates)| (*firm, rates.len())).collect());
}
