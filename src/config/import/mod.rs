//! What the files of other tools say: a file each.
//!
//! An importer reads the configuration of one tool, so that a project that has one need not write it again. Each goes the same
//! way, in three steps of which only the first is here:
//!
//! 1. **Read** (here). A module named after the file, [`release_yml`], gets the file's text and nothing else: no path, no
//!    repository, no configuration. It gives a type that says what the file says in the other tool's words ([`ReleaseYml`]), read
//!    by serde, lenient about keys that tidings has no use for, or what is wrong with it in words. Its module doc names the other
//!    tool's page that documents the file.
//! 2. **Find** (`settings`, as `settings/release_yml.rs`). The file is looked for in the project through `files`, which alone opens
//!    what a repository names, unless a key switches it off (`forge.release_yml`). What is wrong with it is a warning with the
//!    file's name, never an error: the file is another tool's.
//! 3. **Translate** (the same file of `settings`). What it says becomes what tidings' own configuration would have said: a
//!    [`SectionDefinition`](crate::rules::SectionDefinition) or a [`Rule`](crate::rules::Rule) with a name that says where it
//!    comes from (``the category `Bugs` of .github/release.yml``), added to the [`RuleSet`](crate::rules::RuleSet) behind the
//!    project's own and before the built-in ones. A condition that no key of the configuration has is a field of `Rule` that serde
//!    skips.
//!
//! To add one: a module here with its type and its tests on samples of the tool's documentation, a line in `config/mod.rs`, a file in
//! `settings/` with `find` and `add`, a call of both beside those of `release_yml`, a key that switches it off, its row in
//! `docs/configuration.md`, and its text among the inputs of `fuzz/src/configuration.rs`.
//!
//! [`ReleaseYml`]: release_yml::ReleaseYml

pub(super) mod release_yml;
