//! One open draft per review; what was sent or discarded never changes.

use crate::bench::Bench;

const SENT: &str = "select draft('a'); select send('a')";

#[tokio::test]
async fn a_review_has_one_open_draft_and_has_it_exactly_while_the_state_writes() {
    let bench = Bench::with("select draft('a'); select draft('s'); select send('s')").await;
    let second = |review: &str, revision: i32| {
        let unlocked = if revision == 1 { "null, null, null" } else { "now(), person('sam.lee'), 'x'" };
        format!(
            "insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by,
                                              unlocked_at, unlocked_by, unlock_reason)
             values (key('second'), key('{review}'), {revision}, '{{}}', 1, now(), person('maya.lindqvist'), {unlocked})"
        )
    };
    bench.rule("contract_submission_one_open_draft", "select draft('b')", &second("a", 2)).await;
    bench.rule("contract_submission_revision_unique", "select draft('b')", &second("s", 1)).await;
    bench.rule("contract_submission_revision_positive", "select draft('b')", &second("s", 0)).await;
    // Nothing is written beside a status that says nobody writes, and a writer never loses the draft.
    bench.rule("contract_review_has_its_draft", "select draft('b')", &second("s", 2)).await;
    bench
        .rule(
            "contract_review_has_its_draft",
            "select delete_draft('a')",
            "delete from contract_submission where id = key('a/1')",
        )
        .await;
    let sent_alone = "update contract_submission set submitted_at = now(), submitted_by = person('maya.lindqvist'),
                        submit_reason = 'x', led_to = 'submitted' where id = key('a/1')";
    bench.rule("contract_review_has_its_draft", "select send('a')", sent_alone).await;
    let status_alone = "update contract_review set status = 'submitted', sent_revision = 1, first_submitted_at = now(),
                          last_submitted_at = now(), last_activity_cms_at = now() where id = key('a');
                        select tell('submitted', 'contract_review', key('a'), 'draft')";
    bench.rule("contract_review_has_its_draft", "select send('a')", status_alone).await;
}

#[tokio::test]
async fn a_sent_version_never_changes() {
    let bench = Bench::with(&format!("{SENT}; select draft('d')")).await;
    for change in [
        "contract_data = '{\"description\": \"other\"}'",
        "form_version = 2",
        "submitted_at = now() - interval '1 day'",
        "submitted_by = person('robert.okafor')",
        "submit_reason = 'other'",
        "submitted_at = null, submitted_by = null, submit_reason = null, led_to = null",
        "led_to = 'not_subject_to_review'",
        "version = 9",
        "revision = 2",
    ] {
        let update = |version: &str| format!("update contract_submission set {change} where id = key('{version}')");
        bench.refused("contract_submission_sealed", &update("a/1")).await;
    }
    let update = |version: &str| {
        format!("update contract_submission set contract_data = '{{\"a\": 1}}' where id = key('{version}')")
    };
    bench.rule("contract_submission_sealed", &update("d/1"), &update("a/1")).await;
    bench
        .rule(
            "contract_submission_sealed",
            "select delete_draft('d')",
            "delete from contract_submission where id = key('a/1')",
        )
        .await;
    bench.refused("contract_submission_sealed", "truncate contract_submission cascade").await;
}

#[tokio::test]
async fn a_discarded_version_never_changes_either() {
    let bench = Bench::with("select draft('a')").await;
    let discard = "update contract_submission set discarded_at = now(), discarded_by = person('alex.morgan'), discard_reason = 'x'
                    where id = key('a/1');";
    let again =
        format!("{discard} update contract_submission set contract_data = '{{\"a\": 1}}' where id = key('a/1')");
    bench.refused("contract_submission_sealed", &again).await;
}

#[tokio::test]
async fn a_version_begins_open_and_stays_with_its_review() {
    let bench = Bench::with("select draft('a'); select draft('b')").await;
    for (columns, values) in [
        ("submitted_at, submitted_by, submit_reason, led_to", "now(), person('maya.lindqvist'), 'x', 'submitted'"),
        ("discarded_at, discarded_by, discard_reason", "now(), person('alex.morgan'), 'x'"),
    ] {
        let born = format!(
            "insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by, {columns})
             values (key('z'), key('a'), 2, '{{}}', 1, now(), person('maya.lindqvist'), {values})"
        );
        bench.rule("contract_submission_begins_open", "select draft('c')", &born).await;
    }
    let edit = "update contract_submission set contract_data = '{\"a\": 1}' where id = key('a/1')";
    for change in ["id = key('z')", "contract_review_id = key('b'), revision = 2", "revision = 2"] {
        let wrong = format!("update contract_submission set {change} where id = key('a/1')");
        bench.rule("contract_submission_identity_fixed", edit, &wrong).await;
    }
}

#[tokio::test]
async fn who_when_and_why_stand_together_and_are_never_blank() {
    let bench = Bench::with("select draft('a'); select draft('u'); select send('u')").await;
    let update = |change: &str| format!("update contract_submission set {change} where id = key('a/1')");
    let unlock = "select unlock('u')".to_owned();
    let half = |change: &str| format!("{unlock}; update contract_submission set {change} where id = key('u/2')");
    for (rule, right, wrong) in [
        ("contract_submission_unlock_whole", unlock.clone(), half("unlocked_by = null")),
        ("contract_submission_unlock_whole", unlock.clone(), half("unlock_reason = null")),
        ("contract_submission_submit_whole", "select send('a')".to_owned(), update("submitted_at = now()")),
        ("contract_submission_submit_whole", "select send('a')".to_owned(), update("led_to = 'submitted'")),
        ("contract_submission_discard_whole", unlock.clone(), update("discarded_at = now()")),
        ("contract_submission_discard_whole", unlock.clone(), update("discarded_by = person('alex.morgan')")),
        (
            "contract_submission_sent_or_discarded",
            "select send('a')".to_owned(),
            update(
                "submitted_at = now(), submitted_by = person('maya.lindqvist'), submit_reason = 'x', led_to = 'submitted',
                 discarded_at = now(), discarded_by = person('alex.morgan'), discard_reason = 'x'",
            ),
        ),
        (
            "contract_submission_led_to",
            "select send('a')".to_owned(),
            update("submitted_at = now(), submitted_by = person('maya.lindqvist'), submit_reason = 'x', led_to = 'approved'"),
        ),
        ("contract_submission_data_is_object", update("contract_data = '{}'"), update("contract_data = '[]'")),
        ("contract_submission_form_version_positive", update("form_version = 2"), update("form_version = 0")),
    ] {
        bench.rule(rule, &right, &wrong).await;
    }
    for blank in ["", "   ", "\n\t ", "\r\n"] {
        for (what, reason) in [("unlock", "unlock_reason"), ("submit", "submit_reason"), ("discard", "discard_reason")]
        {
            let rule = format!("contract_submission_{what}_reason_not_blank");
            bench.rule(&rule, &unlock, &update(&format!("{reason} = '{blank}'"))).await;
        }
    }
}

#[tokio::test]
async fn the_current_package_is_a_version_that_exists() {
    let bench = Bench::with(SENT).await;
    let right = "update contract_review set sent_revision = 1 where id = key('a')";
    bench.rule("contract_review_sent_revision", right, &right.replace("= 1", "= 2")).await;
}

#[tokio::test]
async fn every_save_of_a_draft_is_kept_once_and_goes_with_the_draft() {
    let bench = Bench::with("select draft('a')").await;
    let save = |version: i32, changes: &str| {
        format!(
            "insert into draft_save values (gen_random_uuid(), key('a/1'), {version}, person('maya.lindqvist'), now(), '{changes}');"
        )
    };
    bench.rule("draft_save_version_once", &(save(2, "[]") + &save(3, "[]")), &(save(2, "[]") + &save(2, "[]"))).await;
    bench.rule("draft_save_changes_is_list", &save(2, "[]"), &save(2, "{}")).await;
    bench.done(&save(2, "[]")).await;
    bench.done("select delete_draft('a')").await;
    assert_eq!(bench.value::<i64>("select count(*) from draft_save").await, 0);
}
