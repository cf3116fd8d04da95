//! A client that costs next to nothing: it shares the machine with the server as pgbench does with PostgreSQL.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// A request as it goes over the wire.
pub fn get(host: &str, path: &str, cookies: &str, more: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n{more}\r\n").into_bytes()
}

/// A posted form as it goes over the wire.
pub fn post(host: &str, path: &str, cookies: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookies}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer; its bytes stay in the connection until the next.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub status: u16,
    head: usize,
    pub bytes: usize,
    chunked: bool,
}

impl Connection {
    /// Connects to a server.
    pub fn to(host: &str) -> Self {
        let stream = TcpStream::connect(host).expect("the server listens");
        stream.set_nodelay(true).expect("packets go at once");
        Self { stream, buffer: Vec::with_capacity(1 << 20) }
    }

    /// Sends a request and reads the answer to its end.
    pub fn send(&mut self, request: &[u8]) -> Answer {
        self.stream.write_all(request).expect("the server reads");
        self.buffer.clear();
        let head = loop {
            self.fill();
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        let status = text.get(9..12).and_then(|code| code.parse().ok()).expect("an answer has a status");
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
        let chunked = text.contains("transfer-encoding: chunked");
        while match length {
            Some(length) => self.buffer.len() < head + length,
            None => chunked && !self.buffer.ends_with(b"\r\n0\r\n\r\n"),
        } {
            self.fill();
        }
        Answer { status, head, bytes: self.buffer.len(), chunked }
    }

    /// Sends a request and throws the answer away as it comes; gives when its first byte came, and how many there were.
    pub fn drained(&mut self, request: &[u8]) -> (Duration, usize) {
        let sent = Instant::now();
        self.stream.write_all(request).expect("the server reads");
        self.buffer.clear();
        self.fill();
        let (first, mut bytes) = (sent.elapsed(), 0);
        assert!(self.buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.buffer));
        while !self.buffer.ends_with(b"\r\n0\r\n\r\n") {
            // The end of what was thrown away may begin the end of all.
            let kept = self.buffer.len().saturating_sub(8);
            bytes += kept;
            self.buffer.drain(..kept);
            self.fill();
        }
        (first, bytes + self.buffer.len())
    }

    /// Sends a request whose answer has no end, and reads how it begins.
    pub fn begin(&mut self, request: &[u8]) {
        self.stream.write_all(request).expect("the server reads");
        self.buffer.clear();
        self.fill();
        assert!(self.buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.buffer));
    }

    fn fill(&mut self) {
        let mut part = [0; 64 * 1024];
        let read = self.stream.read(&mut part).expect("the server answers");
        assert!(read > 0, "the server keeps the connection");
        self.buffer.extend_from_slice(&part[..read]);
    }

    /// The head of an answer.
    pub fn head(&self, answer: Answer) -> String {
        String::from_utf8_lossy(&self.buffer[..answer.head]).into_owned()
    }

    /// The body of an answer.
    pub fn body(&self, answer: Answer) -> Vec<u8> {
        let body = &self.buffer[answer.head..answer.bytes];
        if answer.chunked { unchunked(body) } else { body.to_vec() }
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = find(body, b"\r\n") {
        let size = std::str::from_utf8(&body[..end]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let size = size.expect("a chunk has its size");
        whole.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 2 + size + 2..];
    }
    whole
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Has so many clients send a request again and again for a while; gives the answers per second.
pub fn rate(host: &str, request: &[u8], clients: usize, time: Duration) -> f64 {
    let begin = Instant::now();
    let sent: u32 = thread::scope(|scope| {
        let client = || {
            let mut connection = Connection::to(host);
            let mut sent = 0;
            while begin.elapsed() < time {
                assert_eq!(connection.send(request).status, 200);
                sent += 1;
            }
            sent
        };
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        clients.into_iter().map(|client| client.join().expect("a client ends well")).sum()
    });
    f64::from(sent) / begin.elapsed().as_secs_f64()
}

/// The milliseconds that one request takes, by the median of as many as one client sends in a while.
pub fn milliseconds(host: &str, request: &[u8], time: Duration) -> f64 {
    let mut connection = Connection::to(host);
    let begin = Instant::now();
    let mut took = Vec::new();
    while begin.elapsed() < time {
        let sent = Instant::now();
        assert_eq!(connection.send(request).status, 200);
        took.push(sent.elapsed().as_secs_f64() * 1000.0);
    }
    crate::median(took)
}
