//! Takes the full stop off the end of a title: an entry of a list has none.

use super::wrapping;

const STOPS: [char; 4] = ['.', '。', '．', '｡'];
const SEPARATORS: [char; 5] = [',', ';', '，', '；', '、'];

/// A title without the full stop at its end, or a comma or semicolon there. The points of an ellipsis and of an
/// abbreviation stay, and so does a title that is nothing else.
pub(super) fn without_full_stop(title: &str) -> &str {
    let Some(last) = title.chars().next_back().filter(|c| STOPS.contains(c) || SEPARATORS.contains(c)) else {
        return title;
    };
    let rest = title.strip_suffix(last).unwrap_or(title);
    let bare = rest.trim_end();
    let word = bare.split_whitespace().last().unwrap_or_default();
    let is_sentence = bare.ends_with(|c: char| c.is_alphanumeric() || ")]}）】」』”’\"'`*_~".contains(c));
    // Set off by a space, a mark that names itself looks the same: `Ignore files that start with .`
    let may_be_set_off = bare.len() == rest.len() || !wrapping::is_open_word(word);
    let keeps = if STOPS.contains(&last) { is_abbreviation(word) } else { word.contains('&') };
    if is_sentence && may_be_set_off && !keeps { bare } else { title }
}

/// Whether a word without its last point is an abbreviation that is written with one.
fn is_abbreviation(word: &str) -> bool {
    const KNOWN: [&str; 11] = ["al", "approx", "corp", "etc", "inc", "incl", "jr", "ltd", "resp", "sr", "vs"];
    let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_letter = |part: &str| part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
    let is_letters = || bare.contains('.') && bare.split('.').all(is_letter);
    KNOWN.iter().any(|known| known.eq_ignore_ascii_case(bare)) || is_letters()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_stop_is_taken_off() {
        for (title, expected) in [
            ("Fix the crash.", "Fix the crash"),
            ("Fix the crash .", "Fix the crash"),
            ("修复崩溃。", "修复崩溃"),
            ("修复崩溃；", "修复崩溃"),
            ("Fix the crash;", "Fix the crash"),
            ("Support Node.js.", "Support Node.js"),
            ("Update to 1.2.3.", "Update to 1.2.3"),
            ("Read `a.b`.", "Read `a.b`"),
            ("Fix it (again).", "Fix it (again)"),
            ("List users by *page*.", "List users by *page*"),
            ("Fix x. Add y.", "Fix x. Add y"),
        ] {
            assert_eq!(without_full_stop(title), expected);
        }
    }

    #[test]
    fn points_that_say_something_stay() {
        for title in [
            "Fix the crash",
            "Fix the crash...",
            "Fix the crash…",
            "修复崩溃。。。",
            "Add Linux, macOS etc.",
            "Use other flags, e.g.",
            "Rename Foo Inc.",
            "Open at 8 p.m.",
            "Ignore files that start with .",
            "Read ./.",
            "Escape &lt;",
            ".",
            "",
            "Does it work?",
        ] {
            assert_eq!(without_full_stop(title), title);
        }
    }
}
