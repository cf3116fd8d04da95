//! Where department reviews stand, and how many of whom do, follows whatever happens, one thing after the other and at once.

use crate::bench::Bench;
use crate::support::standing::misplaced_reviews;

/// A package under review with a rate of its own, and another.
const SENT: &str = "select draft('a'); select rate('r', 'a'); select send('a'); select draft('b'); select send('b')";

fn set(change: &str) -> String {
    format!("update department_review set {change} where id = key('a/DMCO')")
}

fn stands(of: &str) -> String {
    format!(
        "select concat_ws(' ', coalesce(stage::text, '-'), open, sent_revision) from review_standing where review_id = {of}"
    )
}

#[tokio::test]
async fn whatever_happens_every_review_stands_where_it_does_in_truth() {
    let bench = Bench::with(SENT).await;
    let of_a = stands("key('a/DMCO')");
    for (deed, expected) in [
        (set("primary_reviewer_id = person('sam.lee'), secondary_reviewer_id = person('kim.ode')"), "turn t 1"),
        ("select start('a')".to_owned(), "turn t 1"),
        (set("primary_reviewer_id = null"), "turn t 1"),
        ("select ask('q', 'a')".to_owned(), "waiting t 1"),
        ("select respond('s', 'q')".to_owned(), "turn t 1"),
        ("select sign_off('a')".to_owned(), "decided t 1"),
        ("update contract_review set effective_from = '2027-05-01' where id = key('a')".to_owned(), "decided t 1"),
        ("update contract_review set effective_from = null where id = key('a')".to_owned(), "decided t 1"),
        (set("primary_reviewer_id = person('sam.lee')"), "decided t 1"),
        ("select withdraw_rate('r')".to_owned(), "decided t 1"),
        ("select unlock('a')".to_owned(), "waiting t 1"),
    ] {
        bench.done(&deed).await;
        assert_eq!(misplaced_reviews(&bench.db).await, [""; 0], "after {deed}");
        assert_eq!(bench.value::<String>(&of_a).await, expected, "after {deed}");
    }
    assert_eq!(bench.texts(&stands("rate_review_by('DMCP', 'r')")).await, ["decided f 1"], "withdrawn alone");
    bench.done("select withdraw('b')").await;
    assert_eq!(misplaced_reviews(&bench.db).await, [""; 0]);
    assert_eq!(bench.texts(&stands("key('b/DMCO')")).await, ["decided f 1"]);
}

#[tokio::test]
async fn a_rate_that_moves_stands_with_the_package_that_it_moves_to() {
    let bench = Bench::with(SENT).await;
    bench.done("select draft('c'); select put('r', 'c'); select send('c')").await;
    bench.done("update contract_review set status = 'withdrawn' where id = key('b'); select tell('withdrawn', 'contract_review', key('b'), 'submitted', 'No.')").await;
    let moved = "update rate_review set parent_id = key('c') where id = key('r'); select tell('rate_moved', 'rate_review', key('r'), 'submitted')";
    bench.done(moved).await;
    assert_eq!(misplaced_reviews(&bench.db).await, [""; 0]);
    bench.done("select withdraw_rate('r', true); select withdraw('c')").await;
    assert_eq!(misplaced_reviews(&bench.db).await, [""; 0]);
    assert_eq!(bench.texts(&stands("rate_review_by('OACT', 'r')")).await, ["decided f 1"]);
}

#[tokio::test]
async fn changes_of_a_package_and_of_its_review_at_once_undo_nothing_of_each_other() {
    let bench = Bench::with(SENT).await;
    let mut first = bench.db.begin().await.unwrap();
    let script = "update contract_review set effective_from = '2027-05-01' where id = key('a')";
    sqlx::raw_sql(script).execute(&mut *first).await.unwrap();
    let deed = set("primary_reviewer_id = person('sam.lee')");
    let waits = async {
        let waiting = "select exists (select from pg_locks l left join pg_database d on d.oid = l.database
                                       where not l.granted and coalesce(d.datname, current_database()) = current_database())";
        while !bench.value::<bool>(waiting).await {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        first.commit().await.unwrap();
    };
    tokio::join!(bench.done(&deed), waits);
    assert_eq!(misplaced_reviews(&bench.db).await, [""; 0]);
    let both = "select concat_ws(' ', starts_on, primary_reviewer_id = person('sam.lee')) from review_standing where review_id = key('a/DMCO')";
    assert_eq!(bench.value::<String>(both).await, "2027-05-01 t");
}

#[tokio::test]
async fn many_changed_at_once_are_counted_as_if_one_by_one() {
    let bench = Bench::with(
        "select draft('r' || n) from generate_series(1, 20) n; select send('r' || n) from generate_series(1, 20) n",
    )
    .await;
    bench.done("update department_review set primary_reviewer_id = person('sam.lee')").await;
    bench.done("update department_review set secondary_reviewer_id = person('kim.ode') where id in (key('r1/DMCO'), key('r2/DMCO'))").await;
    assert_eq!(misplaced_reviews(&bench.db).await, [""; 0]);
    let counted = bench
        .texts("select concat_ws(' ', part, sum(reviews)) from review_tally where open group by part having sum(reviews) <> 0 order by part")
        .await;
    assert_eq!(counted, ["primary 20", "secondary 2"]);
}

#[tokio::test]
async fn a_decision_counts_on_its_day_in_the_east_until_another_takes_its_place() {
    let bench = Bench::with(SENT).await;
    let counted = "select concat_ws(' ', decided_on, department, sum(reviews)) from decision_tally
                    group by decided_on, department having sum(reviews) <> 0 order by 1";
    assert_eq!(bench.texts(counted).await, [""; 0]);
    bench.done("select start('a'); select sign_off('a'); select start('b'); select sign_off('b')").await;
    for (at, expected) in [
        ("2026-07-04 03:59:59.999999+00", &["2026-07-03 DMCO 2"] as &[&str]),
        ("2026-07-04 04:00:00+00", &["2026-07-04 DMCO 2"]),
        ("2026-12-04 04:59:59.999999+00", &["2026-12-03 DMCO 2"]),
    ] {
        bench.done(&format!("update department_review set decided_at = '{at}' where decision is not null")).await;
        assert_eq!(bench.texts(counted).await, expected);
    }
    bench.done(&set("decided_at = '2026-12-05 12:00:00+00', decided_by = person('kim.ode')")).await;
    assert_eq!(bench.texts(counted).await, ["2026-12-03 DMCO 1", "2026-12-05 DMCO 1"]);
    assert_eq!(misplaced_reviews(&bench.db).await, [""; 0]);
}

#[tokio::test]
async fn what_is_counted_in_one_part_is_counted_once() {
    let bench = Bench::with("").await;
    let count = |part: i32| {
        format!(
            "insert into review_tally (department, part, stage, open, counted_in, reviews) values ('DMCO', 'nobody', 'turn', true, {part}, 1)"
        )
    };
    let twice = format!("{}; {}", count(1), count(1));
    bench.rule("review_tally_once", &format!("{}; {}", count(1), count(2)), &twice).await;
    let decided =
        |part: i32| format!("insert into decision_tally values ('2026-07-04', 'DMCO', person('sam.lee'), {part}, 1)");
    let twice = format!("{}; {}", decided(1), decided(1));
    bench.rule("decision_tally_once", &format!("{}; {}", decided(1), decided(2)), &twice).await;
}
