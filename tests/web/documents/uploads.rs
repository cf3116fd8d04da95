//! Uploading: what is taken, what is refused, and what is left in the store.

use std::io::{Cursor, Write};
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::stream;
use mc_review::domain::document::MAX_FILE_BYTES;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::PDF;
use super::desk::Desk;
use crate::support::{Page, World};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

fn file(name: &str, content: impl Into<Vec<u8>>) -> Part {
    Part::bytes(content.into()).file_name(name.to_owned())
}

/// A PDF of `size` bytes that is made while it is sent.
fn large(name: &str, size: u64) -> Part {
    let chunk = Bytes::from_static(&[b' '; 65_536]);
    let chunks = stream::unfold(0, move |sent: u64| {
        let chunk = chunk.clone();
        async move {
            let next = match size - sent {
                0 => return None,
                _ if sent == 0 => Bytes::from_static(PDF),
                left if left as usize > chunk.len() => chunk,
                left => [&b" ".repeat(left as usize)[..], b"%%EOF"].concat().split_off(5).into(),
            };
            let sent = sent + next.len() as u64;
            Some((Ok::<_, std::io::Error>(next), sent))
        }
    });
    Part::stream_with_length(Body::wrap_stream(chunks), size).file_name(name.to_owned())
}

fn docx() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("[Content_Types].xml", SimpleFileOptions::default()).unwrap();
    let list = "<Types><Override PartName=\"/word/document.xml\" ContentType=\
                \"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    zip.write_all(list.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

fn outcomes<'a>(received: &'a Value, what: &str) -> Vec<&'a str> {
    let files = received["files"].as_array().unwrap().iter();
    files.map(|file| file["outcome"][what].as_str().unwrap_or("-")).collect()
}

#[tokio::test]
async fn files_are_judged_one_by_one_and_only_good_ones_are_kept() {
    let desk = Desk::open().await;
    let received = desk
        .received(
            desk.form()
                .text("submission_description", "ž".repeat(20_000))
                .part("documents.contract", file("Vertrag 合同.PDF", PDF))
                .part("documents.contract", file("contract.pdf", PNG))
                .part("documents.contract", file("contract.exe", PDF))
                .part("documents.contract_supporting", file("empty.pdf", []))
                .part("documents.contract_supporting", file("rates.csv", "county,rate\nRamsey,1\n"))
                .part("documents.contract_supporting", file("C:\\letters\\letter.docx", docx()))
                .part("documents.contract_supporting", file("", []))
                .text("action", "upload"),
        )
        .await;
    let code = ["-", "file_content", "file_type", "file_empty", "-", "-"];
    assert_eq!(outcomes(&received, "code"), code);
    assert_eq!(received["files"][0]["name"], "Vertrag 合同.PDF");
    assert_eq!(received["files"][0]["outcome"]["size"], PDF.len());
    assert_eq!(received["files"][0]["outcome"]["media_type"], "application/pdf");
    assert_eq!(received["files"][4]["list"], "contract_supporting");
    assert_eq!(received["files"][5]["name"], "letter.docx");
    assert_eq!(
        received["files"][1]["outcome"]["message"],
        "contract.pdf is not a PDF file. Open it on your computer, save it as PDF, and upload that."
    );
    assert_eq!(
        received["files"][2]["outcome"]["message"],
        "contract.exe: this type is not accepted. Use PDF, DOC, DOCX, XLS, XLSX, XLSM or CSV."
    );
    assert_eq!(received["pairs"], json!([["submission_description", "ž".repeat(20_000)], ["action", "upload"]]));
    let mut kept: Vec<_> = [0, 4, 5]
        .map(|at: usize| format!("blobs/{}", received["files"][at]["outcome"]["sha256"].as_str().unwrap()))
        .into();
    kept.sort();
    assert_eq!(desk.stored(), kept);
    assert_eq!(desk.world.count("select count(*) from blob where scan = 'clean'").await, 3);
}

/// An Office file up to 2003 with a stream that begins like this.
fn ole(stream: &str, start: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let content = [start, &[0; 9000]].concat();
    file.create_stream(stream).unwrap().write_all(&content).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[tokio::test]
async fn what_nobody_can_open_is_refused_with_what_to_do() {
    const OWNER: &[u8] = include_bytes!("../../samples/pdf/owner-6.pdf");
    const USER: &[u8] = include_bytes!("../../samples/pdf/user-6.pdf");
    let desk = Desk::open().await;
    let whole = docx();
    let files = [
        ("open.pdf", OWNER.to_vec()),
        ("locked.pdf", USER.to_vec()),
        ("cut.pdf", OWNER[..OWNER.len() / 2].to_vec()),
        ("locked.doc", ole("/WordDocument", &[0xEC, 0xA5, 0xC1, 0, 0, 0, 9, 4, 0, 0, 0, 1])),
        ("locked.xls", ole("/Workbook", &[9, 8, 4, 0, 0, 6, 5, 0, 0x2F, 0, 6, 0, 0, 0, 1, 2, 3, 4])),
        ("locked.xlsx", ole("/EncryptedPackage", &[1])),
        ("cut.docx", whole[..whole.len() / 2].to_vec()),
        ("whole.docx", whole),
    ];
    let form = files
        .into_iter()
        .fold(desk.form(), |form, (name, content)| form.part("documents.contract", file(name, content)));
    let received = desk.received(form).await;
    let locked = "file_locked";
    let code = ["-", locked, "file_incomplete", locked, locked, locked, "file_incomplete", "-"];
    assert_eq!(outcomes(&received, "code"), code);
    assert_eq!(
        received["files"][1]["outcome"]["message"],
        "locked.pdf can be opened only with a password. Remove the password and upload it again."
    );
    assert_eq!(
        received["files"][2]["outcome"]["message"],
        "cut.pdf is incomplete or damaged and can't be opened. Check that it opens on your computer, then upload it again."
    );
    assert_eq!(desk.stored().len(), 2, "what is refused leaves nothing");
}

#[tokio::test]
async fn the_same_content_is_stored_once() {
    let desk = Desk::open().await;
    let form =
        || desk.form().part("documents.contract", file("a.pdf", PDF)).part("documents.contract", file("b.pdf", PDF));
    let received = desk.received(form()).await;
    assert_eq!(received["files"][0]["outcome"], received["files"][1]["outcome"]);
    desk.received(form()).await;
    assert_eq!(desk.stored().len(), 1);
    assert_eq!(desk.world.count("select count(*) from blob").await, 1);
}

/// The contract page of a new draft, filled in, with a contract of one byte too many that is made while it is sent.
async fn contract_page_with_too_much(world: &World, start: &str, action: &'static str) -> Page {
    let maya = world.signed_in("maya.lindqvist").await;
    let story = world.drafted("maya.lindqvist").await;
    let form = maya.get(&story.path("edit/contract")).await.form("Continue");
    let form = form
        .set("statutory_regulatory_attestation", "NO")
        .set("statutory_regulatory_attestation_description", "438.6(c),\nby the end of the year.")
        .set("contract_date_start", start)
        .tick("managed_care_entities", "PIHP");
    let mut parts = Form::new();
    for name in form.names() {
        parts = match name {
            "documents.contract" => parts.part(name.to_owned(), large("more.pdf", MAX_FILE_BYTES + 1)),
            "documents.contract_supporting" => parts,
            _ => form.values(name).into_iter().fold(parts, |parts, value| parts.text(name.to_owned(), value)),
        };
    }
    let request = maya.request(Method::POST, form.action()).multipart(parts.text("action", action));
    let request = request.header("origin", maya.address()).header("sec-fetch-site", "same-origin");
    maya.send(request).await
}

#[tokio::test]
async fn a_form_with_a_file_that_is_too_large_comes_back_with_413_and_everything_typed() {
    let world = World::start().await;
    let sentence = "more.pdf is larger than 100 MiB.";
    for (start, action) in [("not a day", "continue"), ("07/02/2026", "upload")] {
        let page = contract_page_with_too_much(&world, start, action).await;
        assert_eq!(page.status(), 413, "{start}, {action}: {}", page.reading());
        assert!(page.text(".files .usa-error-message").contains(sentence), "{start}, {action}");
        let problems = page.errors();
        assert!(problems.iter().any(|problem| problem == sentence), "{start}, {action}: {problems:?}");
        let form = page.form("Continue");
        assert_eq!(form.value("contract_date_start"), start);
        assert_eq!(form.value("statutory_regulatory_attestation_description"), "438.6(c),\nby the end of the year.");
        assert!(form.values("managed_care_entities").contains(&"PIHP".to_owned()));
    }
    assert_eq!(world.count("select count(*) from document where file_name = 'more.pdf'").await, 0);
    // What a page with a day that is none holds is not saved; with every field right only the file is missing.
    let saved = "select count(*) from contract_submission where contract_data ->> 'contract_date_start' = '2026-07-02'";
    assert_eq!(world.count(saved).await, 1);
}

#[tokio::test]
async fn a_file_of_100_mib_is_kept_and_one_byte_more_is_cut_off() {
    let desk = Desk::open().await;
    let received = desk
        .received(
            desk.form()
                .part("documents.contract", large("most.pdf", MAX_FILE_BYTES))
                .part("documents.contract", large("more.pdf", MAX_FILE_BYTES + 1))
                .part("documents.contract", file("next.pdf", PDF)),
        )
        .await;
    assert_eq!(outcomes(&received, "code"), ["-", "file_too_large", "-"]);
    assert_eq!(received["files"][0]["outcome"]["size"], MAX_FILE_BYTES);
    assert_eq!(received["files"][1]["outcome"]["message"], "more.pdf is larger than 100 MiB.");
    assert_eq!(desk.stored().len(), 2);
}

#[tokio::test]
async fn a_request_of_more_than_500_mib_is_refused_with_a_page() {
    let desk = Desk::open().await;
    let mut form = desk.form();
    for _ in 0..6 {
        form = form.part("documents.contract", large("contract.pdf", MAX_FILE_BYTES));
    }
    let answer = desk.send(form).await;
    assert_eq!((answer.status(), answer.h1()), (413, "Too large".to_owned()));
    assert!(desk.stored().is_empty());
}

#[tokio::test]
async fn texts_of_more_than_512_kib_are_refused_with_a_page() {
    let desk = Desk::open().await;
    let form = desk.form().text("a", "a".repeat(300_000)).text("b", "b".repeat(300_000));
    assert_eq!(desk.send(form.part("documents.contract", file("contract.pdf", PDF))).await.status(), 413);
    assert!(desk.stored().is_empty());
}

#[tokio::test]
async fn nothing_is_stored_before_the_token_is_proven() {
    let desk = Desk::open().await;
    let contract = || file("contract.pdf", PDF);
    let forged = [
        Form::new().part("documents.contract", contract()).text("csrf", desk.csrf.clone()),
        Form::new().text("csrf", "forged").part("documents.contract", contract()),
        Form::new().part("documents.contract", contract()),
        Form::new().text("action", "upload"),
    ];
    for form in forged {
        assert_eq!(desk.send(form).await.status(), 403);
    }
    let elsewhere = desk.browser.request(Method::POST, "/desk").header("sec-fetch-site", "cross-site");
    assert_eq!(desk.browser.send(elsewhere.multipart(desk.form())).await.status(), 403);
    assert!(desk.stored().is_empty());
}

#[tokio::test]
async fn what_no_page_sends_is_refused() {
    let desk = Desk::open().await;
    let refused = [
        desk.form().part("submission_description", Part::bytes(&b"caf\xE9"[..])),
        desk.form().part("documents.secret", file("contract.pdf", PDF)),
        desk.form().text("kept_file", "forged"),
    ];
    for form in refused {
        assert_eq!(desk.send(form).await.status(), 422);
    }
    assert!(desk.stored().is_empty());
}

#[tokio::test]
async fn a_form_without_files_may_be_urlencoded() {
    let desk = Desk::open().await;
    let answer = desk.browser.post("/desk", &[("csrf", &desk.csrf), ("a", "1 & 2"), ("a", "ž")]).await;
    let received: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(received["pairs"], json!([["a", "1 & 2"], ["a", "ž"]]));
    assert_eq!(desk.browser.post("/desk", &[("csrf", "forged")]).await.status(), 403);
}

#[tokio::test]
async fn files_already_stored_come_back_with_the_form_of_the_same_person() {
    let desk = Desk::open().await;
    let first = desk.received(desk.form().part("documents.contract", file("合同.pdf", PDF))).await;
    let token = first["kept"][0].as_str().unwrap().to_owned();
    let second = desk.received(desk.form().text("kept_file", token.clone())).await;
    assert_eq!((&second["files"], &second["kept"]), (&first["files"], &first["kept"]));
    assert_eq!(second["pairs"], json!([]));

    let (other, csrf) = Desk::signed_in(&desk.world, desk.browser.address(), "robert.okafor").await;
    let form = Form::new().text("csrf", csrf).text("kept_file", token);
    assert_eq!(other.send(other.request(Method::POST, "/desk").multipart(form)).await.status(), 422);
}

#[tokio::test]
async fn a_list_takes_no_more_than_50_contents_from_one_request() {
    let desk = Desk::open().await;
    let contracts = (0..52).map(|at| file(&format!("{at}.csv"), format!("rate,{at}")));
    let form = contracts.fold(desk.form(), |form, contract| form.part("documents.contract", contract));
    let received = desk.received(form.part("documents.contract_supporting", file("a.csv", "a"))).await;
    let codes = outcomes(&received, "code");
    assert_eq!((&codes[49..], desk.stored().len()), (&["-", "too_many", "too_many", "-"][..], 51));
}

#[tokio::test]
async fn a_known_virus_is_refused_at_once() {
    let desk = Desk::open().await;
    let form = || desk.form().part("documents.contract", file("contract.pdf", PDF));
    desk.received(form()).await;
    sqlx::query("update blob set scan = 'infected'").execute(&desk.world.db).await.unwrap();
    assert_eq!(outcomes(&desk.received(form()).await, "message"), ["A virus was found in contract.pdf. Remove it."]);
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_nothing_behind() {
    let desk = Desk::open().await;
    let mut connection = TcpStream::connect(desk.browser.address().trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST /desk HTTP/1.1\r\nHost: desk\r\nCookie: {}\r\nContent-Length: 9000000\r\n\
         Content-Type: multipart/form-data; boundary=b\r\n\r\n\
         --b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"documents.contract\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\n",
        desk.browser.cookies().unwrap(),
        desk.csrf,
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&vec![b' '; 6_000_000]).await.unwrap();
    until(|| desk.stored().len() == 1).await;
    drop(connection);
    until(|| desk.stored().is_empty()).await;
    assert_eq!(desk.world.count("select count(*) from blob").await, 0);
}

/// Waits for what another thread is about to do.
async fn until(done: impl Fn() -> bool) {
    let wait = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it happens soon");
}
