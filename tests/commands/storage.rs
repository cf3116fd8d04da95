//! Files in a bucket, over real S3 requests; and `mc-review check-storage`.

use std::process::Command;
use std::time::SystemTime;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use mc_review::domain::clock::Clock;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::program::{answer, program, run};
use crate::support::database::TestDatabase;

const WHOLE: &str = "File store and tables agree: 52 contents were read and are whole.\n";

/// An S3 server on loopback with one bucket, and how the program is told of it.
struct Bucket {
    folder: TempDir,
    address: String,
}

impl Bucket {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("files")).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single("key", "secret"));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                let serve = async move {
                    let server = Builder::new(TokioExecutor::new());
                    let _ = server.serve_connection(TokioIo::new(socket), service).await;
                };
                tokio::spawn(serve);
            }
        });
        Self { folder, address }
    }

    fn program(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = program(url, arguments);
        command.env("STORAGE_URL", "s3://files/review/one").env("AWS_ENDPOINT", &self.address);
        command.env("AWS_ALLOW_HTTP", "true").env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "key").env("AWS_SECRET_ACCESS_KEY", "secret");
        command
    }

    async fn run(&self, url: &str, arguments: &[&str]) -> (bool, String) {
        let mut command = self.program(url, arguments);
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_live_in_a_bucket_as_they_do_in_a_folder() {
    let (database, bucket) = (TestDatabase::new().await, Bucket::open().await);
    let (loaded, said) = bucket.run(&database.url(), &["demo", "--submissions", "3"]).await;
    assert!(loaded, "{said}");
    assert_eq!(bucket.run(&database.url(), &["check-storage", "--deep"]).await, (true, WHOLE.to_owned()));
    let blobs = bucket.folder.path().join("files/review/one/blobs");
    assert_eq!(std::fs::read_dir(&blobs).unwrap().count(), 52);

    // One is lost, another is put in its place.
    let mut contents: Vec<_> = std::fs::read_dir(&blobs).unwrap().map(|entry| entry.unwrap().path()).collect();
    contents.sort();
    std::fs::remove_file(&contents[0]).unwrap();
    std::fs::copy(&contents[2], &contents[1]).unwrap();
    let (whole, said) = bucket.run(&database.url(), &["check-storage", "--deep"]).await;
    assert!(!whole && said.contains("its content is missing"), "{said}");
    assert!(said.contains("2 of 52 contents are lost or damaged; each is named above."), "{said}");
    // Loading again stores what is missing, and what has another length.
    let (loaded, said) = bucket.run(&database.url(), &["demo", "--submissions", "1"]).await;
    assert!(loaded, "{said}");
    assert!(contents[0].exists());
}

#[tokio::test]
async fn check_storage_says_what_is_wrong_and_mends_what_is_only_waste() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().display().to_string();
    answer(&database.url(), &["demo", "--submissions", "3", "--storage-url", &files]);
    assert_eq!(answer(&database.url(), &["check-storage", "--deep", "--storage-url", &files]), WHOLE);
    let old = SystemTime::from(Clock::System.now() - time::Duration::days(8));
    let stray = folder.path().join("blobs").join("ab".repeat(32));
    let part = folder.path().join("uploads/01981c52-7d10-7a41-9c3e-5b0f6d2a1e01#1");
    for path in [&stray, &part] {
        std::fs::write(path, "left").unwrap();
        std::fs::File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
    }
    let said = answer(&database.url(), &["check-storage", "--storage-url", &files]);
    assert!(said.contains("2 of these can be removed: run this again with --mend."), "{said}");
    assert!(stray.exists() && part.exists());
    let said = answer(&database.url(), &["check-storage", "--mend", "--storage-url", &files]);
    assert!(said.starts_with("Removed what nothing used: 2.\n"), "{said}");
    assert!(!stray.exists() && !part.exists());
    let content = std::fs::read_dir(folder.path().join("blobs")).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_file(&content).unwrap();
    let output = run(&database.url(), &["check-storage", "--storage-url", &files]);
    assert_eq!(output.status.code(), Some(1));
    let name = content.file_name().unwrap().to_str().unwrap().to_owned();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with(&format!("{name}: its content is missing.")));
}

#[tokio::test]
async fn a_place_for_files_that_is_none_is_refused_in_words() {
    let database = TestDatabase::new().await;
    let output = run(&database.url(), &["check-storage", "--storage-url", "ftp://files"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("STORAGE_URL must be a folder, as file:///srv/mc-review/files, or a bucket"), "{said}");
}
