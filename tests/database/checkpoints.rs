//! What was signed can't be rewritten unseen, not even by whoever owns the tables and makes every hash in them fit.

use std::sync::Arc;
use std::time::Duration;

use mc_review::domain::clock::Clock;
use mc_review::history::{HistoryKey, Signatures, sign, verify_all, verify_checkpoints};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use tempfile::TempDir;

use crate::bench::Bench;

const LIVED: &str = "select draft('a'); select send('a'); select start('a'); select sign_off('a'); select approve('a');
                     select draft('b', 'TX')";

/// Recomputes the whole chain, as an attacker would: every entry after the one before it, then the heads.
const MADE_TO_FIT: &str = "
  do $$ declare entry event; begin
    for entry in select * from event order by seq loop
      update event set previous_sha256 = coalesce(
        (select before.sha256 from event before
          where (before.subject, before.subject_id) = (entry.subject, entry.subject_id) and before.seq < entry.seq
          order by before.seq desc limit 1), repeat('0', 64)) where seq = entry.seq;
      update event whole set sha256 = event_sha256(whole) where seq = entry.seq;
    end loop;
    delete from event_head h where not exists (select from event e where e.subject_id = h.subject_id);
    update event_head h set (entries, sha256) =
      (select count(*), (array_agg(sha256 order by seq desc))[1] from event e where (e.subject, e.subject_id) = (h.subject, h.subject_id));
  end $$";

/// A database with a history, a file store and a key.
struct Signing {
    bench: Bench,
    files: Arc<dyn ObjectStore>,
    folder: TempDir,
    key: HistoryKey,
}

fn key(letter: char) -> HistoryKey {
    HistoryKey::new(&letter.to_string().repeat(64)).expect("it is long enough")
}

impl Signing {
    /// Nothing is signed yet.
    async fn lived() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
        Self { bench: Bench::with(LIVED).await, files: Arc::new(files), folder, key: key('k') }
    }

    /// Signed twice: the second time what came in between.
    async fn signed() -> Self {
        let signing = Self::lived().await;
        assert_eq!(signing.sign().await, 1);
        signing.bench.done("select draft('c')").await;
        assert_eq!(signing.sign().await, 1);
        signing
    }

    async fn sign(&self) -> usize {
        sign(&self.bench.db, &*self.files, &Clock::System, &self.key).await.unwrap()
    }

    async fn verify_with(&self, key: Option<&HistoryKey>) -> Signatures {
        verify_checkpoints(&self.bench.db, &*self.files, &Clock::System, key).await.unwrap()
    }

    async fn findings(&self) -> Vec<String> {
        self.verify_with(Some(&self.key)).await.findings
    }

    /// What the owner of the tables does with every trigger off.
    async fn tamper(&self, tampering: &str) {
        self.bench.done(&format!("set local session_replication_role = replica; {tampering}")).await;
    }

    /// The same, and everything in the database is made to fit: the chain alone proves nothing then.
    async fn tamper_well(&self, tampering: &str) {
        self.tamper(&format!("{tampering}; {MADE_TO_FIT}")).await;
        let found = verify_all(&self.bench.db).await.unwrap();
        assert!(found.intact(), "the attacker is a good one: {:?}", found.breaks);
    }

    fn copy(&self, number: i64) -> std::path::PathBuf {
        self.folder.path().join(format!("history/checkpoints/{number:010}.json"))
    }
}

#[track_caller]
fn only(findings: &[String], beginning: &str, end: &str) {
    let fits = |found: &&String| found.starts_with(beginning) && found.contains(end);
    assert!(!findings.is_empty() && findings.iter().all(|found| fits(&found)), "{findings:#?}");
}

#[tokio::test]
async fn what_was_signed_and_not_touched_is_whole_and_signed_once() {
    let signing = Signing::signed().await;
    assert_eq!(signing.sign().await, 0, "nothing is new");
    let found = signing.verify_with(Some(&signing.key)).await;
    assert_eq!((found.findings, found.checkpoints, found.since.0), (Vec::<String>::new(), 2, 0));
    assert_eq!(found.entries, signing.bench.value::<i64>("select count(*) from event").await);
    assert!(found.newest.is_some());
    signing.bench.done("select draft('d')").await;
    let found = signing.verify_with(Some(&signing.key)).await;
    assert_eq!((found.findings, found.since.0), (Vec::<String>::new(), 1), "what is new is not signed yet");
    // Without the key all but the signatures is held against each other.
    assert!(signing.verify_with(None).await.findings.is_empty());
}

#[tokio::test]
async fn a_rewritten_reason_is_found_with_the_subject_and_the_checkpoint_though_every_hash_fits() {
    let signing = Signing::signed().await;
    signing.tamper_well("update event set reason = 'Other' where kind = 'review_signed_off'").await;
    let findings = signing.findings().await;
    only(&findings, "MN-0001: the entry in place ", " was rewritten since checkpoint 1 of ");
    // Also without the key: the copy in the file store says what was there.
    assert_eq!(signing.verify_with(None).await.findings, findings);
}

#[tokio::test]
async fn removed_newest_entries_are_found_though_the_rows_were_set_back() {
    let signing = Signing::signed().await;
    signing
        .tamper_well(
            "delete from event where kind = 'approved';
             update contract_review set status = 'submitted', released_on = null, version = version - 1 where id = key('a')",
        )
        .await;
    only(&signing.findings().await, "MN-0001: the entry in place ", " was removed since checkpoint 1 of ");
    // The newest of all, and with it the last that was signed.
    let signing = Signing::signed().await;
    signing.tamper_well("delete from event where subject_id = key('c'); delete from contract_submission where contract_review_id = key('c'); delete from contract_review where id = key('c')").await;
    only(&signing.findings().await, "subject ", " was removed since checkpoint 2 of ");
}

#[tokio::test]
async fn a_whole_history_that_was_removed_with_its_case_is_found() {
    let signing = Signing::signed().await;
    signing.tamper_well("delete from event where subject_id = key('b'); delete from contract_submission where contract_review_id = key('b'); delete from contract_review where id = key('b')").await;
    only(&signing.findings().await, "subject ", " was removed since checkpoint 1 of ");
}

#[tokio::test]
async fn an_entry_put_in_among_those_that_were_signed_is_found() {
    let signing = Signing::lived().await;
    // A place that a transaction took which came to nothing.
    signing.bench.value::<i64>("select nextval('event_seq')").await;
    signing.bench.done("select draft('c')").await;
    signing.sign().await;
    signing
        .tamper(
            "insert into event select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'seq', (select max(seq) - 1 from event),
               'version_before', 40, 'version_after', 41))).* from event e where kind = 'approved'",
        )
        .await;
    only(&signing.findings().await, "MN-0001: the entry in place ", " was put in since checkpoint 1 of ");
}

#[tokio::test]
async fn checkpoints_that_are_gone_are_missed_wherever_they_were() {
    for (gone, expected) in [
        ("where number = 1", vec!["Checkpoint 1 is missing from the database."]),
        ("where number = 2", vec!["Checkpoint 2 is missing from the database."]),
        ("", vec!["Checkpoint 1 is missing from the database.", "Checkpoint 2 is missing from the database."]),
    ] {
        let signing = Signing::signed().await;
        signing.tamper(&format!("delete from history_checkpoint {gone}")).await;
        assert_eq!(signing.findings().await, expected);
    }
    let signing = Signing::signed().await;
    std::fs::remove_file(signing.copy(1)).unwrap();
    assert_eq!(signing.findings().await, ["The copy of checkpoint 1 is missing from the file store."]);
    signing.tamper_well("update event set reason = 'Other' where kind = 'review_signed_off'").await;
    let findings = signing.findings().await;
    assert!(findings[1].starts_with("Among the entries that checkpoint 1 of "), "{findings:?}");
    // With neither nothing says what was there, and that is said.
    signing.tamper("delete from history_checkpoint where number = 1").await;
    assert_eq!(signing.findings().await[0], "Checkpoint 1 is missing.");
}

#[tokio::test]
async fn entries_that_no_checkpoint_covers_for_long_are_a_finding() {
    let signing = Signing::lived().await;
    let later = Clock::set_to(Clock::System.now() + time::Duration::hours(2));
    let verify =
        async |key| verify_checkpoints(&signing.bench.db, &*signing.files, &later, key).await.unwrap().findings;
    let findings = verify(Some(&signing.key)).await;
    assert!(
        findings.len() == 1 && findings[0].contains(" entries are in no checkpoint, the oldest of "),
        "{findings:?}"
    );
    assert!(verify(None).await.is_empty(), "where there is no key nobody signs");
}

#[tokio::test]
async fn altered_checkpoints_are_found_in_the_table_and_in_the_file_store() {
    for change in ["entries = entries + 1", "made_at = made_at - interval '1 day'", "signature = repeat('0', 64)"] {
        let signing = Signing::signed().await;
        signing.tamper(&format!("update history_checkpoint set {change} where number = 2")).await;
        let findings = signing.findings().await;
        assert_eq!(findings[0], "Of checkpoint 2 database and file store say different things.", "{change}");
        assert!(findings.contains(&"Checkpoint 2 is not signed with this HISTORY_KEY.".to_owned()), "{findings:?}");
    }
    let signing = Signing::signed().await;
    std::fs::write(signing.copy(1), "{}").unwrap();
    assert_eq!(signing.findings().await, ["The copy of checkpoint 1 in the file store can't be read."]);
    // An entry is rewritten, and with it the list in the copy: the hash of that list is signed.
    let signing = Signing::signed().await;
    signing.tamper_well("update event set reason = 'Other' where kind = 'review_signed_off'").await;
    let text = std::fs::read_to_string(signing.copy(1)).unwrap();
    let mut copy: serde_json::Value = serde_json::from_str(&text).unwrap();
    for entry in copy["entries"].as_array_mut().unwrap() {
        let sha256 = format!("select sha256 from event where seq = {}", entry["seq"]);
        entry["sha256"] = signing.bench.value::<String>(&sha256).await.into();
    }
    std::fs::write(signing.copy(1), copy.to_string()).unwrap();
    let findings = signing.findings().await;
    assert_eq!(findings[0], "The copy of checkpoint 1 in the file store was altered.");
    assert!(findings[1].starts_with("Among the entries that checkpoint 1 of "), "{findings:?}");
}

#[tokio::test]
async fn another_key_signs_nothing_that_was_signed() {
    let signing = Signing::signed().await;
    let findings = signing.verify_with(Some(&key('o'))).await.findings;
    assert_eq!(findings, ["No checkpoint is signed with this HISTORY_KEY: it is another key, or all were made anew."]);
}

#[tokio::test]
async fn of_two_workers_at_once_one_signs() {
    let signing = Signing::lived().await;
    let made = futures_util::future::join_all((0..4).map(|_| signing.sign())).await;
    assert_eq!(made.iter().sum::<usize>(), 1, "{made:?}");
    assert_eq!(signing.bench.value::<i64>("select count(*) from history_checkpoint").await, 1);
    assert!(signing.findings().await.is_empty());
}

#[tokio::test]
async fn what_the_file_store_did_not_take_is_signed_later_and_nothing_is_lost() {
    let signing = Signing::lived().await;
    // No folder can be made where a file lies.
    std::fs::write(signing.folder.path().join("history"), "in the way").unwrap();
    let failed = sign(&signing.bench.db, &*signing.files, &Clock::System, &signing.key).await;
    assert!(failed.is_err());
    assert_eq!(signing.bench.value::<i64>("select count(*) from history_checkpoint").await, 0);
    std::fs::remove_file(signing.folder.path().join("history")).unwrap();
    signing.bench.done("select draft('c')").await;
    assert_eq!(signing.sign().await, 1);
    let found = signing.verify_with(Some(&signing.key)).await;
    assert_eq!((found.findings, found.since.0), (Vec::<String>::new(), 0));
}

#[tokio::test]
async fn a_copy_whose_row_was_not_written_is_taken_up_unless_the_history_is_another() {
    let signing = Signing::signed().await;
    signing.bench.done("select draft('d')").await;
    signing.tamper("delete from history_checkpoint where number = 2").await;
    assert_eq!(signing.sign().await, 2, "the second as it was, and a third");
    assert!(signing.findings().await.is_empty());
    let signing = Signing::signed().await;
    signing.tamper("delete from history_checkpoint").await;
    signing.tamper_well("update event set reason = 'Other' where kind = 'review_signed_off'").await;
    let refused = sign(&signing.bench.db, &*signing.files, &Clock::System, &signing.key).await.unwrap_err();
    assert!(refused.to_string().contains("a checkpoint 1 that does not fit the history"), "{refused}");
}

#[tokio::test]
async fn an_entry_that_is_still_being_written_is_waited_for() {
    let signing = Signing::lived().await;
    let mut late = signing.bench.db.begin().await.unwrap();
    sqlx::raw_sql("select draft('c')").execute(&mut *late).await.unwrap();
    // It has an earlier place than this one, which is there before it.
    signing.bench.done("select draft('d', 'TX')").await;
    let (made, ()) = tokio::join!(signing.sign(), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(signing.bench.value::<i64>("select count(*) from history_checkpoint").await, 0);
        late.commit().await.unwrap();
    });
    assert_eq!(made, 1);
    let found = signing.verify_with(Some(&signing.key)).await;
    assert_eq!((found.findings, found.since.0), (Vec::<String>::new(), 0));
}

#[tokio::test]
async fn the_table_of_checkpoints_is_append_only_and_has_no_gaps() {
    let signing = Signing::signed().await;
    let bench = &signing.bench;
    for wrong in
        ["update history_checkpoint set entries = 1", "delete from history_checkpoint", "truncate history_checkpoint"]
    {
        bench.refused("history_checkpoint_append_only", wrong).await;
    }
    let next = |change: &str| {
        format!(
            "insert into history_checkpoint select (jsonb_populate_record(last, jsonb_build_object('number', 3, 'after_seq', through_seq,
               'through_seq', through_seq + 1, 'previous_sha256', sha256) {change})).* from history_checkpoint last where number = 2"
        )
    };
    for change in ["'number', 4", "'after_seq', 0", "'previous_sha256', repeat('0', 64)"] {
        let wrong = next(&format!("|| jsonb_build_object({change})"));
        bench.rule("history_checkpoint_follows", &next(""), &wrong).await;
    }
    let nothing = next("|| jsonb_build_object('entries', 0)");
    bench.rule("history_checkpoint_covers_entries", &next(""), &nothing).await;
    let back = next("|| jsonb_build_object('through_seq', through_seq)");
    bench.rule("history_checkpoint_goes_on", &next(""), &back).await;
}
