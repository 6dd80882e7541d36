//! A pull request of a stranger: configuration, templates and corrections come from the base branch.
