//! Builds the attention items of a release from the paths that differ between its base and its version.

use crate::model::{Attention, ContentCheck, IdMap, ObjectId, PathChange, PathChangeKind};

use super::{manifest::is_manifest, options::AttentionRule, variables::has_new};

/// The largest file whose content is checked, in bytes. A larger one counts by its name.
const MAX_FILE: usize = 256 << 10;

/// Returns the content of a file by its object ID; `None` if it is larger than the limit, in bytes, or cannot be read.
pub(super) type ReadFile<'r> = &'r mut dyn FnMut(ObjectId, usize) -> Option<Vec<u8>>;

/// Checks contents, each file once: many versions change the same files.
#[derive(Default)]
pub(super) struct ContentChecks {
    manifests: IdMap<bool>,
}

impl ContentChecks {
    /// Removes the rules whose content check fails from the path sets of each path, and paths without any rule.
    pub(super) fn retain(
        &mut self,
        paths: &mut Vec<PathChange>,
        (rules, rollback): (&[AttentionRule], bool),
        read: ReadFile<'_>,
    ) {
        paths.retain_mut(|path| {
            let mut sets = std::mem::take(&mut path.sets);
            // The first rule that applies decides, so no content is read for those after it.
            let mut is_decided = false;
            sets.retain(|set| {
                let Some(rule) = rules.get(set.index()).filter(|_| !is_decided) else { return false };
                is_decided =
                    rule.reports(path.kind, rollback) && self.passes(rule.content, path, rollback, read);
                is_decided
            });
            path.sets = sets;
            is_decided
        });
    }

    fn passes(
        &mut self,
        check: Option<ContentCheck>,
        path: &PathChange,
        rollback: bool,
        read: ReadFile<'_>,
    ) -> bool {
        match check {
            None => true,
            Some(ContentCheck::Manifest) => {
                let Some(id) = path.new.or(path.old) else { return false };
                *self
                    .manifests
                    .entry(id)
                    .or_insert_with(|| read(id, MAX_FILE).is_none_or(|content| is_manifest(&content)))
            }
            Some(ContentCheck::Variables) => {
                let mut content = |id: Option<ObjectId>| id.map_or(Some(Vec::new()), |id| read(id, MAX_FILE));
                let (Some(old), Some(new)) = (content(path.old), content(path.new)) else { return true };
                has_new(&old, &new) || (rollback && has_new(&new, &old))
            }
        }
    }
}

/// The attention items, in the order of the rules. A path belongs to the first rule that it matches.
pub(super) fn items(changed: &[PathChange], rules: &[AttentionRule], rollback: bool) -> Vec<Attention> {
    let mut items: Vec<Attention> = Vec::new();
    for path in changed {
        let matching = path.sets.iter().filter_map(|set| rules.get(set.index()));
        let Some(rule) = matching.into_iter().find(|rule| rule.reports(path.kind, rollback)) else {
            continue;
        };
        Attention::add(&mut items, &rule.kind, rule.title.as_deref(), [path.path.clone()]);
    }
    let order = |item: &Attention| rules.iter().position(|rule| rule.kind == item.kind);
    items.sort_by_key(order);
    items
}

impl AttentionRule {
    /// Whether a change of a path is reported.
    fn reports(&self, kind: PathChangeKind, rollback: bool) -> bool {
        // A rollback removes the paths that were added in between, and the other way round.
        let back = match kind {
            PathChangeKind::Added => PathChangeKind::Deleted,
            PathChangeKind::Deleted => PathChangeKind::Added,
            PathChangeKind::Modified => PathChangeKind::Modified,
        };
        self.on.contains(&kind) || (rollback && self.on.contains(&back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ComparedSetId;

    fn id(byte: u8) -> ObjectId {
        ObjectId::from_bytes([byte; 20])
    }

    fn change(path: &str, sets: &[usize], old: Option<u8>, new: Option<u8>) -> PathChange {
        let kind = match (old, new) {
            (None, _) => PathChangeKind::Added,
            (_, None) => PathChangeKind::Deleted,
            _ => PathChangeKind::Modified,
        };
        let sets = sets.iter().map(|set| ComparedSetId::new(*set).unwrap()).collect();
        PathChange { path: path.into(), kind, sets, old: old.map(id), new: new.map(id) }
    }

    fn rule(kind: &str, content: Option<ContentCheck>) -> AttentionRule {
        let on = vec![PathChangeKind::Added, PathChangeKind::Modified, PathChangeKind::Deleted];
        AttentionRule { kind: kind.into(), title: None, on, content }
    }

    /// The items, and the files read for them. File 1 is a manifest, 2 is not, 3 and 4 have variables, others are
    /// missing.
    fn found(
        paths: Vec<PathChange>,
        rules: &[AttentionRule],
        rollback: bool,
    ) -> (Vec<String>, Vec<ObjectId>) {
        let (mut paths, mut opened) = (paths, Vec::new());
        ContentChecks::default().retain(&mut paths, (rules, rollback), &mut |file, _| {
            opened.push(file);
            let texts = ["", "kind: Pod\napiVersion: v1\n", "a: 1\n", "A=1\n", "A=1\nB=2\n"];
            texts.get(usize::from(file.as_bytes()[0])).map(|text| text.as_bytes().to_vec())
        });
        let items = items(&paths, rules, rollback);
        (items.into_iter().flat_map(|item| item.paths).collect(), opened)
    }

    #[test]
    fn content_decides_and_a_missing_file_counts_by_its_name() {
        let rules = [rule("kubernetes", Some(ContentCheck::Manifest))];
        let paths = vec![
            change("k8s/a.yaml", &[0], None, Some(1)),
            change("k8s/b.yaml", &[0], Some(1), Some(2)),
            change("k8s/c.yaml", &[0], Some(1), None),
            change("k8s/d.yaml", &[0], Some(2), None),
            change("k8s/e.yaml", &[0], None, Some(9)),
        ];
        let (paths, opened) = found(paths, &rules, false);
        assert_eq!(paths, ["k8s/a.yaml", "k8s/c.yaml", "k8s/e.yaml"]);
        assert_eq!(opened, [id(1), id(2), id(9)], "each file is read once");
    }

    #[test]
    fn no_content_is_read_for_a_path_that_an_earlier_rule_reports() {
        let rules = [rule("kubernetes", None), rule("kubernetes", Some(ContentCheck::Manifest))];
        let (paths, opened) =
            found(vec![change("k8s/kustomization.yaml", &[0, 1], None, Some(2))], &rules, false);
        assert_eq!((paths.len(), opened.len()), (1, 0));
    }

    #[test]
    fn only_new_variables_count_and_removed_ones_in_a_rollback() {
        let mut rules = [rule("environment", Some(ContentCheck::Variables))];
        rules[0].on = vec![PathChangeKind::Added, PathChangeKind::Modified];
        let more = || vec![change(".env.example", &[0], Some(3), Some(4))];
        let fewer = || vec![change(".env.example", &[0], Some(4), Some(3))];
        let deleted = || vec![change(".env.example", &[0], Some(4), None)];
        let count = |paths, rollback| found(paths, &rules, rollback).0.len();
        assert_eq!((count(more(), false), count(fewer(), false), count(deleted(), false)), (1, 0, 0));
        assert_eq!((count(more(), true), count(fewer(), true), count(deleted(), true)), (1, 1, 1));
    }
}
