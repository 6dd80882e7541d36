//! Damaged objects: loose objects, packs, pack indexes, and the structures built on them.

use std::{fs, path::PathBuf};

use crate::support::{Commit, Repo};

use super::sample::{assert_refused, files, loose, packed, rewrite, tidings, unpack};

fn name(repo: &Repo, revision: &str) -> String {
    repo.git(&["rev-parse", revision]).trim().to_owned()
}

fn loose_file(repo: &Repo, id: &str) -> PathBuf {
    repo.dir().join(".git/objects").join(&id[..2]).join(&id[2..])
}

/// The only file in the pack folder with this extension.
fn pack_file(repo: &Repo, extension: &str) -> PathBuf {
    let mut found = files(&repo.dir().join(".git/objects/pack"));
    found.retain(|path| path.extension().is_some_and(|own| own == extension));
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn truncated_loose_commit_is_an_error() {
    let repo = loose();
    let id = name(&repo, "v1.2.0~1");
    let whole = fs::read(loose_file(&repo, &id)).unwrap();
    for length in (0..whole.len()).step_by(5) {
        rewrite(&loose_file(&repo, &id), &whole[..length]);
        assert_refused(&repo, &["notes", "v1.2.0", "--offline"], &[&id]);
    }
    fs::remove_file(loose_file(&repo, &id)).unwrap();
    assert_refused(&repo, &["notes", "v1.2.0", "--offline"], &[&id, "is missing"]);
}

#[test]
fn loose_object_with_foreign_content_is_an_error() {
    let repo = loose();
    let id = name(&repo, "v1.2.0~1");
    let others =
        ["v1.2.0~2", "v1.2.0~1^{tree}", "v1.2.0~1:docs/a.md", "v1.2.0"].map(|other| name(&repo, other));
    for other in others {
        let other = fs::read(loose_file(&repo, &other)).unwrap();
        rewrite(&loose_file(&repo, &id), &other);
        assert_refused(&repo, &["notes", "v1.2.0", "--offline"], &[&id, "does not match its ID"]);
    }
}

#[test]
fn hint_for_a_damaged_loose_object_repairs_it() {
    let origin = loose();
    let repo = origin.bare_clone();
    let url = format!("file://{}", origin.dir().display());
    repo.git(&["remote", "set-url", "origin", &url]);
    let id = name(&repo, "v1.2.0~1");
    let before = tidings(&repo, &["notes", "v1.2.0", "--offline"]);
    let path = repo.dir().join("objects").join(&id[..2]).join(&id[2..]);
    rewrite(&path, b"");
    let error = assert_refused(&repo, &["notes", "v1.2.0", "--offline"], &[&id]);
    let shown = format!("objects/{}/{}", &id[..2], &id[2..]);
    assert!(
        error.contains(&format!(
            "Hint: delete `{shown}` in the git directory, then: git fetch --refetch --tags"
        )),
        "{error}"
    );
    fs::remove_file(&path).unwrap();
    assert_refused(
        &repo,
        &["notes", "v1.2.0", "--offline"],
        &[&id, "git fetch --refetch --no-filter --tags"],
    );
    repo.git(&["fetch", "--quiet", "--refetch", "--no-filter", "--tags"]);
    assert_eq!(tidings(&repo, &["notes", "v1.2.0", "--offline"]).stdout, before.stdout);
}

#[test]
fn other_copy_of_a_damaged_object_is_read_as_in_git() {
    let repo = loose();
    let before = tidings(&repo, &["notes", "--all", "--offline"]);
    repo.git(&["repack", "-a", "-q"]);
    let pack = pack_file(&repo, "pack");
    let whole = fs::read(&pack).unwrap();
    let (mut runs, mut refused) = (0, 0);
    for at in (12..whole.len() - 20).step_by(19) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x5a;
        rewrite(&pack, &damaged);
        let run = tidings(&repo, &["notes", "--all", "--offline"]);
        // The type of a tag's object is read before the object itself.
        let is_refused = run.status == Some(3) && run.stderr.contains("is a ");
        let is_same = run.status == Some(0) && run.stdout == before.stdout;
        assert!(is_same || is_refused, "byte {at}: {run:?}");
        (runs, refused) = (runs + 1, refused + usize::from(is_refused));
    }
    assert!(runs > 50 && refused * 20 < runs, "{refused} of {runs}");
}

#[test]
fn pack_entry_of_a_wrong_or_reserved_type_is_an_error() {
    let repo = packed();
    let pack = pack_file(&repo, "pack");
    let whole = fs::read(&pack).unwrap();
    for kind in [0u8, 2, 3, 4, 5, 6, 7] {
        let mut damaged = whole.clone();
        damaged[12] = damaged[12] & 0x8f | kind << 4;
        rewrite(&pack, &damaged);
        for args in [&["notes", "v1.2.0"][..], &["notes", "--all"], &["next"]] {
            let run = tidings(&repo, args);
            assert!(
                run.is_orderly() && run.status != Some(0) || run.status == tidings(&repo, args).status,
                "{run:?}"
            );
        }
        assert_refused(&repo, &["notes", "--all"], &["pack-"]);
    }
}

#[test]
fn offsets_beyond_the_pack_are_errors() {
    let repo = packed();
    let index = pack_file(&repo, "idx");
    let whole = fs::read(&index).unwrap();
    let count = (whole.len() - 1032 - 40) / 28;
    for place in [0x0200_0000u32, 0, 11, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
        let mut damaged = whole.clone();
        for slot in damaged[1032 + count * 24..1032 + count * 28].chunks_exact_mut(4) {
            slot.copy_from_slice(&place.to_be_bytes());
        }
        rewrite(&index, &damaged);
        for args in [&["notes", "v1.2.0"][..], &["notes", "--all"], &["next"]] {
            assert_refused(&repo, args, &["pack-"]);
        }
    }
    // Replaces each object with the next one.
    let mut damaged = whole.clone();
    damaged[1032 + count * 24..1032 + count * 28].rotate_left(4);
    rewrite(&index, &damaged);
    for args in [&["notes", "v1.2.0"][..], &["notes", "--all"], &["next"]] {
        assert_refused(&repo, args, &[]);
    }
}

#[test]
fn error_for_a_missing_object_names_the_damaged_index() {
    let repo = packed();
    let index = pack_file(&repo, "idx");
    let whole = fs::read(&index).unwrap();
    let shown = index.file_name().unwrap().to_str().unwrap();
    for (at, byte) in [(0, 0), (7, 3), (8, 0xff), (1024 + 7, 0xff), (whole.len() - 30, 0xee)] {
        let mut damaged = whole.clone();
        damaged[at] = byte;
        rewrite(&index, &damaged);
        assert_refused(&repo, &["notes", "--all"], &["is missing", shown, "cannot be used"]);
    }
    for length in [0, 7, 500, 1032, whole.len() - 41, whole.len() - 1] {
        rewrite(&index, &whole[..length]);
        assert_refused(&repo, &["notes", "--all"], &["is missing", shown]);
    }
    rewrite(&index, &whole);
    let pack = pack_file(&repo, "pack");
    let objects = fs::read(&pack).unwrap();
    for length in [0, 11, 12, 40, objects.len() - 1] {
        rewrite(&pack, &objects[..length]);
        assert_refused(&repo, &["notes", "--all"], &["is missing", shown]);
    }
}

#[test]
fn wrong_sizes_allocate_no_memory() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let repo = packed();
    let pack = pack_file(&repo, "pack");
    let whole = fs::read(&pack).unwrap();
    for head in
        [&[0x9f, 0xff, 0xff, 0xff, 0xff, 0x7f][..], &[0x9f, 0xff, 0xff, 0x7f], &[0xef, 0xff, 0xff, 0x7f]]
    {
        let mut damaged = whole.clone();
        damaged[12..12 + head.len()].copy_from_slice(head);
        rewrite(&pack, &damaged);
        let program = repo.tidings(&[]);
        let mut command = repo.tidings(&[]);
        let limited = format!("ulimit -v 4000000; exec '{}' notes --all", program.get_program().display());
        command = {
            let mut shell = std::process::Command::new("sh");
            shell.current_dir(repo.dir()).env_clear().args(["-c", &limited]);
            shell.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
            shell
        };
        let run = super::sample::run_limited(command);
        assert_eq!(run.status, Some(3), "{run:?}");
    }
}

#[test]
fn old_and_unusual_formats_are_read() {
    let repo = loose();
    let before = tidings(&repo, &["notes", "--all", "--offline"]);
    let is_same = |repo: &Repo, what: &str| {
        let run = tidings(repo, &["notes", "--all", "--offline"]);
        assert_eq!((run.status, &run.stdout), (Some(0), &before.stdout), "{what}: {}", run.stderr);
    };
    repo.git(&["repack", "-a", "-d", "-q"]);
    let (pack, index) = (pack_file(&repo, "pack"), pack_file(&repo, "idx"));
    let shown = pack.display().to_string();
    drop(fs::remove_file(&index));
    repo.git(&["index-pack", "--index-version=1", &shown]);
    assert!(!fs::read(&index).unwrap().starts_with(b"\xfftOc"));
    is_same(&repo, "an index of version 1");
    drop(fs::remove_file(&index));
    repo.git(&["index-pack", "--index-version=2,0x40", &shown]);
    is_same(&repo, "places in the table for large packs");
    repo.git(&["repack", "-a", "-d", "-q", "-f", "--depth=50", "--window=50"]);
    repo.git(&["config", "pack.indexVersion", "2"]);
    is_same(&repo, "long chains of deltas");
    // One pack per object: more than may be open at once.
    let pack = pack_file(&repo, "pack");
    unpack(&repo);
    let objects = repo.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
    let names: Vec<&str> = objects.lines().collect();
    for (number, some) in names.chunks(names.len().div_ceil(90)).enumerate() {
        let script = format!("printf '{}' | git pack-objects -q .git/objects/pack/pack", some.join("\\n"));
        let mut command = std::process::Command::new("sh");
        command.current_dir(repo.dir()).args(["-c", &script]).stdout(std::process::Stdio::null());
        assert!(command.status().unwrap().success(), "{number}");
    }
    repo.git(&["prune-packed", "-q"]);
    assert!(!pack.exists());
    is_same(&repo, "many packs");
}

#[test]
fn alternates_are_read_and_cycles_terminate() {
    let repo = packed();
    let before = tidings(&repo, &["notes", "--all", "--offline"]);
    let (own, lender) = (repo.dir().join(".git/objects"), repo.home().join("lender"));
    fs::create_dir_all(lender.join("info")).unwrap();
    fs::rename(own.join("pack"), lender.join("pack")).unwrap();
    let borrow = |text: &str| fs::write(own.join("info/alternates"), text).unwrap();
    fs::write(lender.join("info/alternates"), format!("{}\n", own.display())).unwrap();
    borrow(&format!("# remark\n/does/not/exist\n{}\n", lender.display()));
    let run = tidings(&repo, &["notes", "--all", "--offline"]);
    assert_eq!((run.status, &run.stdout), (Some(0), &before.stdout), "{}", run.stderr);
    for damaged in ["", "garbage\n", "\0\u{1}", "/\n", "../objects\n.\n"] {
        borrow(damaged);
        assert_refused(&repo, &["notes", "--all"], &["is missing"]);
    }
}

#[test]
fn damaged_commit_graph_changes_nothing() {
    let repo = packed();
    repo.git(&["commit-graph", "write", "--reachable"]);
    let path = repo.dir().join(".git/objects/info/commit-graph");
    let whole = fs::read(&path).unwrap();
    let args = [&["notes", "v1.2.0", "--offline"][..], &["next", "--offline"]];
    let before = args.map(|args| tidings(&repo, args));
    // The second half contains the parents, dates and generations.
    for at in (0..whole.len() / 2).step_by(97).chain((whole.len() / 2..whole.len()).step_by(11)) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        rewrite(&path, &damaged);
        for (args, before) in args.iter().zip(&before) {
            let run = tidings(&repo, args);
            assert_eq!((run.status, &run.stdout), (Some(0), &before.stdout), "byte {at}: {}", run.stderr);
        }
    }
}

/// Writes an object with git, whatever its content.
fn written(repo: &Repo, kind: &str, content: &[u8]) -> String {
    let file = repo.home().join("content");
    fs::write(&file, content).unwrap();
    let file = file.display().to_string();
    repo.git(&["hash-object", "-w", "--literally", "-t", kind, &file]).trim().to_owned()
}

#[test]
fn malformed_commits_and_tags_are_errors() {
    let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    let who = "A <a@b> 1772000000 +0000";
    for (content, status) in [
        (String::new(), 3),
        ("\n".to_owned(), 3),
        (format!("author {who}\ncommitter {who}\n\nfeat: no tree\n"), 3),
        (format!("tree {}\nauthor {who}\ncommitter {who}\n\nfeat: x\n", &tree[..39]), 3),
        (format!("tree {tree}\nparent zz\nauthor {who}\ncommitter {who}\n\nfeat: x\n"), 3),
        (format!("tree {tree}\n\nfeat: without author\n"), 0),
        (format!("tree {tree}\nauthor\ncommitter <\n\nfeat: without author\n"), 0),
    ] {
        let repo = Repo::new();
        repo.commit(Commit::new("feat: one"));
        repo.tag("v1.0.0");
        let id = written(&repo, "commit", content.as_bytes());
        fs::write(repo.dir().join(".git/refs/heads/main"), format!("{id}\n")).unwrap();
        let run = tidings(&repo, &["notes", "HEAD"]);
        assert_eq!(run.status, Some(status), "{content:?}: {run:?}");
        assert!(status == 0 || run.stderr.contains(&id), "{content:?}: {run:?}");
    }
    for content in ["", "object zz\n", "type commit\n\nx", "object 4b825dc642cb6eb9a060e54bf8d69288fbee490\n"]
    {
        let repo = Repo::new();
        repo.commit(Commit::new("feat: one"));
        repo.tag("v1.0.0");
        let id = written(&repo, "tag", content.as_bytes());
        fs::write(repo.dir().join(".git/refs/tags/v1.1.0"), format!("{id}\n")).unwrap();
        assert_refused(&repo, &["notes"], &["refs/tags/v1.1.0", &id]);
    }
}

#[test]
fn malformed_trees_are_errors() {
    let id = [7u8; 20];
    let entry = |mode: &str, name: &str| [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &id].concat();
    let cut = entry("100644", "a")[..20].to_vec();
    for tree in [
        cut,
        b"garbage".to_vec(),
        entry("10064x", "a"),
        entry("100644", ""),
        entry("", "a"),
        b"100644 a".to_vec(),
    ] {
        let repo = Repo::new();
        repo.commit(Commit::new("feat: one"));
        repo.tag("v1.0.0");
        let tree = written(&repo, "tree", &tree);
        let content = format!("tree {tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nfeat: x\n");
        let commit = written(&repo, "commit", content.as_bytes());
        fs::write(repo.dir().join(".git/refs/heads/main"), format!("{commit}\n")).unwrap();
        assert_refused(&repo, &["notes", "HEAD", "--path", "src"], &[&tree]);
    }
}

#[test]
fn folder_depth_is_bounded() {
    let repo = Repo::new();
    repo.commit(Commit::new("feat: one"));
    repo.tag("v1.0.0");
    let mut stream =
        String::from("commit refs/heads/deep\ncommitter A <a@b> 1772000000 +0000\ndata 7\nfeat: x\n");
    stream += &format!("M 100644 inline {}x.sql\ndata 0\n\n", "d/".repeat(20_000));
    let file = repo.home().join("stream");
    fs::write(&file, stream).unwrap();
    let mut import = std::process::Command::new("sh");
    import.current_dir(repo.dir()).args(["-c", "git fast-import --quiet < ../stream"]);
    let imported = import.status().unwrap().success();
    assert!(imported, "git makes it");
    for args in [
        &["notes", "v1.0.0..deep"][..],
        &["notes", "v1.0.0..deep", "--path", "**/x.sql"],
        &["notes", "v1.0.0..deep", "--format", "json"],
    ] {
        let run = tidings(&repo, args);
        assert!(run.is_orderly(), "{args:?}: {:?}", run.status);
    }
}

#[test]
fn exponential_trees_are_bounded() {
    let repo = Repo::new();
    repo.commit(Commit::new("feat: one"));
    repo.tag("v1.0.0");
    let blob = written(&repo, "blob", b"x");
    let mut tree = String::new();
    for level in 0..10 {
        let (mode, id) = if level == 0 { ("100644", &blob) } else { ("40000", &tree) };
        let bytes: Vec<u8> =
            (0..20).map(|at| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).unwrap()).collect();
        let entries: Vec<u8> =
            (0..10).flat_map(|number| [format!("{mode} {number}\0").as_bytes(), &bytes].concat()).collect();
        tree = written(&repo, "tree", &entries);
    }
    let bomb = repo.git(&["commit-tree", "-m", "feat: bomb", "-p", "main", &tree]);
    fs::write(repo.dir().join(".git/refs/heads/main"), &bomb).unwrap();
    fs::write(repo.dir().join(".git/refs/tags/v1.1.0"), &bomb).unwrap();
    for args in [&["notes", "--all"][..], &["notes", "v1.1.0", "--path", "**/x.sql"]] {
        assert_refused(&repo, args, &["has too many paths"]);
    }
    assert_eq!(tidings(&repo, &["init"]).status, Some(0));
}

#[test]
fn dates_before_1970_and_after_9999_are_valid() {
    for seconds in [
        "-1",
        "-62135596801",
        "253402300800",
        "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999",
        "1099511627776",
        "abc",
    ] {
        for zone in ["+0000", "-9999", "x"] {
            let repo = Repo::new();
            repo.commit(Commit::new("feat: one"));
            repo.tag("v1.0.0");
            let parent = name(&repo, "HEAD");
            let who = format!("A <a@b> {seconds} {zone}");
            let tree = name(&repo, "HEAD^{tree}");
            let content =
                format!("tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nfeat: odd\n");
            let commit = written(&repo, "commit", content.as_bytes());
            let tag = format!("object {commit}\ntype commit\ntag v1.1.0\ntagger {who}\n\nv1.1.0\n");
            let tag = written(&repo, "tag", tag.as_bytes());
            fs::write(repo.dir().join(".git/refs/tags/v1.1.0"), format!("{tag}\n")).unwrap();
            fs::write(repo.dir().join(".git/refs/heads/main"), format!("{commit}\n")).unwrap();
            for args in [
                &["notes", "v1.1.0"][..],
                &["notes", "--all", "--format", "json"],
                &["check", "v1.2.0"],
                &["explain", "HEAD"],
                &["compare", "v1.0.0", "v1.1.0"],
            ] {
                let run = tidings(&repo, args);
                assert!(run.is_orderly() && matches!(run.status, Some(0 | 1)), "{who} {args:?}: {run:?}");
                if args[0] == "notes" {
                    assert!(
                        String::from_utf8_lossy(&run.stdout).contains("odd")
                            || String::from_utf8_lossy(&run.stdout).contains("Odd"),
                        "{who}: {run:?}"
                    );
                }
            }
        }
    }
}
