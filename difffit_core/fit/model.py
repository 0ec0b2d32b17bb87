"""A structure as a search uses it: what follows from its atoms alone, computed once."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.structure import Structure
from difffit_core.fit.probe import Probe, atom_probe, probe_of_map
from difffit_core.fit.sampling import sample
from difffit_core.fit.simulate import simulate_map

MASK_ABOVE = 0.13  # of the typical peak: the voxels around the molecule that a correlation is taken over


@dataclass(frozen=True, eq=False)
class Model:
    """A structure with its probes and simulated densities, each made when first asked for."""

    structure: Structure
    objective: str = "correlation"
    _densities: dict[float, Probe] = field(default_factory=dict, repr=False)
    _at_atoms: dict[float, Float64[ndarray, " atom"]] = field(default_factory=dict, repr=False)

    def probe(self, resolution: float) -> Probe:
        """What is moved through the map: simulated density for correlation, atoms for the mean density objective."""
        return atom_probe(self.structure) if self.objective == "density" else self.density(resolution)

    def density(self, resolution: float) -> Probe:
        """The voxels of the simulated map at this resolution (Å) around the molecule."""
        self._simulate(resolution)
        return self._densities[resolution]

    def at_atoms(self, resolution: float) -> Float64[ndarray, " atom"]:
        """Simulated density at the atoms themselves."""
        self._simulate(resolution)
        return self._at_atoms[resolution]

    def _simulate(self, resolution: float) -> None:
        if resolution not in self._densities:
            simulated = simulate_map(self.structure, resolution)
            self._densities[resolution] = probe_of_map(simulated, self.structure, MASK_ABOVE)
            self._at_atoms[resolution] = sample(simulated, self.structure.xyz).astype(np.float64)
