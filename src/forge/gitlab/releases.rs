//! Releases on GitLab, and comments and labels on its merge requests and issues.
//!
//! GitLab has no drafts: a release is visible as soon as it is created. So files are uploaded first, to the project's
//! generic packages, and the release links to them. A link's URL ends in the fragment `#sha256=…`, to detect changed
//! files.
//!
//! Source: docs.gitlab.com, "Releases API", "Release links API", "Generic packages API", "Notes API", "Tags API".

use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::forge::{
    Asset, Attachment, Comment, Error, Fields, Release, RemoteTag, Thread, links::escaped, rest::RestComment,
};

use super::merge_requests::GitLab;

const DIGEST: &str = "#sha256=";

impl GitLab {
    /// The release of a tag; a tag has at most one.
    pub(in crate::forge) async fn published(&self, tag: &str) -> Result<Option<Release>, Error> {
        let response = self
            .rest
            .get::<RestRelease>(&self.release_path(tag), &format!("reading the release {tag}"))
            .await?;
        Ok(response.map(RestRelease::into_model))
    }

    /// A job token cannot read tags; creating the release then fails if the tag is missing.
    pub(in crate::forge) async fn tag(&self, name: &str) -> Result<Option<RemoteTag>, Error> {
        if self.is_job {
            return Ok(Some(RemoteTag { object: None }));
        }
        let path = format!("{}/repository/tags/{}", self.own, escaped(name, ""));
        let response = self.rest.get::<Value>(&path, &format!("reading the tag {name}")).await?;
        let commit = |response: &Value| Some(response.pointer("/commit/id")?.as_str()?.to_owned());
        Ok(response.map(|response| RemoteTag { object: commit(&response) }))
    }

    pub(in crate::forge) async fn create_release(
        &self,
        tag: &str,
        fields: &Fields,
        files: &[Attachment],
    ) -> Result<Release, Error> {
        let mut links = Vec::with_capacity(files.len());
        for file in files {
            links.push(self.store_package(tag, file).await?);
        }
        let mut body = fields_json(fields);
        body.insert("tag_name".to_owned(), tag.into());
        if let Some(target) = &fields.target {
            body.insert("ref".to_owned(), target.as_str().into());
        }
        if !links.is_empty() {
            body.insert("assets".to_owned(), json!({ "links": links }));
        }
        let request = self.rest.json(Method::POST, &format!("{}/releases", self.own), &body)?;
        let created: RestRelease = self.rest.send(request, &format!("creating the release {tag}")).await?;
        Ok(created.into_model())
    }

    pub(in crate::forge) async fn update_release(
        &self,
        release: &Release,
        fields: &Fields,
    ) -> Result<Release, Error> {
        let request = self.rest.json(Method::PUT, &self.release_path(&release.tag), &fields_json(fields))?;
        let doing = format!("updating the release {}", release.tag);
        let updated: RestRelease = self.rest.send(request, &doing).await?;
        Ok(updated.into_model())
    }

    pub(in crate::forge) async fn upload(&self, release: &Release, file: &Attachment) -> Result<(), Error> {
        let link = self.store_package(&release.tag, file).await?;
        let path = format!("{}/assets/links", self.release_path(&release.tag));
        let request = self.rest.json(Method::POST, &path, &link)?;
        self.rest.send::<Value>(request, &format!("linking the file {}", file.name)).await.map(drop)
    }

    pub(in crate::forge) async fn delete_asset(&self, release: &Release, asset: &Asset) -> Result<(), Error> {
        let path = format!("{}/assets/links/{}", self.release_path(&release.tag), escaped(&asset.id, ""));
        let request = self.rest.bytes(Method::DELETE, &path, "application/json", Bytes::new())?;
        self.rest.send::<Value>(request, &format!("deleting the file {}", asset.name)).await.map(drop)
    }

    pub(in crate::forge) async fn comments(&self, thread: Thread) -> Result<Vec<Comment>, Error> {
        let path = format!("{}/notes?per_page=100", self.thread_path(thread));
        let doing = format!("reading the comments of {}", thread.title());
        let all: Vec<RestComment> = self.rest.pages(&path, &doing).await?;
        Ok(all.into_iter().map(RestComment::into_model).collect())
    }

    pub(in crate::forge) async fn comment(&self, thread: Thread, body: &str) -> Result<Comment, Error> {
        let path = format!("{}/notes", self.thread_path(thread));
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
        let path = format!("{}/notes/{}", self.thread_path(thread), comment.id);
        self.rest.delete(&path, &format!("deleting a duplicate comment on {}", thread.title())).await
    }

    pub(in crate::forge) async fn label(&self, thread: Thread, label: &str) -> Result<(), Error> {
        let request =
            self.rest.json(Method::PUT, &self.thread_path(thread), &json!({ "add_labels": label }))?;
        self.rest.send::<Value>(request, &format!("adding a label to {}", thread.title())).await.map(drop)
    }

    /// Uploads a file to the project's generic packages and returns the link to it.
    async fn store_package(&self, tag: &str, file: &Attachment) -> Result<Value, Error> {
        // A package version must not contain a slash.
        let version = tag.replace(|c: char| !c.is_ascii_alphanumeric() && !".-_+".contains(c), "-");
        let (version, name) = (escaped(&version, ""), escaped(&file.name, ""));
        let path = format!("{}/packages/generic/release/{version}/{name}", self.own);
        let request = self.rest.bytes(Method::PUT, &path, &file.content_type, file.content.clone())?;
        self.rest.send::<Value>(request, &format!("uploading the file {}", file.name)).await?;
        let url = format!("{}{DIGEST}{}", self.rest.url(&path), file.sha256);
        Ok(json!({ "name": file.name, "url": url, "link_type": "other" }))
    }

    fn release_path(&self, tag: &str) -> String {
        format!("{}/releases/{}", self.own, escaped(tag, ""))
    }

    pub(super) fn thread_path(&self, thread: Thread) -> String {
        match thread {
            Thread::PullRequest(number) => format!("{}/merge_requests/{number}", self.own),
            Thread::Issue(number) => format!("{}/issues/{number}", self.own),
        }
    }
}

fn fields_json(fields: &Fields) -> Map<String, Value> {
    let all = [
        ("name", fields.title.as_deref().map(Value::from)),
        ("description", fields.body.as_deref().map(Value::from)),
        ("milestones", fields.milestones.clone().map(Value::from)),
        ("released_at", fields.released_at.as_deref().map(Value::from)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

#[derive(Deserialize)]
struct RestRelease {
    tag_name: String,
    name: Option<String>,
    description: Option<String>,
    released_at: Option<String>,
    #[serde(default)]
    milestones: Vec<Milestone>,
    #[serde(default)]
    assets: Assets,
    #[serde(rename = "_links")]
    links: Option<ReleaseLinks>,
}

#[derive(Deserialize)]
struct Milestone {
    title: String,
}

#[derive(Deserialize, Default)]
struct Assets {
    #[serde(default)]
    links: Vec<AssetLink>,
}

#[derive(Deserialize)]
struct AssetLink {
    id: u64,
    name: String,
    url: String,
}

#[derive(Deserialize)]
struct ReleaseLinks {
    #[serde(rename = "self")]
    own: Option<String>,
}

impl RestRelease {
    fn into_model(self) -> Release {
        let asset = |link: AssetLink| Asset {
            id: link.id.to_string(),
            name: link.name,
            size: None,
            sha256: link.url.split_once(DIGEST).map(|(_, digest)| digest.to_owned()),
            url: link.url.split('#').next().map(str::to_owned),
        };
        Release {
            id: self.tag_name.clone(),
            tag: self.tag_name,
            title: self.name.unwrap_or_default(),
            body: self.description.unwrap_or_default(),
            url: self.links.and_then(|links| links.own).unwrap_or_default(),
            milestones: self.milestones.into_iter().map(|milestone| milestone.title).collect(),
            released_at: self.released_at,
            assets: self.assets.links.into_iter().map(asset).collect(),
            ..Release::default()
        }
    }
}
