"""A structure that stands in a map."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.structure import Structure


@dataclass(frozen=True, eq=False)
class Placed:
    """A structure and the 3 × 4 matrix that takes its file's coordinates (Å) to the map's frame."""

    structure: Structure
    map_from_model: Float64[ndarray, "3 4"]

    @property
    def xyz(self) -> Float64[ndarray, "atom 3"]:
        """Where the atoms are in the map's frame (Å)."""
        return self.structure.xyz @ self.map_from_model[:, :3].T + self.map_from_model[:, 3]


def where_it_stands(structure: Structure) -> Placed:
    """A structure where its own file puts it."""
    return Placed(structure, np.eye(3, 4))
