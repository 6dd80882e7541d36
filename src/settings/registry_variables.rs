//! The variables that say how registries are reached.

/// The variable with the host of the registry that the next two are for.
pub(super) const HOST: &str = "TIDINGS_REGISTRY_HOST";
/// The variable with the user of registries.
pub(super) const USER: &str = "TIDINGS_REGISTRY_USER";
/// The variable with the password or token of registries.
pub(super) const TOKEN: &str = "TIDINGS_REGISTRY_TOKEN";
/// The variable with the hosts that a registry's password may go to for a token.
pub(super) const REALM: &str = "TIDINGS_REGISTRY_REALM";
