//! Groups the entries of a section by component.

use crate::model::{Change, ComponentDisplay};

use super::options::Options;

/// Entries with one subheading.
pub(super) struct Group<T> {
    /// The subheading; `None` if the entries are directly below the heading of the section.
    pub(super) title: Option<String>,
    /// The entries, in the order of the section.
    pub(super) entries: Vec<T>,
}

/// The groups of entries: those without a component first, below the section's own heading, then each component, then
/// those of several components, which are listed once.
pub(super) fn groups<T>(entries: Vec<T>, change: impl Fn(&T) -> &Change, options: &Options) -> Vec<Group<T>> {
    if options.component_display != ComponentDisplay::Group {
        return vec![Group { title: None, entries }];
    }
    let key = |entry: &T| match change(entry).components.as_slice() {
        [] => Key::None,
        [only] => {
            let at = options.components.iter().position(|name| name == only);
            Key::Component(at.unwrap_or(usize::MAX), only.clone())
        }
        _ => Key::Several,
    };
    let mut keyed: Vec<(Key, T)> = entries.into_iter().map(|entry| (key(&entry), entry)).collect();
    // A stable sort keeps the order of the section inside a group.
    keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut groups: Vec<(Key, Group<T>)> = Vec::new();
    for (key, entry) in keyed {
        match groups.last_mut().filter(|(last, _)| *last == key) {
            Some((_, group)) => group.entries.push(entry),
            None => {
                let title = match &key {
                    Key::None => None,
                    Key::Component(_, name) => Some(name.clone()),
                    Key::Several => Some(options.locale.text("several_components").to_owned()),
                };
                groups.push((key, Group { title, entries: vec![entry] }));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The group of an entry, in display order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    None,
    /// The position in the configuration, and the name.
    Component(usize, String),
    Several,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Format;

    #[test]
    fn entries_are_grouped_in_the_order_of_the_configuration() {
        let change = |title: &str, components: &[&str]| Change {
            title: title.into(),
            components: components.iter().map(|name| (*name).to_owned()).collect(),
            ..Change::default()
        };
        let changes = [
            change("a", &["web", "api"]),
            change("b", &["api"]),
            change("c", &[]),
            change("d", &["web"]),
            change("e", &["old"]),
            change("f", &["api"]),
        ];
        let grouped = |component_display| {
            let components = vec!["web".into(), "api".into()];
            let options = Options { component_display, components, ..Options::new(Format::Markdown) };
            let groups = groups(changes.iter().collect(), |change| change, &options);
            let titles =
                |group: &Group<&Change>| group.entries.iter().map(|it| it.title.as_str()).collect::<String>();
            let line = |group: &Group<&Change>| {
                format!("{}: {}", group.title.as_deref().unwrap_or("-"), titles(group))
            };
            groups.iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(
            grouped(ComponentDisplay::Group),
            ["-: c", "web: d", "api: bf", "old: e", "Several components: a"]
        );
        assert_eq!(grouped(ComponentDisplay::Mark), ["-: abcdef"]);
    }
}
