use super::*;

fn rules(subject: &str, options: &Options) -> Vec<(&'static str, String)> {
    lint(subject, "", None, options).into_iter().map(|it| (it.rule, it.fix)).collect()
}

fn one(subject: &str, options: &Options) -> (&'static str, String) {
    let found = rules(subject, options);
    assert_eq!(found.len(), 1, "{subject}: {found:?}");
    found.into_iter().next().unwrap()
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|it| (*it).to_owned()).collect()
}

#[test]
fn good_messages_have_no_findings() {
    for subject in [
        "feat: x",
        "fix(api)!: refuse empty names",
        "chore(api,ui): y",
        "feat(登入): 支援兩步驟驗證",
        "custom: a type of one's own",
        "Merge branch 'main' into x",
        "Revert \"feat: x\"",
        "docs: list the forges, ...",
    ] {
        assert_eq!(rules(subject, &Options::default()), [], "{subject}");
    }
}

#[test]
fn near_misses_get_the_canonical_form_as_fix() {
    let options = Options::default();
    for (subject, rule, fix) in [
        ("Feat: x", "type-case", "write `feat: x`"),
        ("feat:x", "spacing", "write `feat: x`"),
        ("feat(api):  x", "spacing", "write `feat(api): x`"),
        ("feat：支援", "spacing", "write `feat: 支援`"),
        ("feat(): x", "scope-empty", "write `feat: x`"),
        ("feta: x", "type", "did you mean `feat`?"),
        ("refcator: x", "type", "did you mean `refactor`?"),
        ("feat:", "description-empty", "describe the change after the colon"),
    ] {
        assert_eq!(one(subject, &options), (rule, fix.to_owned()), "{subject}");
    }
    let typo = lint("feta: x", "", None, &options);
    assert_eq!(typo[0].level, Level::Warning, "without a list of types, an unusual one may be intended");
}

#[test]
fn parsed_header_is_suggested_in_canonical_form() {
    let header =
        Header { kind: "feat".into(), scope: Some("api".into()), breaking: true, title: "new names".into() };
    let found = lint("[JIRA-1] ✨ feat(api!: new names", "", Some(&header), &Options::default());
    assert_eq!(found[0].fix, "write `feat(api)!: new names`");
}

#[test]
fn type_is_suggested_from_the_first_word() {
    let options = Options::default();
    let fix = |subject| one(subject, &options).1;
    let start = "write `type(scope): description`";
    assert_eq!(fix("Fix the lock"), format!("{start}; did you mean `fix: the lock`?"));
    assert_eq!(fix("Add a lock"), format!("{start}; did you mean `feat: Add a lock`?"));
    assert_eq!(fix("feat add a lock"), format!("{start}; did you mean `feat: add a lock`?"));
    assert_eq!(fix("Locks"), format!("{start}, as in `fix(api): refuse empty names`"));
    let free = Options { conventional: false, ..options };
    assert_eq!(rules("Fix the lock", &free), []);
    assert_eq!(rules("Note:this", &free), []);
    assert_eq!(one("  ", &free).0, "subject-empty");
}

#[test]
fn configured_types_and_scopes_are_enforced() {
    let options = Options {
        types: Some(strings(&["feat", "fix"])),
        scopes: Some(strings(&["api", "ui"])),
        require_scope: true,
        ..Options::default()
    };
    assert_eq!(one("docs(api): x", &options), ("type", "use one of: feat, fix".into()));
    assert_eq!(one("feta(api): x", &options), ("type", "did you mean `feat`?".into()));
    assert_eq!(one("feat(api, uj): x", &options), ("scope", "did you mean `ui`?".into()));
    assert_eq!(one("feat(database): x", &options), ("scope", "use one of: api, ui".into()));
    assert_eq!(one("feat: x", &options), ("scope-required", "write `feat(scope): x`".into()));
    assert_eq!(lint("docs(api): x", "", None, &options)[0].level, Level::Error);
}

#[test]
fn length_case_and_period() {
    let options =
        Options { subject_max: Some(12), subject_case: Some(SubjectCase::Lower), ..Options::default() };
    assert_eq!(rules("fix: 十二個字剛剛好的", &options).len(), 1, "13 characters");
    assert_eq!(rules("fix: 十二個字剛剛好", &options), [], "characters are counted, not bytes");
    assert_eq!(one("fix: Lock", &options), ("subject-case", "begin with `lock`".into()));
    for subject in ["fix: API x", "fix: iOS x", "fix: 修復", "fix: `X` y", "fix: É2"] {
        assert_eq!(rules(subject, &options), [], "{subject}");
    }
    let sentence = Options { subject_case: Some(SubjectCase::Sentence), ..Options::default() };
    assert_eq!(one("fix: éclair", &sentence), ("subject-case", "begin with `Éclair`".into()));
    assert_eq!(one("fix: x.", &Options::default()).0, "trailing-period");
    assert_eq!(one("fix: 修復。", &Options::default()).0, "trailing-period");
}

#[test]
fn body_line_length_and_required_trailers() {
    let options = Options {
        body_line_max: Some(20),
        require_trailers: strings(&["Signed-off-by"]),
        ..Options::default()
    };
    let found = |body| lint("fix: x", body, None, &options).into_iter().map(|it| it.rule).collect::<Vec<_>>();
    assert_eq!(found("short\n\nsigned-off-by: Ada\n"), [""; 0]);
    assert_eq!(found("Signed-off-by: Ada\n\nmore"), ["trailer"], "only the last paragraph has trailers");
    assert_eq!(found("a line that is much too long\n\nSigned-off-by: A"), ["body-line-length"]);
    assert_eq!(found("https://example.com/a/long/address\n\nSigned-off-by: A"), [""; 0]);
}

#[test]
fn lower_case_breaking_footer_is_a_warning() {
    let options = Options::default();
    let found = lint("fix: x", "Breaking change: the API", None, &options);
    assert_eq!((found[0].rule, found[0].level), ("breaking-footer", Level::Warning));
    assert!(lint("fix: x", "BREAKING CHANGE: the API", None, &options).is_empty());
    assert!(lint("fix: x", "breaking change in the API", None, &options).is_empty());
}

#[test]
fn tickets_and_forbidden_patterns() {
    let options = Options::default().with_ticket("[A-Z]+-[0-9]+").unwrap();
    let options = options.with_forbidden("(?i)wip", "work in progress".into()).unwrap();
    assert_eq!(one("fix: x", &options).0, "ticket");
    assert!(lint("fix: x", "Refs: ABC-1", None, &options).is_empty());
    let found = lint("fix: x ABC-1 WIP", "", None, &options);
    assert_eq!((found[0].rule, found[0].message.as_str()), ("forbidden", "work in progress"));
    let error = Options::default().with_ticket("(").unwrap_err();
    assert_eq!(error.to_string(), "`(` in `ticket` is not a valid regular expression");
}

#[test]
fn messages_generated_by_git_follow_their_own_options() {
    let options = Options { allow_merge: false, allow_revert: false, ..Options::default() };
    assert_eq!(one("fixup! feat: x", &options).0, "fixup");
    assert_eq!(one("Merge branch 'main' into x", &options).0, "merge");
    assert_eq!(one("Revert \"feat: x\"", &options).0, "conventional");
    assert_eq!(one("Merge the two parsers", &options).0, "conventional", "not generated by git");
    let lenient = Options { allow_fixup: true, ..Options::default() };
    assert_eq!(rules("squash! x", &lenient), []);
}
