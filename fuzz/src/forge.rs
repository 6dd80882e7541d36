//! Fuzzes the responses of the four forges. The first byte chooses the forge and whether there is a token, the second
//! byte the request; the rest is the responses (see `server`).

use std::hint::black_box;

use tidings::{
    forge::{self, Access, Asset, Attachment, Credentials, Error, Fields, Forge, HeadQuery, Thread},
    http::{Client, Secret},
    model::{ForgeKind, ObjectId},
};

use super::server::{self, SECRET, USER};

const KINDS: [ForgeKind; 4] = [ForgeKind::GitHub, ForgeKind::GitLab, ForgeKind::Gitea, ForgeKind::Bitbucket];
const HOST: &str = "forge.example";

pub(super) fn target(data: &[u8]) {
    let [who, what, rest @ ..] = data else { return };
    server::with_responses(rest, &[HOST], async |client| {
        let Some(access) = access(*who) else { return };
        if what % 16 == 15 {
            black_box(forge::detect(&client, "http://forge.example/o/r").await);
            return;
        }
        if let Err(error) = ask(client, access, what % 16).await {
            assert!(!format!("{error} {error:?} {:?}", error.hint()).contains(SECRET), "{error}");
        }
    });
}

fn access(who: u8) -> Option<Access> {
    let kind = KINDS.into_iter().nth(usize::from(who & 3))?;
    let secret = Secret::new(SECRET)?;
    let credentials = match who >> 2 & 3 {
        0 | 1 => Credentials::Token(secret),
        2 => Credentials::None,
        _ if kind == ForgeKind::GitLab => Credentials::Job(secret),
        _ => Credentials::Basic(USER.to_owned(), secret),
    };
    let api = format!("http://{HOST}/api");
    Some(Access { kind, api, owner: "o".to_owned(), name: "r".to_owned(), credentials })
}

async fn ask(client: Client, access: Access, what: u8) -> Result<(), Error> {
    let forge = Forge::new(client, access)?;
    let asked = [1, 2, 12];
    match what {
        0..=2 => {
            let found = forge.pull_requests(&asked).await;
            assert!(found.pull_requests.keys().all(|number| asked.contains(number)), "{found:?}");
            assert!(!format!("{found:?}").contains(SECRET), "{found:?}");
        }
        3 | 4 => {
            let commits = [1, 2].map(|byte| ObjectId::from_bytes([byte; 20]));
            let found = forge.of_commits(&commits).await;
            assert!(found.of_commits.keys().all(|commit| commits.contains(commit)), "{found:?}");
        }
        5 => drop(forge.newcomers(&["ann".to_owned(), "bob".to_owned()], 1_700_000_000).await),
        6 | 7 => {
            if let Some(release) = forge.release("v1.0.0").await? {
                for asset in &release.assets {
                    drop(forge.download(asset).await);
                }
                let file = Attachment::new("notes.txt", b"notes".to_vec());
                drop(forge.upload(&release, &file).await);
                drop(forge.update_release(&release, &fields()).await);
                drop(forge.delete_draft(&release).await);
            }
        }
        8 => {
            drop(forge.latest().await);
            let query = HeadQuery { commit: "01".repeat(20), ..HeadQuery::default() };
            let found = forge.pull_requests_at(&query).await?;
            assert!(found.iter().all(|it| query.matches(it)), "{found:?}");
        }
        9 => {
            drop(forge.tag("v1.0.0").await);
            drop(forge.pull_request_head(1).await?);
        }
        10 => drop(forge.create_release("v1.0.0", &fields(), &[]).await?),
        11 => {
            drop(forge.identity().await);
            let thread = Thread::PullRequest(1);
            if let Some(comment) = forge.comments(thread).await?.first() {
                drop(forge.update_comment(thread, comment, "text").await);
                drop(forge.delete_comment(thread, comment).await);
            }
        }
        12 => drop(forge.comment(Thread::Issue(2), "released").await?),
        13 => forge.label(Thread::PullRequest(1), "released").await?,
        _ => {
            let asset = Asset { id: "1".to_owned(), name: "notes.txt".to_owned(), ..Asset::default() };
            drop(forge.download(&asset).await?);
        }
    }
    Ok(())
}

fn fields() -> Fields {
    Fields {
        title: Some("1.0.0".to_owned()),
        body: Some("notes".to_owned()),
        draft: Some(false),
        ..Fields::default()
    }
}
