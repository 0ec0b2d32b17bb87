"""The maps and structures that a project was made with: where they are, how to know them again, how to find them."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from difffit_core.errors import DiffFitError, ProjectError
from difffit_core.files.checksums import Checksum, checksum_of
from difffit_core.files.compression import COMPRESSION_SUFFIXES, name_without_suffixes

DEPTH = 2  # folders below the project's own that are searched
MOST_FILES = 5000  # looked at: a project in a home folder must not search a whole disk


@dataclass(frozen=True)
class SourceFile:
    """A file outside of the project."""

    relative: str | None  # from the project's folder, with forward slashes; None on another drive
    absolute: str
    checksum: Checksum

    @property
    def name(self) -> str:
        """The file's name without folder."""
        return PurePosixPath(self.absolute.replace("\\", "/")).name

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "relative": self.relative,
            "absolute": self.absolute,
            "bytes": self.checksum.size,
            "sha256": self.checksum.sha256,
        }

    @classmethod
    def of_dict(cls, plain: Mapping[str, Any]) -> "SourceFile":
        """What `as_dict` gave."""
        checksum = Checksum(int(plain["bytes"]), str(plain["sha256"]))
        return cls(plain["relative"], str(plain["absolute"]), checksum)


class MissingFilesError(ProjectError):
    """Files of a project are nowhere to be found; `files` says which, for a window that asks for them."""

    def __init__(self, files: tuple[SourceFile, ...]) -> None:
        shown = ", ".join(file.name for file in files)
        super().__init__(f"{shown} cannot be found; put the missing files beside the project, or say where they are.")
        self.files = files

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the files had."""
        return tuple(file.name for file in self.files)


@dataclass(frozen=True)
class Found:
    """Where a file is now, and what a person should know about that."""

    path: Path
    remark: str | None = None


def describe_source(path: Path, checksum: Checksum, folder: Path) -> SourceFile:
    """How a project in this folder refers to a file."""
    absolute = Path(os.path.abspath(path))
    try:
        relative = PurePosixPath(Path(os.path.relpath(absolute, os.path.abspath(folder))).as_posix()).as_posix()
    except ValueError:  # another drive of Windows
        relative = None
    return SourceFile(relative, absolute.as_posix(), checksum)


def find_source(source: SourceFile, folder: Path, named: Mapping[str, Path]) -> Found | None:
    """Where a file is now: named by the user, where it was, or elsewhere beside the project; None when it is gone.

    A file with the right content wins over one with the right name.
    """
    given = named.get(source.checksum.sha256) or named.get(source.name)
    if given is not None:
        return Found(Path(given), None if holds(source, Path(given)) else _changed(Path(given)))
    beside = [Path(os.path.abspath(folder / source.relative))] if source.relative else []
    expected = [*beside, Path(source.absolute)]
    for path in expected:
        if holds(source, path):
            return Found(path)
    for path in _likely(source, folder):
        if holds(source, path):
            return Found(path, f"{source.name} was found as {path.name} in {path.parent}.")
    for path in expected:
        if path.is_file():
            return Found(path, _changed(path))
    return None


def _changed(path: Path) -> str:
    return f"{path.name} is not the file it was when the project was saved; check what is shown."


def holds(source: SourceFile, path: Path) -> bool:
    """Whether this file has the source's content, compressed or not; reads it when its size allows that."""
    try:
        return path.is_file() and _can_be(source, path) and checksum_of(path) == source.checksum
    except (DiffFitError, OSError):
        return False


def _can_be(source: SourceFile, path: Path) -> bool:
    """Whether the size allows it, before anything is read; what is compressed may become any size."""
    size = path.stat().st_size
    return size == source.checksum.size or (size < source.checksum.size + 1024 and _is_compressed(path))


def _is_compressed(path: Path) -> bool:
    return path.suffix.lower() in COMPRESSION_SUFFIXES


def _likely(source: SourceFile, folder: Path) -> list[Path]:
    """Files beside the project, those of a like name first."""
    stem = name_without_suffixes(Path(source.name)).lower()
    files = islice(_files_below(folder, DEPTH), MOST_FILES)
    return sorted(files, key=lambda path: (name_without_suffixes(path).lower() != stem, path.as_posix()))


def _files_below(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    yield from (entry for entry in entries if entry.is_file() and not entry.name.startswith("."))
    if depth:
        for entry in _folders(entries):
            yield from _files_below(entry, depth - 1)


def _folders(entries: Iterable[Path]) -> Iterator[Path]:
    return (entry for entry in entries if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."))
