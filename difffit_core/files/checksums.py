"""What a file is, whatever it is called and however it is compressed."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from difffit_core.errors import DiffFitError
from difffit_core.files.compression import open_plain

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Checksum:
    """Size and SHA-256 of a file's uncompressed content."""

    size: int  # bytes
    sha256: str


def checksum_of(path: Path) -> Checksum:
    """Of the content without gzip or bzip2 compression; a sentence when the file cannot be read."""
    try:
        state = path.stat()
    except OSError as cause:
        raise DiffFitError(f"{path} cannot be read ({(cause.strerror or str(cause)).lower()}).") from cause
    return _checksum_of(path, state.st_size, state.st_mtime_ns)


def checksum_of_bytes(content: bytes) -> Checksum:
    """Of content that is uncompressed already."""
    return Checksum(len(content), hashlib.sha256(content).hexdigest())


@lru_cache(maxsize=256)  # a project is saved often, its maps change never; size and date tell when one did
def _checksum_of(path: Path, size: int, changed: int) -> Checksum:
    digest, length = hashlib.sha256(), 0
    with open_plain(path, DiffFitError) as (stream, _):
        while block := stream.read(_CHUNK):
            digest.update(block)
            length += len(block)
    return Checksum(length, digest.hexdigest())
