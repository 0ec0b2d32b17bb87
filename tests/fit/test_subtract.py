"""Explained density: what a copy accounts for goes, what a touching neighbour needs stays."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from difffit_core.data.placed import Placed
from difffit_core.data.poses import Poses
from difffit_core.data.removal import RemovalSettings, explained_fraction, restored, without
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError, SettingsError
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.occupancy import near_points
from difffit_core.fit.scores import score_poses
from difffit_core.fit.simulate import simulate_map
from difffit_core.fit.subtract import preview_removal, remove_density, solvent_density
from tests.fit.making import blob, empty_grid, map_with, random_pose, structure_of

SAMPLE = load_sample()


@pytest.fixture(scope="module")
def haemoglobin() -> Volume:
    return read_volume(SAMPLE.map_path)


@pytest.fixture(scope="module")
def chains() -> list[Placed]:
    """α, α, β, β: every α touches both β."""
    return [Placed(read_structure(s.path), m) for s in SAMPLE.structures[:2] for m in s.map_from_model]


def settings(**given) -> RemovalSettings:
    return RemovalSettings(**{"level": SAMPLE.contour_level, "resolution": SAMPLE.resolution, **given})


def owners(volume: Volume, chains: list[Placed]) -> tuple[np.ndarray, np.ndarray]:
    """Indices z y x of the voxels above the contour near a chain, and which chain is nearest to each."""
    index = np.argwhere(volume.data > SAMPLE.contour_level)
    xyz = volume.map_from_index(index[:, ::-1].astype(float))
    distance = np.stack([cKDTree(chain.xyz).query(xyz)[0] for chain in chains])
    near = distance.min(axis=0) < 4.0
    return index[near], distance.argmin(axis=0)[near]


def share_left(remaining: Volume, index: np.ndarray) -> float:
    return float((remaining.data[tuple(index.T)] > SAMPLE.contour_level).mean())


@pytest.mark.parametrize("mode", ["zero", "subtract"])
@pytest.mark.parametrize("gone", range(4))
def test_touching_neighbours_keep_their_density(haemoglobin, chains, mode, gone):
    index, owner = owners(haemoglobin, chains)
    remaining = remove_density(haemoglobin, [chains[gone]], settings(mode=mode)).volume
    for other in set(range(4)) - {gone}:
        assert share_left(remaining, index[owner == other]) > 0.99
    assert share_left(remaining, index[owner == gone]) < (0.15 if mode == "zero" else 0.6)


@pytest.mark.parametrize("mode", ["zero", "subtract"])
def test_a_removed_copy_no_longer_fits_and_its_neighbour_still_does(haemoglobin, chains, mode):
    remaining = remove_density(haemoglobin, chains[:1], settings(mode=mode)).volume
    before, after = ([correlation(chain, volume) for chain in chains] for volume in (haemoglobin, remaining))
    assert after[0] < 0.45 * before[0]
    np.testing.assert_allclose(after[1:], before[1:], atol=0.01)


def correlation(copy: Placed, volume: Volume) -> float:
    pose = Poses.from_matrices(copy.map_from_model[None], copy.structure.centroid_xyz)
    found = score_poses(copy.structure, volume, SAMPLE.contour_level, SAMPLE.resolution, pose)
    return float(found.correlation_about_mean[0])


@pytest.mark.parametrize("mode", ["zero", "subtract"])
def test_restored_map_is_the_same_bit_for_bit(haemoglobin, chains, mode):
    kept = haemoglobin.data.copy()
    remaining = remove_density(haemoglobin, chains, settings(mode=mode))
    assert haemoglobin.data.tobytes() == kept.tobytes()
    assert restored(remaining.volume, remaining.removals).data.tobytes() == kept.tobytes()
    assert without(haemoglobin, remaining.removals).data.tobytes() == remaining.volume.data.tobytes()
    np.testing.assert_array_equal(remaining.volume.origin_xyz, haemoglobin.origin_xyz)


def test_four_chains_explain_most_of_haemoglobin(haemoglobin, chains):
    removals = remove_density(haemoglobin, chains, settings()).removals
    assert explained_fraction(haemoglobin, SAMPLE.contour_level, removals) > 0.85
    assert explained_fraction(haemoglobin, SAMPLE.contour_level, removals[:2]) < 0.5


def test_preview_shows_what_the_removal_then_does(haemoglobin, chains):
    preview = preview_removal(haemoglobin, chains[:2], settings())
    remaining = remove_density(haemoglobin, chains[:2], settings()).volume
    low = np.rint(haemoglobin.index_from_map(preview.box.origin_xyz)).astype(int)
    part = remaining.crop(tuple(low), tuple(low + preview.box.shape_xyz)).data > SAMPLE.contour_level
    np.testing.assert_array_equal(part, preview.stays)
    np.testing.assert_array_equal(preview.goes | preview.stays, preview.box.data > SAMPLE.contour_level)
    assert not (preview.goes & preview.stays).any()


def test_a_radius_takes_everything_that_near_to_an_atom_and_nothing_else(haemoglobin, chains):
    removal = remove_density(haemoglobin, chains[:1], settings(radius=3.0)).removals[0]
    index = np.argwhere(removal.mask) + removal.low_zyx
    distance = cKDTree(chains[0].xyz).query(haemoglobin.map_from_index(index[:, ::-1].astype(float)))[0]
    assert distance.max() <= 3.0
    beyond = np.argwhere(~removal.mask) + removal.low_zyx
    assert cKDTree(chains[0].xyz).query(haemoglobin.map_from_index(beyond[:, ::-1].astype(float)))[0].min() > 3.0


def test_a_lower_level_takes_more():
    structure, pose = blob(), random_pose(np.array([30.0, 28, 32]), 5)
    volume = map_with(structure, [pose], empty_grid((60, 60, 60), (1.0, 1.1, 0.9), (-2.0, 3, 1)), 8.0)
    placed = Placed(structure, pose.map_from_model(structure.centroid_xyz)[0])
    levels = [share * float(volume.data.max()) for share in (0.02, 0.05, 0.1, 0.2)]
    masks = [remove_density(volume, [placed], RemovalSettings(level=level, resolution=8.0)) for level in levels]
    taken = [int(mask.removals[0].mask.sum()) for mask in masks]
    assert taken == sorted(set(taken), reverse=True)


def test_subtracting_from_a_simulated_map_leaves_nothing_inside_the_mask():
    structure, pose = blob(), random_pose(np.array([30.0, 28, 32]), 5)
    volume = map_with(structure, [pose], empty_grid((60, 60, 60), (1.0, 1.1, 0.9), (-2.0, 3, 1)), 6.0)
    placed = Placed(structure, pose.map_from_model(structure.centroid_xyz)[0])
    level = 0.1 * float(volume.data.max())
    remaining = remove_density(volume, [placed], RemovalSettings(level=level, resolution=6.0, mode="subtract"))
    mask = remaining.removals[0].mask
    left = remaining.volume.data[remaining.removals[0].window][mask]
    assert np.abs(left).max() < 1e-3 * volume.data.max()


def test_zero_means_the_solvents_density_where_a_map_has_an_offset(haemoglobin, chains):
    shifted = haemoglobin.with_data(haemoglobin.data + np.float32(5))
    removal = remove_density(shifted, chains[:1], settings(level=SAMPLE.contour_level + 5)).removals[0]
    plain = remove_density(haemoglobin, chains[:1], settings()).removals[0]
    assert removal.fill == pytest.approx(5, abs=0.03)
    assert plain.fill == 0
    assert (removal.mask == plain.mask).mean() > 0.99
    assert solvent_density(haemoglobin, SAMPLE.contour_level) == 0


def test_atoms_reaching_out_of_the_map_are_cut(chains):
    volume = simulate_map(replace(chains[0].structure, xyz=chains[0].xyz), 5.0)
    half = volume.crop((0, 0, 0), (volume.shape_xyz[0] // 2, *volume.shape_xyz[1:]))
    removal = remove_density(half, chains[:1], RemovalSettings(level=0.1, resolution=5.0)).removals[0]
    assert removal.mask.any()
    assert (np.add(removal.low_zyx, removal.shape_zyx) <= half.data.shape).all()


def test_a_structure_outside_of_the_map_is_a_sentence(haemoglobin, chains):
    away = Placed(chains[0].structure, np.column_stack([np.eye(3), [1e4, 0, 0]]))
    with pytest.raises(FitError, match="outside of the map"):
        remove_density(haemoglobin, [away], settings())


@pytest.mark.parametrize("wrong", [{"mode": "erase"}, {"radius": 0.0}, {"resolution": -1.0}, {"level": float("nan")}])
def test_settings_that_cannot_be_used_are_a_sentence(wrong):
    with pytest.raises(SettingsError):
        settings(**wrong)


def test_near_points_are_those_within_the_radius():
    grid = empty_grid((12, 10, 8), (1.0, 1.3, 0.7), (1.0, -2, 3))
    xyz = np.random.default_rng(2).uniform(-1, 10, (20, 3))
    index = np.argwhere(np.ones(grid.data.shape, bool))
    distance = cKDTree(xyz).query(grid.map_from_index(index[:, ::-1].astype(float)))[0]
    np.testing.assert_array_equal(near_points(grid, xyz, 2.2).ravel(), distance <= 2.2)


def test_a_map_without_density_at_the_copy_loses_only_the_atoms_own_voxels():
    noise = np.random.default_rng(0).normal(size=(30, 30, 30)).astype(np.float32)
    volume = Volume(noise - 3, np.ones(3), np.zeros(3))
    placed = Placed(structure_of(np.full((1, 3), 15.0)), np.eye(3, 4))
    mask = remove_density(volume, [placed], RemovalSettings(level=2.0, resolution=3.0)).removals[0].mask
    assert mask.sum() == 33  # lattice points within 2 Å of one
