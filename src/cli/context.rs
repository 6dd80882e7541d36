//! What a command is run in, and what it opens from there.

use crate::{
    error::Error,
    session::Session,
    settings::{self, Host, Overrides, Registries},
    ui::Ui,
};

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

    /// What commands on images need; `named` is what may be an image. What is odd about the configuration is not told.
    ///
    /// # Errors
    /// When the configuration cannot be used.
    pub(super) fn registries(&self, named: &[Option<&str>]) -> Result<Registries, Error> {
        settings::registries(&self.overrides, &self.host, named)
    }
}
