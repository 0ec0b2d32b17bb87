"""Protein backbones as ribbons: flat helices, strands with arrow heads, round coils. numpy and a spline only.

Everything follows from the Cα positions, so models that hold nothing else look the same.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Float64, UInt8
from numpy import ndarray
from scipy.interpolate import CubicSpline

from app.scene.geometry import normalised
from app.scene.sweep import BACKWARD, FORWARD, PROFILE, Rings
from app.scene.traces import Trace
from difffit_core.data.structure import COIL, HELIX, STRAND

COIL_RADIUS = 0.30  # Å
HELIX_PROFILE = (1.35, 0.20, 6.0)  # half width, half thickness (Å), squareness
STRAND_PROFILE = (1.15, 0.24, 6.0)
COIL_PROFILE = (COIL_RADIUS, COIL_RADIUS, 2.0)
ARROW_HALF_WIDTH = 1.95  # Å
ARROW_RESIDUES = 1.7
JUMP = 1e-3  # residues: the arrow's step in width happens over this length


@dataclass(frozen=True)
class Detail:
    """How finely ribbons are drawn."""

    samples_per_residue: int
    sides: int


DETAILS = (Detail(10, 16), Detail(8, 14), Detail(6, 12), Detail(5, 10), Detail(4, 8))
COARSE_DETAILS = (Detail(4, 8), Detail(3, 6), Detail(2, 6))  # angular from near: only where there is very much to draw
STRETCH = 6  # times more triangles than wanted are drawn before ribbons get angular


def detail_for(n_residues: int, most_triangles: int) -> Detail:
    """The finest ribbons that stay within a number of triangles; angular ones only for several times as many."""
    for details, most in ((DETAILS, most_triangles), (COARSE_DETAILS, STRETCH * most_triangles)):
        for detail in details:
            if n_residues * detail.samples_per_residue * detail.sides * 2 <= most:
                return detail
    return COARSE_DETAILS[-1]


def ribbon(
    trace: Trace, secondary: UInt8[ndarray, " residue"], colour_rgba: UInt8[ndarray, "residue 4"], detail: Detail
) -> Rings:
    """The rings of one protein trace; `secondary` is COIL, HELIX or STRAND for each residue."""
    secondary = without_short_runs(secondary)
    path = CubicSpline(np.arange(len(trace.xyz)), smoothed_path(trace.xyz, secondary), bc_type="natural")
    across = ribbon_directions(trace.xyz, secondary)
    knots, arrows = profile_knots(secondary)
    place, scale, facing, joined = _stations(len(trace.xyz), arrows, detail.samples_per_residue)
    along = normalised(path(place, 1))
    return Rings(
        path(place),
        along,
        _perpendicular(_between_residues(across, place), along),
        np.interp(place, knots[:, 0], knots[:, 1]) * scale,
        np.interp(place, knots[:, 0], knots[:, 2]) * scale,
        np.interp(place, knots[:, 0], knots[:, 3]),
        facing,
        joined,
        colour_rgba[np.clip(np.rint(place).astype(int), 0, len(trace.xyz) - 1)],
    )


def without_short_runs(secondary: UInt8[ndarray, " residue"]) -> UInt8[ndarray, " residue"]:
    """Helices shorter than three and strands shorter than two residues become coil: no ribbon fits on them."""
    cleaned = np.where((secondary == HELIX) | (secondary == STRAND), secondary, COIL).astype(np.uint8)
    for kind, first, last in runs_of(cleaned):
        if last - first + 1 < (3 if kind == HELIX else 2):
            cleaned[first : last + 1] = COIL
    return cleaned


def runs_of(secondary: UInt8[ndarray, " residue"]) -> list[tuple[int, int, int]]:
    """Kind, first and last residue of each run of equal secondary structure."""
    starts = np.flatnonzero(np.diff(secondary.astype(int), prepend=-1))
    ends = np.append(starts[1:], len(secondary)) - 1
    return [(int(secondary[a]), int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


def smoothed_path(xyz: Float64[ndarray, "n 3"], secondary: UInt8[ndarray, " n"]) -> Float64[ndarray, "n 3"]:
    """Cα positions with the pleat taken out of strands and coils a little calmer; helices as they are."""
    strength = np.select([secondary == STRAND, secondary == COIL], [1.0, 0.35], 0.0)[1:-1, None]
    path = xyz.copy()
    for _ in range(2):
        averaged = (path[:-2] + 2 * path[1:-1] + path[2:]) / 4
        path[1:-1] += strength * (averaged - path[1:-1])
    return path


def calm_path(xyz: Float64[ndarray, "n 3"]) -> Float64[ndarray, "n 3"]:
    """A line through the middle of pleats and a little inside helices' turns."""
    return smoothed_path(xyz, np.full(len(xyz), COIL, dtype=np.uint8))


def ribbon_directions(xyz: Float64[ndarray, "n 3"], secondary: UInt8[ndarray, " n"]) -> Float64[ndarray, "n 3"]:
    """Unit vector across the ribbon for each residue: along the helix axis, in the plane of the sheet."""
    if len(xyz) < 3:
        return np.tile(_any_perpendicular(xyz[-1] - xyz[0]), (len(xyz), 1))
    step = np.diff(xyz, axis=0)
    binormal = normalised(np.cross(step[:-1], step[1:]))
    binormal[np.linalg.norm(binormal, axis=1) < 0.5] = _any_perpendicular(step[0])
    across = np.concatenate([binormal[:1], binormal, binormal[-1:]])
    turned = (across[1:] * across[:-1]).sum(axis=1) < 0  # in a strand the binormal alternates from side to side
    across[1:] *= np.cumprod(np.where(turned, -1.0, 1.0))[:, None]
    strength = np.where(secondary == HELIX, 0.3, 1.0)[1:-1, None]
    for _ in range(2):
        averaged = (across[:-2] + 2 * across[1:-1] + across[2:]) / 4
        across[1:-1] += strength * (averaged - across[1:-1])
    return normalised(across)


def profile_knots(secondary: UInt8[ndarray, " n"]) -> tuple[Float64[ndarray, "knot 4"], list[float]]:
    """Where along the trace (residues) which half width, half thickness and squareness hold; where arrows begin."""
    knots: list[tuple[float, ...]] = []
    arrows: list[float] = []
    for kind, first, last in runs_of(secondary):
        begin, end = max(first - 0.5, 0.0), min(last + 0.5, len(secondary) - 1.0)
        if kind == HELIX:
            knots += _helix_knots(begin, end)
        elif kind == STRAND:
            knots += _strand_knots(begin, end)
            arrows.append(knots[-2][0] - JUMP)
        else:
            knots += [(begin + JUMP, *COIL_PROFILE), (end, *COIL_PROFILE)]
    return np.array(sorted(knots)), arrows


def _helix_knots(begin: float, end: float) -> list[tuple[float, ...]]:
    taper = min(0.7, (end - begin) / 3)
    return [
        (begin, *COIL_PROFILE),
        (begin + taper, *HELIX_PROFILE),
        (end - taper, *HELIX_PROFILE),
        (end, *COIL_PROFILE),
    ]


def _strand_knots(begin: float, end: float) -> list[tuple[float, ...]]:
    taper = min(0.4, (end - begin) / 4)
    head = max(end - ARROW_RESIDUES, begin + taper + JUMP)
    return [
        (begin, *COIL_PROFILE),
        (begin + taper, *STRAND_PROFILE),
        (head, *STRAND_PROFILE),
        (head + JUMP, ARROW_HALF_WIDTH, *STRAND_PROFILE[1:]),
        (end, COIL_RADIUS, *STRAND_PROFILE[1:]),
    ]


def _stations(n_residues: int, arrows: list[float], samples: int) -> tuple[ndarray, ndarray, ndarray, ndarray]:
    """Place (residues), scale, facing and joined flag of every ring: lids at the ends, a step at each arrow."""
    last = n_residues - 1.0
    limits = [0.0, *[a for a in arrows if 0.0 < a < last], last]
    parts = [np.array([(0.0, 0, BACKWARD, 1), (0.0, 1, BACKWARD, 0)], dtype=float)]
    for begin, end in pairwise(limits):
        if begin > 0.0:
            parts.append(np.array([(begin, 1, BACKWARD, 1), (begin + JUMP, 1, BACKWARD, 0)], dtype=float))
            begin += JUMP
        parts.append(_wall(begin, end, samples))
    parts.append(np.array([(last, 1, FORWARD, 1), (last, 0, FORWARD, 0)], dtype=float))
    table = np.concatenate(parts)
    return table[:, 0], table[:, 1], table[:, 2].astype(int), table[:, 3] > 0


def _wall(begin: float, end: float, samples: int) -> Float64[ndarray, "ring 4"]:
    inner = np.arange(np.floor(begin * samples) + 1, np.ceil(end * samples)) / samples
    inner = inner[(inner > begin + 2 * JUMP) & (inner < end - 2 * JUMP)]
    place = np.concatenate([[begin], inner, [end]])
    wall = np.stack([place, np.ones_like(place), np.full_like(place, PROFILE), np.ones_like(place)], axis=1)
    wall[-1, 3] = 0
    return wall


def _between_residues(values: Float64[ndarray, "n 3"], place: Float[ndarray, " ring"]) -> Float64[ndarray, "ring 3"]:
    low = np.clip(np.floor(place).astype(int), 0, len(values) - 2)
    weight = (place - low)[:, None]
    return (1 - weight) * values[low] + weight * values[low + 1]


def _perpendicular(across: Float64[ndarray, "ring 3"], along: Float64[ndarray, "ring 3"]) -> Float64[ndarray, "ring 3"]:
    """`across` made perpendicular to `along`; any perpendicular where the two are parallel."""
    upright = across - (across * along).sum(axis=1, keepdims=True) * along
    lost = np.linalg.norm(upright, axis=1) < 1e-6
    for ring in np.flatnonzero(lost):
        upright[ring] = _any_perpendicular(along[ring])
    return normalised(upright)


def _any_perpendicular(vector: Float64[ndarray, "3"]) -> Float64[ndarray, "3"]:
    axis = np.eye(3)[np.argmin(np.abs(vector))]
    return normalised(np.cross(vector, axis))
