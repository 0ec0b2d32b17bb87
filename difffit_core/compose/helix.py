"""Helical symmetry of a map: by how much its subunits rise and turn from one to the next, from the map alone.

A slab from the middle of the filament is screwed along the axis; where it meets the map again there is a subunit. The
smallest rise is refined, and then its multiples up to the ends of the map, which makes small errors large enough to be
corrected.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy import ndimage
from scipy.spatial.transform import Rotation

from difffit_core.data.poses import Poses
from difffit_core.events import Job, StageAdvanced, StageStarted, run
from difffit_core.fit.climb import Climb, climb
from difffit_core.fit.device import Engine, choose_engine
from difffit_core.fit.kernels.evaluate import evaluate
from difffit_core.fit.probe import Probe
from difffit_core.fit.search import make_evaluator
from difffit_core.fit.target import Field, Target

SLAB, MOST_RISE = 1 / 6, 1 / 3  # of the filament's length: half of a slab, and how far it rises within the map
MOST_MULTIPLE = 2 / 3  # of the length: what is left then still tells
N_POINTS = 6000
FAINT = 0.15  # of the blurred map's maximum: what belongs to the filament
TURN_STEP = 3.0  # degrees
REFINED = 24  # screws that climb
LEAST_CORRELATION, LEAST_CONTRAST = 0.6, 0.1  # of a screw, and over the typical one: a smooth rod is like itself anyhow
NEARLY_BEST = 0.9  # of the best screw's correlation: the generator is the one with the smallest rise among those
LEAST_RISE = 0.5  # Å: less is a rotation about the axis
MOST_TILT, MOST_OFF = 15.0, 10.0  # degrees and Å by which a screw's axis may differ from the filament's


@dataclass(frozen=True)
class Helix:
    """A screw axis: the next subunit is `rise` Å further along `direction` and turned by `twist` degrees about it."""

    rise: float
    twist: float  # −180 to 180, right-handed about the direction
    direction_xyz: Float64[ndarray, "3"]  # unit vector
    point_xyz: Float64[ndarray, "3"]  # Å, of the axis, in the middle of the filament
    correlation: float  # of the filament with itself one subunit further on

    def operators(self, length: float) -> Float64[ndarray, "operator 3 4"]:
        """The screws (map frame) that move by at most a length (Å), the identity first, then the shortest."""
        most = int(length / self.rise)
        counts = sorted(range(-most, most + 1), key=abs)
        return np.stack([self.screw(count) for count in counts])

    def as_dict(self) -> dict[str, object]:
        """Plain values for `assembly.json`."""
        return {
            "rise": self.rise,
            "twist": self.twist,
            "direction_xyz": self.direction_xyz.tolist(),
            "point_xyz": self.point_xyz.tolist(),
            "correlation": self.correlation,
        }

    def screw(self, count: float) -> Float64[ndarray, "3 4"]:
        """The transform to the subunit so many places further on."""
        turn = Rotation.from_rotvec(np.radians(count * self.twist) * self.direction_xyz).as_matrix()
        shift = self.point_xyz - turn @ self.point_xyz + count * self.rise * self.direction_xyz
        return np.column_stack([turn, shift])


@dataclass(frozen=True)
class _Filament:
    """Where the density lies along an axis."""

    direction_xyz: Float64[ndarray, "3"]
    centre_xyz: Float64[ndarray, "3"]  # Å
    length: float  # Å


def detect_helix(target: Target) -> Job[Helix | None]:
    """The helical symmetry of a filament's map; None when there is none."""
    yield StageStarted("helical symmetry", 2)
    engine, fine = choose_engine("cpu", "numba"), target.native
    coarse, real = target.field(max(target.resolution, 6.0)), list[Helix]()
    for step, filament in enumerate(filaments_of(fine, target.level), 1):
        starts, typical = _promising_screws(filament, coarse, engine)
        screws = _refined(starts, filament, fine, target.level, engine)
        real += [screw for screw in screws if screw.correlation >= max(LEAST_CORRELATION, typical + LEAST_CONTRAST)]
        yield StageAdvanced(step)
    if not real:
        return None
    best = max(screw.correlation for screw in real)
    rising = [screw for screw in real if screw.correlation >= NEARLY_BEST * best]
    generator = min(rising, key=lambda screw: (round(screw.rise / LEAST_RISE), abs(screw.twist)))
    return _over_multiples(generator, filament, fine, target.level, engine)


def is_filament(target: Target) -> bool:
    """Whether the density above the contour reaches both ends of the map along one axis and only there."""
    inside = target.whole.data > target.contour_level
    reaches = [inside.take(0, axis).any() and inside.take(-1, axis).any() for axis in range(3)]
    return sum(reaches) == 1


def filaments_of(field: Field, level: float) -> tuple[_Filament, _Filament]:
    """The density along the map's axis that is nearest to its longest extent, and along the latter itself.

    Helical reconstructions lie along an axis of the map through its middle; centre and longest extent of the density
    lean to where the map cuts a subunit.
    """
    inside = field.data > level
    index = np.argwhere(inside)
    xyz = index[:, ::-1] * field.voxel_size_xyz + field.origin_xyz
    weight = field.data[inside].astype(np.float64)
    centre = weight @ xyz / weight.sum()
    _, axes = np.linalg.eigh((xyz - centre).T @ ((xyz - centre) * weight[:, None]))
    nearest = np.eye(3)[np.abs(axes[:, -1]).argmax()]
    middle = field.origin_xyz + (np.array(field.data.shape[::-1]) - 1) / 2 * field.voxel_size_xyz
    return _filament(xyz, middle, nearest), _filament(xyz, centre, axes[:, -1])


def _filament(
    xyz: Float64[ndarray, "voxel 3"], centre: Float64[ndarray, "3"], axis: Float64[ndarray, "3"]
) -> _Filament:
    direction = axis * (1.0 if axis[np.abs(axis).argmax()] > 0 else -1.0)
    low, high = np.quantile((xyz - centre) @ direction, [0.01, 0.99])
    return _Filament(direction, centre + (low + high) / 2 * direction, float(high - low))


def _promising_screws(filament: _Filament, field: Field, engine: Engine) -> tuple[Poses, float]:
    """The best distinct screws on a grid of rises and turns, and the correlation of the typical one."""
    probe = _slab(filament, field, FAINT * float(field.data.max()), low=-SLAB * filament.length)
    rises = np.arange(0.0, MOST_RISE * filament.length, min(1.0, field.resolution / 6))
    turns = np.arange(0.0, 360.0, TURN_STEP)
    poses = _screw_poses(filament, np.repeat(rises, len(turns)), np.tile(turns, len(rises)))
    value = evaluate(field, probe, poses, engine.evaluate, gradient=False).value.reshape(len(rises), len(turns))
    highest = value == ndimage.maximum_filter(value, (3, 3), mode=("nearest", "wrap"))
    moved = rises[:, None] + np.radians(np.minimum(turns, 360 - turns)) * _arm(probe)
    found = np.flatnonzero(highest & (moved > field.resolution))  # what has hardly moved is like itself anyhow
    chosen = found[np.argsort(-value.ravel()[found], kind="stable")[:REFINED]]
    return poses[chosen], float(np.median(value))


def _screw_poses(filament: _Filament, rise: Float64[ndarray, " n"], turn: Float64[ndarray, " n"]) -> Poses:
    rotation = Rotation.from_rotvec(np.radians(turn)[:, None] * filament.direction_xyz)
    return Poses(rotation.as_quat(), filament.centre_xyz + rise[:, None] * filament.direction_xyz)


def _refined(starts: Poses, filament: _Filament, field: Field, level: float, engine: Engine) -> list[Helix]:
    """Where these screws climb to in the map, those of them that are screws about the filament's axis.

    First a slab climbs; but a slab may hold one molecule only, and then meets any other copy of it: the whole
    filament, up to where it leaves the map, has the last word.
    """
    if len(starts) == 0:
        return []
    poses, value = _climbed(starts, _slab(filament, field, level, low=-SLAB * filament.length), field, engine)
    screws = [_as_screw(poses[[k]], float(value[k]), filament) for k in range(len(poses))]
    likely = [screw for screw in screws if screw is not None and screw.correlation >= LEAST_CORRELATION]
    whole = [_of_whole_filament(screw, 1, filament, field, level, engine) for screw in likely]
    return [screw for screw in whole if screw is not None]


def _of_whole_filament(
    screw: Helix, count: int, filament: _Filament, field: Field, level: float, engine: Engine
) -> Helix | None:
    """The screw's multiple climbed with all of the filament that it leaves in the map; None when it gets lost."""
    end = filament.length / 2
    probe = _slab(filament, field, level, low=-end, high=end - count * screw.rise)
    start = Poses.from_matrices(screw.screw(count)[None], filament.centre_xyz)
    pose, value = _climbed(start, probe, field, engine)
    return _as_screw(pose, float(value[0]), filament)


def _climbed(starts: Poses, probe: Probe, field: Field, engine: Engine) -> tuple[Poses, Float64[ndarray, " pose"]]:
    step = Climb(40, field.resolution / 10, field.resolution / 3, 0.003, _arm(probe))
    return run(climb(starts, make_evaluator(field, probe, engine), step))


def _as_screw(pose: Poses, correlation: float, filament: _Filament) -> Helix | None:
    """A rigid motion of the filament's middle as a screw; None when its axis is another one or it does not rise.

    A screw that hardly turns leaves its axis undetermined: the filament's own is taken.
    """
    turn = pose.rotation.as_rotvec()[0]
    angle = float(np.linalg.norm(turn))
    axis = turn / angle if angle > np.radians(1) else filament.direction_xyz
    axis = axis * (1.0 if axis @ filament.direction_xyz > 0 else -1.0)
    shift = pose.position_xyz[0] - filament.centre_xyz
    rise, twist = float(shift @ axis), float(np.degrees(turn @ axis))
    if axis @ filament.direction_xyz < np.cos(np.radians(MOST_TILT)) or rise < LEAST_RISE:
        return None
    across = shift - rise * axis
    # the point about which a turn by `angle` makes this shift across the axis (Chasles' theorem)
    off = (across + np.cross(axis, across) / np.tan(np.radians(twist) / 2)) / 2 if angle > np.radians(1) else 0 * across
    if np.linalg.norm(off) > MOST_OFF:
        return None
    return Helix(rise, twist, axis, filament.centre_xyz + off, correlation)


def _over_multiples(screw: Helix, filament: _Filament, field: Field, level: float, engine: Engine) -> Helix:
    """The screw made more exact by fitting its multiples, each twice as far as the one before."""
    count = 2
    while count * screw.rise <= MOST_MULTIPLE * filament.length:
        further = _of_whole_filament(screw, count, filament, field, level, engine)
        if further is None or further.correlation < NEARLY_BEST * screw.correlation:
            break
        whole_turns = round((count * screw.twist - further.twist) / 360)
        twist = (further.twist + 360 * whole_turns) / count
        screw = Helix(further.rise / count, twist, further.direction_xyz, further.point_xyz, screw.correlation)
        count *= 2
    return screw


def _slab(filament: _Filament, field: Field, above: float, *, low: float, high: float | None = None) -> Probe:
    """Voxels above a density, weighted by it, as points about the centre of the filament.

    Only those between `low` and `high` Å (−low when not given) along it.
    """
    index = np.argwhere(field.data > above)
    points = index[:, ::-1] * field.voxel_size_xyz + field.origin_xyz - filament.centre_xyz
    along = points @ filament.direction_xyz
    middle = np.flatnonzero((along >= low) & (along <= (-low if high is None else high)))
    chosen = np.random.default_rng(0).choice(middle, min(N_POINTS, len(middle)), replace=False)
    chosen = np.sort(chosen)
    weight = field.data[tuple(index[chosen].T)].astype(np.float64)
    weight -= weight.mean()
    weight /= max(float(np.linalg.norm(weight)), 1e-12)
    return Probe(points[chosen].astype(np.float32), weight.astype(np.float32), correlates=True)


def _arm(probe: Probe) -> float:
    """Root mean square distance (Å) of the points from the centre."""
    return float(np.sqrt((probe.points_xyz.astype(float) ** 2).sum(axis=1).mean()))
