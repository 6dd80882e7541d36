//! Names of changes: a commit, or the number of a pull request or an issue.

use std::{fmt, str::FromStr};

/// At least 7 digits of a commit ID, and the number of one of several changes of the commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommitKey {
    /// Hex digits, lower case.
    pub digits: String,
    /// From 1; `None` for all changes of the commit.
    pub ordinal: Option<usize>,
}

/// The least number of digits of a commit ID.
const MIN_DIGITS: usize = 7;

impl FromStr for CommitKey {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let (digits, ordinal) = match text.split_once('-') {
            Some((digits, ordinal)) => (digits, Some(number(ordinal).ok_or(InvalidReference)?)),
            None => (text, None),
        };
        let is_id = (MIN_DIGITS..=40).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let ordinal = ordinal.map(|ordinal| usize::try_from(ordinal).unwrap_or(usize::MAX));
        if is_id { Ok(Self { digits: digits.to_ascii_lowercase(), ordinal }) } else { Err(InvalidReference) }
    }
}

impl fmt::Display for CommitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits)?;
        self.ordinal.map_or(Ok(()), |ordinal| write!(f, "-{ordinal}"))
    }
}

/// The name of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A commit of it.
    Commit(CommitKey),
    /// `#12` or `!12`: its pull request, or else an issue that it closes.
    Number(u64),
}

impl FromStr for Reference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        match text.strip_prefix(['#', '!']) {
            Some(digits) => number(digits).map(Self::Number).ok_or(InvalidReference),
            None => text.parse().map(Self::Commit),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commit(key) => key.fmt(f),
            Self::Number(number) => write!(f, "#{number}"),
        }
    }
}

/// A text names no change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a commit ID of at least 7 digits")]
pub struct InvalidReference;

/// A positive number in its usual form, so that each number has one name.
fn number(text: &str) -> Option<u64> {
    let is_usual = text.bytes().all(|digit| digit.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_parsed_and_printed() {
        for text in ["a1b2c3d", "a1b2c3d-2", "#12", "0123456789abcdef0123456789abcdef01234567"] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
        assert_eq!("!12".parse::<Reference>().unwrap(), Reference::Number(12));
        assert_eq!("A1B2C3D".parse::<Reference>().unwrap().to_string(), "a1b2c3d");
        for text in ["", "#", "#0", "#01", "#x", "12", "a1b2c3", "a1b2c3d-", "a1b2c3d-0", "a1b2c3dx", "#+1"] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
