//! Saved views of the lists: a query under a name, a person's own or a department's, and with which one a list opens.

mod add;
mod change;
mod clash;
mod listed;
mod page;
mod queries;
mod view;

pub use add::post as add;
pub use page::get as page;
pub use view::{get as view_page, post as view_post};
