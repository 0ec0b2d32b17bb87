import numpy as np
import pytest

from difffit_core.data.contour import background, suggested_level
from difffit_core.data.structure import CUBIC_ANGSTROM_PER_DALTON
from tests.fit.making import blob, empty_grid, map_with, random_pose

GRID = empty_grid((48, 48, 48), (1.5, 1.5, 1.5), (-36.0, -36.0, -36.0))


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("offset", [0.0, 3.0])
def test_suggested_level_separates_molecule_from_solvent(noise, offset):
    structure = blob()
    clean = map_with(structure, [random_pose(np.zeros(3), 1)], GRID, 6.0)
    noisy = map_with(structure, [random_pose(np.zeros(3), 1)], GRID, 6.0, noise=noise)
    volume = noisy.with_data(noisy.data + np.float32(offset * clean.data.max()))
    level = suggested_level(volume) - offset * float(clean.data.max())
    assert 0.1 * clean.data.max() < level < 0.6 * clean.data.max()


def test_level_for_a_known_mass_encloses_its_volume():
    volume = map_with(blob(), [random_pose(np.zeros(3), 1)], GRID, 6.0)
    level = suggested_level(volume, mass_dalton=6000.0)
    enclosed = np.count_nonzero(volume.data > level) * volume.voxel_volume
    assert enclosed == pytest.approx(6000 * CUBIC_ANGSTROM_PER_DALTON, rel=0.02)


def test_background_is_the_solvent_not_the_mean():
    rng = np.random.default_rng(0)
    solvent = rng.normal(5.0, 0.5, 100_000)
    molecule = rng.normal(20.0, 4.0, 8_000)
    mode, spread = background(np.concatenate([solvent, molecule]))
    assert mode == pytest.approx(5.0, abs=0.15)
    assert spread == pytest.approx(0.5, rel=0.2)


def test_a_constant_map_has_no_noise():
    assert background(np.full(1000, 2.5)) == (2.5, 0.0)
