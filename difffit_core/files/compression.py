"""Reading files that may be compressed: the content decides, not the suffix."""

import bz2
import gzip
import stat
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import BufferedIOBase
from pathlib import Path
from typing import BinaryIO, cast

from difffit_core.errors import DiffFitError
from difffit_core.files.limits import within_memory

COMPRESSION_SUFFIXES = (".gz", ".bz2", ".z")
_UNREADABLE = {
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"PK\x03\x04": "zip",
    b"\x1f\x9d": "compress (.Z)",
}
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, OSError)  # bz2 says OSError("Invalid data stream")


@contextmanager
def open_plain(path: Path, error: type[DiffFitError]) -> Iterator[tuple[BufferedIOBase, int | None]]:
    """The uncompressed content as a stream, and its size in bytes, None when only reading to the end would tell.

    Everything that goes wrong while reading becomes one sentence of type `error`.
    """
    with _opened(path, error) as raw, within_memory(path.name, error):
        try:
            yield _uncompressed(path, raw, error)
        except _DAMAGED as cause:
            raise error(
                f"{path.name} cannot be read to its end, it is damaged or incomplete; download or copy it again."
            ) from cause


def _opened(path: Path, error: type[DiffFitError]) -> BufferedIOBase:
    require_plain_file(path, error)
    try:
        return open(path, "rb")
    except FileNotFoundError as cause:
        raise error(f"{path} does not exist; check the path.") from cause
    except OSError as cause:
        if path.is_dir():
            raise error(f"{path} is a folder; name a file in it.") from cause
        reason = (cause.strerror or str(cause)).lower()
        raise error(f"{path} cannot be opened ({reason}); check its name and permissions.") from cause


def require_plain_file(path: Path, error: type[DiffFitError]) -> None:
    """A sentence for pipes and devices, which would be read for ever; whatever else is wrong, opening it will tell."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise error(f"{path} is a pipe or a device, not a file; name a file.")


def _uncompressed(path: Path, raw: BufferedIOBase, error: type[DiffFitError]) -> tuple[BufferedIOBase, int | None]:
    magic = raw.read(6)
    size = raw.seek(0, 2)
    raw.seek(0)
    for signature, name in _UNREADABLE.items():
        if magic.startswith(signature):
            raise error(
                f"{path.name} is compressed with {name}; unpack it first (gzip and bzip2 are read as they are)."
            )
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=raw), None
    if magic.startswith(b"BZh"):
        return bz2.BZ2File(raw), None
    return raw, size


def compressing(path: Path, stream: BinaryIO) -> AbstractContextManager[BinaryIO]:
    """A stream into `stream` that compresses when the file's name ends in .gz or .bz2."""
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return cast(BinaryIO, gzip.GzipFile("", "wb", 4, stream, mtime=0))  # no date: same content, same bytes
    return cast(BinaryIO, bz2.BZ2File(stream, "wb")) if suffix == ".bz2" else nullcontext(stream)


def name_without_suffixes(path: Path) -> str:
    """The file's name without compression suffix and without its own, e.g. `A` for `A.pdb.gz`."""
    return _without_compression(path).stem


def format_suffix(path: Path) -> str:
    """The file's own suffix in lower case, compression left out, e.g. `.pdb` for `A.PDB.gz`."""
    return _without_compression(path).suffix.lower()


def _without_compression(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() in COMPRESSION_SUFFIXES else path
