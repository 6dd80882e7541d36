//! The table of modules and what is never so, each as a function over files, tried on a bad sample and then on the
//! sources. The rules read tokens, not types: they cannot see through an alias, and do not try to.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Source, sources};

/// The modules of a stage, which [`ALLOWED`] names together.
const STAGES: &[&str] = &[
    "git",
    "history",
    "changes",
    "forge",
    "enrich",
    "classify",
    "render",
    "changelog",
    "registry",
    "promote",
    "notify",
    "publish",
    "select",
    "release",
    "releases",
];

/// Which module may use which. A module that is not here is a decision that nobody has written down.
const ALLOWED: &[(&str, &[&str])] = &[
    ("main", &["cli", "error", "ui"]),
    ("lib", &[]),
    ("cli", &["*"]),
    ("config", &["model"]),
    ("files", &["git", "model"]),
    ("settings", &["cli::args", "config", "error", "files", "http", "model", "redact", "stages", "ui"]),
    ("pipeline", &["error", "model", "settings", "stages"]),
    ("select", &["changes::duplicates", "git", "history", "model"]),
    ("compare", &["changes", "model"]),
    ("release", &["changes", "classify", "forge", "history", "model"]),
    ("releases", &["changes", "classify", "error", "forge", "git", "history", "model", "release", "select"]),
    ("model", &[]),
    ("git", &["model"]),
    ("history", &["model"]),
    ("changes", &["model"]),
    ("redact", &[]),
    ("http", &["redact"]),
    ("forge", &["http", "model"]),
    ("enrich", &["changes", "forge", "model"]),
    ("classify", &["model"]),
    ("render", &["model"]),
    ("changelog", &["model"]),
    ("registry", &["http", "model"]),
    ("promote", &["history", "model", "registry"]),
    ("notify", &["http"]),
    ("publish", &["changelog", "forge", "registry", "model"]),
    ("error", &["*"]),
    ("ui", &["redact"]),
];

/// The crates whose types stay in one module.
const HOMES: &[(&str, &str)] = &[
    ("git2", "git"),
    ("gix_commitgraph", "git"),
    ("cap_std", "files"),
    ("cap_fs_ext", "files"),
    ("octocrab", "forge"),
    ("reqwest", "http"),
    ("rustls", "http"),
    ("backon", "http"),
    ("tera", "render"),
    ("oci_client", "registry"),
    ("oci_distribution", "registry"),
    ("oci_spec", "registry"),
    ("lettre", "notify"),
    ("clap", "cli"),
    ("clap_complete", "cli"),
];

/// The ends of paths that read the clock, the time zone, the environment or the current directory.
const HOST: &[&str] = &[
    "SystemTime::now",
    "Utc::now",
    "Local::now",
    "chrono::Local",
    "env::var",
    "env::var_os",
    "env::vars",
    "env::vars_os",
    "env::current_dir",
    "env::temp_dir",
    "env::home_dir",
];

/// The ends of paths that open a file by its path.
const OPENING: &[&str] = &[
    "fs::read",
    "fs::read_to_string",
    "fs::read_dir",
    "fs::read_link",
    "fs::write",
    "fs::copy",
    "fs::rename",
    "fs::OpenOptions",
    "fs::File::open",
    "fs::File::options",
    "fs::File::create",
    "File::open",
    "File::options",
    "File::create",
];

/// Who opens files by their paths: those of git, of the user and of ourselves. What the repository names, `files` opens.
const OPENERS: &[(&str, &str)] = &[
    ("files", "files of the project, and those that the user names"),
    ("git", "the git directory"),
    ("http::cache", "the user's cache"),
    ("http::client", "certificates that the user names"),
    ("http::recording", "recordings that the user names"),
    ("registry::credentials", "the user's logins"),
    ("changelog::file", "a place that `files` gave"),
    ("cli::outputs", "the files of a pipeline's step"),
    ("settings::texts", "a folder that the user names"),
    ("settings::untrusted", "the event of a pipeline"),
    ("config::hosts", "the user's file of hosts"),
    ("config::tool_hosts", "the files of gh and glab"),
    ("changelog::lock", "the lock in the git directory"),
    ("cli::init", "a place that `files` gave"),
    ("settings::tokens", "a token that the user names"),
    ("settings::notify", "secrets that the user names"),
];

/// Where `async` may stand.
const ASYNC: &[&str] =
    &["http", "forge", "registry", "promote", "notify", "enrich", "pipeline", "publish", "cli"];

/// How many lines of code a file may have before its tests.
const LINES: usize = 400;

fn table(files: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let module = file.module();
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else {
            faults.push(format!("{}: the table has no module `{module}`", file.path));
            continue;
        };
        for used in file.uses() {
            let stage = allowed.contains(&"stages") && STAGES.iter().any(|stage| is_under(&used, stage));
            let named = allowed.iter().any(|name| *name == "*" || is_under(&used, name));
            if !stage && !named && !is_under(&used, module) {
                faults.push(format!("{}: `{module}` may not use `{used}`", file.path));
            }
        }
    }
    faults
}

/// Whether a path such as `cli::args::Notes` is that module or something in it.
fn is_under(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn foreign_types(files: &[Source]) -> Vec<String> {
    let found = files.iter().flat_map(|file| {
        file.paths().into_iter().filter_map(move |path| {
            let (name, home) = HOMES.iter().find(|(name, _)| is_under(&path, name))?;
            (file.module() != *home).then(|| format!("{}: `{name}` belongs in `{home}`", file.path))
        })
    });
    found.collect()
}

fn host_facts(files: &[Source]) -> Vec<String> {
    let outside = files.iter().filter(|file| file.module() != "settings");
    let found = outside.flat_map(|file| {
        file.paths().into_iter().filter_map(move |path| {
            let bad = HOST.iter().any(|fact| ends_with(&path, fact));
            bad.then(|| format!("{}: `{path}` belongs in `settings`", file.path))
        })
    });
    found.collect()
}

/// Whether the last names of a path are these.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with("::"))
}

fn opening(files: &[Source]) -> Vec<String> {
    let others = files.iter().filter(|file| {
        let path = file.module_path();
        !OPENERS.iter().any(|(opener, _)| is_under(&path, opener))
    });
    let found = others.flat_map(|file| {
        file.paths().into_iter().filter_map(move |path| {
            let opens = OPENING.iter().any(|end| ends_with(&path, end));
            opens.then(|| format!("{}: files are opened by `files`, not by `{path}`", file.path))
        })
    });
    found.collect()
}

fn printing(files: &[Source]) -> Vec<String> {
    let outside = files.iter().filter(|file| file.module() != "ui");
    let found = outside.flat_map(|file| {
        let macros = ["print", "println", "eprint", "eprintln", "dbg"];
        let called = macros.into_iter().filter(|name| file.calls_macro(name));
        let streams = file
            .paths()
            .into_iter()
            .filter(|path| ["io::stdout", "io::stderr"].iter().any(|stream| ends_with(path, stream)));
        let names = called.map(|name| format!("{name}!")).chain(streams);
        names
            .map(|name| format!("{}: only `ui` writes to the terminal: `{name}`", file.path))
            .collect::<Vec<_>>()
    });
    found.collect()
}

fn asynchronous(files: &[Source]) -> Vec<String> {
    let outside = files.iter().filter(|file| !ASYNC.contains(&file.module()));
    let found = outside.filter(|file| file.has_word("async") || file.has_word("await"));
    found.map(|file| format!("{}: no `async` in `{}`", file.path, file.module())).collect()
}

fn names(files: &[Source]) -> Vec<String> {
    let bad = ["util", "utils", "helper", "helpers", "common", "misc"];
    let found = files.iter().filter(|file| {
        let in_path = file.path.trim_end_matches(".rs").split('/').any(|name| bad.contains(&name));
        in_path || file.modules_declared().iter().any(|name| bad.contains(name))
    });
    found.map(|file| format!("{}: a name that says nothing", file.path)).collect()
}

fn long_files(files: &[Source]) -> Vec<String> {
    let counted = files.iter().map(|file| (file, file.lines_of_code()));
    let long = counted.filter(|(_, lines)| *lines > LINES);
    long.map(|(file, lines)| format!("{}: {lines} lines of code, {LINES} allowed", file.path)).collect()
}

/// `cli::args` is a node of its own: `settings` reads it, and the commands of `cli` read `settings`.
fn node(path: &str) -> String {
    let mut names = path.split("::");
    let first = names.next().unwrap_or_default();
    let args = first == "cli" && names.next() == Some("args");
    if args { "cli::args".into() } else { first.into() }
}

fn cycles(files: &[Source]) -> Vec<String> {
    let mut uses = BTreeMap::<String, BTreeSet<String>>::new();
    for file in files {
        let user = node(&file.module_path());
        let used = file.uses().iter().map(|path| node(path)).filter(|used| *used != user).collect::<Vec<_>>();
        uses.entry(user).or_default().extend(used);
    }
    let in_cycle = uses.keys().filter(|name| reachable(&uses, name).contains(name.as_str()));
    in_cycle.map(|name| format!("`{name}` comes to use itself by way of {:?}", uses[name])).collect()
}

/// What a module uses, and what that uses, and so on.
fn reachable<'a>(uses: &'a BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<&'a str> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(name) = open.pop() {
        for used in uses.get(name).into_iter().flatten() {
            if seen.insert(used.as_str()) {
                open.push(used);
            }
        }
    }
    seen
}

/// A sample of files, each a path and its text.
fn sample(files: &[(&str, &str)]) -> Vec<Source> {
    files.iter().map(|(path, text)| Source::new(path, text)).collect()
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let bad = [
        ("src/git/walk.rs", "use crate::{model::Commit, render};"),
        ("src/settings.rs", "use crate::cli::{args, run}; use crate::classify::Options;"),
        ("src/history/mod.rs", "use super::git::Repository;"),
        ("src/main.rs", "fn main() { tidings::notes::pipeline::run() }"),
        ("src/odds.rs", ""),
    ];
    let faults = [
        "src/git/walk.rs: `git` may not use `render`",
        "src/settings.rs: `settings` may not use `cli::run`",
        "src/history/mod.rs: `history` may not use `git::Repository`",
        "src/main.rs: `main` may not use `pipeline::run`",
        "src/odds.rs: the table has no module `odds`",
    ];
    assert_eq!(table(&sample(&bad)), faults);
    assert_eq!(table(&sources()), [""; 0]);
}

#[test]
fn modules_do_not_use_one_another_in_a_circle() {
    let good = [
        ("src/cli/args.rs", ""),
        ("src/cli/notes.rs", "use crate::settings::Settings;"),
        ("src/settings.rs", "use crate::cli::args::Notes; use crate::model::Commit;"),
    ];
    assert_eq!(cycles(&sample(&good)), [""; 0]);
    let bad = [("src/a.rs", "use crate::b;"), ("src/b.rs", "use crate::c;"), ("src/c.rs", "use crate::b;")];
    let found = cycles(&sample(&bad));
    assert_eq!(
        found,
        ["`b` comes to use itself by way of {\"c\"}", "`c` comes to use itself by way of {\"b\"}"]
    );
    assert_eq!(cycles(&sources()), [""; 0]);
}

#[test]
fn types_of_other_crates_stay_in_one_module() {
    let bad = [
        ("src/history/mod.rs", "fn walk(at: git2::Oid) {}"),
        ("src/cli/notes.rs", "use tera::{Context, Tera};"),
        ("src/git/mod.rs", "use git2::Repository;"),
    ];
    let faults = [
        "src/history/mod.rs: `git2` belongs in `git`",
        "src/cli/notes.rs: `tera` belongs in `render`",
        "src/cli/notes.rs: `tera` belongs in `render`",
    ];
    assert_eq!(foreign_types(&sample(&bad)), faults);
    assert_eq!(foreign_types(&sources()), [""; 0]);
}

#[test]
fn only_settings_reads_the_host() {
    let bad = [
        ("src/render/mod.rs", "use std::time::SystemTime; fn f() { SystemTime::now(); }"),
        ("src/config/mod.rs", "use std::env::{self, var_os}; fn f() { env::current_dir(); }"),
        ("src/settings.rs", "fn f() { std::env::var(\"CI\"); chrono::Utc::now(); }"),
        ("src/main.rs", "fn main() { std::env::args_os(); }"),
    ];
    let faults = [
        "src/render/mod.rs: `SystemTime::now` belongs in `settings`",
        "src/config/mod.rs: `std::env::var_os` belongs in `settings`",
        "src/config/mod.rs: `env::current_dir` belongs in `settings`",
    ];
    assert_eq!(host_facts(&sample(&bad)), faults);
    assert_eq!(host_facts(&sources()), [""; 0]);
}

#[test]
fn files_of_the_repository_are_opened_in_one_place() {
    let bad = [
        ("src/settings/rendering.rs", "fn f() { std::fs::read_to_string(\"x\"); }"),
        ("src/cli/publish.rs", "use std::fs::File; fn f() { File::open(\"x\"); }"),
        ("src/files/named.rs", "fn f() { std::fs::File::open(\"x\"); }"),
    ];
    let faults = [
        "src/settings/rendering.rs: files are opened by `files`, not by `std::fs::read_to_string`",
        "src/cli/publish.rs: files are opened by `files`, not by `File::open`",
    ];
    assert_eq!(opening(&sample(&bad)), faults);
    assert_eq!(opening(&sources()), [""; 0]);
}

#[test]
fn only_ui_writes_to_the_terminal() {
    let bad = [
        ("src/cli/notes.rs", "fn f() { println!(\"x\"); std::io::stderr(); }"),
        ("src/ui.rs", "fn f() { println!(\"x\"); }"),
        ("src/git/mod.rs", "fn f(print: bool) -> bool { print != true }"),
    ];
    let faults = [
        "src/cli/notes.rs: only `ui` writes to the terminal: `println!`",
        "src/cli/notes.rs: only `ui` writes to the terminal: `std::io::stderr`",
    ];
    assert_eq!(printing(&sample(&bad)), faults);
    assert_eq!(printing(&sources()), [""; 0]);
}

#[test]
fn only_what_talks_to_servers_is_asynchronous() {
    let bad = [("src/render/mod.rs", "async fn f() {}"), ("src/forge/mod.rs", "async fn f() {}")];
    assert_eq!(asynchronous(&sample(&bad)), ["src/render/mod.rs: no `async` in `render`"]);
    assert_eq!(asynchronous(&sources()), [""; 0]);
}

#[test]
fn names_say_something() {
    let bad = [("src/git/utils.rs", ""), ("src/helpers/mod.rs", ""), ("src/a.rs", "mod common {}")];
    assert_eq!(names(&sample(&bad)).len(), 3);
    assert_eq!(names(&sources()), [""; 0]);
}

#[test]
fn files_are_short() {
    let code = "fn f() {}\n".repeat(LINES);
    assert_eq!(long_files(&sample(&[("src/a.rs", &format!("// why\n\n{code}"))])), [""; 0]);
    let long = long_files(&sample(&[("src/a.rs", &format!("{code}fn g() {{}}"))]));
    assert_eq!(long, ["src/a.rs: 401 lines of code, 400 allowed"]);
    assert_eq!(long_files(&sources()), [""; 0]);
}
