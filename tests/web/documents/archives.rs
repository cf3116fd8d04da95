//! All documents of a version as one file: what is in it, what is not, and who gets it.

use std::collections::{BTreeMap, HashSet};
use std::io::{Cursor, ErrorKind, Read};
use std::process::{Command, Stdio};

use mc_review::domain::document::Category;
use unicode_normalization::UnicodeNormalization;
use zip::ZipArchive;

use super::{PDF, attached, stored, tell, uploaded, version_of, world_with};
use crate::support::{Browser, World};

/// The files of an archive, read back; their checksums are looked at on the way.
fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).expect("a ZIP file");
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("the content has its checksum");
        files.insert(file.name().to_owned(), content);
    }
    files
}

fn rows(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let text = String::from_utf8(files["manifest.csv"].clone()).unwrap();
    text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect()
}

async fn filled() -> (World, Browser) {
    let world = world_with("select draft('a')").await;
    let version = version_of(&world, "a").await;
    uploaded(&world, version, "合同, final.pdf", PDF).await;
    uploaded(&world, version, "rates.csv", b"one").await;
    uploaded(&world, version, "Rates.CSV", b"another").await;
    uploaded(&world, version, "bad.csv", b"a virus").await;
    let mut conn = world.db.acquire().await.unwrap();
    let supporting = stored(&world, Category::ContractSupporting, "rates.csv", b"one").await;
    attached(&world, &mut conn, version, &supporting).await.unwrap();
    tell(&world, "update blob set scan = 'infected' where size = 7 and sha256 = encode(sha256('a virus'), 'hex')")
        .await;
    tell(&world, "select send('a')").await;
    let browser = world.signed_in("sam.lee").await;
    (world, browser)
}

#[tokio::test]
async fn an_archive_has_every_clean_document_in_its_folder_and_says_what_it_lacks() {
    let (_world, browser) = filled().await;
    let answer = browser.get("/submissions/MN-0001/versions/1/documents.zip").await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, Some("application/zip")));
    let disposition = "attachment; filename=\"MN-0001 version 1.zip\"";
    assert!(answer.header("content-disposition").unwrap().starts_with(disposition));
    assert_eq!(answer.header("content-encoding").unwrap_or("identity"), "identity");
    let files = unpacked(answer.body());
    let names = [
        "Contract supporting/rates.csv",
        "Contract/Rates (2).CSV",
        "Contract/rates.csv",
        "Contract/合同, final.pdf",
        "manifest.csv",
    ];
    assert_eq!(files.keys().collect::<Vec<_>>(), names);
    assert_eq!(files["Contract/合同, final.pdf"], PDF);
    assert_eq!(files["Contract/Rates (2).CSV"], b"another");
    let rows = rows(&files);
    assert_eq!(rows[0], "Name,Folder,File in this archive,SHA-256,Size in bytes,Date added,Left out because");
    assert_eq!(rows.len(), 6);
    assert!(rows[1].starts_with("\"合同, final.pdf\",Contract,") && rows[1].ends_with(","), "{}", rows[1]);
    assert!(rows[3].starts_with("Rates.CSV,Contract,Contract/Rates (2).CSV,"), "{}", rows[3]);
    assert!(rows[4].starts_with("bad.csv,Contract,,") && rows[4].ends_with(",A virus was found in it"), "{}", rows[4]);

    let only = browser.get("/submissions/MN-0001/versions/1/documents.zip?only=contract").await;
    assert_eq!(unpacked(only.body()).len(), 5);
    for none in ["versions/1/documents.zip?only=MN-R0001", "versions/2/documents.zip", "versions/x/documents.zip"] {
        assert_eq!(browser.get(&format!("/submissions/MN-0001/{none}")).await.status(), 404, "{none}");
    }
}

/// Names that one system or another does not take, or takes for one and the same, in the order of the list.
fn hostile_names() -> Vec<String> {
    let names = [
        "Contract 7:1:2026.pdf",
        "CON.pdf",
        "a*|<>.pdf",
        "Peña.pdf",
        "Pen\u{303}a.pdf",
        "PEÑA.PDF",
        "nul.pdf",
        "a__ _.pdf",
        "\"q\"?.pdf",
    ];
    names.into_iter().map(str::to_owned).chain([format!("{}.pdf", "合".repeat(196))]).collect()
}

#[tokio::test]
async fn names_are_such_as_every_system_unpacks_and_the_manifest_has_the_true_ones() {
    let world = world_with("select draft('a')").await;
    let version = version_of(&world, "a").await;
    let names = hostile_names();
    for name in &names {
        let content = format!("%PDF-1.7\n{name}\n%%EOF");
        uploaded(&world, version, name, content.as_bytes()).await;
    }
    tell(&world, "select send('a')").await;
    let browser = world.signed_in("sam.lee").await;
    let answer = browser.get("/submissions/MN-0001/versions/1/documents.zip").await;
    let files = unpacked(answer.body());
    let manifest = files["manifest.csv"].strip_prefix("\u{feff}".as_bytes()).unwrap();
    let mut manifest = csv::Reader::from_reader(manifest);
    let listed: BTreeMap<String, String> =
        manifest.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[2].to_owned())).collect();
    let mut seen = HashSet::new();
    for name in &names {
        let path = &listed[name];
        assert_eq!(files[path], format!("%PDF-1.7\n{name}\n%%EOF").as_bytes(), "{name} as {path}");
        for part in path.split('/') {
            assert!(part.len() <= 255 && !part.contains([':', '*', '|', '<', '>', '"', '?', '\\']), "{part}");
            assert!(!["con", "nul"].contains(&part.split('.').next().unwrap().to_lowercase().as_str()), "{part}");
        }
        assert!(path.ends_with(".pdf") || path.ends_with(".PDF"), "{path}");
        assert!(seen.insert(path.nfkc().collect::<String>().to_lowercase()), "{path} is there twice");
    }
    unzips(answer.body(), &files);
}

/// Has `unzip` unpack the archive, where it is on the machine: every file comes out, with its content.
fn unzips(archive: &[u8], files: &BTreeMap<String, Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("archive.zip");
    std::fs::write(&zip, archive).unwrap();
    let out = folder.path().join("out");
    let unzip = Command::new("unzip")
        .args(["-q", "-d"])
        .arg(&out)
        .arg(&zip)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output();
    match unzip {
        Err(error) if error.kind() == ErrorKind::NotFound => return,
        unzip => {
            let unzip = unzip.unwrap();
            assert!(unzip.status.success(), "{}", String::from_utf8_lossy(&unzip.stderr));
        }
    }
    for (path, content) in files {
        assert_eq!(&std::fs::read(out.join(path)).unwrap_or_else(|error| panic!("{path}: {error}")), content, "{path}");
    }
}

#[tokio::test]
async fn a_content_that_was_lost_is_left_out_and_told() {
    let (world, browser) = filled().await;
    let key: String = sqlx::query_scalar("select sha256 from document where file_name = 'Rates.CSV'")
        .fetch_one(&world.db)
        .await
        .unwrap();
    let place = object_store::path::Path::from(format!("blobs/{key}"));
    object_store::ObjectStoreExt::delete(&world.app.files, &place).await.unwrap();
    let files = unpacked(browser.get("/submissions/MN-0001/versions/1/documents.zip").await.body());
    assert_eq!(files.len(), 4);
    assert!(rows(&files)[3].ends_with(",Its content could not be read"));
}

#[tokio::test]
async fn the_submission_page_offers_all_documents_at_once() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    for name in ["maya.lindqvist", "sam.lee"] {
        let page = world.signed_in(name).await.get(&story.path("")).await;
        let label = page.texts("a").into_iter().find(|words| words.starts_with("Download all")).expect("a link");
        assert_eq!(label, "Download all (1 file, 39 bytes)");
        assert_eq!(page.link(&label), Some(story.path("versions/1/documents.zip")));
    }
}
