//! Builds the search patterns for secret values.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose};

use super::decoded;

/// Minimum length of a value, in characters; a shorter one is too likely to be an ordinary word.
pub const SHORTEST: usize = 8;
/// Minimum length, in bytes, of a line of a multi-line secret (such as a private key) to be searched for by itself.
const MIN_LINE: usize = 20;

/// One encoded form of a value.
#[derive(Debug, Clone)]
pub(super) struct Needle {
    /// The name of the value, for messages.
    pub(super) name: Arc<str>,
    /// The bytes to search for.
    pub(super) bytes: Vec<u8>,
    /// Whether adjacent characters may contain bits of the value.
    pub(super) is_base64: bool,
    /// Whether only thorough searches look for it.
    pub(super) is_rare: bool,
}

/// All forms of the values (value → name), without duplicates.
pub(super) fn all(values: &BTreeMap<String, String>) -> Vec<Needle> {
    let (mut needles, mut seen) = (Vec::new(), HashSet::new());
    for (value, name) in values {
        forms(name, value, &mut |needle| {
            if needle.bytes.len() >= SHORTEST && seen.insert(needle.bytes.clone()) {
                needles.push(needle);
            }
        });
    }
    needles
}

fn forms(name: &str, value: &str, give: &mut dyn FnMut(Needle)) {
    let name: Arc<str> = Arc::from(name);
    let plain = decoded::plain(value.as_bytes());
    let lines =
        value.lines().map(str::trim).filter(|line| line.len() >= MIN_LINE && !line.starts_with("-----"));
    let lines: Vec<&str> = lines.filter(|line| *line != value).collect();
    let mut values: Vec<&[u8]> = vec![value.as_bytes()];
    values.extend(lines.iter().map(|line| line.as_bytes()));
    if plain.len() >= SHORTEST && plain != value.as_bytes() {
        values.push(&plain);
    }
    for value in values {
        let mut put = |bytes: Vec<u8>, is_base64, is_rare| {
            give(Needle { name: Arc::clone(&name), bytes, is_base64, is_rare });
        };
        put(value.to_vec(), false, false);
        if value.contains(&b' ') {
            // As in `application/x-www-form-urlencoded`.
            put(value.iter().map(|byte| if *byte == b' ' { b'+' } else { *byte }).collect(), false, false);
        }
        let hexadecimal = each(value, |byte, all| write!(all, "{byte:02x}"));
        put(hexadecimal.to_uppercase().into_bytes(), false, true);
        put(hexadecimal.into_bytes(), false, true);
        let digits = in_base64(value);
        for twice in digits.iter().flat_map(|digits| in_base64(digits)) {
            put(twice, true, true);
        }
        for digits in digits {
            put(digits, true, false);
        }
        for escaped in escaped(value).iter().filter(|escaped| escaped.as_bytes() != value) {
            // The end of a value may form another escape with the text that follows.
            put(escaped.clone().into_bytes(), false, false);
            for digits in in_base64(escaped.as_bytes()) {
                put(digits, true, true);
            }
        }
    }
}

/// A value escaped for a URL, for JSON and for HTML.
fn escaped(value: &[u8]) -> [String; 3] {
    let percent = each(value, |byte, all| match byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        true => write!(all, "{}", char::from(byte)),
        false => write!(all, "%{byte:02X}"),
    });
    let text = String::from_utf8_lossy(value);
    let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let json = serde_json::to_string(&text).unwrap_or_default();
    let json = json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or_default();
    [percent, json.to_owned(), html]
}

fn each(value: &[u8], write: impl Fn(u8, &mut String) -> std::fmt::Result) -> String {
    value.iter().fold(String::new(), |mut all, byte| {
        // Writing to a `String` does not fail.
        let _ = write(*byte, &mut all);
        all
    })
}

/// The base64 characters of a value, in both alphabets, after 0, 1 and 2 other bytes.
fn in_base64(value: &[u8]) -> Vec<Vec<u8>> {
    let engines = [&general_purpose::STANDARD_NO_PAD, &general_purpose::URL_SAFE_NO_PAD];
    (0..3).flat_map(|offset| engines.map(|engine| within_base64(value, offset, engine))).collect()
}

/// The base64 characters that depend only on the value, with `offset` bytes (modulo 3) before it.
fn within_base64(value: &[u8], offset: usize, engine: &general_purpose::GeneralPurpose) -> Vec<u8> {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(value);
    let digits = engine.encode(&bytes).into_bytes();
    // Three bytes are four characters of six bits: keep those that contain only bits of the value.
    let first = (offset * 8).div_ceil(6);
    let end = bytes.len() * 8 / 6;
    digits.get(first..end).unwrap_or_default().to_vec()
}
