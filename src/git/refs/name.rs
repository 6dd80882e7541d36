//! Validates ref names.

/// Whether it is a valid full ref name (git-check-ref-format(1)).
pub(super) fn is_valid(name: &[u8]) -> bool {
    let is_bad = |byte: &u8| *byte <= b' ' || *byte == 0x7f || b"~^:?*[\\".contains(byte);
    let is_part = |part: &[u8]| !part.is_empty() && !part.starts_with(b".") && !part.ends_with(b".lock");
    let has = |text: &[u8]| memchr::memmem::find(name, text).is_some();
    !name.iter().any(is_bad)
        && !has(b"..")
        && !has(b"@{")
        && !name.ends_with(b".")
        && name.split(|byte| *byte == b'/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ref_names_follow_git_check_ref_format() {
        for name in ["HEAD", "refs/tags/v1.0.0", "refs/tags/core@1.0", "refs/tags/\u{e9}", "refs/heads/@"] {
            assert!(is_valid(name.as_bytes()), "{name}");
        }
        for name in [
            "", "/", "a//b", "a/", "/a", "a..b", "a/.b", "a.lock", "a.lock/b", "a b", "a~", "a@{b", "a\\b",
            "a\u{7f}", "a.",
        ] {
            assert!(!is_valid(name.as_bytes()), "{name}");
        }
    }
}
