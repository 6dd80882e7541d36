//! Docs: pipelines are valid YAML, configurations are valid, and commands exist.

use std::{fs, path::Path};

use clap::Parser as _;
use serde_json::Value;
use tidings::cli::Cli;

use crate::support::Repo;

/// All pages with their names.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders =
        ["docs", "docs/forges"].into_iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let files = folders.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = files.filter(|path| path.extension().is_some_and(|it| it == "md")).collect();
    paths.extend([root.join("README.md"), root.join("CONTRIBUTING.md")]);
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The fenced blocks of a page in one of these languages, without the indentation of their fences.
fn blocks<'p>(page: &'p str, languages: &'p [&str]) -> impl Iterator<Item = String> + 'p {
    page.split("\n```").skip(1).step_by(2).filter_map(move |block| {
        let (language, text) = block.split_once('\n')?;
        languages.contains(&language.trim()).then(|| text.to_owned())
    })
}

/// The commands of a script that call the program, as words, including those in pipes, lists, loops and `$(…)`.
fn commands(script: &str) -> Vec<Vec<String>> {
    let (mut all, mut words, mut word) = (Vec::new(), Vec::new(), None::<String>);
    let joined = script.replace("\\\n", " ");
    let mut rest = joined.chars().peekable();
    let mut inner = Vec::new();
    while let Some(c) = rest.next() {
        match c {
            '\'' => word.get_or_insert_default().extend(rest.by_ref().take_while(|c| *c != '\'')),
            '"' => {
                let quoted: String = rest.by_ref().take_while(|c| *c != '"').collect();
                inner.push(quoted.clone());
                word.get_or_insert_default().push_str(&quoted);
            }
            '\\' => word.get_or_insert_default().extend(rest.next()),
            // An unquoted variable may be empty.
            '$' if rest.peek() == Some(&'{') => drop(rest.by_ref().take_while(|c| *c != '}').count()),
            '$' if rest.peek().is_some_and(|c| c.is_ascii_alphabetic()) => {
                while rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '_').is_some() {}
            }
            '#' if word.is_none() => while rest.next_if(|c| *c != '\n').is_some() {},
            '>' | '<' => {
                // The number of a file descriptor.
                word = word.filter(|word| !word.chars().all(|c| c.is_ascii_digit()));
                let _ = rest.next_if(|c| *c == '>' || *c == '&');
                while rest.next_if(|c| *c == ' ').is_some() {}
                while rest.next_if(|c| !c.is_whitespace() && *c != ')').is_some() {}
            }
            ' ' | '\t' => words.extend(word.take()),
            ';' | '|' | '&' | '(' | ')' | '\n' | '`' => {
                words.extend(word.take());
                all.push(std::mem::take(&mut words));
            }
            '$' => {}
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    all.push(words);
    let mut found: Vec<Vec<String>> = all.into_iter().filter_map(call).collect();
    found.extend(inner.iter().filter(|text| text.contains("$(")).flat_map(|text| commands(text)));
    found
}

/// The words of a command from the program's name on, if it calls the program.
fn call(words: Vec<String>) -> Option<Vec<String>> {
    let is_before = |word: &String| {
        let is_setting = word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
        });
        is_setting || ["if", "then", "else", "do", "exec", "!", "{", "time"].contains(&word.as_str())
    };
    let call: Vec<String> = words.into_iter().skip_while(is_before).collect();
    (call.first()? == "tidings").then_some(call)
}

fn is_known(call: &[String]) -> Result<(), String> {
    match Cli::try_parse_from(call) {
        Err(error) if error.use_stderr() => {
            Err(format!("{}: {}", call.join(" "), error.to_string().lines().next().unwrap_or_default()))
        }
        _ => Ok(()),
    }
}

/// Every script of a pipeline of either kind. A line that is not a string would not run.
fn scripts(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("run" | "script", Value::String(script)) => all.push(script.clone()),
                    ("script" | "after-script", Value::Array(lines)) => {
                        let line = |line: &Value| {
                            line.as_str().unwrap_or_else(|| panic!("{line} is no text: quote it")).to_owned()
                        };
                        // A pipe of Bitbucket has no script.
                        let lines = lines.iter().filter(|line| line.get("pipe").is_none());
                        all.extend(lines.map(line));
                    }
                    ("run" | "script", Value::Object(_)) => panic!("{value} is no script"),
                    _ => scripts(value, all),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| scripts(value, all)),
        _ => {}
    }
}

#[test]
fn documented_commands_and_options_exist() {
    let (mut faults, mut count) = (Vec::new(), 0);
    for (page, text) in pages() {
        let mut all: Vec<String> = blocks(&text, &["sh", "bash"]).collect();
        for block in blocks(&text, &["groovy"]) {
            let steps = block.split("sh '").skip(1).filter_map(|rest| rest.split_once("'\n"));
            all.extend(steps.map(|(script, _)| script.to_owned()));
        }
        for block in blocks(&text, &["yaml"]) {
            let read: Result<Value, _> = serde_saphyr::from_str(&block);
            match read {
                Ok(pipeline) => scripts(&pipeline, &mut all),
                Err(error) => faults.push(format!("{page}: {error}\n{block}")),
            }
        }
        for call in all.iter().flat_map(|script| commands(script)) {
            count += 1;
            faults.extend(is_known(&call).err().map(|fault| format!("{page}: {fault}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 100, "only {count} commands were found");
}

/// The jobs of a workflow and the steps of a pipeline that run the program before they install it, by their name.
fn without_installation(pipeline: &Value) -> Vec<String> {
    let runs = |step: &Value| {
        let mut all = Vec::new();
        scripts(step, &mut all);
        all.iter().any(|script| !commands(script).is_empty())
    };
    let jobs = pipeline["jobs"].as_object().into_iter().flatten().filter(|(_, job)| {
        let steps = job["steps"].as_array().unwrap();
        let installs =
            |step: &Value| step["uses"].as_str().is_some_and(|action| action.contains("/tidings@"));
        let first = steps.iter().position(installs).unwrap_or(steps.len());
        steps[..first].iter().any(runs)
    });
    let mut found: Vec<String> = jobs.map(|(name, _)| name.clone()).collect();
    found.extend(
        (pipeline["image"].is_null() && runs(&pipeline["pipelines"])).then(|| "pipelines".to_owned()),
    );
    found
}

#[test]
fn every_documented_pipeline_installs_the_program() {
    let parsed = |text: &str| serde_saphyr::from_str::<Value>(text).unwrap();
    let good = "jobs:\n  a:\n    steps:\n      - uses: o/tidings@v1\n      - run: tidings next\n";
    assert_eq!(without_installation(&parsed(good)), [""; 0]);
    let bad = "jobs:\n  a:\n    steps:\n      - run: tidings next\n      - uses: o/tidings@v1\n";
    assert_eq!(without_installation(&parsed(bad)), ["a"]);
    let bad = "pipelines:\n  tags:\n    v*:\n      - step:\n          script: [tidings next]\n";
    assert_eq!(without_installation(&parsed(bad)), ["pipelines"]);
    let mut count = 0;
    for (page, text) in pages() {
        for block in blocks(&text, &["yaml"]) {
            let pipeline = parsed(&block);
            count += usize::from(pipeline["jobs"].is_object() || pipeline["pipelines"].is_object());
            assert_eq!(without_installation(&pipeline), [""; 0], "{page}: {block}");
        }
    }
    assert!(count > 10, "only {count} pipelines were found");
}

#[test]
fn configurations_in_pages_are_valid() {
    let repo = Repo::new();
    repo.commit("feat: start");
    for (name, least) in [("pipelines.md", 2), ("migrating.md", 1)] {
        let page = pages().into_iter().find(|(page, _)| page == name).unwrap().1;
        let mut count = 0;
        for block in blocks(&page, &["toml"]) {
            repo.write("tidings.toml", &block);
            let ran = repo.run(&["next"]);
            assert!(ran.status == Some(0) && !ran.stderr.contains("Warning"), "{block}\n{}", ran.snapshot());
            count += 1;
        }
        assert!(count >= least, "only {count} were found in {name}");
    }
}

#[test]
fn commands_are_found_anywhere_in_a_script() {
    let calls = |script: &str| commands(script).iter().map(|words| words.join(" ")).collect::<Vec<_>>();
    assert_eq!(calls("version=\"$(tidings next --pre 'rc 1')\""), ["tidings next --pre rc 1"]);
    assert_eq!(
        calls("a | tidings check --message - && tidings tag \"$V\" >x # tidings y"),
        ["tidings check --message -", "tidings tag $V"]
    );
    assert_eq!(calls("for a in b; do tidings show \"x/$a\"; done"), ["tidings show x/$a"]);
    assert_eq!(calls("X=1 tidings notes \\\n  --as v1 ${Y:+--sort z} $Z 2>&1"), ["tidings notes --as v1"]);
    assert_eq!(calls("echo tidings; cargo run -- tidings"), [""; 0]);
    assert!(is_known(&["tidings".to_owned(), "promot".to_owned()]).is_err());
    assert!(is_known(&["tidings".to_owned(), "--help".to_owned()]).is_ok());
}

#[test]
#[should_panic(expected = "quote it")]
fn script_line_that_yaml_parses_as_a_map_is_rejected() {
    let pipeline: Value = serde_saphyr::from_str("script:\n  - echo a: b\n").unwrap();
    scripts(&pipeline, &mut Vec::new());
}
