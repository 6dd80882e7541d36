//! The file of packed references (git-pack-refs(1)), of which no more is read than is asked for: mirrors of large
//! projects hold ten thousands of references, and a few tags among them.

use std::{fs::File, io, path::Path};

use memchr::{memchr, memchr_iter};

use super::file::read_at;

/// The digits of an object's name.
pub(super) const HEX: usize = 40;
/// A shorter file is read whole.
const LONG: u64 = 64 << 10;
/// So many bytes are read at a place on the way to a name. Few lines are longer than a hundred.
const NEAR: u64 = 4 << 10;

/// The file; nothing where there is none.
pub(super) struct PackedRefs {
    file: Option<File>,
    /// In bytes.
    length: u64,
    /// Whether the lines are in the order of the names.
    sorted: bool,
    /// Whether each annotated tag is followed by what stands behind it, so that others are none.
    pub(super) tells_peeled: bool,
}

impl PackedRefs {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = match File::open(path) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let length = file.as_ref().map_or(Ok(0), |file| file.metadata().map(|data| data.len()))?;
        let mut packed = Self { file, length, sorted: false, tells_peeled: false };
        let start = packed.bytes(0, NEAR)?;
        let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let traits = header.strip_prefix(b"# pack-refs with:").unwrap_or_default();
        let has = |wanted: &[u8]| traits.split(|byte| *byte == b' ').any(|word| word == wanted);
        // A file that breaks off in a line is damaged, and no order is to be trusted.
        let is_whole = packed.bytes(packed.length.saturating_sub(1), 1)? == b"\n";
        packed.sorted = is_whole && has(b"sorted");
        packed.tells_peeled = has(b"peeled") || has(b"fully-peeled");
        Ok(packed)
    }

    /// Lines among which are all those of names from `from` up to `to` (not included), with what is said of each.
    pub(super) fn lines(&self, from: &str, to: &str) -> io::Result<Vec<u8>> {
        if !self.sorted || self.length <= LONG {
            return self.bytes(0, self.length);
        }
        let (start, end) = (self.first(from.as_bytes())?, self.first(to.as_bytes())?);
        self.bytes(start, end.saturating_sub(start))
    }

    fn bytes(&self, from: u64, length: u64) -> io::Result<Vec<u8>> {
        let length = length.min(self.length.saturating_sub(from));
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        self.file.as_ref().map_or(Ok(()), |file| read_at(file, &mut bytes, from))?;
        Ok(bytes)
    }

    /// Where the first line starts whose name is not before `name`; the end of the file where there is none.
    fn first(&self, name: &[u8]) -> io::Result<u64> {
        // Whatever starts before `low` is before the name, and whatever starts at `high` or later is not.
        let (mut low, mut high) = (0, self.length);
        while high - low > NEAR {
            let middle = low + (high - low) / 2;
            let bytes = self.bytes(middle, NEAR)?;
            let in_line = memchr(b'\n', &bytes).map_or(bytes.len(), |end| end + 1);
            let next = lines(&bytes).find(|(at, line)| *at >= in_line && !is_remark(line));
            let Some((at, line)) = next.filter(|(at, _)| middle + (*at as u64) < high) else { break };
            *(if is_before(line, name) { &mut low } else { &mut high }) = middle + at as u64;
        }
        let bytes = self.bytes(low, high - low)?;
        let first = lines(&bytes).find(|(_, line)| !is_remark(line) && !is_before(line, name));
        Ok(first.map_or(high, |(at, _)| low + at as u64))
    }
}

/// The lines that end here, with the places where they start.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    memchr_iter(b'\n', bytes).map(move |end| {
        let start = std::mem::replace(&mut at, end + 1);
        (start, bytes.get(start..end).unwrap_or_default())
    })
}

/// Whether a line says something of the one before it, or of all.
fn is_remark(line: &[u8]) -> bool {
    line.starts_with(b"^") || line.starts_with(b"#")
}

/// Whether the name in a line, which stands behind the object's, comes before `name`.
fn is_before(line: &[u8], name: &[u8]) -> bool {
    line.get(HEX + 1..).is_some_and(|own| own.trim_ascii_end() < name)
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
            text += &format!("{} {name}\n", "a".repeat(HEX));
            if name.len() % 3 == 0 {
                text += &format!("^{}\n", "b".repeat(HEX));
            }
        }
        text
    }

    #[test]
    fn of_many_sorted_lines_only_those_asked_for_are_read() {
        let pulls = (0..9_000).map(|number| format!("refs/pull/{number:05}/head"));
        let tags = (0..20).map(|number| format!("refs/tags/v{number:02}"));
        let names: Vec<String> = pulls.chain(tags).chain(["refs/tagsx/y".to_owned()]).collect();
        let (packed, _file) = packed(&text("# pack-refs with: peeled fully-peeled sorted \n", &names));
        assert!(packed.sorted && packed.tells_peeled && packed.length > LONG);
        let lines = String::from_utf8(packed.lines("refs/tags/", "refs/tags0").unwrap()).unwrap();
        assert_eq!(lines.lines().filter(|line| line.starts_with('a')).count(), 20);
        assert!(lines.len() < 2_000 && lines.contains("refs/tags/v00") && lines.ends_with('\n'));
        assert!(packed.lines("refs/z", "refs/zz").unwrap().is_empty(), "behind the last");
        assert!(packed.lines("refs/a", "refs/b").unwrap().is_empty(), "before the first");
        let one = packed.lines("refs/pull/04711/head", "refs/pull/04711/head\0").unwrap();
        assert_eq!(one.split(|byte| *byte == b' ').nth(1).unwrap().trim_ascii_end(), b"refs/pull/04711/head");
    }

    #[test]
    fn no_file_and_no_order_are_no_errors() {
        let folder = tempfile::tempdir().unwrap();
        let none = PackedRefs::open(&folder.path().join("packed-refs")).unwrap();
        assert!(none.lines("a", "b").unwrap().is_empty());
        let names: Vec<String> = (0..9_000).rev().map(|number| format!("refs/tags/{number}")).collect();
        let cut_off = text("# pack-refs with: peeled sorted \n", &names);
        assert!(!packed(cut_off.trim_end()).0.sorted, "it breaks off");
        let (unsorted, _file) = packed(&text("", &names));
        assert!(!unsorted.tells_peeled);
        let all = unsorted.lines("refs/tags/7", "refs/tags/8").unwrap();
        assert_eq!(all.len() as u64, unsorted.length, "all, since nothing tells where");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_line_is_found(numbers in proptest::collection::vec(0..20_000u32, 1_600..2_000), from in 0..20_000u32, more in 0..9_000u32) {
            let name = |number: u32| format!("{}/{}", "abc".repeat(number as usize % 3), number * 7);
            let mut names: Vec<String> = numbers.iter().copied().map(name).collect();
            names.push(format!("b/{}", "b".repeat(4_000)));
            names.sort();
            names.dedup();
            let (packed, _file) = packed(&text("# pack-refs with: peeled sorted\n", &names));
            let (from, to) = (name(from), name(from + more));
            prop_assume!(packed.length > LONG && from <= to);
            let found = String::from_utf8(packed.lines(&from, &to).unwrap()).unwrap();
            let found: Vec<&str> = found.lines().filter_map(|line| line.split_once(' ')).map(|(_, name)| name).collect();
            let expected = names.iter().map(String::as_str).filter(|name| **name >= *from && **name < *to);
            prop_assert_eq!(found, expected.collect::<Vec<_>>());
        }
    }
}
