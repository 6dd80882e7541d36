//! Templates: the built-in ones and those of others.
//!
//! Every value that a template prints is escaped for the format unless it is marked `safe`, so that forgetting is harmless.

use std::io;

use serde_json::{Value, json};
use tera::{Context, EscapeFn, Tera, TeraResult};

use crate::model::Notes;

use super::{
    Error, Format, LinkRule, Options,
    bounds::Page,
    escape, filters,
    format::Markup,
    frame::{self, Frame},
    json::{self, Scene},
    names, sample,
    style::Style,
    template_source::Template,
};

/// Writes the notes by the format's own template, a release at a time.
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

/// A template is text that somebody wrote, and a folder of them a set that belongs together.
const LARGEST: usize = 1 << 20;
const MOST: usize = 100;

/// The notes by a template of the user's, within its bounds.
pub(super) fn own(
    template: &Template,
    include: &[Template],
    notes: &Notes,
    options: &Options,
) -> Result<String, Error> {
    let refuse = |it: &Template, message: String| Err(Error::TemplateSet { name: it.name.clone(), message });
    if include.len() > MOST {
        return refuse(template, format!("there are more than {MOST} templates to include"));
    }
    let mut all: Vec<_> = include.iter().chain([template]).collect();
    if let Some(large) = all.iter().find(|it| it.source.len() > LARGEST) {
        return refuse(large, "the template is larger than 1 MiB".to_owned());
    }
    let all: Vec<Template> = all.drain(..).cloned().collect();
    let (name, markup, links) = (template.name.clone(), options.format.markup(), options.links.clone());
    let sample = self::context(&sample::notes(), options);
    let context = self::context(notes, options);
    options
        .bounds
        .hold(&template.name, move |page| own_within(&name, &all, (markup, &links), (&sample, context), page))
}

/// As [`own`], of what can be given to another thread.
fn own_within(
    name: &str,
    all: &[Template],
    (markup, links): (Markup, &[LinkRule]),
    (sample, context): (&Value, Value),
    mut page: Page,
) -> Result<String, Error> {
    let all: Vec<_> = all.iter().map(|it| (it.name.as_str(), it.source.as_str())).collect();
    let named = |error: tera::Error| Error::template(name, &error, &all);
    let tera = engine(all.iter().copied(), markup, links).map_err(named)?;
    // The notes may lack what a template asks for, say a pull request; the sample has every field.
    names::check(&tera, name, &all, sample)?;
    let context = Context::from_serialize(&context).map_err(named)?;
    tera.render_to(name, &context, &mut page).map_err(named)?;
    Ok(String::from_utf8_lossy(&page.text).into_owned())
}

pub(super) fn context(notes: &Notes, options: &Options) -> Value {
    let style = Style::new(options, &notes.repository);
    let view = json::view(
        notes,
        Scene { locale: &options.locale, style: Some(&style), commits: true, rollback: false },
    );
    // The views hold texts and numbers alone, which JSON can always hold.
    let mut context = serde_json::to_value(&view).unwrap_or_default();
    if let Value::Object(map) = &mut context {
        map.insert("first".into(), true.into());
        map.insert("last".into(), true.into());
        map.insert("packages".into(), frame::of_several_packages(notes).into());
        map.insert("t".into(), json!(options.locale.words()));
        map.insert("options".into(), option_values(options));
    }
    context
}

fn share(context: &mut Context, options: &Options) {
    context.insert("t", options.locale.words());
    context.insert("options", &option_values(options));
}

fn option_values(options: &Options) -> Value {
    let level = usize::from(options.heading_level.clamp(1, 5));
    json!({
        "format": options.format.name(),
        "locale": options.locale.name(),
        "heading": "#".repeat(level),
        "subheading": "#".repeat(level + 1),
        "contributors": options.contributors,
        "authors": options.authors,
        "hashes": options.hashes,
        "width": options.width,
        "today": options.today.map(|day| day.to_string()),
    })
}

fn engine<'a>(
    templates: impl IntoIterator<Item = (&'a str, &'a str)>,
    markup: Markup,
    links: &[LinkRule],
) -> TeraResult<Tera> {
    let mut tera = Tera::new();
    // Every name ends with nothing: all templates escape.
    tera.autoescape_on([""]);
    tera.set_escape_fn(escape_fn(markup));
    filters::register(&mut tera, markup, links);
    tera.add_raw_templates(templates)?;
    Ok(tera)
}

/// The engine takes a plain function, so there is one for each markup.
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
