//! The version is typed by hand, the image is built once and promoted: Bitbucket Pipelines with a registry.

use serde_json::Value;

use crate::{
    page::Section,
    runner::{Bitbucket, GitHub, Outcome},
    world::World,
};

const HEADING: &str = "Typed version, built once and promoted: Bitbucket Pipelines and Amazon ECR";

fn world() -> Option<World> {
    World::new(Section::new(HEADING).config())
}

fn bitbucket<'w>(world: &'w World, pipeline: &str, version: &str) -> Bitbucket<'w> {
    let file: Value = Section::new(HEADING).pipeline("promote-staging-to-prod");
    let staging = format!("{}/staging/app", world.registry());
    let webhook = world.messages.url();
    let variables = [("VERSION", version), ("STAGING", &staging), ("SLACK_WEBHOOK", &webhook)];
    Bitbucket::new(world, &file, pipeline, &variables)
}

/// Builds a version and deploys it to staging.
fn release(world: &World, version: &str, message: &str, migration: Option<&str>) -> Outcome {
    if let Some(migration) = migration {
        world.write(&format!("db/migrations/{migration}.sql"), "");
    }
    world.commit(message);
    bitbucket(world, "deploy-to-staging", version).run(0)
}

/// Makes an older version run on staging again.
fn roll_back_staging(world: &World, version: &str) {
    let clone = world.checkout("main");
    let script = format!("skopeo copy --all docker://$STAGING:{version} docker://$STAGING:staging");
    let staging = format!("{}/staging/app", world.registry());
    let ran = world.script(clone.path(), &script, &[("STAGING".to_owned(), staging)]);
    assert!(ran.ok, "{ran:?}");
}

#[test]
fn from_the_first_version_to_a_rollback() {
    let Some(world) = world() else { return };
    let first = release(&world, "v0.1.0", "feat: 可以賣書", None).succeeded();
    assert!(first.text().contains("attached the notes of 0.1.0"), "{}", first.text());
    let promotion = bitbucket(&world, "promote-staging-to-prod", "");
    promotion.run(0).succeeded();
    let done = promotion.run(1).succeeded();
    assert!(done.text().contains("promoted 0.1.0 to production (first deployment)"), "{}", done.text());
    insta::assert_snapshot!("first_deployment", world.stable(&world.messages.take()));

    // Two versions that production never runs alone.
    release(&world, "v0.2.0", "feat: 可以賣地圖", Some("V2__maps")).succeeded();
    release(&world, "v0.3.0", "feat!: 帳號改用電子郵件登入", Some("V3__accounts")).succeeded();
    world.messages.take();
    let promotion = bitbucket(&world, "promote-staging-to-prod", "");
    let shown = promotion.run(0).succeeded().text();
    assert!(shown.contains("production 0.1.0 → staging 0.3.0"), "{shown}");
    insta::assert_snapshot!("before_with_skipped_versions", world.stable(&world.messages.take()));

    // Staging is rolled back between the preview and the click.
    roll_back_staging(&world, "v0.2.0");
    let refused = promotion.run(1).failed().text();
    assert!(refused.contains("staging has changed since the plan was made"), "{refused}");
    insta::assert_snapshot!("after_refused_promotion", world.stable(&world.messages.take()));
    roll_back_staging(&world, "v0.3.0");

    // The rollout fails after the promotion, and succeeds in a second run.
    world.let_fail("deploy", true);
    promotion.run(1).failed();
    insta::assert_snapshot!("after_failed_deployment", world.stable(&world.messages.take()));
    world.let_fail("deploy", false);
    let again = promotion.run(1).succeeded();
    assert!(again.text().contains("nothing to do"), "{}", again.text());
    insta::assert_snapshot!("after_skipped_versions", world.stable(&world.messages.take()));

    let back = bitbucket(&world, "roll-back-prod", "v0.1.0");
    let lost = back.run(0).succeeded().text();
    assert!(lost.contains("this is a rollback") && lost.contains("stay applied"), "{lost}");
    insta::assert_snapshot!("before_rollback", world.stable(&world.messages.take()));
    let done = back.run(1).succeeded().text();
    assert!(done.contains("promoted 0.1.0 to production (was 0.3.0)"), "{done}");
    insta::assert_snapshot!("after_rollback", world.stable(&world.messages.take()));
}

#[test]
fn the_same_on_github() {
    let Some(world) = world() else { return };
    for (version, message) in [("v0.1.0", "feat: sell books"), ("v0.2.0", "fix: count the change right")] {
        release(&world, version, message, None).succeeded();
    }
    let production = |version: &str, rollback: &str| {
        let webhook = world.messages.url();
        let expressions = [
            ("inputs.version", version),
            ("inputs.rollback && '--rollback' || ''", rollback),
            ("secrets.SLACK_WEBHOOK", webhook.as_str()),
        ];
        GitHub::new(&world, Section::new(HEADING).pipeline("name: Production"), &expressions)
    };
    world.messages.take();
    let run = production("", "");
    let summary = run.run("preview", "main").succeeded().summary;
    assert!(summary.starts_with("## production ") && summary.contains("staging 0.2.0"), "{summary}");
    run.run("promote", "main").succeeded();
    let refused = production("v0.1.0", "").run("preview", "main").failed().text();
    assert!(refused.contains("0.1.0 is older than 0.2.0"), "{refused}");
    world.messages.take();
    let run = production("v0.1.0", "--rollback");
    run.run("preview", "main").succeeded();
    let done = run.run("promote", "main").succeeded().text();
    assert!(done.contains("promoted 0.1.0 to production (was 0.2.0)"), "{done}");
    insta::assert_snapshot!("github_rollback", world.stable(&world.messages.take()));
}
