//! A request to a registry, its token scopes, and error responses.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use url::Url;

use super::{Error, Repository};
use crate::http::{self as web, Idempotent, Request, Response};

/// The permission that a request needs, which determines its token scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission<'r> {
    /// Read.
    Pull,
    /// Write.
    Push,
    /// Delete.
    Delete,
    /// Write a blob that is mounted from another repository of the same registry.
    Mount(&'r Repository),
}

/// A request to a registry.
pub(super) struct Call<'c> {
    pub(super) repository: &'c Repository,
    pub(super) permission: Permission<'c>,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// What the request does, for messages: "read the tags of …".
    pub(super) what: String,
}

impl<'c> Call<'c> {
    pub(super) fn new(
        repository: &'c Repository,
        permission: Permission<'c>,
        method: Method,
        url: Url,
        what: String,
    ) -> Self {
        Self { repository, permission, method, url, headers: HeaderMap::new(), body: Bytes::new(), what }
    }

    pub(super) fn request(&self, authorization: Option<&Authorization>) -> Result<Request, Error> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri(&self.url, &self.what)?;
        *request.headers_mut() = self.headers.clone();
        if let Some(authorization) = authorization {
            request.headers_mut().insert(header::AUTHORIZATION, authorization.header.clone());
        }
        // Starting an upload twice only leaves a session that the registry expires.
        request.extensions_mut().insert(Idempotent);
        Ok(request)
    }

    pub(super) fn is_at_registry(&self) -> bool {
        let own = Url::parse(&format!("{}://{}", self.url.scheme(), self.repository.api_host()));
        own.is_ok_and(|own| own.origin() == self.url.origin())
    }

    pub(super) fn scopes(&self, read_with_push: bool) -> Vec<String> {
        let own = |actions: &str| format!("repository:{}:{actions}", self.repository.name);
        match self.permission {
            Permission::Pull if !read_with_push => vec![own("pull")],
            Permission::Pull | Permission::Push => vec![own("pull,push")],
            Permission::Delete => vec![own("pull,push,delete")],
            Permission::Mount(from) => vec![own("pull,push"), format!("repository:{}:pull", from.name)],
        }
    }

    pub(super) fn failed(&self, source: web::Error) -> Error {
        Error::Http { what: self.what.clone(), source }
    }

    /// The error for a response with an unexpected status.
    pub(super) fn refused(&self, response: &Response) -> Error {
        Error::Refused {
            what: self.what.clone(),
            status: response.status().as_u16(),
            detail: error_message(response.body()),
        }
    }

    pub(super) fn malformed(&self, problem: impl Into<String>) -> Error {
        Error::Malformed {
            what: format!("the response to the request to {}", self.what),
            problem: problem.into(),
        }
    }
}

/// The `Authorization` header that the registry or its token server granted.
#[derive(Debug, Clone)]
pub(super) struct Authorization {
    pub(super) header: HeaderValue,
    /// Whether it was granted for credentials, not anonymously.
    pub(super) has_credentials: bool,
    /// The token server to which the password was not sent, so that the token is anonymous.
    pub(super) withheld: Option<String>,
}

pub(super) fn uri(url: &Url, what: &str) -> Result<http::Uri, Error> {
    url.as_str().parse().map_err(|error: http::uri::InvalidUri| Error::Malformed {
        what: format!("the URL to {what}"),
        problem: error.to_string(),
    })
}

/// The message of an error response after `: `, truncated: the messages or codes of the specification's error format;
/// empty for any other body.
pub(super) fn error_message(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Errors {
        errors: Vec<One>,
    }
    #[derive(serde::Deserialize)]
    struct One {
        #[serde(default)]
        code: String,
        #[serde(default)]
        message: String,
    }
    let Ok(errors) = serde_json::from_slice::<Errors>(body) else { return String::new() };
    let one = |error: &One| if error.message.is_empty() { error.code.clone() } else { error.message.clone() };
    let text = errors.errors.iter().map(one).collect::<Vec<_>>().join("; ");
    let clean: String = text.chars().filter(|c| !c.is_control()).take(300).collect();
    if clean.is_empty() { clean } else { format!(": {clean}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_message_is_short_and_without_control_characters() {
        let body = r#"{"errors":[{"code":"DENIED","message":"no \u001b[31m access"},{"code":"X"}]}"#;
        assert_eq!(error_message(body.as_bytes()), ": no [31m access; X");
        let long = format!(r#"{{"errors":[{{"message":"{}"}}]}}"#, "x".repeat(1000));
        assert_eq!(error_message(long.as_bytes()).len(), 302);
        for odd in ["", "{}", "<html>", "{\"errors\":[]}", "{\"errors\":null}"] {
            assert_eq!(error_message(odd.as_bytes()), "", "{odd}");
        }
    }
}
