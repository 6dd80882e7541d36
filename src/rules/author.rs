//! Matches the author of a change: its first author and the author of its pull request. Co-authors do not count: a bot
//! as co-author does not make the change a bot's.

use crate::model::{Account, Change, Person};

use super::pattern::Pattern;

/// Names and logins of bots that do not end with the word `bot`.
const BOTS: [&str; 35] = [
    "allcontributors",
    "app/dependabot",
    "app/renovate",
    "azure pipelines",
    "bors",
    "circleci",
    "codecov",
    "coderabbitai",
    "crowdin",
    "dependabot",
    "dependabot support",
    "dependabot-preview",
    "fossabot",
    "github actions",
    "github-actions",
    "gitlab ci",
    "golangcibot",
    "greenkeeper",
    "hosted weblate",
    "imgbot",
    "mergify",
    "pre-commit",
    "pre-commit-ci",
    "pre-commit.ci",
    "prow",
    "release-please",
    "renovate",
    "scala-steward",
    "snyk",
    "transifex",
    "translatewiki.net",
    "travis ci",
    "vitebot",
    "weblate",
    "web-flow",
];

/// Names and logins of coding assistants that no person has.
const ASSISTANTS: [&str; 25] = [
    "amazon q developer",
    "amazon-q-developer",
    "chatgpt",
    "claude code",
    "codegen-sh",
    "copilot",
    "copilot-swe-agent",
    "cursor agent",
    "cursoragent",
    "devin ai",
    "devin-ai-integration",
    "ellipsis-dev",
    "factory-droid",
    "gemini code assist",
    "gemini-cli",
    "gemini-code-assist",
    "github copilot",
    "google-labs-jules",
    "openai codex",
    "openhands",
    "openhands-agent",
    "qwen-coder",
    "roomote",
    "sourcery-ai",
    "sweep-ai",
];

/// Addresses of coding assistants; `*` at the beginning: any address at that host.
const ASSISTANT_ADDRESSES: [&str; 32] = [
    "*@aider.chat",
    "*@all-hands.dev",
    "242468646+claude@users.noreply.github.com",
    "agent@cursor.com",
    "agent@warp.dev",
    "amazon-q@amazon.com",
    "amp@ampcode.com",
    "assistant@windsurf.com",
    "charlie@charlielabs.ai",
    "claude@anthropic.com",
    "cline@cline.bot",
    "codex@openai.com",
    "copilot@github.com",
    "copilot@users.noreply.github.com",
    "crush@charm.land",
    "cursoragent@cursor.com",
    "devin@cognition.ai",
    "droid@factory.ai",
    "gemini-cli@google.com",
    "gemini-code-assist@google.com",
    "gemini@google.com",
    "jules@google.com",
    "noreply@anthropic.com",
    "noreply@cline.bot",
    "noreply@cursor.com",
    "noreply@kiro.dev",
    "noreply@openai.com",
    "noreply@opencode.ai",
    "noreply@windsurf.com",
    "openhands@openhands.dev",
    "oz-agent@warp.dev",
    "qwen-coder@alibabacloud.com",
];

/// Addresses of bots without `bot` in them; `*` at the beginning: any address at that host.
const BOT_ADDRESSES: [&str; 9] = [
    "*@dependabot.com",
    "*@renovateapp.com",
    "action@github.com",
    "actions@github.com",
    "actions@users.noreply.github.com",
    "hosted@weblate.org",
    "noreply@weblate.org",
    "support+actions@github.com",
    "travis@travis-ci.org",
];

/// Whether a display name or login is that of a bot: its last word is `bot` (`Release Bot`, `renovate-bot`,
/// `dependabot[bot]`) or, in a login, `robot` (`k8s-ci-robot`), or it is a well-known one.
#[must_use]
pub fn is_bot_name(name: &str) -> bool {
    let name = name.trim();
    let words = name.trim_end_matches(['[', ']', '(', ')', ' ']);
    let ends_with = |word: &str| {
        let at = words.len().checked_sub(word.len());
        let (before, last) = at.and_then(|at| words.split_at_checked(at)).unwrap_or_default();
        last.eq_ignore_ascii_case(word) && !before.ends_with(char::is_alphanumeric)
    };
    // People call themselves `Mr. Robot`.
    let is_robot = ends_with("robot") && !name.contains(' ');
    ends_with("bot") || is_robot || is_access_token(name) || is_one_of(name, &BOTS)
}

/// Whether a person is a bot or a coding assistant.
#[must_use]
pub fn is_bot(person: &Person) -> bool {
    is_bot_name(&person.name) || is_bot_address(&person.email) || is_assistant(person)
}

/// Whether a person is a coding assistant. A name that people have too (Claude, Devin) is not enough: the address must
/// be that of the vendor.
fn is_assistant(person: &Person) -> bool {
    // Aider adds the model: `aider (gpt-4o)`.
    let is_aider = person.name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("aider ("));
    let login = Account::of_noreply(&person.email).is_some_and(|account| is_assistant_name(&account.login));
    is_aider || login || is_assistant_name(&person.name) || matches(&person.email, &ASSISTANT_ADDRESSES)
}

/// Whether a display name or login is that of a coding assistant.
#[must_use]
pub fn is_assistant_name(name: &str) -> bool {
    let name = name.trim();
    is_one_of(name.strip_suffix("[bot]").unwrap_or(name).trim_end(), &ASSISTANTS)
}

/// Whether an address is that of a bot or a coding assistant: `49699333+dependabot[bot]@users.noreply.github.com`,
/// `renovate-bot@example.com`, `noreply@anthropic.com`.
#[must_use]
pub fn is_bot_address(email: &str) -> bool {
    let local = email.split_once('@').map_or(email, |(local, _)| local);
    let login = local.split_once('+').map_or(local, |(_, login)| login);
    // A family name may follow a dot: `jan.bot@example.com`.
    let is_bot =
        is_bot_name(login) && !login.to_ascii_lowercase().ends_with(".bot") && !is_one_of(login, &BOTS);
    let is_login = Account::of_noreply(email).is_some_and(|account| is_bot_name(&account.login));
    // Machine translation in Weblate: `noreply-mt-deepl@weblate.org`.
    let is_translation = local.starts_with("noreply-mt-");
    is_bot
        || is_login
        || is_translation
        || matches(email, &BOT_ADDRESSES)
        || matches(email, &ASSISTANT_ADDRESSES)
}

/// GitLab's users of access tokens: `project_12_bot_a1b2`.
fn is_access_token(name: &str) -> bool {
    let rest = name.strip_prefix("project_").or_else(|| name.strip_prefix("group_"));
    let rest = rest.map(|rest| (rest, rest.trim_start_matches(|c: char| c.is_ascii_digit())));
    rest.is_some_and(|(all, rest)| rest.len() < all.len() && rest.starts_with("_bot"))
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn matches(email: &str, addresses: &[&str]) -> bool {
    addresses.iter().any(|address| match address.strip_prefix('*') {
        Some(host) => {
            let at = email.len().checked_sub(host.len()).and_then(|at| email.get(at..));
            at.is_some_and(|end| end.eq_ignore_ascii_case(host))
        }
        None => address.eq_ignore_ascii_case(email),
    })
}

pub(super) fn is_by_bot(change: &Change) -> bool {
    let pull_request = change.pull_request.as_ref();
    if pull_request.is_some_and(|it| it.author_is_bot || it.author.as_deref().is_some_and(is_bot_name)) {
        return true;
    }
    // A coding assistant is not one of the bots whose changes projects hide.
    let is_automation = |author: &Person| {
        (is_bot_name(&author.name) || is_bot_address(&author.email)) && !is_assistant(author)
    };
    change.authors.first().is_some_and(|author| is_automation(author))
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
        for name in [
            "k8s-ci-robot",
            "Weblate (bot)",
            "acme_bot",
            "Release Bot",
            "bot",
            "project_7_bot_a1",
            "app/renovate",
        ] {
            assert!(is_bot_name(name), "{name}");
        }
        for name in
            ["Abbott", "Talbot", "robotnik", "Bot Jansen", "project_botany", "", "Claude", "Renovate Miller"]
        {
            assert!(!is_bot_name(name), "{name}");
        }
        let address = by("Dependabot Preview", "27856297+dependabot[bot]@users.noreply.github.com");
        assert!(is_by_bot(&Change { authors: vec![address], ..Change::default() }));
        let account =
            PullRequest { author: Some("acme-ci".into()), author_is_bot: true, ..PullRequest::default() };
        assert!(is_by_bot(&Change { pull_request: Some(Box::new(account)), ..Change::default() }));
    }

    #[test]
    fn coding_assistants_are_recognised_by_the_address_of_their_vendor() {
        for (name, email) in [
            ("Claude", "noreply@anthropic.com"),
            ("Claude Opus 4.5 (1M context)", "noreply@anthropic.com"),
            ("Copilot", "198982749+Copilot@users.noreply.github.com"),
            ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com"),
            ("Cursor Agent", "cursoragent@cursor.com"),
            ("Cursor", "cursoragent@cursor.com"),
            ("Codex", "codex@openai.com"),
            ("Devin AI", "158243242+devin-ai-integration[bot]@users.noreply.github.com"),
            ("aider (gpt-4o)", "ann@example.com"),
            ("aider", "noreply@aider.chat"),
            ("gemini-code-assist[bot]", "176961590+gemini-code-assist[bot]@users.noreply.github.com"),
            ("Amazon Q Developer", "208079219+amazon-q-developer[bot]@users.noreply.github.com"),
            ("openhands", "openhands@all-hands.dev"),
            ("google-labs-jules[bot]", "161369871+google-labs-jules[bot]@users.noreply.github.com"),
            ("Dependabot", "support@dependabot.com"),
            ("CI", "41898282+github-actions[bot]@users.noreply.github.com"),
            ("Release", "release-bot@example.com"),
            ("LibreTranslate", "noreply-mt-libretranslate@weblate.org"),
            ("Bot from GolangCI", "42910462+golangcibot@users.noreply.github.com"),
        ] {
            assert!(is_bot(&by(name, email)), "{name} <{email}>");
        }
        for (name, email) in [
            ("Claude Monet", "claude@example.com"),
            ("Claude", "claude@example.com"),
            ("Devin", "devin@example.com"),
            ("Jan Bots", "jan.bot@example.com"),
            ("Abbott", "12+abbott@users.noreply.github.com"),
            ("Ann", "ann@anthropic.com"),
            ("Ann", "noreply@github.com"),
            ("Mr. Robot", "mr@example.com"),
            ("lyonbot", "lyonbot@example.com"),
            ("Weblate Fan", "crowdin@example.com"),
            ("", ""),
        ] {
            assert!(!is_bot(&by(name, email)), "{name} <{email}>");
        }
    }

    #[test]
    fn change_of_a_coding_assistant_is_not_a_bots() {
        let change = |name: &str, email: &str| Change { authors: vec![by(name, email)], ..Change::default() };
        assert!(!is_by_bot(&change("Claude", "noreply@anthropic.com")));
        assert!(!is_by_bot(&change("Copilot", "198982749+Copilot@users.noreply.github.com")));
        assert!(is_by_bot(&change("Renovate", "bot@renovateapp.com")));
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
