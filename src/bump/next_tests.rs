use super::*;
use crate::model::CalVer;

fn version(text: &str) -> Version {
    Version::parse(text, &Scheme::Loose).unwrap()
}

/// What follows `last` (the last final version is found in `history`, oldest first).
#[derive(Clone)]
struct Case {
    scheme: Scheme,
    history: Vec<Version>,
    elsewhere: Vec<Version>,
    required: Option<RequiredBump>,
    bump_override: Option<Bump>,
    pre: Option<&'static str>,
    zero: ZeroRules,
}

fn after(history: &[&str]) -> Case {
    Case {
        scheme: Scheme::SemVer,
        history: history.iter().map(|text| version(text)).collect(),
        elsewhere: Vec::new(),
        required: None,
        bump_override: None,
        pre: None,
        zero: ZeroRules::default(),
    }
}

impl Case {
    fn asked(self, bump: Bump) -> Self {
        let section = match bump {
            Bump::Major => "breaking",
            Bump::Minor => "features",
            Bump::Patch => "fixes",
        };
        let counts = vec![(Some(section.into()), 3)];
        Self { required: Some(RequiredBump { counts, ..RequiredBump::of(bump) }), ..self }
    }

    fn pre(self, label: &'static str) -> Self {
        Self { pre: Some(label), ..self }
    }

    fn elsewhere(self, versions: &[&str]) -> Self {
        Self { elsewhere: versions.iter().map(|text| version(text)).collect(), ..self }
    }

    fn find(&self) -> Result<Next, Error> {
        let existing: Vec<_> = self.history.iter().chain(&self.elsewhere).cloned().collect();
        let options = Options {
            scheme: &self.scheme,
            bump_override: self.bump_override,
            pre: self.pre.map(str::to_owned),
            zero: self.zero,
            initial: Version::new(0, 1, 0),
            date: NaiveDate::from_ymd_opt(2026, 1, 31).unwrap(),
            existing: &existing,
        };
        let last_final = self.history.iter().rfind(|it| !it.is_prerelease());
        next(last_final, self.history.last(), self.required.as_ref(), &options)
    }

    fn text(&self) -> String {
        self.find().unwrap().version.map_or_else(|| "none".to_owned(), |version| version.to_string())
    }
}

#[test]
fn plain_raises_with_their_reasons() {
    let next = after(&["1.2.3"]).asked(Bump::Minor).find().unwrap();
    assert_eq!(next.version.unwrap().to_string(), "1.3.0");
    assert_eq!(next.bump, Some(Bump::Minor));
    assert_eq!(next.reason, "minor: 3 features since 1.2.3");
    assert_eq!(after(&["1.2.3"]).asked(Bump::Major).text(), "2.0.0");
    assert_eq!(after(&["1.2.3"]).asked(Bump::Patch).text(), "1.2.4");
}

#[test]
fn the_first_version_is_the_initial_one() {
    let next = after(&[]).asked(Bump::Major).find().unwrap();
    assert_eq!(
        (next.version.unwrap().to_string().as_str(), next.reason.as_str()),
        ("0.1.0", "first version")
    );
    assert_eq!(after(&[]).asked(Bump::Patch).pre("rc").text(), "0.1.0-rc.1");
    assert_eq!(after(&["1.0.0-rc.1"]).asked(Bump::Minor).pre("rc").text(), "1.0.0-rc.2");
    assert_eq!(after(&["1.0.0-rc.1"]).text(), "1.0.0");
    assert_eq!(after(&["0.0.9-rc.1"]).text(), "0.0.9", "nothing asks for more than it was for");
}

#[test]
fn pitfall_21_nothing_that_asks_makes_no_version() {
    let next = after(&["1.2.3"]).find().unwrap();
    assert_eq!(
        next,
        Next {
            version: None,
            bump: None,
            reason: "no change since 1.2.3 asks for a new version".into(),
            derivation: Derivation { since: Some(version("1.2.3")), ..Derivation::default() }
        }
    );
    assert_eq!(after(&["1.2.3"]).pre("rc").text(), "none");
    assert_eq!(after(&["1.2.3", "1.3.0-rc.1"]).pre("rc").text(), "none");
    assert_eq!(after(&[]).find().unwrap().reason, "no change asks for a new version");
}

#[test]
fn below_one_breaking_changes_raise_the_minor_and_that_can_be_set() {
    let next = after(&["0.3.1"]).asked(Bump::Major).find().unwrap();
    assert_eq!(next.version.unwrap().to_string(), "0.4.0");
    assert_eq!(next.reason, "minor: 3 breaking changes since 0.3.1 (below 1.0.0, where that raises minor)");
    assert_eq!(after(&["0.3.1"]).asked(Bump::Minor).text(), "0.4.0");
    let patches =
        Case { zero: ZeroRules { feature: Bump::Patch, breaking: Bump::Major }, ..after(&["0.3.1"]) };
    assert_eq!(patches.clone().asked(Bump::Minor).text(), "0.3.2");
    assert_eq!(patches.asked(Bump::Major).text(), "1.0.0");
    let by_hand = Case { bump_override: Some(Bump::Major), ..after(&["0.3.1"]) };
    assert_eq!(by_hand.text(), "1.0.0", "a person is not softened");
    assert_eq!(by_hand.find().unwrap().reason, "major: asked for by hand");
}

#[test]
fn pre_releases_start_and_count_on() {
    assert_eq!(after(&["1.2.0"]).asked(Bump::Minor).pre("rc").text(), "1.3.0-rc.1");
    let second = after(&["1.2.0", "1.3.0-rc.1"]).asked(Bump::Minor).pre("rc");
    assert_eq!(second.text(), "1.3.0-rc.2");
    assert_eq!(second.find().unwrap().reason, "minor: 3 features since 1.2.0; follows 1.3.0-rc.1");
    assert_eq!(after(&["1.2.0", "1.3.0-rc.9"]).asked(Bump::Minor).pre("rc").text(), "1.3.0-rc.10");
    assert_eq!(after(&["1.2.0", "1.3.0-rc"]).asked(Bump::Minor).pre("rc").text(), "1.3.0-rc.1");
    assert_eq!(
        after(&["1.2.0", "1.3.0-rc.1"]).asked(Bump::Patch).pre("rc").text(),
        "1.3.0-rc.2",
        "what is under way does not shrink"
    );
}

#[test]
fn pre_releases_keep_the_way_they_are_written() {
    let mut case = after(&["1.2.0", "1.3.0"]).asked(Bump::Minor).pre("rc");
    case.history[1] = Version::parse("1.3.0-rc1", &Scheme::SemVer).unwrap();
    assert_eq!(case.text(), "1.3.0-rc2");
}

#[test]
fn a_bigger_change_replaces_what_is_under_way() {
    let case = after(&["1.2.0", "1.3.0-rc.1"]).asked(Bump::Major).pre("rc");
    assert_eq!(case.text(), "2.0.0-rc.1");
    assert_eq!(case.find().unwrap().reason, "major: 3 breaking changes since 1.2.0; replaces 1.3.0-rc.1");
}

#[test]
fn labels_go_up_and_never_down() {
    assert_eq!(after(&["1.2.0", "1.3.0-alpha.4"]).asked(Bump::Minor).pre("beta").text(), "1.3.0-beta.1");
    let down = after(&["1.2.0", "1.3.0-beta.1"]).asked(Bump::Minor).pre("alpha").find().unwrap_err();
    assert_eq!(down.to_string(), "1.3.0-alpha.1 would be lower than 1.3.0-beta.1, which exists already");
    assert_eq!(
        down.hint().unwrap(),
        "count on with the label `beta`, or make the final version without a label"
    );
    for label in ["", "rc.1", "1", "r c", "rc_", "é"] {
        let error = after(&["1.2.0"]).asked(Bump::Minor).pre(label).find().unwrap_err();
        assert_eq!(error, Error::BadLabel { label: label.into() });
    }
}

#[test]
fn without_a_label_a_pre_release_graduates_even_without_changes() {
    let case = after(&["1.2.0", "1.3.0-rc.1", "1.3.0-rc.2"]);
    assert_eq!(case.text(), "1.3.0");
    let next = case.find().unwrap();
    assert_eq!((next.bump, next.reason.as_str()), (Some(Bump::Minor), "graduates 1.3.0-rc.2"));
    assert_eq!(case.asked(Bump::Minor).text(), "1.3.0");
    assert_eq!(after(&["1.3.0-rc.2", "1.3.0"]).text(), "none", "it has graduated already");
}

#[test]
fn a_version_that_exists_on_another_branch_is_passed_over() {
    let case = after(&["1.2.0"]).asked(Bump::Minor).elsewhere(&["1.3.0", "1.4.0"]);
    assert_eq!(case.text(), "1.5.0");
    assert_eq!(case.find().unwrap().reason, "minor: 3 features since 1.2.0; 1.3.0 exists already");
    assert_eq!(case.pre("rc").text(), "1.5.0-rc.1");
    assert_eq!(
        after(&["1.2.0"]).asked(Bump::Minor).elsewhere(&["1.3.0-rc.4"]).pre("rc").text(),
        "1.3.0-rc.5"
    );
    assert_eq!(
        after(&["1.2.0"]).asked(Bump::Patch).elsewhere(&["2.0.0"]).text(),
        "1.2.1",
        "a maintenance branch"
    );
}

#[test]
fn loose_versions_keep_their_length() {
    let loose = |history: &[&str], bump| Case { scheme: Scheme::Loose, ..after(history) }.asked(bump).text();
    assert_eq!(loose(&["2.44"], Bump::Minor), "2.45");
    assert_eq!(loose(&["2.44"], Bump::Patch), "2.44.1");
    assert_eq!(loose(&["7.0.8.7"], Bump::Minor), "7.1.0.0");
    assert_eq!(loose(&["1.2.3.4.5"], Bump::Major), "2.0.0.0.0");
}

#[test]
fn calendar_versions_go_by_the_date() {
    let pattern = CalVer::parse("YYYY.MM.MICRO").unwrap();
    let case = |history: &[&str]| Case { scheme: Scheme::CalVer(pattern.clone()), ..after(history) };
    assert_eq!(case(&[]).asked(Bump::Patch).text(), "2026.1.0");
    assert_eq!(case(&["2025.12.4"]).asked(Bump::Major).text(), "2026.1.0");
    assert_eq!(case(&["2026.1.0"]).asked(Bump::Minor).text(), "2026.1.1");
    assert_eq!(case(&["2026.1.0"]).text(), "none");
    assert_eq!(case(&["2026.1.0"]).asked(Bump::Minor).pre("rc").text(), "2026.1.1-rc.1");
    assert_eq!(case(&["2026.1.0", "2026.1.1-rc.1"]).asked(Bump::Minor).pre("rc").text(), "2026.1.1-rc.2");
    assert_eq!(case(&["2026.1.0", "2026.1.1-rc.1"]).text(), "2026.1.1");
    let behind = case(&["2026.2.0"]).asked(Bump::Patch).find();
    assert!(matches!(behind, Err(Error::DateBehind { .. })));
}

#[test]
fn numbers_that_cannot_grow_are_an_error() {
    let case = Case { history: vec![Version::new(1, u64::MAX, 0)], ..after(&[]) };
    assert!(matches!(case.asked(Bump::Minor).find(), Err(Error::TooLarge { .. })));
}
