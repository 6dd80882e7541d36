//! Fuzzes objects: damaged packs, indexes and commit-graphs; objects with any content; packs with any entries. The
//! first byte chooses one of these.

use libdeflater::{CompressionLvl, Compressor};

use super::{
    repository::{self, COMMIT_GRAPH, HEAD, INDEX, MULTI_PACK_INDEX, PACK, PACK_NAME, PACKED_REFS},
    scratch::Scratch,
};

/// The maximum number of changes to the repository's files per input.
const EDITS: usize = 16;
/// The maximum number of objects per input.
const OBJECTS: usize = 24;

pub(super) fn target(data: &[u8]) {
    let [mode, rest @ ..] = data else { return };
    Scratch::with(|folder| {
        match mode % 4 {
            0 | 1 => damaged(folder, *mode, rest),
            2 => objects(folder, rest),
            _ => pack(folder, rest),
        }
        repository::read_all(folder);
    });
}

/// The repository of `base/make` with changes of five bytes each: file, offset (two bytes), operation, byte.
fn damaged(folder: &Scratch, mode: u8, edits: &[u8]) {
    let mut files: Vec<(String, Vec<u8>)> = vec![
        (format!("{PACK_NAME}.pack"), PACK.to_vec()),
        (format!("{PACK_NAME}.idx"), INDEX.to_vec()),
        ("packed-refs".to_owned(), PACKED_REFS.to_vec()),
    ];
    if mode & 4 != 0 {
        files.push(("objects/info/commit-graph".to_owned(), COMMIT_GRAPH.to_vec()));
    }
    if mode & 8 != 0 {
        files.push(("objects/pack/multi-pack-index".to_owned(), MULTI_PACK_INDEX.to_vec()));
    }
    for edit in edits.as_chunks::<5>().0.iter().take(EDITS) {
        let [file, low, high, act, value] = *edit;
        let count = files.len();
        let Some((_, bytes)) = files.get_mut(usize::from(file) % count) else { continue };
        let at = usize::from(u16::from_le_bytes([low, high])) % bytes.len().max(1);
        damage(bytes, at, act, value);
    }
    repository::frame(folder, HEAD);
    for (name, bytes) in &files {
        folder.write(name, bytes);
    }
}

fn damage(bytes: &mut Vec<u8>, at: usize, act: u8, value: u8) {
    match act % 8 {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, value),
        2 => drop(bytes.drain(at..bytes.len().min(at + usize::from(value)))),
        3 => bytes.iter_mut().skip(at).take(4).for_each(|byte| *byte = value),
        4 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = byte.wrapping_add(value)),
        5 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (value % 8)),
        _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = value),
    }
}

/// The ID of an object of an input: 0x20 and its number, twenty times.
fn name(number: usize) -> [u8; 20] {
    [u8::try_from(0x20 + number).unwrap_or(u8::MAX); 20]
}

fn hex(name: [u8; 20]) -> String {
    name.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Objects of one type, each after a length in two bytes, stored loose under generated IDs; a tag for each.
fn objects(folder: &Scratch, mut rest: &[u8]) {
    repository::frame(folder, format!("{}\n", hex(name(0))).as_bytes());
    for number in 0..OBJECTS {
        let [kind, low, high, bytes @ ..] = rest else { break };
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(bytes.len());
        let (own, after) = bytes.split_at(length);
        rest = after;
        let kind = ["commit", "tree", "tag", "blob", "commit"].iter().cycle().nth(usize::from(*kind));
        let mut whole = format!("{} {}\0", kind.unwrap_or(&"commit"), own.len()).into_bytes();
        whole.extend_from_slice(own);
        let hex = hex(name(number));
        let (first, others) = hex.split_at(2);
        folder.write(&format!("objects/{first}/{others}"), &deflated(&whole));
        folder.write(&format!("refs/tags/v{number}.0.0"), format!("{hex}\n").as_bytes());
    }
}

/// Pack entries: type, size field, base entry, a length in two bytes, and deflated data. A delta may have any entry as
/// its base, including itself.
fn pack(folder: &Scratch, mut rest: &[u8]) {
    let (mut bytes, mut offsets) = (b"PACK\0\0\0\x02\0\0\0\0".to_vec(), Vec::new());
    for number in 0..OBJECTS {
        let [kind, size, on, low, high, payload @ ..] = rest else { break };
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(payload.len());
        let (own, after) = payload.split_at(length);
        rest = after;
        let at = bytes.len();
        // Usually the correct size, otherwise another.
        let size_field = if *size < 0xf0 { own.len() } else { usize::from(*size & 15) << (4 * (*size & 7)) };
        head(&mut bytes, kind & 7, size_field);
        match kind & 7 {
            6 => distance(
                &mut bytes,
                at.saturating_sub(offsets.get(usize::from(*on)).copied().unwrap_or(at)),
                *on,
            ),
            7 => bytes.extend_from_slice(&name(usize::from(*on) % OBJECTS)),
            _ => {}
        }
        bytes.extend_from_slice(&deflated(own));
        offsets.push(at);
        folder.write(&format!("refs/tags/v{number}.0.0"), format!("{}\n", hex(name(number))).as_bytes());
    }
    let count = u32::try_from(offsets.len()).unwrap_or(0);
    if let Some(place) = bytes.get_mut(8..12) {
        place.copy_from_slice(&count.to_be_bytes());
    }
    bytes.extend_from_slice(&[0; 20]);
    repository::frame(folder, format!("{}\n", hex(name(0))).as_bytes());
    folder.write("objects/pack/pack-1.pack", &bytes);
    folder.write("objects/pack/pack-1.idx", &index(&offsets));
}

/// The header of an entry (gitformat-pack(5)).
fn head(out: &mut Vec<u8>, kind: u8, size: usize) {
    let mut rest = size >> 4;
    let mut byte = kind << 4 | (size & 15) as u8;
    while rest > 0 {
        out.push(byte | 128);
        byte = (rest & 127) as u8;
        rest >>= 7;
    }
    out.push(byte);
}

/// The distance to the delta's base entry; if there is no such entry, a number from the input.
fn distance(out: &mut Vec<u8>, back: usize, otherwise: u8) {
    let mut rest = if back == 0 { usize::from(otherwise) } else { back };
    let mut bytes = vec![(rest & 127) as u8];
    while rest >= 128 {
        rest = (rest >> 7) - 1;
        bytes.push(128 | (rest & 127) as u8);
    }
    out.extend(bytes.into_iter().rev());
}

/// A pack index (version 2) of entries with ascending IDs.
fn index(offsets: &[usize]) -> Vec<u8> {
    let mut out = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255_usize {
        let count = (0..offsets.len()).filter(|number| usize::from(name(*number)[0]) <= first).count();
        out.extend_from_slice(&u32::try_from(count).unwrap_or(0).to_be_bytes());
    }
    (0..offsets.len()).for_each(|number| out.extend_from_slice(&name(number)));
    out.resize(out.len() + 4 * offsets.len(), 0);
    offsets.iter().for_each(|at| out.extend_from_slice(&u32::try_from(*at).unwrap_or(0).to_be_bytes()));
    out.resize(out.len() + 40, 0);
    out
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::fastest());
    let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
    let length = compressor.zlib_compress(bytes, &mut out).unwrap_or(0);
    out.truncate(length);
    out
}
