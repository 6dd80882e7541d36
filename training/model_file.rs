//! The model as the program has it: weights in steps, and reading with them.

use tidings::rules::reading::{CLASSES, Layout, STEPS_PER_LOGIT};

use crate::{
    exponential::exponential,
    learning::{Weights, bucket, is_known},
    rows::Row,
};

/// The weights in whole steps.
pub(crate) struct Model {
    exponentials: Vec<u16>,
    filter: Vec<u8>,
    table: Vec<[i8; CLASSES]>,
}

/// At least this share of the words of a title must be known, in percent, as in `src/rules/reading/read.rs`.
const MIN_KNOWN: usize = 50;

impl Model {
    pub(crate) fn new(weights: Weights) -> Self {
        let entries = u32::try_from(Layout::EXPONENTIALS / 2).unwrap_or_default();
        Self {
            exponentials: (0..entries).map(exponential_of).collect(),
            filter: weights.filter,
            table: weights.table.into_iter().map(|row| row.map(steps)).collect(),
        }
    }

    /// The content of the file, after a line of JSON.
    pub(crate) fn to_bytes(&self, header: &str) -> Vec<u8> {
        let mut bytes = format!("{header}\n").into_bytes();
        bytes.extend(self.exponentials.iter().flat_map(|it| it.to_le_bytes()));
        bytes.extend(&self.filter);
        bytes.extend(self.table.iter().flatten().flat_map(|it| it.to_le_bytes()));
        bytes
    }

    /// The class of a row, and its probability from 0 to 1000, as [`tidings::rules::reading::read`] computes them.
    pub(crate) fn read(&self, row: &Row) -> Option<(usize, u16)> {
        self.read_features(&row.features, &row.words)
    }

    /// The same as if the touched files were unknown.
    pub(crate) fn read_without_files(&self, row: &Row) -> Option<(usize, u16)> {
        self.read_features(&row.without_files, &row.words)
    }

    fn read_features(&self, features: &[u64], words: &[u64]) -> Option<(usize, u16)> {
        let known = words.iter().filter(|hash| is_known(&self.filter, **hash)).count();
        if words.is_empty() || known * 100 < words.len() * MIN_KNOWN {
            return None;
        }
        let mut scores = [0_i32; CLASSES + 1];
        for hash in features.iter().filter(|hash| is_known(&self.filter, **hash)) {
            let weights = self.table.get(bucket(*hash))?;
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += i32::from(*weight);
            }
        }
        // Of equal scores, the first counts.
        let (best, highest) = scores.iter().enumerate().rev().max_by_key(|(_, score)| **score)?;
        let raised = |score: &i32| {
            let steps = usize::try_from(highest - score).ok();
            steps.and_then(|at| self.exponentials.get(at)).map_or(0, |it| u64::from(*it))
        };
        let total: u64 = scores.iter().map(raised).sum();
        let permille = raised(highest) * 1000 / total.max(1);
        Some((best, u16::try_from(permille).ok()?))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 65535")]
fn exponential_of(step: u32) -> u16 {
    (65535.0 * exponential(-f64::from(step) / f64::from(STEPS_PER_LOGIT))).round() as u16
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "from -127 to 127")]
fn steps(weight: f32) -> i8 {
    (weight * STEPS_PER_LOGIT as f32).round().clamp(-127.0, 127.0) as i8
}

#[cfg(test)]
mod tests {
    use tidings::{
        model::ReadingClass,
        rules::reading::{Feature, Input, visit_features},
    };

    use super::*;
    use crate::rows::Source;

    fn embedded() -> Model {
        let file = include_bytes!("../src/rules/reading/model.bin");
        let header = file.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let (exponentials, rest) = file[header..].split_at(Layout::EXPONENTIALS);
        let (filter, weights) = rest.split_at(Layout::FILTER);
        let weights = weights.chunks_exact(CLASSES);
        Model {
            exponentials: exponentials.chunks_exact(2).map(|it| u16::from_le_bytes([it[0], it[1]])).collect(),
            filter: filter.to_vec(),
            table: weights.map(|row| std::array::from_fn(|at| i8::from_le_bytes([row[at]]))).collect(),
        }
    }

    #[test]
    fn measured_readings_are_those_of_the_program() {
        let model = embedded();
        for title in [
            "fix a crash when the list is empty",
            "add an option that hides the toolbar",
            "parser: make reading of long lines faster",
            "修复列表为空时的崩溃",
            "支持自定义主题",
            "bump the parser from 1.2 to 1.3",
            "zxqv wvut",
            "",
        ] {
            let (mut features, mut words) = (Vec::new(), Vec::new());
            visit_features(title, None, false, &mut |feature| {
                features.push(feature.hash());
                words.extend(matches!(feature, Feature::Word(_)).then(|| feature.hash()));
            });
            features.sort_unstable();
            features.dedup();
            let row = Row {
                group: String::new(),
                source: Source::Conventional,
                title: title.to_owned(),
                is_chinese: false,
                class: 0,
                without_files: Vec::new(),
                features,
                words,
            };
            let read = Input { title, files: None, is_bot: false }.read();
            let read =
                read.map(|it| (ReadingClass::ALL.iter().position(|class| *class == it.class), it.permille));
            assert_eq!(read, model.read(&row).map(|(class, permille)| (Some(class), permille)), "{title}");
        }
    }

    #[test]
    fn bytes_are_those_that_were_read() {
        let model = embedded();
        assert!(include_bytes!("../src/rules/reading/model.bin").ends_with(&model.to_bytes("")[1..]));
        assert_eq!(
            model.exponentials,
            Model::new(Weights { filter: Vec::new(), table: Vec::new() }).exponentials
        );
    }
}
