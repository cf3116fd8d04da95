//! Rates, their versions and packages, tried with plain SQL.

use mc_review::domain::key::SubjectKey;

use crate::bench::Bench;

/// A draft with two rates, and one of another state.
async fn drafts() -> Bench {
    Bench::with("select draft('a'); select rate('r', 'a'); select rate('s', 'a', 2); select draft('t', 'TX'); select rate('x', 't')").await
}

/// A package that was sent with a rate, and an open draft of the same state.
async fn sent() -> Bench {
    Bench::with(
        "select draft('a'); select rate('r', 'a'); select send('a'); select draft('b'); select rate('q', 'b');
         select draft('t', 'TX'); select rate('x', 't'); select send('t')",
    )
    .await
}

fn new_rate(columns: &str, values: &str) -> String {
    format!(
        "insert into rate_review (id, state_code, name, parent_id, last_activity_state_at, {columns})
         values (key('n'), 'MN', 'MCR-MN', key('a'), now(), {values})"
    )
}

#[tokio::test]
async fn the_database_spells_keys_as_the_program_does() {
    let bench = Bench::with("select 1").await;
    for number in [1, 21, 999, 9_999, 10_000, 12_345, i32::MAX] {
        for is_rate in [false, true] {
            let function = if is_rate { "rate_key" } else { "submission_key" };
            let spelled: String = bench.value(&format!("select {function}('MN', {number})")).await;
            let key = SubjectKey::new(is_rate, "MN".to_owned(), number);
            assert_eq!((spelled.as_str(), spelled.parse()), (key.to_string().as_str(), Ok(key)));
        }
    }
}

#[tokio::test]
async fn a_rate_takes_its_number_from_its_state_and_keeps_it() {
    let bench = drafts().await;
    assert_eq!(bench.value::<i32>("select number from rate_review where id = key('s')").await, 2);
    bench.refused("rate_review_number_positive", &new_rate("number", "0")).await;
    bench.refused("rate_review_number_taken", &new_rate("number", "3")).await;
    bench.refused("rate_review_number_unique", &new_rate("number", "2")).await;
    let identity = "update rate_review set number = 1 where id = key('r')";
    bench.rule("rate_review_identity_fixed", identity, "update rate_review set number = 7 where id = key('r')").await;
    let name = |name: &str| format!("update rate_review set name = '{name}' where id = key('r')");
    bench.rule("rate_review_name_not_blank", &name("MCR-MN-SNBC"), &name(" ")).await;
    bench.refused("rate_review_never_removed", "delete from rate_review").await;
    bench.refused("rate_review_never_removed", "truncate rate_review cascade").await;
}

#[tokio::test]
async fn a_rate_belongs_to_the_state_of_its_parent_and_of_every_package_that_holds_it() {
    let bench = sent().await;
    bench
        .refused(
            "rate_review_parent_of_same_state",
            "update state set last_rate_number = 99 where code = 'MN';
             insert into rate_review (id, state_code, number, name, parent_id, last_activity_state_at)
               values (key('y'), 'MN', 99, 'MCR-MN', key('t'), now())",
        )
        .await;
    bench.rule("package_rate_state_of_rate", "select put('r', 'b', 2)", "select put('x', 'b', 2)").await;
    bench
        .refused(
            "package_rate_state_of_contract",
            "insert into package_rate (contract_submission_id, contract_review_id, state_code, rate_review_id, position)
             values (key('b/1'), key('b'), 'TX', key('x'), 2)",
        )
        .await;
}

#[tokio::test]
async fn a_status_goes_along_the_table_of_life_and_is_told() {
    let bench = sent().await;
    bench.refused("rate_review_transition", "update rate_review set status = 'draft' where id = key('r')").await;
    bench.refused("rate_review_transition", "update rate_review set status = 'resubmitted' where id = key('r')").await;
    bench
        .refused(
            "rate_review_change_is_told",
            "update rate_submission set submitted_at = now(), submitted_by = person('maya.lindqvist'), submit_reason = 'x' where id = key('q/1');
             update rate_review set status = 'submitted', sent_revision = 1, first_submitted_at = now(), last_submitted_at = now(),
                    last_activity_cms_at = now() where id = key('q')",
        )
        .await;
    bench
        .refused("rate_review_sent_unless_draft", "update rate_review set sent_revision = null where id = key('r')")
        .await;
    bench
        .refused(
            "rate_review_withdrawn_with_parent",
            "update rate_review set withdrawn_with_parent = true where id = key('r')",
        )
        .await;
}

#[tokio::test]
async fn a_deleted_rate_was_a_draft_stays_deleted_and_is_in_no_package() {
    let bench = drafts().await;
    let delete = "delete from package_rate where rate_review_id = key('s'); delete from rate_submission where rate_review_id = key('s');
                  update rate_review set deleted_at = now() where id = key('s')";
    bench
        .rule(
            "package_rate_not_deleted",
            delete,
            "delete from rate_submission where rate_review_id = key('s'); update rate_review set deleted_at = now() where id = key('s')",
        )
        .await;
    bench.done(delete).await;
    bench.refused("package_rate_not_deleted", "select put('s', 'a', 2)").await;
    bench
        .refused("rate_review_deleted_stays_deleted", "update rate_review set deleted_at = null where id = key('s')")
        .await;
    bench.done("select send('a')").await;
    bench
        .refused("rate_review_deleted_only_as_draft", "update rate_review set deleted_at = now() where id = key('r')")
        .await;
}

#[tokio::test]
async fn a_version_begins_open_and_never_changes_once_sent() {
    let bench = sent().await;
    let insert = |columns: &str, values: &str| {
        format!(
            "insert into rate_submission (id, rate_review_id, contract_submission_id, created_at, created_by, {columns})
             values (key('q/2'), key('q'), key('b/1'), now(), person('maya.lindqvist'), {values})"
        )
    };
    let plain = "revision, rate_data, form_version";
    bench.refused("rate_submission_one_open_draft", &insert(plain, "2, '{}', 1")).await;
    bench.refused("rate_submission_revision_unique", &insert(plain, "1, '{}', 1")).await;
    bench.refused("rate_submission_revision_positive", &insert(plain, "0, '{}', 1")).await;
    bench.refused("rate_submission_form_version_positive", &insert(plain, "2, '{}', 0")).await;
    bench.refused("rate_submission_data_is_object", &insert(plain, "2, '[]', 1")).await;
    let born_sent = insert(
        "revision, rate_data, form_version, submitted_at, submitted_by, submit_reason",
        "2, '{}', 1, now(), person('maya.lindqvist'), 'x'",
    );
    bench.refused("rate_submission_begins_open", &born_sent).await;
    let save =
        |version: &str| format!("update rate_submission set rate_data = '{{\"a\": 1}}' where id = key('{version}')");
    bench.rule("rate_submission_sealed", &save("q/1"), &save("r/1")).await;
    bench.refused("rate_submission_sealed", "delete from rate_submission where id = key('r/1')").await;
    bench.refused("rate_submission_sealed", "truncate rate_submission cascade").await;
    bench
        .refused("rate_submission_identity_fixed", "update rate_submission set revision = 3 where id = key('q/1')")
        .await;
}

#[tokio::test]
async fn who_when_and_why_of_a_version_go_together() {
    let bench = sent().await;
    let set = |columns: &str| format!("update rate_submission set {columns} where id = key('q/1')");
    bench
        .rule(
            "rate_submission_unlock_whole",
            &set("unlocked_at = now(), unlocked_by = person('sam.lee'), unlock_reason = 'x'"),
            &set("unlocked_at = now()"),
        )
        .await;
    bench.refused("rate_submission_submit_whole", &set("submitted_at = now()")).await;
    bench.refused("rate_submission_discard_whole", &set("discarded_at = now()")).await;
    for what in ["unlock", "submit", "discard"] {
        let blank = format!("{what}_reason = ' '");
        bench.refused(&format!("rate_submission_{what}_reason_not_blank"), &set(&blank)).await;
    }
    let both = "submitted_at = now(), submitted_by = person('maya.lindqvist'), submit_reason = 'x',
                discarded_at = now(), discarded_by = person('sam.lee'), discard_reason = 'x'";
    bench.refused("rate_submission_sent_or_discarded", &set(both)).await;
}

#[tokio::test]
async fn a_rate_has_an_open_draft_exactly_while_the_state_writes() {
    let bench = drafts().await;
    bench
        .refused(
            "rate_review_has_its_draft",
            "delete from package_rate where rate_review_id = key('s'); delete from rate_submission where rate_review_id = key('s')",
        )
        .await;
}

#[tokio::test]
async fn a_package_keeps_its_order_and_never_changes_once_sent() {
    let bench = drafts().await;
    let swap = "update package_rate set position = 3 - position where contract_submission_id = key('a/1')";
    bench
        .rule(
            "package_rate_position_once",
            swap,
            "update package_rate set position = 1 where contract_submission_id = key('a/1')",
        )
        .await;
    bench.refused("package_rate_position_positive", "update package_rate set position = position - 1").await;
    bench.done("select send('a')").await;
    bench.refused("package_rate_sealed", swap).await;
    bench.refused("package_rate_sealed", "delete from package_rate where contract_submission_id = key('a/1')").await;
    bench.refused("package_rate_sealed", "truncate package_rate").await;
}

#[tokio::test]
async fn a_rate_is_linked_only_after_it_was_sent() {
    let bench = sent().await;
    bench.done("select draft('c')").await;
    bench.rule("package_rate_linked_was_sent", "select put('r', 'c')", "select put('q', 'c')").await;
    bench.refused("package_rate_not_withdrawn", "select withdraw_rate('r'); select put('r', 'c')").await;
}

#[tokio::test]
async fn eqro_and_chip_only_submissions_have_no_rates() {
    let bench = sent().await;
    let chip =
        "update contract_submission set contract_data = '{\"population_covered\": \"CHIP\"}' where id = key('b/1')";
    let without = "delete from package_rate where rate_review_id = key('q'); delete from rate_submission where rate_review_id = key('q');
                   update rate_review set deleted_at = now() where id = key('q')";
    bench.rule("package_rate_not_with_eqro_or_chip_only", &format!("{chip}; {without}"), chip).await;
    bench.done(&format!("{chip}; {without}")).await;
    bench.refused("package_rate_not_with_eqro_or_chip_only", "select put('r', 'b')").await;
    bench
        .done(
            "update state set last_contract_number = last_contract_number + 1 where code = 'MN';
             insert into contract_review (id, state_code, number, kind, name, last_activity_state_at)
               select key('e'), 'MN', last_contract_number, 'eqro', 'MCR-MN', now() from state where code = 'MN';
             insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by)
               values (key('e/1'), key('e'), 1, '{}', 1, now(), person('maya.lindqvist'));
             select tell('created', 'contract_review', key('e'))",
        )
        .await;
    bench.refused("package_rate_not_with_eqro_or_chip_only", "select put('r', 'e')").await;
}

#[tokio::test]
async fn a_version_is_sent_with_rates_that_were_sent() {
    let bench = sent().await;
    bench
        .refused(
            "package_sent_with_sent_rates",
            "update contract_submission
                set submitted_at = now(), submitted_by = person('maya.lindqvist'), submit_reason = 'x', led_to = 'submitted' where id = key('b/1');
             update contract_review
                set status = 'submitted', sent_revision = 1, first_submitted_at = now(), last_submitted_at = now(), last_activity_cms_at = now()
              where id = key('b');
             select tell('submitted', 'contract_review', key('b'), 'draft')",
        )
        .await;
    bench
        .refused(
            "package_rate_version_of_rate",
            "update package_rate set rate_submission_id = key('r/1') where rate_review_id = key('q')",
        )
        .await;
}

#[tokio::test]
async fn a_document_of_a_rate_stands_in_a_list_of_that_rate_and_is_sealed_with_it() {
    let bench = sent().await;
    let attach = |owner: &str, list: &str, name: &str, position: i32| {
        format!(
            "insert into blob (sha256, size, media_type, scan, stored_at)
               values (encode(sha256('{name}'), 'hex'), 10, 'application/pdf', 'clean', now()) on conflict do nothing;
             insert into document (id, {owner}, category, sha256, file_name, position, uploaded_at, uploaded_by)
               values (gen_random_uuid(), key('q/1'), '{list}', encode(sha256('{name}'), 'hex'), '{name}.pdf', {position}, now(), person('maya.lindqvist'))"
        )
    };
    let certification = attach("rate_submission_id", "rate_certification", "one", 1);
    bench
        .rule("document_category_fits_owner", &certification, &attach("rate_submission_id", "contract", "one", 1))
        .await;
    bench.done(&certification).await;
    bench
        .refused("document_rate_content_once_per_list", &attach("rate_submission_id", "rate_certification", "one", 2))
        .await;
    bench
        .refused("document_rate_position_once_per_list", &attach("rate_submission_id", "rate_certification", "two", 1))
        .await;
    bench
        .refused(
            "document_has_one_owner",
            "insert into document (id, category, sha256, file_name, position, uploaded_at, uploaded_by)
               select gen_random_uuid(), 'contract', sha256, 'x.pdf', 1, now(), uploaded_by from document",
        )
        .await;
    bench
        .refused(
            "document_owner_fixed",
            "update document set rate_submission_id = key('x/1') where rate_submission_id = key('q/1')",
        )
        .await;
    bench.done("select send('b')").await;
    bench.refused("document_sealed", "delete from document where rate_submission_id = key('q/1')").await;
}

#[tokio::test]
async fn dmco_reviews_contracts_and_the_others_rates() {
    let bench = sent().await;
    let make = |columns: &str, values: &str| {
        format!(
            "insert into department_review (id, status_since, {columns}) values (key('n'), now(), {values});
                 select tell('review_made', 'department_review', key('n'))"
        )
    };
    bench.refused("department_review_rate_unique", &make("rate_review_id, department", "key('r'), 'OACT'")).await;
    bench
        .refused("department_review_department_fits_subject", &make("rate_review_id, department", "key('q'), 'DMCO'"))
        .await;
    bench
        .refused(
            "department_review_department_fits_subject",
            &make("contract_review_id, department", "key('b'), 'OACT'"),
        )
        .await;
    bench
        .refused(
            "department_review_has_one_subject",
            &make("contract_review_id, rate_review_id, department", "key('b'), key('q'), 'DMCO'"),
        )
        .await;
    bench
        .refused(
            "department_review_decided_rate_revision",
            "update department_review set status = 'in_review' where id = rate_review_by('OACT', 'r');
             select tell('review_started', 'department_review', rate_review_by('OACT', 'r'), 'not_started');
             update department_review set status = 'signed_off', decision = 'signed_off', decided_revision = 7,
                    decided_by = person('sam.lee'), decided_at = now() where id = rate_review_by('OACT', 'r')",
        )
        .await;
    assert_eq!(bench.value::<i64>("select count(*) from department_review where rate_review_id = key('r')").await, 2);
}

#[tokio::test]
async fn what_happens_to_a_rate_stands_in_its_history_and_moves_its_parent() {
    let bench = sent().await;
    assert_eq!(
        bench
            .texts("select kind from event where subject = 'rate_review' and subject_id = key('r') order by seq")
            .await,
        ["created", "submitted", "review_made", "review_made"]
    );
    let moved = "select (last_activity_cms_at = (select max(at) from event))::text from";
    bench
        .done(
            "update department_review set status = 'in_review' where id = rate_review_by('OACT', 'r');
             select tell('review_started', 'department_review', rate_review_by('OACT', 'r'), 'not_started')",
        )
        .await;
    assert_eq!(bench.texts(&format!("{moved} rate_review where id = key('r')")).await, ["true"]);
    assert_eq!(bench.texts(&format!("{moved} contract_review where id = key('a')")).await, ["true"]);
}

#[tokio::test]
async fn the_counts_of_rates_follow_every_change() {
    let bench = sent().await;
    bench.done("delete from package_rate where rate_review_id = key('q'); delete from rate_submission where rate_review_id = key('q');
                update rate_review set deleted_at = now() where id = key('q')").await;
    let counted = bench
        .texts("select concat_ws(' ', state_code, status, sum(reviews)) from rate_review_tally group by state_code, status having sum(reviews) <> 0 order by 1")
        .await;
    let rows = bench
        .texts("select concat_ws(' ', state_code, status, count(*)) from rate_review where deleted_at is null group by state_code, status order by 1")
        .await;
    assert_eq!(counted, rows);
}
