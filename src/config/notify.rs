//! The keys for messages about deployments: recipients and defaults.

use serde::{Deserialize, Serialize};

/// `[[notify]]`: a recipient of messages. It names the variable or file with the URL of the webhook or SMTP server,
/// since the URL is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct NotifyConfig {
    /// The kind of recipient.
    pub kind: Channel,
    /// The name for `--to`; the kind if absent.
    pub name: Option<String>,
    /// The phases to send messages in; all if empty.
    #[serde(default)]
    pub on: Vec<Phase>,
    /// The variable that contains the webhook URL.
    pub url_env: Option<String>,
    /// The file that contains the webhook URL.
    pub url_file: Option<String>,
    /// The variable that contains the key to sign messages with.
    pub secret_env: Option<String>,
    /// The file that contains the key to sign messages with.
    pub secret_file: Option<String>,
    /// The sender of an email.
    pub from: Option<String>,
    /// The recipients of an email.
    #[serde(default)]
    pub to: Vec<String>,
    /// The variable that contains the URL of the SMTP server, with user and password.
    pub smtp_env: Option<String>,
    /// The file that contains the URL of the SMTP server.
    pub smtp_file: Option<String>,
    /// The file to write an email to.
    pub file: Option<String>,
}

impl NotifyConfig {
    /// An entry of which only the kind is set.
    #[must_use]
    pub const fn of_kind(kind: Channel) -> Self {
        Self {
            kind,
            name: None,
            on: Vec::new(),
            url_env: None,
            url_file: None,
            secret_env: None,
            secret_file: None,
            from: None,
            to: Vec::new(),
            smtp_env: None,
            smtp_file: None,
            file: None,
        }
    }
}

/// The keys that each kind supports, in addition to `kind`.
const KEYS: [&str; 2] = ["name", "on"];

impl NotifyConfig {
    /// The first key that does not apply to the kind, and the keys that do.
    pub(super) fn inapplicable_key(&self) -> Option<(&'static str, Vec<&'static str>)> {
        let applicable: &[&str] = match self.kind {
            Channel::Slack | Channel::Teams => &["url_env", "url_file"],
            Channel::Webhook => &["url_env", "url_file", "secret_env", "secret_file"],
            Channel::Email => &["from", "to", "smtp_env", "smtp_file", "file"],
            Channel::GitHubDeployment => &[],
        };
        let set = [
            ("url_env", self.url_env.is_some()),
            ("url_file", self.url_file.is_some()),
            ("secret_env", self.secret_env.is_some()),
            ("secret_file", self.secret_file.is_some()),
            ("from", self.from.is_some()),
            ("to", !self.to.is_empty()),
            ("smtp_env", self.smtp_env.is_some()),
            ("smtp_file", self.smtp_file.is_some()),
            ("file", self.file.is_some()),
        ];
        let (key, _) = set.into_iter().find(|(key, is_set)| *is_set && !applicable.contains(key))?;
        Some((key, KEYS.into_iter().chain(applicable.iter().copied()).collect()))
    }
}

/// `[deployment]`: the tags that record deployments, and defaults of messages about them, which the command line
/// overrides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct DeploymentConfig {
    /// The expected duration.
    pub duration: Option<String>,
    /// The rollback plan.
    pub rollback_plan: Option<String>,
    /// The time window.
    pub window: Option<String>,
    /// Who is on call.
    pub contact: Option<String>,
    /// The URL of a page with details.
    pub link: Option<String>,
    /// The prefix of the tags that record deployments.
    pub tag_prefix: Option<String>,
}

/// The kind of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A Slack webhook.
    Slack,
    /// A Microsoft Teams webhook.
    Teams,
    /// A generic webhook that receives JSON.
    Webhook,
    /// An email.
    Email,
    /// A deployment on GitHub.
    #[serde(rename = "github-deployment")]
    GitHubDeployment,
}

impl Phase {
    /// The name in the configuration and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
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
            Self::GitHubDeployment => "github-deployment",
        }
    }
}

/// The phase of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Before the deployment.
    Before,
    /// After the deployment.
    After,
}
