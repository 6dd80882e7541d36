//! Releases on Gitea and Forgejo, and comments and labels on their pull requests and issues.
//!
//! Source: `/swagger.v1.json` of any Gitea or Forgejo, "repository" and "issue".

use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::forge::{
    Asset, Attachment, Comment, Error, Fields, Release, RemoteTag, Thread, links::escaped, rest::RestComment,
};

use super::pull_requests::Gitea;

/// Number of pages, of 50 releases each, to search for drafts, which cannot be looked up by tag.
const DRAFT_PAGES: usize = 3;
/// The colour of a new label, which is required.
const COLOUR: &str = "#0e8a16";

impl Gitea {
    /// The published release of a tag.
    pub(in crate::forge) async fn published(&self, tag: &str) -> Result<Option<Release>, Error> {
        let path = format!("{}/releases/tags/{}", self.own, escaped(tag, ""));
        let response = self.rest.get::<RestRelease>(&path, &format!("reading the release {tag}")).await?;
        Ok(response.map(RestRelease::into_model))
    }

    /// The releases of a tag, or only its drafts, among the newest releases.
    pub(in crate::forge) async fn listed(&self, tag: &str, drafts_only: bool) -> Result<Vec<Release>, Error> {
        let filter = if drafts_only { "draft=true&" } else { "" };
        let mut releases = Vec::new();
        for page in 1..=DRAFT_PAGES {
            let path = format!("{}/releases?{filter}limit=50&page={page}", self.own);
            let all = self.rest.get::<Vec<RestRelease>>(&path, &format!("reading the release {tag}")).await?;
            let all = all.unwrap_or_default();
            if all.is_empty() {
                break;
            }
            releases.extend(all.into_iter().filter(|it| it.tag_name == tag).map(RestRelease::into_model));
        }
        Ok(releases)
    }

    pub(in crate::forge) async fn tag(&self, name: &str) -> Result<Option<RemoteTag>, Error> {
        let path = format!("{}/tags/{}", self.own, escaped(name, ""));
        let response = self.rest.get::<Value>(&path, &format!("reading the tag {name}")).await?;
        let commit = |response: &Value| Some(response.pointer("/commit/sha")?.as_str()?.to_owned());
        Ok(response.map(|response| RemoteTag { object: commit(&response) }))
    }

    pub(in crate::forge) async fn create_release(
        &self,
        tag: &str,
        fields: &Fields,
    ) -> Result<Release, Error> {
        let mut body = fields_json(fields);
        body.insert("tag_name".to_owned(), tag.into());
        let request = self.rest.json(Method::POST, &format!("{}/releases", self.own), &body)?;
        let created: RestRelease = self.rest.send(request, &format!("creating the release {tag}")).await?;
        Ok(created.into_model())
    }

    pub(in crate::forge) async fn update_release(
        &self,
        release: &Release,
        fields: &Fields,
    ) -> Result<Release, Error> {
        let request = self.rest.json(Method::PATCH, &self.release_path(release), &fields_json(fields))?;
        let doing = format!("updating the release {}", release.tag);
        let updated: RestRelease = self.rest.send(request, &doing).await?;
        Ok(updated.into_model())
    }

    pub(in crate::forge) async fn delete_release(&self, release: &Release) -> Result<(), Error> {
        self.rest.delete(&self.release_path(release), &format!("deleting the draft of {}", release.tag)).await
    }

    pub(in crate::forge) async fn upload(&self, release: &Release, file: &Attachment) -> Result<(), Error> {
        let path = format!("{}/assets?name={}", self.release_path(release), escaped(&file.name, ""));
        // The content cannot contain its own digest.
        let boundary = format!("tidings-{}", file.sha256);
        let name = escaped(&file.name, " ");
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"attachment\"; filename=\"{name}\"\r\nContent-Type: {}\r\n\r\n",
            file.content_type
        )
        .into_bytes();
        body.extend_from_slice(&file.content);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let request = self.rest.bytes(Method::POST, &path, &content_type, body.into())?;
        self.rest.send::<Value>(request, &format!("uploading the file {}", file.name)).await.map(drop)
    }

    pub(in crate::forge) async fn delete_asset(&self, release: &Release, asset: &Asset) -> Result<(), Error> {
        let path = format!("{}/assets/{}", self.release_path(release), asset.id);
        self.rest.delete(&path, &format!("deleting the file {}", asset.name)).await
    }

    pub(in crate::forge) async fn comments(&self, thread: Thread) -> Result<Vec<Comment>, Error> {
        let path = format!("{}/issues/{}/comments", self.own, thread.number());
        let doing = format!("reading the comments of {}", thread.title());
        let all: Vec<RestComment> = self.rest.pages(&path, &doing).await?;
        Ok(all.into_iter().map(RestComment::into_model).collect())
    }

    pub(in crate::forge) async fn comment(&self, thread: Thread, body: &str) -> Result<Comment, Error> {
        let path = format!("{}/issues/{}/comments", self.own, thread.number());
        let request = self.rest.json(Method::POST, &path, &json!({ "body": body }))?;
        let created: RestComment =
            self.rest.send(request, &format!("commenting on {}", thread.title())).await?;
        Ok(created.into_model())
    }

    pub(in crate::forge) async fn delete_comment(
        &self,
        thread: Thread,
        comment: &Comment,
    ) -> Result<(), Error> {
        let path = format!("{}/issues/comments/{}", self.own, comment.id);
        self.rest.delete(&path, &format!("deleting a duplicate comment on {}", thread.title())).await
    }

    /// Creates the label if needed, and adds it by ID: older versions do not accept names.
    pub(in crate::forge) async fn label(&self, thread: Thread, label: &str) -> Result<(), Error> {
        let doing = format!("adding a label to {}", thread.title());
        let path = format!("{}/labels", self.own);
        let labels: Vec<Label> = self.rest.pages(&format!("{path}?limit=50"), "labels").await?;
        let id = match labels.into_iter().find(|existing| existing.name == label) {
            Some(existing) => existing.id,
            None => {
                let new_label = json!({ "name": label, "color": COLOUR });
                let request = self.rest.json(Method::POST, &path, &new_label)?;
                self.rest.send::<Label>(request, &doing).await?.id
            }
        };
        let path = format!("{}/issues/{}/labels", self.own, thread.number());
        let request = self.rest.json(Method::POST, &path, &json!({ "labels": [id] }))?;
        self.rest.send::<Value>(request, &doing).await.map(drop)
    }

    fn release_path(&self, release: &Release) -> String {
        format!("{}/releases/{}", self.own, release.id)
    }
}

fn fields_json(fields: &Fields) -> Map<String, Value> {
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
