//! What to say where a name is not known.

/// The nearest of the known names, else all of them.
pub(super) fn suggestion<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.collect();
    // Of a word of two letters, each other one would be near.
    let allowed = if given.chars().count() <= 3 { 1 } else { 2 };
    let nearest = known.iter().min_by_key(|name| strsim::damerau_levenshtein(name, given));
    match nearest {
        Some(name) if strsim::damerau_levenshtein(name, given) <= allowed => {
            format!("did you mean `{name}`?")
        }
        _ => format!("use one of: {}", known.join(", ")),
    }
}
