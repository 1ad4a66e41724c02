//! Everything that a user sees, checked from outside.
//!
//! Walks the folders beside it; adding a case is adding files. `KMSGUARD_BLESS=1 cargo test` rewrites what is expected;
//! read the difference before you commit it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]

#[path = "suite/action.rs"]
mod action;
#[path = "suite/answer.rs"]
mod answer;
#[path = "suite/command.rs"]
mod command;
#[path = "suite/docs.rs"]
mod docs;
#[path = "suite/hostile.rs"]
mod hostile;
#[path = "suite/house.rs"]
mod house;
#[path = "suite/house_rules.rs"]
mod house_rules;
#[path = "suite/look.rs"]
mod look;
#[path = "suite/same.rs"]
mod same;
#[path = "suite/scan.rs"]
mod scan;
#[path = "suite/secret.rs"]
mod secret;
#[path = "suite/users.rs"]
mod users;
