//! A source file as tokens, without comments, literals and tests, so that only code can violate a rule.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, str};

/// The token that stands for a literal.
const LITERAL: &str = "\"\"";

/// A file in `src/`.
pub(crate) struct Source {
    /// Relative to the root of the crate, with `/` as separator.
    pub(crate) path: String,
    tokens: Vec<Token>,
    /// The lines with nothing but a comment.
    comments: BTreeSet<usize>,
}

/// A name that a file imports.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// As written, including `super`.
    pub(crate) path: String,
    /// The name in this file.
    pub(crate) name: String,
    /// Whether it is re-exported.
    pub(crate) public: bool,
}

/// A word, a `::`, a punctuation character, or [`LITERAL`].
struct Token {
    text: String,
    line: usize,
}

/// All files of the crate that are not tests, sorted by path.
pub(crate) fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut open) = (Vec::new(), vec![root.join("src")]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "tests" {
                open.push(path);
            } else if name.ends_with(".rs") && name != "tests.rs" && !name.ends_with("_tests.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let below = path.strip_prefix(root).unwrap().display().to_string();
                found.push(Source::new(&below.replace('\\', "/"), &text));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let lines = (1..).zip(text.lines());
        let comments = lines.filter(|(_, line)| line.trim_start().starts_with("//")).map(|(line, _)| line);
        Self { path: path.into(), tokens: without_tests(tokens(text)), comments: comments.collect() }
    }

    /// The module path, such as `cli::args`; `main` and `lib` for the crate roots.
    pub(crate) fn module_path(&self) -> String {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        path.trim_end_matches("/mod").replace('/', "::")
    }

    /// The first name of [`Source::module_path`].
    pub(crate) fn module(&self) -> &str {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        path.split('/').next().unwrap()
    }

    /// The items of other modules of this crate that the file names, as paths from the crate root (`model::Commit`).
    pub(crate) fn uses(&self) -> BTreeSet<String> {
        let module = self.module_path();
        let root = ["main", "lib"].contains(&module.as_str());
        let depth = if root { 0 } else { module.split("::").count() };
        let found = self.paths().into_iter().filter_map(|path| {
            let names: Vec<_> = path.split("::").collect();
            let above = names.iter().take_while(|name| **name == "super").count();
            let names = match names[0] {
                "crate" => &names[1..],
                "tidings" if root => &names[1..],
                "super" if above >= depth => &names[above..],
                _ => return None,
            };
            (names.first()? != &self.module()).then(|| names.join("::"))
        });
        found.collect()
    }

    /// Every path of at least two names, and every name after `use`, with groups expanded: `a::{b, c::d}` is `a::b` and
    /// `a::c::d`.
    pub(crate) fn paths(&self) -> Vec<String> {
        let (mut found, mut at) = (Vec::new(), 0);
        while at < self.tokens.len() {
            let imported = at > 0 && self.text(at - 1) == "use";
            let mut tree = Vec::new();
            let next = self.path_tree("", at, &mut tree);
            found.extend(tree.into_iter().filter(|path| imported || path.contains("::")));
            at = next.max(at + 1);
        }
        found
    }

    /// Parses one path, including groups at its end, and returns the index after it.
    fn path_tree(&self, prefix: &str, mut at: usize, found: &mut Vec<String>) -> usize {
        let mut path = prefix.to_owned();
        if self.text(at) == "::" {
            at += 1;
        }
        while is_word(self.text(at)) {
            path = if path.is_empty() { self.text(at).into() } else { format!("{path}::{}", self.text(at)) };
            at += 1;
            match (self.text(at), self.text(at + 1)) {
                ("::", "{") => return self.path_group(&path, at + 2, found),
                ("::", next) if is_word(next) => at += 1,
                _ => break,
            }
        }
        if !path.is_empty() {
            found.push(path);
        }
        at
    }

    fn path_group(&self, prefix: &str, mut at: usize, found: &mut Vec<String>) -> usize {
        while !["}", ""].contains(&self.text(at)) {
            let next = self.path_tree(prefix, at, found);
            at = next.max(at + 1);
            while ![",", "}", ""].contains(&self.text(at)) {
                at += 1;
            }
            at += usize::from(self.text(at) == ",");
        }
        at + 1
    }

    /// The imports of the file, with groups expanded.
    pub(crate) fn imports(&self) -> Vec<Import> {
        let mut found = Vec::new();
        for at in (0..self.tokens.len()).filter(|at| self.text(*at) == "use") {
            let public = at > 0 && (self.text(at - 1) == "pub" || self.text(at - 1) == ")");
            let mut paths = Vec::new();
            self.import_tree("", at + 1, &mut paths);
            found.extend(paths.into_iter().map(|(path, name)| Import { path, name, public }));
        }
        found
    }

    /// Parses one tree of an import, and returns the index after it. Each leaf is a path and its local name.
    fn import_tree(&self, prefix: &str, mut at: usize, found: &mut Vec<(String, String)>) -> usize {
        let mut path = prefix.to_owned();
        while is_word(self.text(at)) || ["*", "::", "{"].contains(&self.text(at)) {
            match self.text(at) {
                "::" => at += 1,
                "{" => {
                    at += 1;
                    while !["}", ""].contains(&self.text(at)) {
                        at = self.import_tree(&path, at, found);
                        at += usize::from(self.text(at) == ",");
                    }
                    return at + 1;
                }
                "as" => break,
                word => {
                    if word != "self" || path.is_empty() {
                        path = if path.is_empty() { word.into() } else { format!("{path}::{word}") };
                    }
                    at += 1;
                }
            }
        }
        let own = path.rsplit("::").next().unwrap_or_default().to_owned();
        let name = if self.text(at) == "as" { self.text(at + 1).to_owned() } else { own };
        at += if self.text(at) == "as" { 2 } else { 0 };
        found.push((path, name));
        at
    }

    /// Whether the file calls the macro.
    pub(crate) fn calls_macro(&self, name: &str) -> bool {
        (0..self.tokens.len()).any(|at| {
            let opened = ["(", "[", "{"].contains(&self.text(at + 2));
            self.text(at) == name && self.text(at + 1) == "!" && opened
        })
    }

    /// Whether the word is in the code.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| token.text == word)
    }

    /// The names of the declared modules.
    pub(crate) fn modules_declared(&self) -> Vec<&str> {
        let places = (1..self.tokens.len()).filter(|at| self.text(at - 1) == "mod");
        places.map(|at| self.text(at)).collect()
    }

    /// The lines of `_ =>` and `_ if` among the arms of `match self`, in the functions of this name. A `_` in an inner
    /// pattern or an inner `match` is allowed.
    pub(crate) fn catch_all_arms(&self, function: &str) -> Vec<usize> {
        let arms = self.self_match_arms(function).into_iter();
        arms.filter(|(start, _)| self.text(*start) == "_").map(|(start, _)| self.tokens[start].line).collect()
    }

    /// The lines of the arms of `match self` that are only `None`, in the functions of this name, without a comment in
    /// the line above that gives the reason.
    pub(crate) fn none_arms_without_reason(&self, function: &str) -> Vec<usize> {
        let is_none =
            |arrow: usize| self.text(arrow + 2) == "None" && [",", "}"].contains(&self.text(arrow + 3));
        let arms = self.self_match_arms(function).into_iter().filter(|(_, arrow)| is_none(*arrow));
        let lines = arms.map(|(start, _)| self.tokens[start].line);
        lines.filter(|line| !self.comments.contains(&(line - 1))).collect()
    }

    /// The arms of `match self` in the functions of this name: the index of the first token, and that of the arrow.
    fn self_match_arms(&self, function: &str) -> Vec<(usize, usize)> {
        let mut arms = Vec::new();
        let starts =
            (1..self.tokens.len()).filter(|at| self.text(at - 1) == "fn" && self.text(*at) == function);
        for body in starts.map(|at| self.block(at)) {
            for at in body.filter(|at| self.text(*at) == "match") {
                let value = at + 1 + usize::from(["*", "&"].contains(&self.text(at + 1)));
                if self.text(value) != "self" || self.text(value + 1) != "{" {
                    continue;
                }
                let (mut depth, mut start) = (0_usize, None);
                for at in self.block(value) {
                    if depth == 0 && !["}", ","].contains(&self.text(at)) {
                        start.get_or_insert(at);
                    }
                    match self.text(at) {
                        "(" | "[" | "{" => depth += 1,
                        ")" | "]" | "}" => depth -= 1,
                        "=" if depth == 0 && self.text(at + 1) == ">" => {
                            arms.extend(start.map(|start| (start, at)));
                        }
                        _ => {}
                    }
                    // A block ends an arm without a comma, but so do the fields of a pattern.
                    let is_block =
                        self.text(at) == "}" && arms.last().is_some_and(|(first, _)| Some(*first) == start);
                    if depth == 0 && (self.text(at) == "," || is_block) {
                        start = None;
                    }
                }
            }
        }
        arms
    }

    /// The indices of the tokens inside the next braces after `at`.
    fn block(&self, at: usize) -> std::ops::Range<usize> {
        let start =
            (at..self.tokens.len()).find(|at| self.text(*at) == "{").map_or(self.tokens.len(), |at| at + 1);
        let mut depth = 1_usize;
        let end = (start..self.tokens.len()).find(|at| {
            match self.text(*at) {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        start..end.unwrap_or(self.tokens.len())
    }

    /// The names of the enums that other files may use.
    pub(crate) fn public_enums(&self) -> Vec<&str> {
        let enums = (2..self.tokens.len()).filter(|at| self.text(at - 1) == "enum");
        enums.filter(|at| ["pub", ")"].contains(&self.text(at - 2))).map(|at| self.text(at)).collect()
    }

    /// Whether an `impl` block of the type, not of a trait, has a method of this name.
    pub(crate) fn has_method(&self, name: &str, method: &str) -> bool {
        (1..self.tokens.len())
            .filter(|at| self.text(at - 1) == "impl" && self.text(*at) == name)
            .any(|at| self.block(at).any(|at| self.text(at) == "fn" && self.text(at + 1) == method))
    }

    /// The number of lines that contain code.
    pub(crate) fn lines_of_code(&self) -> usize {
        self.tokens.iter().map(|token| token.line).collect::<BTreeSet<_>>().len()
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|start: char| start.is_alphanumeric() || start == '_')
}

/// Removes every item after `#[cfg(test)]`, up to its closing brace or semicolon.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let (mut remaining, mut tokens) = (Vec::<Token>::new(), tokens.into_iter());
    let marker = ["#", "[", "cfg", "(", "test", ")", "]"];
    while let Some(token) = tokens.next() {
        remaining.push(token);
        let start = remaining.len().saturating_sub(marker.len());
        if remaining[start..].iter().map(|token| token.text.as_str()).eq(marker) {
            remaining.truncate(start);
            let mut depth = 0_usize;
            for token in tokens.by_ref() {
                match token.text.as_str() {
                    "(" | "[" | "{" => depth += 1,
                    ")" | "]" | "}" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth == 0 && ["}", ";"].contains(&token.text.as_str()) {
                    break;
                }
            }
        }
    }
    remaining
}

fn tokens(text: &str) -> Vec<Token> {
    let (mut found, mut rest, mut line) = (Vec::new(), text, 1);
    while let Some(start) = rest.chars().next() {
        let (length, kind) = token(rest, start);
        let (taken, after) = rest.split_at(length);
        match kind {
            Kind::Nothing => {}
            Kind::Code => found.push(Token { text: taken.into(), line }),
            Kind::Literal => {
                let lines = line..=line + taken.matches('\n').count();
                found.extend(lines.map(|line| Token { text: LITERAL.into(), line }));
            }
        }
        line += taken.matches('\n').count();
        rest = after;
    }
    found
}

enum Kind {
    Nothing,
    Code,
    Literal,
}

/// The length in bytes of the first token of the text, and its kind.
fn token(text: &str, start: char) -> (usize, Kind) {
    if text.starts_with("//") {
        return (text.find('\n').unwrap_or(text.len()), Kind::Nothing);
    }
    if text.starts_with("/*") {
        return (block_comment(text), Kind::Nothing);
    }
    if let Some(length) = string(text).or_else(|| character(text)) {
        return (length, Kind::Literal);
    }
    if start.is_whitespace() {
        return (start.len_utf8(), Kind::Nothing);
    }
    if is_word(text) {
        let end = text.find(|each: char| !each.is_alphanumeric() && each != '_');
        return (end.unwrap_or(text.len()), Kind::Code);
    }
    (if text.starts_with("::") { 2 } else { start.len_utf8() }, Kind::Code)
}

/// Block comments nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let pair = text.as_bytes().get(at..at + 2).unwrap_or_default();
        match pair {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {}
        }
        at += if [b"/*", b"*/"].iter().any(|sign| *sign == pair) { 2 } else { 1 };
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// A string literal of any kind: plain, raw, byte or C string.
fn string(text: &str) -> Option<usize> {
    let prefixes = ["br", "cr", "b", "c", "r", ""];
    let prefix = prefixes.into_iter().find(|prefix| {
        let rest = text.strip_prefix(prefix).unwrap_or_default();
        let raw = prefix.ends_with('r');
        rest.starts_with('"') || raw && rest.trim_start_matches('#').starts_with('"')
    })?;
    let rest = &text[prefix.len()..];
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let body = prefix.len() + hashes + 1;
    if prefix.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(text[body..].find(&end).map_or(text.len(), |at| body + at + end.len()));
    }
    let mut escaped = false;
    let end = text[body..].find(|each: char| {
        let closes = each == '"' && !escaped;
        escaped = each == '\\' && !escaped;
        closes
    });
    Some(end.map_or(text.len(), |at| body + at + 1))
}

/// A character or byte literal, but not a lifetime.
fn character(text: &str) -> Option<usize> {
    let prefix = usize::from(text.starts_with("b'"));
    let body = text[prefix..].strip_prefix('\'')?;
    let first = body.chars().next()?;
    let skip = if first == '\\' { 2 } else { first.len_utf8() };
    let end = body.get(skip..)?.find('\'')?;
    // Without a backslash there is one character between the quotes; otherwise this is a lifetime and a later quote.
    (first == '\\' || end == 0).then_some(prefix + 1 + skip + end + 1)
}

#[test]
fn comments_and_literals_are_not_tokens() {
    let text = r###"
        //! crate::a
        /* crate::b /* crate::c */ crate::d */
        fn f<'a>(x: &'a str) -> char { let _ = ("crate::e \" crate::f", r#"crate::"g"#, b'\'', '"', '\u{41}'); 'x' }
        use crate::h;
    "###;
    assert_eq!(Source::new("src/x.rs", text).paths(), ["crate::h"]);
}

#[test]
fn tests_are_not_counted_as_code() {
    let text = "
        #[cfg(test)]
        mod tests { use crate::a; fn f() { crate::b::c(); } }
        #[cfg(test)]
        use crate::d;
        #[cfg(test)]
        #[path = \"x.rs\"]
        mod tests;
        use crate::e;";
    let source = Source::new("src/x.rs", text);
    assert_eq!((source.paths(), source.lines_of_code()), (vec!["crate::e".to_owned()], 1));
}

#[test]
fn import_groups_are_expanded() {
    let text = "use crate::{a, b::{self, C as D}, e::*};\nuse git2;\nfn f() { ::std::env::var(x::<Y>()); }";
    let paths = Source::new("src/x.rs", text).paths();
    assert_eq!(paths, ["crate::a", "crate::b::self", "crate::b::C", "crate::e", "git2", "std::env::var"]);
}

#[test]
fn relative_and_absolute_paths_are_resolved() {
    let uses = |path, text| Source::new(path, text).uses().into_iter().collect::<Vec<_>>();
    assert_eq!(uses("src/a/b.rs", "use super::c; use super::super::d; use crate::a::e;"), ["d"]);
    assert_eq!(uses("src/a/mod.rs", "use super::b::C;"), ["b::C"]);
    assert_eq!(uses("src/main.rs", "fn main() { tidings::cli::run() }"), ["cli::run"]);
    assert_eq!(uses("src/a.rs", "fn f() { tidings::cli::run() }"), [""; 0]);
}

#[test]
fn imports_have_their_local_names() {
    let text = "use crate::{a::{self, B as C}, d::*}; pub use super::e::F;\npub(crate) use g;";
    let source = Source::new("src/x.rs", text);
    let found = source.imports();
    let shown: Vec<_> = found.iter().map(|it| (it.path.as_str(), it.name.as_str(), it.public)).collect();
    let expected = [
        ("crate::a", "a", false),
        ("crate::a::B", "C", false),
        ("crate::d::*", "*", false),
        ("super::e::F", "F", true),
        ("g", "g", true),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn sources_are_found() {
    let found = sources();
    let has = |path| found.iter().any(|file| file.path == path);
    assert!(has("src/lib.rs") && has("src/model/mod.rs"));
}
