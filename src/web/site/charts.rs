//! Bar charts as SVG: the positions of the bars and texts, which the template draws.

use serde::Serialize;

/// The size of a chart with upright bars, in units of its view box.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 150.0;
/// The widest space for a bar.
const MAX_SLOT: f64 = 70.0;
/// The space for the numbers above the bars.
const TOP: f64 = 22.0;
/// The most labels below a chart.
const MAX_LABELS: usize = 8;
/// The most bars that have their number above them.
const MAX_NUMBERS: usize = 14;

/// A bar chart.
#[derive(Serialize)]
pub(super) struct Chart {
    /// The ID of the elements that name it.
    id: &'static str,
    title: String,
    description: String,
    /// The headings of the table with the same data.
    columns: [String; 2],
    rows: Vec<(String, String)>,
    width: f64,
    height: f64,
    is_upright: bool,
    bars: Vec<Bar>,
}

/// A bar with its texts. The label is below it, or left of it.
#[derive(Serialize)]
struct Bar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    label: Option<Text>,
    number: Option<Text>,
}

#[derive(Serialize)]
struct Text {
    x: f64,
    y: f64,
    text: String,
}

/// The texts of a chart.
pub(super) struct Texts {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) columns: [String; 2],
}

/// A chart over time. A value is `None` where there is nothing to measure.
pub(super) fn upright(texts: Texts, values: Vec<(String, Option<i64>)>) -> Chart {
    let highest = highest(values.iter().filter_map(|(_, value)| *value));
    let slot = (WIDTH / count(values.len().max(1))).min(MAX_SLOT);
    let every = values.len().div_ceil(MAX_LABELS).max(1);
    let bars = values.iter().enumerate().map(|(at, (label, value))| {
        let height = share(value.unwrap_or_default(), highest) * HEIGHT;
        let (x, y) = (count(at) * slot, TOP + HEIGHT - height);
        let middle = rounded(x + slot / 2.0);
        let number = value.filter(|value| values.len() <= MAX_NUMBERS && *value > 0);
        Bar {
            x: rounded(x + slot * 0.12),
            y: rounded(y),
            width: rounded(slot * 0.76),
            height: rounded(height),
            label: (at % every == 0).then(|| Text { x: middle, y: TOP + HEIGHT + 18.0, text: label.clone() }),
            number: number.map(|value| Text { x: middle, y: rounded(y - 6.0), text: value.to_string() }),
        }
    });
    let bars = bars.collect();
    chart(texts, values, bars, (true, TOP + HEIGHT + 26.0))
}

/// A chart of categories, from top to bottom.
pub(super) fn flat(texts: Texts, values: Vec<(String, i64)>) -> Chart {
    const ROW: f64 = 30.0;
    const LEFT: f64 = 170.0;
    const RIGHT: f64 = 60.0;
    let highest = highest(values.iter().map(|(_, value)| *value));
    let bars = values.iter().enumerate().map(|(at, (label, value))| {
        let y = count(at) * ROW;
        let width = rounded(share(*value, highest) * (WIDTH - LEFT - RIGHT));
        Bar {
            x: LEFT,
            y: y + 5.0,
            width,
            height: ROW - 10.0,
            label: Some(Text { x: LEFT - 8.0, y: y + 20.0, text: shortened(label) }),
            number: Some(Text { x: rounded(LEFT + width + 8.0), y: y + 20.0, text: value.to_string() }),
        }
    });
    let (bars, height) = (bars.collect(), count(values.len()) * ROW);
    let values = values.into_iter().map(|(label, value)| (label, Some(value))).collect();
    chart(texts, values, bars, (false, height))
}

fn chart(
    texts: Texts,
    values: Vec<(String, Option<i64>)>,
    bars: Vec<Bar>,
    (is_upright, height): (bool, f64),
) -> Chart {
    let row = |(label, value): (String, Option<i64>)| {
        (label, value.map_or_else(|| "–".to_owned(), |value| value.to_string()))
    };
    Chart {
        id: texts.id,
        title: texts.title,
        description: texts.description,
        columns: texts.columns,
        rows: values.into_iter().map(row).collect(),
        width: WIDTH,
        height,
        is_upright,
        bars,
    }
}

/// A label that fits left of a bar.
fn shortened(label: &str) -> String {
    const COLUMNS: usize = 22;
    let columns = |c: char| if c.is_ascii() { 1 } else { 2 };
    let mut used = 0;
    if label.chars().map(columns).sum::<usize>() <= COLUMNS {
        return label.to_owned();
    }
    let fits = |c: &char| {
        used += columns(*c);
        used < COLUMNS
    };
    label.chars().take_while(fits).chain(['…']).collect()
}

fn highest(values: impl Iterator<Item = i64>) -> i64 {
    values.max().unwrap_or_default().max(1)
}

fn share(value: i64, of: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a bar has no more than three digits of precision")]
    let share = value as f64 / of as f64;
    share
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Two digits are enough, and the same on every machine.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        Texts {
            id: "x",
            title: String::new(),
            description: String::new(),
            columns: [String::new(), String::new()],
        }
    }

    #[test]
    fn bars_are_proportional_and_inside() {
        let values = (0..40).map(|at| (at.to_string(), Some(at))).collect();
        let chart = upright(texts(), values);
        assert!((chart.bars[39].height - HEIGHT).abs() < 0.01 && chart.bars[0].height < 0.01);
        assert!(chart.bars.iter().all(|bar| bar.x >= 0.0 && bar.x + bar.width <= WIDTH && bar.y >= TOP));
        assert_eq!(chart.bars.iter().filter(|bar| bar.label.is_some()).count(), 8);
        assert_eq!(chart.rows[39], ("39".to_owned(), "39".to_owned()));
    }

    #[test]
    fn value_that_is_unknown_is_no_zero() {
        assert_eq!(upright(texts(), vec![("a".into(), None)]).rows[0].1, "–");
    }

    #[test]
    fn long_label_is_shortened() {
        assert_eq!(shortened("Breaking changes"), "Breaking changes");
        assert_eq!(shortened(&"長".repeat(12)), format!("{}…", "長".repeat(10)));
    }
}
