//! Builds and sends messages about a deployment, before or after it.
//!
//! Takes an [`Announcement`] and rendered notes; returns messages in the formats of Slack, Teams, webhooks and email,
//! and deployments for GitHub. Building a message has no side effects, so that a dry run can show it; only [`send`],
//! [`send_email`] and [`record`] use the network. A webhook URL is a secret: anyone who has it can post.

mod announcement;
mod deployment;
mod email;
mod error;
mod send;
mod slack;
mod smtp;
mod teams;
mod text;
mod webhook;

pub use announcement::{Announcement, Status};
pub use deployment::{Deployed, DeploymentRequest, Recorded, record};
pub use email::{Email, Envelope, email};
pub use error::Error;
pub use send::{WebhookRequest, send};
pub use slack::slack;
pub use smtp::{SmtpError, SmtpOptions, SmtpServer, send_email};
pub use teams::teams;
pub use webhook::{sign, webhook};
