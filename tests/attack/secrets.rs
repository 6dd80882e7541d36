//! Secrets never come back: in messages, recordings and caches, and across redirects.

mod echo;
mod hooks;
mod messages;
mod registry;
mod server;
