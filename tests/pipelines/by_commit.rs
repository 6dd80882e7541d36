//! Fully automatic: images are tagged by commit, and the promotion follows as soon as staging is verified.

use crate::{
    page::Section,
    runner::{GitHub, Outcome},
    world::World,
};

const CONFIG: &str = "[environments.staging]\nimage = \"registry.example.com/staging/api\"\n\
    [environments.production]\nimage = \"registry.example.com/production/api\"\nsuffix = \"-prod\"\ntag = \"prod\"\n\
    [[notify]]\nkind = \"slack\"\nurl_env = \"SLACK_WEBHOOK\"\n";

fn push(world: &World, message: &str) -> Outcome {
    world.commit(message);
    let webhook = world.messages.url();
    let expressions = [
        ("secrets.SLACK_WEBHOOK", webhook.as_str()),
        ("vars.REGISTRY_USER", "ada"),
        ("secrets.REGISTRY_TOKEN", "token"),
        ("steps.next.outputs.version", ""),
    ];
    let section = Section::new("Fully automatic, by commit: `sha-` images");
    GitHub::new(world, section.pipeline("name: Main"), &expressions).run("deliver", "main")
}

#[test]
fn every_push_is_delivered_unless_nothing_is_to_release() {
    let Some(world) = World::new(CONFIG) else { return };
    let first = push(&world, "feat: list books").succeeded();
    assert!(first.text().contains("promoted 0.1.0 to production (first deployment)"), "{}", first.text());
    let nothing = push(&world, "docs: describe the list").succeeded();
    assert!(nothing.text().contains("nothing to release"), "{}", nothing.text());
    world.messages.take();

    // Staging is not verified, so production keeps its version; the next push brings both changes.
    world.let_fail("verify", true);
    push(&world, "feat: list maps").failed();
    assert_eq!(world.messages.take(), [""; 0]);
    world.let_fail("verify", false);
    let next = push(&world, "fix: sort the list").succeeded();
    assert!(next.text().contains("promoted 0.2.1 to production (was 0.1.0)"), "{}", next.text());
    assert!(next.summary.contains("list maps") && next.summary.contains("sort the list"), "{}", next.summary);
    insta::assert_snapshot!("delivered", world.stable(&world.messages.take()));
}
