//! One thing that is asked of a registry, and what its refusal says.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use url::Url;

use super::{Error, Repository};
use crate::http::{self as web, Repeatable, Request, Response};

/// What is to be done in a repository, which decides what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right<'r> {
    /// Reading.
    Pull,
    /// Writing.
    Push,
    /// Deleting.
    Delete,
    /// Writing what is taken from another repository of the same registry.
    Mount(&'r Repository),
}

/// One thing that is asked of a registry.
pub(super) struct Call<'c> {
    pub(super) repository: &'c Repository,
    pub(super) right: Right<'c>,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// What is being done, for messages: "read the tags of …".
    pub(super) what: String,
}

impl<'c> Call<'c> {
    pub(super) fn new(
        repository: &'c Repository,
        right: Right<'c>,
        method: Method,
        url: Url,
        what: String,
    ) -> Self {
        Self { repository, right, method, url, headers: HeaderMap::new(), body: Bytes::new(), what }
    }

    pub(super) fn request(&self, granted: Option<&Granted>) -> Result<Request, Error> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri(&self.url, &self.what)?;
        *request.headers_mut() = self.headers.clone();
        if let Some(granted) = granted {
            request.headers_mut().insert(header::AUTHORIZATION, granted.header.clone());
        }
        // An upload that is begun twice leaves a session that the registry forgets.
        request.extensions_mut().insert(Repeatable);
        Ok(request)
    }

    pub(super) fn is_at_registry(&self) -> bool {
        let own = Url::parse(&format!("{}://{}", self.url.scheme(), self.repository.api_host()));
        own.is_ok_and(|own| own.origin() == self.url.origin())
    }

    pub(super) fn scopes(&self, reads_as_writer: bool) -> Vec<String> {
        let own = |actions: &str| format!("repository:{}:{actions}", self.repository.name);
        match self.right {
            Right::Pull if !reads_as_writer => vec![own("pull")],
            Right::Pull | Right::Push => vec![own("pull,push")],
            Right::Delete => vec![own("pull,push,delete")],
            Right::Mount(from) => vec![own("pull,push"), format!("repository:{}:pull", from.name)],
        }
    }

    pub(super) fn failed(&self, source: web::Error) -> Error {
        Error::Http { what: self.what.clone(), source }
    }

    /// The error for an answer that is none of those that were hoped for.
    pub(super) fn refused(&self, response: &Response) -> Error {
        Error::Refused {
            what: self.what.clone(),
            status: response.status().as_u16(),
            said: said(response.body()),
        }
    }

    pub(super) fn malformed(&self, problem: impl Into<String>) -> Error {
        Error::Malformed {
            what: format!("the registry's answer, asked to {},", self.what),
            problem: problem.into(),
        }
    }
}

/// What a registry granted: the header that later calls carry.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    pub(super) header: HeaderValue,
    /// Whether it was granted to somebody, not to anybody.
    pub(super) is_ours: bool,
    /// The authority that a password was not sent to, so that the grant is anybody's.
    pub(super) withheld: Option<String>,
}

pub(super) fn uri(url: &Url, what: &str) -> Result<http::Uri, Error> {
    url.as_str().parse().map_err(|error: http::uri::InvalidUri| Error::Malformed {
        what: format!("an address, asked to {what},"),
        problem: error.to_string(),
    })
}

/// What a registry says about its refusal, with `: ` before it: the codes and messages of the specification's error
/// form, kept short, and nothing else.
pub(super) fn said(body: &[u8]) -> String {
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
    fn what_a_registry_says_is_kept_short() {
        let body = r#"{"errors":[{"code":"DENIED","message":"no \u001b[31m access"},{"code":"X"}]}"#;
        assert_eq!(said(body.as_bytes()), ": no [31m access; X");
        let long = format!(r#"{{"errors":[{{"message":"{}"}}]}}"#, "x".repeat(1000));
        assert_eq!(said(long.as_bytes()).len(), 302);
        for odd in ["", "{}", "<html>", "{\"errors\":[]}", "{\"errors\":null}"] {
            assert_eq!(said(odd.as_bytes()), "", "{odd}");
        }
    }
}
