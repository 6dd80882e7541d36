"""Checks the built site: each link leads to a page and an anchor of it, and no page loads anything from another host.

Usage: check.py SITE
"""

import html.parser
import pathlib
import re
import sys
import urllib.parse

# What a browser loads by itself, by element and attribute.
LOADED = {("script", "src"), ("img", "src"), ("source", "srcset"), ("iframe", "src"), ("link", "href"), ("use", "href")}
IN_CSS = re.compile(r"""url\(\s*["']?(?:https?:)?//|@import""")


class Page(html.parser.HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.anchors, self.links, self.loaded, self.text_length = set(), [], [], len(text)
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.anchors |= {values.get("id"), values.get("name") if tag == "a" else None}
        for name, value in attributes:
            if (tag, name) in LOADED:
                self.loaded.append(value)
            if name in {"href", "src"}:
                self.links.append(value)


def main(site: pathlib.Path) -> None:
    pages = {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    faults, count = [], 0
    for path, page in pages.items():
        name = path.relative_to(site)
        for link in page.links:
            url = urllib.parse.urlsplit(link)
            if url.scheme or url.netloc:
                if link in page.loaded:
                    faults.append(f"{name} loads {link}")
                continue
            count += 1
            target = (path.parent / urllib.parse.unquote(url.path)).resolve() if url.path else path.resolve()
            target = target / "index.html" if target.is_dir() else target
            relative = site / target.relative_to(site.resolve()) if target.is_relative_to(site.resolve()) else target
            if not target.is_file():
                faults.append(f"{name}: no such page: {link}")
            elif url.fragment and relative in pages and urllib.parse.unquote(url.fragment) not in pages[relative].anchors:
                if not url.fragment.startswith("svg-"):
                    faults.append(f"{name}: no such anchor: {link}")
    for path in sorted([*site.rglob("*.css"), *site.rglob("*.svg")]):
        if IN_CSS.search(path.read_text("utf-8")):
            faults.append(f"{path.relative_to(site)} loads from another host")
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    print(f"{len(pages)} pages, {count} internal links, {size / 1024 / 1024:.1f} MiB")
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
