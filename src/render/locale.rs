//! The words of a language.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::model::Release;

use super::{Error, suggestion::suggestion};

const BUILT_IN: [(&str, &str); 8] = [
    ("en", include_str!("../../templates/locales/en.toml")),
    ("zh-TW", include_str!("../../templates/locales/zh-TW.toml")),
    ("zh-CN", include_str!("../../templates/locales/zh-CN.toml")),
    ("ja", include_str!("../../templates/locales/ja.toml")),
    ("de", include_str!("../../templates/locales/de.toml")),
    ("fr", include_str!("../../templates/locales/fr.toml")),
    ("es", include_str!("../../templates/locales/es.toml")),
    ("pt-BR", include_str!("../../templates/locales/pt-BR.toml")),
];

static ENGLISH: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let (name, text) = BUILT_IN[0];
    match words(name, text) {
        Ok(words) => words,
        Err(error) => unreachable!("the built-in words are fixed, and a test reads them: {error}"),
    }
});

/// The words of a language, by key. Each key of `templates/locales/en.toml` has one; what a language lacks is English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    name: String,
    words: BTreeMap<String, String>,
}

impl Default for Locale {
    fn default() -> Self {
        Self { name: "en".to_owned(), words: ENGLISH.clone() }
    }
}

impl Locale {
    /// The built-in locale of this name: a language tag such as `zh-TW` or `zh-Hant-HK`, or as systems write it
    /// (`zh_TW.UTF-8`), in any case. A region that has no words of its own gets those of its language.
    ///
    /// # Errors
    /// Where there is none of this name.
    pub fn named(name: &str) -> Result<Self, Error> {
        match BUILT_IN.iter().find(|(known, _)| Some(*known) == nearest(name)) {
            Some((known, text)) => Self::from_toml(known, text),
            None => Err(Error::UnknownLocale {
                name: name.to_owned(),
                hint: match of_language(name).as_slice() {
                    [] => suggestion(name, Self::names()),
                    near => format!("use one of: {}", near.join(", ")),
                },
            }),
        }
    }

    /// Reads `key = "word"` lines. Keys that are not there keep their English word.
    ///
    /// # Errors
    /// Where the text is no TOML, has an unknown key, or a value that is no text; all name the file `name`.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Error> {
        let mut all = ENGLISH.clone();
        for (key, word) in words(name, text)? {
            match all.get_mut(&key) {
                Some(known) => *known = word,
                None => {
                    let hint = suggestion(&key, ENGLISH.keys().map(String::as_str));
                    return Err(Error::UnknownWord { name: name.to_owned(), key, hint });
                }
            }
        }
        Ok(Self { name: name.to_owned(), words: all })
    }

    /// The names of the built-in locales.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The language tag, or the file that the words come from.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The word of a key; the key itself where there is no such word.
    #[must_use]
    pub fn word<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }

    /// Takes the headings out of a release that any built-in language has for them, so that those of another take their place.
    pub fn forget(release: &mut Release) {
        let languages: Vec<Self> =
            BUILT_IN.iter().filter_map(|(name, text)| Self::from_toml(name, text).ok()).collect();
        let is_usual = |id: &str, title: &str| languages.iter().any(|words| words.heading(id, None) == title);
        for section in &mut release.sections {
            section.title = section.title.take().filter(|title| !is_usual(&section.id, title));
        }
        for item in &mut release.attention {
            item.title = item.title.take().filter(|title| !is_usual(&item.kind, title));
        }
    }

    /// All keys, ascending.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    pub(super) const fn words(&self) -> &BTreeMap<String, String> {
        &self.words
    }

    /// The heading in a release. What is good news forwards is bad news backwards: fixes that go, and migrations that stay.
    pub(super) fn heading_in(&self, rollback: bool, id: &str, title: Option<&str>) -> String {
        let backwards = match id {
            "fixes" => "fixes_rollback",
            "migration" => "migration_rollback",
            _ => return self.heading(id, title),
        };
        match title {
            None if rollback => self.word(backwards).to_owned(),
            title => self.heading(id, title),
        }
    }

    /// The heading of a section or of an attention: the configured one, else the word of its id, else the id itself,
    /// capitalised, with spaces for `-` and `_`.
    pub(super) fn heading(&self, id: &str, title: Option<&str>) -> String {
        if let Some(word) = title.or_else(|| self.words.get(id).map(String::as_str)) {
            return word.to_owned();
        }
        let mut chars = id.chars().map(|c| if matches!(c, '-' | '_') { ' ' } else { c });
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars.by_ref()).collect()
    }
}

/// What stands for a place in a word may be long, and the places many.
const LONGEST: usize = 1_000;

fn words(name: &str, text: &str) -> Result<BTreeMap<String, String>, Error> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| Error::LocaleSyntax {
        name: name.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    })?;
    let word = |(key, value)| match value {
        toml::Value::String(word) if word.len() > LONGEST => {
            Err(Error::LongWord { name: name.to_owned(), key, most: LONGEST })
        }
        toml::Value::String(word) => Ok((key, word)),
        _ => Err(Error::NotText { name: name.to_owned(), key }),
    };
    table.into_iter().map(word).collect()
}

/// The built-in locale that a language tag means (BCP 47, or a POSIX name).
fn nearest(name: &str) -> Option<&'static str> {
    let bare = name.split(['.', '@']).next().unwrap_or_default().to_ascii_lowercase().replace('_', "-");
    if let Some((known, _)) = BUILT_IN.iter().find(|(known, _)| known.eq_ignore_ascii_case(&bare)) {
        return Some(known);
    }
    let (language, rest) = bare.split_once('-').unwrap_or((&bare, ""));
    let has = |parts: &[&str]| rest.split('-').any(|part| parts.contains(&part));
    match language {
        // The script decides; where it is not named, where people write it does. `zh` alone could be either.
        "zh" if has(&["hant"]) => Some("zh-TW"),
        "zh" if has(&["hans"]) => Some("zh-CN"),
        "zh" if has(&["tw", "hk", "mo"]) => Some("zh-TW"),
        "zh" if has(&["cn", "sg", "my"]) => Some("zh-CN"),
        "pt" => Some("pt-BR"),
        _ => BUILT_IN.iter().map(|(known, _)| *known).find(|known| *known == language),
    }
}

/// The built-in locales of the same language, for one that means none of them.
pub(super) fn of_language(name: &str) -> Vec<&'static str> {
    let language =
        |name: &str| name.split(['-', '_', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
    Locale::names().filter(|known| language(known) == language(name)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_built_in_locale_has_the_keys_and_the_places_of_english() {
        let places = |word: &str| {
            let parts = word.split('{').skip(1).filter_map(|part| part.split_once('}'));
            parts.map(|(name, _)| name.to_owned()).collect::<BTreeSet<_>>()
        };
        for (name, text) in BUILT_IN {
            let own = words(name, text).unwrap();
            assert!(own.keys().eq(ENGLISH.keys()), "{name} lacks words or has others");
            for (key, word) in own {
                assert_eq!(places(&word), places(&ENGLISH[&key]), "{name}: {key}");
            }
        }
    }

    #[test]
    fn every_built_in_section_has_a_word() {
        for id in crate::rules::Options::default().section_ids() {
            assert!(ENGLISH.contains_key(id), "{id}");
        }
    }

    #[test]
    fn names_are_language_tags_in_any_case() {
        assert_eq!(Locale::named("ZH_tw").unwrap().word("features"), "新功能");
        for (name, known) in [
            ("zh-Hant", "zh-TW"),
            ("zh-Hans-HK", "zh-CN"),
            ("zh_HK", "zh-TW"),
            ("zh_TW.UTF-8", "zh-TW"),
            ("zh_SG.GB2312", "zh-CN"),
            ("pt", "pt-BR"),
            ("en_GB", "en"),
            ("de_AT.UTF-8@euro", "de"),
            ("ja", "ja"),
        ] {
            assert_eq!(Locale::named(name).unwrap().name(), known, "{name}");
        }
    }

    #[test]
    fn what_is_no_locale_brings_the_near_ones() {
        for (name, hint) in [
            ("zh", "use one of: zh-TW, zh-CN"),
            ("zh-TX", "use one of: zh-TW, zh-CN"),
            ("dee", "did you mean `de`?"),
            ("xx", "use one of: en, zh-TW, zh-CN, ja, de, fr, es, pt-BR"),
            ("klingon", "use one of: en, zh-TW, zh-CN, ja, de, fr, es, pt-BR"),
        ] {
            let error = Locale::named(name).unwrap_err();
            assert_eq!(
                (error.to_string(), error.hint().unwrap()),
                (format!("unknown locale `{name}`"), hint.to_owned())
            );
        }
        assert!(Locale::named("").is_err());
    }

    #[test]
    fn a_locale_is_called_by_its_own_name() {
        assert_eq!(Locale::named("zh-tw").unwrap().name(), "zh-TW");
    }

    #[test]
    fn a_file_of_ones_own_may_lack_words_but_has_no_others() {
        let own = Locale::from_toml("it.toml", "features = \"Novità\"").unwrap();
        assert_eq!((own.word("features"), own.word("fixes")), ("Novità", "Bug fixes"));
        let error = Locale::from_toml("it.toml", "featurs = \"Novità\"").unwrap_err();
        assert_eq!(error.to_string(), "it.toml: unknown word `featurs`");
        assert_eq!(error.hint().unwrap(), "did you mean `features`?");
        let error = Locale::from_toml("it.toml", "fixes = 3").unwrap_err();
        assert_eq!(error.to_string(), "it.toml: `fixes` is not a text");
        assert!(Locale::from_toml("it.toml", "fixes").unwrap_err().to_string().starts_with("it.toml: "));
    }

    #[test]
    fn an_id_without_a_word_is_its_own() {
        let english = Locale::default();
        assert_eq!(english.heading("build-and_ci", None), "Build and ci");
        assert_eq!(english.heading("fixes", Some("Mended")), "Mended");
        assert_eq!(english.heading("fixes", None), "Bug fixes");
    }
}
