//! Fetches missing history and tags. Runs the user's own `git`, to use their credentials, proxies and keys.

use std::process::Command;

use super::{Error, Repository, secrets::without_secrets};

const HOOKS: &str = "core.hooksPath=/dev/null";

/// Fetches the rest of history and all tags from the remote.
///
/// # Errors
/// If there is no such remote, or `git` cannot be started or fails.
pub fn deepen(repository: &Repository, remote: &str) -> Result<(), Error> {
    repository.require_remote(remote, "git fetch")?;
    // Fetching needs no hooks, and `core.hooksPath` may point into an untrusted work tree.
    let mut arguments = vec!["-c", HOOKS, "fetch", "--quiet", "--tags", "--force", "--no-recurse-submodules"];
    if repository.is_shallow() {
        arguments.push("--unshallow");
    }
    // The name comes from a file or the command line and must never be parsed as an option.
    arguments.extend(["--", remote]);
    let failed = |message: String| Error::Git {
        command: without_secrets(&format!("git {}", arguments.get(2..).unwrap_or_default().join(" "))),
        message: without_secrets(&message),
    };
    let output = Command::new("git")
        .arg("--git-dir")
        .arg(repository.path())
        .args(&arguments)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}
