//! The table of limits: how much one person, one network, or everybody together may ask for, and why.

use std::time::Duration;

use crate::web::places::AtOnce;

/// The limits.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Requests of a network from which nobody is signed in.
    pub anonymous: Rate,
    /// Attempts to sign in from a network.
    pub sign_ins: Rate,
    /// Requests of an account.
    pub requests: Rate,
    /// Searches for words in a list.
    pub searches: Rate,
    /// Forms that are sent.
    pub posts: Rate,
    /// Exports of lists.
    pub exports: Rate,
    /// Archives: all documents of a version, case files.
    pub archives: Rate,
    /// What is uploaded, in MiB.
    pub uploads: Rate,
    /// Exports on their way.
    pub exports_at_once: AtOnce,
    /// Archives on their way.
    pub archives_at_once: AtOnce,
    /// Single documents on their way.
    pub downloads_at_once: AtOnce,
    /// Forms with files on their way here.
    pub uploads_at_once: AtOnce,
    /// Forms without files that are being carried out.
    pub posts_at_once: AtOnce,
    /// Open pages that listen.
    pub streams_at_once: AtOnce,
    /// How long a reader may take nothing of what is sent before its connection is cut.
    pub silence: Duration,
}

/// The limits that hold.
pub const STANDARD: Table = Table {
    // An office behind one address begins its day at the same minute; each of its people takes two or three pages.
    anonymous: Rate {
        number: 10,
        every: SECOND,
        burst: 200,
        refused: "More pages are asked for from your network than we answer at a time.",
    },
    // The same office signs in; nobody who guesses gets far.
    sign_ins: Rate {
        number: 10,
        every: MINUTE,
        burst: 60,
        refused: "There were too many attempts to sign in from your network.",
    },
    // Pages that are open ask by themselves, each every few seconds at most, and a browser opens many tabs at once.
    requests: Rate {
        number: 20,
        every: SECOND,
        burst: 300,
        refused: "Your account asks for more pages than we answer at a time.",
    },
    // A person who types and looks; a search is the dearest page there is.
    searches: Rate {
        number: 5,
        every: SECOND,
        burst: 20,
        refused: "You searched more often than we can look at a time.",
    },
    // A draft is saved every three seconds at most, fifty files go up one a request, and a few tabs do so at once.
    posts: Rate {
        number: 2,
        every: SECOND,
        burst: 120,
        refused: "Your account sends more forms than we take at a time.",
    },
    // Each is written into the history of the account; one every other minute is more than anybody reads.
    exports: Rate { number: 30, every: HOUR, burst: 30, refused: "An account can export 30 lists in an hour." },
    // A case file reads all of a submission; somebody who collects them takes one after the other.
    archives: Rate {
        number: 30,
        every: MINUTE,
        burst: 30,
        refused: "An account can download 30 archives in a minute.",
    },
    // Four requests of the largest size; an ordinary submission has some ten MiB.
    uploads: Rate { number: 2048, every: HOUR, burst: 2048, refused: "An account can upload 2 GiB in an hour." },
    // One list in both formats. Each holds a file on disk, and a connection for the seconds in which it is read.
    exports_at_once: AtOnce {
        each: 2,
        all: 32,
        refused: "Two of your exports are still on their way. Wait until one has arrived.",
        full: "Many people are exporting lists.",
    },
    // Each holds a file of the store open, or a connection to the bucket.
    archives_at_once: AtOnce {
        each: 3,
        all: 32,
        refused: "Three of your archives are still on their way. Wait until one has arrived.",
        full: "Many people are downloading archives.",
    },
    // The same, of which browsers open several at once.
    downloads_at_once: AtOnce {
        each: 20,
        all: 512,
        refused: "Twenty of your downloads are still on their way. Wait until one has arrived.",
        full: "Many people are downloading documents.",
    },
    // Each holds up to ten MiB until the file store has them. A form sends its files one after the other.
    uploads_at_once: AtOnce {
        each: 4,
        all: 64,
        refused: "Four of your uploads are still on their way. Wait until one has arrived.",
        full: "Many people are uploading files.",
    },
    // A browser has six connections at most. Each of these may have to wait for a row, and keeps a connection while it does.
    posts_at_once: AtOnce {
        each: 6,
        all: 1_000,
        refused: "Six of your forms are still on their way.",
        full: "Many forms are on their way.",
    },
    // Only a page that is looked at listens; a page without a stream asks every minute.
    streams_at_once: AtOnce {
        each: 20,
        all: 10_000,
        refused: "Twenty of your pages listen already.",
        full: "Many pages listen.",
    },
    silence: MINUTE,
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// How often something may be done: `burst` at once after a rest, and later as often as `number` in a period.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// So often.
    pub number: u32,
    /// In this time.
    pub every: Duration,
    /// So often at once.
    pub burst: u32,
    /// What is said to whoever does it more often.
    pub refused: &'static str,
}

impl Table {
    /// Limits that no test meets which does not mean to, nor anybody who measures.
    pub fn generous() -> Self {
        let mut table = STANDARD;
        let Self { anonymous, sign_ins, requests, searches, posts, exports, archives, uploads, .. } = &mut table;
        for rate in [anonymous, sign_ins, requests, searches, posts, exports, archives, uploads] {
            (rate.number, rate.every, rate.burst) = (1_000_000, SECOND, 1_000_000);
        }
        let Self { exports_at_once, archives_at_once, downloads_at_once, .. } = &mut table;
        for places in [exports_at_once, archives_at_once, downloads_at_once] {
            (places.each, places.all) = (10_000, 10_000);
        }
        let Self { uploads_at_once, posts_at_once, streams_at_once, .. } = &mut table;
        for places in [uploads_at_once, posts_at_once, streams_at_once] {
            (places.each, places.all) = (10_000, 10_000);
        }
        table
    }
}
