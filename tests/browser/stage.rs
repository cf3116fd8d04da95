//! A test with its world and its windows: what they showed is kept when the test fails, and they are closed either way.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;
use std::sync::Mutex;

use futures_util::FutureExt;

use crate::driver::Driver;
use crate::support::World;
use crate::window::Window;

/// Where pictures of failed tests are put.
const PICTURES: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/browser");

/// A world, and the windows opened on it.
pub struct Stage {
    /// The running product.
    pub world: World,
    windows: Mutex<Vec<Window>>,
}

/// Runs a test on a stage of its own.
pub async fn play(test: impl AsyncFnOnce(&Stage)) {
    Driver::get();
    let stage = Stage { world: World::start().await, windows: Mutex::default() };
    let mut outcome = AssertUnwindSafe(test(&stage)).catch_unwind().await;
    if outcome.is_ok() {
        outcome = AssertUnwindSafe(stage.complaints()).catch_unwind().await;
    }
    let test = std::thread::current().name().unwrap_or("test").replace("::", ".");
    for window in stage.windows() {
        if outcome.is_err() {
            window.picture(Path::new(PICTURES), &test).await;
        }
        window.close().await;
    }
    if let Err(failure) = outcome {
        resume_unwind(failure);
    }
}

impl Stage {
    /// A window in which nobody is signed in, of a browser with or without scripts.
    pub async fn window(&self, scripts: bool) -> Window {
        let client = Driver::get().browser(scripts).await;
        let mut windows = self.windows.lock().expect("nobody failed with it");
        let window = Window::new(client, &self.world.address, windows.len() + 1, scripts);
        windows.push(window.clone());
        window
    }

    /// Waits until so many rows are counted.
    pub async fn counts(&self, sql: &'static str, expected: i64) {
        let mut counted = self.world.count(sql).await;
        for _ in 0..300 {
            if counted == expected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            counted = self.world.count(sql).await;
        }
        panic!("{sql} counts {counted}, not {expected}");
    }

    fn windows(&self) -> Vec<Window> {
        self.windows.lock().expect("nobody failed with it").clone()
    }

    /// Fails with what the browsers had to complain about: broken scripts, and what the content security policy stopped.
    async fn complaints(&self) {
        for window in self.windows() {
            let complaints = window.complaints().await;
            assert!(complaints.is_empty(), "{window}: the browser complains: {complaints:#?}");
        }
    }
}
