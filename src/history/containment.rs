//! Which of several commits contain which, by walks of [`Ancestry`].

use smallvec::SmallVec;

use crate::model::{IdMap, IdSet, ObjectId};

use super::{Ancestry, ancestry::Search};

impl<E> Ancestry<'_, E> {
    /// For each tip, whether it is one of `targets` or a descendant of one. Visits each commit at most once for all
    /// tips.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn containing(&mut self, tips: &[ObjectId], targets: &IdSet) -> Result<Vec<bool>, E> {
        let oldest = self.oldest(targets.iter())?;
        let Some(oldest) = oldest.filter(|_| !tips.is_empty()) else { return Ok(vec![false; tips.len()]) };
        let mut search = Search::default();
        for tip in tips {
            search.start(self, *tip)?;
        }
        search.walk(self, oldest, &|_| false)?;
        let mut reaching: Vec<ObjectId> =
            targets.iter().filter(|target| search.seen.contains(*target)).copied().collect();
        let mut descendants: IdSet = reaching.iter().copied().collect();
        if reaching.is_empty() {
            return Ok(vec![false; tips.len()]);
        }
        let mut children: IdMap<SmallVec<[ObjectId; 1]>> = IdMap::default();
        for id in &search.seen {
            let Some(node) = self.nodes.get(id) else { continue };
            for parent in node.parents.iter().filter(|parent| search.seen.contains(*parent)) {
                children.entry(*parent).or_default().push(*id);
            }
        }
        while let Some(id) = reaching.pop() {
            for child in children.get(&id).into_iter().flatten() {
                if descendants.insert(*child) {
                    reaching.push(*child);
                }
            }
        }
        Ok(tips.iter().map(|tip| descendants.contains(tip)).collect())
    }

    /// For each tip, whether it is a descendant of one of `targets`; a target is not its own descendant.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn descending(&mut self, tips: &[ObjectId], targets: &IdSet) -> Result<Vec<bool>, E> {
        let mut parents = Vec::with_capacity(tips.len());
        let mut ends = Vec::with_capacity(tips.len());
        for tip in tips {
            // Most tips are no targets: then their parents need not be read.
            match targets.contains(tip) {
                true => parents.extend(self.parents(*tip)?),
                false => parents.push(*tip),
            }
            ends.push(parents.len());
        }
        let reached = self.containing(&parents, targets)?;
        let mut start = 0;
        let mut of_tip = |end: usize| {
            let any = reached.get(start..end).unwrap_or_default().contains(&true);
            start = end;
            any
        };
        Ok(ends.into_iter().map(&mut of_tip).collect())
    }

    /// For each candidate, whether it is an ancestor of `commit`; a commit is not its own ancestor.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn ancestors_among(&mut self, commit: ObjectId, candidates: &[ObjectId]) -> Result<Vec<bool>, E> {
        let Some(oldest) = self.oldest(candidates.iter())? else { return Ok(Vec::new()) };
        let mut search = Search::default();
        for parent in self.parents(commit)? {
            search.start(self, parent)?;
        }
        search.walk(self, oldest, &|_| false)?;
        Ok(candidates.iter().map(|candidate| search.seen.contains(candidate)).collect())
    }

    /// The lowest generation number and the earliest date of some commits.
    fn oldest<'c>(&mut self, commits: impl Iterator<Item = &'c ObjectId>) -> Result<Option<(u32, i64)>, E> {
        let mut oldest: Option<(u32, i64)> = None;
        for commit in commits {
            let (generation, seconds, _) = self.key(*commit)?;
            let (lowest, earliest) = oldest.unwrap_or((generation, seconds));
            oldest = Some((lowest.min(generation), earliest.min(seconds)));
        }
        Ok(oldest)
    }

    /// The parents of `commits` that are not among them, or `tip` if there are no commits.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn boundary(&mut self, tip: ObjectId, commits: &[ObjectId]) -> Result<Vec<ObjectId>, E> {
        if commits.is_empty() {
            return Ok(vec![tip]);
        }
        let inside: IdSet = commits.iter().copied().collect();
        let (mut seen, mut boundary) = (IdSet::default(), Vec::new());
        for commit in commits {
            for parent in &self.node(*commit)?.parents {
                if !inside.contains(parent) && seen.insert(*parent) {
                    boundary.push(*parent);
                }
            }
        }
        Ok(boundary)
    }

    /// `commits`, newest first by generation and date.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn newest_first(&mut self, commits: &[ObjectId]) -> Result<Vec<ObjectId>, E> {
        let mut keys = Vec::with_capacity(commits.len());
        for commit in commits {
            keys.push(self.key(*commit)?);
        }
        keys.sort_unstable();
        Ok(keys.into_iter().rev().map(|(_, _, id)| id).collect())
    }

    /// Those of `commits` that no other one is a descendant of (`git merge-base --independent`), in no order.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn independent(&mut self, commits: &[ObjectId]) -> Result<Vec<ObjectId>, E> {
        let mut rest = Vec::with_capacity(commits.len());
        for commit in commits {
            rest.push(self.key(*commit)?);
        }
        rest.sort_unstable();
        let mut picked: Vec<ObjectId> = Vec::new();
        while let Some((_, _, newest)) = rest.pop() {
            if rest.is_empty() {
                picked.push(newest);
                break;
            }
            let others: Vec<ObjectId> = rest.iter().map(|(_, _, id)| *id).collect();
            let left: IdSet = self.range(&others, &[newest])?.into_iter().collect();
            rest.retain(|(_, _, id)| left.contains(id));
            picked.push(newest);
        }
        // A commit that is dated after its descendant was picked before it.
        let mut independent = Vec::with_capacity(picked.len());
        for (at, commit) in picked.iter().enumerate() {
            let later = picked.get(at + 1..).unwrap_or_default();
            if self.first_descendant(*commit, later)?.is_none() {
                independent.push(*commit);
            }
        }
        Ok(independent)
    }
}
