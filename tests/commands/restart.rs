//! PostgreSQL crashes and comes back while people work: from the moment on at which it takes connections nothing fails.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mc_review::db::private_cluster::{ClusterKind, PrivateCluster};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::killed::signed_in;
use crate::program::answer;
use crate::serve::{signal, start};

/// Kills a process of the server, whereupon it ends all others, recovers, and begins anew; waits until it takes connections.
async fn crash(url: &str) {
    let mut victim = PgConnection::connect(url).await.unwrap();
    let mut other = PgConnection::connect(url).await.unwrap();
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut victim).await.unwrap();
    let killed = std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
    assert!(killed.success());
    // It goes on for a moment, until it learns of it.
    while sqlx::query("select").execute(&mut other).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    while PgConnection::connect(url).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn after_a_crash_of_the_database_no_request_fails_once_it_takes_connections() {
    let cluster = tokio::task::spawn_blocking(|| PrivateCluster::start(ClusterKind::Throwaway)).await.unwrap().unwrap();
    let files = tempfile::tempdir().unwrap();
    let files = files.path().display().to_string();
    answer(&cluster.url(), &["migrate"]);
    answer(&cluster.url(), &["demo", "--submissions", "20", "--seed", "5", "--storage-url", &files]);
    let (mut server, address, _printed) = start(&cluster.url(), &files);
    let mut conn = PgConnection::connect(&cluster.url()).await.unwrap();
    let sam: Uuid =
        sqlx::query_scalar("select id from account where email like 'sam.lee@%'").fetch_one(&mut conn).await.unwrap();
    let (client, _) = signed_in(&address, sam).await;

    let answers = Arc::new(Mutex::new(Vec::new()));
    let (asking, noted, url) = (client.clone(), Arc::clone(&answers), format!("{address}/submissions"));
    let asking = tokio::spawn(async move {
        loop {
            let (client, noted, url) = (asking.clone(), Arc::clone(&noted), url.clone());
            tokio::spawn(async move {
                let begun = Instant::now();
                let answer = client.get(url).send().await;
                let failure = match answer {
                    Ok(answer) if answer.status() == 200 => None,
                    Ok(answer) => Some(format!("{} after {:?}", answer.status(), begun.elapsed())),
                    Err(error) => Some(format!("{error:?} after {:?}", begun.elapsed())),
                };
                noted.lock().unwrap().push((begun, failure));
            });
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let mut outages = Vec::new();
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let down = Instant::now();
        crash(&cluster.url()).await;
        outages.push((down.checked_sub(Duration::from_millis(500)).unwrap(), Instant::now()));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    asking.abort();
    tokio::time::sleep(Duration::from_secs(6)).await;
    signal(&server, "TERM");
    server.wait().unwrap();

    let answers = answers.lock().unwrap();
    let apart = |at: &Instant| !outages.iter().any(|(down, up)| down <= at && at < up);
    let asked: Vec<_> = answers.iter().filter(|(at, _)| apart(at)).collect();
    assert!(asked.len() > 50, "{} requests came while it was there", asked.len());
    let since_up = |at: &Instant| outages.iter().map(|(_, up)| at.saturating_duration_since(*up)).collect::<Vec<_>>();
    let failed: Vec<_> = asked.iter().filter_map(|(at, failure)| Some((since_up(at), failure.as_ref()?))).collect();
    assert!(failed.is_empty(), "{} of {}: {failed:?}", failed.len(), asked.len());
    drop(cluster);
}
