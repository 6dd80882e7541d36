//! The folder that a changelog lies in.

use std::path::Path;

/// The parent folder; the current directory where the path is a bare file name.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
