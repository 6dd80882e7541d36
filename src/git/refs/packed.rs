//! Reads `packed-refs` (git-pack-refs(1)), by binary search: mirrors of large projects have tens of thousands of refs,
//! few of them tags.
//!
//! A malformed line is an error, because skipping it could silently drop a version.

use std::path::{Path, PathBuf};

use memchr::{memchr, memchr_iter};

use super::name::is_valid;
use crate::git::{Error, file::SharedFile};
use crate::model::ObjectId;

/// Hex digits of an object ID.
pub(super) const HEX_LENGTH: usize = 40;
/// Largest file that is read whole, in bytes, so that all its lines are validated.
const MAX_READ_WHOLE: u64 = 256 << 10;
/// Largest file, in bytes; a million refs take a tenth of this.
const MAX_FILE_SIZE: u64 = 1 << 30;
/// Prefix of the header line.
const HEADER: &[u8] = b"# pack-refs with:";
/// Bytes read by each step of the binary search. Few lines are longer than 100 bytes.
const PROBE: u64 = 4 << 10;

/// The `packed-refs` file; may be absent.
pub(super) struct PackedRefs {
    path: PathBuf,
    file: Option<SharedFile>,
    /// Size of the file, in bytes.
    length: u64,
    /// Whether the lines are sorted by name.
    sorted: bool,
    /// Whether all annotated tags have a peeled line, so that a ref without one is not an annotated tag.
    is_peeled: bool,
}

/// A line of the file, with its peeled line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record<'l> {
    /// Full name of the ref.
    pub(in crate::git) name: &'l [u8],
    /// The object that it points to.
    pub(in crate::git) object: ObjectId,
    /// The peeled object, which is not a tag; `None` if it is not recorded.
    pub(super) peeled: Option<ObjectId>,
}

impl PackedRefs {
    pub(in crate::git) fn open(path: &Path) -> Result<Self, Error> {
        let mut packed =
            Self { path: path.to_owned(), file: None, length: 0, sorted: false, is_peeled: false };
        if path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Ok(packed);
        }
        let (file, length) =
            SharedFile::open(path, true).map_err(|error| packed.damaged(None, &error.to_string()))?;
        if length > MAX_FILE_SIZE {
            return Err(packed.damaged(None, "it is too large"));
        }
        (packed.file, packed.length) = (Some(file), length);
        let start = packed.bytes(0, PROBE)?;
        let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let traits = header.strip_prefix(HEADER).unwrap_or_default();
        let has = |wanted: &[u8]| traits.split(|byte| *byte == b' ').any(|word| word == wanted);
        packed.sorted = has(b"sorted");
        packed.is_peeled = has(b"peeled") || has(b"fully-peeled");
        if length > 0 && packed.bytes(length - 1, 1)? != b"\n" {
            return Err(packed.damaged_at(length, "the line is incomplete"));
        }
        Ok(packed)
    }

    /// Calls `each` with all records from name `from` (inclusive) to `to` (exclusive), and possibly others.
    pub(in crate::git) fn records(
        &self,
        from: &str,
        to: &str,
        mut each: impl FnMut(Record<'_>),
    ) -> Result<(), Error> {
        let (start, bytes) = self.lines(from, to)?;
        let mut all = lines(&bytes).peekable();
        while let Some((at, line)) = all.next() {
            let damaged = |problem| self.damaged_at(start + at as u64, problem);
            if line.starts_with(b"#") && start == 0 && at == 0 {
                if !line.starts_with(HEADER) {
                    return Err(damaged("it is not a valid header"));
                }
                continue;
            }
            let (object, name) =
                line.split_at_checked(HEX_LENGTH).ok_or_else(|| damaged("it is too short"))?;
            let object = id(object).ok_or_else(|| damaged("it does not begin with an object ID"))?;
            // Git writes only valid names; skipping another could drop a version.
            let name = name.strip_prefix(b" ").filter(|name| name.starts_with(b"refs/") && is_valid(name));
            let name = name.ok_or_else(|| damaged("it has no valid ref name"))?;
            let peeled = match all.next_if(|(_, line)| line.starts_with(b"^")) {
                Some((at, line)) => {
                    let peeled = line.strip_prefix(b"^").and_then(|line| id(line.trim_ascii_end()));
                    let problem = "it is not a valid peeled line";
                    Some(peeled.ok_or_else(|| self.damaged_at(start + at as u64, problem))?)
                }
                None => self.is_peeled.then_some(object),
            };
            each(Record { name, object, peeled });
        }
        Ok(())
    }

    /// Reads the lines from name `from` (inclusive) to `to` (exclusive), with their peeled lines and possibly others;
    /// returns their offset too.
    fn lines(&self, from: &str, to: &str) -> Result<(u64, Vec<u8>), Error> {
        if !self.sorted || self.length <= MAX_READ_WHOLE {
            return Ok((0, self.bytes(0, self.length)?));
        }
        let (start, end) = (self.lower_bound(from.as_bytes())?, self.lower_bound(to.as_bytes())?);
        Ok((start, self.bytes(start, end.saturating_sub(start))?))
    }

    fn bytes(&self, from: u64, length: u64) -> Result<Vec<u8>, Error> {
        let length = length.min(self.length.saturating_sub(from));
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        let read = self.file.as_ref().map_or(Ok(()), |file| file.read_at(&mut bytes, from));
        read.map_err(|error| self.damaged(None, &error.to_string()))?;
        Ok(bytes)
    }

    fn damaged(&self, line: Option<usize>, problem: &str) -> Error {
        Error::DamagedFile { path: self.path.clone(), line, problem: problem.to_owned() }
    }

    /// An error with the number of the line at an offset.
    fn damaged_at(&self, at: u64, problem: &str) -> Error {
        let before = self.bytes(0, at).ok();
        self.damaged(before.map(|before| memchr_iter(b'\n', &before).count() + 1), problem)
    }

    /// The offset of the first line whose name is not before `name`; the end of the file if there is none.
    fn lower_bound(&self, name: &[u8]) -> Result<u64, Error> {
        // Invariant: lines that start before `low` are before `name`; lines that start at `high` or later are not.
        let (mut low, mut high) = (0, self.length);
        while high - low > PROBE {
            let middle = low + (high - low) / 2;
            let bytes = self.bytes(middle, PROBE)?;
            let in_line = memchr(b'\n', &bytes).map_or(bytes.len(), |end| end + 1);
            let next = lines(&bytes).find(|(at, line)| *at >= in_line && !is_not_a_ref(line));
            let Some((at, line)) = next.filter(|(at, _)| middle + (*at as u64) < high) else { break };
            *(if is_before(line, name) { &mut low } else { &mut high }) = middle + at as u64;
        }
        let bytes = self.bytes(low, high - low)?;
        let first = lines(&bytes).find(|(_, line)| !is_not_a_ref(line) && !is_before(line, name));
        Ok(first.map_or(high, |(at, _)| low + at as u64))
    }
}

/// The complete lines, with their offsets.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    memchr_iter(b'\n', bytes).map(move |end| {
        let start = std::mem::replace(&mut at, end + 1);
        (start, bytes.get(start..end).unwrap_or_default())
    })
}

/// Whether a line is a peeled line or a header.
fn is_not_a_ref(line: &[u8]) -> bool {
    line.starts_with(b"^") || line.starts_with(b"#")
}

/// Whether the ref name in a line, which follows the object ID, is before `name`.
fn is_before(line: &[u8], name: &[u8]) -> bool {
    line.get(HEX_LENGTH + 1..).is_some_and(|own| own.trim_ascii_end() < name)
}

fn id(hex: &[u8]) -> Option<ObjectId> {
    std::str::from_utf8(hex).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed(text: &str) -> (PackedRefs, tempfile::NamedTempFile) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        (PackedRefs::open(file.path()).unwrap(), file)
    }

    fn text(header: &str, names: &[String]) -> String {
        let mut text = header.to_owned();
        for name in names {
            text += &format!("{} {name}\n", "a".repeat(HEX_LENGTH));
            if name.len() % 3 == 0 {
                text += &format!("^{}\n", "b".repeat(HEX_LENGTH));
            }
        }
        text
    }

    /// The names between two.
    fn names(packed: &PackedRefs, from: &str, to: &str) -> Vec<String> {
        let mut names = Vec::new();
        let mut add = |record: Record<'_>| names.push(String::from_utf8(record.name.to_vec()).unwrap());
        packed.records(from, to, &mut add).unwrap();
        names.retain(|name| name.as_str() >= from && name.as_str() < to);
        names
    }

    #[test]
    fn sorted_file_is_read_by_binary_search() {
        let pulls = (0..9_000).map(|number| format!("refs/pull/{number:05}/head"));
        let tags = (0..20).map(|number| format!("refs/tags/v{number:02}"));
        let all: Vec<String> = pulls.chain(tags).chain(["refs/tagsx/y".to_owned()]).collect();
        let (packed, _file) = packed(&text("# pack-refs with: peeled fully-peeled sorted \n", &all));
        assert!(packed.sorted && packed.is_peeled && packed.length > MAX_READ_WHOLE);
        assert_eq!(names(&packed, "refs/tags/", "refs/tags0").len(), 20);
        let (_, lines) = packed.lines("refs/tags/", "refs/tags0").unwrap();
        assert!(lines.len() < 2_000 && lines.ends_with(b"\n"));
        assert!(names(&packed, "refs/z", "refs/zz").is_empty(), "after the last");
        assert!(names(&packed, "refs/a", "refs/b").is_empty(), "before the first");
        let one = names(&packed, "refs/pull/04711/head", "refs/pull/04711/head\0");
        assert_eq!(one, ["refs/pull/04711/head"]);
    }

    #[test]
    fn missing_and_unsorted_files_are_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let none = PackedRefs::open(&folder.path().join("packed-refs")).unwrap();
        assert!(names(&none, "a", "b").is_empty());
        let all: Vec<String> = (0..9_000).rev().map(|number| format!("refs/tags/{number}")).collect();
        let (unsorted, _file) = packed(&text("", &all));
        assert!(!unsorted.is_peeled);
        let (start, lines) = unsorted.lines("refs/tags/7", "refs/tags/8").unwrap();
        assert_eq!((start, lines.len() as u64), (0, unsorted.length), "an unsorted file is read whole");
    }

    /// The number of the damaged line.
    fn damaged_line(text: &str) -> Option<usize> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let read = PackedRefs::open(file.path()).and_then(|packed| packed.records("a", "z", |_| ()));
        match read {
            Ok(()) => None,
            Err(Error::DamagedFile { line, .. }) => line,
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn damaged_line_is_reported() {
        let header = "# pack-refs with: peeled fully-peeled sorted \n";
        let id = "a".repeat(HEX_LENGTH);
        let good = format!("{header}{id} refs/tags/v1\n^{id}\n{id} refs/tags/v2\n");
        assert_eq!(damaged_line(&good), None);
        assert_eq!(damaged_line(""), None);
        assert_eq!(damaged_line(good.trim_end()), Some(4), "the last line is incomplete");
        for (damaged, line) in [
            (good.replace("# pack", "# pock"), 1),
            (good.replace(&format!("{id} refs/tags/v1"), "refs/tags/v1"), 2),
            (good.replace(" refs/tags/v1", "refs/tags/v1"), 2),
            (good.replace(" refs/tags/v1", "  refs/tags/v1"), 2),
            (good.replace("refs/tags/v1", "refs/tags/\u{1}"), 2),
            (good.replace("refs/tags/v1", "tags/v1"), 2),
            (good.replace("refs/tags/v1", "refs/tags/v*"), 2),
            (good.replace("refs/tags/v1", "refs//tags/v1"), 2),
            (good.replace(&format!("^{id}"), "^aa"), 3),
            (good.replace(&format!("^{id}\n"), &format!("^{id}\n^{id}\n")), 4),
            (good.replace(&format!("^{id}\n"), &format!("^{id}\n\n")), 4),
            (good.replace(&format!("^{id}\n"), &format!("^{id}\n# comment\n")), 4),
            (format!("{header}^{id}\n"), 2),
            (format!("{header}+{} refs/tags/v1\n", &id[1..]), 2),
        ] {
            assert_eq!(damaged_line(&damaged), Some(line), "{damaged}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn binary_search_finds_every_record(numbers in proptest::collection::vec(0..90_000u32, 6_000..7_000), from in 0..90_000u32, more in 0..40_000u32) {
            let name = |number: u32| format!("refs/{}/{}", "abc".repeat(number as usize % 3 + 1), number * 7);
            let mut all: Vec<String> = numbers.iter().copied().map(name).collect();
            all.push(format!("refs/b/{}", "b".repeat(4_000)));
            all.sort();
            all.dedup();
            let (packed, _file) = packed(&text("# pack-refs with: peeled sorted\n", &all));
            let (from, to) = (name(from), name(from + more));
            prop_assume!(packed.length > MAX_READ_WHOLE && from <= to);
            let expected: Vec<_> = all.into_iter().filter(|name| **name >= *from && **name < *to).collect();
            prop_assert_eq!(names(&packed, &from, &to), expected);
        }

        #[test]
        fn any_bytes_are_safe(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            let _ = PackedRefs::open(file.path()).and_then(|packed| packed.records("a", "z", |_| ()));
        }
    }
}
