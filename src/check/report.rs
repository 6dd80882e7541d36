//! Formats findings as text, JSON or workflow commands.

use std::fmt::Write as _;

use serde_json::json;

use crate::{render, ui::clean};

use super::finding::{Finding, Level};

/// The output format of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Human-readable lines.
    #[default]
    Text,
    /// JSON.
    Json,
    /// GitHub Actions workflow commands, which annotate the run.
    Github,
}

/// Formats the findings. `colour` applies to [`Format::Text`] only.
#[must_use]
pub fn write(findings: &[Finding], format: Format, colour: bool) -> String {
    match format {
        Format::Json => {
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
        Format::Github => findings.iter().map(annotation).collect(),
        Format::Text => findings.iter().map(|finding| plain(finding, colour)).collect(),
    }
}

fn plain(finding: &Finding, colour: bool) -> String {
    let (mark, code) = match finding.level {
        Level::Ok => ("✓", "32"),
        Level::Allowed => ("~", "36"),
        Level::Warning => ("!", "33"),
        Level::Error => ("✗", "31"),
    };
    let mark = if colour { format!("\u{1b}[{code}m{mark}\u{1b}[0m") } else { mark.to_owned() };
    let mut text = format!("{mark} {}: {}\n", clean(&finding.title()), clean(&finding.message));
    if !finding.fix.is_empty() && finding.level != Level::Ok {
        let _ = writeln!(text, "    {}", clean(&finding.fix));
    }
    text
}

/// A GitHub Actions workflow command; empty for a check that passed.
fn annotation(finding: &Finding) -> String {
    let level = match finding.level {
        Level::Ok => return String::new(),
        Level::Allowed => "notice",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    // Logs are shown both on a web page and in terminals, so control characters are escaped too.
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
    fn message_cannot_inject_a_workflow_command() {
        let finding = Finding::error("subject", "a\n::set-output name=x::y\r100%".to_owned(), String::new());
        let text = write(&[finding], Format::Github, false);
        assert_eq!(text, "::error title=tidings subject::a%0A::set-output name=x::y\\u{d}100%25\n");
    }
}
