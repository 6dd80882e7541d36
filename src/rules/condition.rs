//! One condition of a rule: matches a change, and describes itself for `explain`.

use std::{fmt, mem};

use regex::Regex;

use crate::model::{Change, PathSetId, Trailer};

use super::{
    author::{is_by, is_by_bot},
    pattern::Pattern,
};

/// A compiled condition. Lists are never empty; one element that matches is enough.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Types(Vec<Pattern>),
    Scopes(Vec<Pattern>),
    Trailers(Vec<TrailerPattern>),
    Labels(Vec<Pattern>),
    Touches(PathSetId),
    Authors(Vec<Pattern>),
    WithoutLabels(Vec<Pattern>),
    WithoutAuthors(Vec<Pattern>),
    Bots(bool),
    Title(Regex),
    Message(Regex),
    Breaking(bool),
    PullRequest(bool),
    Conventional(bool),
    RevertsReleased(bool),
    NamesVersion(bool),
}

/// A pattern for the key of a trailer and, optionally, for its value.
#[derive(Debug, Clone)]
pub(super) struct TrailerPattern {
    pub(super) key: Pattern,
    pub(super) value: Option<Pattern>,
}

impl Condition {
    /// Whether the condition holds for a change. `breaking` is used instead of the change's own flag, because earlier
    /// rules may have changed it.
    pub(super) fn holds(&self, change: &Change, breaking: bool) -> bool {
        let pull_request = change.pull_request.as_ref();
        match self {
            Self::Types(any) => change.kind.as_deref().is_some_and(|kind| matches_any(any, kind)),
            Self::Scopes(any) => change.scope.as_deref().is_some_and(|scope| matches_scope(any, scope)),
            Self::Trailers(any) => {
                change.trailers.iter().any(|it| any.iter().any(|pattern| pattern.matches(it)))
            }
            Self::Labels(any) => has_label(change, any),
            Self::WithoutLabels(any) => !has_label(change, any),
            Self::WithoutAuthors(any) => !is_by(change, any),
            Self::Touches(set) => change.touches.contains(set),
            Self::Authors(any) => is_by(change, any),
            Self::Bots(wanted) => is_by_bot(change) == *wanted,
            Self::Title(regex) => regex.is_match(&change.title),
            Self::Message(regex) => {
                regex.is_match(&change.title)
                    || change.description.as_deref().is_some_and(|text| regex.is_match(text))
            }
            Self::Breaking(wanted) => breaking == *wanted,
            Self::PullRequest(wanted) => pull_request.is_some() == *wanted,
            Self::Conventional(wanted) => change.kind.is_some() == *wanted,
            Self::RevertsReleased(wanted) => change.reverts_released == *wanted,
            Self::NamesVersion(wanted) => change.names_version == *wanted,
        }
    }

    /// Describes the property of the change for which the condition does not hold, as in ``its type is `fix` ``.
    pub(super) fn actual(&self, change: &Change, breaking: bool) -> String {
        let one = |what: &str, value: Option<&str>| match value {
            Some(value) => format!("its {what} is `{value}`"),
            None => format!("it has no {what}"),
        };
        match self {
            Self::Types(_) => one("type", change.kind.as_deref()),
            Self::Scopes(_) => one("scope", change.scope.as_deref()),
            Self::Labels(_) | Self::WithoutLabels(_) => match &change.pull_request {
                Some(it) => match it.labels.as_slice() {
                    [] => "its pull request has no labels".to_owned(),
                    [only] => format!("its only label is `{only}`"),
                    labels => format!("its labels are {}", list(labels)),
                },
                None => "it has no pull request".to_owned(),
            },
            Self::Authors(_) | Self::WithoutAuthors(_) => {
                one("author", change.authors.first().map(|person| person.name.as_str()))
            }
            Self::Trailers(_) => match change.trailers.as_slice() {
                [] => "it has no trailers".to_owned(),
                [only] => format!("its only trailer is `{}`", only.key),
                some => format!("its trailers are {}", list(some.iter().map(|trailer| &trailer.key))),
            },
            Self::Touches(_) => "it touches none of the rule's paths".to_owned(),
            Self::Title(_) => "its title does not match".to_owned(),
            Self::Message(_) => "its message does not match".to_owned(),
            Self::Bots(wanted) => Self::Bots(!wanted).to_string(),
            Self::Breaking(_) => Self::Breaking(breaking).to_string(),
            Self::PullRequest(wanted) => Self::PullRequest(!wanted).to_string(),
            Self::Conventional(wanted) => Self::Conventional(!wanted).to_string(),
            Self::RevertsReleased(wanted) => Self::RevertsReleased(!wanted).to_string(),
            Self::NamesVersion(wanted) => Self::NamesVersion(!wanted).to_string(),
        }
    }

    /// The kind of the condition, without its patterns.
    pub(super) fn kind(&self) -> mem::Discriminant<Self> {
        mem::discriminant(self)
    }
}

fn has_label(change: &Change, any: &[Pattern]) -> bool {
    let labels = change.pull_request.as_ref().map(|it| it.labels.as_slice()).unwrap_or_default();
    labels.iter().any(|label| matches_any(any, label))
}

impl TrailerPattern {
    fn matches(&self, trailer: &Trailer) -> bool {
        self.key.matches(&trailer.key)
            && self.value.as_ref().is_none_or(|value| value.matches(trailer.value.trim()))
    }
}

fn matches_any(patterns: &[Pattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(text))
}

/// Matches the whole scope or one part of it: `feat(api, ui): …` has two scopes.
fn matches_scope(patterns: &[Pattern], scope: &str) -> bool {
    matches_any(patterns, scope)
        || (scope.contains(',') && scope.split(',').any(|part| matches_any(patterns, part.trim())))
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Types(any) => write_any(f, "its type is", any),
            Self::Scopes(any) => write_any(f, "its scope is", any),
            Self::Labels(any) => write_any(f, "it has the label", any),
            Self::Authors(any) => write_any(f, "its author is", any),
            Self::WithoutLabels(any) => write_any(f, "it has no label", any),
            Self::WithoutAuthors(any) => write_any(f, "its author is not", any),
            Self::Trailers(any) => write_any(f, "it has the trailer", any),
            Self::Touches(_) => f.write_str("it touches one of the rule's paths"),
            Self::Bots(wanted) => {
                f.write_str(pick(*wanted, "its author is a bot", "its author is not a bot"))
            }
            Self::Title(regex) => write!(f, "its title matches /{regex}/"),
            Self::Message(regex) => write!(f, "its title or description matches /{regex}/"),
            Self::Breaking(wanted) => f.write_str(pick(*wanted, "it is breaking", "it is not breaking")),
            Self::PullRequest(wanted) => {
                f.write_str(pick(*wanted, "it has a pull request", "it has no pull request"))
            }
            Self::Conventional(wanted) => {
                f.write_str(pick(*wanted, "it is conventional", "it is not conventional"))
            }
            Self::RevertsReleased(wanted) => f.write_str(pick(
                *wanted,
                "it reverts a released change",
                "it does not revert a released change",
            )),
            Self::NamesVersion(wanted) => f.write_str(pick(
                *wanted,
                "its title names only its version",
                "its title names more than its version",
            )),
        }
    }
}

impl fmt::Display for TrailerPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        self.value.as_ref().map_or(Ok(()), |value| write!(f, " with the value {value}"))
    }
}

fn list<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

const fn pick(wanted: bool, yes: &'static str, no: &'static str) -> &'static str {
    if wanted { yes } else { no }
}

fn write_any<T: fmt::Display>(f: &mut fmt::Formatter<'_>, what: &str, any: &[T]) -> fmt::Result {
    write!(f, "{what} ")?;
    for (index, one) in any.iter().enumerate() {
        write!(f, "{}{one}", if index == 0 { "" } else { " or " })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PullRequest;

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| Pattern::new(text).unwrap()).collect()
    }

    #[test]
    fn scope_condition_matches_one_of_several_scopes() {
        let change = Change { scope: Some("api, ui".into()), ..Change::default() };
        assert!(Condition::Scopes(patterns(&["ui"])).holds(&change, false));
        assert!(Condition::Scopes(patterns(&["api*"])).holds(&change, false));
        assert!(!Condition::Scopes(patterns(&["core"])).holds(&change, false));
        assert!(
            !Condition::Scopes(patterns(&["*"])).holds(&Change::default(), false),
            "`*` does not match a missing scope"
        );
    }

    #[test]
    fn trailer_condition_matches_by_key_and_value() {
        let trailer = Trailer { key: "Changelog".into(), value: " Added\n".into() };
        let change = Change { trailers: vec![trailer], ..Change::default() };
        let condition = |value: Option<&str>| {
            let value = value.and_then(Pattern::new);
            Condition::Trailers(vec![TrailerPattern { key: Pattern::new("changelog").unwrap(), value }])
        };
        assert!(condition(None).holds(&change, false));
        assert!(condition(Some("add*")).holds(&change, false));
        assert!(!condition(Some("fixed")).holds(&change, false));
        let text = "it has the trailer `changelog` with the value `fixed`";
        assert_eq!(condition(Some("fixed")).to_string(), text);
    }

    #[test]
    fn only_message_patterns_match_the_description() {
        let change = Change { title: "x".into(), description: Some("see ABC-1".into()), ..Change::default() };
        let regex = || Regex::new("ABC-[0-9]+").unwrap();
        assert!(Condition::Message(regex()).holds(&change, false));
        assert!(!Condition::Title(regex()).holds(&change, false));
    }

    #[test]
    fn failed_condition_describes_the_change() {
        let change = Change { kind: Some("fix".into()), ..Change::default() };
        let actual = |condition: Condition| condition.actual(&change, false);
        assert_eq!(actual(Condition::Types(patterns(&["feat"]))), "its type is `fix`");
        assert_eq!(actual(Condition::Scopes(patterns(&["ui"]))), "it has no scope");
        assert_eq!(actual(Condition::Labels(patterns(&["bug"]))), "it has no pull request");
        assert_eq!(actual(Condition::Breaking(true)), "it is not breaking");
        assert_eq!(actual(Condition::Conventional(false)), "it is conventional");
        let labels = vec!["bug".to_owned(), "ui".to_owned()];
        let pull_request = PullRequest { labels, ..PullRequest::default() };
        let change = Change { pull_request: Some(Box::new(pull_request)), ..Change::default() };
        let actual = Condition::Labels(patterns(&["docs"])).actual(&change, false);
        assert_eq!(actual, "its labels are `bug`, `ui`");
    }

    #[test]
    fn conditions_match_labels_paths_and_flags() {
        let pull_request = PullRequest { labels: vec!["Kind/Bug".into()], ..PullRequest::default() };
        let set = |index| PathSetId::new(index).unwrap();
        let touches = vec![set(2), set(5)];
        let change = Change { pull_request: Some(Box::new(pull_request)), touches, ..Change::default() };
        assert!(Condition::Labels(patterns(&["kind/bug"])).holds(&change, false));
        assert!(Condition::Touches(set(5)).holds(&change, false));
        assert!(!Condition::Touches(set(1)).holds(&change, false));
        assert!(Condition::PullRequest(true).holds(&change, false));
        assert!(Condition::Conventional(false).holds(&change, false));
        assert!(
            Condition::Breaking(true).holds(&change, true),
            "the argument overrides the change's own flag"
        );
    }
}
