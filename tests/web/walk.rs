//! What the tests of every list need: rows by plain SQL, and walking through its pages.

use crate::support::{Browser, Page, World};

/// Runs a script in a transaction of its own.
pub async fn run(world: &World, script: &str) {
    let mut tx = world.db.begin().await.expect("a transaction");
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut *tx).await.expect("the script runs");
    tx.commit().await.expect("the rules hold");
}

/// The keys of the rows, in order.
pub fn keys(page: &Page) -> Vec<String> {
    page.texts("tbody th a")
}

/// What a plain query says that the list of a table is: in the order of a value, which "0" is not.
pub async fn sorted(world: &World, table: &str, filter: &str, value: &str, descending: bool) -> Vec<String> {
    let direction = if descending { "desc" } else { "asc" };
    // A bare number would name a column.
    let by = if value == "0" { String::new() } else { format!("({value}) is null, {value} {direction}, ") };
    let key = if table == "rate_review" { "rate_key" } else { "submission_key" };
    let sql = format!(
        "select {key}(r.state_code, r.number)
           from {table} r join state s on s.code = r.state_code where r.deleted_at is null and {filter}
          order by {by}r.state_code {direction}, r.number {direction}"
    );
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&world.db).await.expect("keys")
}

/// Follows Next to the end and Previous back, and compares with the list as it should be.
pub async fn walk(browser: &Browser, first: &str, expected: &[String]) {
    let mut page = browser.get(first).await;
    let things = first.split('?').next().unwrap_or_default().trim_start_matches('/');
    let things = if expected.len() == 1 { things.trim_end_matches('s') } else { things };
    let caption = format!("{} {things}, by ", expected.len());
    let mut forward = Vec::new();
    loop {
        assert_eq!(page.status(), 200, "{}", page.path);
        assert!(page.text("caption").starts_with(&caption), "{}: {}", page.path, page.text("caption"));
        forward.extend(keys(&page));
        let Some(next) = page.attribute("a[rel=next]", "href") else { break };
        page = browser.get(&next).await;
    }
    assert_eq!(forward, expected, "forward from {first}");
    let mut backward = keys(&page);
    while let Some(previous) = page.attribute("a[rel=prev]", "href") {
        page = browser.get(&previous).await;
        backward.splice(0..0, keys(&page));
    }
    assert_eq!(backward, expected, "backward to {first}");
    assert_eq!(page.link("First"), None, "back at the first page");
}
