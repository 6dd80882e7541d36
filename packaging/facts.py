#!/usr/bin/env python3
"""Facts about the package, all from Cargo.toml: run it to see them.

The packages, templates and tests take name, version, description, license and URL from here, so that a fork changes
one line of Cargo.toml.
"""

import json
import pathlib
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def facts():
    """The facts as a dictionary of strings."""
    package = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]
    repository = package["repository"].rstrip("/")
    return {
        "name": package["name"],
        "version": package["version"],
        "description": package["description"],
        "license": package["license"],
        "repository": repository,
        "owner": repository.split("/")[-2],
        "homepage": package.get("homepage", repository),
        "rust_version": package["rust-version"],
        "maintainer": f"{package['name']} developers <{package['name']}@users.noreply.github.com>",
    }


def fill(text, more=None):
    """Replaces `{{name}}` in a template; an unknown name is an error."""
    import re

    values = facts() | (more or {})

    def value(match):
        if match[1] not in values:
            raise SystemExit(f"a template has an unknown fact: {match[0]}")
        return values[match[1]]

    return re.sub(r"\{\{(\w+)\}\}", value, text)


if __name__ == "__main__":
    print(json.dumps(facts(), indent=2))
