"""Q-scores mean what their paper says, and per-residue metrics add up to those of the whole."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, map_coordinates

from difffit_core.data.poses import Poses
from difffit_core.data.volume import Volume
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.atom_inclusion import atoms_inside
from difffit_core.fit.q_score import RADII, SLACK, SPHERE_SETS, q_scores, spread_directions, typical_q_score
from difffit_core.fit.residue_scores import score_residues
from difffit_core.fit.scores import score_poses
from difffit_core.fit.simulate import SIGMA_PER_RESOLUTION, simulate_map
from tests.fit.making import blob, empty_grid, map_with, random_pose, structure_of

SAMPLE = load_sample()
CHAIN = read_structure(SAMPLE.structures[0].path)
MAP = read_volume(SAMPLE.map_path)
POSE = Poses.from_matrices(SAMPLE.structures[0].map_from_model[:1], CHAIN.centroid_xyz)
RESOLVED = simulate_map(CHAIN, 0.6 / SIGMA_PER_RESOLUTION, voxel_size=0.5)  # Gaussians of 0.6 Å


def placed(pose: Poses = POSE) -> np.ndarray:
    return (CHAIN.xyz - CHAIN.centroid_xyz) @ pose.matrices()[0].T + pose.position_xyz[0]


def by_a_plain_loop(xyz: np.ndarray, volume: Volume, sigma: float) -> list[float]:
    """The definition, one atom, shell and point at a time, with scipy's interpolation."""
    scores = []
    for a, atom in enumerate(xyz):
        others = np.delete(xyz, a, axis=0)
        places, expected = [atom] * 8, [1.0] * 8
        for radius in RADII:
            for size in SPHERE_SETS:
                candidates = atom + radius * spread_directions(size)
                own = [p for p in candidates if np.linalg.norm(others - p, axis=1).min() >= SLACK * radius]
                if len(own) >= 8:
                    break
            taken = min(8, len(own))
            places += [own[k * len(own) // taken] for k in range(taken)]
            expected += [np.exp(-0.5 * (radius / sigma) ** 2)] * taken
        index = volume.index_from_map(np.array(places))
        values = map_coordinates(volume.data.astype(float), index.T[::-1], order=1)
        scores.append(np.corrcoef(values, expected)[0, 1])
    return scores


@pytest.mark.parametrize("sigma", [0.6, 0.4])
def test_q_scores_equal_their_definition(sigma):
    xyz = CHAIN.xyz[:40]
    rng = np.random.default_rng(1)
    volume = simulate_map(CHAIN, 3.0, voxel_size=0.9)
    volume = volume.with_data(volume.data + rng.normal(0, 0.2, volume.data.shape).astype(np.float32))
    np.testing.assert_allclose(q_scores(xyz, volume, sigma=sigma), by_a_plain_loop(xyz, volume, sigma), atol=1e-5)


def test_a_lone_atom_of_the_reference_width_scores_one():
    atom = structure_of(np.array([[3.0, 4.0, 5.0]]))
    volume = simulate_map(atom, 0.6 / SIGMA_PER_RESOLUTION, voxel_size=0.25)
    assert q_scores(atom.xyz, volume)[0] > 0.995


def test_a_resolved_map_scores_near_one_and_blurring_lowers_it():
    blurred = [RESOLVED.with_data(gaussian_filter(RESOLVED.data, blur)) for blur in (0.0, 2.0, 4.0, 8.0)]  # voxels
    means = [float(q_scores(CHAIN.xyz, volume).mean()) for volume in blurred]
    assert means[0] > 0.95
    assert np.all(np.diff(means) < -0.03)


def test_misplacement_lowers_q_scores_step_by_step():
    means = [float(q_scores(CHAIN.xyz + [shift, 0, 0], RESOLVED).mean()) for shift in (0.0, 0.3, 0.6, 1.2)]
    assert np.all(np.diff(means) < -0.03)
    assert means[-1] < 0.35


def test_height_and_offset_of_the_map_do_not_matter():
    scaled = RESOLVED.with_data(7 * RESOLVED.data + 3)
    np.testing.assert_allclose(q_scores(CHAIN.xyz, scaled), q_scores(CHAIN.xyz, RESOLVED), atol=1e-4)


def test_flat_density_scores_nothing():
    flat = RESOLVED.with_data(np.full_like(RESOLVED.data, 0.7))
    assert (q_scores(CHAIN.xyz, flat) == 0).all()
    assert (q_scores(CHAIN.xyz + 500.0, RESOLVED) == 0).all()


def test_atoms_on_one_spot_have_scores():
    twice = np.repeat(CHAIN.xyz[:20], 2, axis=0)
    assert np.isfinite(q_scores(twice, RESOLVED)).all()


def test_haemoglobin_scores_what_deposited_models_at_its_resolution_do():
    found = float(q_scores(placed(), MAP).mean())
    assert found == pytest.approx(typical_q_score(SAMPLE.resolution), abs=0.1)


def test_what_is_typical_falls_with_resolution_and_ends_where_it_is_not_known():
    assert typical_q_score(2.0) == pytest.approx(0.76, abs=0.01)
    assert typical_q_score(0.5) == 1.0
    assert typical_q_score(5.8) is None


def test_inclusion_is_a_count_and_equals_fraction_inside():
    inside = atoms_inside(placed(), MAP, SAMPLE.contour_level)
    values = map_coordinates(MAP.data.astype(float), MAP.index_from_map(placed()).T[::-1], order=1)
    np.testing.assert_array_equal(inside, values > SAMPLE.contour_level)
    whole = score_poses(CHAIN, MAP, SAMPLE.contour_level, SAMPLE.resolution, POSE)[0]
    assert float(whole.fraction_inside) == pytest.approx(inside.mean())


def test_atoms_outside_the_map_are_never_included():
    assert not atoms_inside(placed() + 1000.0, MAP, -1.0).any()


def test_residues_add_up_to_the_whole():
    residues = score_residues(CHAIN, MAP, SAMPLE.contour_level, SAMPLE.resolution, POSE)
    whole = score_poses(CHAIN, MAP, SAMPLE.contour_level, SAMPLE.resolution, POSE)[0]
    share = residues.atoms / residues.atoms.sum()
    assert residues.atoms.sum() == len(CHAIN)
    assert residues.mean_density @ share == pytest.approx(float(whole.mean_density))
    assert residues.atom_inclusion == pytest.approx(float(whole.fraction_inside))
    assert residues.mean_q_score == pytest.approx(float(q_scores(placed(), MAP).mean()))
    assert np.average(residues.correlation) == pytest.approx(float(whole.correlation_about_mean), abs=0.15)


def test_residues_are_named_as_in_the_file_insertion_codes_included():
    structure = replace(
        CHAIN, insertion_code=np.where(CHAIN.residue_number == CHAIN.residue_number[0], "A", CHAIN.insertion_code)
    )
    residues = score_residues(structure, MAP, SAMPLE.contour_level, SAMPLE.resolution, POSE)
    keys = dict.fromkeys(zip(structure.chain, structure.residue_number, structure.insertion_code, strict=True))
    assert list(zip(residues.chain, residues.number, residues.insertion_code, strict=True)) == list(keys)
    assert residues.insertion_code[0] == "A"
    assert residues.name[0] == CHAIN.residue_name[0]
    row = residues.as_rows()[0]
    assert row["atoms"] == np.count_nonzero(CHAIN.residue_number == CHAIN.residue_number[0])
    assert row["q_score"] == residues.q_score[0]


def test_a_residue_that_was_moved_away_stands_out():
    structure = blob()
    residue = np.repeat(np.arange(40, dtype=np.int32), 10)
    structure = replace(structure, residue_number=residue)
    grid = empty_grid((60, 56, 58), (1.2, 1.3, 1.1), (3.0, -20.0, 7.0))
    pose = random_pose(grid.corners_xyz.mean(axis=0), 4)
    volume = map_with(structure, [pose], grid, 4.0)
    broken = replace(structure, xyz=structure.xyz + np.where(residue == 25, 6.0, 0.0)[:, None])
    # the centroid of the broken structure is elsewhere; its pose puts the other atoms where they were
    moved = pose.position_xyz + (broken.centroid_xyz - structure.centroid_xyz) @ pose.matrices()[0].T
    level = 0.3 * float(volume.data.max())
    residues = score_residues(broken, volume, level, 4.0, Poses(pose.orientation_xyzw, moved))
    others = np.arange(40) != 25
    assert residues.q_score[25] < np.median(residues.q_score[others]) - 0.2
    assert residues.correlation[25] < np.median(residues.correlation[others]) - 0.2
    assert residues.mean_density[25] < np.median(residues.mean_density[others])
