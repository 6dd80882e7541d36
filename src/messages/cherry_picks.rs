//! Parses the originals that a message names: the commit of a cherry-pick, the pull request of a backport.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use thin_vec::ThinVec;

use super::{body::BodyLine, text};

/// Whether a text may name a commit that it was cherry-picked from; if not, [`sources`] finds none.
pub(super) fn may_name_source(text: &str) -> bool {
    static NEEDLE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("herry picked"));
    NEEDLE.find(text.as_bytes()).is_some()
}

/// The commit IDs in the lines of `git cherry-pick -x`, in the order of the lines: that of the latest pick last.
pub(super) fn sources(lines: &[BodyLine<'_>]) -> ThinVec<String> {
    let id = |line: &BodyLine<'_>| {
        let rest = line.text.trim().strip_prefix("(cherry picked from commit ")?;
        let id: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        (id.len() == 40).then(|| id.to_ascii_lowercase())
    };
    lines.iter().filter(|line| !line.quoted).filter_map(id).collect()
}

/// The numbers of the pull requests that are backported: `(cherry-pick #12 for 4.1)`, `backport of #12`; ascending.
pub(super) fn backports(subject: &str, lines: &[BodyLine<'_>]) -> ThinVec<u64> {
    let mut numbers = ThinVec::new();
    let texts =
        std::iter::once(subject).chain(lines.iter().filter(|line| !line.quoted).map(|line| line.text));
    for text in
        texts.filter(|text| text::has(text, b'#') && (text.contains("ackport") || text.contains("herry")))
    {
        let lower = text.to_ascii_lowercase();
        for word in [
            "cherry-pick #",
            "cherry-pick: #",
            "backport of #",
            "backport #",
            "backports #",
            "cherry-picked from #",
        ] {
            let digits = lower
                .split_once(word)
                .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
            numbers.extend(digits.and_then(|digits| digits.parse::<u64>().ok()));
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

#[cfg(test)]
mod tests {
    use super::{super::body, *};

    #[test]
    fn cherry_picks_and_backports_name_their_originals() {
        let lines = body::lines("(cherry picked from commit AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA)");
        assert_eq!(sources(&lines), ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]);
        assert_eq!(backports("fix: x (cherry-pick #12 for 4.1)", &[]), [12]);
    }
}
