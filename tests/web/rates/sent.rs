//! Rates that were sent: their pages, and the reviews of DMCP and OACT.

use mc_review::accounts::{Fields, change, list};
use mc_review::history::{Actor, verify_all};

use super::*;

#[tokio::test]
async fn each_department_reviews_what_is_its_own_and_all_of_them_make_a_package_ready() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    for (person, review) in [
        ("sam.lee", "DMCO review of MN-0001"),
        ("owen.park", "DMCP review of MN-R0001"),
        ("ivan.petrov", "OACT review of MN-R0001"),
    ] {
        let browser = world.signed_in(person).await;
        let page = browser.get(&story.path("")).await;
        let started = page.form(&format!("Start {review}")).press(&format!("Start {review}")).await;
        assert_eq!(started.status(), 303, "{person}: {}", started.reading());
        let page = started.follow().await;
        assert_eq!(page.flash(), Some(format!("{review}: in review")));
        let form = browser.get(&page.link(&format!("Sign off {review}")).expect("it is theirs")).await;
        assert!(form.text("h2").ends_with("version 1"), "{}", form.text("h2"));
        let signed = form.form("Sign off").press("Sign off").await;
        assert_eq!(signed.follow().await.flash(), Some(format!("{review}: signed off on version 1")));
    }
    let dana = world.signed_in("dana.ruiz").await;
    let page = dana.get(&story.path("")).await;
    let line = page.text(".department-reviews__line");
    assert_eq!(line, "3 of 3 signed off on version 1 · 3 signed off · Ready to approve".replace(" · 3 signed off", ""));
    let approve = dana.get(&story.path("approve")).await.form("Approve").set("released_on", "03/10/2026");
    assert_eq!(approve.press("Approve").await.status(), 303);
    let told = dana.get(&format!("/rates/{rate}/history")).await;
    assert!(told.reading().contains("OACT signed off on version 1 of MN-R0001"), "{}", told.reading());
    let told = dana.get(&story.path("history")).await;
    assert!(told.reading().contains("OACT signed off on version 1 of MN-R0001"), "{}", told.reading());
    assert!(told.reading().contains("Record intact"), "{}", told.reading());
}

#[tokio::test]
async fn a_deed_on_the_page_of_the_rate_redraws_its_own_panel() {
    let world = World::start().await;
    let (_, rate) = world.sent_with_rate("maya.lindqvist").await;
    let ivan = world.signed_in("ivan.petrov").await;
    let page = ivan.get(&format!("/rates/{rate}")).await;
    assert_eq!(page.texts("#department-reviews tbody th"), ["DMCP", "OACT"]);
    let here = format!("{}/rates/{rate}", ivan.address());
    let form = page.form("Start OACT review of MN-R0001").header("hx-current-url", &here);
    let redrawn = form.press_htmx("Start OACT review of MN-R0001").await;
    assert_eq!(redrawn.status(), 200, "{}", redrawn.reading());
    assert_eq!(redrawn.texts("#department-reviews tbody th"), ["DMCP", "OACT"]);
    assert_eq!(redrawn.header("hx-retarget"), Some("#department-reviews"));
    assert!(redrawn.text("#newest-events").contains("OACT review of MN-R0001 started"), "{}", redrawn.reading());
    let stale = page.form("Start OACT review of MN-R0001").press("Start OACT review of MN-R0001").await;
    assert_eq!(stale.status(), 303, "one's own second press");
}

#[tokio::test]
async fn a_department_has_no_controls_for_what_another_reviews() {
    let world = World::start().await;
    let (story, _) = world.sent_with_rate("maya.lindqvist").await;
    let owen = world.signed_in("owen.park").await;
    let buttons = owen.get(&story.path("")).await.texts("#department-reviews .row-actions button");
    assert_eq!(buttons, ["Start DMCP review of MN-R0001", "Take DMCP review of MN-R0001"]);
}

#[tokio::test]
async fn a_state_sees_its_rates_without_departments_and_no_others() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get(&format!("/rates/{rate}")).await;
    assert_eq!((page.status(), page.status_tag()), (200, "Submitted".to_owned()));
    assert!(!page.has("#department-reviews"));
    for word in ["OACT review", "DMCP", "Not started"] {
        assert!(!page.text("main").contains(word), "{word} in {}", page.text("main"));
    }
    let moved = maya.get("/rates/mn-r1").await;
    assert_eq!((moved.status(), moved.location()), (301, "/rates/MN-R0001"));
    // The submission and the rate have the same number: the letter tells them apart.
    assert_eq!(story.key, "MN-0001");
    for path in ["/rates/MN-0001", "/rates/mn-1", "/rates/MN-R0001x", "/submissions/MN-R0001", "/submissions/mn-r1"] {
        assert_eq!(maya.get(path).await.status(), 404, "{path}");
    }
    let elena = world.signed_in("elena.vargas").await;
    assert_eq!(elena.get(&format!("/rates/{rate}")).await.status(), 404);
    assert_eq!(elena.get(&story.path("edit/rates/MN-R0001")).await.status(), 404);
}

#[tokio::test]
async fn the_documents_of_a_rate_go_with_the_package_and_only_to_who_may_see_it() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let id: uuid::Uuid = sqlx::query_scalar("select id from document where rate_submission_id is not null")
        .fetch_one(&world.db)
        .await
        .unwrap();
    let document = format!("/documents/{id}");
    let sam = world.signed_in("sam.lee").await;
    let got = sam.get(&document).await;
    assert_eq!(got.status(), 200);
    assert!(got.header("content-disposition").unwrap().contains("attachment"));
    assert_eq!(world.signed_in("elena.vargas").await.get(&document).await.status(), 404);
    let (draft, _) = world.drafted_with_rate("maya.lindqvist").await;
    let unsent: uuid::Uuid = sqlx::query_scalar(
        "select d.id from document d join rate_submission s on s.id = d.rate_submission_id where s.submitted_at is null",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(sam.get(&format!("/documents/{unsent}")).await.status(), 404, "{}", draft.key);

    let names = async |only: &str| {
        let zip = sam.get(&story.path(&format!("versions/1/documents.zip{only}"))).await;
        assert_eq!(zip.status(), 200);
        let archive = zip::ZipArchive::new(std::io::Cursor::new(zip.body().to_vec())).unwrap();
        let mut names: Vec<String> = archive.file_names().map(str::to_owned).collect();
        names.sort();
        names
    };
    let contract = format!("Contract/{} contract.pdf", story.key);
    let certification = format!("{rate} Rate certification/{rate} certification.pdf");
    assert_eq!(names("").await, [contract.clone(), certification.clone(), "manifest.csv".to_owned()]);
    assert_eq!(names("?only=contract").await, [contract, "manifest.csv".to_owned()]);
    assert_eq!(names(&format!("?only={rate}")).await, [certification, "manifest.csv".to_owned()]);
    assert_eq!(sam.get(&story.path("versions/1/documents.zip?only=MN-R0099")).await.status(), 404);
}

#[tokio::test]
async fn the_documents_of_a_version_of_a_rate_are_one_file_for_who_may_see_it() {
    let world = World::start().await;
    let (_, rate) = world.sent_with_rate("maya.lindqvist").await;
    let page = format!("/rates/{rate}");
    let archive = format!("{page}/versions/1/documents.zip");
    for who in ["sam.lee", "robert.okafor"] {
        let browser = world.signed_in(who).await;
        for page in [page.clone(), format!("{page}/versions/1")] {
            let page = browser.get(&page).await;
            let label = page.texts("a").into_iter().find(|words| words.starts_with("Download all")).expect("a link");
            assert!(label.starts_with("Download all (1 file, "), "{label}");
            assert_eq!(page.link(&label), Some(archive.clone()));
        }
        let list = browser.get(&format!("{page}/versions")).await;
        assert_eq!(list.link("Download the documents of version 1"), Some(archive.clone()));
        let answer = browser.get(&archive).await;
        assert_eq!((answer.status(), answer.header("content-type")), (200, Some("application/zip")));
        let disposition = format!("attachment; filename=\"Rate {rate} version 1.zip\"");
        assert!(answer.header("content-disposition").unwrap().starts_with(&disposition));
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(answer.body().to_vec())).unwrap();
        let certification = format!("{rate} Rate certification/{rate} certification.pdf");
        let mut names: Vec<String> = zip.file_names().map(str::to_owned).collect();
        names.sort();
        assert_eq!(names, [certification.clone(), "manifest.csv".to_owned()]);
        let content = std::io::read_to_string(zip.by_name(&certification).unwrap()).unwrap();
        assert_eq!(content, format!("%PDF-1.7\nThe certification of {rate}.\n%%EOF"));
    }
    let sam = world.signed_in("sam.lee").await;
    for none in ["0", "2", "x", "-1"] {
        assert_eq!(sam.get(&format!("{page}/versions/{none}/documents.zip")).await.status(), 404, "{none}");
    }
    let moved = sam.get(&archive.to_lowercase()).await;
    assert_eq!((moved.status(), moved.location()), (301, archive.as_str()));
    assert_eq!(world.signed_in("elena.vargas").await.get(&archive).await.status(), 404);
    sqlx::query("update blob set scan = 'infected'").execute(&world.db).await.unwrap();
    assert!(!sam.get(&page).await.reading().contains("Download all"), "nothing is to be had");
    let left = sam.get(&archive).await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(left.body().to_vec())).unwrap();
    assert_eq!(zip.len(), 1);
    let manifest = std::io::read_to_string(zip.by_name("manifest.csv").unwrap()).unwrap();
    assert!(manifest.contains("A virus was found in it"), "{manifest}");
}

#[tokio::test]
async fn whoever_leaves_a_department_leaves_the_reviews_of_its_rates() {
    let world = World::start().await;
    let (story, _) = world.sent_with_rate("maya.lindqvist").await;
    let ivan = world.signed_in("ivan.petrov").await;
    let page = ivan.get(&story.path("")).await;
    page.form("Take OACT review of MN-R0001").press("Take OACT review of MN-R0001").await;
    let mut tx = world.db.begin().await.unwrap();
    let known = list(&mut tx, Some("ivan.petrov@demo.example.gov")).await.unwrap().remove(0);
    let wanted = Fields { active: false, ..known.fields.clone() };
    let changed = change(&mut tx, &world.clock, &Actor::product(), &known, wanted).await.unwrap();
    assert_eq!(changed.handed_back.len(), 1);
    tx.commit().await.unwrap();
    assert_eq!(world.count("select count(*) from department_review where primary_reviewer_id is not null").await, 0);
    let report = verify_all(&world.db).await.unwrap();
    assert!(report.intact(), "{:?}", report.breaks);
}
