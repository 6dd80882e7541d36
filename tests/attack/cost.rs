//! Inputs made to be slow or large: patterns, templates, messages.
