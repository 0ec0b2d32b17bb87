"""A folder of models as a library that is worth scanning: parts that are rigid, of a sensible size, each once."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from difffit_core.errors import DiffFitError
from difffit_core.events import Job, StageAdvanced, StageStarted
from difffit_core.files.atomic_write import atomic_write, check_output_folder
from difffit_core.files.checksums import checksum_of
from difffit_core.files.descriptions import pae_beside
from difffit_core.files.duplicates import find_duplicates, same_shape
from difffit_core.files.structure_files import read_structure
from difffit_core.scan.library import TABLE, Source, list_library
from difffit_core.scan.library_parts import Entry, Preparing, make_entries

SCHEMA = "difffit/library/1"
MADE = ".made.json"  # what was made of which content, so that nothing is made twice
SPARE = ".duplicates"  # where the files of duplicates lie: a scan does not look into hidden folders

Made = dict[str, list[Entry]]  # by the checksums of model and predicted errors


def prepare_library(models: Sequence[Source], folder: Path, how: Preparing) -> Job[tuple[Entry, ...]]:
    """Make the candidates of all models and write `library.csv`; what was left out is there, too, with the reason.

    Models that this folder's candidates were made of before, with the same settings, are not read again. Raises
    DiffFitError when the folder holds structures that are not of a library.
    """
    _open(folder)
    earlier, made = _read_made(folder, how), Made()
    entries: list[Entry] = []
    yield StageStarted("prepare library", len(models))
    try:
        for n, source in enumerate(models, 1):
            key = _key(source)
            made[key] = found = _again(earlier.get(key), folder) or _entries(source, folder, how)
            entries += found
            yield StageAdvanced(n)
    finally:
        _write_made(folder, how, {**earlier, **made})
    entries = yield from _without_duplicates(entries, folder, how)
    _write_table(folder, entries)
    _clear(folder, entries)
    return tuple(entries)


def _open(folder: Path) -> None:
    check_output_folder(folder)
    check_output_folder(folder / SPARE)
    strangers = not (folder / MADE).exists() and _structures(folder)
    if strangers:
        raise DiffFitError(f"{folder} holds structures already ({strangers[0].name}); choose another output folder.")


def _structures(folder: Path) -> list[Path]:
    try:
        return [source.path for source in list_library(folder, folder)]
    except DiffFitError:  # none
        return []


def _key(source: Source) -> str:
    """The same for the same content under the same name."""
    try:
        errors = pae_beside(source.path)
        parts = [source.name, checksum_of(source.path).sha256, checksum_of(errors).sha256 if errors else ""]
        return " ".join(parts)
    except DiffFitError:  # why, reading it will say
        return f"{source.name} unreadable"


def _entries(source: Source, folder: Path, how: Preparing) -> list[Entry]:
    try:
        return make_entries(source, folder, how)
    except DiffFitError as error:
        return [Entry("", "", 0, 0, source.path.name, "", "", str(error))]


def _again(entries: list[Entry] | None, folder: Path) -> list[Entry] | None:
    """What was made before, with its files where they were first; None when one has gone or it could not be read."""
    if not entries or any(not entry.file for entry in entries):
        return None
    for entry in entries:
        spare, place = folder / SPARE / entry.file, folder / entry.file
        if not entry.reason and not place.exists():
            if not spare.exists():
                return None
            spare.replace(place)
    return entries


def _without_duplicates(entries: list[Entry], folder: Path, how: Preparing) -> Job[list[Entry]]:
    """The entries, those that are like others with that as the reason and their files out of the way."""
    kept = [k for k, entry in enumerate(entries) if not entry.reason]

    def alike(one: int, other: int) -> bool:
        first, second = (read_structure(folder / entries[kept[k]].file) for k in (one, other))
        return same_shape(first, second)

    found = yield from find_duplicates([entries[k].sequence for k in kept], how.identity, alike)
    result = list(entries)
    for k, duplicate in found.items():
        entry, of = entries[kept[k]], entries[kept[duplicate.of]]
        (folder / entry.file).replace(folder / SPARE / entry.file)
        result[kept[k]] = replace(entry, reason=f"The same as {of.file} ({duplicate.identity:.0f} % identical).")
    return result


def _write_table(folder: Path, entries: Sequence[Entry]) -> None:
    """One line per candidate, then what was left out, without a file."""
    names = [field.name for field in fields(Entry) if field.name != "sequence"]
    text = io.StringIO()
    table = csv.DictWriter(text, names, lineterminator="\n", extrasaction="ignore")
    table.writeheader()
    for entry in sorted(entries, key=lambda entry: bool(entry.reason)):
        table.writerow({**asdict(entry), "file": "" if entry.reason else entry.file})
    with atomic_write(folder / TABLE) as stream:
        stream.write(text.getvalue().encode())


def _clear(folder: Path, entries: Sequence[Entry]) -> None:
    """Remove the files of models that are no longer there."""
    mine = {entry.file for entry in entries}
    for path in [*_structures(folder), *(folder / SPARE).iterdir()]:
        if path.name not in mine:
            path.unlink()


def _read_made(folder: Path, how: Preparing) -> Made:
    """What earlier runs with the same settings have made; nothing when there were none."""
    try:
        content = json.loads((folder / MADE).read_bytes())
        if content["schema"] != SCHEMA or content["settings"] != _settings(how):
            return {}
        return {key: [Entry(**entry) for entry in entries] for key, entries in content["made"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write_made(folder: Path, how: Preparing, made: Made) -> None:
    entries = {key: [asdict(entry) for entry in found] for key, found in made.items()}
    content = {"schema": SCHEMA, "settings": _settings(how), "made": entries}
    with atomic_write(folder / MADE) as stream:
        stream.write(json.dumps(content).encode())


def _settings(how: Preparing) -> dict[str, Any]:
    """What the parts depend on; which of them are duplicates is found out every time."""
    return {name: value for name, value in asdict(how).items() if name != "identity"}
