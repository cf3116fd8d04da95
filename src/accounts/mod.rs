//! Accounts: signing in and out, one's own account, and how people come into the system.

mod identity;
mod manage;
mod own;
mod session;
mod sign_in;

pub use identity::DEMONSTRATION_DOMAIN;
pub use manage::{NewAccount, add};
pub use own::{account, end_session};
pub use session::{extend, remaining};
pub use sign_in::{get as sign_in, post as sign_in_post, sign_out};
