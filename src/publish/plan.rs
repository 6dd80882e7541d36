//! Plans the actions that bring a release on the forge to the desired state.

use crate::{
    forge::{Abilities, Asset, Attachment, Fields, Release, RemoteTag},
    model::ForgeKind,
};

use super::{
    Error, Mode,
    action::{Action, Plan},
    body::{compose, is_generated, is_same},
    state::RemoteState,
};

/// Whether a release is marked as the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Latest {
    /// On publication, unless it is a pre-release or there is a higher final version.
    #[default]
    Auto,
    /// Yes.
    Yes,
    /// No.
    No,
}

/// The desired state of a release.
#[derive(Debug, Clone, Default)]
pub struct DesiredRelease {
    /// Its tag.
    pub tag: String,
    /// The object IDs that the tag may have on the forge: the tag object's and the commit's. Empty without a local tag.
    pub objects: Vec<String>,
    /// Its title, and whether it was set explicitly.
    pub title: (String, bool),
    /// The generated part of its body, Markdown.
    pub text: String,
    /// How to treat an existing body.
    pub mode: Mode,
    /// Whether it stays a draft.
    pub draft: bool,
    /// Whether its version is a pre-release.
    pub prerelease: bool,
    /// Whether `prerelease` was set explicitly, so that it also changes a published release.
    pub prerelease_is_set: bool,
    /// Whether it is marked as the latest.
    pub latest: Latest,
    /// Whether no local final version is higher.
    pub is_highest: bool,
    /// Whether the forge may create the tag.
    pub create_tag: bool,
    /// The branch or commit to create it at.
    pub target: Option<String>,
    /// The category of the discussion to open (GitHub).
    pub discussion: Option<String>,
    /// The titles of its milestones (GitLab).
    pub milestones: Option<Vec<String>>,
    /// When it was or will be released, RFC 3339 (GitLab).
    pub released_at: Option<String>,
    /// Its files.
    pub files: Vec<Attachment>,
}

/// Plans the actions for a release.
///
/// # Errors
/// If the options are invalid, or the tag is missing or differs on the forge.
pub fn plan(desired: &DesiredRelease, state: &RemoteState) -> Result<Plan, Error> {
    check(desired, state)?;
    let old = state.release.as_ref();
    let composed = compose(old.map_or("", |release| &release.body), &desired.text, desired.mode);
    let mut plan = Plan {
        tag: desired.tag.clone(),
        release: old.cloned(),
        actions: Vec::new(),
        remarks: composed.remark.map(str::to_owned).into_iter().collect(),
    };
    match old {
        None => plan.actions = create_actions(desired, state, composed.body),
        Some(release) => {
            let fields = changed_fields(desired, state, release, composed.body);
            if let Some(fields) = fields {
                plan.actions.push(Action::Update { fields, old_body: release.body.clone() });
            }
            let files = files(&desired.files, &release.assets);
            if release.immutable && !files.is_empty() {
                return Err(immutable_files(desired, state, &files));
            }
            plan.actions.extend(files);
            if release.draft && !desired.draft {
                plan.actions.push(publish(desired, state));
            } else if desired.draft && !release.draft {
                plan.remarks
                    .push(format!("{} is already published; --draft does not withdraw it", desired.tag));
            }
        }
    }
    Ok(plan)
}

/// The error for files that an immutable release lacks or has with another content.
fn immutable_files(desired: &DesiredRelease, state: &RemoteState, actions: &[Action]) -> Error {
    let doing: Vec<String> = actions.iter().map(|action| action.describe(&desired.tag)).collect();
    let (forge, tag) = (state.forge, desired.tag.clone());
    Error::ImmutableFiles { forge, tag, doing: doing.join(", "), remaining: Vec::new() }
}

/// Whether a forge supports a feature.
type HasAbility = fn(Abilities) -> bool;

/// Checks the options and the tag, before any action.
pub(super) fn check(desired: &DesiredRelease, state: &RemoteState) -> Result<(), Error> {
    let (forge, tag) = (state.forge, desired.tag.clone());
    if desired.prerelease && desired.latest == Latest::Yes {
        return Err(Error::Invalid(format!("{tag} is a pre-release, which cannot be the latest release")));
    }
    if desired.draft && !state.abilities.drafts {
        return Err(Error::Invalid(format!("drafts are not supported on {forge}")));
    }
    let only: [(bool, &str, HasAbility); 3] = [
        (desired.discussion.is_some(), "--discussion", |abilities| abilities.discussions),
        (desired.milestones.is_some(), "--milestone", |abilities| abilities.milestones),
        (desired.released_at.is_some(), "--released-at", |abilities| abilities.dates),
    ];
    for (is_set, option, has) in only {
        if is_set && !has(state.abilities) {
            let supported: Vec<&str> = ForgeKind::ALL
                .iter()
                .copied()
                .filter(|kind| has(kind.abilities()))
                .map(ForgeKind::title)
                .collect();
            return Err(Error::Invalid(format!("{option} is supported on {} only", supported.join(" and "))));
        }
    }
    if state.release.as_ref().is_some_and(|release| !release.draft) {
        return Ok(());
    }
    match &state.tag {
        None if desired.create_tag => Ok(()),
        None => Err(Error::NoTag { forge, tag }),
        Some(RemoteTag { object: Some(object) })
            if !desired.objects.is_empty() && !desired.objects.contains(object) =>
        {
            Err(Error::TagMismatch { forge, tag })
        }
        Some(_) => Ok(()),
    }
}

/// The actions that create a release.
fn create_actions(desired: &DesiredRelease, state: &RemoteState, body: String) -> Vec<Action> {
    let abilities = state.abilities;
    let fields = Fields {
        title: Some(desired.title.0.clone()),
        body: Some(body),
        draft: abilities.drafts.then_some(true),
        prerelease: abilities.prereleases.then_some(desired.prerelease),
        latest: abilities.latest.then_some(false),
        target: desired.target.clone().filter(|_| desired.create_tag && state.tag.is_none()),
        discussion: None,
        milestones: desired.milestones.clone(),
        released_at: desired.released_at.clone(),
    };
    if !abilities.drafts {
        return vec![Action::Create { fields, files: desired.files.clone() }];
    }
    let mut actions = vec![Action::Create { fields, files: Vec::new() }];
    actions.extend(files(&desired.files, &[]));
    if !desired.draft {
        actions.push(publish(desired, state));
    }
    actions
}

pub(super) fn publish(desired: &DesiredRelease, state: &RemoteState) -> Action {
    Action::Publish {
        fields: Fields {
            draft: Some(false),
            latest: latest(desired, state),
            discussion: desired.discussion.clone(),
            ..Fields::default()
        },
        makes_immutable: state.makes_immutable,
    }
}

/// The value of GitHub's `make_latest`, for every update: without it, GitHub would mark a backport as the latest.
pub(super) fn latest(desired: &DesiredRelease, state: &RemoteState) -> Option<bool> {
    let is_published = state.release.as_ref().is_some_and(|release| !release.draft);
    let is_now = state.latest.as_deref() == Some(&desired.tag);
    state.abilities.latest.then_some(match desired.latest {
        Latest::Yes => true,
        Latest::No => false,
        Latest::Auto if desired.prerelease => false,
        Latest::Auto if is_published => is_now,
        Latest::Auto => desired.is_highest && !state.latest_is_higher,
    })
}

/// The fields to change; `None` if nothing differs. Users may have changed whether a published release is a pre-release
/// or the latest, and deployments may depend on it: only explicit options change that. A release edited by hand also
/// keeps its title.
fn changed_fields(
    desired: &DesiredRelease,
    state: &RemoteState,
    release: &Release,
    body: String,
) -> Option<Fields> {
    let owns_title = desired.title.1 || is_generated(&release.body) || release.title.is_empty();
    let owns_kind = state.abilities.prereleases && (release.draft || desired.prerelease_is_set);
    let gets_latest = state.abilities.latest
        && !release.draft
        && desired.latest == Latest::Yes
        && state.latest.as_deref() != Some(&desired.tag);
    let mut fields = Fields {
        title: Some(desired.title.0.clone()).filter(|title| owns_title && *title != release.title),
        body: Some(body).filter(|body| !is_same(body, &release.body)),
        prerelease: Some(desired.prerelease).filter(|is| owns_kind && *is != release.prerelease),
        milestones: desired.milestones.clone().filter(|titles| !is_same_set(titles, &release.milestones)),
        released_at: desired
            .released_at
            .clone()
            .filter(|at| !is_same_moment(at, release.released_at.as_deref().unwrap_or_default())),
        ..Fields::default()
    };
    if fields == Fields::default() && !gets_latest {
        return None;
    }
    fields.latest = latest(desired, state).map(|is| is && !release.draft);
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

/// Attaches missing files and replaces those that differ, by digest if the forge has one, else by size.
fn files(desired: &[Attachment], existing: &[Asset]) -> Vec<Action> {
    let mut actions = Vec::new();
    for file in desired {
        let is_same = |asset: &&Asset| is_same_file(file, asset) == Some(true);
        let same_name = || existing.iter().filter(|asset| asset.name == file.name);
        if same_name().any(|asset| is_same(&asset)) {
            continue;
        }
        actions.extend(same_name().cloned().map(Action::Remove));
        actions.push(Action::Attach(file.clone()));
    }
    actions
}

/// Whether an asset has the file's content; `None` if the forge returns neither digest nor size.
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

    fn desired() -> DesiredRelease {
        DesiredRelease {
            tag: "v1.1.0".to_owned(),
            objects: vec!["a".to_owned()],
            title: ("v1.1.0".to_owned(), false),
            text: "- a".to_owned(),
            is_highest: true,
            ..DesiredRelease::default()
        }
    }

    fn state(release: Option<Release>) -> RemoteState {
        RemoteState {
            forge: "GitHub",
            abilities: GITHUB,
            release,
            tag: Some(RemoteTag { object: Some("a".to_owned()) }),
            latest: None,
            latest_is_higher: false,
            makes_immutable: false,
        }
    }

    fn described(desired: &DesiredRelease, state: &RemoteState) -> Vec<String> {
        plan(desired, state).unwrap().actions.iter().map(|action| action.describe(&desired.tag)).collect()
    }

    /// The release after a complete run.
    fn done(desired: &DesiredRelease) -> Release {
        Release {
            tag: desired.tag.clone(),
            title: desired.title.0.clone(),
            body: compose("", &desired.text, Mode::Auto).body,
            ..Release::default()
        }
    }

    #[test]
    fn new_release_is_drafted_then_gets_files_then_is_published() {
        let files = vec![Attachment::new("x.txt", b"x".to_vec())];
        let desired = DesiredRelease { files, ..desired() };
        assert_eq!(
            described(&desired, &state(None)),
            [
                "create a draft of the release v1.1.0, titled \"v1.1.0\", with this body, as a full release",
                "attach the file x.txt (1 bytes)",
                "publish the release v1.1.0, as the latest",
            ]
        );
        assert_eq!(described(&DesiredRelease { draft: true, ..desired.clone() }, &state(None)).len(), 2);
        assert_eq!(described(&desired, &state(Some(done(&desired)))), ["attach the file x.txt (1 bytes)"]);
    }

    #[test]
    fn unchanged_release_needs_no_action() {
        let desired = desired();
        assert_eq!(described(&desired, &state(Some(done(&desired)))), [""; 0]);
        let draft = Release { draft: true, ..done(&desired) };
        assert_eq!(described(&desired, &state(Some(draft))), ["publish the release v1.1.0, as the latest"]);
        let other = DesiredRelease { text: "- b".to_owned(), ..desired.clone() };
        assert_eq!(
            described(&other, &state(Some(done(&desired)))),
            ["update the release v1.1.0, with this body, not as the latest"]
        );
    }

    #[test]
    fn only_the_highest_version_becomes_the_latest() {
        let published =
            |desired: &DesiredRelease, state: &RemoteState| described(desired, state).pop().unwrap();
        let backport = DesiredRelease { is_highest: false, ..desired() };
        assert!(published(&backport, &state(None)).ends_with(", not as the latest"));
        let pre = DesiredRelease { prerelease: true, ..desired() };
        assert!(published(&pre, &state(None)).ends_with(", not as the latest"));
        let behind = RemoteState { latest_is_higher: true, ..state(None) };
        assert!(published(&desired(), &behind).ends_with(", not as the latest"));
        assert!(
            published(&DesiredRelease { latest: Latest::Yes, ..backport }, &behind)
                .ends_with(", as the latest")
        );
        assert!(plan(&DesiredRelease { latest: Latest::Yes, ..pre }, &behind).is_err());
    }

    #[test]
    fn invalid_options_are_refused_before_any_action() {
        let refused =
            |desired: &DesiredRelease, state: &RemoteState| plan(desired, state).unwrap_err().to_string();
        let untagged = RemoteState { tag: None, ..state(None) };
        assert_eq!(refused(&desired(), &untagged), "GitHub has no tag v1.1.0");
        assert!(plan(&DesiredRelease { create_tag: true, ..desired() }, &untagged).is_ok());
        let moved = RemoteState { tag: Some(RemoteTag { object: Some("b".to_owned()) }), ..state(None) };
        assert_eq!(
            refused(&desired(), &moved),
            "the tag v1.1.0 points to another commit on GitHub than locally"
        );
        let milestones = DesiredRelease { milestones: Some(vec!["1.1".to_owned()]), ..desired() };
        assert_eq!(refused(&milestones, &state(None)), "--milestone is supported on GitLab only");
    }

    #[test]
    fn immutable_release_gets_no_other_file_but_other_fields() {
        let desired = DesiredRelease { files: vec![Attachment::new("x", b"x".to_vec())], ..desired() };
        let same = Asset { name: "x".to_owned(), size: Some(1), ..Asset::default() };
        let release = |assets| Release { immutable: true, assets, ..done(&desired) };
        assert_eq!(described(&desired, &state(Some(release(vec![same.clone()])))), [""; 0]);
        let titled = DesiredRelease { title: ("One".to_owned(), true), ..desired.clone() };
        assert_eq!(described(&titled, &state(Some(release(vec![same])))).len(), 1);
        let error = plan(&titled, &state(Some(release(Vec::new())))).unwrap_err();
        assert!(error.is_refusal() && error.to_string().contains("attach the file x (1 bytes)"), "{error}");
        let new = RemoteState { makes_immutable: true, ..state(None) };
        let last = described(&desired, &new).pop().unwrap();
        assert!(last.ends_with(", as an immutable release"), "{last}");
    }

    #[test]
    fn files_are_compared_by_digest_or_size() {
        let file = Attachment::new("x", b"abc".to_vec());
        let actions = |sha256: Option<&str>, size| {
            let sha256 = sha256.map(str::to_owned);
            files(
                std::slice::from_ref(&file),
                &[Asset { name: "x".to_owned(), sha256, size, ..Asset::default() }],
            )
            .len()
        };
        assert_eq!(actions(Some(&file.sha256), Some(9)), 0);
        assert_eq!(
            (
                actions(Some("0"), Some(3)),
                actions(None, Some(3)),
                actions(None, Some(4)),
                actions(None, None)
            ),
            (2, 0, 2, 2)
        );
    }
}
