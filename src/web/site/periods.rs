//! The periods of a chart over time: months, quarters or years, whichever gives a readable number of them.

use chrono::{Datelike as _, NaiveDate};

/// The longest time that is shown in months, and in quarters, both in months.
const MAX_MONTHS: i32 = 30;
const MAX_QUARTERS: i32 = 120;

/// How long the periods are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Month,
    Quarter,
    Year,
}

impl Length {
    /// The locale's key of its name.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Month => "site_month",
            Self::Quarter => "site_quarter",
            Self::Year => "site_year",
        }
    }

    const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    /// The name of the period with this number: `2026-01`, `2026-Q1`, `2026`.
    fn label(self, number: i32) -> String {
        let months = number * self.months();
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
        match self {
            Self::Month => format!("{year}-{:02}", month + 1),
            Self::Quarter => format!("{year}-Q{}", month / 3 + 1),
            Self::Year => year.to_string(),
        }
    }
}

/// A period with the positions of the dates in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) label: String,
    pub(super) dates: Vec<usize>,
}

/// All periods from the first to the last date, oldest first.
pub(super) fn periods(dates: &[(usize, NaiveDate)]) -> (Length, Vec<Period>) {
    let month = |date: &NaiveDate| date.year() * 12 + date.month0() as i32;
    let months = || dates.iter().map(|(_, date)| month(date));
    let (Some(first), Some(last)) = (months().min(), months().max()) else {
        return (Length::Year, Vec::new());
    };
    let length = match last - first {
        span if span <= MAX_MONTHS => Length::Month,
        span if span <= MAX_QUARTERS => Length::Quarter,
        _ => Length::Year,
    };
    let number = |months: i32| months.div_euclid(length.months());
    let start = number(first);
    let mut periods: Vec<Period> = (start..=number(last))
        .map(|number| Period { label: length.label(number), dates: Vec::new() })
        .collect();
    for (at, date) in dates {
        let index = usize::try_from(number(month(date)) - start).unwrap_or_default();
        periods.get_mut(index).into_iter().for_each(|period| period.dates.push(*at));
    }
    (length, periods)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(dates: &[&str]) -> Vec<String> {
        let dates: Vec<_> = dates.iter().map(|date| date.parse().unwrap()).enumerate().collect();
        periods(&dates)
            .1
            .into_iter()
            .map(|period| format!("{} {}", period.label, period.dates.len()))
            .collect()
    }

    #[test]
    fn length_follows_the_span() {
        assert_eq!(
            labels(&["2026-02-28", "2025-12-01", "2026-02-01"]),
            ["2025-12 1", "2026-01 0", "2026-02 2"]
        );
        let quarters = labels(&["2020-01-01", "2024-12-31"]);
        assert_eq!((quarters.len(), &*quarters[0], &*quarters[19]), (20, "2020-Q1 1", "2024-Q4 1"));
        assert_eq!(labels(&["2004-05-01", "2026-01-01"]).len(), 23);
        assert!(labels(&[]).is_empty());
    }
}
