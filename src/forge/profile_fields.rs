//! The fields of a forge's profile.

/// The profile of a forge.
#[derive(Debug)]
pub(super) struct Profile {
    /// The display name.
    pub(super) title: &'static str,
    /// The public servers, at port 443.
    pub(super) servers: &'static [&'static str],
    /// How to recognize the forge from a remote's host.
    pub(super) remote: RemoteHost,
    pub(super) api: Api,
    pub(super) pages: Pages,
    /// The character before the number of a pull request.
    pub(super) pull_request_sign: char,
    pub(super) tokens: Tokens,
    pub(super) pipeline: Pipeline,
    pub(super) abilities: Abilities,
    /// The hint for a forge without releases.
    pub(super) without_releases: Option<&'static str>,
}

/// How to recognize the forge from a remote's host.
#[derive(Debug)]
pub(super) struct RemoteHost {
    /// Labels of the host name: `gitlab` matches `gitlab.example.com`.
    pub(super) labels: &'static [&'static str],
    /// Whole host names.
    pub(super) names: &'static [&'static str],
    /// A suffix of the host name.
    pub(super) suffix: Option<&'static str>,
}

/// The location of the API.
#[derive(Debug)]
pub(super) struct Api {
    /// Public hosts with their API URLs.
    pub(super) public: &'static [(&'static str, &'static str)],
    /// The suffix of tenants' hosts, whose API is on the host `api.` followed by their name.
    pub(super) tenants: Option<&'static str>,
    /// The API of any other host.
    pub(super) other: OtherApi,
    /// The default paths of the API, without a trailing slash.
    pub(super) paths: &'static [&'static str],
    /// How to detect this forge on an unknown host.
    pub(super) detection: Option<Detection>,
    /// The scheme in the `Authorization` header for tokens.
    pub(super) authorization: &'static str,
}

/// The API of a host that is neither public nor a tenant's.
#[derive(Debug)]
pub(super) enum OtherApi {
    /// A path on the same server.
    Path(&'static str),
    /// One fixed URL.
    Fixed(&'static str),
    /// None is known.
    Unknown,
}

/// A request that detects a forge without a token.
#[derive(Debug)]
pub(super) struct Detection {
    pub(super) path: &'static str,
    /// Status codes, each with the field that the JSON response must have.
    pub(super) responses: &'static [(u16, &'static str)],
}

/// The paths of pages, relative to the repository's URL.
#[derive(Debug)]
pub(super) struct Pages {
    /// The path before a commit ID.
    pub(super) commit: &'static str,
    /// The path before the number of a pull request.
    pub(super) pull_request: &'static str,
    /// The path before the number of an issue; `None` if issues are not in the repository.
    pub(super) issue: Option<&'static str>,
    pub(super) compare: Compare,
    /// The path before a tag, of the page of a version.
    pub(super) version: &'static str,
}

/// The page that compares two tags or commits.
#[derive(Debug)]
pub(super) enum Compare {
    /// `PATH/base...target`
    Dots(&'static str),
    /// `PATH/target%0Dbase`
    NewestFirst(&'static str),
    /// `PATH?baseVersion=GTbase&targetVersion=GTtarget` for tags, `GC` instead of `GT` for commits.
    Versions(&'static str),
}

/// The environment variables for tokens.
#[derive(Debug)]
pub(super) struct Tokens {
    /// The variables, for messages.
    pub(super) title: &'static str,
    /// The variables for a server; the first that is set is used.
    pub(super) variables: fn(TokenServer) -> &'static [&'static str],
    /// The variables whose tokens are not sent to public servers.
    pub(super) private: &'static [&'static str],
    /// Whether a token is sent to the public servers without explicit configuration.
    pub(super) public: bool,
    /// The variable with a job token, and those with the URLs of the job's server.
    pub(super) job: Option<(&'static str, &'static [&'static str])>,
    /// The variables with a user name and an app password.
    pub(super) basic: Option<(&'static str, &'static str)>,
}

/// The properties of a server that determine its token variables.
#[derive(Debug, Clone, Copy)]
pub struct TokenServer {
    /// Whether it is public.
    pub is_public: bool,
    /// Whether it is the one that the pipeline runs for.
    pub is_pipeline: bool,
    /// Whether it is a tenant's server, operated by the forge's vendor.
    pub is_tenant: bool,
    /// Whether the pipeline is Gitea's or Forgejo's, whose variables have the names of GitHub's.
    pub is_gitea_actions: bool,
}

/// The variables with hosts.
#[derive(Debug)]
pub(super) struct Pipeline {
    /// The variables of a pipeline with the URLs of its server and its API.
    pub(super) server: Option<(&'static str, &'static str)>,
    /// The variables of the forge's own command line tool.
    pub(super) program: &'static [&'static str],
}

/// A forge's support for releases and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// Whether it has releases at all.
    pub releases: bool,
    /// Whether it has draft releases.
    pub drafts: bool,
    /// Whether a release can be marked as the latest.
    pub latest: bool,
    /// Whether a release can be marked as a pre-release.
    pub prereleases: bool,
    /// Whether a release can open a discussion.
    pub discussions: bool,
    /// Whether a release can have milestones.
    pub milestones: bool,
    /// Whether the date of a release can be set.
    pub dates: bool,
    /// Whether a deployment can be started other than by publishing a release.
    pub triggers: bool,
    /// Whether a release can have several files with one name.
    pub duplicate_assets: bool,
    /// Maximum length of a body, in characters; `None` if no limit is known.
    pub longest_body: Option<usize>,
    /// Maximum length of a comment, in characters; `None` if pull requests cannot be commented on.
    pub longest_comment: Option<usize>,
    /// Whether HTML comments in a comment are hidden; else they are shown as text.
    pub hides_html_comments: bool,
}

impl Abilities {
    /// What a forge may support that is not known: no option is refused.
    pub const UNKNOWN: Self = Self {
        releases: true,
        drafts: true,
        prereleases: true,
        discussions: true,
        milestones: true,
        dates: true,
        triggers: true,
        ..NO_ABILITIES
    };
}

/// No support; the base of each profile.
pub(super) const NO_ABILITIES: Abilities = Abilities {
    releases: false,
    drafts: false,
    latest: false,
    prereleases: false,
    discussions: false,
    milestones: false,
    dates: false,
    triggers: false,
    duplicate_assets: false,
    longest_body: None,
    longest_comment: None,
    hides_html_comments: false,
};
