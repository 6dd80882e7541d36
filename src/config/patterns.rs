//! The patterns of a configuration that are none: regular expressions and globs. They are compiled where they are used, and only
//! tried here, since only here it is known where they stand.

use globset::GlobBuilder;
use regex::Regex;

use super::{Config, place::Step};

/// A pattern that is none: the way to it, and what is wrong with it.
pub(super) type Wrong = (Vec<Step<'static>>, String);

/// The first pattern that is none.
pub(super) fn first_wrong(config: &Config) -> Option<Wrong> {
    expressions(config)
        .find_map(|(steps, text)| Some((steps, expression_problem(text)?)))
        .or_else(|| globs(config).find_map(|(steps, text)| Some((steps, glob_problem(text)?))))
}

fn expressions(config: &Config) -> impl Iterator<Item = (Vec<Step<'static>>, &str)> {
    use Step::{Index, Key};
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

fn globs(config: &Config) -> impl Iterator<Item = (Vec<Step<'static>>, &str)> {
    use Step::{Index, Key};
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
                let steps = entry.iter().copied().chain([Key(key), Index(index)]);
                (steps.collect(), glob.as_str())
            })
        })
    })
}

fn expression_problem(text: &str) -> Option<String> {
    let error = Regex::new(text).err()?.to_string();
    // The library draws the expression with a mark below it; the place in the file tells more.
    let reason = error.lines().last().unwrap_or_default().trim();
    Some(format!("`{text}` is no regular expression: {}", reason.strip_prefix("error: ").unwrap_or(reason)))
}

fn glob_problem(text: &str) -> Option<String> {
    let error = GlobBuilder::new(text).literal_separator(true).build().err()?;
    Some(format!("`{text}` is no path pattern: {}", error.kind()))
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
