//! The frames that show notes as other programs do: a forge, Slack, Teams, an email program.
//!
//! A frame may contain HTML of a template of the project, so it is a document without any rights.

use comrak::{Options, markdown_to_html};
use serde::Serialize;
use serde_json::Value;

use crate::{
    error::Error,
    model::{ForgeKind, Notes, NotesPurpose},
    notify::{self, Announcement},
    publish::{self, Mode},
    render::{self, Format},
    session::Session,
};

use super::{
    chat,
    query::Query,
    shown::{Shown, shown_of},
    state::Shared,
    tabs::Tab,
};

/// Slack's limit of blocks in a message, and the limit of Teams in bytes.
const SLACK_BLOCKS: usize = 50;
const TEAMS_BYTES: usize = 28 << 10;

/// What is sent, and how it is drawn.
struct Drawn {
    html: String,
    /// How much of the program's limit is used.
    limit: Option<Limit>,
}

/// How much of a limit a text uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Limit {
    pub(super) used: usize,
    pub(super) of: usize,
    pub(super) unit: &'static str,
}

#[derive(Serialize)]
struct Frame<'a> {
    kind: &'static str,
    html: &'a str,
}

/// The document of a frame.
pub(super) fn frame(shared: &Shared, query: &Query) -> String {
    let drawn = shown_of(shared, query).and_then(|(session, shown)| drawn(&session, &shown, query.tab));
    let html = match drawn {
        // Its links open elsewhere, too.
        Ok(Some(drawn)) if query.tab == Tab::Mail => {
            return drawn.html.replacen("<head>", "<head>\n<base target=\"_blank\">", 1);
        }
        Ok(drawn) => drawn.map(|drawn| drawn.html).unwrap_or_default(),
        Err(error) => format!("<p>{}</p>", error.to_string().replace('&', "&amp;").replace('<', "&lt;")),
    };
    let frame = Frame { kind: query.tab.name(), html: &html };
    shared.pages.render("frame", &frame).unwrap_or_else(|error| error.to_string())
}

/// How much of the limit of a tab is used, if it has one.
///
/// # Errors
/// If the notes cannot be rendered.
pub(super) fn limit(session: &Session, shown: &Shown, tab: Tab) -> Result<Option<Limit>, Error> {
    Ok(drawn(session, shown, tab)?.and_then(|drawn| drawn.limit))
}

fn drawn(session: &Session, shown: &Shown, tab: Tab) -> Result<Option<Drawn>, Error> {
    let notes = &shown.notes;
    let announcement = || announcement(session, shown);
    Ok(Some(match tab {
        Tab::Forge => {
            let body = publish::compose(
                "",
                &text(session, notes, NotesPurpose::Release, Format::Release)?,
                Mode::Replace,
            )
            .body;
            let kind = notes.repository.forge.unwrap_or(ForgeKind::GitHub);
            let used = body.chars().count();
            let limit = kind.abilities().longest_body.map(|of| Limit { used, of, unit: "characters" });
            Drawn { html: markdown(&body), limit }
        }
        Tab::Slack => {
            let payload = notify::slack(&announcement(), &value(session, notes, Format::Slack)?);
            let used = payload.get("blocks").and_then(Value::as_array).map_or(0, Vec::len);
            Drawn {
                html: chat::slack(&payload),
                limit: Some(Limit { used, of: SLACK_BLOCKS, unit: "blocks" }),
            }
        }
        Tab::Teams => {
            let text = text(session, notes, NotesPurpose::Notify, Format::Release)?;
            let payload = notify::teams(&announcement(), &text);
            let used = payload.to_string().len();
            Drawn {
                html: chat::teams(&payload, &markdown),
                limit: Some(Limit { used, of: TEAMS_BYTES, unit: "bytes" }),
            }
        }
        Tab::Mail => Drawn { html: text(session, notes, NotesPurpose::Notify, Format::Html)?, limit: None },
        Tab::Entries | Tab::Changelog | Tab::Text | Tab::Markdown | Tab::Json => return Ok(None),
    }))
}

/// Markdown as GitHub renders it, with its extensions and its alerts.
fn markdown(text: &str) -> String {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.strikethrough = true;
    extension.table = true;
    extension.autolink = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.alerts = true;
    // The frame has no rights, so that the HTML that a forge shows (`<details>`) can be shown.
    options.render.r#unsafe = true;
    markdown_to_html(text, &options)
}

fn announcement(session: &Session, shown: &Shown) -> Announcement {
    let notes = &shown.notes;
    let words = &session.settings.rendering.locale;
    let release = notes.releases.first();
    let version = release.and_then(|release| release.version.as_ref()).or(shown.planned.as_ref());
    let version = version.map(ToString::to_string);
    let version = version.or_else(|| release.map(|release| release.commit.short())).unwrap_or_default();
    let name = match &notes.repository.name {
        Some(name) => format!("{name} {version}"),
        None => version,
    };
    Announcement {
        title: words.text("deploy_before").replace("{name}", &name),
        more: words.text("more").to_owned(),
        ..Announcement::default()
    }
}

/// The notes in a format, as the outputs for a purpose show them.
///
/// # Errors
/// If a template fails.
pub(super) fn text(
    session: &Session,
    notes: &Notes,
    purpose: NotesPurpose,
    format: Format,
) -> Result<String, Error> {
    let mut options = match purpose {
        NotesPurpose::Release => session.settings.release_options(),
        purpose => session.settings.rendering.options_for(purpose, format),
    };
    if purpose == NotesPurpose::Notify {
        // Recipients have no use for commit IDs.
        (options.hashes, options.contributors) = (false, false);
    }
    let mut out = Vec::new();
    render::render(notes, &options, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn value(session: &Session, notes: &Notes, format: Format) -> Result<Value, Error> {
    Ok(serde_json::from_str(&text(session, notes, NotesPurpose::Notify, format)?).unwrap_or_default())
}
