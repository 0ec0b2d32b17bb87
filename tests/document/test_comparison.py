"""Differences between placements, and distances to a reference."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.data.poses import Poses
from difffit_core.document.comparison import count_places, difference, distance_from
from difffit_core.errors import DiffFitError
from tests.document.items import make_structure

HERE = np.eye(3, 4)
XYZ = np.random.default_rng(1).normal(size=(20, 3)) * 8


def moved(shift: tuple[float, float, float]) -> np.ndarray:
    return np.concatenate([np.eye(3), np.array(shift)[:, None]], axis=1)


def test_difference_of_a_shift_is_that_shift():
    structure, upright = make_structure("s", XYZ), np.array([[0.0, 0, 0, 1]])
    found = difference(structure, Poses(upright, np.zeros((1, 3))), Poses(upright, np.array([[3.0, 4, 0]])))
    assert (found.shift, found.angle, found.rmsd) == pytest.approx((5, 0, 5))


def test_difference_of_a_turn_is_its_angle():
    structure = make_structure("s", XYZ)
    turned = Rotation.from_rotvec([0, 0, np.radians(30)]).as_quat()[None]
    found = difference(structure, Poses(np.array([[0.0, 0, 0, 1]]), XYZ[:1]), Poses(turned, XYZ[:1]))
    assert (found.shift, found.angle) == pytest.approx((0, 30))
    assert found.rmsd > 1


def test_structure_is_at_no_distance_from_itself():
    structure = make_structure("s", XYZ)
    found = distance_from(structure, moved((1, 2, 3)), structure, moved((1, 2, 3)))
    assert (found.rmsd, found.atoms) == (pytest.approx(0, abs=1e-12), 20)


def test_nearest_copy_of_a_complex_counts_whatever_its_name():
    structure = make_structure("s", XYZ)
    two = make_structure("complex", np.concatenate([XYZ + 50, XYZ + [0, 0, 2.0]]))
    numbers = np.tile(np.arange(1, 21, dtype=np.int32), 2)
    two = replace(two, chain=np.array(["X"] * 20 + ["Y"] * 20), residue_number=numbers)
    assert distance_from(structure, HERE, two, HERE).rmsd == pytest.approx(2)


def test_reference_of_another_protein_is_refused_in_a_sentence():
    structure = make_structure("s", XYZ)
    other = replace(make_structure("other", XYZ), residue_name=np.array(["GLY"] * 20))
    with pytest.raises(DiffFitError, match="too few atoms in common"):
        distance_from(structure, HERE, other, HERE)


def test_places_are_counted_by_shift_and_by_angle():
    upright = np.tile([0.0, 0, 0, 1], (4, 1))
    places = np.array([[0.0, 0, 0], [2.0, 0, 0], [30.0, 0, 0], [30.5, 0, 0]])
    assert count_places(Poses(upright, places), 3.0, 6.0) == 2
    upright[3] = Rotation.from_rotvec([0, 0, 1.0]).as_quat()
    assert count_places(Poses(upright, places), 3.0, 6.0) == 3
