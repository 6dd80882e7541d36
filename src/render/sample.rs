//! Sample notes with all fields, for checking templates and for tests.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::model::{
    Attention, Base, Bump, Change, CommitOutcome, Contributor, End, EndSource, Ends, ForgeKind, IssueRef,
    Notes, ObjectId, Outcome, Person, PullRequest, Release, RepositoryInfo, Section, Statistics, Trailer,
    Version,
};

/// A version with a breaking change, a feature with a pull request, a fix with only a commit, and a migration; and the
/// first version, which is empty.
pub(super) fn notes() -> Notes {
    Notes {
        complete: true,
        warnings: Vec::new(),
        repository: RepositoryInfo {
            forge: Some(ForgeKind::GitHub),
            owner: Some("o".into()),
            name: Some("r".into()),
            url: Some("https://github.com/o/r".into()),
        },
        releases: vec![newest(), first()],
    }
}

/// The same notes, with the ends of a comparison.
pub(super) fn comparison() -> Notes {
    let mut notes = notes();
    let end = End::named("staging".to_owned(), EndSource::Registry);
    let ends = Ends { from: end.clone(), to: end, never_ran: Vec::new(), covers_all: true };
    for release in &mut notes.releases {
        release.ends = Some(Box::new(ends.clone()));
    }
    notes
}

fn newest() -> Release {
    let ann = person("Ann");
    let bob = person("Bob");
    Release {
        version: Some(Version::new(1, 3, 0)),
        tag: Some("v1.3.0".into()),
        commit: id(9),
        date: NaiveDate::from_ymd_opt(2026, 1, 31),
        environments: vec!["staging".into()],
        base: Some(Base { version: Some(Version::new(1, 2, 0)), tag: Some("v1.2.0".into()), commit: id(1) }),
        bump: Some(Bump::Major),
        compare_url: Some("https://github.com/o/r/compare/v1.2.0...v1.3.0".into()),
        sections: sections(&ann, &bob),
        contributors: vec![contributor(&ann, Some("ann"), false), contributor(&bob, None, true)],
        attention: vec![Attention {
            kind: "migration".into(),
            title: None,
            paths: vec!["db/V7__add_orders.sql".into(), "db/V8__index.sql".into()],
        }],
        commits: [
            (4, "feat(api)!: drop `v1`"),
            (3, "feat(web): show <T> as it is (#12)"),
            (2, "fix: a * b_c"),
        ]
        .into_iter()
        .map(|(byte, subject)| CommitOutcome {
            id: id(byte),
            subject: subject.into(),
            outcome: Outcome::Listed,
            section: Some("features".into()),
            reason: "type feat".into(),
        })
        .collect(),
        statistics: Statistics { commits: 3, changes: 3, contributors: 2, days_since_base: Some(14) },
        ..first()
    }
}

fn sections(ann: &Arc<Person>, bob: &Arc<Person>) -> Vec<Section> {
    let section = |id: &str, change| Section { id: id.into(), title: None, changes: vec![change] };
    let breaking = Change {
        title: "drop `v1`".into(),
        kind: Some("feat".into()),
        scope: Some("api".into()),
        breaking: true,
        breaking_note: Some("Call `v2` instead.\n\nIt takes the same values.".into()),
        commits: vec![id(4)],
        authors: vec![Arc::clone(ann)],
        ..Change::default()
    };
    let url = |kind: &str, number: u64| Some(format!("https://github.com/o/r/{kind}/{number}"));
    let feature = Change {
        title: "show <T> as it is".into(),
        description: Some("It was swallowed.".into()),
        kind: Some("feat".into()),
        scope: Some("web".into()),
        commits: vec![id(3)],
        pull_request: Some(Box::new(PullRequest {
            number: 12,
            url: url("pull", 12),
            title: Some("Show <T> as it is".into()),
            labels: vec!["enhancement".into()],
            author: Some("ann".into()),
            ..PullRequest::default()
        })),
        authors: vec![Arc::clone(ann), Arc::clone(bob)],
        closes: vec![IssueRef { number: 7, repository: None, url: url("issues", 7) }],
        components: vec!["frontend".into()],
        areas: vec!["web".into()],
        trailers: vec![Trailer { key: "Reviewed-by".into(), value: "Grace <grace@example.com>".into() }],
        ..Change::default()
    };
    let fix = Change {
        title: "a * b_c".into(),
        kind: Some("fix".into()),
        commits: vec![id(2)],
        authors: vec![Arc::clone(bob)],
        ..Change::default()
    };
    vec![section("breaking", breaking), section("features", feature), section("fixes", fix)]
}

fn first() -> Release {
    Release {
        tag: Some("v1.2.0".into()),
        date: NaiveDate::from_ymd_opt(2026, 1, 17),
        ..Release::new(Some(Version::new(1, 2, 0)), id(1))
    }
}

fn person(name: &str) -> Arc<Person> {
    Arc::new(Person { name: name.into(), email: format!("{}@example.org", name.to_lowercase()) })
}

fn contributor(person: &Arc<Person>, login: Option<&str>, first_time: bool) -> Contributor {
    Contributor {
        person: Arc::clone(person),
        login: login.map(Into::into),
        first_time: Some(first_time),
        commits: 2,
        bot: false,
    }
}

const fn id(byte: u8) -> ObjectId {
    ObjectId::from_bytes([byte; 20])
}
