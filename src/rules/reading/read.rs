//! Reads one message: its class, how sure that is, and what speaks for and against it.

use std::sync::LazyLock;

use crate::model::{FileCounts, ReadingClass};

use super::{
    extract::visit_features,
    feature::Feature,
    model::{CLASSES, Model},
};

static MODEL: LazyLock<Option<Model>> = LazyLock::new(Model::embedded);

/// At least this share of the words of a title must be known, in percent: titles in other languages are not read.
const MIN_KNOWN: usize = 50;

/// What a message reads as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The most probable class.
    pub class: ReadingClass,
    /// The probability of the class, from 0 to 1000.
    pub permille: u16,
    /// The indices of the most probable class and of the next one.
    best: (usize, usize),
}

/// A feature, and how much it speaks for a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it is, in words.
    pub feature: String,
    /// The words that it is about; `None` if it is about a property or only the beginning of a word.
    pub words: Option<String>,
    /// Whether it is about the touched files, not about the words.
    pub is_about_files: bool,
    /// By how much it raises the score of the class above that of the second most probable one, in steps of which 32
    /// are one unit of the logarithm of the odds; negative if it lowers it.
    pub weight: i32,
}

/// What is known of a message.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The title, without what a forge adds to it.
    pub title: &'a str,
    /// The files that it touches, if they are known.
    pub files: Option<&'a FileCounts>,
    /// Whether a bot wrote it.
    pub is_bot: bool,
}

impl Input<'_> {
    /// Calls `visit` with each feature that the model knows, once, and its weights. Returns the number of words, and of
    /// those that the model knows.
    fn visit_known(
        &self,
        model: &Model,
        visit: &mut dyn FnMut(Feature<'_>, [i8; CLASSES]),
    ) -> (usize, usize) {
        let (mut words, mut known_words) = (0, 0);
        let mut seen: Vec<u64> = Vec::with_capacity(128);
        visit_features(self.title, self.files, self.is_bot, &mut |feature| {
            let weights = model.weights(feature);
            if matches!(feature, Feature::Word(_)) {
                words += 1;
                known_words += usize::from(weights.is_some());
            }
            let hash = feature.hash();
            if let Some(weights) = weights
                && !seen.contains(&hash)
            {
                seen.push(hash);
                visit(feature, weights);
            }
        });
        (words, known_words)
    }

    /// Reads the message. `None` where few of its words are known.
    #[must_use]
    pub fn read(&self) -> Option<Read> {
        let model = MODEL.as_ref()?;
        let mut scores = [0_i32; CLASSES + 1];
        let (words, known_words) = self.visit_known(model, &mut |_, weights| {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += i32::from(weight);
            }
        });
        if words == 0 || known_words * 100 < words * MIN_KNOWN {
            return None;
        }
        let mut order: [usize; CLASSES + 1] = std::array::from_fn(|class| class);
        order.sort_by_key(|class| std::cmp::Reverse(scores.get(*class).copied()));
        let [best, second, ..] = order;
        let highest = *scores.get(best)?;
        let total: u64 = scores.iter().map(|score| model.exponential(highest - score)).sum();
        let permille = u16::try_from(model.exponential(0) * 1000 / total.max(1)).ok()?;
        Some(Read { class: *ReadingClass::ALL.get(best)?, permille, best: (best, second) })
    }

    /// What speaks for the class of a reading rather than for the second most probable one, strongest first, then what
    /// speaks against it.
    #[must_use]
    pub fn evidence(&self, read: &Read) -> Vec<Evidence> {
        let Some(model) = MODEL.as_ref() else { return Vec::new() };
        let mut evidence = Vec::new();
        self.visit_known(model, &mut |feature, weights| {
            let weight = |class: usize| weights.get(class).map_or(0, |it| i32::from(*it));
            evidence.push(Evidence {
                feature: feature.to_string(),
                words: feature.words(),
                is_about_files: feature.is_about_files(),
                weight: weight(read.best.0) - weight(read.best.1),
            });
        });
        evidence.retain(|it| it.weight != 0);
        evidence.sort_by_key(|it| std::cmp::Reverse(it.weight));
        evidence
    }
}
