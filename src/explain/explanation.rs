//! The result of `tidings explain`.

use serde_json::Value;

/// An explanation, as text for users and as JSON for programs.
pub struct Explanation {
    /// Lines of text, each with a line break.
    pub text: String,
    /// The same as JSON, see `docs/json.md`.
    pub json: Value,
}
