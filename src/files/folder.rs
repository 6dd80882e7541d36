//! A folder of the project, opened: on the disk, or in a commit.

use std::{
    ffi::{OsStr, OsString},
    io::{self, Read as _},
    path::PathBuf,
};

use cap_fs_ext::{
    DirExt as _, FollowSymlinks, MetadataExt as _, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _,
};
use cap_std::fs::{Dir, OpenOptions};

use super::Why;
use crate::{
    git::{self, Repository, TreeEntry},
    model::ObjectId,
};

/// What a folder is to the system, whatever its name: device and file number.
pub(super) type Identity = (u64, u64);

/// An opened folder.
pub(super) enum Folder<'r> {
    /// On the disk.
    Disk(Dir),
    /// In a commit.
    Stored(&'r Repository, ObjectId),
}

/// What a name in a folder is.
pub(super) enum Entry<'r> {
    /// There is none.
    Missing,
    /// A folder.
    Folder(Folder<'r>),
    /// A symbolic link, with what it says.
    Link(PathBuf),
    /// A regular file, with its size in bytes where the folder tells it at no cost.
    File(u64),
    /// Anything else.
    Other(&'static str),
}

/// A file or folder cannot be read.
pub(super) enum Fault {
    Why(Why),
    System(io::Error),
    Git(git::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl From<git::Error> for Fault {
    fn from(error: git::Error) -> Self {
        Self::Git(error)
    }
}

impl From<Why> for Fault {
    fn from(why: Why) -> Self {
        Self::Why(why)
    }
}

impl<'r> Folder<'r> {
    /// What has this name in it. No link is followed.
    pub(super) fn entry(&self, name: &OsStr) -> Result<Entry<'r>, Fault> {
        match self {
            Self::Disk(folder) => on_disk(folder, name),
            Self::Stored(repository, tree) => stored(repository, *tree, name),
        }
    }

    /// What the regular file of this name holds, where it is not larger than `limit` bytes. A link that has taken its place
    /// since it was looked at is not followed.
    pub(super) fn read(&self, name: &OsStr, limit: u64) -> Result<Vec<u8>, Fault> {
        let bytes = match self {
            Self::Disk(folder) => {
                let mut options = OpenOptions::new();
                // Without this a FIFO waits for a writer.
                options.read(true).follow(FollowSymlinks::No).nonblock(true);
                let file = folder.open_with(name, &options)?;
                let data = file.metadata()?;
                if !data.is_file() {
                    return Err(Why::Kind("a device, pipe or folder").into());
                }
                let mut bytes = Vec::new();
                if data.len() <= limit {
                    // One more tells a file that grows from one that fits.
                    file.take(limit + 1).read_to_end(&mut bytes)?;
                }
                Some(bytes).filter(|bytes| data.len() <= limit && bytes.len() as u64 <= limit)
            }
            Self::Stored(repository, tree) => match repository.tree_entry(*tree, &name.to_string_lossy())? {
                Some(TreeEntry::File(blob)) => repository.content(blob, limit)?,
                _ => return Err(io::Error::from(io::ErrorKind::NotFound).into()),
            },
        };
        bytes.ok_or_else(|| Why::Large { limit }.into())
    }

    /// The names in it, sorted, where they are not more than `limit`.
    pub(super) fn names(&self, limit: usize) -> Result<Vec<OsString>, Fault> {
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
            return Err(Why::Many { limit }.into());
        }
        names.sort();
        Ok(names)
    }

    /// Another handle on it.
    pub(super) fn again(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Disk(folder) => Self::Disk(folder.try_clone()?),
            Self::Stored(repository, tree) => Self::Stored(repository, *tree),
        })
    }

    /// What it is to the system; `None` in a commit.
    pub(super) fn identity(&self) -> io::Result<Option<Identity>> {
        match self {
            Self::Disk(folder) => identity(folder).map(Some),
            Self::Stored(..) => Ok(None),
        }
    }
}

/// What an open folder is to the system.
pub(super) fn identity(folder: &Dir) -> io::Result<Identity> {
    let data = folder.dir_metadata()?;
    Ok((data.dev(), data.ino()))
}

fn on_disk<'r>(folder: &Dir, name: &OsStr) -> Result<Entry<'r>, Fault> {
    let data = match folder.symlink_metadata(name) {
        Ok(data) => data,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Entry::Missing),
        Err(error) => return Err(error.into()),
    };
    let kind = data.file_type();
    Ok(if kind.is_symlink() {
        Entry::Link(folder.read_link_contents(name)?)
    } else if kind.is_dir() {
        Entry::Folder(Folder::Disk(folder.open_dir_nofollow(name)?))
    } else if kind.is_file() {
        Entry::File(data.len())
    } else {
        Entry::Other("a device or pipe")
    })
}

fn stored<'r>(repository: &'r Repository, tree: ObjectId, name: &OsStr) -> Result<Entry<'r>, Fault> {
    // Trees hold bytes; a name that is not UTF-8 cannot have been written in a configuration.
    Ok(match name.to_str().map(|name| repository.tree_entry(tree, name)).transpose()?.flatten() {
        None => Entry::Missing,
        Some(TreeEntry::Folder(tree)) => Entry::Folder(Folder::Stored(repository, tree)),
        Some(TreeEntry::Link(blob)) => {
            let target = repository.content(blob, LINK_BYTES)?.ok_or(Why::Links)?;
            Entry::Link(String::from_utf8_lossy(&target).into_owned().into())
        }
        Some(TreeEntry::File(_)) => Entry::File(0),
        Some(TreeEntry::Submodule) => Entry::Other("a submodule"),
    })
}

/// No system has longer paths.
const LINK_BYTES: u64 = 4096;
