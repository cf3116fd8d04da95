//! The product in real Chromium, as people with and without scripts, a mouse, or keys alone use it; one module per way.

#[path = "../support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "what reads pages without a browser is for the other test programs")]
mod support;

mod checks;
mod driver;
mod sent;
mod stage;
mod window;

mod conflicts;
mod ground;
mod keys;
mod way;
