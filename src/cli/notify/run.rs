//! Runs `tidings notify`: reads the notes, renders the messages and sends them.

use crate::{
    cli::{atomic_file::AtomicFile, context::Context},
    config::Phase,
    error::Error,
    http::Secret,
    notify::{self, WebhookRequest},
    session::images,
    settings::{self, Destination, NotifySettings, Recipient},
    ui::{self, Ui},
};

use super::{args::Args, messages::Messages, notes::notes};

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
    let notes = notes(context, &registries, args)?;
    let rendering = &registries.rendering;
    let locale = rendering.locale.clone();
    let messages = Messages { args, notices: &notices, notes, rendering, locale };
    let announcement = messages.announcement()?;
    let ui = &registries.ui;
    let bodies: Vec<(&Recipient, Vec<u8>)> = notices
        .recipients
        .iter()
        .map(|recipient| Ok((recipient, messages.message(&announcement, recipient)?)))
        .collect::<Result<_, Error>>()?;
    bodies.iter().for_each(|(_, body)| ui.warn_of_secrets(body));
    if args.dry_run {
        for (recipient, body) in &bodies {
            ui.info(&format!("to {}:", recipient.name));
            // Email is already ASCII.
            ui.print(format!("{}\n", ui::json(&String::from_utf8_lossy(body))).as_bytes())?;
        }
        return Ok(());
    }
    let mut failed = None;
    for (recipient, body) in bodies {
        match deliver(ui, &notices, recipient, body) {
            Ok(()) => ui.info(&format!("sent to {}", recipient.name)),
            Err(error) => {
                if let Some(earlier) = failed.replace(error) {
                    ui.error(&earlier, earlier.hint().as_deref());
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

fn deliver(ui: &Ui, notices: &NotifySettings, recipient: &Recipient, body: Vec<u8>) -> Result<(), Error> {
    let (url, key) = match &recipient.destination {
        Destination::Slack(url) | Destination::Teams(url) => (url, None),
        Destination::Webhook(url, key) => (url, key.as_ref()),
        Destination::Email(_, _, None) => return Ok(ui.print(&body)?),
        Destination::Email(_, _, Some(path)) => {
            return AtomicFile::write_file(notices.email_target(path)?, &body);
        }
    };
    let resolved = |what: &str, secret: &Result<Secret, String>| {
        let missing = |why: &String| {
            Error::usage(
                format!("cannot send to `{}`: its {what} is missing or not valid", recipient.name),
                Some(why),
            )
        };
        secret.as_ref().cloned().map_err(missing)
    };
    let mut headers = Vec::new();
    if let Some(key) = key {
        let signature =
            notify::sign(resolved("signing key", key)?.expose().as_bytes(), notices.moment, &body);
        headers.push(("x-tidings-timestamp", notices.moment.to_string()));
        headers.push(("x-tidings-signature", signature));
    }
    let post = WebhookRequest {
        name: recipient.name.clone(),
        url: resolved("webhook URL", url)?,
        body: body.into(),
        headers,
    };
    images::run(notify::send(&notices.client, &post))
}
