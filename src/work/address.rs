//! What the address of the page asks for, and the tabs of it.

use super::filters::Filters;
use crate::reviews::{Order, Place};
use crate::web::tabs::{self, OneOf, Tabbed, Titled};

/// Where the page is.
pub const PATH: &str = "/work";

/// The page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work;

/// What is asked for.
pub type Address = tabs::Address<Work>;

/// A part of the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What the person can go on with.
    #[default]
    MyTurn,
    /// What waits for a state.
    Waiting,
    /// What nobody of the department has taken.
    Unassigned,
    /// What needs nothing more.
    Decided,
}

impl OneOf for Tab {
    const ALL: &'static [Self] = &[Self::MyTurn, Self::Waiting, Self::Unassigned, Self::Decided];

    /// As statements have it too.
    fn as_str(self) -> &'static str {
        match self {
            Self::MyTurn => "my_turn",
            Self::Waiting => "waiting",
            Self::Unassigned => "unassigned",
            Self::Decided => "decided",
        }
    }
}

impl Titled for Tab {
    fn label(self) -> &'static str {
        match self {
            Self::MyTurn => "My turn",
            Self::Waiting => "Waiting on the state",
            Self::Unassigned => "Unassigned in my department",
            Self::Decided => "Decided",
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
}

impl OneOf for Sort {
    const ALL: &'static [Self] = &[Self::Days(true), Self::Days(false), Self::Start(true), Self::Start(false)];

    fn as_str(self) -> &'static str {
        match self {
            Self::Days(true) => "-days",
            Self::Days(false) => "days",
            Self::Start(true) => "-start",
            Self::Start(false) => "start",
        }
    }
}

impl Tabbed for Work {
    const PATH: &'static str = PATH;
    type Tab = Tab;
    type Filters = Filters;
    type Sort = Sort;
    type Place = Place;
}

impl Address {
    /// How the rows lie.
    pub fn order(&self) -> Order {
        match (self.sort, self.tab) {
            (Some(Sort::Days(true)), _) | (None, Tab::Waiting) => Order::Longest,
            (Some(Sort::Days(false)), _) => Order::Shortest,
            (Some(Sort::Start(true)), _) => Order::Latest,
            (Some(Sort::Start(false)), _) | (None, Tab::MyTurn | Tab::Unassigned) => Order::Nearest,
            (None, Tab::Decided) => Order::Decision,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::paging::NO_SUCH_PAGE;
    use crate::work::filters::Choices;

    fn choices() -> Choices {
        Choices::of(&[("MN", "Minnesota"), ("FL", "Florida")])
    }

    #[track_caller]
    fn reads_back(raw: &str) -> Address {
        let read = Address::read(raw, &choices()).expect("the page has all of it");
        let href = read.href();
        let query = href.split_once('?').map_or("", |(_, query)| query);
        assert_eq!(Address::read(query, &choices()).as_ref(), Ok(&read), "{href}");
        read
    }

    #[test]
    fn an_address_says_what_it_was_read_from() {
        assert_eq!(reads_back(""), Address::default());
        let full = "tab=unassigned&state=MN,FL&status=submitted&part=none&step=take&follows=yes&sort=-days";
        let read = reads_back(full);
        assert_eq!((read.tab, read.sort), (Tab::Unassigned, Some(Sort::Days(true))));
        assert_eq!(
            read.href(),
            "/work?tab=unassigned&state=FL,MN&status=submitted&part=none&step=take&follows=yes&sort=-days"
        );
        reads_back("after=9855.0.1796000000123456.MN-R0005.DMCP");
        reads_back("tab=decided&before=0.1.0.MN-12345.DMCO");
        assert_eq!(reads_back("state=&program=&status=&part=&step=&sort="), Address::default(), "an untouched form");
    }

    #[test]
    fn what_the_page_does_not_have_is_named_and_left_out() {
        let raw =
            "tab=mine&state=MN,ZZ&status=draft&part=tertiary&step=later&follows=no&sort=age&program=x&q=a&after=5";
        let refusal = Address::read(raw, &choices()).expect_err("the page lacks nearly all");
        assert_eq!(refusal.without.href(), "/work?state=MN");
        assert_eq!(
            refusal.unknown,
            [
                "tab “mine”",
                "state “ZZ”",
                "status “draft”",
                "part “tertiary”",
                "next step “later”",
                "follows “no”",
                "sort order “age”",
                "program “x”",
                "filter “q”",
                "page at that place",
            ]
        );
        for place in ["", "5", "5.0.1.MN-0005", "x.0.1.MN-0005.DMCO", ".0.1.MN-0005.DMCO"] {
            let refused = Address::read(&format!("after={place}"), &choices()).expect_err("that is no place");
            assert_eq!(refused.unknown, [NO_SUCH_PAGE], "{place}");
        }
    }

    #[test]
    fn filters_stay_between_tabs_and_pages_and_orders_do_not() {
        let read = reads_back("state=MN&sort=days&after=5.0.1.MN-0005.DMCO");
        assert_eq!(read.on(Tab::Decided).href(), "/work?tab=decided&state=MN");
        assert_eq!(read.sorted(Sort::Start(false)).href(), "/work?state=MN&sort=start");
    }
}
