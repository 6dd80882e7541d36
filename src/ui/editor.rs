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
    let mut words = words(editor).into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).arg(path);
    command
}

/// The words of a command, for systems without a Unix shell: separated by spaces, except between double quotes. A
/// backslash separates folders.
#[cfg(any(test, not(unix)))]
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), None::<String>, false);
    for c in command.chars() {
        match c {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !is_quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_words_may_have_spaces() {
        assert_eq!(words("code --wait"), ["code", "--wait"]);
        let program = r"C:\Program Files\Notepad++\notepad++.exe";
        assert_eq!(words(&format!("\"{program}\"  -multiInst \"\"")), [program, "-multiInst", ""]);
        assert_eq!(words(" "), Vec::<String>::new());
    }
}
