//! One person who asks for much does not stop the others: what is refused, to whom, for how long, and what is freed again.

mod files;
mod rates;

use mc_review::web::limits::{Rate, STANDARD, Table};

use crate::support::Page;

/// Limits of which no test but one about a single limit meets any other.
fn only(change: impl FnOnce(&mut Table)) -> Table {
    let mut table = Table::generous();
    change(&mut table);
    table
}

/// A limit that is soon met.
fn few(rate: &mut Rate, burst: u32) {
    (rate.number, rate.every, rate.burst) = (1, std::time::Duration::from_secs(10), burst);
}

/// Checks that a page says what there was too much of, and gives for how many seconds to wait.
#[track_caller]
fn refused(page: &Page, words: &str) -> i64 {
    assert_eq!(page.status(), 429, "{}", page.reading());
    assert!(page.reading().contains(words), "{}", page.reading());
    let wait = page.header("retry-after").expect("it says for how long to wait");
    wait.parse().expect("a number of seconds")
}

#[test]
fn the_limits_that_hold_leave_room_for_work() {
    let Table { posts, uploads_at_once, streams_at_once, exports_at_once, .. } = STANDARD;
    // Fifty files, one a request, while three tabs save what is typed in them every three seconds.
    assert!(posts.burst >= 50 + 3 * 20 && posts.number >= 2);
    assert!(uploads_at_once.each >= 3 && streams_at_once.each >= 10);
    // A list in both formats.
    assert!(exports_at_once.each >= 2);
}
