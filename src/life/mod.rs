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
pub use mccrs_number::{get as mccrs_number_page, post as mccrs_number_post};
pub use rate_withdrawal::{UndoWithdrawRate, WithdrawRate};
pub use undo_approval::UndoApproval;
pub use undo_unlock::UndoUnlock;
pub use undo_withdraw::UndoWithdraw;
pub use unlock::{Unlock, unlock};
pub use withdraw::{Withdraw, withdraw};
