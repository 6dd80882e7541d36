//! `tidings notes --outputs DIR`: writes files and variables for later steps of a pipeline.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    io::Write,
    path::Path,
};

use crate::{
    error::Error,
    model::{Bump, Notes, plural},
    publish,
    render::{self, Format},
    session::{AtomicFile, Session},
};

/// The files and their formats. `notes.md` also uses the template.
const FILES: [(&str, Format); 5] = [
    ("notes.md", Format::Release),
    ("notes.json", Format::Json),
    ("notes.txt", Format::Text),
    ("notes.html", Format::Html),
    ("slack.json", Format::Slack),
];
/// The maximum size of a step summary, in bytes (docs.github.com, "Workflow commands", "Step isolation and limits").
const SUMMARY_BYTES: usize = 1024 * 1024;

/// Writes the files, `notes.env` with variables, and in GitHub Actions the step outputs and summary.
///
/// # Errors
/// If a file cannot be written or the notes cannot be rendered.
pub(super) fn write(
    session: &Session,
    notes: &Notes,
    options: &render::Options,
    folder: &Path,
) -> Result<(), Error> {
    let mut texts = Vec::with_capacity(FILES.len() + 1);
    for (name, format) in FILES {
        let own = session.settings.rendering.options(format);
        let template = options.template.clone().filter(|_| format == Format::Release);
        let text = rendered(notes, &render::Options { template, ..own })?;
        texts.push((name, text));
    }
    let file = folder.join("notes.md").display().to_string();
    let variables = variables(notes, &file);
    texts.push(("notes.env", dotenv(&variables)));
    texts.iter().for_each(|(_, text)| session.ui().warn_of_secrets(text.as_bytes()));
    write_all(session, folder, &texts)?;
    let files = &session.settings.pipeline_files;
    if let Some(path) = &files.output {
        append(path, &outputs(&variables))?;
    }
    if let Some(path) = &files.summary {
        let existing =
            std::fs::metadata(path).map_or(0, |file| usize::try_from(file.len()).unwrap_or(usize::MAX));
        let own = session.settings.rendering.options(Format::Markdown);
        let text = |notes: &Notes, left_out| summary(notes, &own, left_out);
        let fits = |text: &str| text.len().saturating_add(existing) <= SUMMARY_BYTES;
        let (text, left_out) = publish::shorten(notes, &text, &fits)?;
        if left_out > 0 {
            let left_out = plural(left_out, "entry", "entries");
            session.ui().warn(&format!("left {left_out} out of the step summary: its limit is 1 MiB"));
        }
        append(path, &text)?;
    }
    Ok(())
}

/// Writes all files, or none if one of them fails.
fn write_all(session: &Session, folder: &Path, texts: &[(&str, String)]) -> Result<(), Error> {
    let project = &session.settings.files;
    std::fs::create_dir_all(project.resolve_user_path(folder)?).map_err(fail("create", folder))?;
    let mut files = Vec::with_capacity(texts.len());
    for (name, text) in texts {
        let path = folder.join(name);
        let mut output = AtomicFile::open(project.user_target(&path)?)?;
        output.write_all(text.as_bytes()).map_err(|error| output.write_error(&error))?;
        output.sync()?;
        files.push(output);
    }
    files.into_iter().try_for_each(AtomicFile::persist)
}

fn fail<'p>(verb: &'static str, path: &'p Path) -> impl FnOnce(std::io::Error) -> Error + 'p {
    move |source| Error::File { verb, path: path.to_owned(), source }
}

fn rendered(notes: &Notes, options: &render::Options) -> Result<String, Error> {
    let mut out = Vec::new();
    render::render(notes, options, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn summary(notes: &Notes, options: &render::Options, left_out: usize) -> Result<String, Error> {
    let mut text = rendered(notes, options)?;
    if left_out > 0 {
        let more = options.locale.text("more").replace("{count}", &left_out.to_string());
        text.push_str(&format!("\n{more}\n"));
    }
    Ok(text)
}

fn append(path: &Path, text: &str) -> Result<(), Error> {
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(fail("write", path))
}

/// The variables: names as in `$GITHUB_OUTPUT`, and values.
fn variables(notes: &Notes, file: &str) -> [(&'static str, String); 5] {
    let release = notes.releases.first();
    let version = release.and_then(|release| release.version.as_ref()).map(ToString::to_string);
    let bump = release.and_then(|release| release.bump).map(Bump::name).unwrap_or_default();
    [
        ("version", version.unwrap_or_default()),
        ("tag", release.and_then(|release| release.tag.clone()).unwrap_or_default()),
        ("bump", bump.to_owned()),
        ("prerelease", release.is_some_and(|release| release.prerelease).to_string()),
        ("notes-file", file.to_owned()),
    ]
}

/// `KEY=value` lines. GitLab takes a value literally, with its quotes, while a shell expands an unquoted one: so only
/// values that need quotes get them.
fn dotenv(variables: &[(&'static str, String)]) -> String {
    let plain = |value: &str| value.chars().all(|c| c.is_ascii_alphanumeric() || "._+/@:-".contains(c));
    let quoted = |value: &str| match plain(value) {
        true => value.to_owned(),
        false => {
            let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            format!("'{}'", line.replace('\'', r"'\''"))
        }
    };
    let key = |name: &str| format!("TIDINGS_{}", name.to_uppercase().replace('-', "_"));
    variables.iter().map(|(name, value)| format!("{}={}\n", key(name), quoted(value))).collect()
}

/// The heredoc form of `$GITHUB_OUTPUT`. Delimiters are random, so that a commit or a tag cannot contain one and end a
/// value early.
fn outputs(variables: &[(&'static str, String)]) -> String {
    let random = || RandomState::new().build_hasher().finish();
    let mut text = String::new();
    for (name, value) in variables {
        let mut end = format!("tidings_{:016x}{:016x}", random(), random());
        while value.contains(&end) {
            end = format!("tidings_{:016x}{:016x}", random(), random());
        }
        text.push_str(&format!("{name}<<{end}\n{value}\n{end}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_cannot_inject_another_output() {
        let hostile = "v1\nevil=1\nEOF\nversion<<EOF\n2".to_owned();
        let text = outputs(&[("tag", hostile.clone())]);
        let end = text.lines().next().unwrap().strip_prefix("tag<<").unwrap();
        assert_eq!(text, format!("tag<<{end}\n{hostile}\n{end}\n"));
        assert!(end.len() > 30 && !outputs(&[("tag", hostile)]).contains(end));
    }

    #[test]
    fn shell_does_not_expand_values() {
        let text = dotenv(&[("tag", "v1$(id)'x\ny".to_owned()), ("notes-file", "out/notes.md".to_owned())]);
        assert_eq!(text, "TIDINGS_TAG='v1$(id)'\\''x y'\nTIDINGS_NOTES_FILE=out/notes.md\n");
    }
}
