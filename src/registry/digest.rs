//! What content is called by: the digest of its bytes (OCI image specification, "Digests").

use std::fmt;

use sha2::{Digest as _, Sha256, Sha512};

/// A digest such as `sha256:…`, with lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    /// Reads a digest of an algorithm that is known here: SHA-256 or SHA-512.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (algorithm, hex) = text.split_once(':')?;
        let length = match algorithm {
            "sha256" => 64,
            "sha512" => 128,
            _ => return None,
        };
        let is_hex = hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (hex.len() == length && is_hex).then(|| Self(text.to_owned()))
    }

    /// The SHA-256 of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(format!("sha256:{:x}", Sha256::digest(bytes)))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag that the referrers of this content stand under where the registry has no API for them: `sha256-…`, the
    /// digits cut off at 64 (OCI distribution specification, "Referrers Tag Schema").
    #[must_use]
    pub fn referrers_tag(&self) -> String {
        let (algorithm, hex) = self.0.split_once(':').unwrap_or_default();
        format!("{algorithm}-{}", hex.get(..64).unwrap_or(hex))
    }

    /// Begins to check content against this digest and a size in bytes.
    #[must_use]
    pub fn check(&self, size: u64) -> Check {
        let hash = if self.0.starts_with("sha512:") {
            Hash::Sha512(Box::default())
        } else {
            Hash::Sha256(Sha256::new())
        };
        Check { wanted: self.clone(), left: size, hash }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        // The text of a server may be of any length.
        let shown = || text.chars().take(80).collect::<String>();
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{}` is no digest", shown())))
    }
}

/// Content on its way, checked as it comes.
#[derive(Debug, Clone)]
pub struct Check {
    wanted: Digest,
    left: u64,
    hash: Hash,
}

#[derive(Debug, Clone)]
enum Hash {
    Sha256(Sha256),
    Sha512(Box<Sha512>),
}

impl Check {
    /// Takes the next piece, or the end.
    ///
    /// # Errors
    /// In words, when there is more or less than was said, or the content is another.
    pub fn piece(&mut self, piece: Option<&[u8]>) -> Result<(), String> {
        let Some(piece) = piece else { return self.end() };
        let rest = self.left.checked_sub(piece.len() as u64);
        self.left = rest.ok_or_else(|| "it is longer than it is said to be".to_owned())?;
        match &mut self.hash {
            Hash::Sha256(hash) => hash.update(piece),
            Hash::Sha512(hash) => hash.update(piece),
        }
        // Who passes it on may stop at the length that is known, and never tell the end.
        if self.left == 0 { self.end() } else { Ok(()) }
    }

    fn end(&self) -> Result<(), String> {
        if self.left > 0 {
            return Err(format!("it ends {} bytes too early", self.left));
        }
        let found = match &self.hash {
            Hash::Sha256(hash) => format!("sha256:{:x}", hash.clone().finalize()),
            Hash::Sha512(hash) => format!("sha512:{:x}", hash.clone().finalize()),
        };
        if found == self.wanted.0 {
            Ok(())
        } else {
            Err(format!("its digest is {found}, not {}", self.wanted))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn digests_are_read_strictly() {
        assert_eq!(Digest::parse(EMPTY).unwrap(), Digest::of(b""));
        for bad in
            ["", "sha256:", "sha256:E3", "md5:00", &EMPTY[..70], &EMPTY.to_uppercase(), &format!("{EMPTY}0")]
        {
            assert_eq!(Digest::parse(bad), None, "{bad}");
        }
        assert_eq!(Digest::of(b"").referrers_tag(), EMPTY.replace(':', "-"));
        let long = Digest::parse(&format!("sha512:{}", "ab".repeat(64))).unwrap();
        assert_eq!(long.referrers_tag(), format!("sha512-{}", "ab".repeat(32)));
    }

    #[test]
    fn error_about_a_long_text_is_short() {
        let error = serde_json::from_str::<Digest>(&format!("\"{}\"", "a".repeat(5_000))).unwrap_err();
        assert!(error.to_string().starts_with("`aaa") && error.to_string().len() < 200, "{error}");
    }

    #[test]
    fn content_is_checked_piece_by_piece() {
        let tried = |size, pieces: &[&str]| {
            let mut check = Digest::of(b"hello").check(size);
            let mut told = pieces.iter().map(|piece| Some(piece.as_bytes())).chain([None]);
            told.try_for_each(|piece| check.piece(piece))
        };
        assert_eq!(tried(5, &["he", "", "llo"]), Ok(()));
        assert_eq!(tried(5, &["hel"]).unwrap_err(), "it ends 2 bytes too early");
        assert_eq!(tried(5, &["hello", "!"]).unwrap_err(), "it is longer than it is said to be");
        assert!(tried(5, &["jello"]).unwrap_err().starts_with("its digest is sha256:"));
        let sha512 = Digest::parse(&format!("sha512:{:x}", Sha512::digest(b"x"))).unwrap();
        assert!(sha512.verify(b"x", String::new).is_ok());
        assert!(sha512.verify(b"y", String::new).is_err());
    }
}
