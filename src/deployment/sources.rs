//! Where deployments are looked up.

use crate::{error::Error, notes::Line, session::Session, settings::Registries};

/// The repository, if there is one, and the registries.
#[derive(Clone, Copy)]
pub struct Sources<'s> {
    /// The repository, and the line of versions that is deployed.
    pub git: Option<(&'s Session, &'s Line)>,
    /// The registries, with the environments that have images.
    pub registries: &'s Registries,
}

impl<'s> Sources<'s> {
    /// The sources of ends with these names, of which one may select a package.
    ///
    /// # Errors
    /// If the repository has several packages, and nothing selects one.
    pub fn new(
        session: Option<&'s Session>,
        registries: &'s Registries,
        names: &[Option<&str>],
    ) -> Result<Self, Error> {
        let text = match names {
            [Some(from), Some(to)] => Some(format!("{from}..{to}")),
            names => names.iter().flatten().next().map(|&name| name.to_owned()),
        };
        let line = session.map(|session| session.line_of(text.as_deref())).transpose()?;
        Ok(Self { git: session.zip(line), registries })
    }

    /// The index of a declared environment.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<usize> {
        self.registries.tags.environments.iter().position(|environment| environment.name == name)
    }
}
