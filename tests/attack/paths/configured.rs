//! Paths in a configuration: every trick with every key, for reading and writing.

use std::fs;

use super::trap::{SECRET, Trap, run_bounded};
use crate::support::{Commit, Repo, forge::Fake};

/// Runs the program with each path as the value of a key; the configuration is `before`, then the key and the path.
fn each(extension: &str, config: &dyn Fn(&str) -> String, args: &[&str]) -> usize {
    let trap = Trap::new(extension);
    let paths = trap.paths(extension);
    for path in &paths {
        trap.repo.write("tidings.toml", config(path));
        trap.assert_refused(&trap.run(args), &config(path));
    }
    paths.len()
}

#[test]
fn templates_outside_are_not_read() {
    for (table, args) in [("notes", &["notes"][..]), ("changelog", &["changelog"]), ("publish", &["next"])] {
        let count = each("tera", &|path| format!("[{table}]\ntemplate = \"{path}\"\n"), args);
        assert!(count >= 70, "{count}");
    }
}

#[test]
fn locales_outside_are_not_read() {
    let count = each("toml", &|path| format!("locale = \"{path}\"\n"), &["notes"]);
    assert!(count >= 70, "{count}");
}

#[test]
fn changelogs_outside_are_neither_read_nor_written() {
    for args in
        [&["changelog", "--write"][..], &["changelog"], &["changelog", "--check"], &["check", "v1.1.0"]]
    {
        each("md", &|path| format!("[changelog]\nfile = \"{path}\"\nheader = \"touch pwned\"\n"), args);
    }
    let package = |path: &str| {
        format!(
            "[[packages]]\nname = \"p\"\ntag_pattern = \"v{{version}}\"\npaths = [\"**\"]\nchangelog = \"{path}\"\n"
        )
    };
    each("md", &package, &["changelog", "--as", "v1.1.0", "--write"]);
}

#[test]
fn home_is_not_expanded() {
    let trap = Trap::new("md");
    for path in [
        "~/outside/secret.md",
        "$HOME/outside/secret.md",
        "${HOME}/outside/secret.md",
        "%HOME%/outside/secret.md",
    ] {
        trap.repo.write("tidings.toml", format!("[changelog]\nfile = \"{path}\"\n"));
        trap.assert_unchanged(&trap.run(&["changelog"]), path);
        trap.assert_refused(&trap.run(&["changelog", "--write"]), path);
        trap.repo.write("tidings.toml", format!("[notes]\ntemplate = \"{path}\"\n"));
        trap.assert_refused(&trap.run(&["notes"]), path);
    }
}

#[test]
fn emails_outside_are_not_written() {
    let mail = |path: &str| {
        format!(
            "[[notify]]\nkind = \"email\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]\nfile = \"{path}\"\n\
             on = [\"before\"]\n"
        )
    };
    each("eml", &mail, &["notify", "v1.0.0"]);
    // For both phases, the name of the phase becomes part of the path.
    let trap = Trap::new("eml");
    for path in trap.paths("eml") {
        trap.repo.write("tidings.toml", mail(&path).replace("on = [\"before\"]\n", ""));
        trap.assert_unchanged(&trap.run(&["notify", "v1.0.0"]), &path);
    }
}

#[test]
fn files_outside_are_not_attached() {
    let trap = Trap::new("zip");
    let fake = Fake::github("o", "r");
    fake.tag("v1.0.0", &trap.repo.sha(trap.repo.head()));
    trap.repo.git(&["remote", "add", "origin", "https://github.com/o/r.git"]);
    for path in trap.paths("zip") {
        trap.repo.write("tidings.toml", format!("[publish]\nattach = [\"{path}\"]\n"));
        let mut command = trap.repo.tidings(&["publish", "v1.0.0"]);
        command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", "token");
        trap.assert_refused(&trap.run_command(command), &path);
    }
    assert!(fake.release("v1.0.0").is_none());
}

#[test]
fn template_folders_outside_are_not_read() {
    let trap = Trap::new("tera");
    trap.repo.write("own.tera", "{% include \"secret.tera\" %}");
    let folders = [
        "../outside",
        "folder",
        "folder-absolute",
        "up/outside",
        ".git",
        "g",
        ".GIT",
        "git~1",
        "vendor/.git",
        "here/../outside",
        "cwd/outside",
        "dangling",
        "root",
        "proc-root",
        "/",
        "/etc",
        "..",
        "here/..",
        "C:/x",
        "",
        " ",
        "fifo.tera",
        "link.tera",
    ];
    for folder in folders {
        trap.repo
            .write("tidings.toml", format!("[notes]\ntemplate = \"own.tera\"\ninclude = \"{folder}\"\n"));
        trap.assert_refused(&trap.run(&["notes"]), folder);
    }
    // Also each file in a folder of the repository.
    for (name, target) in [
        ("a.tera", "../../outside/secret.tera"),
        ("b.tera", "../link.tera"),
        ("c.tera", "../.git/secret.tera"),
        ("d.tera", "/dev/zero"),
        ("e.tera", "../sparse.tera"),
        ("f.tera", "../folder/secret.tera"),
    ] {
        let folder = trap.repo.dir().join("include");
        fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink(target, folder.join(name)).unwrap();
        trap.repo.write("tidings.toml", "[notes]\ntemplate = \"own.tera\"\ninclude = \"include\"\n");
        trap.assert_refused(&trap.run(&["notes"]), target);
        fs::remove_dir_all(&folder).unwrap();
    }
    // Too many files, and too much data.
    for number in 0..300 {
        trap.repo.write(&format!("many/{number}.tera"), "x");
    }
    trap.repo.write("tidings.toml", "[notes]\ninclude = \"many\"\n");
    trap.assert_refused(&trap.run(&["notes"]), "300 files");
}

#[test]
fn programs_inside_are_not_overwritten() {
    let trap = Trap::new("md");
    let names = [
        ".github/workflows/x.yml",
        ".github/CHANGELOG.md",
        ".gitattributes",
        ".gitmodules",
        ".gitignore",
        ".husky/pre-commit",
        ".envrc",
        ".bashrc",
        "Makefile",
        "Dockerfile",
        "Jenkinsfile",
        "src/main.rs",
        "build.rs",
        "Cargo.toml",
        "package.json",
        "changelog.sh",
        "CHANGES.py",
        "CMakeLists.txt",
        "requirements.txt",
        "changelog.yml",
        "index.html",
        "CODEOWNERS",
        "gradlew",
        "tidings.toml",
        "config.toml",
        "changelog",
    ];
    for name in names.into_iter().filter(|name| *name != "changelog") {
        trap.repo
            .write("tidings.toml", format!("[changelog]\nfile = \"{name}\"\nheader = \"touch pwned\"\n"));
        trap.repo.write(&format!("{name}.orig"), "").write("src/main.rs", "fn main() {}\n");
        let before = fs::read(trap.repo.dir().join(name)).ok();
        let ran = trap.run(&["changelog", "--write"]);
        trap.assert_refused(&ran, name);
        assert!(ran.stderr.contains("is not a file name for a changelog"), "{name}: {}", ran.snapshot());
        assert_eq!(fs::read(trap.repo.dir().join(name)).ok(), before, "{name}");
    }
    // Nor through a link with the name of a document.
    trap.repo.write("Makefile", "all:\n");
    std::os::unix::fs::symlink("Makefile", trap.repo.dir().join("NEWS.md")).unwrap();
    trap.repo.write("tidings.toml", "[changelog]\nfile = \"NEWS.md\"\n");
    trap.assert_refused(&trap.run(&["changelog", "--write"]), "a link to Makefile");
    assert_eq!(trap.repo.read("Makefile"), "all:\n");
}

#[test]
fn git_directory_is_recognised_under_another_name() {
    let trap = Trap::new("md");
    // As left by `git init --separate-git-dir` and `core.worktree`.
    fs::rename(trap.repo.dir().join(".git"), trap.repo.dir().join("data")).unwrap();
    fs::write(trap.repo.dir().join(".git"), "gitdir: data\n").unwrap();
    std::os::unix::fs::symlink("data", trap.repo.dir().join("alias")).unwrap();
    for path in [
        "data/CHANGELOG.md",
        "data/hooks/CHANGELOG.md",
        "alias/secret.md",
        "here/data/secret.md",
        ".git",
        ".git/secret.md",
    ] {
        trap.repo.write("tidings.toml", format!("[changelog]\nfile = \"{path}\"\n"));
        let ran = run_bounded(&trap.repo, trap.repo.tidings(&["changelog", "--write"]));
        assert_eq!(ran.status, Some(2), "{path}: {}", ran.snapshot());
        assert!(!ran.stdout.contains(SECRET), "{path}: {}", ran.snapshot());
    }
    assert!(!trap.repo.dir().join("data/CHANGELOG.md").exists());
    assert!(!trap.repo.dir().join("data/hooks/CHANGELOG.md").exists());
}

#[test]
fn paths_and_links_inside_work() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    repo.materialize()
        .write("docs/templates/n.tera", "OWN {% include \"part.tera\" %}")
        .write("docs/parts/part.tera", "PART");
    repo.write("docs/parts/deeper/x", "")
        .write("docs/l.toml", "features = \"News\"\n")
        .write("docs/changes.md", "# Changes\n");
    let link = |at: &str, to: &str| std::os::unix::fs::symlink(to, repo.dir().join(at)).unwrap();
    link("CHANGELOG.md", "docs/changes.md");
    link("t", "docs/templates");
    link("docs/back", "..");
    for (template, include) in [
        ("docs/templates/n.tera", "docs/parts"),
        ("t/n.tera", "docs/parts/"),
        ("./docs/../t/n.tera", "docs/back/docs/parts"),
        ("docs/back/t/n.tera", "docs/parts/deeper/.."),
    ] {
        repo.write("tidings.toml", format!("[notes]\ntemplate = \"{template}\"\ninclude = \"{include}\"\n"));
        let ran = repo.run(&["notes"]);
        assert_eq!((ran.status, ran.stdout.trim()), (Some(0), "OWN PART"), "{template}: {}", ran.snapshot());
    }
    repo.write("tidings.toml", "locale = \"docs/l.toml\"\n");
    let ran = repo.run(&["changelog", "--write"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(repo.dir().join("CHANGELOG.md").is_symlink() && repo.read("docs/changes.md").contains("one"));
    for file in ["docs/NEWS", "docs/new/../changes.md", "docs/back/docs/HISTORY.md"] {
        fs::create_dir_all(repo.dir().join("docs/new")).unwrap();
        repo.write("tidings.toml", format!("[changelog]\nfile = \"{file}\"\n"));
        let ran = repo.run(&["changelog", "--write"]);
        assert_eq!(ran.status, Some(0), "{file}: {}", ran.snapshot());
    }
    assert!(repo.read("docs/NEWS").contains("one") && repo.read("docs/HISTORY.md").contains("one"));
}

#[test]
fn user_paths_may_be_anywhere() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.materialize();
    fs::write(repo.home().join("own.tera"), "OWN").unwrap();
    let with = |name: &str, value: &str, args: &[&str]| {
        let mut command = repo.tidings(args);
        command.env(name, value);
        repo.run_command(command)
    };
    assert_eq!(with("TIDINGS_NOTES__TEMPLATE", "../own.tera", &["notes"]).stdout.trim(), "OWN");
    let ran = with("TIDINGS_CHANGELOG__FILE", "../any.md", &["changelog", "--write"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(repo.home().join("any.md").exists());
    // Paths in a file that the user names outside the repository are allowed too.
    fs::write(repo.home().join("own.toml"), "[notes]\ntemplate = \"../own.tera\"\n").unwrap();
    assert_eq!(repo.run(&["--config", "../own.toml", "notes"]).stdout.trim(), "OWN");
    // Paths in a copy inside the repository are not, since it is as untrusted as the rest of the repository.
    repo.write("ci.toml", "[notes]\ntemplate = \"../own.tera\"\n");
    assert_eq!(repo.run(&["--config", "ci.toml", "notes"]).status, Some(2));
}

#[test]
fn refusal_names_the_key_its_location_and_a_fix() {
    let trap = Trap::new("md");
    trap.repo.write("tidings.toml", "[changelog]\nfile = \"up/outside/secret.md\"\n");
    insta::assert_snapshot!(trap.run(&["changelog", "--write"]).snapshot(), @r"
    status: 2
    ----- stderr -----
    Error: `changelog.file`: `up/outside/secret.md` is outside the repository: it resolves to `[HOME]/outside/secret.md`
    Hint: name a file inside the work tree; only the command line and TIDINGS_ variables may name files elsewhere
    ");
    fs::remove_file(trap.repo.dir().join("tidings.toml")).unwrap();
    std::os::unix::fs::symlink("../outside/secret.md", trap.repo.dir().join("CHANGELOG.md")).unwrap();
    insta::assert_snapshot!(trap.run(&["changelog", "--write"]).snapshot(), @r"
    status: 2
    ----- stderr -----
    Error: `CHANGELOG.md` is outside the repository: it resolves to `[HOME]/outside/secret.md`
    Hint: replace the symbolic link with a file, or with a link inside the work tree
    ");
    trap.repo.write("tidings.toml", "[notes]\ntemplate = \"here/g/secret.md\"\n");
    insta::assert_snapshot!(trap.run(&["notes"]).snapshot(), @r"
    status: 2
    ----- stderr -----
    Error: `notes.template`: `here/g/secret.md` is inside the git directory
    Hint: name a file inside the work tree; only the command line and TIDINGS_ variables may name files elsewhere
    ");
    trap.repo.write("tidings.toml", "[changelog]\nfile = \".github/workflows/ci.yml\"\n");
    insta::assert_snapshot!(trap.run(&["changelog", "--write"]).snapshot(), @r"
    status: 2
    ----- stderr -----
    Error: `changelog.file`: `.github/workflows/ci.yml` is not a file name for a changelog
    Hint: name a document, such as CHANGELOG.md; a path on the command line may name any file
    ");
}

#[test]
fn path_name_in_notes_is_escaped() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit(Commit::new("feat: two").file("db/migrate/$(touch pwned).rb", "1"));
    repo.materialize();
    let ran = repo.run(&["changelog", "--as", "v1.1.0", "--write"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(repo.read("CHANGELOG.md").contains("$(touch pwned).rb"));
    assert!(!repo.dir().join("pwned").exists());
}
