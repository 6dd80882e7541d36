//! How notes are rendered: the configuration's share of the options, and the files that it names.

use std::path::Path;

use chrono::NaiveDate;

use crate::{
    config::{self, Config},
    error::Error,
    files::ProjectFiles,
    render::{self, Bounds, Format, LinkRule, Locale, Template},
    ui::Ui,
};

use super::{
    host::Host,
    overrides::Overrides,
    patterns::pattern,
    texts::{Texts, utf8},
};

/// Reads what the configuration names.
pub(super) fn rendering(
    config: &Config,
    texts: &Texts<'_>,
    ui: &Ui,
    (overrides, host): (&Overrides, &Host),
) -> Result<Rendering, Error> {
    let mut links = Vec::with_capacity(config.links.len());
    for link in &config.links {
        links.push(LinkRule {
            pattern: pattern(&link.pattern)?,
            url: link.url.clone(),
            text: link.text.clone(),
        });
    }
    let folder =
        config.notes.include.as_deref().map(|folder| texts.templates("notes.include", folder)).transpose()?;
    Ok(Rendering {
        locale: locale(config, texts, overrides)?,
        template: config
            .notes
            .template
            .as_deref()
            .map(|path| texts.template("notes.template", path))
            .transpose()?,
        include: folder.unwrap_or_default(),
        links,
        notes: config.notes.clone(),
        width: host.size.0,
        colour: ui.colour,
        today: host.today,
        // The configuration has no say in them.
        bounds: Bounds::new(overrides.template_timeout, overrides.template_max_output),
    })
}

/// How notes are rendered, in whatever format.
pub struct Rendering {
    /// The language of headings.
    pub locale: Locale,
    /// The template that stands in for the default format.
    pub template: Option<Template>,
    /// The templates that it may include.
    pub include: Vec<Template>,
    links: Vec<LinkRule>,
    notes: config::NotesConfig,
    width: usize,
    colour: bool,
    today: NaiveDate,
    bounds: Bounds,
}

impl Rendering {
    /// The width of the terminal, in columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The options of a format: what its readers expect, unless the configuration says otherwise.
    #[must_use]
    pub fn options(&self, format: Format) -> render::Options {
        let usual = render::Options::new(format);
        render::Options {
            locale: self.locale.clone(),
            include: self.include.clone(),
            links: self.links.clone(),
            contributors: self.notes.contributors.unwrap_or(usual.contributors),
            authors: self.notes.authors.unwrap_or(usual.authors),
            hashes: self.notes.hashes.unwrap_or(usual.hashes),
            width: self.width,
            colour: self.colour,
            today: Some(self.today),
            bounds: self.bounds.clone(),
            ..usual
        }
    }
}

/// The locale that the user names, else the configuration's.
fn locale(config: &Config, texts: &Texts<'_>, overrides: &Overrides) -> Result<Locale, Error> {
    let is_file = |name: &str| {
        Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
    };
    let (path, text) = match (&overrides.locale, &config.locale) {
        (Some(name), _) if is_file(name) => {
            let path = Path::new(name);
            (name.clone(), utf8(path, texts.files.read_named(path)?)?)
        }
        (None, Some(name)) if is_file(name) => {
            (texts.root.join(name).to_string_lossy().into_owned(), texts.read("locale", name)?)
        }
        (Some(name), _) | (None, Some(name)) => return Ok(Locale::named(name)?),
        (None, None) => return Ok(Locale::default()),
    };
    Ok(Locale::from_toml(&path, &text)?)
}

/// A template from a file that the user names.
///
/// # Errors
/// When it cannot be read.
pub fn template(path: &Path, files: &ProjectFiles) -> Result<Template, Error> {
    Ok(Template { name: path.display().to_string(), source: utf8(path, files.read_named(path)?)? })
}
