//! Rows of training data: a title, the files that were touched, and the class that people gave the change.

use std::{fs, io, path::Path};

use libdeflater::Decompressor;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tidings::{
    model::{FileCounts, PathChangeKind, ReadingClass},
    rules::{
        count_file,
        reading::{Feature, visit_features},
    },
};

/// A change, with the class that people gave it.
pub(crate) struct Row {
    /// The project that it is of. Projects are held out whole.
    pub(crate) group: String,
    pub(crate) source: Source,
    pub(crate) title: String,
    pub(crate) is_chinese: bool,
    /// An index of [`ReadingClass::ALL`].
    pub(crate) class: usize,
    /// The hashes of its features, each once, sorted.
    pub(crate) features: Vec<u64>,
    /// The same if the touched files were unknown.
    pub(crate) without_files: Vec<u64>,
    /// The hashes of its words, in order.
    pub(crate) words: Vec<u64>,
}

/// Where the class of a row is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    /// The type of a conventional commit, which the title is without.
    #[default]
    Conventional,
    /// The section of the maintainers' changelog that lists the pull request. The title is that of the commit.
    Sections,
    /// The section of a changelog. The title is the text of the entry, and the files are unknown.
    Text,
}

/// A file of training data.
pub(crate) struct DataFile {
    /// Without its folder, and without `.gz`.
    pub(crate) name: String,
    /// The SHA-256 of the rows, uncompressed, in hexadecimal.
    pub(crate) digest: String,
    pub(crate) rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Line {
    group: serde_json::Value,
    #[serde(rename = "type")]
    commit_type: String,
    subject: String,
    /// All files that are touched.
    count: u32,
    /// Some of them, each with `A`, `M` or `D` and a space before it.
    paths: Vec<String>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    kind: Source,
    #[serde(default)]
    bot: bool,
}

/// Reads a file of JSON lines, compressed or not.
pub(crate) fn read_file(path: &Path) -> io::Result<DataFile> {
    let content = fs::read(path).map_err(|error| in_file(path, &error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (name, content) = match name.strip_suffix(".gz") {
        Some(name) => (name.to_owned(), uncompressed(&content).map_err(|error| in_file(path, &error))?),
        None => (name, content),
    };
    let text = std::str::from_utf8(&content).map_err(|error| in_file(path, &error))?;
    let lines = text.lines().enumerate().map(|(at, line)| {
        let line = serde_json::from_str(line)
            .map_err(|error| in_file(path, &format!("line {}: {error}", at + 1)))?;
        Ok(row(line))
    });
    Ok(DataFile { name, digest: hexadecimal(&content), rows: lines.collect::<io::Result<_>>()? })
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn in_file(path: &Path, error: &dyn std::fmt::Display) -> io::Error {
    io::Error::other(format!("{}: {error}", path.display()))
}

fn uncompressed(content: &[u8]) -> io::Result<Vec<u8>> {
    // The last four bytes are the size, modulo 2^32.
    let size = content.last_chunk().map(|bytes| u32::from_le_bytes(*bytes)).unwrap_or_default();
    let mut bytes = vec![0; usize::try_from(size).map_err(io::Error::other)?];
    let written = Decompressor::new().gzip_decompress(content, &mut bytes).map_err(io::Error::other)?;
    bytes.truncate(written);
    Ok(bytes)
}

fn row(line: Line) -> Row {
    let files = (!line.paths.is_empty()).then(|| counts(&line.paths, line.count));
    let (features, words) = features_of(&line.subject, files.as_ref(), line.bot);
    let (without_files, _) = features_of(&line.subject, None, line.bot);
    let class = class(&line.commit_type, &line.subject, &line.scope);
    Row {
        group: match line.group {
            serde_json::Value::String(name) => name,
            number => number.to_string(),
        },
        source: line.kind,
        is_chinese: line.subject.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
        title: line.subject,
        class: ReadingClass::ALL.iter().position(|it| *it == class).unwrap_or_default(),
        features,
        without_files,
        words,
    }
}

/// The hashes of the features, each once and sorted, and those of the words.
fn features_of(title: &str, files: Option<&FileCounts>, is_bot: bool) -> (Vec<u64>, Vec<u64>) {
    let (mut features, mut words) = (Vec::new(), Vec::new());
    visit_features(title, files, is_bot, &mut |feature| {
        features.push(feature.hash());
        if matches!(feature, Feature::Word(_)) {
            words.push(feature.hash());
        }
    });
    features.sort_unstable();
    features.dedup();
    (features, words)
}

/// The counts of all files, as far as those that are listed show.
fn counts(paths: &[String], count: u32) -> FileCounts {
    let mut counts = FileCounts::default();
    for path in paths {
        let (change, path) = path.split_once(' ').unwrap_or(("M", path));
        let change = match change {
            "A" => PathChangeKind::Added,
            "D" => PathChangeKind::Deleted,
            _ => PathChangeKind::Modified,
        };
        count_file(&mut counts, path, change);
    }
    let listed = counts.total.max(1);
    let scaled = |of_kind: u32| of_kind.saturating_mul(count.max(listed)) / listed;
    FileCounts {
        total: scaled(counts.total),
        documents: scaled(counts.documents),
        tests: scaled(counts.tests),
        ci: scaled(counts.ci),
        housekeeping: scaled(counts.housekeeping),
        build: scaled(counts.build),
        sources: scaled(counts.sources),
        added_sources: scaled(counts.added_sources),
        deleted_sources: scaled(counts.deleted_sources),
    }
}

/// The class of a type, or of a section. Authors write updates of dependencies as `chore`, `build` or `fix`; these are
/// recognised by their scope and words.
fn class(commit_type: &str, title: &str, scope: &str) -> ReadingClass {
    let may_be_update = ["build", "chore", "ci", "fix", "refactor"].contains(&commit_type);
    if may_be_update && (["deps", "deps-dev", "dependencies"].contains(&scope) || is_update(title)) {
        return ReadingClass::Dependencies;
    }
    match commit_type {
        "feat" | "feature" => ReadingClass::Feature,
        "fix" | "bugfix" => ReadingClass::Fix,
        "perf" => ReadingClass::Performance,
        "docs" | "doc" => ReadingClass::Documentation,
        "test" | "tests" => ReadingClass::Tests,
        "ci" => ReadingClass::Ci,
        "deps" => ReadingClass::Dependencies,
        "refactor" => ReadingClass::Refactoring,
        _ => ReadingClass::Other,
    }
}

/// Whether a title reads as `bump x to 1.2`, `update dependencies`.
fn is_update(title: &str) -> bool {
    let lower = title.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let is_verb = |word: &&&str| {
        ["bump", "bumps", "update", "updates", "upgrade", "upgrades", "upgraded"].contains(*word)
    };
    let to_version = || {
        let version = lower.rsplit_once(" to ").map(|(_, version)| version.trim_start_matches('v'));
        words.len() <= 8 && version.is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_dependency = |word: &&str| word.starts_with("dependenc") || ["dep", "deps"].contains(word);
    words.first().filter(is_verb).is_some() && (words.iter().any(is_dependency) || to_version())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(json: &str) -> Row {
        row(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn updates_of_dependencies_have_their_class_whatever_their_type() {
        for (json, class) in [
            (r#"{"group":1,"type":"chore","subject":"bump serde to 1.2","count":0,"paths":[]}"#, 6),
            (r#"{"group":1,"type":"fix","scope":"deps","subject":"serde","count":0,"paths":[]}"#, 6),
            (r#"{"group":1,"type":"build","subject":"update dependencies","count":0,"paths":[]}"#, 6),
            (r#"{"group":1,"type":"feat","subject":"update the cart to 2 columns","count":0,"paths":[]}"#, 0),
            (r#"{"group":1,"type":"chore","subject":"update deprecated calls","count":0,"paths":[]}"#, 8),
            (r#"{"group":1,"type":"chore","subject":"update the readme","count":0,"paths":[]}"#, 8),
        ] {
            assert_eq!(row_of(json).class, class, "{json}");
        }
    }

    #[test]
    fn listed_files_stand_for_all() {
        let counts = counts(&["A src/a.rs".to_owned(), "M tests/a.rs".to_owned()], 40);
        assert_eq!((counts.total, counts.sources, counts.added_sources, counts.tests), (40, 20, 20, 20));
    }

    #[test]
    fn compressed_files_have_the_digest_of_their_content() {
        let folder = tempfile::tempdir().unwrap();
        let line =
            br#"{"group":"a","type":"feat","subject":"add a door","count":1,"paths":["A src/door.rs"]}"#;
        let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::default());
        let mut compressed = vec![0; 500];
        let size = compressor.gzip_compress(line, &mut compressed).unwrap();
        fs::write(folder.path().join("a.jsonl"), line).unwrap();
        fs::write(folder.path().join("b.jsonl.gz"), &compressed[..size]).unwrap();
        let plain = read_file(&folder.path().join("a.jsonl")).unwrap();
        let packed = read_file(&folder.path().join("b.jsonl.gz")).unwrap();
        assert_eq!((packed.name.as_str(), packed.rows.len()), ("b.jsonl", 1));
        assert_eq!(plain.digest, packed.digest);
        assert_eq!(plain.rows[0].features, packed.rows[0].features);
    }
}
