//! A new changelog.

use super::{
    document::{Document, Owner},
    heading::Title,
    links,
    options::Options,
    release_section::{Hidden, ReleaseSection},
    section,
};

/// A whole new file: the header (title and what else stands above), then the sections in the given order, each with
/// its mark; with `definitions`, the addresses at the end. With LF. What the header leaves open is closed.
///
/// # Errors
/// Where a section would not be read as one again.
pub fn create(header: &str, entries: &[ReleaseSection<'_>], options: &Options) -> Result<String, Hidden> {
    let header = header.trim_end();
    let closing = section::closing(header).filter(|_| !entries.is_empty());
    let header = &closing.map_or_else(|| header.to_owned(), |closing| format!("{header}\n{closing}"));
    let mut text = header.clone();
    for entry in entries {
        if !text.is_empty() {
            text.push('\n');
        }
        let referring = entry.version.filter(|_| options.definitions && entry.compare_url.is_some());
        let referring = referring.and_then(|it| links::referring(entry.markdown, it, &options.scheme));
        text.push_str(&section::marked(referring.as_deref().unwrap_or(entry.markdown), None));
    }
    if !header.is_empty() {
        text.insert(header.len(), '\n');
    }
    let definitions = if options.definitions { links::block(entries) } else { String::new() };
    if !definitions.is_empty() {
        text.extend(["\n", &definitions]);
    }
    created(&text, header.len(), entries, options)?;
    Ok(text)
}

/// Whether each section of a new file is read as one of ours. `header` is the length of what stands above them.
fn created(
    text: &str,
    header: usize,
    entries: &[ReleaseSection<'_>],
    options: &Options,
) -> Result<(), Hidden> {
    let document = Document::parse(text, &options.scheme);
    let ours = document.segments.iter().filter(|segment| document.owner(segment) == Owner::Ours);
    let found = ours.filter_map(|segment| match &segment.title {
        Title::Version(release) => Some(Some(&release.version)),
        Title::Unreleased => Some(None),
        Title::Other => None,
    });
    if found.eq(entries.iter().map(|entry| entry.version)) {
        return Ok(());
    }
    let own = entries.first().map_or("", |entry| entry.markdown);
    let own = Document::parse(own, &options.scheme);
    match own.segments.first() {
        Some(segment) if segment.title != Title::Other => {
            Err(Hidden::Block { line: section::block_line(text, header) })
        }
        _ => Err(Hidden::Heading),
    }
}
