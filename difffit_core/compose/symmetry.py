"""Symmetry of a map, from the map alone or as asked for.

The map's own density is the probe: it is turned about its centre by 360°/n for many axes and climbs, like any
structure, onto itself. An axis is real when the refined rotation is 360°/n again, leaves the centre where it is, and
the map correlates with itself at full resolution.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

from difffit_core.compose.helix import Helix, detect_helix, is_filament
from difffit_core.compose.point_group import Axis, group_rotations, ideal_axes, lay_onto, rotations_about
from difffit_core.data.poses import Poses
from difffit_core.errors import FitError
from difffit_core.events import Job, StageAdvanced, StageStarted, run
from difffit_core.fit.climb import Climb, climb
from difffit_core.fit.device import Engine, choose_engine
from difffit_core.fit.kernels.evaluate import evaluate
from difffit_core.fit.probe import Probe
from difffit_core.fit.search import make_evaluator
from difffit_core.fit.target import Field, Target

HIGHEST_ORDER = 12
N_AXES = 2500  # over a hemisphere: neighbours are about 3° apart
N_COARSE, N_FINE = 2000, 10_000  # points of the map that are turned
REFINED, FEW_REFINED = {2: 24, 3: 12}, 6  # axes of each order that climb: a few more than an icosahedron has
LEAST_CORRELATION, LEAST_ASKED_FOR = 0.8, 0.4  # of the map with itself, by itself and when the user says so
AS_GOOD = 0.85  # of the best axis: a real one has it, what only looks like one in a small ring has not
ADVICE = "choose --symmetry auto or none"
MOST_ANGLE_OFF, MOST_SHIFT = 1.0, 1.0  # degrees from 360°/n; Å by which the turn may move the centre


@dataclass(frozen=True)
class Symmetry:
    """The point group of a map, or the screw of a helical one."""

    group: str  # Schoenflies without subscript: C3, D7, T, O, I; or helical
    centre_xyz: Float64[ndarray, "3"]  # Å, map frame
    axes: tuple[Axis, ...]  # highest order first
    helix: Helix | None = None

    @property
    def main_axis(self) -> Axis:
        """The axis of highest order."""
        return self.axes[0]

    def operators(self, length: float) -> Float64[ndarray, "operator 3 4"]:
        """The transforms (map frame) that leave the map as it is, the identity first; screws up to a length (Å)."""
        if self.helix is not None:
            return self.helix.operators(length)
        turns = rotations_about(self.group, self.axes).as_matrix()
        return np.concatenate([turns, (self.centre_xyz - turns @ self.centre_xyz)[:, :, None]], axis=2)

    def as_dict(self) -> dict[str, object]:
        """Plain values for `assembly.json`."""
        return {
            "group": self.group,
            "centre_xyz": self.centre_xyz.tolist(),
            "axes": [
                {"order": a.order, "direction_xyz": a.direction_xyz.tolist(), "correlation": a.correlation}
                for a in self.axes
            ],
            "helix": self.helix.as_dict() if self.helix else None,
        }


def check_symmetry(asked: str) -> None:
    """Raise SettingsError when this is no symmetry that can be asked for."""
    if asked not in ("auto", "none", "helical", "file"):
        group_rotations(asked)


def find_symmetry(target: Target, asked: str) -> Job[Symmetry | None]:
    """What was asked for: `none`, `auto`, `helical`, or a point group like D7, laid onto the axes of the map.

    Raises FitError when the map does not have the symmetry that was asked for.
    """
    if asked == "none":
        return None
    if asked == "helical" or (asked == "auto" and is_filament(target)):
        helix = yield from detect_helix(target)
        if helix is not None:
            return Symmetry("helical", helix.point_xyz, (), helix)
        if asked == "helical":
            raise FitError(f"The map shows no helical symmetry; {ADVICE}.")
    if asked == "auto":
        return (yield from detect_symmetry(target))
    return (yield from _laid_onto_map(asked, target))


def _laid_onto_map(group: str, target: Target) -> Job[Symmetry]:
    """The point group that was asked for, where it fits the map best."""
    orders = sorted({axis.order for axis in ideal_axes(group)})
    found, centre = yield from find_axes(target, orders, least_correlation=LEAST_ASKED_FOR)
    best = max((axis.correlation for axis in found), default=0.0)
    axes = lay_onto(group, [axis for axis in found if axis.correlation >= AS_GOOD * best])
    if axes is None:
        seen = ", ".join(f"{axis.order}-fold ({axis.correlation:.2f})" for axis in found[:4]) or "none"
        raise FitError(f"The map does not show the symmetry {group}; the axes found are {seen}. {ADVICE.capitalize()}.")
    return Symmetry(group, centre, axes)


def detect_symmetry(target: Target) -> Job[Symmetry | None]:
    """The highest point group that the map has; None for an asymmetric one."""
    found, centre = yield from find_axes(target, list(range(2, HIGHEST_ORDER + 1)))
    real = _without_powers(found)
    if not real:
        return None
    group = group_of(real)
    return Symmetry(group, centre, lay_onto(group, real) or tuple(real[:1]))


def find_axes(
    target: Target, orders: list[int], *, least_correlation: float = LEAST_CORRELATION
) -> Job[tuple[list[Axis], Float64[ndarray, "3"]]]:
    """The rotation axes of these orders, and the point (Å) through which they pass."""
    yield StageStarted("symmetry", len(orders))
    engine = choose_engine("cpu", "numba")
    coarse, fine = target.field(max(target.resolution, float(target.extent_xyz.max()) / 14)), target.native
    centre = centre_of_mass(fine, target.level)
    axes: list[Axis] = []
    for step, order in enumerate(orders, 1):
        found = axes_of_order(order, coarse, fine, target.level, centre, engine)
        axes += [axis for axis in found if axis.correlation >= least_correlation]
        yield StageAdvanced(step)
    return axes, centre


def axes_of_order(
    order: int, coarse: Field, fine: Field, level: float, centre: Float64[ndarray, "3"], engine: Engine
) -> list[Axis]:
    """All n-fold axes of this order through the centre."""
    directions = hemisphere(N_AXES)
    turns = Rotation.from_rotvec(directions * 2 * np.pi / order)
    poses = Poses(turns.as_quat(), np.tile(centre, (N_AXES, 1)))
    probe = map_probe(coarse, 0.0, centre, N_COARSE)
    value = evaluate(coarse, probe, poses, engine.evaluate, gradient=False).value
    start = poses[distinct_directions(directions, value, REFINED.get(order, FEW_REFINED))]
    arm = float(np.sqrt((probe.points_xyz.astype(float) ** 2).sum(axis=1).mean()))
    for field, count in ((coarse, N_COARSE), (fine, N_FINE)):
        part = map_probe(field, level if field is fine else 0.0, centre, count)
        step = Climb(30, field.resolution / 10, field.resolution / 3, 0.005, arm)
        start, value = run(climb(start, make_evaluator(field, part, engine), step))
    return _real_axes(order, start, value, centre)


def _real_axes(order: int, poses: Poses, value: Float64[ndarray, " pose"], centre: Float64[ndarray, "3"]) -> list[Axis]:
    """Refined turns that are what they should be, each axis once."""
    turn = poses.rotation.as_rotvec()
    angle = np.linalg.norm(turn, axis=1)
    off = np.abs(np.degrees(angle) - 360 / order)
    shift = np.linalg.norm(poses.position_xyz - centre, axis=1)
    real = (value >= LEAST_ASKED_FOR) & (off <= MOST_ANGLE_OFF) & (shift <= MOST_SHIFT)
    axes: list[Axis] = []
    for k in np.flatnonzero(real)[np.argsort(-value[real])]:
        direction = turn[k] / angle[k]
        if all(abs(direction @ known.direction_xyz) < np.cos(np.radians(5)) for known in axes):
            axes.append(Axis(order, direction * (1 if direction[2] >= 0 else -1), float(value[k])))
    return axes


def centre_of_mass(field: Field, level: float) -> Float64[ndarray, "3"]:
    """Density-weighted centre (Å) of what is above the level: every symmetry axis passes through it."""
    index = np.argwhere(field.data > level)
    weight = field.data[tuple(index.T)].astype(np.float64)
    return (weight @ index[:, ::-1]) / weight.sum() * field.voxel_size_xyz + field.origin_xyz


def map_probe(field: Field, level: float, centre: Float64[ndarray, "3"], count: int) -> Probe:
    """Some of the map's own voxels above a level as points about the centre, weighted by their density."""
    above = level if level > 0 else 0.15 * float(field.data.max())
    index = np.argwhere(field.data > above)
    chosen = np.random.default_rng(0).choice(len(index), min(count, len(index)), replace=False)
    index = index[np.sort(chosen)]
    points = index[:, ::-1] * field.voxel_size_xyz + field.origin_xyz - centre
    weight = field.data[tuple(index.T)].astype(np.float64)
    weight -= weight.mean()
    return Probe(
        points.astype(np.float32),
        (weight / max(float(np.linalg.norm(weight)), 1e-12)).astype(np.float32),
        correlates=True,
    )


def hemisphere(count: int) -> Float64[ndarray, "count 3"]:
    """Unit vectors spread evenly over a half sphere (Fibonacci lattice)."""
    k = np.arange(count) + 0.5
    z = 1 - k / count
    angle = np.pi * (1 + np.sqrt(5)) * k
    radius = np.sqrt(1 - z * z)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=1)


def distinct_directions(
    directions: Float64[ndarray, "axis 3"], value: Float64[ndarray, " axis"], count: int
) -> ndarray:
    """Indices of the best directions, none within 10° of a better one."""
    chosen: list[int] = []
    for k in np.argsort(-value):
        if all(abs(directions[k] @ directions[j]) < np.cos(np.radians(10)) for j in chosen):
            chosen.append(int(k))
            if len(chosen) == count:
                break
    return np.array(chosen)


def _without_powers(axes: list[Axis]) -> list[Axis]:
    """A sixfold axis is also a threefold and a twofold one: keep the highest order of each direction."""
    kept: list[Axis] = []
    for axis in sorted(axes, key=lambda a: -a.order):
        if all(abs(axis.direction_xyz @ known.direction_xyz) < np.cos(np.radians(5)) for known in kept):
            kept.append(axis)
    return kept


def group_of(axes: list[Axis]) -> str:
    """The point group that has these axes (International Tables for Crystallography A, §10.1.4)."""
    orders = [axis.order for axis in axes]
    if orders.count(5) > 1:
        return "I"
    if orders.count(4) > 1:
        return "O"
    if orders.count(3) > 1:
        return "T"
    main = axes[0]
    twofold = [a for a in axes[1:] if a.order == 2]
    across = any(abs(a.direction_xyz @ main.direction_xyz) < np.sin(np.radians(5)) for a in twofold)
    return f"{'D' if across else 'C'}{main.order}"
