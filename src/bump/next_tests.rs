use super::*;
use crate::model::{CalVer, MaintenanceLine};

fn version(text: &str) -> Version {
    Version::parse(text, &Scheme::Loose).unwrap()
}

/// The input of [`next`]: the versions of the branch in `history`, oldest first, and those of other branches in
/// `elsewhere`.
#[derive(Clone)]
struct Case {
    scheme: Scheme,
    history: Vec<Version>,
    elsewhere: Vec<Version>,
    required: Option<RequiredBump>,
    bump_override: Option<Bump>,
    pre: Option<&'static str>,
    zero: ZeroRules,
    contained: Option<Version>,
    line: Option<MaintenanceLine>,
    is_unchanged: bool,
    release_as: Option<ReleaseAs>,
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
        contained: None,
        line: None,
        is_unchanged: false,
        release_as: None,
    }
}

impl Case {
    fn requires(self, bump: Bump) -> Self {
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
            contained: self.contained.as_ref(),
            line: self.line.as_ref(),
            is_unchanged_since_last: self.is_unchanged,
            release_as: self.release_as.as_ref(),
        };
        let last_final = self.history.iter().rfind(|it| !it.is_prerelease());
        next(last_final, self.history.last(), self.required.as_ref(), &options)
    }

    fn text(&self) -> String {
        self.find().unwrap().version.map_or_else(|| "none".to_owned(), |version| version.to_string())
    }
}

#[test]
fn each_bump_raises_its_number() {
    let next = after(&["1.2.3"]).requires(Bump::Minor).find().unwrap();
    assert_eq!(next.version.unwrap().to_string(), "1.3.0");
    assert_eq!(next.bump, Some(Bump::Minor));
    assert_eq!(next.reason, "minor: 3 features since 1.2.3");
    assert_eq!(after(&["1.2.3"]).requires(Bump::Major).text(), "2.0.0");
    assert_eq!(after(&["1.2.3"]).requires(Bump::Patch).text(), "1.2.4");
}

#[test]
fn first_version_is_the_initial_one() {
    let next = after(&[]).requires(Bump::Major).find().unwrap();
    assert_eq!(
        (next.version.unwrap().to_string().as_str(), next.reason.as_str()),
        ("0.1.0", "first version")
    );
    assert_eq!(after(&[]).requires(Bump::Patch).pre("rc").text(), "0.1.0-rc.1");
    assert_eq!(after(&["1.0.0-rc.1"]).requires(Bump::Minor).pre("rc").text(), "1.0.0-rc.2");
    assert_eq!(after(&["1.0.0-rc.1"]).text(), "1.0.0");
    assert_eq!(after(&["0.0.9-rc.1"]).text(), "0.0.9", "without changes, the numbers stay");
}

#[test]
fn no_version_without_a_change_that_requires_one() {
    let next = after(&["1.2.3"]).find().unwrap();
    assert_eq!(
        next,
        Next {
            version: None,
            bump: None,
            reason: "no change since 1.2.3 requires a new version".into(),
            derivation: Derivation { since: Some(version("1.2.3")), ..Derivation::default() }
        }
    );
    assert_eq!(after(&["1.2.3"]).pre("rc").text(), "none");
    assert_eq!(after(&["1.2.3", "1.3.0-rc.1"]).pre("rc").text(), "none");
    assert_eq!(after(&[]).find().unwrap().reason, "no change requires a new version");
}

#[test]
fn zero_rules_apply_below_1_0_0_and_are_configurable() {
    let next = after(&["0.3.1"]).requires(Bump::Major).find().unwrap();
    assert_eq!(next.version.unwrap().to_string(), "0.4.0");
    assert_eq!(next.reason, "minor: 3 breaking changes since 0.3.1 (below 1.0.0, this raises minor)");
    assert_eq!(after(&["0.3.1"]).requires(Bump::Minor).text(), "0.4.0");
    let patches =
        Case { zero: ZeroRules { feature: Bump::Patch, breaking: Bump::Major }, ..after(&["0.3.1"]) };
    assert_eq!(patches.clone().requires(Bump::Minor).text(), "0.3.2");
    assert_eq!(patches.requires(Bump::Major).text(), "1.0.0");
    let explicit = Case { bump_override: Some(Bump::Major), ..after(&["0.3.1"]) };
    assert_eq!(explicit.text(), "1.0.0", "zero rules do not apply to an explicit bump");
    assert_eq!(explicit.find().unwrap().reason, "major: requested explicitly");
}

#[test]
fn prerelease_counter_starts_at_one_and_increments() {
    assert_eq!(after(&["1.2.0"]).requires(Bump::Minor).pre("rc").text(), "1.3.0-rc.1");
    let second = after(&["1.2.0", "1.3.0-rc.1"]).requires(Bump::Minor).pre("rc");
    assert_eq!(second.text(), "1.3.0-rc.2");
    assert_eq!(second.find().unwrap().reason, "minor: 3 features since 1.2.0; follows 1.3.0-rc.1");
    assert_eq!(after(&["1.2.0", "1.3.0-rc.9"]).requires(Bump::Minor).pre("rc").text(), "1.3.0-rc.10");
    assert_eq!(after(&["1.2.0", "1.3.0-rc"]).requires(Bump::Minor).pre("rc").text(), "1.3.0-rc.1");
    assert_eq!(
        after(&["1.2.0", "1.3.0-rc.1"]).requires(Bump::Patch).pre("rc").text(),
        "1.3.0-rc.2",
        "a smaller bump does not lower the numbers of the current pre-release"
    );
}

#[test]
fn prerelease_counter_keeps_its_separator() {
    let mut case = after(&["1.2.0", "1.3.0"]).requires(Bump::Minor).pre("rc");
    case.history[1] = Version::parse("1.3.0-rc1", &Scheme::SemVer).unwrap();
    assert_eq!(case.text(), "1.3.0-rc2");
}

#[test]
fn larger_bump_replaces_the_current_prerelease() {
    let case = after(&["1.2.0", "1.3.0-rc.1"]).requires(Bump::Major).pre("rc");
    assert_eq!(case.text(), "2.0.0-rc.1");
    assert_eq!(case.find().unwrap().reason, "major: 3 breaking changes since 1.2.0; replaces 1.3.0-rc.1");
}

#[test]
fn label_must_not_sort_below_an_existing_prerelease() {
    assert_eq!(after(&["1.2.0", "1.3.0-alpha.4"]).requires(Bump::Minor).pre("beta").text(), "1.3.0-beta.1");
    let down = after(&["1.2.0", "1.3.0-beta.1"]).requires(Bump::Minor).pre("alpha").find().unwrap_err();
    assert_eq!(down.to_string(), "1.3.0-alpha.1 would be lower than 1.3.0-beta.1, which already exists");
    assert_eq!(
        down.hint().unwrap(),
        "continue with the label `beta`, or omit the label to get the final version"
    );
    for label in ["", "rc.1", "1", "r c", "rc_", "é"] {
        let error = after(&["1.2.0"]).requires(Bump::Minor).pre(label).find().unwrap_err();
        assert_eq!(error, Error::BadLabel { label: label.into() });
    }
}

#[test]
fn prerelease_graduates_without_a_label_even_without_changes() {
    let case = after(&["1.2.0", "1.3.0-rc.1", "1.3.0-rc.2"]);
    assert_eq!(case.text(), "1.3.0");
    let next = case.find().unwrap();
    assert_eq!((next.bump, next.reason.as_str()), (Some(Bump::Minor), "graduates 1.3.0-rc.2"));
    assert_eq!(case.requires(Bump::Minor).text(), "1.3.0");
    assert_eq!(after(&["1.3.0-rc.2", "1.3.0"]).text(), "none", "it has already graduated");
}

#[test]
fn patch_goes_above_the_patches_of_other_branches() {
    let case = after(&["1.2.0"]).requires(Bump::Patch).elsewhere(&["1.2.1", "1.2.4"]);
    assert_eq!(case.text(), "1.2.5");
    assert_eq!(case.find().unwrap().reason, "patch: 3 fixes since 1.2.0; 1.2.1 already exists");
    assert_eq!(case.pre("rc").text(), "1.2.5-rc.1");
    let elsewhere = after(&["1.2.0"]).requires(Bump::Minor).elsewhere(&["1.3.0-rc.4"]);
    assert_eq!(elsewhere.pre("rc").text(), "1.3.0-rc.5");
}

#[test]
fn major_version_goes_above_all_versions() {
    let case = after(&["1.2.0"]).requires(Bump::Major).elsewhere(&["2.0.0", "3.1.0"]);
    assert_eq!(case.text(), "4.0.0");
}

#[test]
fn minor_version_of_another_branch_leaves_the_choice_to_the_user() {
    let error = after(&["1.9.4"]).requires(Bump::Minor).elsewhere(&["1.10.0", "1.11.2"]).find().unwrap_err();
    assert_eq!(error.to_string(), "1.10.0 already exists on another branch");
    assert_eq!(error.hint().unwrap(), "choose one of the next free versions: --as 1.9.5 or --as 1.12.0");
    assert!(error.is_refusal());
}

#[test]
fn version_below_an_existing_one_needs_a_maintenance_line() {
    let case = after(&["1.2.0"]).requires(Bump::Patch).elsewhere(&["2.0.0"]);
    let error = case.find().unwrap_err();
    assert_eq!(error.to_string(), "1.2.1 would be lower than 2.0.0, which already exists");
    assert!(error.hint().unwrap().contains("--line 1.2"));
    let on_line = |line: &str, bump| Case {
        line: MaintenanceLine::parse(line),
        ..after(&["1.2.0"]).requires(bump).elsewhere(&["2.0.0"])
    };
    assert_eq!(on_line("1.2", Bump::Patch).text(), "1.2.1");
    let reason = on_line("1.2", Bump::Patch).find().unwrap().reason;
    assert_eq!(reason, "patch: 3 fixes since 1.2.0; on the maintenance line 1.2");
    assert_eq!(on_line("1", Bump::Minor).text(), "1.3.0");
    let error = on_line("1.2", Bump::Minor).find().unwrap_err();
    assert_eq!(error.to_string(), "1.3.0 is not on the maintenance line 1.2");
    assert_eq!(error.hint().unwrap(), "to stay on the line: --as 1.2.1; to leave it: --as 1.3.0");
    assert_eq!(on_line("1.3", Bump::Patch).text(), "1.3.0", "the first version of the line");
}

#[test]
fn version_that_the_last_one_contains_is_raised() {
    let contained = Some(version("2.0.0"));
    let case = Case { contained, ..after(&["1.9.1"]).requires(Bump::Patch).elsewhere(&["2.0.0"]) };
    assert_eq!(case.text(), "2.0.1");
    assert_eq!(case.find().unwrap().reason, "patch: 3 fixes since 1.9.1; above 2.0.0, which it contains");
}

#[test]
fn pre_release_needs_a_change_since_the_last_one() {
    let case = after(&["1.0.0", "1.0.1-dev.0"]).requires(Bump::Patch).pre("dev");
    assert_eq!(case.text(), "1.0.1-dev.1");
    let unchanged = Case { is_unchanged: true, ..case };
    assert_eq!(unchanged.text(), "none");
    assert_eq!(unchanged.find().unwrap().reason, "no change since 1.0.1-dev.0 requires a new version");
    let explicit = Case { bump_override: Some(Bump::Patch), ..unchanged.clone() };
    assert_eq!(explicit.text(), "1.0.1-dev.1");
    assert_eq!(Case { pre: None, ..unchanged }.text(), "1.0.1", "a final version is still due");
}

#[test]
fn requested_version_must_fit() {
    let request = |text: &str, case: Case| {
        let release_as = Some(ReleaseAs { version: version(text), commit: "abc1234".to_owned() });
        Case { release_as, ..case }
    };
    let case = after(&["0.4.0"]).requires(Bump::Minor);
    assert_eq!(request("1.0.0", case.clone()).text(), "1.0.0");
    let reason = request("1.0.0", case.clone()).find().unwrap().reason;
    assert_eq!(reason, "requested by commit abc1234 (Release-As)");
    assert_eq!(request("1.0.0", case.clone()).pre("rc").text(), "1.0.0-rc.1");
    assert_eq!(request("0.4.1", after(&["0.4.0"])).text(), "0.4.1", "no change requires a version");
    for (text, reason) in [
        ("0.3.0", "0.3.0 is not higher than 0.4.0"),
        ("0.4.1", "0.4.1 is too low: the changes since 0.4.0 require a minor version"),
        ("0.4.0", "it is already tagged"),
    ] {
        let error = request(text, case.clone()).find().unwrap_err().to_string();
        assert_eq!(error, format!("commit abc1234 requests {text} (Release-As), but {reason}"));
    }
    let explicit = Case { bump_override: Some(Bump::Patch), ..request("1.0.0", case) };
    assert_eq!(explicit.text(), "0.4.1");
}

#[test]
fn loose_versions_keep_their_number_of_components() {
    let loose =
        |history: &[&str], bump| Case { scheme: Scheme::Loose, ..after(history) }.requires(bump).text();
    assert_eq!(loose(&["2.44"], Bump::Minor), "2.45");
    assert_eq!(loose(&["2.44"], Bump::Patch), "2.44.1");
    assert_eq!(loose(&["7.0.8.7"], Bump::Minor), "7.1.0.0");
    assert_eq!(loose(&["1.2.3.4.5"], Bump::Major), "2.0.0.0.0");
}

#[test]
fn calendar_versions_follow_the_date() {
    let pattern = CalVer::parse("YYYY.MM.MICRO").unwrap();
    let case = |history: &[&str]| Case { scheme: Scheme::CalVer(pattern.clone()), ..after(history) };
    assert_eq!(case(&[]).requires(Bump::Patch).text(), "2026.1.0");
    assert_eq!(case(&["2025.12.4"]).requires(Bump::Major).text(), "2026.1.0");
    assert_eq!(case(&["2026.1.0"]).requires(Bump::Minor).text(), "2026.1.1");
    assert_eq!(case(&["2026.1.0"]).text(), "none");
    assert_eq!(case(&["2026.1.0"]).requires(Bump::Minor).pre("rc").text(), "2026.1.1-rc.1");
    assert_eq!(case(&["2026.1.0", "2026.1.1-rc.1"]).requires(Bump::Minor).pre("rc").text(), "2026.1.1-rc.2");
    assert_eq!(case(&["2026.1.0", "2026.1.1-rc.1"]).text(), "2026.1.1");
    let behind = case(&["2026.2.0"]).requires(Bump::Patch).find();
    assert!(matches!(behind, Err(Error::DateBehind { .. })));
}

#[test]
fn number_at_its_maximum_is_an_error() {
    let case = Case { history: vec![Version::new(1, u64::MAX, 0)], ..after(&[]) };
    assert!(matches!(case.requires(Bump::Minor).find(), Err(Error::TooLarge { .. })));
}
