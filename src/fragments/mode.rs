//! Which changes are listed in a project with fragments.

use serde::{Deserialize, Serialize};

/// `fragments`: whether entries come from fragments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FragmentMode {
    /// As the tool does, if its configuration is in the tree of the target and the window brings a fragment.
    #[default]
    Auto,
    /// Only fragments and breaking changes are listed.
    Only,
    /// Fragments are listed, and the changes without one as well.
    Also,
    /// Fragments are not read.
    Never,
}
