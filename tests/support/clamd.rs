//! A real clamd for one test, on loopback, which knows the EICAR string and nothing else.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mc_review::documents::Scanner;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// More than this it does not take.
pub const STREAM_MAX_LENGTH: usize = 2 * 1024 * 1024;

/// The string that scanners are tried with, from two halves: whole, it would have this file taken for a virus.
pub fn eicar() -> String {
    let halves = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];
    halves.concat()
}

/// A running clamd, which ends with this value.
pub struct Clamd {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Clamd {
    /// Starts it and waits until it answers.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").port();
        let signature: String = eicar().bytes().map(|byte| format!("{byte:02x}")).collect();
        let write =
            |name: &str, text: String| std::fs::write(folder.path().join(name), text).expect("it can be written");
        write("test.ndb", format!("Eicar-Test-Signature:0:*:{signature}\n"));
        let place = folder.path().display();
        let settings = format!(
            "Foreground yes\nDatabaseDirectory {place}\nTemporaryDirectory {place}\nTCPAddr 127.0.0.1\nTCPSocket {port}\n\
             LocalSocket {place}/clamd.sock\nStreamMaxLength {STREAM_MAX_LENGTH}\nMaxThreads 4\n"
        );
        write("clamd.conf", settings);
        let program = ["/usr/sbin/clamd", "/usr/local/sbin/clamd", "/opt/homebrew/sbin/clamd"];
        let program = program.map(PathBuf::from).into_iter().find(|path| path.exists());
        let program = program.expect("clamd is on this machine: bin/test installs it");
        let process = Command::new(program)
            .arg(format!("--config-file={place}/clamd.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("clamd starts");
        let clamd = Self { process, port, folder };
        let up = async {
            while !clamd.answers().await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), up).await.expect("clamd answers soon");
        clamd
    }

    async fn answers(&self) -> bool {
        let Ok(mut connection) = TcpStream::connect(("127.0.0.1", self.port)).await else { return false };
        let mut answer = Vec::new();
        connection.write_all(b"zPING\0").await.is_ok()
            && connection.read_to_end(&mut answer).await.is_ok()
            && answer == b"PONG\0"
    }

    /// It, over TCP.
    pub fn tcp(&self) -> Scanner {
        format!("127.0.0.1:{}", self.port).parse().expect("an address")
    }

    /// It, over its socket.
    pub fn unix(&self) -> Scanner {
        format!("unix:{}/clamd.sock", self.folder.path().display()).parse().expect("an address")
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
