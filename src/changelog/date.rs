//! Finds and writes dates in the forms that headings have.

use std::ops::Range;

use chrono::{Datelike as _, NaiveDate};

/// The form of a date, as a `strftime` pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct DateForm(&'static str);

/// A date in a text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DateInText {
    pub(super) date: NaiveDate,
    pub(super) range: Range<usize>,
    pub(super) form: DateForm,
}

/// Each pattern with its number of words. Month and day in numbers alone (`01/02/2026`) are ambiguous, so no pattern
/// has them.
const FORMS: [(&str, usize); 13] = [
    ("%Y-%m-%d", 1),
    ("%Y/%m/%d", 1),
    ("%Y.%m.%d", 1),
    ("%d.%m.%Y", 1),
    ("%Y年%m月%d日", 1),
    ("%Y年%-m月%-d日", 1),
    ("%B %-d, %Y", 3),
    ("%B %d, %Y", 3),
    ("%b %-d, %Y", 3),
    ("%-d %B %Y", 3),
    ("%d %B %Y", 3),
    ("%-d %b %Y", 3),
    ("%d-%b-%Y", 1),
];

impl DateForm {
    pub(super) fn write(self, date: NaiveDate) -> String {
        date.format(self.0).to_string()
    }
}

/// The first date in the text.
pub(super) fn find(text: &str) -> Option<DateInText> {
    // Parsing is slow, and most headings have no date or are read several times.
    if !has_year(text) {
        return None;
    }
    let starts = text.char_indices().filter(|(at, c)| {
        c.is_alphanumeric() && !text.get(..*at).is_some_and(|before| before.ends_with(char::is_alphanumeric))
    });
    starts
        .map(|(at, _)| at)
        .find_map(|at| FORMS.iter().find_map(|(form, words)| at_start(text, at, form, *words)))
}

/// Whether the whole text is one date.
pub(super) fn is_date(text: &str) -> bool {
    find(text).is_some_and(|found| found.range == (0..text.len()))
}

/// The years that dates in changelogs have; other numbers of four digits may be parts of a version.
const YEARS: Range<i32> = 1970..2200;

fn has_year(text: &str) -> bool {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    numbers.filter_map(|digits| digits.parse().ok()).any(|year| YEARS.contains(&year))
}

fn at_start(text: &str, at: usize, form: &'static str, words: usize) -> Option<DateInText> {
    let rest = text.get(at..)?;
    let mut end = rest.len();
    for (seen, (space, _)) in rest.match_indices(char::is_whitespace).enumerate() {
        if seen + 1 == words {
            end = space;
            break;
        }
    }
    let candidate = rest.get(..end)?;
    let candidate = match candidate.find(|c| ")]([:|）］】」（［【「，：".contains(c)) {
        Some(close) => candidate.get(..close)?,
        None => candidate,
    };
    let candidate = candidate.trim_end_matches([',', '.', ';', ' ']);
    let date = NaiveDate::parse_from_str(candidate, form).ok()?;
    let exact = DateForm(form).write(date) == candidate;
    (YEARS.contains(&date.year()) && exact).then(|| DateInText {
        date,
        range: at..at + candidate.len(),
        form: DateForm(form),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_forms_are_found_and_written_alike() {
        let other = NaiveDate::from_ymd_opt(2025, 3, 7).unwrap();
        for (text, expected) in [
            ("1.2.0 - 2026-01-31", "2025-03-07"),
            ("(2026/01/31)", "2025/03/07"),
            ("1.2.0 (31.01.2026)", "07.03.2025"),
            ("January 31, 2026 - 1.2.0", "March 7, 2025"),
            ("January 5, 2026", "March 7, 2025"),
            ("released Jan 5, 2026.", "Mar 7, 2025"),
            ("1.2.0 / 31 January 2026", "7 March 2025"),
            ("5 Jan 2026", "7 Mar 2025"),
            ("2026年01月31日", "2025年03月07日"),
            ("2026年1月5日", "2025年3月7日"),
        ] {
            let found = find(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.date.year(), 2026, "{text}");
            assert_eq!(found.form.write(other), expected, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_not_dates() {
        for text in ["", "1.2.0", "01/02/2026", "2026", "2026-13-01", "20260131", "31.01.26"] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
