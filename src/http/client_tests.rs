//! Tests the client against a scripted server on loopback.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use bytes::Bytes;

use super::{Cache, Cacheable, Client, Error, Notice, Options, Proxies, Request, SecretUrl};

/// A response: status, headers, body.
type Canned = (u16, Vec<(&'static str, String)>, String);

/// A server that sends these responses in order, repeating the last one, and logs the requests.
fn server(responses: Vec<Canned>) -> (String, Arc<Mutex<Vec<String>>>) {
    let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
    let address = format!("http://{}", server.server_addr().to_ip().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&requests);
    thread::spawn(move || {
        let mut responses = responses.into_iter().peekable();
        let mut last = None;
        while let Ok(request) = server.recv() {
            let names = ["if-none-match", "authorization", "job-token", "cookie", "referer"];
            let values = names.iter().filter_map(|name| {
                let header = request.headers().iter().find(|header| header.field.equiv(name))?;
                Some(format!(" {}", header.value))
            });
            let values: String = values.collect();
            log.lock().unwrap().push(format!("{} {}{values}", request.method(), request.url()));
            last = responses.next().or(last);
            let (status, headers, body) = last.clone().unwrap();
            let mut response = tiny_http::Response::from_string(body).with_status_code(status);
            for (name, value) in headers {
                response.add_header(tiny_http::Header::from_bytes(name, value).unwrap());
            }
            drop(request.respond(response));
        }
    });
    (address, requests)
}

fn ok(body: &str) -> Canned {
    (200, Vec::new(), body.to_owned())
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn get(url: &str) -> Request {
    http::Request::get(url).body(Bytes::new()).unwrap()
}

fn post(url: &str) -> Request {
    http::Request::post(url).body(Bytes::from("x")).unwrap()
}

fn client(options: Options) -> Client {
    Client::new(options).unwrap()
}

/// A URL where no server listens. The port is a privileged one: a port that was freed for this could be given to the
/// server of another test.
const UNREACHABLE_URL: &str = "http://127.0.0.1:9/secret?token=hidden";

#[test]
fn server_error_is_retried() {
    let (address, requests) = server(vec![(502, vec![], "bad".to_owned()), ok("good")]);
    let client = client(Options { tries: 3, ..Options::default() });
    assert_eq!(run(client.send(get(&address))).unwrap().body(), "good");
    assert_eq!((client.request_count(), requests.lock().unwrap().len()), (2, 2));
}

#[test]
fn post_is_not_retried() {
    let (address, requests) = server(vec![(502, vec![], "bad".to_owned()), ok("good")]);
    let client = client(Options { tries: 3, ..Options::default() });
    assert_eq!(run(client.send(post(&address))).unwrap().status(), 502);
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[test]
fn requested_wait_is_limited() {
    let limited = |seconds: &str| (429, vec![("retry-after", seconds.to_owned())], String::new());
    let notices = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&notices);
    let (address, _) = server(vec![limited("1"), ok("good")]);
    let patient = client(Options {
        notice: Arc::new(move |notice| log.lock().unwrap().push(notice)),
        ..Options::default()
    });
    assert_eq!(run(patient.send(post(&address))).unwrap().body(), "good");
    let waited = Notice::Waiting(Duration::from_secs(1));
    assert_eq!(*notices.lock().unwrap(), [Notice::Request(1), waited, Notice::Request(2)]);

    let (address, requests) = server(vec![limited("3600")]);
    let error = run(client(Options::default()).send(get(&address))).unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error}");
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[test]
fn slow_server_times_out() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let client = client(Options { timeout: Duration::from_millis(200), tries: 1, ..Options::default() });
    let error = run(client.send(get(&address))).unwrap_err();
    assert!(error.to_string().ends_with("timed out"), "{error}");
}

#[test]
fn messages_show_no_query_and_no_secret_url() {
    let client = client(Options { tries: 1, ..Options::default() });
    let open = run(client.send(get(UNREACHABLE_URL))).unwrap_err();
    assert!(
        open.to_string().contains("/secret") && !format!("{open} {open:?}").contains("hidden"),
        "{open:?}"
    );
    let mut private = get(UNREACHABLE_URL);
    private.extensions_mut().insert(SecretUrl);
    let error = run(client.send(private)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
}

#[test]
fn response_above_the_size_limit_is_an_error() {
    let (address, _) = server(vec![ok(&"x".repeat(5_000))]);
    let client = client(Options { max_bytes: 4_999, ..Options::default() });
    assert!(matches!(run(client.send(get(&address))), Err(Error::TooLarge { .. })));
}

#[test]
fn cached_response_is_served_and_revalidated_when_stale() {
    let folder = tempfile::tempdir().unwrap();
    let tagged = (200, vec![("ETag", "\"one\"".to_owned())], "cached".to_owned());
    let (address, requests) = server(vec![tagged, (304, vec![], String::new())]);
    let at = |now| {
        client(Options { cache: Some(Cache::new(folder.path().to_owned(), now, 60)), ..Options::default() })
    };
    let mut request = get(&format!("{address}/x"));
    request.extensions_mut().insert(Cacheable);
    for now in [1_000, 1_030, 1_100, 1_120] {
        assert_eq!(run(at(now).send(request.clone())).unwrap().body(), "cached");
    }
    assert_eq!(*requests.lock().unwrap(), ["GET /x", "GET /x \"one\""]);
    run(at(1_120).send(get(&address))).unwrap();
    assert_eq!(requests.lock().unwrap().len(), 3, "only cacheable requests are cached");
}

fn to(status: u16, address: &str) -> Canned {
    (status, vec![("Location", address.to_owned())], String::new())
}

/// The request with this credential header.
fn with(mut request: Request, name: &'static str) -> Request {
    request.headers_mut().insert(name, http::HeaderValue::from_static("hidden"));
    request
}

#[test]
fn redirect_to_another_host_drops_credentials() {
    for header in ["job-token", "authorization", "cookie"] {
        let (away, requests_away) = server(vec![ok("from another host")]);
        let (home, requests) = server(vec![to(302, "/b"), to(307, &format!("{away}/c"))]);
        let response = run(client(Options::default()).send(with(get(&format!("{home}/a")), header))).unwrap();
        assert_eq!(response.body(), "from another host", "{header}");
        assert_eq!(*requests.lock().unwrap(), ["GET /a hidden", "GET /b hidden"], "{header}");
        assert_eq!(*requests_away.lock().unwrap(), ["GET /c"], "{header}");
    }
}

#[test]
fn dropped_credentials_do_not_come_back() {
    let (last, requests_last) = server(vec![ok("there")]);
    let (away, _) = server(vec![to(301, &format!("{last}/d"))]);
    let (home, _) = server(vec![to(302, &format!("{away}/c"))]);
    let response = run(client(Options::default()).send(with(get(&home), "job-token"))).unwrap();
    assert_eq!(
        (response.body().as_ref(), requests_last.lock().unwrap().as_slice()),
        (&b"there"[..], &["GET /d".to_owned()][..])
    );
}

#[test]
fn redirect_target_gets_no_referer() {
    let (away, requests) = server(vec![ok("taken")]);
    let (home, _) = server(vec![to(307, &format!("{away}/b")), to(307, "/own"), ok("home")]);
    let hook = || {
        let mut request = post(&format!("{home}/services/secret"));
        request.extensions_mut().insert(SecretUrl);
        request
    };
    assert_eq!(run(client(Options::default()).send(hook())).unwrap().body(), "taken");
    assert_eq!(*requests.lock().unwrap(), ["POST /b"]);
    assert_eq!(run(client(Options::default()).send(hook())).unwrap().body(), "home");
}

#[test]
fn redirects_are_limited() {
    let (away, requests) = server(vec![(200, vec![], String::new())]);
    let (home, _) = server(vec![to(303, &format!("{away}/made"))]);
    run(client(Options::default()).send(post(&home))).unwrap();
    assert_eq!(*requests.lock().unwrap(), ["GET /made"], "the created resource is read, not created again");

    // Two hosts that redirect to each other.
    let one = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", one.local_addr().unwrap());
    let (two, requests) = server(vec![to(302, &address)]);
    let one = tiny_http::Server::from_listener(one, None).unwrap();
    thread::spawn(move || {
        while let Ok(request) = one.recv() {
            let location = tiny_http::Header::from_bytes("Location", two.as_str()).unwrap();
            drop(request.respond(tiny_http::Response::empty(302).with_header(location)));
        }
    });
    let response = run(client(Options::default()).send(get(&address))).unwrap();
    assert_eq!(response.status(), 302);
    assert!(requests.lock().unwrap().len() <= 5);
}

#[test]
fn cache_separates_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let (address, requests) =
        server(vec![ok("anonymous"), ok("a job"), ok("a user"), ok("one request too many")]);
    let options = Options { cache: Some(Cache::new(folder.path().to_owned(), 0, 60)), ..Options::default() };
    let client = client(options);
    let mut open = get(&format!("{address}/x"));
    open.extensions_mut().insert(Cacheable);
    for _ in 0..2 {
        assert_eq!(run(client.send(open.clone())).unwrap().body(), "anonymous");
        assert_eq!(run(client.send(with(open.clone(), "job-token"))).unwrap().body(), "a job");
        assert_eq!(run(client.send(with(open.clone(), "authorization"))).unwrap().body(), "a user");
    }
    assert_eq!(requests.lock().unwrap().len(), 3);
}

#[test]
fn proxy_is_used_except_for_no_proxy_hosts() {
    let (proxy, requests) = server(vec![ok("by proxy")]);
    let proxies = |no_proxy: &str| Proxies {
        http: Some(proxy.clone()),
        no_proxy: Some(no_proxy.to_owned()),
        ..Proxies::default()
    };
    let by = |no_proxy| client(Options { proxies: proxies(no_proxy), tries: 1, ..Options::default() });
    assert_eq!(run(by("other.example").send(get("http://forge.example/a"))).unwrap().body(), "by proxy");
    assert_eq!(*requests.lock().unwrap(), ["GET http://forge.example/a"]);
    let (address, _) = server(vec![ok("direct")]);
    assert_eq!(run(by("127.0.0.1").send(get(&address))).unwrap().body(), "direct");
}

#[test]
fn invalid_certificates_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let with = || Client::new(Options { ca_file: Some(path.clone()), ..Options::default() });
    assert!(matches!(with(), Err(Error::Certificates { .. })));
    std::fs::write(&path, "no certificate").unwrap();
    assert!(matches!(with(), Err(Error::Certificates { .. })));
}
