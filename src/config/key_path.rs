//! A way from the top of a configuration to an entry: keys of tables and indices in lists.

/// One segment of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    /// Into a table.
    Key(&'a str),
    /// Into a list, from 0.
    Index(usize),
}

/// The way to a key that is written with dots, as in `network.ca_file`.
pub(super) fn dotted(key: &str) -> Vec<Segment<'_>> {
    key.split('.').map(Segment::Key).collect()
}
