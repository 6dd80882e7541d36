//! Checks that every error is answered for in `hint()`: each error enum has the function, its `match` names every
//! variant, so that a new variant does not compile without a decision, and a comment says why a variant has no hint.

use crate::source::{Source, sources};

fn faults(files: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let lines = file.catch_all_arms("hint");
        faults.extend(lines.iter().map(|line| format!("{}:{line}: `_ =>` in `hint`", file.path)));
        let lines = file.none_arms_without_reason("hint");
        faults.extend(lines.iter().map(|line| format!("{}:{line}: no hint, and no comment why", file.path)));
        if file.path.ends_with("/error.rs") {
            let without = file.public_enums().into_iter().filter(|name| !file.has_method(name, "hint"));
            faults.extend(without.map(|name| format!("{}: `{name}` has no `hint`", file.path)));
        }
    }
    faults
}

#[test]
fn every_error_variant_is_answered_for_in_hint() {
    let good = "pub enum Error { A, B(u8) }\nimpl Error { pub fn hint(&self) -> Option<u8> {\n\
                match self { Self::B { x } => match 1 { 1 => None, _ => Some(1) }\n\
                // The message is complete.\nSelf::A { .. }\n| Self::C => None, } } }";
    assert_eq!(faults(&[Source::new("src/a/error.rs", good)]), [""; 0]);
    let bad = "pub enum Error { A, B }\nimpl Error {\nfn hint(&self) -> Option<u8> {\n\
               match self { Self::D { x } => { Some(2) }\nSelf::A => None,\n_ => Some(1) } } }\n\
               pub(crate) enum Other { C }\nimpl Display for Other { fn fmt() {} }";
    let expected = [
        "src/a/error.rs:6: `_ =>` in `hint`",
        "src/a/error.rs:5: no hint, and no comment why",
        "src/a/error.rs: `Other` has no `hint`",
    ];
    assert_eq!(faults(&[Source::new("src/a/error.rs", bad)]), expected);
    let found = faults(&sources());
    assert!(found.is_empty(), "{}", found.join("\n"));
}
