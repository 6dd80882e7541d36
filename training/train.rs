//! Trains the model that reads messages without a type, and measures how well it reads them:
//!
//! ```sh
//! cargo run --release --example train -- --data subjects.jsonl.gz collected.jsonl.gz
//! cargo run --release --example train -- --data subjects.jsonl.gz collected.jsonl.gz --measure
//! ```
//!
//! Options: `--data FILE...`, `--output FILE` (`src/rules/reading/model.bin`), `--parameters JSON` (others than the
//! defaults), `--measure` (print figures instead of writing a model), `--threshold THOUSANDTHS` (500), `--mistakes`
//! (with the most frequent confident mistakes). The same data give the same bytes on every machine. `docs/reading.md`
//! has more about it.

mod exponential;
mod learning;
mod measuring;
mod model_file;
mod rows;

use std::{
    env, fs,
    io::{self, Write},
    path::PathBuf,
};

use learning::{Parameters, learn};
use model_file::Model;
use rows::{DataFile, Row, hexadecimal};
use serde_json::json;

/// The version of the file's layout.
const FORMAT: u32 = 1;

/// The files of this program.
const PROGRAM: [&str; 5] = [
    include_str!("train.rs"),
    include_str!("rows.rs"),
    include_str!("learning.rs"),
    include_str!("exponential.rs"),
    include_str!("model_file.rs"),
];

/// The files that determine the features of a message.
const FEATURES: [&str; 4] = [
    include_str!("../src/rules/reading/feature.rs"),
    include_str!("../src/rules/reading/extract.rs"),
    include_str!("../src/rules/reading/files.rs"),
    include_str!("../src/rules/file_kind.rs"),
];

struct Arguments {
    data: Vec<PathBuf>,
    output: PathBuf,
    parameters: Parameters,
    measure: bool,
    mistakes: bool,
    /// In thousandths.
    threshold: u16,
}

fn main() -> io::Result<()> {
    let arguments = arguments(env::args().skip(1))?;
    let mut files = Vec::new();
    for path in &arguments.data {
        files.push(rows::read_file(path)?);
    }
    let mut out = io::stdout().lock();
    if arguments.measure || arguments.mistakes {
        let rows: Vec<Row> = files.into_iter().flat_map(|file| file.rows).collect();
        let readings = measuring::read_held_out(&rows, &arguments.parameters);
        if arguments.measure {
            let report =
                measuring::report(&rows, &readings, arguments.threshold).map_err(io::Error::other)?;
            out.write_all(report.as_bytes())?;
        }
        if arguments.mistakes {
            out.write_all(measuring::mistakes(&rows, &readings.0).map_err(io::Error::other)?.as_bytes())?;
        }
        return Ok(());
    }
    let bytes = model(&files, &arguments.parameters);
    fs::write(&arguments.output, &bytes)?;
    writeln!(out, "{}: {} bytes, sha256 {}", arguments.output.display(), bytes.len(), hexadecimal(&bytes))
}

fn arguments(arguments: impl Iterator<Item = String>) -> io::Result<Arguments> {
    let mut parsed = Arguments {
        data: Vec::new(),
        output: PathBuf::from("src/rules/reading/model.bin"),
        parameters: Parameters::default(),
        measure: false,
        mistakes: false,
        threshold: 500,
    };
    let mut arguments = arguments.peekable();
    while let Some(option) = arguments.next() {
        let mut value =
            || arguments.next().ok_or_else(|| io::Error::other(format!("{option} needs a value")));
        match option.as_str() {
            "--data" => {
                while let Some(path) = arguments.next_if(|it| !it.starts_with("--")) {
                    parsed.data.push(PathBuf::from(path));
                }
            }
            "--output" => parsed.output = PathBuf::from(value()?),
            "--parameters" => parsed.parameters = serde_json::from_str(&value()?)?,
            "--threshold" => parsed.threshold = value()?.parse().map_err(io::Error::other)?,
            "--measure" => parsed.measure = true,
            "--mistakes" => parsed.mistakes = true,
            _ => return Err(io::Error::other(format!("unknown option {option}"))),
        }
    }
    if parsed.data.is_empty() {
        return Err(io::Error::other("--data FILE... is missing"));
    }
    Ok(parsed)
}

/// The content of the model's file.
fn model(files: &[DataFile], parameters: &Parameters) -> Vec<u8> {
    let rows: Vec<&Row> = files.iter().flat_map(|file| &file.rows).collect();
    let data: Vec<_> = files
        .iter()
        .map(|file| json!({ "name": file.name, "rows": file.rows.len(), "sha256": file.digest }))
        .collect();
    let header = json!({
        "format": FORMAT,
        "parameters": parameters,
        "program": hexadecimal(PROGRAM.concat().as_bytes()),
        "features": hexadecimal(FEATURES.concat().as_bytes()),
        "data": data,
    });
    Model::new(learn(&rows, parameters)).to_bytes(&header.to_string())
}
