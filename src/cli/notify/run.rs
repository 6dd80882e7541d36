//! Runs `tidings notify`: reads the notes, renders the messages and sends them.

use crate::{
    cli::context::Context,
    config::Phase,
    error::Error,
    settings::{self, Recipient},
    ui,
};

use super::{
    args::Args,
    deliver::{Message, deliver},
    messages::Messages,
    notes::notes,
};

/// Runs the command. Renders all messages before sending the first; if one fails, still sends the others.
///
/// # Errors
/// If the notes are not available, or a message cannot be rendered or sent.
pub(in crate::cli) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let registries = context.registries(&[args.what.as_deref()])?;
    let notices = settings::notify_settings(&context.overrides, &context.process, &args.overrides())?;
    if args.status.is_some() && args.phase != Phase::After {
        return Err(Error::usage("--status requires --phase after", None));
    }
    if args.record.is_some() && (args.phase != Phase::After || args.environment.is_none()) {
        return Err(Error::usage("--record requires --phase after and --environment", None));
    }
    let session = context.session_if_any(&registries)?;
    let messages = Messages {
        context,
        args,
        notices: &notices,
        notes: notes(session.as_ref(), &registries, args)?,
        session: session.as_ref(),
        registries: &registries,
    };
    let announcement = messages.announcement()?;
    let ui = &registries.ui;
    let sendable: Vec<(&Recipient, Message<'_>)> = notices
        .recipients
        .iter()
        .map(|recipient| Ok((recipient, messages.message(&announcement, recipient)?)))
        .collect::<Result<_, Error>>()?;
    sendable.iter().for_each(|(_, message)| ui.warn_of_secrets(message.text().as_bytes()));
    if args.dry_run {
        for (recipient, message) in &sendable {
            let target = message.target().map(|target| format!(" ({target})")).unwrap_or_default();
            ui.info(&format!("to {}{target}:", recipient.name));
            // Email is already ASCII.
            ui.print(format!("{}\n", ui::json(&message.text())).as_bytes())?;
        }
        return Ok(());
    }
    let mut failed = None;
    for (recipient, message) in sendable {
        match deliver(ui, &notices, &recipient.name, message) {
            Ok(done) => ui.info(&done),
            Err(error) => {
                if let Some(earlier) = failed.replace(error) {
                    ui.error(&earlier, earlier.hint().as_deref());
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}
