"""Renders the output of `tidings` in the example repository (`docs/shop.sh`) as the pictures of the documentation.

Usage: pictures.py DOCS PROGRAM [--check]

With --check nothing is written, and the exit code is 1 if a picture differs.
"""

import html
import itertools
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

# Each picture with its command.
PICTURES = {
    "preview.svg": "tidings",
    "pictures/check.svg": "tidings check v1.2.0",
    "pictures/explain.svg": "tidings explain 786a690",
}
# The current time of the program: 2026-01-15.
NOW = "1768478400"
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK TC', monospace"
SIZE, CELL, LINE, MARGIN = 14, 8.43, 21, 24
BACKGROUND, FOREGROUND, DIM = "#0d1117", "#e6edf3", "#8b949e"
# By their numbers in the terminal.
COLOURS = {1: "#ff7b72", 2: "#56d364", 3: "#e3b341", 4: "#79c0ff", 5: "#d2a8ff", 6: "#76e3ea", 8: DIM}


def main(docs: pathlib.Path, program: str, check: bool) -> None:
    differ = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": f"{pathlib.Path(program).resolve().parent}:{os.environ['PATH']}",
            "HOME": folder,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "SOURCE_DATE_EPOCH": NOW,
            "COLUMNS": "80",
        }
        subprocess.run(["bash", docs.resolve() / "shop.sh"], cwd=folder, env=environment, check=True)
        for name, command in PICTURES.items():
            arguments = ["--offline", "--color", "always", *command.split()[1:]]
            run = subprocess.run(
                ["tidings", *arguments],
                cwd=f"{folder}/shop", env=environment, text=True, encoding="utf-8",
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )
            picture = rendered(shlex.join(command.split()), run.stdout)
            path = docs / name
            if check and (not path.exists() or path.read_text("utf-8") != picture):
                differ.append(name)
            elif not check:
                path.write_text(picture, "utf-8", newline="\n")
    if differ:
        sys.exit(f"pictures that differ from the output of the program: {', '.join(differ)}; run packaging/site/build --pictures")


def rendered(command: str, output: str) -> str:
    text = Text.assemble(("$ ", "dim"), (command, "bold"), "\n", Text.from_ansi(output.rstrip("\n")))
    lines = text.split("\n", allow_blank=True)
    width = round(max(cell_len(line.plain) for line in lines) * CELL + 2 * MARGIN)
    height = len(lines) * LINE + 2 * MARGIN
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
        f"<title>Output of {html.escape(command)}</title>",
        f'<rect width="{width}" height="{height}" rx="10" fill="{BACKGROUND}"/>',
        f'<g fill="{FOREGROUND}" font-family="{FONT}" font-size="{SIZE}">',
    ]
    console = Console(color_system="standard", force_terminal=True)
    for number, line in enumerate(lines):
        spans, column = "", 0
        for segment in line.render(console):
            # Each run of narrow or wide characters gets its place and length, so that the columns fit in any font.
            for _, run in itertools.groupby(segment.text, cell_len):
                run = "".join(run)
                x, length = MARGIN + column * CELL, cell_len(run) * CELL
                column += cell_len(run)
                # Browsers collapse other spaces.
                run = html.escape(run.replace(" ", "\u00a0"), quote=False)
                if run.strip() and segment.text != "\n":
                    spans += f'<tspan x="{x:.1f}" textLength="{length:.1f}"{attributes(segment.style)}>{run}</tspan>'
        svg += [f'<text y="{MARGIN + (number + 0.75) * LINE:.1f}">{spans}</text>'] if spans else []
    return "\n".join([*svg, "</g>", "</svg>", ""])


def attributes(style: Style | None) -> str:
    style = style or Style.null()
    colour = DIM if style.dim else COLOURS[style.color.number] if style.color and style.color.number else None
    fill = f' fill="{colour}"' if colour else ""
    return fill + ' font-weight="700"' * bool(style.bold) + ' text-decoration="underline"' * bool(style.underline)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2], "--check" in sys.argv[3:])
