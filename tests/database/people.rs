//! States, programs, accounts and sessions.

use crate::bench::Bench;

fn account(changes: &[(&str, &str)]) -> String {
    let mut columns = vec![
        ("id", "key('new')"),
        ("email", "'new@example.gov'"),
        ("given_name", "'New'"),
        ("family_name", "'Person'"),
        ("role", "'read_only'"),
    ];
    for (name, value) in changes {
        columns.retain(|(column, _)| column != name);
        columns.push((name, value));
    }
    let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    format!("insert into account ({}) values ({})", names.join(", "), values.join(", "))
}

#[tokio::test]
async fn role_state_and_department_of_an_account_fit_together() {
    let bench = Bench::with("").await;
    let state_user = account(&[("role", "'state_user'"), ("state_code", "'MN'")]);
    bench.rule("account_state_user_has_state", &state_user, &account(&[("role", "'state_user'")])).await;
    for role in ["admin", "helpdesk", "business_owner", "read_only"] {
        let role = format!("'{role}'");
        let right = account(&[("role", &role)]);
        bench.rule("account_state_user_has_state", &right, &account(&[("role", &role), ("state_code", "'MN'")])).await;
        bench
            .rule("account_reviewer_has_department", &right, &account(&[("role", &role), ("department", "'DMCO'")]))
            .await;
    }
    for role in ["'cms_reviewer'", "'cms_approver'"] {
        let right = account(&[("role", role), ("department", "'OACT'")]);
        bench.rule("account_reviewer_has_department", &right, &account(&[("role", role)])).await;
        let of_state = account(&[("role", role), ("department", "'OACT'"), ("state_code", "'MN'")]);
        bench.rule("account_state_user_has_state", &right, &of_state).await;
    }
}

#[tokio::test]
async fn an_account_has_a_name_and_an_email_of_its_own_and_is_never_removed() {
    let bench = Bench::with("").await;
    let right = account(&[]);
    bench.rule("account_email_unique", &right, &account(&[("email", "'SAM.LEE@Demo.Example.Gov'")])).await;
    for wrong in ["''", "'nobody'", "'a b@example.gov'", "'@example.gov'", "'a@b'"] {
        bench.rule("account_email_shape", &right, &account(&[("email", wrong)])).await;
    }
    for (column, rule) in [
        ("given_name", "account_given_name_not_blank"),
        ("family_name", "account_family_name_not_blank"),
        ("eua", "account_eua_not_blank"),
    ] {
        for blank in ["''", "'  '", "E'\\t\\n'"] {
            bench.rule(rule, &right, &account(&[(column, blank)])).await;
        }
    }
    let deactivate = "update account set active = false where id = person('rita.olsen')";
    bench.rule("account_never_removed", deactivate, "delete from account where id = person('rita.olsen')").await;
    bench.refused("account_never_removed", "truncate account cascade").await;
}

#[tokio::test]
async fn a_program_has_a_name_of_its_own_in_its_state_and_is_retired_rather_than_removed() {
    let bench = Bench::with("").await;
    let insert = |state: &str, name: &str, full_name: &str| {
        format!(
            "insert into program (id, state_code, name, full_name) values (key('p'), '{state}', '{name}', '{full_name}')"
        )
    };
    bench.rule("program_name_unique", &insert("WI", "SNBC", "Care"), &insert("MN", "SNBC", "Care")).await;
    bench.rule("program_name_not_blank", &insert("WI", "SNBC", "Care"), &insert("WI", " ", "Care")).await;
    bench.rule("program_full_name_not_blank", &insert("WI", "SNBC", "Care"), &insert("WI", "SNBC", "\n")).await;
    let retire = |when: &str| {
        format!(
            "update program set retired_on = {when}, replaced_by = (select id from program where name = 'PMAP') where name = 'SNBC'"
        )
    };
    bench.rule("program_replaced_only_when_retired", &retire("'2026-01-01'"), &retire("null")).await;
    let replace = |by: &str| {
        format!(
            "{}; update program set replaced_by = (select id from program where name = '{by}') where name = 'SNBC'",
            retire("'2026-01-01'")
        )
    };
    bench.rule("program_replacement_of_same_state", &replace("MSHO"), &replace("STAR")).await;
    bench.rule("program_replaced_by_another", &replace("MSHO"), &replace("SNBC")).await;
    bench.rule("program_never_removed", &retire("'2026-01-01'"), "delete from program where name = 'SNBC'").await;
    bench.refused("program_never_removed", "truncate program cascade").await;
}

#[tokio::test]
async fn a_program_stays_in_its_state_and_keeps_the_name_that_a_sent_version_has() {
    let bench = Bench::with("select draft('a')").await;
    let change = |what: &str| format!("update program set {what} where name = 'SNBC'");
    let right = change("full_name = 'Other'");
    bench.rule("program_identity_fixed", &right, &change("state_code = 'WI'")).await;
    bench.rule("program_identity_fixed", &right, &change("id = key('other')")).await;
    let of_draft = "update contract_submission set contract_data = jsonb_build_object('program_ids',
                      (select jsonb_build_array(id) from program where name = 'SNBC')) where id = key('a/1');";
    let rename = change("name = 'SN'");
    let sent = format!("{of_draft} select send('a'); {rename}");
    bench.rule("program_name_fixed", &format!("{of_draft} {rename}"), &sent).await;
    bench.done(&format!("{right}; {right}; update program set version = 99 where name = 'SNBC'")).await;
    assert_eq!(bench.value::<i32>("select version from program where name = 'SNBC'").await, 4);
}

#[tokio::test]
async fn the_history_of_a_program_tells_the_truth_about_it() {
    let bench = Bench::with("").await;
    let told = |version: i32| {
        format!(
            "update program set full_name = 'Other' where name = 'SNBC';
             insert into event (id, at, actor_name, subject, subject_id, kind, audience, row_table, row_id, version_before,
                                version_after, previous_sha256, sha256)
               select gen_random_uuid(), now(), 'Somebody', 'program', id, 'program_changed', 'cms', 'program', id,
                      {version} - 1, {version}, '', '' from program where name = 'SNBC'"
        )
    };
    bench.rule("event_fits_row", &told(2), &told(3)).await;
    let untold = "update program set full_name = 'Other' where name = 'SNBC'";
    bench.done(untold).await;
    let found: Vec<String> =
        mc_review::history::verify_all(&bench.db).await.unwrap().breaks.iter().map(ToString::to_string).collect();
    assert!(found.len() == 1 && found[0].contains("MN SNBC"), "{found:?}");
}

#[tokio::test]
async fn a_state_has_a_code_of_two_letters_and_a_name_of_its_own() {
    let bench = Bench::with("").await;
    let insert = |code: &str, name: &str| format!("insert into state (code, name) values ('{code}', '{name}')");
    bench.rule("state_code_shape", &insert("QQ", "Nowhere"), &insert("qq", "Nowhere")).await;
    bench.rule("state_code_shape", &insert("QQ", "Nowhere"), &insert("QQQ", "Nowhere")).await;
    bench.rule("state_name_unique", &insert("QQ", "Nowhere"), &insert("QQ", "Minnesota")).await;
    assert_eq!(bench.value::<i64>("select count(*) from state").await, 56);
}

#[tokio::test]
async fn a_session_has_a_key_of_its_own() {
    let bench = Bench::with("").await;
    let insert = |key: &str| {
        format!(
            "insert into session (id, key_sha256, state, signed_in_at, last_seen_at) values (gen_random_uuid(), '{key}', '{{}}', now(), now());"
        )
    };
    bench.rule("session_key_unique", &(insert("a") + &insert("b")), &(insert("a") + &insert("a"))).await;
    let named = |length: usize| format!("{} update session set user_agent = repeat('x', {length})", insert("a"));
    bench.rule("session_user_agent_length", &named(255), &named(256)).await;
}

#[tokio::test]
async fn a_form_is_held_under_an_address_that_is_not_too_long() {
    let bench = Bench::with("").await;
    let held = |length: usize| {
        let address = "x".repeat(length);
        format!("insert into held_form values (person('sam.lee'), '{address}', '{{}}', now())")
    };
    bench.rule("held_form_address_length", &held(1_000), &held(1_001)).await;
}

#[tokio::test]
async fn a_step_of_a_life_stands_once_in_its_table() {
    let bench = Bench::with("").await;
    let insert = |to: &str| format!("insert into status_transition values ('contract_review', 'create', null, '{to}')");
    bench.rule("status_transition_once", &insert("other"), &insert("draft")).await;
}
