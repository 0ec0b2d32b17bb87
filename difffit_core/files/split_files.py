"""Writing the parts of a model, or the segments of a map, with a table of what they are."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from difffit_core.data.segments import Segmentation
from difffit_core.errors import StructureFileError
from difffit_core.files.atomic_write import atomic_write, check_output_folder
from difffit_core.files.map_files import write_volume
from difffit_core.files.map_header import MapHeader
from difffit_core.files.split_structure import Split

SCHEMA = "difffit/split/1"


def write_split(folder: Path | str, split: Split, source: Path) -> dict[str, Any]:
    """Write every part as mmCIF with its metadata and, last, `split.json`; returns what that says."""
    folder = check_output_folder(folder)
    for part in split.parts:
        with atomic_write(folder / part.structure.name, StructureFileError) as stream:
            stream.write(part.structure.source.content)
    return _write_table(folder, split_as_dict(split, source))


def write_segmentation(
    folder: Path | str, segmentation: Segmentation, source: Path, *, like: MapHeader | None = None
) -> dict[str, Any]:
    """Write the labels as `segments.mrc` and, last, `split.json`; returns what that says."""
    folder = check_output_folder(folder)
    write_volume(folder / "segments.mrc", segmentation.labels, like=like)
    return _write_table(folder, segmentation_as_dict(segmentation, source))


def split_as_dict(split: Split, source: Path) -> dict[str, Any]:
    """Plain values for `split.json`."""
    parts = [
        {
            "file": part.structure.name,
            "residues": part.residues,
            "atoms": len(part.structure),
            "copies": len(part.copies),
            "chains": list(part.copies),
            "rmsd": [round(value, 3) for value in part.rmsd],
        }
        for part in split.parts
    ]
    return {**_head(source), "parts": parts, "left_out": list(split.left_out)}


def segmentation_as_dict(segmentation: Segmentation, source: Path) -> dict[str, Any]:
    """Plain values for `split.json`."""
    segments = [asdict(segment) for segment in segmentation.segments]
    return {**_head(source), "file": "segments.mrc", "contour_level": segmentation.level, "segments": segments}


def _head(source: Path) -> dict[str, Any]:
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return {"schema": SCHEMA, "version": version("difffit"), "created": created, "path": str(source)}


def _write_table(folder: Path, content: Mapping[str, Any]) -> dict[str, Any]:
    with atomic_write(folder / "split.json") as stream:
        stream.write(json.dumps(content, indent=1, ensure_ascii=False).encode())
    return dict(content)
