//! Sends a message to a webhook.

use bytes::Bytes;

use crate::http::{Client, NoRedirect, Request, Secret, SecretUrl};

use super::{
    Error,
    text::{cut, line},
};

/// How many characters of a response are shown in an error.
const BODY_CHARS: usize = 200;

/// A webhook request.
pub struct WebhookRequest {
    /// The recipient's name in the configuration, for errors.
    pub name: String,
    /// The webhook's URL.
    pub url: Secret,
    /// The body, which is JSON.
    pub body: Bytes,
    /// Additional headers.
    pub headers: Vec<(&'static str, String)>,
}

/// Sends a message. Does not retry a message that may have arrived.
///
/// # Errors
/// If the URL is not valid, or the server cannot be reached or rejects the message.
pub async fn send(client: &Client, message: &WebhookRequest) -> Result<(), Error> {
    let invalid = || Error::Url { name: message.name.clone() };
    let url = url::Url::parse(message.url.expose()).map_err(|_| invalid())?;
    let is_loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err(invalid()),
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback) {
        return Err(invalid());
    }
    let mut request = Request::new(Bytes::clone(&message.body));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = url.as_str().parse().map_err(|_| invalid())?;
    request.extensions_mut().insert(SecretUrl);
    request.extensions_mut().insert(NoRedirect);
    let default = [("content-type", "application/json; charset=utf-8".to_owned())];
    for (name, value) in default.iter().chain(&message.headers) {
        let value = http::HeaderValue::from_str(value).map_err(|_| invalid())?;
        request.headers_mut().insert(*name, value);
    }
    let response = client.send(request).await?;
    if response.status().is_success() {
        return Ok(());
    }
    if response.status().is_redirection() {
        let target = response.headers().get(http::header::LOCATION).and_then(|target| target.to_str().ok());
        let target = target.and_then(|target| url.join(target).ok());
        let host = target.as_ref().and_then(url::Url::host_str).unwrap_or("an invalid URL").to_owned();
        return Err(Error::Redirected {
            name: message.name.clone(),
            status: response.status().as_u16(),
            host,
        });
    }
    let body = cut(&line(&String::from_utf8_lossy(response.body())), BODY_CHARS);
    // An error page may quote the URL.
    let quotes_url =
        [url.path(), message.url.expose()].into_iter().any(|part| part.len() > 1 && body.contains(part));
    let body = if quotes_url { String::new() } else { body };
    Err(Error::Refused { name: message.name.clone(), status: response.status().as_u16(), body })
}
