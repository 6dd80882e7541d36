//! Recognises lines and sentences that are not prose about a change: references, footers, templates, text of bots.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

/// Starts of texts that a tool wrote: nothing below them is a reason.
static TOOLS: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"^Bumps? (the )?[\[`@\w].*( from | with \d+ updates?| to )",
        r"^Updates? (the requirements on |`?[\[`@\w./-]+`? (requirement )?from )",
        r"^(This (PR|MR) contains|Contains) the following updates",
        r"^(Dependabot|Renovate|Mend Renovate|Snyk|pre-commit\.ci|Greenkeeper)\b",
        r"^(?i)(automatically |auto-?)(generated|created|merged|submitted) ",
        r"^(?i)this (pr|pull request|commit|change) (was|has been|is) (automatically |auto-?)",
        r"^(?i)(🤖 )?generated (with|by) ",
        r"^Squashed commit of the following:",
        r"^# Conflicts:|^Conflicts:",
        r"^New (Crowdin|translations) ",
        r"^git-subtree-(dir|mainline|split): ",
        r"^(Updated by .* hook|Currently translated at|Translation: |Translated using Weblate|Add files via upload|Created using |Update translations)",
    ])
    .ok()
});

/// Lines that git, a forge or a tool adds.
static LINES: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"^[A-Z][A-Za-z0-9]*(-[A-Za-z0-9]+)+: ?\S",
        r"^(?i)(signed|reviewed|acked|co-authored|tested|reported|suggested|helped)[- ]by\b",
        r"^\(cherry[- ]picked from |^\(backported from ",
        r"^(?i)cc:? @",
        r"^/(kind|cc|assign|lgtm|approve|area|sig|priority|hold|milestone|retest|test|label|type)\b",
        r"^(?i)(ref|refs|references|issue|issues|bug|bugs|link|links|ticket|jira|url|see|see also|pr|source|docs?|original (pr|commit)|pr[- ]url|fixes|closes|resolves|relates?|related( to)?|depends on|part of|test plan|tested|testing|reviewers?|author|date|merge[sd]?|commit|change type|type|scope|breaking|release note|changelog|關聯|关联|相關|相关|測試|测试)( ?#?\d+)?\s?[:：]",
        r"^(?i)This reverts commit [0-9a-f]{7,40}\W*$",
        r"^(?i)\[(x| )\] ",
        r"^\[[^\[\]]*\]$|^\*[^*]+\*$",
        r"^<[^<>]*>$",
        r"^@\S+$",
        r"^[A-Za-z_][\w-]*=\S+$",
    ])
    .ok()
});

/// Sentences of templates, and sentences that people write instead of a reason.
static SENTENCES: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"^(?i)(please|thank you|thanks|thx)\b",
        r"^(?i)(describe|explain|provide|include|insert|add a|write|enter|list|mention|replace this|fill in|remove this|delete this|check all|put an|tick|select)\b.*\b(here|below|your|you|this (pr|pull request|section|text)|apply|applies|issue number|boxes?)\b",
        r"^(?i)(what|why|how|which|does|did|is|are|have) .*(\bthis (pr|pull request|change|patch)\b|\byou\b).*\?",
        r"^(?i)by (submitting|opening|creating|contributing)\b",
        r"^(?i)i (have|agree|confirm|certify|hereby|acknowledge|understand) ",
        r"^(?i)(n/?a|none|nil|todo|tbd|tba|wip|no(thing)?|nope|yes|self[- ]explanatory|trivial|minor|ditto|same)\W*$",
        r"^(?i)(_?no response_?|as (title|titled|above|described|discussed|per title)|see (the )?(title|above|below|commits?|commit messages?|description|issue|details|discussion|linked issue|changelog)( messages?)?|title says it all)\W*$",
        r"^(如题|如題|同标题|同標題|见标题|見標題|无|無|略|同上|暂无|暫無)\W*$",
        r"^(?i)(this (pr|mr|commit|patch|change)|it|and|which|that) (also )?(fix(es)?|clos(es|e)|resolv(es|e)|address(es)?|supersedes?|reverts?) ",
        r"^(?i)(this )?revert(s|ing|ed)? (\S+/\S+)?(#\d+|commit|\W?[0-9a-f]{7,40}\b)",
        r"^(?i)(follow[- ]?up|stacked|based|rebased|builds?) (to|of|on|from|after) ",
        r"^(?i)(backport|cherry[- ]?pick|port|forward[- ]?port)(ed|s|ing)?( of| from| to|:| #)",
        r"^(?i)(see|refer to|more (info|details)|details|discussion|discussed|reported|suggested|requested|noticed|found|spotted|inspired|credit|based on|taken from|similar to|related|from|via|ref|in) [^.]*(#\d+|https?://\S+|\S+@\S+)\W*$",
        r"^(?i)(ran|run|running|tested|verified|checked) (with|using|on|by|that|via|locally|manually|`|the tests?|all|cargo|npm|yarn|make)\b",
        // What only makes sense beside other commits, or is said by one person to others.
        r"(?i)\b(previous|prior|preceding|next|subsequent|following|later|earlier|last|future|follow[- ]?up|upcoming|parent) (few )?(commit|patch|pr|change|cl|diff)(e?s)?\b",
        r"(?i)\b(this|the|patch|the rest of the) (patch )?series\b",
        r"\bI('m|'ll|'ve|'d)?\b[^/.+]|\b([Mm]y|IMO|IMHO|FWIW|AFAIK|AFAICT|TODO|FIXME|WIP)\b",
        r"^(?i)as (was )?(suggested|requested|reported|discussed|noted|pointed out|proposed|recommended|mentioned|described|per|said|seen) (by|in|on|at|above|there)\b",
        r"^(?i)(this is )?based on .*(comment|suggestion|feedback|discussion|work)",
        r"^\(.*\)\.?$|^(…|\.\.\.)|\[#\d+\]|:\s*https?://\S+\W*$",
        r"^(error|fatal|warning|panic|panicked|exception|traceback|Error|Exception|Traceback)\b.*:",
        // Fragments, commands, and remarks that only point elsewhere.
        r"^[,;:)\].，；：、]|^(and|or|while (at it|here))\b|^\S+( [\w./-]+){0,3} --?\w\S*$",
        r"^(?i)(see|refer to|read|check|originally|initially|first) .*(https?://\S+|by @\S+)",
        r"(?i)\b(of|from|in|at|here|with|to):? https?://\S+\W*$|\b(found|posted|reported|described|discussed|explained|shown|listed) (over )?here\W*$",
        r"^(?i)(no idea|not sure|oops|whoops|sorry|forgot|hopefully|maybe)\b|(?i)\blet (me|us) know\b|\bplease\b|\bwhat do you think\b",
        r"^【(修改人|作者|提交人|提交者|负责人|評審人?|评审人?|日期|时间|時間|单号|單號)】",
        r"^(?i)(no functional changes?|nfc|no (user[- ]facing|behaviou?r(al)?) changes?( intended)?)\W*$",
        r"^(?i)(prompt|co-?authored|assisted|created|made|written) (with|by)\b.*(claude|copilot|codex|gpt|gemini|cursor|llm|ai)\b",
    ])
    .ok()
});

/// Words that go with a reference.
const AROUND: [&str; 62] = [
    "fix",
    "fixes",
    "fixed",
    "fixing",
    "close",
    "closes",
    "closed",
    "closing",
    "resolve",
    "resolves",
    "resolved",
    "see",
    "ref",
    "refs",
    "reference",
    "references",
    "related",
    "relates",
    "to",
    "issue",
    "issues",
    "part",
    "of",
    "pr",
    "prs",
    "for",
    "and",
    "also",
    "follow",
    "up",
    "followup",
    "from",
    "in",
    "bug",
    "bugs",
    "ticket",
    "address",
    "addresses",
    "commit",
    "commits",
    "link",
    "links",
    "cc",
    "via",
    "original",
    "tracking",
    "upstream",
    "depends",
    "on",
    "re",
    "the",
    "this",
    "is",
    "a",
    "implements",
    "supersedes",
    "more",
    "info",
    "discussion",
    "jira",
    "by",
    "at",
];

fn is_one_of(set: &LazyLock<Option<RegexSet>>, text: &str) -> bool {
    set.as_ref().is_some_and(|set| set.is_match(text))
}

/// Whether a tool wrote this line and what is below it.
pub(super) fn starts_text_of_tool(line: &str) -> bool {
    is_one_of(&TOOLS, line)
}

/// Whether a line of a paragraph is not part of its prose.
pub(super) fn is_line(line: &str) -> bool {
    is_one_of(&LINES, line)
}

/// Whether a sentence, without markup, says nothing about the change itself.
pub(super) fn is_sentence(sentence: &str) -> bool {
    is_one_of(&SENTENCES, sentence) || is_line(sentence) || is_only_references(sentence)
}

/// Whether a text has no words besides references, URLs and the words around them.
fn is_only_references(text: &str) -> bool {
    static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)https?://\S+|[\w./-]*#\d+|![0-9]+|\bGH-\d+|\b[A-Z][A-Z0-9]+-\d+\b|\b[0-9a-f]{7,40}\b|@[\w/-]+").ok()
    });
    let Some(reference) = REFERENCE.as_ref() else { return false };
    let rest = reference.replace_all(text, " ").to_lowercase();
    let words = rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| !word.chars().all(|c| c.is_ascii_digit())).all(|word| AROUND.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_footers_and_templates_are_noise() {
        for text in [
            "Fixes #12",
            "Closes: o/r#12, #13.",
            "Part of https://github.com/o/r/issues/1",
            "See #1 and GH-2",
            "JIRA-123",
            "Signed-off-by: A <a@b>",
            "Change-Id: I12ab",
            "(cherry picked from commit abc)",
            "cc @a @b",
            "/kind bug",
            "[ Ann + Bob ]",
            "*Ann Smith*",
            "Please describe your change here.",
            "What does this PR do?",
            "N/A",
            "None.",
            "如题",
            "As titled.",
            "This reverts commit abcdef0.",
            "This PR fixes #12.",
            "Thanks to @ann for the report!",
            "By submitting this pull request, I confirm that you can use it.",
            "Backport of #12",
            "Tested locally with curl.",
            "Similar to the previous commit, rename the key.",
            "I'm not sure about putting this here.",
            "As suggested by @ann.",
            "(It had been removed before.)",
            "In [#1] the key was renamed.",
            "Example: https://x.org/a",
            "error: cannot lock ref: x",
            "and replace the rest.",
            ", in the pack file.",
            "mvn clean package -Pit-test",
            "This is a part of https://x.org/a",
            "An example can be found here.",
            "No idea how that went away",
            "【修改人】彦林",
            "… and replace the rest.",
        ] {
            assert!(is_sentence(text), "{text}");
        }
        for text in [
            "The list was empty in #12.",
            "Fixes the order of keys, which was random.",
            "Checks were slow.",
            "The I/O of the next step was slow.",
            "None of the users noticed.",
            "查詢太慢。",
            "Because the bug #1 hides it",
            "Android phones have no such key.",
            "git outputs a question with --quiet set.",
            "Cookies: they expire too early",
        ] {
            assert!(!is_sentence(text), "{text}");
        }
    }

    #[test]
    fn text_of_tools_is_recognised() {
        for text in [
            "Bumps [lodash](https://x) from 1 to 2.",
            "Bumps the all group with 3 updates:",
            "Updates the requirements on [x](y) to permit the latest version.",
            "This PR contains the following updates:",
            "🤖 Generated with [Claude Code](https://claude.ai/code)",
            "# Conflicts:",
        ] {
            assert!(starts_text_of_tool(text), "{text}");
        }
        assert!(!starts_text_of_tool("Bumps in the road made it slow."));
        assert!(!starts_text_of_tool("Updates were lost when two clients wrote."));
    }
}
