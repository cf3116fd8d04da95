//! An export is never changed, and stands in the history of the account that made it.

use crate::bench::Bench;

fn export(address: &str, matching: i32) -> String {
    format!(
        "insert into export (id, account_id, address, matching, made_at)
           values (key('x'), person('sam.lee'), {address}, {matching}, now())"
    )
}

/// With the entry that tells of it, in the history of this account.
fn told(by: &str) -> String {
    format!(
        "{}; insert into event (id, at, actor_name, subject, subject_id, kind, audience, row_table, row_id, version_after, previous_sha256, sha256)
               values (gen_random_uuid(), now(), 'Somebody', 'account', person('{by}'), 'list_exported', 'cms', 'export', key('x'), 1, '', '')",
        export("'/rates?status=any'", 3)
    )
}

#[tokio::test]
async fn an_export_is_told_in_the_history_of_its_account_and_never_changed() {
    let bench = Bench::with("").await;
    let right = told("sam.lee");
    bench.rule("export_is_told", &right, &export("'/rates?status=any'", 3)).await;
    bench.rule("event_fits_row", &right, &told("dana.ruiz")).await;
    bench.rule("export_address_not_blank", &right, &right.replace("'/rates?status=any'", "' '")).await;
    let long = |length: usize| format!("'/rates?q={}'", "x".repeat(length - 9));
    let (longest, longer) = (long(16_000), long(16_001));
    let with = |address: &str| right.replace("'/rates?status=any'", address);
    bench.rule("export_address_length", &with(&longest), &with(&longer)).await;
    bench.rule("export_matching_natural", &right, &right.replace(", 3, now()", ", -1, now()")).await;
    bench.done(&right).await;
    for wrong in ["update export set matching = 4", "delete from export", "truncate export"] {
        bench.refused("export_append_only", wrong).await;
    }
}
