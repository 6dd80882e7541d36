//! Runs the scripts of a pipeline as Bitbucket and GitHub do: each step or job in a fresh clone, with the artifacts of
//! those before it, until one fails.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use crate::world::{Ran, World};

/// The outcome of a pipeline or job.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) ok: bool,
    /// Each step that ran, with its output.
    pub(crate) steps: Vec<(String, Ran)>,
    /// What was written to the summary of the job (GitHub).
    pub(crate) summary: String,
}

impl Outcome {
    /// An outcome that must be a success.
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert!(self.ok, "{:#?}", self.steps.last());
        self
    }

    /// An outcome that must be a failure.
    #[track_caller]
    pub(crate) fn failed(self) -> Self {
        assert!(!self.ok, "{:#?}", self.steps);
        self
    }

    /// The output of all steps: stdout and stderr.
    pub(crate) fn text(&self) -> String {
        self.steps.iter().map(|(_, ran)| format!("{}{}", ran.stdout, ran.stderr)).collect()
    }
}

/// Runs the steps of a custom pipeline of Bitbucket.
pub(crate) struct Bitbucket<'w> {
    world: &'w World,
    steps: Vec<Value>,
    variables: Vec<(String, String)>,
    artifacts: TempDir,
}

impl<'w> Bitbucket<'w> {
    pub(crate) fn new(world: &'w World, file: &Value, pipeline: &str, variables: &[(&str, &str)]) -> Self {
        let steps = file["pipelines"]["custom"][pipeline].as_array().unwrap();
        let steps = steps.iter().filter_map(|entry| entry.get("step")).cloned().collect();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut variables: Vec<(String, String)> = variables.collect();
        variables.push(("BITBUCKET_STEP_TRIGGERER_UUID".to_owned(), "ada".to_owned()));
        Self { world, steps, variables, artifacts: TempDir::new().unwrap() }
    }

    /// Runs the steps up to the next one that a person has to start, beginning with the step at `first`.
    pub(crate) fn run(&self, first: usize) -> Outcome {
        let mut outcome = Outcome { ok: true, steps: Vec::new(), summary: String::new() };
        for (number, step) in self.steps.iter().enumerate().skip(first) {
            if (number > first && step["trigger"] == "manual") || !outcome.ok {
                break;
            }
            let clone = self.world.checkout("main");
            copy_all(self.artifacts.path(), clone.path());
            let commit = self.world.script(clone.path(), "git rev-parse HEAD", &[]).stdout.trim().to_owned();
            let mut variables = self.variables.clone();
            variables.push(("BITBUCKET_COMMIT".to_owned(), commit));
            let name = step["name"].as_str().unwrap_or_default().to_owned();
            let ran = self.world.script(clone.path(), &lines(&step["script"]), &variables);
            outcome.ok = ran.ok;
            let code = if ran.ok { "0" } else { "1" };
            outcome.steps.push((name.clone(), ran));
            variables.push(("BITBUCKET_EXIT_CODE".to_owned(), code.to_owned()));
            let after = self.world.script(clone.path(), &lines(&step["after-script"]), &variables);
            assert!(after.ok, "the after-script of {name}: {after:?}");
            for artifact in step["artifacts"].as_array().into_iter().flatten() {
                let pattern = artifact.as_str().unwrap().trim_end_matches("/**");
                copy(&clone.path().join(pattern), &self.artifacts.path().join(pattern));
            }
        }
        outcome
    }
}

fn lines(script: &Value) -> String {
    let lines = script.as_array().into_iter().flatten().map(|line| line.as_str().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Runs jobs of a workflow of GitHub Actions. Actions of others are left out, except those for artifacts.
pub(crate) struct GitHub<'w> {
    world: &'w World,
    workflow: Value,
    /// The values of expressions, by their text: `inputs.version`.
    pub(crate) expressions: BTreeMap<String, String>,
    /// Variables of the runner.
    variables: Vec<(String, String)>,
    artifacts: TempDir,
}

impl<'w> GitHub<'w> {
    pub(crate) fn new(world: &'w World, workflow: Value, expressions: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let runner = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTOR", "ada"),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_RUN_ID", "1"),
            ("GITHUB_SERVER_URL", "https://forge.example"),
        ];
        let usual = [
            ("github.repository", "o/r"),
            ("github.server_url", "https://forge.example"),
            ("github.token", "token"),
        ];
        Self {
            world,
            workflow,
            expressions: usual.iter().chain(expressions).map(owned).collect(),
            variables: runner.iter().map(owned).collect(),
            artifacts: TempDir::new().unwrap(),
        }
    }

    /// Sets a variable of the runner.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs a job in a clone at a revision.
    pub(crate) fn run(&self, job: &str, revision: &str) -> Outcome {
        let job = &self.workflow["jobs"][job];
        let clone = self.world.checkout(revision);
        let commit = self.world.script(clone.path(), "git rev-parse HEAD", &[]).stdout.trim().to_owned();
        let output = self.artifacts.path().join("output");
        let summary = self.artifacts.path().join("summary");
        drop(fs::remove_file(&summary));
        let mut variables = self.variables.clone();
        variables.push(("GITHUB_SHA".to_owned(), commit));
        variables.push(("GITHUB_OUTPUT".to_owned(), output.display().to_string()));
        variables.push(("GITHUB_STEP_SUMMARY".to_owned(), summary.display().to_string()));
        let mut values = self.expressions.clone();
        let mut outcome = Outcome { ok: true, steps: Vec::new(), summary: String::new() };
        for step in job["steps"].as_array().unwrap() {
            if !is_selected(step["if"].as_str(), outcome.ok, &values) {
                continue;
            }
            if let Some(action) = step["uses"].as_str() {
                self.exchange(action, &step["with"], clone.path());
                continue;
            }
            let mut own = variables.clone();
            for scope in [&self.workflow["env"], &job["env"], &step["env"]] {
                own.extend(environment(scope, &values));
            }
            let script = step["run"].as_str().unwrap();
            assert!(!script.contains("${{"), "an expression in a script executes what was typed: {script}");
            drop(fs::remove_file(&output));
            let ran = self.world.script(clone.path(), script, &own);
            outcome.ok &= ran.ok;
            outcome.steps.push((script.to_owned(), ran));
            let id = step["id"].as_str().unwrap_or_default();
            for line in fs::read_to_string(&output).unwrap_or_default().lines() {
                let (name, value) = line.split_once('=').unwrap();
                values.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
        }
        outcome.summary = fs::read_to_string(&summary).unwrap_or_default();
        outcome
    }

    /// Keeps or restores artifacts.
    fn exchange(&self, action: &str, with: &Value, clone: &Path) {
        let folder = self.artifacts.path().join(with["name"].as_str().unwrap_or_default());
        if action.starts_with("actions/upload-artifact@") {
            for path in with["path"].as_str().unwrap().split_whitespace() {
                copy(&clone.join(path), &folder.join(path));
            }
        } else if action.starts_with("actions/download-artifact@") {
            assert!(folder.is_dir(), "no artifact {}", folder.display());
            copy_all(&folder, clone);
        }
    }
}

/// Whether a step runs: by default until one failed.
fn is_selected(condition: Option<&str>, ok: bool, values: &BTreeMap<String, String>) -> bool {
    match condition {
        None => ok,
        Some("always()") => true,
        Some("failure()") => !ok,
        Some(name) => ok && values.get(name).is_some_and(|value| !value.is_empty()),
    }
}

/// The variables of a scope, with their expressions replaced.
fn environment(scope: &Value, values: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let entries = scope.as_object().into_iter().flatten();
    let value = |value: &Value| {
        let mut text = value.as_str().unwrap().to_owned();
        while let Some((before, rest)) = text.split_once("${{") {
            let (expression, after) = rest.split_once("}}").unwrap();
            let known = values.get(expression.trim());
            let known =
                known.unwrap_or_else(|| panic!("the test gives no value for `{}`", expression.trim()));
            text = format!("{before}{known}{after}");
        }
        text
    };
    entries.map(|(name, text)| (name.clone(), value(text))).collect()
}

/// Copies a file or a folder, if it exists.
fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        copy_all(from, to);
    } else if from.is_file() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}
