//! The address of the repository's remote.

use super::{Error, Repository, address::without_secrets};

impl Repository {
    /// The address of the named remote with the user's `insteadOf` rules applied; of the only remote where that one
    /// does not exist. `None` without a remote, or where its address is not UTF-8.
    #[must_use]
    pub fn remote_url(&self, name: &str) -> Option<String> {
        // The library applies `insteadOf` when it loads a remote.
        let named = |name: &str| Some(self.inner.find_remote(name).ok()?.url().ok()?.to_owned());
        named(name).or_else(|| {
            let remotes = self.inner.remotes().ok()?;
            let mut names = remotes.iter().flatten().flatten();
            let (only, second) = (names.next()?, names.next());
            second.is_none().then(|| named(only))?
        })
    }

    /// Refuses a name that is none of a configured remote. Git takes an address or a path for one as well, and the name may be that of a
    /// repository's configuration, which must not say where tags come from or go to.
    ///
    /// # Errors
    /// When there is none.
    pub fn must_have_remote(&self, name: &str, command: &'static str) -> Result<(), Error> {
        let none = || Error::NoSuchRemote { name: without_secrets(name), command };
        self.inner.find_remote(name).map(drop).map_err(|_| none())
    }
}
