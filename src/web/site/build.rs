//! Builds a site: reads the notes, renders all files, writes them.

use std::collections::HashSet;

use crate::{
    error::Error,
    render::{Format, Locale, Options, Pages},
    session::Session,
};

use super::{
    assets::{TEMPLATES, assets},
    content::{Content, content},
    feeds::{feeds, sitemap},
    folder::{self, SiteFile, Written},
    language::Language,
    page_frame::{self, Filters, Frames},
    pages::pages,
    release_view::{ReleaseView, release_view},
    request::SiteRequest,
    scripts::scripts,
};

/// What was written.
#[derive(Debug)]
pub struct SiteReport {
    /// How many versions the site has.
    pub versions: usize,
    /// How many files were written and deleted.
    pub files: Written,
}

/// Builds the site.
///
/// # Errors
/// If the folder has other files, the repository cannot be read, or a file cannot be written. If the site cannot be
/// rendered, nothing is written.
pub fn build(session: &Session, request: &SiteRequest) -> Result<SiteReport, Error> {
    // Opens the folder first, so that a folder that cannot be used fails before the long work.
    let output = folder::open(&session.settings.files, &request.output)?;
    let content = content(session)?;
    let mut files: Vec<SiteFile> = assets().map(|(path, text)| (path.to_owned(), text)).into();
    for (at, language) in request.languages.iter().enumerate() {
        let folder = page_frame::folder(at, language);
        let rendered = language_files(session, request, &content, (language, &folder))?;
        files.extend(rendered.into_iter().map(|(path, text)| (format!("{folder}{path}"), text)));
    }
    files.extend(sitemap(request, &content));
    files.iter().for_each(|(_, text)| session.ui().warn_of_secrets(text.as_bytes()));
    let written = folder::write(&output, &files)?;
    let versions = content.releases.iter().filter(|page| page.is_version()).count();
    Ok(SiteReport { versions, files: written })
}

/// The files of one language.
fn language_files(
    session: &Session,
    request: &SiteRequest,
    content: &Content,
    (language, folder): (&Language, &str),
) -> Result<Vec<SiteFile>, Error> {
    let options =
        Options { locale: language.locale.clone(), ..session.settings.rendering.options(Format::Html) };
    let views: Vec<_> =
        content.releases.iter().map(|page| release_view(page, &content.repository, &options)).collect();
    let sections = sections(session, content, &views);
    let mut files = scripts(content, &views, &sections);
    let packages = content.releases.iter().filter(|_| content.has_packages);
    let mut packages: Vec<String> = packages.filter_map(|page| page.release.package.clone()).collect();
    packages.sort();
    packages.dedup();
    let frames = Frames {
        request,
        language,
        folder: folder.to_owned(),
        site: site_title(request, content, &language.locale),
        has_since: !content.lines.is_empty(),
        filters: Filters { sections, components: components(session, content), packages },
    };
    let templates = Pages::new(&TEMPLATES, &options)?;
    files.extend(pages(&templates, &frames, content, &views, &options)?);
    files.extend(feeds(&templates, &frames, content, &views)?);
    Ok(files)
}

/// The title: as requested, or the name of the repository.
fn site_title(request: &SiteRequest, content: &Content, locale: &Locale) -> String {
    let name = request.title.clone().or_else(|| content.repository.name.clone());
    name.unwrap_or_else(|| locale.text("changelog").to_owned())
}

/// The sections that any release has, with their titles, in the order of the configuration.
fn sections(session: &Session, content: &Content, views: &[ReleaseView<'_>]) -> Vec<(String, String)> {
    let order: Vec<&str> = session.settings.options.rules.section_ids().collect();
    let mut sections: Vec<(String, String)> = Vec::new();
    for (page, view) in content.releases.iter().zip(views) {
        for (id, heading) in view.sections() {
            match sections.iter_mut().find(|(known, _)| known == id) {
                // The only section of a release may have another heading.
                Some((_, title)) if page.release.sections.len() > 1 => heading.clone_into(title),
                Some(_) => {}
                None => sections.push((id.to_owned(), heading.to_owned())),
            }
        }
    }
    sections.sort_by_key(|(id, _)| order.iter().position(|known| known == id).unwrap_or(order.len()));
    sections
}

/// The components that any change has, in the order of the configuration.
fn components(session: &Session, content: &Content) -> Vec<String> {
    let changes = content.releases.iter().flat_map(|page| &page.release.sections);
    let used: HashSet<&str> = changes
        .flat_map(|section| &section.changes)
        .flat_map(|change| &change.components)
        .map(String::as_str)
        .collect();
    let all = &session.settings.options.components;
    all.iter().map(|(name, _)| name.clone()).filter(|name| used.contains(name.as_str())).collect()
}
