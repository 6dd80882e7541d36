//! Fetches missing history, tags and trees. Runs the user's own `git`, to use their credentials, proxies and keys.

use super::{Error, Repository};

/// Fetching needs no hooks, and `core.hooksPath` may point into an untrusted work tree.
const NO_HOOKS: &str = "core.hooksPath=/dev/null";
/// The filter of a partial clone that has all commits and trees.
const WITH_TREES: &str = "blob:none";

/// Fetches the rest of history and all tags from the remote, and the trees of a partial clone that omits them.
///
/// # Errors
/// If there is no such remote, or `git` cannot be started or fails.
pub fn deepen(repository: &Repository, remote: &str) -> Result<(), Error> {
    repository.require_remote(remote, "git fetch")?;
    let fetch = |options: &[&str]| {
        let mut arguments =
            vec!["-c", NO_HOOKS, "fetch", "--quiet", "--tags", "--force", "--no-recurse-submodules"];
        arguments.extend(options);
        // The name comes from a file or the command line and must never be parsed as an option.
        arguments.extend(["--", remote]);
        repository.git(&arguments, "").map(drop)
    };
    let (is_shallow, omits_trees) = (repository.is_shallow(), repository.omits_trees(remote));
    if is_shallow || !omits_trees {
        fetch(if is_shallow { &["--unshallow"] } else { &[] })?;
    }
    if omits_trees {
        // Without `--refetch`, git omits what belongs to commits that the clone already has. It needs a fetch of its
        // own: with `--unshallow`, some trees remain missing.
        fetch(&["--refetch", &format!("--filter={WITH_TREES}")])?;
        // `--filter` does not change the setting, with which later fetches would omit trees again.
        let key = format!("remote.{remote}.partialclonefilter");
        repository.git(&["config", "--local", &key, WITH_TREES], "")?;
    }
    Ok(())
}
