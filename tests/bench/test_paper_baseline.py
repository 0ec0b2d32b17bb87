"""The baseline runs on what users have, and says honestly how long it took."""

import numpy as np
import pytest

from difffit_core.bench.paper_baseline import run_paper_baseline
from difffit_core.data.contour import suggested_level
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import Sample, load_sample
from difffit_core.files.structure_files import read_structure


def test_the_baseline_places_every_start_and_counts_its_seconds() -> None:
    sample = load_sample()
    path = sample.structures[0].path
    found = run_paper_baseline(
        sample.map_path, path, level=sample_level(sample), resolution=sample.resolution, iterations=3, starts=12
    )
    assert found.hits.sum() == 12
    assert (np.diff(found.value) <= 0).all()
    assert found.volumes == 4
    structure = read_structure(path)
    first = found.map_from_model()[0]
    centroid = structure.xyz.mean(axis=0) @ first[:, :3].T + first[:, 3]
    np.testing.assert_allclose(centroid, found.poses.position_xyz[0], atol=1e-6)
    assert found.seconds == found.prepare_seconds + found.climb_seconds
    assert found.seconds_for(201) == pytest.approx(found.prepare_seconds + 67 * found.climb_seconds)
    assert found.cpu_seconds > 0


def sample_level(sample: Sample) -> float:
    """A contour level that leaves the molecule."""
    return suggested_level(read_volume(sample.map_path))
