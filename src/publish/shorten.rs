//! Shortens notes to a size limit by omitting entries; breaking changes and attention items are kept as long as
//! possible.

use crate::model::{Change, Notes};

/// Renders the notes and returns the text and the number of omitted entries. `text` renders notes with that many
/// entries omitted; `fits` returns whether a text is short enough. Omits contributors first, then entries from the last
/// on, breaking ones only if no others are left. Renders about log₂ n times.
///
/// # Errors
/// The errors of `text`.
pub fn shorten<E>(
    notes: &Notes,
    text: &dyn Fn(&Notes, usize) -> Result<String, E>,
    fits: &dyn Fn(&str) -> bool,
) -> Result<(String, usize), E> {
    let whole = text(notes, 0)?;
    if fits(&whole) {
        return Ok((whole, 0));
    }
    let all = count(notes, true) + count(notes, false);
    // `low` entries fit (or none do), `high` do not.
    let (mut low, mut high) = (0, all + 1);
    let mut best = text(&first(notes, 0), all)?;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let attempt = text(&first(notes, middle), all - middle)?;
        if fits(&attempt) {
            (low, best) = (middle, attempt);
        } else {
            high = middle;
        }
    }
    while !fits(&best) {
        // Not even the attention items fit: cut whole lines.
        let Some((shorter, _)) = best.trim_end().rsplit_once('\n') else { return Ok((String::new(), all)) };
        best = format!("{shorter}\n");
    }
    Ok((best, all - low))
}

fn is_breaking(section: &str, change: &Change) -> bool {
    section == "breaking" || change.breaking
}

fn count(notes: &Notes, breaking: bool) -> usize {
    let sections = notes.releases.iter().flat_map(|release| &release.sections);
    sections
        .map(|section| section.changes.iter().filter(|it| is_breaking(&section.id, it) == breaking).count())
        .sum()
}

/// The notes with only the first entries, breaking ones preferred, and without contributors.
fn first(notes: &Notes, entries: usize) -> Notes {
    let mut breaking = entries.min(count(notes, true));
    let mut others = entries - breaking;
    let mut short = notes.clone();
    for release in &mut short.releases {
        release.contributors.clear();
        for section in &mut release.sections {
            let id = section.id.clone();
            section.changes.retain(|change| {
                let left = if is_breaking(&id, change) { &mut breaking } else { &mut others };
                let is_kept = *left > 0;
                *left = left.saturating_sub(1);
                is_kept
            });
        }
        release.sections.retain(|section| !section.changes.is_empty());
    }
    short
}
