//! Renders pages of several templates: HTML with the escaping of the notes.
//!
//! A page is a template with a context of the caller. Every value is escaped for HTML unless it is marked `safe`; the
//! filter `text` escapes without turning backticks into code, for attributes and XML, and `source` escapes HTML itself.

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, Value};

use super::{Error, Options, escape, format::Markup, template};

/// The name and the source of a template.
pub type PageTemplate = (&'static str, &'static str);

/// A set of page templates, which can include and extend one another.
pub struct Pages {
    tera: Tera,
    templates: Vec<PageTemplate>,
    /// The strings of the locale, which every page gets as `t`.
    shared: Context,
}

impl Pages {
    /// Parses the templates. The link rules and the locale are those of the options.
    ///
    /// # Errors
    /// If a template cannot be parsed.
    pub fn new(templates: &[PageTemplate], options: &Options) -> Result<Self, Error> {
        let fail = |error: tera::Error| Error::template("page", &error, templates);
        let mut tera = template::engine([], Markup::Html, &options.links).map_err(fail)?;
        tera.register_filter("text", |text: &str, _: Kwargs, _: &State| {
            let mut out = String::with_capacity(text.len());
            escape::push_text(&mut out, escape::clean(text).trim(), Markup::Html, false);
            Value::safe_string(&out)
        });
        tera.register_filter("source", |text: &str, _: Kwargs, _: &State| {
            let mut out = String::with_capacity(text.len());
            escape::push_text(&mut out, text, Markup::Html, false);
            Value::safe_string(&out)
        });
        tera.add_raw_templates(templates.iter().copied()).map_err(fail)?;
        let mut shared = Context::new();
        shared.insert("t", options.locale.strings());
        Ok(Self { tera, templates: templates.to_vec(), shared })
    }

    /// Renders one template.
    ///
    /// # Errors
    /// If the template uses a name that the context lacks.
    pub fn render(&self, name: &str, context: &impl Serialize) -> Result<String, Error> {
        let fail = |error: tera::Error| Error::template(name, &error, &self.templates);
        let mut values = Context::from_serialize(context).map_err(fail)?;
        values.extend(self.shared.clone());
        self.tera.render(name, &values).map_err(fail)
    }
}
