"""Control structures and control maps: what is fitted where nothing fits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray
from scipy.spatial.transform import Rotation

from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.fit.simulate import simulate_map

PIECE = 12  # residues that stay together when a chain is scrambled
REMOVED_WITHIN = 0.05  # of the simulated maximum: density above it is taken away with the structure


@dataclass(frozen=True)
class Control:
    """One fit of which no placement deserves confidence."""

    kind: str  # absent, mirrored, scrambled, removed; present: not a control, it has true places
    map_name: str
    structure_name: str
    resolution: float
    volume: Volume
    structure: Structure
    truth: ndarray | None = None  # true placements [copy 3 4], of what is present


def mirrored(structure: Structure) -> Structure:
    """The mirror image: same size, same composition, wrong hand."""
    return replace(structure, xyz=structure.xyz * np.array([-1.0, 1.0, 1.0]))


def scrambled(structure: Structure, seed: int) -> Structure:
    """The chain cut into short pieces, each turned at random and put at the place of another one."""
    rng = np.random.default_rng(seed)
    piece = (np.cumsum(np.r_[0, np.diff(structure.residue_number) != 0]) // PIECE).astype(int)
    names = np.unique(piece)
    centres = np.array([structure.xyz[piece == k].mean(axis=0) for k in names])
    places = centres[rng.permutation(len(names))]
    xyz = np.empty_like(structure.xyz)
    for k, place in zip(names, places, strict=True):
        turn = Rotation.random(rng=rng).as_matrix()
        xyz[piece == k] = (structure.xyz[piece == k] - centres[k]) @ turn.T + place
    return replace(structure, xyz=xyz)


def without(volume: Volume, structure: Structure, resolution: float, placements: ndarray) -> Volume:
    """The map with the density of placed copies [copy 3 4] set to nothing."""
    data = volume.data.copy()
    for matrix in placements:
        placed = replace(structure, xyz=structure.xyz @ matrix[:, :3].T + matrix[:, 3])
        density = simulate_map(placed, resolution, like=volume).data
        data[density > REMOVED_WITHIN * density.max()] = 0
    return volume.with_data(data)


def own_controls(
    name: str, volume: Volume, emptied: Volume, structure: Structure, resolution: float, seed: int
) -> Iterator[Control]:
    """Controls made from a structure that does belong into the map; `emptied` lacks it and all that resembles it."""

    def control(kind: str, density: Volume, atoms: Structure) -> Control:
        return Control(kind, name, structure.name, resolution, density, atoms)

    yield control("mirrored", volume, mirrored(structure))
    yield control("scrambled", volume, scrambled(structure, seed))
    yield control("removed", emptied, structure)
