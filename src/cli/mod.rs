//! The command line: one file for each command.

mod advice;
mod args;
mod attach;
mod cache;
mod changelog;
mod check;
mod command;
mod compare;
mod context;
mod explain;
mod init;
mod next;
mod notes;
mod notify;
mod output;
mod outputs;
mod preview;
mod promote;
mod publish;
mod released;
mod run;
mod show;
mod tag;
mod values;

pub use command::Cli;
pub use run::run;
