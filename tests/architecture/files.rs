//! Which file uses an item of which other file, and the cycles among files.
//!
//! A `pub use` in a `mod.rs` is a facade: an importer depends on the file that defines the name. Methods are not
//! tracked, since tokens have no types.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Import, Source, sources};

/// For each file, by path, the files that it uses, each with the names it uses from it.
type Uses = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The modules of the crate, by module path.
struct Modules<'s> {
    files: BTreeMap<String, &'s Source>,
    imports: BTreeMap<String, Vec<Import>>,
}

impl<'s> Modules<'s> {
    fn new(files: &'s [Source]) -> Self {
        let by_path = |file: &'s Source| (file.module_path(), file);
        let imports = files.iter().map(|file| (file.module_path(), file.imports())).collect();
        Self { files: files.iter().map(by_path).collect(), imports }
    }

    /// Resolves a path in a module to a path from the crate root.
    fn absolute(&self, module: &str, path: &str, depth: usize) -> Option<String> {
        let root = ["main", "lib"].contains(&module);
        let names: Vec<&str> = path.split("::").collect();
        let above = names.iter().take_while(|name| **name == "super").count();
        let own: Vec<&str> = if root { Vec::new() } else { module.split("::").collect() };
        let joined = |base: &[&str], rest: &[&str]| [base, rest].concat().join("::");
        match names[0] {
            "crate" => return Some(joined(&[], &names[1..])),
            "tidings" if module == "main" => return Some(joined(&[], &names[1..])),
            "self" => return Some(joined(&own, &names[1..])),
            "super" => return Some(joined(own.get(..own.len().checked_sub(above)?)?, &names[above..])),
            _ => {}
        }
        let child = joined(&own, &names[..1]);
        if self.files.contains_key(&child) {
            return Some(joined(&own, &names));
        }
        let import = self.imports.get(module)?.iter().find(|import| import.name == names[0])?;
        // An import of a crate under the same name would recurse without end.
        let base = (depth < 8 && import.path != names[0])
            .then(|| self.absolute(module, &import.path, depth + 1))??;
        Some(joined(&[&base], &names[1..]))
    }

    /// The module that defines the item of a path from the root, and the item's name; `None` if the path names a module
    /// or an external item.
    fn definition(&self, path: &str, depth: usize) -> Option<(String, String)> {
        let names: Vec<&str> = path.split("::").collect();
        let length =
            (1..=names.len()).rev().find(|end| self.files.contains_key(&names[..*end].join("::")))?;
        let (module, item) = (names[..length].join("::"), names.get(length)?);
        let again = self.imports.get(&module)?.iter().find(|import| import.name == *item);
        match again.filter(|_| depth < 8) {
            Some(import) => self.definition(&self.absolute(&module, &import.path, 0)?, depth + 1),
            None => Some((module, (*item).to_owned())),
        }
    }
}

fn uses(files: &[Source]) -> Uses {
    let modules = Modules::new(files);
    let mut uses = Uses::new();
    for file in files {
        let module = file.module_path();
        let is_facade = file.path.ends_with("/mod.rs") || file.path == "src/lib.rs";
        let imported = modules.imports[&module].iter();
        let imported = imported.filter(|import| !(is_facade && import.public));
        let public: BTreeSet<String> = modules.imports[&module]
            .iter()
            .filter(|import| is_facade && import.public)
            .map(|import| import.path.clone())
            .collect();
        let named = imported.map(|import| import.path.clone());
        let paths = file.paths().into_iter().filter(|path| !public.contains(path));
        let own = uses.entry(file.path.clone()).or_default();
        for path in named.chain(paths) {
            let found = modules.absolute(&module, &path, 0).and_then(|path| modules.definition(&path, 0));
            let Some((other, name)) = found.filter(|(other, _)| *other != module) else { continue };
            own.entry(modules.files[&other].path.clone()).or_default().insert(name);
        }
    }
    uses
}

/// Each edge that is part of a cycle, with the names it uses.
fn cycles(files: &[Source]) -> Vec<String> {
    let uses = uses(files);
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        uses.keys().map(|file| (file.as_str(), reachable(&uses, file))).collect();
    let mut found = Vec::new();
    for (file, others) in &uses {
        for (other, names) in others {
            if reached.get(other.as_str()).is_some_and(|reached| reached.contains(file.as_str())) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                found.push(format!("{file} uses {} of {other}, which depends on it", names.join(", ")));
            }
        }
    }
    found
}

fn reachable<'u>(uses: &'u Uses, from: &str) -> BTreeSet<&'u str> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(file) = open.pop() {
        for used in uses.get(file).into_iter().flat_map(BTreeMap::keys) {
            if seen.insert(used.as_str()) {
                open.push(used);
            }
        }
    }
    seen
}

#[test]
fn files_have_no_dependency_cycles() {
    let sample = |files: &[(&str, &str)]| -> Vec<Source> {
        files.iter().map(|(path, text)| Source::new(path, text)).collect()
    };
    let facade = "mod b; mod c; pub use b::B; pub use c::C;";
    let good = [
        ("src/a/mod.rs", facade),
        ("src/a/b.rs", "pub struct B;"),
        ("src/a/c.rs", "use super::B; pub struct C(B);"),
        ("src/d.rs", "use crate::a::{self, B}; fn f(c: a::C) {}"),
    ];
    assert_eq!(cycles(&sample(&good)), [""; 0]);
    let by_facade = [
        ("src/a/mod.rs", facade),
        ("src/a/b.rs", "use crate::a; pub struct B(a::C);"),
        ("src/a/c.rs", "use super::B; pub struct C(B);"),
    ];
    let expected = [
        "src/a/b.rs uses C of src/a/c.rs, which depends on it",
        "src/a/c.rs uses B of src/a/b.rs, which depends on it",
    ];
    assert_eq!(cycles(&sample(&by_facade)), expected);
    let with_parent = [
        ("src/a/mod.rs", "mod b; use b::B; pub struct A(B);"),
        ("src/a/b.rs", "use super::A; pub struct B(Box<A>);"),
    ];
    let expected = [
        "src/a/b.rs uses A of src/a/mod.rs, which depends on it",
        "src/a/mod.rs uses B of src/a/b.rs, which depends on it",
    ];
    assert_eq!(cycles(&sample(&with_parent)), expected);
    let found = cycles(&sources());
    assert!(found.is_empty(), "{}", found.join("\n"));
}
