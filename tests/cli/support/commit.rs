//! A commit that a test describes.

/// A commit described by a test. Defaults are fixed: Ada as the author, the history's clock, and one file that no other
/// commit touches.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(super) message: Vec<u8>,
    pub(super) author: (String, String),
    pub(super) seconds: Option<i64>,
    pub(super) offset: String,
    pub(super) encoding: Option<String>,
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) removed: Vec<String>,
    pub(super) empty: bool,
}

impl Commit {
    /// A commit with this message, which may be invalid UTF-8 and is stored byte for byte.
    pub(crate) fn new(message: impl Into<Vec<u8>>) -> Self {
        Self {
            message: message.into(),
            author: ("Ada Lovelace".into(), "ada@example.com".into()),
            seconds: None,
            offset: "+0000".into(),
            encoding: None,
            files: Vec::new(),
            removed: Vec::new(),
            empty: false,
        }
    }

    /// Sets another author; Ada is still the committer.
    pub(crate) fn author(mut self, name: &str, email: &str) -> Self {
        self.author = (name.into(), email.into());
        self
    }

    /// Sets author and committer date: seconds since 1970-01-01T00:00:00Z and an offset such as `+0800`. The clock of
    /// the history is not affected, so that a commit can be dated before its parent.
    pub(crate) fn date(mut self, seconds: i64, offset: &str) -> Self {
        self.seconds = Some(seconds);
        self.offset = offset.into();
        self
    }

    /// Sets the `encoding` header; the message is not converted.
    pub(crate) fn encoding(mut self, name: &str) -> Self {
        self.encoding = Some(name.into());
        self
    }

    /// Adds or changes a file, with its path from the root.
    pub(crate) fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.into(), content.into()));
        self
    }

    /// Deletes a file.
    pub(crate) fn remove(mut self, path: &str) -> Self {
        self.removed.push(path.into());
        self
    }

    /// Changes no file.
    pub(crate) fn empty(mut self) -> Self {
        self.empty = true;
        self
    }
}

impl From<&str> for Commit {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}
