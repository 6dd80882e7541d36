//! Reads loose objects (gitformat-loose(5)): one deflated file each, with a header of type and size.

use std::{
    fs, io,
    path::{Path, PathBuf},
    rc::Rc,
};

use git2::ObjectType;
use libdeflater::{DecompressionError, Decompressor};

use super::{
    digest::matches_id,
    pack::{MAX_EXPANSION, MAX_OBJECT_SIZE, Object},
};
use crate::model::ObjectId;

/// Longest header, in bytes: a type and a size of 20 digits.
const MAX_HEADER: usize = 32;

/// The result of reading an object from one object directory.
pub(in crate::git) enum Loose {
    /// The directory does not contain it.
    Absent,
    /// Its file is damaged: the path in the git directory, and what is wrong.
    Damaged(String, &'static str),
    /// The object.
    Found(Object),
}

/// Reads an object from an object directory, and verifies its ID.
pub(in crate::git) fn read(directory: &Path, id: ObjectId, inflater: &mut Decompressor) -> Loose {
    let (path, display_path) = object_path(directory, id);
    let deflated = match read_file(&path) {
        Ok(deflated) => deflated,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Loose::Absent;
        }
        Err(_) => return Loose::Damaged(display_path, "the file cannot be read"),
    };
    match deflated
        .ok_or("it is not a regular file, or too large")
        .and_then(|deflated| decode(&deflated, id, inflater))
    {
        Ok(found) => Loose::Found(found),
        Err(problem) => Loose::Damaged(display_path, problem),
    }
}

/// The size of an object's file in an object directory, in bytes; `None` if there is none.
pub(in crate::git) fn deflated_size(directory: &Path, id: ObjectId) -> Option<u64> {
    fs::metadata(object_path(directory, id).0).ok().map(|file| file.len())
}

/// The objects of a directory whose IDs begin with these hex digits, of which there must be at least two.
pub(in crate::git) fn with_prefix(directory: &Path, digits: &str) -> Vec<ObjectId> {
    let Some((first, rest)) = digits.split_at_checked(2) else { return Vec::new() };
    let Ok(files) = fs::read_dir(directory.join(first)) else { return Vec::new() };
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names
        .filter(|name| name.starts_with(rest))
        .filter_map(|name| format!("{first}{name}").parse().ok())
        .collect()
}

fn object_path(directory: &Path, id: ObjectId) -> (PathBuf, String) {
    let name = id.to_string();
    let (first, rest) = name.split_at_checked(2).unwrap_or_default();
    (directory.join(first).join(rest), format!("objects/{first}/{rest}"))
}

/// The content of the file; `None` if it is not a regular file (opening a pipe could block forever) or too large.
fn read_file(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let data = fs::metadata(path)?;
    if !data.is_file() || data.len() > MAX_OBJECT_SIZE as u64 {
        return Ok(None);
    }
    fs::read(path).map(Some)
}

/// Decodes the content of an object's file.
fn decode(deflated: &[u8], id: ObjectId, inflater: &mut Decompressor) -> Result<Object, &'static str> {
    if deflated.is_empty() {
        return Err("the file is empty");
    }
    let mut whole = inflate(deflated, inflater)?;
    let head = whole.get(..MAX_HEADER.min(whole.len())).unwrap_or_default();
    let end = memchr::memchr(0, head).ok_or("its header is malformed")?;
    let (kind, size) = head.get(..end).and_then(header).ok_or("its header is malformed")?;
    whole.drain(..=end);
    if whole.len() != size {
        return Err("its size differs from the size in its header");
    }
    if !matches_id(id, kind, &whole) {
        return Err("its content does not match its ID");
    }
    Ok((kind, Rc::new(whole)))
}

/// Inflates a stream of unknown size.
fn inflate(deflated: &[u8], inflater: &mut Decompressor) -> Result<Vec<u8>, &'static str> {
    let max_size = deflated
        .len()
        .saturating_mul(MAX_EXPANSION)
        .saturating_add(MAX_HEADER)
        .min(MAX_OBJECT_SIZE + MAX_HEADER);
    let mut size = deflated.len().saturating_mul(4).max(1 << 10);
    loop {
        size = size.min(max_size);
        let mut whole = vec![0; size];
        match inflater.zlib_decompress(deflated, &mut whole) {
            Ok(length) => {
                whole.truncate(length);
                return Ok(whole);
            }
            Err(DecompressionError::InsufficientSpace) if size < max_size => size = size.saturating_mul(4),
            Err(DecompressionError::InsufficientSpace) => return Err("it is too large"),
            Err(DecompressionError::BadData) => return Err("its compressed data is incomplete or damaged"),
        }
    }
}

/// Parses `commit 123` into type and size.
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

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut compressor = Compressor::new(CompressionLvl::default());
        let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
        let length = compressor.zlib_compress(bytes, &mut out).unwrap();
        out.truncate(length);
        out
    }

    fn hello_id() -> ObjectId {
        "ce013625030ba8dba906f756967f9e9ca394464a".parse().unwrap()
    }

    fn decoded(deflated: &[u8]) -> Result<Vec<u8>, &'static str> {
        decode(deflated, hello_id(), &mut Decompressor::new()).map(|(_, bytes)| bytes.to_vec())
    }

    #[test]
    fn intact_object_is_read() {
        assert_eq!(decoded(&deflate(b"blob 6\0hello\n")).unwrap(), b"hello\n");
    }

    #[test]
    fn damage_is_reported() {
        let whole = deflate(b"blob 6\0hello\n");
        let cut = whole.get(..whole.len() - 3).unwrap();
        assert_eq!(decoded(cut), Err("its compressed data is incomplete or damaged"));
        assert_eq!(decoded(b""), Err("the file is empty"));
        assert_eq!(
            decoded(&deflate(b"blob 7\0hello\n")),
            Err("its size differs from the size in its header")
        );
        assert_eq!(decoded(&deflate(b"blob 6\0hellp\n")), Err("its content does not match its ID"));
        for header in [&b"blub 6\0hello\n"[..], b"blob +6\0hello\n", b"blob 6", b"blob \0hello\n", b""] {
            assert_eq!(decoded(&deflate(header)), Err("its header is malformed"), "{header:?}");
        }
    }

    #[test]
    fn buffer_grows_for_large_objects() {
        let content = vec![b'x'; 3 << 20];
        let whole = [format!("blob {}\0", content.len()).as_bytes(), &content].concat();
        let inflated = inflate(&deflate(&whole), &mut Decompressor::new()).unwrap();
        assert_eq!(inflated.len(), whole.len());
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(bytes in proptest::collection::vec(any::<u8>(), 0..80), at in any::<usize>(), byte in any::<u8>()) {
            prop_assert!(decoded(&bytes).is_err());
            let mut whole = deflate(b"blob 6\0hello\n");
            let at = at % whole.len();
            whole[at] = byte;
            prop_assert!(decoded(&whole).is_err_and(|_| true) || decoded(&whole).unwrap() == b"hello\n");
        }
    }
}
