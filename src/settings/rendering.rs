//! Resolves the rendering options, and reads the templates and locales that they name.

use std::path::Path;

use chrono::NaiveDate;

use crate::{
    config::{self, Config},
    error::Error,
    files::ProjectFiles,
    model::{Detail, NotesPurpose},
    render::{self, Format, Limits, LinkRule, Locale, Template},
    ui::Ui,
};

use super::{
    overrides::Overrides,
    patterns::pattern,
    process::Process,
    text_files::{TextFiles, utf8},
};

/// Resolves the rendering settings.
///
/// # Errors
/// If a link pattern is not valid, or a template or locale cannot be read or is invalid.
pub(super) fn rendering(
    config: &Config,
    texts: &TextFiles<'_>,
    ui: &Ui,
    (overrides, process): (&Overrides, &Process),
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
        detail: overrides.detail.or(config.notes.detail).unwrap_or_default(),
        json: overrides.json,
        changelog_detail: overrides.detail.or(config.changelog.detail).unwrap_or_default(),
        components: config.components.iter().map(|component| component.name.clone()).collect(),
        limited_attention: config::limited_attention(&config.attention),
        width: process.size.0,
        colour: ui.colour,
        today: process.today,
        // Only the command line sets the limits, since the configuration may not be trusted.
        limits: Limits::new(overrides.template_timeout, overrides.template_max_output),
    })
}

/// The rendering settings of all formats.
pub struct Rendering {
    /// The language of headings.
    pub locale: Locale,
    /// The template to use instead of the default format.
    pub template: Option<Template>,
    /// The templates that it can include.
    pub include: Vec<Template>,
    links: Vec<LinkRule>,
    notes: config::NotesConfig,
    detail: Detail,
    json: bool,
    changelog_detail: Detail,
    components: Vec<String>,
    /// The kinds of attention items that not all outputs show, each with those that do.
    limited_attention: Vec<(String, Vec<NotesPurpose>)>,
    width: usize,
    colour: bool,
    today: NaiveDate,
    limits: Limits,
}

impl Rendering {
    /// The width of the terminal, in columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The options of a format for its usual purpose: its defaults, overridden by the configuration.
    #[must_use]
    pub fn options(&self, format: Format) -> render::Options {
        self.options_for(format.purpose(), format)
    }

    /// The options of a format for a purpose, which decides the attention items that are shown.
    #[must_use]
    pub fn options_for(&self, purpose: NotesPurpose, format: Format) -> render::Options {
        let hidden = self.limited_attention.iter().filter(|(_, shown_in)| !shown_in.contains(&purpose));
        let defaults = render::Options::new(format);
        render::Options {
            locale: self.locale.clone(),
            include: self.include.clone(),
            links: self.links.clone(),
            contributors: self.notes.contributors.unwrap_or(defaults.contributors),
            authors: self.notes.authors.unwrap_or(defaults.authors),
            hashes: self.notes.hashes.unwrap_or(defaults.hashes),
            detail: self.detail,
            component_display: self.notes.components_as.unwrap_or_default(),
            components: self.components.clone(),
            width: self.width,
            colour: self.colour,
            today: Some(self.today),
            limits: self.limits.clone(),
            hidden_attention: hidden.map(|(kind, _)| kind.clone()).collect(),
            ..defaults
        }
    }

    /// The options of a section of the changelog.
    #[must_use]
    pub fn changelog_options(&self, format: Format) -> render::Options {
        render::Options { detail: self.changelog_detail, ..self.options(format) }
    }

    /// Whether an output may name the areas that changes affect.
    pub(super) fn names_areas(&self) -> bool {
        self.json || self.detail.max(self.changelog_detail) >= Detail::Full
    }
}

/// The locale with a name or in a file that the user names.
///
/// # Errors
/// If there is no such locale, or the file cannot be read or is invalid.
pub fn named_locale(name: &str, files: &ProjectFiles) -> Result<Locale, Error> {
    let path = Path::new(name);
    if is_locale_file(name) {
        return Ok(Locale::from_toml(name, &utf8(path, files.read_user_path(path)?)?)?);
    }
    Ok(Locale::named(name)?)
}

/// Whether a locale is named by the path of its file.
fn is_locale_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// The locale from the command line, or else the configuration.
fn locale(config: &Config, texts: &TextFiles<'_>, overrides: &Overrides) -> Result<Locale, Error> {
    match (&overrides.locale, &config.locale) {
        (Some(name), _) => named_locale(name, texts.files),
        (None, Some(name)) if is_locale_file(name) => {
            let path = texts.root.join(name).to_string_lossy().into_owned();
            Ok(Locale::from_toml(&path, &texts.read("locale", name)?)?)
        }
        (None, Some(name)) => Ok(Locale::named(name)?),
        (None, None) => Ok(Locale::default()),
    }
}

/// Reads a template from a file named by the user.
///
/// # Errors
/// If the file cannot be read or is not UTF-8.
pub fn template(path: &Path, files: &ProjectFiles) -> Result<Template, Error> {
    Ok(Template { name: path.display().to_string(), source: utf8(path, files.read_user_path(path)?)? })
}
