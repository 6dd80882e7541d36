//! Finds undefined names in a template before it is rendered.
//!
//! The engine fails if an undefined value is printed, but treats it as false in a condition, so `{% if release.verson
//! %}` would silently skip its content. The check compares names, not types: a field that exists anywhere is accepted
//! on any value.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use serde_json::Value;
use tera::Tera;

use super::Error;

#[expect(clippy::expect_used, reason = "the patterns are fixed, and a test reads them")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a fixed pattern")
}

static RAW: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?s)\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}|\{#.*?#\}"));
static TAG: LazyLock<Regex> = LazyLock::new(|| regex(r"(?s)\{[%{].*?[%}]\}"));
static STRING: LazyLock<Regex> = LazyLock::new(|| regex(r#"(?s)"[^"]*"|'[^']*'|`[^`]*`"#));
static BOUND: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\{%-?\s*(?:set|set_global)\s+(\w+)|\bfor\s+(\w+)(?:\s*,\s*(\w+))?\s+in\b|\{%-?\s*component\s+(\w+)",
    )
});
static FIELD: LazyLock<Regex> = LazyLock::new(|| regex(r"\.\s*([A-Za-z_]\w*)"));

/// The loop variable and its fields.
const LOOP: [&str; 6] = ["loop", "index", "index0", "first", "last", "length"];

/// Returns an error if a template uses an undefined name. `sources` are all templates by name, `main` is the one to
/// render, `context` is a context with all fields.
pub(super) fn check(tera: &Tera, main: &str, sources: &[(&str, &str)], context: &Value) -> Result<(), Error> {
    let templates: Vec<ParsedTemplate> =
        sources.iter().map(|(name, source)| ParsedTemplate::parse(name, source)).collect();
    let mut known: BTreeSet<&str> = LOOP.into();
    let fields = fields(context);
    known.extend(fields.iter().map(String::as_str));
    for template in &templates {
        // A string may be a key of a map that the template creates.
        known.extend(template.bound.iter().chain(&template.strings).map(String::as_str));
    }
    let variables = tera.get_template_variables(main).unwrap_or_default();
    let top: BTreeSet<&str> =
        context.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let bound = |name: &str| name == "loop" || templates.iter().any(|it| it.bound.contains(name));
    let free = variables.into_iter().filter(|name| !top.contains(name) && !bound(name));
    let free: BTreeSet<&str> = free.collect();
    for template in &templates {
        let missing = template.variable(&free).into_iter().chain(template.field(&known)).min();
        if let Some((at, name)) = missing {
            return Err(template.error(at, name));
        }
    }
    Ok(())
}

/// All keys at any depth.
fn fields(value: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                all.extend(map.keys().cloned());
                open.extend(map.values());
            }
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
    all
}

struct ParsedTemplate<'a> {
    name: &'a str,
    source: &'a str,
    /// The source with everything outside of tags and all strings replaced by spaces; byte offsets are the same.
    code: String,
    /// The names that the template defines.
    bound: BTreeSet<String>,
    /// The string literals in its tags.
    strings: BTreeSet<String>,
}

impl<'a> ParsedTemplate<'a> {
    fn parse(name: &'a str, source: &'a str) -> Self {
        let source_code = blanked(source, &RAW);
        let mut code = String::with_capacity(source.len());
        let mut end = 0;
        for tag in TAG.find_iter(&source_code) {
            code.push_str(&" ".repeat(tag.start() - end));
            code.push_str(tag.as_str());
            end = tag.end();
        }
        let content = |literal: regex::Match<'_>| literal.as_str().trim_matches(['"', '\'', '`']).to_owned();
        let strings = STRING.find_iter(&code).map(content).collect();
        let code = blanked(&code, &STRING);
        let bound = BOUND.captures_iter(&code).flat_map(|captures| {
            captures.iter().skip(1).flatten().map(|name| name.as_str().to_owned()).collect::<Vec<_>>()
        });
        Self { name, source, bound: bound.collect(), strings, code: code.clone() }
    }

    /// The first use of one of these variables, with its offset. A variable tested with `is defined` may be missing.
    fn variable<'n>(&self, free: &BTreeSet<&'n str>) -> Option<(usize, &'n str)> {
        let first = |name: &&'n str| {
            let test = Regex::new(&format!(r"\b{name}\s+is\s+(?:not\s+)?(?:un)?defined\b")).ok()?;
            let usage = Regex::new(&format!(r"(?:^|[^\w.])({name})\b")).ok()?;
            let at = usage.captures(&self.code)?.get(1)?.start();
            (!test.is_match(&self.code)).then_some((at, *name))
        };
        free.iter().filter_map(first).min()
    }

    /// The first unknown field, with its offset.
    fn field(&self, known: &BTreeSet<&str>) -> Option<(usize, &str)> {
        // In `...name`, which spreads a list, `name` is not a field.
        let is_field = |captures: &regex::Captures<'_>| {
            let start = captures.get(0).map_or(0, |whole| whole.start());
            !self.code.get(..start).is_some_and(|before| before.ends_with('.'))
        };
        let fields = FIELD.captures_iter(&self.code).filter(is_field).filter_map(|captures| captures.get(1));
        fields.map(|field| (field.start(), field.as_str())).find(|(_, name)| !known.contains(name))
    }

    fn error(&self, at: usize, name: &str) -> Error {
        let before = self.source.get(..at).unwrap_or("");
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let line = before.matches('\n').count() + 1;
        let message = format!("`{name}` is not defined");
        Error::Template { name: self.name.to_owned(), line, column, message }
    }
}

/// Replaces each match with spaces; byte offsets are the same.
fn blanked(text: &str, pattern: &Regex) -> String {
    pattern.replace_all(text, |captures: &regex::Captures<'_>| " ".repeat(captures[0].len())).into_owned()
}

#[cfg(test)]
mod tests {
    use crate::render::{self, Format, Options};

    fn error_of(source: &str) -> Option<String> {
        let template = render::Template { name: "my.tera".into(), source: source.into() };
        render::check(&template, &[], &Options::default()).err().map(|error| error.to_string())
    }

    #[test]
    fn undefined_name_reports_its_location() {
        let assert_undefined = |source: &str, location: &str, name: &str| {
            assert_eq!(
                error_of(source).unwrap(),
                format!("my.tera:{location}: `{name}` is not defined"),
                "{source}"
            );
        };
        assert_undefined("a\n {% if missing %}x{% endif %}", "2:8", "missing");
        assert_undefined(
            "{% for release in releases %}\n題 {% if release.verson %}x{% endif %}{% endfor %}",
            "2:17",
            "verson",
        );
        assert_undefined("{{ missing or 'x' }}", "1:4", "missing");
        assert_undefined("{% set a = 1 %}{% if a and b %}{% endif %}", "1:28", "b");
        assert_undefined(
            "{% for r in releases %}{{ r.base?.verison or 'x' }}{% endfor %}",
            "1:35",
            "verison",
        );
    }

    #[test]
    fn defined_names_are_accepted() {
        for source in [
            "{# missing.thing #}{% raw %}{% if missing %}{% endraw %} missing.too",
            "{% set a = 1 %}{% if a %}{% endif %}",
            "{% for r in releases %}{% for s in r.sections %}{{ loop.index }}{{ s.title }}{% endfor %}{% endfor %}",
            "{% if missing is defined %}{{ missing }}{% endif %}",
            "{% set m = {\"mine\": 1} %}{{ m.mine }}",
            "{% if t.no_changes and options.format == 'a.b' %}{% endif %}",
            "{% for r in releases %}{% if r.base and r.base.tag %}{{ 1.5 }}{% endif %}{% endfor %}",
            "{{ [x.title for x in releases[0].sections] | length }}",
        ] {
            assert_eq!(error_of(source), None, "{source}");
        }
    }

    #[test]
    fn built_in_templates_are_accepted() {
        for format in Format::ALL.iter().copied() {
            let (_, source) = render::template::source(format);
            assert_eq!(error_of(source), None, "{}", format.name());
        }
    }
}
