//! The settings: what the product itself is set up with, read by all of CMS and changed by administrators.

mod list;
mod program;
mod program_change;
mod program_clash;

use actix_web::HttpResponse;

use crate::domain::role::Side;
use crate::web::{Error, Result, SignedIn, see_other};

pub use list::{csv as programs_csv, get as programs};
pub use program::{get as program_page, post as program_post};

/// `GET /settings`: its first page.
///
/// # Errors
/// 404 for the people of a state.
pub async fn first(who: SignedIn) -> Result<HttpResponse> {
    cms_alone(&who)?;
    Ok(see_other("/settings/programs"))
}

/// To a state none of this is there.
fn cms_alone(who: &SignedIn) -> Result<()> {
    if who.person().side() == Side::State { Err(Error::NotFound) } else { Ok(()) }
}
