//! Whatever somebody does to the history behind the back of its rules is found.

use mc_review::history::verify_all;

use crate::bench::Bench;

const LIVED: &str = "select draft('a'); select send('a'); select start('a'); select sign_off('a'); select approve('a');
                     select draft('b', 'TX'); select draft('c'); select delete_draft('c')";

/// A life, then what a superuser does to it with every trigger off.
async fn after(tampering: &str) -> (Bench, Vec<String>) {
    let bench = Bench::with(LIVED).await;
    bench.done(&format!("set local session_replication_role = replica; {tampering}")).await;
    let findings = verify_all(&bench.db).await.unwrap().breaks.iter().map(ToString::to_string).collect();
    (bench, findings)
}

#[tokio::test]
async fn an_untouched_history_is_whole() {
    let (bench, findings) = after("").await;
    assert!(findings.is_empty(), "{findings:?}");
    let verified = verify_all(&bench.db).await.unwrap();
    assert_eq!(verified.entries, bench.value::<i64>("select count(*) from event").await);
    assert_eq!(verified.subjects, bench.value::<i64>("select count(distinct subject_id) from event").await);
    assert!(verified.entries > 20, "people and submissions have histories");
}

#[tokio::test]
async fn a_changed_entry_is_found_whichever_column_was_changed() {
    for change in [
        "at = at + interval '1 microsecond'",
        "actor_name = 'somebody'",
        "actor_id = person('sam.lee')",
        "actor_role = 'admin'",
        "actor_department = 'OACT'",
        "actor_state = 'MN'",
        "audience = 'both'",
        "kind = 'review_reopened'",
        "reason = 'Other'",
        "details = '{\"a\": 1}'",
        "status_before = 'signed_off'",
        "status_after = 'objection'",
        "seq = seq + 1000",
        "version_before = version_before + 90, version_after = version_after + 90",
        "row_table = 'contract_review'",
        "row_id = key('x')",
        "id = gen_random_uuid()",
        "subject_id = key('b')",
        "previous_sha256 = repeat('0', 64)",
        "sha256 = repeat('0', 64)",
    ] {
        let (_, findings) = after(&format!("update event set {change} where kind = 'review_signed_off'")).await;
        assert!(!findings.is_empty(), "nobody sees {change}");
        assert!(findings.iter().any(|finding| finding.contains("MN-0001")), "{change}: {findings:?}");
    }
}

#[tokio::test]
async fn a_changed_entry_is_found_even_when_its_hash_is_made_to_fit() {
    let (_, findings) =
        after("update event set reason = 'Other' where kind = 'review_signed_off'; update event e set sha256 = event_sha256(e) where kind = 'review_signed_off'")
            .await;
    assert!(findings[0].contains("does not follow the one before"), "{findings:?}");
}

#[tokio::test]
async fn a_removed_entry_is_found_wherever_it_stood() {
    for removed in ["created", "submitted", "review_started", "approved"] {
        let (_, findings) =
            after(&format!("delete from event where kind = '{removed}' and subject_id = key('a')")).await;
        assert!(!findings.is_empty(), "nobody misses {removed}");
    }
    // Also when the head is made to fit the shorter history, as the row itself stands further on.
    let (_, findings) = after(
        "delete from event where kind = 'approved';
         update event_head h set entries = entries - 1,
           sha256 = (select e.sha256 from event e where e.subject_id = h.subject_id order by seq desc limit 1)
          where subject_id = key('a')",
    )
    .await;
    assert_eq!(
        findings,
        ["MN-0001: something does not stand as its newest entry says, or its entries do not follow each other"]
    );
    // And when nothing is left of it.
    let (_, findings) =
        after("delete from event where subject_id = key('a'); delete from event_head where subject_id = key('a')")
            .await;
    assert!(!findings.is_empty(), "nobody misses a whole history");
}

#[tokio::test]
async fn entries_put_in_or_changed_round_are_found() {
    let put_in = "insert into event
      select gen_random_uuid(), seq + 1000, at, actor_id, actor_name, actor_role, actor_department, actor_state, subject, subject_id,
             kind, audience, row_table, row_id, status_before, status_after, version_before, version_after + 10, reason, details,
             sha256, repeat('1', 64) from event where kind = 'approved'";
    let put_in = format!("alter table event drop constraint event_versions_are_neighbours; {put_in}");
    assert!(!after(&put_in).await.1.is_empty());
    // The new order has the same entries.
    let swapped = "update event set seq = -seq where kind in ('review_started', 'review_signed_off')";
    assert!(!after(swapped).await.1.is_empty());
}

#[tokio::test]
async fn a_row_that_changed_without_an_entry_is_found() {
    for change in [
        "update contract_review set status = 'submitted', released_on = null where id = key('a')",
        "update contract_review set version = 9 where id = key('a')",
        "update department_review set status = 'in_review' where id = key('a/DMCO')",
        "set local session_replication_role = origin; update contract_review set mccrs_number = '77' where id = key('a')",
        "set local session_replication_role = origin; update department_review set primary_reviewer_id = person('sam.lee')",
    ] {
        let (_, findings) = after(change).await;
        assert!(findings.iter().any(|finding| finding.starts_with("MN-0001")), "{change}: {findings:?}");
    }
    let (_, findings) = after(
        "update account set role = 'admin', department = null, version = version + 1 where id = person('sam.lee')",
    )
    .await;
    assert!(findings.iter().any(|finding| finding.starts_with("sam.lee@")), "{findings:?}");
}
