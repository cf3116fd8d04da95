//! Corrections by an administrator: beside what was sent, marked wherever they count, undone, and met by others.

mod compared;
mod documents;
mod together;

use crate::support::story::Story;
use crate::support::{Browser, Form, Page, World};

/// The form of a correction.
async fn form(who: &Browser, of: &str, what: &str) -> Form {
    let page = who.get(&format!("{of}/correct?what={what}")).await;
    assert_eq!(page.status(), 200, "{what}: {:?}", page.header("location"));
    page.form(&format!("{of}/correct?what={what}")).set("reason", "Noted wrongly.")
}

/// Sends a form that is to be done; gives what is said afterwards.
async fn done(answer: Page) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text("main"));
    answer.follow().await.text("main .usa-alert__text")
}

/// Undoes the only correction of this kind.
async fn undo(who: &Browser, of: &str, what: &str) -> String {
    let page = who.get(&format!("{of}/correct")).await;
    let row = page.table("Corrections").into_iter().position(|row| row.cell("Corrected") == what).expect("it counts");
    let href = page.attributes("table td a", "href").swap_remove(row);
    let form = who.get(&href).await.form(&href).set("reason", "It was right.");
    done(form.press("Undo correction").await).await
}

async fn first_sent(who: &Browser, of: &str, day: &str, time: &str) -> Page {
    form(who, of, "first_sent").await.set("day", day).set("time", time).press("Correct").await
}

async fn intact(world: &World) {
    let report = mc_review::history::verify_all(&world.db).await.unwrap();
    assert!(report.intact(), "{:?}", report.breaks.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_corrected_first_sent_date_counts_everywhere_and_says_what_it_was() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    world.pass(time::Duration::hours(1));
    let other = world.sent("maya.lindqvist").await;
    let (alex, sam, maya) = (
        world.signed_in("alex.morgan").await,
        world.signed_in("sam.lee").await,
        world.signed_in("maya.lindqvist").await,
    );
    let here = other.path("");
    let sent = sam.get(&here).await.definition("First sent");
    let said = done(first_sent(&alex, &here, "03/02/2026", "9:30 AM").await).await;
    assert_eq!(said, "MN-0002 is corrected: first sent.");

    let read = sam.get(&here).await.definition("First sent");
    let mark = format!(", was {sent}. Reason: Noted wrongly.");
    assert!(read.starts_with("03/02/2026 9:30 AM ET Corrected by Alex Morgan, administrator on "), "{read}");
    assert!(read.ends_with(&mark), "{read}");
    let read = maya.get(&here).await.definition("First sent");
    assert!(read.contains("Corrected by CMS administrator on ") && read.ends_with(&mark), "{read}");
    assert!(!read.contains("Alex"), "{read}");

    let list = sam.get("/submissions?status=any&sort=first-sent").await;
    let keys: Vec<_> = list.attributes("tbody th a", "href");
    assert_eq!(keys, [here.clone(), story.path("")], "sorted by the corrected date");
    assert!(list.reading().contains("03/02/2026"));
    let reported = "select to_char(first_submitted_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from report_contract where key = 'MN-0002'";
    let reported: String = sqlx::query_scalar(reported).fetch_one(&world.db).await.unwrap();
    assert_eq!(reported, "2026-03-02 14:30");

    for who in [&sam, &maya] {
        let history = who.get(&other.path("history")).await.reading();
        assert!(history.contains("Correction: first sent"), "{history}");
        assert!(history.contains(&format!("{sent} → 03/02/2026 9:30 AM ET")), "{history}");
        assert!(history.contains("Noted wrongly."), "{history}");
    }
    let untouched = "select count(*) from contract_submission s join contract_review c on c.id = s.contract_review_id
                      where c.number = 2 and s.submitted_at = c.last_submitted_at and s.submitted_at > c.first_submitted_at";
    assert_eq!(world.count(untouched).await, 1, "what was sent is as it was");

    assert_eq!(undo(&alex, &here, "First sent").await, "The correction of MN-0002 is undone.");
    assert_eq!(sam.get(&here).await.definition("First sent"), sent);
    assert!(sam.get(&other.path("history")).await.reading().contains("Correction undone: first sent"));
    intact(&world).await;
}

#[tokio::test]
async fn a_corrected_contract_action_counts_for_pages_reports_and_the_next_version() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (alex, sam) = (world.signed_in("alex.morgan").await, world.signed_in("sam.lee").await);
    let here = story.path("");
    let amended = sam.get(&here).await;
    assert_eq!(amended.definition("Contract action"), "Amendment to a base contract");
    assert_eq!(amended.texts(".overview dt")[1], "Amendment effective dates");

    let base = form(&alex, &here, "contract_action").await.set("contract_action", "BASE").press("Correct").await;
    assert_eq!(done(base).await, "MN-0001 is corrected: contract action.");
    let page = sam.get(&here).await;
    let read = page.definition("Contract action");
    assert!(read.starts_with("Base contract Corrected by Alex Morgan, administrator on "), "{read}");
    assert!(read.ends_with(", was Amendment to a base contract. Reason: Noted wrongly."), "{read}");
    assert_eq!(page.texts(".overview dt")[1], "Contract effective dates");
    assert_eq!(page.status_tag(), "Submitted", "the status stays");
    let stored = |of: &str| format!("select count(*) from {of} where contract_type = 'BASE'");
    assert_eq!(world.count_of(&stored("report_contract")).await, 1);
    let sent = "(select contract_data ->> 'contract_type' as contract_type, revision from contract_submission) s";
    assert_eq!(world.count_of(&stored(sent)).await, 0, "what was sent is as it was");

    world.unlock("sam.lee", &story).await;
    assert_eq!(
        world.count_of(&format!("{} and revision = 2", stored(sent))).await,
        1,
        "the next version begins with it"
    );
    world.send("maya.lindqvist", &story).await;
    let read = sam.get(&here).await.definition("Contract action");
    assert_eq!(read, "Base contract", "version 2 was sent so");
    intact(&world).await;
}

#[tokio::test]
async fn an_undone_withdrawal_is_determined_by_the_corrected_contract_action() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = crate::forms::eqro::complete(&maya, "YES").await;
    let review = maya.get(&format!("{draft}/edit/review")).await;
    review.form("Submit to CMS").press("Submit to CMS").await;
    let (alex, sam) = (world.signed_in("alex.morgan").await, world.signed_in("sam.lee").await);
    let amendment = form(&alex, &draft, "contract_action").await.set("contract_action", "AMENDMENT");
    done(amendment.press("Correct").await).await;
    let page = sam.get(&draft).await;
    assert_eq!(page.status_tag(), "Submitted");
    assert!(page.definition("Determination").starts_with("Subject to review."), "what was determined stands");
    for (deed, button) in [("withdraw", "Withdraw"), ("undo-withdraw", "Undo withdrawal")] {
        let path = format!("{draft}/{deed}");
        let deed = sam.get(&path).await.form(&path).set("reason", "As agreed.").press(button).await;
        done(deed).await;
    }
    let page = sam.get(&draft).await;
    assert_eq!(page.status_tag(), "Not subject to review");
    assert!(page.definition("Determination").starts_with("Not subject to review. The amendment does not change"));
    let news = alex.get(&format!("{draft}/correct")).await;
    assert_eq!(news.status(), 303);
    let news = news.follow().await.text("main .usa-alert__text");
    assert!(
        news.starts_with("MN-0001 is not subject to review. Only what is submitted, resubmitted, approved"),
        "{news}"
    );
    intact(&world).await;
}

#[tokio::test]
async fn a_rate_is_corrected_like_a_submission_and_only_while_its_submission_may_be() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let (alex, sam) = (world.signed_in("alex.morgan").await, world.signed_in("sam.lee").await);
    let here = format!("/rates/{rate}");
    assert_eq!(alex.get(&here).await.link("Correct").as_deref(), Some(format!("{here}/correct").as_str()));
    assert_eq!(sam.get(&here).await.link("Correct"), None);
    assert_eq!(sam.get(&here).await.link("Withdraw").as_deref(), Some(format!("{here}/withdraw").as_str()));
    let offered = alex.get(&format!("{here}/correct")).await.texts("main ul a");
    assert!(!offered.iter().any(|words| words == "Correct the contract action"), "{offered:?}");
    let sent = sam.get(&here).await.definition("First sent");
    assert_eq!(
        done(first_sent(&alex, &here, "03/02/2026", "9:30 AM").await).await,
        format!("{rate} is corrected: first sent.")
    );
    let read = sam.get(&here).await.definition("First sent");
    assert!(read.starts_with("03/02/2026 9:30 AM ET Corrected by Alex Morgan"), "{read}");
    assert!(read.ends_with(&format!("was {sent}. Reason: Noted wrongly.")), "{read}");
    assert_eq!(world.count("select count(*) from report_rate where first_submitted_at = '2026-03-02 14:30Z'").await, 1);

    world.unlock("sam.lee", &story).await;
    assert_eq!(alex.get(&here).await.link("Correct"), None);
    let answer = alex.get(&format!("{here}/correct")).await;
    assert_eq!(answer.status(), 303);
    assert!(answer.follow().await.text("main .usa-alert__text").contains("is unlocked"));
    world.send("maya.lindqvist", &story).await;
    assert!(
        sam.get(&here).await.definition("First sent").starts_with("03/02/2026 9:30 AM ET Corrected"),
        "it still counts"
    );
    assert_eq!(undo(&alex, &here, "First sent").await, format!("The correction of {rate} is undone."));
    assert_eq!(sam.get(&here).await.definition("First sent"), sent);
    intact(&world).await;
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_what_was_typed_stays() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    world.pass(time::Duration::days(2));
    let alex = world.signed_in("alex.morgan").await;
    let here = story.path("");
    let form = form(&alex, &here, "first_sent").await;
    let tried = async |day: &str, time: &str, reason: &str| {
        let refused = form.clone().set("day", day).set("time", time).set("reason", reason).press("Correct").await;
        assert_eq!(refused.status(), 422, "{}", refused.text("main"));
        let again = refused.form("Correct");
        assert_eq!([again.value("day"), again.value("time"), again.value("reason")], [day, time, reason]);
        refused.errors()
    };
    assert_eq!(
        tried("soon", "early", "").await,
        ["Enter a date as MM/DD/YYYY.", "Enter a time of day, as 2:14 PM.", "Say why it is corrected."]
    );
    assert_eq!(tried("01/01/2099", "9:30 AM", "x").await, ["Enter a time that is not in the future."]);
    let (day, time) = (form.value("day"), form.value("time"));
    assert_eq!(tried(&day, &time, "x").await, ["It is that already."]);
    let late = tried("03/11/2026", "9:30 AM", "x").await;
    assert!(late[0].starts_with("Enter a time that is not after 03/10/2026"), "{late:?}");
    assert_eq!(alex.get(&format!("{here}/correct?what=everything")).await.status(), 422);
    assert_eq!(world.count("select count(*) from correction").await, 0);
}

#[tokio::test]
async fn a_correction_typed_into_an_ended_session_is_offered_again() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let alex = world.signed_in("alex.morgan").await;
    let here = story.path("");
    let late = form(&alex, &here, "first_sent").await.set("day", "03/02/2026").set("time", "9:30 AM");
    world.pass(time::Duration::minutes(31));
    assert_eq!(late.press("Correct").await.status(), 303);
    assert_eq!(world.count("select count(*) from correction").await, 0);
    alex.sign_in("alex.morgan").await;
    let page = alex.get(&format!("{here}/correct?what=first_sent")).await;
    assert!(page.reading().contains("Nothing was saved yet."), "{}", page.reading());
    let again = page.form("Correct");
    assert_eq!((again.value("day"), again.value("reason")), ("03/02/2026".to_owned(), "Noted wrongly.".to_owned()));
    done(again.press("Correct").await).await;
    assert_eq!(world.count("select count(*) from correction").await, 1);
    assert_eq!(world.count("select count(*) from held_form").await, 0);
}

impl World {
    async fn count_of(&self, sql: &str) -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&self.db).await.expect("the statement counts")
    }
}
