"""Surfaces lie where the density has the level, on any grid, and face outward."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from app.scene import contour as contour_module
from app.scene.contour import contour, step_for
from difffit_core.data.volume import Volume
from tests.gui.scene.making import ball_map

CENTRE = np.array([9.0, 26.0, 18.0])
BALL = ball_map(10.0, shape_zyx=(40, 30, 48), voxel_size_xyz=(0.8, 1.1, 0.7), centre=CENTRE)


@pytest.mark.parametrize(("step", "tolerance"), [(1, 0.05), (2, 0.2)])
def test_ball_is_found_on_an_anisotropic_offset_grid(step: int, tolerance: float) -> None:
    surface = contour(BALL, 1.0, step=step)
    assert surface is not None
    outward = surface.position_xyz - CENTRE
    np.testing.assert_allclose(np.linalg.norm(outward, axis=1), 10.0, atol=tolerance)
    cosine = (outward * surface.normal_xyz).sum(axis=1) / np.linalg.norm(outward, axis=1)
    assert cosine.min() > 0.97
    np.testing.assert_allclose(np.linalg.norm(surface.normal_xyz, axis=1), 1.0, atol=1e-5)


def test_triangles_have_the_ball_area_and_face_outward() -> None:
    surface = contour(BALL, 1.0)
    assert surface is not None
    a, b, c = (surface.position_xyz[surface.corners[:, i]].astype(np.float64) for i in range(3))
    facing = np.cross(b - a, c - a)
    assert np.linalg.norm(facing, axis=1).sum() / 2 == pytest.approx(4 * np.pi * 100, rel=0.01)
    assert (np.sum(facing * (a - CENTRE), axis=1) >= -1e-6).all()


def test_slabs_make_the_same_surface_as_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = contour(BALL, 1.0)
    monkeypatch.setattr(contour_module, "CELLS_PER_SLAB", 1)
    slabs = contour(BALL, 1.0)
    assert whole is not None
    assert slabs is not None
    assert len(slabs.corners) == len(whole.corners)
    distance, nearest = cKDTree(whole.position_xyz).query(slabs.position_xyz)
    assert np.max(distance) < 1e-4
    np.testing.assert_allclose(slabs.normal_xyz, whole.normal_xyz[nearest], atol=1e-3)


@pytest.mark.parametrize("cells_per_slab", [1, 100_000])
def test_dust_is_hidden_and_the_ball_is_not(monkeypatch: pytest.MonkeyPatch, cells_per_slab: int) -> None:
    monkeypatch.setattr(contour_module, "CELLS_PER_SLAB", cells_per_slab)
    data = BALL.data.copy()
    data[2, 3, 4] = 5.0
    dusty = Volume(data, BALL.voxel_size_xyz, BALL.origin_xyz)
    clean, with_dust = contour(dusty, 1.0), contour(dusty, 1.0, dust_voxels=0)
    assert clean is not None
    assert with_dust is not None
    assert len(with_dust.corners) == len(clean.corners) + 8
    assert np.linalg.norm(clean.position_xyz - CENTRE, axis=1).max() < 10.1


@pytest.mark.parametrize("level", [-1e9, 1e9])
def test_level_outside_the_data_gives_an_empty_surface(level: float) -> None:
    surface = contour(BALL, level)
    assert surface is not None
    assert len(surface.corners) == 0


def test_cancelled_contour_gives_nothing() -> None:
    assert contour(BALL, 1.0, cancelled=lambda: True) is None


def test_step_keeps_the_number_of_voxels_within_the_limit() -> None:
    volume = Volume(np.zeros((100, 100, 100), dtype=np.float32), np.ones(3), np.zeros(3))
    assert [step_for(volume, limit) for limit in (1_000_000, 999_999, 125_000, 100_000)] == [1, 2, 2, 3]
