//! Checks the English of the repository: rejected phrases, the width of comments, names of files and of tests.

use std::{fs, path::Path};

/// Phrases that a reader has to decode, each with its replacement.
const REJECTED: &[(&str, &str)] = &[
    ("what became of", "why a commit is (or is not) in the notes"),
    ("what becomes of", "how … is handled"),
    ("stands on it", "points to it"),
    ("stand on it", "point to it"),
    ("as nobody", "unauthenticated"),
    ("as somebody", "authenticated"),
    ("is no version", "is not a valid version"),
    ("is no valid", "is not a valid"),
    ("is no commit", "is not a commit"),
    ("is no repository", "is not a repository"),
    ("is no pull request", "is not a pull request"),
    ("that is none", "that is not valid"),
    ("which is none", "which is not valid"),
    ("kept answers", "cached responses"),
    ("answers of servers", "responses"),
    ("answers that are kept", "cached responses"),
    ("web hook", "webhook"),
    ("web hooks", "webhooks"),
    ("a mail", "an email"),
    ("anew", "again"),
    ("but for", "except"),
    ("for want of", "without"),
    ("lest", "so that … not"),
    ("save for", "except"),
    ("tell what", "print, report or show"),
    ("tells what", "prints, reports or shows"),
    ("tell people", "announce"),
    ("could not tell", "did not return"),
    ("told of", "reported"),
    ("is told", "is reported"),
    ("are told", "are reported"),
    ("number 1: does", "rule 1 has no effect"),
    ("what is unreleased", "unreleased changes"),
    ("servers of their own", "self-hosted servers"),
    ("server of one's own", "self-hosted server"),
    ("somebody", "the concrete noun"),
    ("nobody", "no, none, or the concrete noun"),
    ("whoever", "the concrete noun"),
    ("may be had", "is available"),
    ("is to be had", "is available"),
    ("could be had", "was available"),
    ("passes over", "skips"),
    ("passed over", "skipped"),
    ("pass over", "skip"),
    ("look after", "manage"),
    ("looked after", "managed"),
    ("lies in", "is in"),
    ("lives in", "is in"),
    ("senseless", "invalid"),
    ("put into", "insert, add"),
    ("says no", "failed"),
    ("comes to use", "uses"),
    ("the house", "the program"),
    ("knows nothing of", "does not depend on"),
    ("gets to hear", "receives"),
];

/// The columns of a comment line.
const COLUMNS: usize = 120;

/// Folders without text of the project: built, downloaded, or inputs of fuzz targets.
const SKIPPED: &[&str] =
    &[".git", "target", "node_modules", "corpus", "artifacts", "dictionaries", "proptest-regressions"];

/// Files that are not checked: this one quotes the phrases, the changelog quotes commits, and the words of synthetic
/// commit messages are fixed, since the IDs of the commits depend on them.
const EXCEPTED: &[&str] =
    &["CHANGELOG.md", "Cargo.lock", "benches/synthetic/words.rs", "tests/architecture/wording.rs"];

/// A text file of the repository.
struct File {
    /// From the root of the repository, with `/` as separator.
    path: String,
    text: String,
}

/// The text files of the repository, sorted by path.
fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let relative = path.strip_prefix(root).unwrap().display().to_string().replace('\\', "/");
            if path.is_dir() {
                open.extend((!SKIPPED.contains(&name.as_str())).then_some(path));
            } else if is_text(&name) && !EXCEPTED.contains(&relative.as_str()) {
                // Another process may remove a file of the work tree meanwhile.
                let Ok(text) = fs::read_to_string(&path) else { continue };
                found.push(File { path: relative, text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn is_text(name: &str) -> bool {
    let extensions = ["rs", "md", "toml", "tera", "sh", "yml", "yaml", "py", "mjs", "html"];
    ["run", "make"].contains(&name)
        || name.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
}

/// The text in lower case on one line, without comment markers and the `\` of a continued string, so that a phrase
/// that wraps is found; with the byte offset at which each line starts.
fn joined(text: &str) -> (String, Vec<usize>) {
    let (mut all, mut starts) = (String::new(), Vec::new());
    for line in text.lines() {
        starts.push(all.len());
        let line = line.trim_start();
        let line = line.trim_start_matches("//").trim_start_matches(['/', '!', '#', '>']).trim();
        all.push_str(&line.strip_suffix('\\').unwrap_or(line).trim_end().to_lowercase());
        all.push(' ');
    }
    (all, starts)
}

/// The lines that contain a rejected phrase, with the phrase and its replacement.
fn rejected(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let (text, starts) = joined(&file.text);
        for (phrase, instead) in REJECTED {
            let whole = |at: &usize| {
                let before = text[..*at].chars().next_back();
                let after = text[at + phrase.len()..].chars().next();
                let is_part = [before, after].into_iter().flatten().any(|c| c.is_alphanumeric() || c == '_');
                // "there is no version" is plain English, "v1 is no version" is not.
                let is_existential = phrase.starts_with("is no ") && text[..*at].ends_with("there ");
                !is_part && !is_existential
            };
            for at in text.match_indices(phrase).map(|(at, _)| at).filter(whole) {
                let line = starts.partition_point(|start| *start <= at);
                faults.push(format!("{}:{line}: `{phrase}`: write \"{instead}\"", file.path));
            }
        }
    }
    faults
}

/// Comment lines that are too wide. Table rows and words that cannot be broken, such as a URL, are allowed.
fn wide_comments(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let marker = match file.path.rsplit('.').next().unwrap_or_default() {
            "md" | "tera" | "html" => continue,
            "rs" | "mjs" => "//",
            _ => "#",
        };
        for (line, text) in (1..).zip(file.text.lines()) {
            let Some(comment) = text.trim_start().strip_prefix(marker) else { continue };
            let comment = comment.trim_start_matches(['/', '!', '#']).trim();
            let is_wide = text.chars().count() > COLUMNS;
            if is_wide && comment.contains(' ') && !comment.starts_with('|') {
                faults.push(format!("{}:{line}: a comment of more than {COLUMNS} columns", file.path));
            }
        }
    }
    faults
}

/// Files and folders of one folder whose names differ only in the plural.
fn twins<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<String> {
    let mut names: Vec<&str> = paths.filter(|path| path.ends_with(".rs")).collect();
    names = names
        .iter()
        .flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at]).chain([*path]))
        .collect();
    let mut names: Vec<&str> = names.iter().map(|name| name.trim_end_matches(".rs")).collect();
    names.sort_unstable();
    names.dedup();
    let is_twin = |name: &&str| {
        let singular = [name.strip_suffix('s'), name.strip_suffix("es")];
        let with_y = name.strip_suffix("ies").map(|stem| format!("{stem}y"));
        let mut singular = singular.into_iter().flatten().map(str::to_owned).chain(with_y);
        singular.any(|one| names.binary_search(&one.as_str()).is_ok())
    };
    let plural = names.iter().copied().filter(is_twin);
    plural.map(|name| format!("{name}: differs from another name only in the plural")).collect()
}

/// Functions named after a line of a list that readers do not have.
fn numbered_tests(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        for (line, text) in (1..).zip(file.text.lines()) {
            if text.contains("fn pitfall_") {
                faults.push(format!("{}:{line}: name the test after what holds: {}", file.path, text.trim()));
            }
        }
    }
    faults
}

fn sample(path: &str, text: &str) -> [File; 1] {
    [File { path: path.to_owned(), text: text.to_owned() }]
}

#[test]
fn rejected_phrases_are_found_across_lines_and_only_as_whole_words() {
    let bad = "//! Explains what\n//! became of a commit.\nlet x = \"made \\\n    Anew\";\n";
    let faults = [
        "a.rs:1: `what became of`: write \"why a commit is (or is not) in the notes\"",
        "a.rs:4: `anew`: write \"again\"",
    ];
    assert_eq!(rejected(&sample("a.rs", bad)), faults);
    assert_eq!(rejected(&sample("a.md", "A new renewal; as_nobody_. There is no version.")), [""; 0]);
}

#[test]
fn texts_contain_no_rejected_phrase() {
    let faults = rejected(&files());
    assert!(faults.is_empty(), "{}\n{} faults", faults.join("\n"), faults.len());
}

#[test]
fn comments_fit_the_columns() {
    let words = "word ".repeat(24);
    let bad = format!("// {words}\n    // {words}\n// {}\n/// | {words}|\n", "x".repeat(130));
    let faults = ["a.rs:1: a comment of more than 120 columns", "a.rs:2: a comment of more than 120 columns"];
    assert_eq!(wide_comments(&sample("a.rs", &bad)), faults);
    let faults = wide_comments(&files());
    assert!(faults.is_empty(), "{}\n{} faults", faults.join("\n"), faults.len());
}

#[test]
fn names_differ_in_more_than_the_plural() {
    let bad = ["src/a/host.rs", "src/a/hosts/mod.rs", "src/b/entries.rs", "src/b/entry.rs", "src/c/host.rs"];
    let faults = [
        "src/a/hosts: differs from another name only in the plural",
        "src/b/entries: differs from another name only in the plural",
    ];
    assert_eq!(twins(bad.into_iter()), faults);
    let files = files();
    assert_eq!(twins(files.iter().map(|file| file.path.as_str())), [""; 0]);
}

#[test]
fn tests_are_named_after_what_holds() {
    let bad = numbered_tests(&sample("a.rs", &format!("fn pitfall{}() {{}}", "_01_x")));
    assert_eq!(bad, [format!("a.rs:1: name the test after what holds: fn pitfall{}() {{}}", "_01_x")]);
    let faults = numbered_tests(&files());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
