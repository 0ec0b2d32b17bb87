"""Real data that come with the program, with placements that are known to be right."""

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.errors import DiffFitError

_DESCRIPTION = "sample.json"


@dataclass(frozen=True)
class SampleStructure:
    """A structure of a sample, far from its place, and where it belongs."""

    path: Path
    title: str
    pdb: str  # entry it comes from
    copies: int  # how many of the true placements a search must find
    rmsd: float  # Å, how close the best placement must come to one of them
    map_from_model: Float64[ndarray, "copy 3 4"]  # the true placements, all equally right


@dataclass(frozen=True)
class Sample:
    """A map, structures that belong into it, and what is known about them."""

    name: str
    title: str
    about: str
    licence: str
    citation: str
    map_path: Path
    emdb: str
    resolution: float  # Å
    contour_level: float  # map units, as recommended by the depositors
    structures: tuple[SampleStructure, ...]

    def structure(self, name: str) -> SampleStructure:
        """The structure whose file has this name without suffix."""
        for candidate in self.structures:
            if candidate.path.stem == name:
                return candidate
        names = ", ".join(s.path.stem for s in self.structures)
        raise DiffFitError(f"The sample {self.name} has no structure {name}; it has {names}.")


def sample_names() -> tuple[str, ...]:
    """Names of the samples that are there."""
    return tuple(sorted(entry.parent.name for entry in _folder().glob(f"*/{_DESCRIPTION}")))


def load_sample(name: str = "haemoglobin") -> Sample:
    """The sample of this name: paths and facts; nothing large is read."""
    folder = _folder() / name
    if name not in sample_names():
        there = ", ".join(sample_names()) or "none; install DiffFit again"
        raise DiffFitError(f"There is no sample {name}; there is {there}.")
    facts = json.loads((folder / _DESCRIPTION).read_text("utf-8"))
    return Sample(
        **{key: facts[key] for key in ("name", "title", "about", "licence", "citation")},
        map_path=folder / facts["map"]["file"],
        **{key: facts["map"][key] for key in ("emdb", "resolution", "contour_level")},
        structures=tuple(_structure(folder, entry) for entry in facts["structures"]),
    )


def _structure(folder: Path, entry: dict[str, Any]) -> SampleStructure:
    return SampleStructure(
        path=folder / entry["file"],
        map_from_model=np.array(entry["truth"], dtype=np.float64),
        **{key: entry[key] for key in ("title", "pdb", "copies", "rmsd")},
    )


def _folder() -> Path:
    return Path(str(files("resources"))) / "samples"
