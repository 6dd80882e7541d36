//! What the format of a repository has that is not supported: its version and extensions (gitrepository-layout(5)).
//!
//! The git library refuses most others, but not all, and its errors are not for people. The configuration is read
//! without it opening the repository.

use std::{fmt, path::Path};

/// Extensions that change nothing in what is read here, or that the git library supports.
const SUPPORTED: [&str; 5] = ["noop", "noop-v1", "preciousobjects", "relativeworktrees", "worktreeconfig"];

/// What a repository has that is not supported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// A version of the repository format above 1.
    Version(i64),
    /// How objects are named; only SHA-1 is supported.
    Objects(String),
    /// How refs are stored; only `files` is supported.
    Refs(String),
    /// An extension, with its value.
    Extension(String, String),
}

impl Format {
    /// The command that changes the format, if there is one.
    pub(super) fn hint(&self, path: &Path) -> Option<String> {
        let path = path.display();
        match self {
            // Git itself converts neither.
            Self::Version(_) | Self::Objects(_) => None,
            Self::Refs(_) => Some(format!(
                "convert it, with git 2.48 or newer: git refs migrate --ref-format=files; or read a clone: git clone --mirror --ref-format=files '{path}' CLONE"
            )),
            // Since git 2.24, the setting of the remote has the same effect.
            Self::Extension(name, remote) if name == "partialclone" => {
                // The value is copied to a shell.
                let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
                let remote = if remote.chars().all(is_plain) { remote } else { "NAME" };
                Some(format!(
                    "replace it by the setting of the remote: git config remote.{remote}.promisor true, then: git config --unset extensions.partialclone"
                ))
            }
            Self::Extension(..) => {
                Some(format!("read a clone, which does not have it: git clone --mirror '{path}' CLONE"))
            }
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => {
                write!(f, "has format version {version}; only versions 0 and 1 are supported")
            }
            Self::Objects(format) => {
                write!(f, "uses the object format `{format}`; only SHA-1 is supported")
            }
            Self::Refs(format) => {
                write!(f, "stores its refs in the format `{format}`; only the format `files` is supported")
            }
            Self::Extension(name, _) => write!(f, "uses the extension `{name}`, which is not supported"),
        }
    }
}

/// The first thing that is not supported of the repository with this common directory. A configuration that cannot be
/// read is not judged. Object and ref formats count even if the version does not allow them: then git refuses the
/// repository too.
pub(super) fn unsupported(common_dir: &Path) -> Option<Format> {
    let config = git2::Config::open(&common_dir.join("config")).ok()?;
    let version = config.get_i64("core.repositoryformatversion").unwrap_or(0);
    if version > 1 {
        return Some(Format::Version(version));
    }
    let mut entries = config.entries(Some(r"^extensions\.")).ok()?;
    let mut found = None;
    while let Some(Ok(entry)) = entries.next() {
        let Some(name) = entry.name().ok().and_then(|name| name.strip_prefix("extensions.")) else {
            continue;
        };
        // The library panics on `value()` of a key that has none.
        let value = if entry.has_value() { entry.value().unwrap_or_default() } else { "" }.to_owned();
        let format = match name {
            "objectformat" if value.eq_ignore_ascii_case("sha1") => continue,
            "objectformat" => Format::Objects(value),
            "refstorage" if value == "files" => continue,
            "refstorage" => Format::Refs(value),
            name if version < 1 || SUPPORTED.contains(&name) => continue,
            name => Format::Extension(name.to_owned(), value),
        };
        found = found.or(Some(format));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Option<Format> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config"), content).unwrap();
        unsupported(folder.path())
    }

    #[test]
    fn supported_formats_pass() {
        assert_eq!(read(""), None);
        assert_eq!(
            read(
                "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = sha1\nrefStorage = files\n"
            ),
            None
        );
        assert_eq!(read("[core]\nrepositoryformatversion = 1\n[extensions]\nworktreeConfig\n"), None);
        // Version 0 ignores extensions that it does not know.
        assert_eq!(read("[core]\nrepositoryformatversion = 0\n[extensions]\nother = 1\n"), None);
        assert_eq!(read("[core\n"), None);
    }

    #[test]
    fn unsupported_formats_are_named() {
        let v1 = |rest: &str| read(&format!("[core]\nrepositoryformatversion = 1\n[extensions]\n{rest}\n"));
        assert_eq!(read("[core]\nrepositoryformatversion = 2\n"), Some(Format::Version(2)));
        assert_eq!(v1("objectformat = sha256"), Some(Format::Objects("sha256".to_owned())));
        assert_eq!(v1("refStorage = reftable"), Some(Format::Refs("reftable".to_owned())));
        assert_eq!(read("[extensions]\nrefstorage = reftable\n"), Some(Format::Refs("reftable".to_owned())));
        assert_eq!(v1("other"), Some(Format::Extension("other".to_owned(), String::new())));
        assert_eq!(
            v1("partialClone = up"),
            Some(Format::Extension("partialclone".to_owned(), "up".to_owned()))
        );
    }
}
