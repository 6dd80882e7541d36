//! Runs the commands of the documentation in the example repository (`docs/shop.sh`), page by page.
//!
//! A block of `sh` or `bash` must succeed, and a block of `console` must show what the program prints; a line `…` there
//! stands for any lines, and `…` at the end of a line for any text. Comments before a block, which no reader sees, are
//! `<!-- not run: REASON -->` and `<!-- run first: COMMAND -->`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use tempfile::TempDir;

/// Pages whose blocks of a language are run by another test, in an environment that it sets up.
const ELSEWHERE: [(&str, &str); 1] = [("promotion.md", "sh")];

/// Text of each pipeline that `tests/pipelines` runs.
const PIPELINES: [&str; 4] = ["promote-staging-to-prod:", "name: Production", "name: Deploy\n", "name: Main"];

/// A fenced block of commands.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    language: String,
    text: String,
    /// The line of its fence.
    line: usize,
    /// The commands to run before it.
    first: Vec<String>,
    not_run: bool,
}

/// The blocks of commands of a page, with the comments before them.
fn blocks(page: &str) -> Vec<Block> {
    let (mut found, mut first, mut not_run) = (Vec::new(), Vec::new(), false);
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(comment) = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) {
            first.extend(comment.strip_prefix("run first: ").map(str::to_owned));
            not_run |= comment.strip_prefix("not run: ").is_some_and(|reason| !reason.is_empty());
        } else if let Some(language) = line.trim_start().strip_prefix("```") {
            let inner: Vec<_> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim_start() != "```").collect();
            let text = inner.join("\n");
            let is_pipeline = language == "yaml" && text.contains("tidings ");
            if ["sh", "bash", "console"].contains(&language) || is_pipeline {
                let language = language.to_owned();
                let first = std::mem::take(&mut first);
                found.push(Block { language, text, line: number + 1, first, not_run });
            }
            not_run = false;
        }
    }
    found
}

/// The commands of a block of `console`, each with the output that it shows.
fn shown(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            found.push((command.to_owned(), String::new()));
        } else if let Some((_, output)) = found.last_mut() {
            output.push_str(line);
            output.push('\n');
        }
    }
    found
}

/// Whether an output is the one that a page shows.
fn matches(shown: &str, printed: &str) -> bool {
    let printed: Vec<_> = printed.trim_end().lines().collect();
    let mut rest = printed.as_slice();
    let mut skips = false;
    for line in shown.trim_end().lines() {
        if line == "…" {
            skips = true;
            continue;
        }
        let is_same = |printed: &&str| match line.strip_suffix('…') {
            Some(start) => printed.starts_with(start),
            None => *printed == line,
        };
        let Some(at) = rest.iter().position(is_same).filter(|at| skips || *at == 0) else { return false };
        rest = &rest[at + 1..];
        skips = false;
    }
    skips || rest.is_empty()
}

/// A folder with the documentation in `docs`, and the example repository in `shop` unless the page creates it.
struct Example {
    folder: TempDir,
    page: PathBuf,
}

impl Example {
    fn new(page: &Path) -> Self {
        let folder = TempDir::with_prefix("tidings-").unwrap();
        let docs = folder.path().join("docs");
        fs::create_dir(&docs).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["shop.sh", "templates.md"] {
            fs::copy(root.join("docs").join(name), docs.join(name)).unwrap();
        }
        Self { folder, page: page.to_owned() }
    }

    /// Runs all blocks of the page in one shell, and returns what is wrong.
    fn run(&self, blocks: &[Block]) -> Vec<String> {
        let (mut script, mut expected) = (String::new(), Vec::new());
        if !blocks.iter().any(|block| block.text.contains("shop.sh")) {
            script += "docs/shop.sh\ncd shop\n";
        }
        for block in blocks {
            script += &format!("echo 'line {}' >\"$HOME/position\"\n", block.line);
            block.first.iter().for_each(|command| script += &format!("{command}\n"));
            if block.language != "console" {
                script += &format!("{}\n", block.text);
                continue;
            }
            for (command, output) in shown(&block.text) {
                script += &format!("{{ {command}\n}} >\"$HOME/{}\" 2>&1 || true\n", expected.len());
                expected.push((block.line, command, output));
            }
        }
        let ran = self.bash(&script).output().unwrap();
        let read = |name: String| fs::read_to_string(self.folder.path().join("home").join(name));
        let mut faults = Vec::new();
        if !ran.status.success() {
            let position = read("position".to_owned()).unwrap_or_default();
            faults.push(format!("{}{}", position, String::from_utf8_lossy(&ran.stderr)));
        }
        for (number, (line, command, shown)) in expected.into_iter().enumerate() {
            let printed = read(number.to_string()).unwrap_or_default();
            if !matches(&shown, &printed) {
                faults.push(format!("line {line}: $ {command}\n{printed}"));
            }
        }
        faults
    }

    /// A shell in a clean environment with the built program, on 2026-01-15.
    fn bash(&self, script: &str) -> Command {
        let home = self.folder.path().join("home");
        fs::create_dir(&home).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_tidings")).parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap();
        let path = std::env::join_paths([program].into_iter().chain(std::env::split_paths(&path))).unwrap();
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", script]).current_dir(self.folder.path()).env_clear();
        bash.env("PATH", path).env("HOME", home).env("LC_ALL", "C.UTF-8");
        bash.env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" });
        bash.env("GIT_CONFIG_NOSYSTEM", "1").env("SOURCE_DATE_EPOCH", "1768478400");
        bash.env("TIDINGS_FORGE__ASK", "never").env("PAGE", &self.page);
        bash
    }
}

/// The pages of the documentation.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open = vec![root.join("docs")];
    let mut found = vec![root.join("README.md")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                Some(extension) if extension == "md" => found.push(path),
                _ => open.extend(Some(path).filter(|path| path.is_dir())),
            }
        }
    }
    found.sort();
    found
}

/// What is wrong with the blocks of a page, with its name.
fn faults(page: &Path, example: &Example) -> Vec<String> {
    let name = page.file_name().unwrap().to_string_lossy();
    let mut blocks = blocks(&fs::read_to_string(page).unwrap());
    blocks.retain(|block| !block.not_run && !ELSEWHERE.contains(&(&name, &block.language)));
    let mut found = Vec::new();
    for pipeline in blocks.extract_if(.., |block| block.language == "yaml") {
        if !PIPELINES.iter().any(|text| pipeline.text.contains(text)) {
            found.push(format!("line {}: neither run nor marked", pipeline.line));
        }
    }
    if !blocks.is_empty() {
        found.extend(example.run(&blocks));
    }
    found.iter().map(|fault| format!("{}, {fault}", page.display())).collect()
}

#[test]
#[cfg_attr(windows, ignore = "the scripts are for a Unix shell")]
fn commands_of_the_documentation_run() {
    let pages = pages();
    assert!(pages.len() > 15, "only {} pages were found", pages.len());
    // A script that is still open for writing in a process that another thread has just started cannot be run ("Text
    // file busy"), so all are written first.
    let examples: Vec<_> = pages.iter().map(|page| (page, Example::new(page))).collect();
    let faults: Vec<String> = thread::scope(|scope| {
        let runs: Vec<_> =
            examples.iter().map(|(page, example)| scope.spawn(|| faults(page, example))).collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn blocks_are_found_with_their_comments() {
    let page = "x\n<!-- run first: a -->\n<!-- run first: b -->\n```sh\nc\n\nd\n```\n```toml\nsh\n```\n\n\
                - y\n  <!-- not run: it is slow -->\n<!-- not run: it is slow -->\n\n  ```console\n$ e\n  ```\n```bash\nf\n```\n";
    let block = |language: &str, text: &str, line, first: &[&str], not_run| {
        let first = first.iter().map(|command| (*command).to_owned()).collect();
        Block { language: language.to_owned(), text: text.to_owned(), line, first, not_run }
    };
    let expected = [
        block("sh", "c\n\nd", 4, &["a", "b"], false),
        block("console", "$ e", 17, &[], true),
        block("bash", "f", 20, &[], false),
    ];
    assert_eq!(blocks(page), expected);
    assert!(!blocks("<!-- not run: -->\n```sh\na\n```\n")[0].not_run, "a reason is required");
    assert_eq!(blocks("```yaml\na: b\n```\n```yaml\nrun: tidings next\n```\n").len(), 1);
}

#[test]
fn outputs_are_compared_line_by_line() {
    assert_eq!(
        shown("$ a\nb\n\nc\n$ d\n"),
        [("a".to_owned(), "b\n\nc\n".to_owned()), ("d".to_owned(), String::new())]
    );
    assert!(matches("a\nb\n", "a\nb\n"));
    assert!(!matches("a\nb\n", "a\nb\nc\n"));
    assert!(!matches("a\nb\n", "a\n"));
    assert!(!matches("b\n", "a\nb\n"));
    assert!(matches("a\n…\nd…\n", "a\nb\nc\ndef\n"));
    assert!(matches("a\n…\n", "a\nb\n"));
    assert!(!matches("a\n…\nd\n", "a\nb\nc\n"));
}

#[test]
#[cfg_attr(windows, ignore = "the scripts are for a Unix shell")]
fn wrong_example_is_reported() {
    let page =
        "```sh\ntrue\n```\n```console\n$ tidings next\n9.9.9\n```\n```sh\ntidings --no-such-option\n```\n";
    let faults = Example::new(Path::new("x.md")).run(&blocks(page));
    assert!(faults[0].starts_with("line 8\n") && faults[0].contains("--no-such-option"), "{faults:?}");
    assert!(faults[1].starts_with("line 4: $ tidings next\nmajor") && faults.len() == 2, "{faults:?}");
}
