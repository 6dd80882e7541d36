//! Learns the weights of features: multinomial logistic regression by stochastic gradients, with the step sizes of
//! AdaGrad.
//!
//! The same rows give the same weights on every machine: only basic arithmetic and square roots, in one order.

use serde::{Deserialize, Serialize};
use tidings::rules::reading::{CLASSES, FILTER_BITS, Layout, WEIGHT_BITS};

use crate::{
    exponential::exponential,
    rows::{Row, Source},
};

/// A weight for each class but the last, whose weights are 0.
type ByClass = [f32; CLASSES];

/// What is learned, in floating point.
pub(crate) struct Weights {
    /// Bits of the features that have weights.
    pub(crate) filter: Vec<u8>,
    /// By the highest bits of a feature's hash.
    pub(crate) table: Vec<ByClass>,
}

/// The parameters, which the header of the model records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// How often each row is used.
    pub(crate) epochs: u32,
    /// The weights are the mean of those after each of the last epochs.
    pub(crate) averaged_epochs: u32,
    /// The step size.
    pub(crate) rate: f64,
    /// The decay of weights.
    pub(crate) decay: f64,
    /// A feature is known if at least so many rows have it …
    pub(crate) min_rows: usize,
    /// … of at least so many projects.
    pub(crate) min_groups: usize,
    /// The share of a row's features that are left out, at random, each time that it is used.
    pub(crate) dropout: f64,
    /// The share of rows that are used as if the touched files were unknown.
    pub(crate) without_files: f64,
    /// How strongly a project's own preference for some classes is learned apart from the words.
    pub(crate) preference: f64,
    /// The factor for all weights at the end. Without it, the confidences are too high.
    pub(crate) scale: f64,
    /// The start of the sequence of random numbers.
    pub(crate) seed: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            epochs: 10,
            averaged_epochs: 5,
            rate: 0.04,
            decay: 1e-4,
            min_rows: 5,
            min_groups: 2,
            dropout: 0.4,
            without_files: 0.3,
            preference: 2.0,
            scale: 0.9,
            seed: 12345,
        }
    }
}

/// Learns from rows.
pub(crate) fn learn(rows: &[&Row], parameters: &Parameters) -> Weights {
    let filter = filter(rows, parameters);
    let samples = samples(rows, &filter);
    let mut random = Random(parameters.seed);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut learner = Learner::new(&samples, parameters);
    let mut sums = vec![[0.0; CLASSES]; 1 << WEIGHT_BITS];
    let mut kept = Vec::new();
    for epoch in 0..parameters.epochs {
        random.shuffle(&mut order);
        for sample in order.iter().filter_map(|at| samples.get(*at)) {
            let without_files = random.is_below(parameters.without_files);
            let buckets = if without_files { &sample.without_files } else { &sample.buckets };
            kept.clear();
            kept.extend(buckets.iter().filter(|_| !random.is_below(parameters.dropout)));
            learner.step(sample, &kept);
        }
        if epoch + parameters.averaged_epochs >= parameters.epochs {
            for (sum, weight) in sums.iter_mut().flatten().zip(learner.weights.table.iter().flatten()) {
                *sum += weight;
            }
        }
    }
    let averaged = parameters.averaged_epochs.min(parameters.epochs).max(1);
    let factor = single(parameters.scale / f64::from(averaged));
    sums.iter_mut().flatten().for_each(|sum| *sum *= factor);
    Weights { filter, table: sums }
}

/// Whether a filter has the bit of a feature.
pub(crate) fn is_known(filter: &[u8], hash: u64) -> bool {
    let (byte, bit) = bit_of(hash);
    filter.get(byte).is_some_and(|byte| byte >> bit & 1 == 1)
}

/// The entry of the table that has a feature's weights.
pub(crate) fn bucket(hash: u64) -> usize {
    usize::try_from(hash >> (64 - WEIGHT_BITS)).unwrap_or_default()
}

fn bit_of(hash: u64) -> (usize, usize) {
    let low = usize::try_from(hash & ((1 << FILTER_BITS) - 1)).unwrap_or_default();
    (low / 8, low % 8)
}

/// The bits of the features that are frequent enough, in enough projects. A word of a single project is a name of that
/// project.
fn filter(rows: &[&Row], parameters: &Parameters) -> Vec<u8> {
    let uses = rows.iter().flat_map(|row| row.features.iter().map(|hash| (*hash, row.group.as_str())));
    let mut uses: Vec<(u64, &str)> = uses.collect();
    uses.sort_unstable();
    let mut filter = vec![0; Layout::FILTER];
    for of_feature in uses.chunk_by(|one, other| one.0 == other.0) {
        let groups = of_feature.chunk_by(|one, other| one.1 == other.1).count();
        let is_frequent = of_feature.len() >= parameters.min_rows && groups >= parameters.min_groups;
        if let Some((hash, _)) = of_feature.first().filter(|_| is_frequent) {
            let (byte, bit) = bit_of(*hash);
            if let Some(byte) = filter.get_mut(byte) {
                *byte |= 1 << bit;
            }
        }
    }
    filter
}

/// A row as it is learned from.
struct Sample {
    buckets: Vec<usize>,
    without_files: Vec<usize>,
    class: usize,
    weight: f32,
    /// An index of the projects, by source: a project's changelog may have other classes than its commits.
    group: usize,
}

fn samples(rows: &[&Row], filter: &[u8]) -> Vec<Sample> {
    let mut groups: Vec<(&str, Source)> = rows.iter().map(|row| group_of(row)).collect();
    groups.sort_unstable();
    let sizes: Vec<usize> = groups.chunk_by(|one, other| one == other).map(<[_]>::len).collect();
    groups.dedup();
    let mut by_class = [0_usize; CLASSES + 1];
    for row in rows {
        if let Some(count) = by_class.get_mut(row.class) {
            *count += 1;
        }
    }
    let largest = by_class.iter().max().copied().unwrap_or_default();
    let buckets = |features: &[u64]| {
        features.iter().filter(|hash| is_known(filter, **hash)).map(|hash| bucket(*hash)).collect()
    };
    let sample = |row: &&Row| {
        let group = groups.binary_search(&group_of(row)).unwrap_or_default();
        // Large projects and classes count more than small ones, but not by their size.
        let of_group = fourth_root(ratio(1000, sizes.get(group).copied().unwrap_or_default()));
        let of_class = fourth_root(ratio(largest, by_class.get(row.class).copied().unwrap_or_default()));
        Sample {
            buckets: buckets(&row.features),
            without_files: buckets(&row.without_files),
            class: row.class,
            weight: of_group * of_class,
            group,
        }
    };
    rows.iter().map(sample).collect()
}

fn group_of(row: &Row) -> (&str, Source) {
    (row.group.as_str(), row.source)
}

fn ratio(one: usize, other: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "numbers of rows")]
    let (one, other) = (one as f32, other.max(1) as f32);
    one / other
}

fn fourth_root(x: f32) -> f32 {
    x.sqrt().sqrt()
}

fn single(x: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "weights have this precision")]
    let single = x as f32;
    single
}

/// Weights with the sums of their squared gradients, by which the steps get smaller.
struct Table {
    table: Vec<ByClass>,
    squares: Vec<ByClass>,
}

impl Table {
    fn new(size: usize) -> Self {
        Self { table: vec![[0.0; CLASSES]; size], squares: vec![[1e-6; CLASSES]; size] }
    }

    fn add_to(&self, at: usize, factor: f32, scores: &mut ByClass) {
        if let Some(weights) = self.table.get(at) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += factor * weight;
            }
        }
    }

    fn step(&mut self, at: usize, factor: f32, errors: &ByClass, rate: f32, decay: f32) {
        if let (Some(weights), Some(squares)) = (self.table.get_mut(at), self.squares.get_mut(at)) {
            for ((weight, square), error) in weights.iter_mut().zip(squares).zip(errors) {
                let gradient = factor * error + decay * *weight;
                *square += gradient * gradient;
                *weight -= rate * gradient / square.sqrt();
            }
        }
    }
}

struct Learner {
    weights: Table,
    /// By group: which classes the project's authors prefer, whatever the words. What is learned here is not learned
    /// as weights of the project's words, and is left out of the model.
    preferences: Table,
    preference: f32,
    rate: f32,
    decay: f32,
}

/// The decay of preferences: without the evidence of many rows they are 0.
const PREFERENCE_DECAY: f32 = 0.01;

impl Learner {
    fn new(samples: &[Sample], parameters: &Parameters) -> Self {
        let groups = samples.iter().map(|sample| sample.group + 1).max().unwrap_or_default();
        Self {
            weights: Table::new(1 << WEIGHT_BITS),
            preferences: Table::new(groups),
            preference: single(parameters.preference),
            rate: single(parameters.rate),
            decay: single(parameters.decay),
        }
    }

    /// Moves the weights of a sample's features towards its class.
    fn step(&mut self, sample: &Sample, buckets: &[usize]) {
        let mut scores = [0.0; CLASSES];
        for bucket in buckets {
            self.weights.add_to(*bucket, 1.0, &mut scores);
        }
        self.preferences.add_to(sample.group, self.preference, &mut scores);
        let mut errors = probabilities(&scores);
        let of_last = 1.0 - errors.iter().sum::<f32>();
        let expected = errors.get(sample.class).copied().unwrap_or(of_last).max(1e-4);
        // A row whose class seems impossible is probably one that its author classified by mistake.
        let weight = sample.weight * fourth_root(expected);
        for (class, error) in errors.iter_mut().enumerate() {
            let wanted = if class == sample.class { 1.0 } else { 0.0 };
            *error = (*error - wanted) * weight;
        }
        for bucket in buckets {
            self.weights.step(*bucket, 1.0, &errors, self.rate, self.decay);
        }
        self.preferences.step(sample.group, self.preference, &errors, self.rate, PREFERENCE_DECAY);
    }
}

/// The probabilities of all classes but the last, whose score is 0.
fn probabilities(scores: &ByClass) -> ByClass {
    let highest = scores.iter().fold(0.0_f32, |highest, score| highest.max(*score));
    let raised = scores.map(|score| exponential(f64::from(score - highest)));
    let total = raised.iter().sum::<f64>() + exponential(f64::from(-highest));
    raised.map(|it| single(it / total))
}

/// Random numbers by Marsaglia's xorshift: the same seed gives the same numbers.
struct Random(u64);

impl Random {
    const fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Whether a random number from 0 to 1 is below a share.
    fn is_below(&mut self, share: f64) -> bool {
        let number = u32::try_from(self.next() >> 32).unwrap_or_default();
        f64::from(number) < share * f64::from(u32::MAX)
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for end in (1..order.len()).rev() {
            let other = usize::try_from(self.next() % (end as u64 + 1)).unwrap_or_default();
            order.swap(end, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model_file::Model;

    fn row(group: &str, class: usize, features: &[u64]) -> Row {
        // Bits at both ends, as in hashes.
        let features: Vec<u64> = features.iter().map(|feature| feature << 52 | feature).collect();
        Row {
            group: group.to_owned(),
            source: Source::Conventional,
            title: String::new(),
            is_chinese: false,
            class,
            words: features.clone(),
            without_files: features.clone(),
            features,
        }
    }

    fn rows() -> Vec<Row> {
        let groups = ["a", "b"].into_iter();
        groups
            .flat_map(|group| [row(group, 0, &[1, 3]), row(group, 1, &[2, 3]), row(group, 8, &[4])])
            .collect()
    }

    fn parameters() -> Parameters {
        Parameters { min_rows: 2, epochs: 200, rate: 0.2, dropout: 0.1, ..Parameters::default() }
    }

    #[test]
    fn classes_are_learned_from_features() {
        let rows = rows();
        let model = Model::new(learn(&rows.iter().collect::<Vec<_>>(), &parameters()));
        for row in &rows {
            let (class, permille) = model.read(row).unwrap();
            assert_eq!(class, row.class);
            assert!(permille > 500, "{permille}");
        }
    }

    #[test]
    fn same_rows_give_the_same_bytes() {
        let rows = rows();
        let bytes = || Model::new(learn(&rows.iter().collect::<Vec<_>>(), &parameters())).to_bytes("{}");
        assert!(bytes() == bytes());
        assert_eq!(bytes().len(), 3 + Layout::EXPONENTIALS + Layout::FILTER + Layout::WEIGHTS);
    }

    #[test]
    fn features_of_one_project_are_unknown() {
        let rows = [row("a", 0, &[1]), row("a", 0, &[1]), row("a", 0, &[2]), row("b", 0, &[2])];
        let filter = filter(&rows.iter().collect::<Vec<_>>(), &parameters());
        let known: Vec<bool> = rows.iter().map(|row| is_known(&filter, row.features[0])).collect();
        assert_eq!(known, [false, false, true, true]);
    }
}
