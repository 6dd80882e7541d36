//! Parses the co-authors in `Co-authored-by` trailers.

use std::collections::HashSet;

use thin_vec::ThinVec;

use crate::model::Person;

use super::{
    body::{self, BodyLine},
    text,
};

/// The co-authors in these lines, each once.
pub(super) fn co_authors(lines: &[BodyLine<'_>]) -> ThinVec<Person> {
    let mut people = ThinVec::new();
    let mut seen = HashSet::new();
    for line in lines.iter().filter(|line| !line.quoted && line.text.len() > 16) {
        if !line.text.trim_start().as_bytes().first().is_some_and(|first| matches!(first, b'c' | b'C')) {
            continue;
        }
        let Some((key, value)) = body::trailer(line.text.trim()) else { continue };
        let named = value
            .split_once('<')
            .and_then(|(name, rest)| Some((name.trim(), rest.split_once('>')?.0.trim())));
        let Some((name, email)) = named.filter(|_| key.eq_ignore_ascii_case("co-authored-by")) else {
            continue;
        };
        let person = Person { name: text::line(name), email: email.to_owned() };
        if seen.insert(person.clone()) {
            people.push(person);
        }
    }
    people
}
