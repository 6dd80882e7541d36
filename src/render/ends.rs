//! The two ends of a comparison in words, and their view in the JSON form.

use serde::Serialize;

use crate::model::{End, EndImage, Ends, Release, Version};

use super::Locale;

/// The heading of a release that has all changes between two ends: `production 1.1.0 → staging 1.3.0`. An environment
/// that both ends name is named once.
pub(super) fn heading(ends: &Ends, locale: &Locale) -> String {
    let to = match &ends.to.environment {
        Some(environment) if ends.from.environment.as_ref() == Some(environment) => ends.to.version_text(),
        _ => short(&ends.to),
    };
    let from = match &ends.from.environment {
        Some(environment) if ends.from.is_empty() => {
            format!("{environment} ({})", locale.text("first_deployment"))
        }
        _ => short(&ends.from),
    };
    format!("{from} → {to}")
}

/// An end with its environment, if it is one.
fn short(end: &End) -> String {
    match &end.environment {
        Some(environment) => format!("{environment} {}", end.version_text()),
        None => end.version_text(),
    }
}

/// The sentences about both ends, and about the versions in between.
pub(super) fn sentences(ends: &Ends, release: &Release, locale: &Locale) -> Vec<String> {
    let environment = ends.environment().unwrap_or_default();
    let from_to = if ends.from.is_empty() {
        let text = locale.text("ends_first").replace("{to}", &in_full(&ends.to));
        text.replace("{environment}", environment)
    } else {
        let text = locale.text("ends").replace("{to}", &in_full(&ends.to));
        text.replace("{from}", &in_full(&ends.from))
    };
    let mut sentences = vec![from_to];
    if let Some(environment) = ends.environment().filter(|_| ends.are_same()) {
        let text = locale.text("already_runs").replace("{version}", &ends.to.version_text());
        sentences.push(text.replace("{environment}", environment));
    }
    let passed: (Vec<&Version>, Vec<&Version>) =
        release.skipped.iter().partition(|version| ends.never_ran.contains(version));
    for (versions, key) in [(passed.0, "skipped_never_ran"), (passed.1, "skipped")] {
        if !versions.is_empty() {
            let list: Vec<String> = versions.iter().map(ToString::to_string).collect();
            let text = locale.text(key).replace("{versions}", &list.join(", "));
            sentences.push(text.replace("{environment}", environment));
        }
    }
    sentences
}

/// An end with its date and digest: `staging 1.3.0 (2026-01-31, sha256:…)`; of several images each with its component.
fn in_full(end: &End) -> String {
    let image = |image: &EndImage| {
        let version = image.version.as_ref().filter(|_| end.is_mixed()).map(ToString::to_string);
        let words = [image.component.clone(), version, Some(image.digest.clone())];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let facts: Vec<String> =
        end.date.iter().map(ToString::to_string).chain(end.images.iter().map(image)).collect();
    match facts.as_slice() {
        [] => short(end),
        facts => format!("{} ({})", short(end), facts.join(", ")),
    }
}

/// Two ends in the JSON form.
#[derive(Serialize)]
pub(super) struct EndsView<'a> {
    from: EndView<'a>,
    to: EndView<'a>,
    never_ran: Vec<String>,
    covers_all: bool,
    /// Only for templates: the heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
}

#[derive(Serialize)]
pub(super) struct EndView<'a> {
    name: &'a str,
    environment: Option<&'a str>,
    version: Option<String>,
    commit: Option<String>,
    digest: Option<&'a str>,
    images: Vec<EndImageView<'a>>,
    date: Option<String>,
    since: Option<&'a str>,
    by: Option<&'a str>,
    source: &'static str,
}

#[derive(Serialize)]
struct EndImageView<'a> {
    component: Option<&'a str>,
    repository: &'a str,
    digest: &'a str,
    version: Option<String>,
}

impl<'a> EndsView<'a> {
    /// The view; `locale` is that of the heading, for a template.
    pub(super) fn new(ends: &'a Ends, locale: Option<&Locale>) -> Self {
        Self {
            from: EndView::new(&ends.from),
            to: EndView::new(&ends.to),
            never_ran: ends.never_ran.iter().map(ToString::to_string).collect(),
            covers_all: ends.covers_all,
            heading: locale.map(|locale| heading(ends, locale)),
        }
    }
}

impl<'a> EndView<'a> {
    pub(super) fn new(end: &'a End) -> Self {
        Self {
            name: &end.name,
            environment: end.environment.as_deref(),
            version: end.version.as_ref().map(ToString::to_string),
            commit: end.commit.map(|commit| commit.to_string()),
            digest: end.digest(),
            images: end.images.iter().map(EndImageView::new).collect(),
            date: end.date.map(|date| date.to_string()),
            since: end.since.as_deref(),
            by: end.by.as_deref(),
            source: end.source.name(),
        }
    }
}

impl<'a> EndImageView<'a> {
    fn new(image: &'a EndImage) -> Self {
        Self {
            component: image.component.as_deref(),
            repository: &image.repository,
            digest: &image.digest,
            version: image.version.as_ref().map(ToString::to_string),
        }
    }
}
