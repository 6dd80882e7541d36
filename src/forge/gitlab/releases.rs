//! GitLab's releases, and the threads of its merge requests and issues.
//!
//! GitLab has no drafts: a release is there as soon as it is made, so its files go first, into the project's generic packages, and
//! the release links them. A link's address ends in `#sha256=…`, which no server sees, so that a file that has changed is noticed.
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
    /// The release of a tag, which GitLab knows it by.
    pub(in crate::forge) async fn published(&self, tag: &str) -> Result<Option<Release>, Error> {
        let found = self.rest.get::<RestRelease>(&self.at(tag), &format!("the release {tag}")).await?;
        Ok(found.map(RestRelease::into_model))
    }

    /// The token of a job may not look at tags; GitLab itself then refuses where there is none.
    pub(in crate::forge) async fn tag(&self, name: &str) -> Result<Option<RemoteTag>, Error> {
        if self.is_job {
            return Ok(Some(RemoteTag { object: None }));
        }
        let path = format!("{}/repository/tags/{}", self.own, escaped(name, ""));
        let found = self.rest.get::<Value>(&path, &format!("the tag {name}")).await?;
        let commit = |found: &Value| Some(found.pointer("/commit/id")?.as_str()?.to_owned());
        Ok(found.map(|found| RemoteTag { object: commit(&found) }))
    }

    pub(in crate::forge) async fn create_release(
        &self,
        tag: &str,
        fields: &Fields,
        files: &[Attachment],
    ) -> Result<Release, Error> {
        let mut links = Vec::with_capacity(files.len());
        for file in files {
            links.push(self.stored(tag, file).await?);
        }
        let mut body = sent(fields);
        body.insert("tag_name".to_owned(), tag.into());
        if let Some(target) = &fields.target {
            body.insert("ref".to_owned(), target.as_str().into());
        }
        if !links.is_empty() {
            body.insert("assets".to_owned(), json!({ "links": links }));
        }
        let request = self.rest.json(Method::POST, &format!("{}/releases", self.own), &body)?;
        let made: RestRelease = self.rest.send(request, &format!("making the release {tag}")).await?;
        Ok(made.into_model())
    }

    pub(in crate::forge) async fn update_release(
        &self,
        release: &Release,
        fields: &Fields,
    ) -> Result<Release, Error> {
        let request = self.rest.json(Method::PUT, &self.at(&release.tag), &sent(fields))?;
        let doing = format!("changing the release {}", release.tag);
        let changed: RestRelease = self.rest.send(request, &doing).await?;
        Ok(changed.into_model())
    }

    pub(in crate::forge) async fn upload(&self, release: &Release, file: &Attachment) -> Result<(), Error> {
        let link = self.stored(&release.tag, file).await?;
        let path = format!("{}/assets/links", self.at(&release.tag));
        let request = self.rest.json(Method::POST, &path, &link)?;
        self.rest.send::<Value>(request, &format!("the file {}", file.name)).await.map(drop)
    }

    pub(in crate::forge) async fn delete_asset(&self, release: &Release, asset: &Asset) -> Result<(), Error> {
        let path = format!("{}/assets/links/{}", self.at(&release.tag), escaped(&asset.id, ""));
        let request = self.rest.bytes(Method::DELETE, &path, "application/json", Bytes::new())?;
        self.rest.send::<Value>(request, &format!("deleting the file {}", asset.name)).await.map(drop)
    }

    pub(in crate::forge) async fn comments(&self, thread: Thread) -> Result<Vec<Comment>, Error> {
        let path = format!("{}/notes?per_page=100", self.thread(thread));
        let doing = format!("the comments of {}", thread.title());
        let all: Vec<RestComment> = self.rest.pages(&path, &doing).await?;
        Ok(all.into_iter().map(RestComment::into_model).collect())
    }

    pub(in crate::forge) async fn comment(&self, thread: Thread, body: &str) -> Result<Comment, Error> {
        let path = format!("{}/notes", self.thread(thread));
        let request = self.rest.json(Method::POST, &path, &json!({ "body": body }))?;
        let made: RestComment = self.rest.send(request, &format!("a comment on {}", thread.title())).await?;
        Ok(made.into_model())
    }

    pub(in crate::forge) async fn delete_comment(
        &self,
        thread: Thread,
        comment: &Comment,
    ) -> Result<(), Error> {
        let path = format!("{}/notes/{}", self.thread(thread), comment.id);
        self.rest.delete(&path, &format!("deleting a second comment on {}", thread.title())).await
    }

    pub(in crate::forge) async fn label(&self, thread: Thread, label: &str) -> Result<(), Error> {
        let request = self.rest.json(Method::PUT, &self.thread(thread), &json!({ "add_labels": label }))?;
        self.rest.send::<Value>(request, &format!("a label on {}", thread.title())).await.map(drop)
    }

    /// Puts a file into the project's packages and gives the link to it.
    async fn stored(&self, tag: &str, file: &Attachment) -> Result<Value, Error> {
        // A package's version holds no slash.
        let version = tag.replace(|c: char| !c.is_ascii_alphanumeric() && !".-_+".contains(c), "-");
        let (version, name) = (escaped(&version, ""), escaped(&file.name, ""));
        let path = format!("{}/packages/generic/release/{version}/{name}", self.own);
        let request = self.rest.bytes(Method::PUT, &path, &file.content_type, file.content.clone())?;
        self.rest.send::<Value>(request, &format!("the file {}", file.name)).await?;
        let url = format!("{}{DIGEST}{}", self.rest.address(&path), file.sha256);
        Ok(json!({ "name": file.name, "url": url, "link_type": "other" }))
    }

    fn at(&self, tag: &str) -> String {
        format!("{}/releases/{}", self.own, escaped(tag, ""))
    }

    fn thread(&self, thread: Thread) -> String {
        match thread {
            Thread::PullRequest(number) => format!("{}/merge_requests/{number}", self.own),
            Thread::Issue(number) => format!("{}/issues/{number}", self.own),
        }
    }
}

fn sent(fields: &Fields) -> Map<String, Value> {
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
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Milestone {
    title: String,
}

#[derive(Deserialize, Default)]
struct Assets {
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    id: u64,
    name: String,
    url: String,
}

#[derive(Deserialize)]
struct Links {
    #[serde(rename = "self")]
    own: Option<String>,
}

impl RestRelease {
    fn into_model(self) -> Release {
        let asset = |link: Link| Asset {
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
