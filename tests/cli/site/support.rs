//! The harness of the tests of the site.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Ran, Repo};

/// A site that the program has written.
pub(crate) struct Site {
    pub(crate) ran: Ran,
    /// The content of each file, by its path.
    pub(crate) files: BTreeMap<String, String>,
}

/// Writes a site to the folder `site` next to the repository.
pub(crate) fn site(repo: &Repo, args: &[&str]) -> Site {
    let folder = folder(repo);
    let name = folder.display().to_string();
    let ran = repo.run(&[&["site", "--output", name.as_str()], args].concat());
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    Site { ran, files: files(&folder) }
}

pub(crate) fn folder(repo: &Repo) -> PathBuf {
    repo.dir().parent().unwrap().join("site")
}

/// The content of all files below a folder.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

impl Site {
    pub(crate) fn page(&self, path: &str) -> &str {
        self.files.get(path).unwrap_or_else(|| panic!("{path} is missing: {:?}", self.files.keys()))
    }

    /// The arguments of the call in a data script.
    pub(crate) fn script(&self, path: &str) -> Vec<Value> {
        let text = self.page(path);
        let (_, arguments) = text.split_once('(').unwrap();
        let arguments = arguments.trim_end().strip_suffix(");").unwrap();
        serde_json::from_str(&format!("[{arguments}]")).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Checks that every link of every page leads to a file of the site, and to an element of it, or elsewhere.
    pub(crate) fn assert_links_resolve(&self) {
        for (path, text) in self.files.iter().filter(|(path, _)| path.ends_with(".html")) {
            let ids: BTreeSet<String> = attributes(text, "id").into_iter().collect();
            assert_eq!(ids.len(), attributes(text, "id").len(), "{path} has an ID twice");
            let links = [attributes(text, "href"), attributes(text, "src")].concat();
            assert!(links.len() > 5, "{path}: {links:?}");
            for link in links {
                if link.contains("://") {
                    continue;
                }
                let (file, anchor) =
                    link.split_once('#').map_or((&*link, None), |(file, id)| (file, Some(id)));
                let target = if file.is_empty() { path.clone() } else { resolve(path, file) };
                let Some(found) = self.files.get(&target) else { panic!("{path} links {link}: no {target}") };
                // The script reads these.
                let is_query = |anchor: &str| anchor.starts_with("from=") || anchor.starts_with('?');
                if let Some(anchor) = anchor.filter(|anchor| !is_query(anchor)) {
                    let ids = attributes(found, "id");
                    assert!(ids.iter().any(|id| id == anchor), "{path} links {link}");
                }
            }
        }
    }
}

/// The path that a relative link leads to.
fn resolve(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{page} links {link}, outside of the site"),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The values of an attribute on a page, unescaped.
fn attributes(text: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    let parts = text.split(start.as_str()).skip(1);
    parts.map(|part| part.split('"').next().unwrap().replace("&amp;", "&")).collect()
}
