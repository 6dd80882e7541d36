//! The table of modules and the invariants, each as a function over files, tested on a bad sample and then run on the
//! sources. The rules inspect tokens, not types: they do not see through an alias.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    page::{Allowed, Page, dependencies},
    source::{Source, sources},
};

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

/// The modules that open files by path: files of git, of the user, and our own. Files that the repository names are
/// opened by `files`.
const OPENERS: &[(&str, &str)] = &[
    ("files", "files of the project, and paths of the user"),
    ("git", "the git directory"),
    ("http::cache", "the user's cache"),
    ("http::client", "certificates, by a path of the user"),
    ("http::recording", "recordings, by a path of the user"),
    ("registry::credentials", "the user's logins"),
    ("changelog::file", "a target that `files` has resolved"),
    ("cli::outputs", "the output files of a pipeline step"),
    ("settings::text_files", "templates and locales, by a path of the user"),
    ("settings::untrusted_checkout", "the event file of a pipeline"),
    ("config::hosts", "the user's hosts.toml"),
    ("config::tool_hosts", "the files of gh and glab"),
    ("changelog::lock", "the lock in the git directory"),
    ("cli::init", "a target that `files` has resolved"),
    ("settings::tokens", "a token, by a path of the user"),
    ("settings::notify", "certificates, by a path of the user"),
    ("settings::recipient", "secrets, by a path of the user"),
];

/// The maximum lines of code of a file before its tests.
const LINES: usize = 400;

fn table(files: &[Source], page: &Page) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let module = file.module();
        let Some(allowed) = page.modules.get(module) else {
            faults.push(format!("{}: the table has no module `{module}`", file.path));
            continue;
        };
        let Allowed::Named(allowed) = allowed else { continue };
        for used in file.uses() {
            let named = allowed.iter().any(|name| is_under(&used, name));
            if !named && !is_under(&used, module) {
                faults.push(format!("{}: `{module}` may not use `{used}`", file.path));
            }
        }
    }
    let gone = page.modules.keys().filter(|module| !files.iter().any(|file| file.module() == *module));
    faults.extend(gone.map(|module| format!("ARCHITECTURE.md: there is no module `{module}`")));
    let listed = |module: &String| page.modules.contains_key(module);
    for (module, allowed) in &page.modules {
        let Allowed::Named(allowed) = allowed else { continue };
        let unknown = allowed.iter().filter(|name| !listed(name));
        faults.extend(
            unknown
                .map(|name| format!("ARCHITECTURE.md: `{module}` may use `{name}`, which is not a module")),
        );
        let used = |name: &&String| {
            let mut own = files.iter().filter(|file| file.module() == module);
            own.any(|file| file.uses().iter().any(|path| is_under(path, name)))
        };
        let unused = allowed.iter().filter(|name| listed(name) && !used(name));
        faults.extend(unused.map(|name| format!("ARCHITECTURE.md: `{module}` does not use `{name}`")));
    }
    faults
}

/// Whether a path such as `cli::args::Notes` is the module itself or an item in it.
fn is_under(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn foreign_types(files: &[Source], page: &Page) -> Vec<String> {
    let found = files.iter().flat_map(|file| {
        // One of our modules may have the name of a crate.
        let imports = file.imports();
        let own = move |name: &str| imports.iter().any(|import| import.name == name && import.path != name);
        file.paths().into_iter().filter_map(move |path| {
            let (name, modules) = page.crates.iter().find(|(name, _)| is_under(&path, name))?;
            let modules = modules.as_ref().filter(|_| !own(name))?;
            let is_home = modules.iter().any(|module| module == file.module());
            (!is_home).then(|| format!("{}: `{name}` belongs in {}", file.path, modules.join(", ")))
        })
    });
    found.collect()
}

/// Crates in the table that are not dependencies, and dependencies that are not in the table.
fn unknown_crates(page: &Page, dependencies: &[String]) -> Vec<String> {
    let named = page.crates.keys().filter(|name| !dependencies.contains(name));
    let named = named.map(|name| format!("ARCHITECTURE.md: `{name}` is not a dependency"));
    let unnamed = dependencies.iter().filter(|name| !page.crates.contains_key(*name));
    named.chain(unnamed.map(|name| format!("ARCHITECTURE.md: the dependency `{name}` has no row"))).collect()
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

/// Whether a path ends with these names.
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

/// The ends of paths that leak memory.
const LEAKS: &[&str] = &["mem::forget", "Box::leak", "Vec::leak", "String::leak", "ManuallyDrop::new"];

fn leaks(files: &[Source]) -> Vec<String> {
    let found = files.iter().flat_map(|file| {
        file.paths().into_iter().filter_map(move |path| {
            let leaks = LEAKS.iter().any(|end| ends_with(&path, end));
            leaks.then(|| format!("{}: `{path}` leaks memory", file.path))
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

fn asynchronous(files: &[Source], page: &Page) -> Vec<String> {
    let outside = files.iter().filter(|file| !page.asynchronous.iter().any(|name| name == file.module()));
    let found = outside.filter(|file| file.has_word("async") || file.has_word("await"));
    found.map(|file| format!("{}: no `async` in `{}`", file.path, file.module())).collect()
}

fn names(files: &[Source]) -> Vec<String> {
    let bad = ["util", "utils", "helper", "helpers", "common", "misc"];
    let found = files.iter().filter(|file| {
        let in_path = file.path.trim_end_matches(".rs").split('/').any(|name| bad.contains(&name));
        in_path || file.modules_declared().iter().any(|name| bad.contains(name))
    });
    found.map(|file| format!("{}: an unspecific name", file.path)).collect()
}

fn long_files(files: &[Source]) -> Vec<String> {
    let counted = files.iter().map(|file| (file, file.lines_of_code()));
    let long = counted.filter(|(_, lines)| *lines > LINES);
    long.map(|(file, lines)| format!("{}: {lines} lines of code, {LINES} allowed", file.path)).collect()
}

fn cycles(files: &[Source]) -> Vec<String> {
    let mut uses = BTreeMap::<String, BTreeSet<String>>::new();
    for file in files {
        let user = file.module().to_owned();
        let first = |path: &String| path.split("::").next().unwrap_or_default().to_owned();
        let used = file.uses().iter().map(first).filter(|used| *used != user).collect::<Vec<_>>();
        uses.entry(user).or_default().extend(used);
    }
    let in_cycle = uses.keys().filter(|name| reachable(&uses, name).contains(name.as_str()));
    in_cycle.map(|name| format!("`{name}` depends on itself through {:?}", uses[name])).collect()
}

/// All modules that a module uses, directly or indirectly.
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

/// Sample files, each as path and text.
fn sample(files: &[(&str, &str)]) -> Vec<Source> {
    files.iter().map(|(path, text)| Source::new(path, text)).collect()
}

/// A page with two modules and two crates.
fn sample_page() -> Page {
    Page::new(
        "| `src/` | its job | may use |\n|---|---|---|\n\
         | `main.rs` | x | `cli` |\n| `cli/` | x | all |\n| `git/` | x | `model` |\n| `model/` | x | nothing |\n\n\
         `async` only in `git`.\n\n\
         | crate | where | what |\n|---|---|---|\n| `git2` | `git` | x |\n| `tera` | `model`, `cli` | x |\n",
    )
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let bad = [
        ("src/git/walk.rs", "use crate::{model::Commit, cli};"),
        ("src/model/mod.rs", "use super::git::Repository;"),
        ("src/main.rs", "fn main() { tidings::cli::run(); tidings::git::open() }"),
        ("src/odds.rs", ""),
    ];
    let faults = [
        "src/git/walk.rs: `git` may not use `cli`",
        "src/model/mod.rs: `model` may not use `git::Repository`",
        "src/main.rs: `main` may not use `git::open`",
        "src/odds.rs: the table has no module `odds`",
        "ARCHITECTURE.md: there is no module `cli`",
    ];
    assert_eq!(table(&sample(&bad), &sample_page()), faults);
    let unused =
        [("src/git/mod.rs", ""), ("src/cli/mod.rs", ""), ("src/model/mod.rs", ""), ("src/main.rs", "")];
    let faults =
        ["ARCHITECTURE.md: `git` does not use `model`", "ARCHITECTURE.md: `main` does not use `cli`"];
    assert_eq!(table(&sample(&unused), &sample_page()), faults);
    assert_eq!(table(&sources(), &Page::read()), [""; 0]);
}

#[test]
fn modules_have_no_dependency_cycles() {
    let good =
        [("src/cli/args.rs", "use crate::settings;"), ("src/settings.rs", "use crate::model::Commit;")];
    assert_eq!(cycles(&sample(&good)), [""; 0]);
    let bad = [("src/a.rs", "use crate::b;"), ("src/b.rs", "use crate::c;"), ("src/c.rs", "use crate::b;")];
    let found = cycles(&sample(&bad));
    assert_eq!(found, ["`b` depends on itself through {\"c\"}", "`c` depends on itself through {\"b\"}"]);
    assert_eq!(cycles(&sources()), [""; 0]);
}

#[test]
fn types_of_external_crates_stay_in_their_modules() {
    let bad = [
        ("src/model/mod.rs", "fn walk(at: git2::Oid) {}"),
        ("src/git/notes.rs", "use tera::{Context, Tera};"),
        ("src/git/mod.rs", "use git2::Repository;"),
        ("src/git/own.rs", "use crate::tera; fn f() { tera::g() }"),
    ];
    let faults = [
        "src/model/mod.rs: `git2` belongs in git",
        "src/git/notes.rs: `tera` belongs in model, cli",
        "src/git/notes.rs: `tera` belongs in model, cli",
    ];
    assert_eq!(foreign_types(&sample(&bad), &sample_page()), faults);
    assert_eq!(foreign_types(&sources(), &Page::read()), [""; 0]);
}

#[test]
fn dependency_table_is_complete() {
    let faults =
        ["ARCHITECTURE.md: `tera` is not a dependency", "ARCHITECTURE.md: the dependency `serde` has no row"];
    assert_eq!(unknown_crates(&sample_page(), &["git2".to_owned(), "serde".to_owned()]), faults);
    assert_eq!(unknown_crates(&Page::read(), &dependencies()), [""; 0]);
}

#[test]
fn files_named_on_the_page_exist() {
    let sources = sources();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_there = |name: &str| {
        root.join(name).exists() || sources.iter().any(|file| file.path == format!("src/{name}"))
    };
    let missing: Vec<_> = Page::read().files.into_iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn only_settings_reads_clock_and_environment() {
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
fn only_the_files_module_opens_repository_files() {
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
fn no_memory_is_leaked() {
    let bad = [
        ("src/notes/mod.rs", "fn f(notes: Notes) { std::mem::forget(notes); }"),
        ("src/a.rs", "use std::mem;"),
    ];
    let faults = ["src/notes/mod.rs: `std::mem::forget` leaks memory"];
    assert_eq!(leaks(&sample(&bad)), faults);
    assert_eq!(leaks(&sources()), [""; 0]);
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
fn only_network_modules_are_async() {
    let bad = [("src/render/mod.rs", "async fn f() {}"), ("src/git/mod.rs", "async fn f() {}")];
    assert_eq!(asynchronous(&sample(&bad), &sample_page()), ["src/render/mod.rs: no `async` in `render`"]);
    assert_eq!(asynchronous(&sources(), &Page::read()), [""; 0]);
}

#[test]
fn file_names_are_specific() {
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
