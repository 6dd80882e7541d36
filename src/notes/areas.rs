//! Names the areas of a repository that paths are in, from its layout alone.
//!
//! An area is an application of a monorepo, a module, or a top folder of the sources. Documentation, tests and CI are
//! areas only of changes that touch nothing else; files at the root belong to none.

use crate::{messages::letters, model::FileKind, rules};

/// Folders whose folders are applications, packages or modules.
const CONTAINERS: [&str; 35] = [
    "apps",
    "applications",
    "packages",
    "pkgs",
    "services",
    "crates",
    "cmd",
    "cmds",
    "modules",
    "projects",
    "libs",
    "libraries",
    "plugins",
    "extensions",
    "addons",
    "engines",
    "clients",
    "servers",
    "sdks",
    "integrations",
    "providers",
    "drivers",
    "workspaces",
    "microservices",
    "pkg",
    "internal",
    "components",
    "products",
    "features",
    "domains",
    "frontends",
    "backends",
    "charts",
    "connectors",
    "adapters",
];

/// Folders of sources, whose folders are the areas.
const SOURCES: [&str; 9] = ["src", "source", "sources", "app", "lib", "code", "main", "java", "kotlin"];

/// Folders between `src/main` and the sources of a language.
const LANGUAGES: [&str; 11] = [
    "java",
    "kotlin",
    "scala",
    "groovy",
    "clojure",
    "resources",
    "webapp",
    "proto",
    "python",
    "go",
    "csharp",
];

/// File names, without their extension, that name no area.
const GENERIC: [&str; 19] = [
    "main",
    "index",
    "lib",
    "mod",
    "app",
    "init",
    "__init__",
    "__main__",
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "types",
    "constants",
    "config",
    "settings",
    "version",
    "errors",
];

/// Where a path is.
enum Place {
    /// In an area of the product.
    Area(String),
    /// In one of the kinds `docs`, `tests` and `ci`.
    Beside(&'static str),
    /// In none.
    Nowhere,
}

/// What the names of areas depend on besides the paths.
#[derive(Default)]
pub(super) struct Surroundings<'a> {
    /// The name of the repository: a top folder of this name holds its sources.
    pub(super) product: Option<&'a str>,
    /// The folders of the configured packages, each with the package's name.
    pub(super) packages: &'a [(String, String)],
    /// The package whose notes are written: areas are named inside it.
    pub(super) own_package: Option<&'a str>,
}

/// The areas of paths, most paths first. `only_folder` returns the only entry of a folder, if that is a folder.
pub(super) fn areas<E>(
    paths: &[String],
    surroundings: &Surroundings<'_>,
    only_folder: &mut dyn FnMut(&str) -> Result<Option<String>, E>,
) -> Result<Vec<String>, E> {
    let (mut areas, mut beside) = (Counts::default(), Counts::default());
    for path in paths {
        match package_or_place(path, surroundings, only_folder)? {
            Place::Area(name) => areas.add(&name),
            Place::Beside(name) => beside.add(name),
            Place::Nowhere => {}
        }
    }
    Ok(if areas.0.is_empty() { beside.sorted() } else { areas.sorted() })
}

/// Names with their counts; few, so a linear search is enough.
#[derive(Default)]
struct Counts(Vec<(String, usize)>);

impl Counts {
    fn add(&mut self, name: &str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => self.0.push((name.to_owned(), 1)),
        }
    }

    fn sorted(mut self) -> Vec<String> {
        self.0.sort_by(|(a, one), (b, other)| other.cmp(one).then_with(|| a.cmp(b)));
        self.0.into_iter().map(|(name, _)| name).collect()
    }
}

/// The configured package of a path, else its place by the layout: in the own package, by the layout below its folder.
fn package_or_place<E>(
    path: &str,
    surroundings: &Surroundings<'_>,
    only_folder: &mut dyn FnMut(&str) -> Result<Option<String>, E>,
) -> Result<Place, E> {
    let below = |folder: &str| path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    let inside = surroundings.packages.iter().filter(|(folder, _)| below(folder).is_some());
    let Some((folder, name)) = inside.max_by_key(|(folder, _)| folder.len()) else {
        return place(path, surroundings.product, only_folder);
    };
    match place(below(folder).unwrap_or(path), None, &mut |inner| only_folder(&format!("{folder}/{inner}")))?
    {
        Place::Area(_) | Place::Nowhere if Some(name.as_str()) != surroundings.own_package => {
            Ok(Place::Area(name.clone()))
        }
        found => Ok(found),
    }
}

fn place<E>(
    path: &str,
    product: Option<&str>,
    only_folder: &mut dyn FnMut(&str) -> Result<Option<String>, E>,
) -> Result<Place, E> {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let folders: Vec<&str> = folders.split('/').filter(|folder| !folder.is_empty()).collect();
    match rules::file_kind(path) {
        Some(FileKind::Documentation) => return Ok(Place::Beside("docs")),
        Some(FileKind::Tests) => return Ok(Place::Beside("tests")),
        Some(FileKind::Ci) => return Ok(Place::Beside("ci")),
        Some(FileKind::Housekeeping) => return Ok(Place::Nowhere),
        None => {}
    }
    let Some((first, below)) = folders.split_first().filter(|(first, _)| !first.starts_with('.')) else {
        return Ok(Place::Nowhere);
    };
    let lower = first.to_lowercase();
    if let (true, Some((name, more))) = (CONTAINERS.contains(&lower.as_str()), below.split_first()) {
        let name = if name.starts_with('@') {
            more.first().map_or_else(|| (*name).to_owned(), |package| format!("{name}/{package}"))
        } else {
            (*name).to_owned()
        };
        return Ok(Place::Area(name));
    }
    let is_product = product.is_some_and(|product| is_same_name(product, first));
    let is_project = below.first() == Some(&"src");
    if is_project || !(SOURCES.contains(&lower.as_str()) || is_product) {
        return Ok(Place::Area((*first).to_owned()));
    }
    in_sources(first, below, file, only_folder)
}

/// The area of a file below a folder of sources: its first folder below those that only lead to another one.
fn in_sources<E>(
    root: &str,
    below: &[&str],
    file: &str,
    only_folder: &mut dyn FnMut(&str) -> Result<Option<String>, E>,
) -> Result<Place, E> {
    let mut at = root.to_owned();
    let mut below = below.iter().copied().peekable();
    let enter = |at: &mut String, folder: &str| at.extend(["/", folder]);
    if let Some(main) = below.next_if(|folder| *folder == "main") {
        enter(&mut at, main);
        if let Some(language) = below.next_if(|folder| LANGUAGES.contains(folder)) {
            enter(&mut at, language);
        }
    }
    while let Some(folder) = below.peek().copied() {
        if only_folder(&at)?.as_deref() != Some(folder) {
            break;
        }
        enter(&mut at, folder);
        below.next();
    }
    if let Some(folder) = below.next() {
        // `src/apps/web` is the application, as `apps/web` is.
        let inner = below.next().filter(|_| CONTAINERS.contains(&folder));
        return Ok(Place::Area(inner.unwrap_or(folder).to_owned()));
    }
    let stem = file.split('.').next().unwrap_or_default();
    let is_named = !stem.is_empty() && !GENERIC.contains(&stem.to_lowercase().as_str());
    Ok(if is_named { Place::Area(stem.to_owned()) } else { Place::Nowhere })
}

/// Whether two names are one, as `my-app` and `my_app`.
fn is_same_name(one: &str, other: &str) -> bool {
    letters(one) == letters(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(paths: &[&str]) -> Vec<String> {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        // The sources of `shop` have one chain of folders that only lead to another.
        let only = |folder: &str| {
            Ok::<_, ()>(match folder {
                "src/main/java" => Some("com".to_owned()),
                "src/main/java/com" => Some("acme".to_owned()),
                "src/main/java/com/acme" => Some("shop".to_owned()),
                _ => None,
            })
        };
        let surroundings = Surroundings { product: Some("my-shop"), ..Surroundings::default() };
        areas(&paths, &surroundings, &mut { only }).unwrap()
    }

    #[test]
    fn areas_follow_the_layout() {
        for (path, area) in [
            ("apps/web/src/a.ts", "web"),
            ("packages/@acme/core/index.js", "@acme/core"),
            ("packages/plugin-legacy/src/x.ts", "plugin-legacy"),
            ("services/orders/main.go", "orders"),
            ("crates/regex/src/lib.rs", "regex"),
            ("cmd/argo/main.go", "argo"),
            ("internal/auth/token.go", "auth"),
            ("src/render/x.rs", "render"),
            ("src/cart.rs", "cart"),
            ("lib/src/git.rs", "lib"),
            ("cli/src/commands/x.rs", "cli"),
            ("lib/rules/no-x.js", "rules"),
            ("src/main/java/com/acme/shop/orders/Order.java", "orders"),
            ("src/main/java/com/acme/shop/orders/impl/Order.java", "orders"),
            ("src/main/resources/db/V1.sql", "db"),
            ("naming/src/main/java/com/x/Y.java", "naming"),
            ("backend/src/main/java/com/x/Y.java", "backend"),
            ("my_shop/db/models.py", "db"),
            ("workflow/controller/x.go", "workflow"),
            ("builtin/log.c", "builtin"),
            ("src/apps/admin/x.ts", "admin"),
        ] {
            assert_eq!(of(&[path]), [area], "{path}");
        }
        for path in ["Cargo.lock", "src/main.rs", "log.c", ".vscode/x.json", "my_shop/__init__.py"] {
            assert!(of(&[path]).is_empty(), "{path}");
        }
    }

    #[test]
    fn documentation_tests_and_ci_are_areas_only_alone() {
        for (path, area) in [
            ("docs/a.md", "docs"),
            ("README.md", "docs"),
            ("tests/cli/a.rs", "tests"),
            ("apps/web/a.spec.ts", "tests"),
            ("src/test/java/com/x/YTest.java", "tests"),
            (".github/workflows/x.yml", "ci"),
            (".gitlab-ci.yml", "ci"),
        ] {
            assert_eq!(of(&[path]), [area], "{path}");
        }
        assert_eq!(of(&["docs/a.md", "tests/a.rs", "src/web/b.rs", "Cargo.toml"]), ["web"]);
        assert_eq!(of(&["docs/a.md", "tests/a.rs", "tests/b.rs"]), ["tests", "docs"]);
    }

    #[test]
    fn configured_packages_are_areas() {
        let packages = [("ui".to_owned(), "@acme/ui".to_owned()), ("ui/kit".to_owned(), "kit".to_owned())];
        let of = |own_package, paths: [&str; 3]| {
            let surroundings = Surroundings { product: None, packages: &packages, own_package };
            areas::<()>(&paths.map(String::from), &surroundings, &mut |_| Ok(None)).unwrap()
        };
        assert_eq!(of(None, ["ui/src/cart/a.ts", "ui/package.json", "ui/kit/x.ts"]), ["@acme/ui", "kit"]);
        assert_eq!(of(Some("@acme/ui"), ["ui/src/cart/a.ts", "ui/package.json", "ui/README.md"]), ["cart"]);
        assert_eq!(of(None, ["ui/README.md", "ui/docs/a.md", "ui/a.test.ts"]), ["docs", "tests"]);
    }

    #[test]
    fn area_with_most_paths_is_first() {
        assert_eq!(of(&["apps/a/1", "apps/b/1", "apps/b/2", "apps/c/1"]), ["b", "a", "c"]);
    }
}
