//! Emails (RFC 5322) with the notes as plain text and HTML.

use std::time::{Duration, SystemTime};

use lettre::{
    address::Address,
    message::{
        Mailbox, Message, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use sha2::{Digest as _, Sha256};

use super::{Error, announcement::Announcement, text::line};

/// Sender, recipients and date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The sender, as in `Ada <ada@example.com>`.
    pub from: String,
    /// The recipients, each as in `team@example.com`.
    pub to: Vec<String>,
    /// The date, in seconds since 1970.
    pub moment: u64,
}

/// An email, with its addresses for the server.
#[derive(Debug, Clone)]
pub struct Email {
    pub(super) from: Address,
    /// Never empty.
    pub(super) to: Vec<Address>,
    pub(super) bytes: Vec<u8>,
}

impl Email {
    /// The whole message, as in a file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Builds the email. `text` and `html` are the notes; `html` is a whole page.
///
/// # Errors
/// If an email address is not valid, or there is no recipient.
pub fn email(
    announcement: &Announcement,
    envelope: &Envelope,
    text: &str,
    html: &str,
) -> Result<Email, Error> {
    let address = |text: &str| {
        let invalid = |error| Error::Email {
            problem: format!("`{}` is not a valid email address ({error})", line(text)),
        };
        text.parse::<Mailbox>().map_err(invalid)
    };
    let (text, html) = (with_facts_text(announcement, text), with_facts_html(announcement, html));
    // The same content gets the same message ID.
    let digest = Sha256::digest(format!("{}\n{:?}\n{html}", announcement.title, envelope));
    let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let from = address(&envelope.from)?;
    let to: Vec<Mailbox> = envelope.to.iter().map(|to| address(to)).collect::<Result<_, _>>()?;
    let id = format!("<{name}@{}>", from.email.domain());
    let sender = from.email.clone();
    // Out-of-office replies are not sent to programs (RFC 3834).
    let automatic =
        HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    let mut message = Message::builder()
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(envelope.moment))
        .from(from)
        .message_id(Some(id))
        .raw_header(automatic)
        .subject(line(&announcement.title));
    if to.is_empty() {
        return Err(Error::Email { problem: "there is no recipient".to_owned() });
    }
    let recipients = to.iter().map(|to| to.email.clone()).collect();
    for to in to {
        message = message.to(to);
    }
    let parts = MultiPart::builder()
        .kind(lettre::message::MultiPartKind::Alternative)
        .boundary(name)
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(html));
    let message = message.multipart(parts).map_err(|error| Error::Email { problem: error.to_string() })?;
    Ok(Email { from: sender, to: recipients, bytes: message.formatted() })
}

fn with_facts_text(announcement: &Announcement, notes: &str) -> String {
    let mut text = format!("{}\n\n", line(&announcement.title));
    for (name, value) in announcement.facts.iter().chain(&announcement.link) {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push('\n');
    text + notes
}

/// Inserts the facts below the title of the page, which is that of the announcement.
fn with_facts_html(announcement: &Announcement, page: &str) -> String {
    let mut head = String::new();
    let facts: Vec<String> = announcement
        .facts
        .iter()
        .map(|(name, value)| {
            let value = escaped(value).replace('\n', "<br>");
            format!("<tr><th align=\"left\">{}</th><td>{value}</td></tr>\n", escaped(name))
        })
        .collect();
    if !facts.is_empty() {
        head.push_str(&format!("<table cellpadding=\"4\">\n{}</table>\n", facts.concat()));
    }
    if let Some((name, url)) = &announcement.link {
        head.push_str(&format!("<p><a href=\"{}\">{}</a></p>\n", escaped(url), escaped(name)));
    }
    match page.split_once("</h1>\n") {
        Some((before, after)) => format!("{before}</h1>\n{head}{after}"),
        None => format!("<h1>{}</h1>\n{head}{page}", escaped(&line(&announcement.title))),
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::announcement::sample;

    fn envelope() -> Envelope {
        Envelope {
            from: "Ada <ada@example.com>".into(),
            to: vec!["team@example.com".into(), "陳 <chen@example.com>".into()],
            moment: 1_772_323_200,
        }
    }

    #[test]
    fn headers_cannot_be_injected() {
        let message = || email(&sample(), &envelope(), "notes\n", "<body>\n<p>notes</p>").unwrap().bytes;
        assert_eq!(message(), message());
        let text = String::from_utf8(message()).unwrap();
        let head = text.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
        assert!(head.is_ascii() && head.contains("Date: Sun, 01 Mar 2026 00:00:00 +0000"), "{head}");
        assert!(text.contains("<h1>shop 1.2.0 &lt;!channel&gt;") && text.contains("notes"), "{text}");
    }

    #[test]
    fn non_ascii_subject_is_encoded() {
        let announcement =
            Announcement { title: "商店 1.2.0 即將部署".into(), ..Announcement::default() };
        let text = String::from_utf8(email(&announcement, &envelope(), "", "").unwrap().bytes).unwrap();
        assert!(text.contains("Subject: =?utf-8?b?"), "{text}");
    }

    #[test]
    fn invalid_address_is_an_error() {
        let bad = Envelope { to: vec!["a@b\r\nBcc: eve@example.com".into()], ..envelope() };
        assert!(
            email(&sample(), &bad, "", "").unwrap_err().to_string().contains("is not a valid email address")
        );
        assert!(email(&sample(), &Envelope { to: Vec::new(), ..envelope() }, "", "").is_err());
    }
}
