//! Compares a version with those that the manifests of the tree state. A tag on the wrong commit is a common accident.

use serde_json::Value;

use crate::{error::Error, model::ObjectId, model::Version, notes::Line, session::Session};

use super::finding::Finding;

/// The manifests at the root of a tree that are read by default.
const DEFAULT: [&str; 7] =
    ["Cargo.toml", "package.json", "pyproject.toml", "Chart.yaml", "pom.xml", "gradle.properties", "VERSION"];

/// One warning for each manifest of the commit that states another version.
///
/// # Errors
/// If the repository cannot be read.
pub(super) fn findings(
    session: &Session,
    line: &Line,
    version: &Version,
    commit: ObjectId,
) -> Result<Vec<Finding>, Error> {
    let default: Vec<String> = DEFAULT.iter().map(|&path| path.to_owned()).collect();
    let paths = session.settings.manifests.as_ref().unwrap_or(&default);
    let mut findings = Vec::new();
    for path in paths {
        let Some(content) = session.repository.file(commit, path)? else { continue };
        let stated = stated(path, &String::from_utf8_lossy(&content));
        let is_other =
            |text: &&String| session.version(line, text).is_ok_and(|other| other.precedence(version).is_ne());
        // A Helm chart has a version of its own and that of the application: one of them must fit.
        if stated.iter().all(|text| is_other(&text))
            && let Some(other) = stated.last()
        {
            let message = format!("{path} of the commit to be tagged states {other}, not {version}");
            let fix = "check that this is the commit to tag, or set the version in the file first".to_owned();
            findings.push(Finding::warning("manifest", message, fix));
        }
    }
    Ok(findings)
}

/// The versions that a manifest states; empty if it states none that counts: `0.0.0`, a private package, or a version
/// that is computed.
fn stated(path: &str, text: &str) -> Vec<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let found = match name {
        "Cargo.toml" => vec![cargo(text)],
        "package.json" => vec![node(text)],
        "pyproject.toml" => vec![python(text)],
        "Chart.yaml" => ["version", "appVersion"].iter().map(|key| top_level(text, key, ':')).collect(),
        "pom.xml" => vec![maven(text)],
        name if name.ends_with(".properties") => vec![top_level(text, "version", '=')],
        _ => vec![text.lines().next().map(|line| line.trim().to_owned())],
    };
    let counts =
        |version: &String| !version.is_empty() && *version != "0.0.0" && !version.contains(['$', '{']);
    found.into_iter().flatten().filter(counts).collect()
}

fn cargo(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().ok()?;
    let workspace = table.get("workspace").and_then(|it| it.get("package"));
    let package = table.get("package");
    if package.is_some_and(|it| it.get("publish").and_then(toml::Value::as_bool) == Some(false)) {
        return None;
    }
    let own = package.and_then(|it| it.get("version"));
    let inherited = workspace.and_then(|it| it.get("version"));
    own.and_then(toml::Value::as_str).or(inherited.and_then(toml::Value::as_str)).map(str::to_owned)
}

fn node(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    let is_private = value.get("private").and_then(Value::as_bool) == Some(true);
    value.get("version").and_then(Value::as_str).filter(|_| !is_private).map(str::to_owned)
}

fn python(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().ok()?;
    let project = table.get("project");
    let poetry = table.get("tool").and_then(|it| it.get("poetry"));
    let version = project.and_then(|it| it.get("version")).or_else(|| poetry?.get("version"));
    version.and_then(toml::Value::as_str).map(str::to_owned)
}

/// The value of a key at the beginning of a line, without quotes and comments.
fn top_level(text: &str, key: &str, separator: char) -> Option<String> {
    let values = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(key)?.trim_start().strip_prefix(separator)?;
        let value = rest.split(" #").next().unwrap_or_default().trim();
        Some(value.trim_matches(['"', '\'']).to_owned())
    });
    values.into_iter().next()
}

/// The `<version>` directly below `<project>`, not that of the parent or of a dependency.
fn maven(text: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    for part in text.split('<').skip(1) {
        let (tag, content) = part.split_once('>')?;
        let name = tag.split_whitespace().next().unwrap_or_default();
        if name.starts_with(['?', '!']) || tag.ends_with('/') {
            continue;
        }
        match name.strip_prefix('/') {
            Some(_) => drop(open.pop()),
            None if open.as_slice() == ["project"] && name == "version" => {
                return Some(content.trim().to_owned());
            }
            None => open.push(name),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_manifests_are_read() {
        for (path, text, expected) in [
            (
                "Cargo.toml",
                "[package]\nname = 'a'\nversion = '1.2.0'\n[dependencies]\nb = '9'\n",
                &["1.2.0"][..],
            ),
            (
                "Cargo.toml",
                "[package]\nversion.workspace = true\n[workspace.package]\nversion = '1.2.0'\n",
                &["1.2.0"],
            ),
            ("Cargo.toml", "[package]\nversion = '1.2.0'\npublish = false\n", &[]),
            (
                "web/package.json",
                "{\"version\": \"1.2.0\", \"dependencies\": {\"version\": \"9.0.0\"}}",
                &["1.2.0"],
            ),
            ("package.json", "{\"version\": \"1.2.0\", \"private\": true}", &[]),
            ("package.json", "{\"version\": \"0.0.0\"}", &[]),
            ("pyproject.toml", "[project]\nversion = '1.2.0'\n", &["1.2.0"]),
            ("pyproject.toml", "[project]\ndynamic = ['version']\n", &[]),
            ("pyproject.toml", "[tool.poetry]\nversion = '1.2.0'\n", &["1.2.0"]),
            (
                "Chart.yaml",
                "version: 0.3.0\nappVersion: \"1.2.0\" # app\ndependencies:\n  - version: 9.0.0\n",
                &["0.3.0", "1.2.0"],
            ),
            ("gradle.properties", "group=a\nversion = 1.2.0\n", &["1.2.0"]),
            ("VERSION", "v1.2.0\n", &["v1.2.0"]),
            ("VERSION", "\n", &[]),
            (
                "pom.xml",
                "<?xml version=\"1.0\"?>\n<!-- x -->\n<project xmlns=\"a\">\n<parent><version>9</version></parent>\n<a/>\n\
                 <version>1.2.0-SNAPSHOT</version></project>",
                &["1.2.0-SNAPSHOT"],
            ),
            ("pom.xml", "<project><version>${revision}</version></project>", &[]),
            (
                "pom.xml",
                "<project><dependencies><dependency><version>9</version></dependency></dependencies></project>",
                &[],
            ),
            ("pom.xml", "<project", &[]),
        ] {
            assert_eq!(stated(path, text), expected, "{path}: {text}");
        }
    }
}
