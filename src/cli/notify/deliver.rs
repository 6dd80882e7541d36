//! The message for one recipient, and its delivery.

use crate::{
    cli::atomic_file::AtomicFile,
    error::Error,
    http::Secret,
    notify::{self, Email, WebhookRequest},
    session::images,
    settings::{Delivery, Destination, NotifySettings, Recipient},
    ui::Ui,
};

/// A message with its destination.
pub(super) enum Message<'a> {
    /// JSON for a webhook: its URL, the key to sign it with, and the body.
    Webhook(&'a Result<Secret, String>, Option<&'a Result<Secret, String>>, Vec<u8>),
    /// An email.
    Email(&'a Delivery, Email),
}

impl Message<'_> {
    /// Its content as sent.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Webhook(_, _, body) => body,
            Self::Email(_, email) => email.bytes(),
        }
    }
}

/// The recipient, and where a message would be sent: without secrets.
pub(super) fn described(recipient: &Recipient) -> String {
    let name = &recipient.name;
    let Destination::Email(_, to, delivery) = &recipient.destination else { return name.clone() };
    let to = to.join(", ");
    match delivery {
        Delivery::Smtp(Ok(server)) => format!("{name} ({to}, by {})", server.address()),
        Delivery::Smtp(Err(why)) => format!("{name} ({to}, by SMTP; {why})"),
        Delivery::File(path) => format!("{name} ({to}, in `{}`)", path.display()),
        Delivery::Stdout => format!("{name} ({to})"),
    }
}

/// Delivers a message and returns what was done.
///
/// # Errors
/// If a secret is missing, or the message cannot be written or sent.
pub(super) fn deliver(
    ui: &Ui,
    notices: &NotifySettings,
    name: &str,
    message: Message<'_>,
) -> Result<String, Error> {
    match message {
        Message::Webhook(url, key, body) => post(notices, name, (url, key), body)?,
        Message::Email(Delivery::Smtp(server), email) => {
            let server = server.as_ref().map_err(|why| missing(name, "SMTP URL", why))?;
            let failed = |error| notify::Error::Smtp { name: name.to_owned(), error };
            notify::send_email(&notices.smtp, server, &email).map_err(failed)?;
        }
        Message::Email(Delivery::File(path), email) => {
            AtomicFile::write_file(notices.email_target(path)?, email.bytes())?;
            return Ok(format!("wrote `{}` for {name}", path.display()));
        }
        Message::Email(Delivery::Stdout, email) => {
            ui.print(email.bytes())?;
            return Ok(format!("printed the email for {name}"));
        }
    }
    Ok(format!("sent to {name}"))
}

fn post(
    notices: &NotifySettings,
    name: &str,
    (url, key): (&Result<Secret, String>, Option<&Result<Secret, String>>),
    body: Vec<u8>,
) -> Result<(), Error> {
    let resolved = |what: &str, secret: &Result<Secret, String>| {
        secret.as_ref().cloned().map_err(|why| missing(name, what, why))
    };
    let mut headers = Vec::new();
    if let Some(key) = key {
        let signature =
            notify::sign(resolved("signing key", key)?.expose().as_bytes(), notices.moment, &body);
        headers.push(("x-tidings-timestamp", notices.moment.to_string()));
        headers.push(("x-tidings-signature", signature));
    }
    let request = WebhookRequest {
        name: name.to_owned(),
        url: resolved("webhook URL", url)?,
        body: body.into(),
        headers,
    };
    images::run(notify::send(&notices.client, &request))
}

fn missing(name: &str, what: &str, why: &str) -> Error {
    Error::usage(format!("cannot send to `{name}`: its {what} is missing or not valid"), Some(why))
}
