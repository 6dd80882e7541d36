//! Between a client and a fake: TLS with a certificate of a private authority, and a proxy for such connections.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tempfile::TempDir;

/// A server that terminates TLS and forwards requests.
pub(crate) struct Tls {
    /// The URL of the API behind it: `https://127.0.0.1:PORT/api/v3`.
    pub(crate) api: String,
    folder: TempDir,
}

impl Tls {
    pub(super) fn start(behind: &str, root: &str) -> Option<Self> {
        let folder = certificates()?;
        let file = |name: &str| folder.path().join(name);
        let chain: Vec<_> =
            CertificateDer::pem_file_iter(file("server.pem")).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(ring).with_safe_default_protocol_versions();
        let config = config.unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let (config, behind) = (Arc::new(config), behind.to_owned());
        let address = serve(move |stream| {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            // A client that does not trust the certificate disconnects in the middle of it.
            drop(forward(rustls::StreamOwned::new(connection, stream), &behind));
        });
        Some(Self { api: format!("https://{address}{root}"), folder })
    }

    /// The file with the authority's certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

/// Forwards one request and its response; then closes the connection.
fn forward(
    mut tls: rustls::StreamOwned<rustls::ServerConnection, TcpStream>,
    behind: &str,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(&mut tls);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let start = head.len();
        if reader.read_line(&mut head)? <= 2 {
            break;
        }
        let line = head[start..].to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let head = head.trim_end();
    let mut plain = TcpStream::connect(behind)?;
    plain.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes())?;
    plain.write_all(&body)?;
    let mut answer = Vec::new();
    plain.read_to_end(&mut answer)?;
    tls.write_all(&answer)?;
    tls.conn.send_close_notify();
    tls.flush()
}

/// A proxy that supports only `CONNECT`.
pub(crate) struct Proxy {
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub(crate) fn start() -> Self {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heads);
        let address = serve(move |stream| drop(connect(stream, &log)));
        Self { address, heads }
    }

    /// The received requests, with all their headers.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn connect(mut client: TcpStream, log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    // Read byte by byte, so that no later data is consumed.
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte)? > 0 {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    log.lock().unwrap().push(head);
    let mut server = TcpStream::connect(target)?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut back, mut from) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        drop(std::io::copy(&mut from, &mut back));
        drop(back.shutdown(std::net::Shutdown::Write));
    });
    std::io::copy(&mut client, &mut server)?;
    server.shutdown(std::net::Shutdown::Write)
}

/// Listens on loopback for as long as the tests run.
fn serve(each: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let each = Arc::new(each);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let each = Arc::clone(&each);
            thread::spawn(move || each(stream));
        }
    });
    address
}

/// Creates an authority and a server certificate signed by it, for 127.0.0.1: `ca.pem`, `server.pem`, `server.key`.
/// `None` without `openssl`.
pub(crate) fn certificates() -> Option<TempDir> {
    let folder = TempDir::with_prefix("tidings-tls-").unwrap();
    let created = [
        vec!["-subj", "/CN=tidings test authority", "-keyout", "ca.key", "-out", "ca.pem"],
        vec![
            "-subj",
            "/CN=tidings test server",
            "-keyout",
            "server.key",
            "-out",
            "server.pem",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ],
    ]
    .iter()
    .all(|own| openssl(folder.path(), own));
    if !created {
        crate::required::missing("openssl");
    }
    created.then_some(folder)
}

fn openssl(folder: &Path, own: &[&str]) -> bool {
    let usual = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let mut command = Command::new("openssl");
    command.args(usual).args(["-days", "2"]).args(own).current_dir(folder).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
