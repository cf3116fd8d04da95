//! A form as a browser without scripts fills and sends it.

mod somehow;

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::multipart::{Form as Multipart, Part};
use scraper::{ElementRef, Html};

use super::browser::Browser;
use super::page::{Page, selector, words};

/// A form of a page, with what stands in it. Setting what the page does not offer fails, as it would for a person;
/// [`Form::tamper`] and [`Form::without`] are for those who do not keep to the page.
#[derive(Clone)]
pub struct Form {
    browser: Browser,
    action: String,
    htmx_action: Option<String>,
    method: Method,
    multipart: bool,
    fields: Vec<Field>,
    buttons: Vec<Button>,
    extra: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    value: String,
    kind: Kind,
    /// Whether it is sent as it stands: text always, a box or radio when ticked.
    on: bool,
    /// What a select offers.
    offered: Vec<String>,
    files: Vec<(String, Vec<u8>, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Area,
    Hidden,
    Box,
    Radio,
    Select,
    File,
}

#[derive(Clone, Debug)]
struct Button {
    label: String,
    name: Option<String>,
    value: String,
    action: Option<String>,
    method: Option<Method>,
    htmx_action: Option<String>,
}

impl Form {
    /// The form of a page that is posted to an address, or has a button with these words (or, if it is the only one,
    /// with these among its words).
    #[track_caller]
    pub fn find(browser: &Browser, html: &Html, path: &str, wanted: &str) -> Self {
        let forms = Self::all(browser, html, path);
        let exactly = |form: &&Self| form.action == wanted || form.buttons.iter().any(|button| button.label == wanted);
        if let Some(form) = forms.iter().find(exactly) {
            return form.clone();
        }
        let near: Vec<&Self> =
            forms.iter().filter(|form| form.buttons.iter().any(|button| button.label.contains(wanted))).collect();
        let seen: Vec<_> = forms
            .iter()
            .map(|form| (&form.action, form.buttons.iter().map(|button| &button.label).collect::<Vec<_>>()))
            .collect();
        assert_eq!(near.len(), 1, "{path} has {} forms with {wanted}: {seen:?}", near.len());
        near[0].clone()
    }

    /// All forms of a page.
    pub fn all(browser: &Browser, html: &Html, path: &str) -> Vec<Self> {
        html.select(&selector("form")).map(|form| Self::read(browser, html, path, form)).collect()
    }

    fn read(browser: &Browser, html: &Html, path: &str, form: ElementRef<'_>) -> Self {
        let id = form.attr("id");
        let controls = selector("input, select, textarea, button");
        let mine = |control: &ElementRef<'_>| match control.attr("form") {
            Some(owner) => Some(owner) == id,
            None => control.ancestors().any(|ancestor| ancestor.id() == form.id()),
        };
        let owned: Vec<_> = html.select(&controls).filter(mine).filter(|control| !disabled(*control)).collect();
        Self {
            browser: browser.clone(),
            action: form.attr("action").filter(|action| !action.is_empty()).unwrap_or(path).to_owned(),
            htmx_action: form.attr("data-hx-post").map(str::to_owned),
            method: if form.attr("method") == Some("post") { Method::POST } else { Method::GET },
            multipart: form.attr("enctype") == Some("multipart/form-data"),
            fields: owned.iter().filter_map(|control| Field::read(*control)).collect(),
            buttons: owned.iter().filter_map(|control| Button::read(*control)).collect(),
            extra: Vec::new(),
        }
    }

    /// The address it is sent to.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The words on its buttons.
    pub fn buttons(&self) -> Vec<&str> {
        self.buttons.iter().map(|button| button.label.as_str()).collect()
    }

    /// The names of its fields, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.fields.iter().map(|field| field.name.as_str()).collect();
        names.dedup();
        names
    }

    /// What a field would send; empty when it sends nothing.
    pub fn value(&self, name: &str) -> String {
        self.values(name).into_iter().next().unwrap_or_default()
    }

    /// Everything that fields of this name would send.
    pub fn values(&self, name: &str) -> Vec<String> {
        self.fields.iter().filter(|field| field.name == name && field.on).map(|field| field.value.clone()).collect()
    }

    /// What can be chosen in a field.
    pub fn offered(&self, name: &str) -> Vec<String> {
        let named = self.fields.iter().filter(|field| field.name == name);
        named
            .flat_map(
                |field| if field.kind == Kind::Select { field.offered.clone() } else { vec![field.value.clone()] },
            )
            .collect()
    }

    /// Types into a text field, or chooses in a select or a group of radios.
    #[track_caller]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        let names = self.names().join(", ");
        let mut found = false;
        for field in self.fields.iter_mut().filter(|field| field.name == name) {
            match field.kind {
                Kind::Radio => {
                    field.on = field.value == value;
                    found |= field.on;
                }
                Kind::Select if field.offered.iter().any(|offered| offered == value) => {
                    (field.value, field.on, found) = (value.to_owned(), true, true);
                }
                Kind::Text | Kind::Area if !found => (field.value, found) = (value.to_owned(), true),
                _ => {}
            }
        }
        assert!(found, "{} has no field {name} that takes {value:?}; it has {names}", self.action);
        self
    }

    /// Ticks a box.
    #[track_caller]
    pub fn tick(self, name: &str, value: &str) -> Self {
        self.turn(name, value, true)
    }

    /// Takes the tick from a box.
    #[track_caller]
    pub fn untick(self, name: &str, value: &str) -> Self {
        self.turn(name, value, false)
    }

    #[track_caller]
    fn turn(mut self, name: &str, value: &str, on: bool) -> Self {
        let offered = self.offered(name);
        let is_it = |field: &&mut Field| field.kind == Kind::Box && field.name == name && field.value == value;
        let Some(field) = self.fields.iter_mut().find(is_it) else {
            panic!("{} has no box {name} with {value}; it has {offered:?}", self.action);
        };
        field.on = on;
        self
    }

    /// Chooses a file.
    #[track_caller]
    pub fn attach(mut self, name: &str, file_name: &str, content: impl Into<Vec<u8>>, media_type: &str) -> Self {
        let is_it = |field: &&mut Field| field.kind == Kind::File && field.name == name;
        let Some(field) = self.fields.iter_mut().find(is_it) else {
            panic!("{} takes no file as {name}", self.action);
        };
        field.files.push((file_name.to_owned(), content.into(), media_type.to_owned()));
        self
    }

    /// Puts in what the page would not: another value of a hidden field, or a field that is not there.
    #[must_use]
    pub fn tamper(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        let (name, value) = (name.to_owned(), value.to_owned());
        self.fields.push(Field { name, value, kind: Kind::Hidden, on: true, offered: Vec::new(), files: Vec::new() });
        self
    }

    /// Leaves a field out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|field| field.name != name);
        self
    }

    /// Sends a further header with it.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("the value can be a header");
        self.extra.push((HeaderName::from_static(name), value));
        self
    }

    /// Presses a button.
    #[track_caller]
    pub fn press(&self, label: &str) -> impl Future<Output = Page> {
        self.send(Some(self.button(label)), false)
    }

    /// Presses a button, with htmx at work.
    #[track_caller]
    pub fn press_htmx(&self, label: &str) -> impl Future<Output = Page> {
        self.send(Some(self.button(label)), true)
    }

    /// What the Enter key does: as pressing the first button.
    pub fn submit(&self) -> impl Future<Output = Page> {
        self.send(self.buttons.first().cloned(), false)
    }

    #[track_caller]
    fn button(&self, label: &str) -> Button {
        let near: Vec<_> = self.buttons.iter().filter(|button| button.label.contains(label)).collect();
        let exact = self.buttons.iter().find(|button| button.label == label);
        let found = exact.or((near.len() == 1).then(|| near[0]));
        found.unwrap_or_else(|| panic!("{} has no button {label}: {:?}", self.action, self.buttons())).clone()
    }

    fn send(&self, button: Option<Button>, htmx: bool) -> impl Future<Output = Page> + use<> {
        let form = self.clone();
        async move {
            let button = button.as_ref();
            let plain = button.and_then(|button| button.action.as_ref()).unwrap_or(&form.action);
            let by_htmx = button.and_then(|button| button.htmx_action.as_ref()).or(form.htmx_action.as_ref());
            let action = if htmx { by_htmx.unwrap_or(plain) } else { plain };
            let method = button.and_then(|button| button.method.as_ref()).unwrap_or(&form.method);
            let pairs = form.pairs(button);
            let mut request = match (method, form.multipart) {
                (&Method::GET, _) => {
                    let url =
                        reqwest::Url::parse_with_params(&format!("http://x{action}"), &pairs).expect("an address");
                    form.browser.request(Method::GET, &format!("{}?{}", url.path(), url.query().unwrap_or_default()))
                }
                (_, false) => form.browser.request(Method::POST, action).form(&pairs),
                (_, true) => form.browser.request(Method::POST, action).multipart(form.parts(button)),
            };
            if *method == Method::POST && !form.extra.iter().any(|(name, _)| name == "origin") {
                request = request.header("origin", form.browser.address());
            }
            if !form.extra.iter().any(|(name, _)| name == "sec-fetch-site") {
                request = request.header("sec-fetch-site", "same-origin");
            }
            if htmx {
                request = request.header("hx-request", "true");
            }
            for (name, value) in &form.extra {
                request = request.header(name, value);
            }
            form.browser.send(request).await
        }
    }

    /// Names and values in the order of the page, the pressed button last.
    fn pairs(&self, button: Option<&Button>) -> Vec<(String, String)> {
        let own = self.fields.iter().filter(|field| field.on).flat_map(Field::pairs);
        own.chain(button.and_then(Button::pair)).collect()
    }

    fn parts(&self, button: Option<&Button>) -> Multipart {
        let mut parts = Multipart::new();
        for field in self.fields.iter().filter(|field| field.on) {
            if field.kind == Kind::File {
                let none = [(String::new(), Vec::new(), "application/octet-stream".to_owned())];
                let files = if field.files.is_empty() { none.to_vec() } else { field.files.clone() };
                for (file_name, content, media_type) in files {
                    let part = Part::bytes(content).file_name(file_name).mime_str(&media_type).expect("a media type");
                    parts = parts.part(field.name.clone(), part);
                }
            } else {
                for (name, value) in field.pairs() {
                    parts = parts.text(name, value);
                }
            }
        }
        button.and_then(Button::pair).into_iter().fold(parts, |parts, (name, value)| parts.text(name, value))
    }
}

impl Field {
    fn read(control: ElementRef<'_>) -> Option<Self> {
        let name = control.attr("name").filter(|name| !name.is_empty())?.to_owned();
        let attribute = |name| control.attr(name).map(str::to_owned);
        let (kind, value, on) = match (control.value().name(), control.attr("type").unwrap_or("text")) {
            ("button", _) | ("input", "submit" | "button" | "image" | "reset") => return None,
            ("textarea", _) => (Kind::Area, control.text().collect(), true),
            ("select", _) => (Kind::Select, String::new(), true),
            (_, "checkbox") => {
                (Kind::Box, attribute("value").unwrap_or("on".to_owned()), control.attr("checked").is_some())
            }
            (_, "radio") => {
                (Kind::Radio, attribute("value").unwrap_or("on".to_owned()), control.attr("checked").is_some())
            }
            (_, "hidden") => (Kind::Hidden, attribute("value").unwrap_or_default(), true),
            (_, "file") => (Kind::File, String::new(), true),
            _ => (Kind::Text, attribute("value").unwrap_or_default(), true),
        };
        let mut field = Self { name, value, kind, on, offered: Vec::new(), files: Vec::new() };
        if kind == Kind::Select {
            let options: Vec<_> =
                control.select(&selector("option")).filter(|option| option.attr("disabled").is_none()).collect();
            let value = |option: &ElementRef<'_>| option.attr("value").map_or_else(|| words(*option), str::to_owned);
            let chosen = options.iter().find(|option| option.attr("selected").is_some()).or(options.first());
            field.value = chosen.map(value).unwrap_or_default();
            field.offered = options.iter().map(value).collect();
        }
        Some(field)
    }

    fn pairs(&self) -> Vec<(String, String)> {
        match self.kind {
            // Where files can't go along, a browser sends their names.
            Kind::File if self.files.is_empty() => vec![(self.name.clone(), String::new())],
            Kind::File => self.files.iter().map(|(file_name, ..)| (self.name.clone(), file_name.clone())).collect(),
            Kind::Area => vec![(self.name.clone(), self.value.replace("\r\n", "\n").replace('\n', "\r\n"))],
            _ => vec![(self.name.clone(), self.value.clone())],
        }
    }
}

impl Button {
    fn read(control: ElementRef<'_>) -> Option<Self> {
        let submits = match control.value().name() {
            "button" => matches!(control.attr("type"), None | Some("submit")),
            "input" => control.attr("type") == Some("submit"),
            _ => false,
        };
        let label = if control.value().name() == "input" {
            control.attr("value").unwrap_or_default().to_owned()
        } else {
            words(control)
        };
        submits.then(|| Self {
            label,
            name: control.attr("name").map(str::to_owned),
            value: control.attr("value").unwrap_or_default().to_owned(),
            action: control.attr("formaction").map(str::to_owned),
            method: (control.attr("formmethod") == Some("post")).then_some(Method::POST),
            htmx_action: control.attr("data-hx-post").map(str::to_owned),
        })
    }

    fn pair(&self) -> Option<(String, String)> {
        self.name.clone().map(|name| (name, self.value.clone()))
    }
}

fn disabled(control: ElementRef<'_>) -> bool {
    control.attr("disabled").is_some()
        || control
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|ancestor| ancestor.value().name() == "fieldset" && ancestor.attr("disabled").is_some())
}
