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
    bench.rule("program_never_removed", &retire("'2026-01-01'"), "delete from program where name = 'SNBC'").await;
    bench.refused("program_never_removed", "truncate program cascade").await;
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
}

#[tokio::test]
async fn a_step_of_a_life_stands_once_in_its_table() {
    let bench = Bench::with("").await;
    let insert = |to: &str| format!("insert into status_transition values ('contract_review', 'create', null, '{to}')");
    bench.rule("status_transition_once", &insert("other"), &insert("draft")).await;
}
