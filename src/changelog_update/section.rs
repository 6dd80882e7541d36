//! Renders the section of a release in the style of its changelog.

use crate::{
    changelog::{ReleaseSection, Style},
    error::Error,
    forge::{LinkedRevision, Links},
    model::{Notes, Release},
    render::{self, Format},
    session::Session,
};

/// A rendered section with its URLs.
pub(super) struct Section {
    markdown: String,
    url: Option<String>,
    head_url: Option<String>,
}

impl Section {
    /// Renders the section of one release of `notes`. A custom template decides everything itself.
    ///
    /// # Errors
    /// If the template fails.
    pub(super) fn render(
        session: &Session,
        mut release: Release,
        notes: &Notes,
        style: &Style,
    ) -> Result<Self, Error> {
        let settings = &session.settings;
        let links = Links::new(&notes.repository);
        let of_tag = |link: &dyn Fn(Links<'_>, &str) -> String| {
            release
                .version
                .as_ref()
                .and(links.zip(release.tag.as_deref()))
                .map(|(links, tag)| link(links, tag))
        };
        // The first version has nothing to compare with.
        let page = of_tag(&|links, tag| links.version(tag));
        let head_url =
            of_tag(&|links, tag| links.compare(LinkedRevision::Tag(tag), LinkedRevision::Tag("HEAD")));
        let url = release.compare_url.clone().or(page);
        let is_keep_a_changelog = style.is_keep_a_changelog();
        let default = if is_keep_a_changelog { Format::KeepAChangelog } else { Format::Markdown };
        let mut format = settings.rendering.changelog_options(settings.changelog_format.unwrap_or(default));
        if let Some(template) = &settings.changelog_template {
            format.template = Some(template.clone());
            let markdown = render::section(&release, notes, &format)?;
            return Ok(Self { markdown, url, head_url });
        }
        release.compare_url.clone_from(&url);
        for section in release.sections.iter_mut().filter(|section| section.title.is_none()) {
            section.title = style.subheading(&section.id).map(str::to_owned);
        }
        let markdown = render::section(&release, notes, &format)?;
        let markdown = style.apply(&markdown, release.version.as_ref(), url.as_deref(), release.date);
        Ok(Self { markdown, url, head_url })
    }

    /// Removes the text below the heading.
    pub(super) fn keep_heading(&mut self) {
        let end = self.markdown.find('\n').map_or(self.markdown.len(), |at| at + 1);
        self.markdown.truncate(end);
    }

    /// The section to insert for its release.
    pub(super) fn entry<'a>(&'a self, release: &'a Release) -> ReleaseSection<'a> {
        ReleaseSection {
            version: release.version.as_ref(),
            markdown: &self.markdown,
            tag: release.tag.as_deref(),
            url: self.url.as_deref(),
            head_url: self.head_url.as_deref(),
            prereleases: &release.prereleases,
        }
    }
}
