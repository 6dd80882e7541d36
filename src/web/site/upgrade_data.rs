//! The versions that lack something, in the form of the data scripts.

use serde_json::{Value, json};

use super::site_release::Ranges;

/// The ranges of the versions that lack a change, out of `count`: null for none, the first one if all lower versions
/// follow, else the starts and ends.
pub(super) fn encoded(ranges: &Ranges, count: usize) -> Value {
    match ranges.as_slice() {
        [] => Value::Null,
        [only] if only.end == count => json!(only.start),
        all => all.iter().flat_map(|range| [range.start, range.end]).collect(),
    }
}

/// Whether anything in a part of the data is lacked, for each version.
pub(super) struct LackedIn {
    /// By position: how many ranges start there, less those that end there.
    edges: Vec<i64>,
}

impl LackedIn {
    pub(super) fn new(count: usize) -> Self {
        Self { edges: vec![0; count + 1] }
    }

    pub(super) fn add(&mut self, ranges: &Ranges) {
        for range in ranges {
            self.edges.get_mut(range.start).into_iter().for_each(|edge| *edge += 1);
            self.edges.get_mut(range.end).into_iter().for_each(|edge| *edge -= 1);
        }
    }

    /// The positions of the versions that lack anything.
    pub(super) fn positions(&self) -> impl Iterator<Item = usize> {
        let open = self.edges.iter().scan(0, |open, edge| {
            *open += edge;
            Some(*open)
        });
        open.enumerate().filter(|(_, open)| *open > 0).map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;

    fn one(range: Range<usize>) -> Ranges {
        vec![range]
    }

    #[test]
    fn ranges_are_short() {
        assert_eq!(encoded(&vec![], 5), json!(null));
        assert_eq!(encoded(&one(2..5), 5), json!(2));
        assert_eq!(encoded(&vec![0..1, 3..5], 5), json!([0, 1, 3, 5]));
    }

    #[test]
    fn positions_of_all_ranges_are_joined() {
        let mut lacked = LackedIn::new(6);
        lacked.add(&one(1..3));
        lacked.add(&vec![2..4, 5..6]);
        assert_eq!(lacked.positions().collect::<Vec<_>>(), [1, 2, 3, 5]);
    }
}
