//! What sets one forge apart from another, one row each: names, hosts, interface, pages, tokens, abilities.
//!
//! A new forge needs a row here, a folder of its own that speaks to it, and its variants in [`ForgeKind`] and
//! [`Forge`](super::Forge), whose matches the compiler then asks for. No other place compares kinds.

use super::server::Server;
use crate::model::ForgeKind;

/// All forges, in the order in which a host's name is compared with theirs.
const PROFILES: [&Profile; 5] = [&GITHUB, &GITLAB, &GITEA, &BITBUCKET, &AZURE];

/// One forge.
#[derive(Debug)]
pub(super) struct Profile {
    kind: ForgeKind,
    /// The name for people.
    title: &'static str,
    /// The public servers, at the usual port of https.
    pub(super) servers: &'static [&'static str],
    /// How the host of a remote tells the forge.
    pub(super) remote: RemoteHost,
    pub(super) api: Api,
    pub(super) pages: Pages,
    /// What stands before the number of a pull request in a text.
    pull_request_sign: char,
    pub(super) tokens: Tokens,
    pub(super) pipeline: Pipeline,
    abilities: Abilities,
    /// What to do where it has no releases.
    without_releases: Option<&'static str>,
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
    title: &'static str,
    /// The variables for a server; the first that is set counts.
    variables: fn(TokenServer) -> &'static [&'static str],
    /// Those of the variables that are for no public server.
    private: &'static [&'static str],
    /// Whether a token goes to the public servers without being asked for.
    public: bool,
    /// The variable with the token of a job, and those that tell of which server the job is.
    job: Option<(&'static str, &'static [&'static str])>,
    /// The variables with a user and a password made for programs.
    basic: Option<(&'static str, &'static str)>,
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
    server: Option<(&'static str, &'static str)>,
    /// Those of the forge's own command line program.
    program: &'static [&'static str],
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

const NO_ABILITIES: Abilities = Abilities {
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

const GITHUB: Profile = Profile {
    kind: ForgeKind::GitHub,
    title: "GitHub",
    servers: &["github.com", "api.github.com", "uploads.github.com"],
    remote: RemoteHost { labels: &["github"], names: &[], suffix: None },
    api: Api {
        public: &[("github.com", "https://api.github.com")],
        // GitHub Enterprise Cloud with data residency.
        tenants: Some(".ghe.com"),
        other: OtherApi::Path("/api/v3"),
        paths: &["/api/v3", ""],
        detection: Some(Detection {
            path: "/api/v3/meta",
            answers: &[(200, "verifiable_password_authentication")],
        }),
        authorization: "Bearer",
    },
    pages: Pages {
        commit: "/commit/",
        pull_request: "/pull/",
        issue: Some("/issues/"),
        compare: Compare::Dots("/compare/"),
    },
    pull_request_sign: '#',
    tokens: Tokens {
        title: "GITHUB_TOKEN or GH_TOKEN",
        variables: |server| match server {
            // The token that Gitea gives to a job is called as GitHub's, and is none of GitHub's.
            TokenServer { is_public: true, is_gitea_actions: true, .. } => &["GH_TOKEN"],
            TokenServer { is_public: true, .. } => &["GITHUB_TOKEN", "GH_TOKEN"],
            TokenServer { is_pipeline: true, .. } | TokenServer { is_tenant: true, .. } => {
                &["GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]
            }
            // As gh has it: a server of one's own has tokens of its own.
            _ => &["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"],
        },
        private: &["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"],
        public: true,
        job: None,
        basic: None,
    },
    pipeline: Pipeline { server: Some(("GITHUB_SERVER_URL", "GITHUB_API_URL")), program: &["GH_HOST"] },
    abilities: Abilities {
        releases: true,
        drafts: true,
        latest: true,
        prereleases: true,
        discussions: true,
        // GitHub refuses with "body is too long (maximum is 125000 characters)".
        longest_body: Some(125_000),
        ..NO_ABILITIES
    },
    without_releases: None,
};

const GITLAB: Profile = Profile {
    kind: ForgeKind::GitLab,
    title: "GitLab",
    servers: &["gitlab.com"],
    remote: RemoteHost { labels: &["gitlab"], names: &[], suffix: None },
    api: Api {
        public: &[("gitlab.com", "https://gitlab.com/api/v4")],
        tenants: None,
        other: OtherApi::Path("/api/v4"),
        paths: &["/api/v4"],
        // GitLab tells its version only to users, but refuses in its own words.
        detection: Some(Detection {
            path: "/api/v4/version",
            answers: &[(200, "revision"), (401, "message")],
        }),
        authorization: "Bearer",
    },
    pages: Pages {
        commit: "/-/commit/",
        pull_request: "/-/merge_requests/",
        issue: Some("/-/issues/"),
        compare: Compare::Dots("/-/compare/"),
    },
    pull_request_sign: '!',
    tokens: Tokens {
        title: "GITLAB_TOKEN or CI_JOB_TOKEN",
        variables: |_| &["GITLAB_TOKEN"],
        private: &[],
        public: true,
        job: Some(("CI_JOB_TOKEN", &["CI_SERVER_URL", "CI_API_V4_URL"])),
        basic: None,
    },
    pipeline: Pipeline {
        server: Some(("CI_SERVER_URL", "CI_API_V4_URL")),
        program: &["GITLAB_HOST", "GITLAB_URI", "GL_HOST"],
    },
    abilities: Abilities {
        releases: true,
        milestones: true,
        dates: true,
        // GitLab: "Description is too long (maximum is 1000000 characters)".
        longest_body: Some(1_000_000),
        ..NO_ABILITIES
    },
    without_releases: None,
};

const GITEA: Profile = Profile {
    kind: ForgeKind::Gitea,
    title: "Gitea",
    servers: &["codeberg.org"],
    remote: RemoteHost { labels: &["gitea", "forgejo"], names: &["codeberg.org"], suffix: None },
    api: Api {
        public: &[],
        tenants: None,
        other: OtherApi::Path("/api/v1"),
        paths: &["/api/v1"],
        detection: Some(Detection { path: "/api/v1/version", answers: &[(200, "version")] }),
        authorization: "token",
    },
    pages: Pages {
        commit: "/commit/",
        pull_request: "/pulls/",
        issue: Some("/issues/"),
        compare: Compare::Dots("/compare/"),
    },
    pull_request_sign: '#',
    tokens: Tokens {
        title: "GITEA_TOKEN or FORGEJO_TOKEN",
        variables: |server| match server {
            TokenServer { is_pipeline: true, is_gitea_actions: true, .. } => {
                &["GITEA_TOKEN", "FORGEJO_TOKEN", "GITHUB_TOKEN"]
            }
            _ => &["GITEA_TOKEN", "FORGEJO_TOKEN"],
        },
        private: &["GITEA_TOKEN", "FORGEJO_TOKEN"],
        public: false,
        job: None,
        basic: None,
    },
    pipeline: Pipeline { server: None, program: &[] },
    abilities: Abilities {
        releases: true,
        drafts: true,
        prereleases: true,
        twin_assets: true,
        ..NO_ABILITIES
    },
    without_releases: None,
};

const BITBUCKET: Profile = Profile {
    kind: ForgeKind::Bitbucket,
    title: "Bitbucket",
    servers: &["bitbucket.org", "api.bitbucket.org"],
    remote: RemoteHost { labels: &[], names: &["bitbucket.org"], suffix: None },
    api: Api {
        public: &[],
        tenants: None,
        other: OtherApi::Address("https://api.bitbucket.org/2.0"),
        paths: &["/2.0"],
        detection: None,
        authorization: "Bearer",
    },
    pages: Pages {
        commit: "/commits/",
        pull_request: "/pull-requests/",
        issue: Some("/issues/"),
        compare: Compare::NewestFirst("/branches/compare/"),
    },
    pull_request_sign: '#',
    tokens: Tokens {
        title: "BITBUCKET_TOKEN",
        variables: |_| &["BITBUCKET_TOKEN"],
        private: &[],
        public: true,
        job: None,
        basic: Some(("BITBUCKET_USER", "BITBUCKET_APP_PASSWORD")),
    },
    pipeline: Pipeline { server: None, program: &[] },
    abilities: NO_ABILITIES,
    without_releases: Some(
        "Bitbucket has no releases: `tidings notes --outputs DIR` writes the notes, and its downloads take files",
    ),
};

const AZURE: Profile = Profile {
    kind: ForgeKind::Azure,
    title: "Azure DevOps",
    servers: &[],
    remote: RemoteHost {
        labels: &[],
        names: &["dev.azure.com", "ssh.dev.azure.com"],
        suffix: Some(".visualstudio.com"),
    },
    api: Api {
        public: &[],
        tenants: None,
        other: OtherApi::Unknown,
        paths: &[],
        detection: None,
        authorization: "Bearer",
    },
    pages: Pages {
        commit: "/commit/",
        pull_request: "/pullrequest/",
        issue: None,
        compare: Compare::Versions("/branchCompare"),
    },
    pull_request_sign: '#',
    tokens: Tokens {
        title: "no variable",
        variables: |_| &[],
        private: &[],
        public: true,
        job: None,
        basic: None,
    },
    pipeline: Pipeline { server: None, program: &[] },
    abilities: NO_ABILITIES,
    without_releases: None,
};

impl ForgeKind {
    pub(super) const fn profile(self) -> &'static Profile {
        match self {
            Self::GitHub => &GITHUB,
            Self::GitLab => &GITLAB,
            Self::Gitea => &GITEA,
            Self::Bitbucket => &BITBUCKET,
            Self::Azure => &AZURE,
        }
    }

    /// All forges.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        PROFILES.into_iter().map(|profile| profile.kind)
    }

    /// The forge of this name in the configuration and in the JSON form.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.name() == name)
    }

    /// The name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.profile().title
    }

    /// What stands before the number of a pull request: `!12` on GitLab, else `#12`.
    #[must_use]
    pub const fn pull_request_sign(self) -> char {
        self.profile().pull_request_sign
    }

    /// What it can do with releases.
    #[must_use]
    pub const fn abilities(self) -> Abilities {
        self.profile().abilities
    }

    /// What to do where the forge has no releases.
    #[must_use]
    pub const fn without_releases(self) -> Option<&'static str> {
        self.profile().without_releases
    }

    /// The variables that may hold a token, for messages.
    #[must_use]
    pub const fn token_variables(self) -> &'static str {
        self.profile().tokens.title
    }

    /// The variables that may hold a token for a server; the first that is set counts.
    #[must_use]
    pub fn token_variables_for(self, server: TokenServer) -> &'static [&'static str] {
        (self.profile().tokens.variables)(server)
    }

    /// The variables with tokens that are for no public server.
    #[must_use]
    pub const fn private_token_variables(self) -> &'static [&'static str] {
        self.profile().tokens.private
    }

    /// Whether a token goes to the forge's public servers although nobody has named them.
    #[must_use]
    pub const fn trusts_public_servers(self) -> bool {
        self.profile().tokens.public
    }

    /// Whether a server is one that the forge runs for a customer.
    #[must_use]
    pub fn is_tenant(self, server: &Server) -> bool {
        self.profile().api.tenants.is_some_and(|suffix| server.to_string().ends_with(suffix))
    }

    /// The variable with the token of a job, and those that tell of which server the job is.
    #[must_use]
    pub const fn job_token_variables(self) -> Option<(&'static str, &'static [&'static str])> {
        self.profile().tokens.job
    }

    /// The variables with a user and a password made for programs.
    #[must_use]
    pub const fn password_variables(self) -> Option<(&'static str, &'static str)> {
        self.profile().tokens.basic
    }

    /// The variables with which a pipeline names its server and that server's interface.
    #[must_use]
    pub const fn pipeline_variables(self) -> Option<(&'static str, &'static str)> {
        self.profile().pipeline.server
    }

    /// The variables with which the forge's own command line program is told of a host.
    #[must_use]
    pub const fn host_variables(self) -> &'static [&'static str] {
        self.profile().pipeline.program
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_forge_has_its_own_row() {
        let kinds: Vec<ForgeKind> = ForgeKind::all().collect();
        for (profile, kind) in PROFILES.iter().zip(&kinds) {
            assert_eq!(kind.profile().title, profile.title);
            assert_eq!(ForgeKind::named(kind.name()), Some(*kind));
        }
    }
}
