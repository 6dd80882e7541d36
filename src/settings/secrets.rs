//! Collects the secrets of the environment and the repository, so that they are redacted in all output.

use crate::{git::Repository, http::Proxies, redact::Redactor};

/// Variables whose value is always a secret.
const KNOWN: [&str; 52] = [
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ANTHROPIC_API_KEY",
    "ARM_CLIENT_SECRET",
    "ARTIFACTORY_API_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AZURE_CLIENT_SECRET",
    "AZURE_DEVOPS_EXT_PAT",
    "BITBUCKET_APP_PASSWORD",
    "BITBUCKET_STEP_OIDC_TOKEN",
    "BITBUCKET_TOKEN",
    "CARGO_REGISTRY_TOKEN",
    "CI_BUILD_TOKEN",
    "CI_DEPENDENCY_PROXY_PASSWORD",
    "CI_DEPLOY_PASSWORD",
    "CI_JOB_JWT",
    "CI_JOB_JWT_V2",
    "CI_JOB_TOKEN",
    "CI_REGISTRY_PASSWORD",
    "CI_REPOSITORY_URL",
    "CODECOV_TOKEN",
    "DIGITALOCEAN_ACCESS_TOKEN",
    "DISCORD_WEBHOOK",
    "DOCKER_AUTH_CONFIG",
    "DOCKER_PASSWORD",
    "DOCKERHUB_TOKEN",
    "FORGEJO_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GH_TOKEN",
    "GITEA_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "GITHUB_TOKEN",
    "GITLAB_ACCESS_TOKEN",
    "GITLAB_TOKEN",
    "GL_TOKEN",
    "GOOGLE_CREDENTIALS",
    "HEROKU_API_KEY",
    "NODE_AUTH_TOKEN",
    "NPM_TOKEN",
    "PYPI_TOKEN",
    "SLACK_BOT_TOKEN",
    "SLACK_TOKEN",
    "SLACK_WEBHOOK",
    "SLACK_WEBHOOK_URL",
    "SONAR_TOKEN",
    "SSH_PRIVATE_KEY",
    "SYSTEM_ACCESSTOKEN",
    "TIDINGS_REGISTRY_TOKEN",
    "VAULT_TOKEN",
];

/// Suffixes of variables that probably hold secrets.
const ENDS: [&str; 13] = [
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "SECRET_KEY",
    "SIGNING_KEY",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "WEBHOOK",
    "WEBHOOK_URL",
];

/// The secrets of these variables and proxies.
pub(super) fn of_environment(
    variables: impl Iterator<Item = (String, String)>,
    proxies: &Proxies,
) -> Redactor {
    let secrets = Redactor::default();
    for (name, value) in variables {
        let upper = name.to_ascii_uppercase();
        // A plain word, as in `POSTGRES_PASSWORD=postgres`, is not redacted: it would hide parts of unrelated messages.
        if upper.starts_with("TIDINGS_") || value.starts_with("smtp://") || value.starts_with("smtps://") {
            secrets.add_url_secrets(&name, &value);
        }
        let is_likely = ENDS.iter().any(|end| upper.ends_with(end)) && !is_word(&value);
        if !is_likely && !KNOWN.contains(&&*upper) {
            continue;
        }
        if value.contains("://") {
            secrets.add_url_secrets(&name, &value);
        }
        match value.starts_with("https://") || value.starts_with("http://") {
            true if upper.contains("WEBHOOK") => secrets.add_secret_url(&name, &value),
            true => {}
            false => secrets.add(&name, &value),
        }
    }
    for url in [&proxies.https, &proxies.http].into_iter().flatten() {
        secrets.add_url_secrets("the proxy's password", url);
    }
    secrets
}

/// Adds the secrets in the URLs of a repository's remotes and in configured HTTP headers (`actions/checkout` sets one).
/// Values of a committed configuration are not secrets: it could have any word of a message redacted.
pub(super) fn of_repository(secrets: &Redactor, repository: &Repository) {
    let (urls, headers) = repository.credentials();
    for url in &urls {
        secrets.add_url_secrets("a remote's URL", url);
    }
    for header in headers {
        if let Some((_, value)) = header.split_once(':') {
            secrets.add_credentials("a header in the git configuration", value.trim());
        }
    }
}

/// Whether a value consists of ASCII letters of a single case.
fn is_word(value: &str) -> bool {
    let value = value.trim();
    value.bytes().all(|byte| byte.is_ascii_lowercase()) || value.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, value: &str) -> Redactor {
        let proxies =
            Proxies { https: Some("http://ada:prox%79-word@proxy:3128".to_owned()), ..Proxies::default() };
        of_environment(std::iter::once((name.to_owned(), value.to_owned())), &proxies)
    }

    #[test]
    fn secrets_are_recognized_by_their_variable() {
        for name in KNOWN.into_iter().filter(|name| !name.contains("URL")) {
            assert!(of(name, "wholly-hidden-1").matches("wholly-hidden-1"), "{name}");
        }
        for name in ["MY_TOKEN", "db_password", "Stripe_Api_Key", "HOOK_SECRET"] {
            assert!(of(name, "wholly-hidden-1").matches("wholly-hidden-1"), "{name}");
        }
        assert!(of("SLACK_WEBHOOK", "https://h/services/aBcDeFgHi1").matches("no aBcDeFgHi1"));
        assert!(
            of("CI_REPOSITORY_URL", "https://gitlab-ci-token:glcbt-12345678@h/o/r").matches("glcbt-12345678")
        );
        assert!(of("GITHUB_TOKEN", "alllowercase").matches("alllowercase"));
        assert!(of("TIDINGS_FORGE__API", "https://ada:wholly-hidden-1@h/api").matches("wholly-hidden-1"));
        assert!(of("MAIL", "smtps://ada:wholly-hidden-1@h").matches("wholly-hidden-1"));
        assert!(of("X", "x").matches("proxy-word"));
    }

    #[test]
    fn other_values_are_not_redacted() {
        for (name, value) in [
            ("AWS_REGION", "us-east-1a"),
            ("POSTGRES_PASSWORD", "postgres"),
            ("TIDINGS_FORGE__TOKEN_FILE", "/run/secrets/token-1"),
            ("GITHUB_API_URL", "https://api.github.com"),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://pipelines.example/oidc"),
            ("CI_REPOSITORY_URL", "https://gitlab.example/group/name"),
            ("GITHUB_TOKEN", "short-1"),
        ] {
            assert!(!of(name, value).matches(value), "{name}");
        }
    }
}
