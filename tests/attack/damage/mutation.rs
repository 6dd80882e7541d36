//! Random damage: changes one file of a repository, runs the program, and restores the file.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::support::Repo;

use super::sample::{self, Run, files, git, rewrite, tidings};

/// The default number of runs per repository.
const RUNS: usize = 170;

/// The commands to run: one window, all windows, and the two commands that a release depends on.
const COMMANDS: [&[&str]; 5] = [
    &["notes", "v1.2.0", "--offline"],
    &["notes", "--all", "--format", "json", "--offline"],
    &["next", "--offline"],
    &["check", "v1.9.0", "--offline"],
    &["notes", "v1.0.0..HEAD", "--offline"],
];

/// Git's view of the repository, as far as notes depend on it.
const VIEWS: [&[&str]; 3] = [
    &["for-each-ref", "--format=%(refname) %(objectname) %(objecttype) %(*objectname)"],
    &["log", "--format=%H %P %an %ae %at %ct%n%B", "--name-status", "--branches", "--tags", "HEAD"],
    &["rev-parse", "--symbolic-full-name", "HEAD"],
];

/// Pseudorandom numbers, the same on every machine (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Below `end`, which must not be 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

/// A position in a file; each part of the file format is equally likely, whatever its length.
fn place(path: &Path, length: usize, random: &mut Random) -> usize {
    let mut ends = match path.extension().and_then(|extension| extension.to_str()) {
        Some("idx") => {
            let count = length.saturating_sub(8 + 1024 + 40) / 28;
            let names = 1032 + count * 20;
            vec![0, 8, 1032, names, names + count * 4, names + count * 8, length]
        }
        Some("pack") => vec![0, 12, 14, length.saturating_sub(20), length],
        Some("graph") => vec![0, 8, 80, 80 + 1024, length.saturating_sub(20), length],
        _ if path.ends_with("commit-graph") || path.ends_with("multi-pack-index") => {
            vec![0, 8, 80, 80 + 1024, length.saturating_sub(20), length]
        }
        _ => vec![0, length.min(4), length],
    };
    ends.retain(|end| *end <= length);
    ends.dedup();
    let part = random.below(ends.len().saturating_sub(1).max(1));
    let (from, to) = (ends[part], ends.get(part + 1).copied().unwrap_or(length));
    from + random.below((to - from).max(1))
}

/// The content of a file after one kind of damage, and the name of the damage; `None` as content if the file is
/// deleted.
fn damaged(
    path: &Path,
    content: &[u8],
    others: &[PathBuf],
    random: &mut Random,
) -> (String, Option<Vec<u8>>) {
    let mut new = content.to_vec();
    let at = place(path, new.len(), random);
    let length = 1 + random.below(48);
    let end = (at + length).min(new.len());
    let byte = random.next() as u8;
    let what = match random.below(14) {
        0..4 if at < new.len() => {
            new[at] ^= 1 << (byte & 7);
            format!("flip bit {} of {at}", byte & 7)
        }
        4 if at < new.len() => {
            new[at] = byte;
            format!("set {at} to {byte}")
        }
        5 => {
            new[at.min(end)..end].fill(0);
            format!("zero {at}..{end}")
        }
        6 => {
            new[at.min(end)..end].fill(0xff);
            format!("fill {at}..{end}")
        }
        7 => {
            new.truncate(at);
            format!("truncate at {at}")
        }
        8 => {
            new.insert(at.min(content.len()), byte);
            format!("insert {byte} at {at}")
        }
        9 => {
            new.drain(at.min(end)..end);
            format!("remove {at}..{end}")
        }
        10 => {
            let part = new[at.min(end)..end].to_vec();
            new.splice(at.min(end)..at.min(end), part);
            format!("double {at}..{end}")
        }
        11 => {
            let to = place(path, new.len(), random).min(new.len().saturating_sub(end - at.min(end)));
            let part = new[at.min(end)..end].to_vec();
            new[to..to + part.len()].copy_from_slice(&part);
            format!("copy {at}..{end} to {to}")
        }
        12 => {
            let like =
                |other: &&PathBuf| other.parent() == path.parent() || other.extension() == path.extension();
            let others: Vec<_> = others.iter().filter(like).collect();
            let other = others[random.below(others.len())];
            new = fs::read(other).unwrap();
            format!("overwrite with {}", other.display())
        }
        _ => return ("delete".to_owned(), None),
    };
    (what, Some(new))
}

/// The files that notes depend on, or seem to.
fn targets(repo: &Repo) -> Vec<PathBuf> {
    let folder = repo.dir().join(".git");
    let mut targets = files(&folder);
    targets.retain(|path| {
        let path = path.strip_prefix(&folder).unwrap();
        let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
        !matches!(first, "hooks" | "description" | "logs" | "COMMIT_EDITMSG" | "gc.pid")
            && !path.ends_with("info/exclude")
    });
    targets
        .extend(files(&repo.home()).into_iter().filter(|path| path.starts_with(repo.home().join("lender"))));
    targets
}

fn views(repo: &Repo) -> Vec<Run> {
    VIEWS.iter().map(|view| git(repo, view)).collect()
}

/// Why a run on the damaged repository is wrong; `None` if it is right.
fn fault(repo: &Repo, run: &Run, before: &Run, views_before: &[Run]) -> Option<String> {
    if !run.is_orderly() {
        return Some("it did not end in order".to_owned());
    }
    if run.status == Some(3) {
        return (!run.stderr.contains("Error: ")).then(|| "it does not say what is wrong".to_owned());
    }
    if (run.status, &run.stdout) == (before.status, &before.stdout) {
        return None;
    }
    let views = views(repo);
    if let Some(view) = views.iter().find(|view| view.status != Some(0) || !view.stderr.is_empty()) {
        return Some(format!("wrong notes without an error; git reports {}", view.stderr));
    }
    let is_same = views.iter().zip(views_before).all(|(now, before)| now.stdout == before.stdout);
    is_same.then(|| "other notes in silence, where git sees what was there before".to_owned())
}

/// Damages the files of a repository repeatedly. The panic message lists every wrong run.
fn mutate(repo: &Repo, seed: u64) {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let runs = number("TIDINGS_DAMAGE_RUNS").map_or(RUNS, |runs| usize::try_from(runs).unwrap());
    let mut random = Random(seed ^ number("TIDINGS_DAMAGE_SEED").unwrap_or(0).rotate_left(32));
    let before: Vec<Run> = COMMANDS.iter().map(|command| tidings(repo, command)).collect();
    for (run, command) in before.iter().zip(COMMANDS) {
        assert!(matches!(run.status, Some(0 | 1)), "{command:?}: {run:?}");
    }
    let views_before = views(repo);
    let targets = targets(repo);
    let (mut faults, mut refused) = (Vec::new(), 0);
    for number in 0..runs {
        let path = &targets[random.below(targets.len())];
        let content = fs::read(path).unwrap();
        let (what, new) = damaged(path, &content, &targets, &mut random);
        match new {
            Some(new) => rewrite(path, &new),
            None => fs::remove_file(path).unwrap(),
        }
        let at = number % COMMANDS.len();
        let run = tidings(repo, COMMANDS[at]);
        refused += usize::from(run.status == Some(3));
        if let Some(fault) = fault(repo, &run, &before[at], &views_before) {
            let stderr: String = run.stderr.chars().take(400).collect();
            let path = path.strip_prefix(repo.home()).unwrap().display();
            faults
                .push(format!("{path}: {what}; {:?}: {:?}: {fault}\n    {stderr}", COMMANDS[at], run.status));
        }
        rewrite(path, &content);
    }
    let count = faults.len();
    faults.truncate(20);
    assert!(
        faults.is_empty(),
        "{count} of {runs} runs are wrong, {refused} were refused:\n{}",
        faults.join("\n")
    );
    // If no damage were ever detected, this test could not fail.
    assert!(refused > runs / 20, "only {refused} of {runs} runs were refused");
    println!("{runs} runs, {refused} refused");
}

#[test]
fn mutated_loose_objects_give_right_notes_or_an_error() {
    mutate(&sample::loose(), 1);
}

#[test]
fn mutated_pack_gives_right_notes_or_an_error() {
    mutate(&sample::packed(), 2);
}

#[test]
fn mutated_commit_graph_gives_right_notes_or_an_error() {
    mutate(&sample::graphed(), 3);
}

#[test]
fn mutated_commit_graph_chain_gives_right_notes_or_an_error() {
    mutate(&sample::chained(), 4);
}

#[test]
fn mutated_packs_give_right_notes_or_an_error() {
    mutate(&sample::several(), 5);
}

#[test]
fn mutated_grafts_and_alternates_give_right_notes_or_an_error() {
    mutate(&sample::altered(), 6);
}
