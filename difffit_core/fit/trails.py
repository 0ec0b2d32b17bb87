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
    """All legs of a search, in order. Grows while the search runs."""

    legs: list[Leg] = field(default_factory=list)

    def follow(self, job: Job[T], origin: Int64[ndarray, " pose"], start: Poses, resolution: float) -> Job[T]:
        """Run a leg and remember it; its events say which resolution (Å) their scores belong to."""
        leg = Leg(origin, [start])
        self.legs.append(leg)
        try:
            while True:
                event = next(job)
                if isinstance(event, PosesImproved):
                    event = replace(event, resolution=resolution)
                    if len(event.poses) == len(start):  # not when only the best are being finished
                        leg.steps.append(event.poses)
                yield event
        except StopIteration as end:
            return end.value
        finally:
            job.close()

    def path(self, climber: int) -> Poses:
        """Everything that a climber of the last leg has visited, first to last."""
        visited: list[Poses] = []
        for leg in reversed(self.legs):
            visited += [poses[[climber]] for poses in reversed(leg.steps)]
            climber = int(leg.origin[climber])
        return Poses.concatenate(visited[::-1]) if visited else Poses(np.zeros((0, 4)), np.zeros((0, 3)))
