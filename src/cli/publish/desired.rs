//! Resolves what to publish from the command line and the configuration.

use crate::{
    config::Switch,
    error::Error,
    forge::Attachment,
    history::Versions,
    model::{Notes, Release},
    notes::{Line, Selector},
    publish::DesiredRelease,
    render::{self, Format},
    session::Session,
    settings::{self},
};

use super::args::Args;

/// The version to publish: the one named, else the one tagged at HEAD, else the last.
pub(super) fn selector(
    session: &Session,
    args: &Args,
    line: &Line,
    versions: &Versions,
) -> Result<Selector, Error> {
    let named = args.rollback_to.as_ref().or(args.version.as_ref());
    let Some(text) = named else {
        let head = session.repository.head()?;
        let at_head = head.and_then(|head| versions.at(head.commit).max());
        let entry = at_head.and_then(|index| versions.get(index));
        return Ok(entry.map_or(Selector::Latest, |entry| Selector::Target(entry.tag.name.clone())));
    };
    match session.named(line, text)? {
        Selector::Unreleased(_) if !args.create_tag => Err(Error::usage(
            format!("{text} is not tagged"),
            Some("tag it and push the tag, or use --create-tag to let the forge tag HEAD"),
        )),
        selector => Ok(selector),
    }
}

pub(super) fn options(session: &Session, args: &Args) -> Result<render::Options, Error> {
    let mut options = session.settings.release_options();
    if let Some(path) = &args.template {
        options.template = Some(settings::template(path, &session.settings.files)?);
    }
    Ok(options)
}

/// The notes as a release body, with the number of entries left out.
pub(super) fn body(notes: &Notes, options: &render::Options, left_out: usize) -> Result<String, Error> {
    let mut out = Vec::new();
    render::render(notes, options, &mut out)?;
    let mut text = String::from_utf8_lossy(&out).trim().to_owned();
    if left_out > 0 {
        let more = options.locale.text("more").replace("{count}", &left_out.to_string());
        let whole = notes.releases.first().and_then(|release| release.compare_url.as_deref());
        let link = whole.map(|url| format!(": <{url}>")).unwrap_or_default();
        text.push_str(&format!("\n\n{more}{link}"));
    }
    Ok(text)
}

/// The release to publish, without its text, which depends on the limits of the forge.
pub(super) fn desired(
    session: &Session,
    args: &Args,
    versions: &Versions,
    notes: &Notes,
) -> Result<DesiredRelease, Error> {
    let settings = &session.settings.publish;
    let nothing =
        || Error::usage("no version is tagged", Some("name one: tidings publish v1.0.0 --create-tag"));
    let release = notes.releases.first().ok_or_else(nothing)?;
    let (version, tag) = release.version.as_ref().zip(release.tag.clone()).ok_or_else(nothing)?;
    let existing = session.tags.iter().find(|existing| existing.name == tag);
    let finals = versions.all.iter().filter(|entry| !entry.version.is_prerelease());
    let prerelease = choose(args.prerelease, settings.prerelease);
    let is_rollback = args.rollback_to.is_some();
    Ok(DesiredRelease {
        objects: existing.iter().flat_map(|tag| [tag.object.to_string(), tag.commit.to_string()]).collect(),
        title: title(args, settings.title.as_deref(), release, &tag)?,
        text: String::new(),
        mode: args.mode.unwrap_or(settings.mode),
        draft: args.draft || (settings.draft && !is_rollback),
        prerelease: prerelease.unwrap_or(release.prerelease),
        prerelease_is_set: prerelease.is_some(),
        latest: match choose(args.latest, None) {
            None if args.latest.is_none() => settings.latest,
            chosen => settings::latest(chosen),
        },
        is_highest: finals.into_iter().all(|entry| entry.version <= *version),
        create_tag: args.create_tag,
        target: Some(args.target.clone().unwrap_or_else(|| release.commit.to_string())),
        discussion: args.discussion.clone().or_else(|| settings.discussion.clone()),
        milestones: Some(args.milestone.clone()).filter(|titles| !titles.is_empty()),
        released_at: args.released_at.clone(),
        files: if is_rollback || args.no_attach { Vec::new() } else { files(session, args, notes)? },
        tag,
    })
}

/// The value of an option, else the configured one; `None` for `auto`.
pub(super) fn choose(option: Option<Switch>, configured: Option<bool>) -> Option<bool> {
    match option {
        Some(Switch::True) => Some(true),
        Some(Switch::False) => Some(false),
        Some(Switch::Auto) => None,
        None => configured,
    }
}

/// The title, and whether --title set it.
pub(super) fn title(
    args: &Args,
    configured: Option<&str>,
    release: &Release,
    tag: &str,
) -> Result<(String, bool), Error> {
    let form = args.title.as_deref().or(configured).unwrap_or("{tag}");
    Ok((expand("title", form, release, tag)?.trim().to_owned(), args.title.is_some()))
}

/// A form with its placeholders replaced. `what` it is, for the error.
pub(super) fn expand(what: &str, form: &str, release: &Release, tag: &str) -> Result<String, Error> {
    let (mut text, mut rest) = (String::new(), form);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let version = || release.version.as_ref().map(ToString::to_string);
        let value = match name {
            "tag" => Some(tag.to_owned()),
            "version" => version(),
            "date" => Some(release.date.map(|date| date.to_string()).unwrap_or_default()),
            "package" => Some(release.package.clone().unwrap_or_default()),
            _ => None,
        };
        text.push_str(&value.ok_or_else(|| {
            Error::usage(
                format!("the {what} `{form}` has an unknown placeholder `{{{name}}}`"),
                Some("use {tag}, {version}, {date} or {package}"),
            )
        })?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

pub(super) fn files(session: &Session, args: &Args, notes: &Notes) -> Result<Vec<Attachment>, Error> {
    let settings = &session.settings.publish;
    let mut files: Vec<Attachment> = Vec::new();
    let configured = settings.attach.iter().map(|path| (path, settings.is_attach_set_by_user));
    for (path, is_users) in configured.chain(args.attach.iter().map(|path| (path, true))) {
        let content = match is_users {
            true => session.settings.files.user_attachment(path)?,
            false => session.settings.files.attachment("publish.attach", path)?,
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.push(Attachment::new(&name, content));
    }
    if args.attach_json || settings.attach_json {
        let mut out = Vec::new();
        render::render(notes, &session.settings.rendering.options(Format::Json), &mut out)?;
        files.push(Attachment::new("notes.json", out));
    }
    for (at, file) in files.iter().enumerate() {
        if files.iter().skip(at + 1).any(|other| other.name == file.name) {
            return Err(Error::usage(
                format!("two attached files have the name {}", file.name),
                Some("rename one of them"),
            ));
        }
    }
    Ok(files)
}
