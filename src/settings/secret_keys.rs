//! Rejects keys in a repository's configuration that could leak secrets.
//!
//! Anyone who can open a pull request can write that configuration. A key that names a file could read any file of the
//! machine. A variable used as a URL or as a signing key leaves the machine in some form.

use std::path::Path;

use crate::{config, error::Error};

use super::origin::Configured;

/// Rejects such keys.
///
/// # Errors
/// If the repository's configuration names a file with a secret or certificates, or a variable of another secret.
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
            "set TIDINGS_NETWORK__CA_FILE, or ca_file for the host in ~/.config/tidings/hosts.toml; for image commands, pass --ca-file",
        ),
    ];
    for (key, is_set, hint) in keys {
        if is_set && !origins.is_set_by_user(key) {
            let problem = "the repository's configuration cannot name this file".to_owned();
            return Err(config::invalid_key((path, root, text), key, problem, Some(hint.to_owned())).into());
        }
    }
    if origins.is_set_by_user("notify") {
        return Ok(());
    }
    for (index, entry) in config.notify.iter().enumerate() {
        let refused = |key: &str, problem: String, hint: &str| -> Result<(), Error> {
            let hint = Some(hint.to_owned());
            Err(config::invalid_entry((path, root, text), ("notify", index), Some(key), problem, hint).into())
        };
        let files = [
            ("url_file", &entry.url_file),
            ("secret_file", &entry.secret_file),
            ("smtp_file", &entry.smtp_file),
        ];
        for (key, file) in files {
            if file.is_some() {
                let hint = "store it in a variable and name the variable (url_env, secret_env, smtp_env), or pass a configuration outside the repository with --config";
                return refused(key, format!("the repository's configuration cannot name a {key}"), hint);
            }
        }
        let variables =
            [("url_env", &entry.url_env), ("secret_env", &entry.secret_env), ("smtp_env", &entry.smtp_env)];
        for (key, variable) in variables {
            if let Some(name) = variable.as_deref().filter(|name| is_other_secret(name)) {
                let hint = "store the URL or key in a separate variable, such as SLACK_WEBHOOK, HOOK_KEY or SMTP_URL";
                return refused(key, format!("`{name}` looks like a secret for something else"), hint);
            }
        }
    }
    Ok(())
}

/// Words anywhere in the name of a variable that mark it as a secret for something other than messages.
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
/// Words that mark a secret only as a whole part between underscores.
const PARTS: [&str; 8] = ["PAT", "PASS", "PWD", "AUTH", "OAUTH", "PEM", "CERT", "DSN"];
/// Prefixes of variables of tools and services. Variables with `HOOK` in their name are exempt.
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

/// Whether a variable holds a secret other than the URL of a webhook or SMTP server or a signing key, judged by its
/// name. Ignores case, because some platforms do.
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
    fn other_secrets_are_recognized_by_name() {
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
            "SMTP_PASSWORD",
        ] {
            assert!(is_other_secret(name), "{name}");
        }
    }

    #[test]
    fn webhook_urls_and_signing_keys_are_allowed() {
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
            "SMTP_URL",
            "MAIL_URL",
        ] {
            assert!(!is_other_secret(name), "{name}");
        }
    }
}
