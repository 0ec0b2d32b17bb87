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
from difffit_core.document.copies import Colour, CopyItem, RemovalItem
from difffit_core.document.remaining import remaining_volume
from difffit_core.settings import FitSettings

__all__ = ["ClusterId", "Colour", "FitItem", "MapItem", "Session", "StructureItem", "new_key"]


@dataclass(frozen=True)
class MapItem:
    """An opened map, or what remains of one, and how it is drawn; `colour` None means the theme's own."""

    key: str
    path: Path
    base: Volume = field(compare=False, repr=False)  # as read
    contour_level: float  # map units
    suggested_level: float  # map units
    suggested_resolution: float  # Å
    colour: Colour | None = None
    opacity: float = 0.35
    visible: bool = True
    style: str = "surface"  # or "mesh"
    dust: float = -1.0  # Å: islands of the surface shorter than this are hidden; negative: the automatic size
    full_detail: bool = False  # every voxel, however large the map is
    derived_from: str | None = None  # the opened map that this one is the rest of
    removals: tuple[RemovalItem, ...] = ()  # what was taken out of it, in this order
    title: str | None = None  # instead of the file's name

    @property
    def volume(self) -> Volume:
        """The density: as read, less what was removed."""
        return remaining_volume(self.base, tuple(item.removal for item in self.removals))

    @property
    def name(self) -> str:
        """The title, else the file's name without folder."""
        return self.title or self.path.name


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
    """Maps, structures and fits in the order in which they came; copies in the order that the user gave them."""

    maps: tuple[MapItem, ...] = ()
    structures: tuple[StructureItem, ...] = ()
    fits: tuple[FitItem, ...] = ()
    copies: tuple[CopyItem, ...] = ()

    def find_map(self, key: str | None) -> MapItem | None:
        """The map with this key, if it is (still) there."""
        return _find(self.maps, key)

    def find_structure(self, key: str | None) -> StructureItem | None:
        """The structure with this key, if it is (still) there."""
        return _find(self.structures, key)

    def find_fit(self, key: str | None) -> FitItem | None:
        """The fit with this key, if it is (still) there."""
        return _find(self.fits, key)

    def find_copy(self, key: str | None) -> CopyItem | None:
        """The copy with this key, if it is (still) there."""
        return _find(self.copies, key)

    def opened_map(self, key: str) -> str:
        """The key of the map as it was read: of itself, or of the one that it is the rest of."""
        item = self.find_map(key)
        return item.derived_from if item is not None and item.derived_from is not None else key

    def assembly(self, map_key: str) -> tuple[CopyItem, ...]:
        """The copies in a map, or in the map that it is the rest of."""
        opened = self.opened_map(map_key)
        return tuple(copy for copy in self.copies if copy.map == opened)

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
