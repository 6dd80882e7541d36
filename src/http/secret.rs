//! Values that must never be shown: tokens, passwords, webhook URLs.

use std::fmt;

/// A secret string. Only [`Secret::expose`] returns it (`Debug` does not), so that a search for that name finds every
/// use.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret, trimmed (files and variables often end with a line break); `None` if nothing is left.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The secret itself, for a header or URL.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_the_secret() {
        let secret = Secret::new(" ghp_hidden\n").unwrap();
        assert_eq!(secret.expose(), "ghp_hidden");
        assert!(!format!("{secret:?} {:#?}", Some(&secret)).contains("hidden"));
        assert_eq!(Secret::new(" \n"), None);
    }
}
