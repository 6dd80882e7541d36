//! Programs that tests need besides git. A test is skipped if one is missing, unless `TIDINGS_TESTS_REQUIRE` lists it.

/// The names that the variable may list, separated by commas. `core` stands for git, which every test needs;
/// `contract` for the packages of `tests/contract`.
const NAMES: [&str; 15] = [
    "aiosmtpd",
    "bash",
    "contract",
    "core",
    "docker-registry",
    "ferro-oci-server",
    "gitlab-ci-local",
    "jq",
    "openssl",
    "pre-commit",
    "prek",
    "python3",
    "script",
    "skopeo",
    "umoci",
];

/// Prints that a test is skipped without a program.
///
/// # Panics
/// If the program is required.
#[track_caller]
pub(crate) fn missing(name: &str) {
    assert!(NAMES.contains(&name), "{name}: add it to the names that can be required");
    let required = std::env::var("TIDINGS_TESTS_REQUIRE").unwrap_or_default();
    assert!(!list(&required).any(|one| one == name), "{name} is missing, and TIDINGS_TESTS_REQUIRE lists it");
    println!("skipped: {name} is not installed");
}

fn list(required: &str) -> impl Iterator<Item = &str> {
    required.split(',').map(str::trim).filter(|name| !name.is_empty())
}

#[test]
fn required_programs_are_known() {
    assert_eq!(list("core, jq,").collect::<Vec<_>>(), ["core", "jq"]);
    let required = std::env::var("TIDINGS_TESTS_REQUIRE").unwrap_or_default();
    let unknown: Vec<&str> = list(&required).filter(|name| !NAMES.contains(name)).collect();
    assert!(unknown.is_empty(), "TIDINGS_TESTS_REQUIRE lists {unknown:?}; known are {NAMES:?}");
}
