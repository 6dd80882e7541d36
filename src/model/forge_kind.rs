//! The forges, by their names.

use serde::{Deserialize, Serialize};

/// Makes the enum of forges with the list of all and their names, so that none can be left out of it.
macro_rules! forges {
    ($($(#[$about:meta])* $forge:ident = $name:literal,)+) => {
        /// The forges whose addresses and message forms are known.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum ForgeKind {
            $($(#[$about])* $forge,)+
        }

        impl ForgeKind {
            /// All forges, in the order in which a host's name is compared with theirs.
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
    /// The forge of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
