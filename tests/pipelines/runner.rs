//! Runs the scripts of a pipeline as Bitbucket and GitHub do: each step or job in a fresh clone, with the artifacts of
//! those before it, until one fails.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    composite::{self, Action},
    world::{Ran, World},
};

/// The outcome of a pipeline or job.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) ok: bool,
    /// Each step that ran, with its output.
    pub(crate) steps: Vec<(String, Ran)>,
    /// What was written to the summary of the job (GitHub).
    pub(crate) summary: String,
    /// The commands to the runner that the output contains (GitHub): `::error::x`.
    pub(crate) commands: Vec<String>,
}

impl Default for Outcome {
    fn default() -> Self {
        Self { ok: true, steps: Vec::new(), summary: String::new(), commands: Vec::new() }
    }
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
        let mut outcome = Outcome::default();
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
        let file = |name: &str| self.artifacts.path().join(name);
        drop(fs::remove_file(file("summary")));
        let mut variables = self.variables.clone();
        variables.push(("GITHUB_SHA".to_owned(), commit));
        for (name, path) in [("OUTPUT", "output"), ("PATH", "path"), ("STEP_SUMMARY", "summary")] {
            variables.push((format!("GITHUB_{name}"), file(path).display().to_string()));
        }
        variables.push(("RUNNER_TEMP".to_owned(), file("temp").display().to_string()));
        let scopes = [&self.workflow["env"], &job["env"]].map(Clone::clone);
        let mut values = self.expressions.clone();
        let mut run = Run { github: self, clone, variables, outcome: Outcome::default() };
        run.steps(&job["steps"], &scopes, &mut values);
        let summary = fs::read_to_string(file("summary")).unwrap_or_default();
        Outcome { summary, ..run.outcome }
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

/// A running job.
struct Run<'g> {
    github: &'g GitHub<'g>,
    clone: TempDir,
    /// Variables of the runner, for all steps.
    variables: Vec<(String, String)>,
    outcome: Outcome,
}

impl Run<'_> {
    /// Runs the steps of a job or of an action, and adds their outputs to the values.
    fn steps(&mut self, steps: &Value, scopes: &[Value], values: &mut BTreeMap<String, String>) {
        for step in steps.as_array().unwrap() {
            if !is_selected(step["if"].as_str(), self.outcome.ok, values) {
                continue;
            }
            let outputs = match step["uses"].as_str() {
                Some("./") => self.action(&environment(&step["with"], values)),
                Some(action) => {
                    self.github.exchange(action, &step["with"], self.clone.path());
                    continue;
                }
                None => self.script(step, scopes, values),
            };
            let id = step["id"].as_str().unwrap_or_default();
            values.extend(
                outputs.into_iter().map(|(name, value)| (format!("steps.{id}.outputs.{name}"), value)),
            );
        }
    }

    /// Runs the steps of this repository's action; its outputs.
    fn action(&mut self, inputs: &[(String, String)]) -> Vec<(String, String)> {
        let action = Action::read();
        let mut values = action.inputs(inputs, &self.github.expressions);
        let root = composite::root().display().to_string();
        let variables = self.variables.clone();
        self.variables.push(("GITHUB_ACTION_PATH".to_owned(), root));
        self.steps(action.steps(), &[], &mut values);
        self.variables.retain(|(name, _)| name == "PATH" || variables.iter().any(|(other, _)| other == name));
        environment(&action.outputs(), &values)
    }

    fn script(
        &mut self,
        step: &Value,
        scopes: &[Value],
        values: &BTreeMap<String, String>,
    ) -> Vec<(String, String)> {
        let mut own = self.variables.clone();
        for scope in scopes.iter().chain([&step["env"]]) {
            own.extend(environment(scope, values));
        }
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "an expression in a script executes what was typed: {script}");
        let (output, path) =
            (self.github.artifacts.path().join("output"), self.github.artifacts.path().join("path"));
        drop((fs::remove_file(&output), fs::remove_file(&path)));
        let ran = self.github.world.script(self.clone.path(), script, &own);
        self.outcome.ok &= ran.ok;
        self.outcome.commands.extend(composite::commands(&format!("{}\n{}", ran.stdout, ran.stderr)));
        self.outcome.steps.push((script.to_owned(), ran));
        let added = fs::read_to_string(&path).unwrap_or_default();
        for folder in added.lines() {
            let current =
                self.variables.iter().rfind(|(name, _)| name == "PATH").map(|(_, path)| path.clone());
            let current = current.unwrap_or_else(|| self.github.world.path().into_string().unwrap());
            self.variables.push(("PATH".to_owned(), format!("{folder}:{current}")));
        }
        composite::outputs(&fs::read_to_string(&output).unwrap_or_default())
    }
}

/// Whether a step runs: by default until one failed.
fn is_selected(condition: Option<&str>, ok: bool, values: &BTreeMap<String, String>) -> bool {
    match condition {
        None => ok,
        Some("always()") => true,
        Some("failure()") => !ok,
        Some(condition) if condition.contains(" != ") => {
            let (name, other) = condition.split_once(" != ").unwrap();
            ok && values.get(name).is_some_and(|value| *value != other.trim_matches('\''))
        }
        Some(name) => ok && values.get(name).is_some_and(|value| !value.is_empty()),
    }
}

/// The variables of a scope, with their expressions replaced.
fn environment(scope: &Value, values: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let entries = scope.as_object().into_iter().flatten();
    let value = |value: &Value| {
        let (mut done, mut text) = (String::new(), value.as_str().unwrap().to_owned());
        while let Some((before, rest)) = text.split_once("${{") {
            let (expression, after) = rest.split_once("}}").unwrap();
            let expression = expression.trim();
            let empty = expression.starts_with("steps.").then(String::new);
            let known = values.get(expression).cloned().or(empty);
            let known = known.unwrap_or_else(|| panic!("the test gives no value for `{expression}`"));
            // A value is never searched for expressions.
            done += &format!("{before}{known}");
            text = after.to_owned();
        }
        done + &text
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
