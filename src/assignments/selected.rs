//! `GET /submissions/assign` and `/rates/assign`: from the rows of a list that were ticked to their open reviews, of which
//! whoever assigns chooses.

use actix_web::{HttpRequest, HttpResponse};

use super::Reach;
use super::address::{Address, Tab};
use super::filters::Filters;
use crate::domain::key::{RateKey, SubmissionKey};
use crate::rates::Rates;
use crate::submissions::Submissions;
use crate::web::list::{List, chosen};
use crate::web::tabs::Filtering;
use crate::web::{Result, SignedIn, address, see_other};

/// Where the session keeps the list that rows were ticked of.
const ORIGIN: &str = "assign_from";

/// So many keys stand in an address at most, which others than this program have to bear as well.
const MOST: usize = 200;

/// `GET /submissions/assign?only=MN-0005,MN-0007`
///
/// # Errors
/// 403 for those who assign nobody.
pub async fn of_submissions(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    let filters = |submissions: Vec<SubmissionKey>| Filters { submissions, ..Filters::default() };
    reviews_of::<Submissions>(&who, request.query_string(), filters).await
}

/// `GET /rates/assign?only=MN-R0005,MN-R0007`
///
/// # Errors
/// 403 for those who assign nobody.
pub async fn of_rates(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    let filters = |rates: Vec<RateKey>| Filters { rates, ..Filters::default() };
    reviews_of::<Rates>(&who, request.query_string(), filters).await
}

/// The list that rows were ticked of, without what was ticked.
fn list<L: List>(raw_query: &str) -> String {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(raw_query).unwrap_or_default();
    let asked: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "only").collect();
    format!("{}?{}", L::PATH, address::query(&asked))
}

/// The list from which the person came to the reviews of what was ticked there.
pub(super) fn origin(who: &SignedIn, filters: &Filters) -> Option<String> {
    let ticked = !filters.submissions.is_empty() || !filters.rates.is_empty();
    who.session.get(ORIGIN).ok().flatten().filter(|_| ticked && !who.htmx)
}

async fn reviews_of<L: List>(
    who: &SignedIn,
    raw_query: &str,
    filters: impl Fn(Vec<L::Key>) -> Filters,
) -> Result<HttpResponse> {
    Reach::of(who.person())?;
    Ok(match chosen::<L>(who, raw_query, MOST).await? {
        Ok(rows) => {
            who.session.insert(ORIGIN, list::<L>(raw_query)).map_err(anyhow::Error::from)?;
            let mut filters = filters(rows.into_iter().map(|row| row.key).collect());
            filters.settle();
            see_other(Address { tab: Tab::Open, filters, ..Address::default() }.href())
        }
        Err(elsewhere) => elsewhere,
    })
}
