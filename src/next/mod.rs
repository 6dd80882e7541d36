//! The next version of a line of versions, and why.
//!
//! In: an open session and a line. Out: the version that the changes since the last final version require, its tag, and
//! the sentence that says why. Nothing here prints.

mod answer;

pub use answer::{Answer, answer, answer_since, planned};
