"""Selects a few small inputs that together reach the most code, from libFuzzer's coverage data (-set_cover_merge with
-merge_control_file).

    select.py CONTROL_FILE TARGET_FOLDER

libFuzzer's own -merge keeps every input with unique coverage, which is thousands; git should contain at most MOST inputs
of at most LARGEST bytes, and at most BYTES in total.
"""

import pathlib
import shutil
import sys

MOST, LARGEST, BYTES = 150, 4095, 200_000


def measured(control):
    """The inputs, each with the coverage points that it reaches."""
    lines = control.read_text().splitlines()
    count = int(lines[0])
    paths = [pathlib.Path(line) for line in lines[2 : 2 + count]]
    reached = {}
    for words in (line.split() for line in lines[2 + count :]):
        if words[0] == "FT":
            reached[paths[int(words[1])]] = {int(point) for point in words[2:]}
    return reached


def chosen(reached):
    """The inputs with the most new coverage for their size, greedily."""
    left = {path: points for path, points in sorted(reached.items()) if path.stat().st_size <= LARGEST}
    covered, total = set(), 0
    for _ in range(MOST):
        def gain(path):
            return len(left[path] - covered) / (1_500 + path.stat().st_size)

        best = max(left, key=gain, default=None)
        if best is None or gain(best) == 0 or total + best.stat().st_size > BYTES:
            return
        covered |= left.pop(best)
        total += best.stat().st_size
        yield best


target = pathlib.Path(sys.argv[2])
target.mkdir(parents=True)
for path in chosen(measured(pathlib.Path(sys.argv[1]))):
    shutil.copyfile(path, target / path.name[:16])
