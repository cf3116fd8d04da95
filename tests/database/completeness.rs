//! No rule without a test: every rule that the schema names is named in these tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::bench::Bench;

fn texts_in(folder: &str, extension: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.to_string_lossy().ends_with(extension))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

/// The quoted word after each place where `before` stands.
fn quoted_after(text: &str, before: &str) -> BTreeSet<String> {
    let found = text.split(before).skip(1).filter_map(|rest| rest.split('\'').next());
    found.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_rule_of_the_schema_is_tried_here() {
    let bench = Bench::with("").await;
    let migrations = texts_in("migrations", ".up.sql");
    let mut rules = quoted_after(&migrations, "refuse('");
    rules.extend(quoted_after(&migrations, "never_removed('"));
    rules.extend(
        bench
            .texts(
                "select conname::text from pg_constraint where connamespace = 'public'::regnamespace and contype in ('c', 'u', 'x')
                  union select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
                   where i.indisunique and not i.indisprimary and c.relnamespace = 'public'::regnamespace
                  union select t.tgname::text from pg_trigger t join pg_proc p on p.oid = t.tgfoid
                   where p.proname in ('follow_transitions', 'status_change_is_told')",
            )
            .await,
    );
    let tests = texts_in("tests/database", ".rs");
    let untried: Vec<&String> = rules.iter().filter(|rule| !tests.contains(&format!("\"{rule}\""))).collect();
    // The first two are put together from the name of a column. The others are not reached: they make foreign keys
    // possible, and numbers of events come from a sequence.
    let composed = [
        "state_last_contract_number_natural",
        "state_last_rate_number_natural",
        "event_kind_has_one_audience",
        "event_seq_unique",
        "program_state_of",
        "contract_review_state_of",
        "contract_submission_review_of",
        "rate_review_state_of",
        "rate_submission_review_of",
        "saved_view_of_list",
    ];
    let composed = |rule: &&&String| composed.contains(&rule.as_str()) || rule.ends_with("_reason_not_blank");
    let untried: Vec<_> = untried.iter().filter(|rule| !composed(rule)).collect();
    assert!(untried.is_empty(), "no test tries {untried:?}");
    assert!(rules.len() > 60, "only {} rules were found", rules.len());
}
