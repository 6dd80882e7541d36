//! Findings, and the forms they are told in.

use std::fmt::Write as _;

use serde_json::json;

use crate::{render, ui::clean};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// All is in order.
    Right,
    /// Against the rules, but let pass by name.
    Allowed,
    /// Worth a look.
    Warning,
    /// The check says no.
    Error,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Right => "ok",
            Self::Allowed => "allowed",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// The package that it is about, in a repository of several.
    pub(super) package: Option<String>,
    /// By which `--allow` lets it pass.
    pub(super) name: &'static str,
    /// How much it matters.
    pub(super) level: Level,
    /// What was found.
    pub(super) message: String,
    /// What to do; empty where nothing is to be done.
    pub(super) fix: String,
}

impl Finding {
    pub(super) fn right(name: &'static str, message: String) -> Self {
        Self { package: None, name, level: Level::Right, message, fix: String::new() }
    }

    /// The name, with the package where there are several.
    fn title(&self) -> String {
        self.package
            .as_ref()
            .map_or_else(|| self.name.to_owned(), |package| format!("{} ({package})", self.name))
    }

    pub(super) fn warning(name: &'static str, message: String, fix: String) -> Self {
        Self { package: None, name, level: Level::Warning, message, fix }
    }

    pub(super) fn error(name: &'static str, message: String, fix: String) -> Self {
        Self { package: None, name, level: Level::Error, message, fix }
    }
}

/// The findings in a form: `json`, `github` (workflow annotations), or for people.
pub(super) fn write(findings: &[Finding], format: &str, colour: bool) -> String {
    match format {
        "json" => {
            let ok = !findings.iter().any(|finding| finding.level == Level::Error);
            let findings: Vec<_> = findings
                .iter()
                .map(|finding| {
                    json!({ "name": finding.name, "level": finding.level.name(), "message": finding.message,
                        "fix": (!finding.fix.is_empty()).then_some(&finding.fix), "package": finding.package })
                })
                .collect();
            render::pretty(&json!({ "ok": ok, "findings": findings }))
        }
        "github" => findings.iter().map(annotation).collect(),
        _ => findings.iter().map(|finding| plain(finding, colour)).collect(),
    }
}

fn plain(finding: &Finding, colour: bool) -> String {
    let (mark, code) = match finding.level {
        Level::Right => ("✓", "32"),
        Level::Allowed => ("~", "36"),
        Level::Warning => ("!", "33"),
        Level::Error => ("✗", "31"),
    };
    let mark = if colour { format!("\u{1b}[{code}m{mark}\u{1b}[0m") } else { mark.to_owned() };
    let mut text = format!("{mark} {}: {}\n", clean(&finding.title()), clean(&finding.message));
    if !finding.fix.is_empty() && finding.level != Level::Right {
        let _ = writeln!(text, "    {}", clean(&finding.fix));
    }
    text
}

/// A workflow command of GitHub Actions. What is in order needs none.
fn annotation(finding: &Finding) -> String {
    let level = match finding.level {
        Level::Right => return String::new(),
        Level::Allowed => "notice",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    // The log of a run is read on a page and in a terminal.
    let data = |text: &str| clean(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let text = match finding.fix.as_str() {
        "" => finding.message.clone(),
        fix => format!("{}\n{fix}", finding.message),
    };
    let title = finding.title().replace([':', ','], " ");
    format!("::{level} title=tidings {}::{}\n", data(&title), data(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitfall_30_a_message_cannot_give_a_workflow_command() {
        let finding = Finding::error("subject", "a\n::set-output name=x::y\r100%".to_owned(), String::new());
        let text = write(&[finding], "github", false);
        assert_eq!(text, "::error title=tidings subject::a%0A::set-output name=x::y\\u{d}100%25\n");
    }
}
