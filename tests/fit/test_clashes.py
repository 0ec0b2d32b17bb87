"""Clashes: what is too close is named, what only touches is not."""

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from difffit_core.data.placed import Placed
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.clashes import ATOM_RADIUS, count_close_atoms, find_clashes, shared_volume
from tests.fit.making import structure_of

SAMPLE = load_sample()
HERE = np.eye(3, 4)


def shifted(structure, *shift: float) -> Placed:
    return Placed(structure, np.column_stack([np.eye(3), shift]))


@pytest.fixture(scope="module")
def alpha():
    return read_structure(SAMPLE.structures[0].path)


def test_chains_that_only_touch_barely_clash():
    chains = [Placed(read_structure(s.path), m) for s in SAMPLE.structures[:2] for m in s.map_from_model]
    found = find_clashes(chains)
    assert all(clashes.buried_volume < 150 for clashes in found)
    assert all(clash.distance > 2.2 for clashes in found for clash in clashes.pairs)


def test_a_copy_pushed_into_another_clashes_where_it_overlaps(alpha):
    (clashes,) = find_clashes([Placed(alpha, HERE), shifted(alpha, 10.0, 0, 0), shifted(alpha, 300.0, 0, 0)])
    assert (clashes.first, clashes.second) == (0, 1)
    distance = cdist(alpha.xyz, alpha.xyz + [10, 0, 0])
    expected = {(alpha.residue_index[i], alpha.residue_index[j]) for i, j in np.argwhere(distance < 3.0)}
    assert len(clashes.pairs) == len(expected)
    assert sum(clash.contacts for clash in clashes.pairs) == (distance < 3.0).sum()
    assert clashes.pairs[0].distance == pytest.approx(distance.min())
    assert [c.distance for c in clashes.pairs] == sorted(c.distance for c in clashes.pairs)
    for clash in clashes.pairs:
        assert np.linalg.norm(np.subtract(clash.first_xyz, clash.second_xyz)) == pytest.approx(clash.distance)


def test_clashing_residues_are_named_as_people_write_them(alpha):
    one = replace(structure_of(np.zeros((1, 3))), chain=np.array(["B"]), residue_number=np.array([52], np.int32))
    other = replace(structure_of(np.array([[0, 0, 2.0]])), insertion_code=np.array(["A"]))
    (clashes,) = find_clashes([Placed(one, HERE), Placed(other, HERE)])
    assert str(clashes.pairs[0].first) == "B/GLY 52"
    assert str(clashes.pairs[0].second) == "A/GLY 0A"


def test_the_limit_of_distance_is_exclusive():
    atoms = [Placed(structure_of(np.array([[x, 0.0, 0]])), HERE) for x in (0.0, 3.0)]
    assert find_clashes(atoms) == ()
    assert len(find_clashes(atoms, closer_than=3.1)) == 1


def test_atoms_too_close_are_counted_once_each(alpha):
    copies = [Placed(alpha, HERE), shifted(alpha, 10.0, 0, 0), shifted(alpha, 20.0, 0, 0), shifted(alpha, 300.0, 0, 0)]
    xyz = [copy.xyz for copy in copies]
    expected = 0
    for k, one in enumerate(xyz):
        rest = np.concatenate(xyz[:k] + xyz[k + 1 :])
        expected += int((cdist(one, rest).min(axis=1) < 3.0).sum())
    assert count_close_atoms(copies) == expected
    assert count_close_atoms(copies[:1]) == 0


@pytest.mark.parametrize("apart", [0.0, 1.0, 2.0, 3.0, 4.0])
def test_shared_volume_of_two_spheres_is_that_of_the_lens(apart):
    r = ATOM_RADIUS
    lens = np.pi * (4 * r + apart) * (2 * r - apart) ** 2 / 12 if apart < 2 * r else 0.0
    many = np.array([[20.0 * i + 0.13 * i, 0.29 * i, 0.41 * i] for i in range(60)])  # at all places of the grid
    two = [Placed(structure_of(many + [0, 0, z]), HERE) for z in (0.0, apart)]
    assert shared_volume(*two) / 60 == pytest.approx(lens, rel=0.1, abs=0.1)


def test_a_structure_shares_its_whole_volume_with_itself(alpha):
    whole = shared_volume(Placed(alpha, HERE), Placed(alpha, HERE))
    assert 0.6 * alpha.approximate_volume < whole < 1.1 * alpha.approximate_volume


def test_a_hundred_thousand_atoms_take_seconds(record_property):
    rng = np.random.default_rng(0)
    side = 110.0  # 100,000 atoms at the density of a protein
    big = [Placed(structure_of(rng.uniform(0, side, (100_000, 3)) + [x, 0, 0]), HERE) for x in (0.0, side - 5)]
    begun = time.perf_counter()
    (clashes,) = find_clashes(big)
    seconds = time.perf_counter() - begun
    record_property("seconds", seconds)
    assert clashes.buried_volume > 1000
    assert seconds < 10
