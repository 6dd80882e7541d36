"""Writes a .tar.gz or .zip of files, with the same bytes for the same files on every machine.

usage: archive.py ARCHIVE SECONDS FILE...

The files are in one folder, named like the archive. SECONDS since 1970 are the time of each file.
"""

import gzip
import io
import pathlib
import sys
import tarfile
import time
import zipfile


def main() -> None:
    target, seconds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    files = sorted(map(pathlib.Path, sys.argv[3:]), key=lambda file: file.name)
    folder = target.name.removesuffix(".zip").removesuffix(".tar.gz")
    entries = [(f"{folder}/{file.name}", file.read_bytes(), is_program(file)) for file in files]
    data = zipped(entries, seconds) if target.suffix == ".zip" else tarred(entries, seconds)
    target.write_bytes(data)


def is_program(file: pathlib.Path) -> bool:
    return file.name in ("tidings", "tidings.exe")


def tarred(entries: list[tuple[str, bytes, bool]], seconds: int) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content, program in entries:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(content), seconds, 0o755 if program else 0o644
            archive.addfile(entry, io.BytesIO(content))
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=seconds) as stream:
        stream.write(plain.getvalue())
    return packed.getvalue()


def zipped(entries: list[tuple[str, bytes, bool]], seconds: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, program in entries:
            entry = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
            entry.create_system = 3
            entry.external_attr = (0o755 if program else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


if __name__ == "__main__":
    main()
