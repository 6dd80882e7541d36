//! What all requests share: the options of the run, and what was written.

use std::{
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::{
    error::Error,
    render::{self, Format, Locale, Pages},
    session::Session,
    settings::{Overrides, Process},
};

use super::{address::Hosts, edit_log::EditLog, query::Query, watch::Watcher};

/// Options of the server.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The address to listen on.
    pub listen: IpAddr,
    /// The port; 0 for any free one.
    pub port: u16,
    /// Why nothing is written; `None` if corrections are.
    pub read_only: Option<&'static str>,
    /// What the page shows first: the target and the version of `--as`.
    pub target: (Option<String>, Option<String>),
}

/// What a server tells when it listens.
pub struct Served {
    /// The address to open, with the token.
    pub url: String,
    /// Why the page can only be read; `None` if it can correct.
    pub read_only: Option<&'static str>,
}

/// What all requests share.
pub(super) struct Shared {
    pub(super) overrides: Overrides,
    pub(super) process: Process,
    pub(super) options: ServeOptions,
    pub(super) hosts: Hosts,
    token: [u8; 32],
    /// The number of the last change of a file, for open pages.
    pub(super) changes: watch::Sender<u64>,
    pub(super) watcher: Watcher,
    edits: Mutex<EditLog>,
    pub(super) pages: Pages,
}

/// The templates of the page.
const TEMPLATES: [(&str, &str); 5] = [
    ("page", include_str!("../../../templates/web/serve/page.tera")),
    ("entries", include_str!("../../../templates/web/serve/entries.tera")),
    ("commits", include_str!("../../../templates/web/serve/commits.tera")),
    ("message", include_str!("../../../templates/web/serve/message.tera")),
    ("frame", include_str!("../../../templates/web/serve/frame.tera")),
];

impl Shared {
    /// # Errors
    /// If no token can be created, or a template is invalid.
    pub(super) fn new(
        (overrides, process): (Overrides, Process),
        options: ServeOptions,
        hosts: Hosts,
        (watcher, changes): (Watcher, watch::Sender<u64>),
    ) -> Result<(Self, String), Error> {
        let mut random = [0; 24];
        getrandom::fill(&mut random).map_err(std::io::Error::other)?;
        let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        // Warnings are shown on the page; in the terminal they would be repeated with each request.
        let overrides = Overrides { quiet: true, verbose: false, json: true, ..overrides };
        let pages = Pages::new(&TEMPLATES, &render::Options::new(Format::Html))?;
        let shared = Self {
            overrides,
            process,
            options,
            hosts,
            token: digest(&token),
            changes,
            watcher,
            edits: Mutex::default(),
            pages,
        };
        Ok((shared, token))
    }

    /// Whether a text is the token of this run. Digests are compared, so that the time says nothing about the token.
    pub(super) fn is_token(&self, text: &str) -> bool {
        digest(text) == self.token
    }

    /// Opens the repository for a request, and watches what its settings were read from.
    ///
    /// # Errors
    /// If the repository cannot be opened, or the configuration is invalid.
    pub(super) fn session(&self, query: &Query) -> Result<Session, Error> {
        // An address may name a built-in language, but no file.
        let locale = Locale::names().find(|name| *name == query.locale).map(str::to_owned);
        let mut overrides = Overrides {
            package: Query::given(&query.package)
                .map(str::to_owned)
                .or_else(|| self.overrides.package.clone()),
            locale: locale.or_else(|| self.overrides.locale.clone()),
            ..self.overrides.clone()
        };
        let mut session = Session::open(&overrides, &self.process)?;
        if session.line_of(query.named()).is_err() && session.line().is_err() {
            // Several packages, and none is selected: a page shows one.
            overrides.package = session.settings.lines.first().and_then(|line| line.package.clone());
            session = Session::open(&overrides, &self.process)?;
        }
        self.watcher.follow(&session);
        Ok(session)
    }

    /// What the page shows first.
    pub(super) fn first_query(&self) -> Query {
        let (target, as_version) = self.options.target.clone();
        Query {
            target: target.unwrap_or_default(),
            as_version: as_version.unwrap_or_default(),
            ..Query::default()
        }
    }

    /// The edits of this run.
    pub(super) fn edits(&self) -> MutexGuard<'_, EditLog> {
        self.edits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}
