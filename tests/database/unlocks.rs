//! What is unlocked and withdrawn: rates go with their submission, departments wait, drafts lose what is withdrawn.

use crate::bench::Bench;

const SENT: &str = "select draft('a'); select rate('r', 'a'); select send('a')";

#[tokio::test]
async fn a_rate_goes_with_its_submission() {
    let bench = Bench::with(SENT).await;
    let both = "select withdraw_rate('r', true); select withdraw('a')";
    bench.rule("rate_review_withdrawn_with_its_parent", both, "select withdraw('a')").await;
    // Nor does it come back before its submission.
    let back = "update rate_review set status = 'submitted', withdrawn_with_parent = false where id = key('r');
                select tell('rate_brought_back', 'rate_review', key('r'), 'withdrawn', 'Needed.')";
    bench.refused("rate_review_withdrawn_with_its_parent", &format!("{both}; {back}")).await;

    let alone = "insert into rate_submission (id, rate_review_id, revision, contract_submission_id, rate_data, form_version, created_at, created_by)
                   values (key('r/2'), key('r'), 2, key('a/1'), '{}', 1, now(), person('maya.lindqvist'));
                 update rate_review set status = 'unlocked' where id = key('r');
                 select tell('unlocked', 'rate_review', key('r'), 'submitted', 'x');
                 update department_review set status = 'awaiting_state', status_before = status where rate_review_id = key('r');
                 select tell('review_waiting', 'department_review', id, 'not_started') from department_review where rate_review_id = key('r')";
    bench.rule("rate_review_unlocked_with_its_parent", "select unlock('a')", alone).await;
    // What is being written when a submission is sent goes with it or is deleted.
    let left_behind = "select draft('b'); select rate('q', 'b'); delete from package_rate where rate_review_id = key('q'); select send('b')";
    bench.rule("rate_review_drafted_with_its_parent", "select draft('b'); select send('b')", left_behind).await;
}

#[tokio::test]
async fn a_rate_moves_only_to_a_submission_that_was_sent_with_it() {
    let bench = Bench::with(&format!(
        "{SENT}; select draft('holds'); select put('r', 'holds'); select send('holds'); select draft('drafts'); select put('r', 'drafts')"
    ))
    .await;
    let to = |parent: &str| {
        format!(
            "update rate_review set parent_id = key('{parent}') where id = key('r');
             select tell('rate_moved', 'rate_review', key('r'), 'submitted')"
        )
    };
    bench.rule("rate_review_moves_to_a_holder", &to("holds"), &to("drafts")).await;
}

#[tokio::test]
async fn a_withdrawn_rate_is_in_no_open_draft() {
    let bench = Bench::with(&format!("{SENT}; select draft('d'); select put('r', 'd')")).await;
    let leaves = "delete from package_rate where contract_submission_id = key('d/1')";
    let right = format!("select withdraw_rate('r'); {leaves}");
    bench.rule("rate_review_withdrawn_leaves_drafts", &right, "select withdraw_rate('r')").await;
    bench.done(&right).await;
    bench.refused("package_rate_not_withdrawn", "select put('r', 'd')").await;
}

#[tokio::test]
async fn departments_wait_while_the_state_writes() {
    let bench = Bench::with(&format!("{SENT}; select start('a')")).await;
    let goes_on = |of: &str| {
        format!(
            "select unlock('a');
             update department_review set status = 'in_review', status_before = null where {of};
             select tell('review_resumed', 'department_review', id, 'awaiting_state') from department_review where {of}"
        )
    };
    bench.rule("department_review_waits_while_unlocked", "select unlock('a')", &goes_on("id = key('a/DMCO')")).await;
    let of_rate = "rate_review_id = key('r') and department = 'OACT'";
    bench.refused("department_review_waits_while_unlocked", &goes_on(of_rate)).await;
    // Nor is a review that was just made an exception.
    let made = "select draft('n'); select send('n', 'not_subject_to_review'); select unlock('n');
                insert into department_review (id, contract_review_id, department, status_since) values (key('n/DMCO'), key('n'), 'DMCO', now());
                select tell('review_made', 'department_review', key('n/DMCO'))";
    bench.refused("department_review_waits_while_unlocked", made).await;
}

#[tokio::test]
async fn a_department_that_waits_knows_from_where_and_no_other_does() {
    let bench = Bench::with(&format!("{SENT}; select start('a')")).await;
    let set = |change: &str| {
        format!(
            "update department_review set {change} where id = key('a/DMCO');
             select tell('review_waiting', 'department_review', key('a/DMCO'), 'in_review')"
        )
    };
    bench.rule("department_review_waits_from", "select ask('q', 'a')", &set("status = 'awaiting_state'")).await;
    bench.refused("department_review_waits_from", "update department_review set status_before = 'in_review'").await;
    let nowhere = set("status = 'awaiting_state', status_before = 'awaiting_state'");
    bench.rule("department_review_waits_from_elsewhere", "select ask('q', 'a')", &nowhere).await;
}

#[tokio::test]
async fn every_version_after_the_first_came_of_an_unlock() {
    let bench = Bench::with("select draft('a'); select send('a')").await;
    let second = "insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by)
                    values (key('a/2'), key('a'), 2, '{}', 1, now(), person('maya.lindqvist'))";
    bench.rule("contract_submission_later_ones_unlocked", "select unlock('a')", second).await;
    let first = "insert into contract_review (id, state_code, number, kind, name, last_activity_state_at)
                   select key('b'), 'MN', last_contract_number, 'health_plan', 'x', now() from state where code = 'MN';
                 insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by,
                                                  unlocked_at, unlocked_by, unlock_reason)
                   values (key('b/1'), key('b'), 1, '{}', 1, now(), person('maya.lindqvist'), now(), person('sam.lee'), 'x')";
    let taken = "update state set last_contract_number = last_contract_number + 1 where code = 'MN'";
    bench.refused("contract_submission_later_ones_unlocked", &format!("{taken}; {first}")).await;
}
