//! The configuration of towncrier, in `towncrier.toml` or `pyproject.toml`
//! (towncrier.readthedocs.io/en/stable/configuration.html), as far as it is about fragments.

use toml::{Table, Value};

use super::{Source, Tool};

/// The kinds that are known without configuration, and whether their text is listed.
const KINDS: [(&str, bool); 5] =
    [("feature", true), ("bugfix", true), ("doc", true), ("removal", true), ("misc", false)];

/// The source of a project with this configuration; `None` if it has no `[tool.towncrier]`.
pub(super) fn source(text: &str) -> Option<Source> {
    let table: Table = text.parse().ok()?;
    let own = table.get("tool")?.get("towncrier")?.as_table()?;
    let string = |key: &str| own.get(key).and_then(Value::as_str);
    let package =
        string("package").filter(|package| !package.is_empty()).map(|package| package.replace('.', "/"));
    let default =
        package.map(|package| format!("{}/{package}/newsfragments", string("package_dir").unwrap_or(".")));
    let folder = string("directory").map(str::to_owned).or(default);
    let mut source = self::default(&normal(folder.as_deref().unwrap_or("newsfragments"))?);
    source.changelog = string("filename").map(str::to_owned);
    let is_shown = |kind: &Table| kind.get("showcontent").and_then(Value::as_bool).unwrap_or(true);
    let name = |kind: &Table| kind.get("name").and_then(Value::as_str).map(str::to_owned);
    let mut own_kinds = Vec::new();
    for kind in own.get("type").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table) {
        let directory = kind.get("directory").and_then(Value::as_str).map(str::to_owned);
        let Some(directory) = directory.or_else(|| Some(name(kind)?.to_lowercase())) else { continue };
        own_kinds.push((directory, name(kind), is_shown(kind)));
    }
    if let Some(all) = own.get("fragment").and_then(Value::as_table) {
        let all = all.iter().filter_map(|(key, kind)| Some((key.to_lowercase(), kind.as_table()?)));
        own_kinds.extend(all.map(|(key, kind)| (key, name(kind), is_shown(kind))));
    }
    if !own_kinds.is_empty() {
        source.kinds.clear();
        for (kind, name, shown) in own_kinds {
            source.add_kind(&kind, name.as_deref(), shown);
        }
    }
    Some(source)
}

/// A source with the kinds that are known without configuration.
pub(super) fn default(folder: &str) -> Source {
    let mut source = Source::new(Tool::Towncrier, folder);
    KINDS.iter().for_each(|(kind, shown)| source.add_kind(kind, None, *shown));
    source
}

/// A path without `.` and empty parts; `None` if it leads outside or is the root.
fn normal(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    (!parts.is_empty() && !parts.contains(&"..") && !path.starts_with('/')).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_and_kinds_are_read() {
        let text = "[tool.towncrier]\ndirectory = \"./changelog.d/\"\nfilename = \"NEWS.md\"\n[[tool.towncrier.type]]\n\
                    directory = \"change\"\nname = \"Changes\"\n[[tool.towncrier.type]]\ndirectory = \"breaking\"\n\
                    name = \"Incompatible\"\nshowcontent = false\n";
        let source = source(text).unwrap();
        assert_eq!((source.folder.as_str(), source.changelog.as_deref()), ("changelog.d", Some("NEWS.md")));
        let kinds: Vec<_> =
            source.kinds.iter().map(|it| (it.name.as_str(), it.section.as_str(), it.is_listed)).collect();
        assert_eq!(kinds, [("change", "change", true), ("breaking", "breaking", false)]);
    }

    #[test]
    fn default_folder_is_that_of_the_package() {
        let folder = |text: &str| source(text).map(|source| source.folder);
        assert_eq!(
            folder("[tool.towncrier]\npackage = \"a.b\"\npackage_dir = \"src\"").unwrap(),
            "src/a/b/newsfragments"
        );
        assert_eq!(folder("[tool.towncrier]").unwrap(), "newsfragments");
        assert_eq!(
            [folder("[tool.other]"), folder("[tool.towncrier]\ndirectory = \"../x\""), folder("[")],
            [None, None, None]
        );
    }
}
