//! Notations: text in, spanned trees out.
//!
//! JSON and YAML become [`Value`](crate::value::Value)s at once; HCL becomes a tree of expressions that
//! `input/terraform` evaluates. Parsers recover: they give what they could read and the problems that they met. What
//! is easy to get wrong: an embedded text (a policy in a heredoc) is parsed through its
//! [`Text`](crate::value::Text), so spans lead to the outer file.

pub mod hcl;
pub mod json;
pub mod toml;
pub mod twice;
pub mod typed;
pub mod yaml;
