//! Finding PostgreSQL's programs on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{OLDEST_MAJOR, PrivateClusterError};

/// Where systems put PostgreSQL's programs; a star stands for any one folder.
const USUAL_PLACES: [&str; 9] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/opt/local/lib/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// One installed PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    folder: PathBuf,
    major: u32,
}

impl Programs {
    /// The version that made the cluster in the folder; for a new cluster the one on PATH, else the newest.
    pub(super) fn find(cluster: &Path) -> Result<Self, PrivateClusterError> {
        let made_by =
            fs::read_to_string(cluster.join("data/PG_VERSION")).ok().and_then(|text| text.trim().parse().ok());
        let installed = installed();
        if installed.is_empty() {
            return Err(PrivateClusterError::NotInstalled);
        }
        let found = match made_by {
            Some(major) => installed.into_iter().find(|programs| programs.major == major).ok_or(major),
            None => installed.into_iter().next().ok_or(OLDEST_MAJOR),
        };
        found.map_err(|major| PrivateClusterError::OtherVersion { folder: cluster.to_owned(), major })
    }

    /// The folder that has them all.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// One program, by name.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn in_folder(folder: PathBuf) -> Option<Self> {
        if !["initdb", "pg_ctl"].iter().all(|name| folder.join(name).is_file()) {
            return None;
        }
        let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        let major = major_version(&String::from_utf8(output.stdout).ok()?)?;
        (major >= OLDEST_MAJOR).then_some(Self { folder, major })
    }
}

/// What PATH has, in its order, then what the usual places have, newest first.
fn installed() -> Vec<Programs> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // A link on PATH leads to the folder that has the other programs as well.
    let on_path = std::env::split_paths(&path).filter_map(|folder| {
        let initdb = folder.join("initdb").canonicalize().ok()?;
        Programs::in_folder(initdb.parent()?.to_owned())
    });
    let mut usual: Vec<_> =
        USUAL_PLACES.iter().flat_map(|place| expand(place)).filter_map(Programs::in_folder).collect();
    usual.sort_by_key(|programs| std::cmp::Reverse(programs.major));
    on_path.chain(usual).collect()
}

/// The folders that a path with at most one star in it stands for.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![PathBuf::from(pattern)] };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(format!("{parent}/")) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.starts_with(prefix)).map(|name| PathBuf::from(format!("{parent}/{name}{after}"))).collect()
}

/// The major version in what `postgres --version` prints, as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_version(text: &str) -> Option<u32> {
    let number = text.split_once("(PostgreSQL)")?.1.trim_start();
    number.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_releases_and_previews() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_version("postgres: command not found"), None);
    }

    #[test]
    fn a_star_stands_for_every_folder_that_fits() {
        let root = std::env::temp_dir().join(format!("mc-review-places-{}", std::process::id()));
        for folder in ["pgsql-15/bin", "pgsql-16/bin", "other/bin"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let mut found = expand(&format!("{}/pgsql-*/bin", root.display()));
        found.sort();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, [root.join("pgsql-15/bin"), root.join("pgsql-16/bin")]);
        assert_eq!(expand("/nowhere/at/all-*/bin"), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_cluster_of_a_version_that_is_not_here_is_named() {
        let cluster = std::env::temp_dir().join(format!("mc-review-version-{}", std::process::id()));
        fs::create_dir_all(cluster.join("data")).unwrap();
        fs::write(cluster.join("data/PG_VERSION"), "9\n").unwrap();
        let answer = Programs::find(&cluster);
        fs::remove_dir_all(&cluster).unwrap();
        assert!(matches!(answer, Err(PrivateClusterError::OtherVersion { major: 9, .. })), "{answer:?}");
    }
}
