//! Secrets are redacted in messages, recordings and caches, and not sent across redirects.

mod echo;
mod hooks;
mod messages;
mod registry;
mod server;
