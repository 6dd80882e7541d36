//! What a profile is made of.

/// One forge.
#[derive(Debug)]
pub(super) struct Profile {
    /// The name for people.
    pub(super) title: &'static str,
    /// The public servers, at the usual port of https.
    pub(super) servers: &'static [&'static str],
    /// How the host of a remote tells the forge.
    pub(super) remote: RemoteHost,
    pub(super) api: Api,
    pub(super) pages: Pages,
    /// What stands before the number of a pull request in a text.
    pub(super) pull_request_sign: char,
    pub(super) tokens: Tokens,
    pub(super) pipeline: Pipeline,
    pub(super) abilities: Abilities,
    /// What to do where it has no releases.
    pub(super) without_releases: Option<&'static str>,
}

/// How the host of a remote tells the forge.
#[derive(Debug)]
pub(super) struct RemoteHost {
    /// A whole label of the host's name: `gitlab` of `gitlab.example.com`.
    pub(super) labels: &'static [&'static str],
    /// The whole name.
    pub(super) names: &'static [&'static str],
    /// The end of the name.
    pub(super) suffix: Option<&'static str>,
}

/// Where the interface is.
#[derive(Debug)]
pub(super) struct Api {
    /// Public hosts with the addresses of their interfaces.
    pub(super) public: &'static [(&'static str, &'static str)],
    /// The end of the names of hosts that the forge runs for its customers, whose interface is at `api.` and their name.
    pub(super) tenants: Option<&'static str>,
    /// What stands for any other host.
    pub(super) other: OtherApi,
    /// The usual paths, without a slash at the end.
    pub(super) paths: &'static [&'static str],
    /// How a server without a known name tells that it is this forge.
    pub(super) detection: Option<Detection>,
    /// What stands before a token in the `Authorization` header.
    pub(super) authorization: &'static str,
}

/// The interface of a host that is neither public nor a customer's.
#[derive(Debug)]
pub(super) enum OtherApi {
    /// A path of the same server.
    Path(&'static str),
    /// One address for all.
    Address(&'static str),
    /// None that tidings knows.
    Unknown,
}

/// A question that is answered without a token.
#[derive(Debug)]
pub(super) struct Detection {
    pub(super) path: &'static str,
    /// The status of an answer, with the field that its JSON must have.
    pub(super) answers: &'static [(u16, &'static str)],
}

/// The paths of pages, below the page of the repository.
#[derive(Debug)]
pub(super) struct Pages {
    /// Goes before the id of a commit.
    pub(super) commit: &'static str,
    /// Goes before the number of a pull request.
    pub(super) pull_request: &'static str,
    /// Goes before the number of an issue; `None` where the forge keeps its issues elsewhere.
    pub(super) issue: Option<&'static str>,
    pub(super) compare: Compare,
}

/// The page that compares two tags or commits.
#[derive(Debug)]
pub(super) enum Compare {
    /// `PATH/base...target`
    Dots(&'static str),
    /// `PATH/target%0Dbase`
    NewestFirst(&'static str),
    /// `PATH?baseVersion=GTbase&targetVersion=GTtarget`; `GC` for a commit.
    Versions(&'static str),
}

/// Where tokens come from.
#[derive(Debug)]
pub(super) struct Tokens {
    /// The variables, for messages.
    pub(super) title: &'static str,
    /// The variables for a server; the first that is set counts.
    pub(super) variables: fn(TokenServer) -> &'static [&'static str],
    /// Those of the variables that are for no public server.
    pub(super) private: &'static [&'static str],
    /// Whether a token goes to the public servers without being asked for.
    pub(super) public: bool,
    /// The variable with the token of a job, and those that tell of which server the job is.
    pub(super) job: Option<(&'static str, &'static [&'static str])>,
    /// The variables with a user and a password made for programs.
    pub(super) basic: Option<(&'static str, &'static str)>,
}

/// What counts of a server in the choice of a variable.
#[derive(Debug, Clone, Copy)]
pub struct TokenServer {
    /// Whether it is public.
    pub is_public: bool,
    /// Whether it is the one that the pipeline runs for.
    pub is_pipeline: bool,
    /// Whether it is one of the servers that the forge runs for its customers.
    pub is_tenant: bool,
    /// Whether the pipeline is Gitea's or Forgejo's, whose variables are called as GitHub's.
    pub is_gitea_actions: bool,
}

/// The variables that name hosts.
#[derive(Debug)]
pub(super) struct Pipeline {
    /// Those of a pipeline, for the server and its interface.
    pub(super) server: Option<(&'static str, &'static str)>,
    /// Those of the forge's own command line program.
    pub(super) program: &'static [&'static str],
}

/// What a forge can do with releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// Whether it has releases at all.
    pub releases: bool,
    /// Whether a release can be made ready before anybody sees it.
    pub drafts: bool,
    /// Whether one release is marked as the latest by being told so.
    pub latest: bool,
    /// Whether a release is marked as a pre-release.
    pub prereleases: bool,
    /// Whether a release opens a discussion.
    pub discussions: bool,
    /// Whether a release has milestones.
    pub milestones: bool,
    /// Whether a release has a date that can be set.
    pub dates: bool,
    /// Whether a release may have several files of one name.
    pub twin_assets: bool,
    /// The longest body in characters; `None` where no bound is known.
    pub longest_body: Option<usize>,
}

/// No abilities: what rows begin with.
pub(super) const NO_ABILITIES: Abilities = Abilities {
    releases: false,
    drafts: false,
    latest: false,
    prereleases: false,
    discussions: false,
    milestones: false,
    dates: false,
    twin_assets: false,
    longest_body: None,
};
