//! Accessors of a forge's profile for the rest of the program.

use super::{
    profile_fields::{Abilities, TokenServer},
    server::Server,
};
use crate::model::ForgeKind;

impl ForgeKind {
    /// The display name.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.profile().title
    }

    /// The character before the number of a pull request: `!12` on GitLab, else `#12`.
    #[must_use]
    pub const fn pull_request_sign(self) -> char {
        self.profile().pull_request_sign
    }

    /// Its support for releases and comments.
    #[must_use]
    pub const fn abilities(self) -> Abilities {
        self.profile().abilities
    }

    /// The hint for a forge without releases.
    #[must_use]
    pub const fn without_releases(self) -> Option<&'static str> {
        self.profile().without_releases
    }

    /// The environment variables for tokens, for messages.
    #[must_use]
    pub const fn token_variables(self) -> &'static str {
        self.profile().tokens.title
    }

    /// The environment variables for a server's token; the first that is set is used.
    #[must_use]
    pub fn token_variables_for(self, server: TokenServer) -> &'static [&'static str] {
        (self.profile().tokens.variables)(server)
    }

    /// The variables whose tokens are not sent to public servers.
    #[must_use]
    pub const fn private_token_variables(self) -> &'static [&'static str] {
        self.profile().tokens.private
    }

    /// Whether a token is sent to the forge's public servers without explicit configuration.
    #[must_use]
    pub const fn trusts_public_servers(self) -> bool {
        self.profile().tokens.public
    }

    /// Whether a server is a tenant's, operated by the forge's vendor (`*.ghe.com`).
    #[must_use]
    pub fn is_tenant(self, server: &Server) -> bool {
        self.profile().api.tenants.is_some_and(|suffix| server.to_string().ends_with(suffix))
    }

    /// The variable with a job token, and those with the URLs of the job's server.
    #[must_use]
    pub const fn job_token_variables(self) -> Option<(&'static str, &'static [&'static str])> {
        self.profile().tokens.job
    }

    /// The variables with a user name and an app password.
    #[must_use]
    pub const fn password_variables(self) -> Option<(&'static str, &'static str)> {
        self.profile().tokens.basic
    }

    /// The variables in which a pipeline passes the URLs of its server and its API.
    #[must_use]
    pub const fn pipeline_variables(self) -> Option<(&'static str, &'static str)> {
        self.profile().pipeline.server
    }

    /// The variables with the host for the forge's own command line tool.
    #[must_use]
    pub const fn host_variables(self) -> &'static [&'static str] {
        self.profile().pipeline.program
    }

    /// All environment variables that apply to the forge.
    pub fn variables(self) -> impl Iterator<Item = &'static str> {
        let profile = self.profile();
        let bits = 0..16_u8;
        let tokens = bits.flat_map(move |bits| {
            self.token_variables_for(TokenServer {
                is_public: bits & 1 != 0,
                is_pipeline: bits & 2 != 0,
                is_tenant: bits & 4 != 0,
                is_gitea_actions: bits & 8 != 0,
            })
        });
        let job = profile
            .tokens
            .job
            .into_iter()
            .flat_map(|(token, servers)| [token].into_iter().chain(servers.iter().copied()));
        let basic = profile.tokens.basic.into_iter().flat_map(|(user, password)| [user, password]);
        let server = profile.pipeline.server.into_iter().flat_map(|(server, api)| [server, api]);
        tokens.chain(profile.pipeline.program).copied().chain(job).chain(basic).chain(server)
    }
}
