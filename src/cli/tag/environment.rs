//! Errors about environments.

use crate::{error::Error, notes::Line};

/// The error for an environment that is not declared.
pub(super) fn unknown_environment(line: &Line, environment: &str) -> Error {
    let names: Vec<&str> = line.history.environments.iter().map(|one| one.name.as_str()).collect();
    let hint = match names.as_slice() {
        [] => "declare it in tidings.toml: environments = [\"staging\", \"prod\"]".to_owned(),
        names => format!("use one of: {}", names.join(", ")),
    };
    Error::usage(format!("there is no environment `{environment}`"), Some(&hint))
}
