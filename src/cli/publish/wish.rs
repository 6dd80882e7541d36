//! What is to be published, from what the command line and the configuration say.

use crate::{
    config::Switch,
    error::Error,
    forge::Attachment,
    history::Versions,
    model::{Notes, Release},
    notes::{Line, Wanted},
    publish::Wish,
    render::{self, Format},
    session::Session,
    settings::{self},
};

use super::args::Args;

/// The version that is published: the one named, else the one tagged at HEAD, else the last.
pub(super) fn wanted(
    session: &Session,
    args: &Args,
    line: &Line,
    versions: &Versions,
) -> Result<Wanted, Error> {
    let named = args.rollback_to.as_ref().or(args.version.as_ref());
    let Some(text) = named else {
        let head = session.repository.head()?;
        let at_head = head.and_then(|head| versions.at(head.commit).max());
        let entry = at_head.and_then(|index| versions.get(index));
        return Ok(entry.map_or(Wanted::Latest, |entry| Wanted::Target(entry.tag.name.clone())));
    };
    match session.named(line, text)? {
        Wanted::Unreleased(_) if !args.create_tag => Err(Error::usage(
            format!("{text} is not tagged"),
            Some("git tag, then git push; or --create-tag lets the forge tag what HEAD is"),
        )),
        wanted => Ok(wanted),
    }
}

/// The tag of the version that production is taken back from, and what is lost with it.
pub(super) fn lost(
    session: &Session,
    args: &Args,
    line: &Line,
    versions: &Versions,
    to: &str,
) -> Result<(String, String), Error> {
    let to = session.version(line, to)?;
    let from = match &args.version {
        Some(text) => {
            let version = session.version(line, text)?;
            let found = versions.find(&version).and_then(|index| versions.get(index));
            found.ok_or_else(|| Error::usage(format!("{text} is not tagged"), None))?
        }
        None => {
            let last = versions.all.iter().rev().find(|entry| !entry.version.is_prerelease());
            last.ok_or_else(|| Error::usage("no final version is tagged", None))?
        }
    };
    if to >= from.version {
        return Err(Error::usage(
            format!("{to} is not lower than {}, so that nothing is taken back", from.version),
            Some("`tidings publish NEWER --rollback-to OLDER`"),
        ));
    }
    let back = versions.find(&to).and_then(|index| versions.get(index));
    let back = back.map(|entry| entry.tag.name.clone()).unwrap_or_default();
    let notes = session.notes(line, &Wanted::Range(from.tag.name.clone(), back))?;
    let count: usize =
        notes.releases.iter().flat_map(|it| &it.sections).map(|section| section.changes.len()).sum();
    session.ui().tell(&format!("going back from {} to {to} loses {count} changes", from.version));
    let options = options(session, args)?;
    Ok((from.tag.name.clone(), body(&notes, &render::Options { contributors: false, ..options }, 0)?))
}

pub(super) fn options(session: &Session, args: &Args) -> Result<render::Options, Error> {
    let mut options = session.settings.rendering.options(Format::Release);
    options.template = match &args.template {
        Some(path) => Some(settings::template(path, &session.settings.files)?),
        None => session.settings.publish.template.clone(),
    };
    Ok(options)
}

/// The notes as a body, with a word about what was left out.
pub(super) fn body(notes: &Notes, options: &render::Options, left_out: usize) -> Result<String, Error> {
    let mut out = Vec::new();
    render::render(notes, options, &mut out)?;
    let mut text = String::from_utf8_lossy(&out).trim().to_owned();
    if left_out > 0 {
        let more = options.locale.word("more").replace("{count}", &left_out.to_string());
        let whole = notes.releases.first().and_then(|release| release.compare_url.as_deref());
        let link = whole.map(|url| format!(": <{url}>")).unwrap_or_default();
        text.push_str(&format!("\n\n{more}{link}"));
    }
    Ok(text)
}

pub(super) fn wish(
    session: &Session,
    args: &Args,
    versions: &Versions,
    notes: &Notes,
) -> Result<Wish, Error> {
    let said = &session.settings.publish;
    let nothing =
        || Error::usage("no version is tagged", Some("name one: tidings publish v1.0.0 --create-tag"));
    let release = notes.releases.first().ok_or_else(nothing)?;
    let (version, tag) = release.version.as_ref().zip(release.tag.clone()).ok_or_else(nothing)?;
    let known = session.tags.iter().find(|known| known.name == tag);
    let finals = versions.all.iter().filter(|entry| !entry.version.is_prerelease());
    let prerelease = chosen(args.prerelease, said.prerelease);
    let is_rollback = args.rollback_to.is_some();
    Ok(Wish {
        objects: known.iter().flat_map(|tag| [tag.object.to_string(), tag.commit.to_string()]).collect(),
        title: title(args, said.title.as_deref(), release, &tag)?,
        text: String::new(),
        mode: args.mode.unwrap_or(said.mode),
        draft: args.draft || (said.draft && !is_rollback),
        prerelease: prerelease.unwrap_or(release.prerelease),
        prerelease_is_set: prerelease.is_some(),
        latest: match chosen(args.latest, None) {
            None if args.latest.is_none() => said.latest,
            said => settings::latest(said),
        },
        is_highest: finals.into_iter().all(|entry| entry.version <= *version),
        create_tag: args.create_tag,
        target: Some(args.target.clone().unwrap_or_else(|| release.commit.to_string())),
        discussion: args.discussion.clone().or_else(|| said.discussion.clone()),
        milestones: Some(args.milestone.clone()).filter(|titles| !titles.is_empty()),
        released_at: args.released_at.clone(),
        files: if is_rollback { Vec::new() } else { files(session, args, notes)? },
        tag,
    })
}

/// `auto`, `true` or `false` of the command line over what the configuration says.
pub(super) fn chosen(said: Option<Switch>, otherwise: Option<bool>) -> Option<bool> {
    match said {
        Some(Switch::True) => Some(true),
        Some(Switch::False) => Some(false),
        Some(Switch::Auto) => None,
        None => otherwise,
    }
}

/// The title, and whether somebody asked for this one.
pub(super) fn title(
    args: &Args,
    said: Option<&str>,
    release: &Release,
    tag: &str,
) -> Result<(String, bool), Error> {
    let form = args.title.as_deref().or(said).unwrap_or("{tag}");
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
                format!("the title `{form}` has an unknown placeholder `{{{name}}}`"),
                Some("use {tag}, {version}, {date} or {package}"),
            )
        })?);
        rest = after;
    }
    text.push_str(rest);
    Ok((text.trim().to_owned(), args.title.is_some()))
}

pub(super) fn files(session: &Session, args: &Args, notes: &Notes) -> Result<Vec<Attachment>, Error> {
    let said = &session.settings.publish;
    let mut files: Vec<Attachment> = Vec::new();
    let configured = said.attach.iter().map(|path| (path, said.attach_is_users));
    for (path, is_users) in configured.chain(args.attach.iter().map(|path| (path, true))) {
        let content = match is_users {
            true => session.settings.files.attachment_named(path)?,
            false => session.settings.files.attachment("publish.attach", path)?,
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.push(Attachment::new(&name, content));
    }
    if args.attach_json || said.attach_json {
        let mut out = Vec::new();
        render::render(notes, &session.settings.rendering.options(Format::Json), &mut out)?;
        files.push(Attachment::new("notes.json", out));
    }
    for (at, file) in files.iter().enumerate() {
        if files.iter().skip(at + 1).any(|other| other.name == file.name) {
            return Err(Error::usage(format!("two files are called {}", file.name), None));
        }
    }
    Ok(files)
}
