//! The context of a command: its global options and facts of the machine, from which it opens a repository or
//! registries.

use crate::{
    error::Error,
    git,
    session::Session,
    settings::{self, Overrides, Process, Registries},
    ui::Ui,
};

/// The global options, and facts of the machine.
pub(super) struct Context {
    pub(super) overrides: Overrides,
    pub(super) process: Process,
    /// The output.
    pub(super) ui: Ui,
}

impl Context {
    /// Opens the repository.
    ///
    /// # Errors
    /// If the repository cannot be opened, or the configuration is invalid.
    pub(super) fn session(&self) -> Result<Session, Error> {
        Session::open(&self.overrides, &self.process)
    }

    /// Opens the repository if there is one; outside a repository, prints the warnings about the configuration.
    ///
    /// # Errors
    /// If the repository cannot be opened, or the configuration is invalid.
    pub(super) fn session_if_any(&self, registries: &Registries) -> Result<Option<Session>, Error> {
        match self.session() {
            Ok(session) => Ok(Some(session)),
            Err(Error::Git(git::Error::NotARepository { .. } | git::Error::NoCommit { .. })) => {
                registries.warnings.iter().for_each(|warning| registries.ui.warn(warning));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the registries; `named` are the arguments that may be images. Does not print the warnings about the
    /// configuration.
    ///
    /// # Errors
    /// If the configuration is invalid.
    pub(super) fn registries(&self, named: &[Option<&str>]) -> Result<Registries, Error> {
        settings::registries(&self.overrides, &self.process, named)
    }
}
