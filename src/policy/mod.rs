//! IAM policy, as AWS reads it.
//!
//! A [`Document`] is a [`Value`](crate::value::Value) read as a policy: every element with its place, every mistake
//! kept as a [`Defect`], every unknown kept as what it is. This room grants nothing and denies nothing; `access`
//! asks the questions. What is easy to get wrong: element names are case-sensitive, action and condition-key names
//! are not, principal names are.

pub mod action;
pub mod arn;
pub mod by_default;
pub mod condition;
mod default;
mod document;
pub mod facts;
pub mod glob;
mod likeness;
pub mod principal;
mod read;
#[cfg(test)]
pub(crate) mod testing;

pub use default::{allows_everything, default_key_policy};
pub use document::*;
use likeness::name_like;
pub use read::{read, read_with};
