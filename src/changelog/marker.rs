//! The marker at the end of a section written by tidings: a one-line comment with the digest of the section's text.

const OPEN: &str = "<!-- tidings ";
const CLOSE: &str = " -->";

/// The marker for a section, without a line end.
pub(super) fn for_section(section: &str) -> String {
    format!("{OPEN}{:016x}{CLOSE}", digest(section))
}

/// The digest in a marker; `None` if the line is not a marker.
pub(super) fn parse(line: &str) -> Option<u64> {
    let hex = line.trim_end().strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
    let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (hex.len() == 16 && hex.bytes().all(lower_hex)).then(|| u64::from_str_radix(hex, 16).ok())?
}

/// FNV-1a, 64 bit, over the text with CRLF read as LF and without leading and trailing line ends.
///
/// It only detects edits and is not secure against forgery. It must never change, since files contain it.
/// Source: <http://www.isthe.com/chongo/tech/comp/fnv/>.
pub(super) fn digest(text: &str) -> u64 {
    let start = (0xcbf2_9ce4_8422_2325_u64, false);
    let (hash, _) = normal(text).bytes().fold(start, |(hash, after_cr), byte| {
        let hash = if after_cr && byte != b'\n' { step(hash, b'\r') } else { hash };
        if byte == b'\r' { (hash, true) } else { (step(hash, byte), false) }
    });
    hash
}

/// Whether two sections are equal, ignoring the kind of line ends.
pub(super) fn same_text(a: &str, b: &str) -> bool {
    normal(a).replace("\r\n", "\n") == normal(b).replace("\r\n", "\n")
}

fn normal(text: &str) -> &str {
    text.trim_matches(['\r', '\n'])
}

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_fnv_1a() {
        assert_eq!(digest(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(digest("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn digest_ignores_crlf_but_not_a_lone_cr() {
        assert_eq!(digest("a\r\nb\r\n"), digest("a\nb"));
        assert_ne!(digest("a\rb"), digest("ab"));
        assert_ne!(digest("a\r\rb"), digest("a\rb"));
        assert_ne!(digest("a\n\nb"), digest("a\nb"));
    }

    #[test]
    fn only_a_whole_line_is_a_marker() {
        assert_eq!(parse("<!-- tidings 00000000000000ff -->"), Some(255));
        for line in
            ["<!-- tidings ff -->", "x<!-- tidings 00000000000000ff -->", "<!-- tidings +0000000000000ff -->"]
        {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
