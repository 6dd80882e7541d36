//! Learns the weights of features: multinomial logistic regression by stochastic gradients with the step sizes of
//! AdaGrad.
//!
//! The same rows give the same weights on every machine: only basic arithmetic and square roots, in one order.

use serde::{Deserialize, Serialize};
use tidings::rules::reading::{CLASSES, FILTER_BITS, Layout, WEIGHT_BITS};

use crate::{
    exponential::exponential,
    rows::{Row, Source},
};

/// What is learned, in floating point.
pub(crate) struct Weights {
    /// Bits of the features that have weights.
    pub(crate) filter: Vec<u8>,
    /// By the highest bits of a feature's hash, the weight for each class but the last.
    pub(crate) table: Vec<[f32; CLASSES]>,
}

/// The parameters, which the header of the model records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// How often each row is seen.
    pub(crate) epochs: u32,
    /// The step size.
    pub(crate) rate: f64,
    /// The decay of weights.
    pub(crate) decay: f64,
    /// A feature is known if at least so many rows have it …
    pub(crate) min_rows: usize,
    /// … of at least so many groups.
    pub(crate) min_groups: usize,
    /// How much more a row counts whose class is from a changelog.
    pub(crate) changelog_weight: f64,
    /// The share of a row's features that are left out, by chance, each time that it is seen.
    pub(crate) dropout: f64,
    /// How often the fourth root is taken of by how much a class has fewer rows than the largest one, for its weight:
    /// 0 for equal weights, 1 for the fourth root, 2 for the square root.
    pub(crate) balance: u32,
    /// The weights are the mean of those after each of the last epochs.
    pub(crate) averaged_epochs: u32,
    /// The start of the sequence of random numbers.
    pub(crate) seed: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            epochs: 10,
            rate: 0.04,
            decay: 1e-4,
            min_rows: 8,
            min_groups: 2,
            changelog_weight: 2.0,
            dropout: 0.4,
            balance: 1,
            averaged_epochs: 5,
            seed: 12345,
        }
    }
}

/// Learns from rows.
pub(crate) fn learn(rows: &[&Row], parameters: &Parameters) -> Weights {
    let filter = filter(rows, parameters);
    let samples = samples(rows, &filter, parameters);
    let mut random = Random(parameters.seed);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut learner = Learner {
        table: vec![[0.0; CLASSES]; 1 << WEIGHT_BITS],
        squares: vec![[1e-6; CLASSES]; 1 << WEIGHT_BITS],
    };
    let mut sums = vec![[0.0_f32; CLASSES]; 1 << WEIGHT_BITS];
    let mut kept = Vec::new();
    for epoch in 0..parameters.epochs {
        random.shuffle(&mut order);
        for sample in order.iter().filter_map(|at| samples.get(*at)) {
            kept.clear();
            kept.extend(sample.buckets.iter().filter(|_| !random.is_below(parameters.dropout)));
            learner.step(&kept, sample, parameters);
        }
        if epoch + parameters.averaged_epochs >= parameters.epochs {
            for (sum, weights) in sums.iter_mut().flatten().zip(learner.table.iter().flatten()) {
                *sum += weights;
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let epochs = parameters.averaged_epochs.min(parameters.epochs) as f32;
    for sum in sums.iter_mut().flatten() {
        *sum /= epochs;
    }
    Weights { filter, table: sums }
}

/// The bit of a filter that a feature has.
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

/// Features that are frequent enough, in enough projects. A word of one project only says what that project calls
/// things.
fn filter(rows: &[&Row], parameters: &Parameters) -> Vec<u8> {
    let mut uses: Vec<(u64, &str)> =
        rows.iter().flat_map(|row| row.features.iter().map(|hash| (*hash, row.group.as_str()))).collect();
    uses.sort_unstable();
    let mut filter = vec![0; Layout::FILTER];
    for of_feature in uses.chunk_by(|one, other| one.0 == other.0) {
        let groups = of_feature.chunk_by(|one, other| one.1 == other.1).count();
        if of_feature.len() >= parameters.min_rows
            && groups >= parameters.min_groups
            && let Some((hash, _)) = of_feature.first()
        {
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
    class: usize,
    weight: f32,
}

fn samples(rows: &[&Row], filter: &[u8], parameters: &Parameters) -> Vec<Sample> {
    let mut groups: Vec<&str> = rows.iter().map(|row| row.group.as_str()).collect();
    groups.sort_unstable();
    let rows_of =
        |group: &str| groups.partition_point(|it| *it <= group) - groups.partition_point(|it| *it < group);
    let class_weights = class_weights(rows, parameters.balance);
    let sample = |row: &&Row| Sample {
        buckets: row
            .features
            .iter()
            .filter(|hash| is_known(filter, **hash))
            .map(|hash| bucket(*hash))
            .collect(),
        class: row.class,
        weight: group_weight(rows_of(&row.group))
            * class_weights.get(row.class).copied().unwrap_or(1.0)
            * if row.source == Source::Conventional { 1.0 } else { parameters.changelog_weight as f32 },
    };
    rows.iter().map(sample).collect()
}

/// The weight of each row of a group with some number of rows. Large projects count more than small ones, but not by
/// their size.
fn group_weight(rows: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "groups have some thousand rows")]
    let rows = rows.max(1) as f32;
    (1000.0 / rows).sqrt().sqrt()
}

fn class_weights(rows: &[&Row], balance: u32) -> [f32; CLASSES + 1] {
    let mut counts = [1.0_f32; CLASSES + 1];
    for row in rows {
        if let Some(count) = counts.get_mut(row.class) {
            *count += 1.0;
        }
    }
    let most = counts.iter().fold(1.0_f32, |most, count| most.max(*count));
    counts.map(|count| {
        let root = (most / count).sqrt().sqrt();
        (0..balance).fold(1.0, |weight, _| weight * root)
    })
}

struct Learner {
    table: Vec<[f32; CLASSES]>,
    /// The sums of the squared gradients.
    squares: Vec<[f32; CLASSES]>,
}

impl Learner {
    /// Moves the weights of a sample's features towards its class.
    fn step(&mut self, buckets: &[usize], sample: &Sample, parameters: &Parameters) {
        let mut scores = [0.0_f32; CLASSES];
        for weights in buckets.iter().filter_map(|bucket| self.table.get(*bucket)) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight;
            }
        }
        let mut errors = probabilities(&scores);
        for (class, error) in errors.iter_mut().enumerate() {
            *error = (*error - if class == sample.class { 1.0 } else { 0.0 }) * sample.weight;
        }
        let (rate, decay) = (parameters.rate as f32, parameters.decay as f32);
        for bucket in buckets {
            let (Some(weights), Some(squares)) = (self.table.get_mut(*bucket), self.squares.get_mut(*bucket))
            else {
                continue;
            };
            for ((weight, square), error) in weights.iter_mut().zip(squares).zip(&errors) {
                let gradient = error + decay * *weight;
                *square += gradient * gradient;
                *weight -= rate * gradient / square.sqrt();
            }
        }
    }
}

/// The probabilities of all classes but the last, whose score is 0.
fn probabilities(scores: &[f32; CLASSES]) -> [f32; CLASSES] {
    let highest = scores.iter().fold(0.0_f32, |highest, score| highest.max(*score));
    let raised = scores.map(|score| exponential(f64::from(score - highest)));
    let total = raised.iter().sum::<f64>() + exponential(f64::from(-highest));
    #[expect(clippy::cast_possible_truncation, reason = "the weights have the same precision")]
    raised.map(|it| (it / total) as f32)
}

/// Random numbers by Marsaglia's xorshift; from the same seed always the same.
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
