//! The command line: parses arguments, runs one command and returns an exit code. Each command has its own file; logic
//! that needs no arguments is in other modules.

mod advice;
mod args;
mod attach;
mod cache;
mod changelog;
mod check;
mod command;
mod comment;
mod compare;
mod complete;
mod context;
mod describe;
mod edit;
mod explain;
mod init;
mod man;
mod next;
mod notes;
mod notify;
mod outputs;
mod preview;
mod promote;
mod publish;
mod released;
mod run;
mod schema;
#[cfg(feature = "web")]
mod serve;
mod show;
#[cfg(feature = "web")]
mod site;
mod status;
mod tag;
mod values;

pub use command::Cli;
pub use run::run;
