//! Pages that are open learn what happened since they were drawn, and people of CMS who else has them open.

mod changes;
mod happened;
mod hub;
mod listening;
mod place;
mod presence;
mod stream;
mod work;

pub use changes::{Shown, of_rate, of_rates, of_submission, of_submissions, to_rows};
pub use hub::{BEAT, Hub};
pub use place::Region;
pub use presence::get as presence;
pub use stream::get as stream;
pub use work::came_to_work;
