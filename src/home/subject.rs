//! The way back from the page of an error: to the submission, rate or other thing that the address is about.

use std::future::Future;
use std::pin::Pin;

use crate::domain::permission::Person;
use crate::domain::role::Side;
use crate::web::error_pages::Link;
use crate::web::{App, Result, Visit};
use crate::{documents, rates, reviews, submissions};

/// The page of what an address is about, for whoever may see it: the addresses of everything that belongs to a thing
/// begin with its own, or with a key by which it is found.
pub fn subject(visit: Visit, path: String) -> Pin<Box<dyn Future<Output = Option<Link>>>> {
    Box::pin(async move {
        let link = find(&visit.app, visit.person()?, &path).await.ok()??;
        Some(link).filter(|link| link.href != path)
    })
}

async fn find(app: &App, person: &Person, path: &str) -> Result<Option<Link>> {
    let mut parts = path.split('/').skip(1);
    let (Some(place), Some(given)) = (parts.next(), parts.next()) else { return Ok(None) };
    let back_to = |href: String, what: &str| Some(Link { href, label: format!("Back to {what}") });
    let key = match place {
        "submissions" => submissions::visible(&mut *app.db.acquire().await?, person, given).await?.key,
        "department-reviews" => reviews::visible(&mut *app.db.acquire().await?, person, given).await?.0.key,
        "documents" => documents::submission_of(app, person, given).await?,
        "rates" => {
            let key = rates::visible(&mut *app.db.acquire().await?, person, given).await?.key.to_string();
            return Ok(back_to(format!("/rates/{key}"), &key));
        }
        "views" => return Ok(back_to("/views".to_owned(), "views")),
        "settings" if person.side() == Side::Cms => return Ok(back_to("/settings".to_owned(), "settings")),
        _ => return Ok(None),
    };
    Ok(back_to(format!("/submissions/{key}"), &key.to_string()))
}
