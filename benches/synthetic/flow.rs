//! Simulates the work of a team: features to `develop`, promotion to `staging` and `main`, hotfixes, backports, tags.

use std::collections::VecDeque;
use std::io;

use super::Plan;
use super::import::{Entry, Import, Mark, Signature};
use super::message;
use super::paths::paths;
use super::random::Random;
use super::words::{BOT, OFFSETS, PACKAGES, PEOPLE};

/// 2016-01-01T00:00:00Z, the date of the first commit of every repository.
const START: u64 = 1_451_606_400;
/// The length of the history in seconds: eight years for every repository size.
const SPAN: u64 = 8 * 365 * 24 * 3_600;
/// The number of distinct blobs that the files share.
const BLOBS: u64 = 512;
/// The number of recent commits of `develop` to branch from, revert and cherry-pick.
const RECENT: usize = 40;
/// The maximum number of commits of one step of [`Flow::run`].
const LONGEST_STEP: u64 = 12;

/// A commit that may be cherry-picked or reverted, with the files it wrote.
#[derive(Clone, Default)]
struct Recent {
    mark: Mark,
    message: String,
    files: Vec<(String, Mark)>,
}

/// A version line that still receives backports.
#[derive(Clone, Copy)]
struct Line {
    version: [u64; 3],
    tip: Mark,
}

/// The state of the simulation.
pub(super) struct Flow<'a> {
    plan: Plan,
    import: &'a mut Import,
    random: Random,
    blobs: Vec<Mark>,
    /// Commits so far.
    made: u64,
    /// The number of commits at the last version.
    released: u64,
    seconds: u64,
    pull_requests: u64,
    develop: Mark,
    staging: Mark,
    main: Mark,
    version: [u64; 3],
    packages: Vec<(&'static str, [u64; 3])>,
    recent: VecDeque<Recent>,
    lines: VecDeque<Line>,
}

impl<'a> Flow<'a> {
    pub(super) fn new(plan: Plan, import: &'a mut Import) -> io::Result<Self> {
        let mut random = Random::new(plan.seed);
        let mut blobs = Vec::new();
        for number in 0..BLOBS {
            let lines = random.between(1, 40);
            blobs.push(
                import.blob(
                    format!("{number}\n{}", "a line of some file\n".repeat(lines as usize)).as_bytes(),
                )?,
            );
        }
        let packages = PACKAGES.iter().map(|name| (*name, [1, 0, 0])).collect();
        let (recent, lines) = (VecDeque::new(), VecDeque::new());
        let mut flow = Self {
            plan,
            import,
            random,
            blobs,
            made: 0,
            released: 0,
            seconds: START,
            pull_requests: 0,
            develop: 0,
            staging: 0,
            main: 0,
            version: [0, 1, 0],
            packages,
            recent,
            lines,
        };
        let files: Vec<_> = (0..200).flat_map(|_| flow.files(4)).collect();
        let root = flow.commit("refs/heads/main", "chore: set up the repository", &[], &files)?;
        (flow.main, flow.staging, flow.develop) = (root, root, root);
        Ok(flow)
    }

    /// Runs steps until the planned number of commits is reached.
    pub(super) fn run(mut self) -> io::Result<()> {
        while self.left() > 0 {
            if self.left() < LONGEST_STEP {
                self.direct()?;
            } else if self.made - self.released >= self.plan.tag_every {
                self.release()?;
            } else {
                match self.random.below(1000) {
                    0..450 => self.feature()?,
                    450..700 => self.squashed()?,
                    700..760 => self.bumped()?,
                    760..775 => self.reverted()?,
                    775..780 => self.octopus()?,
                    780..785 => self.hotfix()?,
                    785..795 => self.backport()?,
                    _ => self.direct()?,
                }
            }
        }
        for (reference, tip) in [("main", self.main), ("staging", self.staging), ("develop", self.develop)] {
            self.import.point(&format!("refs/heads/{reference}"), tip)?;
        }
        self.import.delete("refs/work")
    }

    fn left(&self) -> u64 {
        self.plan.commits.saturating_sub(self.made)
    }

    /// Creates a branch of one to six commits from a recent commit of `develop`, sometimes merges `develop` into it,
    /// and merges it.
    fn feature(&mut self) -> io::Result<()> {
        let place = self.random.below(self.recent.len() as u64 / 4 + 1) as usize;
        let mut tip = self.recent.iter().rev().nth(place).map_or(self.develop, |recent| recent.mark);
        let branch = format!("feature/SHOP-{}", self.random.below(50_000));
        let mut files = Vec::new();
        for _ in 0..self.random.between(1, 6) {
            let count = 1 + self.random.skewed(8);
            let written = self.files(count);
            let text = message::plain(&mut self.random);
            tip = self.commit("refs/work", &text, &[tip], &written)?;
            files.extend(written);
        }
        if self.random.chance(150) {
            let text = format!("Merge branch 'develop' into {branch}");
            tip = self.commit("refs/work", &text, &[tip, self.develop], &[])?;
        }
        let number = self.next_pull_request();
        let text = message::merged_pull_request(&mut self.random, number, &branch);
        self.advance(&text, &[self.develop, tip], files)
    }

    fn squashed(&mut self) -> io::Result<()> {
        let number = self.next_pull_request();
        let text = message::squash(&mut self.random, number);
        let count = 2 + self.random.skewed(15);
        let files = self.files(count);
        self.advance(&text, &[self.develop], files)
    }

    fn bumped(&mut self) -> io::Result<()> {
        let number = self.next_pull_request();
        let text = message::bump(&mut self.random, number);
        let files = vec![("package-lock.json".to_owned(), self.random.pick(&self.blobs))];
        self.develop = self.commit_by(BOT, "refs/heads/develop", &text, &[self.develop], &files)?;
        Ok(())
    }

    fn direct(&mut self) -> io::Result<()> {
        let text = message::plain(&mut self.random);
        let count = 1 + self.random.skewed(6);
        let files = self.files(count);
        self.advance(&text, &[self.develop], files)
    }

    fn reverted(&mut self) -> io::Result<()> {
        let Some(recent) = self.any_recent() else { return self.direct() };
        let subject = recent.message.lines().next().unwrap_or_default();
        let text = match self.random.chance(300) {
            true => {
                let number = self.next_pull_request();
                format!(
                    "Revert \"{subject}\" (#{number})\n\nReverts acme/shop#{}\n",
                    number.saturating_sub(3)
                )
            }
            false => {
                format!("Revert \"{subject}\"\n\nThis reverts commit {}.\n", self.import.name(recent.mark)?)
            }
        };
        let files =
            recent.files.iter().map(|(path, _)| (path.clone(), self.random.pick(&self.blobs))).collect();
        self.advance(&text, &[self.develop], files)
    }

    /// Creates three branches of one commit and merges them with one octopus merge.
    fn octopus(&mut self) -> io::Result<()> {
        let (mut parents, mut files) = (vec![self.develop], Vec::new());
        for _ in 0..3 {
            let written = self.files(2);
            let text = message::plain(&mut self.random);
            parents.push(self.commit("refs/work", &text, &[self.develop], &written)?);
            files.extend(written);
        }
        self.advance("Merge branches 'fix/one', 'fix/two' and 'fix/three' into develop", &parents, files)
    }

    /// Commits a fix on `main`, tags a version, and merges it back into both other branches.
    fn hotfix(&mut self) -> io::Result<()> {
        let text = format!("fix: {}", message::plain(&mut self.random));
        let files = self.files(2);
        self.main = self.commit("refs/heads/main", &text, &[self.main], &files)?;
        self.version[2] += 1;
        self.version_tag(&tag_name(self.version), self.main)?;
        let text = "Merge branch 'main' into staging";
        self.staging = self.commit("refs/heads/staging", text, &[self.staging, self.main], &files)?;
        self.advance("Merge branch 'main' into develop", &[self.develop, self.main], files)
    }

    /// Cherry-picks a recent fix to an older version line and tags a version there.
    fn backport(&mut self) -> io::Result<()> {
        let place = self.random.below(self.lines.len() as u64) as usize;
        let (Some(mut line), Some(recent)) = (self.lines.get(place).copied(), self.any_recent()) else {
            return self.direct();
        };
        let name = self.import.name(recent.mark)?;
        let text = format!("{}\n\n(cherry picked from commit {name})\n", recent.message.trim_end());
        let reference = format!("refs/heads/release/{}.{}", line.version[0], line.version[1]);
        line.tip = self.commit(&reference, &text, &[line.tip], &recent.files)?;
        line.version[2] += 1;
        self.version_tag(&tag_name(line.version), line.tip)?;
        if let Some(kept) = self.lines.get_mut(place) {
            *kept = line;
        }
        Ok(())
    }

    /// Merges `develop` into `staging` once or twice, then into `main`, and tags each step.
    fn release(&mut self) -> io::Result<()> {
        self.released = self.made;
        self.lines.push_back(Line { version: self.version, tip: self.main });
        if self.lines.len() > 3 {
            self.lines.pop_front();
        }
        self.version = raised(&mut self.random, self.version, 30);
        let name = tag_name(self.version);
        for candidate in 1..=self.random.between(1, 2) {
            self.staging = self.promote("develop", self.develop, "staging", self.staging)?;
            if self.random.chance(500) {
                self.version_tag(&format!("{name}-rc.{candidate}"), self.staging)?;
            }
            self.direct()?;
        }
        self.main = self.promote("staging", self.staging, "main", self.main)?;
        self.version_tag(&name, self.main)?;
        if self.random.chance(300) {
            self.import.point(&format!("refs/tags/{name}-staging"), self.main)?;
            self.import.point(&format!("refs/tags/{name}-prod"), self.main)?;
        }
        self.package_tags()?;
        if self.random.chance(500) {
            self.advance("Merge branch 'main' into develop", &[self.develop, self.main], Vec::new())?;
        }
        Ok(())
    }

    fn package_tags(&mut self) -> io::Result<()> {
        let mut packages = std::mem::take(&mut self.packages);
        for (name, version) in &mut packages {
            if self.random.chance(250) {
                *version = raised(&mut self.random, *version, 50);
                let [major, minor, patch] = version;
                self.import.point(&format!("refs/tags/{name}@{major}.{minor}.{patch}"), self.main)?;
            }
        }
        self.packages = packages;
        Ok(())
    }

    /// Merges one long-lived branch into another, which takes over its files.
    fn promote(&mut self, from: &str, tip: Mark, to: &str, onto: Mark) -> io::Result<Mark> {
        let text = format!("Merge branch '{from}' into {to}");
        let tree = self.import.tree(tip)?;
        let author = self.sign(None);
        self.made += 1;
        self.import.commit(&Entry {
            reference: &format!("refs/heads/{to}"),
            author,
            message: text.as_bytes(),
            encoding: None,
            parents: &[onto, tip],
            tree: Some(&tree),
            files: &[],
        })
    }

    /// Tags a version; half of the tags are annotated.
    fn version_tag(&mut self, name: &str, at: Mark) -> io::Result<()> {
        if self.random.chance(500) {
            return self.import.point(&format!("refs/tags/{name}"), at);
        }
        let tagger = self.sign(None);
        self.import.tag(name, at, tagger, &format!("Version {name}\n"))
    }

    /// Adds a commit to `develop`.
    fn advance(&mut self, text: &str, parents: &[Mark], files: Vec<(String, Mark)>) -> io::Result<()> {
        self.develop = self.commit("refs/heads/develop", text, parents, &files)?;
        if parents.len() == 1 {
            self.recent.push_back(Recent { mark: self.develop, message: text.to_owned(), files });
        }
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        Ok(())
    }

    fn commit(
        &mut self,
        reference: &str,
        text: &str,
        parents: &[Mark],
        files: &[(String, Mark)],
    ) -> io::Result<Mark> {
        let person = self.random.pick_skewed(PEOPLE);
        self.commit_by(person, reference, text, parents, files)
    }

    fn commit_by(
        &mut self,
        person: &'static str,
        reference: &str,
        text: &str,
        parents: &[Mark],
        files: &[(String, Mark)],
    ) -> io::Result<Mark> {
        self.made += 1;
        let author = self.sign(Some(person));
        // Simulates an old editor: the last byte is an "é" in Latin-1, so that the message is not valid UTF-8.
        let latin = self.random.chance(2) && text.is_ascii();
        let latin_message = [text.trim_end().as_bytes(), b" caf\xe9"].concat();
        let (message, encoding) =
            if latin { (latin_message.as_slice(), Some("ISO-8859-1")) } else { (text.as_bytes(), None) };
        self.import.commit(&Entry { reference, author, message, encoding, parents, tree: None, files })
    }

    /// Returns a random author with the current time, and advances the clock.
    fn sign(&mut self, person: Option<&'static str>) -> Signature {
        let person = person.unwrap_or_else(|| self.random.pick_skewed(PEOPLE));
        let gap = (SPAN / self.plan.commits.max(1)).min(3_600);
        self.seconds += self.random.below(2 * gap + 1);
        Signature { person, seconds: self.seconds, offset: self.random.pick_skewed(OFFSETS) }
    }

    fn files(&mut self, count: u64) -> Vec<(String, Mark)> {
        let paths = paths(&mut self.random, count, self.made);
        paths.into_iter().map(|path| (path, self.random.pick(&self.blobs))).collect()
    }

    fn any_recent(&mut self) -> Option<Recent> {
        let place = self.random.below(self.recent.len() as u64);
        self.recent.get(usize::try_from(place).ok()?).cloned()
    }

    fn next_pull_request(&mut self) -> u64 {
        self.pull_requests += 1;
        self.pull_requests
    }
}

/// The number of major versions per thousand versions; the others are minor.
fn raised(random: &mut Random, [major, minor, _]: [u64; 3], majors: u64) -> [u64; 3] {
    if random.chance(majors) { [major + 1, 0, 0] } else { [major, minor + 1, 0] }
}

fn tag_name([major, minor, patch]: [u64; 3]) -> String {
    format!("v{major}.{minor}.{patch}")
}
