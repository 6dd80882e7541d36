//! What a window did to the files of a folder of fragments, and which fragments it brings.

use std::collections::BTreeMap;

use crate::model::ObjectId;

/// What a commit did to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEvent {
    /// The commit.
    pub commit: ObjectId,
    /// The path in the folder.
    pub path: String,
    /// The content after the commit; `None` if it deletes the file.
    pub content: Option<ObjectId>,
    /// The content before it; `None` if it adds the file.
    pub before: Option<ObjectId>,
    /// Whether the commit is a release, which consumes the fragments that it deletes.
    pub is_release: bool,
}

/// A file that a window brings, with its last content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The commit that added it.
    pub commit: ObjectId,
    /// The path in the folder.
    pub path: String,
    /// The last content.
    pub content: ObjectId,
}

/// The files that were added and not withdrawn, by events in their order, oldest first.
///
/// The last content before a release consumes a file counts. A file that is deleted without a release is withdrawn, and
/// one that is renamed stays that of the commit that added it.
#[must_use]
pub fn brought(events: &[FileEvent]) -> Vec<Brought> {
    let mut open: BTreeMap<&str, Brought> = BTreeMap::new();
    let mut done = Vec::new();
    let mut rest = events;
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|event| event.commit == first.commit).count();
        let (of_commit, later) = rest.split_at(count);
        rest = later;
        let mut withdrawn = Vec::new();
        for event in of_commit.iter().filter(|event| event.content.is_none()) {
            let Some(file) = open.remove(event.path.as_str()) else { continue };
            if event.is_release { done.push(file) } else { withdrawn.push(file) }
        }
        for event in of_commit {
            let Some(content) = event.content else { continue };
            let renamed =
                withdrawn.iter().position(|file| file.content == content).map(|at| withdrawn.remove(at));
            let path = event.path.as_str();
            match (open.get_mut(path), renamed) {
                (Some(file), _) => file.content = content,
                (None, Some(file)) => drop(open.insert(path, Brought { path: path.to_owned(), ..file })),
                // A file of an earlier window stays one.
                (None, None) if event.before.is_some() => {}
                (None, None) => {
                    let file = Brought { commit: event.commit, path: path.to_owned(), content };
                    open.insert(path, file);
                }
            }
        }
    }
    done.extend(open.into_values());
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> ObjectId {
        ObjectId::from_bytes([number; 20])
    }

    /// An event of a commit: `+a1` adds `a` with content 1, `*a2` changes it, `-a` deletes it, `!a` consumes it.
    fn event(commit: u8, text: &str) -> FileEvent {
        let mut chars = text.chars();
        let sign = chars.next().unwrap();
        let path = chars.next().unwrap().to_string();
        let content = chars.next().map(|digit| id(digit as u8));
        let before = (sign != '+').then(|| id(0));
        FileEvent { commit: id(commit), path, content, before, is_release: sign == '!' }
    }

    fn run(commits: &[&[&str]]) -> Vec<String> {
        let events = commits.iter().enumerate();
        let events: Vec<FileEvent> = events
            .flat_map(|(at, texts)| texts.iter().map(move |text| event(u8::try_from(at).unwrap(), text)))
            .collect();
        let text = |file: Brought| {
            let commit = file.commit.to_string();
            format!(
                "{}{} {}",
                file.path,
                char::from(u8::from_str_radix(&file.content.to_string()[..2], 16).unwrap()),
                &commit[1..2]
            )
        };
        brought(&events).into_iter().map(text).collect()
    }

    #[test]
    fn last_text_before_the_release_counts() {
        assert_eq!(run(&[&["+a1"], &["*a2"], &["!a"]]), ["a2 0"]);
        assert_eq!(run(&[&["+a1", "+b2"], &["*b3"]]), ["a1 0", "b3 0"]);
    }

    #[test]
    fn deleted_fragment_is_withdrawn_and_renamed_one_is_kept() {
        assert_eq!(run(&[&["+a1"], &["-a"]]), [""; 0]);
        assert_eq!(run(&[&["+a1"], &["-a", "+b1"]]), ["b1 0"]);
        assert_eq!(run(&[&["+a1"], &["-a", "+b2"]]), ["b2 1"]);
        assert_eq!(run(&[&["+a1"], &["!a"], &["+a2"]]), ["a1 0", "a2 2"]);
        assert_eq!(run(&[&["*a1"], &["!a"]]), [""; 0]);
    }
}
