//! Places changes by reading their messages, where these have no type.

use std::borrow::Cow;

use crate::model::{Bump, Change, Reading};

use super::{
    author::is_bot,
    builtin::known_types,
    decision::{decide, is_unplaced},
    options::Options,
    read_change::ReadChange,
    reading::{Evidence, Input},
};

/// Reads a change that no rule and no label places. Sets what it was read as, and returns where that places it, if the
/// reading is sure enough. Only above the strict threshold does it hide the change or raise the minor version, and it
/// never lowers the version.
pub(super) fn read_plain(change: &mut Change, options: &Options) -> Option<ReadChange> {
    let own = decide(change, options);
    if !may_be_read(change) || own.breaking || !is_unplaced(&own, options) {
        return None;
    }
    let title = titled(change).into_owned();
    let read = input(change, &title).read()?;
    let thresholds = options.reading;
    let mut reading = Reading { class: read.class, permille: read.permille, placed: false };
    change.reading = Some(reading);
    let kind = read.class.commit_type().filter(|_| read.permille >= thresholds.place)?;
    let as_read = Change { kind: Some(kind.to_owned()), ..change.clone() };
    let mut decision = decide(&as_read, options);
    let is_sure = read.permille >= thresholds.strict;
    if is_unplaced(&decision, options) || (decision.placement.section().is_none() && !is_sure) {
        return None;
    }
    decision.bump = match decision.bump {
        Some(Bump::Minor) if is_sure => Some(Bump::Minor),
        _ => own.bump,
    };
    reading.placed = true;
    change.reading = Some(reading);
    let change = Change { reading: Some(reading), ..as_read };
    let evidence = input(&change, &title).evidence(&read);
    let reason = sentence(reading, &evidence);
    Some(ReadChange { change, decision, reason })
}

/// What is known of the message of a change.
fn input<'c>(change: &'c Change, title: &'c str) -> Input<'c> {
    let is_bot = change.authors.first().is_some_and(|author| is_bot(author));
    Input { title, files: change.files.as_ref(), is_bot }
}

/// The title of a change with the area before it.
fn titled(change: &Change) -> Cow<'_, str> {
    change
        .kind
        .as_ref()
        .map_or(Cow::Borrowed(change.title.as_str()), |area| format!("{area}: {}", change.title).into())
}

/// What speaks for and against what a change was read as, strongest first; empty if it was not read.
#[must_use]
pub fn evidence(change: &Change) -> Vec<Evidence> {
    let title = titled(change);
    let (input, read) = (input(change, &title), change.reading);
    let read = read.and_then(|_| input.read());
    read.map(|read| input.evidence(&read)).unwrap_or_default()
}

/// As in `reads as a fix (0.93): *crash*, *when*; touches some tests`.
fn sentence(reading: Reading, evidence: &[Evidence]) -> String {
    let files = evidence.iter().filter(|it| it.is_about_files && it.weight > 0);
    let files: Vec<&str> = files.take(2).map(|it| it.feature.as_str()).collect();
    let words: Vec<String> = strongest_words(evidence).map(|word| format!("*{word}*")).collect();
    let mut text = format!("reads as {} ({:.2})", reading.class.noun(), reading.confidence());
    if !words.is_empty() {
        text += &format!(": {}", words.join(", "));
    }
    if !files.is_empty() {
        text += &format!("; touches {}", files.join(", "));
    }
    text
}

/// Words that say nothing alone.
const FUNCTION_WORDS: [&str; 12] =
    ["a", "an", "and", "by", "for", "in", "is", "of", "on", "the", "to", "with"];

/// The words that speak most for a reading, up to three. A word counts with the weights of all features about it.
fn strongest_words(evidence: &[Evidence]) -> impl Iterator<Item = &str> {
    let mut words: Vec<(&str, i32)> = Vec::new();
    for Evidence { words: about, weight, .. } in evidence {
        let Some(about) = about.as_deref() else { continue };
        match words.iter_mut().find(|(word, _)| *word == about) {
            Some((_, sum)) => *sum += weight,
            None => words.push((about, *weight)),
        }
    }
    words.retain(|(word, weight)| *weight > 0 && !FUNCTION_WORDS.contains(word));
    words.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    let mut shown: Vec<&str> = Vec::new();
    for (word, weight) in &words {
        // A phrase says more than one word of it.
        let is_phrase = |(longer, other): &&(&str, i32)| {
            longer.len() > word.len() && longer.contains(word) && other * 2 >= *weight
        };
        let word = words.iter().find(is_phrase).map_or(*word, |(longer, _)| *longer);
        if shown.len() < 3 && shown.iter().all(|other| !other.contains(word) && !word.contains(other)) {
            shown.push(word);
        }
    }
    shown.into_iter()
}

/// Whether a reading may decide about a change: its message has no type, or one that only names an area (`ui: …`).
#[must_use]
pub fn may_be_read(change: &Change) -> bool {
    let is_known = |kind: &String| known_types().any(|known| known == kind);
    !change.breaking && !change.kind.as_ref().is_some_and(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileCounts, PathChangeKind};
    use crate::rules::{classify, count_file};

    fn files(paths: &[&str]) -> FileCounts {
        let mut counts = FileCounts::default();
        for path in paths {
            let kind = if path.starts_with('+') { PathChangeKind::Added } else { PathChangeKind::Modified };
            count_file(&mut counts, path.trim_start_matches('+'), kind);
        }
        counts
    }

    fn change(title: &str, paths: &[&str]) -> Change {
        let files = (!paths.is_empty()).then(|| files(paths));
        Change { title: title.to_owned(), files, ..Change::default() }
    }

    /// The type that a message reads as, `-` if it is not sure enough.
    fn read(title: &str, paths: &[&str]) -> &'static str {
        let mut change = change(title, paths);
        let placed = read_plain(&mut change, &Options::default());
        placed.and(change.reading).and_then(|it| it.class.commit_type()).unwrap_or("-")
    }

    #[test]
    fn sentences_of_two_languages_are_read() {
        for (title, paths, expected) in [
            ("Fix crash when the window is closed twice", &["src/window.rs", "tests/window.rs"][..], "fix"),
            ("Do not lose the last line of a file without a line break", &["src/lines.rs"], "fix"),
            ("Prevent a deadlock between two writers", &["src/lock.rs"], "fix"),
            ("Add an option to sort the results by size", &["src/sort.rs", "+src/size.rs"], "feat"),
            ("Support reading passwords from a file", &["src/password.rs", "tests/password.rs"], "feat"),
            ("Allow several servers in one configuration", &[], "feat"),
            ("Improve the performance of searching in large files", &["src/search.rs"], "perf"),
            ("Fix a typo in the README", &[], "docs"),
            ("修复关闭窗口时程序崩溃的问题", &["src/window.ts"], "fix"),
            ("解决列表为空时报错", &[], "fix"),
            ("新增导出报表功能", &["+src/export.ts"], "feat"),
            ("支持按名称搜索用户", &["src/user.ts"], "feat"),
        ] {
            assert_eq!(read(title, paths), expected, "{title}");
        }
    }

    #[test]
    fn other_languages_are_not_read() {
        for title in [
            "Corrige la pérdida de datos al cerrar la ventana",
            "Corrige une erreur quand la fenêtre est fermée deux fois",
            "Behebt einen Absturz beim Schließen des Fensters",
            "Исправлено падение при закрытии окна",
            "창을 닫을 때 충돌하는 문제 수정",
            "Popravljen pad programa ob zapiranju okna",
            "ウィンドウを閉じるときのクラッシュを直す",
        ] {
            assert_eq!(read(title, &["src/window.rs"]), "-", "{title}");
        }
    }

    #[test]
    fn only_sure_readings_raise_the_minor_version_or_hide_a_change() {
        let options = Options::default();
        let bump = |title: &str, paths: &[&str]| {
            let classified = classify(vec![change(title, paths)], &options, true);
            let reading = classified.changes().next().unwrap().change.reading.unwrap();
            (reading.class, reading.permille >= 900, classified.bump(), classified.hidden.len())
        };
        use crate::model::ReadingClass::{Documentation, Feature};
        let (sure, unsure) = (["+src/export.rs", "src/lib.rs", "tests/export.rs"], ["src/show.rs"]);
        assert_eq!(bump("Add support for exporting reports", &sure), (Feature, true, Some(Bump::Minor), 0));
        assert_eq!(bump("Show the number of results", &unsure), (Feature, false, Some(Bump::Patch), 0));
        let (class, _, bump, hidden) = bump("Document how to write a plugin", &[]);
        assert_eq!(
            (class, bump, hidden),
            (Documentation, Some(Bump::Patch), 1),
            "a guess never lowers the bump"
        );
    }

    #[test]
    fn types_labels_and_rules_win() {
        let typed =
            Change { kind: Some("chore".into()), ..change("Fix crash when the window is closed", &[]) };
        let classified = classify(vec![typed], &Options::default(), true);
        assert_eq!(classified.hidden.len(), 1);
        let labelled = Change {
            pull_request: Some(Box::new(crate::model::PullRequest {
                labels: vec!["enhancement".into()],
                ..crate::model::PullRequest::default()
            })),
            ..change("Fix crash when the window is closed", &[])
        };
        let classified = classify(vec![labelled], &Options::default(), true);
        assert_eq!(classified.sections[0].id, "features");
        assert!(classified.sections[0].changes[0].reading.is_none());
        let unread =
            classify(vec![change("Fix crash when the window is closed", &[])], &Options::default(), false);
        assert_eq!(unread.sections[0].id, "other");
    }

    #[test]
    fn breaking_changes_are_not_read() {
        let breaking = Change { breaking: true, ..change("Add support for plugins", &[]) };
        let classified = classify(vec![breaking], &Options::default(), true);
        assert_eq!((&*classified.sections[0].id, classified.bump()), ("breaking", Some(Bump::Major)));
        let removal =
            classify(vec![change("Remove support for the old format", &[])], &Options::default(), true);
        assert!(removal.bump() < Some(Bump::Major), "a breaking change is never guessed");
    }

    #[test]
    fn reason_names_words_and_files() {
        let classified = classify(
            vec![change("Fix crash when closing", &["src/a.rs", "tests/a.rs"])],
            &Options::default(),
            true,
        );
        let reason = classified.changes().next().unwrap().reason;
        assert!(
            reason.starts_with("listed in `fixes` by the built-in rule for fixes; reads as a fix ("),
            "{reason}"
        );
        assert!(reason.contains("*fix*"), "{reason}");
    }

    #[test]
    fn phrases_are_named_rather_than_their_words() {
        let evidence = |words: &str, weight| Evidence {
            feature: words.to_owned(),
            words: Some(words.to_owned()),
            is_about_files: false,
            weight,
        };
        let all = [
            evidence("修", 30),
            evidence("正", 20),
            evidence("修正", 16),
            evidence("the", 12),
            evidence("bug", 9),
        ];
        assert_eq!(strongest_words(&all).collect::<Vec<_>>(), ["修正", "bug"]);
        let weak = [evidence("fix", 40), evidence("fix the", 5), evidence("panic", -3)];
        assert_eq!(strongest_words(&weak).collect::<Vec<_>>(), ["fix"]);
    }
}
