//! Runs the program: parses arguments, runs the command, reports its error and returns the exit code.

use std::{ffi::OsString, process::ExitCode};

use clap::{
    Parser,
    error::{ContextValue, ErrorKind},
};

use crate::{
    error::Error,
    settings::{self, Process},
    ui::{self, Ui},
};

use super::{
    attach, cache, changelog, check,
    command::{Cli, Command},
    comment, compare, complete,
    context::Context,
    edit, explain, init, man, next, notes, notify, preview, promote, publish, schema, show, status, tag,
};

/// Runs the program with these arguments, the first of which is its name. Returns the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let process = settings::current_process();
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(shell) = &process.completing_shell {
        return complete_words(shell, &args, &process);
    }
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
                // Help goes to stdout as a result; a closed pipe is not an error.
                drop(error.print());
                return ExitCode::SUCCESS;
            }
            report_usage_error(error, &settings::plain_ui(&process));
            return ExitCode::from(2);
        }
    };
    let (overrides, command) = cli.split();
    let ui = settings::ui(&overrides, &process);
    let context = Context { overrides, process, ui };
    match perform(command, &context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_reported() {
                context.ui.error(&error, error.hint().as_deref());
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Prints completions. Errors are not shown: a message would be in the middle of the line that the user types.
fn complete_words(shell: &str, args: &[OsString], process: &Process) -> ExitCode {
    let completions = complete::complete(shell, args, process).unwrap_or_default();
    match settings::plain_ui(process).print(&completions) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Prints an error about the arguments. Escapes their values, which clap repeats verbatim: they may come from the title
/// or branch of a pull request.
fn report_usage_error(mut error: clap::Error, ui: &Ui) {
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
    ui.usage_error(&if ui.colour_messages { text.ansi().to_string() } else { text.to_string() });
}

fn perform(command: Option<Command>, context: &Context) -> Result<(), Error> {
    if let Some(name) = command.as_ref().and_then(Command::publishes) {
        settings::refuse_publishing(&context.overrides, &context.process, name)?;
    }
    match command.unwrap_or_else(|| Command::Preview(preview::Args::default())) {
        Command::Preview(args) => preview::run(&context.session()?, &args),
        Command::Notes(args) => notes::run(&context.session()?, &args),
        Command::Context(args) => notes::context(&context.session()?, &args),
        Command::Changelog(args) => changelog::run(&context.session()?, &args),
        Command::Next(args) => next::run(&context.session()?, &args),
        Command::Check(args) => check::run(&context.session()?, &args),
        Command::Comment(args) => comment::run(context, &args),
        Command::Publish(args) => publish::run(context, &args),
        Command::Edit(args) => edit::run(context, &args),
        Command::Explain(args) => explain::run(&context.session()?, &args),
        Command::Init(args) => init::run(&context.session()?, &args),
        Command::Tag(args) => tag::run(context, &args),
        Command::Attach(args) => {
            let session = context.session()?;
            attach::run(&session, &context.registries(&[Some(&args.image)])?, &args)
        }
        Command::Show(args) => show::run(context, &args),
        Command::Promote(args) => promote::run(context, &args),
        Command::Compare(args) => compare::run(context, &args),
        Command::Status(args) => status::run(context, &args),
        #[cfg(feature = "web")]
        Command::Serve(args) => super::serve::run(context, args),
        #[cfg(feature = "web")]
        Command::Site(args) => super::site::run(&context.session()?, args),
        Command::Notify(args) => notify::run(context, &args),
        Command::Cache(args) => cache::run(&context.process, &context.ui, args.action),
        Command::Completions(args) => completions(&context.ui, args.shell),
        Command::Schema(args) => schema::run(&context.ui, &args),
        Command::Man(args) => man::run(&context.ui, args.command.as_deref(), context.process.today),
    }
}

fn completions(ui: &Ui, shell: clap_complete::Shell) -> Result<(), Error> {
    Ok(ui.print(&complete::script(shell))?)
}
