//! Submissions: the list, the submission page, the form a state fills in, and sending it.

mod actions;
mod archive;
mod banner;
mod beside;
mod case_file;
mod compare;
pub mod draft;
pub mod form;
mod head;
mod history;
mod history_query;
mod list;
mod newest_events;
mod notices;
mod page;
mod queries;
mod sections;
mod sent;
pub mod submit;
mod versions;

pub use actions::{ActionLink, Actions, actions};
pub use archive::{DownloadAll, download, get as documents_zip, of_rate};
pub use banner::{Banner, rate_banner};
pub use beside::{Beside, beside, beside_rate};
pub use case_file::get as case_file;
pub use compare::{Chosen, Comparing, Seen, Wanted, Which, choose, get as compare, get_csv as compare_csv};
pub use draft::read_stored;
pub use head::{Head, SideItem, form_of, rate_side_nav, side_nav};
pub use history::{Whose, draw_history, export_history, history, history_csv};
pub use history_query::Pairs;
pub use list::{
    ListPage, Submissions, get as list, get_csv as list_csv, get_xlsx as list_xlsx, page as list_page,
    post as list_post,
};
pub use newest_events::{NewestEvents, newest_rate_events};
pub use page::page;
pub use queries::{Submission, lock, open, visible};
pub use sections::{Fact, FactValue, RateCard, SectionView, section_views};
pub use sent::{SentVersion, latest as latest_version};
pub use versions::{
    Around as VersionAround, Decision, Sent, VersionRow, VersionsOf, decisions_on, draw as draw_versions,
    list as versions, one as version, unlock,
};
