from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.compose.candidates import Shapes, candidates_of
from difffit_core.compose.decisions import CONFIDENT
from difffit_core.compose.rounds import Composition, compose_assembly
from difffit_core.data.poses import Poses, angles_between
from difffit_core.events import CopiesFound, RoundEnded, RoundStarted, run
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.settings import FitSettings
from tests.bench.confidence.controls import scrambled
from tests.files.test_assembly_records import with_assembly

SAMPLE = load_sample()
VOLUME = read_volume(SAMPLE.map_path)
CHAINS = tuple(read_structure(SAMPLE.structure(name).path) for name in ("A", "B"))
STRANGER = replace(scrambled(CHAINS[0], 1), source=replace(CHAINS[0].source, path=SAMPLE.map_path.with_name("X.pdb")))
SETTINGS = FitSettings(resolution=SAMPLE.resolution)


@pytest.fixture(scope="module")
def haemoglobin() -> Composition:
    return run(compose_assembly((*CHAINS, STRANGER), VOLUME, SETTINGS))


def true_places(composition: Composition, structure: int) -> set[int]:
    """Which true placements of a structure have a copy within 3 Å and 6°."""
    truth = SAMPLE.structure("AB"[structure]).map_from_model
    true = Poses.from_matrices(truth, CHAINS[structure].centroid_xyz)
    found = set()
    for copy in composition.copies:
        if copy.structure == structure:
            pose = copy.cluster.representative
            near = np.linalg.norm(true.position_xyz - pose.position_xyz, axis=1) <= 3
            found |= set(np.flatnonzero(near & (angles_between(true.orientation_xyzw, pose.orientation_xyzw) <= 6)))
    return found


def test_all_four_chains_find_their_places_although_they_resemble_each_other(haemoglobin):
    assert true_places(haemoglobin, 0) == {0, 1}
    assert true_places(haemoglobin, 1) == {0, 1}
    assert len(haemoglobin.copies) == 4


def test_what_is_not_in_the_map_is_left_out_with_a_reason(haemoglobin):
    assert [left.structure for left in haemoglobin.left_out] == [2]
    assert "X.pdb" in haemoglobin.left_out[0].reason


def test_copies_do_not_overlap_and_are_confident(haemoglobin):
    shapes = Shapes.of((*CHAINS, STRANGER))
    assert not shapes.conflicts(list(haemoglobin.copies)).any()
    assert all(copy.confidence >= CONFIDENT for copy in haemoglobin.copies)


def test_the_joint_polish_adds_no_clashes(haemoglobin):
    before, after = haemoglobin.quality
    assert after.improves(before)
    assert after.clashes == 0


def test_the_maps_symmetry_is_reported(haemoglobin):
    assert haemoglobin.symmetry is not None
    assert haemoglobin.symmetry.group == "C2"


def test_the_remaining_map_lacks_what_the_copies_explain(haemoglobin):
    level = haemoglobin.contour_level
    before, after = (np.count_nonzero(v.data > level) for v in (VOLUME, haemoglobin.remaining))
    assert after < 0.35 * before


def test_no_more_copies_than_asked_for():
    composition = run(compose_assembly(CHAINS[:1], VOLUME, SETTINGS, most={0: 1}))
    assert len(composition.copies) == 1
    assert true_places(composition, 0) in ({0}, {1})
    assert len(composition.rounds) == 1


def test_every_round_is_told_when_it_has_ended():
    heard = []
    composition = run(compose_assembly(CHAINS[:1], VOLUME, SETTINGS, most={0: 1}), heard.append)
    ended = [event for event in heard if isinstance(event, RoundEnded)]
    assert [event.number for event in heard if isinstance(event, RoundStarted)] == [1]
    assert tuple(event.round for event in ended) == composition.rounds
    assert ended[0].copies == composition.rounds[0].accepted
    assert [event.copies for event in heard if isinstance(event, CopiesFound)] == [ended[0].copies]
    assert (ended[0].remaining.data != VOLUME.data).any()


def test_a_place_overlaps_itself_and_not_its_symmetry_copy():
    result = run(fit_structure(CHAINS[0], VOLUME, SETTINGS))
    first, second = candidates_of(0, CHAINS[0], result, 1)[:2]
    shapes = Shapes.of(CHAINS)
    assert shapes.overlap(first, first) == 1.0
    assert shapes.overlap(first, second) < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_fourteen_copies_of_one_chain_fill_groel_whatever_the_seed(shared_data, seed):
    case = shared_data / "cases/groel"
    structure, volume = read_structure(case / "1oel_subunit.pdb"), read_volume(case / "groel-11.5A.mrc")
    turned = replace(structure, xyz=structure.xyz @ Rotation.random(rng=np.random.default_rng(seed)).as_matrix().T)
    composition = run(compose_assembly((turned,), volume, FitSettings(resolution=11.5, seed=seed)))
    assert len(composition.copies) == 14
    assert composition.symmetry is not None
    assert composition.symmetry.group == "D7"
    assert [len(orbit.copies) for orbit in composition.orbits] == [14]
    before, after = composition.quality
    assert after.improves(before)
    assert after.clashes < before.clashes


def test_assembly_records_say_which_copies_belong_together():
    first, second = (np.vstack([matrix, [0, 0, 0, 1]]) for matrix in SAMPLE.structure("A").map_from_model)
    alpha = with_assembly([np.eye(3, 4), (np.linalg.inv(first) @ second)[:3]])
    composition = run(compose_assembly((alpha,), VOLUME, SETTINGS, most={0: 2}, symmetry="file"))
    assert true_places(composition, 0) == {0, 1}
    assert composition.symmetry is None  # nobody looked for the map's own
    assert [orbit.copies for orbit in composition.orbits] == [(0, 1)]
