//! The built-in attention entries: paths of migrations, container images and other deployment files, and the outputs
//! that show each kind.

use crate::model::{ContentCheck, NotesPurpose, PathChangeKind};

use super::AttentionConfig;

const MIGRATIONS: [&str; 24] = [
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
    "**/migrations/*/migration.sql",
    // Laravel
    "**/database/migrations/*.php",
    // Knex, TypeORM, Sequelize, MikroORM: numbered or dated
    "**/migrations/[0-9]*.{ts,js,mjs,cjs}",
    "**/migrations/*[0-9][0-9][0-9][0-9]*.{ts,js,mjs,cjs}",
    // Diesel, sqlx, Supabase
    "**/migrations/*.sql",
    "**/migrations/*/up.sql",
    // golang-migrate, goose
    "**/*.up.sql",
    "**/migrations/[0-9]*_*.go",
    // Liquibase
    "**/db/changelog/**",
    "**/db.changelog*.{xml,yaml,yml,json,sql}",
    // Entity Framework, Ecto, Doctrine
    "**/Migrations/[0-9]*_*.cs",
    "**/priv/repo/migrations/*.exs",
    "**/migrations/Version[0-9]*.php",
    // Drizzle, Atlas
    "**/drizzle/[0-9]*_*.sql",
    "**/drizzle/*/migration.sql",
    "**/migrations/**/[0-9]*_*.sql",
];

/// Down and undo migrations only run on an explicit rollback; the others run no statement.
const NO_MIGRATIONS: [&str; 6] = [
    "**/*.down.sql",
    "**/down.sql",
    "**/U[0-9]*__*.sql",
    "**/*.{test,spec}.{ts,js,mjs,cjs}",
    "**/*.d.ts",
    "**/*_test.go",
];

/// Paths of tests, documentation, tools and the code of others, which are not deployed.
const NOT_DEPLOYED: [&str; 29] = [
    "**/testdata/**",
    "**/fixtures/**",
    "**/__fixtures__/**",
    "**/__tests__/**",
    "**/tests/**",
    "**/e2e/**",
    "**/cypress/**",
    "**/docs/**",
    "**/doc/**",
    "**/guides/**",
    "**/examples/**",
    "**/example/**",
    "**/samples/**",
    "**/sample/**",
    "**/playground/**",
    "**/vendor/**",
    "**/Godeps/**",
    "**/node_modules/**",
    "**/third_party/**",
    "**/generators/**",
    "**/.terraform/**",
    // Editors, coding assistants and CI
    "**/.{devcontainer,vscode,idea}/**",
    "**/.{claude,agents,opencode,cursor,codex,gemini}/**",
    "**/.{github,gitlab,gitea,forgejo,circleci,buildkite,woodpecker}/**",
    "**/.gitpod*",
    "**/gitpod.Dockerfile",
    "**/.yarn/**",
    "**/_site/**",
    "**/site-packages/**",
];

/// Excluded for migrations and containers only: `test` may also be an environment to deploy to.
const TESTS: [&str; 2] = ["**/test/**", "**/spec/**"];

/// Images in which CI builds and tests.
const CI_IMAGES: [&str; 3] = ["**/ci/**", "**/.ci/**", "**/jenkins/**"];

const CONTAINERS: [&str; 11] = [
    "**/[Dd]ockerfile",
    "**/Dockerfile.*",
    "**/Dockerfile-*",
    "**/*.Dockerfile",
    "**/Containerfile",
    "**/docker-compose*.{yml,yaml}",
    "**/compose.{yml,yaml}",
    "**/compose.*.{yml,yaml}",
    "**/compose-*.{yml,yaml}",
    "**/*-compose.{yml,yaml}",
    "**/docker-bake.{hcl,json}",
];

/// Charts and overlays, by path alone: their templates, values and patches need not be manifests.
const CHARTS: [&str; 7] = [
    "**/kustomization.{yml,yaml}",
    "**/overlays/**/*.{yml,yaml}",
    "**/Chart.{yml,yaml}",
    "**/{chart,charts,*-chart,*-charts,*_chart}/**/*.{yml,yaml,tpl}",
    "**/helm/**/*.{yml,yaml,tpl}",
    "**/{k8s,kubernetes,kube,manifests,deploy,deployment,deployments}/**/values*.{yml,yaml}",
    "**/helmfile.{yml,yaml}",
];

/// Values and unit tests of charts, for the tests of the chart.
const CHART_TESTS: [&str; 4] =
    ["**/charts/*/ci/**", "**/charts/**/unittests/**", "**/charts/**/unittest/**", "**/*_test.{yml,yaml}"];

/// Manifests if their content is one: such folders also have sources, package lists and other configuration.
const MANIFESTS: [&str; 1] =
    ["**/{k8s,kubernetes,kube,manifests,deploy,deployment,deployments}/**/*.{yml,yaml,json}"];

const TERRAFORM: [&str; 6] =
    ["**/*.tf", "**/*.tf.json", "**/*.tfvars", "**/*.tfvars.json", "**/*.tofu", "**/*.tofu.json"];

const ENVIRONMENT: [&str; 6] = [
    "**/.env.{example,template,sample,dist}",
    "**/.env.*.{example,template,sample,dist}",
    "**/.env-{example,template,sample,dist}",
    "**/env.{example,template,sample,dist}",
    "**/env.*.{example,template,sample,dist}",
    "**/*.env.{example,template,sample,dist}",
];

/// The kinds of the built-in entries.
pub(super) const ATTENTION_KINDS: [&str; 5] =
    ["migration", "container", "kubernetes", "terraform", "environment"];

/// A built-in attention entry.
pub struct BuiltInAttention {
    /// The entry, as it would be written in the file.
    pub entry: AttentionConfig,
    /// What the content of a path must be.
    pub content: Option<ContentCheck>,
}

/// The entries to append to the project's unless `extend_attention` is false.
#[must_use]
pub fn attention_defaults() -> Vec<BuiltInAttention> {
    use PathChangeKind::{Added, Deleted, Modified};
    let all = [Added, Modified, Deleted];
    let tests = [&NOT_DEPLOYED[..], &TESTS].concat();
    let charts = [&NOT_DEPLOYED[..], &CHART_TESTS].concat();
    let manifests = Some(ContentCheck::Manifest);
    vec![
        // A deleted migration has already run, so operators need not act.
        built_in("migration", &MIGRATIONS, &[&tests[..], &NO_MIGRATIONS].concat(), &[Added, Modified], None),
        built_in("container", &CONTAINERS, &[&tests[..], &CI_IMAGES].concat(), &all, None),
        built_in("kubernetes", &CHARTS, &charts, &all, None),
        built_in("kubernetes", &MANIFESTS, &NOT_DEPLOYED, &all, manifests),
        built_in("terraform", &TERRAFORM, &NOT_DEPLOYED, &all, None),
        // A removed variable breaks nothing where it is still set.
        built_in("environment", &ENVIRONMENT, &tests, &[Added, Modified], Some(ContentCheck::Variables)),
    ]
}

/// The kinds that are not shown everywhere by default, with the outputs that show them.
const LIMITED: [(&str, [NotesPurpose; 2]); 3] = [
    ("container", [NotesPurpose::Compare, NotesPurpose::Notify]),
    ("kubernetes", [NotesPurpose::Compare, NotesPurpose::Notify]),
    ("terraform", [NotesPurpose::Compare, NotesPurpose::Notify]),
];

/// The kinds of attention items that are not shown everywhere, each with the outputs that show it. The entry of a kind
/// that has `in` decides, else the default of the kind.
#[must_use]
pub fn limited_attention(entries: &[AttentionConfig]) -> Vec<(String, Vec<NotesPurpose>)> {
    let set = entries.iter().filter_map(|entry| Some((entry.kind.clone(), entry.shown_in.clone()?)));
    let mut all: Vec<(String, Vec<NotesPurpose>)> = set.collect();
    for (kind, purposes) in LIMITED {
        if all.iter().all(|(set, _)| set != kind) {
            all.push((kind.to_owned(), purposes.to_vec()));
        }
    }
    all
}

fn built_in(
    kind: &str,
    paths: &[&str],
    exclude: &[&str],
    on: &[PathChangeKind],
    content: Option<ContentCheck>,
) -> BuiltInAttention {
    let owned = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect();
    let entry = AttentionConfig {
        kind: kind.to_owned(),
        title: None,
        paths: owned(paths),
        exclude_paths: owned(exclude),
        on: on.to_vec(),
        shown_in: None,
    };
    BuiltInAttention { entry, content }
}

#[cfg(test)]
mod tests {
    use globset::{GlobBuilder, GlobSetBuilder};

    use super::*;

    /// The kinds whose paths match; of the content, nothing is known.
    fn kinds(path: &str) -> Vec<String> {
        let hits = attention_defaults().into_iter().map(|built_in| built_in.entry).filter(|entry| {
            let matches = |globs: &[String]| {
                let mut set = GlobSetBuilder::new();
                for glob in globs {
                    set.add(GlobBuilder::new(glob).literal_separator(true).build().unwrap());
                }
                set.build().unwrap().is_match(path)
            };
            matches(&entry.paths) && !matches(&entry.exclude_paths)
        });
        let mut kinds: Vec<String> = hits.map(|entry| entry.kind).collect();
        kinds.dedup();
        kinds
    }

    #[test]
    fn migrations_match() {
        for path in [
            "src/main/resources/db/migration/V2__add_user.sql",
            "store/db/migration/mysql/0.22/00__rename.sql",
            "db/migrate/20260101000000_add_user.rb",
            "shop/migrations/0002_price.py",
            "alembic/versions/ab12_x.py",
            "prisma/migrations/2026_x/migration.sql",
            "db/mysql/migrations/02_orders/migration.sql",
            "database/migrations/2026_01_01_000000_users.php",
            "api/migrations/20260101-users.ts",
            "server/migrations/001_users.js",
            "src/migrations/AddUsers1767225600000.ts",
            "src/migrations/Migration20260101.ts",
            "sql/0001_users.up.sql",
            "migrations/2026-01-01-000000_users/up.sql",
            "supabase/migrations/policies.sql",
            "internal/migrations/00012_add_users.go",
            "db/changelog/db.changelog-master.yaml",
        ] {
            assert_eq!(kinds(path), ["migration"], "{path}");
        }
    }

    #[test]
    fn containers_manifests_infrastructure_and_variables_match() {
        for (kind, paths) in [
            (
                "container",
                &[
                    "Dockerfile",
                    "god/dockerfile",
                    "api/Dockerfile.prod",
                    "Dockerfile-worker",
                    "docker-compose.prod.yml",
                    "compose-dev.yaml",
                    "portainer/portainer-compose.yml",
                ][..],
            ),
            (
                "kubernetes",
                &[
                    "deploy/k8s/api/deployment.yaml",
                    "deploy/overlays/prod/kustomization.yaml",
                    "deploy/overlays/test/kustomization.yaml",
                    "manifests/install.yaml",
                    "deployments/api.json",
                    "chart/values.yaml",
                    "charts/shop/templates/_helpers.tpl",
                    "infra/k8s/shop/Chart.yaml",
                    "shop/Chart.yaml",
                    "helm-chart/templates/api.yaml",
                    "infra/k8s/shop/values.prod.yaml",
                ],
            ),
            (
                "terraform",
                &["infra/main.tf", "infra/main.tofu", "infra/prod.tfvars.json", "environments/test/main.tf"],
            ),
            (
                "environment",
                &[
                    ".env.example",
                    "web/.env.production.sample",
                    "env.example",
                    "infra/env.server.example",
                    "deploy/shop.env.example",
                    ".env-dist",
                ],
            ),
        ] {
            for path in paths {
                assert_eq!(kinds(path), [kind], "{path}");
            }
        }
    }

    #[test]
    fn sources_tests_docs_tools_and_vendored_files_do_not_match() {
        for path in [
            "src/main.rs",
            "shop/migrations/__init__.py",
            "src/migrations/index.ts",
            "server/migrations/20260101-users.test.js",
            "src/migrations/20260101-users.d.ts",
            "db/migrations/0001_users.down.sql",
            "db/migration/U2__add_user.sql",
            "src/charts/line.tsx",
            "docs/Dockerfile-tips.md",
            "docs/Dockerfile",
            "k8s/src/main/java/shop/k8s/Sync.java",
            "pkg/kubernetes/client.go",
            "deploy/kubernetes/README.md",
            "vendor/k8s.io/client-go/kubernetes/OWNERS.yaml",
            "test/fixtures/k8s/pod.yaml",
            "pkg/testdata/main.tf",
            "test/e2e/manifests/kustomization.yaml",
            "charts/shop/ci/default-values.yaml",
            "charts/shop/unittests/ingress_test.yaml",
            "examples/complete/main.tf",
            "examples/sqlx/migrations/20260101_initial.sql",
            "infra/.terraform/modules/vpc/main.tf",
            ".devcontainer/Dockerfile",
            ".github/workflows/deploy.yml",
            ".gitpod.Dockerfile",
            "ci/docker/musl/Dockerfile",
            "generators/app/templates/Dockerfile",
            "packages/a/__tests__/Dockerfile",
            "activerecord/test/migrations/1_add.sql",
            "spec/dummy/db/migrate/20260101000000_add.rb",
            ".claude/skills/pay/.env.example",
            "docs/.env.example",
            "playground/worker/.env.example",
            "test/.env.example",
            ".env",
        ] {
            assert_eq!(kinds(path), [""; 0], "{path}");
        }
    }

    #[test]
    fn deleted_migrations_and_variables_do_not_match() {
        let defaults = attention_defaults();
        let with_deleted = defaults.iter().filter(|it| it.entry.on.contains(&PathChangeKind::Deleted));
        let kinds: Vec<&str> = with_deleted.map(|it| it.entry.kind.as_str()).collect();
        assert_eq!(kinds, ["container", "kubernetes", "kubernetes", "terraform"]);
    }

    #[test]
    fn entry_of_a_kind_decides_where_it_is_shown() {
        let set = |kind: &str, shown_in: Option<Vec<NotesPurpose>>| AttentionConfig {
            kind: kind.to_owned(),
            shown_in,
            ..AttentionConfig::default()
        };
        let entries = [
            set("kubernetes", None),
            set("kubernetes", Some(vec![NotesPurpose::Changelog])),
            set("migration", Some(Vec::new())),
        ];
        let limited = limited_attention(&entries);
        let of =
            |kind: &str| limited.iter().find(|(set, _)| set == kind).map(|(_, shown_in)| shown_in.as_slice());
        assert_eq!(of("kubernetes"), Some(&[NotesPurpose::Changelog][..]));
        assert_eq!(of("migration"), Some(&[][..]));
        assert_eq!(of("terraform"), Some(&[NotesPurpose::Compare, NotesPurpose::Notify][..]));
        assert_eq!(of("environment"), None, "shown everywhere");
    }

    #[test]
    fn every_built_in_entry_has_a_known_kind() {
        assert!(attention_defaults().iter().all(|it| ATTENTION_KINDS.contains(&it.entry.kind.as_str())));
    }
}
