//! `tidings init`: what it proposes works.

use crate::support::{Commit, Repo};

/// A repository with a package `api` in `FOLDER/api`, one `web`, and tags of these forms.
fn packages(api: &str, web: &str, root: Option<&str>) -> Repo {
    let repo = Repo::new();
    for minor in 0..3 {
        repo.commit(
            Commit::new(format!("feat: api {minor}")).file("packages/api/package.json", minor.to_string()),
        );
        repo.tag(&api.replace("VERSION", &format!("1.{minor}.0")));
        repo.commit(
            Commit::new(format!("feat: web {minor}")).file("packages/web/package.json", minor.to_string()),
        );
        repo.tag(&web.replace("VERSION", &format!("2.{minor}.0")));
        repo.commit(Commit::new(format!("feat: root {minor}")).file("README", minor.to_string()));
        if let Some(root) = root {
            repo.tag(&root.replace("VERSION", &format!("3.{minor}.0")));
        }
    }
    repo.commit(Commit::new("fix: the API").file("packages/api/package.json", "fixed"));
    repo
}

#[test]
fn proposed_configuration_works_at_once() {
    for (api, web, root) in [
        ("api@VERSION", "web@VERSION", None),
        ("@acme/api@VERSION", "@acme/web@VERSION", None),
        ("api-vVERSION", "web-vVERSION", Some("vVERSION")),
        ("packages/api/vVERSION", "packages/web/vVERSION", Some("vVERSION")),
        ("api-VERSION", "web-VERSION", Some("release-VERSION")),
        ("api_VERSION", "web_VERSION", None),
        ("api--vVERSION", "web--vVERSION", Some("VERSION")),
    ] {
        let repo = packages(api, web, root);
        let proposal = repo.run(&["init", "--print"]).stdout;
        repo.write("tidings.toml", &proposal);
        let next = repo.run(&["next", "--package", "api"]);
        assert_eq!(
            (next.status, next.stdout.trim()),
            (Some(0), "1.2.1"),
            "{api}: {}\n{proposal}",
            next.stderr
        );
        assert_eq!(proposal.matches("\n[[packages]]").count(), 2 + usize::from(root.is_some()), "{proposal}");
        let check = repo.run(&["check", "--package", "web"]);
        assert!(check.stdout.contains("3 versions are tagged"), "{api}: {}", check.snapshot());
    }
}
