//! A feature of a message that the model has weights for.

use std::fmt;

/// A feature of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature<'a> {
    /// A word, or a Chinese character.
    Word(&'a str),
    /// The beginning of a longer word: `crash` of `crashes`.
    Stem(&'a str),
    /// Two words, or two Chinese characters, one after the other.
    Pair(&'a str, &'a str),
    /// The first word, or the first two Chinese characters.
    First(&'a str, &'a str),
    /// The first two words.
    FirstTwo(&'a str, &'a str),
    /// The first word, with the kinds of files that are touched.
    FirstWithFiles(&'a str, &'a str),
    /// The last word, or the last two Chinese characters.
    Last(&'a str, &'a str),
    /// A word of the area before the title: `tsdb` in `tsdb: fix x`, `[tsdb] fix x`.
    Area(&'a str),
    /// A property of the title: that it has code, a number, a question …
    Title(&'a str),
    /// A property of the touched files.
    Files(&'a str),
    /// The author is a bot.
    Bot,
}

impl Feature<'_> {
    /// A 64-bit FNV-1a hash of the kind and the texts.
    #[must_use]
    pub fn hash(&self) -> u64 {
        let (kind, one, two) = self.parts();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let bytes = std::iter::once(kind).chain(one.bytes()).chain(std::iter::once(0)).chain(two.bytes());
        for byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        // The low bits of FNV are weak.
        (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }

    /// The words that it is about; `None` if it is about a property or only the beginning of a word.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Word(word) | Self::FirstWithFiles(word, _) => Some((*word).to_owned()),
            Self::Pair(one, two)
            | Self::First(one, two)
            | Self::FirstTwo(one, two)
            | Self::Last(one, two) => Some(phrase(one, two)).filter(|phrase| !phrase.contains('<')),
            Self::Stem(_) | Self::Area(_) | Self::Title(_) | Self::Files(_) | Self::Bot => None,
        }
    }

    /// Whether it is about the touched files, not about the words.
    #[must_use]
    pub const fn is_about_files(&self) -> bool {
        matches!(self, Self::Files(_))
    }

    const fn parts(&self) -> (u8, &str, &str) {
        match self {
            Self::Word(word) => (1, word, ""),
            Self::Stem(stem) => (2, stem, ""),
            Self::Pair(one, two) => (3, one, two),
            Self::First(one, two) => (4, one, two),
            Self::FirstWithFiles(word, files) => (5, word, files),
            Self::Last(one, two) => (6, one, two),
            Self::Area(word) => (7, word, ""),
            Self::Title(property) => (8, property, ""),
            Self::Files(property) => (9, property, ""),
            Self::Bot => (10, "", ""),
            Self::FirstTwo(one, two) => (11, one, two),
        }
    }
}

/// Two words with a space between them, or two Chinese characters without one.
fn phrase(one: &str, two: &str) -> String {
    let is_joined = one.is_empty() || two.is_empty() || one.chars().all(is_chinese);
    format!("{one}{}{two}", if is_joined { "" } else { " " })
}

impl fmt::Display for Feature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Stem(stem) => write!(f, "{stem}…"),
            Self::Pair(one, two) => f.write_str(&phrase(one, two)),
            Self::First(one, two) | Self::FirstTwo(one, two) => write!(f, "{} …", phrase(one, two)),
            Self::FirstWithFiles(word, files) => write!(f, "{word} … with {files}"),
            Self::Last(one, two) => write!(f, "… {}", phrase(one, two)),
            Self::Area(word) => write!(f, "{word}:"),
            Self::Title(property) => write!(f, "title: {property}"),
            Self::Files(property) => f.write_str(property),
            Self::Bot => f.write_str("by a bot"),
        }
    }
}

/// Whether a character is Chinese.
pub(super) const fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}
