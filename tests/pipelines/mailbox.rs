//! A webhook that keeps the messages that it receives.

use std::sync::{Arc, Mutex};

use serde_json::Value;

/// A running webhook; it stops when dropped.
pub(crate) struct Mailbox {
    server: Arc<tiny_http::Server>,
    messages: Arc<Mutex<Vec<Value>>>,
}

impl Mailbox {
    pub(crate) fn start() -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let messages = Arc::new(Mutex::new(Vec::new()));
        let (running, kept) = (Arc::clone(&server), Arc::clone(&messages));
        std::thread::spawn(move || {
            while let Ok(mut request) = running.recv() {
                let body: Value = serde_json::from_reader(request.as_reader()).unwrap();
                kept.lock().unwrap().push(body);
                request.respond(tiny_http::Response::from_string("ok")).unwrap();
            }
        });
        Self { server, messages }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.server.server_addr())
    }

    /// The messages since the last call, as the texts that a reader sees, in their order.
    pub(crate) fn take(&self) -> Vec<String> {
        let messages = std::mem::take(&mut *self.messages.lock().unwrap());
        messages
            .iter()
            .map(|message| {
                let mut lines = Vec::new();
                texts(message, &mut lines);
                lines.join("\n")
            })
            .collect()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

/// The texts in the blocks of a Slack message, or the title and the facts of the message of a generic webhook.
fn texts(value: &Value, lines: &mut Vec<String>) {
    if let Some(title) = value["title"].as_str() {
        let notes = &value["notes"]["releases"][0];
        let ends = |end: &str| notes["ends"][end]["version"].as_str().unwrap_or("nothing").to_owned();
        let changes = notes["sections"].as_array().into_iter().flatten();
        let changes = changes.flat_map(|section| section["changes"].as_array().into_iter().flatten());
        let changes: Vec<&str> = changes.filter_map(|change| change["title"].as_str()).collect();
        lines.push(format!("{title}\n{} -> {}\n{}", ends("from"), ends("to"), changes.join("\n")));
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    // The text of the whole message is the notification; its blocks follow.
                    Value::String(text) if key == "text" => lines.push(text.clone()),
                    _ => texts(value, lines),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| texts(value, lines)),
        _ => {}
    }
}
