"""The combined volume: islands, both orders of smoothing, negative space, and its equality with all levels."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from difffit_core.bench.plain_paper import around, losses
from difffit_core.data.poses import Poses
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError
from difffit_core.fit.kernels.evaluate import evaluate, numba_backend, torch_backend
from difffit_core.fit.paper import adam
from difffit_core.fit.paper.levels import (
    Recipe,
    combine,
    field_of,
    filtered,
    large_islands,
    levels,
    recipe_of,
    smooth,
)
from difffit_core.fit.probe import atom_probe
from difffit_core.fit.starts import even_rotations
from difffit_core.fit.target import BORDER, Field
from difffit_core.settings import FitSettings
from tests.fit.making import blob, empty_grid, map_with, random_pose

STRUCTURE = blob()
PROBE = atom_probe(STRUCTURE)
GRID = empty_grid((44, 50, 38), (1.4, 1.3, 1.7), (12.0, -40.0, 7.0))
CENTRE = GRID.corners_xyz.mean(axis=0)
VOLUME = map_with(STRUCTURE, [random_pose(CENTRE, 1)], GRID, 6.0, noise=0.03)
LEVEL = 0.1 * float(VOLUME.data.max())
EXPAND, SHRINK = (Recipe(3, order, -0.5, 100) for order in ("expand", "shrink"))
ORDERS = pytest.mark.parametrize("recipe", [EXPAND, SHRINK], ids=["expand", "shrink"])


def some_poses(count: int = 30) -> Poses:
    """Poses in the density and around it, the last ones beyond the walls."""
    position = CENTRE + np.random.default_rng(2).normal(size=(count, 3)) * np.linspace(2, 40, count)[:, None]
    return Poses(even_rotations(count, 4), position)


@ORDERS
@pytest.mark.parametrize("backend", [numba_backend, torch_backend("cpu")], ids=["numba", "torch"])
def test_combined_volume_has_the_loss_and_gradient_of_the_sum_over_levels(recipe, backend):
    weights = [0.4, 1.0, 0.7, 2.0]
    density = filtered(VOLUME, LEVEL, recipe)
    parts = list(levels(density.data, recipe))
    origin = density.map_from_index(np.full(3, -float(BORDER)))
    field = Field(combine(parts, weights, recipe.negative), density.voxel_size_xyz, origin, 6.0, 0.0)
    state = adam.begin(some_poses())
    state.parameters[:, :4] *= np.linspace(0.5, 3, 30)[:, None]  # Adam does not keep quaternions at length one
    found = evaluate(field, PROBE, state.poses, backend, gradient=True)
    value, gradient = by_autograd(parts, weights, density, recipe.negative, state.parameters)
    np.testing.assert_allclose(found.value, value, rtol=1e-4, atol=1e-4)
    for part in (slice(4), slice(4, 7)):
        slope = adam.slope_of(state, found)[:, part]
        assert np.linalg.norm(slope - gradient[:, part]) < 1e-4 * np.linalg.norm(gradient[:, part])


def by_autograd(parts, weights, density: Volume, negative: float, parameters: np.ndarray):
    """Value and gradient of poses, each level sampled by itself, in double precision."""
    exact = around([torch.from_numpy(part).double() for part in parts], weights, density, negative)
    variables = torch.from_numpy(parameters).requires_grad_()
    points = torch.from_numpy(PROBE.points_xyz).double()
    value = -losses(exact, points, variables[:, :4], variables[:, 4:])
    value.sum().backward()
    return value.detach().numpy(), variables.grad.numpy()


def test_smoothing_is_a_gaussian_of_one_voxel_cut_at_two():
    mine = smooth(VOLUME.data)
    want = ndimage.gaussian_filter(VOLUME.data.astype(float), 1.0, radius=2, mode="mirror")
    np.testing.assert_allclose(mine, want, rtol=1e-5, atol=1e-6 * want.max())


def test_expanding_levels_are_smoothed_first_and_filled_last():
    density = filtered(VOLUME, LEVEL, EXPAND).data
    want = density.astype(float)
    for mine in levels(density, EXPAND):
        np.testing.assert_allclose(mine, np.where(want > 0, want, -0.5), atol=1e-5)
        want = ndimage.gaussian_filter(want, 1.0, radius=2, mode="mirror")


def test_shrinking_levels_are_smoothed_with_their_negative_space():
    density = filtered(VOLUME, LEVEL, SHRINK).data
    want = np.where(density > 0, density.astype(float), -0.5)
    for mine in levels(density, SHRINK):
        np.testing.assert_allclose(mine, want, atol=1e-5)
        want = ndimage.gaussian_filter(want, 1.0, radius=2, mode="mirror")
        want[want <= 0] = -0.5


def test_density_grows_or_shrinks_from_level_to_level_as_the_order_says():
    for recipe, sign in ((EXPAND, 1), (SHRINK, -1)):
        inside = [int((part > 0).sum()) for part in levels(filtered(VOLUME, LEVEL, recipe).data, recipe)]
        assert (np.diff(inside) * sign > 0).all()
        assert all((part[part <= 0] == -0.5).all() for part in levels(filtered(VOLUME, LEVEL, recipe).data, recipe))


def test_small_islands_go_and_edges_do_not_connect():
    inside = np.zeros((12, 12, 12), bool)
    inside[1:3, 1:3, 1:3] = True  # 8 voxels
    inside[3, 3, 3] = True  # touches them at a corner only
    inside[6:9, 6:9, 6:9] = True  # 27 voxels
    assert large_islands(inside, 1).sum() == 36
    assert large_islands(inside, 9).sum() == 27
    assert large_islands(inside, 8).sum() == 35
    assert large_islands(inside, 28).sum() == 0


def test_filtered_density_is_what_is_above_the_level_scaled_to_one():
    density = filtered(VOLUME, LEVEL, Recipe(0, "expand", -0.5, 1))
    kept = VOLUME.data[VOLUME.data > LEVEL] / VOLUME.data.max()
    np.testing.assert_allclose(np.sort(density.data[density.data > 0]), np.sort(kept), rtol=1e-6)
    np.testing.assert_allclose(position_of_peak(density), position_of_peak(VOLUME))


def position_of_peak(volume: Volume) -> np.ndarray:
    """Where the map is highest (Å)."""
    index_zyx = np.unravel_index(volume.data.argmax(), volume.data.shape)
    return volume.map_from_index(np.array(index_zyx[::-1], float))


@ORDERS
def test_empty_box_around_the_particle_changes_nothing(recipe):
    clean = map_with(STRUCTURE, [random_pose(CENTRE, 1)], GRID, 6.0)
    wide = Volume(np.pad(clean.data, 15), clean.voxel_size_xyz, clean.map_from_index(np.full(3, -15.0)))
    small, large = (field_of(filtered(v, LEVEL, recipe), recipe, 6.0) for v in (clean, wide))
    # the small box has room for all smoothing, so that walls play no part either
    assert small.data.shape == large.data.shape
    np.testing.assert_allclose(small.data, large.data, atol=1e-6)
    np.testing.assert_allclose(small.origin_xyz, large.origin_xyz)


@ORDERS
def test_cropping_leaves_every_level_as_it_is(recipe):
    whole = Volume(np.pad(VOLUME.data, 9), VOLUME.voxel_size_xyz, VOLUME.map_from_index(np.full(3, -9.0)))
    everything = np.where(large_islands(whole.data > LEVEL, 100), whole.data, 0) / whole.data.max()
    part = filtered(whole, LEVEL, recipe)
    first = np.round(whole.index_from_map(part.origin_xyz)).astype(int)[::-1]
    window = tuple(slice(f, f + n) for f, n in zip(first, part.data.shape, strict=True))
    for cropped, full in zip(levels(part.data, recipe), levels(everything.astype(np.float32), recipe), strict=True):
        np.testing.assert_allclose(cropped, full[window], atol=1e-6)
        assert (full > 0).sum() == (cropped > 0).sum()


@ORDERS
def test_leaving_the_box_is_no_better_than_empty_space(recipe):
    density = filtered(VOLUME, LEVEL, recipe)
    away = random_pose(GRID.corners_xyz[1] + 300.0, 1)
    found = evaluate(field_of(density, recipe, 6.0), PROBE, away, numba_backend, gradient=True)
    assert found.value[0] == pytest.approx(-0.5, abs=1e-5)
    assert not found.force_xyz.any()
    assert not found.torque_xyz.any()


@pytest.mark.parametrize(("resolution", "order"), [(3.0, "shrink"), (4.99, "shrink"), (5.0, "expand"), (9.0, "expand")])
def test_the_order_follows_the_resolution_unless_it_is_chosen(resolution, order):
    assert recipe_of(FitSettings(), resolution).order == order
    assert recipe_of(FitSettings(paper_order="shrink"), resolution).order == "shrink"


def test_weights_add_up_to_one():
    assert sum(Recipe(10, "expand", -0.5, 100).weights) == pytest.approx(1.0)


@pytest.mark.parametrize(("level", "minimum"), [(1e6, 1), (LEVEL, 100_000)])
def test_a_map_with_nothing_left_is_refused_with_advice(level, minimum):
    with pytest.raises(FitError, match="choose a lower level"):
        filtered(VOLUME, level, Recipe(3, "expand", -0.5, minimum))
