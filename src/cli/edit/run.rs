//! Runs `tidings edit`: shows the list, reads what was changed in it, and writes that.

use std::{
    io::{self, Read as _},
    path::Path,
};

use crate::{
    cli::context::Context,
    corrections::{Edit, EntryList, ListError, is_empty_list},
    error::Error,
    files::WriteTarget,
    next,
    session::Session,
    ui,
};

use super::{args::Args, list_file::ListFile};

/// The largest list that stdin may have, in bytes.
const STDIN_BYTES: u64 = 16 << 20;

/// Runs the command.
///
/// # Errors
/// If the window cannot be read, the editor fails, the list cannot be read, or the file cannot be written.
pub(in crate::cli) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let session = &context.session()?;
    if session.repository.work_tree().is_none() && !args.print {
        let hint = "run the command in a clone with a work tree, and commit the file there";
        return Err(Error::usage("a bare repository has no work tree to write corrections to", Some(hint)));
    }
    let named = args.target.as_deref().or(args.as_version.as_deref());
    let line = session.line_of(named)?;
    let selector = session.selector(line, args.target.as_deref(), args.as_version.as_deref())?;
    let list = session.entry_list(line, &selector, next::planned(session, line, &selector)?)?;
    let text = list.to_text();
    if args.print {
        return Ok(session.ui().show(&text)?);
    }
    match &args.from {
        Some(path) => {
            let edited = read(session, path)?;
            match checked(session, &list, &edited)? {
                Ok((edits, written)) => finish(session, args, &edits, written),
                Err(errors) => Err(unreadable(&errors, None)),
            }
        }
        None => in_editor(context, session, args, (&list, &text)),
    }
}

fn read(session: &Session, path: &Path) -> Result<String, Error> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().take(STDIN_BYTES).read_to_end(&mut bytes)?;
        bytes
    } else {
        session.settings.files.read_user_document(path)?
    };
    String::from_utf8(bytes).map_err(|error| Error::File {
        verb: "read",
        path: path.to_owned(),
        source: io::Error::new(io::ErrorKind::InvalidData, error),
    })
}

/// The edits of a list, and the new text of the file with its target, if it changes.
type Checked = (Vec<Edit>, Option<(WriteTarget, String)>);

/// Reads an edited list. The inner error is about the list: its lines, or what they would make of the file.
fn checked(
    session: &Session,
    list: &EntryList,
    text: &str,
) -> Result<Result<Checked, Vec<ListError>>, Error> {
    let edits = match list.edits(text) {
        Ok(edits) => edits,
        Err(errors) => return Ok(Err(errors)),
    };
    match session.edited_corrections(&edits) {
        Ok(written) => Ok(Ok((edits, written))),
        Err(Error::Config(error)) => {
            Ok(Err(vec![ListError { line: 0, problem: error.to_string().replace('\n', " ") }]))
        }
        Err(error) => Err(error),
    }
}

fn in_editor(
    context: &Context,
    session: &Session,
    args: &Args,
    (list, text): (&EntryList, &str),
) -> Result<(), Error> {
    let is_terminal = context.process.terminals.0;
    let editor = match (&context.process.editor, is_terminal) {
        (Some(editor), _) => editor.as_str(),
        (None, true) => {
            if cfg!(windows) {
                "notepad"
            } else {
                "vi"
            }
        }
        (None, false) => {
            let hint =
                "pass the edited list of `tidings edit --print` with --from FILE, or set $VISUAL or $EDITOR";
            return Err(Error::usage("there is no terminal to open an editor in", Some(hint)));
        }
    };
    let mut file = ListFile::create(session, text)?;
    loop {
        let status = ui::edit(editor, file.path());
        let failure = match status {
            Ok(status) if status.success() => None,
            Ok(status) => Some(status.to_string()),
            Err(error) => Some(error.to_string()),
        };
        let edited = file.read();
        if let Some(failure) = failure {
            let message = format!("the editor `{editor}` failed ({failure}); nothing was written");
            return Err(match edited {
                Ok(edited) if !file.is_unchanged(&edited) => Error::usage(message, Some(&kept(args, file))),
                _ => Error::usage(message, Some("set $VISUAL or $EDITOR to another editor")),
            });
        }
        let edited = edited?;
        if is_empty_list(&edited) {
            session.ui().info("the list is empty: nothing was changed");
            return Ok(());
        }
        let checked = match checked(session, list, &edited) {
            Ok(checked) => checked,
            Err(error) => {
                session.ui().info(&kept(args, file));
                return Err(error);
            }
        };
        match checked {
            Ok((edits, written)) => {
                let finished = finish(session, args, &edits, written);
                if finished.is_err() {
                    session.ui().info(&kept(args, file));
                }
                return finished;
            }
            // Without a terminal the same editor would do the same again.
            Err(errors) if !is_terminal || file.is_unchanged(&edited) => {
                return Err(unreadable(&errors, Some(kept(args, file))));
            }
            Err(errors) => file.write_with_notes(&edited, &errors)?,
        }
    }
}

/// Keeps the edited list, and says where it is.
fn kept(args: &Args, file: ListFile<'_>) -> String {
    let target = args.target.iter().map(|target| format!(" {target}"));
    let version = args.as_version.iter().map(|version| format!(" --as {version}"));
    let named: String = target.chain(version).collect();
    let path = file.keep();
    format!("your list is kept; to go on with it: tidings edit{named} --from {}", path.display())
}

fn unreadable(errors: &[ListError], hint: Option<String>) -> Error {
    let lines: Vec<String> = errors
        .iter()
        .map(|error| if error.line == 0 { error.problem.clone() } else { error.to_string() })
        .collect();
    Error::usage(format!("the list cannot be read: {}", lines.join("\n")), hint.as_deref())
}

/// Writes the file and prints what was written.
fn finish(
    session: &Session,
    args: &Args,
    edits: &[Edit],
    written: Option<(WriteTarget, String)>,
) -> Result<(), Error> {
    let Some((target, text)) = written else {
        session.ui().info("nothing was changed");
        return Ok(());
    };
    let path = session.display_path(target.display_path());
    session.ui().warn_of_secrets(text.as_bytes());
    if !args.dry_run {
        let before = session.settings.corrections.text.as_deref().unwrap_or_default();
        session.write_corrections(before, edits)?;
    }
    let verb = if args.dry_run { "would write" } else { "wrote" };
    session.ui().info(&format!("{verb} {path}:"));
    let lines: String = edits.iter().map(|edit| format!("{edit}\n")).collect();
    Ok(session.ui().report(&lines)?)
}
