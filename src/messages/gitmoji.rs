//! Reads the gitmoji at the start of a subject, as an emoji or as text (`:sparkles:`).
//!
//! Each [gitmoji](https://gitmoji.dev) means what a conventional type means, if there is one that fits. The others
//! say nothing about the section, and are only taken off the title.

use super::{
    conventional::{self, Header},
    options::Options,
};

/// A gitmoji that was taken off the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marked<'a> {
    /// The conventional type; `None` if none fits.
    pub(super) kind: Option<&'static str>,
    /// Whether it is 💥, which marks a breaking change.
    pub(super) is_boom: bool,
    /// The text after it, never empty.
    pub(super) rest: &'a str,
}

/// Each gitmoji without its variation selector, its text, and the conventional type with its meaning.
const GITMOJI: [(&str, &str, Option<&str>); 85] = [
    ("✨", "sparkles", Some("feat")),
    ("🐛", "bug", Some("fix")),
    ("🚑", "ambulance", Some("fix")),
    ("🩹", "adhesive_bandage", Some("fix")),
    ("🥅", "goal_net", Some("fix")),
    ("👽", "alien", Some("fix")),
    ("✏", "pencil2", Some("fix")),
    ("🍎", "apple", Some("fix")),
    ("🐧", "penguin", Some("fix")),
    ("🏁", "checkered_flag", Some("fix")),
    ("🤖", "robot", Some("fix")),
    ("🍏", "green_apple", Some("fix")),
    ("⚡", "zap", Some("perf")),
    ("🐎", "racehorse", Some("perf")),
    ("🔒", "lock", Some("security")),
    ("🗑", "wastebasket", Some("deprecated")),
    ("⏪", "rewind", Some("revert")),
    ("⬆", "arrow_up", Some("deps")),
    ("⬇", "arrow_down", Some("deps")),
    ("📌", "pushpin", Some("deps")),
    ("➕", "heavy_plus_sign", Some("deps")),
    ("➖", "heavy_minus_sign", Some("deps")),
    ("💥", "boom", None),
    ("🔥", "fire", None),
    ("🚀", "rocket", None),
    ("🎉", "tada", None),
    ("📈", "chart_with_upwards_trend", None),
    ("🍱", "bento", None),
    ("🥚", "egg", None),
    ("⚗", "alembic", None),
    ("🔍", "mag", None),
    ("🚩", "triangular_flag_on_post", None),
    ("🛂", "passport_control", None),
    ("👔", "necktie", None),
    ("🩺", "stethoscope", None),
    ("🧵", "thread", None),
    ("🦺", "safety_vest", None),
    ("✈", "airplane", None),
    ("🦖", "t-rex", None),
    ("💄", "lipstick", Some("ui")),
    ("💬", "speech_balloon", Some("ui")),
    ("📱", "iphone", Some("ui")),
    ("💫", "dizzy", Some("ui")),
    ("🚸", "children_crossing", Some("ux")),
    ("♿", "wheelchair", Some("a11y")),
    ("🗃", "card_file_box", Some("db")),
    ("🏷", "label", Some("types")),
    ("🧱", "bricks", Some("infra")),
    ("🌐", "globe_with_meridians", Some("i18n")),
    ("📝", "memo", Some("docs")),
    ("📝", "pencil", Some("docs")),
    ("📚", "books", Some("docs")),
    ("💡", "bulb", Some("docs")),
    ("👥", "busts_in_silhouette", Some("docs")),
    ("🎨", "art", Some("style")),
    ("🚨", "rotating_light", Some("style")),
    ("♻", "recycle", Some("refactor")),
    ("🚚", "truck", Some("refactor")),
    ("🏗", "building_construction", Some("refactor")),
    ("⚰", "coffin", Some("refactor")),
    ("✅", "white_check_mark", Some("test")),
    ("🤡", "clown_face", Some("test")),
    ("📸", "camera_flash", Some("test")),
    ("🧪", "test_tube", Some("test")),
    ("💚", "green_heart", Some("ci")),
    ("👷", "construction_worker", Some("ci")),
    ("📦", "package", Some("build")),
    ("🔖", "bookmark", Some("release")),
    ("🔀", "twisted_rightwards_arrows", Some("merge")),
    ("🚧", "construction", Some("wip")),
    ("🔧", "wrench", Some("chore")),
    ("🔨", "hammer", Some("chore")),
    ("🔐", "closed_lock_with_key", Some("chore")),
    ("📄", "page_facing_up", Some("chore")),
    ("💩", "poop", Some("chore")),
    ("🍻", "beers", Some("chore")),
    ("🔊", "loud_sound", Some("chore")),
    ("🔇", "mute", Some("chore")),
    ("🙈", "see_no_evil", Some("chore")),
    ("🌱", "seedling", Some("chore")),
    ("🧐", "monocle_face", Some("chore")),
    ("🧑\u{200d}💻", "technologist", Some("chore")),
    ("💸", "money_with_wings", Some("chore")),
    ("👌", "ok_hand", Some("chore")),
    ("🔈", "speaker", Some("chore")),
];

/// Takes the gitmoji off the start of a text; `None` if it starts with none, or has nothing else. Of several, the first
/// gives the type.
pub(super) fn marked(text: &str) -> Option<Marked<'_>> {
    // Most subjects start with a letter.
    if text.starts_with(|c: char| c.is_ascii() && c != ':' && c != ' ') {
        return None;
    }
    let (kind, mut is_boom, mut rest) = first(text.trim_start())?;
    while let Some((_, more, after)) = first(rest) {
        (is_boom, rest) = (is_boom || more, after);
    }
    Some(Marked { kind, is_boom, rest })
}

/// Parses a subject as a header: a conventional one, with or without gitmoji, or one with a gitmoji that has a type.
pub(super) fn header(subject: &str, options: &Options) -> Option<Header> {
    let own = marked(subject);
    let is_boom =
        |mark: Option<Marked<'_>>| mark.is_some_and(|mark| mark.is_boom && options.breaking_gitmoji);
    if let Some(mut header) = conventional::header(subject, &options.types) {
        let inner = marked(&header.title);
        header.breaking |= is_boom(own) || is_boom(inner);
        if let Some(inner) = inner {
            header.title = inner.rest.to_owned();
        }
        return Some(header);
    }
    let mark = own?;
    let (scope, title) = scope_and_title(mark.rest);
    Some(Header {
        kind: mark.kind?.to_owned(),
        scope: scope.map(str::to_owned),
        breaking: is_boom(own),
        title: title.to_owned(),
    })
}

/// The first gitmoji of a text, and the text after it.
fn first(text: &str) -> Option<(Option<&'static str>, bool, &str)> {
    let (found, rest) = match text.strip_prefix(':') {
        Some(open) => {
            let (code, rest) = open.split_once(':')?;
            (GITMOJI.iter().find(|(_, text, _)| *text == code)?, rest)
        }
        None => {
            let (emoji, rest) = text.split_at_checked(cluster(text))?;
            let bare: String = emoji.chars().filter(|c| !is_variation(*c)).collect();
            (GITMOJI.iter().find(|(known, ..)| *known == bare)?, rest)
        }
    };
    let (_, code, kind) = *found;
    let rest = rest.trim_start();
    (!rest.is_empty()).then_some((kind, code == "boom", rest))
}

/// The length in bytes of the first emoji of a text, with its variations and the emoji joined to it.
fn cluster(text: &str) -> usize {
    let mut joined = true;
    let end = text.char_indices().find(|(_, c)| {
        let continues = is_variation(*c) || *c == '\u{200d}' || std::mem::take(&mut joined);
        joined |= *c == '\u{200d}';
        !continues
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// Whether a character only selects how an emoji is shown: as an emoji or as text, or in which skin tone.
fn is_variation(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// The scope and title of what follows a gitmoji: `(api): add x`, `: add x`, `add x`.
pub(super) fn scope_and_title(rest: &str) -> (Option<&str>, &str) {
    let bare = |text: &'_ str| {
        text.strip_prefix([':', '：']).map(str::trim_start).filter(|text| !text.is_empty()).is_some()
    };
    if let Some((scope, after)) = rest.strip_prefix('(').and_then(|open| open.split_once(')'))
        && bare(after)
        && !scope.trim().is_empty()
    {
        return (Some(scope.trim()), after.trim_start_matches([':', '：']).trim_start());
    }
    if bare(rest) { (None, rest.trim_start_matches([':', '：']).trim_start()) } else { (None, rest) }
}

/// Whether a subject says the type of its change: as a conventional header, or by a gitmoji that has a type.
#[must_use]
pub fn says_type(subject: &str, options: &Options) -> bool {
    header(subject, options).is_some()
}

/// Whether a subject begins with a gitmoji.
#[must_use]
pub fn begins_with_gitmoji(subject: &str) -> bool {
    marked(subject).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gitmoji_are_read_as_text_and_as_emoji() {
        let read = |text| marked(text).map(|it| (it.kind, it.is_boom, it.rest));
        for (text, expected) in [
            (":sparkles: add x", (Some("feat"), false, "add x")),
            ("✨ add x", (Some("feat"), false, "add x")),
            ("✨add x", (Some("feat"), false, "add x")),
            ("⬆️ Bump x", (Some("deps"), false, "Bump x")),
            ("⬆ Bump x", (Some("deps"), false, "Bump x")),
            ("🚑️ fix x", (Some("fix"), false, "fix x")),
            ("👷🏽 x", (Some("ci"), false, "x")),
            ("🧑‍💻 x", (Some("chore"), false, "x")),
            ("🐛💥 x", (Some("fix"), true, "x")),
            (":boom: :fire: x", (None, true, "x")),
            ("🎉 Initial commit", (None, false, "Initial commit")),
            ("🔖 v1.0.0", (Some("release"), false, "v1.0.0")),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
        for text in
            ["add ✨", "🦄 add x", ":nothing: x", "✨", ":sparkles:", "修复登录", "", ": x", "12:30 lunch: x"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn scope_follows_a_gitmoji() {
        for (rest, expected) in [
            ("(api): add x", (Some("api"), "add x")),
            (": add x", (None, "add x")),
            ("add (a): x", (None, "add (a): x")),
            ("(see #1) add x", (None, "(see #1) add x")),
        ] {
            assert_eq!(scope_and_title(rest), expected, "{rest}");
        }
    }

    #[test]
    fn each_gitmoji_is_listed_once() {
        let mut codes: Vec<&str> = GITMOJI.iter().map(|(_, code, _)| *code).collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
        for (emoji, code, _) in GITMOJI {
            assert_eq!(marked(&format!("{emoji} x")).map(|it| it.rest), Some("x"), "{code}");
            assert!(!emoji.contains('\u{fe0f}'), "{code}");
        }
    }
}
