//! Chooses the paths of files in a synthetic repository.

use super::random::Random;
use super::words::{FOLDERS, PACKAGES};

/// Returns the paths that a commit changes: mostly files of one folder, as in a real change. `number` is the number of
/// the commit; migrations are new files.
pub(super) fn paths(random: &mut Random, count: u64, number: u64) -> Vec<String> {
    let home = format!("packages/{}/src/{}", random.pick_skewed(PACKAGES), random.pick_skewed(FOLDERS));
    (0..count).map(|_| path(random, &home, number)).collect()
}

fn path(random: &mut Random, home: &str, number: u64) -> String {
    match random.below(500) {
        0 => format!("db/migrations/V{number:07}__change.sql"),
        1..10 => "CHANGELOG.md".into(),
        10..20 => "Dockerfile".into(),
        20..35 => {
            format!("infrastructure/k8s/overlays/{}/deployment.yaml", random.pick(&["staging", "production"]))
        }
        35..50 => format!(".github/workflows/job{}.yml", random.below(8)),
        50..70 => format!("docs/{}/page{}.md", random.pick(FOLDERS), random.skewed(20)),
        70..90 => "package-lock.json".into(),
        90..130 => {
            let (package, folder) = (random.pick_skewed(PACKAGES), random.pick_skewed(FOLDERS));
            format!("packages/{package}/src/{folder}/file{}.ts", random.skewed(40))
        }
        _ => format!("{home}/file{}.ts", random.skewed(40)),
    }
}
