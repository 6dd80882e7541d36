//! Completes arguments in a shell: commands and options as clap knows them, and the versions, packages, environments
//! and locales of the repository.
//!
//! Runs at each press of the completion key, in any repository: sends no request, renders nothing, prints no message,
//! and completes nothing where the repository cannot be read.

use std::{ffi::OsString, sync::Arc};

use clap::{ArgMatches, CommandFactory as _};
use clap_complete::{
    engine::{ArgValueCompleter, CompletionCandidate},
    env::Shells,
};

use crate::{
    error::Error,
    render::Locale,
    session::Session,
    settings::{self, COMPLETE, Overrides, Process},
};

use super::command::Cli;

/// What the value of an argument names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Version,
    Environment,
    /// A version or an environment.
    Target,
    Package,
    Locale,
}

/// What an argument of a command names, if completions come from the repository.
fn named(command: &str, argument: &str) -> Option<Named> {
    match (command, argument) {
        (_, "package") => Some(Named::Package),
        (_, "locale") => Some(Named::Locale),
        (_, "environment" | "deployed_to") | ("attach", "image") | ("promote", "from" | "to") => {
            Some(Named::Environment)
        }
        (_, "target") | ("compare", "from" | "to") | ("show" | "notify", "what") => Some(Named::Target),
        ("promote" | "publish" | "attach", "version") | (_, "rollback_to") => Some(Named::Version),
        _ => None,
    }
}

/// The script that makes a shell ask for completions.
pub(super) fn script(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(&shell.to_string()) {
        // Writing to memory does not fail.
        drop(shell.write_registration(COMPLETE, "tidings", "tidings", "tidings", &mut script));
    }
    script
}

/// The completions for the words after `--`, as the script of a shell passes them.
///
/// # Errors
/// If the shell is not known, or the words are not those of its script.
pub(super) fn complete(shell: &str, args: &[OsString], process: &Process) -> Result<Vec<u8>, Error> {
    let unknown = || Error::usage(format!("there are no completions for the shell `{shell}`"), None);
    let completer = Shells::builtins();
    let completer = completer.completer(shell).ok_or_else(unknown)?;
    let words: Vec<OsString> = args.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
    let mut command = with_completers(&words);
    let mut out = Vec::new();
    completer
        .write_complete(&mut command, words, Some(&process.cwd), &mut out)
        .map_err(|error| Error::usage(format!("cannot complete: {error}"), None))?;
    Ok(out)
}

/// The command line with completers for what is in the repository.
fn with_completers(words: &[OsString]) -> clap::Command {
    let source = Arc::new(Source { overrides: overrides(words), process: settings::current_process() });
    let of_command = |command: clap::Command| {
        let name = command.get_name().to_owned();
        command.mut_args(|arg| {
            let Some(named) = named(&name, arg.get_id().as_str()) else { return arg };
            let source = Arc::clone(&source);
            let complete = move |typed: &std::ffi::OsStr| {
                source.candidates(named, &typed.to_string_lossy()).unwrap_or_default()
            };
            arg.add(ArgValueCompleter::new(complete))
        })
    };
    of_command(Cli::command()).mut_subcommands(of_command)
}

/// The options among the words that say where the repository and its configuration are.
fn overrides(words: &[OsString]) -> Overrides {
    let parsed = Cli::command().ignore_errors(true).try_get_matches_from(words);
    let path = |matches: &ArgMatches, name: &str| {
        matches.try_get_one::<std::path::PathBuf>(name).ok().flatten().cloned()
    };
    let found = parsed.ok();
    let path = |name: &str| {
        let matches = found.as_ref()?;
        path(matches, name).or_else(|| path(matches.subcommand()?.1, name))
    };
    Overrides {
        repo: path("repo"),
        config: path("config"),
        offline: true,
        quiet: true,
        ..Overrides::default()
    }
}

/// Where completions come from.
struct Source {
    overrides: Overrides,
    process: Process,
}

impl Source {
    /// The candidates that begin with what was typed, in the order to show them.
    fn candidates(&self, named: Named, typed: &str) -> Result<Vec<CompletionCandidate>, Error> {
        let names = match named {
            Named::Locale => Locale::names().map(str::to_owned).collect(),
            _ => in_repository(&Session::open(&self.overrides, &self.process)?, named),
        };
        let matching = names.into_iter().filter(|name| name.starts_with(typed) && is_plain(name));
        let candidate = |(at, name)| CompletionCandidate::new(name).display_order(Some(at));
        Ok(matching.enumerate().map(candidate).collect())
    }
}

/// Whether a shell takes a name literally. Others, such as a tag with `$(…)`, are not completed: they would be
/// executed.
fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || "._-+/@:".contains(c)) && !name.starts_with('-')
}

/// The names in the repository: environments, then versions by their tags, the newest first.
fn in_repository(session: &Session, named: Named) -> Vec<String> {
    let lines = session.lines(None);
    let mut names: Vec<String> = Vec::new();
    if named == Named::Package {
        return lines.iter().filter_map(|line| line.package.clone()).collect();
    }
    if named != Named::Version {
        let environments = lines.iter().flat_map(|line| &line.history.environments);
        names.extend(environments.map(|environment| environment.name.clone()));
        names.dedup();
    }
    if named != Named::Environment {
        for line in lines {
            let versions = session.versions(line).all;
            names.extend(versions.into_iter().rev().map(|version| version.tag.name));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_completed_argument_exists() {
        let commands = Cli::command();
        let has = |command: &str, argument: &str| {
            let command = commands.find_subcommand(command).unwrap();
            command.get_arguments().any(|arg| arg.get_id() == argument)
        };
        for (command, arguments) in [
            ("attach", &["image", "version", "locale"][..]),
            ("compare", &["from", "to"]),
            ("notes", &["target", "locale"]),
            ("notify", &["what", "environment"]),
            ("promote", &["from", "to", "version"]),
            ("publish", &["version", "rollback_to"]),
            ("show", &["what"]),
            ("tag", &["environment", "deployed_to"]),
        ] {
            for argument in arguments {
                assert!(has(command, argument), "{command} {argument}");
                assert!(named(command, argument).is_some(), "{command} {argument}");
            }
        }
        // A new version does not exist yet.
        assert_eq!((named("tag", "version"), named("check", "version")), (None, None));
    }
}
