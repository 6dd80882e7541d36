//! What a repository's own configuration may not say of secrets: files that hold them, and variables that hold others.
//!
//! Whoever may open a pull request may write that file. A key that names a file reads any file of the machine; a variable that is used
//! as the address of a hook, or as the key of a signature, leaves the machine in one form or another.

use std::path::Path;

use crate::{config, error::Error};

use super::origin::Configured;

/// Refuses it.
///
/// # Errors
/// When the repository's configuration names a file that holds a secret or is trusted, or a variable that holds a known secret.
pub(super) fn refuse(configured: &Configured, root: &Path) -> Result<(), Error> {
    let Configured { config, path: Some(path), text, origins, .. } = configured else { return Ok(()) };
    let keys = [
        (
            "forge.token_file",
            config.forge.token_file.is_some(),
            "set TIDINGS_FORGE__TOKEN_FILE, or token_file for the host in ~/.config/tidings/hosts.toml",
        ),
        (
            "network.ca_file",
            config.network.ca_file.is_some(),
            "set TIDINGS_NETWORK__CA_FILE, or ca_file for the host in ~/.config/tidings/hosts.toml; commands on images have --ca-file",
        ),
    ];
    for (key, is_set, hint) in keys {
        if is_set && !origins.is_users(key) {
            let problem = "the repository's configuration cannot name this file".to_owned();
            return Err(config::senseless_key((path, root, text), key, problem, Some(hint.to_owned())).into());
        }
    }
    if origins.is_users("notify") {
        return Ok(());
    }
    for (index, entry) in config.notify.iter().enumerate() {
        let refused = |key: &str, problem: String, hint: &str| -> Result<(), Error> {
            let hint = Some(hint.to_owned());
            Err(config::senseless((path, root, text), ("notify", index), Some(key), problem, hint).into())
        };
        for (key, file) in [("url_file", &entry.url_file), ("secret_file", &entry.secret_file)] {
            if file.is_some() {
                let hint = "put it into a variable and name that (url_env, secret_env), or name a configuration outside the repository with --config";
                return refused(key, format!("the repository's configuration cannot name a {key}"), hint);
            }
        }
        for (key, variable) in [("url_env", &entry.url_env), ("secret_env", &entry.secret_env)] {
            if let Some(name) = variable.as_deref().filter(|name| is_other_secret(name)) {
                let hint = "put it into a variable of its own, such as SLACK_WEBHOOK or HOOK_KEY";
                return refused(key, format!("`{name}` is the name of another secret"), hint);
            }
        }
    }
    Ok(())
}

/// Words that make a variable a secret that is not for messages, wherever they stand in its name.
const WORDS: [&str; 21] = [
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "CREDENTIAL",
    "PRIVATE",
    "APIKEY",
    "API_KEY",
    "ACCESS_KEY",
    "ACCESSKEY",
    "DEPLOY_KEY",
    "SECRET_KEY",
    "CLIENT_SECRET",
    "COOKIE",
    "SESSION",
    "BEARER",
    "JWT",
    "KUBECONFIG",
    "NETRC",
    "AUTHORIZATION",
    "DATABASE_URL",
];
/// The same, as a part of its own between underscores.
const PARTS: [&str; 8] = ["PAT", "PASS", "PWD", "AUTH", "OAUTH", "PEM", "CERT", "DSN"];
/// How variables begin that tools and services keep their secrets and facts in; a hook of one's own may be called so, too.
const STARTS: [&str; 48] = [
    "ACTIONS_",
    "ANTHROPIC_",
    "ANSIBLE_",
    "ARM_",
    "AWS_",
    "AZURE_",
    "BITBUCKET_",
    "BUILDKITE_",
    "CARGO_",
    "CI_",
    "CIRCLE_",
    "CLOUDFLARE_",
    "CLOUDSDK_",
    "CODECOV_",
    "DB_",
    "DIGITALOCEAN_",
    "DOCKER_",
    "DOCKERHUB_",
    "FORGEJO_",
    "GCLOUD_",
    "GCP_",
    "GH_",
    "GIT_",
    "GITEA_",
    "GITHUB_",
    "GITLAB_",
    "GL_",
    "GOOGLE_",
    "GPG_",
    "HEROKU_",
    "HF_",
    "JENKINS_",
    "KUBE",
    "MYSQL_",
    "NPM_",
    "OPENAI_",
    "PG",
    "POSTGRES",
    "REDIS",
    "REGISTRY_",
    "RUNNER_",
    "SIGNING_",
    "SSH_",
    "SYSTEM_",
    "TF_",
    "TIDINGS_",
    "TWINE_",
    "VAULT_",
];

/// Whether a variable holds a secret that is neither the address of a hook nor a key for messages. Names differ by case on some systems
/// and not on others.
fn is_other_secret(name: &str) -> bool {
    let name = name.trim().to_ascii_uppercase();
    let is_hook = name.contains("HOOK");
    WORDS.into_iter().any(|word| name.contains(word))
        || name.split('_').any(|part| PARTS.contains(&part))
        || (!is_hook && STARTS.into_iter().any(|start| name.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_secrets_are_known_by_their_names() {
        for name in [
            "GITHUB_TOKEN",
            "GH_TOKEN",
            "CI_JOB_TOKEN",
            "CI_REGISTRY_PASSWORD",
            "CI_JOB_JWT_V2",
            "GITLAB_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "AZURE_CLIENT_SECRET",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "NPM_TOKEN",
            "NODE_AUTH_TOKEN",
            "TIDINGS_REGISTRY_TOKEN",
            "DEPLOY_PRIVATE_KEY",
            "SSH_PRIVATE_KEY",
            "SSH_AUTH_SOCK",
            "KUBECONFIG",
            "DOCKER_AUTH_CONFIG",
            "github_token",
            " GITHUB_TOKEN ",
            "MYTOKEN",
            "SYSTEM_ACCESSTOKEN",
            "CI_REPOSITORY_URL",
            "DATABASE_URL",
            "WEBHOOK_TOKEN",
            "BITBUCKET_APP_PASSWORD",
            "GITHUB_PAT",
            "PGPASSWORD",
            "CARGO_REGISTRY_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "SENTRY_DSN",
            "VAULT_ADDR",
            "GITHUB_EVENT_PATH",
            "GITHUB_HEAD_REF",
            "OPENAI_API_KEY",
            "TF_VAR_x",
            "SESSION_SECRET",
        ] {
            assert!(is_other_secret(name), "{name}");
        }
    }

    #[test]
    fn hook_addresses_and_keys_for_messages_may_be_named() {
        for name in [
            "SLACK_WEBHOOK",
            "SLACK_HOOK",
            "TEAMS_WEBHOOK_URL",
            "DEPLOYMENT_LOG",
            "LOG_HOOK",
            "LOG_KEY",
            "HOOK_SECRET",
            "WEBHOOK_SECRET",
            "CI_SLACK_WEBHOOK",
            "GITLAB_WEBHOOK_URL",
            "TIDINGS_HOOK",
            "MATTERMOST_URL",
            "NOTIFY_KEY",
            "PATH_OF_HOOK",
            "PASSAGE",
        ] {
            assert!(!is_other_secret(name), "{name}");
        }
    }
}
