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
    let short = with_manifests(11).run(&["notes"]).stdout;
    assert!(short.contains("app-10/") && !short.contains(" more"), "{short}");
}
