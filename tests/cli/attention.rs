//! Attention items.

use super::support::{Commit, Repo};

fn with_manifests(count: usize) -> Repo {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0");
    let manifests = (0..count).fold(Commit::new("feat: deploy"), |commit, number| {
        commit.file(&format!("deploy/app-{number:02}/kustomization.yaml"), "x")
    });
    repo.commit(manifests.file("tests/data/k8s/pod.yaml", "x"));
    repo
}

#[test]
fn long_list_is_cut_in_text_and_complete_in_json() {
    let repo = with_manifests(47);
    let long = &repo.release(&[]).0["attention"][0];
    assert_eq!((&long["kind"], long["paths"].as_array().unwrap().len()), (&"kubernetes".into(), 47));
    repo.write(
        "tidings.toml",
        "[[attention]]\nkind = 'kubernetes'\nin = ['changelog', 'release', 'preview', 'notify']\n",
    );
    for (format, more) in [
        ("markdown", "\n- … and 37 more\n"),
        ("release", "\n- … and 37 more\n"),
        ("text", "\n  … and 37 more\n"),
        ("terminal", "\n    … and 37 more\n"),
        ("html", "\n<li>… and 37 more</li>\n"),
        ("slack", "… and 37 more"),
    ] {
        let text = repo.run(&["notes", "--format", format]).stdout;
        assert!(text.contains(more) && text.contains("app-09/") && !text.contains("app-10/"), "{text}");
    }
    let short = with_manifests(11).run(&["notes", "--format", "text"]).stdout;
    assert!(short.contains("app-10/") && !short.contains(" more"), "{short}");
}

const POD: &str = "apiVersion: v1\nkind: Pod\n";

/// A repository with one path of each kind, between the environments `v1.0.0` and `v1.1.0`.
fn with_every_kind() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0");
    let commit = Commit::new("feat: deploy")
        .file("db/migrate/20260101000000_add_users.rb", "x")
        .file("Dockerfile", "FROM scratch\n")
        .file("k8s/pod.yaml", POD)
        .file("k8s/package.json", "{\"kind\": 1}\n")
        .file("k8s/Sync.java", "class Sync {}\n")
        .file("main.tf", "x")
        .file(".env.example", "PORT=80\n");
    repo.commit(commit);
    repo.tag("v1.1.0");
    repo
}

/// The first path of each kind.
const PATHS: [(&str, &str); 5] = [
    ("migration", "20260101000000_add_users.rb"),
    ("container", "Dockerfile"),
    ("kubernetes", "k8s/pod.yaml"),
    ("terraform", "main.tf"),
    ("environment", ".env.example"),
];

fn kinds_in(text: &str) -> Vec<&'static str> {
    PATHS.iter().filter(|(_, path)| text.contains(path)).map(|(kind, _)| *kind).collect()
}

#[test]
fn readers_of_a_changelog_see_migrations_and_variables_and_operators_see_all_kinds() {
    let repo = with_every_kind();
    let all: Vec<&str> = PATHS.iter().map(|(kind, _)| *kind).collect();
    let few = ["migration", "environment"];
    for args in [
        &["notes", "v1.1.0"][..],
        &["notes", "v1.1.0", "--format", "release"],
        &["notes", "v1.1.0", "--format", "html"],
        &["notes", "v1.1.0", "--format", "terminal"],
        &["notes", "--all", "--format", "markdown"],
        &["preview", "v1.1.0"],
        &["changelog"],
    ] {
        assert_eq!(kinds_in(&repo.run(args).stdout), few, "{args:?}");
    }
    for args in [
        &["compare", "v1.0.0", "v1.1.0"][..],
        &["compare", "v1.0.0", "v1.1.0", "--format", "markdown"],
        &["compare", "v1.1.0", "v1.0.0", "--format", "release"],
        &["notes", "v1.1.0", "--format", "json"],
        &["notes", "v1.1.0", "--format", "slack"],
    ] {
        assert_eq!(kinds_in(&repo.run(args).stdout), all, "{args:?}");
    }
}

#[test]
fn outputs_of_a_kind_can_be_set() {
    let repo = with_every_kind();
    let config = "[[attention]]\nkind = 'kubernetes'\nin = ['changelog']\n\
        [[attention]]\nkind = 'migration'\nin = []\n\
        [[attention]]\nkind = 'terraform'\npaths = ['main.tf']\ntitle = 'Infrastructure'\nin = ['release']\n";
    repo.write("tidings.toml", config);
    assert_eq!(kinds_in(&repo.run(&["notes", "v1.1.0"]).stdout), ["kubernetes", "environment"]);
    let release = repo.run(&["notes", "v1.1.0", "--format", "release"]).stdout;
    assert_eq!(kinds_in(&release), ["terraform", "environment"]);
    assert!(release.contains("### Infrastructure"), "{release}");
    let compared = repo.run(&["compare", "v1.0.0", "v1.1.0"]).stdout;
    assert_eq!(kinds_in(&compared), ["container", "environment"]);
    let template = "{% for item in releases[0].attention %}{{ item.kind }} {% endfor %}";
    repo.write("notes.tera", template);
    let custom = repo.run(&["notes", "v1.1.0", "--template", "notes.tera"]);
    assert_eq!(custom.stdout, "kubernetes environment ", "{}", custom.stderr);
    repo.write("tidings.toml", "[[attention]]\nkind = 'kubernetes'\nin = ['changelogs']\n");
    insta::assert_snapshot!(repo.run(&["notes"]).snapshot(), @r"
    status: 2
    ----- stderr -----
    Error: tidings.toml:3:7: unknown value `changelogs`
      3 | in = ['changelogs']
        |       ^^^^^^^^^^^^
    Hint: did you mean `changelog`?
    ");
}

fn paths(repo: &Repo, kind: &str) -> Vec<String> {
    let release = repo.release(&["v2.0.0"]);
    let items = release.0["attention"].as_array().unwrap();
    let of_kind = items.iter().filter(|item| item["kind"] == kind);
    let paths = of_kind.flat_map(|item| item["paths"].as_array().unwrap());
    paths.map(|path| path.as_str().unwrap().to_owned()).collect()
}

/// Files of each form, some of which are manifests: added, changed and removed.
fn with_manifest_changes() -> Repo {
    let repo = Repo::new();
    let before = Commit::new("feat: first").file("deploy/gone.yaml", POD).file("deploy/list.yml", "a: 1\n");
    repo.commit(before.file("deploy/changed.json", "{\"a\": 1}\n").file(".env.example", "PORT=80\n"));
    repo.tag("v1.0.0");
    let after = Commit::new("feat: deploy")
        .remove("deploy/gone.yaml")
        .remove("deploy/list.yml")
        .file("deploy/changed.json", "{\"kind\": \"List\", \"apiVersion\": \"v1\"}\n")
        .file("kubernetes/second.yaml", format!("a: 1\r\n---\r\n{}", POD.replace('\n', "\r\n")))
        .file("kubernetes/settings.yaml", "services: {}\n")
        .file("kubernetes/client.go", "package kubernetes\n")
        .file("kubernetes/large.yaml", "a: 1\n".repeat(1 << 16))
        .file(".env.example", "# The port\nPORT=80\n");
    repo.commit(after);
    repo.tag("v2.0.0");
    repo
}

#[test]
fn manifests_are_recognised_by_their_content() {
    let repo = with_manifest_changes();
    let expected =
        ["deploy/changed.json", "deploy/gone.yaml", "kubernetes/large.yaml", "kubernetes/second.yaml"];
    assert_eq!(paths(&repo, "kubernetes"), expected, "a file that is too large counts by its name");
    assert_eq!(paths(&repo, "environment"), [""; 0], "only a comment was added");
    repo.git(&["repack", "-a", "-d", "-q"]);
    assert_eq!(paths(&repo, "kubernetes"), expected, "in a pack");
}

#[test]
fn manifests_count_by_name_without_blobs() {
    let repo = with_manifest_changes();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = repo.partial_clone("blob:none", &["--no-checkout"]);
    let expected = [
        "deploy/changed.json",
        "deploy/gone.yaml",
        "deploy/list.yml",
        "kubernetes/large.yaml",
        "kubernetes/second.yaml",
        "kubernetes/settings.yaml",
    ];
    assert_eq!(paths(&clone, "kubernetes"), expected);
    assert_eq!(paths(&clone, "environment"), [".env.example"]);
}
