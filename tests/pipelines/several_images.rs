//! Three images of one version, migrations before the rollout, announcements: GitHub Actions with a registry.

use crate::{
    forge::Fake,
    mail::SmtpServer,
    page::Section,
    runner::{GitHub, Outcome},
    world::World,
};

const HEADING: &str = "Several applications, migrations, announcements: Kubernetes and GitHub Actions";

/// What the pipeline sends to.
struct Servers {
    forge: Fake,
    mail: SmtpServer,
}

fn workflow<'w>(world: &'w World, servers: &Servers, version: &str) -> GitHub<'w> {
    let webhook = world.messages.url();
    let smtp = format!("smtp://{}", servers.mail.host);
    let expressions = [
        ("github.ref_name", version),
        ("secrets.SLACK_WEBHOOK", webhook.as_str()),
        ("secrets.SMTP_URL", smtp.as_str()),
        ("vars.AWS_ROLE", "arn:aws:iam::123456789012:role/deploy"),
    ];
    let workflow = GitHub::new(world, Section::new(HEADING).pipeline("name: Deploy"), &expressions);
    workflow
        .variable("TIDINGS_FORGE__API", &servers.forge.api())
        .variable("TIDINGS_REPOSITORY__FORGE", "github")
        .variable("TIDINGS_REPOSITORY__URL", "https://forge.example/o/r")
}

/// Pushes a version tag, and runs the job that it starts.
fn push(world: &World, servers: &Servers, version: &str, message: &str, migration: Option<&str>) -> Outcome {
    if let Some(migration) = migration {
        world.write(&format!("backend/src/main/resources/db/migration/{migration}.sql"), "");
    }
    let commit = world.commit(message);
    world.tag(version);
    servers.forge.tag(version, &commit);
    workflow(world, servers, version).run("staging", version)
}

#[test]
fn three_images_from_a_tag_to_production() {
    let Some(world) = World::new(Section::new(HEADING).config()) else { return };
    world.write("infrastructure/k8s/overlays/production/kustomization.yaml", "");
    let Some(mail) = SmtpServer::start(&[]) else { return };
    let servers = Servers { forge: Fake::github("o", "r"), mail };
    push(&world, &servers, "v1.0.0", "feat: sell books", None).succeeded();
    let run = workflow(&world, &servers, "v1.0.0");
    // The production job belongs to the same run as the staging job.
    let staging = run.run("staging", "v1.0.0").succeeded();
    assert!(staging.summary.contains("first deployment"), "{}", staging.summary);
    run.run("production", "v1.0.0").succeeded();
    assert!(servers.forge.release("v1.0.0").is_some_and(|release| !release.draft));

    push(&world, &servers, "v1.1.0", "feat: keep accounts", Some("V2__accounts")).succeeded();
    world.messages.take();
    world.log();
    let next =
        push(&world, &servers, "v1.2.0", "fix: count the change right", Some("V3__totals")).succeeded();
    assert!(next.summary.contains("V2__accounts.sql"), "{}", next.summary);
    insta::assert_snapshot!("three_images_before", world.stable(&world.messages.take()));
    let run = workflow(&world, &servers, "v1.2.0");
    run.run("staging", "v1.2.0").succeeded();
    world.messages.take();
    // The migrations fail: nothing is promoted.
    world.let_fail("migrate", true);
    let failed = run.run("production", "v1.2.0").failed();
    assert!(!failed.text().contains("promoted"), "{}", failed.text());
    insta::assert_snapshot!("three_images_failed", world.stable(&world.messages.take()));
    world.let_fail("migrate", false);
    world.log();
    let done = run.run("production", "v1.2.0").succeeded();
    assert!(done.text().contains("promoted 1.2.0 to production (was 1.0.0)"), "{}", done.text());
    assert_eq!(world.log()[0], "migrate production migrations.txt");
    insta::assert_snapshot!("three_images_after", world.stable(&world.messages.take()));
    let mails = servers.mail.messages();
    let subjects: Vec<&str> = mails.iter().filter_map(|mail| mail["headers"]["subject"].as_str()).collect();
    assert!(subjects.last().unwrap().starts_with("r 1.2.0 was deployed to production"), "{subjects:?}");
    assert!(subjects.iter().any(|subject| subject.contains("failed")), "{subjects:?}");
}
