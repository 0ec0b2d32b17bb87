"""A structure as weighted points: what is moved through the map."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.fit.simulate import simulate_map, typical_peak


@dataclass(frozen=True)
class Probe:
    """Points about the structure's centroid (Å) with a weight each.

    With `correlates`, weights have zero mean and unit length, and the value of a pose is the Pearson correlation of
    map and simulated density at the points; else the value is the weighted sum of the map, with weights 1/N the
    mean density.
    """

    points_xyz: Float32[ndarray, "point 3"]
    weights: Float32[ndarray, " point"]
    correlates: bool

    def __len__(self) -> int:
        return len(self.weights)

    def subset(self, count: int, seed: int) -> "Probe":
        """A random part of the points, with the weights made to fit; the probe itself when it is small enough."""
        if count >= len(self):
            return self
        chosen = np.sort(np.random.default_rng(seed).choice(len(self), count, replace=False))
        weights = self.weights[chosen]
        return Probe(
            self.points_xyz[chosen], _normalised(weights) if self.correlates else _mean(count), self.correlates
        )


def atom_probe(structure: Structure) -> Probe:
    """One point per atom with weight 1/N: the published objective (Luo et al. 2025, eq. 1)."""
    points = (structure.xyz - structure.centroid_xyz).astype(np.float32)
    return Probe(points, _mean(len(points)), correlates=False)


def density_probe(structure: Structure, resolution: float, *, above: float, voxel_size: float | None = None) -> Probe:
    """The voxels of the simulated map above a fraction of its typical peak, weighted for a correlation about the mean.

    Voxels are a third of the resolution (Å) unless `voxel_size` is given.
    """
    return probe_of_map(simulate_map(structure, resolution, voxel_size=voxel_size), structure, above)


def probe_of_map(simulated: Volume, structure: Structure, above: float) -> Probe:
    """The probe made of the voxels of a structure's simulated map above a fraction of its typical peak."""
    index_zyx = np.argwhere(simulated.data > above * typical_peak(simulated, structure))
    points = simulated.map_from_index(index_zyx[:, ::-1].astype(np.float64)) - structure.centroid_xyz
    values = simulated.data[tuple(index_zyx.T)]
    return Probe(points.astype(np.float32), _normalised(values), correlates=True)


def _normalised(values: Float32[ndarray, " point"]) -> Float32[ndarray, " point"]:
    """Zero mean, unit length."""
    centred = values - values.mean(dtype=np.float64)
    length = float(np.sqrt((centred**2).sum(dtype=np.float64)))
    return (centred / max(length, 1e-12)).astype(np.float32)


def _mean(count: int) -> Float32[ndarray, " point"]:
    return np.full(count, 1 / count, np.float32)
