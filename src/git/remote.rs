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

    /// The addresses that git's configuration has for remotes, with those of `insteadOf`, and the headers that it has git send: what
    /// may hold passwords.
    #[must_use]
    pub fn credentials(&self) -> (Vec<String>, Vec<String>) {
        let (mut addresses, mut headers) = (Vec::new(), Vec::new());
        let Ok(config) = self.inner.config() else { return (addresses, headers) };
        let Ok(mut entries) = config.entries(None) else { return (addresses, headers) };
        while let Some(Ok(entry)) = entries.next() {
            // The library panics on the value of a key without one.
            if !entry.has_value() {
                continue;
            }
            let (Ok(name), Ok(value)) = (entry.name(), entry.value()) else { continue };
            if name.starts_with("remote.") && name.ends_with("url") {
                addresses.push(value.to_owned());
            } else if name.starts_with("url.") {
                addresses.push(name.trim_start_matches("url.").to_owned());
            } else if name.starts_with("http.") && name.ends_with(".extraheader") {
                headers.push(value.to_owned());
            }
        }
        (addresses, headers)
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
