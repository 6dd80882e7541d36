//! Writes to the terminal: results, warnings, errors, progress, the pager. No other module does.
//!
//! Only results go to stdout; messages and progress go to stderr. A closed pipe is not an error.
//!
//! Messages and results for users may contain untrusted text: control characters are escaped ([`clean`]) and secrets
//! redacted here. Notes are documents: they keep every byte, and a secret in them only causes a warning.

mod clean;
mod editor;
mod progress;
mod secret_scanner;
mod terminal;

pub use clean::{clean, json, line};
pub use editor::edit;
pub use progress::{CommitCounter, Spinner};
pub use secret_scanner::SecretScanner;
pub use terminal::{Ui, colours, terminals};
