//! The names of towncrier's files: `123.bugfix.md`, `+unique.feature.rst`, `123.feature.2`
//! (towncrier.readthedocs.io/en/stable/tutorial.html).

/// The kind and the issue in the name of a file, if one of its parts is a known kind.
pub(super) fn parse<'k>(name: &str, kinds: impl Iterator<Item = &'k str>) -> Option<(&'k str, Option<u64>)> {
    let parts: Vec<&str> = name.split('.').collect();
    let mut found = None;
    for kind in kinds {
        let at = parts.iter().rposition(|part| *part == kind).filter(|at| *at > 0);
        if let Some(at) = at
            && found.is_none_or(|(before, _)| at > before)
        {
            found = Some((at, kind));
        }
    }
    let (at, kind) = found?;
    let issue = parts.get(at - 1)?.trim();
    Some((kind, issue.trim_start_matches(['#']).parse().ok()))
}

#[test]
fn names_have_kind_and_issue() {
    let kinds = || ["feature", "bugfix"].into_iter();
    assert_eq!(parse("123.bugfix.md", kinds()), Some(("bugfix", Some(123))));
    assert_eq!(parse("123.feature.2.rst", kinds()), Some(("feature", Some(123))));
    assert_eq!(parse("+x1.feature", kinds()), Some(("feature", None)));
    assert_eq!(parse("baz.1.2.feature", kinds()), Some(("feature", Some(2))));
    assert_eq!(
        [parse("README.md", kinds()), parse("feature.md", kinds()), parse("1.misc", kinds())],
        [None; 3]
    );
}
