//! What surrounds the rows of a list: filters and their chips, the count, headers that sort, and the ways to other pages.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::column::{self, Shown};
use super::filter::Takes;
use super::sql::Read;
use super::{Column, Crossed, Drawn, Filter, List, ListQuery, PastView, Reader, Searched, SortBy, StateName, Status};
use crate::domain::key::Key;
use crate::domain::role::Side;
use crate::search::Thing;
use crate::web::SignedIn;
use crate::web::paging::{Position, SIZES};

/// All of a list but its rows, as `macros/list.html` draws it.
#[derive(Debug)]
pub struct Frame {
    /// Where the list is.
    pub path: &'static str,
    /// Whether it is drawn for the CMS side.
    pub cms: bool,
    /// Whether only the results are drawn.
    pub htmx: bool,
    /// Where and when it was drawn.
    pub drawn: Drawn,
    /// The statuses that the filter offers.
    pub statuses: Vec<Offer>,
    /// The states that the filter offers.
    pub states: Vec<Offer>,
    /// How many of them are in force.
    pub chosen_states: usize,
    /// The other filters.
    pub filters: Vec<Group>,
    /// The columns that can be chosen.
    pub choosable: Vec<Offer>,
    /// The columns in the address, if it names them.
    pub cols: Option<String>,
    /// The query of the address, from the first page.
    pub query: String,
    /// The address of this very page, in the spelling of the list.
    pub address: String,
    /// The address of the saved views, told what is shown.
    pub views: String,
    /// The view with which the list was to open and can't.
    pub past: Option<PastView>,
    /// What forms carry.
    pub csrf: String,
    /// The sorts that are offered.
    pub sorts: Vec<Offer>,
    /// The sizes of a page that are offered.
    pub sizes: Vec<Offer>,
    /// Whether the form is to say that its statuses are the usual ones.
    pub usual: bool,
    /// The ranges of days that end before they begin.
    pub crossed: Vec<Crossed>,
    /// Whether this page takes the place of the one before in the browser's history: it differs only in what is searched for.
    pub same_entry: bool,
    /// What is searched for.
    pub searched: Searched,
    /// What is listed: `submissions`.
    pub things: String,
    /// What is searched, in words.
    pub hint: &'static str,
    /// How many rows match, `1 submission`.
    pub count: String,
    /// The same for the live region, `1 result`.
    pub results: String,
    /// The filters in force.
    pub chips: Vec<Chip>,
    /// The address without any filter.
    pub clear: String,
    /// The address of the whole list as comma-separated values.
    pub csv: String,
    /// The same as a workbook.
    pub xlsx: String,
    /// What is asked for, whatever the page and whatever was ticked: what the form of the ticked rows carries along.
    pub asked: Vec<(String, String)>,
    /// All rows of the list in words, where this page does not have all: `All 312 submissions`.
    pub all: Option<String>,
    /// Where the rows that are ticked are taken, told where to come back to.
    pub take: String,
    /// Whether the reader may take reviews of their department.
    pub takes: bool,
    /// Whether the reader assigns reviewers.
    pub assigns: bool,
    /// The sort in words.
    pub sorted: String,
    /// The columns shown, in order, by name.
    pub shown: Vec<&'static str>,
    /// The headers, in order.
    pub columns: Vec<Header>,
    /// What is said where no row matches.
    pub nothing_fits: String,
    /// The name of the ways to other pages.
    pub pages: String,
    /// The first page, if this is another.
    pub first: Option<String>,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

/// A choice of the filter form.
#[derive(Debug)]
pub struct Offer {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is in force.
    pub chosen: bool,
}

/// A filter of the form: what can be ticked, or what can be typed.
#[derive(Debug)]
pub struct Group {
    /// Its words.
    pub label: &'static str,
    /// Its parameter, where values are ticked.
    pub name: &'static str,
    /// What can be ticked.
    pub offers: Vec<Offer>,
    /// What can be typed.
    pub fields: Vec<Field>,
    /// How many values are in force.
    pub chosen: usize,
    /// Whether it takes a range of days.
    pub days: bool,
    /// Why its days can't be.
    pub error: Option<&'static str>,
}

/// A value to be typed.
#[derive(Debug)]
pub struct Field {
    /// Its parameter.
    pub name: String,
    /// Its words.
    pub label: String,
    /// `date` or `text`.
    pub kind: &'static str,
    /// What is in force.
    pub value: String,
}

/// A filter in force, and the address without it.
#[derive(Debug)]
pub struct Chip {
    /// What is filtered by.
    pub label: String,
    /// The address without it.
    pub without: String,
}

/// The header of a column; with the address that sorts by it.
#[derive(Debug)]
pub struct Header {
    /// Its words.
    pub label: &'static str,
    /// The address that sorts by it, or the other way round.
    pub sort: Option<String>,
    /// `ascending`, `descending` or `none`.
    pub sorted: &'static str,
}

impl Frame {
    /// The frame of a page.
    pub(super) fn of<L: List>(
        who: &SignedIn,
        drawn: Drawn,
        reader: Reader<'_>,
        read: &Read<L>,
        searched: Searched,
    ) -> Self {
        let Read { query, page, total } = read;
        let (side, person) = (reader.side, who.person());
        let place = |position: &Option<Position<L::Key>>| position.clone().map(|to| query.at(to).href(side));
        let first = query.at(Position::First);
        Self {
            path: L::PATH,
            cms: side == Side::Cms,
            htmx: who.htmx,
            usual: query.tells_usual(side),
            crossed: query.given.crossed(L::filters()),
            same_entry: stays_in_entry(who, query, reader),
            searched,
            things: format!("{}s", L::THING),
            hint: hint(L::SEARCHED, side),
            csrf: who.csrf(),
            drawn,
            statuses: status_offers(query, side),
            states: state_offers(query, &reader.choices.states),
            chosen_states: query.states.len(),
            filters: L::filters().iter().filter(|f| f.is_of(side)).map(|f| group(f, query, reader)).collect(),
            choosable: column_offers(query, side),
            cols: query.columns_named.then(|| query.columns.join(",")),
            views: views(L::NAME, &first.in_address(side)),
            past: None,
            query: first.in_address(side),
            address: query.href(side),
            sorts: sort_offers(query, side),
            sizes: size_offers(query),
            count: counted(*total, L::THING),
            results: counted(*total, "result"),
            chips: chips(query, reader),
            clear: query.bare().href(side),
            csv: first.href(side).replacen('?', ".csv?", 1),
            xlsx: first.href(side).replacen('?', ".xlsx?", 1),
            asked: query.ticking().pairs(side),
            all: (query.only.is_none() && (page.previous.is_some() || page.next.is_some()))
                .then(|| format!("All {}", counted(*total, L::THING))),
            take: format!(
                "/work/take{}?drawn={}&back={}",
                L::PATH,
                drawn.at.unix_timestamp(),
                utf8_percent_encode(&query.href(side), NON_ALPHANUMERIC)
            ),
            takes: L::reviewed_by().iter().any(|department| person.member_of(*department).is_some()),
            assigns: L::reviewed_by().iter().any(|department| person.assigner_for(*department).is_some()),
            sorted: sorted(query),
            shown: query.columns.clone(),
            columns: headers(query, side),
            nothing_fits: format!("No {} fits these filters.", L::THING),
            pages: format!("Pages of {}s", L::THING),
            first: page.beyond_first.then(|| first.href(side)),
            previous: place(&page.previous),
            next: place(&page.next),
        }
    }

    /// What is said where a search, or the filters, match nothing.
    pub fn nothing_matches(&self) -> String {
        match self.searched.typed.as_str() {
            "" => "Nothing matches".to_owned(),
            typed => format!("Nothing matches “{typed}”"),
        }
    }

    /// Whether a column is shown.
    pub fn shows(&self, column: &str) -> bool {
        self.shown.contains(&column)
    }
}

/// The address of the saved views of a list, which offers to keep this query.
pub fn views(list: &str, query: &str) -> String {
    format!("/views?list={list}&shown={}", utf8_percent_encode(query, NON_ALPHANUMERIC))
}

fn hint(searched: Thing, side: Side) -> &'static str {
    match (searched, side) {
        (Thing::Submission, Side::Cms) => {
            "Keys, names, programs, descriptions, contacts, actuaries, document names, questions and responses, notes, MC-CRS numbers. Every word must match."
        }
        (Thing::Submission, Side::State) => {
            "Keys, names, programs, descriptions, contacts, actuaries, document names, questions and responses. Every word must match."
        }
        (Thing::Rate, Side::Cms) => {
            "Keys, names, programs, submissions, actuaries, document names, questions and responses, notes. Every word must match."
        }
        (Thing::Rate, Side::State) => {
            "Keys, names, programs, submissions, actuaries, document names, questions and responses. Every word must match."
        }
    }
}

/// What is said at a range of days that ends before it begins.
pub const ENDS_BEFORE: &str = "The first day is after the last. Change one of them.";

/// Whether a part that is asked for differs from its page only in what is searched for, and the page has a search already or
/// both have none: letter by letter that is one step, which one step back undoes.
fn stays_in_entry<L: List>(who: &SignedIn, query: &ListQuery<L>, reader: Reader<'_>) -> bool {
    if !who.htmx || who.current_page() != L::PATH {
        return false;
    }
    let Ok(shown) = ListQuery::<L>::read(who.current_query(), reader.side, reader.choices) else { return false };
    (shown.words.is_some() || query.words.is_none()) && shown.differs_in_words_alone(query, reader.side)
}

fn group<L: List>(filter: &Filter, query: &ListQuery<L>, reader: Reader<'_>) -> Group {
    let offer = |choice: super::Named| Offer {
        chosen: query.given.values(filter.name).contains(&choice.value),
        value: choice.value,
        label: choice.label,
    };
    let typed = |(name, label): (String, String)| Field {
        kind: if matches!(filter.takes, Takes::Days) { "date" } else { "text" },
        value: query.given.values(&name).join(", "),
        name,
        label,
    };
    let fields = match filter.takes {
        Takes::Days | Takes::Keys => filter.parameters().into_iter().map(typed).collect(),
        Takes::Any(_) | Takes::Programs | Takes::Reviewers => Vec::new(),
    };
    let chosen = filter.parameters().iter().map(|(name, _)| query.given.values(name).len()).sum();
    let offers = filter.choices(reader.choices).into_iter().map(offer).collect();
    let days = matches!(filter.takes, Takes::Days);
    let crossed = days && query.given.crossed(L::filters()).iter().any(|range| range.filter == filter.name);
    let error = crossed.then_some(ENDS_BEFORE);
    Group { label: filter.label, name: filter.name, offers, fields, chosen, days, error }
}

fn column_offers<L: List>(query: &ListQuery<L>, side: Side) -> Vec<Offer> {
    let choosable = column::of_side::<L>(side).filter(|column| column.shown(side) != Shown::Always);
    let offer = |column: &Column<L::SortBy>| Offer {
        value: column.name.to_owned(),
        label: column.label.to_owned(),
        chosen: query.shows(column.name),
    };
    choosable.map(offer).collect()
}

fn status_offers<L: List>(query: &ListQuery<L>, side: Side) -> Vec<Offer> {
    let chosen = query.statuses_of_form(side);
    let offer = |status: &L::Status| Offer {
        value: status.value().to_owned(),
        label: status.words().to_owned(),
        chosen: chosen.contains(status),
    };
    L::visible(side).iter().map(offer).collect()
}

fn state_offers<L: List>(query: &ListQuery<L>, states: &[StateName]) -> Vec<Offer> {
    let offer = |state: &StateName| Offer {
        value: state.code.clone(),
        label: state.name.clone(),
        chosen: query.states.contains(&state.code),
    };
    states.iter().map(offer).collect()
}

fn sort_offers<L: List>(query: &ListQuery<L>, side: Side) -> Vec<Offer> {
    let offer = |by: L::SortBy| {
        [by.descending_at_first(), !by.descending_at_first()].map(|descending| Offer {
            value: ListQuery::<L>::sort_name(by, descending),
            label: format!("{}, {}", by.label(), by.direction(descending)),
            chosen: (by, descending) == (query.sort, query.descending),
        })
    };
    column::sorts::<L>(side).into_iter().flat_map(offer).collect()
}

fn size_offers<L: List>(query: &ListQuery<L>) -> Vec<Offer> {
    let offer = |size: usize| Offer { value: size.to_string(), label: size.to_string(), chosen: size == query.size };
    SIZES.into_iter().map(offer).collect()
}

/// The filters in force, each with the address without it.
pub(super) fn chips<L: List>(query: &ListQuery<L>, reader: Reader<'_>) -> Vec<Chip> {
    let statuses = query.chosen_statuses(reader.side).iter().map(|status| Chip {
        label: format!("Status: {}", status.words()),
        without: query.without_status(*status).href(reader.side),
    });
    let chosen = reader.choices.states.iter().filter(|state| query.states.contains(&state.code));
    let states = chosen.map(|state| Chip {
        label: format!("State: {}", state.name),
        without: query.without_state(&state.code).href(reader.side),
    });
    let others = query
        .given
        .told(L::filters(), reader.choices)
        .into_iter()
        .map(|told| Chip { without: query.without(&told).href(reader.side), label: told.words });
    let words = query.words.iter().map(|words| Chip {
        label: format!("Search: {}", words.asked()),
        without: query.without_words(reader.side).href(reader.side),
    });
    let widened = query.widened.then(|| Chip {
        label: "Status: all, for this search".to_owned(),
        without: query.in_usual_statuses(reader.side).href(reader.side),
    });
    let only = query.only.as_ref().map(|only| Chip {
        label: only_in_words(only),
        without: ListQuery { only: None, ..query.at(Position::First) }.href(reader.side),
    });
    statuses.chain(widened).chain(states).chain(others).chain(words).chain(only).collect()
}

/// The rows that were ticked, as a filter: a few by their keys.
fn only_in_words<K: Key>(only: &[K]) -> String {
    const FEW: usize = 5;
    if only.len() > FEW {
        return format!("Only {} that were ticked", only.len());
    }
    let keys: Vec<String> = only.iter().map(ToString::to_string).collect();
    if keys.is_empty() { "Only what was ticked".to_owned() } else { format!("Only {}", keys.join(", ")) }
}

/// The sort in words.
pub(super) fn sorted<L: List>(query: &ListQuery<L>) -> String {
    format!("{}, {}", query.sort.label(), query.sort.direction(query.descending))
}

fn headers<L: List>(query: &ListQuery<L>, side: Side) -> Vec<Header> {
    let header = |column: &Column<L::SortBy>| Header {
        label: column.label,
        sort: column.sort.map(|by| query.sorted_by(by).href(side)),
        sorted: match column.sort {
            Some(by) if by == query.sort && query.descending => "descending",
            Some(by) if by == query.sort => "ascending",
            _ => "none",
        },
    };
    L::columns().iter().filter(|column| query.shows(column.name)).map(header).collect()
}

/// `1 submission`, `12,345 submissions`.
pub fn counted(total: i64, what: &str) -> String {
    let digits = total.to_string();
    let mut words = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    format!("{words} {what}{}", if total == 1 { "" } else { "s" })
}
