//! While one person, or somebody who never signed in, does their worst, the pages of everybody else stay fast.
//!
//! In the tests each attack is small and short, and other tests run beside it; `bin/storm` makes it large, against a release
//! build, and asks for the real bound. Everything stays on loopback, and every attack has an end.

mod people;

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::memory::{MIB, resident};
use crate::program::{answer, program};
use crate::serve::{serving, started};
use crate::support::database::TestDatabase;
use people::{Attacker, Person};

/// How large the attacks are.
struct Scale {
    /// How long each goes on.
    time: Duration,
    /// Archives that one account asks for and does not read.
    archives: usize,
    /// Connections on which a form drips.
    drips: usize,
    /// How long another person may wait for a page, of twenty times nineteen.
    bound: Duration,
}

impl Scale {
    fn of_this_run() -> Self {
        match std::env::var("MC_REVIEW_STORM_SECONDS") {
            Ok(text) => {
                let seconds: u64 = text.parse().expect("a number of seconds");
                let time = Duration::from_secs(seconds.div_ceil(6));
                Self { time, archives: 1_500, drips: 1_000, bound: Duration::from_millis(200) }
            }
            Err(_) => {
                Self { time: Duration::from_secs(2), archives: 100, drips: 100, bound: Duration::from_millis(1_500) }
            }
        }
    }
}

/// A server with the limits that hold, and as few open files as many systems give a program at first.
struct Server {
    child: Child,
    address: String,
    _database: TestDatabase,
    _files: tempfile::TempDir,
}

impl Server {
    async fn start() -> (Self, PgPool) {
        let database = TestDatabase::new().await;
        let files = tempfile::tempdir().unwrap();
        let folder = files.path().display().to_string();
        answer(&database.url(), &["demo", "--submissions", "300", "--storage-url", &folder]);
        let db = database.pool();
        all_is_heavy(&db, files.path()).await;
        let plain = program(&database.url(), &serving(&folder));
        let mut command = Command::new("/bin/sh");
        command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.args(["-c", "ulimit -Sn 1024; exec \"$0\" \"$@\""]).arg(plain.get_program()).args(plain.get_args());
        let (child, address, _printed) = started(command);
        (Self { child, address, _database: database, _files: files }, db)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes every content, and the list of what Minnesota has sent, so long that no archive and no export fits between the ends
/// of a connection; nothing of the contents is on the disk.
async fn all_is_heavy(db: &PgPool, files: &std::path::Path) {
    const LARGE: u64 = 24 * MIB;
    for blob in std::fs::read_dir(files.join("blobs")).unwrap() {
        std::fs::File::create(blob.unwrap().path()).unwrap().set_len(LARGE).unwrap();
    }
    let mut conn = db.acquire().await.unwrap();
    sqlx::query("set session_replication_role = replica").execute(&mut *conn).await.unwrap();
    sqlx::query("update blob set size = $1").bind(LARGE as i64).execute(&mut *conn).await.unwrap();
    let many = "insert into contract_review
         select made.*
           from (select * from contract_review where state_code = 'MN' and status = 'submitted' limit 1) r,
                generate_series(1, 12000) n,
                jsonb_populate_record(null::contract_review, to_jsonb(r) || jsonb_build_object(
                    'id', gen_random_uuid(), 'number', 10000 + n, 'name', r.name || repeat('-PMAP', 150))) made";
    sqlx::query(many).execute(&mut *conn).await.unwrap();
    sqlx::query("analyze").execute(&mut *conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_stops_the_others() {
    let scale = Scale::of_this_run();
    let (server, db) = Server::start().await;
    let other = Person::sign_in(&server.address, &db, "owen.park").await;
    let sam = Person::sign_in(&server.address, &db, "sam.lee").await;
    let maya = Person::sign_in(&server.address, &db, "maya.lindqvist").await;
    let cms = people::of_cms(&server.address, &db, 8).await;
    let attacker = Attacker::of(&server.address, &db).await;
    let document: uuid::Uuid = sqlx::query_scalar(
        "select d.id from document d join contract_submission s on s.id = d.contract_submission_id
          where s.submitted_at is not null and s.discarded_at is null limit 1",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    let at_rest = resident(&server.child);
    let mut slow = Vec::new();
    for name in ["archives", "exports", "forms", "sign-ins", "searches", "uploads"] {
        let mut attack = JoinSet::new();
        match name {
            "archives" => attacker.archives_unread(&mut attack, &sam, scale.archives).await,
            "exports" => attacker.exports_dripping(&mut attack, &cms),
            "forms" => attacker.forms_dripping(&mut attack, scale.drips),
            "sign-ins" => attacker.sign_ins(&mut attack),
            "searches" => attacker.searches(&mut attack, &sam),
            _ => attacker.uploads_dripping(&mut attack, &maya),
        }
        // It has begun.
        sleep(Duration::from_millis(500)).await;
        let (p95, pages) = measured(&other, scale.time).await;
        other.opens_a_document(document).await;
        let memory = resident(&server.child).saturating_sub(at_rest) / MIB;
        attack.abort_all();
        while attack.join_next().await.is_some() {}
        println!(
            "{name}: {pages} pages of another person, {} ms at the 95th percentile, {memory} MiB more",
            p95.as_millis()
        );
        assert!(memory < 128, "{name} take {memory} MiB");
        slow.extend((p95 > scale.bound).then_some((name, p95)));
    }
    assert!(slow.is_empty(), "another person waits too long: {slow:?}");
}

/// What another person waits for a list at the 95th percentile, and how many they looked at.
async fn measured(other: &Person, time: Duration) -> (Duration, usize) {
    let (begin, mut waits) = (Instant::now(), Vec::new());
    // A person looks, too: what they ask for is within their own limits.
    while begin.elapsed() < time {
        let asked = Instant::now();
        other.sees_the_list().await;
        waits.push(asked.elapsed());
        sleep(Duration::from_millis(80)).await;
    }
    waits.sort_unstable();
    (waits[waits.len() * 95 / 100], waits.len())
}
