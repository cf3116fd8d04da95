//! The product, served by a process of its own as in production, and the people who use it.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::thread;

use tokio::runtime::Runtime;

use crate::databases::{Data, Databases};
use crate::support::Browser;

/// As many connections to the database as the lists have clients, so that the product has no more than pgbench.
pub const CONNECTIONS: usize = 8;
/// A reviewer of DMCO, who sees everything that was sent.
pub const REVIEWER: &str = "sam.lee";
/// Who assigns reviewers.
pub const ADMIN: &str = "alex.morgan";

/// A server; it ends with this value.
pub struct Server {
    child: Child,
    address: String,
    runtime: Arc<Runtime>,
}

impl Server {
    /// Serves a database.
    pub fn start(databases: &Databases, data: Data) -> Self {
        Self::start_with(databases, data, "")
    }

    /// Serves a database, and has PostgreSQL log every statement of it.
    pub fn start_logged(databases: &Databases, data: Data) -> Self {
        Self::start_with(databases, data, "-c%20log_statement%3Dall")
    }

    fn start_with(databases: &Databases, data: Data, session: &str) -> Self {
        let mut command = databases.command(data, session);
        command
            .args(["serve", "--without-limits"])
            .env("BIND_ADDRESS", "127.0.0.1:0")
            .env("DATABASE_CONNECTIONS", CONNECTIONS.to_string());
        command.env("STATIC_DIR", concat!(env!("CARGO_MANIFEST_DIR"), "/static"));
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output is read"));
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(out.read_line(&mut line).expect("the server speaks") > 0, "the server says where it is");
            if let Some(address) = line.trim().strip_prefix("MC-Review is at ") {
                break address.to_owned();
            }
        };
        // Whatever else it says is read, so that it never waits for a reader.
        thread::spawn(move || out.read_to_end(&mut Vec::new()));
        Self { child, address, runtime: databases.runtime() }
    }

    /// Where it listens, as `127.0.0.1:40123`.
    pub fn host(&self) -> &str {
        self.address.strip_prefix("http://").expect("it serves HTTP")
    }

    /// A browser in which a reviewer is signed in.
    pub fn reviewer(&self) -> Browser {
        self.browser(REVIEWER)
    }

    fn browser(&self, person: &str) -> Browser {
        let browser = Browser::new(&self.address);
        self.runtime.block_on(browser.sign_in(person));
        browser
    }

    /// What the browser of somebody who is signed in sends along.
    pub fn cookies(&self, person: &str) -> String {
        self.browser(person).cookies().expect("whoever is signed in has a cookie")
    }

    /// Waits for something that a browser does.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// A figure that the kernel keeps of its memory, in MiB: `VmRSS` now, `VmHWM` at most so far.
    pub fn memory(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the process is there");
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes =
            line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse::<f64>().ok());
        kilobytes.expect("the kernel tells it in kB") / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
