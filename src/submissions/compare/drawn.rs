//! A comparison as a page and as a file.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::choice::{Chosen, Which};
use crate::corrections::Mark;
use crate::domain::clock::Moment;
use crate::domain::correction::Corrected;
use crate::domain::forms::compare::{self, Comparison, Item};
use crate::domain::role::Side;
use crate::history::Entry;
use crate::submissions::versions::Sent;
use crate::submissions::{Head, SideItem};
use crate::web::chrome::Chrome;
use crate::web::csv::Table;
use crate::web::{Result, SignedIn, html};

/// Two versions of a submission or rate side by side.
#[derive(Debug)]
pub struct Comparing {
    /// What names it above the heading.
    pub head: Head,
    /// The pages beside this one.
    pub side: Vec<SideItem>,
    /// What it is: `Submission` or `Rate`.
    pub what: &'static str,
    /// Who reads it.
    pub reader: Side,
    /// The list that it stands in: address and words.
    pub list: (String, String),
    /// The address of its page.
    pub address: String,
    /// The versions that were sent, newest first.
    pub sent: Vec<Sent>,
    /// The number of the version that the state is writing, for its own people.
    pub draft: Option<i32>,
    /// What is compared.
    pub chosen: Chosen,
    /// Whether what is equal is shown too.
    pub all: bool,
    /// What it came to.
    pub comparison: Option<Comparison>,
    /// What happened since the person looked last, where they ask for that.
    pub seen: Option<Seen>,
}

/// One side of a thing as a cell of a spreadsheet: what stands there, then what was corrected about it.
fn in_words(side: &compare::Side, mark: Option<Mark>) -> String {
    let words = side.in_words();
    mark.map_or_else(|| words.clone(), |mark| format!("{words}. {}", mark.in_words()))
}

/// What happened since somebody looked last.
#[derive(Debug)]
pub struct Seen {
    /// When they did.
    pub at: Moment,
    /// What happened, newest first.
    pub entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "versions/compare.html")]
struct ComparePage<'a> {
    chrome: Chrome,
    comparing: &'a Comparing,
    head: &'a Head,
    side: &'a [SideItem],
    /// What can be chosen on either side.
    choices: Vec<Which>,
    pair: Option<(Which, Which)>,
    comparison: Option<Comparison>,
    changes: usize,
    equal: usize,
}

impl Comparing {
    /// The page.
    ///
    /// # Errors
    /// When the template can't be drawn.
    pub fn page(&self, who: &SignedIn) -> Result<HttpResponse> {
        let choices =
            self.draft.map(Which::Draft).into_iter().chain(self.sent.iter().map(|sent| Which::Sent(sent.revision)));
        let chrome = who.chrome(format!("Compare versions – {}", self.head.key));
        let page = ComparePage {
            chrome: chrome.crumbs(
                [
                    self.list.clone(),
                    (self.address.clone(), self.head.key.clone()),
                    (format!("{}/versions", self.address), "Versions".to_owned()),
                ],
                "Compare",
            ),
            head: &self.head,
            side: &self.side,
            choices: choices.collect(),
            pair: self.chosen.pair(),
            changes: self.comparison.as_ref().map_or(0, Comparison::changes),
            equal: self.comparison.as_ref().map_or(0, Comparison::equal),
            comparison: self.shown(),
            comparing: self,
        };
        html(StatusCode::OK, &page)
    }

    /// The same as comma-separated text.
    pub fn csv(&self) -> HttpResponse {
        let mut table = Table::new(["Section", "Field", "Old", "New", "Kind"]);
        for section in self.shown().unwrap_or_default().sections {
            for item in &section.items {
                let (older, newer) = self.marks(item);
                let (older, newer) = (in_words(&item.older, older), in_words(&item.newer, newer));
                let title = section.title.as_str().into();
                table.row([title, item.title().into(), older.into(), newer.into(), item.kind.label().into()]);
            }
        }
        let pair = self.chosen.pair();
        let versions = pair.map_or_else(String::new, |(older, newer)| format!("-{}-{}", older.value(), newer.value()));
        table.answer(&format!("{}-versions{versions}.csv", self.head.key))
    }

    fn shown(&self) -> Option<Comparison> {
        let comparison = self.comparison.clone();
        if self.all { comparison } else { comparison.map(Comparison::without_equals) }
    }

    fn page_of(&self, older: &Which, newer: &Which) -> String {
        self.address_of("", older, newer, self.all)
    }

    fn page_with(&self, older: &Which, newer: &Which, all: bool) -> String {
        self.address_of("", older, newer, all)
    }

    fn file_of(&self, older: &Which, newer: &Which) -> String {
        self.address_of(".csv", older, newer, self.all)
    }

    /// The address of a comparison, as a page (`""`) or as a file (`.csv`).
    fn address_of(&self, form: &str, older: &Which, newer: &Which, all: bool) -> String {
        let show = if all { "&show=all" } else { "" };
        format!("{}/compare{form}?from={}&to={}{show}", self.address, older.value(), newer.value())
    }

    /// When a version was sent.
    fn sent_at(&self, which: &Which) -> Option<Moment> {
        self.of(*which).map(|sent| sent.at)
    }

    /// What the state said of the changes that led to a version.
    fn summary(&self, which: &Which) -> Option<&str> {
        self.of(*which).and_then(|sent| sent.summary.as_deref())
    }

    fn of(&self, which: Which) -> Option<&Sent> {
        self.sent.iter().find(|sent| which == Which::Sent(sent.revision))
    }

    /// What was corrected about a thing in either version.
    fn marks(&self, item: &Item) -> (Option<Mark>, Option<Mark>) {
        let mark = |corrected: &Option<Corrected>| corrected.as_ref().map(|it| Mark::beside(self.reader, it));
        (mark(&item.corrected.0), mark(&item.corrected.1))
    }

    fn is_since(&self) -> bool {
        matches!(self.chosen, Chosen::Since(..) | Chosen::Same(..))
    }
}
