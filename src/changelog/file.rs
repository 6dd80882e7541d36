//! The changelog on disk: read whole, written aside and put in place in one step, unless somebody else has changed it meanwhile.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, Write as _},
    path::Path,
    thread,
    time::Duration,
};

use tempfile::NamedTempFile;

use super::{error::Error, folder::folder, lock::Lock};

/// How often a section is put in anew where somebody else changes the file.
const ATTEMPTS: usize = 10;
/// How long the replaced file is watched for whoever had it open to write to it.
const LINGER: Duration = Duration::from_millis(10);
/// A file that somebody else is writing is read again until it stays the same for this long, at most this often.
const SETTLED: Duration = Duration::from_millis(20);
const LOOKS: usize = 10;

/// The file's text as it stands (BOM and line ends kept), or `None` where there is no file.
///
/// # Errors
/// When it cannot be read or is not UTF-8.
pub fn read(path: &Path) -> Result<Option<String>, Error> {
    match open(path).and_then(|mut file| whole(&mut file)) {
        Ok(bytes) => text(path, bytes).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Read { path: path.to_owned(), source }),
    }
}

/// The text of a file that was read; `path` names it in errors.
///
/// # Errors
/// When it is not UTF-8.
pub fn text(path: &Path, bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes)
        .map_err(|error| Error::NotUtf8 { path: path.to_owned(), offset: error.utf8_error().valid_up_to() })
}

/// Replaces the file's text with what `edit` makes of it, all or nothing, and says whether something was written.
///
/// `edit` gets `old`, the text that was read before, and gets the file's new text again where somebody else has changed the file in
/// between. Two runs of tidings are kept apart by a lock in the git directory. The new text is flushed to the disk and renamed into
/// place. `path` must have no links, and nothing or a regular file must lie there; its permissions are kept.
///
/// # Errors
/// Those of `edit`; when the file is read-only or no regular one, or its folder cannot be written to; when another run does not end, or somebody
/// else keeps changing the file. The file is then as the others have left it.
pub fn update<E: From<Error>>(
    git_directory: &Path,
    path: &Path,
    old: Option<String>,
    mut edit: impl FnMut(Option<&str>) -> Result<String, E>,
) -> Result<bool, E> {
    // Most of the time goes into the first call, during which nobody else is kept waiting.
    let mut new = edit(old.as_deref())?;
    if old.as_deref() == Some(new.as_str()) {
        return Ok(false);
    }
    let lock = Lock::acquire(git_directory, path)?;
    let mut there = old;
    for _ in 0..ATTEMPTS {
        let base = match replace(&lock, path, there.as_deref(), &new)? {
            Replaced::Done => return Ok(true),
            Replaced::Changed => settled(path)?,
            Replaced::Late(theirs) => {
                let now = settled(path)?;
                let joined = joined(there.as_deref(), &new, &theirs, now.as_deref());
                there = now;
                let kept = || Error::Overlapped { path: path.to_owned(), kept: lock.keep(&theirs) };
                // Their text is in no file any more, so it is kept whatever `edit` says.
                new = edit(Some(&joined.ok_or_else(kept)?)).map_err(|_| kept())?;
                continue;
            }
        };
        new = edit(base.as_deref())?;
        if base.as_deref() == Some(new.as_str()) {
            return Ok(true);
        }
        there = base;
    }
    Err(Error::Changed { path: path.to_owned() }.into())
}

/// What became of the attempt to put a text in place.
#[derive(Debug, PartialEq, Eq)]
enum Replaced {
    Done,
    /// The file has another text than expected; nothing was written.
    Changed,
    /// The text is in place, but somebody who had the file open has written this to what was replaced.
    Late(String),
}

/// Puts a text into the place of the one that is expected there (`None`: no file).
fn replace(lock: &Lock, path: &Path, expected: Option<&str>, text: &str) -> Result<Replaced, Error> {
    let fault = |source| Error::Write { path: path.to_owned(), source };
    // A link that came here after the caller followed all of them may lead anywhere.
    let permissions = match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err(fault(irregular())),
        Ok(metadata) => Some(metadata.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(fault(source)),
    };
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(Error::ReadOnly { path: path.to_owned() });
    }
    let place = |mut file: NamedTempFile| {
        fill(&mut file, text, permissions.clone())?;
        put(file, path, expected)
    };
    // The git directory may be on another file system, from which nothing can be renamed.
    match lock.temporary().map(place) {
        Some(Ok(replaced)) => Ok(replaced),
        Some(Err(_)) | None => lock.temporary_beside(folder(path)).and_then(place).map_err(fault),
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

/// Compares the file at `target` with what is expected there, and renames the new one over it.
fn put(file: NamedTempFile, target: &Path, expected: Option<&str>) -> io::Result<Replaced> {
    let Some(expected) = expected else { return put_new(file, target) };
    let mut old = match open(target) {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Replaced::Changed),
        Err(error) => return Err(error),
    };
    if whole(&mut old)? != expected.as_bytes() || !is_still(&old, target)? {
        return Ok(Replaced::Changed);
    }
    file.persist(target).map_err(|error| error.error)?;
    sync(folder(target));
    // Whoever had opened the file before the rename (`echo … >> CHANGELOG.md`) writes to what nobody finds any more.
    thread::sleep(LINGER);
    for _ in 0..LOOKS {
        match whole(&mut old) {
            Ok(bytes) if bytes == expected.as_bytes() => return Ok(Replaced::Done),
            Ok(bytes) => {
                thread::sleep(SETTLED);
                if whole(&mut old).is_ok_and(|again| again == bytes) {
                    let late = String::from_utf8(bytes).map(Replaced::Late);
                    return late.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"));
                }
            }
            Err(_) => return Ok(Replaced::Done),
        }
    }
    Ok(Replaced::Done)
}

/// Puts a file where none is.
fn put_new(file: NamedTempFile, target: &Path) -> io::Result<Replaced> {
    match file.persist_noclobber(target) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(Replaced::Changed),
        // A file system that cannot tell.
        Err(error) => drop(error.file.persist(target).map_err(|error| error.error)?),
    }
    sync(folder(target));
    Ok(Replaced::Done)
}

/// The rename itself reaches the disk with the folder; the text is safe in either state, so a system that cannot sync a folder
/// is no fault.
fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Opens a regular file; a link in its place is not followed.
fn open(path: &Path) -> io::Result<File> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(irregular());
    }
    let file = File::open(path)?;
    if is_still(&file, path)? { Ok(file) } else { Err(irregular()) }
}

fn irregular() -> io::Error {
    io::Error::other("it is not a regular file")
}

fn whole(file: &mut File) -> io::Result<Vec<u8>> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether the path still leads to the file that was opened by it.
#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (opened, there) = (file.metadata()?, fs::symlink_metadata(path)?);
    Ok((opened.dev(), opened.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn is_still(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// The file's text once whoever is writing it has ended: an editor may empty a file before it fills it.
fn settled(path: &Path) -> Result<Option<String>, Error> {
    let mut last = read(path);
    for _ in 0..LOOKS {
        thread::sleep(SETTLED);
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

/// The text that the file would have without our section: `theirs` was written to the file that we replaced, and `now` stands in
/// its place. `None` where both were changed otherwise than by adding to their ends.
fn joined(old: Option<&str>, new: &str, theirs: &str, now: Option<&str>) -> Option<String> {
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

    /// Writes a text, whatever is there.
    fn write(path: &Path, text: &str) -> Result<(), Error> {
        let git = tempfile::tempdir().unwrap();
        let is_file = fs::symlink_metadata(path).is_ok_and(|there| there.is_file());
        let old = if is_file { read(path)? } else { None };
        update(git.path(), path, old, |_| Ok(text.to_owned())).map(|_: bool| ())
    }

    /// What `edit` made, with a mark; somebody else writes `theirs` in between.
    fn raced(theirs: impl Fn(&Path, usize)) -> (Result<bool, Error>, String) {
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
    fn change_during_the_run_is_kept() {
        let (result, text) = raced(|path, call| match call {
            1 => append(path, "theirs\n"),
            2 => fs::write(path, "rewritten\n").unwrap(),
            _ => {}
        });
        assert!(result.unwrap());
        assert_eq!(text, "ours\nrewritten\n");
        let (result, text) = raced(|path, call| match call {
            1 => fs::remove_file(path).unwrap(),
            2 => fs::write(path, "made\n").unwrap(),
            _ => {}
        });
        assert!(result.unwrap());
        assert_eq!(text, "ours\nmade\n");
    }

    #[test]
    fn restless_file_is_an_error_and_stays() {
        let (result, text) = raced(|path, call| append(path, &format!("{call}\n")));
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Changed { .. }) && error.hint().is_some(), "{error}");
        assert!(!text.contains("ours") && text.contains(&format!("{}\n", ATTEMPTS + 1)), "{text}");
    }

    #[test]
    fn change_through_a_file_that_was_open_is_kept() {
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
    fn texts_of_two_others_are_joined_only_at_their_ends() {
        let both = joined(Some("old\n"), "new\nold\n", "old\na\n", Some("new\nold\nb\n"));
        assert_eq!(both.as_deref(), Some("old\na\nb\n"));
        assert_eq!(joined(Some("old\n"), "new\n", "x\n", Some("new\n")).as_deref(), Some("x\n"));
        assert_eq!(joined(Some("old\n"), "new\n", "x\n", Some("new\nb\n")), None);
        assert_eq!(joined(Some("old\n"), "new\n", "old\na\n", None), None);
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn pitfall_25_a_missing_file_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, "\u{feff}a\r\n").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("\u{feff}a\r\n"));
        assert_eq!(names(folder.path()), ["CHANGELOG.md"]);
    }

    #[test]
    fn what_is_not_utf_8_is_named_by_its_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        fs::write(&path, b"abc\xff").unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(error, Error::NotUtf8 { offset: 3, .. }), "{error}");
        assert!(error.hint().is_some());
    }

    #[test]
    fn an_unwritable_folder_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        let error = write(&folder.path().join("file/CHANGELOG.md"), "new").unwrap_err();
        assert!(matches!(error, Error::Write { .. }), "{error}");
        let error = write(&folder.path().join("none/CHANGELOG.md"), "new").unwrap_err();
        assert!(error.hint().unwrap().contains("none"), "{error}");
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn a_failed_rename_leaves_no_temporary_file() {
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
        fn link_or_pipe_is_not_written_to() {
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
        fn permissions_are_kept() {
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
