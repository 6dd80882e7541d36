//! Generates commit messages of realistic and uneven quality.

use super::random::Random;
use super::words::{CHINESE, ENDS, KINDS, NOUNS, PACKAGES, PEOPLE, PROJECTS, SENTENCES, VERBS};

/// A commit subject; three of four are conventional.
pub(super) fn subject(random: &mut Random) -> String {
    let text = match random.chance(80) {
        true => random.pick(CHINESE).to_owned(),
        false => {
            let (verb, noun, end) = (random.pick(VERBS), random.pick(NOUNS), random.pick(ENDS));
            format!("{verb} {noun} {end}").trim_end().to_owned()
        }
    };
    let (kind, scope) = (random.pick_skewed(KINDS), random.pick_skewed(PACKAGES));
    match random.below(100) {
        0..40 => format!("{kind}({scope}): {text}"),
        40..72 => format!("{kind}: {text}"),
        72..74 => format!("{kind}({scope})!: {text}"),
        74..76 => format!("{kind}：{text}"),
        76..80 => format!("[SHOP-{}] {text}", random.below(5000)),
        80..82 => format!("✨ {text}"),
        _ => text,
    }
}

/// A complete message: a subject, usually a body, sometimes footers.
pub(super) fn plain(random: &mut Random) -> String {
    let mut text = subject(random);
    match random.below(100) {
        0..30 => {}
        30..75 => paragraphs(random, 1, 3, &mut text),
        75..97 => paragraphs(random, 2, 6, &mut text),
        // A very long body: a detailed explanation or a pasted log.
        _ => paragraphs(random, 10, 60, &mut text),
    }
    footers(random, &mut text);
    text
}

/// The message of a forge for a squashed pull request with this number.
pub(super) fn squash(random: &mut Random, number: u64) -> String {
    let mut text = format!("{} (#{number})", subject(random));
    match random.below(10) {
        0..3 => {}
        3..6 => paragraphs(random, 1, 4, &mut text),
        _ => {
            text += "\n";
            for _ in 0..random.between(2, 9) {
                let line = subject(random);
                text += &format!("\n* {line}\n");
                if random.chance(300) {
                    text += &format!("\n{}\n", wrapped(random.pick(SENTENCES)));
                }
            }
        }
    }
    footers(random, &mut text);
    text
}

/// The message of a dependency bot: release notes of another project, which must not affect ours.
pub(super) fn bump(random: &mut Random, number: u64) -> String {
    let (project, from) = (random.pick(PROJECTS), random.below(20));
    let to = from + 1;
    let mut text = format!("chore(deps): bump {project} from 2.{from}.0 to 2.{to}.0 (#{number})\n\n");
    text += &format!("Bumps [{project}](https://example.com/{project}) from 2.{from}.0 to 2.{to}.0.\n");
    text += "<details>\n<summary>Release notes</summary>\n<blockquote>\n";
    for _ in 0..random.between(5, 60) {
        let (verb, noun) = (random.pick(VERBS), random.pick(NOUNS));
        text +=
            &format!("<li>feat: {verb} {noun} (<a href=\"https://example.com/{project}\">#{to}</a>)</li>\n");
    }
    text + "<p>BREAKING CHANGE: the minimum version is raised</p>\n</blockquote>\n</details>\n\n\
        Signed-off-by: dependabot[bot] <support@github.com>\n"
}

/// The message of a forge for the merge of a pull request from `branch` into `develop`.
pub(super) fn merged_pull_request(random: &mut Random, number: u64, branch: &str) -> String {
    let title = subject(random);
    match random.below(4) {
        0 | 1 => format!("Merge pull request #{number} from acme/{branch}\n\n{title}\n"),
        2 => format!(
            "Merged in {branch} (pull request #{number})\n\n{title}\n\nApproved-by: {}\n",
            random.pick(PEOPLE)
        ),
        _ => format!(
            "Merge branch '{branch}' into 'develop'\n\n{title}\n\nSee merge request acme/shop!{number}\n"
        ),
    }
}

fn paragraphs(random: &mut Random, low: u64, high: u64, text: &mut String) {
    for _ in 0..random.between(low, high) {
        text.push('\n');
        for _ in 0..random.between(1, 4) {
            text.push('\n');
            *text += &wrapped(random.pick(SENTENCES));
        }
    }
    text.push('\n');
}

/// A sentence wrapped at about 72 characters.
fn wrapped(sentence: &str) -> String {
    let (mut text, mut width) = (String::new(), 0);
    for word in sentence.split(' ') {
        if width + word.len() > 72 {
            text.push('\n');
            width = 0;
        } else if !text.is_empty() {
            text.push(' ');
        }
        text += word;
        width += word.len() + 1;
    }
    text
}

fn footers(random: &mut Random, text: &mut String) {
    let mut lines = Vec::new();
    if random.chance(10) {
        lines.push("BREAKING CHANGE: the field `total` is a string now; read it as a decimal".to_owned());
    }
    if random.chance(200) {
        lines.push(format!("Closes #{}", random.below(20_000)));
    }
    if random.chance(80) {
        lines.push(format!("Co-authored-by: {}", random.pick_skewed(PEOPLE)));
    }
    if random.chance(300) {
        lines.push(format!("Signed-off-by: {}", random.pick_skewed(PEOPLE)));
    }
    if !lines.is_empty() {
        *text = format!("{}\n\n{}\n", text.trim_end(), lines.join("\n"));
    }
}
