//! Renders what stands below an entry: the reason, what the change affects, and the breaking note.

use crate::model::{Change, ComponentDisplay, Detail};

use super::{escape, format::Markup, note, own_text, reason, style::Style};

/// A paragraph below an entry, in the markup and not indented.
pub(super) enum Below {
    /// The reason or what is affected: one line, or a paragraph of HTML.
    Line(String),
    /// The breaking note, of several lines.
    Note(String),
}

/// What stands below an entry, in order.
pub(super) fn below(change: &Change, style: &Style<'_>) -> Vec<Below> {
    let detail = style.options.detail;
    let mut below = Vec::new();
    if change.fragment.is_some()
        && let Some(text) = change.description.as_deref().map(|text| own_text::paragraphs(text, style))
        && !text.is_empty()
    {
        below.push(Below::Note(text));
    }
    if detail >= Detail::Why
        && let Some(reason) = reason::of_change(change)
    {
        below.push(Below::Line(paragraph(&reason, "reason", style)));
    }
    if detail >= Detail::Full
        && let Some(affects) = affects(change, style)
    {
        below.push(Below::Line(paragraph(&affects, "affects", style)));
    }
    if change.breaking
        && let Some(text) = &change.breaking_note
    {
        let note = note::below(text, change, style);
        if !note.is_empty() {
            below.push(Below::Note(note));
        }
    }
    below
}

fn paragraph(text: &str, class: &str, style: &Style<'_>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    if style.markup == Markup::Html {
        out.extend(["<p class=\"", class, "\">"]);
    }
    escape::push_line(&mut out, text, &style.options.links, style.markup, true);
    if style.markup == Markup::Html {
        out.push_str("</p>");
    }
    out
}

/// How many areas are named.
const NAMED: usize = 3;

/// The line with the components, else the areas, unless the entry or its heading names them.
fn affects(change: &Change, style: &Style<'_>) -> Option<String> {
    let locale = &style.options.locale;
    let names: Vec<&str> = if change.components.is_empty() {
        change.areas.iter().map(|area| area_name(area, style)).collect()
    } else if style.options.component_display == ComponentDisplay::None {
        change.components.iter().map(String::as_str).collect()
    } else {
        return None;
    };
    // "and 1 more" would take the space of the name.
    let shown = if names.len() > NAMED + 1 { NAMED } else { names.len() };
    let (first, others) = names.split_at_checked(shown).filter(|(first, _)| !first.is_empty())?;
    let mut list = first.join(locale.text("list_comma"));
    if !others.is_empty() {
        let count = others.len().to_string();
        list = locale.text("areas_more").replace("{count}", &count).replace("{areas}", &list);
    }
    Some(locale.text("affects").replace("{areas}", &list))
}

/// An area as readers call it: those without code of the product have names in every language.
fn area_name<'a>(area: &'a str, style: &'a Style<'_>) -> &'a str {
    let key = match area {
        "docs" => "area_docs",
        "tests" => "area_tests",
        "ci" => "area_ci",
        area => return area,
    };
    style.options.locale.text(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::RepositoryInfo,
        render::{Format, Locale, Options, entry},
    };

    fn rendered(change: &Change, format: Format, set: impl FnOnce(&mut Options)) -> String {
        let mut options = Options { detail: Detail::Full, hashes: false, ..Options::new(format) };
        set(&mut options);
        entry::entry(change, &Style::new(&options, &RepositoryInfo::default()))
    }

    fn change() -> Change {
        Change {
            title: "drop <v1>".into(),
            description: Some("The old one is slow, and @ann still calls it.".into()),
            breaking: true,
            breaking_note: Some("Use v2.".into()),
            areas: ["web", "docs"].map(String::from).into(),
            ..Change::default()
        }
    }

    #[test]
    fn reason_and_areas_are_below_the_title_and_before_the_breaking_note() {
        let mut change = change();
        change.description = Some("@bob still calls _it_ in <T> | # 5".into());
        assert_eq!(
            rendered(&change, Format::Markdown, |_| {}),
            "drop \\<v1>\n\n`@bob` still calls it in \\<T> \\| # 5\n\nAffects: web, documentation\n\nUse v2."
        );
        assert_eq!(
            rendered(&change, Format::Html, |_| {}),
            "drop &lt;v1&gt;\n<p class=\"reason\">@bob still calls it in &lt;T&gt; | # 5</p>\n\
             <p class=\"affects\">Affects: web, documentation</p>\n<p>Use v2.</p>"
        );
        let chinese = |options: &mut Options| options.locale = Locale::named("zh-TW").unwrap();
        assert_eq!(
            rendered(&change, Format::Text, chinese),
            "drop <v1>\n@bob still calls it in <T> | # 5\n影響範圍：web、文件\n\nUse v2."
        );
    }

    #[test]
    fn detail_decides_what_is_shown() {
        let change = change();
        let lines = |detail| rendered(&change, Format::Text, |it| it.detail = detail).lines().count();
        assert_eq!([Detail::Titles, Detail::Why, Detail::Full].map(lines), [3, 4, 5]);
    }

    #[test]
    fn components_take_the_place_of_areas() {
        let mut change = Change { title: "x".into(), ..Change::default() };
        change.areas = ["a", "b", "c", "d", "e"].map(String::from).into();
        assert_eq!(rendered(&change, Format::Text, |_| {}), "x\nAffects: a, b, c and 2 more");
        change.components = vec!["shop".into()];
        assert_eq!(rendered(&change, Format::Text, |_| {}), "[shop] x");
        let hidden = |options: &mut Options| options.component_display = ComponentDisplay::None;
        assert_eq!(rendered(&change, Format::Text, hidden), "x\nAffects: shop");
        change.scope = Some("Shop".into());
        assert_eq!(rendered(&change, Format::Text, |_| {}), "Shop: x", "the scope names the component");
        change.components.push("api".into());
        assert_eq!(rendered(&change, Format::Markdown, |_| {}), "\\[shop, api\\] **Shop:** x");
        assert_eq!(
            rendered(&change, Format::Html, |_| {}),
            "<span class=\"component\">[shop, api]</span> <strong>Shop:</strong> x"
        );
    }
}
