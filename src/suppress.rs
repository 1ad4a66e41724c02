//! Accepted findings: comments, settings, baseline; and the stale ones.
