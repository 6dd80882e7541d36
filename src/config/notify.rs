//! Who is told of a deployment, and what.

use serde::{Deserialize, Serialize};

/// `[[notify]]`: a place that messages go to. No address of a web hook stands in it, only where that is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct NotifyConfig {
    /// What it is.
    pub kind: Channel,
    /// What `--to` calls it; the kind where it is absent.
    pub name: Option<String>,
    /// When it is told; always where it is empty.
    #[serde(default)]
    pub on: Vec<Phase>,
    /// The variable that holds the address of the web hook.
    pub url_env: Option<String>,
    /// The file that holds the address of the web hook.
    pub url_file: Option<String>,
    /// The variable that holds the key that messages are signed with.
    pub secret_env: Option<String>,
    /// The file that holds the key that messages are signed with.
    pub secret_file: Option<String>,
    /// Whom a mail is from.
    pub from: Option<String>,
    /// Whom a mail is to.
    #[serde(default)]
    pub to: Vec<String>,
    /// The file that a mail is written to.
    pub file: Option<String>,
}

/// `[deployment]`: what messages say of every deployment, where the command line says nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct DeploymentConfig {
    /// How long it takes.
    pub duration: Option<String>,
    /// How to go back.
    pub rollback_plan: Option<String>,
    /// When.
    pub window: Option<String>,
    /// Who is on call.
    pub contact: Option<String>,
    /// A page with more.
    pub link: Option<String>,
}

/// What a message goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A web hook of Slack.
    Slack,
    /// A web hook of Microsoft Teams.
    Teams,
    /// A web hook of one's own.
    Webhook,
    /// A mail.
    Email,
}

impl Channel {
    /// The name in the configuration and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Webhook => "webhook",
            Self::Email => "email",
        }
    }
}

/// Where a deployment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Still to come.
    Before,
    /// Over.
    After,
}
