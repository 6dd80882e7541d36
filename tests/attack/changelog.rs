//! Files that are written while others write them, and sections that must not appear twice.
