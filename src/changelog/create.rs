//! Creates a new changelog.

use super::{
    document::{Document, Owner},
    heading::Title,
    links,
    options::Options,
    release_section::{InsertError, ReleaseSection},
    section,
};

/// The text of a new file, with LF line ends: the header (the title and any text below it), then the sections in the
/// given order, each with its marker, and with `definitions` the link definitions. A block left open by the header is
/// closed.
///
/// # Errors
/// If the parser would not find one of the sections again.
pub fn create(
    header: &str,
    entries: &[ReleaseSection<'_>],
    options: &Options,
) -> Result<String, InsertError> {
    let header = header.trim_end();
    let closing = section::closing(header).filter(|_| !entries.is_empty());
    let header = &closing.map_or_else(|| header.to_owned(), |closing| format!("{header}\n{closing}"));
    let mut text = header.clone();
    for entry in entries {
        if !text.is_empty() {
            text.push('\n');
        }
        let defined = entry.version.filter(|_| options.definitions && entry.url.is_some());
        let markdown = defined.and_then(|it| links::with_reference_link(entry.markdown, it, &options.scheme));
        text.push_str(&section::with_marker(markdown.as_deref().unwrap_or(entry.markdown), None));
    }
    if !header.is_empty() {
        text.insert(header.len(), '\n');
    }
    let definitions = if options.definitions { links::definition_block(entries) } else { String::new() };
    if !definitions.is_empty() {
        text.extend(["\n", &definitions]);
    }
    verify(&text, header.len(), entries, options)?;
    Ok(text)
}

/// Checks that each section of a new file is parsed as one of ours. `header` is the length of the header in bytes.
fn verify(
    text: &str,
    header: usize,
    entries: &[ReleaseSection<'_>],
    options: &Options,
) -> Result<(), InsertError> {
    let document = Document::parse(text, &options.scheme);
    let ours = document.segments.iter().filter(|segment| document.owner(segment) == Owner::Ours);
    let versions = ours.filter_map(|segment| match &segment.title {
        Title::Version(release) => Some(Some(&release.version)),
        Title::Unreleased => Some(None),
        Title::Other => None,
    });
    if versions.eq(entries.iter().map(|entry| entry.version)) {
        return Ok(());
    }
    let own = entries.first().map_or("", |entry| entry.markdown);
    let own = Document::parse(own, &options.scheme);
    match own.segments.first() {
        Some(segment) if segment.title != Title::Other => {
            Err(InsertError::Block { line: section::block_line(text, header) })
        }
        _ => Err(InsertError::Heading),
    }
}
