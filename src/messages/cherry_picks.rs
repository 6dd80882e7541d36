//! The originals that a message names: of a cherry-pick, the commit; of a backport, the pull request.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use thin_vec::ThinVec;

use super::{body::Line, text};

/// Whether a text can name a commit that it was cherry-picked from: without this, [`sources`] finds none.
pub(super) fn may_name_source(text: &str) -> bool {
    static SIGN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("herry picked"));
    SIGN.find(text.as_bytes()).is_some()
}

/// The commits that `git cherry-pick -x` named, the closest last.
pub(super) fn sources(lines: &[Line<'_>]) -> ThinVec<String> {
    let name = |line: &Line<'_>| {
        let rest = line.text.trim().strip_prefix("(cherry picked from commit ")?;
        let name: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        (name.len() == 40).then(|| name.to_ascii_lowercase())
    };
    lines.iter().filter(|line| !line.quoted).filter_map(name).collect()
}

/// The pull requests that a backport says it brings: `(cherry-pick #12 for 4.1)`, `backport of #12`.
pub(super) fn backports(subject: &str, lines: &[Line<'_>]) -> ThinVec<u64> {
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
    fn pitfall_17_backports() {
        let lines = body::lines("(cherry picked from commit AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA)");
        assert_eq!(sources(&lines), ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]);
        assert_eq!(backports("fix: x (cherry-pick #12 for 4.1)", &[]), [12]);
    }
}
