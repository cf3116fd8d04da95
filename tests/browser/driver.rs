//! One chromedriver for the whole test program; it ends, with every browser and file of theirs, however the program ends.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

/// Starts chromedriver, waits until our end of its standard input closes, then ends the whole group and removes the
/// folder. A browser that is still closing may hold the folder a moment longer.
const KEEPER: &str = r#"
export TMPDIR="$1"
chromedriver --port=0 --log-level=SEVERE &
read -r _
trap '' TERM
kill -TERM 0
wait
rm -rf "$1" 2>/dev/null || { sleep 2; rm -rf "$1"; }
"#;

const INSTALL: &str = "the browser tests need Chromium and its chromedriver on PATH: bin/test installs them, or on \
                       Debian `apt-get install chromium chromium-driver`";

static DRIVER: LazyLock<Result<Driver, String>> = LazyLock::new(Driver::start);

/// A running chromedriver.
pub struct Driver {
    address: String,
    folder: PathBuf,
    /// Its standard input is what the driver lives by.
    _keeper: Child,
}

impl Driver {
    /// The one of this program.
    #[track_caller]
    pub fn get() -> &'static Self {
        match &*DRIVER {
            Ok(driver) => driver,
            Err(sentence) => panic!("{sentence}"),
        }
    }

    fn start() -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("mc-review-browser-").tempdir();
        let folder = folder.map_err(|error| format!("a folder for the browsers can't be made: {error}"))?.keep();
        let mut keeper = Command::new("/bin/sh");
        keeper.args(["-c", KEEPER, "mc-review-browsers"]).arg(&folder).current_dir("/").process_group(0);
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut keeper = keeper.spawn().map_err(|error| format!("/bin/sh does not start: {error}"))?;
        let output = keeper.stdout.take().expect("its output is ours");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let Some(port) = port else {
            drop(keeper.stdin.take());
            let mut said = String::new();
            let _ = keeper.stderr.take().expect("its errors are ours").read_to_string(&mut said);
            return Err(format!("chromedriver did not start ({}): {INSTALL}", said.trim()));
        };
        // What it says from here on is of no use, but somebody has to read it.
        std::thread::spawn(move || lines.for_each(drop));
        let errors = keeper.stderr.take().expect("its errors are ours");
        std::thread::spawn(move || BufReader::new(errors).lines().map_while(Result::ok).for_each(drop));
        Ok(Self { address: format!("http://127.0.0.1:{port}"), folder, _keeper: keeper })
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A file of ours in its folder, which goes with it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Starts a browser that has never been anywhere.
    pub async fn browser(&self, scripts: bool) -> Client {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let profile = self.folder.join(format!("profile-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(&profile, scripts));
        builder
            .connect(&self.address)
            .await
            .unwrap_or_else(|error| panic!("Chromium did not start ({error}): {INSTALL}"))
    }
}

fn capabilities(profile: &Path, scripts: bool) -> Capabilities {
    let mut options = json!({
        "args": [
            "--headless",
            // Containers and continuous integration often run as root, where the sandbox can't be made.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            // A browser that talks to its driver through a pipe ends when the driver does.
            "--remote-debugging-pipe",
            "--window-size=1280,900",
            format!("--user-data-dir={}", profile.display()),
        ],
    });
    if !scripts {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    let wanted =
        json!({ "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
    wanted.as_object().expect("it is one").clone()
}
