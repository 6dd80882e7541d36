//! A language of the site.

use std::path::Path;

use crate::{error::Error, files::ProjectFiles, render::Locale, settings};

/// The names of languages in themselves.
const NAMES: [(&str, &str); 8] = [
    ("en", "English"),
    ("zh-TW", "繁體中文"),
    ("zh-CN", "简体中文"),
    ("ja", "日本語"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("pt-BR", "Português (Brasil)"),
];

/// A language of the site.
pub struct Language {
    /// Its tag, as in `zh-TW`.
    pub tag: String,
    /// Its strings.
    pub locale: Locale,
}

impl Language {
    /// The language with a name such as `de`, or of a locale file, whose name is then the tag.
    ///
    /// # Errors
    /// If there is no such locale, or the name of the file is not a language tag.
    pub fn named(name: &str, files: &ProjectFiles) -> Result<Self, Error> {
        Self::of(settings::named_locale(name, files)?)
    }

    /// The language of a locale.
    ///
    /// # Errors
    /// If it was read from a file whose name is not a language tag.
    pub fn of(locale: Locale) -> Result<Self, Error> {
        let name = locale.name();
        let stem = Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let tag = if name.ends_with(".toml") { stem.unwrap_or_default() } else { name.to_owned() };
        if !is_tag(&tag) {
            let message = format!("the name of the locale file `{name}` is not a language tag");
            return Err(Error::usage(&message, Some("name the file by its language, as in it.toml")));
        }
        Ok(Self { tag, locale })
    }

    /// Its name in the language itself; the tag if it is unknown.
    pub(super) fn name(&self) -> &str {
        NAMES.iter().find(|(tag, _)| *tag == self.tag).map_or(&self.tag, |(_, name)| *name)
    }
}

/// Whether a text is a language tag that is also safe as the name of a folder: `it`, `zh-Hant`.
fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphanumeric());
    let language = parts.next().unwrap_or_default();
    matches!(language.len(), 2 | 3)
        && language.bytes().all(|c| c.is_ascii_lowercase())
        // A name that Windows reserves.
        && !matches!(language, "con" | "prn" | "aux" | "nul")
        && parts.all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_locale_has_a_name_in_itself() {
        for name in Locale::names() {
            let language = Language::of(Locale::named(name).unwrap()).unwrap();
            assert_eq!(language.tag, name);
            assert_ne!(language.name(), name);
        }
    }

    #[test]
    fn file_name_of_a_locale_is_a_language_tag() {
        let of = |path: &str| Language::of(Locale::from_toml(path, "").unwrap()).map(|language| language.tag);
        assert_eq!(of("locales/it.toml").unwrap(), "it");
        assert_eq!(of("zh-Hant.toml").unwrap(), "zh-Hant");
        for path in ["data.toml", "IT.toml", "..toml", "a.toml", "con.toml", "it-.toml"] {
            assert!(of(path).is_err(), "{path}");
        }
    }
}
