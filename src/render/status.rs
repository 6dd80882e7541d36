//! The table of all environments: what runs where, since when, and what waits for the next one.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::model::{End, EnvironmentStatus, Pending, Summary};

use super::{Locale, controls::pretty, ends::EndView, escape, format::Markup};

/// How many characters of a digest are shown, with its algorithm.
const DIGEST_CHARS: usize = 19;

/// The status as a table of plain text.
#[must_use]
pub fn status_text(environments: &[EnvironmentStatus], locale: &Locale) -> String {
    let rows = table(environments, locale, Markup::Plain);
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len))
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', (width - cell.width()) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The status as a table in Markdown.
#[must_use]
pub fn status_markdown(environments: &[EnvironmentStatus], locale: &Locale) -> String {
    let mut text = String::new();
    for (number, row) in table(environments, locale, Markup::Markdown).iter().enumerate() {
        text.push_str(&format!("| {} |\n", row.join(" | ")));
        if number == 0 {
            text.push_str(&format!("|{}\n", "---|".repeat(row.len())));
        }
    }
    text
}

/// The status as a page.
#[must_use]
pub fn status_html(environments: &[EnvironmentStatus], locale: &Locale) -> String {
    let title = escape::line(locale.text("status_title"), &[], Markup::Html);
    let mut text = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>\n\
         body {{ font: 16px/1.6 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }}\n\
         td, th {{ border-bottom: 1px solid #8884; padding: .3rem .8rem; text-align: left; vertical-align: top; }}\n\
         table {{ border-collapse: collapse; }}\n</style>\n</head>\n<body>\n<h1>{title}</h1>\n<table>\n",
        escape::line(locale.name(), &[], Markup::Html)
    );
    for (number, row) in table(environments, locale, Markup::Html).iter().enumerate() {
        let tag = if number == 0 { "th" } else { "td" };
        let cells: String = row.iter().map(|cell| format!("<{tag}>{cell}</{tag}>")).collect();
        text.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    text + "</table>\n</body>\n</html>\n"
}

/// The status as JSON.
#[must_use]
pub fn status_json(environments: &[EnvironmentStatus]) -> String {
    let pending = |pending: &Pending| {
        let changes = pending.changes.as_ref();
        json!({
            "environment": pending.environment,
            "known": changes.is_some(),
            "rollback": changes.is_some_and(|it| it.is_rollback),
            "versions": changes.map(|it| it.versions.iter().map(ToString::to_string).collect::<Vec<_>>()),
            "changes": changes.map(|it| it.changes),
            "breaking": changes.map(|it| it.breaking),
            "migrations": changes.map(|it| &it.migrations),
        })
    };
    let row = |status: &EnvironmentStatus| -> Value {
        let running = serde_json::to_value(EndView::new(&status.running)).unwrap_or_default();
        json!({ "running": running, "pending": status.pending.as_ref().map(pending) })
    };
    let rows: Vec<Value> = environments.iter().map(row).collect();
    let generator = concat!("tidings ", env!("CARGO_PKG_VERSION"));
    pretty(&json!({ "schema": 1, "generator": generator, "environments": rows }))
}

/// The rows with their headings, escaped.
fn table(environments: &[EnvironmentStatus], locale: &Locale, markup: Markup) -> Vec<Vec<String>> {
    let escaped = |text: &str| match markup {
        Markup::Plain => escape::clean(text).into_owned(),
        Markup::Markdown => escape::line(text, &[], markup).replace('|', "\\|").replace("\\\\|", "\\|"),
        Markup::Html | Markup::Slack | Markup::Rpm => escape::line(text, &[], markup),
    };
    let headings = [
        "deploy_environment",
        "status_version",
        "status_since",
        "status_by",
        "status_image",
        "status_pending",
    ];
    let headings = headings.iter().map(|key| escaped(locale.text(key))).collect();
    let rows = |status: &EnvironmentStatus| -> Vec<Vec<String>> {
        let rows = image_rows(&status.running, locale).into_iter().enumerate();
        let row = |(number, [version, image]): (usize, [String; 2])| {
            let running = &status.running;
            let pending = status.pending.as_ref().filter(|_| number == 0);
            let cells = [
                running.environment.clone().unwrap_or_else(|| running.name.clone()),
                version,
                running.since.clone().unwrap_or_default(),
                running.by.clone().unwrap_or_default(),
                image,
                pending.map(|pending| pending_text(pending, locale)).unwrap_or_default(),
            ];
            cells.iter().map(|cell| escaped(cell)).collect()
        };
        rows.map(row).collect()
    };
    std::iter::once(headings).chain(environments.iter().flat_map(rows)).collect()
}

/// The version and the image of each row of an environment: one for each image, or one without an image.
fn image_rows(running: &End, locale: &Locale) -> Vec<[String; 2]> {
    let rows = running.images.iter().map(|image| {
        let digest: String = image.digest.chars().take(DIGEST_CHARS).collect();
        let name = image.component.as_ref().filter(|_| running.images.len() > 1);
        let unknown = || match name {
            Some(_) => locale.text("status_unknown").to_owned(),
            None => running.version_text(),
        };
        let version = image.version.as_ref().map_or_else(unknown, ToString::to_string);
        [version, name.map_or_else(|| digest.clone(), |name| format!("{name} {digest}"))]
    });
    let rows: Vec<[String; 2]> = rows.collect();
    if rows.is_empty() { vec![[version(running, locale), String::new()]] } else { rows }
}

fn version(running: &End, locale: &Locale) -> String {
    if running.is_empty() { locale.text("status_nothing").to_owned() } else { running.version_text() }
}

/// What waits for the next environment, in words.
fn pending_text(pending: &Pending, locale: &Locale) -> String {
    let list = match &pending.changes {
        None => locale.text("status_unknown").to_owned(),
        Some(changes) if changes.is_rollback => locale.text("status_behind").to_owned(),
        Some(changes) => counts(changes, locale),
    };
    locale.text("status_for").replace("{list}", &list).replace("{environment}", &pending.environment)
}

fn counts(changes: &Summary, locale: &Locale) -> String {
    let counts = [
        ("one_version", "version_count", changes.versions.len()),
        ("one_change", "change_count", changes.changes),
        ("one_breaking", "breaking_count", changes.breaking),
        ("one_migration", "migration_count", changes.migrations.len()),
    ];
    let counted = counts.into_iter().filter(|(_, _, count)| *count > 0);
    let words: Vec<String> = counted.map(|(one, many, count)| locale.counted(one, many, count)).collect();
    if words.is_empty() {
        locale.text("no_changes").to_owned()
    } else {
        words.join(locale.text("list_comma"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EndImage, EndSource, Version};

    fn environments() -> Vec<EnvironmentStatus> {
        let staging = End {
            environment: Some("staging".into()),
            version: Some(Version::new(1, 3, 0)),
            by: Some("<a>|*b*".into()),
            since: Some("2026-03-01T08:00:00Z".into()),
            images: vec![EndImage {
                component: None,
                repository: "r.example/app".into(),
                digest: format!("sha256:{}", "a1".repeat(32)),
                version: Some(Version::new(1, 3, 0)),
            }],
            ..End::named("staging".into(), EndSource::Registry)
        };
        let changes = Summary {
            versions: vec![Version::new(1, 3, 0), Version::new(1, 2, 0)],
            changes: 3,
            breaking: 1,
            migrations: vec!["V1.sql".into()],
            is_rollback: false,
        };
        let pending = Some(Pending { environment: "production".into(), changes: Some(changes) });
        vec![
            EnvironmentStatus { running: staging, pending },
            EnvironmentStatus { running: End::named("production".into(), EndSource::Nothing), pending: None },
        ]
    }

    #[test]
    fn table_is_aligned_and_escaped() {
        let english = Locale::default();
        assert_eq!(
            status_text(&environments(), &english),
            "Environment  Version           Since                 Deployed by  Image                Waiting\n\
             staging      1.3.0             2026-03-01T08:00:00Z  <a>|*b*      sha256:a1a1a1a1a1a1  for production: \
             2 versions, 3 changes, 1 breaking change, 1 migration\n\
             production   nothing deployed\n"
        );
        let markdown = status_markdown(&environments(), &english);
        assert!(markdown.contains("| \\<a>\\|\\*b\\* |"), "{markdown}");
        assert_eq!(markdown.lines().nth(1), Some("|---|---|---|---|---|---|"));
        let html = status_html(&environments(), &english);
        assert!(html.contains("<td>&lt;a&gt;|*b*</td>"), "{html}");
        let form: Value = serde_json::from_str(&status_json(&environments())).unwrap();
        assert_eq!(form["environments"][0]["pending"]["migrations"], json!(["V1.sql"]));
        assert_eq!(form["environments"][1]["running"]["source"], "nothing");
    }
}
