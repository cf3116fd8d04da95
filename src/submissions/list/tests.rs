//! What addresses ask for, and that pages of merged lanes are those of the sorted whole.

use proptest::prelude::*;

use super::columns::SortBy;
use super::rows::Submissions;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::ContractReviewStatus::{self, Approved, Resubmitted, Submitted, Unlocked};
use crate::domain::role::Side;
use crate::web::list::{self, Choices, Order, SortBy as _, StateName, Value};
use crate::web::paging::{self, Page};

type ListQuery = list::ListQuery<Submissions>;
type Refusal = list::Refusal<Submissions>;
type Reading = list::Reading<ContractReviewStatus>;
type Lanes = list::Lanes<ContractReviewStatus>;
type Cursor = paging::Cursor<SubmissionKey>;

/// In order of names, which is not the order of codes.
fn states() -> Vec<StateName> {
    [("AL", "Alabama"), ("AK", "Alaska"), ("MN", "Minnesota"), ("MS", "Mississippi")]
        .map(|(code, name)| StateName { code: code.to_owned(), name: name.to_owned() })
        .to_vec()
}

fn choices() -> Choices {
    let named = |value: &str, label: &str| list::Named { value: value.to_owned(), label: label.to_owned() };
    Choices {
        states: states(),
        programs: vec![named("5e0ed3a4-0000-4000-8000-000000000001", "MN: PMAP")],
        reviewers: vec![named("5e0ed3a4-0000-4000-8000-000000000002", "DMCO: Sam Lee")],
        ..Choices::default()
    }
}

fn read(raw: &str) -> Result<ListQuery, Box<Refusal>> {
    ListQuery::read(raw, Side::Cms, &choices())
}

fn refused(raw: &str, side: Side) -> Vec<String> {
    ListQuery::read(raw, side, &choices()).unwrap_err().unknown
}

#[test]
fn a_bare_address_shows_cms_what_goes_on_and_a_state_everything() {
    let default = read("").unwrap();
    assert_eq!(default.statuses, [Submitted, Unlocked, Resubmitted]);
    assert_eq!((default.sort, default.descending, default.size), (SortBy::LastActivity, true, 50));
    let own = ListQuery::read("", Side::State, &Choices::default()).unwrap();
    assert_eq!(own.wanted_statuses(Side::State), ContractReviewStatus::ALL);
}

#[test]
fn a_search_under_the_usual_statuses_looks_in_all_and_without_it_they_are_listed() {
    let form = "usual=status&status=submitted&status=resubmitted&status=unlocked";
    assert_eq!(read(form).unwrap().href(Side::Cms), read("").unwrap().href(Side::Cms));
    let searched = read(&format!("{form}&q=pool")).unwrap();
    assert_eq!(searched.wanted_statuses(Side::Cms), ContractReviewStatus::SENT);
    assert_eq!(searched.href(Side::Cms), "/submissions?usual=status&q=pool");
    assert_eq!(searched.without_words(Side::Cms), read("").unwrap());
    assert_eq!(
        searched.in_usual_statuses(Side::Cms).href(Side::Cms),
        "/submissions?status=submitted,unlocked,resubmitted&q=pool"
    );
    assert!(searched.tells_usual(Side::Cms) && read("").unwrap().tells_usual(Side::Cms));
    let chosen = read("usual=status&status=submitted&q=pool").unwrap();
    assert_eq!((chosen.statuses.clone(), chosen.tells_usual(Side::Cms)), (vec![Submitted], false));
    assert!(!read("status=submitted,unlocked,resubmitted&q=pool").unwrap().tells_usual(Side::Cms));
    assert_eq!(refused("usual=all", Side::Cms), ["filter “usual”"]);
    assert_eq!(ListQuery::read("usual=status", Side::State, &choices()).unwrap_err().unknown, ["filter “usual”"]);
}

#[test]
fn a_range_that_ends_before_it_begins_is_refused_and_everything_else_kept() {
    let raw = "state=MN&first-sent-from=2026-03-05&first-sent-to=2026-03-01";
    let refusal = read(raw).unwrap_err();
    assert_eq!(refusal.unknown, ["First sent: 03/05/2026 is after 03/01/2026"]);
    assert_eq!(refusal.without.href(Side::Cms), "/submissions?status=any&state=MN");
    assert!(refusal.crossed.is_some());
    assert!(read(&format!("{raw}&state=ZZ")).unwrap_err().crossed.is_none());
    assert!(read("first-sent-from=2026-03-05&first-sent-to=2026-03-05").is_ok());
}

#[test]
fn any_query_replaces_the_default_whole() {
    let query = read("sort=submission").unwrap();
    assert_eq!(query.chosen_statuses(Side::Cms), []);
    assert_eq!(query.wanted_statuses(Side::Cms), ContractReviewStatus::SENT);
    assert_eq!(read("status=any").unwrap().wanted_statuses(Side::Cms), ContractReviewStatus::SENT);
}

#[test]
fn values_of_a_filter_may_be_repeated_or_stand_between_commas() {
    let query = read("status=approved&state=MN&status=submitted%2Capproved&state=AK").unwrap();
    assert_eq!(query.statuses, [Submitted, Approved]);
    assert_eq!(query.states, ["AK", "MN"]);
    assert_eq!(query.href(Side::Cms), "/submissions?status=submitted,approved&state=AK,MN");
}

#[test]
fn every_address_that_the_list_writes_reads_as_the_same_query() {
    for raw in [
        "",
        "status=any",
        "status=approved&state=MN,AK&sort=state&size=100",
        "status=unlocked&sort=-status&after=2.MN-0005",
        "sort=effective-from&before=MN-0005",
        "sort=-first-sent&after=1796000000123456.MN-12345&size=25",
        "kind=eqro&action=BASE,AMENDMENT&program=5e0ed3a4-0000-4000-8000-000000000001&reviewer=nobody,me",
        "usual=status&q=pool&status=submitted,resubmitted,unlocked",
        "usual=status&q=pool",
        "first-sent-from=1/2/2026&first-sent-to=2026-03-04&dmco=signed_off&cols=status,turn&sort=last-sent",
    ] {
        let query = read(raw).unwrap();
        let href = query.href(Side::Cms);
        let again = read(href.split_once('?').unwrap().1).unwrap();
        assert_eq!(again.href(Side::Cms), href, "{raw}");
        assert_eq!((&again.given, &again.columns), (&query.given, &query.columns), "{raw}");
        assert_eq!(again.wanted_statuses(Side::Cms), query.wanted_statuses(Side::Cms), "{raw}");
        assert_eq!(again.position, query.position, "{raw}");
    }
}

#[test]
fn what_the_list_does_not_have_is_refused_with_the_address_without_it() {
    let refusal = read("status=submitted,done&state=ZZ&size=7&sort=state").unwrap_err();
    assert_eq!(refusal.unknown, ["status “done”", "state “ZZ”", "page size “7”"]);
    assert_eq!(refusal.without.href(Side::Cms), "/submissions?status=submitted&sort=state");
    for raw in ["sort=-", "sort=turn", "program=SNBC", "after=x", "after=MN-0005", "sort=state&after=5.MN-0005"] {
        assert_eq!(refused(raw, Side::Cms).len(), 1, "{raw}");
    }
    assert_eq!(refused("sort=status&after=7.MN-0005", Side::Cms), ["page at that place"]);
    assert_eq!(refused("sort=submission&after=MN-0005&before=MN-0007", Side::Cms), ["page at that place"]);
    assert_eq!(refused("after=9223372036854775807.MN-0005", Side::Cms), ["page at that place"]);
}

#[test]
fn what_only_the_other_side_has_is_as_unknown_as_what_nobody_has() {
    assert_eq!(refused("status=draft", Side::Cms), ["status “draft”"]);
    assert_eq!(refused("state=MN", Side::State), ["filter “state”"]);
    assert_eq!(refused("sort=state", Side::State), ["sort order “state”"]);
    assert_eq!(refused("dmco=in_review&cols=departments", Side::State), ["filter “dmco”", "column “departments”"]);
    assert_eq!(refused("reviewer=nobody&mccrs=yes&follows=yes", Side::State).len(), 3);
}

#[test]
fn a_filter_takes_what_it_has_and_a_range_one_day_at_each_end() {
    let unknown = refused("kind=both&program=MN&reviewer=sam&first-sent-from=13/45/2026&dsnp=perhaps", Side::Cms);
    let expected = ["kind “both”", "program “MN”", "reviewer “sam”", "first sent from “13/45/2026”", "d-snp “perhaps”"];
    assert_eq!(unknown, expected);
    assert_eq!(refused("effective-to=1/1/2026&effective-to=1/2/2026", Side::Cms), ["second Effective date to"],);
    let query = read("effective-from=1/2/2026&kind=eqro").unwrap();
    assert_eq!(query.given.days("effective"), (Some(time::macros::date!(2026 - 01 - 02)), None));
    assert_eq!(query.href(Side::Cms), "/submissions?status=any&kind=eqro&effective-from=2026-01-02");
}

#[test]
fn chosen_columns_stand_in_their_order_and_the_key_always() {
    let query = read("cols=turn,state,mccrs").unwrap();
    assert_eq!(query.columns, ["submission", "state", "turn", "mccrs"]);
    let remembered = Choices { columns: Some(vec!["turn".to_owned(), "gone".to_owned()]), ..choices() };
    let query = ListQuery::read("", Side::Cms, &remembered).unwrap();
    assert_eq!((query.columns, query.columns_named), (vec!["submission", "turn"], false));
}

#[test]
fn a_second_press_of_a_header_reverses_and_begins_at_the_first_page() {
    let query = read("sort=state&after=MN-0005").unwrap();
    assert_eq!(query.sorted_by(SortBy::State).href(Side::Cms), "/submissions?status=any&sort=-state");
    assert_eq!(query.sorted_by(SortBy::FirstSent).href(Side::Cms), "/submissions?status=any&sort=-first-sent");
}

/// A row as far as sorting goes; every sort takes its value from the same number.
#[derive(Clone, Debug, PartialEq)]
struct Sample {
    status: ContractReviewStatus,
    value: Option<i64>,
    key: SubmissionKey,
}

impl Sample {
    fn cursor(&self, order: Order) -> Cursor {
        let value = match order {
            Order::Key | Order::StateName => None,
            Order::Status => Some(self.status as i64),
            Order::Moment { .. } | Order::Day { .. } => self.value,
        };
        Cursor { value, key: self.key.clone() }
    }

    fn database_value(&self, order: Order) -> Option<Value> {
        order.value(&Cursor { value: self.value, key: self.key.clone() })
    }
}

/// What the database does with lanes: see the statement in `web::list`.
fn from_lanes(all: &[Sample], reading: &Reading, limit: usize) -> Vec<Sample> {
    let mut found: Vec<(i32, Option<i64>, Sample)> = Vec::new();
    for (lanes, blank) in [(&reading.filled, false), (&reading.blank, true)] {
        for lane in 0..lanes.ranks.len() {
            let of_lane = all.iter().filter(|row| in_lane(row, reading, lanes, lane, blank));
            found.extend(of_lane.map(|row| (lanes.ranks[lane], reading.order.column().and(row.value), row.clone())));
        }
    }
    found.sort_by(|(rank, value, row), (other_rank, other_value, other)| {
        let within = value.cmp(other_value).then_with(|| row.key.cmp(&other.key));
        rank.cmp(other_rank).then(if reading.ascending { within } else { within.reverse() })
    });
    found.into_iter().map(|(_, _, row)| row).take(limit).collect()
}

fn in_lane(row: &Sample, reading: &Reading, lanes: &Lanes, lane: usize, blank: bool) -> bool {
    let key = (row.key.state_code.as_str(), row.key.number);
    let from_key = (lanes.from_states[lane].as_str(), lanes.from_numbers[lane]);
    let keys = if reading.by_state { key.1.cmp(&from_key.1) } else { key.cmp(&from_key) };
    let follows = |ordering: std::cmp::Ordering| if reading.ascending { ordering.is_gt() } else { ordering.is_lt() };
    let begins = match (reading.order.column(), reading.from_value) {
        (Some(_), Some(Value::Day(from))) if !blank => match row.database_value(reading.order) {
            Some(Value::Day(day)) => follows(day.cmp(&from).then(keys)),
            _ => false,
        },
        (Some(_), Some(Value::Moment(from))) if !blank => match row.database_value(reading.order) {
            Some(Value::Moment(at)) => follows(at.cmp(&from).then(keys)),
            _ => false,
        },
        (Some(_), None) if !blank => row.value.is_some(),
        (Some(_), _) => row.value.is_none() && follows(keys),
        (None, _) => follows(keys),
    };
    row.status == lanes.statuses[lane] && (!reading.by_state || row.key.state_code == lanes.states[lane]) && begins
}

/// The whole list, sorted plainly.
fn sorted(all: &[Sample], query: &ListQuery, order: Order) -> Vec<SubmissionKey> {
    let by_name = |code: &str| states().iter().position(|state| state.code == code);
    let mut rows: Vec<&Sample> = all
        .iter()
        .filter(|row| query.wanted_statuses(Side::Cms).contains(&row.status))
        .filter(|row| query.states.is_empty() || query.states.contains(&row.key.state_code))
        .collect();
    rows.sort_by(|a, b| {
        let by_value = match order {
            Order::Key => std::cmp::Ordering::Equal,
            Order::StateName => by_name(&a.key.state_code).cmp(&by_name(&b.key.state_code)),
            Order::Status => a.status.cmp(&b.status),
            Order::Moment { .. } | Order::Day { .. } => a.value.cmp(&b.value),
        };
        let ascending = by_value.then_with(|| a.key.cmp(&b.key));
        let blank = if order.column().is_some() {
            a.value.is_none().cmp(&b.value.is_none())
        } else {
            std::cmp::Ordering::Equal
        };
        blank.then(if query.descending { ascending.reverse() } else { ascending })
    });
    rows.into_iter().map(|row| row.key.clone()).collect()
}

fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let sample = (0..4usize, 1..40i32, 0..6usize, proptest::option::weighted(0.7, 2_460_000..2_460_006i64));
    proptest::collection::vec(sample, 0..60).prop_map(|rows| {
        let mut seen = std::collections::BTreeSet::new();
        let mut all = Vec::new();
        for (state, number, status, value) in rows {
            let key = SubmissionKey { state_code: states()[state].code.clone(), number };
            if seen.insert(key.clone()) {
                all.push(Sample { status: ContractReviewStatus::SENT[status], value, key });
            }
        }
        all
    })
}

proptest! {
    /// Forward from the first page and back from the last, every row comes once and in order.
    #[test]
    fn pages_of_lanes_are_the_sorted_list_cut_into_pages(
        all in samples(),
        sort in 0..list::sorts::<Submissions>(Side::Cms).len(),
        descending: bool,
        statuses in proptest::sample::subsequence(ContractReviewStatus::SENT.to_vec(), 0..6),
        codes in proptest::sample::subsequence(vec!["AK", "AL", "MN", "MS"], 0..4),
        size in 1..7usize,
    ) {
        let sort = list::sorts::<Submissions>(Side::Cms)[sort];
        let order = sort.order(Side::Cms);
        // Where the database says that nothing is blank, nothing is.
        let all: Vec<Sample> = all.into_iter().map(|row| match order {
            Order::Moment { blanks: false, .. } => Sample { value: Some(row.value.unwrap_or(2_460_003)), ..row },
            _ => row,
        }).collect();
        let states = codes.into_iter().map(str::to_owned).collect();
        let everything = ListQuery::everything(Side::Cms, &choices());
        let mut query = ListQuery { statuses, states, sort, descending, size, ..everything };
        let expected = sorted(&all, &query, order);

        let page = |query: &ListQuery| {
            let reading = Reading::of(query, Side::Cms, None, &self::states());
            Page::of(from_lanes(&all, &reading, size + 1), size, &query.position, |row| row.cursor(order))
        };
        let mut forward = Vec::new();
        let mut last = page(&query);
        loop {
            prop_assert!(forward.len() <= expected.len());
            forward.extend(last.rows.iter().map(|row| row.key.clone()));
            let Some(next) = last.next.clone() else { break };
            query.position = next;
            last = page(&query);
        }
        prop_assert_eq!(&forward, &expected);

        let mut backward: Vec<SubmissionKey> = last.rows.iter().rev().map(|row| row.key.clone()).collect();
        while let Some(previous) = last.previous.clone() {
            prop_assert!(backward.len() <= expected.len());
            query.position = previous;
            last = page(&query);
            backward.extend(last.rows.iter().rev().map(|row| row.key.clone()));
        }
        backward.reverse();
        prop_assert_eq!(&backward, &expected);
    }
}
