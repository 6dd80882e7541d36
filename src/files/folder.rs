//! Opens folders of a project, on disk or in a commit.

use std::{
    ffi::{OsStr, OsString},
    io::{self, Read as _},
    path::PathBuf,
};

use cap_fs_ext::{
    DirExt as _, FollowSymlinks, MetadataExt as _, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _,
};
use cap_std::fs::{Dir, OpenOptions};

use super::Refusal;
use crate::{
    git::{self, Repository, TreeEntry},
    model::ObjectId,
};

/// Identifies a folder independently of its path: device and inode number.
pub(super) type Identity = (u64, u64);

/// An open folder.
pub(super) enum Folder<'r> {
    /// On disk.
    Disk(Dir),
    /// In a commit.
    Stored(&'r Repository, ObjectId),
}

/// The file with a given name in a folder.
pub(super) enum FolderEntry<'r> {
    /// There is none.
    Missing,
    /// A folder.
    Folder(Folder<'r>),
    /// A symbolic link, with its target as stored.
    Link(PathBuf),
    /// A regular file, with its size in bytes (0 in a commit, where the size would cost a read).
    File(u64),
    /// Anything else, by its kind.
    Other(&'static str),
}

/// Why a file or folder cannot be read.
pub(super) enum AccessError {
    Refused(Refusal),
    System(io::Error),
    Git(git::Error),
}

impl From<io::Error> for AccessError {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl From<git::Error> for AccessError {
    fn from(error: git::Error) -> Self {
        Self::Git(error)
    }
}

impl From<Refusal> for AccessError {
    fn from(reason: Refusal) -> Self {
        Self::Refused(reason)
    }
}

impl<'r> Folder<'r> {
    /// The entry with this name. Does not follow links.
    pub(super) fn entry(&self, name: &OsStr) -> Result<FolderEntry<'r>, AccessError> {
        match self {
            Self::Disk(folder) => on_disk(folder, name),
            Self::Stored(repository, tree) => stored(repository, *tree, name),
        }
    }

    /// The content of the regular file with this name, at most `limit` bytes. A link that has replaced the file since
    /// the check is not followed.
    pub(super) fn read(&self, name: &OsStr, limit: u64) -> Result<Vec<u8>, AccessError> {
        let bytes = match self {
            Self::Disk(folder) => {
                let mut options = OpenOptions::new();
                // Without `nonblock`, opening a FIFO waits for a writer.
                options.read(true).follow(FollowSymlinks::No).nonblock(true);
                let file = folder.open_with(name, &options)?;
                let data = file.metadata()?;
                if !data.is_file() {
                    return Err(Refusal::Kind("a device, pipe or folder").into());
                }
                let mut bytes = Vec::new();
                if data.len() <= limit {
                    // One byte more, to detect a file that has grown.
                    file.take(limit + 1).read_to_end(&mut bytes)?;
                }
                Some(bytes).filter(|bytes| data.len() <= limit && bytes.len() as u64 <= limit)
            }
            Self::Stored(repository, tree) => match repository.tree_entry(*tree, &name.to_string_lossy())? {
                Some(TreeEntry::File(blob)) => repository.content(blob, limit)?,
                _ => return Err(io::Error::from(io::ErrorKind::NotFound).into()),
            },
        };
        bytes.ok_or_else(|| Refusal::Large { limit }.into())
    }

    /// The names of all entries, sorted; an error if there are more than `limit`.
    pub(super) fn names(&self, limit: usize) -> Result<Vec<OsString>, AccessError> {
        let mut names: Vec<OsString> = match self {
            Self::Disk(folder) => {
                let entries = folder.entries()?.take(limit + 1);
                entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?
            }
            Self::Stored(repository, tree) => {
                repository.names(*tree)?.into_iter().map(OsString::from).collect()
            }
        };
        if names.len() > limit {
            return Err(Refusal::Many { limit }.into());
        }
        names.sort();
        Ok(names)
    }

    /// Duplicates the handle.
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Disk(folder) => Self::Disk(folder.try_clone()?),
            Self::Stored(repository, tree) => Self::Stored(repository, *tree),
        })
    }

    /// The identity; `None` in a commit.
    pub(super) fn identity(&self) -> io::Result<Option<Identity>> {
        match self {
            Self::Disk(folder) => identity(folder).map(Some),
            Self::Stored(..) => Ok(None),
        }
    }
}

/// The identity of a folder on disk.
pub(super) fn identity(folder: &Dir) -> io::Result<Identity> {
    let data = folder.dir_metadata()?;
    Ok((data.dev(), data.ino()))
}

fn on_disk<'r>(folder: &Dir, name: &OsStr) -> Result<FolderEntry<'r>, AccessError> {
    let data = match folder.symlink_metadata(name) {
        Ok(data) => data,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FolderEntry::Missing),
        Err(error) => return Err(error.into()),
    };
    let kind = data.file_type();
    Ok(if kind.is_symlink() {
        FolderEntry::Link(folder.read_link_contents(name)?)
    } else if kind.is_dir() {
        FolderEntry::Folder(Folder::Disk(folder.open_dir_nofollow(name)?))
    } else if kind.is_file() {
        FolderEntry::File(data.len())
    } else {
        FolderEntry::Other("a device or pipe")
    })
}

fn stored<'r>(
    repository: &'r Repository,
    tree: ObjectId,
    name: &OsStr,
) -> Result<FolderEntry<'r>, AccessError> {
    // Tree names are bytes, but a configuration is UTF-8 and cannot name others.
    Ok(match name.to_str().map(|name| repository.tree_entry(tree, name)).transpose()?.flatten() {
        None => FolderEntry::Missing,
        Some(TreeEntry::Folder(tree)) => FolderEntry::Folder(Folder::Stored(repository, tree)),
        Some(TreeEntry::Link(blob)) => {
            let target = repository.content(blob, LINK_BYTES)?.ok_or(Refusal::Links)?;
            FolderEntry::Link(String::from_utf8_lossy(&target).into_owned().into())
        }
        Some(TreeEntry::File(_)) => FolderEntry::File(0),
        Some(TreeEntry::Submodule) => FolderEntry::Other("a submodule"),
    })
}

/// The maximum length of a link target, in bytes: PATH_MAX on Linux.
const LINK_BYTES: u64 = 4096;
