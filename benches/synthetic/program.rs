//! Creates a synthetic repository for benchmarks:
//! `cargo run --release --example synthetic -- --commits 80000 --out /tmp/shop.git`.
//!
//! Options: `--commits N` (10000), `--tag-every N` (100), `--seed N` (1), `--out FOLDER`. The same options give the
//! same commit IDs on every machine.

#[path = "mod.rs"]
mod synthetic;

use std::env;
use std::io;
use std::path::PathBuf;

use synthetic::Plan;

fn main() -> io::Result<()> {
    let (mut plan, mut out) = (Plan::new(10_000), None);
    let mut args = env::args().skip(1);
    while let Some(option) = args.next() {
        let value = args.next().ok_or_else(|| io::Error::other(format!("{option} needs a value")))?;
        match option.as_str() {
            "--commits" => plan.commits = number(&option, &value)?,
            "--tag-every" => plan.tag_every = number(&option, &value)?,
            "--seed" => plan.seed = number(&option, &value)?,
            "--out" => out = Some(PathBuf::from(value)),
            _ => return Err(io::Error::other(format!("unknown option {option}"))),
        }
    }
    let out = out.ok_or_else(|| io::Error::other("--out FOLDER is missing"))?;
    synthetic::create(plan, &out)
}

fn number(option: &str, value: &str) -> io::Result<u64> {
    value.replace('_', "").parse().map_err(|error| io::Error::other(format!("{option} {value}: {error}")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, args: &[&str]) -> String {
        let output = Command::new("git").arg("--git-dir").arg(folder).args(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn made(commits: u64) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        synthetic::create(Plan::new(commits), folder.path()).unwrap();
        folder
    }

    #[test]
    fn same_plan_gives_the_same_commit_ids_on_every_machine() {
        let folder = made(500);
        let names = "1db246f51237b6e0331aaae032ea99682aa4fe5c\n9954560f6ee4aff45caddea52d4915a276fd7313\n";
        assert_eq!(git(folder.path(), &["rev-parse", "main", "develop"]), names);
    }

    #[test]
    fn repository_matches_the_plan() {
        let folder = made(3_000);
        let count = |args: &[&str]| git(folder.path(), &[&["rev-list", "--count", "--all"], args].concat());
        assert_eq!(count(&[]), "3000\n");
        let merges: u32 = count(&["--merges"]).trim().parse().unwrap();
        assert!((400..900).contains(&merges), "{merges} merges");

        let bytes = git(folder.path(), &["log", "--all", "--format=%B"]).len() / 3_000;
        assert!((450..750).contains(&bytes), "{bytes} bytes to a message");

        let tags = git(folder.path(), &["tag", "--list"]);
        for wanted in ["v0.2.0", "-rc.1", "-staging", "-prod", "api@1.1.0"] {
            assert!(tags.contains(wanted), "no tag like {wanted}");
        }
        let log = git(folder.path(), &["log", "--all", "--format=%B"]);
        for wanted in
            ["This reverts commit ", "(cherry picked from commit ", "Merge pull request #", "Merged in "]
        {
            assert!(log.contains(wanted), "no message with {wanted:?}");
        }
        git(folder.path(), &["fsck", "--strict", "--no-dangling"]);
    }

    #[test]
    fn non_empty_folder_is_not_written_to() {
        let folder = made(1);
        assert!(synthetic::create(Plan::new(1), folder.path()).is_err());
    }
}
