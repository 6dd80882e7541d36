//! The strings of a language: headings and phrases of notes, messages and previews.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::model::{Release, Section};

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
    match parse(name, text) {
        Ok(strings) => strings,
        Err(error) => unreachable!("the built-in locale is fixed, and a test parses it: {error}"),
    }
});

/// Headings of earlier releases of tidings, by section: attached notes may still contain them.
const FORMER_HEADINGS: [(&str, &str); 5] = [
    ("breaking", "重大變更"),
    ("fixes", "錯誤修正"),
    ("deprecated", "即將淘汰"),
    ("reverts", "還原"),
    ("fixes", "Correções de erros"),
];

/// The built-in languages in which 0 takes the singular, as in "0 commit" (Unicode CLDR, plural rules).
const ZERO_IS_SINGULAR: [&str; 2] = ["fr", "pt-BR"];

/// The strings of a language, by key. It has all keys of `templates/locales/en.toml`; missing strings are English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    name: String,
    strings: BTreeMap<String, String>,
}

impl Default for Locale {
    fn default() -> Self {
        Self { name: "en".to_owned(), strings: ENGLISH.clone() }
    }
}

impl Locale {
    /// The built-in locale for a language tag such as `zh-TW` or `zh-Hant-HK`, or a POSIX name (`zh_TW.UTF-8`), in any
    /// case. A region without its own locale gets that of its language.
    ///
    /// # Errors
    /// If there is no built-in locale for it.
    pub fn named(name: &str) -> Result<Self, Error> {
        match BUILT_IN.iter().find(|(built_in, _)| Some(*built_in) == resolve(name)) {
            Some((built_in, text)) => Self::from_toml(built_in, text),
            None => Err(Error::UnknownLocale {
                name: name.to_owned(),
                hint: match same_language(name).as_slice() {
                    [] => suggestion(name, Self::names()),
                    names => format!("use one of: {}", names.join(", ")),
                },
            }),
        }
    }

    /// Parses `key = "string"` lines. Missing keys have their English string. `name` is the path for errors.
    ///
    /// # Errors
    /// If the text is not valid TOML, has an unknown key, a value that is not a string, or a string that is too long.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Error> {
        let mut strings = ENGLISH.clone();
        for (key, value) in parse(name, text)? {
            match strings.get_mut(&key) {
                Some(string) => *string = value,
                None => {
                    let hint = suggestion(&key, ENGLISH.keys().map(String::as_str));
                    return Err(Error::UnknownLocaleKey { name: name.to_owned(), key, hint });
                }
            }
        }
        Ok(Self { name: name.to_owned(), strings })
    }

    /// The names of the built-in locales.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The language tag, or the path of the locale file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The string of a key; the key itself if it is unknown.
    #[must_use]
    pub fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.strings.get(key).map_or(key, String::as_str)
    }

    /// A count in words: the string of the key `one` or `many`, by the plural rule of the language, with `{count}`
    /// replaced.
    #[must_use]
    pub fn counted(&self, one: &str, many: &str, count: usize) -> String {
        let is_singular = count == 1 || (count == 0 && ZERO_IS_SINGULAR.contains(&self.name.as_str()));
        self.text(if is_singular { one } else { many }).replace("{count}", &count.to_string())
    }

    /// Removes the titles of a release that are the default heading in any built-in locale, so that it can be rendered
    /// in another language.
    pub fn remove_default_titles(release: &mut Release) {
        let locales: Vec<Self> =
            BUILT_IN.iter().filter_map(|(name, text)| Self::from_toml(name, text).ok()).collect();
        let is_default = |id: &str, title: &str| {
            locales.iter().any(|locale| locale.heading(id, None) == title)
                || FORMER_HEADINGS.contains(&(id, title))
        };
        for section in &mut release.sections {
            section.title = section.title.take().filter(|title| !is_default(&section.id, title));
        }
        for item in &mut release.attention {
            item.title = item.title.take().filter(|title| !is_default(&item.kind, title));
        }
    }

    /// All keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.strings.keys().map(String::as_str)
    }

    /// All strings by key.
    pub(super) const fn strings(&self) -> &BTreeMap<String, String> {
        &self.strings
    }

    /// The heading of a section of a release. Without another section, "Other changes" would be other than nothing.
    pub(super) fn section_heading(&self, section: &Section, rollback: bool, is_only: bool) -> String {
        if section.id == "other" && section.title.is_none() && is_only {
            return self.text("changes").to_owned();
        }
        self.heading_in(rollback, &section.id, section.title.as_deref())
    }

    /// The heading in a release. A rollback loses fixes and does not revert migrations, so it has other headings for
    /// them.
    #[must_use]
    pub fn heading_in(&self, rollback: bool, id: &str, title: Option<&str>) -> String {
        let rollback_key = match id {
            "fixes" => "fixes_rollback",
            "migration" => "migration_rollback",
            _ => return self.heading(id, title),
        };
        match title {
            None if rollback => self.text(rollback_key).to_owned(),
            title => self.heading(id, title),
        }
    }

    /// The heading of a section or attention item: the configured title, else the locale's string, else the id,
    /// capitalised and with spaces for `-` and `_`.
    pub(super) fn heading(&self, id: &str, title: Option<&str>) -> String {
        if let Some(heading) = title.or_else(|| self.strings.get(id).map(String::as_str)) {
            return heading.to_owned();
        }
        let mut chars = id.chars().map(|c| if matches!(c, '-' | '_') { ' ' } else { c });
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars.by_ref()).collect()
    }
}

/// The maximum length of a string in bytes. It bounds the number of placeholders, whose values may be long.
const MAX_STRING_BYTES: usize = 1_000;

fn parse(name: &str, text: &str) -> Result<BTreeMap<String, String>, Error> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| Error::LocaleSyntax {
        name: name.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    })?;
    let string = |(key, value)| match value {
        toml::Value::String(string) if string.len() > MAX_STRING_BYTES => {
            Err(Error::LongString { name: name.to_owned(), key, limit: MAX_STRING_BYTES })
        }
        toml::Value::String(string) => Ok((key, string)),
        _ => Err(Error::NotString { name: name.to_owned(), key }),
    };
    table.into_iter().map(string).collect()
}

/// The built-in locale for a language tag (BCP 47) or a POSIX name.
fn resolve(name: &str) -> Option<&'static str> {
    let bare = name.split(['.', '@']).next().unwrap_or_default().to_ascii_lowercase().replace('_', "-");
    if let Some((built_in, _)) = BUILT_IN.iter().find(|(built_in, _)| built_in.eq_ignore_ascii_case(&bare)) {
        return Some(built_in);
    }
    let (language, rest) = bare.split_once('-').unwrap_or((&bare, ""));
    let has = |parts: &[&str]| rest.split('-').any(|part| parts.contains(&part));
    match language {
        // The script decides, or else the region. `zh` alone is ambiguous.
        "zh" if has(&["hant"]) => Some("zh-TW"),
        "zh" if has(&["hans"]) => Some("zh-CN"),
        "zh" if has(&["tw", "hk", "mo"]) => Some("zh-TW"),
        "zh" if has(&["cn", "sg", "my"]) => Some("zh-CN"),
        "pt" => Some("pt-BR"),
        _ => Locale::names().find(|built_in| *built_in == language),
    }
}

/// The built-in locales of the same language, for the hint on an unknown locale.
fn same_language(name: &str) -> Vec<&'static str> {
    let language =
        |name: &str| name.split(['-', '_', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
    Locale::names().filter(|built_in| language(built_in) == language(name)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn built_in_locales_have_the_keys_and_placeholders_of_english() {
        let placeholders = |string: &str| {
            let parts = string.split('{').skip(1).filter_map(|part| part.split_once('}'));
            parts.map(|(name, _)| name.to_owned()).collect::<BTreeSet<_>>()
        };
        for (name, text) in BUILT_IN {
            let strings = parse(name, text).unwrap();
            assert!(strings.keys().eq(ENGLISH.keys()), "{name} has missing or unknown keys");
            for (key, string) in strings {
                let mut own = placeholders(&string);
                // The singular only needs `{count}` in languages that use it for 0.
                if key.starts_with("one_") {
                    assert_eq!(own.remove("count"), ZERO_IS_SINGULAR.contains(&name), "{name}: {key}");
                }
                assert_eq!(own, placeholders(&ENGLISH[&key]), "{name}: {key}");
            }
        }
    }

    #[test]
    fn counts_follow_the_plural_rule_of_the_language() {
        let commits = |name: &str| {
            let locale = Locale::named(name).unwrap();
            [0, 1, 2].map(|count| locale.counted("one_commit", "commit_count", count))
        };
        assert_eq!(commits("en"), ["0 commits", "1 commit", "2 commits"]);
        assert_eq!(commits("de"), ["0 Commits", "1 Commit", "2 Commits"]);
        assert_eq!(commits("es"), ["0 commits", "1 commit", "2 commits"]);
        assert_eq!(commits("fr"), ["0 commit", "1 commit", "2 commits"]);
        assert_eq!(commits("pt-BR"), ["0 commit", "1 commit", "2 commits"]);
        assert_eq!(commits("zh-TW"), ["0 個提交", "1 個提交", "2 個提交"]);
        assert_eq!(commits("ja"), ["コミット 0 件", "コミット 1 件", "コミット 2 件"]);
        let custom = Locale::from_toml("it.toml", "one_commit = \"un commit\"").unwrap();
        assert_eq!(custom.counted("one_commit", "commit_count", 1), "un commit");
    }

    #[test]
    fn singular_and_plural_exist_for_every_count() {
        let counts = ["commit", "breaking", "feature", "fix", "revert", "other", "hidden", "in_section"];
        for name in Locale::names() {
            let locale = Locale::named(name).unwrap();
            for noun in counts {
                let (one, many) = (format!("one_{noun}"), format!("{noun}_count"));
                let texts = [1, 2].map(|count| locale.counted(&one, &many, count));
                assert!(texts[0].contains('1') && texts[1].contains('2'), "{name}: {texts:?}");
                let has_plural = !["zh-TW", "zh-CN", "ja"].contains(&name);
                assert_eq!(texts[0].replace('1', "2") != texts[1], has_plural, "{name}: {texts:?}");
            }
        }
    }

    #[test]
    fn default_titles_are_removed_in_every_language() {
        let titles = ["Breaking changes", "破壞性變更", "重大變更", "Our own"];
        let section = |title: &str| crate::model::Section {
            id: "breaking".into(),
            title: Some(title.to_owned()),
            changes: Vec::new(),
        };
        let mut release = crate::render::sample::notes().releases.remove(0);
        release.sections = titles.map(section).into();
        Locale::remove_default_titles(&mut release);
        let left: Vec<_> = release.sections.iter().filter_map(|section| section.title.as_deref()).collect();
        assert_eq!(left, ["Our own"]);
    }

    #[test]
    fn every_built_in_section_has_a_heading() {
        for id in crate::rules::Options::default().section_ids() {
            assert!(ENGLISH.contains_key(id), "{id}");
        }
    }

    #[test]
    fn language_tags_and_posix_names_are_resolved() {
        assert_eq!(Locale::named("ZH_tw").unwrap().text("features"), "新功能");
        for (name, built_in) in [
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
            assert_eq!(Locale::named(name).unwrap().name(), built_in, "{name}");
        }
    }

    #[test]
    fn unknown_locale_suggests_others() {
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
    fn locale_has_its_canonical_name() {
        assert_eq!(Locale::named("zh-tw").unwrap().name(), "zh-TW");
    }

    #[test]
    fn custom_locale_may_omit_keys_but_not_add_any() {
        let custom = Locale::from_toml("it.toml", "features = \"Novità\"").unwrap();
        assert_eq!((custom.text("features"), custom.text("fixes")), ("Novità", "Bug fixes"));
        let error = Locale::from_toml("it.toml", "featurs = \"Novità\"").unwrap_err();
        assert_eq!(error.to_string(), "it.toml: unknown key `featurs`");
        assert_eq!(error.hint().unwrap(), "did you mean `features`?");
        let error = Locale::from_toml("it.toml", "fixes = 3").unwrap_err();
        assert_eq!(error.to_string(), "it.toml: `fixes` is not a string");
        assert!(Locale::from_toml("it.toml", "fixes").unwrap_err().to_string().starts_with("it.toml: "));
    }

    #[test]
    fn heading_falls_back_to_the_id() {
        let english = Locale::default();
        assert_eq!(english.heading("build-and_ci", None), "Build and ci");
        assert_eq!(english.heading("fixes", Some("Mended")), "Mended");
        assert_eq!(english.heading("fixes", None), "Bug fixes");
    }
}
