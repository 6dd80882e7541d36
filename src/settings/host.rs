//! Facts of the machine and the moment: all that is read from outside.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    registry_variables::{HOST, REALM, TOKEN, USER},
    secrets,
    stranger::{Stranger, VARIABLE, stranger},
};
use crate::{
    http::{Proxies, Secret},
    model::{ForgeKind, Time},
    redact::Redactor,
    ui::{colours, terminals},
};

/// What was read of the machine and the moment, once, at the start.
#[derive(Debug, Clone)]
pub struct Host {
    /// The current directory.
    pub cwd: PathBuf,
    /// The moment, or that of `SOURCE_DATE_EPOCH`.
    now: DateTime<Utc>,
    /// Its date in UTC.
    pub today: NaiveDate,
    /// The variables that begin with `TIDINGS_` and stand for keys of the configuration, by name.
    pub variables: Vec<(String, String)>,
    /// Whether stdout and stderr are terminals.
    pub terminals: (bool, bool),
    /// Whether colours are wanted where there is a terminal (`NO_COLOR`, `CLICOLOR`, `TERM=dumb`).
    pub colours: (bool, bool),
    /// The terminal's width and height, in columns and lines.
    pub size: (usize, usize),
    /// The pager of the user's choice.
    pub pager: Option<String>,
    /// The variables of forges and their pipelines, by name; among them the tokens.
    pub pipeline: BTreeMap<&'static str, Secret>,
    /// The proxies.
    pub proxies: Proxies,
    /// The values that are never shown; more are added as they are read.
    pub secrets: Redactor,
    /// The files of the user that name hosts.
    pub user_files: UserFiles,
    /// The folder for what can be had again.
    pub cache: Option<PathBuf>,
    /// What `TIDINGS_UNTRUSTED` says.
    pub untrusted: Option<String>,
    /// The pull request of a stranger that the pipeline runs for, if it does.
    pub stranger: Option<Stranger>,
    /// The moment in seconds since 1970, whatever `SOURCE_DATE_EPOCH` says.
    pub moment: i64,
}

/// The files of the user that name hosts. They need not be there.
#[derive(Debug, Clone, Default)]
pub struct UserFiles {
    /// `hosts.toml`, and whether `TIDINGS_HOSTS_FILE` names it.
    pub hosts: Option<(PathBuf, bool)>,
    /// `hosts.yml` of gh.
    pub gh: Option<PathBuf>,
    /// `config.yml` of glab.
    pub glab: Option<PathBuf>,
    /// The user's home.
    pub home: Option<PathBuf>,
}

impl UserFiles {
    fn new(variable: impl Fn(&str) -> Option<String>) -> Self {
        let home = dirs::home_dir();
        let path = |name: &str| variable(name).map(PathBuf::from);
        let usual =
            if cfg!(windows) { dirs::config_dir() } else { home.as_ref().map(|home| home.join(".config")) };
        let config = path("XDG_CONFIG_HOME").filter(|path| path.is_absolute()).or(usual);
        let below = |below: &str| config.as_ref().map(|config| config.join(below));
        let gh = if cfg!(windows) { "GitHub CLI" } else { "gh" };
        let named = path(HOSTS_FILE).map(|path| (path, true));
        Self {
            hosts: named.or_else(|| below("tidings/hosts.toml").map(|path| (path, false))),
            gh: path("GH_CONFIG_DIR").or_else(|| below(gh)).map(|folder| folder.join("hosts.yml")),
            glab: path("GLAB_CONFIG_DIR")
                .or_else(|| below("glab-cli"))
                .map(|folder| folder.join("config.yml")),
            home,
        }
    }
}

/// The variable with the path of the user's file of hosts.
const HOSTS_FILE: &str = "TIDINGS_HOSTS_FILE";

/// The variables that pipelines set, beside those of the forges' profiles.
const PIPELINE: [&str; 6] = [
    "CI_PROJECT_URL",
    "FORGEJO_ACTIONS",
    "GITEA_ACTIONS",
    "GITHUB_OUTPUT",
    "GITHUB_REPOSITORY",
    "GITHUB_STEP_SUMMARY",
];

impl Host {
    /// The moment, as in `2026-01-31T08:00:00Z`.
    #[must_use]
    pub fn stamp(&self) -> String {
        self.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    /// The moment, in seconds since 1970.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.now.timestamp()
    }

    /// A variable of a pipeline, for what is no secret.
    #[must_use]
    pub fn pipeline(&self, name: &str) -> Option<&str> {
        self.pipeline.get(name).map(Secret::expose)
    }

    /// The day's date at an offset from UTC, in minutes.
    #[must_use]
    pub fn today_at(&self, offset: i32) -> Option<NaiveDate> {
        Time { seconds: self.now.timestamp(), offset }.date()
    }
}

/// The variables that begin with `TIDINGS_` and stand for no key.
const NO_KEYS: [&str; 13] = [
    HOSTS_FILE,
    VARIABLE,
    HOST,
    REALM,
    USER,
    TOKEN,
    "TIDINGS_TEMPLATE_TIMEOUT",
    "TIDINGS_TEMPLATE_MAX_OUTPUT",
    // What `notes --outputs` tells a pipeline's next steps, which may run tidings again.
    "TIDINGS_VERSION",
    "TIDINGS_TAG",
    "TIDINGS_BUMP",
    "TIDINGS_PRERELEASE",
    "TIDINGS_NOTES_FILE",
];

/// The width of a terminal that does not tell.
const WIDTH: usize = 80;
/// Text in longer lines is hard to read, however wide the terminal is.
const WIDEST: usize = 100;

/// Reads the facts.
#[must_use]
pub fn host() -> Host {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let epoch = variable("SOURCE_DATE_EPOCH").and_then(|seconds| seconds.trim().parse().ok());
    let now = epoch.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_else(Utc::now);
    let mut variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        // Pipelines pass on variables that nobody has set as empty ones.
        .filter(|(name, value)| name.starts_with("TIDINGS_") && !value.is_empty())
        // A table with this name may be given as one.
        .filter(|(name, value)| {
            !NO_KEYS.contains(&name.as_str()) || (name == "TIDINGS_BUMP" && value.starts_with('{'))
        })
        .collect();
    variables.sort();
    let either = |upper: &str| variable(upper).or_else(|| variable(&upper.to_lowercase()));
    let columns = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let (width, height) = terminal_size::terminal_size()
        .map_or((WIDTH, usize::MAX), |(width, height)| (usize::from(width.0), usize::from(height.0)));
    let proxies = Proxies {
        https: either("HTTPS_PROXY").or_else(|| either("ALL_PROXY")),
        // A server's CGI variable of this name is anybody's text, so only the lower one counts there as elsewhere.
        http: variable("http_proxy").or_else(|| either("ALL_PROXY")),
        no_proxy: either("NO_PROXY"),
    };
    let all = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Host {
        cwd: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        now,
        today: now.date_naive(),
        variables,
        terminals: terminals(),
        colours: colours(),
        size: (columns.unwrap_or(width).clamp(20, WIDEST), height),
        pager: ["GIT_PAGER", "PAGER"]
            .into_iter()
            .find_map(variable)
            .or_else(|| (!cfg!(windows)).then(|| "less".to_owned())),
        // A token that is no text is kept with its fault, so that it is refused and not passed over.
        pipeline: ForgeKind::ALL
            .iter()
            .copied()
            .flat_map(ForgeKind::variables)
            .chain(PIPELINE)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter_map(|name| Some((name, Secret::new(&std::env::var_os(name)?.to_string_lossy())?)))
            .collect(),
        secrets: secrets::of_environment(all, &proxies),
        proxies,
        user_files: UserFiles::new(variable),
        untrusted: variable(VARIABLE),
        stranger: stranger(&variable),
        cache: dirs::cache_dir().map(|folder| folder.join("tidings")),
        moment: Utc::now().timestamp(),
    }
}
