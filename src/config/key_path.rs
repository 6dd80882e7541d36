//! The path of a value in a configuration: keys of tables and indices of lists, outermost first.

/// One segment of a key path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeySegment<'a> {
    /// A key of a table.
    Key(&'a str),
    /// An index of a list, from 0.
    Index(usize),
}

/// Splits a dotted key, as in `network.ca_file`.
pub(super) fn parse_dotted(key: &str) -> Vec<KeySegment<'_>> {
    key.split('.').map(KeySegment::Key).collect()
}
