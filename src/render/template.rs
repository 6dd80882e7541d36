//! Renders built-in and custom templates.
//!
//! Every value that a template prints is escaped for the format unless it is marked `safe`.

use std::io;

use serde_json::{Value, json};
use tera::{Context, EscapeFn, Tera, TeraResult};

use crate::model::Notes;

use super::{
    Error, Format, LinkRule, Options, escape, filters,
    format::Markup,
    frame::{self, Frame},
    json,
    limits::BoundedOutput,
    names, sample,
    style::Style,
    template_source::Template,
    view_context::ViewContext,
};

/// Writes the notes with the format's built-in template, one release at a time.
pub(super) fn built_in(notes: &Notes, options: &Options, out: &mut dyn io::Write) -> Result<(), Error> {
    let (name, source) = source(options.format);
    let tera = engine([(name, source)], options.format.markup(), &options.links)
        .map_err(|error| Error::template(name, &error, &[(name, source)]))?;
    let mut shared = Context::new();
    share(&mut shared, options);
    let count = notes.releases.len();
    for (number, release) in notes.releases.iter().enumerate() {
        let frame = Frame::new(release, notes, options, (number == 0, number + 1 == count));
        let mut context = Context::from_serialize(&frame)
            .map_err(|error| Error::template(name, &error, &[(name, source)]))?;
        context.extend(shared.clone());
        let text =
            tera.render(name, &context).map_err(|error| Error::template(name, &error, &[(name, source)]))?;
        if number > 0 && options.format != Format::Html {
            out.write_all(b"\n")?;
        }
        out.write_all(text.trim_matches('\n').as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

const MAX_TEMPLATE_BYTES: usize = 1 << 20;
const MAX_INCLUDES: usize = 100;

/// Renders the notes with a custom template, within its limits.
pub(super) fn custom(
    template: &Template,
    include: &[Template],
    notes: &Notes,
    options: &Options,
) -> Result<String, Error> {
    let refuse = |it: &Template, message: String| Err(Error::TemplateSet { name: it.name.clone(), message });
    if include.len() > MAX_INCLUDES {
        return refuse(template, format!("more than {MAX_INCLUDES} templates to include"));
    }
    let mut all: Vec<_> = include.iter().chain([template]).collect();
    if let Some(large) = all.iter().find(|it| it.source.len() > MAX_TEMPLATE_BYTES) {
        return refuse(large, "the template is larger than 1 MiB".to_owned());
    }
    let all: Vec<Template> = all.drain(..).cloned().collect();
    let (name, markup, links) = (template.name.clone(), options.format.markup(), options.links.clone());
    // The sample has all fields, so that their names are known.
    let sample_options = Options { hidden_attention: Vec::new(), ..options.clone() };
    let sample = self::context(&sample::comparison(), &sample_options);
    let context = self::context(notes, options);
    options.limits.run(&template.name, move |output| {
        render_custom(&name, &all, (markup, &links), (&sample, context), output)
    })
}

/// The part of [`custom`] that runs in another thread.
fn render_custom(
    name: &str,
    all: &[Template],
    (markup, links): (Markup, &[LinkRule]),
    (sample, context): (&Value, Value),
    mut output: BoundedOutput,
) -> Result<String, Error> {
    let all: Vec<_> = all.iter().map(|it| (it.name.as_str(), it.source.as_str())).collect();
    let fail = |error: tera::Error| Error::template(name, &error, &all);
    let tera = engine(all.iter().copied(), markup, links).map_err(fail)?;
    // The notes may lack optional fields, such as a pull request, so names are checked against the sample.
    names::check(&tera, name, &all, sample)?;
    let context = Context::from_serialize(&context).map_err(fail)?;
    tera.render_to(name, &context, &mut output).map_err(fail)?;
    Ok(String::from_utf8_lossy(&output.text).into_owned())
}

pub(super) fn context(notes: &Notes, options: &Options) -> Value {
    let style = Style::new(options, &notes.repository);
    let view = json::view(
        notes,
        ViewContext {
            locale: &options.locale,
            style: Some(&style),
            commits: true,
            rollback: false,
            reasons: true,
            only_section: false,
        },
    );
    // The views only contain strings, numbers and booleans, so serialization cannot fail.
    let mut context = serde_json::to_value(&view).unwrap_or_default();
    if let Value::Object(map) = &mut context {
        map.insert("first".into(), true.into());
        map.insert("last".into(), true.into());
        map.insert("title".into(), frame::title(notes, options).into());
        map.insert("packages".into(), frame::of_several_packages(notes).into());
        map.insert("t".into(), json!(options.locale.strings()));
        map.insert("options".into(), option_values(options));
    }
    context
}

fn share(context: &mut Context, options: &Options) {
    context.insert("t", options.locale.strings());
    context.insert("options", &option_values(options));
}

fn option_values(options: &Options) -> Value {
    let level = usize::from(options.heading_level.clamp(1, 5));
    json!({
        "format": options.format.name(),
        "locale": options.locale.name(),
        "heading": "#".repeat(level),
        "subheading": "#".repeat(level + 1),
        "group_heading": "#".repeat((level + 2).min(6)),
        "detail": options.detail,
        "components_as": options.component_display,
        "contributors": options.contributors,
        "authors": options.authors,
        "hashes": options.hashes,
        "width": options.width,
        "today": options.today.map(|day| day.to_string()),
    })
}

pub(super) fn engine<'a>(
    templates: impl IntoIterator<Item = (&'a str, &'a str)>,
    markup: Markup,
    links: &[LinkRule],
) -> TeraResult<Tera> {
    let mut tera = Tera::new();
    // Every name ends with the empty suffix, so this applies to all templates.
    tera.autoescape_on([""]);
    tera.set_escape_fn(escape_fn(markup));
    filters::register(&mut tera, markup, links);
    tera.add_raw_templates(templates)?;
    Ok(tera)
}

/// The engine takes a function pointer, not a closure, so there is one function for each markup.
fn escape_fn(markup: Markup) -> EscapeFn {
    fn write(text: &str, markup: Markup, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(escape::line(text, &[], markup).as_bytes())
    }
    match markup {
        Markup::Markdown => |text, out| write(text, Markup::Markdown, out),
        Markup::Html => |text, out| write(text, Markup::Html, out),
        Markup::Slack => |text, out| write(text, Markup::Slack, out),
        Markup::Rpm => |text, out| write(text, Markup::Rpm, out),
        Markup::Plain => |text, out| write(text, Markup::Plain, out),
    }
}

pub(super) const fn source(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::Markdown | Format::Json | Format::Slack | Format::Terminal => {
            ("markdown.tera", include_str!("../../templates/markdown.tera"))
        }
        Format::Release => ("release.tera", include_str!("../../templates/release.tera")),
        Format::KeepAChangelog => {
            ("keepachangelog.tera", include_str!("../../templates/keepachangelog.tera"))
        }
        Format::Text => ("text.tera", include_str!("../../templates/text.tera")),
        Format::Html => ("html.tera", include_str!("../../templates/html.tera")),
        Format::Debian => ("debian.tera", include_str!("../../templates/debian.tera")),
        Format::Rpm => ("rpm.tera", include_str!("../../templates/rpm.tera")),
    }
}
