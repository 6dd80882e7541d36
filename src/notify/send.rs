//! Sends a message to a web hook.

use bytes::Bytes;

use crate::http::{Client, Private, Request, Secret, Unmoved};

use super::{
    Error,
    text::{cut, line},
};

/// How much of an answer is told.
const ANSWER_CHARS: usize = 200;

/// A message and where it goes.
pub struct Post {
    /// The entry of the configuration, for messages.
    pub name: String,
    /// The address.
    pub url: Secret,
    /// The body, which is JSON.
    pub body: Bytes,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
}

/// Sends it. A message that may have arrived is not sent again.
///
/// # Errors
/// When the address cannot be used, or the server cannot be reached or does not take it.
pub async fn send(client: &Client, post: &Post) -> Result<(), Error> {
    let wrong = || Error::Address { name: post.name.clone() };
    let address = url::Url::parse(post.url.expose()).map_err(|_| wrong())?;
    let is_own = match address.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(wrong()),
    };
    if address.scheme() != "https" && !(address.scheme() == "http" && is_own) {
        return Err(wrong());
    }
    let mut request = Request::new(Bytes::clone(&post.body));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = address.as_str().parse().map_err(|_| wrong())?;
    request.extensions_mut().insert(Private);
    request.extensions_mut().insert(Unmoved);
    let usual = [("content-type", "application/json; charset=utf-8".to_owned())];
    for (name, value) in usual.iter().chain(&post.headers) {
        let value = http::HeaderValue::from_str(value).map_err(|_| wrong())?;
        request.headers_mut().insert(*name, value);
    }
    let response = client.send(request).await?;
    if response.status().is_success() {
        return Ok(());
    }
    if response.status().is_redirection() {
        let target = response.headers().get(http::header::LOCATION).and_then(|target| target.to_str().ok());
        let target = target.and_then(|target| address.join(target).ok());
        let host = target.as_ref().and_then(url::Url::host_str).unwrap_or("no address").to_owned();
        return Err(Error::Redirected { name: post.name.clone(), status: response.status().as_u16(), host });
    }
    let answer = cut(&line(&String::from_utf8_lossy(response.body())), ANSWER_CHARS);
    // A page of an error may tell the address that was asked for.
    let tells =
        [address.path(), post.url.expose()].into_iter().any(|part| part.len() > 1 && answer.contains(part));
    let answer = if tells { String::new() } else { answer };
    Err(Error::Refused { name: post.name.clone(), status: response.status().as_u16(), answer })
}
