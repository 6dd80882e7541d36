//! Parses the header of a conventional commit, and common deviations from it.
//!
//! `git-conventional` parses the strict form. The lenient parser accepts decorations before the type, upper case,
//! missing or double spaces, nested or empty scopes, full-width punctuation, `[feat] …` and Chinese types. Only a known
//! type makes a header conventional: `diff: fix a leak` in git's own history is a plain subject.

use unicode_properties::UnicodeEmoji;

/// The parts of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The type, lower case. Aliases are not resolved, except that Chinese types are translated.
    pub kind: String,
    /// The scope.
    pub scope: Option<String>,
    /// Whether it has a `!`.
    pub breaking: bool,
    /// The text after the colon, preceded by the ticket if there is one before the type.
    pub title: String,
}

const KNOWN: [&str; 57] = [
    "feat",
    "feature",
    "features",
    "add",
    "added",
    "new",
    "enhancement",
    "enhance",
    "improve",
    "improvement",
    "fix",
    "fixed",
    "fixes",
    "bugfix",
    "bug",
    "hotfix",
    "perf",
    "performance",
    "refactor",
    "docs",
    "doc",
    "documentation",
    "test",
    "tests",
    "testing",
    "build",
    "ci",
    "chore",
    "style",
    "revert",
    "deps",
    "dep",
    "dependencies",
    "security",
    "sec",
    "deprecate",
    "deprecated",
    "remove",
    "removed",
    "change",
    "changed",
    "i18n",
    "l10n",
    "locale",
    "release",
    "wip",
    "ops",
    "infra",
    "db",
    "migration",
    "config",
    "update",
    "ui",
    "ux",
    "a11y",
    "types",
    "workflow",
];

const CHINESE: [(&str, &str); 32] = [
    ("新增", "feat"),
    ("功能", "feat"),
    ("新功能", "feat"),
    ("特性", "feat"),
    ("添加", "feat"),
    ("增加", "feat"),
    ("修复", "fix"),
    ("修復", "fix"),
    ("修正", "fix"),
    ("修改", "change"),
    ("优化", "perf"),
    ("優化", "perf"),
    ("性能", "perf"),
    ("效能", "perf"),
    ("重构", "refactor"),
    ("重構", "refactor"),
    ("文档", "docs"),
    ("文檔", "docs"),
    ("文件", "docs"),
    ("测试", "test"),
    ("測試", "test"),
    ("构建", "build"),
    ("建置", "build"),
    ("样式", "style"),
    ("樣式", "style"),
    ("格式", "style"),
    ("杂项", "chore"),
    ("雜項", "chore"),
    ("回滚", "revert"),
    ("還原", "revert"),
    ("安全", "security"),
    ("移除", "remove"),
];

/// Parses a subject as a header; `None` if it is not conventional. `types` are the configured ones, in addition to the
/// built-in ones.
pub(super) fn header(subject: &str, types: &[String]) -> Option<Header> {
    // The strict parser is slow to fail: call it only if the type is known.
    let may_be_strict = known_type(strict_type(subject), types).is_some();
    if let Some(strict) = may_be_strict.then(|| git_conventional::Commit::parse(subject).ok()).flatten() {
        let kind = strict.type_().as_str();
        let scope =
            strict.scope().map(|scope| scope.as_str().trim().to_owned()).filter(|scope| !scope.is_empty());
        if let Some(kind) = known_type(kind, types) {
            let title = strict.description().trim().to_owned();
            return Some(Header { kind, scope, breaking: strict.breaking(), title });
        }
    }
    let (ticket, rest) = strip_decorations(subject);
    let mut header = bracketed(rest, types).or_else(|| lenient(rest, types))?;
    if let Some(ticket) = ticket {
        header.title = format!("{ticket} {}", header.title);
    }
    Some(header)
}

/// The type of a change that consists of some commits, each with its type if it has one, and says none itself: it is as
/// important as they are. An unimportant type counts only if all have one.
pub fn main_type<'k>(kinds: impl Iterator<Item = Option<&'k str>> + Clone) -> Option<&'k str> {
    const BY_IMPORTANCE: [&[&str]; 3] =
        [&["feat", "feature"], &["fix", "bugfix", "hotfix", "security"], &["perf"]];
    let known = || kinds.clone().flatten();
    let mut important = BY_IMPORTANCE.iter().filter_map(|these| known().find(|kind| these.contains(kind)));
    important.next().or_else(|| known().next().filter(|_| kinds.clone().all(|kind| kind.is_some())))
}

/// The part of a subject that is the type in the strict form.
fn strict_type(subject: &str) -> &str {
    let end = subject.find(|c: char| matches!(c, '(' | ')' | ':' | '!') || c.is_whitespace());
    end.and_then(|end| subject.get(..end)).unwrap_or(subject)
}

/// The type in lower case; `None` if it is neither built in nor one of `types`.
fn known_type(kind: &str, types: &[String]) -> Option<String> {
    let is_own = |lower: &str| types.iter().any(|known| known.eq_ignore_ascii_case(lower));
    if kind.is_ascii() {
        // Most first words are not types: reject them without allocating.
        let fits = |known: &str| known.len() == kind.len() && known.eq_ignore_ascii_case(kind);
        let is_known = KNOWN.iter().copied().any(fits) || is_own(kind);
        return is_known.then(|| kind.to_ascii_lowercase());
    }
    if let Some((_, english)) = CHINESE.iter().find(|(chinese, _)| *chinese == kind) {
        return Some((*english).to_owned());
    }
    let lower = kind.to_lowercase();
    (KNOWN.contains(&lower.as_str()) || is_own(&lower)).then_some(lower)
}

/// Strips emoji, `:sparkles:` and one ticket from the start; returns the ticket and the rest.
fn strip_decorations(subject: &str) -> (Option<&str>, &str) {
    let (mut ticket, mut rest) = (None, subject.trim());
    loop {
        let before = rest;
        rest = rest.trim_start_matches(|c: char| {
            c == '\u{fe0f}' || c == '\u{200d}' || (!c.is_ascii() && c.is_emoji_char())
        });
        if let Some((code, after)) = rest.strip_prefix(':').and_then(|open| open.split_once(':')) {
            let is_code =
                !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c));
            rest = if is_code { after } else { rest };
        }
        if let Some((found, after)) = leading_ticket(rest).filter(|_| ticket.is_none()) {
            (ticket, rest) = (Some(found), after);
        }
        rest = rest.trim_start();
        if rest.len() == before.len() {
            return (ticket, rest);
        }
    }
}

/// Splits `[JIRA-1]`, `(JIRA-1)`, `JIRA-1:` or `JIRA-1 ` from the start.
fn leading_ticket(text: &str) -> Option<(&str, &str)> {
    let close = match text.chars().next()? {
        '[' => Some(']'),
        '(' => Some(')'),
        _ => None,
    };
    let (inner, end) = match close {
        Some(close) => text.get(1..)?.split_once(close).map(|(inner, _)| (inner, inner.len() + 2))?,
        None => {
            let end = text.find([':', ' '])?;
            (text.get(..end)?, end)
        }
    };
    let (project, number) = inner.split_once('-')?;
    let is_ticket = project.len() > 1
        && project.starts_with(|c: char| c.is_ascii_uppercase())
        && project.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit());
    let after = text.get(end..)?;
    is_ticket.then(|| (text.get(..end).unwrap_or(inner), after.trim_start_matches([':', '：', ' ', '-'])))
}

/// Parses `[feat] add x`, `【修复】x`, `[feat(api)]: x`.
fn bracketed(text: &str, types: &[String]) -> Option<Header> {
    let (open, close) = if text.starts_with('[') { ('[', ']') } else { ('【', '】') };
    let (inner, after) = text.strip_prefix(open)?.split_once(close)?;
    let title = after.trim_start().trim_start_matches([':', '：']).trim();
    let (kind, rest) = word(inner.trim());
    let (scope, rest) = scope(rest.trim_start())?;
    let rest = rest.trim();
    let breaking = matches!(rest, "!" | "！");
    if title.is_empty() || !(rest.is_empty() || breaking) {
        return None;
    }
    Some(Header { kind: known_type(kind, types)?, scope, breaking, title: title.to_owned() })
}

fn lenient(text: &str, types: &[String]) -> Option<Header> {
    let (kind, rest) = word(text);
    let kind = known_type(kind, types)?;
    let (scope, rest) = scope(rest.trim_start())?;
    let rest = rest.trim_start();
    let bang = rest.strip_prefix(['!', '！']);
    let title = bang.unwrap_or(rest).trim_start().strip_prefix([':', '：'])?.trim();
    (!title.is_empty()).then(|| Header { kind, scope, breaking: bang.is_some(), title: title.to_owned() })
}

fn word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Splits a scope in parentheses (also nested or full-width) from the start; `None` if a parenthesis is not closed.
fn scope(text: &str) -> Option<(Option<String>, &str)> {
    if !text.starts_with(['(', '（']) {
        return Some((None, text));
    }
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            let inner = text.get(..at)?.chars().skip(1).collect::<String>();
            let inner = inner.trim();
            let rest = text.get(at + c.len_utf8()..)?;
            return Some(((!inner.is_empty()).then(|| inner.to_owned()), rest));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(subject: &str) -> Option<(String, Option<String>, bool, String)> {
        header(subject, &[]).map(|header| (header.kind, header.scope, header.breaking, header.title))
    }

    fn is(subject: &str, kind: &str, scope: Option<&str>, breaking: bool, title: &str) {
        let expected = (kind.to_owned(), scope.map(str::to_owned), breaking, title.to_owned());
        assert_eq!(parse(subject), Some(expected), "{subject}");
    }

    #[test]
    fn headers_that_strict_parsers_reject_are_parsed() {
        is("feat: x", "feat", None, false, "x");
        is("feat(api)!: x", "feat", Some("api"), true, "x");
        is("feat:  two spaces", "feat", None, false, "two spaces");
        is("feat:no space", "feat", None, false, "no space");
        is("Feat: upper", "feat", None, false, "upper");
        is("FIX(API): upper", "fix", Some("API"), false, "upper");
        is("feat(): empty", "feat", None, false, "empty");
        is("feat(a(b)): nested", "feat", Some("a(b)"), false, "nested");
        is("fix: close ( the gap", "fix", None, false, "close ( the gap");
        is("feat (api) : spaces", "feat", Some("api"), false, "spaces");
        is("feat：全角", "feat", None, false, "全角");
        is("feat（介面）！：全形", "feat", Some("介面"), true, "全形");
        is("✨ feat: emoji", "feat", None, false, "emoji");
        is(":sparkles: feat: code", "feat", None, false, "code");
        is("[JIRA-1] feat: x", "feat", None, false, "[JIRA-1] x");
        is("JIRA-12: fix(ui): x", "fix", Some("ui"), false, "JIRA-12 x");
        is("[feat] add x", "feat", None, false, "add x");
        is("【修复】登录失败", "fix", None, false, "登录失败");
        is("新增：匯出功能", "feat", None, false, "匯出功能");
        is("修復(api): 逾時", "fix", Some("api"), false, "逾時");
    }

    #[test]
    fn plain_subjects_are_not_headers() {
        for subject in [
            "Note: this",
            "http://example.com",
            "diff: fix a leak",
            "src/foo.c: fix bug",
            "Merge x: y",
            "feat",
            "feat:",
            "feat(api: x",
            "add a thing: now",
            "Error: cannot open",
            "",
            "[draft] x",
            "12:30 lunch",
        ] {
            assert_eq!(parse(subject), None, "{subject}");
        }
        assert!(header("diff: x", &["diff".to_owned()]).is_some(), "a configured type");
    }
}
