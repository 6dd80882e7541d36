//! The supported forges and their names.

use serde::{Deserialize, Serialize};

/// Generates the enum of forges together with `ALL` and `name`, so that they cannot disagree.
macro_rules! forges {
    ($($(#[$about:meta])* $forge:ident = $name:literal,)+) => {
        /// A forge whose URLs and merge messages are supported.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum ForgeKind {
            $($(#[$about])* $forge,)+
        }

        impl ForgeKind {
            /// All forges, in the order in which they are tried for a host name.
            pub const ALL: &[Self] = &[$(Self::$forge),+];

            /// The name in the configuration and in the JSON form.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$forge => $name,)+
                }
            }
        }
    };
}

forges! {
    /// github.com or GitHub Enterprise.
    GitHub = "github",
    /// gitlab.com or a self-hosted GitLab.
    GitLab = "gitlab",
    /// Gitea or Forgejo (Codeberg).
    Gitea = "gitea",
    /// Bitbucket Cloud.
    Bitbucket = "bitbucket",
    /// Azure DevOps.
    Azure = "azure",
}

impl ForgeKind {
    /// The forge with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
