//! Gitea's and Forgejo's releases, and the threads of their pull requests and issues.
//!
//! Source: `/swagger.v1.json` of any Gitea or Forgejo, "repository" and "issue".

use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::forge::{
    Asset, Attachment, Comment, Error, Fields, Release, RemoteTag, Thread, links::escaped, rest::RestComment,
};

use super::pull_requests::Gitea;

/// How many pages of fifty releases are searched for a draft, which no tag leads to.
const DRAFT_PAGES: usize = 3;
/// The colour of a label that is made: neither has labels without one.
const COLOUR: &str = "#0e8a16";

impl Gitea {
    /// The published release of a tag.
    pub(in crate::forge) async fn published(&self, tag: &str) -> Result<Option<Release>, Error> {
        let path = format!("{}/releases/tags/{}", self.own, escaped(tag, ""));
        let found = self.rest.get::<RestRelease>(&path, &format!("the release {tag}")).await?;
        Ok(found.map(RestRelease::into_model))
    }

    /// The releases of a tag among the newest of all, or its drafts alone.
    pub(in crate::forge) async fn listed(&self, tag: &str, drafts_only: bool) -> Result<Vec<Release>, Error> {
        let filter = if drafts_only { "draft=true&" } else { "" };
        let mut found = Vec::new();
        for page in 1..=DRAFT_PAGES {
            let path = format!("{}/releases?{filter}limit=50&page={page}", self.own);
            let all = self.rest.get::<Vec<RestRelease>>(&path, &format!("the release {tag}")).await?;
            let all = all.unwrap_or_default();
            if all.is_empty() {
                break;
            }
            found.extend(all.into_iter().filter(|it| it.tag_name == tag).map(RestRelease::into_model));
        }
        Ok(found)
    }

    pub(in crate::forge) async fn tag(&self, name: &str) -> Result<Option<RemoteTag>, Error> {
        let path = format!("{}/tags/{}", self.own, escaped(name, ""));
        let found = self.rest.get::<Value>(&path, &format!("the tag {name}")).await?;
        let commit = |found: &Value| Some(found.pointer("/commit/sha")?.as_str()?.to_owned());
        Ok(found.map(|found| RemoteTag { object: commit(&found) }))
    }

    pub(in crate::forge) async fn create_release(
        &self,
        tag: &str,
        fields: &Fields,
    ) -> Result<Release, Error> {
        let mut body = sent(fields);
        body.insert("tag_name".to_owned(), tag.into());
        let request = self.rest.json(Method::POST, &format!("{}/releases", self.own), &body)?;
        let made: RestRelease = self.rest.send(request, &format!("making the release {tag}")).await?;
        Ok(made.into_model())
    }

    pub(in crate::forge) async fn update_release(
        &self,
        release: &Release,
        fields: &Fields,
    ) -> Result<Release, Error> {
        let request = self.rest.json(Method::PATCH, &self.at(release), &sent(fields))?;
        let doing = format!("changing the release {}", release.tag);
        let changed: RestRelease = self.rest.send(request, &doing).await?;
        Ok(changed.into_model())
    }

    pub(in crate::forge) async fn delete_release(&self, release: &Release) -> Result<(), Error> {
        self.rest.delete(&self.at(release), &format!("deleting the draft of {}", release.tag)).await
    }

    pub(in crate::forge) async fn upload(&self, release: &Release, file: &Attachment) -> Result<(), Error> {
        let path = format!("{}/assets?name={}", self.at(release), escaped(&file.name, ""));
        // The digest of the content cannot stand in the content.
        let boundary = format!("tidings-{}", file.sha256);
        let name = escaped(&file.name, " ");
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"attachment\"; filename=\"{name}\"\r\nContent-Type: {}\r\n\r\n",
            file.content_type
        )
        .into_bytes();
        body.extend_from_slice(&file.content);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        let request = self.rest.bytes(Method::POST, &path, &kind, body.into())?;
        self.rest.send::<Value>(request, &format!("the file {}", file.name)).await.map(drop)
    }

    pub(in crate::forge) async fn delete_asset(&self, release: &Release, asset: &Asset) -> Result<(), Error> {
        let path = format!("{}/assets/{}", self.at(release), asset.id);
        self.rest.delete(&path, &format!("deleting the file {}", asset.name)).await
    }

    pub(in crate::forge) async fn comments(&self, thread: Thread) -> Result<Vec<Comment>, Error> {
        let path = format!("{}/issues/{}/comments", self.own, thread.number());
        let doing = format!("the comments of {}", thread.title());
        let all: Vec<RestComment> = self.rest.pages(&path, &doing).await?;
        Ok(all.into_iter().map(RestComment::into_model).collect())
    }

    pub(in crate::forge) async fn comment(&self, thread: Thread, body: &str) -> Result<Comment, Error> {
        let path = format!("{}/issues/{}/comments", self.own, thread.number());
        let request = self.rest.json(Method::POST, &path, &json!({ "body": body }))?;
        let made: RestComment = self.rest.send(request, &format!("a comment on {}", thread.title())).await?;
        Ok(made.into_model())
    }

    pub(in crate::forge) async fn delete_comment(
        &self,
        thread: Thread,
        comment: &Comment,
    ) -> Result<(), Error> {
        let path = format!("{}/issues/comments/{}", self.own, comment.id);
        self.rest.delete(&path, &format!("deleting a second comment on {}", thread.title())).await
    }

    /// Here a label must be there before it can be given, and older versions take its number alone.
    pub(in crate::forge) async fn label(&self, thread: Thread, label: &str) -> Result<(), Error> {
        let doing = format!("a label on {}", thread.title());
        let path = format!("{}/labels", self.own);
        let known: Vec<Label> = self.rest.pages(&format!("{path}?limit=50"), "labels").await?;
        let id = match known.into_iter().find(|known| known.name == label) {
            Some(known) => known.id,
            None => {
                let made = json!({ "name": label, "color": COLOUR });
                let request = self.rest.json(Method::POST, &path, &made)?;
                self.rest.send::<Label>(request, &doing).await?.id
            }
        };
        let path = format!("{}/issues/{}/labels", self.own, thread.number());
        let request = self.rest.json(Method::POST, &path, &json!({ "labels": [id] }))?;
        self.rest.send::<Value>(request, &doing).await.map(drop)
    }

    fn at(&self, release: &Release) -> String {
        format!("{}/releases/{}", self.own, release.id)
    }
}

fn sent(fields: &Fields) -> Map<String, Value> {
    let all = [
        ("name", fields.title.as_deref().map(Value::from)),
        ("body", fields.body.as_deref().map(Value::from)),
        ("draft", fields.draft.map(Value::from)),
        ("prerelease", fields.prerelease.map(Value::from)),
        ("target_commitish", fields.target.as_deref().map(Value::from)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

#[derive(Deserialize)]
struct Label {
    id: u64,
    name: String,
}

#[derive(Deserialize)]
struct RestRelease {
    id: u64,
    tag_name: String,
    name: Option<String>,
    body: Option<String>,
    draft: bool,
    prerelease: bool,
    html_url: String,
    #[serde(default)]
    assets: Vec<RestAsset>,
}

#[derive(Deserialize)]
struct RestAsset {
    id: u64,
    name: String,
    size: u64,
    browser_download_url: Option<String>,
}

impl RestRelease {
    fn into_model(self) -> Release {
        let asset = |asset: RestAsset| Asset {
            id: asset.id.to_string(),
            name: asset.name,
            size: Some(asset.size),
            sha256: None,
            url: asset.browser_download_url,
        };
        Release {
            id: self.id.to_string(),
            tag: self.tag_name,
            title: self.name.unwrap_or_default(),
            body: self.body.unwrap_or_default(),
            draft: self.draft,
            prerelease: self.prerelease,
            url: self.html_url,
            assets: self.assets.into_iter().map(asset).collect(),
            ..Release::default()
        }
    }
}
