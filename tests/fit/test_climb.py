import numpy as np

from difffit_core.data.poses import Poses, angles_between
from difffit_core.events import PosesImproved, run
from difffit_core.fit.climb import Climb, climb, move
from difffit_core.fit.device import choose_engine
from difffit_core.fit.probe import density_probe
from difffit_core.fit.search import make_evaluator
from difffit_core.fit.target import prepare_target
from tests.fit.making import blob, empty_grid, map_with, random_pose

STRUCTURE = blob()
GRID = empty_grid((50, 50, 50), (1.3, 1.3, 1.3), (0.0, 0.0, 0.0))
TRUTH = random_pose(np.array([33.0, 31.0, 30.0]), 4)
VOLUME = map_with(STRUCTURE, [TRUTH], GRID, 6.0)
TARGET = prepare_target(VOLUME, 0.2 * float(VOLUME.data.max()), 6.0)
EVALUATE = make_evaluator(TARGET.native, density_probe(STRUCTURE, 6.0, above=0.1), choose_engine("cpu", "numba"))
ARM = STRUCTURE.radius_of_gyration
PLAN = Climb(steps=60, first_step=0.7, longest_step=2.0, converged_below=0.002, arm=ARM)


def near_the_truth(count: int) -> Poses:
    """Poses up to 2 Å and about 12° away."""
    rng = np.random.default_rng(7)
    step = np.concatenate([rng.uniform(-1.2, 1.2, (count, 3)), rng.uniform(-0.12, 0.12, (count, 3)) * ARM], axis=1)
    many = Poses(np.repeat(TRUTH.orientation_xyzw, count, axis=0), np.repeat(TRUTH.position_xyz, count, axis=0))
    return move(many, step, ARM)


def test_poses_near_a_planted_copy_climb_onto_it():
    poses, value = run(climb(near_the_truth(30), EVALUATE, PLAN))
    assert np.linalg.norm(poses.position_xyz - TRUTH.position_xyz, axis=1).max() < 0.06
    assert angles_between(poses.orientation_xyzw, TRUTH.orientation_xyzw).max() < 0.4
    assert value.min() > 0.99


def test_no_pose_ever_gets_worse():
    values = []
    run(
        climb(near_the_truth(20), EVALUATE, PLAN),
        lambda event: values.append(event.scores) if isinstance(event, PosesImproved) else None,
    )
    assert len(values) > 3
    assert (np.diff(values, axis=0) >= 0).all()


def test_move_shifts_by_angstroms_and_turns_by_arc():
    step = np.array([[1.0, -2.0, 3.0, 0.0, 0.0, 0.1 * ARM]])
    there = move(TRUTH, step, ARM)
    np.testing.assert_allclose(there.position_xyz - TRUTH.position_xyz, [[1.0, -2.0, 3.0]])
    np.testing.assert_allclose(
        angles_between(there.orientation_xyzw, TRUTH.orientation_xyzw), np.degrees(0.1), rtol=1e-6
    )
