//! Notes that are too long for a place: cut at an entry's end, what breaks and what operators must know kept.

use crate::model::{Change, Notes};

/// The text of the notes, and how many entries were left out so that it fits. `text` renders notes of which so many entries were
/// left out; `fits` says whether a text is short enough. People are left out first, then entries from the last one on, breaking ones
/// only when no others are left. Renders about log₂ n times.
///
/// # Errors
/// Those of `text`.
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
    // `low` entries are known to fit (or are none), `high` are known not to.
    let (mut low, mut high) = (0, all + 1);
    let mut best = text(&first(notes, 0), all)?;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let tried = text(&first(notes, middle), all - middle)?;
        if fits(&tried) {
            (low, best) = (middle, tried);
        } else {
            high = middle;
        }
    }
    while !fits(&best) {
        // Not even what operators must know fits: whole lines of it.
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

/// The notes with the first entries alone, breaking ones before others, and without people.
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
