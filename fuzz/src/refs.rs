//! Fuzzes refs and files that change the history. The parts of an input are separated by record separators (0x1E):
//! `packed-refs`, `HEAD`, then files with their path in the first line, all next to the objects of `base/make`.

use std::collections::BTreeMap;

use tidings::{forge, git::Repository, history};

use super::{
    repository::{self, INDEX, PACK, PACK_NAME},
    scratch::Scratch,
};

/// The maximum number of files per input.
const FILES: usize = 12;

pub(super) fn target(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == 0x1e);
    let (packed, head) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    Scratch::with(|folder| {
        repository::frame(folder, head);
        folder.write(&format!("{PACK_NAME}.pack"), PACK);
        folder.write(&format!("{PACK_NAME}.idx"), INDEX);
        folder.write("packed-refs", packed);
        for part in parts.take(FILES) {
            let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
            let (path, content) = part.split_at(end);
            let Some(path) = std::str::from_utf8(path).ok().filter(|path| is_ref_path(path)) else {
                continue;
            };
            // A path that is already a folder cannot be a file.
            let whole = folder.path().join(path);
            let blocked = whole.is_dir() || whole.ancestors().skip(1).any(|above| above.is_file());
            if !blocked {
                folder.write(path, content.get(1..).unwrap_or_default());
            }
        }
        assert_matches_libgit2(folder, packed);
        repository::read_all(folder);
    });
    let text = String::from_utf8_lossy(packed);
    for line in text.lines().take(FILES) {
        drop(history::read_tag(line, &history::Options::default()));
        let found = forge::locate(line, None);
        drop(forge::default_api(&found));
        if let Some(url) = found.url {
            assert!(
                !url.contains(|c: char| c.is_control() || c.is_whitespace() || "<>\"`\\@".contains(c)),
                "{url:?}"
            );
        }
    }
}

/// Whether a path is inside the repository and may hold refs or the files that accompany them.
fn is_ref_path(path: &str) -> bool {
    let is_allowed = path.starts_with("refs/")
        || matches!(path, "shallow" | "info/grafts" | "ORIG_HEAD" | "packed-refs.lock");
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@{}+~".contains(&byte);
    is_allowed
        && path.len() < 120
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != ".." && part.bytes().all(fine))
}

/// The tags are exactly those that libgit2 lists, each with the same object. Tags that are reported as broken may
/// differ.
fn assert_matches_libgit2(folder: &Scratch, packed: &[u8]) {
    // libgit2 ignores replace refs, and loses refs that are not sorted.
    if folder.path().join("refs/replace").exists() || !is_sorted(packed) {
        return;
    }
    let Ok(library) = git2::Repository::open(folder.path()) else { return };
    let Ok(own) = Repository::open(folder.path()).and_then(|repository| repository.tags()) else { return };
    let Ok(all) = library.references_glob("refs/tags/*") else { return };
    let mut expected = BTreeMap::new();
    for reference in all {
        let Ok(reference) = reference else { return };
        let Ok(resolved) = reference.resolve() else { continue };
        let is_commit = resolved.peel_to_commit().is_ok();
        let name = String::from_utf8_lossy(reference.name_bytes().get(10..).unwrap_or_default()).into_owned();
        if let Some(target) = resolved.target().filter(|_| is_commit) {
            expected.insert(name, target.to_string());
        }
    }
    expected.retain(|name, _| own.broken.iter().all(|broken| broken.name != *name));
    let mut found: BTreeMap<String, String> =
        own.all.into_iter().map(|tag| (tag.name, tag.object.to_string())).collect();
    // libgit2 lists some refs that are not UTF-8, git lists all.
    found.retain(|name, _| !name.contains('\u{fffd}'));
    expected.retain(|name, _| !name.contains('\u{fffd}'));
    assert_eq!(found, expected, "the tags are not those that the library lists");
}

/// Whether the ref names in `packed-refs` are sorted.
fn is_sorted(packed: &[u8]) -> bool {
    let lines =
        packed.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"^") && !line.starts_with(b"#"));
    lines
        .map(|line| line.get(41..).unwrap_or_default())
        .filter(|name| !name.is_empty())
        .is_sorted_by(|a, b| a < b)
}
