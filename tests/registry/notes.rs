//! `tidings attach` and `tidings show`.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::{Value, json};

use crate::support::{
    Kind, Project, Server, USER, client, client_as, image, index, on_each, ran, repository, run,
};

#[test]
fn notes_are_copied_with_the_image() {
    on_each(|server, kind| {
        let project = Project::new();
        let name = server.image("team/app");
        let subject = run(image(
            &client(),
            &repository(&name),
            "x",
            json!({}),
            &["v0.10.0", "v0.9.0-x", "sha-1234567"],
        ));
        let tagged = format!("{name}:sha-1234567");
        let plan = project.run(&["attach", &tagged, "--dry-run"]).ok();
        assert!(
            plan.starts_with(&format!(
                "attach the notes of 0.10.0 to {name}@{}\n  notes.md (text/markdown, ",
                subject.digest
            )),
            "{plan}"
        );
        assert_eq!(run(client().referrers(&repository(&name), &subject.digest)).unwrap().all, []);

        let attached = project.run(&["attach", &tagged]);
        assert!(attached.stderr.starts_with("attached the notes of 0.10.0 to"), "{attached:?}");
        let first = attached.ok();
        let again = project.run(&["attach", &tagged]);
        assert!(again.stderr.contains("are already attached to"), "{again:?}");
        assert_eq!(again.ok(), first);

        // With only the image.
        let markdown = project.run_elsewhere(&["show", &tagged]).ok();
        assert!(markdown.contains("thing 1") && !markdown.contains("thing 2"), "{markdown}");
        assert_eq!(markdown, project.run(&["notes", "v0.10.0"]).ok());
        let json = project.run_elsewhere(&["show", &tagged, "--format", "json"]).ok();
        assert_eq!(json, project.run(&["notes", "v0.10.0", "--format", "json"]).ok());
        for format in ["text", "html", "terminal", "slack"] {
            let shown = project.run_elsewhere(&["show", &tagged, "--format", format]).ok();
            assert_eq!(shown, project.run(&["notes", "v0.10.0", "--format", format]).ok(), "{format}");
        }

        let referrers = run(client().referrers(&repository(&name), &subject.digest)).unwrap();
        assert_eq!(referrers.from_api, kind == Kind::Ferro);
        let manifest =
            run(client().manifest(&repository(&name), referrers.all[0].digest.as_str())).unwrap().unwrap();
        let value: Value = serde_json::from_slice(&manifest.bytes).unwrap();
        assert_eq!(value["artifactType"], "application/vnd.tidings.notes.v1");
        assert_eq!(value["config"]["mediaType"], "application/vnd.oci.empty.v1+json");
        assert_eq!(value["subject"]["digest"], subject.digest.as_str());
        assert_eq!(value["layers"][0]["annotations"]["org.opencontainers.image.title"], "notes.md");
        assert_eq!(value["layers"][1]["mediaType"], "application/json");
        assert_eq!(value["annotations"]["org.opencontainers.image.version"], "0.10.0");
        assert_eq!(value["annotations"]["org.opencontainers.image.created"], "2026-01-02T00:00:00Z");
        let revision = project.git(&["rev-parse", "v0.10.0"]);
        assert_eq!(value["annotations"]["org.opencontainers.image.revision"], revision.trim());
        // Nothing is written to the image itself.
        assert_eq!(
            run(client().digest(&repository(&name), "v0.10.0")).unwrap(),
            Some(subject.digest.clone())
        );

        // They are replaced by other notes.
        let other = project.run(&["attach", &tagged, "0.11.0", "--force", "a test"]);
        assert!(other.stderr.ends_with("replacing older ones\n"), "{other:?}");
        assert!(project.run_elsewhere(&["show", &tagged]).ok().contains("thing 2"));
    });
}

#[test]
fn attached_notes_have_the_corrections_for_those_who_have_only_the_image() {
    on_each(|server, _| {
        let project = Project::new();
        let (folder, id) =
            (project.repository().join(".tidings"), project.git(&["rev-parse", "v0.10.0^{commit}"]));
        fs::create_dir(&folder).unwrap();
        let texts = "[version.\"0.10.0\"]\nsummary = \"**Hello**\"\nhighlights = [\"All of it\"]\n";
        let corrections = format!("[commit.{}]\ntitle = \"Corrected thing\"\n{texts}", id.trim());
        fs::write(folder.join("corrections.toml"), corrections).unwrap();
        let name = server.image("team/app");
        for version in ["v0.9.0", "v0.10.0"] {
            run(image(&client(), &repository(&name), version, json!({}), &[version]));
            project.run(&["attach", &format!("{name}:{version}")]).ok();
        }
        fs::remove_dir_all(&folder).unwrap();
        let (old, new) = (format!("{name}:v0.9.0"), format!("{name}:v0.10.0"));
        for args in [&["show", &new][..], &["compare", &old, &new, "--format", "markdown"]] {
            let text = project.run_elsewhere(args).ok();
            for part in ["**Hello**", "### Highlights\n\n- All of it", "- Corrected thing"] {
                assert!(text.contains(part), "{args:?} {part}: {text}");
            }
        }
        let json = project.run_elsewhere(&["show", &new, "--format", "json"]).ok();
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["releases"][0]["sections"][0]["changes"][0]["corrected"], json!(["title"]));
    });
}

#[test]
fn attached_notes_have_the_fragments_with_their_markdown() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = Project::empty();
    let name = server.image("team/app");
    let path = ".changeset/calm-carts.md";
    project.write(".changeset/config.json", "{}");
    project.git(&["add", "."]);
    project.commit(0, "chore: start");
    project.git(&["tag", "v1.0.0"]);
    project.write(path, "---\nshop: minor\n---\n\nCarts **stay**\n\nSee [how](https://a.example).\n");
    project.git(&["add", "."]);
    project.commit(1, "work");
    project.commit(2, "fix: hidden");
    project.git(&["tag", "v1.1.0"]);
    for version in ["v1.0.0", "v1.1.0"] {
        run(image(&client(), &repository(&name), version, json!({}), &[version]));
        project.run(&["attach", &format!("{name}:{version}")]).ok();
    }
    let (old, new) = (format!("{name}:v1.0.0"), format!("{name}:v1.1.0"));
    for args in [&["show", &new][..], &["compare", &old, &new, "--format", "markdown"]] {
        let text = project.run_elsewhere(args).ok();
        assert!(text.contains("- Carts **stay**"), "{args:?}: {text}");
        assert!(text.contains("  See [how](https://a.example).\n"), "{args:?}: {text}");
        assert!(!text.contains("hidden"), "{args:?}: {text}");
    }
    let json: Value =
        serde_json::from_str(&project.run_elsewhere(&["show", &new, "--format", "json"]).ok()).unwrap();
    assert_eq!(json["releases"][0]["sections"][0]["changes"][0]["fragment"], path);
}

#[test]
fn version_is_read_from_tags_and_labels() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = Project::new();
    let name = server.image("app");
    let here = repository(&name);
    let revision = project.git(&["rev-parse", "v0.10.0"]).trim().to_owned();
    let label = |key: &str, value: &str| json!({ format!("org.opencontainers.image.{key}"): value });
    let attached = |tag: &str| {
        let ran = project.run(&["attach", &format!("{name}:{tag}")]);
        (ran.status, ran.stderr)
    };
    run(image(&client(), &here, "a", label("version", "0.9.0"), &["by-label"]));
    assert!(attached("by-label").1.contains("the notes of 0.9.0 to"));
    run(image(&client(), &here, "b", label("revision", &revision), &["by-revision"]));
    assert!(attached("by-revision").1.contains("the notes of 0.10.0 to"), "{:?}", attached("by-revision"));
    let one = run(image(&client(), &here, "c", label("version", "0.9.0"), &[]));
    run(index(&client(), &here, &[&one], &["by-index"]));
    assert!(attached("by-index").1.contains("the notes of 0.9.0 to"));
    run(image(&client(), &here, "d", json!(null), &["latest"]));
    let (status, stderr) = attached("latest");
    assert_eq!(status, Some(2));
    assert!(
        stderr.contains("cannot determine the version") && stderr.contains("Hint: name the version"),
        "{stderr}"
    );
    let (status, stderr) = attached("none");
    assert!(status == Some(3) && stderr.contains("there is no image"), "{stderr}");
    // A version without a tag is that of the checkout, with a warning.
    run(image(&client(), &here, "e", json!(null), &["v0.12.0"]));
    let (status, stderr) = attached("v0.12.0");
    assert!(status == Some(0) && stderr.contains("no git tag for 0.12.0"), "{stderr}");
}

#[test]
fn notes_of_another_image_are_refused() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = Project::new();
    project.write("tidings.toml", "[repository]\nurl = \"https://github.com/o/r\"\nforge = \"github\"\n");
    let name = server.image("app");
    let here = repository(&name);
    let commit = |revision: &str| project.git(&["rev-parse", revision]).trim().to_owned();
    let labels = |revision: &str, source: &str| json!({ "org.opencontainers.image.revision": revision, "org.opencontainers.image.source": source });
    let (own, other) = ("git@github.com:O/r.git", "https://github.com/o/other");
    run(image(&client(), &here, "a", json!({}), &["v0.10.0", "v0.10.0-staging"]));
    run(image(&client(), &here, "b", labels(&commit("v0.10.0"), own), &["labelled"]));
    run(image(&client(), &here, "c", labels(&"12".repeat(20), own), &["elsewhere"]));
    run(image(&client(), &here, "d", labels(&commit("v0.10.0"), other), &["fork"]));
    let sha = format!("sha-{}", commit("v0.9.0").get(..8).unwrap());
    run(image(&client(), &here, "e", json!({}), &[&sha, "latest"]));
    let attach =
        |tag: &str, more: &[&str]| project.run(&[&["attach", &format!("{name}:{tag}")], more].concat());
    for (tag, version, words) in [
        ("v0.10.0", "v0.11.0", "its tag `v0.10.0` says that it is 0.10.0"),
        ("labelled", "v0.11.0", "its label revision names the commit"),
        ("elsewhere", "v0.10.0", "is not a commit of this repository"),
        ("latest", "v0.10.0", "the tag `v0.10.0` points to another image"),
        (&sha, "v0.11.0", "its tag names the commit"),
        ("v0.10.0", "v9.9.9", "v9.9.9"),
    ] {
        let ran = attach(tag, &[version]);
        assert!(matches!(ran.status, Some(1 | 3)) && ran.stderr.contains(words), "{tag} {version}: {ran:?}");
        assert!(
            project.run(&["show", &format!("{name}:{tag}")]).status == Some(3),
            "{tag}: notes were attached"
        );
    }
    let fork = attach("fork", &["v0.11.0", "--dry-run"]);
    assert!(fork.stderr.contains("names another repository, https://github.com/o/other"), "{fork:?}");
    let fits = attach("labelled", &["v0.9.0", "--force", "built twice"]);
    assert!(fits.status == Some(0) && fits.stderr.contains("forced: "), "{fits:?}");
    let forced: Value = {
        let digest = fits.stdout.trim().rsplit_once('@').unwrap().1;
        serde_json::from_slice(&run(client().manifest(&here, digest)).unwrap().unwrap().bytes).unwrap()
    };
    let annotations = &forced["annotations"];
    assert_eq!(annotations["vnd.tidings.forced"], "built twice");
    assert_eq!(annotations["org.opencontainers.image.source"], "https://github.com/o/r");
    assert_eq!(annotations["vnd.tidings.changelog"], "https://github.com/o/r/releases/tag/v0.9.0");
    // Only a commit in its tags: the notes of that commit.
    let by_commit = attach("latest", &[]);
    assert!(by_commit.stderr.contains("attached the notes of 0.9.0 to"), "{by_commit:?}");
}

#[test]
fn missing_notes_are_reported() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = Project::new();
    let name = server.image("app");
    run(image(&client(), &repository(&name), "x", json!({}), &["v1"]));
    let shown = project.run_elsewhere(&["show", &format!("{name}:v1")]);
    assert_eq!(shown.status, Some(3));
    assert!(shown.stderr.contains(&format!("no notes are attached to `{name}:v1`")), "{shown:?}");
    assert_eq!(project.run_elsewhere(&["show", &format!("{name}:none")]).status, Some(3));
    assert_eq!(project.run_elsewhere(&["show", "a.b/C"]).status, Some(2));
    assert_eq!(project.run_elsewhere(&["show", &format!("{name}:v1"), "--format", "x"]).status, Some(2));
}

#[test]
fn show_reads_a_version_from_tag_or_git_note() {
    let project = Project::new();
    project.git(&["tag", "--annotate", "v1.0.0", "--message", "v1.0.0\n\nRelease notes.", "v0.11.0"]);
    assert_eq!(project.run(&["show", "1.0.0"]).ok(), "v1.0.0\n\nRelease notes.\n");
    project.git(&["notes", "--ref", "tidings", "add", "--message", "Notes in a git note.", "v0.9.0"]);
    assert_eq!(project.run(&["show", "v0.9.0"]).ok(), "Notes in a git note.\n");
    let none = project.run(&["show", "v0.10.0"]);
    assert_eq!(none.status, Some(2));
    assert!(none.stderr.contains("to generate them from history: tidings notes v0.10.0"), "{none:?}");
    assert_eq!(project.run(&["show", "v7.0.0"]).status, Some(3));
    assert_eq!(project.run(&["show", "v0.9.0", "--format", "html"]).status, Some(2));
}

#[test]
fn credentials_come_from_files_helpers_and_variables() {
    let Some(server) = Server::with_password() else { return };
    let project = Project::new();
    let name = server.image("app");
    run(image(&client_as(&server.host, USER.0, USER.1), &repository(&name), "x", json!({}), &["v0.9.0"]));
    let tagged = format!("{name}:v0.9.0");
    let none = project.run(&["attach", &tagged]);
    assert_eq!(none.status, Some(4));
    assert!(
        none.stderr.contains("the registry requires credentials") && none.stderr.contains("docker login"),
        "{none:?}"
    );

    let mut by_variables = project.tidings(&["attach", &tagged]);
    by_variables.env("TIDINGS_REGISTRY_USER", USER.0).env("TIDINGS_REGISTRY_TOKEN", USER.1);
    ran(&mut by_variables).ok();
    // A configuration may be untrusted: a host that only it names does not receive the token.
    project.environments(&name, &name);
    let mut named = project.tidings(&["show", "staging"]);
    named.env("TIDINGS_REGISTRY_USER", USER.0).env("TIDINGS_REGISTRY_TOKEN", USER.1);
    assert!(ran(&mut named).stderr.contains("the registry requires credentials"));
    // `staging` is an environment; its host has no image of that name.
    assert_eq!(ran(named.env("TIDINGS_REGISTRY_HOST", &server.host)).status, Some(3));
    let mut wrong = project.tidings(&["show", &tagged]);
    wrong.env("TIDINGS_REGISTRY_USER", USER.0).env("TIDINGS_REGISTRY_TOKEN", "not-the-password");
    let wrong = ran(&mut wrong);
    assert!(wrong.status == Some(4) && !wrong.stderr.contains("not-the-password"), "{wrong:?}");

    // `ada:secret`
    let config = json!({ "auths": { &server.host: { "auth": "YWRhOnNlY3JldA==" } } }).to_string();
    let folder = project.elsewhere().join(".docker");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("config.json"), &config).unwrap();
    project.run_elsewhere(&["show", &tagged]).ok();

    let helper = project.elsewhere().join("docker-credential-test");
    let script = format!(
        "#!/bin/sh\nread -r host\n[ \"$1 $host\" = \"get {}\" ] || {{ echo credentials not found in native keychain; exit 1; }}\n\
         echo '{{\"ServerURL\":\"x\",\"Username\":\"ada\",\"Secret\":\"secret\"}}'\n",
        server.host
    );
    fs::write(&helper, script).unwrap();
    fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::join_paths(
        [project.elsewhere().to_owned()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let path = path.unwrap();
    for config in [json!({ "credsStore": "test" }), json!({ "credHelpers": { &server.host: "test" } })] {
        let file = project.elsewhere().join("auth.json");
        fs::write(&file, config.to_string()).unwrap();
        let mut by_helper = project.tidings(&["show", &tagged]);
        ran(by_helper.env("REGISTRY_AUTH_FILE", &file).env("PATH", &path)).ok();
    }
    let mut none = project.tidings(&["show", &tagged]);
    let none = ran(none.env("REGISTRY_AUTH_FILE", "/no/such/file"));
    assert!(none.status == Some(2) && none.stderr.contains("/no/such/file"), "{none:?}");
}

#[test]
fn private_certificate_is_trusted_when_configured() {
    let Some((server, certificate)) = Server::with_tls() else { return };
    let project = Project::new();
    let tagged = format!("{}:v0.9.0", server.image("app"));
    let show = |more: &[&str]| project.run(&[&["show", &tagged], more].concat());
    let refused = show(&[]);
    assert!(
        refused.status == Some(4) && refused.stderr.contains("use --ca-file, or ca_file in"),
        "{refused:?}"
    );
    let file = certificate.display().to_string();
    assert_eq!(show(&["--ca-file", &file]).status, Some(3));
    let mut by_variable = project.tidings(&["show", &tagged]);
    assert_eq!(ran(by_variable.env("TIDINGS_NETWORK__CA_FILE", &file)).status, Some(3));
    let hosts = project.elsewhere().join("hosts.toml");
    let host = tagged.split('/').next().unwrap();
    fs::write(&hosts, format!("[\"{host}\"]\nca_file = \"{file}\"\n")).unwrap();
    let mut by_hosts = project.tidings(&["show", &tagged]);
    assert_eq!(ran(by_hosts.env("TIDINGS_HOSTS_FILE", &hosts)).status, Some(3));
}
