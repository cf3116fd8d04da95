//! The documents of a sent version never change; a list holds a content once.

use crate::bench::Bench;

#[tokio::test]
async fn the_documents_of_a_sent_version_never_change() {
    let bench = Bench::with(
        "select draft('a'); select attach('a/1', 'contract'); select send('a');
         select draft('d'); select attach('d/1', 'contract')",
    )
    .await;
    for change in
        ["file_name = 'other.pdf'", "position = 2", "category = 'contract_supporting'", "first_submitted_at = now()"]
    {
        let update =
            |version: &str| format!("update document set {change} where contract_submission_id = key('{version}')");
        bench.rule("document_sealed", &update("d/1"), &update("a/1")).await;
    }
    let add = |version: &str| format!("select attach('{version}', 'late', 'contract', 2)");
    bench.rule("document_sealed", &add("d/1"), &add("a/1")).await;
    let remove = |version: &str| format!("delete from document where contract_submission_id = key('{version}')");
    bench.rule("document_sealed", &remove("d/1"), &remove("a/1")).await;
    bench.refused("document_sealed", "truncate document cascade").await;
    // Nor are they changed by moving one over from an open draft.
    let move_to_sent =
        "update document set contract_submission_id = key('a/1') where contract_submission_id = key('d/1')";
    bench.refused("document_owner_fixed", move_to_sent).await;
    // Nor by taking the content away from under them.
    bench.refused("document_sha256_fkey", "delete from blob").await;
}

#[tokio::test]
async fn a_document_stays_with_its_version() {
    let bench = Bench::with("select draft('a'); select draft('b'); select attach('a/1', 'contract')").await;
    let update = |change: &str| format!("update document set {change} where contract_submission_id = key('a/1')");
    bench.rule("document_owner_fixed", &update("position = 3"), &update("contract_submission_id = key('b/1')")).await;
}

#[tokio::test]
async fn a_list_holds_a_content_once_and_a_position_once() {
    let bench = Bench::with("select draft('a'); select attach('a/1', 'one')").await;
    let insert = |category: &str, position: i32| {
        format!(
            "insert into document (id, contract_submission_id, category, sha256, file_name, position, uploaded_at, uploaded_by)
             select gen_random_uuid(), key('a/1'), '{category}', sha256, 'again.pdf', {position}, now(), person('maya.lindqvist') from blob"
        )
    };
    bench.rule("document_content_once_per_list", &insert("contract_supporting", 1), &insert("contract", 2)).await;
    let two = |position: i32| format!("select attach('a/1', 'two', 'contract', {position})");
    bench.rule("document_position_once_per_list", &two(2), &two(1)).await;
    bench.rule("document_position_positive", &two(2), &two(0)).await;
    // Two can change places, as the check waits for commit.
    let swap = format!("{}; update document set position = 3 - position", two(2));
    bench.tried(&swap).await.unwrap();
}

#[tokio::test]
async fn a_file_has_a_digest_a_size_within_the_limit_and_a_name() {
    let bench = Bench::with("select draft('a'); select attach('a/1', 'one')").await;
    let blob =
        |digest: &str, size: i64| format!("insert into blob values ('{digest}', {size}, 'text/csv', 'clean', now())");
    let digest = "ab".repeat(32);
    bench.rule("blob_sha256_shape", &blob(&digest, 1), &blob(&digest.to_uppercase(), 1)).await;
    bench.rule("blob_sha256_shape", &blob(&digest, 1), &blob("abc", 1)).await;
    bench.rule("blob_size_within_limit", &blob(&digest, 104_857_600), &blob(&digest, 104_857_601)).await;
    bench.rule("blob_size_within_limit", &blob(&digest, 1), &blob(&digest, 0)).await;
    let tries = |tries: i32| format!("update blob set scan_tries = {tries}");
    bench.rule("blob_scan_tries_natural", &tries(0), &tries(-1)).await;
    let name = |name: &str| format!("update document set file_name = '{name}'");
    bench.rule("document_file_name_length", &name(&"é".repeat(200)), &name(&"é".repeat(201))).await;
    bench.rule("document_file_name_length", &name("a"), &name("")).await;
}
