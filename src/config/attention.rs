//! The built-in attention entries: paths of migrations, container images and other deployment files.

use crate::model::PathChangeKind;

use super::AttentionConfig;

const MIGRATIONS: [&str; 19] = [
    // Flyway
    "**/db/migration/**/*.sql",
    "**/V[0-9]*__*.sql",
    "**/R__*.sql",
    // Rails
    "**/db/migrate/*.rb",
    // Django
    "**/migrations/[0-9][0-9][0-9][0-9]_*.py",
    // Alembic, Flask-Migrate
    "**/alembic/versions/*.py",
    "**/migrations/versions/*.py",
    // Prisma
    "**/prisma/migrations/**/migration.sql",
    // Laravel
    "**/database/migrations/*.php",
    // Knex, TypeORM, Sequelize, Diesel, sqlx
    "**/migrations/*.{ts,js,mjs,cjs,sql}",
    "**/migrations/*/up.sql",
    // golang-migrate, goose
    "**/*.up.sql",
    // Liquibase
    "**/db/changelog/**",
    "**/db.changelog*.{xml,yaml,yml,json,sql}",
    // Entity Framework, Ecto, Doctrine
    "**/Migrations/[0-9]*_*.cs",
    "**/priv/repo/migrations/*.exs",
    "**/migrations/Version[0-9]*.php",
    // Drizzle, Atlas
    "**/drizzle/[0-9]*_*.sql",
    "**/migrations/**/[0-9]*_*.sql",
];

/// Down migrations only run on an explicit rollback.
const DOWN_MIGRATIONS: [&str; 2] = ["**/*.down.sql", "**/down.sql"];

/// Paths of tests and development tools, which are never deployed.
const FIXTURES: [&str; 7] = [
    "**/testdata/**",
    "**/fixtures/**",
    "**/__fixtures__/**",
    "**/__tests__/**",
    "**/tests/**",
    "**/e2e/**",
    "**/.devcontainer/**",
];

/// Excluded for migrations and containers only: `test` may also be an environment to deploy to.
const TESTS: [&str; 2] = ["**/test/**", "**/spec/**"];

const CONTAINERS: [&str; 9] = [
    "**/Dockerfile",
    "**/Dockerfile.*",
    "**/*.Dockerfile",
    "**/Containerfile",
    "**/docker-compose*.{yml,yaml}",
    "**/compose.{yml,yaml}",
    "**/compose.*.{yml,yaml}",
    "**/compose-*.{yml,yaml}",
    "**/docker-bake.{hcl,json}",
];

const KUBERNETES: [&str; 7] = [
    "**/k8s/**",
    "**/kubernetes/**",
    "**/kustomization.{yml,yaml}",
    "**/overlays/**/*.{yml,yaml}",
    "**/charts/**/*.{yml,yaml,tpl}",
    "**/helm/**/*.{yml,yaml,tpl}",
    "**/helmfile.{yml,yaml}",
];

const TERRAFORM: [&str; 6] =
    ["**/*.tf", "**/*.tf.json", "**/*.tfvars", "**/*.tfvars.json", "**/*.tofu", "**/*.tofu.json"];

const ENVIRONMENT: [&str; 5] =
    ["**/.env.example", "**/.env.*.example", "**/.env.template", "**/.env.sample", "**/.env.dist"];

/// The entries to append to the project's unless `extend_attention` is false.
#[must_use]
pub fn attention_defaults() -> Vec<AttentionConfig> {
    use PathChangeKind::{Added, Deleted, Modified};
    let all = [Added, Modified, Deleted];
    let tests = [&FIXTURES[..], &TESTS].concat();
    vec![
        // A deleted migration has already run, so operators need not act.
        entry("migration", &MIGRATIONS, &[&tests[..], &DOWN_MIGRATIONS].concat(), &[Added, Modified]),
        entry("container", &CONTAINERS, &tests, &all),
        entry("kubernetes", &KUBERNETES, &FIXTURES, &all),
        entry("terraform", &TERRAFORM, &FIXTURES, &all),
        entry("environment", &ENVIRONMENT, &FIXTURES, &all),
    ]
}

fn entry(kind: &str, paths: &[&str], exclude: &[&str], on: &[PathChangeKind]) -> AttentionConfig {
    let owned = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect();
    AttentionConfig {
        kind: kind.to_owned(),
        title: None,
        paths: owned(paths),
        exclude_paths: owned(exclude),
        on: on.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use globset::{GlobBuilder, GlobSetBuilder};

    use super::*;

    fn kinds(path: &str) -> Vec<String> {
        let hits = attention_defaults().into_iter().filter(|entry| {
            let matches = |globs: &[String]| {
                let mut set = GlobSetBuilder::new();
                for glob in globs {
                    set.add(GlobBuilder::new(glob).literal_separator(true).build().unwrap());
                }
                set.build().unwrap().is_match(path)
            };
            matches(&entry.paths) && !matches(&entry.exclude_paths)
        });
        hits.map(|entry| entry.kind).collect()
    }

    #[test]
    fn common_paths_match() {
        for path in [
            "src/main/resources/db/migration/V2__add_user.sql",
            "db/migrate/20260101000000_add_user.rb",
            "shop/migrations/0002_price.py",
            "alembic/versions/ab12_x.py",
            "prisma/migrations/2026_x/migration.sql",
            "database/migrations/2026_01_01_000000_users.php",
            "api/migrations/20260101-users.ts",
            "sql/0001_users.up.sql",
            "migrations/2026-01-01-000000_users/up.sql",
            "db/changelog/db.changelog-master.yaml",
        ] {
            assert_eq!(kinds(path), ["migration"], "{path}");
        }
        assert_eq!(kinds("Dockerfile"), ["container"]);
        assert_eq!(kinds("api/Dockerfile.prod"), ["container"]);
        assert_eq!(kinds("docker-compose.prod.yml"), ["container"]);
        assert_eq!(kinds("compose-dev.yaml"), ["container"]);
        assert_eq!(kinds("deploy/k8s/api/deployment.yaml"), ["kubernetes"]);
        assert_eq!(kinds("deploy/overlays/prod/kustomization.yaml"), ["kubernetes"]);
        for path in
            ["infra/main.tf", "infra/main.tofu", "infra/prod.tfvars.json", "environments/test/main.tf"]
        {
            assert_eq!(kinds(path), ["terraform"], "{path}");
        }
        assert_eq!(kinds("deploy/overlays/test/kustomization.yaml"), ["kubernetes"]);
        assert_eq!(kinds(".env.example"), ["environment"]);
    }

    #[test]
    fn tests_and_down_migrations_do_not_match() {
        for path in [
            "src/main.rs",
            "shop/migrations/__init__.py",
            "db/migrations/0001_users.down.sql",
            "src/charts/line.tsx",
            "docs/Dockerfile-tips.md",
            "test/fixtures/k8s/pod.yaml",
            "pkg/testdata/main.tf",
            "test/e2e/manifests/kustomization.yaml",
            ".devcontainer/Dockerfile",
            "packages/a/__tests__/Dockerfile",
            "activerecord/test/migrations/1_add.sql",
            "spec/dummy/db/migrate/20260101000000_add.rb",
        ] {
            assert_eq!(kinds(path), [""; 0], "{path}");
        }
    }

    #[test]
    fn deleted_migration_does_not_match() {
        let defaults = attention_defaults();
        let deleted = defaults.iter().filter(|entry| entry.on.contains(&PathChangeKind::Deleted));
        assert!(deleted.count() == 4 && !defaults[0].on.contains(&PathChangeKind::Deleted));
    }
}
