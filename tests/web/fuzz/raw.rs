//! What no client sends: requests that are none, or too long to be one.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::World;

/// Sends bytes and reads the status of the answer; 0 where none comes.
async fn status_of(world: &World, bytes: &[u8]) -> u16 {
    let host = world.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("the server listens");
    // The server may answer before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut start = [0; 12];
    match timeout(Duration::from_secs(10), stream.read_exact(&mut start)).await {
        Ok(Ok(_)) => String::from_utf8_lossy(&start[9..]).parse().unwrap_or_default(),
        _ => 0,
    }
}

#[tokio::test]
async fn what_is_no_request_is_answered_too() {
    let world = World::start().await;
    let long = "x".repeat(100_000);
    let requests: Vec<Vec<u8>> = vec![
        format!("GET /submissions?q={long} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes(),
        format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes(),
        format!("GET /help HTTP/1.1\r\nhost: a\r\ncookie: {long}\r\n\r\n").into_bytes(),
        format!("GET /help HTTP/1.1\r\nhost: a\r\nuser-agent: {long}\r\n\r\n").into_bytes(),
        b"GET /help?a=\xff\xfe HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        b"GET /\xff HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        b"GET /help HTTP/1.1\r\nhost: \xff\r\norigin: \xff\r\n\r\n".to_vec(),
        b"GET /help HTTP/1.1\r\n\r\n".to_vec(),
        b"GET /help HTTP/1.0\r\n\r\n".to_vec(),
        b"GET help HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        b"GET http://elsewhere.example/help HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        b"OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        b"HEAD /healthz HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        b"POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n".to_vec(),
        b"POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
            .to_vec(),
        b"POST /sign-in HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec(),
        b"POST /sign-in HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 0\r\n\r\n".to_vec(),
        b"\0\0\0\0\r\n\r\n".to_vec(),
    ];
    for request in requests {
        let status = status_of(&world, &request).await;
        let shown: String = request.escape_ascii().to_string().chars().take(100).collect();
        assert!((100..500).contains(&status), "{status}: {shown}");
    }
    assert_eq!(world.browser().get("/healthz").await.status(), 200);
}
