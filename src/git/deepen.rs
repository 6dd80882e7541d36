//! Bringing what a shallow or tagless clone lacks, with the user's own `git`: their credentials, proxies and keys count.

use std::process::Command;

use super::{Error, Repository, address::without_secrets};

const HOOKS: &str = "core.hooksPath=/dev/null";

/// Fetches the rest of history and all tags from the remote.
///
/// # Errors
/// When there is no such remote, or `git` cannot be started or fails.
pub fn deepen(repository: &Repository, remote: &str) -> Result<(), Error> {
    repository.must_have_remote(remote, "git fetch")?;
    // A fetch runs no hook that anybody needs, and `core.hooksPath` may lead into the work tree, which may be a stranger's.
    let mut arguments = vec!["-c", HOOKS, "fetch", "--quiet", "--tags", "--force", "--no-recurse-submodules"];
    if repository.is_shallow() {
        arguments.push("--unshallow");
    }
    // The remote's name comes from a file or the command line: it must never be read as an option.
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
