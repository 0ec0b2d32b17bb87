"""What a file holds, in numbers that a person or a script asks for (`difffit info`)."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import gemmi
import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from difffit_core.data.contour import suggested_level
from difffit_core.data.structure import Structure
from difffit_core.files.atom_table import AtomTable, is_water
from difffit_core.files.map_files import MapFile, read_map
from difffit_core.files.structure_files import parse_source, structure_of_source
from difffit_core.files.structure_parsing import load_source

ChainKind = Literal["protein", "rna", "dna", "sugar", "ligand", "water"]
_POLYMERS: tuple[ChainKind, ...] = ("protein", "rna", "dna")
_KINDS: dict[gemmi.ResidueKind, ChainKind] = {
    **dict.fromkeys(
        (gemmi.ResidueKind.AA, gemmi.ResidueKind.AAD, gemmi.ResidueKind.PAA, gemmi.ResidueKind.MAA), "protein"
    ),
    gemmi.ResidueKind.RNA: "rna",
    gemmi.ResidueKind.DNA: "dna",
    gemmi.ResidueKind.HOH: "water",
    **dict.fromkeys((gemmi.ResidueKind.PYR, gemmi.ResidueKind.KET), "sugar"),
}

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class MapDescription:
    """A map: grid (Å), axis order in the file (which of x 1, y 2, z 3 columns, rows, sections are), density."""

    path: str
    shape_zyx: tuple[int, int, int]
    voxel_size_xyz: Triple
    origin_xyz: Triple
    axis_order: tuple[int, int, int]
    mode: int
    min: float
    max: float
    mean: float
    std: float
    suggested_level: float
    warnings: tuple[str, ...]
    kind: Literal["map"] = "map"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class ChainDescription:
    """A chain (author name) of the first model: residues without water, all atoms, and what it mostly is."""

    name: str
    residues: int
    atoms: int
    kind: ChainKind


@dataclass(frozen=True)
class StructureDescription:
    """A structure: models, chains and atoms of the first model, and what of it takes part in a fit."""

    path: str
    models: int
    chains: tuple[ChainDescription, ...]
    atoms: int  # of the first model, all there are
    atoms_in_fit: int  # heavy atoms, one alternate location each, without water
    centroid_xyz: Triple  # Å, of the atoms in the fit
    warnings: tuple[str, ...]
    kind: Literal["structure"] = "structure"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


def describe_map(path: Path | str) -> MapDescription:
    """What the map in a file is."""
    return description_of_map(read_map(path))


def description_of_map(opened: MapFile) -> MapDescription:
    """What an opened map is."""
    statistics, volume = opened.statistics, opened.volume
    z, y, x = volume.data.shape
    return MapDescription(
        path=str(opened.header.path),
        shape_zyx=(z, y, x),
        voxel_size_xyz=_triple(volume.voxel_size_xyz),
        origin_xyz=_triple(volume.origin_xyz),
        axis_order=opened.header.axis_order,
        mode=opened.header.mode,
        min=statistics.minimum,
        max=statistics.maximum,
        mean=statistics.mean,
        std=statistics.standard_deviation,
        suggested_level=suggested_level(volume),
        warnings=opened.warnings,
    )


def describe_structure(path: Path | str) -> StructureDescription:
    """What the structure in a file is."""
    source = load_source(Path(path))
    structure = structure_of_source(source)
    parsed, _ = parse_source(source)
    table = AtomTable(parsed)
    return StructureDescription(
        path=str(path),
        models=len(parsed),
        chains=_chains(table),
        atoms=len(table.chain),
        atoms_in_fit=len(structure),
        centroid_xyz=_triple(structure.centroid_xyz),
        warnings=tuple(_structure_doubts(parsed, table, structure)),
    )


def _chains(table: AtomTable) -> tuple[ChainDescription, ...]:
    residues = table.residue_index
    first_atoms = np.flatnonzero(np.diff(residues, prepend=-1))
    return tuple(
        _chain(table, name, first_atoms[table.chain[first_atoms] == name], int((table.chain == name).sum()))
        for name in dict.fromkeys(table.chain[first_atoms].tolist())
    )


def _chain(table: AtomTable, name: str, first_atoms: Int64[ndarray, " residue"], n_atoms: int) -> ChainDescription:
    kinds = Counter(kind_of_residue(residue) for residue in table.residue[first_atoms].tolist())
    water = kinds.pop("water", 0)
    if not kinds:
        return ChainDescription(name, water, n_atoms, "water")
    polymer, length = max(((kind, kinds[kind]) for kind in _POLYMERS), key=lambda entry: entry[1])
    kind = polymer if length > 1 else kinds.most_common(1)[0][0]
    return ChainDescription(name, kinds.total(), n_atoms, kind)


def kind_of_residue(name: str) -> ChainKind:
    """What a residue of this name is; ligand when it is nothing else."""
    if is_water(name):
        return "water"
    return _KINDS.get(gemmi.find_tabulated_residue(name).kind, "ligand")


def _structure_doubts(parsed: gemmi.Structure, table: AtomTable, structure: Structure) -> list[str]:
    """What a person should know before fitting it."""
    doubts = []
    if len(parsed) > 1:
        doubts.append(f"The file holds {len(parsed)} models; the first is used.")
    if table.alternate.any():
        doubts.append(f"{int(table.alternate.sum())} atoms have alternate locations; the fullest of each is used.")
    if (structure.atom_name == "CA").all():
        doubts.append("Only Cα atoms are there; fits of such structures are less certain.")
    if len(structure) < 50:
        doubts.append(f"Only {len(structure)} atoms take part in a fit; so small a structure fits nearly anywhere.")
    if (table.element[~table.is_water] == 0).any():
        doubts.append("Some atoms have no known element; they are taken as carbon.")
    return doubts


def _triple(values: ndarray) -> Triple:
    x, y, z = values.tolist()
    return x, y, z
