//! The case file: everything about a submission that its reader may see, with the sums to prove it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use serde_json::json;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::support::World;

/// The files of a case file, read back, each with the sum that the manifest gives for it.
async fn case_file(world: &World, who: &str, key: &str) -> BTreeMap<String, String> {
    let answer = world.signed_in(who).await.get(&format!("/submissions/{key}/case-file.zip")).await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, Some("application/zip")));
    let disposition = format!("attachment; filename=\"{key} case file.zip\"");
    assert!(answer.header("content-disposition").unwrap().starts_with(&disposition));
    let mut zip = ZipArchive::new(Cursor::new(answer.body())).expect("a ZIP file");
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("the content has its checksum");
        files.insert(file.name().to_owned(), content);
    }
    let manifest = rows(&files["manifest.csv"]);
    let headings =
        ["Name", "Folder", "File in this archive", "SHA-256", "Size in bytes", "Date added", "Left out because"];
    assert_eq!(manifest[0], headings);
    let mut listed = 1;
    for row in manifest[1..].iter().filter(|row| row[6].is_empty()) {
        let path = &row[2];
        let content = &files[path];
        let sum: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((sum.as_str(), content.len().to_string().as_str()), (&*row[3], &*row[4]), "{path}");
        listed += 1;
    }
    assert_eq!(listed, files.len(), "every file is in the manifest");
    files.into_iter().map(|(name, content)| (name, String::from_utf8_lossy(&content).into_owned())).collect()
}

fn rows(file: &[u8]) -> Vec<Vec<String>> {
    let text = file.strip_prefix("\u{feff}".as_bytes()).expect("the mark of UTF-8");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A submission with a rate, sent twice, with a note and a review begun.
async fn lived(world: &World) -> (String, String) {
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    world.unlock("sam.lee", &story).await;
    world.send("maya.lindqvist", &story).await;
    let sam = world.signed_in("sam.lee").await;
    let form = sam.get(&format!("/rates/{rate}/notes")).await.form("Add note");
    assert_eq!(form.set("text", "=The trend is odd. @Owen Park").press("Add note").await.status(), 303);
    (story.key, rate)
}

#[tokio::test]
async fn cms_gets_every_version_with_answers_and_documents_and_what_it_wrote_itself() {
    let world = World::start().await;
    let (key, rate) = lived(&world).await;
    let files = case_file(&world, "rita.olsen", &key).await;
    let mut expected: Vec<String> = Vec::new();
    for version in 1..=2 {
        expected.extend(
            ["answers.html", "answers.json", &format!("Contract/{key} contract.pdf")]
                .map(|name| format!("Version {version}/{name}")),
        );
        expected.push(format!("Version {version}/{rate} Rate certification/{rate} certification.pdf"));
    }
    expected.extend(
        ["department-reviews.csv", "history.csv", "manifest.csv", "notes.csv", "questions.csv"].map(str::to_owned),
    );
    expected.sort();
    assert_eq!(files.keys().cloned().collect::<Vec<_>>(), expected);
    assert_eq!(
        files[&format!("Version 1/Contract/{key} contract.pdf")],
        format!("%PDF-1.7\nThe contract of {key}.\n%%EOF")
    );

    let answers: serde_json::Value = serde_json::from_str(&files["Version 2/answers.json"]).unwrap();
    assert_eq!((&answers["version"], &answers["led_to"]), (&json!(2), &json!("resubmitted")));
    assert_eq!(answers["rates"][0]["key"], json!(rate));
    assert_eq!(answers["answers"]["submission_type"], json!("CONTRACT_AND_RATES"));
    let page = &files["Version 2/answers.html"];
    for said in [
        "MCR-MN-0001-MSC+-MSHO, version 2",
        "Changed as asked.",
        &format!("Rate {rate}, "),
        "Contract action and rate certification",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!files["Version 1/answers.html"].contains("Summary of changes"));
    let notes = rows(files["notes.csv"].as_bytes());
    assert_eq!(
        notes[1][1..],
        [&format!("Rate {rate}"), "Sam Lee, DMCO reviewer", "'=The trend is odd. @Owen Park", "Owen Park"]
    );
    let reviews: Vec<_> =
        rows(files["department-reviews.csv"].as_bytes()).iter().map(|row| row[..2].join(" ")).collect();
    let expected = [format!("{key} DMCO"), format!("{rate} DMCP"), format!("{rate} OACT")];
    assert_eq!(reviews[1..], expected);
    assert!(files["history.csv"].contains("DMCO review of MN-0001 made"));
    // Their days are those of the pages: it is evening in US Eastern, and the next day in UTC.
    let evening = "2026-03-10T23:30:00-04:00";
    assert_eq!(answers["sent_at"], json!(evening));
    let first = |name: &str, column: usize| rows(files[name].as_bytes())[1][column].clone();
    for (name, column) in [("history.csv", 0), ("notes.csv", 0)] {
        assert_eq!(first(name, column), evening, "{name}");
    }
    let manifest = rows(files["manifest.csv"].as_bytes());
    assert!(manifest.iter().any(|row| row[5] == evening), "{manifest:?}");
}

#[tokio::test]
async fn what_the_state_says_of_itself_each_side_reads_in_its_own_words() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let through = json!({ "actuary_communication_preference": "OACT_TO_STATE" });
    world.resent(&story, &json!({}), &through).await;
    let directly = json!({ "actuary_communication_preference": "OACT_TO_ACTUARY" });
    world.resent(&story, &json!({}), &directly).await;
    for (who, first, second) in [
        ("sam.lee", "Through the state, which forwards messages", "Directly, with a copy to the state"),
        ("maya.lindqvist", "Through us; we pass it on", "Directly, with a copy to us"),
    ] {
        let browser = world.signed_in(who).await;
        for (path, said) in [
            (story.path(""), second),
            (format!("/rates/{rate}"), second),
            (format!("/rates/{rate}/versions/2"), first),
            (story.path("versions/2"), first),
        ] {
            assert_eq!(browser.get(&path).await.definition("Whom OACT may contact"), said, "{who} {path}");
        }
        for compared in [story.path("compare?from=2&to=3"), format!("/rates/{rate}/compare?from=2&to=3")] {
            let page = browser.get(&compared).await.text("main");
            assert!(page.contains(first) && page.contains(second), "{who} {compared}: {page}");
            let file = browser.get(&compared.replace("/compare?", "/compare.csv?")).await;
            let file = String::from_utf8(file.body().to_vec()).unwrap();
            assert!(file.contains(first) && file.contains(second), "{who}: {file}");
        }
        let files = case_file(&world, who, &story.key).await;
        assert!(files["Version 2/answers.html"].contains(first) && files["Version 3/answers.html"].contains(second));
    }
}

#[tokio::test]
async fn a_state_gets_its_own_side_alone_and_the_same_whether_or_not_cms_wrote_notes() {
    let world = World::start().await;
    let (key, _) = lived(&world).await;
    let files = case_file(&world, "robert.okafor", &key).await;
    assert!(files.contains_key("history.csv") && !files.contains_key("notes.csv"));
    assert!(!files.contains_key("department-reviews.csv"));
    let told: Vec<String> = rows(files["history.csv"].as_bytes()).iter().map(|row| row[1].clone()).collect();
    assert_eq!(told, ["What", "Version 2 sent", "Unlocked", "Version 1 sent", "Draft started"]);
    for (name, content) in &files {
        for hidden in ["trend is odd", "DMCO review", "Record version", "Owen Park", "Rita"] {
            assert!(!content.contains(hidden), "{name} tells {hidden}");
        }
    }
}

#[tokio::test]
async fn what_can_not_be_handed_out_is_listed_with_the_reason() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    sqlx::query("update blob set scan = 'infected'").execute(&world.db).await.unwrap();
    let files = case_file(&world, "maya.lindqvist", &story.key).await;
    assert!(!files.keys().any(|name| name.ends_with(".pdf")));
    let manifest = rows(files["manifest.csv"].as_bytes());
    let left_out = manifest.iter().find(|row| row[0] == "MN-0001 contract.pdf").expect("it is listed");
    assert_eq!((left_out[1].as_str(), left_out[6].as_str()), ("Version 1/Contract", "A virus was found in it"));
}

#[tokio::test]
async fn what_the_state_writes_now_is_in_no_case_file_and_a_draft_has_none() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    world.unlock("sam.lee", &story).await;
    for who in ["maya.lindqvist", "sam.lee"] {
        let files = case_file(&world, who, &story.key).await;
        assert!(!files.keys().any(|name| name.starts_with("Version 2")), "{who}");
    }
    let draft = world.drafted("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let sent_on = maya.get(&draft.path("case-file.zip")).await;
    assert_eq!((sent_on.status(), sent_on.location()), (303, draft.path("edit/type").as_str()));
    let history = maya.get(&draft.path("history")).await;
    assert_eq!(history.link("Download the case file (ZIP)"), None);
    let history = maya.get(&story.path("history")).await;
    assert_eq!(history.link("Download the case file (ZIP)"), Some(story.path("case-file.zip")));
}
