//! What a page shows: the parameters of its address.

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::tabs::Tab;

/// The parameters. An empty one is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Query {
    /// A version, range, branch or commit; none for unreleased changes.
    pub(super) target: String,
    /// The version that unreleased changes are shown as.
    #[serde(rename = "as")]
    pub(super) as_version: String,
    /// The package.
    pub(super) package: String,
    /// The language.
    pub(super) locale: String,
    /// The ends of a comparison; both or none.
    pub(super) from: String,
    pub(super) to: String,
    /// The tab.
    pub(super) tab: Tab,
    /// The ID of the entry whose form is open.
    pub(super) edit: String,
    /// The commit, pull request or version that is explained.
    pub(super) explain: String,
}

impl Query {
    /// A parameter, unless it is empty.
    pub(super) fn given(text: &str) -> Option<&str> {
        Some(text.trim()).filter(|text| !text.is_empty())
    }

    /// The argument that may name a package.
    pub(super) fn named(&self) -> Option<&str> {
        Self::given(&self.target).or_else(|| Self::given(&self.as_version))
    }

    /// The two ends that are compared; `None` unless both are given.
    pub(super) fn ends(&self) -> Option<(&str, &str)> {
        Self::given(&self.from).zip(Self::given(&self.to))
    }

    /// The address of the page, relative to the server: `/?tab=text&target=v1.2.0`.
    pub(super) fn address(&self) -> String {
        format!("/?{}", self.encoded())
    }

    /// The parameters in the syntax of an address, without empty ones.
    pub(super) fn encoded(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        let tab = self.tab.name();
        let pairs: [(&str, &str); 9] = [
            ("target", &self.target),
            ("as", &self.as_version),
            ("package", &self.package),
            ("locale", &self.locale),
            ("from", &self.from),
            ("to", &self.to),
            ("tab", if self.tab == Tab::default() { "" } else { tab }),
            ("edit", &self.edit),
            ("explain", &self.explain),
        ];
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            out.append_pair(name, value);
        }
        out.finish()
    }

    /// The same page with another tab.
    pub(super) fn with_tab(&self, tab: Tab) -> Self {
        Self { tab, edit: String::new(), ..self.clone() }
    }

    /// The same page with the form of an entry.
    pub(super) fn with_edit(&self, id: &str) -> Self {
        Self { edit: id.to_owned(), ..self.clone() }
    }

    /// The same page with an explanation.
    pub(super) fn with_explanation(&self, of: &str) -> Self {
        Self { explain: of.to_owned(), ..self.clone() }
    }
}
