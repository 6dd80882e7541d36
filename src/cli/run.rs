//! The program: arguments in, exit code out.

use std::{ffi::OsString, process::ExitCode};

use clap::{
    CommandFactory, Parser,
    error::{ContextValue, ErrorKind},
};

use crate::{
    error::Error,
    settings,
    ui::{self, Ui},
};

use super::{
    attach, cache, changelog, check,
    command::{Cli, Command},
    compare,
    context::Context,
    explain, init, next, notes, notify, preview, promote, publish, show, tag,
};

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
    let (overrides, command) = cli.split();
    let ui = settings::ui(&overrides, &host);
    let context = Context { overrides, host, ui };
    match perform(command, &context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_told() {
                context.ui.error(&error, error.hint().as_deref());
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

fn perform(command: Option<Command>, context: &Context) -> Result<(), Error> {
    if let Some(name) = command.as_ref().and_then(Command::publishes) {
        settings::refuse_publishing(&context.overrides, &context.host, name)?;
    }
    match command.unwrap_or_else(|| Command::Preview(preview::Args::default())) {
        Command::Preview(args) => preview::run(&context.session()?, &args),
        Command::Notes(args) => notes::run(&context.session()?, &args),
        Command::Context(args) => notes::context(&context.session()?, &args),
        Command::Changelog(args) => changelog::run(&context.session()?, &args),
        Command::Next(args) => next::run(&context.session()?, &args),
        Command::Check(args) => check::run(&context.session()?, &args),
        Command::Publish(args) => publish::run(&context.session()?, &args),
        Command::Explain(args) => explain::run(&context.session()?, &args),
        Command::Init(args) => init::run(&context.session()?, &args),
        Command::Tag(args) => tag::run(&context.session()?, &args),
        Command::Attach(args) => {
            let session = context.session()?;
            attach::run(&session, &context.registries(&[Some(&args.image)])?, &args)
        }
        Command::Show(args) => show::run(context, &args),
        Command::Promote(args) => promote::run(context, &args),
        Command::Compare(args) => compare::run(context, &args),
        Command::Notify(args) => notify::run(context, &args),
        Command::Cache(args) => cache::run(&context.host, &context.ui, args.action),
        Command::Completions(args) => completions(&context.ui, args.shell),
    }
}

fn completions(ui: &Ui, shell: clap_complete::Shell) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tidings", &mut script);
    Ok(ui.print(&script)?)
}
