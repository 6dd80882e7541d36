//! An SMTP server: Python's aiosmtpd, started for one test and stopped with it.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

use serde_json::Value;
use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/mail/server.py");

/// A Python that has aiosmtpd: that of the path, or the system's, for which Debian has a package.
static PYTHON: LazyLock<Option<&str>> = LazyLock::new(|| {
    ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        let mut command = Command::new(python);
        command.args(["-c", "import aiosmtpd"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
});

/// A running server.
pub(crate) struct SmtpServer {
    child: Child,
    folder: TempDir,
    /// `127.0.0.1` and its port.
    pub(crate) host: String,
}

impl SmtpServer {
    /// A server with these options of `server.py`; prints a message and returns `None` if aiosmtpd is not installed.
    pub(crate) fn start(options: &[&str]) -> Option<Self> {
        let Some(python) = *PYTHON else {
            crate::required::missing("aiosmtpd");
            return None;
        };
        let folder = TempDir::with_prefix("tidings-smtp-").unwrap();
        let mut command = Command::new(python);
        command.arg(SCRIPT).arg(folder.path()).args(options).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        assert!(!port.is_empty(), "server.py does not start");
        Some(Self { child, folder, host: format!("127.0.0.1:{}", port.trim()) })
    }

    /// A server with TLS (`starttls` or `implicit`), and a certificate from this folder.
    pub(crate) fn with_tls(tls: &str, certificates: &Path, options: &[&str]) -> Option<Self> {
        let folder = certificates.to_str().unwrap();
        Self::start(&[&["--tls", tls, "--certificates", folder], options].concat())
    }

    /// The accepted messages: the envelope, and what Python's email package reads.
    pub(crate) fn messages(&self) -> Vec<Value> {
        let read = |number: usize| fs::read(self.folder.path().join(format!("{number}.json"))).ok();
        (1..).map_while(read).map(|json| serde_json::from_slice(&json).unwrap()).collect()
    }

    /// What clients did: `connection`, `login PLAIN`, `message`.
    pub(crate) fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
