//! What the address of the page asks for: tab, order and page, with the filters. An address is never silently wider
//! than asked.

use super::choices::Choices;
use super::filters::Filters;
use super::order::{Order, Place, Sort};
use crate::web::address;
use crate::web::paging::{Cursor, Position};

/// Where the page is.
pub const PATH: &str = "/assignments";

const NO_SUCH_PAGE: &str = "page at that place";

/// A part of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Open reviews without a primary reviewer.
    #[default]
    Unassigned,
    /// All open reviews.
    Open,
    /// Who has how much.
    Workload,
    /// What was decided in the last thirty days, to which numbers of the workload lead.
    Decided,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Self; 4] = [Self::Unassigned, Self::Open, Self::Workload, Self::Decided];

    /// As addresses have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unassigned => "unassigned",
            Self::Open => "open",
            Self::Workload => "workload",
            Self::Decided => "decided",
        }
    }

    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unassigned => "Unassigned",
            Self::Open => "All open",
            Self::Workload => "Workload",
            Self::Decided => "Decided in 30 days",
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The tab.
    pub tab: Tab,
    /// The filters, which stay between tabs.
    pub filters: Filters,
    /// The column sorted by.
    pub sort: Option<Sort>,
    /// Which page.
    pub position: Position<Place>,
}

/// The address asks for something that the page does not have.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it does not have.
    pub unknown: Vec<String>,
    /// The same without it.
    pub without: Address,
}

impl Address {
    /// Reads the query of an address.
    ///
    /// # Errors
    /// When it asks for something that the page does not have.
    pub fn read(raw: &str, choices: &Choices) -> Result<Self, Box<Refusal>> {
        let mut asked = Self::default();
        let mut unknown = Vec::new();
        let pairs: Vec<(String, String)> = serde_html_form::from_str(raw).unwrap_or_default();
        for (name, value) in &pairs {
            match name.as_str() {
                "tab" => match Tab::ALL.into_iter().find(|tab| tab.as_str() == value) {
                    Some(tab) => asked.tab = tab,
                    None => unknown.push(format!("tab “{value}”")),
                },
                "sort" => match Sort::ALL.into_iter().find(|sort| sort.as_str() == value) {
                    Some(sort) => asked.sort = Some(sort),
                    None if value.is_empty() => {}
                    None => unknown.push(format!("sort order “{value}”")),
                },
                "after" | "before" => match (value.parse::<Cursor<Place>>(), asked.position.cursor()) {
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
        if asked.tab == Tab::Workload {
            asked.without_what_the_workload_lacks(&mut unknown);
        }
        if unknown.is_empty() {
            return Ok(asked);
        }
        Err(Box::new(Refusal { unknown, without: asked.at_the_beginning() }))
    }

    /// The workload is of whole people: it has one page, and is not narrowed by who has what and where that stands.
    fn without_what_the_workload_lacks(&mut self, unknown: &mut Vec<String>) {
        let narrower = self.filters.pairs().into_iter().map(|(name, _)| name);
        let kept: Vec<&str> = self.filters.of_the_workload().pairs().into_iter().map(|(name, _)| name).collect();
        unknown.extend(
            narrower.filter(|name| !kept.contains(name)).map(|name| format!("filter “{name}” of the workload")),
        );
        if let Some(sort) = self.sort.take() {
            unknown.push(format!("sort order “{}” of the workload", sort.as_str()));
        }
        if self.position != Position::First {
            unknown.push(NO_SUCH_PAGE.to_owned());
        }
        self.filters = self.filters.of_the_workload();
    }

    /// How the rows lie.
    pub fn order(&self) -> Order {
        match (self.sort, self.tab) {
            (Some(sort), _) => Order::By(sort),
            (None, Tab::Decided) => Order::Decision,
            (None, Tab::Unassigned | Tab::Open | Tab::Workload) => Order::By(Sort::Days(true)),
        }
    }

    /// The address that asks for this.
    pub fn href(&self) -> String {
        let query = self.query();
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
    }

    /// The address of something below the page that asks for the same, as `.csv`.
    pub fn below(&self, what: &str) -> String {
        format!("{PATH}{what}{}", self.href().trim_start_matches(PATH))
    }

    fn query(&self) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        if self.tab != Tab::default() {
            pairs.push(("tab", self.tab.as_str().to_owned()));
        }
        pairs.extend(self.filters.pairs());
        if let Some(sort) = self.sort {
            pairs.push(("sort", sort.as_str().to_owned()));
        }
        match &self.position {
            Position::First => {}
            Position::After(cursor) => pairs.push(("after", cursor.to_string())),
            Position::Before(cursor) => pairs.push(("before", cursor.to_string())),
        }
        address::query(&pairs)
    }

    /// The same on another page.
    #[must_use]
    pub fn at(&self, position: Position<Place>) -> Self {
        Self { position, ..self.clone() }
    }

    /// The same from the first page.
    #[must_use]
    pub fn at_the_beginning(&self) -> Self {
        self.at(Position::First)
    }

    /// Another tab under the same filters, in its own order.
    #[must_use]
    pub fn on(&self, tab: Tab) -> Self {
        let filters = if tab == Tab::Workload { self.filters.of_the_workload() } else { self.filters.clone() };
        Self { tab, filters, ..Self::default() }
    }

    /// The same in another order.
    #[must_use]
    pub fn sorted(&self, sort: Sort) -> Self {
        Self { sort: Some(sort), ..self.at_the_beginning() }
    }

    /// The same under other filters.
    #[must_use]
    pub fn under(&self, filters: Filters) -> Self {
        Self { filters, ..self.at_the_beginning() }
    }
}

/// The query of the page that a form says it was sent from, if it is this page.
pub fn query_of(from: &str) -> Option<&str> {
    if !from.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    match from.split_once('?') {
        None => (from == PATH).then_some(""),
        Some((path, query)) => (path == PATH).then_some(query),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAM: &str = "00000000-0000-7000-8000-000000000001";

    fn choices() -> Choices {
        Choices::of(&[("MN", "Minnesota"), ("FL", "Florida")], &[(SAM, "Sam Lee")])
    }

    #[track_caller]
    fn reads_back(raw: &str) -> Address {
        let read = Address::read(raw, &choices()).expect("the page has all of it");
        let href = read.href();
        assert_eq!(Address::read(query_of(&href).expect("of this page"), &choices()).as_ref(), Ok(&read), "{href}");
        read
    }

    #[test]
    fn an_address_says_what_it_was_read_from() {
        assert_eq!(reads_back(""), Address::default());
        let full = format!(
            "tab=open&department=DMCO,OACT&state=MN,FL&status=in_review,not_started&primary={SAM},nobody&secondary=somebody&reviewer={SAM}&sort=-start"
        );
        let read = reads_back(&full);
        assert_eq!((read.tab, read.sort), (Tab::Open, Some(Sort::Start(true))));
        assert_eq!(
            read.href(),
            format!(
                "/assignments?tab=open&department=DMCO,OACT&state=FL,MN&status=not_started,in_review&primary=nobody,{SAM}&secondary=somebody&reviewer={SAM}&sort=-start"
            )
        );
        reads_back("after=1796000000123456.0.MN-0005.r.OACT");
        reads_back(&format!("tab=decided&decided_by={SAM}&before=-1796000000123456.1.MN-12345.c.DMCO"));
        let untouched = "department=&state=&program=&status=&primary=&secondary=&reviewer=&sort=";
        assert_eq!(reads_back(untouched), Address::default(), "an untouched form");
    }

    #[test]
    fn what_the_page_does_not_have_is_named_and_left_out() {
        let raw = "tab=mine&department=X&state=MN,ZZ&status=submitted&primary=me&secondary=x&reviewer=y&decided_by=z&sort=age&program=x&q=a&after=5";
        let refusal = Address::read(raw, &choices()).expect_err("the page lacks nearly all");
        assert_eq!(refusal.without.href(), "/assignments?state=MN");
        let unknown = [
            "tab “mine”",
            "department “X”",
            "state “ZZ”",
            "status “submitted”",
            "primary “me”",
            "secondary “x”",
            "reviewer “y”",
            "decided_by “z”",
            "sort order “age”",
            "program “x”",
            "filter “q”",
            "page at that place",
        ];
        assert_eq!(refusal.unknown, unknown);
        for place in ["", "5", "5.0.MN-5", "5.2.MN-0005.c.DMCO", "5.0.MN-0005.x.DMCO", "5.0.MN-0005.c.CMS"] {
            let refused = Address::read(&format!("after={place}"), &choices()).expect_err("that is no place");
            assert_eq!(refused.unknown, [NO_SUCH_PAGE], "{place}");
        }
    }

    #[test]
    fn the_workload_is_of_whole_people() {
        let refusal =
            Address::read("tab=workload&state=MN&status=in_review&sort=days", &choices()).expect_err("narrower");
        assert_eq!(refusal.without.href(), "/assignments?tab=workload&state=MN");
        assert_eq!(refusal.unknown, ["filter “status” of the workload", "sort order “days” of the workload"]);
        let read = reads_back("tab=open&state=MN&status=in_review&primary=nobody");
        assert_eq!(read.on(Tab::Workload).href(), "/assignments?tab=workload&state=MN");
        assert_eq!(read.on(Tab::Unassigned).href(), "/assignments?state=MN&status=in_review&primary=nobody");
    }

    #[test]
    fn a_form_comes_from_this_page_or_from_none() {
        assert_eq!(query_of("/assignments?tab=open"), Some("tab=open"));
        assert_eq!(query_of("/assignments"), Some(""));
        for elsewhere in
            ["https://elsewhere.example/assignments", "//assignments", "/assignments2", "/assignments\r\nx: y"]
        {
            assert_eq!(query_of(elsewhere), None, "{elsewhere}");
        }
    }
}
