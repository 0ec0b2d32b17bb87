"""Libraries in zip and tar archives, which may come from anywhere: nothing is trusted but content within limits."""

import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path, PurePosixPath
from typing import cast

from difffit_core.errors import DiffFitError
from difffit_core.files.atomic_write import atomic_write, check_output_folder
from difffit_core.files.compression import format_suffix
from difffit_core.files.kinds import STRUCTURE_SUFFIXES
from difffit_core.files.limits import read_at_most

MOST_PER_STRUCTURE = 256 << 20  # bytes, uncompressed: the largest entries of the PDB have as many
MOST_IN_ALL = 64 << 30  # bytes, uncompressed
MOST_MEMBERS = 1_000_000
_LONGEST_NAME = 120
_DAMAGED = (EOFError, OSError, ValueError, IndexError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError)
_ODD = re.compile(r"[^\w.+-]+", re.ASCII)

# the name of a regular file in an archive, its size as the archive says, and its content
Member = tuple[str, int, BufferedIOBase]


def is_archive(path: Path) -> bool:
    """Whether the content is a zip or tar archive, compressed or not."""
    try:
        return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
    except (EOFError, zlib.error, lzma.LZMAError):  # compressed, and damaged: whoever reads it will say so
        return False
    except OSError as cause:
        reason = (cause.strerror or str(cause)).lower()
        raise DiffFitError(f"{path} cannot be opened ({reason}); check its permissions.") from cause


def unpack(archive: Path, folder: Path) -> list[Path]:
    """Write the structures of an archive into a folder, and say where each of them is.

    Names are made of the members' letters and digits, so none can lead out of the folder; links are left out. Raises
    DiffFitError when the archive is damaged, encrypted, or larger than anything sensible.
    """
    check_output_folder(folder)
    written: dict[str, Path] = {}
    total = 0
    with _sentences(archive):
        for name, size, stream in _structures(archive):
            path = folder / _unused(_safe(name), written)
            total += _copy(archive, name, stream, path, size)
            if total > MOST_IN_ALL or len(written) >= MOST_MEMBERS:
                raise DiffFitError(f"{archive.name} holds more than can be a library; unpack it yourself.")
            written[path.name.casefold()] = path
    return list(written.values())


def _structures(archive: Path) -> Iterator[Member]:
    for name, size, stream in _zipped(archive) if zipfile.is_zipfile(archive) else _tarred(archive):
        parts = PurePosixPath(name.replace("\\", "/")).parts
        hidden = any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in parts)
        if parts and not hidden and format_suffix(Path(parts[-1])) in STRUCTURE_SUFFIXES:
            yield name, size, stream


def _zipped(archive: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                raise DiffFitError(f"{archive.name} is encrypted; unpack it yourself and name the folder.")
            with opened.open(info) as stream:
                yield info.filename, info.file_size, cast(BufferedIOBase, stream)


def _tarred(archive: Path) -> Iterator[Member]:
    with tarfile.open(archive, "r|*") as opened:
        for info in opened:
            stream = opened.extractfile(info) if info.isreg() else None
            if stream is not None:
                yield info.name, info.size, cast(BufferedIOBase, stream)


@contextmanager
def _sentences(archive: Path) -> Iterator[None]:
    try:
        yield
    except (*_DAMAGED, NotImplementedError) as cause:
        raise DiffFitError(f"{archive.name} is damaged or packed in an unknown way; unpack it yourself.") from cause


def _copy(archive: Path, name: str, stream: BufferedIOBase, path: Path, size: int) -> int:
    """Write one member and say how many bytes that were; what an archive says of sizes need not be true."""
    if path.exists() and path.stat().st_size == size:  # an earlier run has unpacked it
        return size
    content = read_at_most(stream, MOST_PER_STRUCTURE)
    if content is None:
        most = MOST_PER_STRUCTURE >> 20
        raise DiffFitError(f"{name} in {archive.name} is larger than {most} MB; unpack it yourself.")
    with atomic_write(path) as out:
        out.write(content)
    return len(content)


def _safe(name: str) -> str:
    """Letters, digits, dot, dash, plus and underscore of a member's last name; the end of it, where the suffix is."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return _ODD.sub("_", last)[-_LONGEST_NAME:].lstrip(".")


def _unused(name: str, taken: dict[str, Path]) -> str:
    count, candidate = 1, name
    while candidate.casefold() in taken:
        count += 1
        stem, dot, suffix = name.partition(".")
        candidate = f"{stem}-{count}{dot}{suffix}"
    return candidate
