//! The life of a package beyond its first sending: given back to the state, withdrawn, and each deed taken back.
//! Every deed is a page at its address and done by posting to it; what it does to contract, rates and department
//! reviews stands in the file named after it.

mod deed;
mod fates;
mod holders;
mod mccrs_number;
mod rate_withdrawal;
mod tell;
mod things;
mod undo_approval;
mod undo_unlock;
mod undo_withdraw;
mod unlock;
mod withdraw;

pub use deed::{Deed, Prospect, Thing, get, post};
pub use mccrs_number::{get as mccrs_number_page, post as mccrs_number_post, set_mccrs_number};
pub use rate_withdrawal::{UndoWithdrawRate, WithdrawRate, lock as lock_rate, undo_withdraw_rate, withdraw_rate};
pub use undo_approval::{UndoApproval, undo_approval};
pub use undo_unlock::{UndoUnlock, undo_unlock};
pub use undo_withdraw::{UndoWithdraw, undo_withdraw};
pub use unlock::{Unlock, unlock};
pub use withdraw::{Withdraw, lock as lock_package, withdraw};
