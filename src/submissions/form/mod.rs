//! The pages on which a state fills in, sends and deletes a draft. For anyone but the people of its state they do
//! not exist.

mod autosave;
mod conflict;
mod delete;
mod entry;
mod files;
mod gone;
mod new;
mod new_rate;
mod page;
mod part;
mod press;
mod rates;
mod review;
mod save;
mod search;
mod told;
mod view;
mod way;

pub use delete::{get as delete_page, post as delete_post};
pub use new::{get as new_page, post as new_post};
pub use new_rate::{get as new_rate_page, post as new_rate_post};
pub use page::{get as edit_page, get_rate as rate_page};
pub use rates::post as rates_post;
pub use review::post as review_post;
pub use save::{post as edit_post, post_rate as rate_post};

use crate::domain::permission::StateUser;
use crate::web::{Error, Result, SignedIn};

/// Who writes submissions; for anyone else these pages are not there.
fn state_user(who: &SignedIn) -> Result<StateUser<'_>> {
    who.person().state_user().ok_or(Error::NotFound)
}
