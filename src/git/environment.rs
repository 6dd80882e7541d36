//! The variables of git that say where a repository and its objects are (git(1), "The Git Repository"). Git sets them
//! for hooks: a `pre-receive` hook finds the pushed objects only with them.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

/// Where git's variables say that the repository is. The paths may be relative to the current directory.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `GIT_DIR`: the git directory, which is then not searched for.
    pub git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`: the root of the work tree.
    pub work_tree: Option<PathBuf>,
    /// Where its objects are.
    pub objects: ObjectPaths,
}

/// Where objects are, in addition to or instead of `objects` in the common directory.
#[derive(Debug, Clone, Default)]
pub struct ObjectPaths {
    /// `GIT_OBJECT_DIRECTORY`: replaces `objects` in the common directory.
    pub directory: Option<PathBuf>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`: read in addition.
    pub alternates: Vec<PathBuf>,
}

/// The variables that git must not inherit if it works on another repository than theirs.
pub(super) const OF_ONE_REPOSITORY: [&str; 6] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_QUARANTINE_PATH",
    "GIT_WORK_TREE",
];

impl Environment {
    /// Reads the variables. Empty ones count as not set.
    #[must_use]
    pub fn new(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let alternates = variable("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
        Self {
            git_dir: path("GIT_DIR"),
            work_tree: path("GIT_WORK_TREE"),
            objects: ObjectPaths { directory: path("GIT_OBJECT_DIRECTORY"), alternates: split(&alternates) },
        }
    }

    /// Whether `GIT_DIR` is this git directory.
    pub(super) fn names(&self, git_dir: &Path) -> bool {
        let own = self.git_dir.as_ref().and_then(|own| own.canonicalize().ok());
        own.is_some_and(|own| git_dir.canonicalize().is_ok_and(|other| own == other))
    }
}

/// Splits a list of paths. As in git, a path that begins with a quote is C-quoted: it may contain the separator.
fn split(list: &OsStr) -> Vec<PathBuf> {
    let bytes = list.as_encoded_bytes();
    let is_quoted = bytes.starts_with(b"\"") || memchr::memmem::find(bytes, SEPARATOR_AND_QUOTE).is_some();
    let paths = match list.to_str().filter(|_| is_quoted) {
        Some(text) => quoted(text),
        None => std::env::split_paths(list).collect(),
    };
    paths.into_iter().filter(|path| !path.as_os_str().is_empty()).collect()
}

const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };
const SEPARATOR_AND_QUOTE: &[u8] = if cfg!(windows) { b";\"" } else { b":\"" };

fn quoted(list: &str) -> Vec<PathBuf> {
    let (mut paths, mut rest) = (Vec::new(), list);
    while !rest.is_empty() {
        let (path, after) = match rest.strip_prefix('"').and_then(unquote) {
            Some((path, after)) => (path, after.strip_prefix(SEPARATOR).unwrap_or(after)),
            None => {
                let (path, after) = rest.split_once(SEPARATOR).unwrap_or((rest, ""));
                (path.to_owned(), after)
            }
        };
        paths.push(PathBuf::from(path));
        rest = after;
    }
    paths
}

/// The text up to the closing quote, with its escapes replaced, and what follows the quote. `None` without a closing
/// quote, or if the text is not UTF-8.
fn unquote(text: &str) -> Option<(String, &str)> {
    let (mut bytes, mut chars) = (Vec::new(), text.char_indices());
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((String::from_utf8(bytes).ok()?, text.get(at + 1..)?)),
            '\\' => match chars.next()?.1 {
                first @ '0'..='3' => {
                    let digits = [first, chars.next()?.1, chars.next()?.1];
                    bytes.push(u8::from_str_radix(&String::from_iter(digits), 8).ok()?);
                }
                escaped => bytes.push(match escaped {
                    'a' => 7,
                    'b' => 8,
                    't' => b'\t',
                    'n' => b'\n',
                    'v' => 11,
                    'f' => 12,
                    'r' => b'\r',
                    '"' => b'"',
                    '\\' => b'\\',
                    _ => return None,
                }),
            },
            other => bytes.extend(other.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alternates(list: &str) -> Vec<String> {
        let list = list.replace(':', &SEPARATOR.to_string());
        split(OsStr::new(&list)).into_iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn alternates_are_split_at_separators() {
        assert_eq!(alternates(""), [""; 0]);
        assert_eq!(alternates("a:b"), ["a", "b"]);
        assert_eq!(alternates(":a::b:"), ["a", "b"]);
    }

    #[test]
    fn quoted_alternates_are_unquoted() {
        assert_eq!(alternates(r#""a\"b\\\303\244":c"#), ["a\"b\\ä", "c"]);
        assert_eq!(
            split(OsStr::new(&format!("a{SEPARATOR}\"b{SEPARATOR}c\""))),
            [PathBuf::from("a"), PathBuf::from(format!("b{SEPARATOR}c"))]
        );
        // Without a closing quote, git takes the quote literally.
        assert_eq!(alternates("\"a:b"), ["\"a", "b"]);
        assert_eq!(alternates(r#""a\q""#), [r#""a\q""#]);
    }

    #[test]
    fn empty_variables_count_as_not_set() {
        let environment = Environment::new(|_| Some(OsString::new()));
        assert!(environment.git_dir.is_none() && environment.objects.directory.is_none());
        assert!(environment.objects.alternates.is_empty());
    }
}
