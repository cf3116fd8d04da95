//! The pages on which a state fills in, sends and deletes a draft. For anyone but the people of its state they do
//! not exist.

mod conflict;
mod delete;
mod entry;
mod files;
mod gone;
mod new;
mod page;
mod review;
mod save;
mod view;
mod way;

pub use delete::{get as delete_page, post as delete_post};
pub use new::{get as new_page, post as new_post};
pub use page::get as edit_page;
pub use review::post as review_post;
pub use save::post as edit_post;

use crate::domain::permission::StateUser;
use crate::web::{Error, Result, SignedIn};

/// Who writes submissions; for anyone else these pages are not there.
fn state_user(who: &SignedIn) -> Result<StateUser<'_>> {
    who.person().state_user().ok_or(Error::NotFound)
}
