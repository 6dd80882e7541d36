//! Resolves revisions (gitrevisions(7)) to commits: a name, followed by suffixes such as `~2` and `^{commit}`.

use git2::ObjectType;

use super::{
    files::RefStore,
    tags::{Peeled, peel},
};
use crate::git::{
    Error, Repository,
    commits::reader::{effective_parents, parse, read},
    objects::reader::Objects,
};
use crate::model::ObjectId;

/// Shortest abbreviated object ID, in hex digits, as in git.
const MIN_ABBREV: usize = 4;
/// Hex digits of an object ID.
const HEX_LENGTH: usize = 40;
/// Prefixes that are tried for a short ref name, in this order (gitrevisions(7)); the last one with `/HEAD` appended.
const REF_RULES: [&str; 5] = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/", "refs/remotes/"];

impl Repository {
    /// Resolves a revision to a commit.
    ///
    /// # Errors
    /// If the revision does not exist, is ambiguous, is not a commit or not supported, or an object is damaged.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, Error> {
        Resolver { repository: self, ref_store: self.ref_store(), objects: Objects::new(self), revision }
            .commit()
    }

    /// The commit whose ID starts with these hex digits, at least four; `None` if there is none. Names of refs do not
    /// count.
    ///
    /// # Errors
    /// If there are several, or an object is damaged.
    pub fn commit_of_prefix(&self, digits: &str) -> Result<Option<ObjectId>, Error> {
        let (ref_store, objects) = (self.ref_store(), Objects::new(self));
        let mut resolver = Resolver { repository: self, ref_store, objects, revision: digits };
        let found = match digits.parse() {
            Ok(id) => resolver.objects.kind(id).map(|_| id),
            Err(_) => resolver.resolve_abbreviation(digits),
        };
        match found.and_then(|object| resolver.peel_to_commit(object)) {
            Err(Error::NoSuchRevision { .. } | Error::NotACommit { .. } | Error::Missing { .. }) => Ok(None),
            found => found.map(Some),
        }
    }
}

struct Resolver<'r> {
    repository: &'r Repository,
    ref_store: RefStore,
    objects: Objects,
    /// As given by the user.
    revision: &'r str,
}

impl Resolver<'_> {
    fn commit(mut self) -> Result<ObjectId, Error> {
        let (name, mut suffixes) = self.revision.split_at(end_of_name(self.revision));
        let mut object = match self.reflog(name, &mut suffixes)? {
            Some(object) => object,
            None if name.is_empty() => return Err(self.no_such_revision()),
            None => self.resolve_name(if name == "@" { "HEAD" } else { name })?,
        };
        while !suffixes.is_empty() {
            (object, suffixes) = self.apply_suffix(object, suffixes)?;
        }
        self.peel_to_commit(object)
    }

    fn no_such_revision(&self) -> Error {
        Error::NoSuchRevision { revision: self.revision.to_owned() }
    }

    fn unsupported(&self) -> Error {
        Error::Unsupported { revision: self.revision.to_owned() }
    }

    /// Resolves a name without suffixes to an object.
    fn resolve_name(&mut self, name: &str) -> Result<ObjectId, Error> {
        let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Ok(object) = name.parse() {
            match self.objects.kind(object) {
                Err(Error::Missing { .. }) => {}
                found => return found.map(|_| object),
            }
        }
        if let Some(object) = self.resolve_ref(name)?.map(|(_, object)| object) {
            return Ok(object);
        }
        // The output of `git describe` ends with an abbreviated object ID.
        let described = name.rsplit_once("-g").filter(|(before, _)| {
            before.rsplit_once('-').is_some_and(|(_, count)| count.parse::<u32>().is_ok())
        });
        let digits = if is_hex(name) { Some(name) } else { described.map(|(_, digits)| digits) };
        let digits =
            digits.filter(|digits| is_hex(digits) && (MIN_ABBREV..HEX_LENGTH).contains(&digits.len()));
        match digits {
            Some(digits) => self.resolve_abbreviation(&digits.to_ascii_lowercase()),
            None => Err(self.no_such_revision()),
        }
    }

    /// Resolves a short or full ref name to the full name and the object.
    fn resolve_ref(&self, name: &str) -> Result<Option<(String, ObjectId)>, Error> {
        let is_special = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        if (name.bytes().all(is_special) || name.starts_with("refs/"))
            && let Some(object) = self.ref_store.find(name)?
        {
            return Ok(Some((name.to_owned(), object)));
        }
        for (number, prefix) in REF_RULES.iter().enumerate() {
            let end = if number + 1 == REF_RULES.len() { "/HEAD" } else { "" };
            let full = format!("{prefix}{name}{end}");
            if let Some(object) = self.ref_store.find(&full)? {
                return Ok(Some((full, object)));
            }
        }
        Ok(None)
    }

    /// Resolves an abbreviated object ID; if it is ambiguous, to the only commit or tag.
    fn resolve_abbreviation(&mut self, digits: &str) -> Result<ObjectId, Error> {
        let mut found = self.objects.with_prefix(digits);
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
            [] => Err(self.no_such_revision()),
            [only] => Ok(*only),
            _ => Err(Error::Ambiguous { revision: self.revision.to_owned() }),
        }
    }

    /// Applies the first suffix to an object; returns the result and the remaining suffixes.
    fn apply_suffix<'s>(
        &mut self,
        object: ObjectId,
        suffixes: &'s str,
    ) -> Result<(ObjectId, &'s str), Error> {
        if let Some(rest) = suffixes.strip_prefix("^{") {
            let (kind, rest) = rest.split_once('}').ok_or_else(|| self.no_such_revision())?;
            return Ok((self.peel_to(object, kind)?, rest));
        }
        let (step, rest) = if let Some(rest) = suffixes.strip_prefix('^') {
            let (number, rest) = number(rest);
            (ParentSuffix::Nth(number.ok_or_else(|| self.no_such_revision())?), rest)
        } else if let Some(rest) = suffixes.strip_prefix('~') {
            let (number, rest) = number(rest);
            (ParentSuffix::FirstParents(number.ok_or_else(|| self.no_such_revision())?), rest)
        } else if suffixes.starts_with(':') {
            return Err(Error::NotACommit { revision: self.revision.to_owned() });
        } else {
            return Err(self.unsupported());
        };
        let commit = self.peel_to_commit(object)?;
        let parent = match step {
            ParentSuffix::Nth(0) | ParentSuffix::FirstParents(0) => commit,
            ParentSuffix::Nth(number) => self.parent(commit, number)?,
            ParentSuffix::FirstParents(count) => {
                let mut commit = commit;
                for _ in 0..count {
                    commit = self.parent(commit, 1)?;
                }
                commit
            }
        };
        Ok((parent, rest))
    }

    /// The `number`-th parent of a commit, from 1.
    fn parent(&mut self, commit: ObjectId, number: usize) -> Result<ObjectId, Error> {
        let overrides = &self.repository.overrides;
        let recorded = parse(read(&mut self.objects, overrides, commit)?, commit)?.parents;
        let parents = effective_parents(overrides, commit, recorded);
        number.checked_sub(1).and_then(|at| parents.get(at).copied()).ok_or_else(|| self.no_such_revision())
    }

    /// Applies `^{kind}`: peels tags to an object of that type.
    fn peel_to(&mut self, mut object: ObjectId, kind: &str) -> Result<ObjectId, Error> {
        match kind {
            "commit" | "" => match peel(&mut self.objects, object)? {
                Peeled::Commit(commit) => Ok(commit),
                Peeled::Other => Err(Error::NotACommit { revision: self.revision.to_owned() }),
            },
            "object" => Ok(object),
            "tag" => match self.objects.kind(object)? {
                ObjectType::Tag => Ok(object),
                _ => Err(self.no_such_revision()),
            },
            "tree" | "blob" => {
                object = self.peel_to_commit(object)?;
                Err(Error::NotACommit { revision: format!("{}, of {object}", self.revision) })
            }
            _ => Err(self.unsupported()),
        }
    }

    fn peel_to_commit(&mut self, object: ObjectId) -> Result<ObjectId, Error> {
        match peel(&mut self.objects, object)? {
            Peeled::Commit(commit) => Ok(commit),
            Peeled::Other => Err(Error::NotACommit { revision: self.revision.to_owned() }),
        }
    }

    /// Applies a suffix `@{…}`: a reflog entry, a previous checkout, or the upstream branch. `None` if `suffixes`
    /// begins with another one.
    fn reflog(&mut self, name: &str, suffixes: &mut &str) -> Result<Option<ObjectId>, Error> {
        let Some(rest) = suffixes.strip_prefix("@{") else { return Ok(None) };
        let (selector, rest) = rest.split_once('}').ok_or_else(|| self.no_such_revision())?;
        *suffixes = rest;
        let full = match (name, self.ref_store.symbolic_target("HEAD")?) {
            ("", Some(branch)) => branch,
            ("" | "@" | "HEAD", _) => "HEAD".to_owned(),
            (name, _) => self.resolve_ref(name)?.ok_or_else(|| self.no_such_revision())?.0,
        };
        if matches!(selector.to_ascii_lowercase().as_str(), "u" | "upstream") {
            let branch = if full == "HEAD" { self.ref_store.symbolic_target("HEAD")? } else { Some(full) };
            let upstream = branch.and_then(|branch| self.repository.inner.branch_upstream_name(&branch).ok());
            let upstream = upstream.and_then(|name| name.as_str().ok().map(str::to_owned));
            let found = upstream.map(|name| self.ref_store.find(&name)).transpose()?.flatten();
            return found.map(Some).ok_or_else(|| self.no_such_revision());
        }
        if let Some(number) = selector.strip_prefix('-').filter(|_| name.is_empty()) {
            let number = number.parse::<usize>().map_err(|_| self.unsupported())?;
            let branch = self.previous_checkout(number)?;
            return self.resolve_name(&branch).map(Some);
        }
        let number = selector.parse::<usize>().map_err(|_| self.unsupported())?;
        let log = self.ref_store.reflog(&full)?;
        // Line format: old ID, new ID, committer and date, a tab, the message.
        let new = log.iter().rev().nth(number).and_then(|line| line.split(' ').nth(1)?.parse().ok());
        new.map(Some).ok_or_else(|| self.no_such_revision())
    }

    /// The branch or commit before the `number`-th last checkout.
    fn previous_checkout(&self, number: usize) -> Result<String, Error> {
        let log = self.ref_store.reflog("HEAD")?;
        let sources = log.iter().rev().filter_map(|line| {
            let moved = line.split_once("\tcheckout: moving from ")?.1;
            moved.split_once(" to ").map(|(from, _)| from.to_owned())
        });
        let found = number.checked_sub(1).and_then(|number| sources.into_iter().nth(number));
        found.ok_or_else(|| self.no_such_revision())
    }
}

/// A suffix that selects a parent.
enum ParentSuffix {
    /// `^N`: the N-th parent, from 1.
    Nth(usize),
    /// `~N`: the first parent, N times.
    FirstParents(usize),
}

/// Length of the name before the first suffix, in bytes.
fn end_of_name(revision: &str) -> usize {
    let step = revision.find(['^', '~', ':']);
    let log = revision.find("@{");
    step.into_iter().chain(log).min().unwrap_or(revision.len())
}

/// Parses the number at the start of `text`: 1 if there is none, `None` if it is too large. Also returns the rest.
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
    fn name_ends_at_the_first_suffix() {
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
    fn suffix_numbers_are_bounded() {
        assert_eq!(number("12^"), (Some(12), "^"));
        assert_eq!(number("^2"), (Some(1), "^2"));
        assert_eq!(number("99999999999999999999"), (None, ""));
    }
}
