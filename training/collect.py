#!/usr/bin/env python3
"""Collects training data from the repositories in a list: changes that people have classified.

    training/collect.py --repositories FOLDER --output collected.jsonl

FOLDER/OWNER/NAME.git is a bare clone of https://github.com/OWNER/NAME. The list (training/sources.toml) names the
commit of each repository, so the same list always gives the same rows. A row is a JSON object on a line, as described
in docs/reading.md.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tomllib

# The newest commits of a repository that are looked at, and the rows of each kind that are taken from it.
MAX_COMMITS = 20_000
MAX_ROWS = 4_000
# Bots write the same few subjects again and again.
MAX_ROWS_BY_BOTS = 400
MAX_PATHS = 24
MAX_TITLE = 300

TYPES = "feat|fix|docs?|tests?|ci|perf|refactor|chore|build|style|feature|bugfix|deps"
CONVENTIONAL = re.compile(rf"({TYPES})(?:\(([^)]*)\))?!?[:：]\s*(\S.*)", re.IGNORECASE)
# Types as some projects write them, which must not be part of a title either.
OTHER_PREFIX = re.compile(
    r"(?:bug ?fix|breaking|change|documentation|enhancement|performance|tweak|security|minor)"
    r"(?: ?\([^)]*\))?!?[:：]\s*(?=\S)",
    re.IGNORECASE,
)
RELEASE = re.compile(r"release|v?\d+\.\d+", re.IGNORECASE)
BOT = re.compile(r"\[bot\]|dependabot|renovate", re.IGNORECASE)
PULL_REQUEST = re.compile(r"\s*\((?:[^()]*#\d+[^()]*|close[sd]? [^()]*)\)\s*$")
# A Markdown heading, or a line such as `Bug fixes:`.
HEADING = re.compile(r"#{2,5}\s+(.*)|([A-Z][\w ]+:)$")
ENTRY = re.compile(r"\s*[-*]\s+(.*)")

# What the headings of changelogs mean. The first that fits counts; what fits none is not read.
SECTIONS = [
    (re.compile(r"bug|fix|修复|缺陷|regress"), "fix"),
    (re.compile(r"perf|性能"), "perf"),
    (re.compile(r"doc|文档"), "docs"),
    (re.compile(r"test|测试"), "test"),
    (re.compile(r"break|破坏|deprecat|remov|移除|security|安全|all app changes|highlight"), None),
    (re.compile(r"depend|依赖"), "deps"),
    (re.compile(r"refactor|重构"), "refactor"),
    (re.compile(r"feat|add|new|enhance|improve|preview|usability|特性|功能|新增|增强"), "feat"),
    (re.compile(r"rule changes|cli|server|configuration|formatter|linter"), "feat"),
    (re.compile(r"intern|house|other|chang|misc|optimi|polish|优化|开发者"), "other"),
]
# Marks before an entry.
MARKS = [
    (re.compile(r"\[(?:FEATURE|ENHANCEMENT)\b[^]]*\]"), "feat"),
    (re.compile(r"\[(?:BUGFIX|BUG)\b[^]]*\]"), "fix"),
    (re.compile(r"\[PERF\b[^]]*\]"), "perf"),
    (re.compile(r"\[CHANGE\b[^]]*\]"), "other"),
    (re.compile(r"\[SECURITY\b[^]]*\]"), None),
    (re.compile("[🐞🐛]"), "fix"),
    (re.compile("[🆕🌟🔥🎉]"), "feat"),
    (re.compile("⚡"), "perf"),
    (re.compile("🛠"), "refactor"),
    (re.compile("[📖📝]"), "docs"),
    (re.compile("[💄🤖]"), "other"),
]
# An entry that is not a change: a contributor, or where to download the release.
NO_CHANGE = re.compile(r"\[[^]]*\]\(https://github\.com/[^/)]+\)\s*|\*\*[\w-]+:\*\* .*")
MERGE = re.compile(r"(bug|feature|minor) #\d+ (.*?)(?: \([^()]*\))?$")
MERGE_TYPES = {"bug": "fix", "feature": "feat", "minor": "other"}


class Repository:
    """A bare clone, read at one commit."""

    def __init__(self, folder, commit):
        self.folder = folder
        self.commit = commit

    def git(self, *arguments):
        # Neither the user's settings nor the locale may change the output.
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "GIT_CONFIG_GLOBAL": "/dev/null"}
        command = ["git", "-C", self.folder, "-c", "core.quotePath=false", *arguments]
        output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
        return output.decode("utf-8", "replace")

    def commits(self, *options):
        """The author, the subject and the touched paths of each commit, newest first."""
        log = self.git(
            "log", f"--max-count={MAX_COMMITS}", "--name-status", "--no-renames", "--format=%x01%an%x02%s", *options,
            self.commit,
        )
        for record in log.split("\x01")[1:]:
            header, *lines = record.split("\n")
            author, subject = header.split("\x02", 1)
            changes = (line.split("\t", 1) for line in lines if "\t" in line)
            yield author, subject, [f"{status[0]} {path}" for status, path in changes]

    def texts(self, patterns):
        """The files that match one of some globs, in the order of their paths."""
        names = self.git("ls-tree", "-r", "--name-only", self.commit).splitlines()
        for name in sorted(names):
            if any(pathlib.PurePosixPath(name).match(pattern) for pattern in patterns):
                yield self.git("show", f"{self.commit}:{name}")


def title_of(subject):
    """A subject without its type and pull request."""
    while match := PULL_REQUEST.search(subject):
        subject = subject[: match.start()]
    if match := CONVENTIONAL.match(subject):
        subject = match[3]
    return OTHER_PREFIX.sub("", subject, count=1).strip()[:MAX_TITLE]


def row(source, kind, commit_type, title, paths=(), scope="", bot=False):
    return {
        "group": source["repository"],
        "type": commit_type.lower(),
        "subject": title,
        "scope": scope,
        "count": len(paths),
        "paths": list(paths[:MAX_PATHS]),
        "kind": kind,
        "bot": bot,
    }


def conventional(source, repository):
    """Conventional commits, by their types."""
    seen = set()
    by_bots = 0
    for author, subject, paths in repository.commits("--no-merges"):
        match = CONVENTIONAL.match(subject)
        bot = bool(BOT.search(author))
        if not match or match[2] == "release" or RELEASE.match(match[3]) or match[3] in seen:
            continue
        by_bots += bot
        if bot and by_bots > MAX_ROWS_BY_BOTS:
            continue
        seen.add(match[3])
        yield row(source, "conventional", match[1], title_of(subject), paths, match[2] or "", bot)


def entries(text):
    """The entries of a changelog, each with its class; `None` if it says none."""
    section = None
    entry = None
    for line in [*text.split("\n"), "# "]:
        continued = entry is not None and line.startswith("  ") and not ENTRY.match(line)
        if continued:
            entry += " " + line.strip()
            continue
        if entry is not None:
            yield class_of_entry(entry, section)
            entry = None
        if re.fullmatch(r"={3,}", line):
            section = None
        elif match := HEADING.match(line):
            section = class_of_heading(match[1] or match[2])
        elif match := ENTRY.match(line):
            entry = match[1]


def class_of_heading(heading):
    heading = heading.lower()
    return next((commit_type for pattern, commit_type in SECTIONS if pattern.search(heading)), None)


def class_of_entry(entry, section):
    """The class of an entry, and the entry without its mark."""
    for pattern, commit_type in MARKS:
        if match := pattern.match(entry):
            return commit_type, entry[match.end() :].lstrip("\ufe0f ")
    return section, entry


def sections(source, repository):
    """Commits whose pull request is in a section of the changelog. The subject is that of the commit."""
    types = {}
    for text in repository.texts(source["files"]):
        for commit_type, entry in entries(text):
            for one, other in re.findall(r"#(\d+)|/pull/(\d+)", entry):
                types.setdefault(int(one or other), set()).add(commit_type)
    for author, subject, paths in repository.commits("--no-merges"):
        match = re.search(r"\(#(\d+)\)\s*$", subject)
        found = types.get(int(match[1]), set()) if match else set()
        # A pull request in several sections says nothing about its commits.
        if len(found) == 1 and None not in found and not BOT.search(author):
            yield row(source, "sections", *found, title_of(subject), paths)


def merges(source, repository):
    """Merges whose subject begins with the section of the changelog: `feature #123 [Mailer] Add … (author)`."""
    for _, subject, paths in repository.commits("--merges", "--first-parent", "-m"):
        if match := MERGE.match(subject):
            yield row(source, "sections", MERGE_TYPES[match[1]], title_of(match[2]), paths)


def text(source, repository):
    """The first sentences of the entries of changelogs."""
    seen = set()
    for content in repository.texts(source["files"]):
        for commit_type, entry in entries(content):
            title = first_sentence(entry)
            if commit_type and title not in seen and not NO_CHANGE.fullmatch(entry):
                seen.add(title)
                yield row(source, "text", commit_type, title)


def first_sentence(entry):
    """The first sentence of an entry, without links, numbers and names around it."""
    entry = re.sub(r"^(?:\[?\[(?:[A-Z]+ )?#?\d+\]|\(https?:[^)]*\)|[],:\s])+", "", entry)
    entry = re.sub(r"^【[^】]*】\s*", "", entry)
    entry = re.sub(r"\s*\[#\d+\].*$", "", entry)
    entry = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", entry)
    entry = re.sub(r"\s*[（(][^（(]*(?:#|issue|pr)[^（(]*[)）]\s*$", "", entry, flags=re.IGNORECASE)
    return re.split(r"(?<=[a-z`)])\. |。", entry, maxsplit=1)[0].strip()[:MAX_TITLE]


MODES = {"conventional": conventional, "sections": sections, "merges": merges, "text": text}


def main():
    parser = argparse.ArgumentParser(description="Collects training data from the repositories in a list.")
    parser.add_argument("--repositories", required=True, type=pathlib.Path, help="folder with OWNER/NAME.git")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="file of JSON lines to write")
    parser.add_argument("--sources", default=pathlib.Path(__file__).with_name("sources.toml"), type=pathlib.Path)
    options = parser.parse_args()
    with options.sources.open("rb") as file:
        sources = tomllib.load(file)["sources"]
    with options.output.open("w", encoding="utf-8", newline="\n") as output:
        for source in sources:
            repository = Repository(options.repositories / f"{source['repository']}.git", source["commit"])
            count = 0
            for found in MODES[source["mode"]](source, repository):
                if len(found["subject"]) < 3:
                    continue
                output.write(json.dumps(found, ensure_ascii=False) + "\n")
                count += 1
                if count >= MAX_ROWS:
                    break
            print(f"{source['repository']}, {source['mode']}: {count} rows", file=sys.stderr)


if __name__ == "__main__":
    main()
