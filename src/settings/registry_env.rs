//! Environment variables for registries.

/// The host of the registry that the user and token are for.
pub(super) const HOST: &str = "TIDINGS_REGISTRY_HOST";
/// The user.
pub(super) const USER: &str = "TIDINGS_REGISTRY_USER";
/// The password or token.
pub(super) const TOKEN: &str = "TIDINGS_REGISTRY_TOKEN";
/// The hosts of token servers that may get a registry's password.
pub(super) const REALM: &str = "TIDINGS_REGISTRY_REALM";
