"""The zip that a project is, which may come from anywhere: nothing is unpacked but what can be true and is needed."""

import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import cast

import numpy as np
from numpy import ndarray

from difffit_core.errors import ProjectError
from difffit_core.files.limits import MOST_TEXT, memory_of_this_computer, read_at_most, within_memory

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DEFLATE = 1032  # no byte of deflated content becomes more
_ENCRYPTED = 1
_BLOCK = 1 << 22
# what zipfile, zlib, json, numpy and our own reading say of content that is not what it should be
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, tokenize.TokenError),
    *(KeyError, IndexError, ValueError, TypeError, AttributeError, OverflowError),
)


@contextmanager
def opened_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """A project's archive; ProjectError when it cannot be opened, or when reading it meets what no project holds."""
    try:
        with within_memory(path.name, ProjectError), zipfile.ZipFile(path) as archive:
            _require_sensible(path, archive)
            yield archive
    except FileNotFoundError as cause:
        raise ProjectError(f"{path} does not exist; check the path.") from cause
    except OSError as cause:
        raise ProjectError(f"{path} cannot be opened ({(cause.strerror or str(cause)).lower()}).") from cause
    except _DAMAGE as cause:
        raise ProjectError(
            f"{path.name} is not a complete DiffFit project; open an autosave or a copy of it."
        ) from cause


def _require_sensible(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse what was not packed as projects are, or would unpack to more than it can or this computer holds."""
    entries = archive.infolist()
    for entry in entries:
        most = entry.compress_size * (_DEFLATE if entry.compress_type == zipfile.ZIP_DEFLATED else 1)
        if entry.compress_type not in _METHODS or entry.flag_bits & _ENCRYPTED or entry.file_size > most:
            raise ProjectError(f"{path.name} is not packed as DiffFit packs projects; save it again with DiffFit.")
    if sum(entry.compress_size for entry in entries) > path.stat().st_size:
        raise ProjectError(f"{path.name} is damaged: its parts overlap; open an autosave or a copy of it.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > memory_of_this_computer():
        raise ProjectError(
            f"{path.name} unpacks to {unpacked / 1e9:,.0f} GB, more than the memory of this computer; "
            "open it on a larger one."
        )


def read_content(archive: zipfile.ZipFile, name: str) -> bytes:
    """An entry; ValueError when it is larger than any text or structure."""
    with archive.open(name) as stream:
        content = read_at_most(cast(BufferedIOBase, stream), MOST_TEXT)
    if content is None:
        raise ValueError(f"{name} is too large")
    return content


def read_array(archive: zipfile.ZipFile, name: str) -> ndarray:
    """Numbers in numpy's file format; ValueError for objects, and when the header promises what is not there."""
    entry = archive.getinfo(name)
    with cast(BufferedIOBase, archive.open(entry)) as stream:
        shape, fortran, kind = _array_header(stream)
        size = math.prod(shape) * kind.itemsize
        if kind.kind not in "iufb" or min(shape, default=1) < 0 or size != entry.file_size - stream.tell():
            raise ValueError(f"{name} is no complete table of numbers")
        content = np.empty(size, np.uint8)
        for begin in range(0, size, _BLOCK):
            part = content[begin : begin + _BLOCK]
            if stream.readinto(part.data) != len(part):
                raise EOFError(name)
    return content.view(kind).reshape(shape, order="F" if fortran else "C")


def _array_header(stream: BufferedIOBase) -> tuple[tuple[int, ...], bool, np.dtype]:
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("unknown version")
    return np.lib.format.read_array_header_1_0(stream)
