//! The command line: one file for each command.

mod advice;
pub mod args;
mod attach;
mod cache;
mod changelog;
mod check;
mod compare;
mod explain;
mod images;
mod init;
mod next;
mod notes;
mod notify;
mod output;
mod outputs;
mod preview;
mod promote;
mod publish;
mod released;
mod remote;
mod session;
mod show;
mod tag;

use std::{ffi::OsString, process::ExitCode};

use clap::{
    CommandFactory, Parser,
    error::{ContextValue, ErrorKind},
};

use crate::{
    error::Error,
    settings::{self, Host},
    ui::{self, Ui},
};
use args::{Cli, Command, Preview};
use session::Session;

/// Runs the program: arguments in, exit code out.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let host = settings::host();
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
                // These are results; a reader that has seen enough of them is no error.
                drop(error.print());
                return ExitCode::SUCCESS;
            }
            complain(error, &settings::plain_ui(&host));
            return ExitCode::from(2);
        }
    };
    let ui = settings::ui(&cli.global, &host);
    match command(cli, &host, &ui) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_told() {
                ui.error(&error, error.hint().as_deref());
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Says what is wrong with the arguments, which may come from a pull request's title or branch: the library repeats them as
/// they are.
fn complain(mut error: clap::Error, ui: &Ui) {
    let parts: Vec<_> = error.context().map(|(kind, value)| (kind, value.clone())).collect();
    let clean = |text: &str| ui::line(text).into_owned();
    for (kind, value) in parts {
        let value = match value {
            ContextValue::String(text) => ContextValue::String(clean(&text)),
            ContextValue::Strings(texts) => {
                ContextValue::Strings(texts.iter().map(|text| clean(text)).collect())
            }
            ContextValue::StyledStr(text) => ContextValue::StyledStr(clean(&text.to_string()).into()),
            ContextValue::StyledStrs(texts) => {
                let clean = texts.iter().map(|text| clean(&text.to_string()).into());
                ContextValue::StyledStrs(clean.collect())
            }
            _ => continue,
        };
        error.insert(kind, value);
    }
    let text = error.render();
    ui.complain(&if ui.colour_messages { text.ansi().to_string() } else { text.to_string() });
}

fn command(cli: Cli, host: &Host, ui: &Ui) -> Result<(), Error> {
    if let Some(Command::Completions(args)) = &cli.command {
        let mut script = Vec::new();
        clap_complete::generate(args.shell, &mut Cli::command(), "tidings", &mut script);
        return Ok(ui.print(&script)?);
    }
    settings::guard(&cli.global, host, cli.command.as_ref())?;
    if let Some(done) = without_repository(&cli, host) {
        return done;
    }
    if let Some(Command::Cache(args)) = &cli.command {
        return cache::run(host, ui, args.action);
    }
    if let Some(Command::Compare(args)) = &cli.command {
        return compare::run(&cli.global, host, args);
    }
    if let Some(Command::Notify(args)) = &cli.command {
        return notify::run(&cli.global, host, args);
    }
    let mut session = Session::open(&cli.global, host)?;
    if let Some(
        Command::Preview(Preview { target })
        | Command::Notes(args::Notes { releases: args::Releases { target, .. }, .. })
        | Command::Context(args::Releases { target, .. }),
    ) = &cli.command
    {
        session.settings.narrow(&target.path, &target.exclude_path)?;
    }
    match cli.command {
        None => preview::run(&session, &Preview::default()),
        Some(Command::Preview(args)) => preview::run(&session, &args),
        Some(Command::Notes(args)) => notes::run(&session, &args),
        Some(Command::Publish(args)) => publish::run(&session, &args),
        Some(Command::Changelog(args)) => changelog::run(&session, &args),
        Some(Command::Next(args)) => next::run(&session, &args),
        Some(Command::Check(args)) => match &args.message {
            Some(path) => check::message(&session, &args, path),
            None => check::run(&session, &args),
        },
        Some(Command::Explain(args)) => explain::run(&session, &args),
        Some(Command::Init(args)) => init::run(&session, &args),
        Some(Command::Context(args)) => notes::context(&session, &args),
        Some(Command::Attach(args)) => attach::run(
            &session,
            &settings::registries(&cli.global, host, &args.access, &[Some(&args.image)])?,
            &args,
        ),
        Some(Command::Tag(args)) => tag::run(&session, &args),
        Some(
            Command::Promote(_)
            | Command::Show(_)
            | Command::Compare(_)
            | Command::Notify(_)
            | Command::Cache(_)
            | Command::Completions(_),
        ) => Ok(()),
    }
}

/// What needs a registry or a forge, and no repository.
fn without_repository(cli: &Cli, host: &Host) -> Option<Result<(), Error>> {
    let open = |access, named: &[Option<&str>]| {
        let registries = settings::registries(&cli.global, host, access, named)?;
        registries.warnings.iter().for_each(|warning| registries.ui.warn(warning));
        Ok(registries)
    };
    match &cli.command {
        Some(Command::Promote(args)) => Some(
            open(&args.access, &[args.from.as_deref(), args.to.as_deref()])
                .and_then(|registries| promote::run(&registries, args)),
        ),
        Some(Command::Show(args)) => Some(open(&args.access, &[Some(&args.what)]).and_then(|registries| {
            let is_image =
                images::is_image(&args.what) || images::environment(&registries, &args.what).is_some();
            match is_image {
                true => show::image(&registries, host, args),
                false => show::version(&cli.global, host, &registries, args),
            }
        })),
        _ => None,
    }
}
