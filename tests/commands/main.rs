//! The program as it is typed: what its commands do to a database, what they say, and how they end.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "../support"]
mod support {
    pub mod database;
}

mod accounts;
mod attacks;
mod demo;
mod killed;
mod live;
mod memory;
mod production;
mod program;
mod programs;
mod restart;
mod serve;
mod storage;
mod worker;
