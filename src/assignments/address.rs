//! What the address of the page asks for, and the tabs of it.

use super::filters::Filters;
use crate::reviews::{Order, Place};
use crate::web::paging::{NO_SUCH_PAGE, Position};
use crate::web::tabs::{self, Filtering, OneOf, Tabbed, Titled};

/// Where the page is.
pub const PATH: &str = "/assignments";

/// The page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assignments;

/// What is asked for.
pub type Address = tabs::Address<Assignments>;

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

impl OneOf for Tab {
    const ALL: &'static [Self] = &[Self::Unassigned, Self::Open, Self::Workload, Self::Decided];

    fn as_str(self) -> &'static str {
        match self {
            Self::Unassigned => "unassigned",
            Self::Open => "open",
            Self::Workload => "workload",
            Self::Decided => "decided",
        }
    }
}

impl Titled for Tab {
    fn label(self) -> &'static str {
        match self {
            Self::Unassigned => "Unassigned",
            Self::Open => "All open",
            Self::Workload => "Workload",
            Self::Decided => "Decided in 30 days",
        }
    }
}

/// A column sorted by; without one, each tab has an order of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Days in status; whether the longest come first.
    Days(bool),
    /// First day of the contract or rating period; whether the latest come first.
    Start(bool),
    /// When it was first sent; whether the newest come first.
    Sent(bool),
}

impl OneOf for Sort {
    const ALL: &'static [Self] = &[
        Self::Days(true),
        Self::Days(false),
        Self::Start(true),
        Self::Start(false),
        Self::Sent(true),
        Self::Sent(false),
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Days(true) => "-days",
            Self::Days(false) => "days",
            Self::Start(true) => "-start",
            Self::Start(false) => "start",
            Self::Sent(true) => "-sent",
            Self::Sent(false) => "sent",
        }
    }
}

impl Tabbed for Assignments {
    const PATH: &'static str = PATH;
    type Tab = Tab;
    type Filters = Filters;
    type Sort = Sort;
    type Place = Place;

    fn kept(tab: Tab, filters: &Filters) -> Filters {
        if tab == Tab::Workload { filters.of_the_workload() } else { filters.clone() }
    }

    /// The workload is of whole people: it has one page, and is not narrowed by who has what and where that stands.
    fn narrow(asked: &mut Address) -> Vec<String> {
        if asked.tab != Tab::Workload {
            return Vec::new();
        }
        let kept = asked.filters.of_the_workload();
        let names = |filters: &Filters| filters.pairs().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let (all, left) = (names(&asked.filters), names(&kept));
        let narrower = all.into_iter().filter(|name| !left.contains(name));
        let mut lacking: Vec<String> = narrower.map(|name| format!("filter “{name}” of the workload")).collect();
        lacking.extend(asked.sort.take().map(|sort| format!("sort order “{}” of the workload", sort.as_str())));
        if asked.position != Position::First {
            lacking.push(NO_SUCH_PAGE.to_owned());
        }
        asked.filters = kept;
        lacking
    }
}

impl Address {
    /// How the rows lie.
    pub fn order(&self) -> Order {
        match (self.sort, self.tab) {
            (None, Tab::Decided) => Order::Decision,
            (Some(Sort::Days(true)), _) | (None, Tab::Unassigned | Tab::Open | Tab::Workload) => Order::Longest,
            (Some(Sort::Days(false)), _) => Order::Shortest,
            (Some(Sort::Start(true)), _) => Order::Latest,
            (Some(Sort::Start(false)), _) => Order::Nearest,
            (Some(Sort::Sent(true)), _) => Order::Newest,
            (Some(Sort::Sent(false)), _) => Order::Oldest,
        }
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
    use crate::assignments::choices::Choices;

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
        reads_back("after=1796000000123456.0.0.MN-R0005.OACT");
        reads_back(&format!("tab=decided&decided_by={SAM}&before=1796000000123456.0.0.MN-12345.DMCO"));
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
        for place in ["", "5", "5.0.MN-5", "5.2.MN-0005.DMCO", "5.0.MN-X0005.DMCO", "5.0.MN-0005.CMS"] {
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
