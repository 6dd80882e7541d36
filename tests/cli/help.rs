//! `--help` of every command: each command, option and argument has a description, and those of commands and options
//! start with a verb in the imperative.

use crate::support::Repo;

/// The first words that a description may have. Add a verb here if it is an imperative.
const VERBS: &str = "\
    Add Allow Announce Answer Append Apply Assume Attach Check Choose Clear Collapse Color Colour Comment Compare \
    Connect Control Copy Correct Count Create Cut Delete Deploy Disable Do Enable Exclude Exit Explain Fail Fetch Find Force \
    Generate Give Group Hide Ignore Include Insert Keep Leave Let Limit Link List Listen Load Lower Make Manage Mark Merge \
    Move Name Notify Omit Open Overwrite Parse Pass Preview Print Promote Publish Push Put Query Raise Read Record \
    Recreate Regenerate Remove Render Repair Replace Replay Report Require Restrict Return Revert Roll Run Save \
    Search Select Send Set Show Sign Skip Sort Start State Stop Store Suppress Tag Take Treat Trust Turn Update Use \
    Verify Wait Warn Wrap Write";

/// An entry of a section of help: a command, an option or an argument.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    /// `Commands`, `Arguments`, or the heading of a group of options.
    section: String,
    /// As written, with the short form and the value: `-o, --output <FILE>`.
    name: String,
    /// The first line; empty if there is none.
    description: String,
}

/// The entries of a help text. A description is on the line of its name, after two spaces, or on the next line.
fn entries(help: &str) -> Vec<Entry> {
    let (mut found, mut section) = (Vec::<Entry>::new(), None);
    for line in help.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if indent == 0 && !text.is_empty() {
            let heading = text.strip_suffix(':').filter(|heading| *heading != "Exit codes");
            section = heading.filter(|heading| !heading.starts_with("Usage")).map(str::to_owned);
            continue;
        }
        let Some(section) = section.as_ref().filter(|_| !text.is_empty()) else { continue };
        let is_entry = match section.as_str() {
            "Commands" | "Arguments" => indent == 2,
            _ => indent <= 6 && text.starts_with('-'),
        };
        if is_entry {
            let (name, description) = text.split_once("  ").unwrap_or((text, ""));
            let description = description.trim().to_owned();
            found.push(Entry { section: section.clone(), name: name.to_owned(), description });
        } else if let Some(last) = found.last_mut().filter(|last| last.description.is_empty()) {
            last.description = text.to_owned();
        }
    }
    found
}

/// What is wrong with an entry, if anything.
fn fault(entry: &Entry) -> Option<String> {
    let description = entry.description.strip_prefix("Also ").unwrap_or(&entry.description);
    let mut words = description.split(|c: char| !c.is_alphabetic());
    let is_imperative = |first: &str| {
        let mut verbs = VERBS.split(' ').map(str::to_ascii_lowercase);
        verbs.any(|verb| verb == first.to_ascii_lowercase())
    };
    if entry.description.is_empty() {
        Some(format!("{}: no description", entry.name))
    } else if entry.section != "Arguments" && !words.next().is_some_and(is_imperative) {
        Some(format!("{}: not an imperative: {}", entry.name, entry.description))
    } else {
        None
    }
}

#[test]
fn help_is_parsed_and_checked() {
    let help = "Does things\n\nUsage: x [OPTIONS] [TARGET]\n\nCommands:\n  show  Show it\n        again\n  tell  The teller\n\
                \nArguments:\n  [TARGET]  A version\n  [OTHER]\n\nOptions:\n  -o, --output <FILE>\n          Write to a file\n\n\
                \x20         Or not.\n      --all    What there is\n      --none\n\nExit codes:\n  0  done\n";
    let all = entries(help);
    let descriptions: Vec<_> = all.iter().map(|it| it.description.as_str()).collect();
    assert_eq!(
        descriptions,
        ["Show it", "The teller", "A version", "", "Write to a file", "What there is", ""]
    );
    let faults: Vec<_> = all.iter().filter_map(fault).collect();
    let expected = [
        "tell: not an imperative: The teller",
        "[OTHER]: no description",
        "--all: not an imperative: What there is",
        "--none: no description",
    ];
    assert_eq!(faults, expected);
}

#[test]
fn every_command_and_option_has_an_imperative_description() {
    let repo = Repo::new();
    let (mut faults, mut open, mut count) = (Vec::new(), vec![Vec::<String>::new()], 0);
    while let Some(command) = open.pop() {
        let args: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let ran = repo.run(&args);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        // Global options are checked once.
        let is_global =
            |entry: &Entry| ["Global options", "Template options"].contains(&entry.section.as_str());
        for entry in entries(&ran.stdout).into_iter().filter(|it| command.is_empty() || !is_global(it)) {
            count += 1;
            if entry.section == "Commands" && entry.name != "help" {
                open.push([command.as_slice(), std::slice::from_ref(&entry.name)].concat());
            }
            faults.extend(fault(&entry).map(|fault| format!("{} {fault}", args.join(" "))));
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{}\n{} faults", faults.join("\n"), faults.len());
    assert!(count > 100, "only {count} entries were found");
}
