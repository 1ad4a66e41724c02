//! One door for every format.

use crate::finding::Finding;

/// What a run found, ready to be printed.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The findings in their final order, accepted ones included.
    pub findings: Vec<Finding>,
    /// The counts.
    pub summary: Summary,
}

/// The counts of a run. Findings are counted by the reporters from [`Report::findings`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Files that were read as IaC.
    pub files: usize,
    /// Keys found.
    pub keys: usize,
    /// Key policies judged.
    pub policies: usize,
    /// Files that could not be read or parsed.
    pub unreadable: usize,
}
