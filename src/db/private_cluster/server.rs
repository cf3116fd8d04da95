//! One PostgreSQL server in its folder: made, started, recovered and stopped.

use std::fs;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::place::Account;
use super::programs::Programs;
use super::{NAME, PrivateClusterError};

/// How often a server that is starting or stopping is looked at, and how many times: a minute in all.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: u32 = 600;

/// The encoding of characters (case, classes); the order of text is that of its bytes on every system.
const CHARACTERS: &str = if cfg!(target_os = "macos") { "UTF-8" } else { "C.UTF-8" };

/// Runs until the process that started it is gone, then removes the cluster.
const KEEPER: &str = r#"read -r _; "$1" -D "$2/data" -m immediate -w stop; cd /; rm -rf "$2""#;

/// Whether data must survive a crash of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// As PostgreSQL does it.
    Full,
    /// Not at all: as fast as can be.
    None,
}

/// What the server is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It accepts connections.
    Ready,
    /// It is starting or stopping.
    Busy,
    /// Nobody answers on the socket.
    Absent,
}

/// A server and its folder, which has the data folder, the socket, the log and the lock files.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) folder: PathBuf,
    pub(super) account: Account,
    pub(super) programs: Programs,
    pub(super) durability: Durability,
}

impl Server {
    /// Has the server accepting connections, whatever was left in the folder. The caller sees to it that only one
    /// process at a time does this.
    pub(super) fn ensure_running(&self) -> Result<(), PrivateClusterError> {
        match self.settled_state() {
            State::Ready => return Ok(()),
            State::Busy => return Err(self.failure("PostgreSQL", "it has been starting or stopping for a minute")),
            State::Absent => {}
        }
        if !self.data().join("PG_VERSION").exists() {
            self.initialise()?;
        }
        self.clear_leftovers()?;
        self.write_settings()?;
        let log = self.folder.join("log");
        let mut start = self.pg_ctl();
        start.args(["-s", "-w", "-t", "120", "-l"]).arg(log).arg("start");
        self.run("pg_ctl start", &mut start)
    }

    /// Stops the server; `fast` ends its sessions, `immediate` does not even tidy up.
    pub(super) fn stop(&self, mode: &str) -> Result<(), PrivateClusterError> {
        self.run("pg_ctl stop", self.pg_ctl().args(["-s", "-w", "-m", mode, "stop"]))
    }

    /// Starts the process that removes a throw-away cluster when our end of its standard input closes, which happens
    /// however this process ends. It is in a group of its own, so that an interrupt from the terminal does not reach it.
    pub(super) fn spawn_keeper(&self) -> Result<Child, PrivateClusterError> {
        let mut keeper = self.account.command("/bin/sh");
        keeper.args(["-c", KEEPER, "mc-review-keeper"]).arg(self.programs.path("pg_ctl")).arg(&self.folder);
        keeper.current_dir("/").process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        keeper.spawn().map_err(PrivateClusterError::io("Starting", Path::new("/bin/sh")))
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    /// A program of PostgreSQL's as the server's user, in a folder which that user can read.
    fn command(&self, program: &str) -> Command {
        let mut command = self.account.command(self.programs.path(program));
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    fn pg_ctl(&self) -> Command {
        let mut command = self.command("pg_ctl");
        command.arg("-D").arg(self.data());
        command
    }

    /// The state once the server is no longer on its way up or down, where that takes less than a minute.
    fn settled_state(&self) -> State {
        for _ in 0..LOOKS {
            let state = self.state();
            if state != State::Busy {
                return state;
            }
            thread::sleep(LOOK_EVERY);
        }
        State::Busy
    }

    fn state(&self) -> State {
        if UnixStream::connect(self.socket()).is_err() {
            return State::Absent;
        }
        let notes = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        if is_ready(&notes) { State::Ready } else { State::Busy }
    }

    /// Makes the data folder under another name and renames it at the end, so that an interrupted attempt is never
    /// mistaken for a cluster.
    fn initialise(&self) -> Result<(), PrivateClusterError> {
        let io_error = |action| PrivateClusterError::io(action, &self.folder);
        for entry in fs::read_dir(&self.folder).map_err(io_error("Reading"))?.flatten() {
            if entry.file_name().to_string_lossy().starts_with("data") {
                // An orphaned initdb may still write here; what it leaves is removed at the next chance.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let unfinished = self.folder.join(format!("data.unfinished-{}", std::process::id()));
        let mut initdb = self.command("initdb");
        initdb.args(["--username", NAME, "--auth=trust", "--encoding=UTF8", "--locale=C", "--lc-ctype", CHARACTERS]);
        if self.durability == Durability::None {
            initdb.arg("--no-sync");
        }
        self.run("initdb", initdb.arg("-D").arg(&unfinished))?;
        self.create_database(&unfinished)?;
        fs::rename(&unfinished, self.data()).map_err(io_error("Naming the data folder in"))
    }

    /// Makes our database in a cluster that does not run yet.
    fn create_database(&self, data: &Path) -> Result<(), PrivateClusterError> {
        let mut single = self.command("postgres");
        single.args(["--single", "-c", "exit_on_error=on", "-D"]).arg(data).arg("postgres");
        if self.durability == Durability::None {
            single.args(["-c", "fsync=off"]);
        }
        let script = data.join("create-database.sql");
        let write = |path: &Path| fs::write(path, format!("create database {NAME}\n"));
        write(&script).map_err(PrivateClusterError::io("Writing", &script))?;
        let input = fs::File::open(&script).map_err(PrivateClusterError::io("Opening", &script))?;
        self.run("postgres --single", single.stdin(input))?;
        fs::remove_file(&script).map_err(PrivateClusterError::io("Removing", &script))
    }

    /// Removes what a crash left behind. Nobody answers on the socket when this is called; PostgreSQL's own check of
    /// the shared memory still keeps two servers from one data folder.
    fn clear_leftovers(&self) -> Result<(), PrivateClusterError> {
        let notes = self.data().join("postmaster.pid");
        let pid = fs::read_to_string(&notes).ok().and_then(|text| text.lines().next()?.trim().parse::<u32>().ok());
        // The number may by now be that of any process. A server stands in its data folder; one that lives though its
        // socket was deleted can not be reached any more.
        let alive = pid.and_then(|pid| fs::read_link(format!("/proc/{pid}/cwd")).ok());
        if alive.is_some() && alive == self.data().canonicalize().ok() {
            self.stop("immediate")?;
        }
        for path in [notes, self.socket(), self.folder.join(".s.PGSQL.5432.lock")] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(PrivateClusterError::io("Removing", &path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes the whole settings file at every start, so that it is right after the project has moved.
    fn write_settings(&self) -> Result<(), PrivateClusterError> {
        let path = self.data().join("postgresql.conf");
        fs::File::create(&path)
            .and_then(|mut file| file.write_all(settings(&self.folder, self.durability).as_bytes()))
            .and_then(|()| self.account.own(&path))
            .map_err(PrivateClusterError::io("Writing", &path))
    }

    /// Runs a program to its end and, where it fails, tells what it said.
    fn run(&self, name: &str, command: &mut Command) -> Result<(), PrivateClusterError> {
        let output = command.output().map_err(PrivateClusterError::io("Starting", Path::new(name)))?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
        Err(self.failure(name, &said.join(" ")))
    }

    fn failure(&self, program: &str, said: &str) -> PrivateClusterError {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let end = lines[lines.len().saturating_sub(8)..].join("\n");
        let output = format!("{} (folder {})\n{end}", said.trim(), self.folder.display());
        PrivateClusterError::Program { program: program.to_owned(), output: output.trim_end().to_owned() }
    }
}

/// Whether the notes that a server keeps in `postmaster.pid` say that it accepts connections: its status is in line 8.
fn is_ready(notes: &str) -> bool {
    notes.lines().nth(7).is_some_and(|status| status.trim() == "ready")
}

fn settings(folder: &Path, durability: Durability) -> String {
    let common = format!(
        "# Written at every start; ALTER SYSTEM is kept.\n\
         listen_addresses = ''\n\
         unix_socket_directories = '\"{}\"'\n\
         port = 5432\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         lc_messages = 'C'\n",
        folder.display()
    );
    let fast = "max_connections = 200\n\
                fsync = off\n\
                synchronous_commit = off\n\
                full_page_writes = off\n\
                wal_level = minimal\n\
                max_wal_senders = 0\n";
    match durability {
        Durability::Full => common,
        Durability::None => common + fast,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_ready_only_when_its_notes_say_so() {
        let notes = |status| format!("4242\n/data\n1700000000\n5432\n/run\n\n  123 456\n{status}\n");
        assert!(is_ready(&notes("ready   ")));
        assert!(!is_ready(&notes("starting")));
        assert!(!is_ready(&notes("stopping")));
        assert!(!is_ready("4242\n/data\n"));
        assert!(!is_ready(""));
    }

    #[test]
    fn a_server_listens_on_its_socket_only() {
        let text = settings(Path::new("/tmp/a, b"), Durability::Full);
        assert!(text.contains("listen_addresses = ''\n"));
        assert!(text.contains("unix_socket_directories = '\"/tmp/a, b\"'\n"));
        assert!(!text.contains("fsync"));
    }
}
