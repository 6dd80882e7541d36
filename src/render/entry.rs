//! Renders a change as an entry of a list.

use crate::{
    forge::Links,
    model::{Change, ComponentDisplay, ForgeKind, PullRequest},
};

use super::{
    below::{self, Below},
    escape,
    format::Markup,
    own_text,
    style::Style,
};

/// The entry without a bullet: `**scope:** title ([#12](url))`, then what stands below it. Lines after the first are
/// not indented.
pub(super) fn entry(change: &Change, style: &Style<'_>) -> String {
    let mut out = head(change, style);
    for below in below::below(change, style) {
        let (text, is_line) = match below {
            Below::Line(text) => (text, true),
            Below::Note(text) => (text, false),
        };
        let is_tight = match style.markup {
            Markup::Html => true,
            Markup::Markdown => false,
            Markup::Slack | Markup::Rpm | Markup::Plain => is_line,
        };
        out.push_str(if is_tight { "\n" } else { "\n\n" });
        out.push_str(&text);
    }
    out
}

/// The first line of an entry.
pub(super) fn head(change: &Change, style: &Style<'_>) -> String {
    let mut out = String::with_capacity(change.title.len() + 64);
    if let Some(mark) = mark(change, style) {
        out.push_str(&mark);
        out.push(' ');
    }
    let scope = change.scope.as_deref().filter(|scope| !scope.is_empty() && !change.scope_repeats_section);
    if let Some(scope) = scope {
        push_strong(&mut out, scope, style);
        out.push(' ');
    }
    let at_start = out.is_empty();
    if change.fragment.is_some() {
        own_text::push_title(&mut out, &change.title, style, at_start);
    } else {
        escape::push_line(&mut out, &change.title, &style.options.links, style.markup, at_start);
    }
    push_references(&mut out, change, style);
    push_also_in(&mut out, change, style);
    push_authors(&mut out, change, style);
    out
}

/// The mark with the components, as in `[web, api]`; `None` if the scope or the heading of a group names the only one.
pub(super) fn mark(change: &Change, style: &Style<'_>) -> Option<String> {
    let is_named = match (change.components.as_slice(), style.options.component_display) {
        ([], _) | (_, ComponentDisplay::None) => true,
        ([only], ComponentDisplay::Mark) => {
            change.scope.as_deref().is_some_and(|scope| scope.to_lowercase() == only.to_lowercase())
        }
        ([_], ComponentDisplay::Group) => true,
        (_, ComponentDisplay::Mark | ComponentDisplay::Group) => false,
    };
    if is_named {
        return None;
    }
    let text = format!("[{}]", change.components.join(", "));
    let text = escape::line(&text, &[], style.markup);
    Some(match style.markup {
        Markup::Html => format!("<span class=\"component\">{text}</span>"),
        Markup::Markdown | Markup::Slack | Markup::Rpm | Markup::Plain => text,
    })
}

fn push_strong(out: &mut String, scope: &str, style: &Style<'_>) {
    let (open, close) = match style.markup {
        Markup::Markdown => ("**", ":**"),
        Markup::Html => ("<strong>", ":</strong>"),
        Markup::Slack => ("*", ":*"),
        Markup::Rpm | Markup::Plain => ("", ":"),
    };
    out.push_str(open);
    let scope = escape::clean(scope);
    let scope = scope.trim();
    if style.markup == Markup::Markdown && scope.contains('@') {
        // A scope may be a package name such as `@scope/pkg`, which a forge would read as a mention.
        escape::push_line(out, scope, &[], style.markup, false);
    } else {
        escape::push_text(out, scope, style.markup, false);
    }
    out.push_str(close);
}

fn push_references(out: &mut String, change: &Change, style: &Style<'_>) {
    let commit = change.commits.first().filter(|_| style.options.hashes && change.pull_request.is_none());
    let is_bare = change.pull_request.is_none() && change.other_references.is_empty();
    if is_bare && change.issues.is_empty() && commit.is_none() {
        return;
    }
    out.push_str(" (");
    let mut first = true;
    let mut separate = |out: &mut String| {
        if !std::mem::take(&mut first) {
            out.push_str(", ");
        }
    };
    if let Some(pull_request) = &change.pull_request {
        separate(out);
        push_reference(out, &number(pull_request.number, style), pull_request.url.as_deref(), style);
    }
    for other in &change.other_references {
        let url = change.pull_request.as_ref().and_then(|it| sibling_url(it, *other));
        separate(out);
        push_reference(out, &number(*other, style), url.as_deref(), style);
    }
    for issue in &change.issues {
        let page = || Links::new(style.repository)?.issue(issue.number, issue.repository.as_deref());
        let url = issue.url.clone().or_else(page);
        let text = format!("{}#{}", issue.repository.as_deref().unwrap_or_default(), issue.number);
        separate(out);
        push_reference(out, &text, url.as_deref(), style);
    }
    if let Some(commit) = commit {
        let url = Links::new(style.repository).map(|links| links.commit(*commit));
        separate(out);
        push_reference(out, &commit.short(), url.as_deref(), style);
    }
    out.push(')');
}

fn push_reference(out: &mut String, text: &str, url: Option<&str>, style: &Style<'_>) {
    match url {
        Some(url) => escape::push_link(out, text, url, style.markup),
        None => escape::push_text(out, text, style.markup, false),
    }
}

/// `!12` on GitLab, `#12` on other forges.
fn number(number: u64, style: &Style<'_>) -> String {
    format!("{}{number}", style.repository.forge.map_or('#', ForgeKind::pull_request_sign))
}

/// The URL of another pull request, derived from the URL of this one.
fn sibling_url(pull_request: &PullRequest, number: u64) -> Option<String> {
    let stem = pull_request.url.as_deref()?.strip_suffix(&pull_request.number.to_string())?;
    stem.ends_with('/').then(|| format!("{stem}{number}"))
}

fn push_also_in(out: &mut String, change: &Change, style: &Style<'_>) {
    if change.also_in.is_empty() {
        return;
    }
    let versions: Vec<String> = change.also_in.iter().map(ToString::to_string).collect();
    let text = style.options.locale.text("also_in").replace("{versions}", &versions.join(", "));
    out.push_str(" (");
    escape::push_line(out, &text, &[], style.markup, false);
    out.push(')');
}

fn push_authors(out: &mut String, change: &Change, style: &Style<'_>) {
    if !style.options.authors {
        return;
    }
    let names: Vec<_> =
        change.authors.iter().map(|person| person.name.as_str()).filter(|name| !name.is_empty()).collect();
    if !names.is_empty() {
        let by = style.options.locale.text("by").replace("{names}", &names.join(", "));
        out.push(' ');
        escape::push_line(out, &by, &[], style.markup, false);
    }
}
