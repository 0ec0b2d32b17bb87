"""How much of a file from elsewhere is taken into memory: what it promises or unpacks to is never believed."""

import ctypes
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BufferedIOBase
from typing import Any

from difffit_core.errors import DiffFitError

MOST_TEXT = 1 << 30  # bytes, uncompressed, of a structure or a table: four times the largest entries of the PDB
_PIECE = 1 << 20
_USUAL_MEMORY = 16 << 30  # bytes, where the system does not say


def read_at_most(stream: BufferedIOBase, most: int) -> bytes | None:
    """What is left of a stream; None when that is more than so many bytes, of which no more are kept."""
    pieces: list[bytes] = []
    total = 0
    while piece := stream.read(_PIECE):
        total += len(piece)
        if total > most:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def parse_json(text: bytes) -> Any:
    """What a JSON text holds; ValueError for everything that is none, such as one nested deeper than any sensible.

    Halves of characters (lone surrogates) are refused: such text could be neither shown nor saved again.
    """
    try:
        content = json.loads(text)
        if b"\\u" in text:
            json.dumps(content, ensure_ascii=False).encode()
    except RecursionError as cause:
        raise ValueError("nested too deeply") from cause
    return content


@contextmanager
def within_memory(name: str, error: type[DiffFitError]) -> Iterator[None]:
    """A sentence about the file of this name when the memory ends."""
    try:
        yield
    except MemoryError as cause:
        raise error(
            f"{name} does not fit into the memory that is free; close other programs, or take a smaller part of it."
        ) from cause


@cache
def memory_of_this_computer() -> int:
    """Bytes, whether free or not."""
    if sys.platform == "win32":
        return _memory_of_windows()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return _USUAL_MEMORY


def _memory_of_windows() -> int:
    kilobytes = ctypes.c_ulonglong(0)
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - only there
    found = kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return kilobytes.value << 10 if found else _USUAL_MEMORY
