//! Facts that files outside the crate repeat: the version and the URL of the repository, as in `Cargo.toml`; actions of
//! others only by digest.

use std::{fs, path::Path};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A value of the section `[package]` of `Cargo.toml`.
fn package(key: &str) -> String {
    let manifest = read("Cargo.toml");
    let package = manifest.split("\n[").next().unwrap();
    let value =
        package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.split('"').next());
    value.unwrap_or_else(|| panic!("Cargo.toml has no `{key}`")).to_owned()
}

/// The words that follow a text, each up to white space, a quote or a bracket.
fn after<'t>(text: &'t str, before: &str) -> Vec<&'t str> {
    let end = |rest: &'t str| {
        rest.split(|c: char| c.is_whitespace() || "\"'`)],|".contains(c)).next().unwrap_or(rest)
    };
    text.split(before).skip(1).map(end).collect()
}

/// Addresses of a host that do not begin with the owner and the name of the repository.
fn foreign(path: &str, text: &str, host: &str, name: &str) -> Vec<String> {
    let others = after(text, host).into_iter().filter(|rest| {
        // The name of an image has no upper-case letters.
        let is_own = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        // Mentioned with every project of the forge, or as an example.
        rest.contains("tidings") && !is_own
    });
    others.map(|rest| format!("{path}: {host}{rest} is not {host}{name}")).collect()
}

const FILES: [&str; 15] = [
    "Cargo.toml",
    "action.yml",
    "packaging/install.sh",
    "packaging/release",
    "pipe.yml",
    "pipe/Dockerfile",
    "templates/tidings.yml",
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "docs/configuration.md",
    "docs/pipelines.md",
    "docs/promotion.md",
    "docs/publishing.md",
    "schemas/tidings.schema.json",
];

#[test]
fn the_repository_is_the_one_of_the_manifest() {
    let repository = package("repository");
    let name = repository.strip_prefix("https://github.com/").expect("a repository on GitHub");
    let bad = foreign("a", "https://github.com/other/tidings and x", "https://github.com/", name);
    assert_eq!(bad, [format!("a: https://github.com/other/tidings is not https://github.com/{name}")]);
    let mut faults = Vec::new();
    for path in FILES {
        let text = read(path);
        for host in ["https://github.com/", "ghcr.io/", "uses: ", "gitlab.com/", "--repo "] {
            faults.extend(foreign(path, &text, host, name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for path in ["action.yml", "packaging/install.sh", "pipe.yml", "templates/tidings.yml"] {
        assert!(read(path).contains(&repository), "{path}: does not name {repository}");
    }
}

#[test]
fn the_version_is_the_one_of_the_manifest() {
    let version = package("version");
    let expected = [
        ("action.yml", format!("    default: \"{version}\"\n")),
        ("packaging/install.sh", format!("\nversion={version}\n")),
        ("pipe.yml", format!("-pipe:{version}\n")),
        ("pipe/Dockerfile", format!(":{version} .\n")),
        ("templates/tidings.yml", format!("      default: {version}\n")),
        ("templates/tidings.yml", format!("/tidings:{version}\n")),
        ("SECURITY.md", format!("tidings-v{version}.cdx.json")),
    ];
    for (path, text) in expected {
        assert!(read(path).contains(&text), "{path}: does not contain {text:?}");
    }
    let name = package("repository").replace("https://github.com/", "");
    for path in ["docs/pipelines.md", "docs/promotion.md", "docs/publishing.md"] {
        for reference in after(&read(path), &format!("uses: {name}@")) {
            let is_digest = reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_digest || reference == format!("v{version}"), "{path}: {name}@{reference}");
        }
    }
}

/// The actions that a workflow uses without a full digest and the version as comment.
fn unpinned(path: &str, text: &str) -> Vec<String> {
    let used = text.lines().filter_map(|line| line.split_once("uses: ").map(|(_, used)| used));
    let is_pinned = |used: &str| {
        let (_, reference) = used.split_once('@')?;
        let (digest, version) = reference.split_once(" # v")?;
        let is_digest = digest.len() == 40 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_digest && version.starts_with(|c: char| c.is_ascii_digit())).then_some(())
    };
    let others = used.filter(|used| !used.starts_with("./") && is_pinned(used).is_none());
    others.map(|used| format!("{path}: {used}: pin it by digest, with the version as comment")).collect()
}

#[test]
fn actions_are_pinned_by_digest() {
    let digest = "0123456789abcdef0123456789abcdef01234567";
    let good = format!("- uses: a/b@{digest} # v1.2.3\n  uses: ./c\n");
    assert_eq!(unpinned("a", &good), [""; 0]);
    let bad = format!("- uses: a/b@v1\n- uses: a/b@{digest}\n- uses: a/b@{} # v1.2.3\n", &digest[1..]);
    assert_eq!(unpinned("a", &bad).len(), 3);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml"));
    let faults = paths
        .iter()
        .flat_map(|path| unpinned(&path.display().to_string(), &fs::read_to_string(path).unwrap()))
        .collect::<Vec<_>>();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
