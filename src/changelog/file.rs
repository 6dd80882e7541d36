//! Reads and atomically replaces the changelog on disk, and detects concurrent changes by other processes.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, Write as _},
    path::Path,
    thread,
    time::Duration,
};

use tempfile::NamedTempFile;

use super::{error::Error, folder::folder, lock::Lock, markup::markup};

/// How often `edit` is repeated because another process changed the file.
const ATTEMPTS: usize = 10;
/// How long to wait for a process that had the replaced file open to write to it.
const LINGER: Duration = Duration::from_millis(10);
/// A file that is being written is read again until it is unchanged for this long, at most `MAX_READS` times.
const SETTLE_TIME: Duration = Duration::from_millis(20);
const MAX_READS: usize = 10;

/// The file's text, with BOM and line ends as they are; `None` if it does not exist.
///
/// # Errors
/// If it cannot be read or is not valid UTF-8.
pub fn read(path: &Path) -> Result<Option<String>, Error> {
    match open(path).and_then(|mut file| read_all(&mut file)) {
        Ok(bytes) => text(path, bytes).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Read { path: path.to_owned(), source }),
    }
}

/// Decodes the content of a file; `path` is only used in errors.
///
/// # Errors
/// If it is not valid UTF-8.
pub fn text(path: &Path, bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes)
        .map_err(|error| Error::NotUtf8 { path: path.to_owned(), offset: error.utf8_error().valid_up_to() })
}

/// Refuses a file that is not Markdown. `text` is its content; `None` if it does not exist.
///
/// # Errors
/// If the name or the content is that of another markup.
pub fn require_markdown(path: &Path, text: Option<&str>) -> Result<(), Error> {
    match markup(path, text.unwrap_or("")) {
        Some(markup) => Err(Error::NotMarkdown { path: path.to_owned(), markup }),
        None => Ok(()),
    }
}

/// Replaces the file's text with the result of `edit`, atomically. Returns whether the file was written.
///
/// `edit` is called with `old`, the text read before, and again with the current text if another process has changed
/// the file. A lock in the git directory excludes other runs of tidings. The new text is synced to disk and renamed
/// over the file; permissions are preserved. `path` must not contain links, and must be a regular file or not exist.
///
/// # Errors
/// If `edit` fails, the file is read-only or not a regular file, its folder is not writable, another run does not
/// release the lock, or another process keeps changing the file. The file then has the other process's text.
pub fn update<E: From<Error>>(
    git_directory: &Path,
    path: &Path,
    old: Option<String>,
    mut edit: impl FnMut(Option<&str>) -> Result<String, E>,
) -> Result<bool, E> {
    // The first call takes most of the time, so it runs before the lock is taken.
    let mut new = edit(old.as_deref())?;
    if old.as_deref() == Some(new.as_str()) {
        return Ok(false);
    }
    let lock = Lock::acquire(git_directory, path)?;
    let mut current = old;
    for _ in 0..ATTEMPTS {
        let base = match replace(&lock, path, current.as_deref(), &new)? {
            ReplaceResult::Done => return Ok(true),
            ReplaceResult::Changed => read_settled(path)?,
            ReplaceResult::WrittenLate(theirs) => {
                let now = read_settled(path)?;
                let merged = merge(current.as_deref(), &new, &theirs, now.as_deref());
                current = now;
                let overlapped =
                    || Error::Overlapped { path: path.to_owned(), saved: lock.save_conflict(&theirs) };
                // No file contains their text any more, so save it also if `edit` fails.
                new = edit(Some(&merged.ok_or_else(overlapped)?)).map_err(|_| overlapped())?;
                continue;
            }
        };
        new = edit(base.as_deref())?;
        if base.as_deref() == Some(new.as_str()) {
            return Ok(true);
        }
        current = base;
    }
    Err(Error::Changed { path: path.to_owned() }.into())
}

/// The result of an attempt to replace the file.
#[derive(Debug, PartialEq, Eq)]
enum ReplaceResult {
    Done,
    /// The file's text was not the expected one; nothing was written.
    Changed,
    /// The file was replaced, but a process that had the old file open then wrote this text to it.
    WrittenLate(String),
}

/// Replaces the file if its text is the expected one (`None`: no file).
fn replace(lock: &Lock, path: &Path, expected: Option<&str>, text: &str) -> Result<ReplaceResult, Error> {
    let fault = |source| Error::Write { path: path.to_owned(), source };
    // A link created after the caller resolved the path could point anywhere.
    let permissions = match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err(fault(irregular())),
        Ok(metadata) => Some(metadata.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(fault(source)),
    };
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(Error::ReadOnly { path: path.to_owned() });
    }
    let write = |mut file: NamedTempFile| {
        fill(&mut file, text, permissions.clone())?;
        rename_over(file, path, expected)
    };
    // If the git directory is on another file system, the rename fails.
    match lock.temporary().map(write) {
        Some(Ok(result)) => Ok(result),
        Some(Err(_)) | None => lock.temporary_in(folder(path)).and_then(write).map_err(fault),
    }
}

fn fill(file: &mut NamedTempFile, text: &str, permissions: Option<fs::Permissions>) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    file.flush()?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()
}

/// Renames the new file over `target` if the text there is the expected one.
fn rename_over(file: NamedTempFile, target: &Path, expected: Option<&str>) -> io::Result<ReplaceResult> {
    let Some(expected) = expected else { return rename_new(file, target) };
    let mut old = match open(target) {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(ReplaceResult::Changed),
        Err(error) => return Err(error),
    };
    if read_all(&mut old)? != expected.as_bytes() || !is_same_file(&old, target)? {
        return Ok(ReplaceResult::Changed);
    }
    file.persist(target).map_err(|error| error.error)?;
    sync(folder(target));
    // A process that opened the file before the rename (`echo … >> CHANGELOG.md`) writes to the old, now deleted file.
    thread::sleep(LINGER);
    for _ in 0..MAX_READS {
        match read_all(&mut old) {
            Ok(bytes) if bytes == expected.as_bytes() => return Ok(ReplaceResult::Done),
            Ok(bytes) => {
                thread::sleep(SETTLE_TIME);
                if read_all(&mut old).is_ok_and(|again| again == bytes) {
                    let late = String::from_utf8(bytes).map(ReplaceResult::WrittenLate);
                    return late.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"));
                }
            }
            Err(_) => return Ok(ReplaceResult::Done),
        }
    }
    Ok(ReplaceResult::Done)
}

/// Renames the new file to `target`, which must not exist.
fn rename_new(file: NamedTempFile, target: &Path) -> io::Result<ReplaceResult> {
    match file.persist_noclobber(target) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            return Ok(ReplaceResult::Changed);
        }
        // The file system does not support a rename that fails if the target exists.
        Err(error) => drop(error.file.persist(target).map_err(|error| error.error)?),
    }
    sync(folder(target));
    Ok(ReplaceResult::Done)
}

/// Syncs the folder, which makes the rename durable. Errors are ignored: both the old and the new text are complete,
/// and some systems cannot sync a folder.
fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Opens a regular file; links are refused.
fn open(path: &Path) -> io::Result<File> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(irregular());
    }
    let file = File::open(path)?;
    if is_same_file(&file, path)? { Ok(file) } else { Err(irregular()) }
}

fn irregular() -> io::Error {
    io::Error::other("not a regular file")
}

fn read_all(file: &mut File) -> io::Result<Vec<u8>> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether the path still refers to the open file.
#[cfg(unix)]
fn is_same_file(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (opened, current) = (file.metadata()?, fs::symlink_metadata(path)?);
    Ok((opened.dev(), opened.ino()) == (current.dev(), current.ino()))
}

#[cfg(not(unix))]
fn is_same_file(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Reads the file until it is stable: an editor may truncate a file before it writes the text.
fn read_settled(path: &Path) -> Result<Option<String>, Error> {
    let mut last = read(path);
    for _ in 0..MAX_READS {
        thread::sleep(SETTLE_TIME);
        let now = read(path);
        if let (Ok(last), Ok(now)) = (&last, &now)
            && last == now
        {
            break;
        }
        last = now;
    }
    last
}

/// Merges the text without our section from `theirs`, written to the file that we replaced, and `now`, the current
/// text. `None` if both were changed and at least one change is not an addition at the end.
fn merge(old: Option<&str>, new: &str, theirs: &str, now: Option<&str>) -> Option<String> {
    let now = now?;
    if now == new {
        return Some(theirs.to_owned());
    }
    let tail = now.strip_prefix(new)?;
    theirs.starts_with(old?).then(|| format!("{theirs}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a text over any existing one.
    fn write(path: &Path, text: &str) -> Result<(), Error> {
        let git = tempfile::tempdir().unwrap();
        let is_file = fs::symlink_metadata(path).is_ok_and(|existing| existing.is_file());
        let old = if is_file { read(path)? } else { None };
        update(git.path(), path, old, |_| Ok(text.to_owned())).map(|_: bool| ())
    }

    /// Prepends "ours" to a file that `theirs` changes during each call of `edit`. Returns the result and the final
    /// text.
    fn race(theirs: impl Fn(&Path, usize)) -> (Result<bool, Error>, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        fs::write(&path, "old\n").unwrap();
        let calls = std::cell::Cell::new(0);
        let result = update(&folder.path().join("git"), &path, read(&path).unwrap(), |old| {
            calls.set(calls.get() + 1);
            let new = format!("ours\n{}", old.unwrap_or_default());
            theirs(&path, calls.get());
            Ok(new)
        });
        assert_eq!(names(folder.path()), ["CHANGELOG.md", "git"]);
        (result, fs::read_to_string(&path).unwrap())
    }

    fn append(path: &Path, text: &str) {
        fs::OpenOptions::new().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn concurrent_change_is_preserved() {
        let (result, text) = race(|path, call| match call {
            1 => append(path, "theirs\n"),
            2 => fs::write(path, "rewritten\n").unwrap(),
            _ => {}
        });
        assert!(result.unwrap());
        assert_eq!(text, "ours\nrewritten\n");
        let (result, text) = race(|path, call| match call {
            1 => fs::remove_file(path).unwrap(),
            2 => fs::write(path, "made\n").unwrap(),
            _ => {}
        });
        assert!(result.unwrap());
        assert_eq!(text, "ours\nmade\n");
    }

    #[test]
    fn constantly_changing_file_is_an_error_and_not_overwritten() {
        let (result, text) = race(|path, call| append(path, &format!("{call}\n")));
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Changed { .. }) && error.hint().is_some(), "{error}");
        assert!(!text.contains("ours") && text.contains(&format!("{}\n", ATTEMPTS + 1)), "{text}");
    }

    #[test]
    fn write_through_an_open_file_is_preserved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        fs::write(&path, "old\n").unwrap();
        let mut open = fs::OpenOptions::new().append(true).open(&path).unwrap();
        let watched = path.clone();
        let writer = thread::spawn(move || {
            while fs::read_to_string(&watched).unwrap() == "old\n" {
                thread::yield_now();
            }
            open.write_all(b"late\n").unwrap();
            drop(open);
            append(&watched, "later\n");
        });
        let edit = |old: Option<&str>| Ok::<_, Error>(format!("ours\n{}", old.unwrap()));
        assert!(update(&folder.path().join("git"), &path, Some("old\n".to_owned()), edit).unwrap());
        writer.join().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours\nold\nlate\nlater\n");
    }

    #[test]
    fn merge_requires_additions_at_the_end() {
        let both = merge(Some("old\n"), "new\nold\n", "old\na\n", Some("new\nold\nb\n"));
        assert_eq!(both.as_deref(), Some("old\na\nb\n"));
        assert_eq!(merge(Some("old\n"), "new\n", "x\n", Some("new\n")).as_deref(), Some("x\n"));
        assert_eq!(merge(Some("old\n"), "new\n", "x\n", Some("new\nb\n")), None);
        assert_eq!(merge(Some("old\n"), "new\n", "old\na\n", None), None);
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn missing_file_is_created() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, "\u{feff}a\r\n").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("\u{feff}a\r\n"));
        assert_eq!(names(folder.path()), ["CHANGELOG.md"]);
    }

    #[test]
    fn invalid_utf_8_reports_its_offset() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        fs::write(&path, b"abc\xff").unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(error, Error::NotUtf8 { offset: 3, .. }), "{error}");
        assert!(error.hint().is_some());
    }

    #[test]
    fn missing_folder_is_an_error_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        let error = write(&folder.path().join("file/CHANGELOG.md"), "new").unwrap_err();
        assert!(matches!(error, Error::Write { .. }), "{error}");
        let error = write(&folder.path().join("none/CHANGELOG.md"), "new").unwrap_err();
        assert!(error.hint().unwrap().contains("none"), "{error}");
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn failed_rename_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        fs::create_dir(&path).unwrap();
        assert!(matches!(write(&path, "new"), Err(Error::Write { .. })));
        assert_eq!(names(folder.path()), ["CHANGELOG.md"]);
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        use super::*;

        #[test]
        fn links_and_pipes_are_refused() {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("target.md"), "old").unwrap();
            let link = folder.path().join("CHANGELOG.md");
            symlink("target.md", &link).unwrap();
            assert!(matches!(read(&link), Err(Error::Read { .. })));
            assert!(matches!(write(&link, "new"), Err(Error::Write { .. })));
            assert_eq!(fs::read_to_string(folder.path().join("target.md")).unwrap(), "old");
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

            let dangling = folder.path().join("NEWS.md");
            symlink("none.md", &dangling).unwrap();
            assert!(matches!(write(&dangling, "new"), Err(Error::Write { .. })));
            assert!(!folder.path().join("none.md").exists());

            let pipe = folder.path().join("pipe");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            assert!(matches!(write(&pipe, "new"), Err(Error::Write { .. })));
        }

        #[test]
        fn permissions_are_preserved() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("CHANGELOG.md");
            fs::write(&path, "old").unwrap();
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            let fresh = mode(&path);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            write(&path, "new").unwrap();
            assert_eq!(mode(&path), 0o640);
            write(&folder.path().join("NEW.md"), "new").unwrap();
            assert_eq!(mode(&folder.path().join("NEW.md")), fresh, "as any new file");

            fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
            assert!(matches!(write(&path, "x"), Err(Error::ReadOnly { .. })));
            assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        }
    }
}
