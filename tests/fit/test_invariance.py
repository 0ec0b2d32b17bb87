"""What must not change the answer: where things lie, units of density, empty room, order of atoms, number of threads.

On the bundled experimental map; the two places of haemoglobin's chain A are the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
import pytest
from numpy import ndarray
from scipy import ndimage
from scipy.spatial.transform import Rotation

from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.events import run
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.fit.kernels import threads
from difffit_core.settings import FitSettings

SAMPLE = load_sample()
COPIES = 2
SAME = 0.02  # Å: of the same density on the same grid
RESAMPLED = 0.15  # Å: interpolation has changed the density


@dataclass(frozen=True)
class Found:
    """Atoms of the first placements [copy atom 3] in Å, and their correlations."""

    atoms: ndarray
    correlation: ndarray


@pytest.fixture(scope="module")
def volume() -> Volume:
    return read_volume(SAMPLE.map_path)


@pytest.fixture(scope="module")
def structure() -> Structure:
    return read_structure(SAMPLE.structures[0].path)


@pytest.fixture(scope="module")
def expected(structure: Structure, volume: Volume) -> Found:
    return fitted(structure, volume)


def fitted(structure: Structure, volume: Volume, level: float = SAMPLE.contour_level) -> Found:
    settings = FitSettings(resolution=SAMPLE.resolution, level=level, preset="fast")
    return placed(structure, run(fit_structure(structure, volume, settings)))


def placed(structure: Structure, result: FitResult) -> Found:
    matrices = [result.map_from_model(k) for k in range(COPIES)]
    atoms = np.stack([structure.xyz @ m[:, :3].T + m[:, 3] for m in matrices])
    correlation = [float(c.scores.correlation_about_mean) for c in result.clusters[:COPIES]]
    return Found(atoms, np.array(correlation))


def distance(found: Found, expected: ndarray) -> float:
    """The largest RMSD (Å) of a found copy from the nearest expected one; each must be another one."""
    rmsd = np.sqrt(((found.atoms[:, None] - expected[None]) ** 2).sum(axis=3).mean(axis=2))
    assert len(set(rmsd.argmin(axis=1))) == COPIES
    return float(rmsd.min(axis=1).max())


def test_moving_the_map_moves_the_answer(structure: Structure, volume: Volume, expected: Found):
    shift = np.array([-431.7, 88.21, 1203.4])
    found = fitted(structure, replace(volume, origin_xyz=volume.origin_xyz + shift))
    assert distance(found, expected.atoms + shift) < SAME


def test_where_the_structure_comes_from_does_not_matter(structure: Structure, volume: Volume, expected: Found):
    turn = Rotation.from_rotvec([0.4, -1.3, 2.2]).as_matrix()
    found = fitted(replace(structure, xyz=structure.xyz @ turn.T + [210.0, -77.0, 5.5]), volume)
    assert distance(found, expected.atoms) < SAME


def test_turning_the_map_turns_the_answer(structure: Structure, volume: Volume, expected: Found):
    """A quarter turn about z: x' = −y, y' = x."""
    data = np.ascontiguousarray(volume.data.transpose(0, 2, 1)[:, :, ::-1])
    x, y, z = volume.origin_xyz
    last_y = y + (volume.shape_xyz[1] - 1) * volume.voxel_size_xyz[1]
    turned = Volume(data, volume.voxel_size_xyz[[1, 0, 2]], np.array([-last_y, x, z]))
    want = np.stack([-expected.atoms[..., 1], expected.atoms[..., 0], expected.atoms[..., 2]], axis=-1)
    assert distance(fitted(structure, turned), want) < SAME


@pytest.mark.parametrize("factor", [1e-4, 250.0])
def test_units_of_density_do_not_matter(structure: Structure, volume: Volume, expected: Found, factor: float):
    scaled = volume.with_data(volume.data * np.float32(factor))
    found = fitted(structure, scaled, SAMPLE.contour_level * factor)
    assert distance(found, expected.atoms) < SAME
    assert found.correlation == pytest.approx(expected.correlation, abs=1e-4)


def padded(volume: Volume) -> Volume:
    width = ((9, 14), (3, 0), (0, 21))
    origin = volume.map_from_index(-np.array([0.0, 3.0, 9.0]))
    return Volume(np.pad(volume.data, width), volume.voxel_size_xyz, origin)


def cropped(volume: Volume) -> Volume:
    """To what is above the contour, and a margin."""
    above = np.argwhere(volume.data > SAMPLE.contour_level)[:, ::-1]
    low, high = np.maximum(above.min(axis=0) - 6, 0), np.minimum(above.max(axis=0) + 7, volume.shape_xyz)
    return volume.crop((int(low[0]), int(low[1]), int(low[2])), (int(high[0]), int(high[1]), int(high[2])))


@pytest.mark.parametrize("change", [padded, cropped])
def test_empty_room_does_not_matter(
    structure: Structure, volume: Volume, expected: Found, change: Callable[[Volume], Volume]
):
    found = fitted(structure, change(volume))
    assert distance(found, expected.atoms) < SAME
    assert found.correlation == pytest.approx(expected.correlation, abs=2e-3)


def test_another_grid_gives_the_same_place(structure: Structure, volume: Volume, expected: Found):
    data = ndimage.zoom(volume.data, 1.3, order=3, grid_mode=False)
    size = (np.array(volume.shape_xyz) - 1) / (np.array(data.shape[::-1]) - 1) * volume.voxel_size_xyz
    assert distance(fitted(structure, Volume(data, size, volume.origin_xyz)), expected.atoms) < RESAMPLED


def test_order_of_atoms_does_not_matter(structure: Structure, volume: Volume, expected: Found):
    order = np.random.default_rng(5).permutation(len(structure))
    columns = {f.name: getattr(structure, f.name)[order] for f in fields(structure) if f.name != "source"}
    found = fitted(replace(structure, **columns), volume)
    assert distance(replace(found, atoms=found.atoms[:, np.argsort(order)]), expected.atoms) < SAME


def test_number_of_threads_does_not_matter(
    structure: Structure, volume: Volume, expected: Found, monkeypatch: pytest.MonkeyPatch
):
    counts = {threads.worker_count(), 1, 3}
    for count in counts:
        monkeypatch.setattr(threads, "worker_count", lambda count=count: count)
        assert distance(fitted(structure, volume), expected.atoms) < 1e-4
    assert len(counts) >= 2
