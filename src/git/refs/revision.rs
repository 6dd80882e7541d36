//! What a revision names, in git's own syntax (gitrevisions(7)): a name, and what is asked of it step by step.

use git2::ObjectType;

use super::{
    files::References,
    tags::{Peeled, peel},
};
use crate::git::{
    Error, Repository,
    commits::reader::{parents, parse, read},
    objects::reader::Objects,
};
use crate::model::ObjectId;

/// Fewer digits are no abbreviation of an object's name.
const FEWEST_DIGITS: usize = 4;
/// The digits of an object's name.
const DIGITS: usize = 40;
/// Where a short name of a reference is looked for, in this order.
const PLACES: [&str; 5] = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/", "refs/remotes/"];

impl Repository {
    /// The commit that a revision names.
    ///
    /// # Errors
    /// When it names nothing, several things, no commit, or something that is damaged.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, Error> {
        Resolver { repository: self, references: self.references(), objects: Objects::new(self), revision }
            .commit()
    }
}

struct Resolver<'r> {
    repository: &'r Repository,
    references: References,
    objects: Objects,
    /// As it was given.
    revision: &'r str,
}

impl Resolver<'_> {
    fn commit(mut self) -> Result<ObjectId, Error> {
        let (name, mut steps) = self.revision.split_at(end_of_name(self.revision));
        let mut object = match self.reflog(name, &mut steps)? {
            Some(object) => object,
            None if name.is_empty() => return Err(self.none()),
            None => self.named(if name == "@" { "HEAD" } else { name })?,
        };
        while !steps.is_empty() {
            (object, steps) = self.step(object, steps)?;
        }
        self.peeled(object)
    }

    fn none(&self) -> Error {
        Error::NoSuchRevision { revision: self.revision.to_owned() }
    }

    fn unsupported(&self) -> Error {
        Error::Unsupported { revision: self.revision.to_owned() }
    }

    /// The object that a name without steps means.
    fn named(&mut self, name: &str) -> Result<ObjectId, Error> {
        let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Ok(object) = name.parse() {
            match self.objects.kind(object) {
                Err(Error::Missing { .. }) => {}
                found => return found.map(|_| object),
            }
        }
        if let Some(object) = self.reference(name)?.map(|(_, object)| object) {
            return Ok(object);
        }
        // What `git describe` prints ends with an abbreviated name.
        let described = name.rsplit_once("-g").filter(|(before, _)| {
            before.rsplit_once('-').is_some_and(|(_, count)| count.parse::<u32>().is_ok())
        });
        let digits = if is_hex(name) { Some(name) } else { described.map(|(_, digits)| digits) };
        let digits =
            digits.filter(|digits| is_hex(digits) && (FEWEST_DIGITS..DIGITS).contains(&digits.len()));
        match digits {
            Some(digits) => self.abbreviated(&digits.to_ascii_lowercase()),
            None => Err(self.none()),
        }
    }

    /// The full name of the reference that a name means, and its object.
    fn reference(&self, name: &str) -> Result<Option<(String, ObjectId)>, Error> {
        let is_special = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        if (name.bytes().all(is_special) || name.starts_with("refs/"))
            && let Some(object) = self.references.find(name)?
        {
            return Ok(Some((name.to_owned(), object)));
        }
        for (number, place) in PLACES.iter().enumerate() {
            let end = if number + 1 == PLACES.len() { "/HEAD" } else { "" };
            let full = format!("{place}{name}{end}");
            if let Some(object) = self.references.find(&full)? {
                return Ok(Some((full, object)));
            }
        }
        Ok(None)
    }

    /// The object that an abbreviation means; of several the one that is a commit or leads to one.
    fn abbreviated(&mut self, digits: &str) -> Result<ObjectId, Error> {
        let mut found = self.objects.starting_with(digits);
        if found.len() > 1 {
            let mut commits = Vec::new();
            for id in &found {
                if matches!(self.objects.kind(*id)?, ObjectType::Commit | ObjectType::Tag) {
                    commits.push(*id);
                }
            }
            found = commits;
        }
        match found.as_slice() {
            [] => Err(self.none()),
            [only] => Ok(*only),
            _ => Err(Error::Ambiguous { revision: self.revision.to_owned() }),
        }
    }

    /// One step from an object, and the steps behind it.
    fn step<'s>(&mut self, object: ObjectId, steps: &'s str) -> Result<(ObjectId, &'s str), Error> {
        if let Some(rest) = steps.strip_prefix("^{") {
            let (kind, rest) = rest.split_once('}').ok_or_else(|| self.none())?;
            return Ok((self.of_kind(object, kind)?, rest));
        }
        let (step, rest) = if let Some(rest) = steps.strip_prefix('^') {
            let (number, rest) = number(rest);
            (Parents::Only(number.ok_or_else(|| self.none())?), rest)
        } else if let Some(rest) = steps.strip_prefix('~') {
            let (number, rest) = number(rest);
            (Parents::First(number.ok_or_else(|| self.none())?), rest)
        } else if steps.starts_with(':') {
            return Err(Error::NotACommit { revision: self.revision.to_owned() });
        } else {
            return Err(self.unsupported());
        };
        let commit = self.peeled(object)?;
        let up = match step {
            Parents::Only(0) | Parents::First(0) => commit,
            Parents::Only(number) => self.parent(commit, number)?,
            Parents::First(count) => {
                let mut commit = commit;
                for _ in 0..count {
                    commit = self.parent(commit, 1)?;
                }
                commit
            }
        };
        Ok((up, rest))
    }

    /// The parent of a commit by its number, from 1.
    fn parent(&mut self, commit: ObjectId, number: usize) -> Result<ObjectId, Error> {
        let altered = &self.repository.altered;
        let recorded = parse(read(&mut self.objects, altered, commit)?, commit)?.parents;
        let parents = parents(altered, commit, recorded);
        number.checked_sub(1).and_then(|at| parents.get(at).copied()).ok_or_else(|| self.none())
    }

    /// The object as one of a kind, with tags taken away where it is none of it.
    fn of_kind(&mut self, mut object: ObjectId, kind: &str) -> Result<ObjectId, Error> {
        match kind {
            "commit" | "" => match peel(&mut self.objects, object)? {
                Peeled::Commit(commit) => Ok(commit),
                Peeled::Other => Err(Error::NotACommit { revision: self.revision.to_owned() }),
            },
            "object" => Ok(object),
            "tag" => match self.objects.kind(object)? {
                ObjectType::Tag => Ok(object),
                _ => Err(self.none()),
            },
            "tree" | "blob" => {
                object = self.peeled(object)?;
                Err(Error::NotACommit { revision: format!("{}, of {object}", self.revision) })
            }
            _ => Err(self.unsupported()),
        }
    }

    fn peeled(&mut self, object: ObjectId) -> Result<ObjectId, Error> {
        match peel(&mut self.objects, object)? {
            Peeled::Commit(commit) => Ok(commit),
            Peeled::Other => Err(Error::NotACommit { revision: self.revision.to_owned() }),
        }
    }

    /// The object that `name@{…}` means, where steps begin so: an entry of the reflog, the branch checked out before, the
    /// branch upstream.
    fn reflog(&mut self, name: &str, steps: &mut &str) -> Result<Option<ObjectId>, Error> {
        let Some(rest) = steps.strip_prefix("@{") else { return Ok(None) };
        let (what, rest) = rest.split_once('}').ok_or_else(|| self.none())?;
        *steps = rest;
        let full = match (name, self.references.symbolic("HEAD")?) {
            ("", Some(branch)) => branch,
            ("" | "@" | "HEAD", _) => "HEAD".to_owned(),
            (name, _) => self.reference(name)?.ok_or_else(|| self.none())?.0,
        };
        if matches!(what.to_ascii_lowercase().as_str(), "u" | "upstream") {
            let branch = if full == "HEAD" { self.references.symbolic("HEAD")? } else { Some(full) };
            let upstream = branch.and_then(|branch| self.repository.inner.branch_upstream_name(&branch).ok());
            let upstream = upstream.and_then(|name| name.as_str().ok().map(str::to_owned));
            let found = upstream.map(|name| self.references.find(&name)).transpose()?.flatten();
            return found.map(Some).ok_or_else(|| self.none());
        }
        if let Some(number) = what.strip_prefix('-').filter(|_| name.is_empty()) {
            let number = number.parse::<usize>().map_err(|_| self.unsupported())?;
            let branch = self.left(number)?;
            return self.named(&branch).map(Some);
        }
        let number = what.parse::<usize>().map_err(|_| self.unsupported())?;
        let log = self.references.log(&full)?;
        // Each line: the object before, the object after, who and when, a tab, the message.
        let new = log.iter().rev().nth(number).and_then(|line| line.split(' ').nth(1)?.parse().ok());
        new.map(Some).ok_or_else(|| self.none())
    }

    /// The branch or commit that was left so many checkouts ago.
    fn left(&self, number: usize) -> Result<String, Error> {
        let log = self.references.log("HEAD")?;
        let left = log.iter().rev().filter_map(|line| {
            let moved = line.split_once("\tcheckout: moving from ")?.1;
            moved.split_once(" to ").map(|(from, _)| from.to_owned())
        });
        let found = number.checked_sub(1).and_then(|number| left.into_iter().nth(number));
        found.ok_or_else(|| self.none())
    }
}

/// Which parents are asked for.
enum Parents {
    /// The one with this number, from 1.
    Only(usize),
    /// So many times the first.
    First(usize),
}

/// Where the name ends and the steps begin.
fn end_of_name(revision: &str) -> usize {
    let step = revision.find(['^', '~', ':']);
    let log = revision.find("@{");
    step.into_iter().chain(log).min().unwrap_or(revision.len())
}

/// The number that a text begins with, 1 where there is none, and the rest; `None` where it is too large.
fn number(text: &str) -> (Option<usize>, &str) {
    let end = text.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let number =
        if digits.is_empty() { Some(1) } else { digits.parse::<u32>().ok().map(|number| number as usize) };
    (number, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_ends_where_steps_begin() {
        for (revision, name) in [
            ("v1.0.0", "v1.0.0"),
            ("core@1.0.0~2", "core@1.0.0"),
            ("HEAD^{commit}", "HEAD"),
            ("main@{1}^2", "main"),
            ("@{u}", ""),
            ("@~3", "@"),
            (":/text", ""),
        ] {
            assert_eq!(&revision[..end_of_name(revision)], name, "{revision}");
        }
    }

    #[test]
    fn numbers_have_a_bound() {
        assert_eq!(number("12^"), (Some(12), "^"));
        assert_eq!(number("^2"), (Some(1), "^2"));
        assert_eq!(number("99999999999999999999"), (None, ""));
    }
}
