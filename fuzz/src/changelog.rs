//! `CHANGELOG.md` as a document. The first two bytes choose options and version; up to a record separator (0x1E)
//! follows the title of the one change of the new release, and behind it the file.

use tidings::{
    changelog::{self, Inserted, Options, Placed, ReleaseSection},
    messages,
    model::{Change, Notes, ObjectId, Release, RepositoryInfo, Scheme, Section, Statistics, Version},
    render::{self, Format},
};

/// Versions to put in: old, new, a pre-release, one that stands in most seeds; and what is unreleased.
const VERSIONS: [Option<&str>; 5] = [Some("1.2.0"), Some("0.0.1"), Some("2.0.0-rc.1"), Some("99.0.0"), None];

pub(super) fn target(data: &[u8]) {
    let [choice, which, rest @ ..] = data else { return };
    let (title, file) = match rest.iter().position(|byte| *byte == 0x1e) {
        Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default()),
        None => (&b"a door"[..], rest),
    };
    let (title, file) = (String::from_utf8_lossy(title), String::from_utf8_lossy(file));
    let options = Options {
        scheme: if choice & 1 == 0 { Scheme::SemVer } else { Scheme::Loose },
        replace: choice & 2 != 0,
        definitions: choice & 4 != 0,
    };
    let wanted = VERSIONS.iter().cycle().nth(usize::from(*which)).copied().flatten();
    let version = wanted.and_then(|text| Version::parse(text, &Scheme::SemVer));
    let markdown = section(&title, version.as_ref(), *choice & 8 != 0);
    let tag = version.as_ref().map(|version| format!("v{version}"));
    let entry = ReleaseSection {
        version: version.as_ref(),
        markdown: &markdown,
        tag: tag.as_deref(),
        compare_url: (choice & 16 != 0).then_some("https://github.com/o/r/compare/v0.1.0...v9"),
    };
    holds(&file, &entry, &options);
}

/// The section of a release with one change, as the program writes it. The title is read as that of a commit is.
fn section(title: &str, version: Option<&Version>, keep: bool) -> String {
    let read = messages::parse(title, false, &messages::Options::default());
    let title = read.entries.first().map(|entry| entry.title.to_string()).unwrap_or_default();
    let change = Change { title, commits: vec![ObjectId::from_bytes([1; 20])], ..Change::default() };
    let release = Release {
        tag: version.map(|version| format!("v{version}")),
        sections: vec![Section { id: "features".to_owned(), title: None, changes: vec![change] }],
        statistics: Statistics { commits: 1, changes: 1, contributors: 0, days_since_base: None },
        ..Release::new(version.cloned(), ObjectId::from_bytes([1; 20]))
    };
    let notes = Notes {
        complete: true,
        warnings: Vec::new(),
        repository: RepositoryInfo::default(),
        releases: Vec::new(),
    };
    let format = if keep { Format::KeepAChangelog } else { Format::Markdown };
    render::section(&release, &notes, &render::Options::new(format)).unwrap_or_default()
}

fn holds(file: &str, entry: &ReleaseSection<'_>, options: &Options) {
    let before = changelog::versions(file, options);
    // What cannot be put in so that it is found again is refused.
    let Ok(Inserted { text, placed }) = changelog::insert(file, entry, options) else { return };
    let after = changelog::versions(&text, options);
    let is_own = |found: &changelog::Heading| found.version.as_ref() == entry.version;
    match placed {
        Placed::Unchanged | Placed::KeptEdited | Placed::KeptForeign => {
            assert_eq!(text, file, "kept, yet changed")
        }
        Placed::Created => assert!(file.trim_matches('\u{feff}').trim().is_empty()),
        Placed::Added => {
            // What is not the new section stays, in its order; our own "Unreleased" may give way.
            let mut rest = after.iter().filter(|found| !is_own(found));
            let others = before.iter().filter(|found| !is_own(found) && found.version.is_some());
            for other in others {
                assert!(rest.any(|found| found.text == other.text), "{:?} is lost from\n{text}", other.text);
            }
        }
        Placed::Replaced => assert_eq!(after.len(), before.len(), "{text}"),
    }
    assert!(after.iter().any(is_own), "{placed:?}, but the section is not to be found in\n{text}");
    // A second run finds its own section and leaves it.
    match changelog::insert(&text, entry, &Options { replace: false, ..options.clone() }) {
        Ok(again) => {
            assert_eq!(again.text, text, "a second run changes the file: {placed:?}, then {:?}", again.placed)
        }
        Err(error) => panic!("a second run is refused: {error}"),
    }
    drop(changelog::diff(file, &text, "CHANGELOG.md"));
}
