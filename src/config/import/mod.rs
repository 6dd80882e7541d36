//! Parses configuration files of other tools, one module per file.
//!
//! An importer takes three steps; only the first is here:
//!
//! 1. **Parse** (here). A module named after the file, [`release_yml`], gets the file's text and nothing else: no path,
//!    no repository, no configuration. It returns a type with the other tool's terms ([`ReleaseYml`]), or an error
//!    message. Parsing is lenient: keys without a use in tidings are ignored. The module doc names the page that
//!    documents the file.
//! 2. **Find** (`settings`, as in `settings/release_yml.rs`). The file is read through `files`, which alone opens paths
//!    that a repository names, unless a key disables it (`forge.release_yml`). An invalid file is a warning with the
//!    file's name, never an error, since the file belongs to another tool.
//! 3. **Translate** (the same file in `settings`). Its content becomes a
//!    [`SectionDefinition`](crate::rules::SectionDefinition) or a [`Rule`](crate::rules::Rule), named after its origin
//!    (``the category `Bugs` of .github/release.yml``), in the [`RuleSet`](crate::rules::RuleSet): after the project's
//!    rules and before the built-in ones. A condition that the configuration cannot express is a field of `Rule` that
//!    serde skips.
//!
//! To add an importer: a module here with its type and tests on samples of the tool's documentation, a line in
//! `config/mod.rs`, a file in `settings/` with `find` and `add`, a call of both next to those of `release_yml`, a key
//! that disables it, its row in `docs/configuration.md`, and its text in the inputs of `fuzz/src/configuration.rs`.
//!
//! [`ReleaseYml`]: release_yml::ReleaseYml

pub(super) mod release_yml;
