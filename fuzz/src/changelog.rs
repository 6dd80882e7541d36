//! Fuzzes `CHANGELOG.md` as a document. The first two bytes choose options and version; then come the title of the only
//! change of the new release, a record separator (0x1E), and the file.

use tidings::{
    changelog::{self, InsertStatus, Inserted, Options, ReleaseSection},
    messages,
    model::{Change, Notes, ObjectId, Release, RepositoryInfo, Scheme, Section, Statistics, Version},
    render::{self, Format},
};

/// Versions to insert: old, new, a pre-release, one that most seeds contain; and unreleased changes.
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
        adopt: choice & 32 != 0,
        collapse: choice & 64 != 0,
    };
    let wanted = VERSIONS.iter().cycle().nth(usize::from(*which)).copied().flatten();
    let version = wanted.and_then(|text| Version::parse(text, &Scheme::SemVer));
    let markdown = section(&title, version.as_ref(), *choice & 8 != 0);
    let tag = version.as_ref().map(|version| format!("v{version}"));
    let entry = ReleaseSection {
        version: version.as_ref(),
        markdown: &markdown,
        tag: tag.as_deref(),
        url: (choice & 16 != 0).then_some("https://github.com/o/r/compare/v0.1.0...v9"),
        ..ReleaseSection::default()
    };
    assert_invariants(&file, &entry, &options);
}

/// The section of a release with one change, as the program writes it. The title is parsed like that of a commit.
fn section(title: &str, version: Option<&Version>, keep: bool) -> String {
    let read = messages::parse(title, false, &messages::Options::default());
    let title = read.changes.first().map(|change| change.title.to_string()).unwrap_or_default();
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

fn assert_invariants(file: &str, entry: &ReleaseSection<'_>, options: &Options) {
    let before = changelog::versions(file, options);
    // A section that would not be found again is refused.
    let Ok(Inserted { text, status, .. }) = changelog::insert(file, entry, options) else { return };
    let after = changelog::versions(&text, options);
    let is_own = |found: &changelog::Heading| found.version.as_ref() == entry.version;
    match status {
        InsertStatus::Unchanged | InsertStatus::KeptEdited | InsertStatus::KeptForeign => {
            assert_eq!(text, file, "kept, yet changed")
        }
        InsertStatus::Created => assert!(file.trim_matches('\u{feff}').trim().is_empty()),
        InsertStatus::Added => {
            // All other text is kept in order; only our own "Unreleased" section may be replaced.
            let mut rest = after.iter().filter(|found| !is_own(found));
            // The sections of pre-releases may be removed.
            let is_kept = |version: &Version| !(options.collapse && version.is_prerelease());
            let others =
                before.iter().filter(|found| !is_own(found) && found.version.as_ref().is_some_and(is_kept));
            for other in others {
                assert!(rest.any(|found| found.text == other.text), "{:?} is lost from\n{text}", other.text);
            }
        }
        InsertStatus::Replaced if options.collapse => assert!(after.len() <= before.len(), "{text}"),
        InsertStatus::Replaced => assert_eq!(after.len(), before.len(), "{text}"),
    }
    assert!(after.iter().any(is_own), "{status:?}, but the section is not to be found in\n{text}");
    // A second run finds its own section and does not change it.
    match changelog::insert(&text, entry, &Options { replace: false, ..options.clone() }) {
        Ok(again) => {
            assert_eq!(again.text, text, "a second run changes the file: {status:?}, then {:?}", again.status)
        }
        Err(error) => panic!("a second run is refused: {error}"),
    }
    drop(changelog::diff(file, &text, "CHANGELOG.md"));
}
