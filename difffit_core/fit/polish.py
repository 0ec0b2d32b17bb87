"""The last refinement: cluster representatives, in the map itself, until nothing moves."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.events import Job, StageStarted
from difffit_core.fit.climb import Climb, Evaluate, climb
from difffit_core.fit.probe import Probe

STEPS, LAST_STEPS = 40, 10
ENOUGH_POINTS = 20_000  # a random subset of a large probe brings all representatives close ...
MOST_FINISHED = 20  # ... and all points finish the best of them, those at least half as good as the first
LEAST_VALUE = 0.5
CONVERGED = 0.004  # Å, of translation and of arc at the radius of gyration


def polish(
    poses: Poses, probe: Probe, evaluator: Callable[[Probe], Evaluate], arm: float, seed: int
) -> Job[tuple[Poses, Float64[ndarray, " pose"]]]:
    """Poses at their maxima and the value of each over the points they were polished with.

    `arm` is the radius of gyration (Å). When the probe is large, the best representatives are finished with all of
    its points; the others keep the value of the subset, which differs by a few thousandths.
    """
    yield StageStarted("polish", STEPS + LAST_STEPS)
    part = probe.subset(ENOUGH_POINTS, seed)
    poses, value = yield from climb(poses, evaluator(part), Climb(STEPS, 0.2, 0.5, CONVERGED, arm))
    if part is probe:
        return poses, value
    best = np.argsort(-value, kind="stable")[:MOST_FINISHED]
    best = best[value[best] >= LEAST_VALUE * value[best[0]]]
    finished, finished_value = yield from climb(
        poses[best], evaluator(probe), Climb(LAST_STEPS, 0.05, 0.2, CONVERGED, arm), first=STEPS
    )
    orientation, position = poses.orientation_xyzw.copy(), poses.position_xyz.copy()
    orientation[best], position[best], value[best] = finished.orientation_xyzw, finished.position_xyz, finished_value
    return Poses(orientation, position), value
