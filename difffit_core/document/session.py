"""Everything that a project holds, as one frozen value; arrays are referenced, never copied or compared."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar
from uuid import uuid4

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.results import Cluster, FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.settings import FitSettings

Colour = tuple[float, float, float]  # red, green, blue, 0 to 1


@dataclass(frozen=True)
class MapItem:
    """An opened map and how it is drawn; `colour` None means the theme's own."""

    key: str
    path: Path
    volume: Volume = field(compare=False, repr=False)
    contour_level: float  # map units
    suggested_level: float  # map units
    suggested_resolution: float  # Å
    colour: Colour | None = None
    opacity: float = 0.35
    visible: bool = True
    style: str = "surface"  # or "mesh"
    dust: float = -1.0  # Å: islands of the surface shorter than this are hidden; negative: the automatic size
    full_detail: bool = False  # every voxel, however large the map is

    @property
    def name(self) -> str:
        """The file's name without folder."""
        return self.path.name


@dataclass(frozen=True)
class ClusterId:
    """One cluster of one fit."""

    fit: str
    index: int


@dataclass(frozen=True)
class StructureItem:
    """An opened structure, how it is drawn, and the cluster it stands in (None: where its file puts it)."""

    key: str
    structure: Structure = field(compare=False, repr=False)
    colour: Colour
    visible: bool = True
    representation: str = "cartoon"  # or "tube", "sticks", "spheres"
    colour_by: str = "uniform"  # or "chain", "element", "b_factor", "plddt"
    placed_by: ClusterId | None = None

    @property
    def path(self) -> Path:
        """The file the structure came from."""
        return self.structure.source.path

    @property
    def name(self) -> str:
        """The file's name without folder."""
        return self.structure.name


@dataclass(frozen=True)
class FitItem:
    """A finished fit of one structure in one map."""

    key: str
    map: str
    structure: str
    settings: FitSettings
    result: FitResult = field(compare=False, repr=False)


@dataclass(frozen=True)
class Session:
    """Maps, structures and fits in the order in which they came."""

    maps: tuple[MapItem, ...] = ()
    structures: tuple[StructureItem, ...] = ()
    fits: tuple[FitItem, ...] = ()

    def find_map(self, key: str | None) -> MapItem | None:
        """The map with this key, if it is (still) there."""
        return _find(self.maps, key)

    def find_structure(self, key: str | None) -> StructureItem | None:
        """The structure with this key, if it is (still) there."""
        return _find(self.structures, key)

    def find_fit(self, key: str | None) -> FitItem | None:
        """The fit with this key, if it is (still) there."""
        return _find(self.fits, key)

    def find_cluster(self, chosen: ClusterId | None) -> Cluster | None:
        """The cluster that `chosen` names, if it is (still) there."""
        fit = self.find_fit(chosen.fit) if chosen else None
        if fit is None or chosen is None or not 0 <= chosen.index < len(fit.result.clusters):
            return None
        return fit.result.clusters[chosen.index]

    def map_from_model(self, structure: StructureItem) -> Float64[ndarray, "3 4"] | None:
        """Takes the file's coordinates (Å) to where the structure stands; None when it has not been placed."""
        fit = self.find_fit(structure.placed_by.fit) if structure.placed_by else None
        if fit is None or structure.placed_by is None:
            return None
        return fit.result.map_from_model(structure.placed_by.index)

    def standing(self, structure: StructureItem) -> Float64[ndarray, "3 4"]:
        """Takes the file's coordinates (Å) to where the structure stands: its cluster, else where its file puts it."""
        placed = self.map_from_model(structure)
        return np.eye(3, 4) if placed is None else placed


def new_key(kind: str) -> str:
    """A key that no other item has or had: late results must never meet a stranger under their key."""
    return f"{kind}-{uuid4().hex[:12]}"


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


Item = TypeVar("Item", bound=_Keyed)


def _find(items: Iterable[Item], key: str | None) -> Item | None:
    return next((item for item in items if item.key == key), None)
