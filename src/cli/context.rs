//! What a command is run in, and what it opens from there.

use crate::{
    error::Error,
    session::Session,
    settings::{self, Host, Overrides, Registries},
    ui::Ui,
};

use super::args::Target;

/// The options of every command, and the facts of the host.
pub(super) struct Context {
    pub(super) overrides: Overrides,
    pub(super) host: Host,
    /// The terminal.
    pub(super) ui: Ui,
}

impl Context {
    /// The repository, opened.
    ///
    /// # Errors
    /// When there is no repository, or the configuration cannot be used.
    pub(super) fn session(&self) -> Result<Session, Error> {
        Session::open(&self.overrides, &self.host)
    }

    /// The repository, opened, with its lines narrowed to the paths that a target names.
    ///
    /// # Errors
    /// When there is no repository, or a path is no glob.
    pub(super) fn narrowed(&self, target: &Target) -> Result<Session, Error> {
        let mut session = self.session()?;
        session.settings.narrow(&target.path, &target.exclude_path)?;
        Ok(session)
    }

    /// What commands on images need; `named` is what may be an image. What is odd about the configuration is not told.
    ///
    /// # Errors
    /// When the configuration cannot be used.
    pub(super) fn registries(&self, named: &[Option<&str>]) -> Result<Registries, Error> {
        settings::registries(&self.overrides, &self.host, named)
    }
}
