"""Writes the sources of the site: the pages of docs/, the front page with its navigation, a page for each command.

Usage: stage.py DOCS PROGRAM OUT

The navigation is `docs/README.md`: its headings are the groups, the links at the start of its list items the pages.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

# Names at the root of the site that no page can have: /releases/ is for the releases of projects.
RESERVED = {"releases"}
PLACEHOLDER = "OWNER"


def main(docs: pathlib.Path, program: str, out: pathlib.Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(docs, out)
    for page in out.rglob("*.md"):
        if page.relative_to(out).parts[0].removesuffix(".md") in RESERVED:
            sys.exit(f"{page.name}: the name is reserved")
        page.write_text(rewritten(page.read_text("utf-8"), docs, docs / page.relative_to(out)), "utf-8")
    write_commands(program, out / "commands")
    write_front_page(out)


# Pages


def rewritten(text: str, docs: pathlib.Path, page: pathlib.Path) -> str:
    """A page of the repository as a page of the site."""
    lines, inside, reason = [], False, None
    for line in text.splitlines():
        fence = line.lstrip().startswith("```")
        if not inside:
            if mark := re.fullmatch(r"<!-- (not run|run first): (.*) -->", line):
                reason = mark[2] if mark[1] == "not run" else reason
                continue
            line = re.sub(r"\[([^][]*)\]\(([^)]+)\)", lambda link: outside(link, docs, page), line)
        lines.append(line)
        if fence:
            inside = not inside
            if not inside and reason:
                lines += ["", f'<p class="not-run">Not run by the tests: {reason}.</p>', ""]
                reason = None
    return "\n".join(lines) + "\n"


def outside(link: re.Match[str], docs: pathlib.Path, page: pathlib.Path) -> str:
    """A link to a file outside docs/ leads to the repository, if its URL is known; else only the text stays."""
    text, target = link[1], link[2]
    path, _, anchor = target.partition("#")
    if re.match(r"[a-z]+:", target) or not path or (page.parent / path).resolve().is_relative_to(docs.resolve()):
        return link[0]
    if not (page.parent / path).exists():
        sys.exit(f"{page.name}: no such file: {path}")
    root = docs.resolve().parent
    url = tomllib.loads((root / "Cargo.toml").read_text("utf-8"))["package"].get("repository", PLACEHOLDER)
    if PLACEHOLDER in url:
        return text
    path = (page.parent / path).resolve().relative_to(root)
    return f"[{text}]({url}/blob/HEAD/{path}{'#' + anchor if anchor else ''})"


def write_front_page(out: pathlib.Path) -> None:
    text = (out / "README.md").read_text("utf-8")
    text, found = re.subn(r"^- Commands: ", "- [Commands](commands/index.rst): ", text, flags=re.M)
    assert found == 1, "docs/README.md must name the commands in its reference"
    (out / "README.md").write_text(text, "utf-8")
    for page in out.rglob("*.md"):
        if page.name != "README.md" and f"]({page.relative_to(out).as_posix()})" not in text:
            sys.exit(f"docs/README.md has no line for {page.relative_to(out)}")
    index = [".. include:: README.md", "   :parser: myst_parser.sphinx_", ""]
    for heading, group in re.findall(r"^## (.*)\n((?:.|\n)*?)(?=^## |\Z)", text, flags=re.M):
        pages = re.findall(r"^- \[([^]]*)\]\(([^)]*)\.(?:md|rst)\)", group, flags=re.M)
        index += [".. toctree::", "   :hidden:", f"   :caption: {heading}", ""]
        index += [f"   {title} <{name}>" for title, name in pages] + [""]
    (out / "index.rst").write_text("\n".join(index), "utf-8")


# Commands


def write_commands(program: str, out: pathlib.Path) -> None:
    out.mkdir()
    help_of = lambda command: subprocess.run(
        [program, *command, "--help"], capture_output=True, text=True, check=True, env={}
    ).stdout
    top = sections(help_of([]))
    names = [name for name, _ in top["Commands"] if name != "help"]
    page = ["Commands", "========", "", *paragraphs(top["description"]), "", literal(top["Usage"]), ""]
    page += ["All commands", "------------", ""]
    for name, text in top["Commands"]:
        if name in names:
            page += [f":doc:`tidings {name} <{name}>`", f"   {inline(text)}", ""]
    shared = [title for title in top if title.endswith(" options")]
    page += options("tidings", top, ["Options", *shared])
    page += ["Exit codes", "----------", "", ".. list-table::", ""]
    for code, text in top["Exit codes"]:
        page += [f"   * - {code}", f"     - {inline(text)}"]
    page += ["", ".. toctree::", "   :hidden:", ""] + [f"   {name}" for name in names]
    (out / "index.rst").write_text("\n".join(page) + "\n", "utf-8")
    for name in names:
        text = command([name], help_of, shared, "=")
        (out / f"{name}.rst").write_text("\n".join(text) + "\n", "utf-8")


def command(path: list[str], help_of, shared: list[str], underline: str) -> list[str]:
    found = sections(help_of(path))
    title = " ".join(["tidings", *path])
    page = [title, underline * len(title), "", *paragraphs(found["description"]), "", literal(found["Usage"]), ""]
    own = [name for name in found if name not in {"description", "Usage", "Commands", *shared}]
    page += options(title, found, own)
    for name, _ in found.get("Commands", []):
        if name != "help":
            page += ["", *command([*path, name], help_of, shared, "-")]
    if underline == "=":
        page += ["", "The :doc:`global options <index>` are the same for all commands."]
    return page


def options(command: str, found: dict, titles: list[str]) -> list[str]:
    page = []
    for title in titles:
        entries = [(name, text) for name, text in found.get(title, []) if not name.startswith(("-h", "-V"))]
        if entries:
            page += ["", f".. rubric:: {title}", "", f".. program:: {command}", ""]
        for name, text in entries:
            page += [f".. option:: {name}", "", f"   {inline(text)}", ""]
    return page


def sections(text: str) -> dict:
    """A help text: its description and usage as text, each other section as a list of names with their texts."""
    found, title = {"description": ""}, "description"
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if heading := re.fullmatch(r"([A-Z][A-Za-z ]*):(?: (tidings.*))?", line):
            title = heading[1]
            found[title] = heading[2] or []
        elif isinstance(found[title], str):
            found[title] += line.strip() + "\n"
        elif line.strip():
            # A text on a line of its own, or the next line of one, is indented further than all names.
            if indent > 6:
                name, before = found[title][-1]
                found[title][-1] = (name, f"{before} {line.strip()}".strip())
            else:
                name, _, rest = line.strip().partition("  ")
                found[title].append((name, rest.strip()))
    return found


def paragraphs(text: str) -> list[str]:
    return [inline(line) for line in text.strip().splitlines()]


def literal(text: str) -> str:
    return "\n".join(["::", "", *(f"   {line}" for line in text.strip().splitlines())])


def inline(text: str) -> str:
    """Plain text as reStructuredText, with code in backticks."""
    parts = re.split(r"`([^`]*)`", text)
    parts[::2] = [re.sub(r"([\\*_|<>])", r"\\\1", part) for part in parts[::2]]
    parts[1::2] = [f"``{part}``" for part in parts[1::2]]
    return "".join(parts)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]))
