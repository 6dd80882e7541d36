//! Benchmarks of the single stages, on a synthetic repository of 5,000 commits: `cargo bench --bench stages`.
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

struct Fixture {
    repository: Repository,
    tags: Vec<Tag>,
    tips: Vec<ObjectId>,
    commits: Vec<Commit>,
}

fn fixture(folder: &Path) -> Fixture {
    synthetic::create(Plan::new(COMMITS), folder).expect("git is there");
    let repository = Repository::open(folder).expect("it was just made");
    let tags = repository.tags().expect("it has tags").all;
    let head = repository.head().expect("it can be read").expect("it has commits").commit;
    let tips: Vec<ObjectId> = tags.iter().map(|tag| tag.commit).chain([head]).collect();
    let commits = walk(&repository, &tips);
    let order = order(&commits.iter().collect::<Vec<_>>());
    Fixture { repository, tags, tips, commits: history::reorder(commits, &order) }
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
    let fixture = fixture(folder.path());
    let options = history::Options::default();
    let versions = Versions::new(&fixture.tags, &options);
    criterion
        .bench_function("walk", |bench| bench.iter(|| black_box(walk(&fixture.repository, &fixture.tips))));
    let commits: Vec<&Commit> = fixture.commits.iter().collect();
    criterion.bench_function("order", |bench| bench.iter(|| black_box(order(&commits))));
    criterion.bench_function("assign", |bench| {
        let head = fixture.tips.last().copied();
        let wanted = Assignment {
            versions: &versions,
            head,
            unreleased_version: None,
            prereleases: Prereleases::Collapse,
            line: None,
        };
        let order = order(&commits);
        let graph = history::Graph::new(&commits).reordered(&order);
        let ids: Vec<ObjectId> = commits.iter().map(|commit| commit.id).collect();
        let ids = history::reorder(ids, &order);
        bench.iter(|| black_box(history::assign(&graph, &ids, wanted)));
    });
    let reading = messages::Options::default();
    criterion.bench_function("messages", |bench| {
        bench.iter(|| black_box(messages::parse_commits(&fixture.commits, &reading)))
    });
    let messages = messages::parse_commits(&fixture.commits, &reading);
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
            |changes| black_box(rules::classify(changes, &rules, false)),
            criterion::BatchSize::LargeInput,
        );
    });
    read_messages(criterion);
    let sections = rules::classify(changes.clone(), &rules, false).sections;
    let notes = notes(sections, fixture.tips.last().copied().expect("HEAD is a tip"));
    for format in [Format::Markdown, Format::Json, Format::Html, Format::Terminal] {
        let options = render::Options::new(format);
        criterion.bench_function(&format!("render {}", format.name()), |bench| {
            bench.iter(|| render::render(&notes, &options, &mut std::io::sink()));
        });
    }
}

fn read_messages(criterion: &mut Criterion) {
    // A quarter of the messages in Chinese.
    let titles = [
        "Fix crash when the window is closed twice",
        "Add an option to sort the results by size, and use it in `list --all`",
        "search: do not lose the last line of a file without a line break",
        "修复关闭窗口时程序崩溃的问题",
    ];
    criterion.bench_function("read 4 messages", |bench| {
        let read = |title| rules::reading::Input { title, files: None, is_bot: false }.read();
        bench.iter(|| titles.map(|title| read(black_box(title))));
    });
}

/// One release with the whole history.
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
