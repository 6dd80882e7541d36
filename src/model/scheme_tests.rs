use super::*;
use crate::model::prerelease_number;
use proptest::prelude::*;

fn read(text: &str, scheme: &Scheme) -> Version {
    Version::parse(text, scheme).unwrap_or_else(|| panic!("{text} is not valid under {scheme:?}"))
}

fn loose(text: &str) -> Version {
    read(text, &Scheme::Loose)
}

fn assert_ascending(texts: &[&str], scheme: &Scheme) {
    let versions: Vec<_> = texts.iter().map(|text| read(text, scheme)).collect();
    for (at, low) in versions.iter().enumerate() {
        for high in versions.iter().skip(at + 1) {
            assert!(low < high, "{low} < {high} under {scheme:?}");
        }
        assert_eq!(low.to_string(), texts[at], "the text is kept");
    }
}

#[test]
fn numbers_compare_numerically() {
    assert_ascending(&["0.9.0", "0.10.0", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0"], &Scheme::SemVer);
    assert_ascending(&["1.2.0-rc.1", "1.2.0", "5.0.0.beta1", "5.0.0.rc1", "5.0.0"], &Scheme::Loose);
    assert_ascending(&["4.0.0-rc-2", "4.0.0-RC10", "4.0.0", "7.0.8", "7.0.8.7"], &Scheme::Loose);
    assert_ascending(
        &["5.0.0.Beta1", "5.0.0.CR1", "5.0.0.M1", "5.0.0.Final", "5.0.1.RELEASE"],
        &Scheme::Loose,
    );
}

/// The example of the specification, with more spellings.
#[test]
fn pep440_order() {
    let ascending = [
        "1.dev0",
        "1.0.dev456",
        "1.0a1",
        "1.0a2.dev456",
        "1.0a12.dev456",
        "1.0a12",
        "1.0b1.dev456",
        "1.0b2",
        "1.0b2.post345.dev456",
        "1.0b2.post345",
        "1.0rc1.dev456",
        "1.0rc1",
        "1.0",
        "1.0+abc.5",
        "1.0+abc.7",
        "1.0+5",
        "1.0.post456.dev34",
        "1.0.post456",
        "1.0.15",
        "1.1.dev1",
        "1!0.1.dev1",
        "1!0.1",
        "1!0.1.post1",
    ];
    assert_ascending(&ascending, &Scheme::Pep440);
    assert_ascending(&ascending, &Scheme::Loose);
}

#[test]
fn spellings_of_pep440_are_equal() {
    for same in [
        &["1.1a1", "1.1.0alpha1", "1.1-alpha.1", "1.1_A.1", "1.1.a-01"][..],
        &["1.1b2", "1.1beta2", "1.1.0-beta.2", "1.1.BETA_2"],
        &["1.1rc3", "1.1c3", "1.1-rc.3", "1.1.0RC3"],
        &["1.0.post2", "1.0.0-post2", "1.0post2", "1.0-r2", "1.0.rev2"],
        &["1.0.0.dev3", "1.0-dev3", "1.0dev3", "1.0.DEV-3"],
        &["1.0.post2.dev1", "1.0-post2-dev1", "1.0.0r2dev1"],
        &["1.0a1.dev2", "1.0.0-alpha.1.dev.2"],
        &["1.2.0", "1.2", "1.2.0.0", "0!1.2"],
    ] {
        for scheme in [&Scheme::Pep440, &Scheme::Loose] {
            let versions: Vec<_> = same.iter().map(|text| read(text, scheme)).collect();
            assert!(versions.iter().all(|it| *it == versions[0]), "{same:?} under {scheme:?}");
        }
    }
    let pep = |text| read(text, &Scheme::Pep440);
    assert_eq!(pep("1.0-1"), pep("1.0.post1"));
    assert_eq!(pep("1.0-1.dev2"), pep("1.0.post1.dev2"));
    assert_eq!(pep("1.0a"), pep("1.0a0"));
    assert_eq!(pep("1.0.pre4"), pep("1.0rc4"));
    assert_eq!(pep("1.0+Ubuntu-1"), pep("1.0+ubuntu.1"));
    for text in ["", "1.0-", "1.0-nightly", "1.0.dev1.post1", "1.0rc1a1", "1.0+", "1.0+a..b", "1.0-1rc1", "v"]
    {
        assert!(Version::parse(text, &Scheme::Pep440).is_none(), "{text}");
    }
}

#[test]
fn post_release_is_final_and_its_dev_release_is_not() {
    for scheme in [&Scheme::Pep440, &Scheme::Loose] {
        let post = read("1.0.0.post1", scheme);
        assert!(!post.is_prerelease() && post.is_post_release());
        assert!(!post.same_core(&read("1.0.0", scheme)) && post.same_numbers(&read("1.0.0", scheme)));
        let dev = read("1.0.0.post1.dev2", scheme);
        assert!(dev.is_prerelease() && dev.same_core(&post));
        assert_eq!((dev.core_text(), dev.prerelease_text()), ("1.0.0.post1", ".dev2"));
        let alpha = read("1.0a1.post1", scheme);
        assert!(alpha.is_prerelease() && alpha.same_core(&read("1.0.0", scheme)));
        assert_eq!((alpha.core_text(), alpha.prerelease_text()), ("1.0", "a1.post1"));
    }
    let raised = read("2!1.0", &Scheme::Pep440).with_numbers(vec![1, 1], &Scheme::Pep440);
    assert_eq!(raised.to_string(), "2!1.1");
}

#[test]
fn declared_post_releases_are_above_their_version() {
    let pattern = PostReleasePattern::parse("-{number}").unwrap();
    let debian = Scheme::SemVer.with_post_releases(pattern.clone());
    assert_ascending(&["1.2.3-rc.1", "1.2.3", "1.2.3-1", "1.2.3-2", "1.2.3-10", "1.2.4"], &debian);
    assert!(!read("1.2.3-1", &debian).is_prerelease());
    assert!(read("1.2.3-1", &Scheme::SemVer).is_prerelease(), "never guessed");
    assert!(loose("1.2.3-1").is_prerelease(), "never guessed");
    let calendar = Scheme::CalVer(CalVer::parse("YYYY.0M.0D").unwrap()).with_post_releases(pattern);
    assert_ascending(&["2026.01.13-rc.1", "2026.01.13", "2026.01.13-2", "2026.01.14"], &calendar);
    let letters = Scheme::Loose.with_post_releases(PostReleasePattern::parse("+dfsg{number}").unwrap());
    assert_ascending(&["1.2", "1.2+dfsg1", "1.2+dfsg2", "1.3"], &letters);
    assert!(PostReleasePattern::parse("-1").is_err() && PostReleasePattern::parse("{number}").is_err());
}

#[test]
fn loose_scheme_rejects_invalid_versions() {
    for text in
        ["", "latest", "v1", "1.", "1..2", "1.2.3.4.5.6", "nightly-2024", "1.0-", "1.0-a_", "1!", "1.0~1"]
    {
        assert!(Version::parse(text, &Scheme::Loose).is_none(), "{text}");
    }
}

#[test]
fn prerelease_number_is_read_in_every_spelling() {
    for pre in ["rc2", "rc.2", "RC-2", "rc_2"] {
        assert_eq!(prerelease_number(pre, "rc"), Some(2), "{pre}");
    }
    assert_eq!(prerelease_number("a.1", "alpha"), Some(1));
    assert_eq!(prerelease_number("dev.3", "dev"), Some(3));
    assert_eq!(prerelease_number("rc", "rc"), Some(0));
    assert_eq!(prerelease_number("beta.1", "rc"), None);
    assert_eq!(prerelease_number("rc.1.2", "rc"), None);
}

proptest! {
    #[test]
    fn loose_scheme_reads_every_semver_version(text in "[0-9]{1,2}\\.0\\.[1-9](-[a-z0-9-]{1,4}(\\.[a-z-][0-9]{0,2}){0,2})?(\\+[a-z0-9.-]{1,3})?") {
        if let Some(version) = Version::parse(&text, &Scheme::SemVer) {
            let loose = Version::parse(&text, &Scheme::Loose);
            prop_assert!(loose.is_some(), "{}", text);
            let loose = loose.unwrap();
            prop_assert_eq!(&loose, &version);
            prop_assert_eq!(loose.to_string(), text);
        }
    }

    #[test]
    fn order_is_total(texts in prop::collection::vec("(1!)?1(\\.0)?([-.]?(a|b|rc|x|dev|post|)[.]?[0-9]?){0,3}", 3)) {
        for scheme in [Scheme::Loose, Scheme::Pep440] {
            let versions: Vec<_> = texts.iter().filter_map(|text| Version::parse(text, &scheme)).collect();
            if let [a, b, c] = versions.as_slice() {
                prop_assert_eq!(a.cmp(b), b.cmp(a).reverse());
                if a <= b && b <= c {
                    prop_assert!(a <= c, "{} {} {}", a, b, c);
                }
            }
        }
    }
}
