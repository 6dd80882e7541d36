//! Errors in publishing a release.

use crate::forge;

/// Why a release could not be published, or not completely.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The state on the forge could not be read.
    #[error(transparent)]
    State(#[from] forge::Error),
    /// The forge has no such tag.
    #[error("{forge} has no tag {tag}")]
    NoTag {
        /// The forge's name.
        forge: &'static str,
        /// The tag.
        tag: String,
    },
    /// The tag points to another commit on the forge.
    #[error("the tag {tag} points to another commit on {forge} than locally")]
    TagMismatch {
        /// The forge's name.
        forge: &'static str,
        /// The tag.
        tag: String,
    },
    /// The options contradict each other, or the forge does not support one.
    #[error("{0}")]
    Invalid(String),
    /// A body that is not rendered is too long; it is not shortened.
    #[error("the body has {length} characters; {forge} accepts at most {limit}")]
    TooLong {
        /// The forge's name.
        forge: &'static str,
        /// The length of the whole body, in characters.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// A file of an immutable release would change.
    #[error("cannot {doing}: the release {tag} is immutable, and {forge} refuses any change of its files")]
    ImmutableFiles {
        /// The forge's name.
        forge: &'static str,
        /// The tag.
        tag: String,
        /// The refused actions.
        doing: String,
        /// The remaining actions, without the refused ones.
        remaining: Vec<String>,
    },
    /// An immutable release cannot be published again.
    #[error("the release {tag} is immutable: {forge} cannot turn it back into a draft to publish it again")]
    ImmutableRelease {
        /// The forge's name.
        forge: &'static str,
        /// The tag.
        tag: String,
    },
    /// The forge did not accept the request that starts a deployment.
    #[error("cannot {doing}")]
    NotStarted {
        /// The refused action.
        doing: String,
        /// What the forge needs to accept it.
        requirement: String,
        /// The cause.
        source: Box<forge::Error>,
    },
    /// The tag was that of an immutable release, which was deleted.
    #[error(
        "cannot publish {tag}: the tag was that of an immutable release, which was deleted, and {forge} accepts no other release for it"
    )]
    UsedTag {
        /// The forge's name.
        forge: &'static str,
        /// The tag.
        tag: String,
    },
    /// A concurrent run has published a release of the tag.
    #[error("another run has published a release of {tag}")]
    Taken {
        /// The tag.
        tag: String,
    },
    /// An action failed.
    #[error("cannot {doing}")]
    Incomplete {
        /// The failed action.
        doing: String,
        /// The remaining actions, without the failed one.
        remaining: Vec<String>,
        /// The cause.
        source: Box<forge::Error>,
    },
    /// Some announcements failed.
    #[error("{failed} of {all} announcements failed")]
    Announcements {
        /// How many failed.
        failed: usize,
        /// How many there were.
        all: usize,
        /// The error of the first.
        source: Box<forge::Error>,
    },
}

impl Error {
    /// Whether the plan, or a part of it, was refused, as opposed to a failure of the forge: another run does not help.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::NoTag { .. }
            | Self::TagMismatch { .. }
            | Self::Invalid(_)
            | Self::TooLong { .. }
            | Self::ImmutableFiles { .. }
            | Self::ImmutableRelease { .. }
            | Self::UsedTag { .. } => true,
            Self::NotStarted { .. }
            | Self::State(_)
            | Self::Taken { .. }
            | Self::Incomplete { .. }
            | Self::Announcements { .. } => false,
        }
    }

    /// The actions that were not performed.
    #[must_use]
    pub fn remaining(&self) -> &[String] {
        match self {
            Self::Incomplete { remaining, .. } | Self::ImmutableFiles { remaining, .. } => remaining,
            _ => &[],
        }
    }

    /// What to do about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let again = |source: &forge::Error| {
            let own = source.hint().map(|hint| format!("{hint}; ")).unwrap_or_default();
            Some(format!("{own}run the command again to complete the rest"))
        };
        match self {
            Self::State(error) => error.hint(),
            Self::NoTag { tag, .. } => Some(format!(
                "push it with `git push origin {tag}`, or use --create-tag to let the forge create it; forges also report this if the token has no access to the repository"
            )),
            Self::TagMismatch { .. } => {
                Some("check which of the two is right, then push the tag or fetch it again; `tidings publish` does not move tags".to_owned())
            }
            Self::TooLong { .. } => Some(
                "shorten the text and link to the whole, or omit --body-from (`body_from` under [publish]): a generated body is shortened to fit".to_owned(),
            ),
            Self::ImmutableFiles { .. } => Some(
                "release a new version, and attach all files in the run that publishes it, or to its draft before (--draft); --no-attach updates only the title and the body".to_owned(),
            ),
            Self::ImmutableRelease { tag, .. } => Some(other_ways(tag)),
            Self::NotStarted { requirement, .. } => Some(requirement.clone()),
            Self::UsedTag { .. } => {
                Some("release the commit as a new version; `tidings next` suggests one".to_owned())
            }
            Self::Taken { .. } => Some("run the command again to update that release".to_owned()),
            Self::Incomplete { source, .. } | Self::Announcements { source, .. } => again(source),
            // The message names the option that cannot be used.
            Self::Invalid(_) => None,
        }
    }
}

/// The ways to deploy a tag that need no publication: the setting under `[publish]`, and what it does, as a command.
fn other_ways(tag: &str) -> String {
    format!(
        "start the deployment of {tag} in one of these ways; the setting, under [publish], makes --rollback-to do it:\n\
         rollback = {{ workflow = \"deploy.yml\" }}\n  gh workflow run deploy.yml --ref {tag}\n\
         rollback = {{ event = \"rollback\" }}\n  gh api repos/{{owner}}/{{repo}}/dispatches -f event_type=rollback -f 'client_payload[tag]={tag}'\n\
         rollback = \"deployment\"\n  gh api repos/{{owner}}/{{repo}}/deployments -f ref={tag} -f environment=production -F auto_merge=false -F 'required_contexts[]'"
    )
}
