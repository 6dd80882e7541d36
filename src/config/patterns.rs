//! Checks the regular expressions and globs of a configuration. They are compiled here only to report an invalid one
//! with its location in the file; the stages that use them compile them again.

use globset::{ErrorKind, GlobBuilder};
use regex::RegexBuilder;

use super::{Config, key_path::KeySegment};

/// The key path of an invalid pattern, and the problem.
pub(super) type InvalidPattern = (Vec<KeySegment<'static>>, String);

/// The first invalid pattern.
pub(super) fn first_invalid(config: &Config) -> Option<InvalidPattern> {
    let too_many = expressions(config).nth(MAX_EXPRESSIONS).map(|(key_path, _)| {
        (key_path, format!("more than {MAX_EXPRESSIONS} regular expressions in the configuration"))
    });
    too_many
        .or_else(|| {
            expressions(config).find_map(|(key_path, text)| Some((key_path, expression_problem(text)?)))
        })
        .or_else(|| globs(config).find_map(|(key_path, text)| Some((key_path, glob_problem(text, true)?))))
}

fn expressions(config: &Config) -> impl Iterator<Item = (Vec<KeySegment<'static>>, &str)> {
    use KeySegment::{Index, Key};
    let lint = &config.lint;
    let tags = config.packages.iter().enumerate().filter_map(|(index, package)| {
        Some((vec![Key("packages"), Index(index), Key("tag_pattern")], package.tag_pattern.as_deref()?))
    });
    let tags = config.tag_pattern.iter().map(|text| (vec![Key("tag_pattern")], text.as_str())).chain(tags);
    let rules = config.rules.iter().enumerate().flat_map(|(index, rule)| {
        let keys = [("title", &rule.title), ("message", &rule.message)];
        keys.into_iter().filter_map(move |(key, text)| {
            Some((vec![Key("rules"), Index(index), Key(key)], text.as_deref()?))
        })
    });
    let links = config.links.iter().enumerate();
    let links =
        links.map(|(index, link)| (vec![Key("links"), Index(index), Key("pattern")], link.pattern.as_str()));
    let ticket = lint.ticket.iter().map(|text| (vec![Key("lint"), Key("ticket")], text.as_str()));
    let forbid = lint.forbid.iter().enumerate().map(|(index, forbid)| {
        (vec![Key("lint"), Key("forbid"), Index(index), Key("pattern")], forbid.pattern.as_str())
    });
    let people = config.contributors.exclude.iter().enumerate();
    let people =
        people.map(|(index, text)| (vec![Key("contributors"), Key("exclude"), Index(index)], text.as_str()));
    // A tag pattern with `{version}` is not a regular expression.
    tags.filter(|(_, text)| !text.contains("{version}"))
        .chain(rules)
        .chain(links)
        .chain(ticket)
        .chain(forbid)
        .chain(people)
}

fn globs(config: &Config) -> impl Iterator<Item = (Vec<KeySegment<'static>>, &str)> {
    use KeySegment::{Index, Key};
    let filter = &config.filter;
    let mut lists = vec![(vec![Key("filter")], [&filter.paths, &filter.exclude_paths])];
    let mut add = |list: &'static str, index: usize, paths, exclude| {
        lists.push((vec![Key(list), Index(index)], [paths, exclude]));
    };
    for (index, it) in config.rules.iter().enumerate() {
        add("rules", index, &it.paths, &it.exclude_paths);
    }
    for (index, it) in config.packages.iter().enumerate() {
        add("packages", index, &it.paths, &it.exclude_paths);
    }
    for (index, it) in config.components.iter().enumerate() {
        add("components", index, &it.paths, &it.exclude_paths);
    }
    for (index, it) in config.attention.iter().enumerate() {
        add("attention", index, &it.paths, &it.exclude_paths);
    }
    lists.into_iter().flat_map(|(entry, lists)| {
        ["paths", "exclude_paths"].into_iter().zip(lists).flat_map(move |(key, globs)| {
            let entry = entry.clone();
            globs.iter().enumerate().map(move |(index, glob)| {
                let key_path = entry.iter().copied().chain([Key(key), Index(index)]);
                (key_path.collect(), glob.as_str())
            })
        })
    })
}

/// Bounds the memory of all regular expressions to 2 GiB.
const MAX_EXPRESSIONS: usize = 1_000;
/// The maximum size of one compiled regular expression in bytes.
const MAX_COMPILED_BYTES: usize = 2 << 20;

fn expression_problem(text: &str) -> Option<String> {
    let reason = match RegexBuilder::new(text).size_limit(MAX_COMPILED_BYTES).build().err()? {
        regex::Error::CompiledTooBig(limit) => {
            return Some(format!("`{}` needs more than {limit} bytes of memory", start(text)));
        }
        // The library's message repeats the expression over several lines; the location in the file replaces that.
        error => match regex_syntax::parse(text) {
            Err(regex_syntax::Error::Parse(error)) => error.kind().to_string(),
            Err(regex_syntax::Error::Translate(error)) => error.kind().to_string(),
            _ => error.to_string(),
        },
    };
    Some(format!("`{}` is not a valid regular expression: {reason}", start(text)))
}

/// In bytes. Compiling a glob with wildcards takes quadratic time in the length of its literal parts, so a file of long
/// globs would take minutes.
const MAX_GLOB_BYTES: usize = 1_000;

/// Why a path pattern is invalid; `None` if it is valid. `[user-id]` is not a valid class of characters, but may be a
/// name.
#[must_use]
pub fn glob_problem(text: &str, may_be_name: bool) -> Option<String> {
    // Literal paths and `folder/**` are looked up by name, so their length does not matter.
    let literal = text.strip_suffix("/**").unwrap_or(text);
    if text.len() > MAX_GLOB_BYTES && literal.contains(['*', '?', '[', '{', '\\']) {
        return Some(format!("the path pattern `{}` is longer than {MAX_GLOB_BYTES} bytes", start(text)));
    }
    let error = GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build().err()?;
    if may_be_name && matches!(error.kind(), ErrorKind::InvalidRange(..)) {
        return None;
    }
    Some(format!("`{}` is not a valid path pattern: {}", start(text), error.kind()))
}

/// The first 100 characters of a pattern, for messages.
fn start(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::parse;

    fn refused(text: &str) -> String {
        parse(text, Path::new("t")).unwrap_err().to_string().lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn invalid_expression_reports_its_location() {
        let why = "`(` is not a valid regular expression: unclosed group";
        for (text, location) in [
            ("[[links]]\npattern = '('\nurl = 'x'", "t:2:11: link 1: "),
            ("[contributors]\nexclude = ['a', '(']", "t:2:17: `contributors.exclude`: "),
            ("[lint]\nticket = '('", "t:2:10: `lint.ticket`: "),
            ("[[lint.forbid]]\npattern = '('\nmessage = 'x'", "t:2:11: lint.forbid entry 1: "),
            ("[[rules]]\nhide = true\nmessage = '('", "t:3:11: rule 1: "),
        ] {
            assert_eq!(refused(text), format!("{location}{why}"), "{text}");
        }
        for text in ["tag_pattern = '(?<version>'", "[[packages]]\nname = 'a'\ntag_pattern = '(?<version>'"] {
            let message = refused(text);
            assert!(
                message.ends_with("`(?<version>` is not a valid regular expression: unclosed group"),
                "{message}"
            );
        }
    }

    #[test]
    fn invalid_glob_reports_its_location() {
        let why = "`[` is not a valid path pattern: unclosed character class; missing ']'";
        for (text, location) in [
            ("[filter]\npaths = ['a', '[']", "t:2:15: `filter.paths`: "),
            ("[[rules]]\nhide = true\nexclude_paths = ['[']", "t:3:18: rule 1: "),
            ("[[packages]]\nname = 'a'\npaths = ['[']", "t:3:10: package 1: "),
            ("[[components]]\nname = 'a'\npaths = ['[']", "t:3:10: component 1: "),
            ("[[attention]]\nkind = 'a'\npaths = ['[']", "t:3:10: attention entry 1: "),
        ] {
            assert_eq!(refused(text), format!("{location}{why}"), "{text}");
        }
    }

    #[test]
    fn long_glob_is_refused_and_a_long_literal_path_is_not() {
        let text = |pattern: &str| format!("[filter]\npaths = ['{pattern}']");
        let why = format!(
            "t:2:10: `filter.paths`: the path pattern `{}…` is longer than 1000 bytes",
            "a".repeat(100)
        );
        assert_eq!(refused(&text(&format!("{}*", "a".repeat(1_000)))), why);
        assert!(parse(&text(&"a".repeat(100_000)), Path::new("t")).is_ok());
        assert!(parse(&text(&format!("{}*", "a".repeat(999))), Path::new("t")).is_ok());
    }

    #[test]
    fn large_and_too_many_expressions_are_refused() {
        let one = "[[rules]]\nhide = true\ntitle = '((a{100}){100}){100}'";
        let why = "`((a{100}){100}){100}` needs more than 2097152 bytes of memory";
        assert_eq!(refused(one), format!("t:3:9: rule 1: {why}"));
        let many = format!("[contributors]\nexclude = [{}]", "'a',".repeat(1_001));
        let why = "`contributors.exclude`: more than 1000 regular expressions in the configuration";
        assert!(refused(&many).ends_with(why));
    }

    #[test]
    fn valid_patterns_are_accepted() {
        for text in [
            "tag_pattern = 'v{version}('",
            "tag_pattern = 'r(?<version>.+)'",
            "[[links]]\npattern = 'JIRA-(\\d+)'\nurl = 'x'",
            "[filter]\npaths = ['a/**/{b,c}/*.rs', './x/']",
        ] {
            assert!(parse(text, Path::new("t")).is_ok(), "{text}");
        }
    }
}
