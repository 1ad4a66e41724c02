//! House rules, written as data.
