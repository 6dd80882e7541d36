//! The folder of a changelog.

use std::path::Path;

/// The parent folder; `.` if the path is a bare file name.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
