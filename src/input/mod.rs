//! Infrastructure languages: which keys are declared here?
//!
//! Each language is a small one of its own and ends in the same [`Declared`](crate::key::Declared). This wing knows
//! no IAM: a policy leaves it as a value.

pub mod cloudformation;
pub mod plan;
pub mod terraform;
