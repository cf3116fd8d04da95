//! The memory of a server stays flat, however large what comes in and goes out.

use std::path::Path;
use std::process::Child;

use futures_util::{StreamExt, stream};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Body, Client};
use sqlx::PgPool;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::killed::token;
use crate::program::answer;
use crate::serve::{signal, start};
use crate::support::database::TestDatabase;

pub const MIB: u64 = 1024 * 1024;
/// The largest file.
const LARGEST: u64 = 100 * MIB;
/// So much more the server may hold than at rest.
const MORE: u64 = 32 * MIB;

/// What a process holds in memory, in bytes.
pub fn resident(process: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).expect("the system tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it tells of memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

/// Somebody signed in, and the token of the session.
pub async fn signed_in(address: &str, db: &PgPool, name: &str) -> (Client, String) {
    let client = Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
    let page = client.get(format!("{address}/sign-in")).send().await.unwrap().text().await.unwrap();
    let account: Uuid = sqlx::query_scalar("select id from account where email like $1 || '@%'")
        .bind(name)
        .fetch_one(db)
        .await
        .unwrap();
    let form = [("csrf", token(&page)), ("account", account.to_string())];
    assert_eq!(client.post(format!("{address}/sign-in")).form(&form).send().await.unwrap().status(), 303);
    let page = client.get(format!("{address}/account")).send().await.unwrap().text().await.unwrap();
    (client, token(&page))
}

/// A PDF of the largest size, made while it is sent.
fn largest() -> Part {
    let pieces = stream::iter(0..LARGEST / 65_536).map(|number| {
        let mut piece = vec![b' '; 65_536];
        if number == 0 {
            piece[..9].copy_from_slice(b"%PDF-1.7\n");
        }
        if (number + 1) * 65_536 == LARGEST {
            piece[65_531..].copy_from_slice(b"%%EOF");
        }
        Ok::<_, std::io::Error>(piece)
    });
    Part::stream_with_length(Body::wrap_stream(pieces), LARGEST).file_name("large.pdf")
}

/// Has a sent version hold so many documents of the largest size: links to one and the same stored file.
async fn heap(db: &PgPool, blobs: &Path, count: u64) -> String {
    let (key, version): (String, Uuid) = sqlx::query_as(
        "select r.state_code || '-' || to_char(r.number, 'FM0000'), s.id
           from contract_submission s join contract_review r on r.id = s.contract_review_id
          where s.submitted_at is not null and s.revision = 1 order by s.id limit 1",
    )
    .fetch_one(db)
    .await
    .unwrap();
    let stored: String =
        sqlx::query_scalar("select sha256 from blob where size = $1").bind(LARGEST as i64).fetch_one(db).await.unwrap();
    let mut conn = db.acquire().await.unwrap();
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut *conn).await.unwrap();
    for number in 0..count {
        let name = format!("{number:064x}");
        std::fs::hard_link(blobs.join(&stored), blobs.join(&name)).unwrap();
        sqlx::query(
            "with content as (insert into blob (sha256, size, media_type, scan, stored_at)
                              values ($1, $2, 'application/pdf', 'clean', now()))
             insert into document (id, contract_submission_id, category, sha256, file_name, position, uploaded_at, uploaded_by)
             select gen_random_uuid(), $3, 'contract', $1, 'large.pdf', 100 + $4, now(), id from account limit 1",
        )
        .bind(&name)
        .bind(LARGEST as i64)
        .bind(version)
        .bind(number as i32)
        .execute(&mut *conn)
        .await
        .unwrap();
    }
    conn.close().await.unwrap();
    key
}

/// Uploads the largest file and downloads an archive with so many of it into a file, while the server's memory is watched.
async fn stays_flat(count: u64) {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().display().to_string();
    answer(&database.url(), &["demo", "--submissions", "60", "--storage-url", &files]);
    let (mut server, address, _printed) = start(&database.url(), &files);
    let (maya, csrf) = signed_in(&address, &db, "maya.lindqvist").await;
    let (sam, _) = signed_in(&address, &db, "sam.lee").await;
    let (draft, version): (String, i32) = sqlx::query_as(
        "select r.state_code || '-' || to_char(r.number, 'FM0000'), s.version
           from contract_submission s join contract_review r on r.id = s.contract_review_id
          where r.state_code = 'MN' and r.deleted_at is null and s.submitted_at is null and s.discarded_at is null limit 1",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    let page = format!("{address}/submissions/{draft}/edit/contract");
    assert_eq!(maya.get(&page).send().await.unwrap().status(), 200);
    let at_rest = resident(&server);

    let form = Form::new().text("csrf", csrf).text("version", version.to_string()).text("action", "upload");
    let uploading = maya.post(&page).multipart(form.part("documents.contract", largest())).send();
    let mut uploading = std::pin::pin!(uploading);
    let mut most = 0;
    let uploaded = loop {
        tokio::select! {
            done = &mut uploading => break done.unwrap(),
            () = tokio::time::sleep(std::time::Duration::from_millis(20)) => most = most.max(resident(&server)),
        }
    };
    assert_eq!(uploaded.status(), 303);
    assert!(most < at_rest + MORE, "an upload took {} KiB to {} KiB", at_rest / 1024, most / 1024);

    let key = heap(&db, &folder.path().join("blobs"), count).await;
    let archive = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
    let mut file = tokio::fs::File::create(archive.path()).await.unwrap();
    let answer = sam.get(format!("{address}/submissions/{key}/versions/1/documents.zip")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut pieces = answer.bytes_stream();
    let (mut received, mut watched) = (0, 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.expect("the archive comes whole");
        file.write_all(&piece).await.unwrap();
        received += piece.len() as u64;
        if received / MIB > watched {
            (watched, most) = (received / MIB, most.max(resident(&server)));
        }
    }
    file.flush().await.unwrap();
    assert!(received > count * LARGEST);
    assert!(most < at_rest + MORE, "an archive took {} KiB to {} KiB", at_rest / 1024, most / 1024);
    let mut zip = zip::ZipArchive::new(std::fs::File::open(archive.path()).unwrap()).unwrap();
    let names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    assert!(names.contains(&format!("Contract/large ({count}).pdf")), "{names:?}");
    let mut last = zip.by_name(&format!("Contract/large ({count}).pdf")).unwrap();
    assert_eq!(std::io::copy(&mut last, &mut std::io::sink()).expect("its checksum holds"), LARGEST);
    drop(last);
    assert!(zip.by_name("manifest.csv").is_ok());
    signal(&server, "TERM");
    server.wait().unwrap();
}

/// What a server holds at most until something is over, and that.
async fn watched<T>(server: &Child, work: impl Future<Output = T>) -> (u64, T) {
    let mut work = std::pin::pin!(work);
    let mut most = 0;
    loop {
        tokio::select! {
            done = &mut work => return (most.max(resident(server)), done),
            () = tokio::time::sleep(std::time::Duration::from_millis(20)) => most = most.max(resident(server)),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_many_rows_takes_little_memory_in_either_format() {
    const ROWS: usize = 60_000;
    let database = TestDatabase::new().await;
    let db = database.pool();
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().display().to_string();
    answer(&database.url(), &["demo", "--submissions", "1", "--storage-url", &files]);
    let made = "insert into contract_review (id, state_code, number, kind, name, last_activity_state_at)
                select gen_random_uuid(), 'MN', 1000 + n, 'health_plan', 'MCR-MN-' || n || repeat('-PMAP', 20), timestamptz '2026-01-01'
                  from generate_series(1, $1) n";
    let mut conn = db.acquire().await.unwrap();
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut *conn).await.unwrap();
    sqlx::query(made).bind(ROWS as i32).execute(&mut *conn).await.unwrap();
    conn.close().await.unwrap();
    sqlx::raw_sql("analyze").execute(&db).await.unwrap();

    let (mut server, address, _printed) = start(&database.url(), &files);
    let (maya, _) = signed_in(&address, &db, "maya.lindqvist").await;
    assert_eq!(maya.get(format!("{address}/submissions")).send().await.unwrap().status(), 200);
    let at_rest = resident(&server);
    for format in ["csv", "xlsx"] {
        let received = async {
            let answer = maya.get(format!("{address}/submissions.{format}?status=draft")).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let mut pieces = answer.bytes_stream();
            let mut received = 0;
            while let Some(piece) = pieces.next().await {
                received += piece.expect("the file comes whole").len();
            }
            received
        };
        let (most, received) = watched(&server, received).await;
        assert!(received > ROWS * 10, "{format} has {received} bytes");
        assert!(most < at_rest + MORE, "{format} took {} KiB to {} KiB", at_rest / 1024, most / 1024);
    }
    signal(&server, "TERM");
    server.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_100_mib_and_an_archive_of_400_take_little_memory() {
    stays_flat(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it writes more than 4 GiB: `cargo test --test commands -- --ignored archive`"]
async fn an_archive_beyond_4_gib_takes_as_little_and_can_be_read() {
    stays_flat(42).await;
}
