//! Publishing a release starts the deployment, and publishing an older one again rolls back.

use crate::{
    forge::Fake,
    page::Section,
    runner::{GitHub, Outcome},
    world::World,
};

const HEADING: &str = "Deployment on a published release";

/// The variables by which the program finds the fake forge.
fn forge_variables(forge: &Fake) -> Vec<(String, String)> {
    let all = [
        ("TIDINGS_FORGE__API", forge.api()),
        ("TIDINGS_REPOSITORY__FORGE", "github".to_owned()),
        ("TIDINGS_REPOSITORY__URL", "https://forge.example/o/r".to_owned()),
        ("GITHUB_TOKEN", "token".to_owned()),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Runs the workflow that a published release starts.
fn deploy(world: &World, tag: &str, prerelease: bool) -> Outcome {
    let webhook = world.messages.url();
    let expressions = [
        ("github.ref_name", tag),
        (
            "github.event.release.prerelease && 'staging' || 'production'",
            if prerelease { "staging" } else { "production" },
        ),
        ("secrets.DEPLOYMENT_LOG", webhook.as_str()),
    ];
    GitHub::new(world, Section::new(HEADING).pipeline("types: [published]"), &expressions).run("deploy", tag)
}

/// Publishes a release as a person does, with the command of the page.
fn publish(world: &World, forge: &Fake, args: &str) -> String {
    let clone = world.checkout("main");
    let ran = world.script(clone.path(), &format!("tidings publish {args}"), &forge_variables(forge));
    assert!(ran.ok, "{ran:?}");
    format!("{}{}", ran.stdout, ran.stderr)
}

#[test]
fn releases_deploy_and_roll_back() {
    let Some(world) = World::new(Section::new(HEADING).config()) else { return };
    let forge = Fake::github("o", "r");
    let versions = [
        ("v1.0.0", "feat: 支持图书销售", None),
        ("v1.1.0", "feat: 支持地图销售", Some("V2__maps")),
        ("v1.2.0", "fix: 修正找零金额", None),
    ];
    for (version, message, migration) in versions {
        if let Some(migration) = migration {
            world.write(&format!("db/migrations/{migration}.sql"), "");
        }
        let commit = world.commit(message);
        world.tag(version);
        forge.tag(version, &commit);
        publish(&world, &forge, version);
    }
    deploy(&world, "v1.0.0", false).succeeded();
    insta::assert_snapshot!("release_first", world.stable(&world.messages.take()));
    // 1.1.0 was published, but its deployment failed.
    world.write("docker-compose.yml", "");
    deploy(&world, "v1.2.0", false).succeeded();
    insta::assert_snapshot!("release_with_skipped_version", world.stable(&world.messages.take()));

    let told = publish(&world, &forge, "--rollback-to v1.0.0");
    assert!(told.contains("v1.0.0"), "{told}");
    let body = forge.release("v1.0.0").unwrap().body;
    deploy(&world, "v1.0.0", false).succeeded();
    insta::assert_snapshot!(
        "release_rolled_back",
        format!("{body}\n====\n{}", world.stable(&world.messages.take()))
    );
}
