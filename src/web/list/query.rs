//! What the address of a list asks for: filters, columns, sort, size and page. An address is never silently wider than
//! asked.

use super::filter::{Given, Told};
use super::{Choices, List, SortBy, Status, column};
use crate::domain::role::Side;
use crate::domain::text::is_blank;
use crate::search::{MOST_CHARACTERS, Words};
use crate::web::address;
use crate::web::paging::{Cursor, DEFAULT_SIZE, NO_SUCH_PAGE, Position, SIZES};

/// What is sent in the place of keys where all rows of the list are ticked, also those of other pages.
const ALL: &str = "all";

/// Its value `status` says that the statuses are those that nobody has to ask for.
pub(super) const USUAL: &str = "usual";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery<L: List> {
    /// Any of these, in order of life; none: all that the side may see.
    pub statuses: Vec<L::Status>,
    /// Whether it is a search under the statuses that nobody has to ask for: it looks in all of them, and without the search
    /// those usual ones are listed.
    pub widened: bool,
    /// Any of these, in order of codes; none: all.
    pub states: Vec<String>,
    /// The other filters.
    pub given: Given,
    /// What is searched for.
    pub words: Option<Words>,
    /// The columns shown, in order.
    pub columns: Vec<&'static str>,
    /// Whether the address names them.
    pub columns_named: bool,
    /// The column sorted by.
    pub sort: L::SortBy,
    /// Whether the highest comes first.
    pub descending: bool,
    /// The most rows on a page.
    pub size: usize,
    /// Which page.
    pub position: Position<L::Key>,
    /// Of all of these only the rows that were ticked, in order of their keys.
    pub only: Option<Vec<L::Key>>,
}

/// The address asks for something that the list does not have.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal<L: List> {
    /// What it does not have, each as in: The list has no `status “done”`.
    pub unknown: Vec<String>,
    /// The same query without them.
    pub without: ListQuery<L>,
    /// What was asked for, where nothing is wrong but ranges of days that end before they begin.
    pub crossed: Option<ListQuery<L>>,
}

impl<L: List> ListQuery<L> {
    /// Everything that the side may see, in the order and with the columns that nobody has to ask for.
    pub fn everything(side: Side, choices: &Choices) -> Self {
        Self {
            statuses: Vec::new(),
            widened: false,
            states: Vec::new(),
            given: Given::default(),
            words: None,
            columns: choices.usual_columns::<L>(side),
            columns_named: false,
            sort: L::SortBy::DEFAULT,
            descending: true,
            size: DEFAULT_SIZE,
            position: Position::First,
            only: None,
        }
    }

    /// What an address without a query shows if the person has no view of their own: to CMS what is still going on, to
    /// a state everything.
    pub fn default_of(side: Side, choices: &Choices) -> Self {
        Self { statuses: Self::usual_statuses(side), ..Self::everything(side, choices) }
    }

    /// The statuses that nobody has to ask for.
    fn usual_statuses(side: Side) -> Vec<L::Status> {
        match side {
            Side::Cms => L::going_on().to_vec(),
            Side::State => Vec::new(),
        }
    }

    /// Reads the query of an address.
    ///
    /// # Errors
    /// When it asks for something that the list does not have.
    pub fn read(raw: &str, side: Side, choices: &Choices) -> Result<Self, Box<Refusal<L>>> {
        if raw.is_empty() {
            return Ok(Self::default_of(side, choices));
        }
        let mut query = Self::everything(side, choices);
        let mut unknown = Vec::new();
        let mut columns: Vec<&str> = Vec::new();
        let mut cursor: Option<(bool, Cursor<L::Key>)> = None;
        let (mut all, mut usual) = (false, false);
        let pairs: Vec<(String, String)> = serde_html_form::from_str(raw).unwrap_or_default();
        for (name, value) in &pairs {
            let items = || value.split(',').map(str::trim).filter(|item| !item.is_empty());
            match name.as_str() {
                "status" => {
                    let others = items().filter(|item| !query.add_status(item, side));
                    unknown.extend(others.map(|item| format!("status “{item}”")));
                }
                USUAL if side == Side::Cms && value == "status" => usual = true,
                "state" if side == Side::Cms => {
                    let others = items().filter(|item| !query.add_state(item, choices));
                    unknown.extend(others.map(|item| format!("state “{item}”")));
                }
                "only" => {
                    all |= items().any(|item| item == ALL);
                    unknown.extend(query.add_only(items()));
                }
                "q" => unknown.extend(query.set_words(value)),
                // Sent by the button of a search; where it leads was looked at before.
                super::called::AT_ONCE => {}
                "cols" => columns.extend(items()),
                "sort" if query.set_sort(value, side) => {}
                "sort" => unknown.push(format!("sort order “{value}”")),
                "size" if query.set_size(value) => {}
                "size" => unknown.push(format!("page size “{value}”")),
                "after" | "before" => match value.parse() {
                    Ok(read) if cursor.is_none() => cursor = Some((name == "before", read)),
                    _ => unknown.push(NO_SUCH_PAGE.to_owned()),
                },
                _ => match query.given.add(L::filters(), side, name, items(), choices) {
                    Some(others) => unknown.extend(others),
                    None => unknown.push(format!("filter “{name}”")),
                },
            }
        }
        if all {
            query.only = None;
        }
        unknown.extend(query.set_columns(columns, side));
        query.settle();
        if usual {
            query.settle_usual(side);
        }
        unknown.extend(query.set_position(cursor, side));
        query.checked(unknown)
    }

    /// The query, if the list has all of it and each range of days begins before it ends.
    fn checked(self, mut unknown: Vec<String>) -> Result<Self, Box<Refusal<L>>> {
        let crossed = self.given.crossed(L::filters());
        if unknown.is_empty() && crossed.is_empty() {
            return Ok(self);
        }
        let only_crossed = unknown.is_empty().then(|| self.clone());
        unknown.extend(crossed.iter().map(|range| range.words.clone()));
        let mut without = self.at(Position::First);
        without.given.remove(crossed);
        Err(Box::new(Refusal { unknown, without, crossed: only_crossed }))
    }

    /// Goes on from a place; says so if the order has no such place.
    fn set_position(&mut self, cursor: Option<(bool, Cursor<L::Key>)>, side: Side) -> Option<String> {
        let (before, cursor) = cursor?;
        if !self.sort.order(side).accepts(&cursor, L::Status::NUMBER) {
            return Some(NO_SUCH_PAGE.to_owned());
        }
        self.position = if before { Position::Before(cursor) } else { Position::After(cursor) };
        None
    }

    /// Only rows of these keys; says what is none.
    fn add_only<'i>(&mut self, items: impl Iterator<Item = &'i str>) -> Vec<String> {
        let only = self.only.get_or_insert_default();
        let mut unknown = Vec::new();
        for item in items.filter(|item| *item != ALL) {
            match item.parse() {
                Ok(key) => only.push(key),
                Err(_) => unknown.push(format!("{} “{item}”", L::THING)),
            }
        }
        unknown
    }

    /// The form says that it was drawn with the usual statuses: unless others were chosen since, a search looks in all.
    fn settle_usual(&mut self, side: Side) {
        if self.statuses.is_empty() || self.is_usual(side) {
            self.widened = self.words.is_some();
            self.statuses = if self.widened { Vec::new() } else { Self::usual_statuses(side) };
        }
    }

    fn is_usual(&self, side: Side) -> bool {
        let mut usual = Self::usual_statuses(side);
        usual.sort_unstable();
        self.statuses == usual
    }

    /// Whether a form that is drawn with it is to say that the statuses are the usual ones.
    pub fn tells_usual(&self, side: Side) -> bool {
        side == Side::Cms && (self.widened || self.words.is_none() && self.is_usual(side))
    }

    /// The statuses that the form shows as chosen.
    pub fn statuses_of_form(&self, side: Side) -> Vec<L::Status> {
        if self.widened { Self::usual_statuses(side) } else { self.chosen_statuses(side).to_vec() }
    }

    fn add_status(&mut self, item: &str, side: Side) -> bool {
        if item == "any" {
            self.statuses.extend(L::visible(side));
            return true;
        }
        let found = L::visible(side).iter().find(|status| status.value() == item);
        self.statuses.extend(found);
        found.is_some()
    }

    fn add_state(&mut self, item: &str, choices: &Choices) -> bool {
        let known = choices.states.iter().any(|state| state.code == item);
        if known {
            self.states.push(item.to_owned());
        }
        known
    }

    /// Searches for what is typed; says if there is no word in it, since then nothing would be asked for, or if it is too
    /// long.
    fn set_words(&mut self, typed: &str) -> Option<String> {
        if is_blank(typed) {
            return None;
        }
        if typed.trim().chars().count() > MOST_CHARACTERS {
            return Some(format!("search of more than {MOST_CHARACTERS} characters"));
        }
        self.words = Words::parse(typed);
        self.words.is_none().then(|| format!("word in “{}”", typed.trim()))
    }

    /// Shows the columns that the address names; says which the list does not have.
    fn set_columns(&mut self, names: Vec<&str>, side: Side) -> Vec<String> {
        if names.is_empty() {
            return Vec::new();
        }
        let (columns, unknown) = column::chosen::<L>(side, names);
        (self.columns, self.columns_named) = (columns, true);
        unknown.into_iter().map(|name| format!("column “{name}”")).collect()
    }

    fn set_sort(&mut self, value: &str, side: Side) -> bool {
        let name = value.strip_prefix('-').unwrap_or(value);
        let Some(by) = column::sorts::<L>(side).into_iter().find(|by| by.name() == name) else { return false };
        (self.sort, self.descending) = (by, value.starts_with('-'));
        true
    }

    fn set_size(&mut self, value: &str) -> bool {
        let Some(size) = SIZES.into_iter().find(|size| size.to_string() == value) else { return false };
        self.size = size;
        true
    }

    /// One spelling for each set of filters: sorted, nothing twice, and all is the same as none.
    fn settle(&mut self) {
        self.statuses.sort_unstable();
        self.statuses.dedup();
        self.states.sort_unstable();
        self.states.dedup();
        self.given.settle();
        if let Some(only) = &mut self.only {
            only.sort_unstable();
            only.dedup();
        }
    }

    /// The statuses to look for.
    pub fn wanted_statuses(&self, side: Side) -> &[L::Status] {
        if self.statuses.is_empty() { L::visible(side) } else { &self.statuses }
    }

    /// The statuses filtered by.
    pub fn chosen_statuses(&self, side: Side) -> &[L::Status] {
        if self.statuses.len() == L::visible(side).len() { &[] } else { &self.statuses }
    }

    /// Whether it filters by status and state alone, which each order has an index for.
    pub fn in_lanes(&self) -> bool {
        self.given.is_empty() && self.words.is_none() && self.only.is_none()
    }

    /// Whether a column is shown.
    pub fn shows(&self, column: &str) -> bool {
        self.columns.contains(&column)
    }

    /// The sort as it stands in addresses.
    pub fn sort_name(by: L::SortBy, descending: bool) -> String {
        format!("{}{}", if descending { "-" } else { "" }, by.name())
    }

    /// The address that asks for this.
    pub fn href(&self, side: Side) -> String {
        format!("{}?{}", L::PATH, self.in_address(side))
    }

    /// The query of that address; never empty, since then it would ask for the default.
    pub fn in_address(&self, side: Side) -> String {
        address::query(&self.pairs(side))
    }

    /// What its address says, name by name.
    pub fn pairs(&self, side: Side) -> Vec<(String, String)> {
        let chosen: Vec<&str> = self.chosen_statuses(side).iter().map(|status| status.value()).collect();
        let statuses = match (self.widened, chosen.is_empty()) {
            (true, _) => (USUAL, "status".to_owned()),
            (_, true) => ("status", "any".to_owned()),
            _ => ("status", chosen.join(",")),
        };
        let mut pairs = vec![(statuses.0.to_owned(), statuses.1)];
        let mut add = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if !self.states.is_empty() {
            add("state", self.states.join(","));
        }
        for (name, value) in self.given.pairs(L::filters()) {
            add(&name, value);
        }
        if let Some(only) = &self.only {
            add("only", only.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
        }
        if let Some(words) = &self.words {
            add("q", words.asked().to_owned());
        }
        if self.columns_named {
            add("cols", self.columns.join(","));
        }
        if (self.sort, self.descending) != (L::SortBy::DEFAULT, true) {
            add("sort", Self::sort_name(self.sort, self.descending));
        }
        if self.size != DEFAULT_SIZE {
            add("size", self.size.to_string());
        }
        if let Some((name, cursor)) = self.position.pair() {
            add(name, cursor);
        }
        pairs
    }

    /// The same for whoever ticks rows of it: from the first page, and nothing ticked.
    #[must_use]
    pub fn ticking(&self) -> Self {
        Self { only: Some(Vec::new()), ..self.at(Position::First) }
    }

    /// The same on another page.
    #[must_use]
    pub fn at(&self, position: Position<L::Key>) -> Self {
        Self { position, ..self.clone() }
    }

    /// The same sorted by `by`, in the other direction if it already is; from the first page.
    #[must_use]
    pub fn sorted_by(&self, by: L::SortBy) -> Self {
        let descending = if by == self.sort { !self.descending } else { by.descending_at_first() };
        Self { sort: by, descending, ..self.at(Position::First) }
    }

    /// The same without the filter of a status; from the first page.
    #[must_use]
    pub fn without_status(&self, status: L::Status) -> Self {
        let statuses = self.statuses.iter().copied().filter(|other| *other != status).collect();
        Self { statuses, ..self.at(Position::First) }
    }

    /// The same without the filter of a state; from the first page.
    #[must_use]
    pub fn without_state(&self, code: &str) -> Self {
        let states = self.states.iter().filter(|other| *other != code).cloned().collect();
        Self { states, ..self.at(Position::First) }
    }

    /// The same without a value of another filter; from the first page.
    #[must_use]
    pub fn without(&self, told: &Told) -> Self {
        Self { given: self.given.without(told), ..self.at(Position::First) }
    }

    /// The same without a search; from the first page.
    #[must_use]
    pub fn without_words(&self, side: Side) -> Self {
        let statuses = self.statuses_of_form(side);
        Self { words: None, statuses, widened: false, ..self.at(Position::First) }
    }

    /// The same in the usual statuses alone; from the first page.
    #[must_use]
    pub fn in_usual_statuses(&self, side: Side) -> Self {
        Self { statuses: Self::usual_statuses(side), widened: false, ..self.at(Position::First) }
    }

    /// The same in all statuses; from the first page.
    #[must_use]
    pub fn in_all_statuses(&self) -> Self {
        Self { statuses: Vec::new(), widened: false, ..self.at(Position::First) }
    }

    /// The same without any filter, but with the search; from the first page.
    #[must_use]
    pub fn without_filters(&self) -> Self {
        Self { states: Vec::new(), given: Given::default(), only: None, ..self.in_all_statuses() }
    }

    /// Without either.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self { words: None, ..self.without_filters() }
    }

    /// Whether it asks for the same as another, searches and pages aside.
    pub fn differs_in_words_alone(&self, other: &Self, side: Side) -> bool {
        self.without_words(side) == other.without_words(side)
    }
}
