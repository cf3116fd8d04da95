//! Pages whose list has parts, each behind a tab: what their addresses ask for, which is tab, filters, order and page. An
//! address is never silently wider than asked.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use super::address;
use super::list::{Header, MOST_OF_QUERY, too_long};
use super::paging::{Cursor, NO_SUCH_PAGE, Page, Position};

/// One of a few values, as addresses have them.
pub trait OneOf: Copy + Debug + Eq + 'static {
    /// All of them, in order.
    const ALL: &'static [Self];

    /// As addresses have it.
    fn as_str(self) -> &'static str;

    /// The one that an address names.
    fn named(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == text)
    }
}

/// A part of a page.
pub trait Titled: OneOf + Default {
    /// In words.
    fn label(self) -> &'static str;
}

/// The filters of a page.
pub trait Filtering: Clone + Debug + Default + Eq {
    /// What there is to filter by.
    type Choices;

    /// Adds what an address has; what there is not is put among the unknown. A blank is what an untouched select sends.
    fn add(&mut self, name: &str, value: &str, choices: &Self::Choices, unknown: &mut Vec<String>);

    /// Puts the values in order, so that the same filters have the same address.
    fn settle(&mut self);

    /// As the address has them.
    fn pairs(&self) -> Vec<(&'static str, String)>;
}

/// A page with tabs.
pub trait Tabbed: Copy + Debug + Default + Eq + 'static {
    /// Where it is.
    const PATH: &'static str;
    /// Its parts; the first is that of a bare address.
    type Tab: Titled;
    /// Its filters.
    type Filters: Filtering;
    /// What it can be sorted by; without that, each tab has an order of its own.
    type Sort: OneOf;
    /// The place of a row in an order, beside the number that it is sorted by first.
    type Place: Clone + Debug + Display + Eq + FromStr;

    /// The filters that stay when another tab is opened: all, unless that does not have them.
    fn kept(_tab: Self::Tab, filters: &Self::Filters) -> Self::Filters {
        filters.clone()
    }

    /// Takes from what is asked for what its tab does not have, and says what that was.
    fn narrow(_asked: &mut Address<Self>) -> Vec<String> {
        Vec::new()
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address<P: Tabbed> {
    /// The tab.
    pub tab: P::Tab,
    /// The filters, which stay between tabs.
    pub filters: P::Filters,
    /// The column sorted by.
    pub sort: Option<P::Sort>,
    /// Which page.
    pub position: Position<P::Place>,
}

impl<P: Tabbed> Default for Address<P> {
    fn default() -> Self {
        let (tab, filters) = (P::Tab::default(), P::Filters::default());
        Self { tab, filters, sort: None, position: Position::First }
    }
}

/// The address asks for something that the page does not have.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal<P: Tabbed> {
    /// What it does not have.
    pub unknown: Vec<String>,
    /// The same without it.
    pub without: Address<P>,
}

/// A tab as it is drawn.
#[derive(Debug)]
pub struct TabLink {
    /// Its words.
    pub label: &'static str,
    /// How many rows it has.
    pub count: Option<i64>,
    /// Its address.
    pub href: String,
    /// Whether it is the one that is shown.
    pub current: bool,
}

impl<P: Tabbed> Address<P> {
    /// Reads the query of an address.
    ///
    /// # Errors
    /// When it asks for something that the page does not have.
    pub fn read(raw: &str, choices: &<P::Filters as Filtering>::Choices) -> Result<Self, Box<Refusal<P>>> {
        let mut asked = Self::default();
        let mut unknown = Vec::new();
        if raw.len() > MOST_OF_QUERY {
            return Err(Box::new(Refusal { unknown: vec![too_long()], without: asked }));
        }
        let pairs: Vec<(String, String)> = serde_html_form::from_str(raw).unwrap_or_default();
        for (name, value) in &pairs {
            match name.as_str() {
                "tab" => match P::Tab::named(value) {
                    Some(tab) => asked.tab = tab,
                    None => unknown.push(format!("tab “{value}”")),
                },
                "sort" => match P::Sort::named(value) {
                    Some(sort) => asked.sort = Some(sort),
                    None if value.is_empty() => {}
                    None => unknown.push(format!("sort order “{value}”")),
                },
                "after" | "before" => match (value.parse::<Cursor<P::Place>>(), asked.position.cursor()) {
                    (Ok(cursor @ Cursor { value: Some(_), .. }), None) if name == "after" => {
                        asked.position = Position::After(cursor);
                    }
                    (Ok(cursor @ Cursor { value: Some(_), .. }), None) => asked.position = Position::Before(cursor),
                    _ => unknown.push(NO_SUCH_PAGE.to_owned()),
                },
                _ => asked.filters.add(name, value, choices, &mut unknown),
            }
        }
        asked.filters.settle();
        unknown.extend(P::narrow(&mut asked));
        if unknown.is_empty() {
            return Ok(asked);
        }
        Err(Box::new(Refusal { unknown, without: asked.at_the_beginning() }))
    }

    /// The address that asks for this.
    pub fn href(&self) -> String {
        self.below("")
    }

    /// The address of something below the page that asks for the same, as `.csv`.
    pub fn below(&self, what: &str) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        if self.tab != P::Tab::default() {
            pairs.push(("tab", self.tab.as_str().to_owned()));
        }
        pairs.extend(self.filters.pairs());
        if let Some(sort) = self.sort {
            pairs.push(("sort", sort.as_str().to_owned()));
        }
        pairs.extend(self.position.pair());
        let (path, query) = (P::PATH, address::query(&pairs));
        if query.is_empty() { format!("{path}{what}") } else { format!("{path}{what}?{query}") }
    }

    /// The same on another page.
    #[must_use]
    pub fn at(&self, position: Position<P::Place>) -> Self {
        Self { position, ..self.clone() }
    }

    /// The same from the first page.
    #[must_use]
    pub fn at_the_beginning(&self) -> Self {
        self.at(Position::First)
    }

    /// Another tab under the same filters, in its own order.
    #[must_use]
    pub fn on(&self, tab: P::Tab) -> Self {
        Self { tab, filters: P::kept(tab, &self.filters), ..Self::default() }
    }

    /// The same in another order.
    #[must_use]
    pub fn sorted(&self, sort: P::Sort) -> Self {
        Self { sort: Some(sort), ..self.at_the_beginning() }
    }

    /// The same under other filters.
    #[must_use]
    pub fn under(&self, filters: P::Filters) -> Self {
        Self { filters, ..self.at_the_beginning() }
    }

    /// The ways to other pages: to the first, where this is another, to the one before and to the one after.
    pub fn neighbours<Row>(&self, page: &Page<Row, P::Place>) -> [Option<String>; 3] {
        let href = |position: &Option<Position<P::Place>>| position.clone().map(|position| self.at(position).href());
        [page.beyond_first.then(|| self.at_the_beginning().href()), href(&page.previous), href(&page.next)]
    }

    /// A tab with its number of rows, as seen from this one.
    pub fn link(&self, tab: P::Tab, count: Option<i64>) -> TabLink {
        TabLink { label: tab.label(), count, href: self.on(tab).href(), current: tab == self.tab }
    }

    /// The header of a column that is sorted by in both directions; `sort` says which, descending or not.
    pub fn header(&self, label: &'static str, sort: fn(bool) -> P::Sort, descending_at_first: bool) -> Header {
        let (ascending, descending) = (Some(sort(false)), Some(sort(true)));
        let (sorted, next) = match self.sort {
            now if now == ascending => ("ascending", sort(true)),
            now if now == descending => ("descending", sort(false)),
            _ => ("none", sort(descending_at_first)),
        };
        Header { label, sort: Some(self.sorted(next).href()), sorted }
    }
}
