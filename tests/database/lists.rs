//! The counts that lists show follow every change.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::bench::Bench;

const COUNTED: &str =
    "select coalesce(string_agg(concat_ws(' ', state_code, status, n), '; ' order by state_code, status), '')
  from (select state_code, status, count(*) as n from contract_review where deleted_at is null group by 1, 2) c";
const TALLIED: &str = "select coalesce(string_agg(concat_ws(' ', state_code, status, n), '; ' order by state_code, status), '')
  from (select state_code, status, sum(reviews) as n from contract_review_tally group by 1, 2 having sum(reviews) <> 0) t";

/// What a step of the walk does with the review of its number, if that stands where the step begins.
const STEPS: [&str; 6] = ["draft", "send", "send_not_subject", "approve", "delete", "roll_back"];

fn script(step: &str, number: usize, state: &str) -> String {
    let on = |status: &str, action: String| {
        format!(
            "do $$ begin if exists (select from contract_review where id = key('r{number}') and status = '{status}' and deleted_at is null)
             then {action}; end if; end $$"
        )
    };
    match step {
        "draft" => format!(
            "do $$ begin if not exists (select from contract_review where id = key('r{number}'))
             then perform draft('r{number}', '{state}'); end if; end $$"
        ),
        "send" => on("draft", format!("perform send('r{number}')")),
        "send_not_subject" => on("draft", format!("perform send('r{number}', 'not_subject_to_review')")),
        "approve" => on("submitted", format!("perform approve('r{number}')")),
        _ => on("draft", format!("perform delete_draft('r{number}')")),
    }
}

#[tokio::test]
async fn the_tally_equals_the_count_whatever_happens() {
    let bench = Bench::with("").await;
    let walk = prop::collection::vec((0..STEPS.len(), 0..9_usize, prop::sample::select(vec!["MN", "TX", "WI"])), 120);
    let mut runner = TestRunner::deterministic();
    let steps = walk.new_tree(&mut runner).expect("a walk").current();
    let mut seen = BTreeSet::new();
    for (step, number, state) in steps {
        if STEPS[step] == "roll_back" {
            bench.tried(&script("send", number, state)).await.unwrap();
        } else {
            bench.done(&script(STEPS[step], number, state)).await;
        }
        let counted: String = bench.value(COUNTED).await;
        assert_eq!(bench.value::<String>(TALLIED).await, counted, "after {} of {number}", STEPS[step]);
        seen.extend(counted.split("; ").filter_map(|pair| pair.split(' ').nth(1)).map(str::to_owned));
    }
    assert_eq!(seen.len(), 4, "the walk came by {seen:?}");
}

#[tokio::test]
async fn many_changed_at_once_are_tallied_as_if_one_by_one() {
    let bench = Bench::with(
        "select draft('r' || n, case when n % 2 = 0 then 'MN' else 'TX' end) from generate_series(1, 20) n",
    )
    .await;
    bench.done("select send('r' || n) from generate_series(1, 10) n").await;
    bench.done("update contract_review set last_activity_state_at = now()").await;
    assert_eq!(bench.value::<String>(TALLIED).await, "MN draft 5; MN submitted 5; TX draft 5; TX submitted 5");
    assert_eq!(bench.value::<String>(COUNTED).await, bench.value::<String>(TALLIED).await);
}

#[tokio::test]
async fn chosen_columns_are_of_a_list_that_there_is_and_at_least_one() {
    let bench = Bench::with("").await;
    let chosen = |list: &str, columns: &str| {
        format!(
            "insert into list_columns (account_id, list, columns) values (person('sam.lee'), '{list}', '{columns}')"
        )
    };
    bench.rule("list_columns_list", &chosen("rates", "{status}"), &chosen("people", "{status}")).await;
    bench.rule("list_columns_some", &chosen("submissions", "{status,turn}"), &chosen("submissions", "{}")).await;
    let twice = format!("{}; {}", chosen("rates", "{status}"), chosen("rates", "{turn}"));
    bench.rule("list_columns_pkey", &chosen("rates", "{status}"), &twice).await;
}
