//! A PostgreSQL of our own for development and tests, on a Unix socket, with nothing to set up by hand.
//!
//! The development cluster is shared: every process that uses it holds a shared lock on one file, and the last one to
//! leave stops it (an open `psql` does not count). A process that is killed leaves it running; the next start takes it over.
//! A throw-away cluster belongs to one process and goes with it, however that process ends.
//!
//! Everything here blocks: call it before the runtime starts, or in `spawn_blocking`.

mod place;
mod programs;
mod server;

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Child;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use place::Account;
use programs::Programs;
use server::{Durability, Server};

/// The oldest major version of PostgreSQL that the schema works on.
const OLDEST_MAJOR: u32 = 15;
/// The name of the role that owns a private cluster, and of the database that comes with it.
const NAME: &str = "mc_review";
/// What stands for something else in an address.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.').remove(b'/');

/// What a private cluster is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClusterKind {
    /// Kept from run to run, in `var/postgres` of the project where the server's user can reach it.
    Development {
        /// The folder of the project.
        project: PathBuf,
    },
    /// Made for this process, fast rather than durable, and removed when the process ends.
    Throwaway,
}

/// Why there is no private cluster; each message says what is missing and how to get it.
#[derive(Debug, thiserror::Error)]
pub enum PrivateClusterError {
    /// Production has a database of its own.
    #[error("No private database is started with APP_ENV=production: set DATABASE_URL to the address of its database.")]
    Production,
    /// No suitable programs were found.
    #[error(
        "PostgreSQL {OLDEST_MAJOR} or newer is not on this machine: install it (on Debian or Ubuntu with `apt-get install \
         postgresql`), or set DATABASE_URL to the address of one that runs elsewhere."
    )]
    NotInstalled,
    /// The data folder needs the programs of another major version.
    #[error(
        "The database in {} was made by PostgreSQL {major}, which is not on this machine: install that version, or remove \
         the folder to begin with an empty database.",
        folder.display()
    )]
    OtherVersion {
        /// The folder of the cluster.
        folder: PathBuf,
        /// The major version that made it.
        major: u32,
    },
    /// PostgreSQL refuses to run as root, and there is nobody else to run it.
    #[error(
        "PostgreSQL does not run as root, and this machine has neither a user `postgres` nor `nobody` to run it: add one, or \
         start this program as an ordinary user."
    )]
    NoAccount,
    /// No folder can hold the cluster.
    #[error("No folder can hold the private database ({0}): make one of them writable, or set DATABASE_URL.")]
    NoPlace(String),
    /// One of PostgreSQL's programs ended with an error.
    #[error("{program} did not succeed: {output}")]
    Program {
        /// The program's name.
        program: String,
        /// What it printed, with the end of the server's log.
        output: String,
    },
    /// The operating system refused something.
    #[error("{action} {} did not succeed: {source}", path.display())]
    Io {
        /// What was tried, as the beginning of a sentence.
        action: &'static str,
        /// The file, folder or program it was tried on.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
}

impl PrivateClusterError {
    /// Wraps an I/O error, for `map_err`.
    fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

/// A running cluster. Keep it as long as its database is used; dropping it stops the server unless others use it too.
#[derive(Debug)]
pub struct PrivateCluster {
    server: Server,
    hold: Hold,
}

/// What keeps the server running for this process.
#[derive(Debug)]
enum Hold {
    /// The shared lock of a development cluster's user; empty only while dropping.
    Share(Option<File>),
    /// The process that removes a throw-away cluster once its standard input, held by us, closes.
    Keeper(Child),
}

impl PrivateCluster {
    /// Finds PostgreSQL, makes the cluster if it is new, and has it running and accepting connections on return.
    pub fn start(kind: ClusterKind) -> Result<Self, PrivateClusterError> {
        if std::env::var_os("APP_ENV").is_some_and(|value| value == "production") {
            return Err(PrivateClusterError::Production);
        }
        let account = Account::for_server()?;
        match kind {
            ClusterKind::Development { project } => Self::start_development(&project, account),
            ClusterKind::Throwaway => Self::start_throwaway(account),
        }
    }

    fn start_development(project: &Path, account: Account) -> Result<Self, PrivateClusterError> {
        let folder = place::development_folder(project, &account)?;
        let _one_at_a_time = exclusive_lock(&folder, &account)?;
        let programs = Programs::find(&folder)?;
        let server = Server { folder, account, programs, durability: Durability::Full };
        server.ensure_running()?;
        let share = open_lock(&server.folder, "users.lock", &server.account)?;
        share.lock_shared().map_err(PrivateClusterError::io("Locking", &server.folder))?;
        Ok(Self { server, hold: Hold::Share(Some(share)) })
    }

    fn start_throwaway(account: Account) -> Result<Self, PrivateClusterError> {
        let programs = Programs::find(Path::new(""))?;
        let folder = place::throwaway_folder(&account)?;
        let server = Server { folder, account, programs, durability: Durability::None };
        // The keeper comes first, so that it also cleans up after a start that fails or is interrupted.
        let keeper = server.spawn_keeper()?;
        let cluster = Self { server, hold: Hold::Keeper(keeper) };
        cluster.server.ensure_running()?;
        Ok(cluster)
    }

    /// The address of the cluster's own database, for sqlx and `psql`.
    pub fn url(&self) -> String {
        self.url_of(NAME)
    }

    /// The address of a database of this name in the cluster, for sqlx and `psql`.
    pub fn url_of(&self, database: &str) -> String {
        database_url(database, self.socket_dir())
    }

    /// The folder of `psql`, `pgbench` and the other programs of this PostgreSQL.
    pub fn bin_dir(&self) -> &Path {
        self.server.programs.folder()
    }

    /// The folder of the Unix socket: the host, for PostgreSQL's own programs.
    pub fn socket_dir(&self) -> &Path {
        &self.server.folder
    }
}

impl Drop for PrivateCluster {
    /// Errors are left alone: whatever stays behind is taken over or recovered by the next start.
    fn drop(&mut self) {
        match &mut self.hold {
            Hold::Share(share) => {
                let share = share.take();
                let Ok(_one_at_a_time) = exclusive_lock(&self.server.folder, &self.server.account) else { return };
                drop(share);
                let others = open_lock(&self.server.folder, "users.lock", &self.server.account);
                if others.is_ok_and(|file| file.try_lock().is_ok()) {
                    let _ = self.server.stop("fast");
                }
            }
            Hold::Keeper(keeper) => {
                drop(keeper.stdin.take());
                let _ = keeper.wait();
            }
        }
    }
}

/// Waits until this process alone may start or stop the cluster in the folder.
fn exclusive_lock(folder: &Path, account: &Account) -> Result<File, PrivateClusterError> {
    let file = open_lock(folder, "start.lock", account)?;
    file.lock().map_err(PrivateClusterError::io("Locking", folder))?;
    Ok(file)
}

fn open_lock(folder: &Path, name: &str, account: &Account) -> Result<File, PrivateClusterError> {
    let path = folder.join(name);
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
    let file = file.map_err(PrivateClusterError::io("Opening", &path))?;
    account.own(&path).map_err(PrivateClusterError::io("Handing over", &path))?;
    Ok(file)
}

fn database_url(database: &str, socket_dir: &Path) -> String {
    let database = percent_encode(database.as_bytes(), RESERVED);
    let host = percent_encode(socket_dir.as_os_str().as_encoded_bytes(), RESERVED);
    // The host in the query counts, but parsers want one before the database too.
    format!("postgres://{NAME}@localhost/{database}?host={host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_role_database_and_socket_folder() {
        let url = database_url("test_1 a", Path::new("/tmp/a b/ö"));
        assert_eq!(url, "postgres://mc_review@localhost/test_1%20a?host=/tmp/a%20b/%C3%B6");
    }

    fn ask(cluster: &PrivateCluster, sql: &str) -> String {
        let mut psql = std::process::Command::new(cluster.bin_dir().join("psql"));
        let output = psql.args(["-XAtc", sql, &cluster.url()]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// A project folder that every user can reach, and a cluster in it.
    fn project(name: &str) -> (PathBuf, ClusterKind) {
        let project = std::env::temp_dir().join(format!("mc-review-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&project).unwrap();
        (project.clone(), ClusterKind::Development { project })
    }

    #[test]
    fn a_throwaway_cluster_answers_and_leaves_nothing_behind() {
        let cluster = PrivateCluster::start(ClusterKind::Throwaway).unwrap();
        let answer = ask(&cluster, "select current_database(), current_setting('server_encoding')");
        assert_eq!(answer, "mc_review|UTF8\n");

        let folder = cluster.socket_dir().to_owned();
        drop(cluster);
        assert!(!folder.exists());
    }

    #[test]
    fn a_development_cluster_is_shared_and_stops_with_its_last_user() {
        let (project, kind) = project("shared");
        let first = PrivateCluster::start(kind.clone()).unwrap();
        let second = PrivateCluster::start(kind).unwrap();
        assert_eq!(first.url(), second.url());
        drop(first);
        assert_eq!(ask(&second, "select 'still here'"), "still here\n");

        let socket = second.socket_dir().join(".s.PGSQL.5432");
        drop(second);
        assert!(!socket.exists());
        std::fs::remove_dir_all(project).unwrap();
    }

    #[test]
    fn a_development_cluster_is_recovered_after_a_crash_with_what_was_committed() {
        let (project, kind) = project("crash");
        let cluster = PrivateCluster::start(kind.clone()).unwrap();
        assert_eq!(ask(&cluster, "create table kept as select 42 as answer"), "SELECT 1\n");
        // As after a power cut: no tidying up, and notes whose process number is by now that of another program.
        let notes = cluster.socket_dir().join("data/postmaster.pid");
        let text = std::fs::read_to_string(&notes).unwrap();
        cluster.server.stop("immediate").unwrap();
        let (_, rest) = text.split_once('\n').unwrap();
        std::fs::write(&notes, format!("{}\n{rest}", std::process::id())).unwrap();

        let recovered = PrivateCluster::start(kind).unwrap();
        assert_eq!(ask(&recovered, "select answer from kept"), "42\n");
        drop((cluster, recovered));
        std::fs::remove_dir_all(project).unwrap();
    }
}
