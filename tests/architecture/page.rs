//! Parses `ARCHITECTURE.md`, so that its tables are the only copy of the rules.

use std::{collections::BTreeMap, fs, path::Path};

/// The modules that a module may use.
pub(crate) enum Allowed {
    All,
    /// These, and the module itself.
    Named(Vec<String>),
}

/// The parsed page.
pub(crate) struct Page {
    /// Each module with the modules it may use.
    pub(crate) modules: BTreeMap<String, Allowed>,
    /// Each crate, as spelled in code, with the modules that may contain its types; `None` for all modules.
    pub(crate) crates: BTreeMap<String, Option<Vec<String>>>,
    /// The modules in which `async` is allowed.
    pub(crate) asynchronous: Vec<String>,
    /// The files that the page names, as written there.
    pub(crate) files: Vec<String>,
}

impl Page {
    pub(crate) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
        Self::new(&fs::read_to_string(path).unwrap())
    }

    pub(crate) fn new(text: &str) -> Self {
        let modules = rows(text, "| `src/` |").map(|cells| {
            let name = code(&cells[0]).remove(0);
            let name = name.trim_end_matches('/').trim_end_matches(".rs").to_owned();
            let allowed = match cells[2].as_str() {
                "all" => Allowed::All,
                "nothing" => Allowed::Named(Vec::new()),
                _ => Allowed::Named(code(&cells[2])),
            };
            (name, allowed)
        });
        let crates = rows(text, "| crate |").flat_map(|cells| {
            let modules = match cells[1].as_str() {
                "anywhere" => None,
                "tests" | "nowhere" => Some(Vec::new()),
                _ => Some(code(&cells[1])),
            };
            code(&cells[0]).into_iter().map(move |name| (name.replace('-', "_"), modules.clone()))
        });
        let asynchronous = text.split("`async` only in").nth(1).unwrap_or_default();
        let is_file = |name: &String| name.contains('/') && name.ends_with(".rs");
        Self {
            modules: modules.collect(),
            crates: crates.collect(),
            asynchronous: code(asynchronous.split('.').next().unwrap_or_default()),
            files: code(text).into_iter().filter(is_file).collect(),
        }
    }
}

/// The rows of the table whose header starts with `head`, each as a list of cells.
fn rows<'t>(text: &'t str, head: &str) -> impl Iterator<Item = Vec<String>> + use<'t> {
    let table = text.split_once(head).map_or("", |(_, table)| table);
    let lines = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    lines.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect())
}

/// The text between single backticks on one line.
fn code(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.starts_with("```"));
    let parts = lines.flat_map(|line| line.split('`').skip(1).step_by(2));
    parts.map(str::to_owned).collect()
}

/// The dependencies in `Cargo.toml`, as spelled in code.
pub(crate) fn dependencies() -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let mut section = "";
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
        } else if let ("[dependencies]" | "[dev-dependencies]", Some((name, _))) =
            (section, line.split_once('='))
        {
            found.push(name.trim().replace('-', "_"));
        }
    }
    found
}

#[test]
fn tables_are_parsed() {
    let text = "| `src/` | its job | may use |\n|---|---|---|\n| `cli/` | x | all |\n| `a.rs` | `y` | `b`, `c` |\n\n\
                `async` only in `d` and `e`.\n`a/b.rs`\n\n\
                | crate | where | what |\n|---|---|---|\n| `f-g`, `h` | `a` | x |\n| `i` | anywhere | y |\n";
    let page = Page::new(text);
    assert!(matches!(page.modules["cli"], Allowed::All));
    assert!(matches!(&page.modules["a"], Allowed::Named(names) if names == &["b", "c"]));
    assert_eq!(page.asynchronous, ["d", "e"]);
    assert_eq!(page.files, ["a/b.rs"]);
    assert_eq!(
        (&page.crates["f_g"], &page.crates["h"]),
        (&Some(vec!["a".to_owned()]), &Some(vec!["a".to_owned()]))
    );
    assert_eq!(page.crates["i"], None);
}
