//! Questions keep their words, one round of a department goes on at a time, and departments wait exactly for open ones.

use crate::bench::Bench;

const SENT: &str = "select draft('a'); select rate('r', 'a'); select send('a'); select start('a')";

#[tokio::test]
async fn a_round_goes_from_status_to_status_and_each_step_is_told() {
    let bench = Bench::with(SENT).await;
    let set = |change: &str| format!("select ask('q', 'a'); update question set {change} where id = key('q')");
    bench
        .rule(
            "question_transition",
            "select ask('q', 'a'); select respond('x', 'q')",
            &set("status = 'answered'; update question set status = 'open'"),
        )
        .await;
    bench
        .refused(
            "question_transition",
            &begin("q", "a", "DMCO", 1).replace("(id,", "(status, id,").replace("(key('q')", "('answered', key('q')"),
        )
        .await;
    let untold = format!("{}; {WAIT}", begin("q", "a", "DMCO", 1));
    bench.rule("question_change_is_told", "select ask('q', 'a')", &untold).await;
    bench.refused("event_fits_row", "select ask('q', 'a'); select tell('note_added', 'question', key('r'))").await;
    let elsewhere = "select draft('z'); select send('z'); select ask('q', 'a');
                     insert into event (id, at, actor_name, subject, subject_id, kind, audience, row_table, row_id, status_after, version_after,
                                        previous_sha256, sha256)
                       values (gen_random_uuid(), now(), 'Somebody', 'contract_review', key('z'), 'question_asked', 'both', 'question', key('q'),
                               'open', 1, '', '')";
    bench.refused("event_fits_row", elsewhere).await;
}

const WAIT: &str = "select wait('a')";

/// The row of a question without what goes with it.
fn begin(called: &str, about: &str, department: &str, round: i32) -> String {
    format!(
        "insert into question (id, contract_review_id, department, round, text, revision, asked_at, asked_by)
           values (key('{called}'), key('{about}'), '{department}', {round}, 'Where?', 1, now(), person('sam.lee'))"
    )
}

#[tokio::test]
async fn one_round_of_a_department_goes_on_at_a_time_and_rounds_are_counted_without_gaps() {
    let bench = Bench::with(&format!("{SENT}; select ask('q', 'a')")).await;
    let next = format!("{}; select tell('question_asked', 'question', key('n'))", begin("n", "a", "DMCO", 2));
    let closed = "select respond('x', 'q'); select close_round('q', 'next_round')";
    let right = format!("{closed}; {next}; {WAIT}");
    bench.rule("question_one_at_a_time", &right, &next).await;
    bench.refused("question_one_at_a_time", &format!("select respond('x', 'q'); {next}")).await;
    bench.rule("question_rounds_follow", &right, &format!("{closed}; {}", next.replace(", 2,", ", 3,"))).await;
    let twice = format!(
        "{closed}; set local session_replication_role = replica; {}; set local session_replication_role = origin",
        next.replace(", 2,", ", 1,")
    );
    bench.refused("question_round_once", &twice).await;
    // Another department has rounds of its own.
    bench.tried("select ask('o', 'a', 'OACT', 'ivan.petrov')").await.unwrap();
}

#[tokio::test]
async fn questions_are_asked_about_what_goes_on_by_a_department_that_may() {
    let bench = Bench::with(&format!("{SENT}; select draft('d'); select draft('e', 'MN'); select send('e')")).await;
    let ask = |who: &str| format!("select ask('q', 'a', 'DMCO', '{who}')");
    for wrong in ["owen.park", "alex.morgan", "maya.lindqvist", "hannah.desai"] {
        bench.rule("question_by_its_department", &ask("dana.ruiz"), &ask(wrong)).await;
    }
    bench.rule("question_on_what_goes_on", &ask("sam.lee"), "select ask('q', 'd')").await;
    for ended in ["select approve('a')", "select withdraw_rate('r', true); select withdraw('a')"] {
        bench.refused("question_on_what_goes_on", &format!("{ended}; {}", ask("sam.lee"))).await;
    }
    bench.refused("question_on_what_goes_on", "select withdraw_rate('r'); select ask_of_rate('q', 'r')").await;
    bench.tried("select ask_of_rate('q', 'r')").await.unwrap();
    let of_eqro = "update contract_review set name = name where id = key('e');
                   set local session_replication_role = replica; update contract_review set kind = 'eqro' where id = key('e');
                   set local session_replication_role = origin; ";
    let by = |department: &str, who: &str| format!("{of_eqro} select ask('q', 'e', '{department}', '{who}')");
    bench.rule("question_of_eqro_by_dmco", &by("DMCO", "sam.lee"), &by("OACT", "ivan.petrov")).await;
    let both = begin("q", "a", "DMCO", 1)
        .replace("contract_review_id,", "rate_review_id, contract_review_id,")
        .replace("(key('q'), ", "(key('q'), key('r'), ");
    bench.rule("question_has_one_subject", &ask("sam.lee"), &both).await;
}

#[tokio::test]
async fn a_question_and_a_response_say_something_and_keep_their_words() {
    let bench = Bench::with(SENT).await;
    let ask = "select ask('q', 'a')";
    let text = |text: &str| begin("q", "a", "DMCO", 1).replace("'Where?'", text);
    for wrong in ["''", "E' \\n'", "repeat('a', 10001)"] {
        bench.rule("question_text_fits", ask, &text(wrong)).await;
        let response = format!("{ask}; select respond('x', 'q', {wrong})");
        bench.rule("response_text_fits", &format!("{ask}; select respond('x', 'q')"), &response).await;
    }
    let mute = format!("{}; select tell('question_asked', 'question', key('q')); {WAIT}", text("null"));
    let attached = format!("select attach_to_question('q', 'annex'); {mute}");
    bench.rule("question_says_something", &attached, &mute).await;
    bench
        .rule(
            "response_says_something",
            &format!("{ask}; select respond('x', 'q')"),
            &format!("{ask}; select respond('x', 'q', null)"),
        )
        .await;

    bench.done(&format!("{attached}; select respond('x', 'q')")).await;
    for change in
        ["text = 'Other?'", "department = 'OACT'", "round = 2", "asked_by = person('dana.ruiz')", "revision = 2"]
    {
        let wrong = format!("update question set {change}");
        bench.rule("question_stays_as_asked", "select close_round('q', 'done')", &wrong).await;
    }
    bench.rule("response_stays_as_sent", "select remove_response('x')", "update response set text = 'Other'").await;
    bench.rule("question_never_removed", "select close_round('q', 'done')", "delete from question").await;
    bench.refused("question_never_removed", "truncate question cascade").await;
    bench.rule("response_never_removed", "select remove_response('x')", "delete from response").await;
    bench.refused("response_never_removed", "truncate response cascade").await;
    for wrong in [
        "update document set file_name = 'other.pdf' where question_id is not null",
        "delete from document where question_id is not null",
        "select attach_to_question('q', 'late')",
    ] {
        bench.refused("document_sealed_with_its_round", wrong).await;
    }
}

#[tokio::test]
async fn documents_of_a_round_are_dated_and_stand_once_in_their_order() {
    let bench = Bench::with(SENT).await;
    let ask = "select attach_to_question('q', 'annex'); select ask('q', 'a')";
    let second = |content: &str, place: i32| format!("select attach_to_question('q', '{content}', {place}); {ask}");
    bench.rule("document_question_content_once", &second("other", 2), &second("annex", 2)).await;
    bench.rule("document_question_position_once", &second("other", 2), &second("other", 1)).await;
    let response = |content: &str, place: i32| {
        format!(
            "select ask('q', 'a'); select attach_to_response('x', 'annex', 1); select attach_to_response('x', '{content}', {place}); select respond('x', 'q')"
        )
    };
    bench.rule("document_response_content_once", &response("other", 2), &response("annex", 2)).await;
    bench.rule("document_response_position_once", &response("other", 2), &response("other", 1)).await;
    let undated = format!(
        "{}; update document set first_submitted_at = null where question_id is not null; select ask('q', 'a')",
        "select attach_to_question('q', 'annex')"
    );
    bench.rule("document_of_round_is_dated", ask, &undated).await;
    let misplaced = "select attach_to_question('q', 'annex'); update document set category = 'response' where question_id is not null";
    bench.rule("document_category_fits_owner", ask, misplaced).await;
}

#[tokio::test]
async fn a_state_responds_to_what_goes_on_and_that_answers_the_round() {
    let bench = Bench::with(&format!("{SENT}; select ask('q', 'a')")).await;
    let respond = |who: &str| format!("select respond('x', 'q', 'There.', '{who}')");
    for wrong in ["elena.vargas", "sam.lee", "alex.morgan"] {
        bench.rule("response_by_its_state", &respond("maya.lindqvist"), &respond(wrong)).await;
    }
    let late = format!("select close_round('q', 'unanswered', 'Found it.'); {}", respond("maya.lindqvist"));
    bench.rule("response_to_what_goes_on", &respond("maya.lindqvist"), &late).await;
    let silent = "insert into response (id, question_id, text, sent_at, sent_by) values (key('x'), key('q'), 'There.', now(), person('maya.lindqvist'))";
    let told = "update question set version = version; insert into event (id, at, actor_name, subject, subject_id, kind, audience, row_table, row_id, status_before,
                  status_after, version_before, version_after, details, previous_sha256, sha256)
                select gen_random_uuid(), now(), 'Somebody', 'contract_review', key('a'), 'response_sent', 'both', 'question', id, 'open', 'open', version - 1,
                       version, jsonb_build_object('response', key('x')), '', '' from question";
    bench.rule("question_answered_by_a_response", &respond("maya.lindqvist"), &format!("{silent}; {told}")).await;
    let nothing = "update question set status = 'answered'; select tell('response_sent', 'question', key('q'), 'open'); select resume('a')";
    bench.refused("question_answered_by_a_response", nothing).await;
    let untold = format!("{silent}; {nothing}");
    bench.rule("response_is_told", &respond("maya.lindqvist"), &untold).await;
}

#[tokio::test]
async fn a_round_is_closed_once_by_those_whose_it_is_and_says_how() {
    let bench = Bench::with(&format!("{SENT}; select ask('q', 'a')")).await;
    let close = "select close_round('q', 'unanswered', 'Found it.')";
    bench.rule("question_unanswered_has_reason", close, "select close_round('q', 'unanswered')").await;
    bench
        .refused(
            "question_unanswered_has_reason",
            "select respond('x', 'q'); select close_round('q', 'done', 'Thanks.')",
        )
        .await;
    for wrong in
        ["select close_round('q', 'done')", "select respond('x', 'q'); select close_round('q', 'unanswered', 'x')"]
    {
        bench.rule("question_closing_fits", close, wrong).await;
    }
    for (who, may) in [("dana.ruiz", true), ("alex.morgan", true), ("owen.park", false), ("maya.lindqvist", false)] {
        let by = format!("select close_round('q', 'unanswered', 'Found it.', '{who}')");
        if may {
            bench.tried(&by).await.unwrap()
        } else {
            bench.refused("question_closed_by_its_department", &by).await
        }
    }
    bench.rule("question_closed_whole", close, "update question set status = 'closed', closed_at = now()").await;
    bench
        .refused(
            "question_closed_whole",
            "update question set closed_at = now(), closed_by = asked_by, closed_because = 'done'",
        )
        .await;
    bench.done(close).await;
    bench.refused("question_closed_once", "update question set close_reason = 'Other'").await;
}

#[tokio::test]
async fn administrators_alone_remove_what_was_said_once_with_an_entry() {
    let bench = Bench::with(&format!("{SENT}; select ask('q', 'a'); select respond('x', 'q')")).await;
    bench.rule("question_removed_by_an_admin", "select remove_round('q')", "select remove_round('q', 'sam.lee')").await;
    bench
        .rule("response_removed_by_an_admin", "select remove_response('x')", "select remove_response('x', 'sam.lee')")
        .await;
    let silent = "update question set status = 'closed', closed_at = now(), closed_by = person('alex.morgan'), closed_because = 'removal',
                    removed_at = now(), removed_by = person('alex.morgan'), removal_reason = 'Personal data'";
    let as_closed = format!("{silent}; select tell('round_closed', 'question', key('q'), 'answered')");
    bench.rule("question_removal_is_told", "select remove_round('q')", &as_closed).await;
    let untold =
        "update response set removed_at = now(), removed_by = person('alex.morgan'), removal_reason = 'Personal data'";
    bench.rule("response_is_told", "select remove_response('x')", untold).await;
    bench.refused("question_removed_whole", &silent.replace(", removal_reason = 'Personal data'", "")).await;
    bench.refused("response_removed_whole", &untold.replace(", removal_reason = 'Personal data'", "")).await;
    let open = "update question set removed_at = now(), removed_by = person('alex.morgan'), removal_reason = 'x'";
    bench.rule("question_removed_is_closed", "select remove_round('q')", open).await;
    bench.done("select remove_response('x'); select remove_round('q')").await;
    bench.refused("question_removed_once", "update question set removal_reason = 'Other'").await;
    bench.refused("response_removed_once", "update response set removal_reason = 'Other'").await;
    assert_eq!(bench.value::<i64>("select count(*) from question_page").await, 0);
}

#[tokio::test]
async fn what_is_recorded_for_somebody_says_whom_when_and_why() {
    let bench = Bench::with(SENT).await;
    let record = |by: &str, who: &str, day: &str| {
        begin("q", "a", "DMCO", 1)
            .replace("asked_by)", "asked_by, recorded_for, recorded_day, recorded_reason)")
            .replace("person('sam.lee'))", &format!("person('{by}'), person('{who}'), {day}, 'By mail')"))
            + "; select tell('question_asked', 'question', key('q'), null, 'By mail'); select wait('a')"
    };
    let today = "(now() at time zone 'America/New_York')::date";
    let right = record("alex.morgan", "sam.lee", today);
    for (by, who) in [("sam.lee", "dana.ruiz"), ("alex.morgan", "owen.park"), ("alex.morgan", "maya.lindqvist")] {
        bench.rule("question_by_its_department", &right, &record(by, who, today)).await;
    }
    let tomorrow = record("alex.morgan", "sam.lee", &format!("{today} + 1"));
    bench.rule("question_recorded_afterwards", &right, &tomorrow).await;
    bench.refused("question_recorded_whole", &right.replace(", 'By mail')", ", null)")).await;
    bench.done(&right).await;
    let answer = |by: &str, who: &str, day: &str, why: &str| {
        format!(
            "insert into response (id, question_id, text, sent_at, sent_by, recorded_for, recorded_day, recorded_reason)
               values (key('x'), key('q'), 'There.', now(), person('{by}'), person('{who}'), {day}, {why});
             select answered('x', 'q'); select go_on_after('q')"
        )
    };
    let right = answer("alex.morgan", "maya.lindqvist", today, "'By mail'");
    bench.rule("response_by_its_state", &right, &answer("maya.lindqvist", "robert.okafor", today, "'x'")).await;
    let early = answer("alex.morgan", "maya.lindqvist", &format!("{today} - 1"), "'By mail'");
    bench.rule("response_recorded_afterwards", &right, &early).await;
    bench.refused("response_recorded_whole", &answer("alex.morgan", "maya.lindqvist", today, "null")).await;
}

#[tokio::test]
async fn a_department_waits_while_its_round_is_open_and_then_only() {
    let bench = Bench::with("select draft('a'); select send('a'); select start('a')").await;
    let asked = format!("{}; select tell('question_asked', 'question', key('q'))", begin("q", "a", "DMCO", 1));
    bench.rule("department_review_waits_for_its_answer", "select ask('q', 'a')", &asked).await;
    bench.rule("department_review_waits_for_something", "select ask('q', 'a')", WAIT).await;
    bench.done("select ask('q', 'a')").await;
    bench.refused("department_review_waits_for_its_answer", "select resume('a')").await;
    let closed = "update question set status = 'closed', closed_at = now(), closed_by = asked_by, closed_because = 'unanswered', close_reason = 'x';
                  select tell('round_closed', 'question', key('q'), 'open')";
    bench.rule("department_review_waits_for_something", &format!("{closed}; select resume('a')"), closed).await;
    // An unlock outlasts the answer, and the next version ends the wait.
    bench.done("select unlock('a'); select respond_unlocked('x', 'q')").await;
    let sent_again = "update contract_submission set submitted_at = now(), submitted_by = person('maya.lindqvist'), submit_reason = 'x', led_to = 'resubmitted'
                       where id = key('a/2');
                      update contract_review set status = 'resubmitted', sent_revision = 2 where id = key('a');
                      select tell('resubmitted', 'contract_review', key('a'), 'unlocked', 'x')";
    bench.refused("department_review_waits_for_something", sent_again).await;
}

#[tokio::test]
async fn the_rounds_of_what_is_approved_or_withdrawn_are_closed() {
    let bench = Bench::with(&format!("{SENT}; select ask('q', 'a'); select ask_of_rate('p', 'r')")).await;
    let close = "select close_round('q', 'approval', null, 'dana.ruiz'); select close_round('p', 'approval', null, 'dana.ruiz')";
    let rule = "question_ends_with_its_package";
    bench
        .rule(
            rule,
            &format!("{close}; select approve('a')"),
            "select close_round('q', 'approval', null, 'dana.ruiz'); select approve('a')",
        )
        .await;
    bench.refused(rule, "select close_round('p', 'approval', null, 'dana.ruiz'); select approve('a')").await;
    bench
        .rule(
            rule,
            "select close_round('p', 'withdrawal', null, 'sam.lee'); select withdraw_rate('r')",
            "select withdraw_rate('r')",
        )
        .await;
}

#[tokio::test]
async fn the_turn_follows_from_status_reviews_and_rounds_in_the_database_as_in_the_program() {
    use mc_review::domain::lifecycle::{ContractReviewStatus, Obligations, Turn};
    let bench = Bench::with(SENT).await;
    // For CMS, and for the state.
    let turn = async || {
        let cms = "select turn from contract_review_turn where contract_review_id = key('a')";
        let state = "select turn_for_state from contract_review_turn where contract_review_id = key('a')";
        (bench.value::<Turn>(cms).await, bench.value::<Turn>(state).await)
    };
    let of = |undecided, waiting, open_rounds| {
        let status = ContractReviewStatus::Submitted;
        (Turn::of(status, Obligations { undecided, waiting, open_rounds }), Turn::for_state(status, open_rounds))
    };
    assert_eq!((turn().await, of(3, 0, 0)), ((Turn::Cms, Turn::Cms), (Turn::Cms, Turn::Cms)));
    bench.done("select ask('q', 'a')").await;
    assert_eq!((turn().await, of(3, 1, 1)), ((Turn::Both, Turn::Both), (Turn::Both, Turn::Both)));
    bench.done("select ask_of_rate('p', 'r'); select ask_of_rate('o', 'r', 'OACT', 'ivan.petrov')").await;
    assert_eq!((turn().await, of(3, 3, 3)), ((Turn::State, Turn::Both), (Turn::State, Turn::Both)));
    bench.done("select respond('x', 'q'); select respond('y', 'p'); select respond('z', 'o')").await;
    assert_eq!((turn().await, of(3, 0, 0)), ((Turn::Cms, Turn::Cms), (Turn::Cms, Turn::Cms)));
    bench.done("select ask('d', 'a', 'OACT', 'ivan.petrov')").await;
    assert_eq!((turn().await, of(3, 0, 1)), ((Turn::Both, Turn::Both), (Turn::Both, Turn::Both)));
    assert_eq!(
        bench.texts("select unnest(enum_range(null::turn))::text").await,
        Turn::ALL.map(Turn::as_str).map(str::to_owned)
    );
}
