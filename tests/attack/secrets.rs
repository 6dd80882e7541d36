//! Secrets never come back: in messages, recordings and caches, and across redirects.

mod echo;
mod messages;
mod server;
