//! Documents that are added, withdrawn from view and dated anew: in lists, downloads and the next version.

use std::io::{Cursor, Read};

use super::*;

const PDF: &[u8] = b"%PDF-1.7\nAn annex.\n%%EOF";

/// Adds a file to a list.
async fn add(who: &Browser, of: &str, list: &str, name: &str) -> Page {
    let form = form(who, of, "document_added").await;
    form.attach(&format!("documents.{list}"), name, PDF, "application/pdf").press("Correct").await
}

/// The names in the archive of a version, and the rows of its list of contents.
async fn archive(who: &Browser, story: &Story, version: i32) -> (Vec<String>, Vec<String>) {
    let answer = who.get(&story.path(&format!("versions/{version}/documents.zip"))).await;
    assert_eq!(answer.status(), 200);
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.body().to_vec())).unwrap();
    let mut names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    names.sort();
    let mut manifest = String::new();
    zip.by_name("manifest.csv").unwrap().read_to_string(&mut manifest).unwrap();
    (names, manifest.lines().skip(1).map(str::to_owned).collect())
}

#[tokio::test]
async fn an_added_document_stands_in_its_list_and_goes_into_the_next_version() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    world.pass(time::Duration::days(1));
    let (alex, sam, maya) = (
        world.signed_in("alex.morgan").await,
        world.signed_in("sam.lee").await,
        world.signed_in("maya.lindqvist").await,
    );
    let here = story.path("");
    assert_eq!(done(add(&alex, &here, "contract", "annex.pdf").await).await, "MN-0001 is corrected: document added.");
    for (who, by) in [(&sam, "Alex Morgan, administrator"), (&maya, "CMS administrator")] {
        let rows = who.get(&here).await.table("Contract documents");
        assert_eq!(rows.len(), 2);
        let row = rows[1].cell("Document");
        assert!(row.starts_with("annex.pdf PDF, ") && row.contains(&format!("Added by {by} on 03/11/2026")), "{row}");
        assert!(row.ends_with("Reason: Noted wrongly."), "{row}");
        let href = who.get(&here).await.link("annex.pdf").expect("it is had");
        assert_eq!(who.get(&href).await.body(), PDF);
    }
    let (names, _) = archive(&maya, &story, 1).await;
    assert_eq!(names, ["Contract/MN-0001 contract.pdf", "Contract/annex.pdf", "manifest.csv"]);
    let twice = add(&alex, &here, "contract", "again.pdf").await;
    assert_eq!(twice.status(), 422);
    assert!(twice.errors()[0].contains("has the same content as annex.pdf"), "{:?}", twice.errors());

    let undone = alex.get(&here).await.link("annex.pdf").unwrap();
    assert_eq!(undo(&alex, &here, "Document added").await, "The correction of MN-0001 is undone.");
    assert_eq!(sam.get(&here).await.table("Contract documents").len(), 1);
    assert_eq!(alex.get(&undone).await.status(), 404, "it was never sent");
    done(add(&alex, &here, "contract", "annex.pdf").await).await;

    let added = sam.get(&here).await.table("Contract documents").remove(1);
    world.unlock("sam.lee", &story).await;
    world.pass(time::Duration::minutes(10));
    world.send("maya.lindqvist", &story).await;
    let rows = sam.get(&here).await.table("Contract documents");
    let annex = &rows[1];
    assert_eq!(annex.cell("Date added"), added.cell("Date added"), "it was added when it was corrected");
    assert!(!annex.cell("Document").contains("Added by"), "{annex:?}");
    assert!(!annex.cell("Document").contains("NEW"), "version 1 had it: {annex:?}");
    assert_eq!(archive(&sam, &story, 1).await.0.len(), 3, "version 1 stays as it was corrected");
    intact(&world).await;
}

#[tokio::test]
async fn a_withdrawn_document_is_named_with_its_reason_and_had_by_nobody() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (alex, sam, maya) = (
        world.signed_in("alex.morgan").await,
        world.signed_in("sam.lee").await,
        world.signed_in("maya.lindqvist").await,
    );
    let here = story.path("");
    let file = format!("/documents/{}", story.document);
    let withdraw = form(&alex, &here, "document_withdrawn").await.set("document", &story.document.to_string());
    let stale = withdraw.clone();
    assert_eq!(done(withdraw.press("Correct").await).await, "MN-0001 is corrected: document withdrawn from view.");
    for who in [&sam, &maya] {
        let page = who.get(&here).await;
        let row = page.table("Contract documents").remove(0);
        assert!(row.cell("Document").contains("Withdrawn from view by "), "{row:?}");
        assert_eq!(page.link("MN-0001 contract.pdf"), None);
        assert!(!page.reading().contains("Download all"), "nothing is to be had");
        let refused = who.get(&file).await;
        assert_eq!(refused.status(), 403);
        assert!(refused.reading().contains("withdrawn from view"), "{}", refused.reading());
        let (names, rows) = archive(who, &story, 1).await;
        assert_eq!(names, ["manifest.csv"]);
        assert!(rows[0].contains("Withdrawn from view on ") && rows[0].ends_with(": Noted wrongly."), "{rows:?}");
    }
    assert_eq!(alex.get(&file).await.status(), 200, "who may undo it may look at it");
    assert_eq!(done(stale.press("Correct").await).await, "MN-0001 is corrected: document withdrawn from view.");
    assert_eq!(world.count("select count(*) from correction").await, 1, "a second press has one effect");

    world.unlock("sam.lee", &story).await;
    let drafted = "select count(*) from document d join contract_submission s on s.id = d.contract_submission_id where s.revision = 2";
    assert_eq!(world.count(drafted).await, 0, "the next version begins without it");
    let path = story.path("undo-unlock");
    done(alex.get(&path).await.form(&path).set("reason", "Too soon.").press("Undo unlock").await).await;
    undo(&alex, &here, "Document withdrawn from view").await;
    assert_eq!(sam.get(&file).await.status(), 200);
    intact(&world).await;
}

#[tokio::test]
async fn a_document_keeps_its_corrected_date_in_the_next_version() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let (alex, sam) = (world.signed_in("alex.morgan").await, world.signed_in("sam.lee").await);
    for (here, caption) in
        [(story.path(""), "Contract documents"), (format!("/rates/{rate}"), "Rate certification documents")]
    {
        let sent = sam.get(&here).await.table(caption)[0].cell("Date added").to_owned();
        let dated = form(&alex, &here, "document_dated").await;
        let document = dated.offered("document").remove(0);
        let dated =
            dated.set("document", &document).set("day", "03/02/2026").set("time", "9:30 AM").press("Correct").await;
        assert!(done(dated).await.ends_with("is corrected: date added of a document."));
        let read = sam.get(&here).await.table(caption)[0].cell("Date added").to_owned();
        assert!(read.starts_with("03/02/2026 9:30 AM ET Corrected by Alex Morgan"), "{read}");
        assert!(read.contains(&format!(", was {sent}. Reason: ")), "{read}");
    }
    assert!(archive(&sam, &story, 1).await.1[0].contains("2026-03-02T09:30:00-05:00"));
    let card = sam.get(&story.path("")).await.table("Rate certification documents");
    assert!(card[0].cell("Date added").starts_with("03/02/2026"), "the submission shows it too");

    world.unlock("sam.lee", &story).await;
    world.send("maya.lindqvist", &story).await;
    let page = sam.get(&story.path("")).await;
    for caption in ["Contract documents", "Rate certification documents"] {
        assert_eq!(page.table(caption)[0].cell("Date added"), "03/02/2026 9:30 AM ET");
    }
    intact(&world).await;
}

#[tokio::test]
async fn a_file_that_is_not_taken_or_not_chosen_is_refused_at_its_list() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let alex = world.signed_in("alex.morgan").await;
    let here = story.path("");
    let none = form(&alex, &here, "document_added").await.press("Correct").await;
    assert_eq!((none.status(), none.errors()), (422, vec!["Choose a file.".to_owned()]));
    let wrong = form(&alex, &here, "document_added").await;
    let wrong = wrong.attach("documents.contract", "annex.exe", "MZ", "application/pdf").press("Correct").await;
    assert_eq!(wrong.status(), 422);
    assert!(wrong.errors()[0].starts_with("annex.exe: this type is not accepted."), "{:?}", wrong.errors());
    let full = add(&alex, &format!("/rates/{rate}"), "rate_certification", "other.pdf").await;
    assert_eq!(full.errors(), ["Rate certification documents have at most 1 file. Withdraw one from view first."]);
    done(add(&alex, &format!("/rates/{rate}"), "rate_supporting", "other.pdf").await).await;
    assert_eq!(world.count("select count(*) from correction").await, 1);
    assert!(alex.get(&here).await.table("Rate supporting documents")[0].cell("Document").contains("Added by"));
}

#[tokio::test]
async fn a_document_is_withdrawn_from_all_versions_that_hold_it_at_once_and_brought_back_so() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let linking = world.drafted_with_link("maya.lindqvist", &rate).await;
    world.send("maya.lindqvist", &linking).await;
    for _ in 0..2 {
        world.unlock("sam.lee", &story).await;
        world.send("maya.lindqvist", &story).await;
    }
    let (alex, sam, maya) = (
        world.signed_in("alex.morgan").await,
        world.signed_in("sam.lee").await,
        world.signed_in("maya.lindqvist").await,
    );
    let contract = "select d.id from document d join contract_submission s on s.id = d.contract_submission_id
                     join contract_review r on r.id = s.contract_review_id where r.number = 1 order by s.revision";
    let certification =
        "select d.id from document d join rate_submission s on s.id = d.rate_submission_id order by s.revision";
    for (here, documents, key) in
        [(story.path(""), contract, "MN-0001"), (format!("/rates/{rate}"), certification, rate.as_str())]
    {
        let documents: Vec<uuid::Uuid> = sqlx::query_scalar(documents).fetch_all(&world.db).await.unwrap();
        assert_eq!(documents.len(), 3);
        let page = alex.get(&format!("{here}/correct?what=document_withdrawn")).await;
        let text = page.text("main");
        assert!(text.contains("held by versions 1, 2 and 3"), "{text}");
        assert!(text.contains("Withdraw it from all 3 versions that hold it: versions 1, 2 and 3"), "{text}");
        let latest = documents[2].to_string();
        let form = form(&alex, &here, "document_withdrawn").await.set("document", &latest);
        let one = form.clone().press("Correct").await;
        assert_eq!(one.status(), 303);
        assert_eq!(statuses(&sam, &documents).await, [200, 200, 403], "from the newest alone unless it is asked");
        undo(&alex, &here, "Document withdrawn from view").await;

        let form = self::form(&alex, &here, "document_withdrawn").await.set("document", &latest);
        let all = form.tick("all_versions", "yes");
        let again = all.clone();
        assert_eq!(
            done(all.press("Correct").await).await,
            format!("{key} is corrected: document withdrawn from view.")
        );
        assert_eq!(
            done(again.press("Correct").await).await,
            format!("{key} is corrected: document withdrawn from view.")
        );
        for who in [&sam, &maya] {
            assert_eq!(statuses(who, &documents).await, [403; 3]);
            let history = who.get(&format!("{here}/history")).await.texts(".timeline__entry");
            assert!(history[0].contains("Versions 1, 2 and 3") && history[0].contains("Noted wrongly."), "{history:?}");
            let version = who.get(&format!("{here}/versions/1")).await;
            assert!(version.text("main").contains("Withdrawn from view by "), "{}", version.text("main"));
        }
        assert_eq!(statuses(&alex, &documents).await, [200; 3], "who may undo it may look at it");
        let told = "select count(*) from event where kind = 'corrected' and details ? 'revisions'";
        assert_eq!(world.count(told).await, if key == rate && here.starts_with("/rates") { 2 } else { 1 });
    }
    // Neither archive has any of them, whichever version; nor has the package that links the rate.
    for version in 1..=3 {
        let (names, rows) = archive(&maya, &story, version).await;
        assert_eq!(names, ["manifest.csv"], "version {version}");
        assert!(rows.len() == 2 && rows.iter().all(|row| row.contains("Withdrawn from view on ")), "{rows:?}");
    }
    let (names, rows) = archive(&sam, &linking, 1).await;
    assert!(!names.iter().any(|name| name.contains("certification.pdf")), "{names:?}");
    assert!(rows.iter().any(|row| row.contains("Withdrawn from view on ")), "{rows:?}");
    let case_file = maya.get(&story.path("case-file.zip")).await;
    let zip = zip::ZipArchive::new(Cursor::new(case_file.body().to_vec())).unwrap();
    assert!(!zip.file_names().any(|name| name.ends_with(".pdf")), "{:?}", zip.file_names().collect::<Vec<_>>());

    let page = alex.get(&format!("{}/correct", story.path(""))).await;
    assert!(page.table("Corrections")[0].cell("Now").contains("versions 1, 2 and 3"), "{}", page.text("main"));
    undo(&alex, &story.path(""), "Document withdrawn from view").await;
    for version in 1..=3 {
        assert_eq!(archive(&maya, &story, version).await.0, ["Contract/MN-0001 contract.pdf", "manifest.csv"]);
    }
    intact(&world).await;
}

/// How each document is answered.
async fn statuses(who: &Browser, documents: &[uuid::Uuid]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for document in documents {
        statuses.push(who.get(&format!("/documents/{document}")).await.status());
    }
    statuses
}

#[tokio::test]
async fn a_document_that_one_version_holds_has_no_choice_of_versions() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let alex = world.signed_in("alex.morgan").await;
    let page = alex.get(&format!("{}/correct?what=document_withdrawn", story.path(""))).await;
    assert!(!page.has("[name=all_versions]") && !page.text("main").contains("held by"), "{}", page.text("main"));
}
