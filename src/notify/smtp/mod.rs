//! Sends email by SMTP (RFC 5321).
//!
//! Takes an email and a server; the server, the user and the password are from one URL, so that a configuration cannot
//! have a password sent to another server. Connections are encrypted, except to localhost.

mod error;
mod server;
mod session;

pub use error::SmtpError;
pub use server::SmtpServer;
pub use session::{SmtpOptions, send_email};
