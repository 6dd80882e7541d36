//! `tidings schema`, and the validation of all runs against the schemas.

use std::{fs, path::Path};

use serde_json::json;

use crate::support::{Repo, schema};

#[test]
fn schema_is_printed_as_in_the_file() {
    let repo = Repo::new();
    let list = repo.run(&["schema"]);
    assert_eq!(list.status, Some(0), "{}", list.snapshot());
    let names: Vec<&str> = list.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let mut files: Vec<String> = files.collect();
    for name in names {
        let printed = repo.run(&["schema", name]);
        assert_eq!(printed.status, Some(0), "{}", printed.snapshot());
        let at = files.iter().position(|text| *text == printed.stdout);
        files.remove(at.unwrap_or_else(|| panic!("no file is the schema {name}")));
    }
    assert!(files.is_empty(), "not listed: {files:?}");
    insta::assert_snapshot!(repo.run(&["schema", "note"]).snapshot(), @r"
    status: 2
    ----- stderr -----
    error: invalid value 'note' for '[NAME]'
      [possible values: configuration, hosts, notes, next, check, explain, status, promotion, plan]

      tip: a similar value exists: 'notes'

    For more information, try '--help'.
    ");
}

#[test]
fn strict_validation_finds_an_unknown_and_a_missing_field() {
    let repo = Repo::new();
    repo.commit("feat: one");
    let mut next = repo.run_json(&["next", "--format", "json"]);
    schema::assert_valid("next-1", &next, "next");
    next["extra"] = json!(1);
    assert_eq!(schema::problems("next-1", &next).len(), 1);
    next.as_object_mut().unwrap().remove("extra");
    next.as_object_mut().unwrap().remove("reason");
    assert_eq!(schema::problems("next-1", &next).len(), 1);
}
