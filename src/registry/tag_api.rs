//! Lists the tags of a repository, and reads paginated lists.

use http::{Method, header};
use url::Url;

use super::{
    Client, Error, Repository,
    call::{Call, Permission, error_message},
};
use crate::http::Response;

/// Maximum number of pages of a list.
const MAX_PAGES: usize = 1_000;
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
        let url = self.url(repository, "tags/list?n=1000").await?;
        let mut all = Vec::new();
        let pages = self.pages(repository, url, format!("read the tags of `{repository}`"), |body| {
            let page: Page = serde_json::from_slice(body).map_err(|error| error.to_string())?;
            let tags = page.tags.unwrap_or_default();
            let count = tags.len();
            // A tag becomes part of a URL; an invalid one could change the path.
            all.extend(tags.into_iter().filter(|tag| super::is_tag(tag)));
            Ok(count)
        });
        match pages.await? {
            Ok(()) => Ok(all),
            Err(response) if response.status() == 404 => Ok(Vec::new()),
            Err(response) => Err(Error::Refused {
                what: format!("read the tags of `{repository}`"),
                status: response.status().as_u16(),
                detail: error_message(response.body()),
            }),
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

    /// Reads a list page by page. `page` parses a page and returns its number of entries. If the first response is not
    /// a 200, that response is returned.
    pub(super) async fn pages(
        &self,
        repository: &Repository,
        first: Url,
        what: String,
        mut page: impl FnMut(&[u8]) -> Result<usize, String>,
    ) -> Result<Result<(), Response>, Error> {
        let mut call = Call::new(repository, Permission::Pull, Method::GET, first, what);
        let mut seen = std::collections::BTreeSet::new();
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
            let Some(next) = next_page(&response, &call)? else { return Ok(Ok(())) };
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
