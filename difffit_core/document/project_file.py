"""The `.difffit` project: a zip of `session.json`, `commands.jsonl`, `arrays/*.npy` and what was embedded.

Maps and structures stay where they are, known by path and checksum, unless they are embedded. A project is replaced in
one step: whatever happens while it is saved, the old or the new one is there.
"""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray

from difffit_core.data.structure import Structure, StructureSource
from difffit_core.data.volume import Volume
from difffit_core.document.commands import Command
from difffit_core.document.plain import array_name, from_plain, to_plain
from difffit_core.document.project_archive import opened_archive, read_array, read_content
from difffit_core.document.project_checks import require_usable, require_usable_volume
from difffit_core.document.project_sources import MissingFilesError, SourceFile, describe_source, find_source
from difffit_core.document.session import Session
from difffit_core.errors import DiffFitError, ProjectError
from difffit_core.events import Job, StageAdvanced, StageStarted, run
from difffit_core.files.atomic_write import atomic_write
from difffit_core.files.checksums import Checksum, checksum_of, checksum_of_bytes
from difffit_core.files.limits import parse_json
from difffit_core.files.map_files import read_volume
from difffit_core.files.structure_files import structure_of_source
from difffit_core.files.structure_parsing import load_source, uncompressed

FORMAT = 1
SUFFIX = ".difffit"
# from a format to the next one: what `session.json` held then, as the next format would have written it
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}

_DATE = (1980, 1, 1, 0, 0, 0)  # same content, same bytes
_BLOCK = 1 << 22  # bytes between two events: 40 ms of compressing
_Content = dict[str, Any]


@dataclass(frozen=True)
class OpenedProject:
    """A session from a file, what a person should know about it (sentences), and how it came to be."""

    session: Session
    warnings: tuple[str, ...]
    commands: tuple[str, ...]  # a line of JSON each, oldest first: hand them on when saving
    autosave_of: Path | None  # the project that this is an autosave of
    embedded: bool  # maps and structures were saved into it


def command_line(command: Command) -> str:
    """A command as a line of `commands.jsonl`: large arrays by the name of their content, files by theirs."""
    plain = to_plain(command, array_name, lambda source: source.name if isinstance(source, Structure) else "")
    return json.dumps({"label": command.label, **plain}, ensure_ascii=False)


def save_project(
    path: Path | str,
    session: Session,
    *,
    commands: Sequence[str] = (),
    embed: bool = False,
    autosave_of: Path | None = None,
) -> None:
    """Write a project; with `embed` maps and structures go into it, as those do whose files have gone."""
    run(saving(path, session, commands=commands, embed=embed, autosave_of=autosave_of))


def saving(
    path: Path | str,
    session: Session,
    *,
    commands: Sequence[str] = (),
    embed: bool = False,
    autosave_of: Path | None = None,
) -> Job[None]:
    """`save_project` as a job; closed before its end, it leaves the file as it was."""
    path = Path(path)
    writer = _Writer(path.resolve().parent, embed)
    content = {
        "format": FORMAT,
        "version": version("difffit"),
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "autosave_of": str(autosave_of) if autosave_of else None,
        "embedded": embed,
        "session": to_plain(session, writer.keep, writer.refer),
        "files": writer.describe(session),
    }
    writer.contents["session.json"] = json.dumps(content, indent=1, ensure_ascii=False).encode()
    writer.contents["commands.jsonl"] = "".join(f"{line}\n" for line in commands).encode()
    with (
        atomic_write(path, ProjectError) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        yield StageStarted("save", writer.blocks)
        for step, _ in enumerate(writer.write_into(archive), 1):
            yield StageAdvanced(step)


def open_project(path: Path | str, *, named: Mapping[str, Path] | None = None) -> OpenedProject:
    """The project in a file; `named` says where files are that cannot be found, by their names or SHA-256 checksums.

    Raises MissingFilesError when more must be named.
    """
    return run(opening(path, named=named))


def opening(path: Path | str, *, named: Mapping[str, Path] | None = None) -> Job[OpenedProject]:
    """`open_project` as a job, file by file."""
    path = Path(path)
    with opened_archive(path) as archive:
        return (yield from _read(path, archive, named or {}))


def _read(path: Path, archive: zipfile.ZipFile, named: Mapping[str, Path]) -> Job[OpenedProject]:
    content = _migrated(path, parse_json(read_content(archive, "session.json")))
    reader = _Reader(archive, path.resolve().parent, named)
    files = yield from reader.files(content["files"])
    session = from_plain(content["session"], reader.array, files)
    if not isinstance(session, Session):
        raise ValueError("no session")
    require_usable(session)
    maps = tuple(replace(item, path=reader.found.get(id(item.base), item.path)) for item in session.maps)
    lines = read_content(archive, "commands.jsonl").decode().splitlines()
    project = content.get("autosave_of")
    return OpenedProject(
        replace(session, maps=maps),
        tuple(reader.warnings),
        tuple(lines),
        Path(project) if project else None,
        content.get("embedded", False) is True,
    )


def _migrated(path: Path, content: _Content) -> _Content:
    """What the present format would hold; a sentence for a newer one."""
    found = content["format"]
    if not isinstance(found, int) or found > FORMAT:
        raise ProjectError(
            f"{path.name} was saved by a newer DiffFit ({content.get('version', '?')}); update DiffFit to open it."
        )
    while found < FORMAT:
        if found not in MIGRATIONS:
            raise ProjectError(f"{path.name} has the format {found}, which this DiffFit no longer reads.")
        content = MIGRATIONS[found](content)
        found += 1
    return content


def _holds(path: Path, checksum: Checksum) -> bool:
    """Whether a file is (still) there with this content."""
    try:
        return checksum_of(path) == checksum
    except DiffFitError:
        return False


@dataclass
class _Writer:
    """What an archive will hold: arrays once each, maps and structures by the objects that they are."""

    folder: Path
    embed: bool
    arrays: dict[str, ndarray] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)  # by name in the archive
    names: dict[int, str] = field(default_factory=dict)  # by id of a volume or structure

    @property
    def blocks(self) -> int:
        """How many `write_into` yields."""
        return len(self.contents) + sum(-(-array.nbytes // _BLOCK) for array in self.arrays.values())

    def write_into(self, archive: zipfile.ZipFile) -> Iterator[None]:
        """Write everything, block by block."""
        for name, array in self.arrays.items():
            with archive.open(_entry(f"arrays/{name}.npy", array.nbytes), "w") as stream:
                header = np.lib.format.header_data_from_array_1_0(array)
                np.lib.format.write_array_header_1_0(stream, header)
                data = array.reshape(-1).view(np.uint8)
                for begin in range(0, array.nbytes, _BLOCK):
                    stream.write(data[begin : begin + _BLOCK].data)
                    yield
        for name, content in self.contents.items():
            archive.writestr(_entry(name, len(content)), content)
            yield

    def keep(self, array: ndarray) -> str:
        name = array_name(array)
        self.arrays.setdefault(name, np.ascontiguousarray(array))
        return name

    def refer(self, source: Volume | Structure) -> str:
        kind = "map" if isinstance(source, Volume) else "structure"
        return self.names.setdefault(id(source), f"{kind}{len(self.names) + 1}")

    def describe(self, session: Session) -> _Content:
        """Every file that was referred to, by its name in the session."""
        maps = {self.names[id(item.base)]: self._map(item.path, item.base) for item in session.maps}
        structures = {self.names[id(item.structure)]: self._structure(item.structure) for item in session.structures}
        return {**maps, **structures}

    def _map(self, path: Path, volume: Volume) -> _Content:
        place = {"kind": "map", "origin_xyz": volume.origin_xyz.tolist()}
        try:
            if not self.embed:
                return {**place, **describe_source(path, checksum_of(path), self.folder).as_dict()}
        except DiffFitError:  # the file has gone while its map is open: the project must not be lost with it
            pass
        embedded = {"data": self.keep(volume.data), "voxel_size_xyz": volume.voxel_size_xyz.tolist()}
        return {**place, "name": path.name, "embedded": embedded}

    def _structure(self, structure: Structure) -> _Content:
        source = structure.source
        place = {"kind": "structure", "chains": source.chains}
        checksum = checksum_of_bytes(uncompressed(source))
        if not self.embed and _holds(source.path, checksum):
            return {**place, **describe_source(source.path, checksum, self.folder).as_dict()}
        name = f"files/{self.names[id(structure)]}"
        self.contents[name] = source.content
        return {**place, "name": source.path.name, "embedded": name}


def _entry(name: str, size: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type, entry.external_attr, entry.file_size = zipfile.ZIP_DEFLATED, 0o644 << 16, size
    return entry


@dataclass
class _Reader:
    """An open archive: arrays are read once each, files where they are found."""

    archive: zipfile.ZipFile
    folder: Path
    named: Mapping[str, Path]
    warnings: list[str] = field(default_factory=list)
    arrays: dict[str, ndarray] = field(default_factory=dict)
    found: dict[int, Path] = field(default_factory=dict)  # where maps were read from, by their id

    def array(self, name: str) -> ndarray:
        if name not in self.arrays:
            self.arrays[name] = read_array(self.archive, f"arrays/{name}.npy")
        return self.arrays[name]

    def files(self, described: _Content) -> Job[dict[str, Volume | Structure]]:
        """Every map and structure; all that are missing are named at once."""
        yield StageStarted("open", len(described))
        sources = {key: SourceFile.of_dict(entry) for key, entry in described.items() if "embedded" not in entry}
        places = {key: find_source(source, self.folder, self.named) for key, source in sources.items()}
        missing = [sources[key] for key, place in places.items() if place is None]
        if missing:
            raise MissingFilesError(tuple(dict.fromkeys(missing)))
        self.warnings += [place.remark for place in places.values() if place is not None and place.remark]
        paths = {key: place.path for key, place in places.items() if place is not None}
        files: dict[str, Volume | Structure] = {}
        for key, entry in described.items():
            files[key] = self._file(entry, paths.get(key))
            yield StageAdvanced(len(files))
        return files

    def _file(self, entry: _Content, path: Path | None) -> Volume | Structure:
        if entry["kind"] == "map":
            origin = np.array(entry["origin_xyz"], dtype=np.float64)
            if path is not None:
                volume = read_volume(path, origin_xyz=origin)
                self.found[id(volume)] = path
                return volume
            embedded = entry["embedded"]
            volume = Volume(self.array(embedded["data"]), np.array(embedded["voxel_size_xyz"], np.float64), origin)
            require_usable_volume(volume)
            return volume
        chains = None if entry["chains"] is None else tuple(entry["chains"])
        if path is not None:
            return structure_of_source(load_source(path, chains))
        return structure_of_source(
            StructureSource(Path(entry["name"]), read_content(self.archive, entry["embedded"]), chains)
        )
