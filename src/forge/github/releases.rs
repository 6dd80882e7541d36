//! Releases on GitHub, and comments and labels on its pull requests and issues.
//!
//! Source: docs.github.com, "REST API endpoints for releases", "release assets", "Git references", "issue comments",
//! "labels" and "Immutable releases".

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::forge::{
    Asset, Attachment, Comment, Error, Fields, Release, RemoteTag, Thread, links::escaped, rest::RestComment,
};

use super::pull_requests::GitHub;

/// Number of pages, of 100 releases each, to search for drafts, which cannot be looked up by tag.
const DRAFT_PAGES: usize = 3;
/// Maximum number of pages, of 100 comments each, to read per thread.
const COMMENT_PAGES: usize = 10;

impl GitHub {
    /// The published release of a tag.
    pub(in crate::forge) async fn published(&self, tag: &str) -> Result<Option<Release>, Error> {
        let path = self.repository_path(&format!("/releases/tags/{}", escaped(tag, "")));
        let response = self.octo.get::<RestRelease>(&path, &format!("reading the release {tag}")).await?;
        Ok(response.map(RestRelease::into_model))
    }

    /// The releases of a tag among the newest releases.
    pub(in crate::forge) async fn listed(&self, tag: &str) -> Result<Vec<Release>, Error> {
        let mut releases = Vec::new();
        for page in 1..=DRAFT_PAGES {
            let path = self.repository_path(&format!("/releases?per_page=100&page={page}"));
            let all = self.octo.get::<Vec<RestRelease>>(&path, &format!("reading the release {tag}")).await?;
            let all = all.unwrap_or_default();
            if all.is_empty() {
                break;
            }
            releases.extend(all.into_iter().filter(|it| it.tag_name == tag).map(RestRelease::into_model));
        }
        Ok(releases)
    }

    /// The tag of the release that is marked as the latest.
    pub(in crate::forge) async fn latest(&self) -> Result<Option<String>, Error> {
        let path = self.repository_path("/releases/latest");
        let response = self.octo.get::<RestRelease>(&path, "reading the latest release").await?;
        Ok(response.map(|release| release.tag_name))
    }

    /// Whether a release becomes immutable when it is published; false if the token may not read the setting.
    pub(in crate::forge) async fn makes_immutable(&self) -> Result<bool, Error> {
        let path = self.repository_path("/immutable-releases");
        match self.octo.get::<ImmutableReleases>(&path, "reading whether releases are immutable").await {
            Ok(setting) => Ok(setting.is_some_and(|setting| setting.enabled)),
            // Only administrators may read it: GitHub answers with 403 or 404.
            Err(Error::Refused { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(in crate::forge) async fn tag(&self, name: &str) -> Result<Option<RemoteTag>, Error> {
        let path = self.repository_path(&format!("/git/ref/tags/{}", escaped(name, "")));
        let response = self.octo.get::<Value>(&path, &format!("reading the tag {name}")).await?;
        let object = |response: &Value| Some(response.pointer("/object/sha")?.as_str()?.to_owned());
        Ok(response.map(|response| RemoteTag { object: object(&response) }))
    }

    pub(in crate::forge) async fn create_release(
        &self,
        tag: &str,
        fields: &Fields,
    ) -> Result<Release, Error> {
        let mut body = fields_json(fields);
        body.insert("tag_name".to_owned(), tag.into());
        let created: RestRelease = self
            .octo
            .post(&self.repository_path("/releases"), &body, &format!("creating the release {tag}"))
            .await?;
        Ok(created.into_model())
    }

    pub(in crate::forge) async fn update_release(
        &self,
        release: &Release,
        fields: &Fields,
    ) -> Result<Release, Error> {
        let path = self.repository_path(&format!("/releases/{}", release.id));
        let mut body = fields_json(fields);
        // A draft's tag can change, and GitHub generates one for a draft that is published without a tag.
        body.insert("tag_name".to_owned(), release.tag.as_str().into());
        let updated: RestRelease =
            self.octo.patch(&path, &body, &format!("updating the release {}", release.tag)).await?;
        Ok(updated.into_model())
    }

    pub(in crate::forge) async fn delete_release(&self, release: &Release) -> Result<(), Error> {
        let path = self.repository_path(&format!("/releases/{}", release.id));
        self.octo.delete(&path, &format!("deleting the draft of {}", release.tag)).await
    }

    pub(in crate::forge) async fn upload(&self, release: &Release, file: &Attachment) -> Result<(), Error> {
        let doing = format!("uploading the file {}", file.name);
        let template = release.upload_url.as_deref().unwrap_or_default();
        // A URI template (RFC 6570): `…/assets{?name,label}`.
        let address = template.split('{').next().unwrap_or_default();
        let address = format!("{address}?name={}", escaped(&file.name, ""));
        self.octo.upload(&address, file, &doing).await
    }

    pub(in crate::forge) async fn download(&self, asset: &Asset) -> Result<Bytes, Error> {
        // The URL in the response may have another host, as behind a proxy.
        let address =
            format!("{}{}", self.access.api, self.repository_path(&format!("/releases/assets/{}", asset.id)));
        self.octo.download(&address, &format!("downloading the file {}", asset.name)).await
    }

    pub(in crate::forge) async fn delete_asset(&self, asset: &Asset) -> Result<(), Error> {
        let path = self.repository_path(&format!("/releases/assets/{}", asset.id));
        self.octo.delete(&path, &format!("deleting the file {}", asset.name)).await
    }

    pub(in crate::forge) async fn comments(&self, thread: Thread) -> Result<Vec<Comment>, Error> {
        let mut comments = Vec::new();
        for page in 1..=COMMENT_PAGES {
            let path = format!("/issues/{}/comments?per_page=100&page={page}", thread.number());
            let doing = format!("reading the comments of {}", thread.title());
            let all = self.octo.get::<Vec<RestComment>>(&self.repository_path(&path), &doing).await?;
            let all = all.ok_or_else(|| Error::not_found(self.access.kind, doing))?;
            let count = all.len();
            comments.extend(all.into_iter().map(RestComment::into_model));
            if count < 100 {
                break;
            }
        }
        Ok(comments)
    }

    pub(in crate::forge) async fn comment(&self, thread: Thread, body: &str) -> Result<Comment, Error> {
        let path = self.repository_path(&format!("/issues/{}/comments", thread.number()));
        let doing = format!("commenting on {}", thread.title());
        let created = self.octo.post::<RestComment>(&path, &json!({ "body": body }), &doing).await?;
        Ok(created.into_model())
    }

    pub(in crate::forge) async fn delete_comment(
        &self,
        thread: Thread,
        comment: &Comment,
    ) -> Result<(), Error> {
        let path = self.repository_path(&format!("/issues/comments/{}", comment.id));
        self.octo.delete(&path, &format!("deleting a duplicate comment on {}", thread.title())).await
    }

    pub(in crate::forge) async fn label(&self, thread: Thread, label: &str) -> Result<(), Error> {
        let path = self.repository_path(&format!("/issues/{}/labels", thread.number()));
        let doing = format!("adding a label to {}", thread.title());
        self.octo.post::<Value>(&path, &json!({ "labels": [label] }), &doing).await.map(drop)
    }

    fn repository_path(&self, path: &str) -> String {
        format!("{}{path}", self.own())
    }
}

fn fields_json(fields: &Fields) -> serde_json::Map<String, Value> {
    let latest = fields.latest.map(|is| if is { "true" } else { "false" });
    let all = [
        ("name", fields.title.as_deref().map(Value::from)),
        ("body", fields.body.as_deref().map(Value::from)),
        ("draft", fields.draft.map(Value::from)),
        ("prerelease", fields.prerelease.map(Value::from)),
        ("make_latest", latest.map(Value::from)),
        ("target_commitish", fields.target.as_deref().map(Value::from)),
        ("discussion_category_name", fields.discussion.as_deref().map(Value::from)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

#[derive(Deserialize)]
struct ImmutableReleases {
    enabled: bool,
}

#[derive(Deserialize)]
struct RestRelease {
    id: u64,
    tag_name: String,
    name: Option<String>,
    body: Option<String>,
    draft: bool,
    prerelease: bool,
    /// GitHub Enterprise Server may omit it.
    immutable: Option<bool>,
    html_url: String,
    upload_url: String,
    #[serde(default)]
    assets: Vec<RestAsset>,
}

#[derive(Deserialize)]
struct RestAsset {
    id: u64,
    name: String,
    size: u64,
    /// `sha256:…`; GitHub Enterprise Server may omit it.
    digest: Option<String>,
}

impl RestRelease {
    fn into_model(self) -> Release {
        let asset = |asset: RestAsset| Asset {
            id: asset.id.to_string(),
            name: asset.name,
            url: None,
            size: Some(asset.size),
            sha256: asset.digest.and_then(|digest| Some(digest.strip_prefix("sha256:")?.to_owned())),
        };
        Release {
            id: self.id.to_string(),
            tag: self.tag_name,
            title: self.name.unwrap_or_default(),
            body: self.body.unwrap_or_default(),
            draft: self.draft,
            prerelease: self.prerelease,
            immutable: self.immutable.unwrap_or(false),
            url: self.html_url,
            upload_url: Some(self.upload_url),
            assets: self.assets.into_iter().map(asset).collect(),
            ..Release::default()
        }
    }
}
