//! Content digests (OCI image specification, "Digests").

use std::fmt;

use sha2::{Digest as _, Sha256, Sha512};

/// A digest such as `sha256:…`, with lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    /// Parses a digest; `None` unless it is a valid SHA-256 or SHA-512 digest.
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

    /// The digest with its algorithm.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag of the referrers index, for registries without a referrers API: `sha256-…` with at most 64 hex digits
    /// (OCI distribution specification, "Referrers Tag Schema").
    #[must_use]
    pub fn referrers_tag(&self) -> String {
        let (algorithm, hex) = self.0.split_once(':').unwrap_or_default();
        format!("{algorithm}-{}", hex.get(..64).unwrap_or(hex))
    }

    /// Starts to verify content against this digest and a size in bytes.
    #[must_use]
    pub fn verifier(&self, size: u64) -> Verifier {
        let hash = if self.0.starts_with("sha512:") {
            Hash::Sha512(Box::default())
        } else {
            Hash::Sha256(Sha256::new())
        };
        Verifier { expected: self.clone(), remaining: size, hash }
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
        // The value comes from a server and may have any length.
        let shown = || text.chars().take(80).collect::<String>();
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{}` is not a valid digest", shown())))
    }
}

/// Verifies content chunk by chunk.
#[derive(Debug, Clone)]
pub struct Verifier {
    expected: Digest,
    remaining: u64,
    hash: Hash,
}

#[derive(Debug, Clone)]
enum Hash {
    Sha256(Sha256),
    Sha512(Box<Sha512>),
}

impl Verifier {
    /// Takes the next chunk, or the end (`None`).
    ///
    /// # Errors
    /// If the size or the digest differs.
    pub fn update(&mut self, chunk: Option<&[u8]>) -> Result<(), String> {
        let Some(chunk) = chunk else { return self.finish() };
        let remaining = self.remaining.checked_sub(chunk.len() as u64);
        self.remaining = remaining.ok_or_else(|| "it is longer than expected".to_owned())?;
        match &mut self.hash {
            Hash::Sha256(hash) => hash.update(chunk),
            Hash::Sha512(hash) => hash.update(chunk),
        }
        // A caller that stops at the known length may never report the end.
        if self.remaining == 0 { self.finish() } else { Ok(()) }
    }

    fn finish(&self) -> Result<(), String> {
        if self.remaining > 0 {
            let unit = if self.remaining == 1 { "byte" } else { "bytes" };
            return Err(format!("it ends {} {unit} too early", self.remaining));
        }
        let actual = match &self.hash {
            Hash::Sha256(hash) => format!("sha256:{:x}", hash.clone().finalize()),
            Hash::Sha512(hash) => format!("sha512:{:x}", hash.clone().finalize()),
        };
        if actual == self.expected.0 {
            Ok(())
        } else {
            Err(format!("its digest is {actual}, not {}", self.expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn digests_are_parsed_strictly() {
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
    fn error_about_a_long_value_is_short() {
        let error = serde_json::from_str::<Digest>(&format!("\"{}\"", "a".repeat(5_000))).unwrap_err();
        assert!(error.to_string().starts_with("`aaa") && error.to_string().len() < 200, "{error}");
    }

    #[test]
    fn content_is_verified_chunk_by_chunk() {
        let verify = |size, chunks: &[&str]| {
            let mut verifier = Digest::of(b"hello").verifier(size);
            let mut chunks = chunks.iter().map(|chunk| Some(chunk.as_bytes())).chain([None]);
            chunks.try_for_each(|chunk| verifier.update(chunk))
        };
        assert_eq!(verify(5, &["he", "", "llo"]), Ok(()));
        assert_eq!(verify(5, &["hel"]).unwrap_err(), "it ends 2 bytes too early");
        assert_eq!(verify(5, &["hello", "!"]).unwrap_err(), "it is longer than expected");
        assert!(verify(5, &["jello"]).unwrap_err().starts_with("its digest is sha256:"));
        let sha512 = Digest::parse(&format!("sha512:{:x}", Sha512::digest(b"x"))).unwrap();
        assert!(sha512.verify(b"x", String::new).is_ok());
        assert!(sha512.verify(b"y", String::new).is_err());
    }
}
