//! Who is put on a department review belongs there, and a decision is whole.

use crate::bench::Bench;

const SENT: &str = "select draft('a'); select send('a')";

fn set(change: &str) -> String {
    format!("update department_review set {change} where id = key('a/DMCO')")
}

#[tokio::test]
async fn reviewers_are_active_and_of_the_department_of_the_review() {
    let bench = Bench::with(SENT).await;
    bench.done("update account set active = false where id = person('kim.ode')").await;
    let right = set("primary_reviewer_id = person('sam.lee'), secondary_reviewer_id = person('dana.ruiz')");
    for wrong in ["owen.park", "ruth.abara", "ivan.petrov", "kim.ode", "alex.morgan", "hannah.desai", "maya.lindqvist"]
    {
        for slot in ["primary_reviewer_id", "secondary_reviewer_id"] {
            bench.rule("department_review_reviewer_fits", &right, &set(&format!("{slot} = person('{wrong}')"))).await;
        }
    }
    let born = "select draft('b'); select send('b'); ";
    let insert = "insert into department_review (id, contract_review_id, department, status_since, primary_reviewer_id)
                  values (key('x'), key('b'), 'DMCO', now(), person('owen.park'))";
    bench.rule("department_review_reviewer_fits", born, insert).await;
}

#[tokio::test]
async fn primary_and_secondary_reviewer_differ() {
    let bench = Bench::with(SENT).await;
    let both = |secondary: &str| {
        set(&format!("primary_reviewer_id = person('sam.lee'), secondary_reviewer_id = person('{secondary}')"))
    };
    bench.rule("department_review_reviewers_differ", &both("kim.ode"), &both("sam.lee")).await;
}

#[tokio::test]
async fn nobody_leaves_the_department_or_the_product_while_on_a_review() {
    let bench = Bench::with(SENT).await;
    bench.done(&set("primary_reviewer_id = person('sam.lee'), secondary_reviewer_id = person('dana.ruiz')")).await;
    for change in [
        "active = false",
        "department = 'OACT'",
        "role = 'admin', department = null",
        "role = 'state_user', state_code = 'MN', department = null",
    ] {
        let update = |name: &str| format!("update account set {change} where id = person('{name}')");
        bench.rule("account_leaves_no_review", &update("kim.ode"), &update("sam.lee")).await;
        bench.rule("account_leaves_no_review", &update("kim.ode"), &update("dana.ruiz")).await;
    }
    // A promotion within the department is no leaving, and whoever handed back may go.
    bench.tried("update account set role = 'cms_approver' where id = person('sam.lee')").await.unwrap();
    let handed_back = format!(
        "{}; update account set active = false where id = person('sam.lee')",
        set("primary_reviewer_id = null")
    );
    bench.tried(&handed_back).await.unwrap();
}

#[tokio::test]
async fn somebody_deactivated_at_the_same_moment_is_not_put_on_a_review() {
    let bench = Bench::with(SENT).await;
    let mut leaving = bench.db.begin().await.unwrap();
    sqlx::query("update account set active = false where id = person('sam.lee')").execute(&mut *leaving).await.unwrap();
    let assignment = set("primary_reviewer_id = person('sam.lee')");
    let assigning = bench.refused("department_review_reviewer_fits", &assignment);
    // The assignment waits for the deactivation and then sees it.
    let (_, committed) = tokio::join!(assigning, async {
        while bench.value::<i64>("select count(*) from pg_stat_activity where wait_event_type = 'Lock'").await == 0 {
            tokio::task::yield_now().await;
        }
        leaving.commit().await
    });
    committed.unwrap();
}

#[tokio::test]
async fn the_contract_is_reviewed_once_and_by_dmco() {
    let bench = Bench::with(&format!("{SENT}; select draft('n'); select send('n', 'not_subject_to_review')")).await;
    let insert = |department: &str, review: &str| {
        format!(
            "insert into department_review (id, contract_review_id, department, status_since)
             values (key('x'), key('{review}'), '{department}', now()); select tell('review_made', 'department_review', key('x'))"
        )
    };
    bench.rule("department_review_unique", &insert("DMCO", "n"), &insert("DMCO", "a")).await;
    bench.rule("department_review_department_fits_subject", &insert("DMCO", "n"), &insert("OACT", "n")).await;
    let right = set("primary_reviewer_id = person('sam.lee')");
    bench.rule("department_review_identity_fixed", &right, &set("contract_review_id = key('n')")).await;
    bench.rule("department_review_identity_fixed", &right, &set("department = 'OACT'")).await;
    bench.rule("department_review_never_removed", &right, "delete from department_review").await;
    bench.refused("department_review_never_removed", "truncate department_review").await;
}

#[tokio::test]
async fn a_decision_says_what_on_which_version_by_whom_and_when() {
    let bench = Bench::with(&format!("{SENT}; select start('a')")).await;
    let right = "select sign_off('a')";
    for missing in ["decision", "decided_revision", "decided_by", "decided_at"] {
        let columns = [
            ("decision", "'signed_off'"),
            ("decided_revision", "1"),
            ("decided_by", "person('sam.lee')"),
            ("decided_at", "now()"),
        ];
        let rest: Vec<String> = columns
            .into_iter()
            .filter(|(name, _)| *name != missing)
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        bench.rule("department_review_decision_whole", right, &set(&rest.join(", "))).await;
    }
    let decided = |status: &str, decision: &str, note: &str, revision: i32| {
        set(&format!(
            "status = '{status}', decision = '{decision}', decision_note = {note}, decided_revision = {revision},
             decided_by = person('sam.lee'), decided_at = now()"
        ))
    };
    let undecided = set("status = 'signed_off'")
        + "; select tell('review_signed_off', 'department_review', key('a/DMCO'), 'in_review')";
    bench.refused("department_review_decided", &decided("signed_off", "objection", "'Because'", 1)).await;
    bench.refused("department_review_decided", &decided("objection", "signed_off", "'Because'", 1)).await;
    bench.rule("department_review_decided", right, &undecided).await;
    let object = decided("objection", "objection", "'Because'", 1)
        + "; select tell('review_objected', 'department_review', key('a/DMCO'), 'in_review', 'Because')";
    bench.rule("department_review_objection_has_note", &object, &decided("objection", "objection", "null", 1)).await;
    bench.rule("department_review_decided_revision", right, &decided("signed_off", "signed_off", "null", 2)).await;
    for blank in ["''", "'  '", "E'\\n\\t'"] {
        bench
            .rule("department_review_decision_note_not_blank", right, &decided("signed_off", "signed_off", blank, 1))
            .await;
    }
}
