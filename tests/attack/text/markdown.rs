//! Markdown with untrusted text contains only our own blocks, and shows the original text.

use std::sync::Arc;

use proptest::prelude::*;
use tidings::{
    model::{Attention, Change, Contributor, Notes, ObjectId, Person, Release, Section},
    render::{self, Format, Options},
};

use crate::support::Repo;

use super::{
    cmark,
    tree::{self, Node},
};

/// Untrusted text by location.
#[derive(Debug, Clone, Default)]
pub(super) struct Hostile {
    pub(super) section: String,
    pub(super) scope: Option<String>,
    pub(super) title: String,
    pub(super) note: Option<String>,
    pub(super) person: String,
    pub(super) path: String,
}

/// Follows the hostile entry, and must still be an entry.
const LAST: &str = "the last entry";

fn release(hostile: &Hostile) -> Release {
    let person = Arc::new(Person { name: hostile.person.clone(), email: "a@example.org".into() });
    let change = Change {
        title: hostile.title.clone(),
        scope: hostile.scope.clone(),
        breaking: hostile.note.is_some(),
        breaking_note: hostile.note.clone(),
        ..Change::default()
    };
    let last = Change { title: LAST.into(), ..Change::default() };
    Release {
        sections: vec![Section {
            id: "own".into(),
            title: Some(hostile.section.clone()),
            changes: vec![change, last],
        }],
        contributors: vec![Contributor { person, login: None, first_time: None, commits: 1, bot: false }],
        attention: vec![Attention {
            kind: "own".into(),
            title: Some(hostile.section.clone()),
            paths: vec![hostile.path.clone()],
        }],
        ..Release::new(None, ObjectId::from_bytes([1; 20]))
    }
}

pub(super) fn notes(hostile: &Hostile) -> Notes {
    Notes { complete: true, releases: vec![release(hostile)], ..Notes::default() }
}

fn rendered(hostile: &Hostile, format: Format) -> String {
    let mut out = Vec::new();
    let options = Options { hashes: false, contributors: true, ..Options::new(format) };
    render::render(&notes(hostile), &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The visible characters, without code markers, since a code span stays one.
fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c) && *c != '`').collect()
}

fn is_hidden(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn visible_line(line: &str) -> String {
    line.chars().filter(|c| !is_hidden(*c)).collect()
}

/// Like [`visible`], without the markers of lists and fences, whose form a note keeps.
fn prose(text: &str) -> String {
    visible(text).chars().filter(|c| !"~-*+.0123456789".contains(*c)).collect()
}

/// Panics if the document contains a foreign element.
fn hold(hostile: &Hostile) {
    for format in [Format::Markdown, Format::Release, Format::KeepAChangelog] {
        let source = rendered(hostile, format);
        if let Some(fault) = cmark::fault(&source) {
            panic!("{}, cmark-gfm: {fault}\n{hostile:?}\n{source}", format.name());
        }
        for (parser, document) in [("comrak", tree::comrak(&source)), ("pulldown", tree::pulldown(&source))] {
            if let Some(fault) = fault(hostile, format, &document) {
                panic!("{}, {parser}: {fault}\n{hostile:?}\n{source}", format.name());
            }
        }
    }
}

fn fault(hostile: &Hostile, format: Format, document: &Node) -> Option<String> {
    for node in document.all() {
        match node {
            Node::Other(_) | Node::Link(..) => return Some(format!("{node:?}")),
            Node::Text(text) if mentions(text) => return Some(format!("a mention in {text:?}")),
            _ => {}
        }
    }
    let shape = match format {
        Format::Markdown => "23l3l3l",
        Format::Release => "3l3l3l",
        _ => "23l",
    };
    if document.shape() != shape {
        return Some(format!("its blocks are {}, not {shape}", document.shape()));
    }
    let blocks = document.children();
    let (heading, list) = match format {
        Format::Markdown => (&blocks[3], &blocks[4]),
        Format::Release => (&blocks[2], &blocks[3]),
        _ => (&blocks[1], &blocks[2]),
    };
    if format != Format::KeepAChangelog && visible(&heading.text()) != visible(&hostile.section) {
        return Some(format!("the heading is {:?}", heading.text()));
    }
    let [first, last] = list.children() else { return Some(format!("{} entries", list.children().len())) };
    if last.text() != LAST {
        return Some(format!("the last entry is {:?}", last.text()));
    }
    let mark = if format == Format::KeepAChangelog && hostile.note.is_some() { "Breaking:" } else { "" };
    let scope = hostile.scope.as_ref().filter(|scope| !scope.is_empty());
    let scope = scope.map(|scope| format!("{}:", visible(scope))).unwrap_or_default();
    let wanted = format!("{mark}{scope}{}", visible(&hostile.title));
    let shown = first.children().first().map(Node::text).unwrap_or_default();
    if visible(&shown) != wanted {
        return Some(format!("the title is {shown:?}"));
    }
    let below: String = first.children().iter().skip(1).map(Node::text).collect();
    let note = hostile.note.as_deref().filter(|note| note.trim() != hostile.title.trim());
    // The info string of a fence names a language, and is left out.
    let names_language = |line: &str| {
        let line = visible_line(line);
        ["```", "~~~"].iter().any(|fence| line.starts_with(fence)) && line.contains(|c| !"`~".contains(c))
    };
    let is_whole = !note.unwrap_or_default().split('\n').any(names_language);
    if is_whole && prose(&below) != prose(note.unwrap_or_default()) {
        return Some(format!("the note is {below:?}"));
    }
    None
}

/// Whether a forge would resolve a mention.
fn mentions(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// Markup of every dialect, with its context.
#[rustfmt::skip]
const MARKS: &[&str] = &[
    ":-:", ":-", "-:", "---", "--", "-", "|", "|-|", "| a | b |", "===", "=", "#", "## ", "#1", "a@-b.c", "a@b.c",
    "@b", "@", "xmpp:", "mailto:", "xmpp:a@b.c/d", "http://", "https://e.org", "ftp://e.org", "www.", "www.e.org",
    "://", "<", ">", "<b>", "<!--", "-->", "<?", "<![CDATA[", "</", "<a@b.c>", "<x:y>", "&", "&lt;", "&#64;",
    "&#x40;", "&amp", "[", "]", "(", ")", "![", "](", "[x]", "[ ] ", "[x]: y", "[^1]", "[^1]: z", "^[n]", "[[w]]",
    "[!NOTE]", "> [!NOTE]", "> ", ">>>", "*", "**", "***", "_", "__", "~", "~~", "~~~", "`", "``", "```", "$", "$$",
    "$`", "`$", "\\", "\\\\", "\\`", "!", "\"", "'", "1. ", "1) ", "12345678901. ", "+ ", "- ", "* ", "  ", "    ",
    "\t", ":", ":x:", ":+1:", "{", "}", "{{", "{%", "%}", "%", "^", "a", "b", "c1", "é", "中", "。", "\u{a0}",
    "\u{3000}", "\u{200d}", "\u{fe0f}", "\u{202e}", "\u{1b}[31m", "\u{7}", "\u{0}", "\u{9b}", "\u{2028}", "\u{85}",
    "\u{c}", "\u{feff}", "head", ".", ",", ";", "/", "e.org", "_a_", "a_b", "~a~", "$a$", "(c)", "+++",
    "---\nx: y\n---",
];

/// Fragments of which untrusted texts are built.
fn token() -> impl Strategy<Value = String> {
    let marks = prop::sample::select(MARKS);
    prop_oneof![20 => marks.prop_map(str::to_owned), 3 => "[a-z ]{1,6}", 1 => "\\PC{1,4}", 1 => "[!-/:-@\\[-`{-~]{1,4}"]
}

fn line() -> impl Strategy<Value = String> {
    prop::collection::vec(token(), 1..7).prop_map(|tokens| tokens.concat().replace('\n', " "))
}

/// A line with visible text: an entry without text is not rendered.
fn filled() -> impl Strategy<Value = String> {
    line().prop_map(|line| if visible(&line).is_empty() { format!("{line}x") } else { line })
}

fn note() -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\n\n", "\r\n", "\r", "\n\n\n"]);
    prop::collection::vec((prop_oneof![6 => line(), 1 => Just(String::new()), 1 => token()], end), 1..7)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

fn hostile() -> impl Strategy<Value = Hostile> {
    let scope = prop::option::of(filled());
    (filled(), scope, filled(), prop::option::of(note()), filled(), filled()).prop_map(
        |(section, scope, title, note, person, path)| Hostile { section, scope, title, note, person, path },
    )
}

/// The number of inputs; set `TIDINGS_ATTACK_CASES` for more.
fn cases() -> u32 {
    std::env::var("TIDINGS_ATTACK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn untrusted_text_creates_no_block_no_link_and_no_markup(hostile in hostile()) {
        hold(&hostile);
    }
}

/// One-line tricks that created live markup in some parser, or nearly did.
#[rustfmt::skip]
const TRICKS: &[&str] = &[
    "a@-b.c", "a@.b", "a.b-c_d+e@-f-.g", "mailto:a@-b.c", "xmpp:a@-b.c/d", "mailto:a@b.c", "xmpp:a@b.c", "x:a@_b.c",
    "a@b_c.d", "a\\@-b.c", "*a@-b.c*", "(a@-b.c)", "<a@-b.c>", "`x`a@-b.c", "a@-b.c`x`", "é@-b.c", "a@-é.c", "a@-b.é",
    "a@-b.c@d", "a@@-b.c", "@a@-b.c", "a&#64;b.c", "a&commat;b.c", "http://e.org", "HTTP://e.org", "ftp://e.org",
    "://e.org", "éhttp://e.org", "(http://e.org)", "www.e.org", "WWW.e.org", "xwww.e.org", "*www.e.org",
    "www\\.e.org", "http:/\\/e.org", "http&colon;//e.org", "http&#58;//e.org", "<http://e.org>", "<a:b>",
    "<mailto:a@b.c>", ":-:", ":-", "-:", "--", "- -", "-|-", "|-|", ":-:|:-:", ": - :", "===", "---", "***", "___",
    "- - -", "# x", "####### x", "x #", "x ##", "#", "##", "> x", ">x", "- x", "-", "+", "*", "1.", "1) x", "0. x",
    "123456789. x", "- [ ] x", "[ ] x", "[x] y", "[^1]", "[^1]: x", "^[x]", "[[x]]", "[[x|y]]", "[x]: y",
    "[x]: <y> 'z'", "[x][y]", "[x]()", "![x](y)", "!`x`(y)", "[`x`](y)", "[](y)", "$x$", "$$x$$", "$`x`$", "a$b$c",
    "\\$x$", "\\(x\\)", "\\[x\\]", "~~x~~", "~x~", "_x_", "*x*", "**x**", "__x__", "a*b*c", "a_b_c", "é_x_", "“_x_”",
    "_`x`_", "*`x`*", "`", "``", "` `` `", "`` ` ``", "\\`x`", "`x\\`y`", "<b>", "</b>", "<!--", "<!-->", "<?x?>",
    "<!X>", "<![CDATA[x]]>", "<script>", "<b", "<\u{a0}b>", "<é>", "&lt;b&gt;", "&#60;b>", "&#x3c;b>", "&amp;lt;",
    "&NotEqualTilde;", "x\\", "x\\\\", "\\*x*", "@b", "x@b", "(@b)", "é@b", "/@b", "`@b", "@b`", "@b/c-d", "@-b",
    "@_b", "\u{200b}@b", "&#64;b", "[!NOTE]", "> [!NOTE]", "```math", "~~~", "```x```", "\u{200d}# x", "\u{feff}# x",
    "\u{feff}- x", "\u{1b}]8;;http://e.org\u{7}x", "\u{9b}31mx", "\u{202e}x", "\u{2066}# x", "\u{2028}# x",
    "\u{85}- x", "\rx", "\u{c}# x", "\u{b}> x", "\0# x", "\t- x", "\u{a0}# x", "\u{3000}- x",
];

/// Lines of notes that affect each other's parsing.
#[rustfmt::skip]
const NOTES: &[&str] = &[
    "head\n:-:\nrow", "head\n:-\nrow", "head\n-:\nrow", "head\n--\nrow", "head\n-\nrow", "head\n=\nrow",
    "head\n\t:-:\nrow", "head\n:-:\u{a0}\nrow", "- head\n:-:\nrow", "- head\n  :-:\n  row", "1. head\n:-:",
    "`head\n:-:\n`", "*\n:-:", "a\n\n:-:\nb", "x\n```", "```\n# x", "~~~\n```\n# x", "````\n```\n# x",
    "```\n  ```\n# x", "```\n    ```\n# x", "```\n```x\n# x\n```\n# y", "```\n```\u{a0}\n# x",
    "```\n``\u{202e}`\n# x", "- ```\n# x", "- a\n  ```\n# x\n```", "> x\n# y", "- - x", "- # x", "- > x", "- 1. x",
    "1. - x", "- :-:\n:-:", "- [ ] x", "1. [x] y", "    # x", "\t# x", "a\n    # x", "[x]: y\n[x]", "[^1]: x\n[^1]",
    "<b\n>x", "<!--\nx\n-->", "<details>\n\n# x\n\n</details>", "a\\\nb", "a  \nb", "*a\nb*", "`a\nb`", "**a\n\nb**",
    "[a\n](b)", "[a]\n(b)", "a@\n-b.c", "a\n@-b.c", "http:\n//e.org", "$\nx\n$", "$$\nx\n$$", "---\nx: y\n---",
    "> [!NOTE]\n> x", ">>>\nx\n>>>", ":::x\ny\n:::", "x\n: y", "-:-\n:-:", "x\n|-|", "x\n-|", "| x |\n|-|\n| y |",
    "- \n:-:", "- x\n\n\n- y\n\n      # z", "99. x\n100. y\n# z", "9999. x", "1.x\n2.y", "~~~ x ~ ~\n# y",
    "~~~\n~~~~\n# x", "``` a`\n# x", "x\r:-:\ry", "x\u{2028}:-:", "x\u{85}:-:",
];

fn tricky(trick: &str) -> Hostile {
    Hostile {
        section: trick.into(),
        scope: Some(trick.into()),
        title: format!("{trick} x"),
        note: Some(trick.into()),
        person: trick.into(),
        path: trick.into(),
    }
}

#[test]
fn known_markdown_tricks_stay_inert() {
    for trick in TRICKS {
        hold(&tricky(trick));
        hold(&Hostile { title: format!("{trick}x"), scope: None, ..tricky(trick) });
        hold(&Hostile { title: format!("x {trick}"), scope: None, ..tricky(trick) });
        hold(&Hostile { title: format!("{trick}{trick}"), ..tricky(trick) });
    }
    for note in NOTES.iter().chain(TRICKS) {
        for note in [
            (*note).to_owned(),
            format!("head\n{note}\nrow"),
            format!("- head\n{note}"),
            format!("{note}\n{note}"),
        ] {
            hold(&Hostile { note: Some(note), ..tricky("x") });
        }
    }
}

#[test]
fn commit_text_creates_no_table_and_no_link() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0");
    repo.commit("feat: write to a@-b.c");
    repo.commit("feat: x\n\nBREAKING CHANGE: head\n:-:\nrow");
    for format in ["markdown", "release", "keepachangelog"] {
        let ran = repo.run(&["notes", "--format", format]);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        for document in [tree::comrak(&ran.stdout), tree::pulldown(&ran.stdout)] {
            assert!(!document.all().iter().any(|node| matches!(node, Node::Other(_))), "{document:?}");
            let text = document.text();
            assert!(text.contains("write to a@-b.c") && text.contains("head :-: row"), "{text}");
            let is_address = |node: &&Node| matches!(node, Node::Link(url, _) if url.contains('@'));
            assert_eq!(document.all().into_iter().find(is_address), None);
        }
    }
}
