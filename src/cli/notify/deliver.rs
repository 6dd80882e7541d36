//! The message for one recipient, and its delivery.

use crate::{
    error::Error,
    http::Secret,
    notify::{self, DeploymentRequest, Email, WebhookRequest},
    session::{AtomicFile, images},
    settings::{Delivery, NotifySettings},
    ui::Ui,
};

use super::deployment::ForgeTarget;

/// A message with its destination.
pub(super) enum Message<'a> {
    /// JSON for a webhook: its URL, the key to sign it with, and the body.
    Webhook(&'a Result<Secret, String>, Option<&'a Result<Secret, String>>, Vec<u8>),
    /// An email, with its recipients as configured.
    Email(&'a Delivery, &'a [String], Email),
    /// A deployment, and where it is recorded.
    Deployment(Box<ForgeTarget>, DeploymentRequest),
}

impl Message<'_> {
    /// Its content as sent.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Webhook(_, _, body) => String::from_utf8_lossy(body).into_owned(),
            Self::Email(_, _, email) => String::from_utf8_lossy(email.bytes()).into_owned(),
            Self::Deployment(_, request) => request.body().to_string(),
        }
    }

    /// Where it would be sent, if that is not secret.
    pub(super) fn target(&self) -> Option<String> {
        let (delivery, to) = match self {
            Self::Webhook(..) => return None,
            Self::Deployment(target, _) => return Some(target.described()),
            Self::Email(delivery, to, _) => (delivery, to.join(", ")),
        };
        Some(match delivery {
            Delivery::Smtp(Ok(server)) => format!("{to}, by {}", server.address()),
            Delivery::Smtp(Err(why)) => format!("{to}, by SMTP; {why}"),
            Delivery::File(path) => format!("{to}, in `{}`", path.display()),
            Delivery::Stdout => to,
        })
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
        Message::Email(Delivery::Smtp(server), _, email) => {
            let server = server.as_ref().map_err(|why| missing(name, "SMTP URL", why))?;
            let failed = |error| notify::Error::Smtp { name: name.to_owned(), error };
            notify::send_email(&notices.smtp, server, &email).map_err(failed)?;
        }
        Message::Email(Delivery::File(path), _, email) => {
            AtomicFile::write_file(notices.email_target(path)?, email.bytes())?;
            return Ok(format!("wrote `{}` for {name}", path.display()));
        }
        Message::Email(Delivery::Stdout, _, email) => {
            ui.print(email.bytes())?;
            return Ok(format!("printed the email for {name}"));
        }
        Message::Deployment(target, request) => return target.record(ui, name, &request),
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
