//! What the files of other tools say: a file each.

pub(super) mod release_yml;
pub(super) mod tool_hosts;
