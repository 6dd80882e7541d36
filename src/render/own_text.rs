//! Renders the summary of a version, which the project's own people write in Markdown.
//!
//! Paragraphs, lists, code, code blocks, bold text and links are kept, and a heading becomes bold, so that it is no
//! section of the notes. Everything else is shown as written, like the texts of commits: HTML, images and mentions have
//! no effect.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Release;

use super::{escape, format::Markup, inline::LinkRule, note, style::Style};

static BOLD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\*\*([^*`\s](?:[^*`]*[^*`\s])?)\*\*").ok());

/// Links as written in Markdown, and bare URLs.
static LINKS: LazyLock<Vec<LinkRule>> = LazyLock::new(|| {
    let rule = |pattern: &str, url: &str, text: &str| {
        let (url, text) = (url.to_owned(), Some(text.to_owned()));
        Regex::new(pattern).ok().map(|pattern| LinkRule { pattern, url, text })
    };
    let written = rule(r"\[([^\[\]]+)\]\((https?://[^\s()<>]+)\)", "$2", "$1");
    let bare = rule(r"<?(https?://[^\s()<>\[\]*`]*[^\s()<>\[\]*`.,;:!?])>?", "$1", "$1");
    written.into_iter().chain(bare).collect()
});

/// The summary in the markup, not indented; `None` if there is none.
pub(super) fn text(release: &Release, style: &Style<'_>) -> Option<String> {
    let summary = release.summary.as_deref()?;
    let rules: Vec<LinkRule> = LINKS.iter().chain(&style.options.links).cloned().collect();
    let markup = style.markup;
    let push_line = |out: &mut String, line: &str, at_start: bool| match line.trim_start_matches('#') {
        rest if rest.starts_with(' ') && rest.len() < line.len() => {
            push_bold(out, rest.trim_end_matches('#').trim(), &rules, markup);
        }
        _ => push_parts(out, line.trim(), &rules, markup, at_start),
    };
    Some(note::rendered(summary, &push_line, markup)).filter(|text| !text.is_empty())
}

/// Appends a line with its bold parts.
fn push_parts(out: &mut String, line: &str, rules: &[LinkRule], markup: Markup, at_start: bool) {
    let shown;
    let line = match (markup, LINKS.first()) {
        (Markup::Plain | Markup::Rpm, Some(link)) => {
            // Without links, readers need the address.
            shown = link.pattern.replace_all(line, "$1 ($2)");
            &*shown
        }
        _ => line,
    };
    let (mut from, mut at_start) = (0, at_start);
    for found in BOLD.iter().flat_map(|bold| bold.captures_iter(line)) {
        let (Some(whole), Some(inner)) = (found.get(0), found.get(1)) else { continue };
        let before = line.get(from..whole.start()).unwrap_or_default();
        // Between an odd number of backticks it is code.
        if line.get(..whole.start()).unwrap_or_default().matches('`').count() % 2 == 1 {
            continue;
        }
        escape::push_inline(out, before, rules, markup, at_start);
        push_bold(out, inner.as_str(), rules, markup);
        (from, at_start) = (whole.end(), false);
    }
    escape::push_inline(out, line.get(from..).unwrap_or_default(), rules, markup, at_start);
}

fn push_bold(out: &mut String, text: &str, rules: &[LinkRule], markup: Markup) {
    let (open, close) = match markup {
        Markup::Markdown => ("**", "**"),
        Markup::Html => ("<strong>", "</strong>"),
        Markup::Slack => ("*", "*"),
        Markup::Rpm | Markup::Plain => ("", ""),
    };
    out.push_str(open);
    escape::push_inline(out, text, rules, markup, false);
    out.push_str(close);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser, Tag};

    use super::*;
    use crate::{
        model::{ObjectId, RepositoryInfo},
        render::{Format, Options},
    };

    fn rendered(summary: &str, format: Format) -> String {
        let release = Release {
            summary: Some(summary.to_owned()),
            ..Release::new(None, ObjectId::from_bytes([1; 20]))
        };
        let (options, repository) = (Options::new(format), RepositoryInfo::default());
        text(&release, &Style::new(&options, &repository)).unwrap_or_default()
    }

    const SUMMARY: &str = "## Faster\n\nStarts in **half** the time, see [the guide](https://a.example/g_1).\n\n\
                           * `a**b**c` for @ann\n* <script>";

    #[test]
    fn lists_code_bold_text_and_links_are_kept() {
        assert_eq!(
            rendered(SUMMARY, Format::Markdown),
            "**Faster**\n\nStarts in **half** the time, see [the guide](https://a.example/g_1).\n\n\
             - `a**b**c` for `@ann`\n- \\<script>"
        );
        assert_eq!(
            rendered(SUMMARY, Format::Html),
            "<p><strong>Faster</strong></p><p>Starts in <strong>half</strong> the time, see \
             <a href=\"https://a.example/g_1\">the guide</a>.</p><ul><li><code>a**b**c</code> for @ann</li>\
             <li>&lt;script&gt;</li></ul>"
        );
        assert_eq!(
            rendered("See https://a.example/b. *x* **y**", Format::Slack),
            "See <https://a.example/b|https://a.example/b>. *x* *y*"
        );
        assert_eq!(rendered("**a** [b](https://c.example)", Format::Text), "a b (https://c.example)");
    }

    proptest! {
        #[test]
        fn summary_has_no_heading_html_or_image(summary in "([-`~#>*_|<a! \\n=1.\\[\\]()@]{0,4}(\\*\\*|```|https://a|- |\\n)?){0,12}") {
            let source = format!("{}\n\n### Next\n", rendered(&summary, Format::Markdown));
            let mut headings = 0;
            for event in Parser::new(&source) {
                match event {
                    Event::Start(Tag::Heading { .. }) => headings += 1,
                    Event::Html(_) | Event::InlineHtml(_) | Event::Rule
                    | Event::Start(Tag::HtmlBlock | Tag::Image { .. } | Tag::BlockQuote(_)) => {
                        prop_assert!(false, "{event:?} in {source:?}");
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(headings, 1, "{:?}", source);
        }
    }
}
