//! Renders text that the project's own people write in Markdown for their readers: the summary of a version, and
//! fragments.
//!
//! Paragraphs, lists, code, code blocks, emphasis and links are kept, and a heading becomes bold, so that it is no
//! section of the notes. Everything else is shown as written, like the texts of commits: HTML, images and mentions have
//! no effect.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use crate::model::Release;

use super::{escape, format::Markup, inline::LinkRule, note, style::Style};

/// Strong (groups 1 and 2) and other emphasis (groups 3 and 4).
static EMPHASIS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let inner = |mark: &str| format!(r"([^{mark}`\s](?:[^{mark}`]*[^{mark}`\s])?)");
    let (star, line) = (inner(r"\*"), inner("_"));
    Regex::new(&format!(r"\*\*{star}\*\*|__{line}__|\*{star}\*|_{line}_")).ok()
});

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
pub(super) fn summary(release: &Release, style: &Style<'_>) -> Option<String> {
    let summary = release.summary.as_deref()?;
    Some(paragraphs(summary, style)).filter(|text| !text.is_empty())
}

/// Paragraphs, lists and code blocks in the markup, not indented.
pub(super) fn paragraphs(text: &str, style: &Style<'_>) -> String {
    let (rules, markup) = (rules(style), style.markup);
    let push_line = |out: &mut String, line: &str, at_start: bool| match line.trim_start_matches('#') {
        rest if rest.starts_with(' ') && rest.len() < line.len() => {
            push_marked(out, rest.trim_end_matches('#').trim(), &rules, markup, Mark::Strong);
        }
        _ => push_parts(out, line.trim(), &rules, markup, at_start),
    };
    note::rendered(text, &push_line, markup, note::Language::Kept)
}

/// Appends the title of an entry.
pub(super) fn push_title(out: &mut String, title: &str, style: &Style<'_>, at_start: bool) {
    push_parts(out, &escape::clean(title), &rules(style), style.markup, at_start);
}

/// The links of people's own texts come before those of the configuration.
fn rules(style: &Style<'_>) -> Vec<LinkRule> {
    LINKS.iter().chain(&style.options.links).cloned().collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Strong,
    Emphasis,
}

/// Appends a line with its emphasis.
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
    let links: Vec<_> =
        LINKS.iter().flat_map(|link| link.pattern.find_iter(line)).map(|it| it.range()).collect();
    let (mut from, mut at_start) = (0, at_start);
    for found in EMPHASIS.iter().flat_map(|emphasis| emphasis.captures_iter(line)) {
        let Some((whole, inner, mark)) = part(&found) else { continue };
        if !is_emphasis(line, &whole, &links) {
            continue;
        }
        let before = line.get(from..whole.start).unwrap_or_default();
        escape::push_inline(out, before, rules, markup, at_start);
        push_marked(out, inner, rules, markup, mark);
        (from, at_start) = (whole.end, false);
    }
    escape::push_inline(out, line.get(from..).unwrap_or_default(), rules, markup, at_start);
}

/// The range, the text and the kind of an emphasis.
fn part<'t>(found: &regex::Captures<'t>) -> Option<(Range<usize>, &'t str, Mark)> {
    let group = |at| found.get(at).map(|inner| inner.as_str());
    let (inner, mark) = match (group(1).or_else(|| group(2)), group(3).or_else(|| group(4))) {
        (Some(inner), _) => (inner, Mark::Strong),
        (None, inner) => (inner?, Mark::Emphasis),
    };
    Some((found.get(0)?.range(), inner, mark))
}

/// Whether the marks are those of an emphasis: in no code, in no link, and not inside a word such as `a_b_c`.
fn is_emphasis(line: &str, whole: &Range<usize>, links: &[Range<usize>]) -> bool {
    let (before, after) =
        (line.get(..whole.start).unwrap_or_default(), line.get(whole.end..).unwrap_or_default());
    // Between an odd number of backticks it is code.
    let in_code = before.matches('`').count() % 2 == 1;
    let in_link = links
        .iter()
        .any(|link| link.contains(&whole.start) || link.start < whole.end && whole.end < link.end);
    let in_word = before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
    let is_strong = line.get(whole.clone()).is_some_and(|text| text.starts_with("**"));
    !in_code && !in_link && (is_strong || !in_word)
}

fn push_marked(out: &mut String, text: &str, rules: &[LinkRule], markup: Markup, mark: Mark) {
    let (open, close) = match (markup, mark) {
        (Markup::Markdown, Mark::Strong) => ("**", "**"),
        (Markup::Markdown, Mark::Emphasis) => ("*", "*"),
        (Markup::Html, Mark::Strong) => ("<strong>", "</strong>"),
        (Markup::Html, Mark::Emphasis) => ("<em>", "</em>"),
        (Markup::Slack, Mark::Strong) => ("*", "*"),
        (Markup::Slack, Mark::Emphasis) => ("_", "_"),
        (Markup::Rpm | Markup::Plain, _) => ("", ""),
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
        super::summary(&release, &Style::new(&options, &repository)).unwrap_or_default()
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
            "See <https://a.example/b|https://a.example/b>. _x_ *y*"
        );
        assert_eq!(rendered("**a** [b](https://c.example)", Format::Text), "a b (https://c.example)");
    }

    #[test]
    fn emphasis_is_kept_outside_words_code_and_links() {
        let markdown = |text| rendered(text, Format::Markdown);
        assert_eq!(markdown("_a b_, *c* and __d__ (_e_)"), "*a b*, *c* and **d** (*e*)");
        assert_eq!(markdown("a_b_c and 2*3*4"), "a_b_c and 2\\*3\\*4");
        assert_eq!(markdown("`_a_` [x](https://a.example/_b_)"), "`_a_` [x](https://a.example/_b_)");
        assert_eq!(markdown("_[x](https://a.example)_"), "*[x](https://a.example)*");
        assert_eq!(rendered("_a_", Format::Html), "<p><em>a</em></p>");
        assert_eq!(rendered("_a_ __b__", Format::Text), "a b");
    }

    #[test]
    fn language_of_a_code_block_is_kept_if_it_is_a_word() {
        assert_eq!(rendered("```c++ title=x\na\n```", Format::Markdown), "```c++\na\n```");
        assert_eq!(rendered("```<b>\na\n```", Format::Markdown), "```\na\n```");
        assert_eq!(rendered("```c\na\n```\nb", Format::Html), "<pre>a\n</pre><p>b</p>");
    }

    proptest! {
        #[test]
        fn summary_has_no_heading_html_or_image(summary in "([-`~#>*_|<a! \\n=1.\\[\\]()@]{0,4}(\\*\\*|_|```|https://a|- |\\n)?){0,12}") {
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
