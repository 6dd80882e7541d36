//! Measures how well held-out projects are read: each project by a model that was learned from others.

use std::{collections::BTreeSet, fmt::Write, panic::resume_unwind, thread};

use tidings::model::ReadingClass;

use crate::{
    learning::{Parameters, learn},
    model_file::Model,
    rows::{Row, Source, hexadecimal},
};

/// The projects are divided into so many parts.
const FOLDS: usize = 6;

/// The classes of the model.
const CLASSES: usize = ReadingClass::ALL.len();

/// The index of [`ReadingClass::Other`].
const OTHER: usize = CLASSES - 1;

/// Projects with fewer rows are not shown by themselves.
const MIN_ROWS: usize = 200;

/// A reading in thousandths that counts as confident.
const CONFIDENT: u16 = 800;

/// What a held-out row was read as: its class and the probability in thousandths; `None` if too few words are known.
pub(crate) type Reading = Option<(usize, u16)>;

/// Reads each row by a model learned from other projects, and once more as if the touched files were unknown. The
/// readings are in the order of the rows.
pub(crate) fn read_held_out(rows: &[Row], parameters: &Parameters) -> (Vec<Reading>, Vec<Reading>) {
    let mut groups: Vec<&str> =
        rows.iter().map(|row| row.group.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    // Any order that does not put similar names together.
    groups.sort_by_cached_key(|group| hexadecimal(group.as_bytes()));
    let fold_of = |row: &Row| groups.iter().position(|it| *it == row.group).unwrap_or_default() % FOLDS;
    let folds: Vec<usize> = rows.iter().map(fold_of).collect();
    let models: Vec<Model> = thread::scope(|scope| {
        let learn_without = |fold: usize| {
            let learned = rows.iter().zip(&folds).filter(move |(_, it)| **it != fold).map(|(row, _)| row);
            let learned: Vec<&Row> = learned.collect();
            scope.spawn(move || Model::new(learn(&learned, parameters)))
        };
        let threads: Vec<_> = (0..FOLDS).map(learn_without).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    let read =
        |(row, fold): (&Row, &usize)| models.get(*fold).map(|it| (it.read(row), it.read_without_files(row)));
    rows.iter().zip(&folds).filter_map(read).unzip()
}

/// Rows that are measured together.
struct Set {
    name: &'static str,
    includes: fn(&Row) -> bool,
}

const SETS: [Set; 5] = [
    Set { name: "English subjects", includes: |row| row.source == Source::Conventional && !row.is_chinese },
    Set { name: "Chinese subjects", includes: |row| row.source == Source::Conventional && row.is_chinese },
    Set { name: "maintainers' sections", includes: |row| row.source == Source::Sections },
    Set { name: "English changelogs", includes: |row| row.source == Source::Text && !row.is_chinese },
    Set { name: "Chinese changelogs", includes: |row| row.source == Source::Text && row.is_chinese },
];

/// Figures by set and class, as Markdown. Readings below the threshold, in thousandths, count as other.
pub(crate) fn report(
    rows: &[Row],
    (readings, without_files): &(Vec<Reading>, Vec<Reading>),
    threshold: u16,
) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    writeln!(text, "| messages | project | rows | F1 of three | F1 of nine | placed | not read |")?;
    writeln!(text, "|---|---|---|---|---|---|---|")?;
    for set in &SETS {
        let mut pairs = in_set(set, rows, readings);
        write_overview(&mut text, set.name, "all", &Counts::new(&pairs, threshold))?;
        if pairs.iter().any(|(row, _)| row.features != row.without_files) {
            let unknown = Counts::new(&in_set(set, rows, without_files), threshold);
            write_overview(&mut text, set.name, "all, files unknown", &unknown)?;
        }
        pairs.sort_by_key(|(row, _)| &row.group);
        for of_group in pairs.chunk_by(|one, other| one.0.group == other.0.group) {
            if let [(row, _), ..] = of_group
                && of_group.len() >= MIN_ROWS
            {
                write_overview(&mut text, set.name, &row.group, &Counts::new(of_group, threshold))?;
            }
        }
    }
    for set in &SETS {
        let counts = Counts::new(&in_set(set, rows, readings), threshold);
        writeln!(text, "\n### {}\n", set.name)?;
        write_classes(&mut text, &counts)?;
        write_confusion(&mut text, &counts)?;
        write_calibration(&mut text, &counts)?;
    }
    Ok(text)
}

fn in_set<'a>(set: &Set, rows: &'a [Row], readings: &[Reading]) -> Vec<(&'a Row, Reading)> {
    let pairs = rows.iter().zip(readings).filter(|(row, _)| (set.includes)(row));
    pairs.map(|(row, reading)| (row, *reading)).collect()
}

fn write_overview(text: &mut String, set: &str, project: &str, counts: &Counts) -> std::fmt::Result {
    let rows = counts.rows();
    let (three, nine) = (counts.of_three().macro_f1(), counts.macro_f1());
    let (placed, unread) = (100.0 * share(counts.placed, rows), 100.0 * share(counts.unread, rows));
    writeln!(text, "| {set} | {project} | {rows} | {three:.3} | {nine:.3} | {placed:.0} % | {unread:.1} % |")
}

fn write_classes(text: &mut String, counts: &Counts) -> std::fmt::Result {
    writeln!(text, "| class | rows | precision | recall | F1 |\n|---|---|---|---|---|")?;
    for (name, of_class) in names().zip(counts.classes()).filter(|(_, of_class)| of_class.rows > 0) {
        let Figures { rows, precision, recall, f1 } = of_class;
        writeln!(text, "| {name} | {rows} | {precision:.2} | {recall:.2} | {f1:.2} |")?;
    }
    let three = ["feature", "fix", "anything else"];
    for (name, of_class) in three.into_iter().zip(counts.of_three().classes()) {
        let Figures { rows, precision, recall, f1 } = of_class;
        writeln!(text, "| {name}, of three | {rows} | {precision:.2} | {recall:.2} | {f1:.2} |")?;
    }
    Ok(())
}

fn write_confusion(text: &mut String, counts: &Counts) -> std::fmt::Result {
    writeln!(text, "\n| is \\ read as | {} |", names().collect::<Vec<_>>().join(" | "))?;
    writeln!(text, "|---|{}", "---|".repeat(CLASSES))?;
    for (name, row) in names().zip(&counts.confusion).filter(|(_, row)| row.iter().any(|count| *count > 0)) {
        let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        writeln!(text, "| {name} | {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn write_calibration(text: &mut String, counts: &Counts) -> std::fmt::Result {
    writeln!(text, "\n| confidence | rows | right | right of three |\n|---|---|---|---|")?;
    for (tenth, it) in counts.tenths.iter().enumerate().filter(|(_, it)| it.rows > 0) {
        let (right, of_three) = (100.0 * share(it.right, it.rows), 100.0 * share(it.right_of_three, it.rows));
        writeln!(text, "| 0.{tenth} | {} | {right:.0} % | {of_three:.0} % |", it.rows)?;
    }
    Ok(())
}

/// The ten most frequent kinds of confident mistakes, with some titles of each.
pub(crate) fn mistakes(rows: &[Row], readings: &[Reading]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let mut kinds: Vec<(&Set, usize, usize, Vec<&Row>)> = Vec::new();
    for (row, reading) in rows.iter().zip(readings) {
        let (Some((class, permille)), Some(set)) = (*reading, SETS.iter().find(|set| (set.includes)(row)))
        else {
            continue;
        };
        if class == row.class || permille < CONFIDENT {
            continue;
        }
        let kind = kinds.iter_mut().find(|it| (it.0.name, it.1, it.2) == (set.name, row.class, class));
        match kind {
            Some(kind) => kind.3.push(row),
            None => kinds.push((set, row.class, class, vec![row])),
        }
    }
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.3.len()));
    for (set, is, read, rows) in kinds.iter().take(10) {
        writeln!(text, "{}: {} read as {}: {}", set.name, name(*is), name(*read), rows.len())?;
        for row in rows.iter().step_by(rows.len().div_ceil(8)) {
            writeln!(text, "    {} ({})", row.title, row.group)?;
        }
    }
    Ok(text)
}

/// How often each class was read as each.
struct Counts<const N: usize = CLASSES> {
    /// By the class that people gave, then by what was read.
    confusion: [[u32; N]; N],
    /// By the confidence, all readings, also those below the threshold.
    tenths: [Tenth; 10],
    /// Read as a class other than [`ReadingClass::Other`], above the threshold.
    placed: u32,
    /// Not read at all.
    unread: u32,
}

#[derive(Clone, Copy, Default)]
struct Tenth {
    rows: u32,
    right: u32,
    right_of_three: u32,
}

/// How well a class is read.
struct Figures {
    rows: u32,
    precision: f64,
    recall: f64,
    f1: f64,
}

impl Counts {
    fn new(rows: &[(&Row, Reading)], threshold: u16) -> Self {
        let mut counts =
            Self { confusion: [[0; CLASSES]; CLASSES], tenths: [Tenth::default(); 10], placed: 0, unread: 0 };
        for (row, reading) in rows {
            let read =
                reading.filter(|(_, permille)| *permille >= threshold).map_or(OTHER, |(class, _)| class);
            counts.placed += u32::from(read != OTHER);
            if let Some(count) = counts.confusion.get_mut(row.class).and_then(|it| it.get_mut(read)) {
                *count += 1;
            }
            let Some((class, permille)) = *reading else {
                counts.unread += 1;
                continue;
            };
            if let Some(tenth) = counts.tenths.get_mut(usize::from(permille / 100).min(9)) {
                tenth.rows += 1;
                tenth.right += u32::from(class == row.class);
                tenth.right_of_three += u32::from(of_three(class) == of_three(row.class));
            }
        }
        counts
    }

    /// The same with feature, fix and anything else.
    fn of_three(&self) -> Counts<3> {
        let mut confusion = [[0; 3]; 3];
        for (is, row) in self.confusion.iter().enumerate() {
            for (read, count) in row.iter().enumerate() {
                if let Some(sum) = confusion.get_mut(of_three(is)).and_then(|it| it.get_mut(of_three(read))) {
                    *sum += count;
                }
            }
        }
        Counts { confusion, tenths: self.tenths, placed: self.placed, unread: self.unread }
    }
}

impl<const N: usize> Counts<N> {
    fn rows(&self) -> u32 {
        self.confusion.iter().flatten().sum()
    }

    fn classes(&self) -> impl Iterator<Item = Figures> {
        self.confusion.iter().enumerate().map(|(class, row)| {
            let right = row.get(class).copied().unwrap_or_default();
            let rows = row.iter().sum();
            let read = self.confusion.iter().filter_map(|row| row.get(class)).sum();
            Figures {
                rows,
                precision: share(right, read),
                recall: share(right, rows),
                f1: share(2 * right, rows + read),
            }
        })
    }

    /// The mean of the F1 of the classes that occur.
    fn macro_f1(&self) -> f64 {
        let figures: Vec<f64> = self.classes().filter(|it| it.rows > 0).map(|it| it.f1).collect();
        figures.iter().sum::<f64>() / f64::from(u32::try_from(figures.len()).unwrap_or(u32::MAX).max(1))
    }
}

/// Feature, fix, anything else.
fn of_three(class: usize) -> usize {
    class.min(2)
}

fn names() -> impl Iterator<Item = &'static str> {
    (0..CLASSES).map(name)
}

/// The type of a class.
fn name(class: usize) -> &'static str {
    ReadingClass::ALL.get(class).and_then(|it| it.commit_type()).unwrap_or("other")
}

fn share(part: u32, all: u32) -> f64 {
    f64::from(part) / f64::from(all.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(class: usize) -> Row {
        Row {
            group: "a".to_owned(),
            source: Source::Sections,
            title: String::new(),
            is_chinese: false,
            class,
            features: Vec::new(),
            without_files: Vec::new(),
            words: Vec::new(),
        }
    }

    #[test]
    fn figures_count_readings_below_the_threshold_as_other() {
        let rows = [row(0), row(0), row(1), row(8), row(4)];
        let readings = [Some((0, 900)), Some((0, 400)), Some((0, 600)), None, Some((3, 700))];
        let pairs: Vec<_> = rows.iter().zip(readings).collect();
        let counts = Counts::new(&pairs, 500);
        assert_eq!((counts.rows(), counts.placed, counts.unread), (5, 3, 1));
        let feature = counts.classes().next().unwrap();
        assert_eq!((feature.rows, feature.precision, feature.recall), (2, 0.5, 0.5));
        let three: Vec<[u32; 3]> = counts.of_three().confusion.to_vec();
        assert_eq!(three, [[1, 0, 1], [1, 0, 0], [0, 0, 2]]);
        assert_eq!(
            (counts.tenths[4].rows, counts.tenths[7].right, counts.tenths[7].right_of_three),
            (1, 0, 1)
        );
    }
}
