//! The profiles of the forges: names, hosts, API, pages, tokens, abilities.
//!
//! A new forge needs a profile here, a module with its client, and variants in [`ForgeKind`] and
//! [`Forge`](super::Forge); the compiler reports the matches to extend. Elsewhere only `remote_url.rs` (Azure's paths)
//! and `settings/hosts.rs` (pipelines, host lists of command line tools) distinguish kinds.

use super::profile_fields::{
    Abilities, Api, Compare, Detection, NO_ABILITIES, OtherApi, Pages, Pipeline, Profile, RemoteHost,
    TokenServer, Tokens,
};
use crate::model::ForgeKind;

const GITHUB: Profile = Profile {
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
            responses: &[(200, "verifiable_password_authentication")],
        }),
        authorization: "Bearer",
    },
    pages: Pages {
        commit: "/commit/",
        pull_request: "/pull/",
        issue: Some("/issues/"),
        compare: Compare::Dots("/compare/"),
        version: "/releases/tag/",
    },
    pull_request_sign: '#',
    tokens: Tokens {
        title: "GITHUB_TOKEN or GH_TOKEN",
        variables: |server| match server {
            // Gitea passes its own token to jobs in GITHUB_TOKEN; never send it to GitHub.
            TokenServer { is_public: true, is_gitea_actions: true, .. } => &["GH_TOKEN"],
            TokenServer { is_public: true, .. } => &["GITHUB_TOKEN", "GH_TOKEN"],
            TokenServer { is_pipeline: true, .. } | TokenServer { is_tenant: true, .. } => {
                &["GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]
            }
            // As in gh: self-hosted servers have their own token variables.
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
        triggers: true,
        // GitHub's error: "body is too long (maximum is 125000 characters)".
        longest_body: Some(125_000),
        // GitHub's error: "Body is too long (maximum is 65536 characters)".
        longest_comment: Some(65_536),
        hides_html_comments: true,
        ..NO_ABILITIES
    },
    without_releases: None,
};

const GITLAB: Profile = Profile {
    title: "GitLab",
    servers: &["gitlab.com"],
    remote: RemoteHost { labels: &["gitlab"], names: &[], suffix: None },
    api: Api {
        public: &[("gitlab.com", "https://gitlab.com/api/v4")],
        tenants: None,
        other: OtherApi::Path("/api/v4"),
        paths: &["/api/v4"],
        // GitLab returns its version only to users; the error response has a `message`.
        detection: Some(Detection {
            path: "/api/v4/version",
            responses: &[(200, "revision"), (401, "message")],
        }),
        authorization: "Bearer",
    },
    pages: Pages {
        commit: "/-/commit/",
        pull_request: "/-/merge_requests/",
        issue: Some("/-/issues/"),
        compare: Compare::Dots("/-/compare/"),
        version: "/-/tags/",
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
        // GitLab's error: "Description is too long (maximum is 1000000 characters)".
        longest_body: Some(1_000_000),
        // GitLab's error: "Note is too long (maximum is 1000000 characters)".
        longest_comment: Some(1_000_000),
        hides_html_comments: true,
        ..NO_ABILITIES
    },
    without_releases: None,
};

const GITEA: Profile = Profile {
    title: "Gitea",
    servers: &["codeberg.org"],
    remote: RemoteHost { labels: &["gitea", "forgejo"], names: &["codeberg.org"], suffix: None },
    api: Api {
        public: &[],
        tenants: None,
        other: OtherApi::Path("/api/v1"),
        paths: &["/api/v1"],
        detection: Some(Detection { path: "/api/v1/version", responses: &[(200, "version")] }),
        authorization: "token",
    },
    pages: Pages {
        commit: "/commit/",
        pull_request: "/pulls/",
        issue: Some("/issues/"),
        compare: Compare::Dots("/compare/"),
        version: "/releases/tag/",
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
        duplicate_assets: true,
        // No limit is documented: as on GitHub.
        longest_comment: Some(65_536),
        hides_html_comments: true,
        ..NO_ABILITIES
    },
    without_releases: None,
};

const BITBUCKET: Profile = Profile {
    title: "Bitbucket",
    servers: &["bitbucket.org", "api.bitbucket.org"],
    remote: RemoteHost { labels: &[], names: &["bitbucket.org"], suffix: None },
    api: Api {
        public: &[],
        tenants: None,
        other: OtherApi::Fixed("https://api.bitbucket.org/2.0"),
        paths: &["/2.0"],
        detection: None,
        authorization: "Bearer",
    },
    pages: Pages {
        commit: "/commits/",
        pull_request: "/pull-requests/",
        issue: Some("/issues/"),
        compare: Compare::NewestFirst("/branches/compare/"),
        version: "/commits/tag/",
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
    abilities: Abilities { longest_comment: Some(32_768), ..NO_ABILITIES },
    without_releases: Some(
        "Bitbucket has no releases: write the notes with `tidings notes --outputs DIR` and upload them to its downloads",
    ),
};

const AZURE: Profile = Profile {
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
        version: "?version=GT",
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
    /// Its profile.
    pub(super) const fn profile(self) -> &'static Profile {
        match self {
            Self::GitHub => &GITHUB,
            Self::GitLab => &GITLAB,
            Self::Gitea => &GITEA,
            Self::Bitbucket => &BITBUCKET,
            Self::Azure => &AZURE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_forge_has_its_own_profile() {
        for kind in ForgeKind::ALL {
            let same = ForgeKind::ALL.iter().filter(|other| other.title() == kind.title());
            assert_eq!(same.count(), 1, "{}", kind.title());
            assert_eq!(ForgeKind::named(kind.name()), Some(*kind));
        }
    }
}
