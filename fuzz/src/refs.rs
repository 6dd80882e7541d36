//! References and what changes history beside them. The parts of an input stand between record separators (0x1E):
//! `packed-refs`, `HEAD`, then files with their path in the first line, all beside the objects of `base/make`.

use std::collections::BTreeMap;

use tidings::{forge, git::Repository, history};

use super::{
    repository::{self, INDEX, PACK, PACK_NAME},
    scratch::Scratch,
};

/// The most files of one input.
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
            let Some(path) = std::str::from_utf8(path).ok().filter(|path| is_fine(path)) else { continue };
            // What is a folder already cannot be a file too.
            let whole = folder.path().join(path);
            let blocked = whole.is_dir() || whole.ancestors().skip(1).any(|above| above.is_file());
            if !blocked {
                folder.write(path, content.get(1..).unwrap_or_default());
            }
        }
        as_the_library_lists(folder, packed);
        repository::read_all(folder);
    });
    let text = String::from_utf8_lossy(packed);
    for line in text.lines().take(FILES) {
        drop(history::read_tag(line, &history::Options::default()));
        let found = forge::locate(line, None);
        drop(forge::api_of(&found));
        if let Some(url) = found.url {
            assert!(
                !url.contains(|c: char| c.is_control() || c.is_whitespace() || "<>\"`\\@".contains(c)),
                "{url:?}"
            );
        }
    }
}

/// A path that lies below the repository and holds references, or what stands beside them.
fn is_fine(path: &str) -> bool {
    let known = path.starts_with("refs/")
        || matches!(path, "shallow" | "info/grafts" | "ORIG_HEAD" | "packed-refs.lock");
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@{}+~".contains(&byte);
    known
        && path.len() < 120
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != ".." && part.bytes().all(fine))
}

/// The tags are those that the git library lists: no more, no fewer, each with the same object. Those that are called
/// broken may be read otherwise.
fn as_the_library_lists(folder: &Scratch, packed: &[u8]) {
    // The library knows nothing of objects that stand for others, and loses names that are not in their order.
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
    // Of names that are not UTF-8 the library lists some, git all.
    found.retain(|name, _| !name.contains('\u{fffd}'));
    expected.retain(|name, _| !name.contains('\u{fffd}'));
    assert_eq!(found, expected, "the tags are not those that the library lists");
}

/// Whether the names in the lines of `packed-refs` ascend.
fn is_sorted(packed: &[u8]) -> bool {
    let lines =
        packed.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"^") && !line.starts_with(b"#"));
    lines
        .map(|line| line.get(41..).unwrap_or_default())
        .filter(|name| !name.is_empty())
        .is_sorted_by(|a, b| a < b)
}
