//! What must be done so that the forge has what is wanted.

use crate::{
    forge::{Abilities, Asset, Attachment, Fields, Release, RemoteTag},
    model::ForgeKind,
};

use super::{
    Error, Mode,
    action::{Action, Plan},
    body::{compose, is_ours, is_same},
    state::RemoteState,
};

/// Whether a release becomes the one that the forge shows as the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Latest {
    /// When it is published: unless it is a pre-release, or there is a higher final version.
    #[default]
    Auto,
    /// Yes.
    Yes,
    /// No.
    No,
}

/// What is wanted of a release.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Its tag.
    pub tag: String,
    /// The objects that the tag may be on the forge: its own and its commit's. Empty where it is not tagged here.
    pub objects: Vec<String>,
    /// Its title, and whether somebody asked for this one.
    pub title: (String, bool),
    /// The text that is our part of its body.
    pub text: String,
    /// What becomes of a body that is there.
    pub mode: Mode,
    /// Whether it stays a draft.
    pub draft: bool,
    /// Whether its version is a pre-release.
    pub prerelease: bool,
    /// Whether somebody asked for that, so that it is changed where it was published otherwise.
    pub prerelease_is_set: bool,
    /// Whether it becomes the latest.
    pub latest: Latest,
    /// Whether no final version here is higher.
    pub is_highest: bool,
    /// Whether the forge may make the tag.
    pub create_tag: bool,
    /// Where it makes it.
    pub target: Option<String>,
    /// The category of the discussion that is opened (GitHub).
    pub discussion: Option<String>,
    /// The titles of its milestones (GitLab).
    pub milestones: Option<Vec<String>>,
    /// When it was or will be released, RFC 3339 (GitLab).
    pub released_at: Option<String>,
    /// Its files.
    pub files: Vec<Attachment>,
}

/// Decides what is to be done.
///
/// # Errors
/// When what is wanted cannot be.
pub fn plan(wish: &Wish, state: &RemoteState) -> Result<Plan, Error> {
    possible(wish, state)?;
    let old = state.release.as_ref();
    let composed = compose(old.map_or("", |release| &release.body), &wish.text, wish.mode);
    let mut plan = Plan {
        tag: wish.tag.clone(),
        release: old.cloned(),
        actions: Vec::new(),
        remarks: composed.remark.map(str::to_owned).into_iter().collect(),
    };
    match old {
        None => plan.actions = fresh(wish, state, composed.body),
        Some(release) => {
            let fields = differing(wish, state, release, composed.body);
            if let Some(fields) = fields {
                plan.actions.push(Action::Update { fields, old_body: release.body.clone() });
            }
            plan.actions.extend(files(&wish.files, &release.assets));
            if release.draft && !wish.draft {
                plan.actions.push(publish(wish, state));
            } else if wish.draft && !release.draft {
                plan.remarks
                    .push(format!("{} is published already; --draft does not take it back", wish.tag));
            }
        }
    }
    Ok(plan)
}

/// Whether a forge has an ability.
type HasAbility = fn(Abilities) -> bool;

/// Refuses what cannot be, before anything is done.
pub(super) fn possible(wish: &Wish, state: &RemoteState) -> Result<(), Error> {
    let (forge, tag) = (state.forge, wish.tag.clone());
    if wish.prerelease && wish.latest == Latest::Yes {
        return Err(Error::Senseless(format!("{tag} is a pre-release, and such a one is never the latest")));
    }
    if wish.draft && !state.abilities.drafts {
        return Err(Error::Senseless(format!("{} has no drafts", forge.title())));
    }
    let only: [(bool, &str, HasAbility); 3] = [
        (wish.discussion.is_some(), "--discussion", |abilities| abilities.discussions),
        (wish.milestones.is_some(), "--milestone", |abilities| abilities.milestones),
        (wish.released_at.is_some(), "--released-at", |abilities| abilities.dates),
    ];
    for (is_set, option, has) in only {
        if is_set && !has(state.abilities) {
            let able: Vec<&str> = ForgeKind::ALL
                .iter()
                .copied()
                .filter(|kind| has(kind.abilities()))
                .map(ForgeKind::title)
                .collect();
            return Err(Error::Senseless(format!("{option} is for {} alone", able.join(" and "))));
        }
    }
    if state.release.as_ref().is_some_and(|release| !release.draft) {
        return Ok(());
    }
    match &state.tag {
        None if wish.create_tag => Ok(()),
        None => Err(Error::NoTag { forge, tag }),
        Some(RemoteTag { object: Some(object) })
            if !wish.objects.is_empty() && !wish.objects.contains(object) =>
        {
            Err(Error::OtherTag { forge, tag })
        }
        Some(_) => Ok(()),
    }
}

/// The steps to a release that is not there.
fn fresh(wish: &Wish, state: &RemoteState, body: String) -> Vec<Action> {
    let abilities = state.abilities;
    let fields = Fields {
        title: Some(wish.title.0.clone()),
        body: Some(body),
        draft: abilities.drafts.then_some(true),
        prerelease: abilities.prereleases.then_some(wish.prerelease),
        latest: abilities.latest.then_some(false),
        target: wish.target.clone().filter(|_| wish.create_tag && state.tag.is_none()),
        discussion: None,
        milestones: wish.milestones.clone(),
        released_at: wish.released_at.clone(),
    };
    if !abilities.drafts {
        return vec![Action::Create { fields, files: wish.files.clone() }];
    }
    let mut actions = vec![Action::Create { fields, files: Vec::new() }];
    actions.extend(files(&wish.files, &[]));
    if !wish.draft {
        actions.push(publish(wish, state));
    }
    actions
}

pub(super) fn publish(wish: &Wish, state: &RemoteState) -> Action {
    Action::Publish {
        fields: Fields {
            draft: Some(false),
            latest: latest(wish, state),
            discussion: wish.discussion.clone(),
            ..Fields::default()
        },
    }
}

/// What GitHub is told about the latest release, whatever changes: it takes silence for yes, and so a backport would steal it.
fn latest(wish: &Wish, state: &RemoteState) -> Option<bool> {
    let is_published = state.release.as_ref().is_some_and(|release| !release.draft);
    let is_now = state.latest.as_deref() == Some(&wish.tag);
    state.abilities.latest.then_some(match wish.latest {
        Latest::Yes => true,
        Latest::No => false,
        Latest::Auto if wish.prerelease => false,
        Latest::Auto if is_published => is_now,
        Latest::Auto => wish.is_highest && !state.latest_is_higher,
    })
}

/// What differs, or nothing. What a release was published as (pre-release, latest) may have been changed by people since, and a
/// deployment may hang on it: only who asks for it changes it back. A release in which people wrote keeps its title too.
fn differing(wish: &Wish, state: &RemoteState, release: &Release, body: String) -> Option<Fields> {
    let owns_title = wish.title.1 || is_ours(&release.body) || release.title.is_empty();
    let owns_kind = state.abilities.prereleases && (release.draft || wish.prerelease_is_set);
    let gets_latest = state.abilities.latest
        && !release.draft
        && wish.latest == Latest::Yes
        && state.latest.as_deref() != Some(&wish.tag);
    let mut fields = Fields {
        title: Some(wish.title.0.clone()).filter(|title| owns_title && *title != release.title),
        body: Some(body).filter(|body| !is_same(body, &release.body)),
        prerelease: Some(wish.prerelease).filter(|is| owns_kind && *is != release.prerelease),
        milestones: wish.milestones.clone().filter(|titles| !is_same_set(titles, &release.milestones)),
        released_at: wish
            .released_at
            .clone()
            .filter(|at| !is_same_moment(at, release.released_at.as_deref().unwrap_or_default())),
        ..Fields::default()
    };
    if fields == Fields::default() && !gets_latest {
        return None;
    }
    fields.latest = latest(wish, state).map(|is| is && !release.draft);
    Some(fields)
}

fn is_same_set(one: &[String], other: &[String]) -> bool {
    let sorted = |titles: &[String]| titles.iter().cloned().collect::<std::collections::BTreeSet<_>>();
    sorted(one) == sorted(other)
}

fn is_same_moment(one: &str, other: &str) -> bool {
    let moment = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
    one == other || (moment(one).is_some() && moment(one) == moment(other))
}

/// Adds what is missing and replaces what differs. Where the forge tells no digest, the size must do.
fn files(wanted: &[Attachment], there: &[Asset]) -> Vec<Action> {
    let mut actions = Vec::new();
    for file in wanted {
        let is_it = |asset: &&Asset| is_same_file(file, asset) == Some(true);
        let same_name = || there.iter().filter(|asset| asset.name == file.name);
        if same_name().any(|asset| is_it(&asset)) {
            continue;
        }
        actions.extend(same_name().cloned().map(Action::Remove));
        actions.push(Action::Attach(file.clone()));
    }
    actions
}

/// Whether an asset has the file's content; `None` where the forge tells neither digest nor size.
pub(super) fn is_same_file(file: &Attachment, asset: &Asset) -> Option<bool> {
    match (&asset.sha256, asset.size) {
        (Some(digest), _) => Some(*digest == file.sha256),
        (None, Some(size)) => Some(usize::try_from(size) == Ok(file.content.len())),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GITHUB: Abilities = ForgeKind::GitHub.abilities();

    fn wish() -> Wish {
        Wish {
            tag: "v1.1.0".to_owned(),
            objects: vec!["a".to_owned()],
            title: ("v1.1.0".to_owned(), false),
            text: "- a".to_owned(),
            is_highest: true,
            ..Wish::default()
        }
    }

    fn state(release: Option<Release>) -> RemoteState {
        RemoteState {
            forge: ForgeKind::GitHub,
            abilities: GITHUB,
            release,
            tag: Some(RemoteTag { object: Some("a".to_owned()) }),
            latest: None,
            latest_is_higher: false,
        }
    }

    fn words(wish: &Wish, state: &RemoteState) -> Vec<String> {
        plan(wish, state).unwrap().actions.iter().map(|action| action.words(&wish.tag)).collect()
    }

    /// What a whole run leaves.
    fn done(wish: &Wish) -> Release {
        Release {
            tag: wish.tag.clone(),
            title: wish.title.0.clone(),
            body: compose("", &wish.text, Mode::Auto).body,
            ..Release::default()
        }
    }

    #[test]
    fn a_new_release_is_a_draft_gets_its_files_and_is_published_last() {
        let files = vec![Attachment::new("x.txt", b"x".to_vec())];
        let wish = Wish { files, ..wish() };
        assert_eq!(
            words(&wish, &state(None)),
            [
                "make a draft of the release v1.1.0, titled \"v1.1.0\", with this body, as a full release",
                "attach the file x.txt (1 bytes)",
                "publish the release v1.1.0, as the latest",
            ]
        );
        assert_eq!(words(&Wish { draft: true, ..wish.clone() }, &state(None)).len(), 2);
        assert_eq!(words(&wish, &state(Some(done(&wish)))), ["attach the file x.txt (1 bytes)"]);
    }

    #[test]
    fn what_is_as_it_should_be_is_left_alone() {
        let wish = wish();
        assert_eq!(words(&wish, &state(Some(done(&wish)))), [""; 0]);
        let draft = Release { draft: true, ..done(&wish) };
        assert_eq!(words(&wish, &state(Some(draft))), ["publish the release v1.1.0, as the latest"]);
        let other = Wish { text: "- b".to_owned(), ..wish.clone() };
        assert_eq!(
            words(&other, &state(Some(done(&wish)))),
            ["change the release v1.1.0, with this body, not as the latest"]
        );
    }

    #[test]
    fn pitfall_27_the_latest_is_never_stolen() {
        let published = |wish: &Wish, state: &RemoteState| words(wish, state).pop().unwrap();
        let backport = Wish { is_highest: false, ..wish() };
        assert!(published(&backport, &state(None)).ends_with(", not as the latest"));
        let pre = Wish { prerelease: true, ..wish() };
        assert!(published(&pre, &state(None)).ends_with(", not as the latest"));
        let behind = RemoteState { latest_is_higher: true, ..state(None) };
        assert!(published(&wish(), &behind).ends_with(", not as the latest"));
        assert!(published(&Wish { latest: Latest::Yes, ..backport }, &behind).ends_with(", as the latest"));
        assert!(plan(&Wish { latest: Latest::Yes, ..pre }, &behind).is_err());
    }

    #[test]
    fn what_cannot_be_is_refused_before_anything_is_done() {
        let refused = |wish: &Wish, state: &RemoteState| plan(wish, state).unwrap_err().to_string();
        let untagged = RemoteState { tag: None, ..state(None) };
        assert_eq!(refused(&wish(), &untagged), "GitHub has no tag v1.1.0");
        assert!(plan(&Wish { create_tag: true, ..wish() }, &untagged).is_ok());
        let moved = RemoteState { tag: Some(RemoteTag { object: Some("b".to_owned()) }), ..state(None) };
        assert_eq!(refused(&wish(), &moved), "the tag v1.1.0 is another commit on GitHub than here");
        let milestones = Wish { milestones: Some(vec!["1.1".to_owned()]), ..wish() };
        assert_eq!(refused(&milestones, &state(None)), "--milestone is for GitLab alone");
    }

    #[test]
    fn files_are_compared_by_digest_else_by_size() {
        let file = Attachment::new("x", b"abc".to_vec());
        let there = |sha256: Option<&str>, size| {
            let sha256 = sha256.map(str::to_owned);
            files(
                std::slice::from_ref(&file),
                &[Asset { name: "x".to_owned(), sha256, size, ..Asset::default() }],
            )
            .len()
        };
        assert_eq!(there(Some(&file.sha256), Some(9)), 0);
        assert_eq!(
            (there(Some("0"), Some(3)), there(None, Some(3)), there(None, Some(4)), there(None, None)),
            (2, 0, 2, 2)
        );
    }
}
