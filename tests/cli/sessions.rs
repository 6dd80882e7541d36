//! Sessions: repositories that one process opens one after another, or at the same time.

use std::{path::Path, thread};

use tidings::{
    model::Notes,
    notes::Selector,
    session::Session,
    settings::{self, Overrides},
};

use crate::support::Repo;

fn notes(session: &Session) -> Notes {
    session.notes(session.line().unwrap(), &Selector::All(None)).unwrap()
}

fn open(folder: &Path) -> Session {
    let overrides = Overrides {
        repo: Some(folder.to_owned()),
        offline: true,
        trusted: true,
        quiet: true,
        ..Overrides::default()
    };
    // Variables of the tests, such as `TIDINGS_TESTS_REQUIRE`, are not keys of a configuration.
    let mut process = settings::current_process();
    process.variables.clear();
    Session::open(&overrides, &process).unwrap()
}

#[test]
fn sessions_of_one_process_share_no_state() {
    let (one, other) = (Repo::new(), Repo::new());
    one.commit("feat: one");
    one.tag("v1.0.0");
    other.commit("fix: other");
    let (first, second) = (open(one.dir()), open(one.dir()));
    let expected = notes(&first);
    assert_eq!(expected.releases.len(), 2);
    assert_eq!(notes(&second), expected);
    assert_eq!(notes(&first), expected, "a session gives the same notes again");
    let folder = other.dir();
    let titles = thread::scope(|scope| {
        let opened = scope.spawn(|| notes(&open(folder)));
        assert_eq!(notes(&open(one.dir())), expected);
        let notes = opened.join().unwrap();
        let sections = notes.releases.into_iter().flat_map(|release| release.sections);
        sections.flat_map(|section| section.changes).map(|change| change.title).collect::<Vec<_>>()
    });
    assert_eq!(titles, ["other"]);
    // A session that is opened later sees new tags.
    one.tag("v1.1.0");
    assert_eq!(notes(&first), expected);
    assert_ne!(notes(&open(one.dir())), expected);
}
