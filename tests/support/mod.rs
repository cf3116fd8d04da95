//! What the tests stand on: databases, the running product, and a browser without scripts that reads pages as people do.

#![allow(dead_code, unused_imports, reason = "each test binary uses its part")]

pub mod browser;
pub mod clamd;
pub mod database;
pub mod filled;
pub mod form;
pub mod page;
pub mod search;
pub mod standing;
pub mod statements;
pub mod story;
pub mod versions;
pub mod well_formed;
pub mod world;

pub use browser::Browser;
pub use form::Form;
pub use page::Page;
pub use world::World;
