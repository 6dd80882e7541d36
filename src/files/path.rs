//! What a path says by its text alone.

use std::{
    collections::VecDeque,
    ffi::{OsStr, OsString},
    path::{Component, Path, PathBuf},
};

use super::Why;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// `..`
    Up,
    /// Into what has this name.
    Into(OsString),
}

/// The steps of a path that the configuration of a repository gives. It must mean the same on every system.
pub(super) fn steps(path: &Path) -> Result<VecDeque<Step>, Why> {
    let text = path.to_string_lossy();
    if text.trim().is_empty() {
        return Err(Why::Empty);
    }
    // `C:x`, `\\server\share` and `file:stream` are no names on Windows.
    if let Some(c) = text.chars().find(|c| c.is_control() || matches!(c, '\\' | ':')) {
        return Err(Why::Character(c));
    }
    link_steps(path)?.ok_or(Why::Absolute)
}

/// The steps that a link in the work tree, or a name read from it, leads; `None` where it starts at a root.
pub(super) fn link_steps(path: &Path) -> Result<Option<VecDeque<Step>>, Why> {
    let mut steps = VecDeque::new();
    for component in path.components() {
        match component {
            Component::Prefix(_) | Component::RootDir => return Ok(None),
            Component::CurDir => {}
            Component::ParentDir => steps.push_back(Step::Up),
            Component::Normal(name) if is_dot_git(name) => return Err(Why::InGit),
            Component::Normal(name) if cfg!(windows) && is_device(name) => return Err(Why::Device),
            Component::Normal(name) => steps.push_back(Step::Into(name.to_owned())),
        }
    }
    Ok(Some(steps))
}

/// Whether some system takes a name for `.git`, as git itself checks it (`is_ntfs_dotgit`, `is_hfs_dotgit`): case does not
/// count, nor do trailing dots and spaces, streams, the short name `git~1`, and what HFS+ ignores.
pub(super) fn is_dot_git(name: &OsStr) -> bool {
    let ignored = |c: &char| matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    let name = name.to_string_lossy();
    let name: String = name.chars().filter(|c| !ignored(c)).flat_map(char::to_lowercase).collect();
    let name = name.split([':', '\\']).next().unwrap_or_default();
    let name = name.trim_end_matches([' ', '.']);
    name == ".git" || matches!(name.strip_prefix("git~").map(str::as_bytes), Some([b'0'..=b'9']))
}

/// Whether Windows takes a name for a device, in whatever folder.
fn is_device(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    matches!(stem, "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt")).is_some_and(|rest| {
            let mut digits = rest.chars();
            matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
}

/// A path without `.` and `..`, by its text alone: for messages, never for access.
pub(super) fn shown(path: &Path) -> PathBuf {
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
    fn paths_that_leave_by_their_text_are_refused() {
        let refused = |path: &str| steps(Path::new(path)).unwrap_err();
        assert_eq!(refused(""), Why::Empty);
        assert_eq!(refused(" \t"), Why::Empty);
        for path in ["/etc/passwd", "//server/share", "/"] {
            assert_eq!(refused(path), Why::Absolute, "{path}");
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
            assert_eq!(refused(path), Why::Character(c), "{path}");
        }
        assert_eq!(steps(Path::new("a/./b/../c.md")).unwrap().len(), 4);
    }

    #[test]
    fn git_directory_is_recognised_in_every_spelling() {
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
        assert_eq!(steps(Path::new("docs/.GIT/config")), Err(Why::InGit));
    }

    #[test]
    fn devices_of_windows_are_recognised() {
        for name in ["con", "NUL", "aux.md", "COM1", "lpt9.txt", "CONIN$"] {
            assert!(is_device(OsStr::new(name)), "{name}");
        }
        for name in ["console", "com", "com10", "nulls.md", "CHANGELOG.md"] {
            assert!(!is_device(OsStr::new(name)), "{name}");
        }
    }
}
