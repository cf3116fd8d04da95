//! What happened is written with the change, truthfully and once, and stays as it was written.

use mc_review::domain::event::{Audience, Kind};

use crate::bench::Bench;

const SENT: &str = "select draft('a'); select send('a')";

/// An entry about the draft 'a' as it stands, but for the columns named.
fn entry(changes: &[(&str, &str)]) -> String {
    let mut columns = vec![
        ("id", "gen_random_uuid()"),
        ("at", "now()"),
        ("actor_name", "'Somebody'"),
        ("subject", "'contract_review'"),
        ("subject_id", "key('a')"),
        ("kind", "'reviewers_changed'"),
        ("audience", "'cms'"),
        ("row_table", "'department_review'"),
        ("row_id", "key('a/DMCO')"),
        ("status_before", "'not_started'"),
        ("status_after", "'not_started'"),
        ("version_before", "1"),
        ("version_after", "2"),
        ("previous_sha256", "''"),
        ("sha256", "''"),
    ];
    for (name, value) in changes {
        columns.retain(|(column, _)| column != name);
        columns.push((name, value));
    }
    let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    format!(
        "update department_review set primary_reviewer_id = person('sam.lee') where id = key('a/DMCO');
         insert into event ({}) values ({})",
        names.join(", "),
        values.join(", ")
    )
}

#[tokio::test]
async fn an_entry_is_never_changed_and_never_removed() {
    let bench = Bench::with(SENT).await;
    for wrong in ["update event set reason = 'other'", "delete from event", "truncate event"] {
        bench.rule("event_append_only", &entry(&[]), wrong).await;
    }
    for wrong in [
        "update event_head set entries = entries - 1",
        "delete from event_head",
        "insert into event_head values ('setting', key('z'), 0, 'x')",
    ] {
        bench.rule("event_head_follows", &entry(&[]), wrong).await;
    }
    bench.refused("event_head_append_only", "truncate event_head").await;
}

#[tokio::test]
async fn a_change_of_status_without_its_entry_does_not_commit() {
    let bench = Bench::with(&format!("{SENT}; select start('a'); select draft('d')")).await;
    let approve = "update contract_review set status = 'approved', released_on = '2026-03-10' where id = key('a')";
    bench.rule("contract_review_change_is_told", "select approve('a')", approve).await;
    let told = |before: &str| format!("{approve}; select tell('approved', 'contract_review', key('a'), '{before}')");
    bench.rule("contract_review_change_is_told", &told("submitted"), &told("resubmitted")).await;
    let sign_off = "update department_review set status = 'signed_off', decision = 'signed_off', decided_revision = 1,
                      decided_by = person('sam.lee'), decided_at = now() where id = key('a/DMCO')";
    bench.rule("department_review_change_is_told", "select sign_off('a')", sign_off).await;
    let begin = "insert into contract_review (id, state_code, number, kind, name, last_activity_state_at)
                 values (key('z'), 'MN', 2, 'health_plan', 'x', now());
                 insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by)
                 values (key('z/1'), key('z'), 1, '{}', 1, now(), person('maya.lindqvist'))";
    let taken =
        format!("update state set last_contract_number = 3 where code = 'MN'; {}", begin.replace("'MN', 2", "'MN', 3"));
    let right = format!("{taken}; select tell('created', 'contract_review', key('z'))");
    bench.rule("contract_review_change_is_told", &right, &taken).await;
}

#[tokio::test]
async fn a_change_is_told_once() {
    let bench = Bench::with(SENT).await;
    // The same row version, told again.
    let again = entry(&[]);
    let (_, insert) = again.split_once(';').unwrap();
    let twice = format!("{again}; {insert}");
    bench.rule("event_row_version_once", &entry(&[]), &twice).await;
}

#[tokio::test]
async fn an_entry_tells_the_truth_about_its_row() {
    let bench = Bench::with(&format!("{SENT}; select draft('b')")).await;
    for lie in [
        &[("status_after", "'signed_off'")][..],
        &[("version_before", "2"), ("version_after", "3")],
        &[("version_before", "null"), ("version_after", "1")],
        &[("row_id", "key('nothing')")],
        &[("row_table", "'contract_review'")],
        &[("row_table", "'state'")],
        // In the history of another submission, or of nothing.
        &[("subject_id", "key('b')")],
        &[("subject", "'account'")],
        &[("subject", "'rate_review'")],
    ] {
        bench.rule("event_fits_row", &entry(&[]), &entry(lie)).await;
    }
    bench.rule("event_versions_are_neighbours", &entry(&[]), &entry(&[("version_before", "0")])).await;
    let account = "update account set family_name = 'Leigh' where id = person('sam.lee');
                   select tell('account_changed', 'account', person('sam.lee'))";
    let other = account.replace("'account', person('sam.lee')", "'account', person('kim.ode')");
    bench.rule("event_row_version_once", account, &other).await;
}

#[tokio::test]
async fn an_entry_reaches_the_readers_of_its_kind_and_no_others() {
    let bench = Bench::with(SENT).await;
    for audience in ["'both'", "'state'"] {
        bench.rule("event_audience_of_kind", &entry(&[]), &entry(&[("audience", audience)])).await;
    }
    bench.refused("event_audience_of_kind", &entry(&[("kind", "'other'")])).await;
    let kind = "insert into event_kind (kind, audience) values ('something', 'cms');";
    bench.rule("event_kind_pkey", kind, &format!("{kind} {}", kind.replace("'cms'", "'both'"))).await;
}

#[tokio::test]
async fn what_needs_a_reason_says_one_and_no_reason_is_blank() {
    let bench = Bench::with(&format!("{SENT}; select start('a')")).await;
    let object = |reason: &str| {
        format!(
            "update department_review set status = 'objection', decision = 'objection', decision_note = 'Because',
               decided_revision = 1, decided_by = person('sam.lee'), decided_at = now() where id = key('a/DMCO');
             select tell('review_objected', 'department_review', key('a/DMCO'), 'in_review', {reason})"
        )
    };
    bench.rule("event_needs_reason", &object("'Because'"), &object("null")).await;
    let reopen = |reason: &str| {
        format!(
            "select sign_off('a'); update department_review set status = 'in_review' where id = key('a/DMCO');
             select tell('review_reopened', 'department_review', key('a/DMCO'), 'signed_off', {reason})"
        )
    };
    bench.rule("event_needs_reason", &reopen("'Because'"), &reopen("null")).await;
    for blank in ["''", "'   '", "E'\\n\\t'"] {
        bench.rule("event_reason_not_blank", &object("'Because'"), &object(blank)).await;
        bench.rule("event_reason_not_blank", &reopen("'Because'"), &reopen(blank)).await;
    }
    let fresh = Bench::with(SENT).await;
    fresh.rule("event_actor_name_not_blank", &entry(&[]), &entry(&[("actor_name", "E'\\n'")])).await;
    fresh.rule("event_details_is_object", &entry(&[]), &entry(&[("details", "'[]'")])).await;
}

#[tokio::test]
async fn the_kinds_of_entries_in_the_program_and_in_the_database_are_the_same() {
    let bench = Bench::with("").await;
    let word = |audience: Audience| serde_json::to_value(audience).unwrap().as_str().unwrap().to_owned();
    let name = |kind: Kind| serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned();
    let mut program: Vec<String> = Kind::ALL
        .iter()
        .map(|(kind, audience, reason)| format!("{} {} {reason}", name(*kind), word(*audience)))
        .collect();
    program.sort();
    let mut database =
        bench.texts("select concat_ws(' ', kind, audience, needs_reason::boolean::text) from event_kind").await;
    database.sort();
    assert_eq!(program, database);
}

#[tokio::test]
async fn an_entry_moves_the_activity_of_those_who_may_read_it_only() {
    let bench = Bench::with(&format!(
        "{SENT}; update contract_review set last_activity_cms_at = '2026-01-01', last_activity_state_at = '2026-01-01'"
    ))
    .await;
    let days = "select concat_ws(' ', last_activity_cms_at::date, last_activity_state_at::date) from contract_review";
    assert_eq!(bench.value::<String>(days).await, "2026-01-01 2026-01-01");
    bench.done(&entry(&[("at", "'2026-02-02'")])).await;
    assert_eq!(bench.value::<String>(days).await, "2026-02-02 2026-01-01");
    assert_eq!(bench.value::<i32>("select version from contract_review").await, 2, "following columns do not count");
}

#[tokio::test]
async fn the_hash_of_an_entry_does_not_depend_on_the_settings_of_the_session() {
    let bench = Bench::with(&format!(
        "{SENT}; {}",
        entry(&[("reason", "'é \u{2013} ''quoted'''"), ("details", "'{\"a\": 1.50}'")])
    ))
    .await;
    for setting in [
        "timezone = 'Asia/Kolkata'",
        "datestyle = 'German'",
        "extra_float_digits = -5",
        "bytea_output = 'escape'",
        "intervalstyle = 'iso_8601'",
        "client_encoding = 'LATIN1'",
        "lc_messages = 'C'",
    ] {
        let check = format!(
            "set local {setting}; do $$ begin assert not exists (select from event e where sha256 <> event_sha256(e)); end $$"
        );
        bench.tried(&check).await.unwrap();
    }
}

#[tokio::test]
async fn entries_on_one_subject_written_at_the_same_moment_queue_up() {
    let bench = Bench::with(SENT).await;
    let mut first = bench.db.begin().await.unwrap();
    sqlx::raw_sql("update contract_review set mccrs_number = '1' where id = key('a')")
        .execute(&mut *first)
        .await
        .unwrap();
    sqlx::raw_sql("select tell('approved', 'contract_review', key('a'), 'submitted')")
        .execute(&mut *first)
        .await
        .unwrap();
    let changes = entry(&[]);
    let second = bench.done(&changes);
    let (_, committed) = tokio::join!(second, async {
        while bench.value::<i64>("select count(*) from pg_stat_activity where wait_event_type = 'Lock'").await == 0 {
            tokio::task::yield_now().await;
        }
        first.commit().await
    });
    committed.unwrap();
    let broken =
        "select count(*) from (select previous_sha256, lag(sha256, 1, repeat('0', 64)) over (order by seq) as before
                    from event where subject_id = key('a')) e where previous_sha256 <> before";
    assert_eq!(bench.value::<i64>(broken).await, 0);
}
