//! The actions of a plan, and their descriptions.

use crate::{
    changelog,
    forge::{Asset, Attachment, Fields, Release, Trigger},
};

/// One action. A dry run prints exactly what a run performs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Creates the release, as a draft if the forge has drafts.
    Create {
        /// Its fields.
        fields: Fields,
        /// Its files, if the forge has no drafts to attach them to before publication.
        files: Vec<Attachment>,
    },
    /// Updates the release.
    Update {
        /// The fields to change.
        fields: Fields,
        /// The current body.
        old_body: String,
    },
    /// Starts a deployment other than by publishing a release.
    Start {
        /// How.
        trigger: Trigger,
        /// The owner and name of the repository, for a dry run.
        repository: String,
    },
    /// Turns the release back into a draft, so that it can be published again.
    Withdraw {
        /// The fields to change.
        fields: Fields,
    },
    /// Removes a file, to replace it.
    Remove(Asset),
    /// Attaches a file.
    Attach(Attachment),
    /// Publishes the draft.
    Publish {
        /// The fields to change.
        fields: Fields,
        /// Whether the release is immutable afterwards.
        makes_immutable: bool,
    },
}

/// The actions for one release.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The tag.
    pub tag: String,
    /// The current release; `None` if there is none.
    pub release: Option<Release>,
    /// The actions, in order.
    pub actions: Vec<Action>,
    /// What is not done, and why; one sentence each.
    pub remarks: Vec<String>,
}

impl Plan {
    /// The descriptions of the actions, one line each, followed by the request or the diff of the body.
    #[must_use]
    pub fn description(&self) -> String {
        let mut text = String::new();
        for action in &self.actions {
            text.push_str(&format!("- {}\n", action.describe(&self.tag)));
            let detail = action.detail(&self.tag);
            if !detail.is_empty() {
                text.push_str(&format!("\n{}\n\n", detail.trim_end()));
            }
        }
        text
    }
}

impl Action {
    /// A description that starts with a verb.
    #[must_use]
    pub fn describe(&self, tag: &str) -> String {
        let size = |file: &Attachment| format!("{} ({} bytes)", file.name, file.content.len());
        match self {
            Self::Create { fields, files } => {
                let draft = if fields.draft == Some(true) { "a draft of " } else { "" };
                let mut words = format!("create {draft}the release {tag}{}", fields.describe());
                for file in files {
                    words.push_str(&format!(", with the file {}", size(file)));
                }
                words
            }
            Self::Update { fields, .. } => format!("update the release {tag}{}", fields.describe()),
            Self::Start { trigger, .. } => trigger.describe(),
            Self::Withdraw { fields } => {
                format!("turn the release {tag} back into a draft{}", fields.describe())
            }
            Self::Remove(asset) => format!("remove the file {}", asset.name),
            Self::Attach(file) => format!("attach the file {}", size(file)),
            Self::Publish { fields, makes_immutable } => {
                let immutable = if *makes_immutable { ", as an immutable release" } else { "" };
                format!("publish the release {tag}{}{immutable}", fields.describe())
            }
        }
    }

    /// The request that starts a deployment, else the diff of the body.
    fn detail(&self, tag: &str) -> String {
        let (old, fields) = match self {
            Self::Start { trigger, repository } => {
                let (path, body) = trigger.request();
                return format!("POST /repos/{repository}{path}\n{body:#}");
            }
            Self::Create { fields, .. } | Self::Withdraw { fields } => ("", fields),
            Self::Update { fields, old_body } => (old_body.as_str(), fields),
            Self::Remove(_) | Self::Attach(_) | Self::Publish { .. } => return String::new(),
        };
        let whole = |text: &str| match text.trim_end() {
            "" => String::new(),
            text => format!("{}\n", text.replace("\r\n", "\n")),
        };
        fields
            .body
            .as_deref()
            .map_or_else(String::new, |body| changelog::diff(&whole(old), &whole(body), tag))
    }
}

impl Fields {
    /// The fields that are set, each after a comma.
    fn describe(&self) -> String {
        let mut words = Vec::new();
        let line =
            |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        words.extend(self.title.as_ref().map(|title| format!("titled \"{}\"", line(title))));
        words.extend(self.body.as_ref().map(|_| "with this body".to_owned()));
        words.extend(
            self.prerelease.map(|is| if is { "as a pre-release" } else { "as a full release" }.to_owned()),
        );
        words.extend(self.target.as_ref().map(|target| format!("with a new tag at {}", line(target))));
        words.extend(self.discussion.as_ref().map(|it| format!("with a discussion in {}", line(it))));
        words.extend(
            self.milestones.as_ref().map(|it| format!("with the milestones {}", line(&it.join(", ")))),
        );
        words.extend(self.released_at.as_ref().map(|at| format!("released at {}", line(at))));
        let latest = self.latest.filter(|_| self.draft != Some(true));
        words.extend(latest.map(|is| if is { "as the latest" } else { "not as the latest" }.to_owned()));
        words.into_iter().map(|word| format!(", {word}")).collect()
    }
}
