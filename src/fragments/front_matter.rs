//! The files of Changesets and Knope: packages with their kinds between two lines of `---`, then the text
//! (github.com/changesets/changesets, knope.tech/reference/concepts/change-files).

use std::collections::BTreeMap;

use crate::model::Bump;

use super::{Fragment, kinds, markdown::parts};

/// The fragment of a file, for a package, or for all if there is none; `None` if it is not a fragment, or not about the
/// package. `section` is the section of a kind that is not a part of a version.
pub(super) fn parse(
    text: &str,
    package: Option<&str>,
    section: impl Fn(&str) -> Option<String>,
) -> Option<Fragment> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rest = text.trim_start().strip_prefix("---")?;
    let (head, body) = rest.split_once("\n---")?;
    let packages: BTreeMap<String, String> =
        if head.trim().is_empty() { return None } else { serde_saphyr::from_str(head).ok()? };
    let of_package = packages.into_iter().filter(|(name, _)| is_package(name, package));
    // Several packages: the kind that raises most.
    let kind =
        of_package.map(|(_, kind)| kind).filter(|kind| kind != "none").max_by_key(|kind| bump(kind))?;
    let (title, body) = parts(body.trim_start_matches('-'))?;
    let section = kinds::section(&kind).map(str::to_owned).or_else(|| section(&kind));
    let section = Some(section.unwrap_or_else(|| "other".to_owned()));
    let bump = bump(&kind);
    Some(Fragment { title, body, kind, section, bump, issue: None })
}

/// Whether a package of a fragment is the one that is asked for: `shop` is also `@acme/shop`. Knope calls the only
/// package `default`.
fn is_package(name: &str, asked: Option<&str>) -> bool {
    asked.is_none_or(|asked| {
        let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        name == asked || name == "default" || last(name) == asked || name == last(asked)
    })
}

fn bump(kind: &str) -> Option<Bump> {
    match kind {
        "major" => Some(Bump::Major),
        "minor" => Some(Bump::Minor),
        "patch" => Some(Bump::Patch),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "---\n\"@acme/shop\": minor\n'api': patch\nnotes: note\n---\n\nAdds carts\n\nThey hold things.\n";

    fn parsed(package: Option<&str>) -> Option<Fragment> {
        parse(TEXT, package, |kind| (kind == "note").then(|| "notes".to_owned()))
    }

    #[test]
    fn kind_is_that_of_the_package_or_the_highest() {
        let kind = |package| parsed(package).map(|it| (it.kind, it.section.unwrap(), it.bump));
        let minor = Some(("minor".to_owned(), "features".to_owned(), Some(Bump::Minor)));
        assert_eq!(
            [kind(None), kind(Some("@acme/shop")), kind(Some("shop"))],
            [minor.clone(), minor.clone(), minor]
        );
        assert_eq!(kind(Some("api")), Some(("patch".to_owned(), "fixes".to_owned(), Some(Bump::Patch))));
        assert_eq!(kind(Some("notes")), Some(("note".to_owned(), "notes".to_owned(), None)));
        assert_eq!(kind(Some("other")), None);
    }

    #[test]
    fn files_without_packages_or_text_are_no_fragments() {
        let none = [
            "# Changesets\n",
            "---\n---\n\ntext",
            "---\na: patch\n---\n",
            "---\na: [\n---\nx",
            "---\na: none\n---\nx",
        ];
        assert!(none.iter().all(|text| parse(text, None, |_| None).is_none()));
        let windows = parse("---\r\na: patch\r\n---\r\n\r\nx\r\ny\r\n", None, |_| None).unwrap();
        assert_eq!((windows.title.as_str(), windows.body), ("x y", None));
    }
}
