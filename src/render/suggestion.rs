//! Hints for unknown names.

/// Suggests the closest known name, or lists all of them if none is close.
pub(super) fn suggestion<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.collect();
    // With an edit distance of 2, any two-letter name would match any other.
    let allowed = if given.chars().count() <= 3 { 1 } else { 2 };
    let nearest = known.iter().min_by_key(|name| strsim::damerau_levenshtein(name, given));
    match nearest {
        Some(name) if strsim::damerau_levenshtein(name, given) <= allowed => {
            format!("did you mean `{name}`?")
        }
        _ => format!("use one of: {}", known.join(", ")),
    }
}
