"""Where a Q-score samples the map: points around each atom that belong to it and to no neighbour."""

import numpy as np

from difffit_core.fit.kernels.numba_setup import njit


@njit
def choose_points(offsets, starts, radii, sphere, set_starts, slack, points, counts):  # type: ignore[no-untyped-def]
    """Fill points[atom, shell, k, 3] (Å from the atom) and how many there are into counts[atom, shell].

    offsets[neighbour, 3] are the neighbours of atom a from starts[a] to starts[a + 1] relative to it (Å), nearest
    first. The sets of unit vectors sphere[set_starts[s]:set_starts[s + 1]] grow; a shell takes the first set that has
    as many points of this atom as fit, spread over those that it has, else all that the last set has. A point is the
    atom's unless a neighbour is nearer than `slack` times its distance from the atom.
    """
    wanted = points.shape[2]
    free = np.empty(sphere.shape[0], np.int64)
    for a in range(points.shape[0]):
        last = starts[a]
        for shell in range(radii.size):
            radius = radii[shell]
            # the others are too far to be nearer than the atom
            while last < starts[a + 1] and _length(offsets[last]) < (1 + slack) * radius:
                last += 1
            found = _choose_own(free, wanted, radius, sphere, set_starts, offsets[starts[a] : last], slack)
            taken = min(found, wanted)
            counts[a, shell] = taken
            for k in range(taken):
                chosen = free[k * found // taken]
                for axis in range(3):
                    points[a, shell, k, axis] = radius * sphere[chosen, axis]


@njit
def _choose_own(free, wanted, radius, sphere, set_starts, neighbours, slack):  # type: ignore[no-untyped-def]
    """Fill `free` with the indices of the atom's own points in the first set that has enough; returns their number."""
    found = 0
    for s in range(set_starts.size - 1):
        found = 0
        for k in range(set_starts[s], set_starts[s + 1]):
            if _is_own(sphere[k], radius, neighbours, slack):
                free[found] = k
                found += 1
        if found >= wanted:
            break
    return found


@njit
def _length(vector):  # type: ignore[no-untyped-def]
    return np.sqrt(vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2)


@njit
def _is_own(direction, radius, neighbours, slack):  # type: ignore[no-untyped-def]
    """Whether no neighbour b is nearer to p = radius · direction: |p − b|² ≥ (slack · radius)²."""
    own = slack * slack * radius * radius
    for j in range(neighbours.shape[0]):
        dx = radius * direction[0] - neighbours[j, 0]
        dy = radius * direction[1] - neighbours[j, 1]
        dz = radius * direction[2] - neighbours[j, 2]
        if dx * dx + dy * dy + dz * dz < own:
            return False
    return True
