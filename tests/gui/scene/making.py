"""Small maps and structures for the tests of the scene."""

from pathlib import Path

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.structure import COIL, HELIX, STRAND, Structure, StructureSource
from difffit_core.data.volume import Volume

IDENTITY = np.eye(3, 4)


def ball_map(
    radius: float, *, shape_zyx: tuple[int, int, int], voxel_size_xyz: tuple[float, float, float], centre: ndarray
) -> Volume:
    """A map whose density falls linearly from the centre (Å); it is 1 at `radius`."""
    size = np.array(voxel_size_xyz)
    origin = np.array([-7.0, 11.0, 3.5])
    index = np.stack(np.meshgrid(*(np.arange(n) for n in shape_zyx), indexing="ij"), axis=-1)[..., ::-1]
    distance = np.linalg.norm(index * size + origin - centre, axis=-1)
    return Volume((1 + radius - distance).astype(np.float32), size, origin)


def calpha_structure(
    xyz: Float64[ndarray, "residue 3"], secondary: list[int], *, chain: str = "A", name: str = "CA", element: int = 6
) -> Structure:
    """A structure of one atom per residue."""
    n = len(xyz)
    return Structure(
        xyz=np.asarray(xyz, dtype=np.float64),
        element=np.full(n, element, dtype=np.uint8),
        chain=np.full(n, chain),
        residue_number=np.arange(1, n + 1, dtype=np.int32),
        insertion_code=np.full(n, ""),
        residue_name=np.full(n, "ALA"),
        atom_name=np.full(n, name),
        b_factor=np.zeros(n, dtype=np.float32),
        secondary_structure=np.array(secondary, dtype=np.uint8),
        source=StructureSource(Path("made.pdb"), b""),
    )


def helix(n: int = 24) -> Structure:
    """An ideal α-helix along z: 2.3 Å radius, 100° and 1.5 Å per residue."""
    angle = np.radians(100) * np.arange(n)
    xyz = np.stack([2.3 * np.cos(angle), 2.3 * np.sin(angle), 1.5 * np.arange(n)], axis=1)
    return calpha_structure(xyz, [HELIX] * n)


def strand(n: int = 12) -> Structure:
    """A pleated strand along x with three residues of coil at both ends."""
    i = np.arange(n)
    xyz = np.stack([3.4 * i, np.zeros(n), 0.85 * (-1.0) ** i], axis=1)
    return calpha_structure(xyz, [COIL] * 3 + [STRAND] * (n - 6) + [COIL] * 3)
