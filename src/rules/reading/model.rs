//! The embedded model: which features it knows, and their weights.
//!
//! The file has one line of JSON (format, parameters, digests of the training program and its data), a table of
//! exponentials, a filter of the known features, and the weights. All numbers are integers, so that every machine
//! computes the same.

use super::feature::Feature;

/// The file that `training/` writes.
static FILE: &[u8] = include_bytes!("model.bin");

/// The classes with weights. The weights of the last class, [`crate::model::ReadingClass::Other`], are all 0.
pub const CLASSES: usize = 8;

/// The number of bits of a feature's hash that select its row of weights: the highest ones.
pub const WEIGHT_BITS: u32 = 15;

/// The number of bits of a feature's hash that select its bit of the filter: the lowest ones.
pub const FILTER_BITS: u32 = 18;

/// How many steps of a weight are one unit of the logarithm of the odds.
pub const STEPS_PER_LOGIT: u32 = 32;

/// Entries of the table of exponentials, each two bytes: `65535 · e^(-i / 32)`.
const EXPONENTIALS: usize = 512;

/// The offsets of the parts after the header.
#[derive(Debug, Clone, Copy)]
pub struct Layout;

impl Layout {
    /// The size of the table of exponentials, in bytes.
    pub const EXPONENTIALS: usize = EXPONENTIALS * 2;
    /// The size of the filter, in bytes.
    pub const FILTER: usize = 1 << (FILTER_BITS - 3);
    /// The size of the weights, in bytes.
    pub const WEIGHTS: usize = CLASSES << WEIGHT_BITS;
}

/// The parts of the file.
pub(super) struct Model {
    exponentials: &'static [u8],
    filter: &'static [u8],
    weights: &'static [u8],
}

impl Model {
    /// The embedded model. `None` if the file is not what the code expects, which a test excludes.
    pub(super) fn embedded() -> Option<Self> {
        let header = FILE.iter().position(|byte| *byte == b'\n')?;
        let (exponentials, rest) = FILE.get(header + 1..)?.split_at_checked(Layout::EXPONENTIALS)?;
        let (filter, weights) = rest.split_at_checked(Layout::FILTER)?;
        (weights.len() == Layout::WEIGHTS).then_some(Self { exponentials, filter, weights })
    }

    /// The weights of a feature; `None` if the model does not know it.
    pub(super) fn weights(&self, feature: Feature<'_>) -> Option<[i8; CLASSES]> {
        let hash = feature.hash();
        let low = usize::try_from(hash & ((1 << FILTER_BITS) - 1)).ok()?;
        if self.filter.get(low / 8)? >> (low % 8) & 1 == 0 {
            return None;
        }
        let row = usize::try_from(hash >> (64 - WEIGHT_BITS)).ok()? * CLASSES;
        let bytes: [u8; CLASSES] = self.weights.get(row..row + CLASSES)?.try_into().ok()?;
        Some(bytes.map(|byte| i8::from_ne_bytes([byte])))
    }

    /// `65535 · e^(-steps / 32)`.
    pub(super) fn exponential(&self, steps: i32) -> u64 {
        let entry = usize::try_from(steps).ok().and_then(|at| self.exponentials.get(at * 2..at * 2 + 2));
        let bytes = entry.and_then(|bytes| <[u8; 2]>::try_from(bytes).ok());
        bytes.map_or(0, |bytes| u64::from(u16::from_le_bytes(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_model_is_complete_and_small() {
        assert!(Model::embedded().is_some());
        assert!(FILE.len() <= 300_000, "{} bytes", FILE.len());
    }

    #[test]
    fn exponentials_are_those_of_the_scale() {
        let model = Model::embedded().unwrap();
        assert_eq!((model.exponential(0), model.exponential(32)), (65_535, 24_109));
        assert_eq!((model.exponential(-1), model.exponential(512)), (0, 0));
    }
}
