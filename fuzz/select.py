"""Chooses from what libFuzzer measured (-set_cover_merge with -merge_control_file) a few small inputs that together reach the most code.

    select.py CONTROL_FILE TARGET_FOLDER

libFuzzer's own -merge keeps every input that reaches something alone, which is thousands; in git belong no more than MOST
of at most LARGEST bytes, and BYTES in all.
"""

import pathlib
import shutil
import sys

MOST, LARGEST, BYTES = 150, 4095, 200_000


def measured(control):
    """The inputs with what each reaches."""
    lines = control.read_text().splitlines()
    count = int(lines[0])
    paths = [pathlib.Path(line) for line in lines[2 : 2 + count]]
    reached = {}
    for words in (line.split() for line in lines[2 + count :]):
        if words[0] == "FT":
            reached[paths[int(words[1])]] = {int(place) for place in words[2:]}
    return reached


def chosen(reached):
    """The inputs that reach the most, for their size, of what those before them do not."""
    left = {path: places for path, places in sorted(reached.items()) if path.stat().st_size <= LARGEST}
    known, total = set(), 0
    for _ in range(MOST):
        def gain(path):
            return len(left[path] - known) / (1_500 + path.stat().st_size)

        best = max(left, key=gain, default=None)
        if best is None or gain(best) == 0 or total + best.stat().st_size > BYTES:
            return
        known |= left.pop(best)
        total += best.stat().st_size
        yield best


target = pathlib.Path(sys.argv[2])
target.mkdir(parents=True)
for path in chosen(measured(pathlib.Path(sys.argv[1]))):
    shutil.copyfile(path, target / path.name[:16])
