//! The rows of a list that somebody wants to do something with: those that were ticked, or all of it.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::frame::counted;
use super::{Asked, List, ListQuery, Reader, asked, sql};
use crate::web::flash::Flash;
use crate::web::{Error, Result, SignedIn, see_other};

/// A row that was chosen.
pub struct Chosen<Key> {
    /// The row itself.
    pub id: Uuid,
    /// Its address.
    pub key: Key,
}

/// The rows that an address chooses, in the order of the list: those that were ticked, whatever else it asks for, or all that it
/// asks for. Or the answer, which leads back, where they are none or more than `most`.
///
/// # Errors
/// 422 where it does not say which rows: nobody means all of a list by saying nothing.
pub async fn chosen<L: List>(
    who: &SignedIn,
    raw_query: &str,
    most: usize,
) -> Result<std::result::Result<Vec<Chosen<L::Key>>, HttpResponse>> {
    if !says_which(raw_query) {
        return Err(Error::unprocessable("The address or form does not say which rows were ticked."));
    }
    let mut conn = who.app.db.acquire().await?;
    let Asked { query, choices, .. } = match asked::<L>(who, &mut conn, raw_query).await? {
        Ok(asked) => asked,
        Err(refused) => return Ok(Err(refused.answer)),
    };
    let reader = Reader::of(who.person(), &choices, who.app.clock.today());
    let list = ListQuery { only: None, ..query.clone() }.href(reader.side);
    if query.only.as_ref().is_some_and(Vec::is_empty) {
        who.tell(&Flash::news(format!("No {} was ticked, so nothing was done.", L::THING)))?;
        return Ok(Err(see_other(list)));
    }
    let sort = query.sort;
    // What was ticked counts also where it has left the filters meanwhile: what is done tells of each what became of it.
    let wanted = match &query.only {
        Some(_) => ListQuery {
            only: query.only,
            sort,
            descending: query.descending,
            size: most,
            ..ListQuery::everything(reader.side, &choices)
        },
        None => ListQuery { size: most, ..query },
    };
    let read = sql::page(&mut conn, reader, wanted).await?;
    if read.page.rows.is_empty() {
        who.tell(&Flash::news(format!("There is no such {} any more, so nothing was done.", L::THING)))?;
        return Ok(Err(see_other(list)));
    }
    if usize::try_from(read.total).is_ok_and(|total| total > most) {
        let number = counted(read.total, L::THING);
        who.tell(&Flash::news(format!(
            "{number} are more than can be dealt with at once, which is {most}: filter the list, or tick some of it. Nothing was done."
        )))?;
        return Ok(Err(see_other(list)));
    }
    Ok(Ok(read.page.rows.iter().map(|row| Chosen { id: L::id(row), key: L::cursor(row, sort).key }).collect()))
}

fn says_which(raw_query: &str) -> bool {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(raw_query).unwrap_or_default();
    pairs.iter().any(|(name, _)| name == "only")
}
