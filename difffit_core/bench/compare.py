"""How close reported placements come to the true ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.bench.cases import Case
from difffit_core.bench.scramble import apply

NEAR_SHIFT = 3.0  # Å between centroids
NEAR_ANGLE = 6.0  # degrees


@dataclass(frozen=True)
class Distance:
    """Between a reported and a true placement of the same atoms."""

    rmsd: float  # Å
    shift: float  # Å between the centroids
    angle: float  # degrees

    def is_near(self, angle: float = NEAR_ANGLE) -> bool:
        """Whether the two count as the same place: within 3 Å and this angle (degrees)."""
        return self.shift <= NEAR_SHIFT and self.angle <= angle


@dataclass(frozen=True)
class Verdict:
    """What a list of clusters is worth."""

    rank: int | None  # of the first true placement
    rmsd: float | None  # Å, of that placement
    copies: int  # true places that are among the clusters


def distance(
    found: Float64[ndarray, "3 4"],
    truth: Float64[ndarray, "3 4"],
    move: Float64[ndarray, "3 4"],
    xyz: Float64[ndarray, "atom 3"],
) -> Distance:
    """Between `found`, which acts on the moved atoms, and `truth`, which acts on the atoms as filed."""
    got, want = apply(found, apply(move, xyz)), apply(truth, xyz)
    turn = found[:, :3] @ move[:, :3] @ truth[:, :3].T
    cosine = np.clip((np.trace(turn) - 1) / 2, -1, 1)
    return Distance(
        rmsd=float(np.sqrt(((got - want) ** 2).sum(axis=1).mean())),
        shift=float(np.linalg.norm(got.mean(axis=0) - want.mean(axis=0))),
        angle=float(np.degrees(np.arccos(cosine))),
    )


def judge(
    placements: Sequence[Float64[ndarray, "3 4"]],
    truth: Float64[ndarray, "place 3 4"],
    move: Float64[ndarray, "3 4"],
    xyz: Float64[ndarray, "atom 3"],
    *,
    near_angle: float = NEAR_ANGLE,
) -> Verdict:
    """Rank and RMSD of the first true placement, and how many true places were found; best placement first.

    `near_angle` (degrees) is how far a placement may be turned and still count.
    """
    rank, rmsd, places = None, None, set()
    for position, found in enumerate(placements, start=1):
        distances = [distance(found, true, move, xyz) for true in truth]
        near = [(d.rmsd, place) for place, d in enumerate(distances) if d.is_near(near_angle)]
        if near:
            closest, place = min(near)
            places.add(place)
            rank, rmsd = (position, closest) if rank is None else (rank, rmsd)
    return Verdict(rank, rmsd, len(places))


def passes(case: Case, verdict: Verdict) -> bool:
    """Whether a true placement came first, close enough, and enough copies were found."""
    close = verdict.rmsd is not None and verdict.rmsd <= case.rmsd
    return verdict.rank == 1 and close and verdict.copies >= case.copies
