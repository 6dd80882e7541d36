//! `tidings serve`: shows the notes on a page that follows the repository, and corrects them there.

use std::net::{IpAddr, Ipv4Addr};

use crate::{
    error::Error,
    web::{self, ServeOptions},
};

use super::context::Context;

/// `tidings serve`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Show a version (v1.2.0), range, branch or commit first [default: unreleased changes]
    #[arg(value_name = "TARGET")]
    pub target: Option<String>,
    /// Show unreleased changes as VERSION
    #[arg(long = "as", value_name = "VERSION", conflicts_with = "target")]
    pub as_version: Option<String>,
    /// Listen on this port; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 8017)]
    pub port: u16,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
    /// Correct nothing from the page
    #[arg(long)]
    pub read_only: bool,
    /// Listen on ADDRESS; on another than loopback, the page is read-only
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub listen: IpAddr,
    /// Correct from the page although other machines can reach it
    #[arg(long, conflicts_with = "read_only")]
    pub allow_write: bool,
}

/// Runs the command until it is interrupted.
///
/// # Errors
/// If the repository cannot be opened, or the address is not free.
pub(super) fn run(context: &Context, args: Args) -> Result<(), Error> {
    let is_local = args.listen.is_loopback();
    let options = ServeOptions {
        listen: args.listen,
        port: args.port,
        read_only: match (args.read_only, is_local || args.allow_write) {
            (true, _) => Some("--read-only"),
            (false, false) => Some("other machines can reach the page (--allow-write)"),
            (false, true) => None,
        },
        target: (args.target, args.as_version),
    };
    let (overrides, process, ui) = (context.overrides.clone(), context.process.clone(), &context.ui);
    if !is_local {
        ui.warn(&format!(
            "{} can be reached from other machines, and requests are not encrypted",
            args.listen
        ));
    }
    web::serve((overrides, process), options, ui, |served| {
        ui.report(&format!("{}\n", served.url))?;
        let mode = served.read_only.map_or_else(
            || "corrections are written to the work tree".to_owned(),
            |reason| format!("read-only: {reason}"),
        );
        ui.info(&format!("{mode}; stop with Ctrl-C"));
        if args.open
            && let Err(error) = open_browser::that_detached(&served.url)
        {
            ui.warn(&format!("cannot open a browser: {error}"));
        }
        Ok(())
    })
}
