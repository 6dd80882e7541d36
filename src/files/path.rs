//! Checks and splits paths lexically, without file system access.

use std::{
    collections::VecDeque,
    ffi::{OsStr, OsString},
    path::{Component, Path, PathBuf},
};

use super::Refusal;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// `..`
    Up,
    /// Into the entry with this name.
    Into(OsString),
}

/// The steps of a path from the repository's configuration, which must mean the same on every platform.
pub(super) fn steps(path: &Path) -> Result<VecDeque<Step>, Refusal> {
    let text = path.to_string_lossy();
    if text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    // `C:x`, `\\server\share` and `file:stream` are not plain names on Windows.
    if let Some(c) = text.chars().find(|c| c.is_control() || matches!(c, '\\' | ':')) {
        return Err(Refusal::Character(c));
    }
    link_steps(path)?.ok_or(Refusal::Absolute)
}

/// The steps of the target of a link, or of a path inside the work tree; `None` if it is absolute.
pub(super) fn link_steps(path: &Path) -> Result<Option<VecDeque<Step>>, Refusal> {
    let mut steps = VecDeque::new();
    for component in path.components() {
        match component {
            Component::Prefix(_) | Component::RootDir => return Ok(None),
            Component::CurDir => {}
            Component::ParentDir => steps.push_back(Step::Up),
            Component::Normal(name) if is_dot_git(name) => return Err(Refusal::InGit),
            Component::Normal(name) if cfg!(windows) && is_device(name) => return Err(Refusal::Device),
            Component::Normal(name) => steps.push_back(Step::Into(name.to_owned())),
        }
    }
    Ok(Some(steps))
}

/// Whether any file system treats a name as `.git`. As git does (`is_ntfs_dotgit`, `is_hfs_dotgit`), ignores case,
/// trailing dots and spaces, stream names and the characters that HFS+ ignores, and matches the short name `git~1`.
pub(super) fn is_dot_git(name: &OsStr) -> bool {
    let ignored = |c: &char| matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    let name = name.to_string_lossy();
    let name: String = name.chars().filter(|c| !ignored(c)).flat_map(char::to_lowercase).collect();
    let name = name.split([':', '\\']).next().unwrap_or_default();
    let name = name.trim_end_matches([' ', '.']);
    name == ".git" || matches!(name.strip_prefix("git~").map(str::as_bytes), Some([b'0'..=b'9']))
}

/// Whether Windows treats a name as a device, in any folder.
fn is_device(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    matches!(stem, "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt")).is_some_and(|rest| {
            let mut digits = rest.chars();
            matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
}

/// Removes `.` and `..` lexically. For messages only, never for file access.
pub(super) fn normalize(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_and_platform_specific_paths_are_refused() {
        let refused = |path: &str| steps(Path::new(path)).unwrap_err();
        assert_eq!(refused(""), Refusal::Empty);
        assert_eq!(refused(" \t"), Refusal::Empty);
        for path in ["/etc/passwd", "//server/share", "/"] {
            assert_eq!(refused(path), Refusal::Absolute, "{path}");
        }
        for (path, c) in [
            ("C:/x", ':'),
            ("c:x", ':'),
            ("file:///etc/passwd", ':'),
            ("CHANGELOG.md:stream", ':'),
            ("\\\\server\\share", '\\'),
            ("..\\x", '\\'),
            ("\\\\?\\C:\\x", '\\'),
            ("a\0b", '\0'),
            ("a\nb", '\n'),
            ("a\u{1b}b", '\u{1b}'),
        ] {
            assert_eq!(refused(path), Refusal::Character(c), "{path}");
        }
        assert_eq!(steps(Path::new("a/./b/../c.md")).unwrap().len(), 4);
    }

    #[test]
    fn git_directory_is_recognized_in_every_spelling() {
        for name in [
            ".git",
            ".GIT",
            ".Git",
            ".git ",
            ".git.",
            ".git. .",
            ".git::$INDEX_ALLOCATION",
            ".git:x",
            "git~1",
            "GIT~2",
            ".g\u{200c}it",
            "\u{feff}.git",
            ".gi\u{200d}t",
            ".git\\config",
        ] {
            assert!(is_dot_git(OsStr::new(name)), "{name}");
        }
        for name in [".github", ".gitignore", "git", "git~", "git~12", "x.git", ".gitx", ". git"] {
            assert!(!is_dot_git(OsStr::new(name)), "{name}");
        }
        assert_eq!(steps(Path::new("docs/.GIT/config")), Err(Refusal::InGit));
    }

    #[test]
    fn windows_devices_are_recognized() {
        for name in ["con", "NUL", "aux.md", "COM1", "lpt9.txt", "CONIN$"] {
            assert!(is_device(OsStr::new(name)), "{name}");
        }
        for name in ["console", "com", "com10", "nulls.md", "CHANGELOG.md"] {
            assert!(!is_device(OsStr::new(name)), "{name}");
        }
    }
}
