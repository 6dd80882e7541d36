//! Parses versions of one to five numbers with a suffix in any common form, and those of PEP 440.

use semver::BuildMetadata;
use thin_vec::thin_vec;

use super::version::{Suffix, Version};

/// The maximum count of numbers of a loose version. More are rather a date, an address or an identifier.
const MAX_NUMBERS: usize = 5;

/// Parses a loose version.
pub(super) fn loose(text: &str) -> Option<Version> {
    let (rest, build) = split_build(text)?;
    let (epoch, numbers, tail) = numbers(rest)?;
    if numbers.len() > MAX_NUMBERS {
        return None;
    }
    let number_bytes = rest.len() - tail.len();
    Some(Version::from_parts(text, (epoch, numbers, number_bytes), Suffix::parse(tail)?, build))
}

/// Parses a version of PEP 440 (<https://packaging.python.org/en/latest/specifications/version-specifiers/>), in its
/// normal form or in another.
pub(super) fn pep440(text: &str) -> Option<Version> {
    let (rest, local) = match text.split_once('+') {
        Some((rest, local)) => (rest, local.to_ascii_lowercase().replace(['-', '_'], ".")),
        None => (text, String::new()),
    };
    let is_segment =
        |segment: &str| !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_alphanumeric());
    if text.contains('+') && !local.split('.').all(is_segment) {
        return None;
    }
    let local = BuildMetadata::new(&local).ok()?;
    let (epoch, numbers, tail) = numbers(rest)?;
    let number_bytes = rest.len() - tail.len();
    let suffix = implicit_post_release(tail).or_else(|| Suffix::parse(tail)?.into_pep440())?;
    Some(Version::from_parts(text, (epoch, numbers, number_bytes), suffix, local))
}

/// `1.0-1` is `1.0.post1`, and may be followed by a development release.
fn implicit_post_release(tail: &str) -> Option<Suffix> {
    let digits = tail.strip_prefix('-')?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (number, rest) = digits.split_at(end);
    let suffix = Suffix::parse(rest)?.into_pep440()?;
    let is_dev =
        suffix.post.is_empty() && !rest.starts_with(|c: char| !matches!(c, '.' | '-' | '_' | 'd' | 'D'));
    (is_dev).then_some(Suffix { post: thin_vec![number.parse().ok()?], post_bytes: 1 + end, ..suffix })
}

/// Splits off the build metadata.
pub(super) fn split_build(text: &str) -> Option<(&str, BuildMetadata)> {
    match text.split_once('+') {
        Some((rest, build)) => Some((rest, BuildMetadata::new(build).ok()?)),
        None => Some((text, BuildMetadata::EMPTY)),
    }
}

/// The epoch, the numbers, and the rest of the text.
fn numbers(text: &str) -> Option<(u64, Vec<u64>, &str)> {
    let (epoch, mut tail) = match text.split_once('!') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (epoch.parse().ok()?, rest),
        _ => (0, text),
    };
    let mut numbers = Vec::new();
    loop {
        let (digits, after) = tail.split_at(tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len()));
        numbers.push(digits.parse().ok()?);
        tail = after;
        match after.strip_prefix('.') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => tail = next,
            _ => return Some((epoch, numbers, tail)),
        }
    }
}
