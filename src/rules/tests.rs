use std::sync::Arc;

use super::*;
use crate::model::{Bump, Change, ObjectId, PathSets, Person, PullRequest, Section};

/// `feat(api)!: x`, or a title alone.
fn change(text: &str) -> Change {
    let Some((head, title)) = text.split_once(": ").filter(|(head, _)| !head.contains(' ')) else {
        return Change { title: text.into(), ..Change::default() };
    };
    let (head, breaking) = head.strip_suffix('!').map_or((head, false), |head| (head, true));
    let (kind, scope) = match head.strip_suffix(')').and_then(|head| head.split_once('(')) {
        Some((kind, scope)) => (kind, Some(scope.to_owned())),
        None => (head, None),
    };
    Change { title: title.into(), kind: Some(kind.into()), scope, breaking, ..Change::default() }
}

fn labelled(text: &str, label: &str) -> Change {
    let pull_request = PullRequest { labels: vec![label.into()], ..PullRequest::default() };
    Change { pull_request: Some(Box::new(pull_request)), ..change(text) }
}

fn run(texts: &[&str]) -> Classified {
    classify(texts.iter().map(|text| change(text)).collect(), &Options::default(), false)
}

fn compiled(rule_set: RuleSet) -> Options {
    Options::compile(rule_set, &mut PathSets::default()).unwrap()
}

fn with(rules: Vec<Rule>) -> Options {
    let named = (1..).zip(rules);
    let named =
        named.map(|(number, rule)| NamedRule { name: format!("rule {number} of tidings.toml"), rule });
    compiled(RuleSet { rules: named.collect(), ..RuleSet::default() })
}

fn types(types: &[&str]) -> Rule {
    Rule { types: types.iter().map(|it| (*it).to_owned()).collect(), ..Rule::default() }
}

fn section(id: &str) -> Option<String> {
    Some(id.to_owned())
}

/// The section of one change (`-` if it is hidden) and the bump that it requires.
fn verdict(change: Change, options: &Options) -> (String, Option<Bump>) {
    let classified = classify(vec![change], options, false);
    let id = classified.sections.first().map_or("-", |section| &section.id);
    (id.to_owned(), classified.bump())
}

fn reason(change: Change, options: &Options) -> String {
    let classified = classify(vec![change], options, false);
    classified.changes().next().unwrap().reason.to_string()
}

#[test]
fn built_in_rules_place_the_usual_types() {
    let options = Options::default();
    for (text, id, bump) in [
        ("feat: x", "features", Some(Bump::Minor)),
        ("added: x", "features", Some(Bump::Minor)),
        ("fix: x", "fixes", Some(Bump::Patch)),
        ("hotfix(ui): x", "fixes", Some(Bump::Patch)),
        ("perf: x", "performance", Some(Bump::Patch)),
        ("sec: x", "security", Some(Bump::Patch)),
        ("revert: x", "reverts", Some(Bump::Patch)),
        ("deprecate: x", "deprecated", Some(Bump::Minor)),
        ("remove: x", "removed", Some(Bump::Minor)),
        ("deps: x", "dependencies", Some(Bump::Patch)),
        ("fix(deps): x", "dependencies", Some(Bump::Patch)),
        ("chore(deps): x", "-", None),
        ("build(deps): x", "-", None),
        ("strange: x", "other", Some(Bump::Patch)),
        ("Teach the parser something", "other", Some(Bump::Patch)),
        ("Bump serde from 1.0.1 to 1.0.2", "dependencies", Some(Bump::Patch)),
        ("chore(release): 1.2.3", "-", None),
        ("release: v1.2.3", "-", None),
        ("Release v1.2.3", "-", None),
        ("fixup! x", "-", None),
    ] {
        assert_eq!(verdict(change(text), &options), (id.to_owned(), bump), "{text}");
    }
}

#[test]
fn chores_alone_do_not_require_a_version() {
    let texts = [
        "chore: x",
        "ci: x",
        "docs: x",
        "style: x",
        "refactor: x",
        "test: x",
        "build: x",
        "i18n: x",
        "wip: x",
    ];
    let classified = run(&texts);
    assert!(classified.sections.is_empty());
    assert_eq!(classified.hidden.len(), texts.len(), "all are hidden");
    assert_eq!(classified.required_bump, None);
    assert_eq!(
        &*classified.hidden[0].reason,
        "hidden by the built-in rule for internal types (type `chore`)"
    );
}

#[test]
fn breaking_change_is_only_in_the_breaking_section() {
    let classified = run(&["chore!: a", "feat!: b", "feat: c", "Title of d"]);
    let titles = |section: &Section| section.changes.iter().map(|it| it.title.clone()).collect::<Vec<_>>();
    let sections: Vec<_> = classified.sections.iter().map(|it| (it.id.as_str(), titles(it))).collect();
    assert_eq!(
        sections,
        [
            ("breaking", vec!["a".to_owned(), "b".into()]),
            ("features", vec!["c".into()]),
            ("other", vec!["Title of d".into()])
        ]
    );
    assert!(classified.sections[1..].iter().flat_map(|it| &it.changes).all(|it| !it.breaking));
    assert_eq!(classified.bump(), Some(Bump::Major));
    assert_eq!(
        reason(change("chore!: a"), &Options::default()),
        "breaking change, not hidden by the built-in rule for internal types (type `chore`)"
    );
}

#[test]
fn changes_assigned_to_the_breaking_section_become_breaking() {
    let options = with(vec![Rule { section: section("breaking"), ..types(&["drop"]) }]);
    let classified = classify(vec![change("drop: x")], &options, false);
    assert!(classified.sections[0].changes[0].breaking);
    assert_eq!(classified.bump(), Some(Bump::Major));
}

#[test]
fn labels_place_changes_without_a_type_and_can_make_any_breaking() {
    let options = Options::default();
    assert_eq!(verdict(labelled("X", "enhancement"), &options), ("features".into(), Some(Bump::Minor)));
    assert_eq!(verdict(labelled("X", "documentation"), &options), ("-".into(), None));
    assert_eq!(verdict(labelled("feat: x", "bug"), &options).0, "features", "the type takes precedence");
    assert_eq!(
        verdict(labelled("fix: x", "Breaking-Change"), &options),
        ("breaking".into(), Some(Bump::Major))
    );
    assert_eq!(verdict(labelled("fix: x", "non-breaking-change"), &options).0, "fixes");
    assert_eq!(
        reason(labelled("fix: x", "breaking"), &options),
        "marked as breaking by the built-in rule for breaking labels"
    );
}

#[test]
fn first_rule_that_matches_wins() {
    let by_scope = Rule { scopes: vec!["api*".into()], section: section("other"), ..types(&["feat"]) };
    let by_type = Rule { section: section("fixes"), ..types(&["feat"]) };
    let options = with(vec![by_scope.clone(), by_type.clone()]);
    assert_eq!(verdict(change("feat(api-v2): x"), &options).0, "other");
    assert_eq!(verdict(change("feat(ui): x"), &options).0, "fixes");
    assert_eq!(
        reason(change("feat(api-v2): x"), &options),
        "listed in `other` by rule 1 of tidings.toml (type `feat`, scope `api-v2`)"
    );
    let swapped = with(vec![by_type, by_scope]);
    assert_eq!(verdict(change("feat(api-v2): x"), &swapped).0, "fixes");
}

#[test]
fn every_condition_of_a_rule_must_hold() {
    let rule = Rule { scopes: vec!["api".into()], pull_request: Some(true), hide: true, ..types(&["feat"]) };
    let options = with(vec![rule]);
    assert_eq!(verdict(labelled("feat(api): x", "y"), &options).0, "-");
    assert_eq!(verdict(change("feat(api): x"), &options).0, "features");
    assert_eq!(verdict(labelled("feat: x", "y"), &options).0, "features");
}

#[test]
fn hidden_change_requires_a_bump_by_its_type() {
    let internal = Rule { scopes: vec!["internal".into()], hide: true, ..Rule::default() };
    let options = with(vec![internal.clone()]);
    assert_eq!(verdict(change("feat(internal): x"), &options), ("-".into(), Some(Bump::Minor)));
    assert_eq!(verdict(change("docs(internal): x"), &options), ("-".into(), None));
    assert_eq!(
        verdict(change("strange(internal): x"), &options),
        ("-".into(), None),
        "no rule matches the type"
    );
    let quiet = with(vec![Rule { bump: Some(BumpLevel::None), ..internal }]);
    assert_eq!(verdict(change("feat(internal): x"), &quiet), ("-".into(), None));
    assert_eq!(
        reason(change("feat(internal): x"), &options),
        "hidden by rule 1 of tidings.toml (scope `internal`)"
    );
}

#[test]
fn only_a_rule_about_breaking_changes_hides_one() {
    let hide = Rule { hide: true, bump: Some(BumpLevel::None), ..types(&["feat"]) };
    assert_eq!(
        verdict(change("feat!: x"), &with(vec![hide.clone()])),
        ("breaking".into(), Some(Bump::Major))
    );
    let explicit = with(vec![Rule { breaking: Some(true), ..hide }]);
    assert_eq!(verdict(change("feat!: x"), &explicit), ("-".into(), None));
    let without_bump = with(vec![Rule { breaking: Some(true), hide: true, ..types(&["feat"]) }]);
    assert_eq!(verdict(change("feat!: x"), &without_bump), ("-".into(), Some(Bump::Major)));
}

#[test]
fn skipped_change_has_no_effect() {
    let skip = Rule { bots: Some(true), skip: true, bump: Some(BumpLevel::Minor), ..Rule::default() };
    let bot = Arc::new(Person { name: "renovate[bot]".into(), email: String::new() });
    let classified =
        classify(vec![Change { authors: vec![bot], ..change("feat!: x") }], &with(vec![skip]), false);
    assert!(classified.sections.is_empty());
    assert_eq!(classified.required_bump, None);
    assert!(classified.hidden[0].skipped);
    assert_eq!(&*classified.hidden[0].reason, "skipped by rule 1 of tidings.toml (author)");
}

#[test]
fn rule_without_an_action_marks_and_later_rules_place() {
    let tame = Rule { scopes: vec!["internal".into()], set_breaking: Some(false), ..Rule::default() };
    let options = with(vec![tame, Rule { bump: Some(BumpLevel::Patch), ..types(&["feat"]) }]);
    let noted = Change { breaking_note: Some("…".into()), ..change("feat(internal)!: x") };
    let classified = classify(vec![noted], &options, false);
    assert_eq!(classified.sections[0].id, "features");
    assert_eq!(classified.sections[0].changes[0].breaking_note, None);
    assert_eq!(classified.bump(), Some(Bump::Patch), "the bump of the rule overrides that of the section");
    assert_eq!(verdict(change("feat!: x"), &options).1, Some(Bump::Major), "but not for breaking changes");
}

#[test]
fn own_section_without_a_bump_uses_that_of_the_type() {
    let api = |bump| {
        let sections = vec![SectionDefinition { id: "api".into(), title: Some("API".into()), bump }];
        let rule = Rule { scopes: vec!["api".into()], section: section("api"), ..Rule::default() };
        let rules = vec![NamedRule { name: "rule 1".into(), rule }];
        compiled(RuleSet { sections, rules, ..RuleSet::default() })
    };
    assert_eq!(verdict(change("feat(api): x"), &api(None)), ("api".into(), Some(Bump::Minor)));
    assert_eq!(verdict(change("docs(api): x"), &api(None)), ("api".into(), None));
    assert_eq!(verdict(change("strange(api): x"), &api(None)), ("api".into(), Some(Bump::Patch)));
    assert_eq!(verdict(change("feat(api): x"), &api(Some(BumpLevel::None))), ("api".into(), None));
    assert_eq!(
        classify(vec![change("feat(api): x")], &api(None), false).sections[0].title.as_deref(),
        Some("API")
    );
}

#[test]
fn revert_of_a_released_change_is_listed() {
    let revert = Change { reverts_released: true, ..change("feat: x") };
    assert_eq!(verdict(revert, &Options::default()), ("reverts".into(), Some(Bump::Patch)));
}

#[test]
fn changes_are_hidden_without_the_built_in_rules() {
    let options = compiled(RuleSet { built_in_rules: false, ..RuleSet::default() });
    assert_eq!(verdict(change("feat: x"), &options), ("-".into(), None));
    assert_eq!(reason(change("feat: x"), &options), "hidden: no rule assigns it to a section");
    assert_eq!(verdict(change("feat!: x"), &options), ("breaking".into(), Some(Bump::Major)));
}

#[test]
fn required_bump_counts_the_changes_that_require_it() {
    let mut changes: Vec<_> = ["docs: a", "fix: b", "feat: c", "feat: d"].map(change).into();
    changes[2].commits = vec![ObjectId::from_bytes([7; 20])];
    let required = classify(changes, &Options::default(), false).required_bump.unwrap();
    assert_eq!(required.list(), "2 features");
    assert_eq!(required.title.as_deref(), Some("c"));
    assert_eq!(required.commit, Some(ObjectId::from_bytes([7; 20])));
    assert_eq!(
        run(&["Some change", "fix: b", "perf: c"]).required_bump.unwrap().list(),
        "1 fix, 1 change in `performance` and 1 other change"
    );
}

#[test]
fn order_of_sections_does_not_depend_on_the_changes() {
    let ids = |texts: &[&str]| run(texts).sections.into_iter().map(|it| it.id).collect::<Vec<_>>();
    let expected = ["breaking", "features", "fixes", "performance", "security", "other"];
    assert_eq!(ids(&["What", "sec: x", "perf: x", "fix: x", "feat: x", "fix!: x"]), expected);
    assert_eq!(ids(&["fix!: x", "feat: x", "fix: x", "perf: x", "sec: x", "What"]), expected);
}

#[test]
fn changes_of_a_section_are_sorted() {
    let titles = |sort| {
        let options = compiled(RuleSet { sort, ..RuleSet::default() });
        let changes = ["feat(ui): b", "feat: C", "feat(Api): d", "feat(ui): a"].map(change).into();
        let classified = classify(changes, &options, false);
        let placed: Vec<_> = classified.changes().map(|it| it.change.title.clone()).collect();
        placed.join(" ")
    };
    assert_eq!(titles(Sort::Newest), "b C d a");
    assert_eq!(titles(Sort::Oldest), "a d C b");
    assert_eq!(titles(Sort::Scope), "d b a C");
    assert_eq!(titles(Sort::Title), "a b C d");
}

#[test]
fn sorting_does_not_mix_up_reasons() {
    let rule = Rule { title: Some("^b".into()), section: section("features"), ..Rule::default() };
    let mut options = with(vec![rule]);
    options.sort = Sort::Title;
    let classified = classify(["feat: b", "feat: a"].map(change).into(), &options, false);
    let reasons: Vec<_> =
        classified.changes().map(|it| (it.change.title.as_str(), it.reason.as_ref())).collect();
    assert_eq!(
        reasons,
        [
            ("a", "listed in `features` by the built-in rule for features (type `feat`)"),
            ("b", "listed in `features` by rule 1 of tidings.toml (message)")
        ]
    );
}

#[test]
fn equal_reasons_share_one_string() {
    let classified = run(&["feat: a", "feat: b"]);
    let reasons: Vec<_> = classified.changes().map(|it| Arc::clone(it.reason)).collect();
    assert!(Arc::ptr_eq(&reasons[0], &reasons[1]));
}

#[test]
fn configured_reason_is_followed_by_the_rule() {
    let hide = Rule { hide: true, reason: Some("not for customers".into()), ..types(&["feat"]) };
    let options = with(vec![hide]);
    assert_eq!(reason(change("feat: x"), &options), "not for customers (rule 1 of tidings.toml)");
}

proptest::proptest! {
    #[test]
    fn every_change_is_classified_once_and_breaking_ones_are_in_breaking(
        given in proptest::collection::vec(("(feat|fix|docs|odd|chore)?", "(api|deps)?", proptest::bool::ANY), 0..20),
        sort in proptest::sample::select(vec![Sort::Newest, Sort::Oldest, Sort::Scope, Sort::Title]),
    ) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let changes: Vec<_> = given.iter().enumerate().map(|(at, (kind, scope, breaking))| {
            Change { title: format!("change {at:02}"), kind: some(kind), scope: some(scope), breaking: *breaking, ..Change::default() }
        }).collect();
        let options = compiled(RuleSet { sort, ..RuleSet::default() });
        let classified = classify(changes, &options, false);
        let mut titles: Vec<_> = classified.changes().map(|it| it.change.title.clone()).collect();
        titles.sort();
        let expected: Vec<_> = (0..given.len()).map(|at| format!("change {at:02}")).collect();
        proptest::prop_assert_eq!(titles, expected);
        for placed in classified.changes() {
            proptest::prop_assert_eq!(placed.change.breaking, placed.section == Some(BREAKING));
            proptest::prop_assert!(!placed.reason.is_empty());
        }
        let breaking = given.iter().any(|(.., breaking)| *breaking);
        proptest::prop_assert_eq!(classified.bump() == Some(Bump::Major), breaking);
    }
}

#[test]
fn plain_deprecations_and_removals_have_their_sections() {
    let placed = |title: &str| {
        let plain = Change { title: title.to_owned(), ..Change::default() };
        let classified = classify(vec![plain], &Options::default(), false);
        (classified.sections[0].id.clone(), classified.bump())
    };
    let patch = Some(Bump::Patch);
    for title in
        ["Deprecate the old parser", "cli: deprecate `--all`", "[core] Deprecated iterators as values"]
    {
        assert_eq!(placed(title), ("deprecated".to_owned(), patch), "{title}");
    }
    for title in
        ["Drop support for Python 3.8", "remove old format support", "Drop Python 3.8", "build: drop Node 16"]
    {
        assert_eq!(placed(title), ("removed".to_owned(), patch), "{title}");
    }
    for title in
        ["Drop the table lock earlier", "Remove unused code", "Fix deprecated calls", "Remove supported flag"]
    {
        assert_eq!(placed(title).0, "other", "{title}");
    }
}
