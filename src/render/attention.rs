//! Selects the attention items that are shown, and shortens long ones: the first paths and the number of the others.
//! The JSON form has all items and paths.

use crate::model::{Attention, Release};

use super::{Options, escape, locale::Locale};

/// How many paths of a longer item are shown.
const SHOWN: usize = 10;

/// The attention items of a release that are shown.
pub(super) fn visible<'a>(
    release: &'a Release,
    options: &'a Options,
) -> impl Iterator<Item = &'a Attention> + use<'a> {
    release.attention.iter().filter(|item| !options.hidden_attention.contains(&item.kind))
}

/// The paths to show, and a line with the number of the others.
pub(super) fn shown<'a>(attention: &'a Attention, locale: &Locale) -> (&'a [String], Option<String>) {
    let paths = &attention.paths;
    // A line for one omitted path would take the space of the path.
    if paths.len() <= SHOWN + 1 {
        return (paths, None);
    }
    let (first, others) = paths.split_at_checked(SHOWN).unwrap_or((paths, &[]));
    (
        first,
        Some(escape::clean(&locale.text("more").replace("{count}", &others.len().to_string())).into_owned()),
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
    fn long_list_ends_with_the_number_of_omitted_paths() {
        assert_eq!(of(3), (3, None));
        assert_eq!(of(11), (11, None));
        assert_eq!(of(47), (10, Some("… and 37 more".into())));
    }
}
