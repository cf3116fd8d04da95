//! The columns of a list: which a side has, which it shows unless told otherwise, and which can be chosen.

use super::{List, SortBy};
use crate::domain::role::Side;

/// A column of a list.
#[derive(Debug)]
pub struct Column<Sort: 'static> {
    /// Its name in addresses and for the template.
    pub name: &'static str,
    /// Its header.
    pub label: &'static str,
    /// When CMS sees it.
    pub cms: Shown,
    /// When a state sees it.
    pub state: Shown,
    /// The sort that its header offers.
    pub sort: Option<Sort>,
    /// The headings of what it is in a file, where each cell has one thing; none where that is its own.
    in_files: &'static [&'static str],
}

/// What a file has of the rounds of questions.
pub const QUESTIONS: [&str; 2] = ["Open questions", "Answered questions"];

/// When a side sees a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Always: the row would have no name without it.
    Always,
    /// Unless it chose others.
    Usually,
    /// When it chose it.
    Chosen,
    /// It does not exist for this side.
    Never,
}

impl<Sort: Copy> Column<Sort> {
    /// A column.
    pub const fn new(name: &'static str, label: &'static str, cms: Shown, state: Shown, sort: Option<Sort>) -> Self {
        Self { name, label, cms, state, sort, in_files: &[] }
    }

    /// The column, which a file has as several.
    pub const fn in_files(mut self, headings: &'static [&'static str]) -> Self {
        self.in_files = headings;
        self
    }

    /// Its headings in a file.
    pub fn file_headings(&self) -> &[&'static str] {
        if self.in_files.is_empty() { std::slice::from_ref(&self.label) } else { self.in_files }
    }

    /// When a side sees it.
    pub fn shown(&self, side: Side) -> Shown {
        match side {
            Side::Cms => self.cms,
            Side::State => self.state,
        }
    }
}

/// The columns that a side can have, in order.
pub fn of_side<L: List>(side: Side) -> impl Iterator<Item = &'static Column<L::SortBy>> {
    L::columns().iter().filter(move |column| column.shown(side) != Shown::Never)
}

/// The columns that a side sees unless it chose others.
pub fn usual<L: List>(side: Side) -> Vec<&'static str> {
    let usually = |column: &&Column<L::SortBy>| matches!(column.shown(side), Shown::Always | Shown::Usually);
    of_side::<L>(side).filter(usually).map(|column| column.name).collect()
}

/// The columns chosen, in order, with those that always stand there. What the side does not have is given back.
pub fn chosen<'n, L: List>(side: Side, names: impl IntoIterator<Item = &'n str>) -> (Vec<&'static str>, Vec<&'n str>) {
    let (known, unknown): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| of_side::<L>(side).any(|column| column.name == *name));
    let shown = |column: &&Column<L::SortBy>| column.shown(side) == Shown::Always || known.contains(&column.name);
    (of_side::<L>(side).filter(shown).map(|column| column.name).collect(), unknown)
}

/// The sorts that a side has, in the order of the columns.
pub fn sorts<L: List>(side: Side) -> Vec<L::SortBy> {
    let mut sorts: Vec<L::SortBy> = Vec::new();
    for sort in of_side::<L>(side).filter_map(|column| column.sort) {
        if !sorts.contains(&sort) {
            sorts.push(sort);
        }
    }
    debug_assert!(sorts.contains(&L::SortBy::DEFAULT), "a list can be sorted as it is when nobody asks");
    sorts
}
