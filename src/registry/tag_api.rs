//! Lists: the tags of a repository, page by page.

use http::{Method, header};
use url::Url;

use super::{
    Client, Error, Repository,
    call::{Call, Right, said},
};
use crate::http::Response;

/// How many pages of a list are read.
const PAGES: usize = 1_000;
/// How many bytes of a list are read, of all its pages together.
const LIST: usize = 64 << 20;

impl Client {
    /// All tags of a repository, in the registry's order; none where there is no such repository.
    ///
    /// # Errors
    /// When the registry cannot be asked, or its list does not end.
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
            // A tag goes into an address; what is no tag could lead elsewhere.
            all.extend(tags.into_iter().filter(|tag| super::is_tag(tag)));
            Ok(count)
        });
        match pages.await? {
            Ok(()) => Ok(all),
            Err(response) if response.status() == 404 => Ok(Vec::new()),
            Err(response) => Err(Error::Refused {
                what: format!("read the tags of `{repository}`"),
                status: response.status().as_u16(),
                said: said(response.body()),
            }),
        }
    }

    /// The tags of a repository that is about to be written to, which need not be there yet. Some registries refuse to read what is not there
    /// (GitHub's does) but say so to who may make it: where reading is refused, it is asked for, now and from here on, by the right to write.
    ///
    /// # Errors
    /// As [`Client::tags`]. What is refused then, too, is never taken for a repository without tags: who may write there and not read
    /// could else move an environment back without noticing.
    pub async fn tags_to_write(&self, repository: &Repository) -> Result<Vec<String>, Error> {
        match self.tags(repository).await {
            Err(Error::Unauthorized { .. }) => {
                self.read_as_writer(repository);
                self.tags(repository).await
            }
            tags => tags,
        }
    }

    /// Reads a list page by page. What is told each page says how much was on it; the answer to the first page is given
    /// back where it is not 200.
    pub(super) async fn pages(
        &self,
        repository: &Repository,
        first: Url,
        what: String,
        mut page: impl FnMut(&[u8]) -> Result<usize, String>,
    ) -> Result<Result<(), Response>, Error> {
        let mut call = Call::new(repository, Right::Pull, Method::GET, first, what);
        let mut seen = std::collections::BTreeSet::new();
        let mut length = 0;
        for number in 0..PAGES {
            let response = self.send(&call).await?;
            if response.status() != 200 {
                return if number == 0 { Ok(Err(response)) } else { Err(call.refused(&response)) };
            }
            length += response.body().len();
            if length > LIST {
                return Err(Error::Endless { what: call.what, limit: format!("{LIST} bytes") });
            }
            let count = page(response.body()).map_err(|problem| call.malformed(problem))?;
            seen.insert(call.url.clone());
            let Some(next) = next_page(&response, &call)? else { return Ok(Ok(())) };
            if count == 0 || seen.contains(&next) {
                let limit =
                    format!("{} pages, the last of which leads in a circle or holds nothing", number + 1);
                return Err(Error::Endless { what: call.what, limit });
            }
            call.url = next;
        }
        Err(Error::Endless { what: call.what, limit: format!("{PAGES} pages") })
    }
}

/// The address of the next page, which must be the same server's (RFC 8288).
fn next_page(response: &Response, call: &Call<'_>) -> Result<Option<Url>, Error> {
    let links = response.headers().get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
    for link in links {
        let Some((address, parameters)) = link.trim().strip_prefix('<').and_then(|rest| rest.split_once('>'))
        else {
            continue;
        };
        let is_next = parameters.split(';').any(|parameter| {
            let parameter = parameter.trim().to_ascii_lowercase();
            parameter == "rel=\"next\"" || parameter == "rel=next"
        });
        if is_next {
            let next = call.url.join(address).map_err(|error| call.malformed(error.to_string()))?;
            if next.origin() != call.url.origin() {
                return Err(call.malformed("its next page is on another server"));
            }
            return Ok(Some(next));
        }
    }
    Ok(None)
}
