"""Segments: density falls apart where it is thin, and every segment lies where it should."""

import numpy as np
import pytest

from difffit_core.data.segments import segment_map
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError

CENTRES = np.array([[-20.0, 0, 0], [20, 0, 0], [0, 30, 5]])


def balls(radius: float = 11.0, ripple: float = 0.0) -> Volume:
    """Soft balls (Å) that touch, on an uneven grid away from the origin; ripples make many small maxima."""
    volume = Volume(np.zeros((30, 44, 40), np.float32), np.array([2.0, 1.8, 1.6]), np.array([-40.0, -25, -22]))
    z, y, x = np.indices(volume.data.shape)
    xyz = volume.map_from_index(np.stack([x, y, z], axis=-1).astype(np.float64))
    density = sum(np.exp(-((xyz - centre) ** 2).sum(axis=-1) / (2 * radius**2)) for centre in CENTRES)
    return volume.with_data((density * (1 + ripple * np.sin(1.5 * xyz).prod(axis=-1))).astype(np.float32))


@pytest.mark.parametrize("ripple", [0.0, 0.3])
def test_touching_balls_come_apart_each_around_its_centre(ripple):
    found = segment_map(balls(ripple=ripple), 0.3, count=3)
    assert [segment.label for segment in found.segments] == [1, 2, 3]
    centres = np.array([segment.centre_xyz for segment in found.segments])
    distance = np.linalg.norm(centres[:, None] - CENTRES, axis=-1)
    assert sorted(distance.argmin(axis=1)) == [0, 1, 2]
    assert distance.min(axis=1).max() < 2.5


def test_segments_cover_the_density_above_the_level_and_nothing_else():
    volume = balls()
    found = segment_map(volume, 0.3, count=3)
    np.testing.assert_array_equal(found.labels.data > 0, volume.data > 0.3)
    np.testing.assert_array_equal(found.labels.origin_xyz, volume.origin_xyz)
    for segment in found.segments:
        assert segment.voxels == np.count_nonzero(found.labels.data == segment.label)
        assert segment.volume == pytest.approx(segment.voxels * volume.voxel_volume)


def test_fewer_segments_can_be_asked_for():
    assert len(segment_map(balls(), 0.3, count=1).segments) == 1


def test_a_level_above_all_density_is_one_sentence():
    with pytest.raises(FitError, match="choose a lower level"):
        segment_map(balls(), 99.0)
