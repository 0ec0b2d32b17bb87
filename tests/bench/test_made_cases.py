"""Simulated cases and structures of any size lie where they say they do."""

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from difffit_core.bench import simulated
from difffit_core.bench.benchmark import all_cases
from difffit_core.bench.peers import halved
from difffit_core.bench.simulated import Simulation, make_case, simulations
from difffit_core.bench.synthetic import (
    SPACING,
    ball_of_copies,
    lobes_of_copies,
    placed_atoms,
    with_noise,
    write_copies,
)
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.simulate import simulate_map


@pytest.fixture(scope="module")
def chain() -> Structure:
    return read_structure(load_sample().structures[0].path)


def density_at(volume: Volume, xyz: np.ndarray) -> np.ndarray:
    """Map values (Å positions in, map units out)."""
    return map_coordinates(volume.data, volume.index_from_map(xyz)[:, ::-1].T, order=1)


@pytest.mark.parametrize("simulation", [s for s in simulations() if s.noise == 0 or s.ring > 1], ids=lambda s: s.name)
def test_the_truth_of_a_simulation_lies_in_its_density(
    simulation: Simulation, chain: Structure, tmp_path: Path
) -> None:
    case = make_case(simulation, tmp_path)
    volume = read_volume(case.map)
    assert len(case.truth) == simulation.ring
    for placement in case.truth:
        atoms = placed_atoms(chain, placement[None])
        away = atoms + np.array([9.0, 0, 0])
        assert density_at(volume, atoms).mean() > 1.5 * density_at(volume, away).mean()


def test_a_corner_is_a_corner(chain: Structure, tmp_path: Path) -> None:
    simulation = next(s for s in simulations() if s.corner)
    case = make_case(simulation, tmp_path)
    low = placed_atoms(chain, case.truth).min(axis=0)
    np.testing.assert_allclose(low, read_volume(case.map).origin_xyz, atol=1e-6)


def test_the_requirement_follows_the_noise(tmp_path: Path) -> None:
    for simulation in simulations()[:2]:
        assert make_case(simulation, tmp_path).rmsd == simulated.REQUIRED_RMSD[simulation.noise]


def test_copies_in_a_ball_do_not_share_a_place(chain: Structure) -> None:
    copies = ball_of_copies(chain, 2 * SPACING, 0)
    centres = np.array([placed_atoms(chain, copy[None]).mean(axis=0) for copy in copies])
    distance = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 1e6 * np.eye(len(centres))
    assert distance.min() == pytest.approx(SPACING, abs=1e-6)
    assert (np.linalg.norm(centres, axis=1) <= 2 * SPACING + 1e-6).all()
    np.testing.assert_allclose(centres[0], 0, atol=1e-6)


@pytest.mark.parametrize("atoms", [20_000, 300_000])
def test_lobes_hold_enough_copies_and_have_an_orientation(chain: Structure, atoms: int) -> None:
    copies = lobes_of_copies(chain, atoms, 0)
    assert 0 <= len(copies) * len(chain) - atoms < len(chain)
    centres = np.array([placed_atoms(chain, copy[None]).mean(axis=0) for copy in copies])
    distance = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 1e6 * np.eye(len(centres))
    assert distance.min() == pytest.approx(SPACING, abs=1e-6)
    spread = np.sqrt(np.linalg.eigvalsh(np.cov(centres.T)))
    assert (spread[1:] > 1.1 * spread[:-1]).all()  # a ball's would be equal
    assert np.abs(((centres - centres.mean(axis=0)) ** 3).mean(axis=0)).max() > 0.05 * spread[2] ** 3  # no half-turn


@pytest.mark.parametrize("atoms", [100, 2500])
def test_a_structure_of_so_many_atoms_has_them(chain: Structure, tmp_path: Path, atoms: int) -> None:
    copies = lobes_of_copies(chain, atoms, 0)
    write_copies(tmp_path / "copies.cif", chain, copies, atoms)
    back = read_structure(tmp_path / "copies.cif")
    assert len(back) == atoms
    np.testing.assert_allclose(back.xyz, placed_atoms(chain, copies)[:atoms], atol=1e-3)
    np.testing.assert_array_equal(back.element[:100], chain.element[:100])


def test_noise_has_the_share_that_was_asked_for() -> None:
    flat = Volume(np.zeros((30, 30, 30), np.float32), np.ones(3), np.zeros(3))
    flat.data[0, 0, 0] = 10
    noise = with_noise(flat, 0.05, 1).data - flat.data
    assert noise.std() == pytest.approx(0.5, rel=0.03)
    assert with_noise(flat, 0, 1) is flat


def test_a_halved_map_lies_where_it_lay(chain: Structure) -> None:
    fine = simulate_map(chain, 6.0, voxel_size=1.0)
    coarse = halved(fine)

    def centre(volume: Volume) -> np.ndarray:
        index = np.argwhere(volume.data > -1)[:, ::-1].astype(float)
        return np.average(volume.map_from_index(index), axis=0, weights=volume.data.ravel())

    np.testing.assert_allclose(centre(coarse), centre(fine), atol=0.05)
    np.testing.assert_allclose(coarse.voxel_size_xyz, 2.0)


def test_a_listed_case_with_a_bundled_name_is_fitted_once(tmp_path: Path) -> None:
    entry = '{"name": "%s", "map": "m", "structure": "s", "resolution": 3, "rmsd": 1, "truth": []}'
    entries = ", ".join(entry % name for name in ("haemoglobin-A", "mine"))
    (tmp_path / "cases.json").write_text(f'{{"fit": [{entries}]}}')
    names = [case.name for case in all_cases(tmp_path / "cases.json")]
    assert names.count("haemoglobin-A") == 1
    assert "mine" in names
