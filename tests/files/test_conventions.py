"""In every convention the same structure stands in its density, to a fraction of a voxel."""

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from difffit_core.data.volume import Volume
from difffit_core.files.map_files import read_map
from tests.files.conventions import CONVENTIONS, SHAPE_XYZ, density, file_of, placed_atoms


def density_at(volume: Volume, xyz: np.ndarray) -> float:
    index = volume.index_from_map(xyz)
    return float(map_coordinates(volume.data, index[:, ::-1].T, order=1, mode="constant").mean())


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_structure_stands_in_its_density(name: str, tmp_path: Path) -> None:
    convention = CONVENTIONS[name]
    opened = read_map(file_of(convention, tmp_path))
    volume, atoms = opened.volume, placed_atoms(convention)
    assert volume.shape_xyz == SHAPE_XYZ
    assert volume.voxel_size_xyz == pytest.approx(convention.voxel_xyz, abs=1e-5)
    assert volume.origin_xyz == pytest.approx(convention.first_voxel_xyz, abs=1e-5)
    made = Volume(density(convention.voxel_xyz), volume.voxel_size_xyz, np.array(convention.first_voxel_xyz))
    scale = volume.data.max() / made.data.max()  # 2 for unsigned bytes
    assert density_at(volume, atoms) == pytest.approx(scale * density_at(made, atoms), abs=0.6)
    for step in np.vstack([np.eye(3), -np.eye(3)]) * volume.voxel_size_xyz:
        assert density_at(volume, atoms + step) < density_at(volume, atoms)
    assert convention.remark in " ".join(opened.warnings)
    assert bool(opened.warnings) == bool(convention.remark)
