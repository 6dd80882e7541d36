//! Decodes commit and tag objects to `model` values.
//!
//! The format is that of `git cat-file commit`: header lines, an empty line, the message.

use std::{collections::HashMap, sync::Arc};

use encoding_rs::Encoding;
use thin_vec::ThinVec;

use crate::model::{Commit, MESSAGE_BYTES, ObjectId, Parents, Person, Time};

/// Longest name and email address, in bytes; the rest is cut.
const IDENT_BYTES: usize = 4 << 10;

/// The header of a commit and the bytes of its message, borrowed from the object.
pub(in crate::git) struct Raw<'a> {
    pub(in crate::git) tree: ObjectId,
    pub(in crate::git) parents: Parents,
    pub(in crate::git) author: &'a [u8],
    committer: &'a [u8],
    encoding: Option<&'a [u8]>,
    message: &'a [u8],
}

impl<'a> Raw<'a> {
    /// Parses the header; `None` if it is not a commit.
    pub(in crate::git) fn parse(data: &'a [u8]) -> Option<Self> {
        let (mut tree, mut parents) = (None, Parents::new());
        let (mut author, mut committer): (&[u8], &[u8]) = (&[], &[]);
        let mut encoding = None;
        let mut rest = data;
        let message = loop {
            let end = memchr::memchr(b'\n', rest);
            let (line, after) = match end {
                Some(end) => (rest.get(..end)?, rest.get(end + 1..)?),
                None => (rest, &[][..]),
            };
            if line.is_empty() {
                break after;
            }
            if let Some(value) = line.strip_prefix(b"parent ") {
                parents.push(hex(value)?);
            } else if let Some(value) = line.strip_prefix(b"tree ") {
                tree = Some(hex(value)?);
            } else if let Some(value) = line.strip_prefix(b"author ") {
                author = value;
            } else if let Some(value) = line.strip_prefix(b"committer ") {
                committer = value;
            } else if let Some(value) = line.strip_prefix(b"encoding ") {
                encoding = Some(value);
            }
            rest = after;
        };
        Some(Self { tree: tree?, parents, author, committer, encoding, message })
    }

    /// The committer date, in seconds since the epoch.
    pub(in crate::git) fn seconds(&self) -> i64 {
        ident(self.committer).1.seconds
    }

    /// Decodes the commit. `parents` are those with grafts and the shallow boundary applied.
    pub(in crate::git) fn commit(
        &self,
        id: ObjectId,
        parents: Parents,
        identities: &mut Identities,
    ) -> Commit {
        let (author, author_time) = ident(self.author);
        let (_, committer_time) = ident(self.committer);
        let (message, undecodable) = decode_text(self.message, self.encoding, identities.fallback);
        Commit {
            id,
            tree: self.tree,
            parents,
            author: identities.person(truncated(author, IDENT_BYTES)),
            author_time,
            committer_time,
            message,
            undecodable,
            touches: ThinVec::new(),
        }
    }
}

/// The object that a tag object points to.
pub(in crate::git) fn tag_target(data: &[u8]) -> Option<ObjectId> {
    hex(header(data, b"object ")?)
}

/// The message of a tag object, with its signature.
pub(in crate::git) fn tag_message(data: &[u8]) -> &[u8] {
    memchr::memmem::find(data, b"\n\n").and_then(|end| data.get(end + 2..)).unwrap_or_default()
}

/// The tagger date of a tag object; `None` if it has no tagger, as in old tags.
pub(super) fn tag_time(data: &[u8]) -> Option<Time> {
    header(data, b"tagger ").map(|tagger| ident(tagger).1)
}

fn header<'d>(data: &'d [u8], key: &[u8]) -> Option<&'d [u8]> {
    let mut lines = data.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
    lines.find_map(|line| line.strip_prefix(key))
}

fn hex(digits: &[u8]) -> Option<ObjectId> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 20];
    if digits.len() != 40 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(ObjectId::from_bytes(bytes))
}

/// Parses `Name <email> 1700000000 +0800` into the bytes up to and including `>`, and the time; missing numbers are 0.
fn ident(line: &[u8]) -> (&[u8], Time) {
    let end = line.iter().rposition(|byte| *byte == b'>').map_or(0, |at| at + 1);
    let (who, when) = line.split_at_checked(end).unwrap_or((line, &[]));
    let mut words = when.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let mut next = || words.next().and_then(|word| std::str::from_utf8(word).ok());
    let seconds = next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let offset = next().and_then(offset_minutes).unwrap_or(0);
    (who, Time { seconds, offset })
}

/// `+0800` → 480.
fn offset_minutes(word: &str) -> Option<i32> {
    let (sign, digits) = match word.split_at_checked(1)? {
        ("-", digits) => (-1, digits),
        ("+", digits) => (1, digits),
        _ => return None,
    };
    let number: i32 = digits.parse().ok().filter(|number| (0..=1400).contains(number))?;
    Some(sign * (number / 100 * 60 + number % 100))
}

/// Decodes bytes with the named encoding, else as UTF-8, else with the fallback, else lossily with U+FFFD. Returns
/// whether anything could not be decoded.
fn decode_text(bytes: &[u8], named: Option<&[u8]>, fallback: Option<&'static Encoding>) -> (Box<str>, bool) {
    let bytes = truncated(bytes, MESSAGE_BYTES);
    if let Some(encoding) = named.and_then(Encoding::for_label) {
        let (text, _, faulty) = encoding.decode(bytes);
        return (text.into(), faulty);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.into(), false),
        Err(_) => match fallback {
            Some(encoding) => (encoding.decode(bytes).0.into(), false),
            None => (String::from_utf8_lossy(bytes).into(), true),
        },
    }
}

/// The first `max_bytes` bytes, without a UTF-8 character that is cut at the end.
fn truncated(bytes: &[u8], max_bytes: usize) -> &[u8] {
    let Some(first) = bytes.get(..max_bytes).filter(|_| bytes.len() > max_bytes) else { return bytes };
    let begun = first.iter().rev().take(4).position(|byte| byte & 0xc0 != 0x80);
    match begun.and_then(|before| first.split_at_checked(first.len() - before - 1)) {
        Some((whole, character)) if std::str::from_utf8(character).is_err() => whole,
        _ => first,
    }
}

/// Decodes author and committer names, with the mailmap applied; caches each person.
pub(in crate::git) struct Identities {
    cache: HashMap<Vec<u8>, Arc<Person>>,
    mailmap: Option<git2::Mailmap>,
    fallback: Option<&'static Encoding>,
}

impl Identities {
    /// `fallback` is the repository's `i18n.commitEncoding`, used if a message has no `encoding` header and is not
    /// UTF-8.
    pub(in crate::git) fn new(mailmap: Option<git2::Mailmap>, fallback: Option<&'static Encoding>) -> Self {
        Self { cache: HashMap::new(), mailmap, fallback }
    }

    fn person(&mut self, ident: &[u8]) -> Arc<Person> {
        if let Some(person) = self.cache.get(ident) {
            return Arc::clone(person);
        }
        let person = Arc::new(self.apply_mailmap(parse_person(ident)));
        self.cache.insert(ident.to_vec(), Arc::clone(&person));
        person
    }

    /// Applies the mailmap to a person.
    pub(in crate::git) fn apply_mailmap(&self, person: Person) -> Person {
        let Some(mailmap) = &self.mailmap else { return person };
        let moment = git2::Time::new(0, 0);
        let Ok(signature) = git2::Signature::new(&person.name, &person.email, &moment) else { return person };
        match mailmap.resolve_signature(&signature) {
            Ok(found) => Person {
                name: String::from_utf8_lossy(found.name_bytes()).into_owned(),
                email: String::from_utf8_lossy(found.email_bytes()).into_owned(),
            },
            Err(_) => person,
        }
    }
}

fn parse_person(ident: &[u8]) -> Person {
    let text = String::from_utf8_lossy(ident);
    let clean = |part: &str| part.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned();
    match text.split_once('<') {
        Some((name, rest)) => Person { name: clean(name), email: clean(rest.trim_end_matches('>')) },
        None => Person { name: clean(&text), email: String::new() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: &[u8] = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\
        parent aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\
        author A U Thor <a@example.com> 1700000000 +0830\n\
        committer C O Mitter <c@example.com> 1700000100 -0100\n\
        gpgsig -----BEGIN\n parent cccccccccccccccccccccccccccccccccccccccc\n -----END\n\n\
        feat: x\n\nbody\n";

    fn decode(raw: &[u8], fallback: Option<&'static Encoding>) -> Commit {
        let raw = Raw::parse(raw).unwrap();
        let parents = raw.parents.clone();
        raw.commit(ObjectId::from_bytes([1; 20]), parents, &mut Identities::new(None, fallback))
    }

    #[test]
    fn signature_lines_are_not_headers() {
        let commit = decode(RAW, None);
        assert_eq!(commit.parents.len(), 1, "a line of the signature is not a parent");
        assert_eq!(commit.author.name, "A U Thor");
        assert_eq!(commit.author.email, "a@example.com");
        assert_eq!(commit.author_time, Time { seconds: 1_700_000_000, offset: 510 });
        assert_eq!(commit.committer_time, Time { seconds: 1_700_000_100, offset: -60 });
        assert_eq!(&*commit.message, "feat: x\n\nbody\n");
    }

    #[test]
    fn message_encodings_are_decoded() {
        let raw = |encoding: &str, message: &[u8]| {
            let mut raw = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a> 0 +0000\n".to_vec();
            raw.extend_from_slice(encoding.as_bytes());
            raw.push(b'\n');
            raw.extend_from_slice(message);
            raw
        };
        let big5 = raw("encoding Big5\n", b"\xb7\x73\xbcW");
        assert_eq!((&*decode(&big5, None).message, decode(&big5, None).undecodable), ("新增", false));
        let latin1 = raw("", b"caf\xe9");
        assert_eq!(&*decode(&latin1, Some(encoding_rs::WINDOWS_1252)).message, "café");
        assert!(decode(&latin1, None).undecodable);
        assert_eq!(&*decode(&latin1, None).message, "caf\u{fffd}");
        assert_eq!(&*decode(&raw("", b""), None).message, "", "no message");
    }

    #[test]
    fn long_message_is_cut_at_a_character_boundary() {
        let of = |text: &str| super::decode_text(text.as_bytes(), None, None);
        for (text, kept) in
            [("a".repeat(MESSAGE_BYTES + 9), MESSAGE_BYTES), ("新".repeat(MESSAGE_BYTES), MESSAGE_BYTES - 1)]
        {
            let (message, undecodable) = of(&text);
            assert_eq!((message.len(), undecodable), (kept, false));
            assert!(text.starts_with(&*message));
        }
        assert_eq!(of(&"é".repeat(MESSAGE_BYTES / 2)).0.len(), MESSAGE_BYTES, "up to the limit");
        assert_eq!(truncated(b"ab\xff\xff", 3), b"ab", "the last byte may start no character");
        assert_eq!(truncated(b"\x80\x80\x80\x80\x80\x80", 5), b"\x80\x80\x80\x80\x80");
    }

    #[test]
    fn damaged_commits_are_rejected() {
        assert!(Raw::parse(b"").is_none());
        assert!(Raw::parse(b"tree zz\n\nx").is_none());
        assert_eq!(ident(b"broken").1, Time::default());
        assert_eq!(ident(b"A <a> 99999999999999999999 +9999").1, Time::default());
    }
}
