//! Validation of what the program prints, writes and accepts against the JSON Schemas in `schemas/`.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    process::{Command, Output},
    sync::{LazyLock, Mutex},
};

use jsonschema::Validator;
use serde_json::{Value, json};

/// Checks a run: its JSON output, the configuration that it accepted, and the files that it wrote.
///
/// # Panics
/// If one of them is invalid.
pub(crate) fn check_run(command: &Command, output: &Output) {
    let arguments: Vec<&str> = command.get_args().filter_map(|argument| argument.to_str()).collect();
    let folder = command.get_current_dir().unwrap();
    if let Some(name) = output_schema(&arguments)
        && let Ok(value) = serde_json::from_slice::<Value>(&output.stdout)
    {
        assert_valid(name, &value, &arguments.join(" "));
    }
    if output.status.code() != Some(0) {
        return;
    }
    for (option, name) in [("--record-file", "promotion-1"), ("--plan", "plan-1")] {
        if let Some(file) = value_of(option, &arguments) {
            let text = fs::read(folder.join(file)).unwrap();
            assert_valid(name, &serde_json::from_slice(&text).unwrap(), option);
        }
    }
    // Completions ignore an invalid file.
    if reads_configuration(&arguments)
        && let Ok(text) = fs::read_to_string(folder.join("tidings.toml"))
        && let Ok(table) = text.parse::<toml::Table>()
    {
        assert_valid("tidings", &serde_json::to_value(table).unwrap(), "tidings.toml");
    }
}

/// Whether a run reads `tidings.toml` in its folder.
fn reads_configuration(arguments: &[&str]) -> bool {
    let reads_none =
        |argument: &&str| ["schema", "man", "completions", "cache", "init", "--help"].contains(argument);
    let reads_another = |argument: &&str| ["--config", "--untrusted", "--repo"].contains(argument);
    !arguments.iter().any(reads_none) && !arguments.iter().any(reads_another)
}

/// The schema of a command's output.
fn output_schema(arguments: &[&str]) -> Option<&'static str> {
    let format = value_of("--format", arguments).or_else(|| value_of("-f", arguments));
    if format != Some("json") {
        return None;
    }
    arguments.iter().find_map(|argument| match *argument {
        "notes" | "compare" | "show" => Some("notes-1"),
        "next" => Some("next-1"),
        "check" => Some("check-1"),
        "explain" => Some("explain-1"),
        "status" => Some("status-1"),
        _ => None,
    })
}

/// The value of an option, as `--format json` or `--format=json`.
fn value_of<'a>(option: &str, arguments: &[&'a str]) -> Option<&'a str> {
    let at = arguments.iter().position(|argument| argument.split('=').next() == Some(option))?;
    match arguments[at].split_once('=') {
        Some((_, value)) => Some(value),
        None => arguments.get(at + 1).copied(),
    }
}

/// Validates a value, which must have no field that the schema does not name.
///
/// # Panics
/// If it is invalid.
pub(crate) fn assert_valid(name: &str, value: &Value, what: &str) {
    let problems = problems(name, value);
    assert!(
        problems.is_empty(),
        "{what}: not as schemas/{name}.schema.json:\n{}\n{value:#}",
        problems.join("\n")
    );
}

/// Why a value does not have this schema.
pub(crate) fn problems(name: &str, value: &Value) -> Vec<String> {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, &'static Validator>>> = LazyLock::new(Mutex::default);
    let validator = *VALIDATORS.lock().unwrap().entry(name.to_owned()).or_insert_with(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/{name}.schema.json"));
        let mut schema = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        refuse_other_fields(&mut schema);
        Box::leak(Box::new(jsonschema::options().should_validate_formats(true).build(&schema).unwrap()))
    });
    let problem = |error: jsonschema::ValidationError<'_>| format!("{}: {error}", error.instance_path());
    validator.iter_errors(value).map(problem).collect()
}

/// The schemas allow fields that a later version adds.
fn refuse_other_fields(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".to_owned(), json!(false));
            }
            object.values_mut().for_each(refuse_other_fields);
        }
        Value::Array(items) => items.iter_mut().for_each(refuse_other_fields),
        _ => {}
    }
}
