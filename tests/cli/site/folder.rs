//! The folder of the site: what is refused, replaced and deleted.

use std::fs;

use super::support::{files, folder, site};
use crate::support::{Commit, Repo};

fn versions(count: usize) -> Repo {
    let repo = Repo::new();
    for number in 0..count {
        repo.commit(&*format!("feat: {number}"));
        repo.tag(&format!("v1.{number}.0"));
    }
    repo
}

#[test]
fn folder_with_other_files_is_refused() {
    let repo = versions(1);
    fs::create_dir(folder(&repo)).unwrap();
    fs::write(folder(&repo).join("thesis.txt"), "x").unwrap();
    let ran = repo.run(&["site", "--output", "../site"]);
    insta::assert_snapshot!(ran.snapshot(), @r"
    status: 1
    ----- stderr -----
    Error: `../site` has files that are not those of a site
    Hint: name an empty folder; to add a site to this one, create the file .tidings-site in it
    ");
    assert_eq!(files(&folder(&repo)).len(), 1);
    fs::write(folder(&repo).join(".tidings-site"), "").unwrap();
    let added = site(&repo, &[]);
    assert_eq!(added.page("thesis.txt"), "x");
}

#[test]
fn pages_of_versions_that_are_gone_are_deleted() {
    let repo = versions(3);
    let before = site(&repo, &["--locale", "en", "--locale", "fr"]);
    assert!(before.files.contains_key("fr/versions/1.2.0.html"));
    fs::write(folder(&repo).join("CNAME"), "example.org").unwrap();
    repo.git(&["tag", "--delete", "v1.2.0"]);
    let after = site(&repo, &["--locale", "en"]);
    assert!(!after.files.contains_key("versions/1.2.0.html"));
    assert!(!after.files.keys().any(|path| path.starts_with("fr/")) && !folder(&repo).join("fr").exists());
    assert_eq!(after.page("CNAME"), "example.org");
    assert!(after.ran.stderr.contains("deleted "), "{}", after.ran.stderr);
}

#[test]
fn hostile_list_deletes_nothing_outside_of_the_site() {
    let repo = versions(1);
    let outside = repo.dir().parent().unwrap().join("kept.html");
    fs::write(&outside, "x").unwrap();
    fs::create_dir_all(folder(&repo).join(".git")).unwrap();
    fs::write(folder(&repo).join(".git/config.json"), "x").unwrap();
    fs::write(folder(&repo).join("notes.md"), "x").unwrap();
    let list = format!(
        "../kept.html\n{}\n.git/config.json\nnotes.md\nversions/../../kept.html\n",
        outside.display()
    );
    fs::write(folder(&repo).join(".tidings-site"), list).unwrap();
    let written = site(&repo, &[]);
    assert!(
        outside.exists()
            && written.files.contains_key(".git/config.json")
            && written.files.contains_key("notes.md")
    );
    assert!(!written.page(".tidings-site").contains("kept"));
}

#[cfg(unix)]
#[test]
fn links_in_the_folder_are_not_followed() {
    let repo = versions(1);
    let outside = repo.dir().parent().unwrap().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::create_dir(folder(&repo)).unwrap();
    fs::write(folder(&repo).join(".tidings-site"), "").unwrap();
    std::os::unix::fs::symlink(&outside, folder(&repo).join("versions")).unwrap();
    let ran = repo.run(&["site", "--output", "../site"]);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    assert!(ran.stderr.starts_with("Error: cannot write `../site/versions/1.0.0.html`"), "{}", ran.stderr);
    assert_eq!(files(&outside).len(), 0);
}

#[cfg(unix)]
#[test]
fn link_of_the_repository_that_leads_outside_is_refused() {
    let repo = versions(1);
    let outside = repo.dir().parent().unwrap().join("outside");
    fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, repo.dir().join("public")).unwrap();
    repo.git(&["add", "public"]);
    for path in ["public", "public/site"] {
        let ran = repo.run(&["site", "--output", path]);
        assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
        assert!(
            ran.stderr.contains("a symbolic link of the repository that leads outside"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
}

#[test]
fn version_names_are_safe_file_names() {
    let repo = Repo::new();
    repo.write("tidings.toml", "scheme = \"loose\"\n[[packages]]\nname = \"CON\"\npaths = [\"**\"]\ntag_pattern = \"pkg/v{version}\"\n[[packages]]\nname = \"../x\"\npaths = [\"x/**\"]\ntag_pattern = \"up/v{version}\"\n");
    repo.commit("feat: a");
    for tag in ["pkg/v1.0.0", "pkg/v1.0.0-RC1", "pkg/v1.1.0", "up/v2.0.0"] {
        repo.commit(Commit::new(format!("fix: {tag}")).file("x/a", tag));
        repo.tag(tag);
    }
    let site = site(&repo, &[]);
    let pages: Vec<&str> =
        site.files.keys().filter(|path| path.starts_with("versions/")).map(String::as_str).collect();
    let mut lower: Vec<String> = pages.iter().map(|path| path.to_lowercase()).collect();
    lower.dedup();
    assert_eq!(lower, pages, "equal names where case does not count");
    let is_safe = |path: &&str| path.starts_with("versions/version-con-") || path.starts_with("versions/x-");
    assert!(pages.len() == 3 && pages.iter().all(is_safe), "{pages:?}");
    site.assert_links_resolve();
}

#[test]
fn usage_errors_name_the_way_out() {
    let repo = versions(1);
    let run = |args: &[&str]| repo.run(&[&["site", "--output", "../site"], args].concat());
    for (args, message) in [
        (&["--base-url", "example.org"][..], "Error: `example.org` is not a URL"),
        (
            &["--base-url", "ftp://example.org"],
            "Error: `ftp://example.org` is not the http or https address of a site",
        ),
        (
            &["--base-url", "https://u:p@example.org"],
            "Error: the address of a site must not have a user or a password",
        ),
        (&["--locale", "xx"], "Error: unknown locale `xx`"),
        (&["--locale", "de", "--locale", "de"], "Error: --locale names `de` twice"),
    ] {
        let ran = run(args);
        assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
        assert!(ran.stderr.starts_with(message), "{}", ran.snapshot());
    }
    assert!(!folder(&repo).exists());
}
