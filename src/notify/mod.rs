//! Messages about a deployment: what is about to be deployed, or was, for those who must know.
//!
//! In come an [`Announcement`] and the notes as `render` wrote them; out go messages in the forms of chat programs, web hooks and
//! mail. Building one is pure, so that a dry run shows what would be sent; [`send`] alone speaks to a server. An address of a web
//! hook is a secret: whoever has it can write there.

mod announcement;
mod error;
mod mail;
mod send;
mod slack;
mod teams;
mod text;
mod webhook;

pub use announcement::{Announcement, Status};
pub use error::Error;
pub use mail::{Envelope, mail};
pub use send::{Post, send};
pub use slack::slack;
pub use teams::teams;
pub use webhook::{sign, webhook};
