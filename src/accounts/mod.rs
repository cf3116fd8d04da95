//! Accounts: signing in and out, one's own account, and how people come into the system.

mod exports;
mod hand_back;
mod identity;
mod manage;
mod own;
mod refusal;
mod session;
mod sign_in;

pub use exports::{exports, list_file};
pub use identity::{DEMONSTRATION_DOMAIN, Offered, demonstration_accounts};
pub use manage::{Changed, Fields, KnownAccount, NewAccount, add, change, list};
pub use own::{account, change_own};
pub use refusal::AccountError;
pub use session::{extend, hold, remaining};
pub use sign_in::{get as sign_in, post as sign_in_post, sign_out};
