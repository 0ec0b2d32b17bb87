"""Cases with known placements, as the bundled samples and larger collections list them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.errors import DiffFitError
from difffit_core.files.samples import Sample, load_sample, sample_names


@dataclass(frozen=True)
class Case:
    """One structure in one map, and where it is known to be."""

    name: str
    group: str  # "develop", "extended", …: what `--set` chooses by
    map: Path
    structure: Path
    chains: tuple[str, ...]  # of the structure; empty: all
    resolution: float  # Å
    truth: Float64[ndarray, "place 3 4"]  # map_from_model of the structure file's coordinates
    rmsd: float  # Å: how close the first-ranked placement must come
    copies: int  # how many of the true places must be among the clusters
    options: tuple[str, ...] = ()  # further ones for `difffit fit`
    level: float | None = None  # contour level (map units) for programs that cannot suggest one


def case_from_json(entry: dict[str, Any], folder: Path) -> Case:
    """A case of one entry; its paths are relative to the folder of the list."""
    return Case(
        name=entry["name"],
        group=entry.get("set", ""),
        map=folder / entry["map"],
        structure=folder / entry["structure"],
        chains=tuple(entry.get("chains") or ()),
        resolution=float(entry["resolution"]),
        truth=np.array(entry["truth"], dtype=np.float64).reshape(-1, 3, 4),
        rmsd=float(entry["rmsd"]),
        copies=int(entry.get("copies", 1)),
        options=tuple(entry.get("options", ())),
        level=entry.get("level"),
    )


def read_cases(file: Path) -> list[Case]:
    """The cases under "fit" in a list of cases; DiffFitError when the file is not such a list."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["fit"]
        return [case_from_json(entry, file.parent) for entry in entries]
    except OSError as cause:
        raise DiffFitError(f"{file} cannot be read: {cause.strerror}.") from cause
    except (KeyError, TypeError, ValueError) as cause:
        raise DiffFitError(
            f'{file.name} is not a list of cases: each entry under "fit" needs name, map, structure, resolution, '
            "truth and rmsd."
        ) from cause


def bundled_cases() -> list[Case]:
    """One case for each structure of each sample that comes with the program."""
    return [case for name in sample_names() for case in cases_of_sample(load_sample(name))]


def cases_of_sample(sample: Sample) -> list[Case]:
    """One case for each structure of a sample."""
    return [
        Case(
            name=f"{sample.name}-{structure.path.stem}",
            group="bundled",
            map=sample.map_path,
            structure=structure.path,
            chains=(),
            resolution=sample.resolution,
            truth=structure.map_from_model,
            rmsd=structure.rmsd,
            copies=structure.copies,
            level=sample.contour_level,
        )
        for structure in sample.structures
    ]


def choose(cases: Sequence[Case], group: str | None, names: Sequence[str]) -> list[Case]:
    """Those of a group and with one of the names; no names: all."""
    return [c for c in cases if (group is None or c.group == group) and (not names or c.name in names)]
