"""Small structures and maps with known answers."""

from pathlib import Path

import numpy as np
from numpy import ndarray
from scipy.spatial.transform import Rotation

from difffit_core.data.poses import Poses, angles_between
from difffit_core.data.results import FitResult
from difffit_core.data.structure import UNASSIGNED, Structure, StructureSource
from difffit_core.data.volume import Volume
from difffit_core.fit.simulate import gaussians_on


def blob(n_atoms: int = 400, seed: int = 3, size: float = 9.0) -> Structure:
    """A chain that wanders about an origin, longer one way than the other: no symmetry, packed like a protein."""
    rng = np.random.default_rng(seed)
    xyz = np.zeros((n_atoms, 3))
    for i in range(1, n_atoms):
        step = rng.normal(size=3)
        pull = -xyz[i - 1] / (size * np.array([0.8, 1.2, 1.8])) ** 2 * 1.5
        xyz[i] = xyz[i - 1] + 1.5 * step / np.linalg.norm(step) + pull
    return structure_of(xyz, rng.choice(np.array([6, 7, 8], np.uint8), n_atoms))


def structure_of(xyz: ndarray, element: ndarray | None = None) -> Structure:
    """A structure of these atoms (Å)."""
    n = len(xyz)
    return Structure(
        xyz=np.asarray(xyz, np.float64),
        element=np.full(n, 6, np.uint8) if element is None else element,
        chain=np.full(n, "A"),
        residue_number=np.arange(n, dtype=np.int32),
        insertion_code=np.full(n, ""),
        residue_name=np.full(n, "GLY"),
        atom_name=np.full(n, "CA"),
        b_factor=np.zeros(n, np.float32),
        secondary_structure=np.full(n, UNASSIGNED, np.uint8),
        source=StructureSource(Path("made.pdb"), b""),
    )


def random_pose(position: ndarray, seed: int) -> Poses:
    """One pose at a position (Å), turned at random."""
    return Poses(Rotation.random(rng=np.random.default_rng(seed)).as_quat()[None], np.asarray(position, float)[None])


def moved(structure: Structure, pose: Poses) -> ndarray:
    """The atoms (Å) of the structure in this pose."""
    return (structure.xyz - structure.centroid_xyz) @ pose.matrices()[0].T + pose.position_xyz[0]


def empty_grid(
    shape_xyz: tuple[int, int, int], voxel: tuple[float, float, float], origin: tuple[float, float, float]
) -> Volume:
    """A map of zeros."""
    return Volume(np.zeros(shape_xyz[::-1], np.float32), np.array(voxel), np.array(origin))


def map_with(
    structure: Structure, poses: list[Poses], grid: Volume, resolution: float, noise: float = 0.0, seed: int = 0
) -> Volume:
    """Simulated density of copies of a structure; `noise` is the standard deviation over the maximum."""
    atoms = np.concatenate([moved(structure, pose) for pose in poses])
    weights = np.tile(structure.element.astype(float), len(poses))
    clean = gaussians_on(grid, atoms, weights, resolution)
    if not noise:
        return clean
    rng = np.random.default_rng(seed)
    return clean.with_data(clean.data + rng.normal(0, noise * clean.data.max(), clean.data.shape).astype(np.float32))


def best_rmsd(result: FitResult, structure: Structure, truth: Poses, within: int = 1) -> float:
    """RMSD (Å) of the nearest of the first clusters to a true pose."""
    want = moved(structure, truth)
    found = [moved(structure, cluster.representative) for cluster in result.clusters[:within]]
    return min(float(np.sqrt(((atoms - want) ** 2).sum(axis=1).mean())) for atoms in found)


def same_pose(a: Poses, b: Poses, shift: float, angle: float) -> bool:
    """Whether two single poses agree."""
    near = np.linalg.norm(a.position_xyz - b.position_xyz) <= shift
    return bool(near and angles_between(a.orientation_xyzw, b.orientation_xyzw)[0] <= angle)
