import time
from dataclasses import replace

import numpy as np
import pytest

from difffit_core.errors import FitError, SettingsError
from difffit_core.events import Message, PosesImproved, StageAdvanced, StageStarted, run
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import fit_into, fit_structure, prepare, so_far
from difffit_core.fit.recluster import recluster
from difffit_core.settings import FitSettings
from tests.fit.making import best_rmsd, blob, empty_grid, map_with, random_pose, same_pose, structure_of

STRUCTURE = blob()
GRID = empty_grid((64, 70, 58), (1.5, 1.4, 1.7), (-100.0, 40.0, 12.0))
CENTRE = GRID.corners_xyz.mean(axis=0)
FAST = FitSettings(resolution=6.0, preset="fast")


def spot(x: float, y: float, z: float) -> np.ndarray:
    low, high = GRID.corners_xyz
    return low + np.array([x, y, z]) * (high - low)


@pytest.mark.parametrize("place", [(0.5, 0.5, 0.5), (0.3, 0.3, 0.3), (0.7, 0.72, 0.68)])
def test_fit_finds_a_planted_copy_on_an_anisotropic_offset_grid(place):
    truth = random_pose(spot(*place), 21)
    volume = map_with(STRUCTURE, [truth], GRID, 6.0)
    result = run(fit_structure(STRUCTURE, volume, FAST))
    assert best_rmsd(result, STRUCTURE, truth) < 0.1
    assert float(result.clusters[0].scores.correlation_about_mean) > 0.95
    assert result.clusters[0].confidence > 0.5


def test_fit_finds_both_copies_in_noise_before_everything_else():
    truths = [random_pose(spot(0.33, 0.5, 0.5), 1), random_pose(spot(0.68, 0.5, 0.45), 2)]
    volume = map_with(STRUCTURE, truths, GRID, 6.0, noise=0.05)
    result = run(fit_structure(STRUCTURE, volume, FAST))
    assert all(best_rmsd(result, STRUCTURE, truth, within=2) < 0.3 for truth in truths)


def test_same_seed_gives_the_same_placements():
    volume = map_with(STRUCTURE, [random_pose(CENTRE, 3)], GRID, 6.0, noise=0.05)
    first, again = (run(fit_structure(STRUCTURE, volume, FAST)) for _ in range(2))
    for a, b in zip(first.clusters[:5], again.clusters[:5], strict=True):
        assert same_pose(a.representative, b.representative, 1e-6, 1e-4)
        assert a.hits == b.hits


def test_the_torch_backend_finds_the_same_place():
    truth = random_pose(CENTRE, 3)
    volume = map_with(STRUCTURE, [truth], GRID, 6.0)
    settings = FitSettings(resolution=6.0, preset="fast", starts=60, backend="torch", device="cpu")
    result = run(fit_structure(STRUCTURE, volume, settings))
    assert result.backend == "torch"
    assert best_rmsd(result, STRUCTURE, truth) < 0.1


def test_the_density_objective_ranks_by_mean_density():
    volume = map_with(STRUCTURE, [random_pose(CENTRE, 3)], GRID, 6.0)
    result = run(fit_structure(STRUCTURE, volume, FitSettings(resolution=6.0, preset="fast", objective="density")))
    density = [float(c.scores.mean_density) for c in result.clusters]
    assert density == sorted(density, reverse=True)


def test_both_places_of_haemoglobins_chain_come_first():
    sample = load_sample()
    chain = (
        sample.structure("5me2_A") if any(s.path.stem == "5me2_A" for s in sample.structures) else sample.structures[0]
    )
    structure = read_structure(chain.path)
    result = run(fit_structure(structure, read_volume(sample.map_path), FitSettings(resolution=sample.resolution)))
    found = [result.map_from_model(k) for k in range(2)]
    for truth in chain.map_from_model[:2]:
        moved = [structure.xyz @ m[:, :3].T + m[:, 3] for m in found]
        want = structure.xyz @ truth[:, :3].T + truth[:, 3]
        assert min(np.sqrt(((atoms - want) ** 2).sum(axis=1).mean()) for atoms in moved) < chain.rmsd


def test_stages_are_announced_in_order_and_poses_stream():
    volume = map_with(STRUCTURE, [random_pose(CENTRE, 3)], GRID, 6.0)
    heard = []
    run(fit_structure(STRUCTURE, volume, FitSettings(preset="fast")), heard.append)
    assert [e.name for e in heard if isinstance(e, StageStarted)] == ["prepare", "screen", "climb", "polish"]
    assert sum(isinstance(e, PosesImproved) for e in heard) > 20
    suggested = " ".join(e.text for e in heard if isinstance(e, Message))
    assert "Contour level" in suggested
    assert "Resolution" in suggested


def test_a_cancelled_fit_stops_and_what_it_had_found_can_be_kept():
    truth = random_pose(CENTRE, 3)
    volume = map_with(STRUCTURE, [truth], GRID, 6.0)
    target = run(prepare(volume, FAST))
    job = fit_into(STRUCTURE, target, FAST)
    seen = next(e for e in job if isinstance(e, PosesImproved))
    for event in job:
        if isinstance(event, PosesImproved):
            seen = event
        if isinstance(event, StageAdvanced) and event.step > 60:
            break
    begun = time.perf_counter()
    job.close()
    assert time.perf_counter() - begun < 1.0
    assert best_rmsd(so_far(STRUCTURE, target, seen, FAST), STRUCTURE, truth) < 1.0


def test_one_prepared_map_serves_several_structures():
    other = blob(seed=9)
    truths = random_pose(spot(0.3, 0.5, 0.5), 1), random_pose(spot(0.7, 0.5, 0.5), 2)
    volume = map_with(STRUCTURE, [truths[0]], GRID, 6.0)
    volume = volume.with_data(volume.data + map_with(other, [truths[1]], GRID, 6.0).data)
    target = run(prepare(volume, FAST))
    for structure, truth in zip((STRUCTURE, other), truths, strict=True):
        assert best_rmsd(run(fit_into(structure, target, FAST)), structure, truth) < 0.3


@pytest.mark.parametrize("atoms", [np.zeros((2, 3)), np.zeros((10, 3))])
def test_structures_without_extent_are_refused(atoms):
    volume = map_with(STRUCTURE, [random_pose(CENTRE, 3)], GRID, 6.0)
    with pytest.raises(FitError, match="needs"):
        run(fit_structure(structure_of(atoms), volume, FAST))


def test_a_level_above_the_maximum_is_refused():
    volume = map_with(STRUCTURE, [random_pose(CENTRE, 3)], GRID, 6.0)
    with pytest.raises(FitError, match="choose a lower level"):
        run(fit_structure(STRUCTURE, volume, replace(FAST, level=1e6)))


def test_a_device_that_is_not_there_is_refused():
    volume = map_with(STRUCTURE, [random_pose(CENTRE, 3)], GRID, 6.0)
    with pytest.raises(SettingsError, match="backend"):
        run(fit_structure(STRUCTURE, volume, replace(FAST, backend="numba", device="cuda")))


def test_every_cluster_can_be_played_again_from_its_start_to_its_place():
    volume = map_with(STRUCTURE, [random_pose(CENTRE, 3)], GRID, 6.0)
    result = run(fit_structure(STRUCTURE, volume, FAST))
    for cluster in result.clusters[:5]:
        assert same_pose(cluster.path[[-1]], cluster.representative, 1e-9, 1e-4)
        steps = np.linalg.norm(np.diff(cluster.path.position_xyz, axis=0), axis=1)
        assert len(cluster.path) > 10
        assert steps.max() < 3.0  # Å: a walk, not a jump between different climbers


def test_other_tolerances_give_other_clusters_without_a_fit():
    truth = random_pose(CENTRE, 3)
    volume = map_with(STRUCTURE, [truth], GRID, 6.0)
    result = run(fit_structure(STRUCTURE, volume, FAST))
    coarse = recluster(STRUCTURE, volume, result, FAST, shift=15.0, angle=60.0)
    same = recluster(STRUCTURE, volume, result, FAST, shift=3.0, angle=6.0)
    assert len(coarse.clusters) < len(result.clusters)
    assert best_rmsd(coarse, STRUCTURE, truth) < 0.1
    assert same_pose(same.clusters[0].representative, result.clusters[0].representative, 1e-9, 1e-4)
    assert len(same.clusters[0].path) == len(result.clusters[0].path)
