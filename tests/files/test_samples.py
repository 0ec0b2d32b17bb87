"""The bundled data are there, and their known placements are right."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from difffit_core.errors import DiffFitError
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample, sample_names
from difffit_core.files.structure_files import read_structure


@pytest.mark.parametrize("name", ["A", "B", "whole"])
def test_true_placements_put_the_structure_into_density(name: str) -> None:
    sample = load_sample("haemoglobin")
    volume = read_volume(sample.map_path)
    given = sample.structure(name)
    xyz = read_structure(given.path).xyz
    assert len(given.map_from_model) == given.copies == 2
    for matrix in given.map_from_model:
        assert matrix[:, :3] @ matrix[:, :3].T == pytest.approx(np.eye(3), abs=1e-5)
        placed = xyz @ matrix[:, :3].T + matrix[:, 3]
        density = map_coordinates(volume.data, volume.index_from_map(placed)[:, ::-1].T, order=1)
        assert (density > sample.contour_level).mean() > 0.7  # the deposited model sits half an ångström off


def test_the_structures_lie_away_from_their_places() -> None:
    for given in load_sample().structures:
        centroid = read_structure(given.path).centroid_xyz
        for matrix in given.map_from_model:
            assert np.linalg.norm(matrix[:, :3] @ centroid + matrix[:, 3] - centroid) > 20


def test_unknown_names_are_one_sentence() -> None:
    assert "haemoglobin" in sample_names()
    with pytest.raises(DiffFitError, match="There is no sample insulin"):
        load_sample("insulin")
    with pytest.raises(DiffFitError, match="has no structure Q"):
        load_sample().structure("Q")
