//! Reads the environment of the process once: working directory, clock, variables, terminal and the user's files.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    registry_env::{HOST, REALM, TOKEN, USER},
    secrets,
    untrusted_checkout::{UntrustedCheckout, VARIABLE, untrusted_checkout},
};
use crate::{
    git,
    http::{Proxies, Secret},
    model::{ForgeKind, Time},
    redact::Redactor,
    ui::{colours, terminals},
};

/// The environment of the process, read once at the start.
#[derive(Debug, Clone)]
pub struct Process {
    /// The current directory.
    pub cwd: PathBuf,
    /// The variables of git that say where the repository is.
    pub git: git::Environment,
    /// The current time, or that of `SOURCE_DATE_EPOCH`.
    now: DateTime<Utc>,
    /// The date of that time, in UTC.
    pub today: NaiveDate,
    /// The `TIDINGS_` variables that set configuration keys, sorted by name.
    pub variables: Vec<(String, String)>,
    /// Whether stdout and stderr are terminals.
    pub terminals: (bool, bool),
    /// Whether colours are enabled on stdout and stderr if they are terminals (`NO_COLOR`, `CLICOLOR`, `TERM=dumb`).
    pub colours: (bool, bool),
    /// The terminal's width and height, in columns and lines.
    pub size: (usize, usize),
    /// The user's pager.
    pub pager: Option<String>,
    /// The user's editor, a shell command as for git; `None` if no variable names one.
    pub editor: Option<String>,
    /// The variables of forges and their pipelines, including tokens, by name.
    pub pipeline: BTreeMap<&'static str, Secret>,
    /// The proxies.
    pub proxies: Proxies,
    /// The values to redact; more are added when they are read.
    pub secrets: Redactor,
    /// The user's files that name hosts.
    pub user_files: UserFiles,
    /// The folder of the response cache.
    pub cache: Option<PathBuf>,
    /// The shell that asks for completions, if one does.
    pub completing_shell: Option<String>,
    /// The value of `TIDINGS_UNTRUSTED`.
    pub untrusted_variable: Option<String>,
    /// The untrusted pull request that the pipeline has checked out, if any.
    pub untrusted_checkout: Option<UntrustedCheckout>,
    /// The current time in seconds since 1970, regardless of `SOURCE_DATE_EPOCH`.
    pub moment: i64,
}

/// The user's files that name hosts. They may not exist.
#[derive(Debug, Clone, Default)]
pub struct UserFiles {
    /// `hosts.toml`, and whether its path is from `TIDINGS_HOSTS_FILE`.
    pub hosts: Option<(PathBuf, bool)>,
    /// `hosts.yml` of gh.
    pub gh: Option<PathBuf>,
    /// `config.yml` of glab.
    pub glab: Option<PathBuf>,
    /// The user's home folder.
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

/// The variable by which the script of a shell asks for completions.
pub const COMPLETE: &str = "COMPLETE";

/// The variable with the path of the user's hosts file.
const HOSTS_FILE: &str = "TIDINGS_HOSTS_FILE";

/// Pipeline variables in addition to those of the forge profiles.
const PIPELINE: [&str; 6] = [
    "CI_PROJECT_URL",
    "FORGEJO_ACTIONS",
    "GITEA_ACTIONS",
    "GITHUB_OUTPUT",
    "GITHUB_REPOSITORY",
    "GITHUB_STEP_SUMMARY",
];

/// The variables of pipelines with the target branch of a pull request, or the branch of a push.
pub(super) const BRANCH_VARIABLES: [&str; 8] = [
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "GITHUB_REF",
    "CI_COMMIT_BRANCH",
    "BITBUCKET_BRANCH",
    "BUILD_SOURCEBRANCH",
];

/// The variables that name the pull request of a pipeline, in addition to those of the forge profiles.
const PULL_REQUEST_VARIABLES: [&str; 17] = [
    "GITHUB_EVENT_NAME",
    "GITHUB_EVENT_PATH",
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    "CI_MERGE_REQUEST_IID",
    "CI_MERGE_REQUEST_LABELS",
    "CI_MERGE_REQUEST_PROJECT_ID",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
    "CI_MERGE_REQUEST_TARGET_BRANCH_SHA",
    "CI_MERGE_REQUEST_TITLE",
    "BITBUCKET_COMMIT",
    "BITBUCKET_PR_DESTINATION_COMMIT",
    "BITBUCKET_PR_ID",
    "BITBUCKET_BRANCH",
];

impl Process {
    /// The time of the run, as in `2026-01-31T08:00:00Z`.
    #[must_use]
    pub fn stamp(&self) -> String {
        self.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    /// The time of the run, in seconds since 1970.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.now.timestamp()
    }

    /// A pipeline variable that is not a secret.
    #[must_use]
    pub fn pipeline(&self, name: &str) -> Option<&str> {
        self.pipeline.get(name).map(Secret::expose)
    }

    /// The date at an offset from UTC in minutes.
    #[must_use]
    pub fn today_at(&self, offset: i32) -> Option<NaiveDate> {
        Time { seconds: self.now.timestamp(), offset }.date()
    }
}

/// The `TIDINGS_` variables that do not set configuration keys.
const NOT_KEYS: [&str; 13] = [
    HOSTS_FILE,
    VARIABLE,
    HOST,
    REALM,
    USER,
    TOKEN,
    "TIDINGS_TEMPLATE_TIMEOUT",
    "TIDINGS_TEMPLATE_MAX_OUTPUT",
    // `notes --outputs` sets these for later pipeline steps, which may run tidings again.
    "TIDINGS_VERSION",
    "TIDINGS_TAG",
    "TIDINGS_BUMP",
    "TIDINGS_PRERELEASE",
    "TIDINGS_NOTES_FILE",
];

/// The width if the terminal does not report one, in columns.
const WIDTH: usize = 80;
/// The maximum text width, in columns. Longer lines are hard to read.
const MAX_WIDTH: usize = 100;

/// Reads the environment of the current process.
#[must_use]
pub fn current_process() -> Process {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let epoch = variable("SOURCE_DATE_EPOCH").and_then(|seconds| seconds.trim().parse().ok());
    let now = epoch.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_else(Utc::now);
    let mut variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        // Pipelines pass unset variables as empty ones.
        .filter(|(name, value)| name.starts_with("TIDINGS_") && !value.is_empty())
        // TIDINGS_BUMP is also a key of the configuration if its value is a table.
        .filter(|(name, value)| {
            !NOT_KEYS.contains(&name.as_str()) || (name == "TIDINGS_BUMP" && value.starts_with('{'))
        })
        .collect();
    variables.sort();
    let either = |upper: &str| variable(upper).or_else(|| variable(&upper.to_lowercase()));
    let columns = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let (width, height) = terminal_size::terminal_size()
        .map_or((WIDTH, usize::MAX), |(width, height)| (usize::from(width.0), usize::from(height.0)));
    let proxies = Proxies {
        https: either("HTTPS_PROXY").or_else(|| either("ALL_PROXY")),
        // In CGI, HTTP_PROXY holds a request header, so only the lower-case name is read (httpoxy).
        http: variable("http_proxy").or_else(|| either("ALL_PROXY")),
        no_proxy: either("NO_PROXY"),
    };
    let all = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Process {
        cwd: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        git: git::Environment::new(|name| std::env::var_os(name)),
        now,
        today: now.date_naive(),
        variables,
        terminals: terminals(),
        colours: colours(),
        size: (columns.unwrap_or(width).clamp(20, MAX_WIDTH), height),
        pager: ["GIT_PAGER", "PAGER"]
            .into_iter()
            .find_map(variable)
            .or_else(|| (!cfg!(windows)).then(|| "less".to_owned())),
        editor: ["GIT_EDITOR", "VISUAL", "EDITOR"].into_iter().find_map(variable),
        // A token that is not UTF-8 is kept in lossy form, so that it is rejected later instead of ignored.
        pipeline: ForgeKind::ALL
            .iter()
            .copied()
            .flat_map(ForgeKind::variables)
            .chain(PIPELINE)
            .chain(BRANCH_VARIABLES)
            .chain(PULL_REQUEST_VARIABLES)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter_map(|name| Some((name, Secret::new(&std::env::var_os(name)?.to_string_lossy())?)))
            .collect(),
        secrets: secrets::of_environment(all, &proxies),
        proxies,
        user_files: UserFiles::new(variable),
        completing_shell: variable(COMPLETE),
        untrusted_variable: variable(VARIABLE),
        untrusted_checkout: untrusted_checkout(&variable),
        cache: dirs::cache_dir().map(|folder| folder.join("tidings")),
        moment: Utc::now().timestamp(),
    }
}
