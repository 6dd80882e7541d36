//! The stages one by one, over a made-up repository of 5,000 commits: `cargo bench --bench stages`.
#![expect(clippy::expect_used, reason = "a benchmark that cannot start has nothing to measure")]

mod synthetic;

use std::{hint::black_box, path::Path};

use criterion::{Criterion, criterion_group, criterion_main};
use synthetic::Plan;
use tidings::{
    changes,
    git::Repository,
    history::{self, Assignment, Prereleases, Versions},
    messages,
    model::{Commit, Notes, ObjectId, Release, Section, Tag, Version},
    render::{self, Format},
    rules,
};

const COMMITS: u64 = 5_000;

struct Made {
    repository: Repository,
    tags: Vec<Tag>,
    tips: Vec<ObjectId>,
    commits: Vec<Commit>,
}

fn made(folder: &Path) -> Made {
    synthetic::create(Plan::new(COMMITS), folder).expect("git is there");
    let repository = Repository::open(folder).expect("it was just made");
    let tags = repository.tags().expect("it has tags").all;
    let head = repository.head().expect("it can be read").expect("it has commits").commit;
    let tips: Vec<ObjectId> = tags.iter().map(|tag| tag.commit).chain([head]).collect();
    let commits = walk(&repository, &tips);
    let order = order(&commits.iter().collect::<Vec<_>>());
    Made { repository, tags, tips, commits: history::arranged(commits, &order) }
}

fn order(commits: &[&Commit]) -> Vec<u32> {
    history::Graph::new(commits).newest_first(commits)
}

fn walk(repository: &Repository, tips: &[ObjectId]) -> Vec<Commit> {
    let walked = repository.walk(tips, &|_| (), &|_| ()).expect("it can be read");
    walked.commits.into_iter().map(|commit| *commit).collect()
}

fn stages(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("there is room");
    let made = made(folder.path());
    let options = history::Options::default();
    let versions = Versions::new(&made.tags, &options);
    criterion.bench_function("walk", |bench| bench.iter(|| black_box(walk(&made.repository, &made.tips))));
    let commits: Vec<&Commit> = made.commits.iter().collect();
    criterion.bench_function("order", |bench| bench.iter(|| black_box(order(&commits))));
    criterion.bench_function("assign", |bench| {
        let head = made.tips.last().copied();
        let wanted =
            Assignment { versions: &versions, head, named: None, prereleases: Prereleases::Collapse };
        let graph = history::Graph::new(&commits);
        bench.iter(|| black_box(history::assign(&graph, wanted)));
    });
    let reading = messages::Options::default();
    criterion.bench_function("messages", |bench| {
        bench.iter(|| black_box(messages::parse_commits(&made.commits, &reading)))
    });
    let messages = messages::parse_commits(&made.commits, &reading);
    let read: Vec<_> = messages.iter().map(Box::as_ref).collect();
    let index = changes::ReleasedIndex::default();
    let group = || {
        changes::group(
            &commits,
            &read,
            changes::Unit::Auto,
            changes::Released { index: &index, after: None, before: usize::MAX },
            &std::collections::BTreeMap::new(),
            changes::Lookups::none(),
        )
    };
    criterion.bench_function("group", |bench| bench.iter(|| black_box(group())));
    let changes = group().changes;
    let rules = rules::Options::default();
    criterion.bench_function("classify", |bench| {
        bench.iter_batched(
            || changes.clone(),
            |changes| black_box(rules::classify(changes, &rules)),
            criterion::BatchSize::LargeInput,
        );
    });
    let sections = rules::classify(changes.clone(), &rules).sections;
    let notes = notes(sections, made.tips.last().copied().expect("HEAD is a tip"));
    for format in [Format::Markdown, Format::Json, Format::Html, Format::Terminal] {
        let options = render::Options::new(format);
        criterion.bench_function(&format!("render {}", format.name()), |bench| {
            bench.iter(|| render::render(&notes, &options, &mut std::io::sink()));
        });
    }
}

/// One release of everything.
fn notes(sections: Vec<Section>, commit: ObjectId) -> Notes {
    let release = Release {
        tag: Some("v1.0.0".to_owned()),
        sections,
        ..Release::new(Some(Version::new(1, 0, 0)), commit)
    };
    Notes { complete: true, releases: vec![release], ..Notes::default() }
}

criterion_group!(benches, stages);
criterion_main!(benches);
