//! A correction stands beside what was sent, made by an administrator, told, and undone at most once.

use crate::bench::Bench;

const SENT: &str = "select draft('a'); select attach('a/1', 'one'); select rate('r', 'a'); select send('a')";

/// A correction with everything that goes with it; `said` as JSON.
fn made(called: &str, case: &str, kind: &str, said: &str) -> String {
    format!("select correction('{called}', '{case}', '{kind}', '{said}'); select corrected('{called}', '{case}')")
}

const ACTION: &str = r#"{"action": "BASE"}"#;

fn action(called: &str) -> String {
    made(called, "a", "contract_action", ACTION)
}

fn undone(called: &str, undoes: &str) -> String {
    format!(
        "select correction('{called}', 'a', 'contract_action', '{{}}', '{undoes}'); select corrected('{called}', 'a')"
    )
}

#[tokio::test]
async fn only_administrators_correct() {
    let bench = Bench::with(SENT).await;
    for other in ["sam.lee", "dana.ruiz", "hannah.desai", "maya.lindqvist"] {
        let said = format!(r#"{{"action": "BASE", "by": "{other}"}}"#);
        let wrong = made("c", "a", "contract_action", &said);
        bench.rule("correction_by_an_admin", &action("c"), &wrong).await;
    }
    let closed = "set local session_replication_role = replica; update account set active = false where id = person('alex.morgan');
                  set local session_replication_role = origin";
    bench.refused("correction_by_an_admin", &format!("{closed}; {}", action("c"))).await;
    bench
        .refused(
            "correction_reason_not_blank",
            &made("c", "a", "contract_action", r#"{"action": "BASE", "reason": " "}"#),
        )
        .await;
}

#[tokio::test]
async fn only_the_latest_version_of_a_package_that_is_sent_or_approved_is_corrected() {
    let bench = Bench::with(SENT).await;
    let rule = "correction_of_the_latest_version";
    let approved = "select start('a'); select sign_off('a'); select approve('a')";
    let of_rate = made("c", "r", "first_sent", r#"{"moment": "2026-01-01"}"#);
    let of_rate = of_rate.replace("corrected('c', 'r')", "corrected('c', 'r', '2026-01-01')");
    for right in [action("c"), format!("{approved}; {}", action("c")), format!("{approved}; {of_rate}")] {
        bench.tried(&right).await.unwrap_or_else(|error| panic!("{right}\n{error}"));
    }
    for before in ["select unlock('a')", "select withdraw_rate('r', true); select withdraw('a')"] {
        bench.refused(rule, &format!("{before}; {}", action("c"))).await;
        bench.refused(rule, &format!("{before}; {of_rate}")).await;
    }
    bench.refused(rule, &format!("select withdraw_rate('r'); {of_rate}")).await;
    bench.refused(rule, &made("c", "a", "contract_action", r#"{"action": "BASE", "revision": 2}"#)).await;
    let unsent = made("c", "d", "contract_action", ACTION);
    bench.refused(rule, &format!("select draft('d'); {unsent}")).await;
    let kept = made("c", "n", "contract_action", ACTION);
    bench.refused(rule, &format!("select draft('n'); select send('n', 'not_subject_to_review'); {kept}")).await;
}

#[tokio::test]
async fn a_correction_never_changes_and_is_never_removed() {
    let bench = Bench::with(&format!("{SENT}; {}", action("c"))).await;
    let changes = [
        "update correction set reason = 'x'",
        "delete from correction",
        "truncate correction cascade",
        "delete from correction where false",
    ];
    for change in changes {
        bench.refused("correction_append_only", change).await;
    }
}

#[tokio::test]
async fn a_correction_is_undone_once_and_no_undoing_is() {
    let bench = Bench::with(&format!("{SENT}; {}", action("c"))).await;
    let twice = format!("{}; {}", undone("u", "c"), undone("v", "c"));
    bench.rule("correction_undone_once", &undone("u", "c"), &twice).await;
    let of_undoing = format!("{}; {}", undone("u", "c"), undone("v", "u"));
    bench.refused("correction_undoes_its_like", &of_undoing).await;
    let of_another_kind = "select correction('u', 'a', 'first_sent', '{}', 'c'); select corrected('u', 'a')";
    bench.refused("correction_undoes_its_like", of_another_kind).await;
    let of_another_case =
        "select draft('b'); select send('b'); select correction('u', 'b', 'contract_action', '{}', 'c')";
    bench.refused("correction_undoes_its_like", of_another_case).await;
    let counts = "select count(*) from correction_in_force";
    assert_eq!(bench.value::<i64>(counts).await, 1);
    bench.done(&undone("u", "c")).await;
    assert_eq!(bench.value::<i64>(counts).await, 0);
}

#[tokio::test]
async fn a_correction_holds_what_its_kind_needs_and_nothing_else() {
    let bench = Bench::with(SENT).await;
    let rule = "correction_value_fits";
    let first = |said: &str| {
        format!("select correction('c', 'a', 'first_sent', '{said}'); select corrected('c', 'a', '2026-01-01')")
    };
    bench.rule(rule, &first(r#"{"moment": "2026-01-01"}"#), &first("{}")).await;
    bench.refused(rule, &first(r#"{"moment": "2026-01-01", "action": "BASE"}"#)).await;
    bench.refused("correction_moment_is_past", &first(r#"{"moment": "2999-01-01"}"#)).await;
    for said in ["{}", r#"{"action": "OTHER"}"#, r#"{"action": "BASE", "moment": "2026-01-01"}"#] {
        bench.refused(rule, &made("c", "a", "contract_action", said)).await;
    }
    bench.refused(rule, &made("c", "r", "contract_action", ACTION)).await;
    let document = r#"{"document": "a/1/one"}"#;
    bench
        .rule(rule, &made("c", "a", "document_withdrawn", document), &made("c", "a", "document_dated", document))
        .await;
    let with_value = format!("{}; select correction('u', 'a', 'contract_action', '{ACTION}', 'c')", action("c"));
    bench.refused(rule, &with_value).await;
    let both = "insert into correction (id, contract_review_id, rate_review_id, revision, what, moment, reason, made_at, made_by)
                  values (key('c'), key('a'), key('r'), 1, 'first_sent', now(), 'x', now(), person('alex.morgan'))";
    bench.refused("correction_has_one_subject", both).await;
}

#[tokio::test]
async fn a_document_is_corrected_in_the_version_that_has_it() {
    let bench =
        Bench::with(&format!("{SENT}; select draft('b'); select attach('b/1', 'other'); select send('b')")).await;
    let rule = "correction_document_of_the_version";
    for (kind, date) in [("document_withdrawn", ""), ("document_dated", r#", "moment": "2026-01-01""#)] {
        let of = |case: &str, document: &str| made("c", case, kind, &format!(r#"{{"document": "{document}"{date}}}"#));
        bench.rule(rule, &of("a", "a/1/one"), &of("a", "b/1/other")).await;
        bench.refused(rule, &of("r", "a/1/one")).await;
        bench.refused(rule, &of("a", "nothing")).await;
    }
}

/// A document beside what was sent with the first version of `a`.
fn add(correction: &str, document: &str, version: &str) -> String {
    format!(
        "insert into document (id, contract_submission_id, category, sha256, file_name, position, uploaded_at, uploaded_by,
                               first_submitted_at, correction_id)
           select key('{document}'), key('{version}'), 'contract', sha256, 'added.pdf', 2, now(), person('alex.morgan'), now(), key('{correction}')
             from blob"
    )
}

#[tokio::test]
async fn a_document_that_is_added_belongs_to_its_correction_and_stays_as_it_is() {
    let bench = Bench::with(SENT).await;
    let names = |document: &str| made("c", "a", "document_added", &format!(r#"{{"document": "{document}"}}"#));
    let right = format!("{}; {}", names("new"), add("c", "new", "a/1"));
    let of_another = format!("{}; {}", names("new"), add("c", "another", "a/1"));
    bench.rule("document_added_by_its_correction", &right, &of_another).await;
    let elsewhere = format!("select draft('b'); {}; {}", names("new"), add("c", "new", "b/1"));
    bench.refused("document_added_by_its_correction", &elsewhere).await;
    let no_addition = format!("{}; {}", action("c"), add("c", "new", "a/1"));
    bench.refused("document_added_by_its_correction", &no_addition).await;
    // What was sent is nobody's addition.
    bench.refused("correction_adds_its_own", &names("a/1/one")).await;
    bench.done(&right).await;
    for change in ["update document set position = 3", "delete from document"] {
        bench.refused("document_sealed", &format!("{change} where id = key('new')")).await;
    }
    bench.refused("document_sealed", "select attach('a/1', 'late', 'contract', 3)").await;
}

#[tokio::test]
async fn when_something_was_first_sent_is_as_sent_or_as_corrected() {
    let bench = Bench::with(SENT).await;
    let rule = "first_sent_as_corrected";
    for (case, table) in [("a", "contract_review"), ("r", "rate_review")] {
        let corrected = |first: &str| {
            format!(
                "select correction('c', '{case}', 'first_sent', '{{\"moment\": \"2026-01-01\"}}'); select corrected('c', '{case}', {first})"
            )
        };
        bench.rule(rule, &corrected("'2026-01-01'"), &corrected("null")).await;
        bench.refused(rule, &corrected("'2026-01-02'")).await;
        bench
            .refused(rule, &format!("update {table} set first_submitted_at = '2026-01-01' where id = key('{case}')"))
            .await;
        // Of two the newer counts, until it is undone; then the older, then what was sent.
        let sent = format!("(select first_submitted_at from {table} where id = key('{case}'))");
        let sent: String = bench.value(&format!("select quote_literal({sent})")).await;
        let newer = "select correction('d', 'CASE', 'first_sent', '{\"moment\": \"2026-01-03\"}'); select corrected('d', 'CASE', '2026-01-03')";
        let undo =
            "select correction('u', 'CASE', 'first_sent', '{}', 'd'); select corrected('u', 'CASE', '2026-01-01')";
        let undo_all =
            format!("select correction('v', 'CASE', 'first_sent', '{{}}', 'c'); select corrected('v', 'CASE', {sent})");
        let story = format!("{}; {newer}; {undo}; {undo_all}", corrected("'2026-01-01'")).replace("CASE", case);
        bench.tried(&story).await.unwrap();
        let too_far = format!("{}; {newer}; {undo}", corrected("'2026-01-01'"))
            .replace("'u', 'CASE', '2026-01-01'", &format!("'u', 'CASE', {sent}"));
        bench.refused(rule, &too_far.replace("CASE", case)).await;
    }
}

#[tokio::test]
async fn a_correction_is_told_in_the_history_of_its_case() {
    let bench = Bench::with(SENT).await;
    let silent = format!("select correction('c', 'a', 'contract_action', '{ACTION}')");
    bench.rule("correction_is_told", &action("c"), &silent).await;
    let of_another = format!("{silent}; select corrected('other', 'a')");
    bench.refused("correction_is_told", &of_another).await;
    bench.done(&action("c")).await;
    bench.refused("correction_is_told", "select correction('u', 'a', 'contract_action', '{}', 'c')").await;
}

#[tokio::test]
async fn reports_say_what_was_corrected() {
    let bench = Bench::with(SENT).await;
    let reported = "select coalesce(contract_type, 'nothing') || ' ' || to_char(first_submitted_at at time zone 'UTC', 'YYYY-MM-DD') from report_contract";
    bench
        .done(&format!(
            "{}; select correction('f', 'a', 'first_sent', '{{\"moment\": \"2026-01-01 12:00Z\"}}'); select corrected('f', 'a', '2026-01-01 12:00Z');
             select correction('g', 'r', 'first_sent', '{{\"moment\": \"2026-01-02 12:00Z\"}}'); select corrected('g', 'r', '2026-01-02 12:00Z')",
            action("c")
        ))
        .await;
    assert_eq!(bench.texts(reported).await, ["BASE 2026-01-01"]);
    let of_rate = "select to_char(first_submitted_at at time zone 'UTC', 'YYYY-MM-DD') from report_rate";
    assert_eq!(bench.texts(of_rate).await, ["2026-01-02"]);
    bench.done(&undone("u", "c")).await;
    assert_eq!(bench.texts(reported).await, ["nothing 2026-01-01"]);
}

/// Sent three times, twice with the same content; a rate beside it.
const THRICE: &str = "
  select draft('a'); select attach('a/1', 'one'); select attach('a/1', 'two', 'contract_supporting'); select send('a');
  set local session_replication_role = replica;
  insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by, submitted_at,
                                   submitted_by, submit_reason, led_to, unlocked_at, unlocked_by, unlock_reason)
    select key('a/' || n), contract_review_id, n, contract_data, form_version, created_at, created_by, submitted_at, submitted_by,
           submit_reason, led_to, now(), person('sam.lee'), 'Please mend it.'
      from contract_submission, generate_series(2, 3) n where id = key('a/1');
  insert into document select (jsonb_populate_record(d, jsonb_build_object('id', key('a/2/one'), 'contract_submission_id', key('a/2')))).* from document d where id = key('a/1/one');
  update contract_review set sent_revision = 2 where id = key('a');
  set local session_replication_role = origin;
  select draft('b'); select attach('b/1', 'one'); select send('b')";

/// The documents that are withdrawn, by their versions.
const WITHDRAWN: &str = "select case id when key('a/1/one') then 'a/1' when key('a/2/one') then 'a/2' when key('a/3/one') then 'a/3' else 'other' end
                           from document d where exists (select from correction_in_force where document_id = d.id and what = 'document_withdrawn') order by 1";

#[tokio::test]
async fn a_document_is_withdrawn_from_one_version_or_from_all_that_hold_its_content() {
    let bench = Bench::with(THRICE).await;
    let withdrawn = |all: bool| {
        let said = format!(r#"{{"document": "a/2/one", "revision": 2, "all_versions": {all}}}"#);
        made("c", "a", "document_withdrawn", &said)
    };
    let undo = |called: &str| {
        format!(
            "select correction('u', 'a', 'document_withdrawn', '{{\"revision\": 2}}', '{called}'); select corrected('u', 'a')"
        )
    };
    let shown = async |script: &str| {
        let mut tx = bench.db.begin().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut *tx).await.unwrap();
        sqlx::query_scalar::<_, String>(WITHDRAWN).fetch_all(&mut *tx).await.unwrap()
    };
    assert_eq!(shown(&withdrawn(false)).await, ["a/2"]);
    // Neither other content of the case nor the same content of another case.
    assert_eq!(shown(&withdrawn(true)).await, ["a/1", "a/2"]);
    assert_eq!(shown(&format!("{}; {}", withdrawn(true), undo("c"))).await, [""; 0]);
    // What comes after it is another version: the state may have its reasons.
    let later = "set local session_replication_role = replica;
                 insert into document select (jsonb_populate_record(d, jsonb_build_object('id', key('a/3/one'), 'contract_submission_id', key('a/3')))).* from document d where id = key('a/1/one')";
    assert_eq!(shown(&format!("{}; {later}", withdrawn(true))).await, ["a/1", "a/2"]);
    // It is one correction, for one entry of the history.
    bench.done(&withdrawn(true)).await;
    assert_eq!(bench.value::<i64>("select count(*) from correction").await, 1);
    bench.refused("correction_append_only", "update correction set all_versions = false").await;
}

#[tokio::test]
async fn nothing_but_withdrawing_a_document_is_about_all_versions() {
    let bench = Bench::with(SENT).await;
    let rule = "correction_all_versions_of_a_withdrawal";
    let dated = |all: bool| {
        made(
            "c",
            "a",
            "document_dated",
            &format!(r#"{{"document": "a/1/one", "moment": "2026-01-01", "all_versions": {all}}}"#),
        )
    };
    bench.rule(rule, &dated(false), &dated(true)).await;
    let withdrawn = made("c", "a", "document_withdrawn", r#"{"document": "a/1/one", "all_versions": true}"#);
    let undo = |all: bool| {
        format!(
            "{withdrawn}; select correction('u', 'a', 'document_withdrawn', '{{\"all_versions\": {all}}}', 'c'); select corrected('u', 'a')"
        )
    };
    bench.rule(rule, &undo(false), &undo(true)).await;
}
