//! Matches the author of a change: its first author and the author of its pull request. Co-authors do not count: a bot
//! as co-author does not make the change a bot's.

use crate::model::Change;

use super::pattern::Pattern;

/// Well-known bots whose name does not end with `[bot]`.
const BOTS: [&str; 14] = [
    "allcontributors",
    "bors",
    "crowdin-bot",
    "dependabot",
    "dependabot-preview",
    "github-actions",
    "greenkeeper",
    "mergify",
    "pre-commit-ci",
    "pyup-bot",
    "renovate",
    "renovate-bot",
    "semantic-release-bot",
    "snyk-bot",
];

/// Whether a display name or login is that of a bot: it ends with `[bot]`, or is a well-known one.
#[must_use]
pub fn is_bot_name(name: &str) -> bool {
    let name = name.trim();
    let suffix = name.len().checked_sub("[bot]".len()).and_then(|at| name.get(at..));
    suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("[bot]"))
        || BOTS.iter().any(|bot| bot.eq_ignore_ascii_case(name))
}

pub(super) fn is_by_bot(change: &Change) -> bool {
    let pull_request = change.pull_request.as_ref();
    if pull_request.is_some_and(|it| it.author_is_bot || it.author.as_deref().is_some_and(is_bot_name)) {
        return true;
    }
    change.authors.first().is_some_and(|author| is_bot_name(&author.name) || is_bot_address(&author.email))
}

/// `49699333+dependabot[bot]@users.noreply.github.com`, `29139614+renovate[bot]@…`.
fn is_bot_address(email: &str) -> bool {
    let local = email.split_once('@').map_or(email, |(local, _)| local);
    let login = local.split_once('+').map_or(local, |(_, login)| login);
    login.ends_with("[bot]")
}

pub(super) fn is_by(change: &Change, patterns: &[Pattern]) -> bool {
    let login = change.pull_request.as_ref().and_then(|it| it.author.as_deref());
    let author = change.authors.first();
    let texts = [login, author.map(|it| it.name.as_str()), author.map(|it| it.email.as_str())];
    texts.into_iter().flatten().any(|text| patterns.iter().any(|pattern| pattern.matches(text)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Person, PullRequest};

    fn by(name: &str, email: &str) -> Arc<Person> {
        Arc::new(Person { name: name.to_owned(), email: email.to_owned() })
    }

    #[test]
    fn bots_are_recognised_by_name_email_or_account() {
        assert!(is_bot_name("dependabot[bot]"));
        assert!(is_bot_name("Renovate-Bot"));
        assert!(!is_bot_name("Abbot"), "a family name");
        assert!(!is_bot_name("é[bo"), "a short name that is not ASCII");
        let address = by("Dependabot Preview", "27856297+dependabot[bot]@users.noreply.github.com");
        assert!(is_by_bot(&Change { authors: vec![address], ..Change::default() }));
        let account =
            PullRequest { author: Some("acme-ci".into()), author_is_bot: true, ..PullRequest::default() };
        assert!(is_by_bot(&Change { pull_request: Some(Box::new(account)), ..Change::default() }));
    }

    #[test]
    fn bot_as_co_author_does_not_make_the_change_a_bots() {
        let authors = vec![by("Ada", "ada@example.com"), by("github-actions[bot]", "")];
        let change = Change { authors, ..Change::default() };
        assert!(!is_by_bot(&change));
        assert!(!is_by(&change, &[Pattern::new("*[bot]").unwrap()]));
        assert!(is_by(&change, &[Pattern::new("*@example.com").unwrap()]));
    }
}
