"""Small maps and structures for the tests of the scene."""

from dataclasses import fields, replace
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


def duplex(pairs: int = 16) -> Structure:
    """Two antiparallel strands of flat nucleotides about the z axis: 36° and 3.4 Å from one to the next."""
    strands = [_strand_of_duplex(pairs, chain, turn, up) for chain, turn, up in (("A", 0.0, 1), ("B", 150.0, -1))]
    return joined(*strands)


def _strand_of_duplex(pairs: int, chain: str, turn: float, up: int) -> Structure:
    atoms = {"P": (15, 8.9, 0.0, -1.7), "C4'": (6, 7.6, 0.4, -0.4), "C1'": (6, 5.8, 0.0, 0.0),
             "C6": (6, 4.5, -1.1, 0.0), "C4": (6, 2.4, -1.2, 0.0), "N3": (7, 1.4, 0.2, 0.0),
             "C2": (6, 2.6, 1.2, 0.0)}  # fmt: skip
    rows = []
    for step in range(pairs)[::up]:
        angle = np.radians(36.0 * step + turn)
        outward = np.array([np.cos(angle), np.sin(angle), 0.0])
        along = np.array([-np.sin(angle), np.cos(angle), 0.0])
        for _, out, side, rise in atoms.values():
            rows.append(out * outward + side * along + np.array([0.0, 0.0, 3.4 * step + up * rise]))
    flat = calpha_structure(np.array(rows), [COIL] * len(rows), chain=chain)
    return replace(
        flat,
        atom_name=np.tile(list(atoms), pairs),
        element=np.tile([element for element, *_ in atoms.values()], pairs).astype(np.uint8),
        residue_number=np.repeat(np.arange(1, pairs + 1), len(atoms)).astype(np.int32),
        residue_name=np.full(len(rows), "U"),
    )


def sheet_and_helix() -> Structure:
    """Four strands side by side, as chains of their own, and a helix across them."""
    strands = [strand(14) for _ in range(4)]
    moved = [
        replace(one, xyz=one.xyz * (1 if number % 2 else -1) + [0.0 if number % 2 else 44.0, 4.8 * number, 0.0],
                chain=np.full(len(one), "ABCD"[number]))
        for number, one in enumerate(strands)
    ]  # fmt: skip
    rod = helix(20)
    across = rod.xyz[:, [2, 0, 1]] + np.array([8.0, 7.0, 10.0])
    return joined(*moved, replace(rod, xyz=across, chain=np.full(len(rod), "E")))


def joined(*parts: Structure) -> Structure:
    """All atoms of several structures as one."""
    columns = [field.name for field in fields(Structure) if field.name != "source"]
    return Structure(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in columns}, source=parts[0].source
    )
