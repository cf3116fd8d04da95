//! An answer of the product, read as people read it: by headings, labels, tables and messages.

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use scraper::{ElementRef, Html, Selector};

use super::browser::Browser;
use super::form::Form;
use super::well_formed;

/// An answer. Whatever is HTML has passed [`well_formed::check`].
pub struct Page {
    browser: Browser,
    /// The path and query that it answers.
    pub path: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    html: Html,
}

/// The words of an element, with single blanks, as they are read out.
pub fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A CSS selector.
pub fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("{css} is no selector: {error}"))
}

impl Page {
    /// Reads an answer to its end.
    pub async fn read(browser: Browser, answer: Response) -> Self {
        let url = answer.url();
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let (status, headers) = (answer.status(), answer.headers().clone());
        // A stream does not end by itself: its head is all that is read.
        let endless = headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        let body = if endless { Vec::new() } else { answer.bytes().await.expect("the answer comes whole").to_vec() };
        let is_html = headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let plain = !headers.contains_key("content-encoding");
        let text = if is_html && plain { String::from_utf8_lossy(&body).into_owned() } else { String::new() };
        let html = if text.contains("<!DOCTYPE") {
            Html::parse_document(&text)
        } else {
            // As htmx reads a part of a page, so that a table row alone stays one.
            Html::parse_fragment(&format!("<template>{text}</template>"))
        };
        if !text.is_empty() {
            well_formed::check(&html, &format!("{status} {path}"));
        }
        Self { browser, path, status, headers, body, html }
    }

    /// The status, such as 200.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// A header of the answer, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All headers of the answer, by name; those that are no text are left out.
    pub fn headers(&self) -> Vec<(String, String)> {
        let mut headers: Vec<(String, String)> = self
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect();
        headers.sort();
        headers
    }

    /// Where the answer sends the browser.
    #[track_caller]
    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_else(|| panic!("{} {} leads nowhere", self.status, self.path))
    }

    /// Goes where the answer sends the browser.
    #[track_caller]
    pub fn follow(&self) -> impl Future<Output = Page> {
        let (browser, location) = (self.browser.clone(), self.location().to_owned());
        async move { browser.get(&location).await }
    }

    /// The body as it came.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The words of the main heading.
    #[track_caller]
    pub fn h1(&self) -> String {
        self.text("h1")
    }

    /// The title of the window.
    #[track_caller]
    pub fn title(&self) -> String {
        self.text("title")
    }

    /// The words of the first element that a selector finds.
    #[track_caller]
    pub fn text(&self, css: &str) -> String {
        let Some(found) = self.html.select(&selector(css)).next() else {
            panic!("{} {} has no {css}:\n{}", self.status, self.path, self.reading());
        };
        words(found)
    }

    /// The words of every element that a selector finds.
    pub fn texts(&self, css: &str) -> Vec<String> {
        self.html.select(&selector(css)).map(words).collect()
    }

    /// Whether a selector finds anything.
    pub fn has(&self, css: &str) -> bool {
        self.html.select(&selector(css)).next().is_some()
    }

    /// An attribute of the first element that a selector finds.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.html.select(&selector(css)).next().and_then(|found| found.attr(name)).map(str::to_owned)
    }

    /// An attribute of every element that a selector finds and that has it.
    pub fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        let selector = selector(css);
        self.html.select(&selector).filter_map(|found| found.attr(name)).map(str::to_owned).collect()
    }

    /// What the page says, without navigation and footer.
    pub fn reading(&self) -> String {
        let main = selector("main").clone();
        self.html.select(&main).next().map_or_else(|| words(self.html.root_element()), words)
    }

    /// The words of the first link that begins so.
    pub fn link_like(&self, beginning: &str) -> Option<String> {
        self.texts("a").into_iter().find(|words| words.starts_with(beginning))
    }

    /// Where the link with these words leads; nothing when there is none.
    pub fn link(&self, label: &str) -> Option<String> {
        let links = selector("a[href]");
        let found = self.html.select(&links).find(|link| words(*link) == label);
        found.and_then(|link| link.attr("href")).map(str::to_owned)
    }

    /// The control with this label.
    #[track_caller]
    pub fn by_label(&self, label: &str) -> ElementRef<'_> {
        let labels = selector("label[for]");
        let plain = |text: String| {
            text.trim_end_matches(" Required").trim_end_matches(" Optional").trim_end_matches(['*', ' ']).to_owned()
        };
        let id = self.html.select(&labels).find(|found| plain(words(*found)) == label);
        let id = id.and_then(|found| found.attr("for"));
        let Some(id) = id else {
            panic!("{} {} has no control labelled {label}: {:?}", self.status, self.path, self.texts("label"));
        };
        let control = self.html.select(&selector("[id]")).find(|element| element.attr("id") == Some(id));
        control.unwrap_or_else(|| panic!("the label {label} is for {id}, which is not there"))
    }

    /// The form posted to this address, or with this button.
    #[track_caller]
    pub fn form(&self, action_or_button: &str) -> Form {
        Form::find(&self.browser, &self.html, &self.path, action_or_button)
    }

    /// All its forms.
    pub fn forms(&self) -> Vec<Form> {
        Form::all(&self.browser, &self.html, &self.path)
    }

    /// The buttons in the main part of the page.
    pub fn buttons(&self) -> Vec<String> {
        let scope = if self.has("main") { "main button" } else { "button" };
        self.texts(scope)
    }

    /// The message about what was done, if there is one.
    pub fn flash(&self) -> Option<String> {
        self.texts("main .usa-alert[role=status]").into_iter().next()
    }

    /// What the page says with urgency.
    #[track_caller]
    pub fn alert(&self) -> String {
        let alert = self.texts("[role=alert]").into_iter().find(|text| !text.is_empty());
        alert.unwrap_or_else(|| panic!("{} {} has no alert:\n{}", self.status, self.path, self.reading()))
    }

    /// The first status tag of the page.
    #[track_caller]
    pub fn status_tag(&self) -> String {
        self.text("main .tag")
    }

    /// The entries of the error summary, each checked to lead to a control that is marked as wrong.
    #[track_caller]
    pub fn errors(&self) -> Vec<String> {
        let entries = selector("#problems li a");
        let check = |entry: ElementRef<'_>| {
            let id = entry.attr("href").and_then(|href| href.strip_prefix('#')).expect("an entry leads to a control");
            assert!(self.html.select(&selector(&format!("[id='{id}']"))).next().is_some(), "{id} is on the page");
            words(entry)
        };
        self.html.select(&entries).map(check).collect()
    }

    /// The rows of the table with this caption (or the only table), each a list of heading and words of a cell.
    #[track_caller]
    pub fn table(&self, caption: &str) -> Vec<Row> {
        let (tables, captions) = (selector("table"), selector("caption"));
        let table = self.html.select(&tables).find(|table| {
            let text = table.select(&captions).next().map(words).unwrap_or_default();
            text.contains(caption)
        });
        let Some(table) = table else {
            panic!("{} {} has no table {caption}: {:?}", self.status, self.path, self.texts("caption"));
        };
        let headings: Vec<String> = table.select(&selector("thead th")).map(words).collect();
        let cells = selector("th, td");
        table
            .select(&selector("tbody tr"))
            .map(|row| Row(headings.iter().cloned().zip(row.select(&cells).map(words)).collect()))
            .collect()
    }

    /// The text of a definition with this term.
    #[track_caller]
    pub fn definition(&self, term: &str) -> String {
        let terms = selector("dt");
        let found = self.html.select(&terms).find(|found| words(*found) == term);
        let definition = found.and_then(|found| found.next_siblings().filter_map(ElementRef::wrap).next()).map(words);
        definition.unwrap_or_else(|| panic!("{} {} has no {term}: {:?}", self.status, self.path, self.texts("dt")))
    }
}

/// A row of a table: headings and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Vec<(String, String)>);

impl Row {
    /// The words under a heading.
    #[track_caller]
    pub fn cell(&self, heading: &str) -> &str {
        let found = self.0.iter().find(|(title, _)| title.starts_with(heading));
        found.map(|(_, text)| text.as_str()).unwrap_or_else(|| panic!("no column {heading} in {:?}", self.0))
    }
}
