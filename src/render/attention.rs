//! What operators must know of, as far as a reader wants to read it: a list of two hundred manifests tells no more than its
//! first lines and a number. The JSON form has them all.

use crate::model::Attention;

use super::{escape, locale::Locale};

/// How many paths of one kind are shown where there are more.
const SHOWN: usize = 10;

/// The paths that are shown, and what stands for the others.
pub(super) fn shown<'a>(attention: &'a Attention, locale: &Locale) -> (&'a [String], Option<String>) {
    let paths = &attention.paths;
    // "and one more" would be as long as the path.
    if paths.len() <= SHOWN + 1 {
        return (paths, None);
    }
    let (first, others) = paths.split_at_checked(SHOWN).unwrap_or((paths, &[]));
    (
        first,
        Some(escape::clean(&locale.word("more").replace("{count}", &others.len().to_string())).into_owned()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(count: usize) -> (usize, Option<String>) {
        let paths = (0..count).map(|number| format!("k8s/{number}.yaml")).collect();
        let attention = Attention { kind: "kubernetes".into(), title: None, paths };
        let (paths, more) = shown(&attention, &Locale::default());
        (paths.len(), more)
    }

    #[test]
    fn a_long_list_ends_with_a_number() {
        assert_eq!(of(3), (3, None));
        assert_eq!(of(11), (11, None));
        assert_eq!(of(47), (10, Some("… and 37 more".into())));
    }
}
