//! The cells of the deployment matrix: what runs in production, what will run, and the migrations in between. All
//! commands must name the same.

use serde_json::{Value, json};

/// The versions with the files that each adds.
pub(crate) const VERSIONS: [(&str, &str, Option<&str>); 4] = [
    ("v0.1.0", "feat: sell books", None),
    ("v0.2.0", "feat: sell maps", Some("db/migrations/V2__maps.sql")),
    ("v0.3.0", "feat!: keep accounts", Some("db/migrations/V3__accounts.sql")),
    ("v0.4.0", "fix: count the change right", None),
];

/// A cell.
pub(crate) struct Cell {
    pub(crate) name: &'static str,
    /// What was deployed to production, in order; the last one runs.
    pub(crate) deployed: &'static [&'static str],
    /// What will run.
    pub(crate) to: &'static str,
    migrations: &'static [&'static str],
}

/// All cells.
pub(crate) const CELLS: [Cell; 5] = [
    Cell { name: "first", deployed: &[], to: "0.2.0", migrations: &["V2__maps"] },
    Cell { name: "forward by one", deployed: &["0.1.0"], to: "0.2.0", migrations: &["V2__maps"] },
    Cell {
        name: "forward over skipped",
        deployed: &["0.1.0"],
        to: "0.4.0",
        migrations: &["V2__maps", "V3__accounts"],
    },
    Cell { name: "same", deployed: &["0.1.0", "0.3.0"], to: "0.3.0", migrations: &[] },
    Cell {
        name: "back",
        deployed: &["0.1.0", "0.4.0"],
        to: "0.1.0",
        migrations: &["V2__maps", "V3__accounts"],
    },
];

impl Cell {
    /// What runs.
    pub(crate) fn from(&self) -> Option<&'static str> {
        self.deployed.last().copied()
    }

    /// Whether it is a rollback.
    pub(crate) fn is_back(&self) -> bool {
        self.from().is_some_and(|from| from > self.to)
    }

    /// Checks notes in the JSON form: of `compare`, or in a message.
    pub(crate) fn check_notes(&self, command: &str, notes: &Value) {
        let release = &notes["releases"][0];
        let ends = &release["ends"];
        let context = format!("{}: {command}: {notes}", self.name);
        assert_eq!(ends["from"]["version"], json!(self.from()), "{context}");
        assert_eq!(ends["to"]["version"], json!(self.to), "{context}");
        assert_eq!(ends["from"]["environment"], "production", "{context}");
        let items = release["attention"].as_array().unwrap().iter();
        let items = items
            .filter(|item| item["kind"] == "migration")
            .flat_map(|item| item["paths"].as_array().unwrap());
        let paths: Vec<String> = items.map(|path| path.as_str().unwrap().to_owned()).collect();
        let expected: Vec<String> =
            self.migrations.iter().map(|name| format!("db/migrations/{name}.sql")).collect();
        assert_eq!(paths, expected, "{context}");
        assert_eq!(release["rollback"], self.is_back(), "{context}");
    }

    /// Checks the plan that a dry run prints.
    pub(crate) fn check_plan(&self, command: &str, text: &str) {
        let context = format!("{}: {command}: {text}", self.name);
        assert!(text.contains(self.to), "{context}");
        match self.from() {
            Some(from) => assert!(text.contains(from), "{context}"),
            None => assert!(text.contains("nothing") || text.contains("first deployment"), "{context}"),
        }
        for (_, _, file) in VERSIONS {
            let Some(file) = file else { continue };
            let is_expected = self.migrations.iter().any(|name| file.contains(name));
            assert_eq!(text.contains(file), is_expected, "{file}: {context}");
        }
        assert_eq!(text.contains("stay applied"), self.is_back(), "{context}");
    }

    /// Checks the JSON of `status`, before the deployment.
    pub(crate) fn check_status(&self, status: &Value) {
        let context = format!("{}: {status}", self.name);
        let environments = &status["environments"];
        assert_eq!(environments[0]["running"]["version"], json!(self.to), "{context}");
        assert_eq!(environments[1]["running"]["version"], json!(self.from()), "{context}");
        let pending = &environments[0]["pending"];
        let expected: Vec<String> =
            self.migrations.iter().map(|name| format!("db/migrations/{name}.sql")).collect();
        assert_eq!(pending["migrations"], json!(expected), "{context}");
        assert_eq!(pending["rollback"], self.is_back(), "{context}");
    }

    /// Checks the message after the deployment. Where nothing was deployed, it is that of the last deployment.
    pub(crate) fn check_after(&self, message: &Value) {
        if self.name == "same" {
            let ends = &message["notes"]["releases"][0]["ends"];
            assert_eq!(
                (&ends["from"]["version"], &ends["to"]["version"]),
                (&json!("0.1.0"), &json!("0.3.0"))
            );
            return;
        }
        self.check_notes("notify --phase after", &message["notes"]);
        let title = message["title"].as_str().unwrap();
        let expected = match self.from().filter(|_| self.is_back()) {
            Some(from) => format!("production was rolled back from {from} to {}", self.to),
            None => format!("{} was deployed to production", self.to),
        };
        assert!(title.contains(&expected), "{}: {title}", self.name);
    }
}
