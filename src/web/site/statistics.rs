//! The charts of the page of statistics.

use chrono::NaiveDate;

use crate::render::Locale;

use super::{
    charts::{Chart, Texts, flat, upright},
    content::Content,
    periods::periods,
};

/// The charts: versions over time, changes by section, days from commit to version. Empty without versions.
pub(super) fn charts(content: &Content, sections: &[(String, String)], locale: &Locale) -> Vec<Chart> {
    let dated = content.releases.iter().enumerate().filter(|(_, page)| page.is_version());
    let dates: Vec<(usize, NaiveDate)> =
        dated.filter_map(|(at, page)| Some((at, page.release.date?))).collect();
    if dates.is_empty() {
        return Vec::new();
    }
    let text = |key: &str| locale.text(key).to_owned();
    let (length, periods) = periods(&dates);
    let versions =
        periods.iter().map(|period| (period.label.clone(), i64::try_from(period.dates.len()).ok()));
    let waited =
        periods.iter().map(|period| (period.label.clone(), content.lead_times.median(&period.dates)));
    let over_time = |id, title: &str, description: &str, column: &str| Texts {
        id,
        title: text(title),
        description: text(description),
        columns: [text(length.key()), text(column)],
    };
    let by_section = Texts {
        id: "sections",
        title: text("site_by_section"),
        description: text("site_by_section_about"),
        columns: [text("site_section"), text("changes")],
    };
    vec![
        upright(
            over_time("versions", "site_over_time", "site_over_time_about", "site_versions"),
            versions.collect(),
        ),
        flat(by_section, counts(content, sections)),
        upright(over_time("waited", "site_lead_time", "site_lead_time_about", "site_days"), waited.collect()),
    ]
}

/// The number of changes of each section, in all versions.
fn counts(content: &Content, sections: &[(String, String)]) -> Vec<(String, i64)> {
    let count = |id: &str| {
        let releases = content.releases.iter().filter(|page| page.is_version());
        let own = releases.flat_map(|page| &page.release.sections).filter(|section| section.id == id);
        i64::try_from(own.map(|section| section.changes.len()).sum::<usize>()).unwrap_or(i64::MAX)
    };
    let all = sections.iter().map(|(id, title)| (title.clone(), count(id)));
    all.filter(|(_, count)| *count > 0).collect()
}
