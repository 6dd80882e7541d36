//! What the rest of the program asks of a forge's profile.

use super::{
    profile_fields::{Abilities, TokenServer},
    server::Server,
};
use crate::model::ForgeKind;

impl ForgeKind {
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

    /// All variables of the environment that mean something to the forge.
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
