//! Loose objects: each a file of its own, deflated, with a header that gives its kind and size (gitformat-loose(5)).

use std::{
    fs, io,
    path::{Path, PathBuf},
    rc::Rc,
};

use git2::ObjectType;
use libdeflater::{DecompressionError, Decompressor};

use super::{
    digest::is_named,
    pack::{EXPANSION, MOST, Object},
};
use crate::model::ObjectId;

/// The longest header: a kind, a size of twenty digits.
const HEADER: usize = 32;

/// What was found of an object in one folder of objects.
pub(in crate::git) enum Loose {
    /// It has no file here.
    Absent,
    /// Its file cannot be used: the path below the folder, and why.
    Damaged(String, &'static str),
    /// Its content.
    Found(Object),
}

/// Reads an object from a folder of objects. Its content is checked against its name.
pub(in crate::git) fn read(folder: &Path, id: ObjectId, inflater: &mut Decompressor) -> Loose {
    let (path, shown) = place(folder, id);
    let packed = match bytes(&path) {
        Ok(packed) => packed,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Loose::Absent;
        }
        Err(_) => return Loose::Damaged(shown, "the file cannot be read"),
    };
    match packed.ok_or("it is not a file or too large").and_then(|packed| open(&packed, id, inflater)) {
        Ok(found) => Loose::Found(found),
        Err(problem) => Loose::Damaged(shown, problem),
    }
}

/// The objects of a folder whose names begin with these hexadecimal digits, of which there are at least two.
pub(in crate::git) fn starting_with(folder: &Path, digits: &str) -> Vec<ObjectId> {
    let Some((first, rest)) = digits.split_at_checked(2) else { return Vec::new() };
    let Ok(files) = fs::read_dir(folder.join(first)) else { return Vec::new() };
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names
        .filter(|name| name.starts_with(rest))
        .filter_map(|name| format!("{first}{name}").parse().ok())
        .collect()
}

fn place(folder: &Path, id: ObjectId) -> (PathBuf, String) {
    let name = id.to_string();
    let (first, rest) = name.split_at_checked(2).unwrap_or_default();
    (folder.join(first).join(rest), format!("objects/{first}/{rest}"))
}

/// What the file holds; `None` where it is none that can hold an object. A pipe is never opened: that could wait forever.
fn bytes(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let data = fs::metadata(path)?;
    if !data.is_file() || data.len() > MOST as u64 {
        return Ok(None);
    }
    fs::read(path).map(Some)
}

/// The object in the bytes of its file.
fn open(packed: &[u8], id: ObjectId, inflater: &mut Decompressor) -> Result<Object, &'static str> {
    if packed.is_empty() {
        return Err("the file is empty");
    }
    let mut whole = inflate(packed, inflater)?;
    let head = whole.get(..HEADER.min(whole.len())).unwrap_or_default();
    let end = memchr::memchr(0, head).ok_or("its header is malformed")?;
    let (kind, size) = head.get(..end).and_then(header).ok_or("its header is malformed")?;
    whole.drain(..=end);
    if whole.len() != size {
        return Err("its size differs from the size in its header");
    }
    if !is_named(id, kind, &whole) {
        return Err("its content does not match its name");
    }
    Ok((kind, Rc::new(whole)))
}

/// Inflates a whole stream, whose size is not known beforehand.
fn inflate(packed: &[u8], inflater: &mut Decompressor) -> Result<Vec<u8>, &'static str> {
    let most = packed.len().saturating_mul(EXPANSION).saturating_add(HEADER).min(MOST + HEADER);
    let mut room = packed.len().saturating_mul(4).max(1 << 10);
    loop {
        room = room.min(most);
        let mut whole = vec![0; room];
        match inflater.zlib_decompress(packed, &mut whole) {
            Ok(length) => {
                whole.truncate(length);
                return Ok(whole);
            }
            Err(DecompressionError::InsufficientSpace) if room < most => room = room.saturating_mul(4),
            Err(DecompressionError::InsufficientSpace) => return Err("it is too large"),
            Err(DecompressionError::BadData) => return Err("its compressed data is incomplete or damaged"),
        }
    }
}

/// `commit 123` → the kind and the size.
fn header(header: &[u8]) -> Option<(ObjectType, usize)> {
    let (kind, size) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let kind = match kind {
        "commit" => ObjectType::Commit,
        "tree" => ObjectType::Tree,
        "blob" => ObjectType::Blob,
        "tag" => ObjectType::Tag,
        _ => return None,
    };
    let is_number = size.bytes().all(|digit| digit.is_ascii_digit());
    Some((kind, size.parse().ok().filter(|_| is_number)?))
}

#[cfg(test)]
mod tests {
    use libdeflater::{CompressionLvl, Compressor};
    use proptest::prelude::*;

    use super::*;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut compressor = Compressor::new(CompressionLvl::default());
        let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
        let length = compressor.zlib_compress(bytes, &mut out).unwrap();
        out.truncate(length);
        out
    }

    fn hello() -> ObjectId {
        "ce013625030ba8dba906f756967f9e9ca394464a".parse().unwrap()
    }

    fn opened(packed: &[u8]) -> Result<Vec<u8>, &'static str> {
        open(packed, hello(), &mut Decompressor::new()).map(|(_, bytes)| bytes.to_vec())
    }

    #[test]
    fn intact_object_is_read() {
        assert_eq!(opened(&deflated(b"blob 6\0hello\n")).unwrap(), b"hello\n");
    }

    #[test]
    fn damage_is_named() {
        let whole = deflated(b"blob 6\0hello\n");
        let cut = whole.get(..whole.len() - 3).unwrap();
        assert_eq!(opened(cut), Err("its compressed data is incomplete or damaged"));
        assert_eq!(opened(b""), Err("the file is empty"));
        assert_eq!(
            opened(&deflated(b"blob 7\0hello\n")),
            Err("its size differs from the size in its header")
        );
        assert_eq!(opened(&deflated(b"blob 6\0hellp\n")), Err("its content does not match its name"));
        for header in [&b"blub 6\0hello\n"[..], b"blob +6\0hello\n", b"blob 6", b"blob \0hello\n", b""] {
            assert_eq!(opened(&deflated(header)), Err("its header is malformed"), "{header:?}");
        }
    }

    #[test]
    fn large_objects_grow_as_needed() {
        let content = vec![b'x'; 3 << 20];
        let whole = [format!("blob {}\0", content.len()).as_bytes(), &content].concat();
        let inflated = inflate(&deflated(&whole), &mut Decompressor::new()).unwrap();
        assert_eq!(inflated.len(), whole.len());
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(bytes in proptest::collection::vec(any::<u8>(), 0..80), at in any::<usize>(), byte in any::<u8>()) {
            prop_assert!(opened(&bytes).is_err());
            let mut whole = deflated(b"blob 6\0hello\n");
            let at = at % whole.len();
            whole[at] = byte;
            prop_assert!(opened(&whole).is_err_and(|_| true) || opened(&whole).unwrap() == b"hello\n");
        }
    }
}
