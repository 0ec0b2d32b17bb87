"""What climbing poses have visited, so that a climb can be played again."""

from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.events import Job, PosesImproved, T


@dataclass
class Leg:
    """One stage of a climb: who took part (index into the end of the leg before) and where they were at each step."""

    origin: Int64[ndarray, " pose"]
    steps: list[Poses] = field(default_factory=list)


@dataclass
class Trails:
    """All legs of a search, in order. Grows while the search runs, to several times what the search itself needs."""

    legs: list[Leg] = field(default_factory=list)
    kept: bool = True  # else all paths are empty

    def follow(self, job: Job[T], origin: Int64[ndarray, " pose"], start: Poses, resolution: float) -> Job[T]:
        """Run a leg and remember it; its events say which resolution (Å) their scores belong to."""
        leg = Leg(origin, [start])
        if self.kept:
            self.legs.append(leg)
        try:
            while True:
                event = next(job)
                if isinstance(event, PosesImproved):
                    event = replace(event, resolution=resolution)
                    if self.kept and len(event.poses) == len(start):  # not when only the best are being finished
                        leg.steps.append(event.poses)
                yield event
        except StopIteration as end:
            return end.value
        finally:
            job.close()

    def paths(self, climbers: Int64[ndarray, " climber"]) -> list[Poses]:
        """Everything that these climbers of the last leg have visited, first to last."""
        legs: list[tuple[ndarray, ndarray]] = []  # orientations and positions [step, climber, …]
        for leg in reversed(self.legs):
            legs.append(_visited(leg, climbers))
            climbers = leg.origin[climbers]
        if not legs:
            return [Poses(np.zeros((0, 4)), np.zeros((0, 3))) for _ in climbers]
        orientation, position = (np.concatenate(parts[::-1]) for parts in zip(*legs, strict=True))
        return [Poses(orientation[:, k], position[:, k]) for k in range(len(climbers))]


def _visited(leg: Leg, climbers: Int64[ndarray, " climber"]) -> tuple[ndarray, ndarray]:
    orientation = np.stack([poses.orientation_xyzw[climbers] for poses in leg.steps])
    position = np.stack([poses.position_xyz[climbers] for poses in leg.steps])
    return orientation, position
