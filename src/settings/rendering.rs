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
    host: &Host,
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
        locale: match config.locale.as_deref() {
            Some(name) if is_file_name(name) => {
                Locale::from_toml(&texts.root.join(name).to_string_lossy(), &texts.read("locale", name)?)?
            }
            Some(name) => Locale::named(name)?,
            None => Locale::default(),
        },
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
        bounds: Bounds::default(),
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
    /// With the bounds that the user gives; the configuration has no say in them.
    pub(super) fn within(self, overrides: &Overrides) -> Self {
        let bounds = Bounds::new(overrides.template_timeout, overrides.template_max_output);
        Self { bounds, ..self }
    }

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

fn is_file_name(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// A locale that the user names, or the file of one.
///
/// # Errors
/// When there is none of that name, or the file cannot be read.
pub fn locale(name: &str, files: &ProjectFiles) -> Result<Locale, Error> {
    if is_file_name(name) {
        let path = Path::new(name);
        Ok(Locale::from_toml(name, &utf8(path, files.read_named(path)?)?)?)
    } else {
        Ok(Locale::named(name)?)
    }
}

/// A template from a file that the user names.
///
/// # Errors
/// When it cannot be read.
pub fn template(path: &Path, files: &ProjectFiles) -> Result<Template, Error> {
    Ok(Template { name: path.display().to_string(), source: utf8(path, files.read_named(path)?)? })
}
