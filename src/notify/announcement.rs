//! The content of an announcement, apart from the notes.

/// The content of a message in addition to the notes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Announcement {
    /// One line, such as `shop 1.2.0 will be deployed to production`.
    pub title: String,
    /// Labels with values, such as time window, expected duration, rollback plan.
    pub facts: Vec<(String, String)>,
    /// A page with details: its title and its `http` or `https` URL.
    pub link: Option<(String, String)>,
    /// The text in place of omitted entries; `{count}` is replaced by their number.
    pub more: String,
}

/// How a deployment went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The version is deployed.
    Succeeded,
    /// The deployment failed.
    Failed,
    /// The previous version is deployed again.
    RolledBack,
}

impl Status {
    /// Its name in webhook payloads.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::RolledBack => "rolled-back",
        }
    }
}

#[cfg(test)]
pub(super) fn sample() -> Announcement {
    Announcement {
        title: "shop 1.2.0 <!channel>\r\nBcc: eve@example.com".into(),
        facts: vec![("Rollback plan".into(), "promote <v1.1.0> & *wait*".into())],
        link: Some(("Details".into(), "https://example.com/r?a=1&b=2".into())),
        more: "… and {count} more".into(),
    }
}
