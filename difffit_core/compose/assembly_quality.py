"""The simulated map of all copies together, and how well it agrees with the map that they stand in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from difffit_core.data.placed import Placed
from difffit_core.fit.clashes import count_clashing_atoms
from difffit_core.fit.model import MASK_ABOVE
from difffit_core.fit.sampling import sample
from difffit_core.fit.simulate import gaussians_on
from difffit_core.fit.target import Target

KEPT = 0.0002  # of a correlation: less is not seen in the three decimals that are shown


@dataclass(frozen=True)
class Quality:
    """How good an assembly is as a whole."""

    clashes: int  # atoms that clash with another copy
    correlation: float  # about the mean, of the simulated map of all copies with the map

    def fits_like(self, other: "Quality") -> bool:
        """Whether its correlation is no worse."""
        return self.correlation > other.correlation - KEPT

    def improves(self, other: "Quality") -> bool:
        """Whether there are fewer clashes, or still none, at no worse correlation."""
        fewer = self.clashes < other.clashes or self.clashes == other.clashes == 0
        return fewer and self.fits_like(other)


def quality_of(copies: Sequence[Placed], target: Target) -> Quality:
    """Of copies as they stand; without copies there is nothing that could correlate."""
    return Quality(count_clashing_atoms(copies), _correlation(copies, target) if copies else 0.0)


def _correlation(copies: Sequence[Placed], target: Target) -> float:
    """About the mean, over the voxels above 13 % of the simulated map's typical peak, like that of a single copy."""
    xyz = np.concatenate([copy.xyz for copy in copies])
    electrons = np.concatenate([copy.structure.element for copy in copies]).astype(np.float64)
    simulated = gaussians_on(target.volume, xyz, electrons, target.resolution)
    here = simulated.data > MASK_ABOVE * float(np.quantile(sample(simulated, xyz), 0.95))
    return float(np.corrcoef(simulated.data[here], target.volume.data[here])[0, 1]) if here.any() else 0.0
