//! Lints one message.

use regex::Regex;

use crate::rules;

use super::{
    finding::{Finding, Level},
    header::Header,
    options::{Forbidden, Options, SubjectCase},
    subject::{Parts, canonical, parse},
};

/// The rules that a message breaks, those of the subject first. `subject` is the first line as written, `body`
/// everything below it, and `header` the parsed subject if it is conventional.
#[must_use]
pub fn lint(subject: &str, body: &str, header: Option<&Header>, options: &Options) -> Vec<Finding> {
    if subject.trim().is_empty() {
        return vec![Finding::error(
            "subject-empty",
            "the message has no subject",
            "describe the change in one line",
        )];
    }
    if let Some(findings) = lint_generated(subject, options) {
        return findings;
    }
    let parts = parse(subject);
    let mut findings = Vec::new();
    match parts {
        Some(parts) => lint_header(&parts, options, &mut findings),
        None if options.conventional => findings.push(not_conventional(subject, header, options)),
        None => {}
    }
    let title = parts.filter(|_| options.conventional).map_or(subject.trim(), |parts| parts.title);
    lint_title(subject, title, options, &mut findings);
    lint_body(body, options, &mut findings);
    lint_text(subject, body, options, &mut findings);
    findings
}

/// Lints a message that git generated: at most one finding, and no other rule applies. `None` for any other message.
fn lint_generated(subject: &str, options: &Options) -> Option<Vec<Finding>> {
    if ["fixup! ", "squash! ", "amend! "].iter().any(|prefix| subject.starts_with(prefix)) {
        let fix = "squash it into its target commit (git rebase --autosquash)";
        let finding = Finding::error("fixup", "this is a fixup commit", fix);
        return Some(if options.allow_fixup { Vec::new() } else { vec![finding] });
    }
    let merges = [
        "Merge branch ",
        "Merge branches ",
        "Merge remote-tracking branch ",
        "Merge tag ",
        "Merge commit ",
        "Merge pull request ",
    ];
    if merges.iter().any(|prefix| subject.starts_with(prefix)) {
        let finding = Finding::error(
            "merge",
            "this is a merge commit",
            "rebase onto the other branch instead of merging it",
        );
        return Some(if options.allow_merge { Vec::new() } else { vec![finding] });
    }
    let revert = subject.starts_with("Revert \"") || subject.starts_with("Reapply \"");
    (revert && options.allow_revert).then(Vec::new)
}

fn lint_header(parts: &Parts<'_>, options: &Options, findings: &mut Vec<Finding>) {
    if !options.conventional {
        return;
    }
    let canonical = canonical(parts.kind, parts.scope, parts.breaking, parts.title);
    let write = format!("write `{canonical}`");
    if parts.kind.chars().any(char::is_uppercase) {
        findings.push(Finding::error(
            "type-case",
            format!("the type `{}` is not lower case", parts.kind),
            &write,
        ));
    }
    if !parts.tidy {
        let message = "the type is not followed by a colon and one space";
        // A full-width colon is parsed as a colon and needs no space after it, so it is only a warning.
        let finding = Finding::error("spacing", message, &write);
        let level = if parts.full_width { Level::Warning } else { Level::Error };
        findings.push(Finding { level, ..finding });
    }
    findings.extend(lint_type(&parts.kind.to_lowercase(), options));
    match parts.scope.map(str::trim) {
        Some("") => findings.push(Finding::error("scope-empty", "the scope is empty", &write)),
        Some(scope) => lint_scopes(scope, options, findings),
        None if options.require_scope => {
            let fix = format!("write `{}(scope): {}`", parts.kind.to_lowercase(), parts.title);
            findings.push(Finding::error("scope-required", "the scope is missing", fix));
        }
        None => {}
    }
    if parts.title.is_empty() {
        let fix = "describe the change after the colon";
        findings.push(Finding::error("description-empty", "the description is missing", fix));
    }
}

fn lint_type(kind: &str, options: &Options) -> Option<Finding> {
    match &options.types {
        Some(types) if types.iter().any(|it| it == kind) => None,
        Some(types) => {
            let fix = suggest(kind, types.iter().map(String::as_str))
                .unwrap_or_else(|| format!("use one of: {}", types.join(", ")));
            Some(Finding::error("type", format!("`{kind}` is not an allowed type"), fix))
        }
        None if rules::known_types().any(|it| it == kind) => None,
        None => {
            let fix = suggest(kind, rules::known_types())?;
            Some(Finding {
                level: Level::Warning,
                ..Finding::error("type", format!("`{kind}` is not a common type"), fix)
            })
        }
    }
}

fn lint_scopes(scope: &str, options: &Options, findings: &mut Vec<Finding>) {
    let Some(scopes) = &options.scopes else { return };
    let unknown = scope.split(',').map(str::trim).filter(|part| !scopes.iter().any(|it| it == part));
    for unknown in unknown {
        let fix = suggest(unknown, scopes.iter().map(String::as_str))
            .unwrap_or_else(|| format!("use one of: {}", scopes.join(", ")));
        findings.push(Finding::error("scope", format!("`{unknown}` is not an allowed scope"), fix));
    }
}

/// A hint with the most similar candidate, if it is similar enough for a typo.
fn suggest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let max = if word.chars().count() <= 4 { 1 } else { 2 };
    let (distance, nearest) = candidates.map(|it| (strsim::damerau_levenshtein(word, it), it)).min()?;
    (distance <= max).then(|| format!("did you mean `{nearest}`?"))
}

fn not_conventional(subject: &str, header: Option<&Header>, options: &Options) -> Finding {
    let fix = match header {
        Some(header) => {
            let line = canonical(&header.kind, header.scope.as_deref(), header.breaking, &header.title);
            format!("write `{line}`")
        }
        None => match guess(subject, options) {
            Some(line) => format!("write `type(scope): description`; did you mean `{line}`?"),
            None => "write `type(scope): description`, as in `fix(api): refuse empty names`".to_owned(),
        },
    };
    Finding::error("conventional", "the subject does not have the form `type(scope): description`", fix)
}

/// A conventional form of a subject without a colon (`feat add x`) or without a type (`Add x`).
fn guess(subject: &str, options: &Options) -> Option<String> {
    let subject = subject.trim();
    let (first, rest) = subject.split_once(' ')?;
    let first = first.to_lowercase();
    let usable = |kind: &str| options.types.as_ref().is_none_or(|types| types.iter().any(|it| it == kind));
    if ["feat", "docs", "perf", "refactor", "chore", "ci"].contains(&&*first) && usable(&first) {
        return Some(canonical(&first, None, false, rest));
    }
    let kind = match &*first {
        "add" | "adds" | "added" | "allow" | "implement" | "introduce" | "support" => "feat",
        "fix" | "fixes" | "fixed" | "correct" | "prevent" | "repair" | "resolve" => "fix",
        "document" => "docs",
        "clean" | "extract" | "move" | "refactor" | "rename" | "rewrite" | "simplify" => "refactor",
        "test" | "tests" => "test",
        "bump" | "update" | "upgrade" => "chore",
        _ => return None,
    };
    // The type replaces these verbs; the others stay in the description.
    let replaces_verb = matches!(&*first, "fix" | "fixes" | "fixed" | "test" | "tests" | "refactor");
    usable(kind).then(|| canonical(kind, None, false, if replaces_verb { rest } else { subject }))
}

fn lint_title(subject: &str, title: &str, options: &Options, findings: &mut Vec<Finding>) {
    let length = subject.trim_end().chars().count();
    if let Some(max) = options.subject_max.filter(|max| length > *max) {
        let message = format!("the subject has {length} characters, more than {max}");
        findings.push(Finding::error(
            "subject-length",
            message,
            "shorten the subject and move details to the body",
        ));
    }
    let ends = title.ends_with(['.', '。']) && !title.ends_with("..") && !title.ends_with("etc.");
    if options.no_trailing_period && ends {
        findings.push(Finding::error(
            "trailing-period",
            "the subject ends with a period",
            "remove the period",
        ));
    }
    findings.extend(options.subject_case.and_then(|case| lint_case(title, case)));
}

fn lint_case(title: &str, case: SubjectCase) -> Option<Finding> {
    let word = title.split_whitespace().next()?;
    let first = word.chars().next()?;
    let plain = word.chars().skip(1).all(|c| c.is_lowercase() || matches!(c, '-' | '\'' | ',' | ':'));
    let (wrong, name, right) = match case {
        SubjectCase::Lower => (first.is_uppercase(), "a lower-case", first.to_lowercase().to_string()),
        SubjectCase::Sentence => (first.is_lowercase(), "an upper-case", first.to_uppercase().to_string()),
    };
    (wrong && plain).then(|| {
        let rest = word.strip_prefix(first).unwrap_or_default();
        let message = format!("the description does not begin with {name} letter");
        Finding::error("subject-case", message, format!("begin with `{right}{rest}`"))
    })
}

fn lint_body(body: &str, options: &Options, findings: &mut Vec<Finding>) {
    if let Some(max) = options.body_line_max {
        let long = body.lines().enumerate().filter(|(_, line)| {
            let line = line.trim();
            line.contains(char::is_whitespace) && line.chars().count() > max
        });
        for (index, line) in long {
            let length = line.trim().chars().count();
            let message = format!("line {} of the body has {length} characters, more than {max}", index + 1);
            findings.push(Finding::error("body-line-length", message, "wrap the line"));
        }
    }
    for key in &options.require_trailers {
        if !has_trailer(body, key) {
            let message = format!("the trailer `{key}` is missing");
            findings.push(Finding::error(
                "trailer",
                message,
                format!("end the message with a line `{key}: …`"),
            ));
        }
    }
    if body.lines().any(is_lower_case_breaking_footer) {
        findings.push(Finding {
            level: Level::Warning,
            ..Finding::error(
                "breaking-footer",
                "a line starts with `breaking change:`, which is only recognized in upper case",
                "write `BREAKING CHANGE: …` if the change is breaking, otherwise reword the line",
            )
        });
    }
}

/// Trailers are in the last paragraph (git-interpret-trailers(1)).
fn has_trailer(body: &str, required: &str) -> bool {
    let lines = body.trim_end().lines().rev().take_while(|line| !line.trim().is_empty());
    lines
        .filter_map(|line| line.split_once(':'))
        .any(|(key, value)| key.trim_end().eq_ignore_ascii_case(required) && !value.trim().is_empty())
}

fn is_lower_case_breaking_footer(line: &str) -> bool {
    ["BREAKING CHANGE:", "BREAKING-CHANGE:"].iter().any(|footer| {
        let start = line.get(..footer.len());
        start.is_some_and(|start| start != *footer && start.eq_ignore_ascii_case(footer))
    })
}

fn lint_text(subject: &str, body: &str, options: &Options, findings: &mut Vec<Finding>) {
    let matches = |regex: &Regex| regex.is_match(subject) || regex.is_match(body);
    if let Some(ticket) = options.ticket.as_ref().filter(|ticket| !matches(ticket)) {
        let fix = format!("add a ticket reference that matches /{ticket}/");
        findings.push(Finding::error("ticket", "the message does not reference a ticket", fix));
    }
    for Forbidden { pattern, message } in options.forbidden.iter().filter(|it| matches(&it.pattern)) {
        let fix = format!("remove the text that matches /{pattern}/");
        findings.push(Finding::error("forbidden", message.clone(), fix));
    }
}
