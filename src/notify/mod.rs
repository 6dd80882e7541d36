//! Messages about a deployment: what is about to be deployed, or was, for those who must know.
//!
//! In come an [`Announcement`] and the notes as `render` wrote them; out go messages in the forms of chat programs, web hooks and
//! mail. Building one is pure, so that a dry run shows what would be sent; [`send`] alone speaks to a server. An address of a web
//! hook is a secret: whoever has it can write there.

mod error;
mod mail;
mod send;
mod slack;
mod teams;
mod webhook;

pub use error::Error;
pub use mail::{Envelope, mail};
pub use send::{Post, send};
pub use slack::slack;
pub use teams::teams;
pub use webhook::{sign, webhook};

/// What a message says beside the notes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Announcement {
    /// One line: what happens to which version.
    pub title: String,
    /// Names with what stands for them: time window, expected duration, rollback plan.
    pub facts: Vec<(String, String)>,
    /// A page with more: its name and its `http` or `https` address.
    pub link: Option<(String, String)>,
    /// What is said in place of what found no room; `{count}` stands for how much that is.
    pub more: String,
}

/// One line without control characters, so that nothing can end it.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// At most so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
fn sample() -> Announcement {
    Announcement {
        title: "shop 1.2.0 <!channel>\r\nBcc: eve@example.com".into(),
        facts: vec![("Rollback plan".into(), "promote <v1.1.0> & *wait*".into())],
        link: Some(("Details".into(), "https://example.com/r?a=1&b=2".into())),
        more: "… and {count} more".into(),
    }
}
