//! Reads the URLs of remotes, and the credentials in git's configuration.

use super::{Error, Repository, secrets::without_secrets};

impl Repository {
    /// URL of the named remote, with `insteadOf` applied. If no remote has this name and there is only one, that one's
    /// URL. `None` without a remote, or if its URL is not UTF-8.
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

    /// The values of git's configuration that may contain passwords: URLs of remotes and of `insteadOf`, and values of
    /// `http.extraHeader`.
    #[must_use]
    pub fn credentials(&self) -> (Vec<String>, Vec<String>) {
        let (mut urls, mut headers) = (Vec::new(), Vec::new());
        let Ok(config) = self.inner.config() else { return (urls, headers) };
        let Ok(mut entries) = config.entries(None) else { return (urls, headers) };
        while let Some(Ok(entry)) = entries.next() {
            // The library panics on `value()` of a key that has none.
            if !entry.has_value() {
                continue;
            }
            let (Ok(name), Ok(value)) = (entry.name(), entry.value()) else { continue };
            if name.starts_with("remote.") && name.ends_with("url") {
                urls.push(value.to_owned());
            } else if name.starts_with("url.") {
                urls.push(name.trim_start_matches("url.").to_owned());
            } else if name.starts_with("http.") && name.ends_with(".extraheader") {
                headers.push(value.to_owned());
            }
        }
        (urls, headers)
    }

    /// Checks that a remote of this name is configured. Git also accepts a URL or path instead of a name, but the name
    /// may come from the repository's configuration, which must not decide where tags are fetched from or pushed to.
    ///
    /// # Errors
    /// If no remote has this name.
    pub fn require_remote(&self, name: &str, command: &'static str) -> Result<(), Error> {
        let none = || Error::NoSuchRemote { name: without_secrets(name), command };
        self.inner.find_remote(name).map(drop).map_err(|_| none())
    }
}
