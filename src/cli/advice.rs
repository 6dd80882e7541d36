//! The last line of a preview: the next version and why, in the preview's locale.

use crate::{
    bump::{Derivation, Next, Relation},
    model::{Bump, Version},
    render::Locale,
};

/// The line, without a line end.
pub(super) fn line(next: &Next, words: &Locale, colour: bool) -> String {
    let reason = reason(&next.derivation, next.bump, words);
    let Some(version) = &next.version else { return words.text("next_none").replace("{reason}", &reason) };
    let version = if colour { format!("\u{1b}[1m{version}\u{1b}[0m") } else { version.to_string() };
    words.text("next_version").replace("{version}", &version).replace("{reason}", &reason)
}

fn reason(derivation: &Derivation, bump: Option<Bump>, words: &Locale) -> String {
    let mut parts = Vec::new();
    match (&derivation.since, derivation.required) {
        _ if derivation.release_as.is_some() && !derivation.is_explicit => {}
        (None, Some(_)) => parts.push(words.text("next_first").to_owned()),
        (Some(base), Some(_)) => {
            let asked = words.text("next_asked").replace("{bump}", bump.map_or("", Bump::name));
            let asked = asked.replace("{base}", &base.to_string());
            let changes = list_counts(&derivation.counts, words);
            let changes = match derivation.read {
                0 => changes,
                read => words
                    .text("next_read")
                    .replace("{changes}", &changes)
                    .replace("{count}", &read.to_string()),
            };
            let asked = asked.replace("{changes}", &changes);
            parts.push(match derivation.zero_bump {
                Some(it) => {
                    words.text("next_softened").replace("{bump}", it.name()).replace("{reason}", &asked)
                }
                None => asked,
            });
        }
        (Some(base), None) if derivation.prerelease.is_none() => {
            parts.push(words.text("next_nothing_since").replace("{base}", &base.to_string()));
        }
        (None, None) if derivation.prerelease.is_none() => parts.push(words.text("next_nothing").to_owned()),
        (_, None) => {}
    }
    if let Some((relation, prerelease)) = &derivation.prerelease {
        let key = match relation {
            Relation::Follows => "next_follows",
            Relation::Graduates => "next_graduates",
            Relation::Replaces => "next_replaces",
        };
        parts.push(words.text(key).replace("{version}", &prerelease.to_string()));
    }
    let requested = derivation.release_as.as_ref().filter(|_| !derivation.is_explicit);
    parts.extend(requested.map(|commit| words.text("next_requested").replace("{commit}", commit)));
    let with_version = |key: &str, version: &Option<Version>| {
        version.as_ref().map(|version| words.text(key).replace("{version}", &version.to_string()))
    };
    parts.extend(with_version("next_above", &derivation.contained));
    parts.extend(with_version("next_taken", &derivation.skipped));
    parts.extend(derivation.line.as_ref().map(|line| words.text("next_on_line").replace("{line}", line)));
    let also = |all: String, more: String| {
        words.text("next_also").replace("{more}", &more).replace("{reason}", &all)
    };
    parts.into_iter().reduce(also).unwrap_or_default()
}

/// `2 fixes and 1 revert`.
fn list_counts(counts: &[(Option<String>, usize)], words: &Locale) -> String {
    let mut texts: Vec<String> =
        counts.iter().map(|(section, count)| counted(section.as_deref(), *count, words)).collect();
    match texts.pop() {
        Some(last) if texts.is_empty() => last,
        Some(last) => {
            let list = texts.join(words.text("list_comma"));
            words.text("list_and").replace("{list}", &list).replace("{last}", &last)
        }
        None => String::new(),
    }
}

fn counted(section: Option<&str>, count: usize, words: &Locale) -> String {
    let (one, many) = match section {
        Some("breaking") => ("one_breaking", "breaking_count"),
        Some("features") => ("one_feature", "feature_count"),
        Some("fixes") => ("one_fix", "fix_count"),
        Some("reverts") => ("one_revert", "revert_count"),
        Some("other") => ("one_other", "other_count"),
        None => ("one_hidden", "hidden_count"),
        Some(_) => ("one_in_section", "in_section_count"),
    };
    words.counted(one, many, count).replace("{section}", section.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::{
        bump::{self, ReleaseAs, ZeroRules},
        model::{MaintenanceLine, Scheme, Version},
        rules::RequiredBump,
    };

    fn version(text: &str) -> Version {
        Version::parse(text, &Scheme::SemVer).unwrap()
    }

    /// What the cases differ in, besides the versions and the changes.
    #[derive(Default)]
    struct Facts {
        existing: Vec<Version>,
        contained: Option<Version>,
        line: Option<MaintenanceLine>,
        release_as: Option<ReleaseAs>,
    }

    fn next(
        last_final: &str,
        last: &str,
        bump: Option<Bump>,
        counts: &[(Option<&str>, usize)],
        facts: &Facts,
    ) -> Next {
        let counts = counts.iter().map(|(id, count)| (id.map(str::to_owned), *count)).collect();
        let required = bump.map(|bump| RequiredBump { counts, ..RequiredBump::of(bump) });
        let options = bump::Options {
            scheme: &Scheme::SemVer,
            bump_override: None,
            pre: None,
            zero: ZeroRules::default(),
            initial: version("0.1.0"),
            date: NaiveDate::default(),
            existing: &facts.existing,
            contained: facts.contained.as_ref(),
            line: facts.line.as_ref(),
            is_unchanged_since_last: false,
            release_as: facts.release_as.as_ref(),
        };
        let (last_final, last) = (Some(last_final).filter(|it| !it.is_empty()).map(version), version(last));
        bump::next(last_final.as_ref(), Some(&last), required.as_ref(), &options).unwrap()
    }

    fn cases() -> Vec<Next> {
        let several = [(Some("features"), 1), (Some("api"), 2), (None, 3)];
        let (breaking, fixes) = ([(Some("breaking"), 1)], [(Some("fixes"), 2), (Some("reverts"), 1)]);
        let none = Facts::default();
        let taken = Facts { existing: vec![version("1.2.1")], ..Facts::default() };
        let on_line = Facts {
            existing: vec![version("2.0.0")],
            line: MaintenanceLine::parse("1.2"),
            ..Facts::default()
        };
        let contained = Facts { contained: Some(version("2.0.0")), ..Facts::default() };
        let release_as = ReleaseAs { version: version("1.0.0"), commit: "abc1234".to_owned() };
        let requested = Facts { release_as: Some(release_as), ..Facts::default() };
        vec![
            next("1.2.0", "1.2.0", None, &[], &none),
            next("1.2.0", "1.2.0", Some(Bump::Minor), &several, &none),
            next("1.2.0", "2.0.0-rc.1", Some(Bump::Major), &breaking, &none),
            next("1.2.0", "1.5.0-rc.1", Some(Bump::Major), &[(Some("breaking"), 2)], &none),
            next("1.2.0", "1.5.0-rc.1", None, &[], &none),
            next("0.8.0", "0.8.0", Some(Bump::Major), &breaking, &none),
            next("", "0.1.0-rc.1", Some(Bump::Patch), &fixes, &none),
            next("1.2.0", "1.2.0", Some(Bump::Patch), &fixes, &taken),
            next("1.2.0", "1.2.0", Some(Bump::Patch), &fixes, &on_line),
            next("1.9.1", "1.9.1", Some(Bump::Patch), &fixes, &contained),
            next("0.8.0", "0.8.0", Some(Bump::Minor), &several, &requested),
        ]
    }

    #[test]
    fn english_matches_the_reason_of_tidings_next() {
        let words = Locale::default();
        for case in cases() {
            assert_eq!(reason(&case.derivation, case.bump, &words), case.reason);
        }
    }

    #[test]
    fn every_locale_translates_every_case() {
        let lines_in = |name: &str| {
            let words = Locale::named(name).unwrap();
            let lines = cases().iter().map(|next| line(next, &words, false)).collect::<Vec<_>>();
            assert!(lines.iter().all(|line| !line.contains(['{', '}'])), "{lines:?}");
            lines.join("\n")
        };
        insta::assert_snapshot!(lines_in("en"), @r"
        Next version: none (no change since 1.2.0 requires a new version)
        Next version: 1.3.0 (minor: 1 feature, 2 changes in `api` and 3 hidden changes since 1.2.0)
        Next version: 2.0.0 (major: 1 breaking change since 1.2.0; graduates 2.0.0-rc.1)
        Next version: 2.0.0 (major: 2 breaking changes since 1.2.0; replaces 1.5.0-rc.1)
        Next version: 1.5.0 (graduates 1.5.0-rc.1)
        Next version: 0.9.0 (minor: 1 breaking change since 0.8.0 (below 1.0.0, this raises minor))
        Next version: 0.1.0 (first version; graduates 0.1.0-rc.1)
        Next version: 1.2.2 (patch: 2 fixes and 1 revert since 1.2.0; 1.2.1 already exists)
        Next version: 1.2.1 (patch: 2 fixes and 1 revert since 1.2.0; on the maintenance line 1.2)
        Next version: 2.0.1 (patch: 2 fixes and 1 revert since 1.9.1; above 2.0.0, which it contains)
        Next version: 1.0.0 (requested by commit abc1234 (Release-As))
        ");
        insta::assert_snapshot!(lines_in("de"), @r"
        Nächste Version: keine (keine Änderung seit 1.2.0 erfordert eine neue Version)
        Nächste Version: 1.3.0 (minor: 1 neue Funktion, 2 Änderungen in `api` und 3 ausgeblendete Änderungen seit 1.2.0)
        Nächste Version: 2.0.0 (major: 1 inkompatible Änderung seit 1.2.0; schließt 2.0.0-rc.1 ab)
        Nächste Version: 2.0.0 (major: 2 inkompatible Änderungen seit 1.2.0; ersetzt 1.5.0-rc.1)
        Nächste Version: 1.5.0 (schließt 1.5.0-rc.1 ab)
        Nächste Version: 0.9.0 (minor: 1 inkompatible Änderung seit 0.8.0 (unter 1.0.0 erhöht das nur minor))
        Nächste Version: 0.1.0 (erste Version; schließt 0.1.0-rc.1 ab)
        Nächste Version: 1.2.2 (patch: 2 Fehlerbehebungen und 1 Rücknahme seit 1.2.0; 1.2.1 existiert bereits)
        Nächste Version: 1.2.1 (patch: 2 Fehlerbehebungen und 1 Rücknahme seit 1.2.0; auf der Wartungslinie 1.2)
        Nächste Version: 2.0.1 (patch: 2 Fehlerbehebungen und 1 Rücknahme seit 1.9.1; über 2.0.0, das darin enthalten ist)
        Nächste Version: 1.0.0 (angefordert von Commit abc1234 (Release-As))
        ");
        insta::assert_snapshot!(lines_in("zh-TW"), @r"
        下一個版本：無（自 1.2.0 起沒有變更需要新版本）
        下一個版本：1.3.0（minor：自 1.2.0 起有 1 項新功能、2 項 `api` 的變更和 3 項隱藏的變更）
        下一個版本：2.0.0（major：自 1.2.0 起有 1 項破壞性變更；2.0.0-rc.1 轉為正式版）
        下一個版本：2.0.0（major：自 1.2.0 起有 2 項破壞性變更；取代 1.5.0-rc.1）
        下一個版本：1.5.0（1.5.0-rc.1 轉為正式版）
        下一個版本：0.9.0（minor：自 0.8.0 起有 1 項破壞性變更，1.0.0 之前只提升 minor）
        下一個版本：0.1.0（第一個版本；0.1.0-rc.1 轉為正式版）
        下一個版本：1.2.2（patch：自 1.2.0 起有 2 項修復和 1 項回滾；1.2.1 已存在）
        下一個版本：1.2.1（patch：自 1.2.0 起有 2 項修復和 1 項回滾；位於維護線 1.2）
        下一個版本：2.0.1（patch：自 1.9.1 起有 2 項修復和 1 項回滾；高於它所包含的 2.0.0）
        下一個版本：1.0.0（由提交 abc1234 指定（Release-As））
        ");
        for name in Locale::names().filter(|name| *name != "en") {
            let lines = lines_in(name);
            for english in ["Next version", "since", "exists", "change ", "first"] {
                assert!(!lines.contains(english), "{name}: {lines}");
            }
        }
    }
}
