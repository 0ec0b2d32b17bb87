"""Tiny maps, structures and fits for sessions."""

from pathlib import Path

import numpy as np

from difffit_core.data.poses import Poses
from difffit_core.data.results import Cluster, FitResult, Placements, Scores
from difffit_core.data.structure import Structure, StructureSource
from difffit_core.data.volume import Volume
from difffit_core.document.session import FitItem, MapItem, StructureItem
from difffit_core.settings import FitSettings


def make_volume(shape_zyx: tuple[int, int, int] = (4, 5, 6)) -> Volume:
    data = np.arange(np.prod(shape_zyx), dtype=np.float32).reshape(shape_zyx)
    return Volume(data, np.array([1.5, 1.5, 1.5]), np.zeros(3))


def make_map(key: str, level: float = 1.0) -> MapItem:
    return MapItem(key, Path(f"{key}.mrc"), make_volume(), level, suggested_level=level, suggested_resolution=5.0)


def make_structure(name: str, xyz: np.ndarray | None = None) -> Structure:
    xyz = np.array([[0.0, 0, 0], [3, 0, 0], [0, 3, 0]]) if xyz is None else xyz
    count = len(xyz)
    return Structure(
        xyz=xyz,
        element=np.full(count, 6, dtype=np.uint8),
        chain=np.array(["A"] * count),
        residue_number=np.arange(1, count + 1, dtype=np.int32),
        insertion_code=np.array([""] * count),
        residue_name=np.array(["ALA"] * count),
        atom_name=np.array(["CA"] * count),
        b_factor=np.zeros(count, dtype=np.float32),
        secondary_structure=np.full(count, 255, dtype=np.uint8),
        source=StructureSource(Path(f"{name}.pdb"), b""),
    )


def make_structure_item(key: str) -> StructureItem:
    return StructureItem(key, make_structure(key), (0.2, 0.4, 0.8))


def make_cluster(position_xyz: tuple[float, float, float], correlation: float, hits: int = 3) -> Cluster:
    pose = Poses(np.array([[0.0, 0, 0, 1]]), np.array([position_xyz]))
    scores = Scores(*(np.array(value) for value in (correlation, 0.9, 12.5, 0.031, 0.97, 0.4)))
    return Cluster(pose, pose, hits, scores, correlation, path=make_path(position_xyz))


def make_path(position_xyz: tuple[float, float, float], steps: int = 8) -> Poses:
    """A straight walk of 7 Å to a place."""
    walk = np.linspace([7.0, 0, 0], [0.0, 0, 0], steps) + position_xyz
    return Poses(np.tile([0.0, 0, 0, 1], (steps, 1)), walk)


def make_result(clusters: int = 3) -> FitResult:
    found = tuple(make_cluster((10.0 * i, 1, 2), 0.9 - 0.1 * i, hits=12 - i) for i in range(clusters))
    climbed = Placements.fresh(make_path((10.0, 1, 2)), np.linspace(0.2, 0.9, 8))
    return FitResult(found, climbed, np.array([1.0, 1, 0]), 1.0, 5.0, "numba", "cpu", {"screen": 0.1})


def make_fit(key: str, map_key: str, structure: str, clusters: int = 3) -> FitItem:
    return FitItem(key, map_key, structure, FitSettings(), make_result(clusters))
