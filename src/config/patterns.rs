//! The patterns of a configuration that are none: regular expressions and globs. They are compiled where they are used, and only
//! tried here, since only here it is known where they stand.

use globset::GlobBuilder;
use regex::RegexBuilder;

use super::{Config, key_path::Segment};

/// A pattern that is none: the way to it, and what is wrong with it.
pub(super) type Wrong = (Vec<Segment<'static>>, String);

/// The first pattern that is none.
pub(super) fn first_wrong(config: &Config) -> Option<Wrong> {
    let too_many = expressions(config)
        .nth(MOST)
        .map(|(key_path, _)| (key_path, format!("there are more than {MOST} regular expressions")));
    too_many
        .or_else(|| {
            expressions(config).find_map(|(key_path, text)| Some((key_path, expression_problem(text)?)))
        })
        .or_else(|| globs(config).find_map(|(key_path, text)| Some((key_path, glob_problem(text)?))))
}

fn expressions(config: &Config) -> impl Iterator<Item = (Vec<Segment<'static>>, &str)> {
    use Segment::{Index, Key};
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
    // A text with a place for the version is no expression.
    tags.filter(|(_, text)| !text.contains("{version}"))
        .chain(rules)
        .chain(links)
        .chain(ticket)
        .chain(forbid)
        .chain(people)
}

fn globs(config: &Config) -> impl Iterator<Item = (Vec<Segment<'static>>, &str)> {
    use Segment::{Index, Key};
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

/// So many regular expressions, of so many bytes each, take no more memory than a machine has.
const MOST: usize = 1_000;
const COMPILED: usize = 2 << 20;

fn expression_problem(text: &str) -> Option<String> {
    let reason = match RegexBuilder::new(text).size_limit(COMPILED).build().err()? {
        regex::Error::CompiledTooBig(limit) => {
            return Some(format!("`{}` takes more than {limit} bytes of memory", start(text)));
        }
        // The library draws the expression with a mark below it; the place in the file tells more.
        error => match regex_syntax::parse(text) {
            Err(regex_syntax::Error::Parse(error)) => error.kind().to_string(),
            Err(regex_syntax::Error::Translate(error)) => error.kind().to_string(),
            _ => error.to_string(),
        },
    };
    Some(format!("`{}` is no regular expression: {reason}", start(text)))
}

/// Building a pattern with wildcards takes the square of the length of its fixed parts, so that a file of long ones would
/// take minutes.
const LONGEST: usize = 1_000;

/// What is wrong with a path pattern, in words.
#[must_use]
pub fn glob_problem(text: &str) -> Option<String> {
    // A name, and a folder with all below it, is looked up.
    let fixed = text.strip_suffix("/**").unwrap_or(text);
    if text.len() > LONGEST && fixed.contains(['*', '?', '[', '{', '\\']) {
        return Some(format!("the path pattern `{}` is longer than {LONGEST} bytes", start(text)));
    }
    let error = GlobBuilder::new(text).literal_separator(true).build().err()?;
    Some(format!("`{}` is no path pattern: {}", start(text), error.kind()))
}

/// As much of a pattern as a message needs to tell which one is meant.
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
    fn an_expression_that_is_none_is_told_with_its_place() {
        let why = "`(` is no regular expression: unclosed group";
        for (text, place) in [
            ("[[links]]\npattern = '('\nurl = 'x'", "t:2:11: [[links]] number 1: "),
            ("[contributors]\nexclude = ['a', '(']", "t:2:17: `contributors.exclude`: "),
            ("[lint]\nticket = '('", "t:2:10: `lint.ticket`: "),
            ("[[lint.forbid]]\npattern = '('\nmessage = 'x'", "t:2:11: [[lint.forbid]] number 1: "),
            ("[[rules]]\nhide = true\nmessage = '('", "t:3:11: [[rules]] number 1: "),
        ] {
            assert_eq!(refused(text), format!("{place}{why}"), "{text}");
        }
        for text in ["tag_pattern = '(?<version>'", "[[packages]]\nname = 'a'\ntag_pattern = '(?<version>'"] {
            let message = refused(text);
            assert!(message.ends_with("`(?<version>` is no regular expression: unclosed group"), "{message}");
        }
    }

    #[test]
    fn a_glob_that_is_none_is_told_with_its_place() {
        let why = "`[` is no path pattern: unclosed character class; missing ']'";
        for (text, place) in [
            ("[filter]\npaths = ['a', '[']", "t:2:15: `filter.paths`: "),
            ("[[rules]]\nhide = true\nexclude_paths = ['[']", "t:3:18: [[rules]] number 1: "),
            ("[[packages]]\nname = 'a'\npaths = ['[']", "t:3:10: [[packages]] number 1: "),
            ("[[components]]\nname = 'a'\npaths = ['[']", "t:3:10: [[components]] number 1: "),
            ("[[attention]]\nkind = 'a'\npaths = ['[']", "t:3:10: [[attention]] number 1: "),
        ] {
            assert_eq!(refused(text), format!("{place}{why}"), "{text}");
        }
    }

    #[test]
    fn a_long_glob_is_refused_and_a_long_name_is_not() {
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
    fn expressions_that_grow_and_too_many_are_refused() {
        let one = "[[rules]]\nhide = true\ntitle = '((a{100}){100}){100}'";
        let why = "`((a{100}){100}){100}` takes more than 2097152 bytes of memory";
        assert_eq!(refused(one), format!("t:3:9: [[rules]] number 1: {why}"));
        let many = format!("[contributors]\nexclude = [{}]", "'a',".repeat(1_001));
        assert!(
            refused(&many).ends_with("`contributors.exclude`: there are more than 1000 regular expressions")
        );
    }

    #[test]
    fn sound_patterns_pass() {
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
