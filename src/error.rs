//! Kinds of failure, their exit codes and the way out of each.

use std::{io, path::PathBuf};

use crate::{
    bump, changelog, config, files, forge, git, history, http, lint, model, notes, notify, promote, publish,
    registry, render, rules,
};

/// Anything that ends a run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line asks for something that is not there or does not fit together.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// The way out.
        hint: Option<String>,
    },
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(Box<config::Error>),
    /// A rule of the configuration cannot be used.
    #[error(transparent)]
    Rules(#[from] rules::Error),
    /// A message rule of the configuration cannot be used.
    #[error(transparent)]
    Lint(#[from] lint::Error),
    /// The configuration names more paths than can be told apart.
    #[error(transparent)]
    PathSets(#[from] model::TooManyPathSets),
    /// A tag pattern cannot be used.
    #[error(transparent)]
    Pattern(#[from] history::PatternError),
    /// The notes cannot be rendered.
    #[error(transparent)]
    Render(#[from] render::Error),
    /// The changelog file cannot be read or written.
    #[error(transparent)]
    Changelog(#[from] changelog::Error),
    /// No next version can be told.
    #[error(transparent)]
    Next(#[from] bump::Error),
    /// The repository cannot be read.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// A file of the project cannot be used.
    #[error(transparent)]
    Files(#[from] files::Error),
    /// The repository cannot answer.
    #[error(transparent)]
    Notes(#[from] notes::Error),
    /// A registry cannot be asked or told.
    #[error(transparent)]
    Registry(Box<registry::Error>),
    /// An image does not go on, or has no notes.
    #[error(transparent)]
    Promote(Box<promote::Error>),
    /// A message cannot be made or sent.
    #[error(transparent)]
    Notify(#[from] notify::Error),
    /// A file cannot be read or written.
    #[error("cannot {verb} `{}`", path.display())]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The forge failed.
    #[error(transparent)]
    Forge(#[from] forge::Error),
    /// A version cannot be published, or was not wholly.
    #[error(transparent)]
    Publish(Box<publish::Error>),
    /// A server failed, or a recording of one.
    #[error(transparent)]
    Http(#[from] http::Error),
    /// The forge did not tell all, and it had to.
    #[error("the forge did not tell all: {missing}")]
    Incomplete {
        /// What is missing.
        missing: String,
    },
    /// The notes of some versions are missing, and they had to be there.
    #[error("notes are missing: {missing}")]
    NotesMissing {
        /// Whose.
        missing: String,
    },
    /// stdin or stdout failed.
    #[error("cannot write to stdout or read from stdin")]
    Stream(#[from] io::Error),
    /// A check said no, and has said why.
    #[error("the check says no")]
    CheckFailed,
    /// There is nothing to release, and that was to be told.
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
    /// A wrong command line.
    pub fn usage(message: impl Into<String>, hint: Option<&str>) -> Self {
        Self::Usage { message: message.into(), hint: hint.map(str::to_owned) }
    }

    /// The exit code: 1 a check says no, 2 usage, configuration or files, 3 the repository cannot answer, 4 a remote failed or
    /// gave only part, 5 nothing to release.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::CheckFailed => 1,
            // The plan refuses before anything is done, which is a check.
            Self::Publish(error) if error.is_refusal() => 1,
            Self::Usage { .. }
            | Self::Config(_)
            | Self::Rules(_)
            | Self::Lint(_)
            | Self::PathSets(_)
            | Self::Notes(notes::Error::PathSets(_))
            | Self::Pattern(_)
            | Self::Render(_)
            | Self::Changelog(_)
            | Self::Next(_)
            | Self::File { .. }
            | Self::Stream(_) => 2,
            // A recording is a file that the user names.
            Self::Http(
                http::Error::Recording(_) | http::Error::Certificates { .. } | http::Error::Proxy(_),
            ) => 2,
            Self::Notify(notify::Error::Address { .. } | notify::Error::Mail { .. }) => 2,
            Self::Notify(_) => 4,
            Self::Git(_) | Self::Notes(_) | Self::Files(files::Error::Git(_)) => 3,
            Self::Files(_) => 2,
            Self::Registry(error) => match **error {
                registry::Error::Reference(_) | registry::Error::Credentials { .. } => 2,
                registry::Error::NoImage { .. } => 3,
                _ => 4,
            },
            Self::Promote(error) => match **error {
                promote::Error::Refused(_) => 1,
                promote::Error::NoNotes { .. } => 3,
                promote::Error::Registry(_) | promote::Error::Differs { .. } => 4,
            },
            Self::Forge(_)
            | Self::Publish(_)
            | Self::Http(_)
            | Self::Incomplete { .. }
            | Self::NotesMissing { .. } => 4,
            Self::NothingToRelease { .. } => 5,
        }
    }

    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Usage { hint, .. } => hint.clone(),
            Self::Config(error) => error.hint(),
            Self::Rules(error) => error.hint(),
            Self::Pattern(error) => error.hint(),
            Self::Render(error) => error.hint(),
            Self::Changelog(error) => error.hint(),
            Self::Next(error) => error.hint(),
            Self::Git(error) => error.hint(),
            Self::Notes(error) => error.hint(),
            Self::Files(error) => error.hint(),
            Self::Registry(error) => error.hint(),
            Self::Promote(error) => error.hint(),
            Self::Forge(error) => error.hint(),
            Self::Publish(error) => error.hint(),
            Self::Http(error) => error.hint(),
            Self::Notify(error) => error.hint(),
            Self::Incomplete { .. } => {
                Some("without --require-forge, notes are made of what is known".to_owned())
            }
            Self::NotesMissing { .. } => Some(
                "tidings attach IMAGE VERSION attaches them; without --require-complete, what is known is shown".to_owned(),
            ),
            Self::Lint(_)
            | Self::PathSets(_)
            | Self::File { .. }
            | Self::Stream(_)
            | Self::CheckFailed
            | Self::NothingToRelease { .. } => None,
        }
    }

    /// Whether the error has been told already by what was printed.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        matches!(self, Self::CheckFailed)
    }
}
