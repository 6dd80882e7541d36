//! Names that a template uses and nothing defines.
//!
//! The engine fails where an undefined value is printed, but takes it for false in a condition, so that
//! `{% if release.verson %}` would leave out what it guards without a word. This looks for such names before anything is
//! rendered. It reads words, not types: a field that something has may be asked of anything.

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
static TEXT: LazyLock<Regex> = LazyLock::new(|| regex(r#"(?s)"[^"]*"|'[^']*'|`[^`]*`"#));
static BOUND: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\{%-?\s*(?:set|set_global)\s+(\w+)|\bfor\s+(\w+)(?:\s*,\s*(\w+))?\s+in\b|\{%-?\s*component\s+(\w+)",
    )
});
static FIELD: LazyLock<Regex> = LazyLock::new(|| regex(r"\.\s*([A-Za-z_]\w*)"));

/// What a loop knows of itself.
const LOOP: [&str; 6] = ["loop", "index", "index0", "first", "last", "length"];

/// Refuses a template that uses a name that nothing defines. `sources` are all templates by name, `main` that which is
/// rendered; `context` is what it gets, with every field there can be.
pub(super) fn check(tera: &Tera, main: &str, sources: &[(&str, &str)], context: &Value) -> Result<(), Error> {
    let templates: Vec<Template> =
        sources.iter().map(|(name, source)| Template::read(name, source)).collect();
    let mut known: BTreeSet<&str> = LOOP.into();
    let fields = fields(context);
    known.extend(fields.iter().map(String::as_str));
    for template in &templates {
        // A text may be the key of a map that the template makes.
        known.extend(template.bound.iter().chain(&template.texts).map(String::as_str));
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

/// Every field at any depth.
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

struct Template<'a> {
    name: &'a str,
    source: &'a str,
    /// The source with nothing but the code of its tags: everything else is blank, each byte in its place.
    code: String,
    /// The names that it gives values itself.
    bound: BTreeSet<String>,
    /// The texts in its tags.
    texts: BTreeSet<String>,
}

impl<'a> Template<'a> {
    fn read(name: &'a str, source: &'a str) -> Self {
        let source_code = blanked(source, &RAW);
        let mut code = String::with_capacity(source.len());
        let mut end = 0;
        for tag in TAG.find_iter(&source_code) {
            code.push_str(&" ".repeat(tag.start() - end));
            code.push_str(tag.as_str());
            end = tag.end();
        }
        let text = |found: regex::Match<'_>| found.as_str().trim_matches(['"', '\'', '`']).to_owned();
        let texts = TEXT.find_iter(&code).map(text).collect();
        let code = blanked(&code, &TEXT);
        let bound = BOUND.captures_iter(&code).flat_map(|found| {
            found.iter().skip(1).flatten().map(|name| name.as_str().to_owned()).collect::<Vec<_>>()
        });
        Self { name, source, bound: bound.collect(), texts, code: code.clone() }
    }

    /// The first of these variables, and where it is. One that is asked whether it is defined may be missing.
    fn variable<'n>(&self, free: &BTreeSet<&'n str>) -> Option<(usize, &'n str)> {
        let first = |name: &&'n str| {
            let asked = Regex::new(&format!(r"\b{name}\s+is\s+(?:not\s+)?(?:un)?defined\b")).ok()?;
            let used = Regex::new(&format!(r"(?:^|[^\w.])({name})\b")).ok()?;
            let at = used.captures(&self.code)?.get(1)?.start();
            (!asked.is_match(&self.code)).then_some((at, *name))
        };
        free.iter().filter_map(first).min()
    }

    /// The first field that nothing has, and where it is.
    fn field(&self, known: &BTreeSet<&str>) -> Option<(usize, &str)> {
        // `...name` spreads a list; it asks for no field.
        let is_field = |found: &regex::Captures<'_>| {
            let start = found.get(0).map_or(0, |whole| whole.start());
            !self.code.get(..start).is_some_and(|before| before.ends_with('.'))
        };
        let fields = FIELD.captures_iter(&self.code).filter(is_field).filter_map(|found| found.get(1));
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

/// The text with what matches as spaces, each byte in its place.
fn blanked(text: &str, pattern: &Regex) -> String {
    pattern.replace_all(text, |found: &regex::Captures<'_>| " ".repeat(found[0].len())).into_owned()
}

#[cfg(test)]
mod tests {
    use crate::render::{self, Format, Options};

    fn told(source: &str) -> Option<String> {
        let template = render::Template { name: "my.tera".into(), source: source.into() };
        render::check(&template, &[], &Options::default()).err().map(|error| error.to_string())
    }

    #[test]
    fn a_name_that_nothing_defines_is_told_with_its_place() {
        let is = |source: &str, place: &str, name: &str| {
            assert_eq!(
                told(source).unwrap(),
                format!("my.tera:{place}: `{name}` is not defined"),
                "{source}"
            );
        };
        is("a\n {% if missing %}x{% endif %}", "2:8", "missing");
        is(
            "{% for release in releases %}\n題 {% if release.verson %}x{% endif %}{% endfor %}",
            "2:17",
            "verson",
        );
        is("{{ missing or 'x' }}", "1:4", "missing");
        is("{% set a = 1 %}{% if a and b %}{% endif %}", "1:28", "b");
        is("{% for r in releases %}{{ r.base?.verison or 'x' }}{% endfor %}", "1:35", "verison");
    }

    #[test]
    fn what_is_defined_passes() {
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
            assert_eq!(told(source), None, "{source}");
        }
    }

    #[test]
    fn the_built_in_templates_pass() {
        for format in Format::ALL.iter().copied() {
            let (_, source) = render::template::source(format);
            assert_eq!(told(source), None, "{}", format.name());
        }
    }
}
