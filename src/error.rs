//! Every error that ends a run, with its exit code and hint.

use std::{io, path::PathBuf};

use crate::{
    bump, changelog, comment, config, files, forge, git, history, http, lint, model, notes, notify, promote,
    publish, registry, render, rules,
};

/// An error that ends the run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is invalid.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// The configuration is invalid.
    #[error(transparent)]
    Config(Box<config::Error>),
    /// A rule of the configuration is invalid.
    #[error(transparent)]
    Rules(#[from] rules::Error),
    /// A message rule of the configuration is invalid.
    #[error(transparent)]
    Lint(#[from] lint::Error),
    /// The configuration has more path sets than a run can track.
    #[error(transparent)]
    PathSets(#[from] model::TooManyPathSets),
    /// A tag pattern is invalid.
    #[error(transparent)]
    Pattern(#[from] history::PatternError),
    /// The notes cannot be rendered.
    #[error(transparent)]
    Render(#[from] render::Error),
    /// The changelog file cannot be read or written.
    #[error(transparent)]
    Changelog(#[from] changelog::Error),
    /// The changelog has versions without a tag, so that the notes of the next one would repeat them.
    #[error("{message}")]
    Untagged {
        /// The versions and the file.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// The next version cannot be computed.
    #[error(transparent)]
    Next(#[from] bump::Error),
    /// A version for unreleased changes is lower than a final version that HEAD contains.
    #[error("{version} is lower than {contained}, which HEAD contains")]
    Lower {
        /// The version.
        version: Box<model::Version>,
        /// The highest final version that HEAD contains.
        contained: Box<model::Version>,
    },
    /// The repository cannot be read.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// A file of the project may not be used, or cannot be read or written.
    #[error(transparent)]
    Files(#[from] files::Error),
    /// The repository does not contain what the notes need.
    #[error(transparent)]
    Notes(#[from] notes::Error),
    /// A registry request failed.
    #[error(transparent)]
    Registry(Box<registry::Error>),
    /// An image cannot be promoted, or has no notes.
    #[error(transparent)]
    Promote(Box<promote::Error>),
    /// An announcement cannot be built or sent.
    #[error(transparent)]
    Notify(#[from] notify::Error),
    /// A file cannot be read or written.
    #[error("cannot {verb} `{}`", path.display())]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// A forge request failed.
    #[error(transparent)]
    Forge(#[from] forge::Error),
    /// A version cannot be published, or was published only in part.
    #[error(transparent)]
    Publish(Box<publish::Error>),
    /// A pull request cannot be commented on.
    #[error(transparent)]
    Comment(Box<comment::Error>),
    /// An HTTP request failed, or a recording cannot be read or written.
    #[error(transparent)]
    Http(#[from] http::Error),
    /// Forge data is incomplete, and `--require-forge` was given.
    #[error("forge data is incomplete: {missing}")]
    Incomplete {
        /// What is missing.
        missing: String,
    },
    /// The notes of some versions are missing, and `--require-complete` was given.
    #[error("notes are missing: {missing}")]
    NotesMissing {
        /// The versions without notes.
        missing: String,
    },
    /// stdin or stdout cannot be used.
    #[error("cannot write to stdout or read from stdin")]
    Stream(#[from] io::Error),
    /// What was asked contradicts what is deployed or attached; nothing was changed.
    #[error("{message}")]
    Refused {
        /// The contradiction.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// A check failed; its findings have been printed.
    #[error("check failed")]
    CheckFailed,
    /// There is nothing to release.
    #[error("nothing to release: {reason}")]
    NothingToRelease {
        /// Why.
        reason: String,
    },
}

impl From<publish::Error> for Error {
    fn from(error: publish::Error) -> Self {
        Self::Publish(Box::new(error))
    }
}

impl From<comment::Error> for Error {
    fn from(error: comment::Error) -> Self {
        Self::Comment(Box::new(error))
    }
}

impl From<config::Error> for Error {
    fn from(error: config::Error) -> Self {
        Self::Config(Box::new(error))
    }
}

impl From<registry::Error> for Error {
    fn from(error: registry::Error) -> Self {
        Self::Registry(Box::new(error))
    }
}

impl From<promote::Error> for Error {
    fn from(error: promote::Error) -> Self {
        match error {
            promote::Error::Registry(error) => error.into(),
            error => Self::Promote(Box::new(error)),
        }
    }
}

impl Error {
    /// An invalid command line or setting.
    pub fn usage(message: impl Into<String>, hint: Option<&str>) -> Self {
        Self::Usage { message: message.into(), hint: hint.map(str::to_owned) }
    }

    /// The exit code: 1 a check failed, 2 usage, configuration or files, 3 repository error, 4 a remote failed or
    /// returned incomplete data, 5 nothing to release.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::CheckFailed | Self::Lower { .. } | Self::Refused { .. } => 1,
            // A refused plan has changed nothing, so it counts as a failed check.
            Self::Publish(error) if error.is_refusal() => 1,
            Self::Comment(error) if error.is_refusal() => 1,
            Self::Next(error) if error.is_refusal() => 1,
            Self::Usage { .. }
            | Self::Config(_)
            | Self::Rules(_)
            | Self::Lint(_)
            | Self::PathSets(_)
            | Self::Notes(notes::Error::PathSets(_) | notes::Error::Corrections(_))
            | Self::Pattern(_)
            | Self::Render(_)
            | Self::Changelog(_)
            | Self::Next(_)
            | Self::File { .. }
            | Self::Stream(_) => 2,
            // The user names these files and addresses.
            Self::Http(
                http::Error::Recording(_) | http::Error::Certificates { .. } | http::Error::Proxy(_),
            ) => 2,
            Self::Notify(notify::Error::Url { .. } | notify::Error::Email { .. }) => 2,
            Self::Notify(_) => 4,
            Self::Git(_) | Self::Notes(_) | Self::Files(files::Error::Git(_)) | Self::Untagged { .. } => 3,
            Self::Files(_) => 2,
            Self::Registry(error) => match **error {
                registry::Error::Reference(_) | registry::Error::Credentials { .. } => 2,
                registry::Error::NoImage { .. } => 3,
                _ => 4,
            },
            Self::Promote(error) => match **error {
                promote::Error::Refused(_) => 1,
                promote::Error::NoNotes { .. } => 3,
                promote::Error::Registry(_)
                | promote::Error::Changed { .. }
                | promote::Error::Differs { .. } => 4,
            },
            Self::Comment(error) if matches!(**error, comment::Error::NoCommit { .. }) => 3,
            Self::Forge(_)
            | Self::Publish(_)
            | Self::Comment(_)
            | Self::Http(_)
            | Self::Incomplete { .. }
            | Self::NotesMissing { .. } => 4,
            Self::NothingToRelease { .. } => 5,
        }
    }

    /// What to do next, if there is advice.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Usage { hint, .. } | Self::Refused { hint, .. } => hint.clone(),
            Self::Untagged { hint, .. } => Some(hint.clone()),
            Self::Config(error) => error.hint(),
            Self::Rules(error) => error.hint(),
            Self::Pattern(error) => error.hint(),
            Self::Render(error) => error.hint(),
            Self::Changelog(error) => error.hint(),
            Self::Lower { .. } => Some("choose a higher version; `tidings next` suggests one".to_owned()),
            Self::Next(error) => error.hint(),
            Self::Git(error) => error.hint(),
            Self::Notes(error) => error.hint(),
            Self::Files(error) => error.hint(),
            Self::Registry(error) => error.hint(),
            Self::Promote(error) => error.hint(),
            Self::Forge(error) => error.hint(),
            Self::Publish(error) => error.hint(),
            Self::Comment(error) => error.hint(),
            Self::Http(error) => error.hint(),
            Self::Notify(error) => error.hint(),
            Self::Incomplete { .. } => {
                Some("omit --require-forge to generate the notes from the data that is available".to_owned())
            }
            Self::NotesMissing { .. } => Some(
                "run `tidings attach IMAGE VERSION` to attach them, or omit --require-complete to show what is available".to_owned(),
            ),
            // The message or its cause names the key, path or reason; there is no other option to offer.
            Self::Lint(_)
            | Self::PathSets(_)
            | Self::File { .. }
            | Self::Stream(_)
            | Self::CheckFailed
            | Self::NothingToRelease { .. } => None,
        }
    }

    /// Whether the output already reports the error, so that no message is needed.
    #[must_use]
    pub const fn is_reported(&self) -> bool {
        matches!(self, Self::CheckFailed)
    }
}
