//! The steps to a release, and what a dry run says of them.

use crate::{
    changelog,
    forge::{Asset, Attachment, Fields, Release},
};

/// One step. What a dry run tells, a run does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Makes the release, as a draft where the forge has drafts.
    Create {
        /// What it is.
        fields: Fields,
        /// Its files, where it cannot get them before it is seen.
        files: Vec<Attachment>,
    },
    /// Changes it.
    Update {
        /// What changes.
        fields: Fields,
        /// The body before, where it changes.
        old_body: String,
    },
    /// Takes it from sight, so that it can be published again.
    Withdraw {
        /// What changes with that.
        fields: Fields,
    },
    /// Takes a file away that is to be replaced.
    Remove(Asset),
    /// Adds a file.
    Attach(Attachment),
    /// Lets everybody see it.
    Publish {
        /// What changes with that.
        fields: Fields,
    },
}

/// The steps for one release.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The tag.
    pub tag: String,
    /// The release as it is.
    pub release: Option<Release>,
    /// What is to be done, in this order.
    pub actions: Vec<Action>,
    /// What is not done, and why, one sentence each.
    pub remarks: Vec<String>,
}

impl Plan {
    /// The steps in words, one line each, with the diff of the body below.
    #[must_use]
    pub fn told(&self) -> String {
        let mut text = String::new();
        for action in &self.actions {
            text.push_str(&format!("- {}\n", action.words(&self.tag)));
            let diff = action.diff(&self.tag);
            if !diff.is_empty() {
                text.push_str(&format!("\n{}\n\n", diff.trim_end()));
            }
        }
        text
    }
}

impl Action {
    /// What is done, in words that begin with a verb.
    #[must_use]
    pub fn words(&self, tag: &str) -> String {
        let size = |file: &Attachment| format!("{} ({} bytes)", file.name, file.content.len());
        match self {
            Self::Create { fields, files } => {
                let draft = if fields.draft == Some(true) { "a draft of " } else { "" };
                let mut words = format!("make {draft}the release {tag}{}", fields.words());
                for file in files {
                    words.push_str(&format!(", with the file {}", size(file)));
                }
                words
            }
            Self::Update { fields, .. } => format!("change the release {tag}{}", fields.words()),
            Self::Withdraw { fields } => {
                format!("make the release {tag} a draft again{}", fields.words())
            }
            Self::Remove(asset) => format!("remove the file {}", asset.name),
            Self::Attach(file) => format!("attach the file {}", size(file)),
            Self::Publish { fields } => format!("publish the release {tag}{}", fields.words()),
        }
    }

    fn diff(&self, tag: &str) -> String {
        let (old, fields) = match self {
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
    /// What is set, each after a comma.
    fn words(&self) -> String {
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
