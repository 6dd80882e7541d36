//! Third-party registries, started for one test and stopped with it.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::required;

/// A registry's program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Debian's `docker-registry` 2.8: without the referrers API.
    Distribution,
    /// `ferro-oci-server` 1.0: with the referrers API.
    Ferro,
}

/// The user and password of a protected registry.
pub(crate) const USER: (&str, &str) = ("ada", "secret");
/// The same as an htpasswd line, with bcrypt.
const HTPASSWD: &str = "ada:$2y$05$pPM1tX9rfNhORNzjia3lveAsS69ZhdpYuadTXsz7psTDJSXlmvEAy\n";

/// A running registry.
pub(crate) struct Server {
    child: Child,
    folder: TempDir,
    /// `127.0.0.1` and its port.
    pub(crate) host: String,
}

impl Kind {
    /// The program; prints a message and returns `None` if it is not installed.
    fn program(self) -> Option<PathBuf> {
        let name = match self {
            Self::Distribution => "docker-registry",
            Self::Ferro => "ferro-oci-server",
        };
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain(["/usr/bin".into()]);
        let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
        if found.is_none() {
            required::missing(name);
        }
        found
    }
}

/// Runs a test on each installed registry.
pub(crate) fn on_each(test: impl Fn(&Server, Kind)) {
    for kind in [Kind::Distribution, Kind::Ferro] {
        if let Some(server) = Server::start(kind) {
            test(&server, kind);
        }
    }
}

impl Server {
    /// A registry without authentication; `None` if it is not installed.
    pub(crate) fn start(kind: Kind) -> Option<Self> {
        Self::with(kind, |_| String::new())
    }

    /// A `docker-registry` that requires a password.
    pub(crate) fn with_password() -> Option<Self> {
        Self::with(Kind::Distribution, |folder| {
            let file = folder.join("htpasswd");
            fs::write(&file, HTPASSWD).unwrap();
            format!("auth:\n  htpasswd:\n    realm: here\n    path: {}\n", file.display())
        })
    }

    /// A `docker-registry` with TLS, and the file of its own certificate; `None` without `openssl` too.
    pub(crate) fn with_tls() -> Option<(Self, PathBuf)> {
        let openssl = Command::new("openssl").arg("version").stdout(Stdio::null()).status();
        if !openssl.is_ok_and(|status| status.success()) {
            required::missing("openssl");
            return None;
        }
        let server = Self::with(Kind::Distribution, |folder| {
            let file = |name: &str| folder.join(name).display().to_string();
            let make = |name: &str, more: &[&str]| {
                let (key, certificate) = (file(&format!("{name}.key")), file(&format!("{name}.pem")));
                let created = Command::new("openssl")
                    .args([
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:prime256v1",
                        "-nodes",
                    ])
                    .args([
                        "-days",
                        "2",
                        "-subj",
                        &format!("/CN=tidings {name}"),
                        "-keyout",
                        &key,
                        "-out",
                        &certificate,
                    ])
                    .args(more)
                    .stderr(Stdio::null())
                    .status();
                assert!(created.unwrap().success());
            };
            make("ca", &[]);
            let by = ["-CA", &file("ca.pem"), "-CAkey", &file("ca.key")];
            let own =
                ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"];
            make("server", &[by, own].concat());
            format!("  tls:\n    certificate: {}\n    key: {}\n", file("server.pem"), file("server.key"))
        })?;
        let certificate = server.folder.path().join("ca.pem");
        Some((server, certificate))
    }

    /// `more` follows the `http` part of the configuration.
    fn with(kind: Kind, more: impl Fn(&Path) -> String) -> Option<Self> {
        let program = kind.program()?;
        // Another test may have taken the free port.
        for _ in 0..5 {
            let folder = TempDir::with_prefix("tidings-registry-").unwrap();
            let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let mut command = Command::new(&program);
            match kind {
                Kind::Distribution => {
                    let config = format!(
                        "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  \
                         addr: {address}\n{}",
                        folder.path().join("data").display(),
                        more(folder.path())
                    );
                    let file = folder.path().join("config.yml");
                    fs::write(&file, config).unwrap();
                    command.arg("serve").arg(file);
                }
                Kind::Ferro => {
                    command.env("FERRO_OCI_LISTEN", address.to_string());
                }
            }
            let log = fs::File::create(folder.path().join("log")).unwrap();
            let mut child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
            for _ in 0..200 {
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                if TcpStream::connect(address).is_ok() {
                    return Some(Self { child, folder, host: address.to_string() });
                }
                std::thread::sleep(Duration::from_millis(25));
            }
            drop(child.kill());
            drop(child.wait());
        }
        panic!("{kind:?} does not start");
    }

    /// The name of an image in it.
    pub(crate) fn image(&self, name: &str) -> String {
        format!("{}/{name}", self.host)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
