//! Saved views stay with their owner, keep every version of theirs, and open lists only while they are there.

use crate::bench::Bench;

/// A view called `one` of Dana Ruiz's, approver of DMCO, or of that department.
fn view(owner: &str, name: &str) -> String {
    let (account, department) = if owner == "DMCO" { ("null", "'DMCO'") } else { ("person('dana.ruiz')", "null") };
    format!(
        "insert into saved_view (id, list, account_id, department, name, query, changed_by, changed_at)
           values (key('{name}'), 'submissions', {account}, {department}, '{name}', 'status=any', person('dana.ruiz'), now())"
    )
}

#[tokio::test]
async fn a_view_has_one_owner_a_list_and_a_name_that_is_theirs_alone() {
    let bench = Bench::with("").await;
    let (own, shared) = (view("me", "one"), view("DMCO", "one"));
    bench.rule("saved_view_list", &own, &own.replace("'submissions'", "'salaries'")).await;
    bench
        .rule("saved_view_one_owner", &own, &own.replace("person('dana.ruiz'), null", "person('dana.ruiz'), 'DMCO'"))
        .await;
    bench.refused("saved_view_one_owner", &own.replace("person('dana.ruiz'), null", "null, null")).await;
    bench.rule("saved_view_name_not_blank", &own, &own.replace("'one', 'status", "E' \\t', 'status")).await;
    let name = |length: usize| own.replace("'one', 'status", &format!("'{}', 'status", "x".repeat(length)));
    bench.rule("saved_view_name_length", &name(100), &name(101)).await;
    let query = |length: usize| own.replace("'status=any'", &format!("'q={}'", "x".repeat(length - 2)));
    bench.rule("saved_view_query_length", &query(16_000), &query(16_001)).await;
    bench.rule("saved_view_query_not_blank", &own, &own.replace("'status=any'", "' '")).await;
    bench
        .rule(
            "saved_view_changed_by_its_owner",
            &own,
            &own.replace("'status=any', person('dana.ruiz')", "'status=any', person('sam.lee')"),
        )
        .await;
    for by in ["sam.lee", "ruth.abara", "rita.olsen", "maya.lindqvist"] {
        let wrong = shared.replace("person('dana.ruiz'), now()", &format!("person('{by}'), now()"));
        bench.rule("saved_view_changed_by_its_department", &shared, &wrong).await;
    }
    bench.tried(&shared.replace("person('dana.ruiz'), now()", "person('alex.morgan'), now()")).await.unwrap();
    let twice = |owner: &str, name: &str| format!("{}; {}", view(owner, "one"), view(owner, name));
    let capital = |owner: &str| twice(owner, "two").replace("'two', 'status", "'ONE', 'status");
    bench.rule("saved_view_name_of_account", &twice("me", "two"), &capital("me")).await;
    bench.rule("saved_view_name_of_department", &twice("DMCO", "two"), &capital("DMCO")).await;
    bench.tried(&format!("{own}; {}", view("DMCO", "two").replace("'two', 'status", "'one', 'status"))).await.unwrap();
    let renewed = format!(
        "{own}; update saved_view set removed = true; {}",
        view("me", "two").replace("'two', 'status", "'one', 'status")
    );
    bench.tried(&renewed).await.unwrap();
}

#[tokio::test]
async fn a_view_stays_what_it_is_and_every_version_of_it_is_kept() {
    let bench = Bench::with(&view("DMCO", "one")).await;
    let renamed = "update saved_view set name = 'other'";
    for wrong in ["id = key('x')", "list = 'rates'", "department = 'OACT'"] {
        bench.rule("saved_view_identity_fixed", renamed, &format!("update saved_view set {wrong}")).await;
    }
    bench
        .rule("saved_view_changed_by_its_department", renamed, "update saved_view set changed_by = person('sam.lee')")
        .await;
    let removed = "update saved_view set removed = true";
    bench.rule("saved_view_removed_stays", removed, &format!("{removed}; update saved_view set removed = false")).await;
    for wrong in ["delete from saved_view", "truncate saved_view cascade"] {
        bench.refused("saved_view_never_removed", wrong).await;
    }
    bench.done("update saved_view set name = 'second', version = 7").await;
    bench.done("update saved_view set query = 'status=approved', changed_by = person('alex.morgan')").await;
    bench.done(removed).await;
    let kept = bench
        .texts("select concat_ws(' ', version, name, query, removed) from saved_view_version order by version")
        .await;
    assert_eq!(
        kept,
        ["1 one status=any f", "2 second status=any f", "3 second status=approved f", "4 second status=approved t"]
    );
    for wrong in
        ["update saved_view_version set name = 'x'", "delete from saved_view_version", "truncate saved_view_version"]
    {
        bench.refused("saved_view_version_append_only", wrong).await;
    }
    let forged = "insert into saved_view_version select view_id, 5, 'forged', query, removed, changed_by, changed_at from saved_view_version where version = 4";
    bench.refused("saved_view_version_is_true", forged).await;
}

#[tokio::test]
async fn a_list_opens_with_a_view_of_its_own_that_is_there() {
    let bench = Bench::with(&format!("{}; {}", view("DMCO", "one"), view("DMCO", "two"))).await;
    let opens = "insert into list_default values (person('sam.lee'), 'submissions', key('one'))";
    bench.rule("list_default_of_its_list", opens, &opens.replace("submissions", "rates")).await;
    let removed = "update saved_view set removed = true where id = key('one')";
    bench.rule("list_default_is_there", opens, &format!("{removed}; {opens}")).await;
    bench.refused("list_default_pkey", &format!("{opens}; {opens}")).await;
    bench.done(opens).await;
    bench.refused("list_default_is_there", "update list_default set view_id = key('none')").await;
    bench.done(removed).await;
    assert_eq!(bench.value::<i64>("select count(*) from list_default").await, 0);
}
