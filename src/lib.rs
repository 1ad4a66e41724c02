//! kmsguard: the plan-time policy guard for AWS KMS.
//!
//! Every notation becomes one spanned tree ([`value::Value`]). A key is a value with an address ([`key::Key`]). A
//! policy is a value read as IAM ([`policy`]). Access is a question asked of policies ([`access`]), answered yes, no
//! or cannot tell ([`logic::Answer`]), with the places that prove it. A rule is a sentence over those questions,
//! written as data ([`rule`]). A finding is an answer that a person can act on ([`finding::Finding`]).
//! `ARCHITECTURE.md` has the plan of the house.

pub mod access;
pub mod cli;
pub mod config;
pub mod diff;
pub mod finding;
pub mod input;
pub mod key;
pub mod logic;
pub mod policy;
pub mod report;
pub mod rule;
pub mod scan;
pub mod source;
pub mod suppress;
pub mod syntax;
pub mod value;
