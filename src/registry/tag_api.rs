//! Lists the tags of a repository, and reads paginated lists.

use std::collections::BTreeSet;

use http::{Method, header};
use url::Url;

use super::{
    Client, Error, Repository,
    call::{Call, Permission, error_message},
};
use crate::http::Response;

/// Maximum number of pages of a list.
const MAX_PAGES: usize = 1_000;
/// The smallest page to which a registry cuts a list.
const MIN_PAGE: usize = 10;
/// Maximum number of tags of a repository.
const MAX_TAGS: usize = 1_000_000;
/// Maximum size of all pages of a list together, in bytes.
const MAX_BYTES: usize = 64 << 20;

impl Client {
    /// All tags of a repository, in the registry's order; empty if the repository does not exist.
    ///
    /// # Errors
    /// If the request fails, or the list has too many pages.
    pub async fn tags(&self, repository: &Repository) -> Result<Vec<String>, Error> {
        #[derive(serde::Deserialize)]
        struct Page {
            tags: Option<Vec<String>>,
        }
        let what = format!("read the tags of `{repository}`");
        let mut all: Vec<String> = Vec::new();
        let mut path = "tags/list?n=1000".to_owned();
        loop {
            let url = self.url(repository, &path).await?;
            let known: BTreeSet<String> = all.iter().cloned().collect();
            let mut last = None;
            let pages = self.pages(repository, url, what.clone(), |body| {
                let page: Page = serde_json::from_slice(body).map_err(|error| error.to_string())?;
                let tags = page.tags.unwrap_or_default();
                let count = tags.len();
                last = tags.last().filter(|tag| super::is_tag(tag)).cloned();
                // A tag becomes part of a URL; an invalid one could change the path.
                all.extend(tags.into_iter().filter(|tag| super::is_tag(tag) && !known.contains(tag)));
                Ok(count)
            });
            match pages.await? {
                // Some registries cut a list without a link to the next page. A list with links is complete.
                Ok(1) if all.len() >= known.len() + MIN_PAGE => match last {
                    Some(last) => path = format!("tags/list?n=1000&last={last}"),
                    None => return Ok(all),
                },
                Ok(_) => return Ok(all),
                Err(response) if response.status() == 404 => return Ok(all),
                // What the first request may read, the second may, too: a registry without `last` has no more.
                Err(_) if !known.is_empty() => return Ok(all),
                Err(response) => {
                    let (status, detail) = (response.status().as_u16(), error_message(response.body()));
                    return Err(Error::Refused { what, status, detail });
                }
            }
            if all.len() > MAX_TAGS {
                return Err(Error::Endless { what, limit: format!("{MAX_TAGS} tags") });
            }
        }
    }

    /// The tags of a repository that is about to be written to and may not exist yet. Some registries (GitHub's) return
    /// 403 for a missing repository unless the token has push scope: if reading is denied, this and all later reads use
    /// push scope.
    ///
    /// # Errors
    /// As [`Client::tags`]. If access is still denied, the repository is not treated as empty: a user who can write but
    /// not read could otherwise move an environment back without noticing.
    pub async fn tags_to_write(&self, repository: &Repository) -> Result<Vec<String>, Error> {
        match self.tags(repository).await {
            Err(Error::Unauthorized { .. }) => {
                self.use_push_scope(repository);
                self.tags(repository).await
            }
            tags => tags,
        }
    }

    /// Reads a list page by page, and returns the number of pages. `page` parses a page and returns its number of
    /// entries. If the first response is not a 200, that response is returned.
    pub(super) async fn pages(
        &self,
        repository: &Repository,
        first: Url,
        what: String,
        mut page: impl FnMut(&[u8]) -> Result<usize, String>,
    ) -> Result<Result<usize, Response>, Error> {
        let mut call = Call::new(repository, Permission::Pull, Method::GET, first, what);
        let mut seen = BTreeSet::new();
        let mut length = 0;
        for number in 0..MAX_PAGES {
            let response = self.send(&call).await?;
            if response.status() != 200 {
                return if number == 0 { Ok(Err(response)) } else { Err(call.refused(&response)) };
            }
            length += response.body().len();
            if length > MAX_BYTES {
                return Err(Error::Endless { what: call.what, limit: format!("{MAX_BYTES} bytes") });
            }
            let count = page(response.body()).map_err(|problem| call.malformed(problem))?;
            seen.insert(call.url.clone());
            let Some(next) = next_page(&response, &call)? else { return Ok(Ok(number + 1)) };
            if count == 0 || seen.contains(&next) {
                let limit =
                    format!("{} pages, the last of which is empty or links to an earlier one", number + 1);
                return Err(Error::Endless { what: call.what, limit });
            }
            call.url = next;
        }
        Err(Error::Endless { what: call.what, limit: format!("{MAX_PAGES} pages") })
    }
}

/// The URL of the next page in the `Link` header (RFC 8288), which must be on the same server.
fn next_page(response: &Response, call: &Call<'_>) -> Result<Option<Url>, Error> {
    let links = response.headers().get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
    for link in links {
        let Some((target, parameters)) = link.trim().strip_prefix('<').and_then(|rest| rest.split_once('>'))
        else {
            continue;
        };
        let is_next = parameters.split(';').any(|parameter| {
            let parameter = parameter.trim().to_ascii_lowercase();
            parameter == "rel=\"next\"" || parameter == "rel=next"
        });
        if is_next {
            let next = call.url.join(target).map_err(|error| call.malformed(error.to_string()))?;
            if next.origin() != call.url.origin() {
                return Err(call.malformed("its next page is on another server"));
            }
            return Ok(Some(next));
        }
    }
    Ok(None)
}
