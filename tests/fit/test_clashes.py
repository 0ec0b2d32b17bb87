"""Clashes: what is too close is named, what only touches is not."""

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from difffit_core.data.placed import Placed
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.clashes import ATOM_RADIUS, LEAST_DISTANCES, count_clashing_atoms, find_clashes, shared_volume
from tests.fit.making import structure_of

SAMPLE = load_sample()
HERE = np.eye(3, 4)
CARBON, NITROGEN, OXYGEN, SULPHUR, ZINC = 6, 7, 8, 16, 30


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
    close = distance < LEAST_DISTANCES[np.ix_(alpha.element, alpha.element)]
    expected = {(alpha.residue_index[i], alpha.residue_index[j]) for i, j in np.argwhere(close)}
    assert len(clashes.pairs) == len(expected)
    assert sum(clash.contacts for clash in clashes.pairs) == close.sum()
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


@pytest.mark.parametrize(
    ("elements", "distance", "clash"),
    [
        ((CARBON, CARBON), 2.99, True),
        ((CARBON, CARBON), 3.01, False),  # 3.4 Å less the 0.4 Å by which two spheres may overlap
        ((CARBON, OXYGEN), 2.69, True),
        ((CARBON, OXYGEN), 2.75, False),
        ((NITROGEN, OXYGEN), 2.7, False),  # a hydrogen bond
        ((OXYGEN, OXYGEN), 2.55, False),  # a short one
        ((NITROGEN, OXYGEN), 2.4, True),
        ((SULPHUR, SULPHUR), 2.05, False),  # a disulphide
        ((SULPHUR, CARBON), 3.0, True),
        ((ZINC, NITROGEN), 2.1, False),
        ((ZINC, CARBON), 2.5, True),
    ],
)
def test_what_may_be_a_bond_is_no_clash(elements: tuple[int, int], distance: float, clash: bool):
    first, second = (
        Placed(structure_of(np.array([[x, 0.0, 0]]), np.array([element], np.uint8)), HERE)
        for element, x in zip(elements, (0.0, distance), strict=True)
    )
    assert bool(find_clashes([first, second])) == clash
    assert count_clashing_atoms([first, second]) == 2 * clash
    assert bool(find_clashes([second, first])) == clash


def test_chains_of_haemoglobin_where_they_were_deposited_hardly_clash():
    chains = [Placed(read_structure(s.path), m) for s in SAMPLE.structures[:2] for m in s.map_from_model]
    assert count_clashing_atoms(chains) <= 2  # 16 atoms are nearer than 3 Å, nearly all in hydrogen bonds


def test_clashing_atoms_are_counted_once_each(alpha):
    copies = [Placed(alpha, HERE), shifted(alpha, 10.0, 0, 0), shifted(alpha, 20.0, 0, 0), shifted(alpha, 300.0, 0, 0)]
    expected, least = 0, LEAST_DISTANCES[np.ix_(alpha.element, alpha.element)]
    for k, one in enumerate(copies):
        close = [(cdist(one.xyz, other.xyz) < least).any(axis=1) for j, other in enumerate(copies) if j != k]
        expected += int(np.any(close, axis=0).sum())
    assert count_clashing_atoms(copies) == expected
    assert count_clashing_atoms(copies[:1]) == 0


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
