//! Runs the user's editor on a file.

use std::{
    io,
    path::Path,
    process::{Command, ExitStatus},
};

/// Opens a file in the editor and waits until it is closed. `editor` is a shell command, as for git.
///
/// # Errors
/// If the editor cannot be started.
pub fn edit(editor: &str, path: &Path) -> io::Result<ExitStatus> {
    command(editor, path).status()
}

#[cfg(unix)]
fn command(editor: &str, path: &Path) -> Command {
    let mut command = Command::new("sh");
    // The path is an argument of the shell, so that no character in it has an effect.
    command.arg("-c").arg(format!("{editor} \"$@\"")).arg(editor).arg(path);
    command
}

#[cfg(not(unix))]
fn command(editor: &str, path: &Path) -> Command {
    let mut words = editor.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(editor));
    command.args(words).arg(path);
    command
}
