//! The names of the files of versions: readable, stable, safe on every system, and unique.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

/// The longest readable part of a name, in bytes.
const MAX_BYTES: usize = 80;

/// Names of devices.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Chooses names that differ even where case does not count.
#[derive(Default)]
pub(super) struct FileNames {
    used: HashSet<String>,
}

impl FileNames {
    /// The path of the page of a version of a package, relative to the folder of a language. A name that was changed
    /// ends with a digest, so that it does not depend on the names of other versions.
    pub(super) fn version_page(&mut self, package: Option<&str>, version: &str) -> String {
        let mut folder = String::from("versions/");
        if let Some(package) = package {
            folder.push_str(&safe(package));
            folder.push('/');
        }
        let name = safe(version);
        let mut path = format!("{folder}{name}.html");
        for number in 2.. {
            if self.used.insert(path.clone()) {
                break;
            }
            path = format!("{folder}{name}-{number}.html");
        }
        path
    }
}

/// The text if it is safe as the name of a file or a folder, else a safe one with a digest of the text.
fn safe(text: &str) -> String {
    if is_safe(text) {
        return text.to_owned();
    }
    let allowed = |c: char| match c {
        'a'..='z' | '0'..='9' | '.' | '-' => c,
        'A'..='Z' => c.to_ascii_lowercase(),
        _ => '-',
    };
    let mut name: String = text.chars().take(MAX_BYTES).map(allowed).collect();
    while name.contains("..") {
        name = name.replace("..", ".");
    }
    let name = name.trim_matches(|c| c == '.' || c == '-');
    let mut name = match name {
        "" => "version".to_owned(),
        name if is_reserved(name) => format!("version-{name}"),
        name => name.to_owned(),
    };
    let digest = Sha256::digest(text.as_bytes());
    name.push('-');
    for byte in digest.iter().take(4) {
        name.push_str(&format!("{byte:02x}"));
    }
    name
}

fn is_safe(text: &str) -> bool {
    let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'.' | b'-' | b'_');
    !text.is_empty()
        && text.len() <= MAX_BYTES
        && text.bytes().all(is_plain)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !text.contains("..")
        && !text.ends_with(".html")
        && !is_reserved(text)
}

/// Whether Windows reserves a name: that of a device, with any extension.
fn is_reserved(text: &str) -> bool {
    let stem = text.split('.').next().unwrap_or_default();
    let is_port = |name: &str| stem.strip_prefix(name).is_some_and(|number| number.len() == 1);
    RESERVED.contains(&stem) || is_port("com") || is_port("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_versions_keep_their_names() {
        let mut names = FileNames::default();
        assert_eq!(names.version_page(None, "1.2.0"), "versions/1.2.0.html");
        assert_eq!(names.version_page(Some("core"), "1.2.0-rc.1"), "versions/core/1.2.0-rc.1.html");
    }

    #[test]
    fn hostile_names_are_safe_and_unique() {
        let hostile = [
            "../x",
            "..",
            "",
            "a/b",
            "a\\b",
            "con",
            "aux.1",
            "com1",
            "lpt9.x",
            "1.0.0.",
            "1.0.0+b",
            "1.0.0-RC1",
            "1.0.0-rc1",
            "-x",
            "x\0y",
            "版本",
            "版 本",
            "1..0",
            "x.html",
            "C:",
            &"9".repeat(500),
        ];
        let mut names = FileNames::default();
        let mut all: Vec<String> = hostile.iter().map(|name| names.version_page(Some(name), name)).collect();
        for path in &all {
            let parts: Vec<&str> = path.split('/').collect();
            assert_eq!(parts.len(), 3, "{path}");
            for part in &parts[1..] {
                let is_safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
                assert!(part.chars().all(is_safe) && part.len() < 120, "{path}");
                assert!(
                    !part.starts_with(['.', '-']) && !part.ends_with('.') && !part.contains(".."),
                    "{path}"
                );
                let stem = part.split('.').next().unwrap();
                assert!(!["con", "aux", "com1", "lpt9"].contains(&stem), "{path}");
            }
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), hostile.len());
    }

    #[test]
    fn equal_names_get_a_number() {
        let mut names = FileNames::default();
        names.version_page(None, "1.0.0");
        assert_eq!(names.version_page(None, "1.0.0"), "versions/1.0.0-2.html");
    }
}
