//! The forms that findings are written in.

use std::fmt::Write as _;

use serde_json::json;

use crate::{render, ui::clean};

use super::finding::{Finding, Level};

/// The form that findings are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// JSON.
    Json,
    /// Workflow commands of GitHub Actions, which annotate the run.
    Github,
}

/// The findings in a form, with colours where people read them.
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
        let text = write(&[finding], Format::Github, false);
        assert_eq!(text, "::error title=tidings subject::a%0A::set-output name=x::y\\u{d}100%25\n");
    }
}
