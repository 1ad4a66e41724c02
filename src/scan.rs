//! From paths to findings: walk, group, load, judge; in parallel, in order.
