//! A status changes only along a row of the table of transitions, and whatever belongs to it changes along.

use mc_review::domain::lifecycle::{
    CONTRACT_REVIEW, ContractReviewStatus, DEPARTMENT_REVIEW, DepartmentReviewStatus, RATE_REVIEW, ROUND,
    RateReviewStatus, RoundStatus, SubmissionKind,
};

use crate::bench::Bench;

/// Puts a row where no rule would let it go, then tries the step.
fn leap(table: &str, id: &str, columns_before: &str, columns_after: &str) -> String {
    format!(
        "set local session_replication_role = replica;
         update {table} set {columns_before} where id = {id};
         set local session_replication_role = origin;
         set constraints all deferred;
         update {table} set {columns_after} where id = {id}"
    )
}

/// Tries the step itself, without what must come with it before commit.
async fn refusal(bench: &Bench, script: &str) -> Option<String> {
    let mut tx = bench.db.begin().await.unwrap();
    let result = sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut *tx).await;
    result.err().map(|error| mc_review::db::broken_rule(&error).unwrap_or("?").to_owned())
}

#[tokio::test]
async fn a_contract_review_goes_from_status_to_status_only_as_the_table_of_life_says() {
    let bench = Bench::with("select draft('a'); select send('a')").await;
    let columns = |status: ContractReviewStatus| {
        let sent = status != ContractReviewStatus::Draft;
        let or_null = |value: &'static str| if sent { value } else { "null" };
        let released = if status == ContractReviewStatus::Approved { "'2026-03-10'" } else { "null" };
        format!(
            "status = '{}', sent_revision = {}, first_submitted_at = {}, last_submitted_at = {}, last_activity_cms_at = {},
             released_on = {released}",
            status.as_str(),
            or_null("1"),
            or_null("now()"),
            or_null("now()"),
            or_null("now()"),
        )
    };
    for from in ContractReviewStatus::ALL {
        for to in ContractReviewStatus::ALL {
            let allowed =
                from == to || CONTRACT_REVIEW.iter().any(|rule| rule.from.contains(&from) && rule.to.contains(&to));
            let refused = refusal(&bench, &leap("contract_review", "key('a')", &columns(from), &columns(to))).await;
            let expected = (!allowed).then(|| "contract_review_transition".to_owned());
            assert_eq!(refused, expected, "{from:?} to {to:?}");
        }
    }
}

#[tokio::test]
async fn a_department_review_goes_from_status_to_status_only_as_the_table_of_life_says() {
    let bench = Bench::with("select draft('a'); select send('a')").await;
    let columns = |status: DepartmentReviewStatus| {
        let decided = matches!(status, DepartmentReviewStatus::SignedOff | DepartmentReviewStatus::Objection);
        let decision = if decided { format!("'{}'", status.as_str()) } else { "null".to_owned() };
        let waits_from = if status == DepartmentReviewStatus::AwaitingState { "'not_started'" } else { "null" };
        let or_null = |value: &'static str| if decided { value } else { "null" };
        format!(
            "status = '{}', status_before = {waits_from}, decision = {decision}, decision_note = {}, decided_revision = {}, decided_by = {}, decided_at = {}",
            status.as_str(),
            or_null("'Because'"),
            or_null("1"),
            or_null("person('sam.lee')"),
            or_null("now()"),
        )
    };
    for from in DepartmentReviewStatus::ALL {
        for to in DepartmentReviewStatus::ALL {
            let allowed =
                from == to || DEPARTMENT_REVIEW.iter().any(|rule| rule.from.contains(&from) && rule.to.contains(&to));
            let refused =
                refusal(&bench, &leap("department_review", "key('a/DMCO')", &columns(from), &columns(to))).await;
            let expected = (!allowed).then(|| "department_review_transition".to_owned());
            assert_eq!(refused, expected, "{from:?} to {to:?}");
        }
    }
}

#[tokio::test]
async fn every_life_begins_at_its_beginning() {
    let bench = Bench::with("select draft('a'); select send('a')").await;
    for status in ContractReviewStatus::ALL.into_iter().skip(1) {
        let begin = format!(
            "insert into contract_review (id, state_code, number, kind, name, status, last_activity_state_at, released_on,
                                          sent_revision, first_submitted_at, last_submitted_at, last_activity_cms_at)
             values (key('b'), 'MN', 1, 'health_plan', 'x', '{}', now(), null, 1, now(), now(), now())",
            status.as_str()
        );
        bench.refused("contract_review_transition", &begin).await;
    }
    for status in DepartmentReviewStatus::ALL.into_iter().skip(1) {
        let begin = format!(
            "insert into department_review (id, contract_review_id, department, status, status_since)
             values (key('b'), key('a'), 'DMCO', '{}', now())",
            status.as_str()
        );
        bench.refused("department_review_transition", &begin).await;
    }
}

#[tokio::test]
async fn the_tables_of_life_in_the_program_and_in_the_database_are_the_same() {
    let bench = Bench::with("").await;
    let mut program = Vec::new();
    let mut add = |subject: &str, name: &str, from: Vec<&str>, to: Vec<&str>| {
        let from = if from.is_empty() { vec!["nothing"] } else { from };
        for before in &from {
            program.extend(to.iter().map(|after| format!("{subject} {name} {before} {after}")));
        }
    };
    for rule in CONTRACT_REVIEW {
        let texts = |statuses: &[ContractReviewStatus]| statuses.iter().map(|status| status.as_str()).collect();
        add("contract_review", rule.name, texts(rule.from), texts(rule.to));
    }
    for rule in RATE_REVIEW {
        let texts = |statuses: &[RateReviewStatus]| statuses.iter().map(|status| status.as_str()).collect();
        add("rate_review", rule.name, texts(rule.from), texts(rule.to));
    }
    for rule in DEPARTMENT_REVIEW {
        let texts = |statuses: &[DepartmentReviewStatus]| statuses.iter().map(|status| status.as_str()).collect();
        add("department_review", rule.name, texts(rule.from), texts(rule.to));
    }
    for rule in ROUND {
        // Who responds again to what is answered changes no status, nor does who removes what is closed.
        let steps = rule.from.iter().flat_map(|from| rule.to.iter().map(move |to| (*from, *to)));
        for (from, to) in steps.filter(|(from, to)| from != to) {
            add("question", rule.name, vec![from.as_str()], vec![to.as_str()]);
        }
        if rule.from.is_empty() {
            add("question", rule.name, Vec::new(), rule.to.iter().map(|status| status.as_str()).collect());
        }
    }
    program.sort();
    let mut database = bench
        .texts("select concat_ws(' ', subject, action, coalesce(from_status, 'nothing'), to_status) from status_transition")
        .await;
    database.sort();
    assert_eq!(program, database);
}

#[tokio::test]
async fn the_statuses_of_the_program_and_of_the_database_are_the_same_and_in_the_same_order() {
    let bench = Bench::with("").await;
    let values = |kind: &str| format!("select unnest(enum_range(null::{kind}))::text");
    let statuses = ContractReviewStatus::ALL.map(|status| status.as_str().to_owned()).to_vec();
    assert_eq!(bench.texts(&values("contract_review_status")).await, statuses);
    let statuses = RateReviewStatus::ALL.map(|status| status.as_str().to_owned()).to_vec();
    assert_eq!(bench.texts(&values("rate_review_status")).await, statuses);
    let statuses = DepartmentReviewStatus::ALL.map(|status| status.as_str().to_owned()).to_vec();
    assert_eq!(bench.texts(&values("department_review_status")).await, statuses);
    let statuses = RoundStatus::ALL.map(|status| status.as_str().to_owned()).to_vec();
    assert_eq!(bench.texts(&values("round_status")).await, statuses);
    assert_eq!(bench.texts(&values("submission_kind")).await, ["health_plan", "eqro"]);
    assert_eq!(serde_json::to_value(SubmissionKind::Eqro).unwrap(), "eqro");
}

#[tokio::test]
async fn a_number_is_taken_from_the_counter_of_its_state_and_given_once() {
    let bench = Bench::with("select draft('a'); select draft('b')").await;
    assert_eq!(bench.value::<i32>("select number from contract_review where id = key('b')").await, 2);
    let insert = |number: i32| {
        format!(
            "insert into contract_review (id, state_code, number, kind, name, last_activity_state_at)
             values (key('c'), 'MN', {number}, 'health_plan', 'x', now())"
        )
    };
    bench.rule("contract_review_number_taken", "select draft('c')", &insert(3)).await;
    bench.rule("contract_review_number_unique", "select draft('c')", &insert(2)).await;
    bench.rule("contract_review_number_positive", "select draft('c')", &insert(0)).await;
    let counter = |name: &str, to: i32| format!("update state set {name} = {to} where code = 'MN'");
    for name in ["last_contract_number", "last_rate_number"] {
        let raised = format!("{}; {}", counter(name, 7), counter(name, 6));
        bench.rule("state_numbers_never_go_back", &counter(name, 7), &raised).await;
        let natural = format!("insert into state (code, name, {name}) values ('QQ', 'Nowhere', 1)");
        let negative = natural.replace("1)", "-1)");
        bench.rule(&format!("state_{name}_natural"), &natural, &negative).await;
    }
    // A deleted draft keeps its number.
    bench.done("select delete_draft('b'); select draft('c')").await;
    assert_eq!(bench.value::<i32>("select number from contract_review where id = key('c')").await, 3);
    bench.refused("contract_review_number_unique", &insert(2).replace("'c'", "'d'")).await;
}

#[tokio::test]
async fn what_a_contract_review_is_never_changes() {
    let bench = Bench::with("select draft('a'); select draft('t', 'TX'); select draft('u', 'TX')").await;
    for change in ["id = key('z')", "state_code = 'TX', number = 3", "number = 2", "kind = 'eqro'"] {
        let rename = "update contract_review set name = 'MCR-MN-0001-PMAP' where id = key('a')";
        let counter = "update state set last_contract_number = 9; ";
        let wrong = format!("{counter} update contract_review set {change} where id = key('a')");
        bench.rule("contract_review_identity_fixed", rename, &wrong).await;
    }
    let right = "select delete_draft('a')";
    bench.rule("contract_review_never_removed", right, "delete from contract_review where id = key('a')").await;
    bench.refused("contract_review_never_removed", "truncate contract_review cascade").await;
    let name = |name: &str| format!("update contract_review set name = '{name}' where id = key('a')");
    bench.rule("contract_review_name_not_blank", &name("x"), &name(" ")).await;
    let mccrs = |number: &str| format!("update contract_review set mccrs_number = {number} where id = key('a')");
    bench.rule("contract_review_mccrs_number_digits", &mccrs("'1234'"), &mccrs("'12a'")).await;
    bench.rule("contract_review_mccrs_number_digits", &mccrs("null"), &mccrs("''")).await;
}

#[tokio::test]
async fn a_deleted_draft_stays_deleted_and_only_a_draft_is_deleted() {
    let bench = Bench::with("select draft('a'); select draft('b'); select draft('s'); select send('s')").await;
    bench.done("select delete_draft('a')").await;
    let back = "update contract_review set deleted_at = null where id = key('a')";
    bench.rule("contract_review_deleted_stays_deleted", "select delete_draft('b')", back).await;
    let sent = "update contract_review set deleted_at = now() where id = key('s')";
    bench.rule("contract_review_deleted_only_as_draft", "select delete_draft('b')", sent).await;
    // With its answers still there it is not deleted.
    let half = "update contract_review set deleted_at = now() where id = key('b')";
    bench.rule("contract_review_has_its_draft", "select delete_draft('b')", half).await;
}

#[tokio::test]
async fn an_approved_package_and_no_other_has_a_release_date() {
    let bench = Bench::with("select draft('a'); select send('a')").await;
    let right = "select approve('a')";
    let undated = "update contract_review set status = 'approved' where id = key('a')";
    bench.rule("contract_review_released_when_approved", right, undated).await;
    let early = "update contract_review set released_on = '2026-03-10' where id = key('a')";
    bench.rule("contract_review_released_when_approved", right, early).await;
}

#[tokio::test]
async fn what_was_sent_says_when_and_a_draft_says_nothing() {
    let bench = Bench::with("select draft('a')").await;
    for column in
        ["first_submitted_at = now()", "last_submitted_at = now()", "last_activity_cms_at = now()", "sent_revision = 1"]
    {
        let wrong = format!("update contract_review set {column} where id = key('a')");
        bench.rule("contract_review_sent_unless_draft", "select send('a')", &wrong).await;
    }
    bench
        .rule(
            "contract_review_sent_unless_draft",
            "select send('a')",
            "update contract_review set status = 'submitted', sent_revision = 1 where id = key('a')",
        )
        .await;
}

#[tokio::test]
async fn a_version_grows_by_one_with_every_change_whoever_writes_and_whatever_they_write() {
    let bench = Bench::with("select draft('a'); select send('a'); select draft('d')").await;
    let grows = |table: &str, row: &str, change: &str, by: i32| {
        let label = format!("{table}: {change}");
        let version = format!("(select version from {table} where {row})");
        let script = format!(
            "create temp table before on commit drop as select {version} as v; update {table} set {change} where {row};
             do $$ begin assert {version} = (select v + {by} from before), {version}::text; end $$"
        );
        (label, script)
    };
    let cases = [
        grows("contract_review", "id = key('a')", "mccrs_number = '77'", 1),
        grows("contract_review", "id = key('a')", "mccrs_number = '77', version = 900", 1),
        grows("contract_review", "id = key('a')", "version = 1", 1),
        // What only follows does not count, even where nothing of it changes, and can't smuggle a version in.
        grows("contract_review", "id = key('a')", "name = 'x', last_activity_cms_at = '2027-01-01', version = 900", 1),
        grows("contract_review", "id = key('a')", "name = 'x', last_activity_cms_at = '2027-01-01'", 0),
        grows("contract_review", "id = key('a')", "name = name, last_activity_cms_at = last_activity_cms_at", 0),
        grows("contract_review", "id = key('a')", "mccrs_number = mccrs_number", 1),
        grows(
            "contract_review",
            "id = key('a')",
            "last_activity_state_at = '2027-01-01', effective_from = '2027-01-01'",
            0,
        ),
        grows("contract_review", "id = key('a')", "name = 'x', mccrs_number = '77'", 1),
        grows("department_review", "id = key('a/DMCO')", "primary_reviewer_id = person('sam.lee'), version = 7", 1),
        grows("account", "email like 'sam.lee%'", "family_name = 'Leigh'", 1),
        grows("contract_submission", "id = key('d/1')", "contract_data = '{\"a\": 1}'", 1),
        grows("account", "email like 'sam.lee%'", "last_signed_in_at = now(), preferences = '{\"a\": 1}'", 0),
        grows("state", "code = 'MN'", "name = 'Minnesota!', version = 40", 1),
        grows("state", "code = 'MN'", "last_contract_number = 50", 0),
    ];
    for (label, script) in cases {
        if let Err(error) = bench.tried(&script).await {
            panic!("{label}: {error}");
        }
    }
}

#[tokio::test]
async fn only_the_columns_named_here_can_change_without_a_new_version() {
    let bench = Bench::with("").await;
    // A trigger that names no columns fires for all.
    let followers = "select v.table_name || '.' || c.column_name
       from information_schema.columns v
       join information_schema.columns c on c.table_schema = 'public' and c.table_name = v.table_name
       left join information_schema.triggered_update_columns t
         on t.event_object_table = c.table_name and t.event_object_column = c.column_name and t.trigger_name = c.table_name || '_version'
      where v.table_schema = 'public' and v.column_name = 'version' and t.trigger_name is null
        and v.table_name not in ('draft_save', 'saved_view_version', '_sqlx_migrations')
        and (select relkind from pg_class where oid = v.table_name::regclass) = 'r'
        and not exists (select from pg_trigger g where g.tgrelid = v.table_name::regclass and g.tgname = v.table_name || '_version'
                          and g.tgattr = '')
      order by 1";
    let expected = [
        "account.last_signed_in_at",
        "account.preferences",
        "contract_review.effective_from",
        "contract_review.last_activity_cms_at",
        "contract_review.last_activity_state_at",
        "contract_review.last_submitted_at",
        "contract_review.name",
        "contract_review.sent_revision",
        "rate_review.amendment_from",
        "rate_review.certified_on",
        "rate_review.last_activity_cms_at",
        "rate_review.last_activity_state_at",
        "rate_review.last_submitted_at",
        "rate_review.name",
        "rate_review.rating_from",
        "rate_review.rating_to",
        "rate_review.sent_revision",
        "state.last_contract_number",
        "state.last_rate_number",
    ];
    assert_eq!(bench.texts(followers).await, expected);
}
