//! The composite action of this repository, and the files and commands by which its steps speak to the runner.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

/// The parsed `action.yml`.
pub(crate) struct Action(Value);

/// The root of this repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

impl Action {
    pub(crate) fn read() -> Self {
        Self(serde_saphyr::from_str(&fs::read_to_string(root().join("action.yml")).unwrap()).unwrap())
    }

    pub(crate) fn steps(&self) -> &Value {
        &self.0["runs"]["steps"]
    }

    /// The values of the expressions `inputs.NAME`: as given, else the default.
    pub(crate) fn inputs(
        &self,
        given: &[(String, String)],
        expressions: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let declared = self.0["inputs"].as_object().unwrap();
        for (name, _) in given {
            assert!(declared.contains_key(name), "the action has no input `{name}`");
        }
        let value = |name: &str, input: &Value| {
            let default = input["default"].as_str().unwrap();
            let expression = default.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}"));
            let default = expression.map_or(default, |name| &expressions[name]);
            given.iter().find(|(given, _)| given == name).map_or(default, |(_, value)| value).to_owned()
        };
        declared.iter().map(|(name, input)| (format!("inputs.{name}"), value(name, input))).collect()
    }

    /// The outputs with their expressions.
    pub(crate) fn outputs(&self) -> Value {
        let outputs = self.0["outputs"].as_object().unwrap().iter();
        Value::Object(
            outputs.map(|(name, output)| (name.clone(), output["value"].clone())).collect::<Map<_, _>>(),
        )
    }
}

/// Parses `$GITHUB_OUTPUT`: lines `name=value`, and values between delimiters.
pub(crate) fn outputs(text: &str) -> Vec<(String, String)> {
    let mut lines = text.split('\n');
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if let Some((name, end)) = line.split_once("<<").filter(|(name, _)| !name.contains('=')) {
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
            found.push((name.to_owned(), value.join("\n")));
        } else if !line.is_empty() {
            let (name, value) = line.split_once('=').unwrap();
            found.push((name.to_owned(), value.to_owned()));
        }
    }
    found
}

/// The lines of an output that the runner takes for commands.
pub(crate) fn commands(text: &str) -> Vec<String> {
    let mut paused: Option<&str> = None;
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        let Some(command) = line.strip_prefix("::") else {
            // The older form may be anywhere in a line.
            found.extend((paused.is_none() && line.contains("##[")).then(|| line.to_owned()));
            continue;
        };
        match paused {
            Some(token) if command == format!("{token}::") => paused = None,
            Some(_) => {}
            None => match command.strip_prefix("stop-commands::") {
                Some(token) => paused = Some(token),
                None => found.push(line.to_owned()),
            },
        }
    }
    found
}

#[test]
fn files_and_commands_are_read_as_the_runner_does() {
    let text = "a=1\nb<<END\n2\nc=3\n\nEND\nd=x<<y\n";
    let expected = [("a", "1"), ("b", "2\nc=3\n"), ("d", "x<<y")];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(outputs(text), expected);
    let text = "::stop-commands::t\n::error::x\n##[error]x\n::t::\n  ::warning::y\nz ##[error]\n- ::error::z";
    assert_eq!(commands(text), ["::warning::y", "z ##[error]"]);
}
