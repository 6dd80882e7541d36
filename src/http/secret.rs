//! What must never be shown: tokens, passwords, the addresses of web hooks.

use std::fmt;

/// A secret text. Neither `Debug` nor anything else here shows it but [`Secret::expose`], so that a search for that word
/// finds every place where one leaves.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret, without white space around it (files and variables often end with a line break); `None` where nothing is
    /// left.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The secret itself, for the header or address that needs it.
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
    fn pitfall_30_a_secret_is_not_shown() {
        let secret = Secret::new(" ghp_hidden\n").unwrap();
        assert_eq!(secret.expose(), "ghp_hidden");
        assert!(!format!("{secret:?} {:#?}", Some(&secret)).contains("hidden"));
        assert_eq!(Secret::new(" \n"), None);
    }
}
