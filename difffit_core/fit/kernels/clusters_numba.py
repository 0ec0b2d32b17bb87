"""Gathering equal poses: for thousands of them, comparing each with all is faster than building a search tree."""

from difffit_core.fit.kernels.numba_setup import njit


@njit
def gather(position, orientation, shift, least_dot, owner):  # type: ignore[no-untyped-def]
    """Write into owner[pose], −1 before, the index of the first pose that each one equals; the poses come best first.

    position [pose, 3] in Å, orientation [pose, 4] unit quaternions. Equal are poses within `shift` Å with a dot product
    of quaternions, sign-free, of at least `least_dot`.
    """
    for best in range(position.shape[0]):
        if owner[best] >= 0:
            continue
        owner[best] = best
        for k in range(best + 1, position.shape[0]):
            x = position[k, 0] - position[best, 0]
            y = position[k, 1] - position[best, 1]
            z = position[k, 2] - position[best, 2]
            if x * x + y * y + z * z > shift * shift or owner[k] >= 0:
                continue
            dot = 0.0
            for axis in range(4):
                dot += orientation[k, axis] * orientation[best, axis]
            if abs(dot) >= least_dot:
                owner[k] = best
