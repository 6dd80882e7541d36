//! GitHub's releases, and the threads of its pull requests and issues.
//!
//! Source: docs.github.com, "REST API endpoints for releases", "release assets", "Git references", "issue comments" and "labels".

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::forge::{
    Asset, Attachment, Comment, Error, Fields, Release, RemoteTag, Thread, links::escaped, rest::RestComment,
};

use super::pull_requests::GitHub;

/// How many pages of a hundred releases are searched for a draft, which no tag leads to.
const DRAFT_PAGES: usize = 3;
/// How many pages of a hundred comments are read of one thread.
const COMMENT_PAGES: usize = 10;

impl GitHub {
    /// The published release of a tag.
    pub(in crate::forge) async fn published(&self, tag: &str) -> Result<Option<Release>, Error> {
        let path = self.below(&format!("/releases/tags/{}", escaped(tag, "")));
        let found = self.octo.get::<RestRelease>(&path, &format!("the release {tag}")).await?;
        Ok(found.map(RestRelease::into_model))
    }

    /// The releases of a tag among the newest of all.
    pub(in crate::forge) async fn listed(&self, tag: &str) -> Result<Vec<Release>, Error> {
        let mut found = Vec::new();
        for page in 1..=DRAFT_PAGES {
            let path = self.below(&format!("/releases?per_page=100&page={page}"));
            let all = self.octo.get::<Vec<RestRelease>>(&path, &format!("the release {tag}")).await?;
            let all = all.unwrap_or_default();
            if all.is_empty() {
                break;
            }
            found.extend(all.into_iter().filter(|it| it.tag_name == tag).map(RestRelease::into_model));
        }
        Ok(found)
    }

    /// The tag of the release that is marked as the latest.
    pub(in crate::forge) async fn latest(&self) -> Result<Option<String>, Error> {
        let path = self.below("/releases/latest");
        let found = self.octo.get::<RestRelease>(&path, "the latest release").await?;
        Ok(found.map(|release| release.tag_name))
    }

    pub(in crate::forge) async fn tag(&self, name: &str) -> Result<Option<RemoteTag>, Error> {
        let path = self.below(&format!("/git/ref/tags/{}", escaped(name, "")));
        let found = self.octo.get::<Value>(&path, &format!("the tag {name}")).await?;
        let object = |found: &Value| Some(found.pointer("/object/sha")?.as_str()?.to_owned());
        Ok(found.map(|found| RemoteTag { object: object(&found) }))
    }

    pub(in crate::forge) async fn create_release(
        &self,
        tag: &str,
        fields: &Fields,
    ) -> Result<Release, Error> {
        let mut body = sent(fields);
        body.insert("tag_name".to_owned(), tag.into());
        let made: RestRelease =
            self.octo.post(&self.below("/releases"), &body, &format!("making the release {tag}")).await?;
        Ok(made.into_model())
    }

    pub(in crate::forge) async fn update_release(
        &self,
        release: &Release,
        fields: &Fields,
    ) -> Result<Release, Error> {
        let path = self.below(&format!("/releases/{}", release.id));
        let mut body = sent(fields);
        // A draft's tag is not fixed, and GitHub makes up one for a draft that is published without.
        body.insert("tag_name".to_owned(), release.tag.as_str().into());
        let changed: RestRelease =
            self.octo.patch(&path, &body, &format!("changing the release {}", release.tag)).await?;
        Ok(changed.into_model())
    }

    pub(in crate::forge) async fn delete_release(&self, release: &Release) -> Result<(), Error> {
        let path = self.below(&format!("/releases/{}", release.id));
        self.octo.delete(&path, &format!("deleting the draft of {}", release.tag)).await
    }

    pub(in crate::forge) async fn upload(&self, release: &Release, file: &Attachment) -> Result<(), Error> {
        let doing = format!("the file {}", file.name);
        let template = release.upload_url.as_deref().unwrap_or_default();
        // A template of RFC 6570: `…/assets{?name,label}`.
        let address = template.split('{').next().unwrap_or_default();
        let address = format!("{address}?name={}", escaped(&file.name, ""));
        self.octo.upload(&address, file, &doing).await
    }

    pub(in crate::forge) async fn download(&self, asset: &Asset) -> Result<Bytes, Error> {
        // Its address in an answer may name another host than the one that is asked, as behind a proxy.
        let address = format!("{}{}", self.access.api, self.below(&format!("/releases/assets/{}", asset.id)));
        self.octo.download(&address, &format!("the file {}", asset.name)).await
    }

    pub(in crate::forge) async fn delete_asset(&self, asset: &Asset) -> Result<(), Error> {
        let path = self.below(&format!("/releases/assets/{}", asset.id));
        self.octo.delete(&path, &format!("deleting the file {}", asset.name)).await
    }

    pub(in crate::forge) async fn comments(&self, thread: Thread) -> Result<Vec<Comment>, Error> {
        let mut comments = Vec::new();
        for page in 1..=COMMENT_PAGES {
            let path = format!("/issues/{}/comments?per_page=100&page={page}", thread.number());
            let doing = format!("the comments of {}", thread.title());
            let all = self.octo.get::<Vec<RestComment>>(&self.below(&path), &doing).await?;
            let all = all.ok_or_else(|| Error::absent(self.access.kind, doing))?;
            let count = all.len();
            comments.extend(all.into_iter().map(RestComment::into_model));
            if count < 100 {
                break;
            }
        }
        Ok(comments)
    }

    pub(in crate::forge) async fn comment(&self, thread: Thread, body: &str) -> Result<Comment, Error> {
        let path = self.below(&format!("/issues/{}/comments", thread.number()));
        let doing = format!("a comment on {}", thread.title());
        let made = self.octo.post::<RestComment>(&path, &json!({ "body": body }), &doing).await?;
        Ok(made.into_model())
    }

    pub(in crate::forge) async fn delete_comment(
        &self,
        thread: Thread,
        comment: &Comment,
    ) -> Result<(), Error> {
        let path = self.below(&format!("/issues/comments/{}", comment.id));
        self.octo.delete(&path, &format!("deleting a second comment on {}", thread.title())).await
    }

    pub(in crate::forge) async fn label(&self, thread: Thread, label: &str) -> Result<(), Error> {
        let path = self.below(&format!("/issues/{}/labels", thread.number()));
        let doing = format!("a label on {}", thread.title());
        self.octo.post::<Value>(&path, &json!({ "labels": [label] }), &doing).await.map(drop)
    }

    fn below(&self, path: &str) -> String {
        format!("{}{path}", self.own())
    }
}

fn sent(fields: &Fields) -> serde_json::Map<String, Value> {
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
struct RestRelease {
    id: u64,
    tag_name: String,
    name: Option<String>,
    body: Option<String>,
    draft: bool,
    prerelease: bool,
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
    /// `sha256:…`; GitHub Enterprise Server may not tell it.
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
            url: self.html_url,
            upload_url: Some(self.upload_url),
            assets: self.assets.into_iter().map(asset).collect(),
            ..Release::default()
        }
    }
}
