//! A browser window, used as people use it: by the words on its buttons, links and labels, by the mouse or by keys.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use fantoccini::Client;
use fantoccini::actions::{InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::driver::Driver;
use crate::support::browser::spelled_out;

const FIND: &str = include_str!("window.js");
/// How a script hands over an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// What a page is given to become as it is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
/// What a script is given that looks at everything in a page.
const LONG_PATIENCE: Duration = Duration::from_secs(90);

/// A window of a browser of its own. Everything waits until the page is as far, and fails when it does not get there.
#[derive(Clone)]
pub struct Window {
    client: Client,
    address: String,
    number: usize,
    /// Whether its browser runs scripts.
    pub scripts: bool,
    /// The part of the page in which things are looked for, as a CSS selector.
    part: Option<String>,
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "window {}", self.number)
    }
}

/// What has the focus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focused {
    pub tag: String,
    pub id: String,
    /// Its label, or its words.
    pub name: String,
}

impl Window {
    pub fn new(client: Client, address: &str, number: usize, scripts: bool) -> Self {
        Self { client, address: address.to_owned(), number, scripts, part: None }
    }

    /// The same window, looked at in one part of the page only.
    pub fn within(&self, css: &str) -> Self {
        Self { part: Some(css.to_owned()), ..self.clone() }
    }

    // Going places.

    /// Opens an address of the product.
    pub async fn open(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.address)).await.unwrap_or_else(|e| panic!("{self}: {path}: {e}"));
    }

    /// Signs in by pressing a name on the sign-in page: `sam.lee` presses "Sam Lee".
    pub async fn sign_in(&self, name: &str) {
        self.open("/sign-in").await;
        self.press(&spelled_out(name)).await;
        self.until("signed in", async || (self.path().await? != "/sign-in").then_some(())).await;
    }

    /// Signs out by the account menu, and in as somebody else.
    pub async fn becomes(&self, name: &str) {
        self.press("Account menu").await;
        self.press("Sign out").await;
        self.reads("You are signed out").await;
        self.sign_in(name).await;
    }

    /// The address of the page, from its path on.
    pub async fn path(&self) -> Option<String> {
        let url = self.client.current_url().await.ok()?;
        Some(url.as_str().strip_prefix(&self.address)?.to_owned())
    }

    /// Waits until the address is this one, with or without an anchor.
    pub async fn arrives_at(&self, path: &str) {
        let here = async || self.path().await.filter(|here| here == path || here.split('#').next() == Some(path));
        self.until(&format!("at {path}"), here).await;
    }

    // Doing things.

    /// Presses the link, button or fold with these words. Words that only screen readers get may be left out.
    pub async fn press(&self, words: &str) {
        let element = self.find("return pressable(arguments[0], arguments[1])", &[words]).await;
        self.click(&element, words).await;
    }

    /// Presses it twice by the mouse, as a double click does, with time for an answer in between.
    pub async fn press_twice(&self, words: &str) {
        let element = self.find("return pressable(arguments[0], arguments[1])", &[words]).await;
        let argument = serde_json::to_value(&element).expect("an element has a name");
        let into_view = self.client.execute("arguments[0].scrollIntoView({ block: 'center' })", vec![argument]).await;
        into_view.unwrap_or_else(|error| panic!("{self}: {words}: {error}"));
        let (button, pause) = (MOUSE_BUTTON_LEFT, Duration::from_millis(150));
        let presses = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 })
            .then(PointerAction::Down { button })
            .then(PointerAction::Up { button })
            .then(PointerAction::Pause { duration: pause })
            .then(PointerAction::Down { button })
            .then(PointerAction::Up { button });
        self.client.perform_actions(presses).await.unwrap_or_else(|error| panic!("{self}: {words} twice: {error}"));
    }

    /// Presses the nth thing that a selector finds by the mouse, with or without Shift held.
    pub async fn press_nth(&self, css: &str, number: usize, shift: bool) {
        let script = "const found = [...document.querySelectorAll(arguments[1])].filter(visible)[arguments[2] - 1];
            found.scrollIntoView({ block: 'center' });
            return found";
        let element = self.find(script, &[css, &number.to_string()]).await;
        let (button, value) = (MOUSE_BUTTON_LEFT, char::from(Key::Shift));
        let press = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 })
            .then(PointerAction::Down { button })
            .then(PointerAction::Up { button });
        let held = |action| KeyActions::new("keyboard".to_owned()).then(action);
        if shift {
            self.client.perform_actions(held(KeyAction::Down { value })).await.expect("Shift goes down");
        }
        self.client.perform_actions(press).await.unwrap_or_else(|error| panic!("{self}: {css} {number}: {error}"));
        if shift {
            self.client.perform_actions(held(KeyAction::Up { value })).await.expect("Shift comes up");
        }
    }

    /// Types into the field with this label, after what is there.
    pub async fn send(&self, label: &str, text: &str) {
        let element = self.find("return labelled(arguments[0], arguments[1])", &[label]).await;
        element.send_keys(text).await.unwrap_or_else(|error| panic!("{self}: typing into {label}: {error}"));
    }

    /// Types into the field with this label, in place of what is there.
    pub async fn fill(&self, label: &str, text: &str) {
        let element = self.find("return labelled(arguments[0], arguments[1])", &[label]).await;
        let keys =
            format!("{}a{}{}{text}", char::from(Key::Control), char::from(Key::Control), char::from(Key::Delete));
        element.send_keys(&keys).await.unwrap_or_else(|error| panic!("{self}: typing into {label}: {error}"));
    }

    /// Takes a radio or check box of a group.
    pub async fn choose(&self, group: &str, words: &str) {
        let element = self.find("return choice(arguments[0], arguments[1], arguments[2])", &[group, words]).await;
        self.click(&element, words).await;
    }

    /// Presses the label of a check box that stands alone.
    pub async fn tick(&self, label: &str) {
        let element = self.find("return tickable(arguments[0], arguments[1])", &[label]).await;
        self.click(&element, label).await;
    }

    /// Takes an entry of a list that opens.
    pub async fn select(&self, label: &str, entry: &str) {
        let element = self.find("return labelled(arguments[0], arguments[1])", &[label]).await;
        let options = "return one([...labelled(arguments[0], arguments[1]).options], arguments[2], 'entry', [all])";
        self.find(options, &[label, entry]).await;
        let whole = "return one([...labelled(arguments[0], arguments[1]).options], arguments[2], 'entry', [all]).label";
        let whole = self.ask(whole, &[label, entry]).await;
        let whole = whole.as_str().expect("an entry has words");
        element.select_by_label(whole).await.unwrap_or_else(|error| panic!("{self}: {entry} of {label}: {error}"));
    }

    /// Picks a file with this content.
    pub async fn attach(&self, label: &str, name: &str, content: &[u8]) {
        self.attach_all(label, &[(name, content)]).await;
    }

    /// Picks several files at once.
    pub async fn attach_all(&self, label: &str, files: &[(&str, &[u8])]) {
        let mut paths = Vec::new();
        for (name, content) in files {
            let file = Driver::get().file(name);
            std::fs::write(&file, content).expect("the folder of the browsers takes files");
            paths.push(file.display().to_string());
        }
        let element = self.find("return labelled(arguments[0], arguments[1])", &[label]).await;
        let sent = element.send_keys(&paths.join("\n")).await;
        sent.unwrap_or_else(|error| panic!("{self}: {files:?} for {label}: {error}"));
    }

    /// Puts the focus on the field with this label, as a press on it does.
    pub async fn enter(&self, label: &str) {
        let element = self.find("return labelled(arguments[0], arguments[1])", &[label]).await;
        self.click(&element, label).await;
    }

    /// Types on the keyboard, wherever the focus is.
    pub async fn keys(&self, keys: &str) {
        let strokes = keys.chars().flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]);
        let strokes = strokes.fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        self.client.perform_actions(strokes).await.unwrap_or_else(|error| panic!("{self}: typing {keys:?}: {error}"));
    }

    /// Presses one key.
    pub async fn key(&self, key: Key) {
        self.keys(&char::from(key).to_string()).await;
    }

    /// Presses Tab until something with this name has the focus. The focus must be visible all the way.
    pub async fn tab_to(&self, name: &str) {
        let mut met = Vec::new();
        for _ in 0..120 {
            self.key(Key::Tab).await;
            let focused = self.focused().await;
            // After the last control the focus leaves the page, and comes back at its top.
            if focused.tag != "body" {
                self.sees_the_focus().await;
            }
            if focused.name == name || focused.name.starts_with(&format!("{name} ")) {
                return;
            }
            met.push(focused.name);
        }
        panic!("{self}: Tab never came to {name:?}, only to {met:?}");
    }

    // Reading.

    /// What the page says, without navigation and footer.
    pub async fn reading(&self) -> String {
        let script = "return squeezed((scope(arguments[0] || 'main') || document.body).innerText)";
        self.ask(script, &[]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page (or the part of it) says this.
    pub async fn reads(&self, words: &str) {
        let here = async || {
            self.try_ask(READING, &[])
                .await
                .is_some_and(|text| text.as_str().unwrap_or_default().contains(words))
                .then_some(())
        };
        if self.waited(here).await.is_none() {
            panic!("{self} never said {words:?}, but at {:?}: {}", self.path().await, self.reading().await);
        }
    }

    /// Waits until a selector finds something.
    pub async fn shows(&self, css: &str) {
        let script = "const found = document.querySelector(arguments[1]); return Boolean(found && visible(found))";
        let there = async || self.try_ask(script, &[css]).await.filter(|found| found == true);
        if self.waited(there).await.is_none() {
            panic!("{self} never showed {css}, but at {:?}: {}", self.path().await, self.reading().await);
        }
    }

    /// Waits until a selector finds nothing any more.
    pub async fn lacks(&self, css: &str) {
        let gone = async || (!self.has(css).await).then_some(());
        self.until(&format!("without {css}"), gone).await;
    }

    /// Whether a selector finds something now.
    pub async fn has(&self, css: &str) -> bool {
        self.ask("return document.querySelector(arguments[1]) !== null", &[css]).await == true
    }

    /// The words of what a selector finds.
    pub async fn text(&self, css: &str) -> String {
        self.shows(css).await;
        let text = self.ask("return squeezed(document.querySelector(arguments[1]).textContent)", &[css]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What stands in the field with this label.
    pub async fn value(&self, label: &str) -> String {
        let element = self.find("return labelled(arguments[0], arguments[1])", &[label]).await;
        element.prop("value").await.ok().flatten().unwrap_or_default()
    }

    /// The questions of the groups in this part of the page.
    pub async fn legends(&self) -> Vec<String> {
        let legends = self.ask("return inside(arguments[0], 'legend').map(label)", &[]).await;
        serde_json::from_value(legends).expect("each has words")
    }

    /// The title of the window.
    pub async fn title(&self) -> String {
        self.client.title().await.unwrap_or_else(|error| panic!("{self}: the title: {error}"))
    }

    /// What has the focus.
    pub async fn focused(&self) -> Focused {
        let found = self.ask("return focused()", &[]).await;
        let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
        Focused { tag: text("tag"), id: text("id"), name: text("name") }
    }

    /// Waits until the focus is on something like this.
    pub async fn focus_is(&self, what: &str, is_it: impl Fn(&Focused) -> bool) {
        let there = async || Some(self.focused().await).filter(&is_it);
        if self.waited(there).await.is_none() {
            panic!("{self}: the focus is not on {what} but on {:?}", self.focused().await);
        }
    }

    /// Waits until the focus shows; what moves into view may take a moment.
    pub async fn sees_the_focus(&self) {
        let shows = async || self.try_ask("return focusTrouble()", &[]).await.filter(|trouble| trouble == "");
        if self.waited(shows).await.is_none() {
            let trouble = self.ask("return focusTrouble()", &[]).await;
            panic!("{self}: {:?}: {trouble}", self.focused().await);
        }
    }

    /// Waits until this was announced to those who do not see it.
    pub async fn announces(&self, words: &str) {
        let script = "return document.getElementById('live').textContent.includes(arguments[1])";
        let there = async || self.try_ask(script, &[words]).await.filter(|found| found == true);
        if self.waited(there).await.is_none() {
            let live = self.ask("return document.getElementById('live').textContent", &[]).await;
            panic!("{self} never announced {words:?}; its last word is {live}");
        }
    }

    /// From now on, notes everything that is announced on this page.
    pub async fn listens(&self) {
        let listen = "const live = document.getElementById('live'); window.heard = [];
            new MutationObserver(() => { if (live.textContent) window.heard.push(live.textContent); }).observe(live, { childList: true });";
        self.run(listen).await;
    }

    /// Waits until something with these words was announced since it listens, and was not gone in a moment.
    pub async fn heard(&self, words: &str) {
        let script = "return window.heard.some((text) => text.includes(arguments[1]))";
        let there = async || self.try_ask(script, &[words]).await.filter(|found| found == true);
        if self.waited(there).await.is_none() {
            panic!("{self} never heard {words:?} but {}", self.ask("return window.heard", &[]).await);
        }
    }

    /// How wide the window is, in CSS pixels.
    pub async fn width(&self, width: u32) {
        self.client.set_window_size(width, 900).await.unwrap_or_else(|error| panic!("{self}: {width} wide: {error}"));
    }

    /// Makes the processor seem so many times slower, which Chromium can.
    pub async fn slow_down(&self, times: u32) {
        self.command("Emulation.setCPUThrottlingRate", json!({ "rate": times })).await;
    }

    /// Has the browser itself do something, by the Chrome DevTools Protocol.
    pub async fn command(&self, command: &str, parameters: Value) -> Value {
        let session = self.client.session_id().await.ok().flatten().unwrap_or_default();
        let address = format!("{}/session/{session}/goog/cdp/execute", Driver::get().address());
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        let answer = reqwest::Client::new().post(address).body(body).send().await.expect("the driver answers");
        assert!(answer.status().is_success(), "{self}: {command}: {}", answer.status());
        let text = answer.text().await.expect("the answer comes whole");
        serde_json::from_str::<Value>(&text).expect("the driver speaks JSON")["value"].clone()
    }

    // What all of this is made of.

    /// Runs a script that has the functions of `window.js`; its first argument is the part of the page.
    pub async fn ask(&self, script: &str, words: &[&str]) -> Value {
        self.try_asking(script, words).await.unwrap_or_else(|error| panic!("{self}: {script}: {error}"))
    }

    async fn try_ask(&self, script: &str, words: &[&str]) -> Option<Value> {
        self.try_asking(script, words).await.ok()
    }

    async fn try_asking(&self, script: &str, words: &[&str]) -> Result<Value, fantoccini::error::CmdError> {
        let mut arguments = vec![json!(self.part)];
        arguments.extend(words.iter().map(|word| json!(word)));
        self.client.execute(&format!("{FIND}\n{script}"), arguments).await
    }

    /// Runs a script as it stands.
    pub async fn run(&self, script: &str) {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{self}: {error}"));
    }

    /// Has a script look at the page, which takes a while, and answers with what it puts into `window.found`. A page that
    /// goes away meanwhile is not the one meant: the script looks at the one that comes.
    pub async fn looks(&self, script: &str) -> Value {
        let script = format!("window.found = null;\n{script}");
        let ask = "const found = 'found' in window ? window.found : 'not looked at';
            if (found) delete window.found;
            return found";
        let looking = async {
            loop {
                match self.try_ask(ask, &[]).await {
                    Some(Value::Null) => tokio::time::sleep(Duration::from_millis(20)).await,
                    Some(Value::String(answer)) if answer == "not looked at" => {
                        // That it fails as the page goes away is no more than that.
                        let _ = self.client.execute(&script, Vec::new()).await;
                    }
                    Some(found) => return found,
                    None => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        let found = tokio::time::timeout(LONG_PATIENCE, looking).await;
        found.unwrap_or_else(|_| panic!("{self}: what looks at the page does not come to an end"))
    }

    /// Waits for an element that a script answers with.
    async fn find(&self, script: &str, words: &[&str]) -> Element {
        let found = async || {
            let answer = self.try_ask(script, words).await?;
            answer.get(ELEMENT)?.as_str().map(str::to_owned)
        };
        let Some(id) = self.waited(found).await else {
            let why = self.ask(script, words).await;
            panic!("{self} at {:?}: {why}", self.path().await.unwrap_or_default());
        };
        Element::from_element_id(self.client.clone(), id.into())
    }

    async fn click(&self, element: &Element, words: &str) {
        element.click().await.unwrap_or_else(|error| panic!("{self}: pressing {words}: {error}"));
    }

    async fn until<T>(&self, what: &str, check: impl AsyncFn() -> Option<T>) -> T {
        let Some(found) = self.waited(check).await else {
            panic!("{self} is not {what} but at {:?}: {}", self.path().await, self.reading().await);
        };
        found
    }

    /// Asks again until there is an answer; nothing when patience ends.
    async fn waited<T>(&self, check: impl AsyncFn() -> Option<T>) -> Option<T> {
        let asking = async {
            loop {
                if let Some(found) = check().await {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        };
        tokio::time::timeout(PATIENCE, asking).await.ok()
    }

    // The end.

    /// What the browser complained about: broken scripts and stopped content. Answers such as 409 are none of it.
    pub async fn complaints(&self) -> Vec<String> {
        let session = self.client.session_id().await.ok().flatten().unwrap_or_default();
        let log = format!("{}/session/{session}/se/log", Driver::get().address());
        let answer = reqwest::Client::new().post(log).body(r#"{"type":"browser"}"#).send().await;
        let body = answer.expect("the driver answers").text().await.expect("the answer comes whole");
        let body: Value = serde_json::from_str(&body).expect("the driver speaks JSON");
        let entries = body["value"].as_array().unwrap_or_else(|| panic!("no log: {body}"));
        let complaint = |entry: &&Value| entry["level"] == "SEVERE" && entry["source"] != "network";
        entries.iter().filter(complaint).map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Keeps a picture of the window and what it read, and says where.
    pub async fn picture(&self, folder: &Path, test: &str) {
        let file = folder.join(format!("{test}-{}.png", self.number));
        if let Ok(picture) = self.client.screenshot().await
            && std::fs::create_dir_all(folder).is_ok()
            && std::fs::write(&file, picture).is_ok()
        {
            eprintln!("{self} is at {:?}; a picture of it: {}", self.path().await.unwrap_or_default(), file.display());
        }
    }

    /// Closes the browser.
    pub async fn close(self) {
        let _ = self.client.close().await;
    }
}

const READING: &str = "return squeezed((scope(arguments[0] || 'main') || document.body).innerText)";
