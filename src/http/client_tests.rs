//! The client against a server on loopback that answers as it is told.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use bytes::Bytes;

use super::{Cache, Cacheable, Client, Error, Notice, Options, Private, Proxies, Request};

/// What is answered: status, headers, body.
type Answer = (u16, Vec<(&'static str, String)>, String);

/// A server that gives these answers in their order, the last one for ever, and tells what it was asked.
fn server(answers: Vec<Answer>) -> (String, Arc<Mutex<Vec<String>>>) {
    let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
    let address = format!("http://{}", server.server_addr().to_ip().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    thread::spawn(move || {
        let mut answers = answers.into_iter().peekable();
        let mut last = None;
        while let Ok(request) = server.recv() {
            let told = ["if-none-match", "authorization", "job-token", "cookie", "referer"];
            let told = told.iter().filter_map(|name| {
                let found = request.headers().iter().find(|header| header.field.equiv(name))?;
                Some(format!(" {}", found.value))
            });
            let told: String = told.collect();
            log.lock().unwrap().push(format!("{} {}{told}", request.method(), request.url()));
            last = answers.next().or(last);
            let (status, headers, body) = last.clone().unwrap();
            let mut response = tiny_http::Response::from_string(body).with_status_code(status);
            for (name, value) in headers {
                response.add_header(tiny_http::Header::from_bytes(name, value).unwrap());
            }
            drop(request.respond(response));
        }
    });
    (address, asked)
}

fn ok(body: &str) -> Answer {
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

/// An address where nobody listens.
fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/secret?token=hidden", listener.local_addr().unwrap())
}

#[test]
fn pitfall_28_a_failure_of_the_server_is_tried_again() {
    let (address, asked) = server(vec![(502, vec![], "bad".to_owned()), ok("good")]);
    let client = client(Options { tries: 3, ..Options::default() });
    assert_eq!(run(client.send(get(&address))).unwrap().body(), "good");
    assert_eq!((client.sent(), asked.lock().unwrap().len()), (2, 2));
}

#[test]
fn what_makes_something_is_not_sent_twice() {
    let (address, asked) = server(vec![(502, vec![], "bad".to_owned()), ok("good")]);
    let client = client(Options { tries: 3, ..Options::default() });
    assert_eq!(run(client.send(post(&address))).unwrap().status(), 502);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[test]
fn pitfall_28_a_wait_that_is_asked_for_is_kept_within_bounds() {
    let limited = |seconds: &str| (429, vec![("retry-after", seconds.to_owned())], String::new());
    let notices = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&notices);
    let (address, _) = server(vec![limited("1"), ok("good")]);
    let patient = client(Options {
        notice: Arc::new(move |notice| heard.lock().unwrap().push(notice)),
        ..Options::default()
    });
    assert_eq!(run(patient.send(post(&address))).unwrap().body(), "good");
    let waited = Notice::Waiting(Duration::from_secs(1));
    assert_eq!(*notices.lock().unwrap(), [Notice::Request(1), waited, Notice::Request(2)]);

    let (address, asked) = server(vec![limited("3600")]);
    let error = run(client(Options::default()).send(get(&address))).unwrap_err();
    assert!(matches!(error, Error::Limited { .. }), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[test]
fn a_slow_server_is_given_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let client = client(Options { timeout: Duration::from_millis(200), tries: 1, ..Options::default() });
    let error = run(client.send(get(&address))).unwrap_err();
    assert!(error.to_string().ends_with("no answer in time"), "{error}");
}

#[test]
fn pitfall_30_no_message_shows_a_query_or_a_private_address() {
    let client = client(Options { tries: 1, ..Options::default() });
    let open = run(client.send(get(&nowhere()))).unwrap_err();
    assert!(
        open.to_string().contains("/secret") && !format!("{open} {open:?}").contains("hidden"),
        "{open:?}"
    );
    let mut private = get(&nowhere());
    private.extensions_mut().insert(Private);
    let error = run(client.send(private)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
}

#[test]
fn an_endless_answer_is_cut_off() {
    let (address, _) = server(vec![ok(&"x".repeat(5_000))]);
    let client = client(Options { max_bytes: 4_999, ..Options::default() });
    assert!(matches!(run(client.send(get(&address))), Err(Error::TooLarge { .. })));
}

#[test]
fn a_kept_answer_is_given_and_asked_about_when_old() {
    let folder = tempfile::tempdir().unwrap();
    let tagged = (200, vec![("ETag", "\"one\"".to_owned())], "kept".to_owned());
    let (address, asked) = server(vec![tagged, (304, vec![], String::new())]);
    let at = |now| {
        client(Options { cache: Some(Cache::new(folder.path().to_owned(), now, 60)), ..Options::default() })
    };
    let mut request = get(&format!("{address}/x"));
    request.extensions_mut().insert(Cacheable);
    for now in [1_000, 1_030, 1_100, 1_120] {
        assert_eq!(run(at(now).send(request.clone())).unwrap().body(), "kept");
    }
    assert_eq!(*asked.lock().unwrap(), ["GET /x", "GET /x \"one\""]);
    run(at(1_120).send(get(&address))).unwrap();
    assert_eq!(asked.lock().unwrap().len(), 3, "only what is marked is kept");
}

fn to(status: u16, address: &str) -> Answer {
    (status, vec![("Location", address.to_owned())], String::new())
}

/// The request as somebody: with this header.
fn with(mut request: Request, name: &'static str) -> Request {
    request.headers_mut().insert(name, http::HeaderValue::from_static("hidden"));
    request
}

#[test]
fn pitfall_30_no_credentials_follow_a_redirection_to_another_host() {
    for header in ["job-token", "authorization", "cookie"] {
        let (away, asked_away) = server(vec![ok("stored elsewhere")]);
        let (home, asked) = server(vec![to(302, "/b"), to(307, &format!("{away}/c"))]);
        let answer = run(client(Options::default()).send(with(get(&format!("{home}/a")), header))).unwrap();
        assert_eq!(answer.body(), "stored elsewhere", "{header}");
        assert_eq!(*asked.lock().unwrap(), ["GET /a hidden", "GET /b hidden"], "{header}");
        assert_eq!(*asked_away.lock().unwrap(), ["GET /c"], "{header}");
    }
}

#[test]
fn pitfall_30_what_was_taken_away_does_not_come_back() {
    let (last, asked_last) = server(vec![ok("there")]);
    let (away, _) = server(vec![to(301, &format!("{last}/d"))]);
    let (home, _) = server(vec![to(302, &format!("{away}/c"))]);
    let answer = run(client(Options::default()).send(with(get(&home), "job-token"))).unwrap();
    assert_eq!(
        (answer.body().as_ref(), asked_last.lock().unwrap().as_slice()),
        (&b"there"[..], &["GET /d".to_owned()][..])
    );
}

#[test]
fn pitfall_30_a_secret_address_is_not_told_to_whom_it_sends() {
    let (away, asked) = server(vec![ok("taken")]);
    let (home, _) = server(vec![to(307, &format!("{away}/b")), to(307, "/own"), ok("home")]);
    let hook = || {
        let mut request = post(&format!("{home}/services/secret"));
        request.extensions_mut().insert(Private);
        request
    };
    assert_eq!(run(client(Options::default()).send(hook())).unwrap().body(), "taken");
    assert_eq!(*asked.lock().unwrap(), ["POST /b"]);
    assert_eq!(run(client(Options::default()).send(hook())).unwrap().body(), "home");
}

#[test]
fn redirections_come_to_an_end() {
    let (away, asked) = server(vec![(200, vec![], String::new())]);
    let (home, _) = server(vec![to(303, &format!("{away}/made"))]);
    run(client(Options::default()).send(post(&home))).unwrap();
    assert_eq!(*asked.lock().unwrap(), ["GET /made"], "what was made is looked at, not made again");

    // Two hosts that send to each other for ever.
    let one = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", one.local_addr().unwrap());
    let (two, asked) = server(vec![to(302, &address)]);
    let one = tiny_http::Server::from_listener(one, None).unwrap();
    thread::spawn(move || {
        while let Ok(request) = one.recv() {
            let place = tiny_http::Header::from_bytes("Location", two.as_str()).unwrap();
            drop(request.respond(tiny_http::Response::empty(302).with_header(place)));
        }
    });
    let answer = run(client(Options::default()).send(get(&address))).unwrap();
    assert_eq!(answer.status(), 302);
    assert!(asked.lock().unwrap().len() <= 5);
}

#[test]
fn pitfall_30_what_a_job_was_shown_is_not_what_others_are() {
    let folder = tempfile::tempdir().unwrap();
    let (address, asked) = server(vec![ok("nobody"), ok("a job"), ok("a user"), ok("asked too often")]);
    let options = Options { cache: Some(Cache::new(folder.path().to_owned(), 0, 60)), ..Options::default() };
    let client = client(options);
    let mut open = get(&format!("{address}/x"));
    open.extensions_mut().insert(Cacheable);
    for _ in 0..2 {
        assert_eq!(run(client.send(open.clone())).unwrap().body(), "nobody");
        assert_eq!(run(client.send(with(open.clone(), "job-token"))).unwrap().body(), "a job");
        assert_eq!(run(client.send(with(open.clone(), "authorization"))).unwrap().body(), "a user");
    }
    assert_eq!(asked.lock().unwrap().len(), 3);
}

#[test]
fn a_proxy_is_used_and_hosts_are_left_out() {
    let (proxy, asked) = server(vec![ok("by proxy")]);
    let proxies = |no_proxy: &str| Proxies {
        http: Some(proxy.clone()),
        no_proxy: Some(no_proxy.to_owned()),
        ..Proxies::default()
    };
    let by = |no_proxy| client(Options { proxies: proxies(no_proxy), tries: 1, ..Options::default() });
    assert_eq!(run(by("other.example").send(get("http://forge.example/a"))).unwrap().body(), "by proxy");
    assert_eq!(*asked.lock().unwrap(), ["GET http://forge.example/a"]);
    let (address, _) = server(vec![ok("direct")]);
    assert_eq!(run(by("127.0.0.1").send(get(&address))).unwrap().body(), "direct");
}

#[test]
fn certificates_that_cannot_be_used_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let with = || Client::new(Options { ca_file: Some(path.clone()), ..Options::default() });
    assert!(matches!(with(), Err(Error::Certificates { .. })));
    std::fs::write(&path, "no certificate").unwrap();
    assert!(matches!(with(), Err(Error::Certificates { .. })));
}
