//! What is announced.

/// What a message says beside the notes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Announcement {
    /// One line: what happens to which version.
    pub title: String,
    /// Names with what stands for them: time window, expected duration, rollback plan.
    pub facts: Vec<(String, String)>,
    /// A page with more: its name and its `http` or `https` address.
    pub link: Option<(String, String)>,
    /// What is said in place of what found no room; `{count}` stands for how much that is.
    pub more: String,
}

/// How a deployment went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The version runs.
    Succeeded,
    /// It does not.
    Failed,
    /// The older version runs again.
    RolledBack,
}

impl Status {
    /// Its name in messages for programs.
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
