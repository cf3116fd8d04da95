//! Who runs a private PostgreSQL, and which folder that user can keep it in.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::PrivateClusterError;

/// The longest address of a Unix socket that every system takes, in bytes (macOS 103, Linux 107).
const LONGEST_SOCKET_PATH: usize = 103;

/// The user of the operating system that the server runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    uid: u32,
    gid: u32,
    /// Who we are ourselves: root, where `uid` is somebody else.
    own_uid: u32,
}

impl Account {
    /// Ourselves; but as root, which PostgreSQL refuses to run as, the user `postgres` or else `nobody`.
    pub(super) fn for_server() -> Result<Self, PrivateClusterError> {
        let own_uid = id(&["-u"]).ok_or(PrivateClusterError::NoAccount)?;
        let of = |name: &[&str]| {
            let (uid, gid) = (id(&[&["-u"], name].concat())?, id(&[&["-g"], name].concat())?);
            Some(Self { uid, gid, own_uid })
        };
        let found = if own_uid == 0 { of(&["postgres"]).or_else(|| of(&["nobody"])) } else { of(&[]) };
        found.ok_or(PrivateClusterError::NoAccount)
    }

    /// A command that will run as this user, with messages in English.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("LC_ALL", "C");
        if self.own_uid != self.uid {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Hands a file or folder that we made to this user.
    pub(super) fn own(&self, path: &Path) -> io::Result<()> {
        if self.own_uid == self.uid { Ok(()) } else { chown(path, Some(self.uid), Some(self.gid)) }
    }

    /// Asks the operating system, as this user, whether a test such as `-x` holds for a path: modes alone do not tell.
    fn can(&self, test: &str, path: &Path) -> bool {
        self.command("test").arg(test).arg(path).current_dir("/").status().is_ok_and(|status| status.success())
    }
}

/// What `id` prints: a user's or group's number.
fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).stderr(std::process::Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The first folder that can hold the project's development cluster: in the project, else one of its own per project and
/// user in the folders for temporary files, the one that outlives a reboot first.
pub(super) fn development_folder(project: &Path, account: &Account) -> Result<PathBuf, PrivateClusterError> {
    let project = project.canonicalize().map_err(PrivateClusterError::io("Finding", project))?;
    let elsewhere = name_elsewhere(&project, account.uid);
    let candidates =
        [project.join("var/postgres"), Path::new("/var/tmp").join(&elsewhere), std::env::temp_dir().join(&elsewhere)];
    let mut refused = Vec::new();
    for folder in candidates {
        match claim(&folder, account) {
            Ok(()) => return Ok(folder),
            Err(reason) => refused.push(format!("{}: {reason}", folder.display())),
        }
    }
    Err(PrivateClusterError::NoPlace(refused.join("; ")))
}

/// A new folder for a throw-away cluster: in memory where there is plenty, as copying a database there takes a twentieth
/// of the time.
pub(super) fn throwaway_folder(account: &Account) -> Result<PathBuf, PrivateClusterError> {
    let mut refused = Vec::new();
    let memory = Some(PathBuf::from("/dev/shm")).filter(|folder| roomy(folder));
    let parents = [std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")];
    for parent in memory.into_iter().chain(parents) {
        // A number is taken where an earlier process of the same id was killed together with its keeper.
        let unused = (0..1000)
            .map(|number| parent.join(format!("mc-review-test-{}-{number}", std::process::id())))
            .find(|folder| !folder.exists());
        let Some(folder) = unused else { continue };
        match claim(&folder, account) {
            Ok(()) => return Ok(folder),
            Err(reason) => refused.push(format!("{}: {reason}", folder.display())),
        }
    }
    Err(PrivateClusterError::NoPlace(refused.join("; ")))
}

/// Whether the file system of a folder has two gigabytes free, more than tests take. In containers it often has not.
fn roomy(folder: &Path) -> bool {
    let Ok(output) = Command::new("df").arg("-Pk").arg(folder).output() else { return false };
    let text = String::from_utf8_lossy(&output.stdout);
    let kibibytes = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3));
    kibibytes.and_then(|number| number.parse::<u64>().ok()).is_some_and(|free| free >= 2 * 1024 * 1024)
}

/// Makes the folder, readable for the server's user only, or takes an earlier one of ours; else says why it will not do.
fn claim(folder: &Path, account: &Account) -> Result<(), String> {
    let plain = |error: io::Error| error.to_string();
    suits_postgres(folder)?;
    let parent = folder.parent().ok_or("it has no parent")?;
    fs::create_dir_all(parent).map_err(plain)?;
    if !account.can("-x", parent) {
        return Err("the user who runs PostgreSQL can not reach it".to_owned());
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.to_string()),
        _ => {}
    }
    // In a folder that everybody may write to, somebody else may have made it, or a link of its name, before us.
    let found = fs::symlink_metadata(folder).map_err(plain)?;
    if !found.is_dir() || ![account.own_uid, account.uid].contains(&found.uid()) {
        return Err("it belongs to another user".to_owned());
    }
    account.own(folder).map_err(plain)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(plain)?;
    let private = fs::metadata(folder).is_ok_and(|found| found.mode() & 0o077 == 0);
    if private && account.can("-w", folder) { Ok(()) } else { Err("it can not be made private".to_owned()) }
}

/// Refuses what a socket address can not hold, and what `pg_ctl` or the settings file would misread.
fn suits_postgres(folder: &Path) -> Result<(), String> {
    let name = folder.to_str().ok_or("its name is not UTF-8")?;
    if name.len() + "/.s.PGSQL.5432".len() > LONGEST_SOCKET_PATH {
        return Err("its name is too long for the address of a socket".to_owned());
    }
    if name.contains(['"', '\'', '\\', '$', '`']) || name.contains(char::is_control) {
        return Err("its name has a character that PostgreSQL misreads".to_owned());
    }
    Ok(())
}

/// The folder's name outside the project: one per project and user.
fn name_elsewhere(project: &Path, uid: u32) -> String {
    let digest = Sha256::digest(project.as_os_str().as_encoded_bytes());
    let key: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("mc-review-{uid}-{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_outside_the_project_is_told_apart_by_project_and_user() {
        let name = name_elsewhere(Path::new("/home/ana/mc-review"), 1000);
        assert_eq!(name, name_elsewhere(Path::new("/home/ana/mc-review"), 1000));
        assert_ne!(name, name_elsewhere(Path::new("/home/ben/mc-review"), 1000));
        assert_ne!(name, name_elsewhere(Path::new("/home/ana/mc-review"), 1001));
    }

    #[test]
    fn a_path_is_refused_where_its_socket_address_would_be_too_long() {
        let longest = format!("/{}", "x".repeat(LONGEST_SOCKET_PATH - "//.s.PGSQL.5432".len()));
        assert_eq!(suits_postgres(Path::new(&longest)), Ok(()));
        assert!(suits_postgres(Path::new(&format!("{longest}x"))).is_err());
    }

    #[test]
    fn a_path_is_refused_where_a_shell_or_a_setting_would_misread_it() {
        assert_eq!(suits_postgres(Path::new("/home/ana/my work, new/mc-review")), Ok(()));
        for name in ["/a$HOME", "/a'b", "/a\"b", "/a`b`", "/a\\b", "/a\nb"] {
            assert!(suits_postgres(Path::new(name)).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_link_in_the_place_of_the_folder_is_not_followed() {
        let account = Account::for_server().unwrap();
        let parent = std::env::temp_dir().join(format!("mc-review-link-{}", std::process::id()));
        fs::create_dir_all(parent.join("target")).unwrap();
        fs::set_permissions(&parent, fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink(parent.join("target"), parent.join("link")).unwrap();
        let answer = claim(&parent.join("link"), &account);
        fs::remove_dir_all(&parent).unwrap();
        assert_eq!(answer, Err("it belongs to another user".to_owned()));
    }
}
