"""The preset `paper`: agrees with the oracle, keeps metrics with their poses, can be watched and cancelled."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from difffit_core.bench.plain_paper import make_levels, optimise
from difffit_core.data.poses import angles_between
from difffit_core.data.volume import Volume
from difffit_core.events import PosesImproved, StageAdvanced, StageStarted, run
from difffit_core.files.map_files import read_volume
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.clusters import group
from difffit_core.fit.device import choose_engine
from difffit_core.fit.fit_structure import fit_into, fit_structure, prepare, so_far
from difffit_core.fit.kernels.evaluate import evaluate
from difffit_core.fit.paper import paper_fit
from difffit_core.fit.paper.levels import field_of, filtered, recipe_of
from difffit_core.fit.paper.paper_fit import Objective, climb, learning_rates, random_starts
from difffit_core.fit.probe import atom_probe
from difffit_core.fit.scores import score_poses
from difffit_core.settings import FitSettings
from tests.fit.making import best_rmsd, blob, empty_grid, map_with, random_pose, same_pose

STRUCTURE = blob(150)
GRID = empty_grid((30, 33, 27), (1.7, 1.6, 1.9), (-100.0, 40.0, 12.0))
TRUTH = random_pose(GRID.corners_xyz.mean(axis=0), 21)
VOLUME = map_with(STRUCTURE, [TRUTH], GRID, 6.0, noise=0.02)
LEVEL = 0.15 * float(VOLUME.data.max())
PAPER = FitSettings(resolution=6.0, level=LEVEL, preset="paper", starts=90, backend="numba")
RECIPE = recipe_of(PAPER, 6.0)
DENSITY = filtered(VOLUME, LEVEL, RECIPE)
OBJECTIVE = Objective(field_of(DENSITY, RECIPE, 6.0), atom_probe(STRUCTURE), choose_engine("cpu", "numba"))


def oracle(starts, iterations, dtype):
    made = make_levels(VOLUME, LEVEL, RECIPE.smoothed, RECIPE.order, RECIPE.negative, 100, dtype)
    edge = float((np.array(GRID.shape_xyz) * GRID.voxel_size_xyz).mean())
    return optimise(made, STRUCTURE.xyz - STRUCTURE.centroid_xyz, starts, edge, iterations)


def test_the_first_steps_are_those_of_autograd_and_torchs_adam():
    starts = random_starts(DENSITY, 40, seed=5)
    mine = run(climb(starts, OBJECTIVE, learning_rates(VOLUME), 8))
    reference = oracle(starts, 8, torch.float64)
    np.testing.assert_allclose(mine.value, reference.value, atol=1e-4)
    np.testing.assert_allclose(mine.poses.position_xyz, reference.poses.position_xyz, atol=2e-2)
    assert angles_between(mine.poses.orientation_xyzw, reference.poses.orientation_xyzw).max() < 0.2


def test_clusters_agree_with_the_level_by_level_oracle():
    starts = random_starts(DENSITY, 60, seed=0)
    mine = run(climb(starts, OBJECTIVE, learning_rates(VOLUME), 201))
    reference = oracle(starts, 201, torch.float32)
    groups = [group(found.poses, found.value, 3.0, 6.0) for found in (mine, reference)]
    top, top_reference = (g.representatives[0] for g in groups)
    assert same_pose(mine.poses[[top]], reference.poses[[top_reference]], 0.5, 2.0)
    hits, hits_reference = (len(g.members(int(g.representatives[0]))) for g in groups)
    assert hits_reference >= 8
    assert abs(hits - hits_reference) <= max(3, 0.25 * hits_reference)
    assert abs(len(groups[0].representatives) - len(groups[1].representatives)) <= 9


def test_a_planted_copy_comes_first_with_exact_sampling():
    result = run(fit_structure(STRUCTURE, VOLUME, PAPER))
    assert best_rmsd(result, STRUCTURE, TRUTH) < 0.5
    assert set(result.seconds) == {"climb", "score"}
    assert (result.backend, result.contour_level, result.resolution) == ("numba", LEVEL, 6.0)


def test_the_torch_backend_finds_the_same_clusters():
    settings = replace(PAPER, starts=20, paper_iterations=100)
    mine = run(fit_structure(STRUCTURE, VOLUME, settings))
    other = run(fit_structure(STRUCTURE, VOLUME, replace(settings, backend="torch", device="cpu")))
    assert other.backend == "torch"
    assert same_pose(mine.clusters[0].representative, other.clusters[0].representative, 0.5, 2.0)


def test_metrics_belong_to_the_pose_they_are_stored_with():
    result = run(fit_structure(STRUCTURE, VOLUME, replace(PAPER, paper_iterations=30)))
    assert sum(cluster.hits for cluster in result.clusters) == 90  # every start is counted, none twice
    for cluster in result.clusters[:5]:
        again = score_poses(STRUCTURE, VOLUME, LEVEL, 6.0, cluster.representative)[0]
        assert cluster.scores.as_dict() == pytest.approx(again.as_dict(), rel=1e-6)
        distance = np.linalg.norm(cluster.members.position_xyz - cluster.representative.position_xyz, axis=1)
        assert distance.min() < 1e-9  # the representative is one of them: nothing moved it afterwards
        assert distance.max() <= PAPER.cluster_shift
    ranking = [float(cluster.scores.correlation_about_mean) for cluster in result.clusters]
    assert ranking == sorted(ranking, reverse=True)


def test_only_promising_clusters_are_scored(monkeypatch):
    short = replace(PAPER, paper_iterations=60)
    everything = run(fit_structure(STRUCTURE, VOLUME, short))
    monkeypatch.setattr(paper_fit, "MOST_CLUSTERS", 4)
    few = run(fit_structure(STRUCTURE, VOLUME, short))
    assert len(few.clusters) == 4
    assert same_pose(few.clusters[0].representative, everything.clusters[0].representative, 1e-9, 1e-4)


def test_the_best_visited_pose_is_kept_with_its_own_value():
    starts = random_starts(DENSITY, 30, seed=1)
    heard = []
    best = run(climb(starts, OBJECTIVE, learning_rates(VOLUME), 25), heard.append)
    value = evaluate(OBJECTIVE.field, OBJECTIVE.probe, best.poses, OBJECTIVE.engine.evaluate, gradient=False).value
    np.testing.assert_allclose(best.value, value, atol=1e-5)
    course = np.array([event.scores for event in heard if isinstance(event, PosesImproved)])
    assert len(course) == 25
    assert (np.diff(course, axis=0) >= 0).all()


def test_same_seed_gives_the_same_result_and_another_seed_other_starts():
    short = replace(PAPER, paper_iterations=10)
    first, again, other = (
        run(fit_structure(STRUCTURE, VOLUME, s)).clusters[0].representative
        for s in (short, short, replace(short, seed=1))
    )
    assert same_pose(first, again, 1e-9, 1e-4)
    assert not same_pose(first, other, 1e-3, 1e-3)


def test_a_thousand_starts_are_ten_places_in_the_density_times_a_hundred_rotations():
    starts = random_starts(DENSITY, 1000, seed=3)
    places, counts = np.unique(starts.position_xyz, axis=0, return_counts=True)
    assert len(places) == 10
    assert (counts == 100).all()
    index = np.round(DENSITY.index_from_map(places)).astype(int)
    assert (DENSITY.data[tuple(index.T[::-1])] > 0).all()
    assert len(random_starts(DENSITY, 7, seed=3)) == 7


def test_positions_move_by_a_hundredth_of_the_mean_edge():
    rate = learning_rates(Volume(np.zeros((10, 20, 30), np.float32), np.array([1.0, 2.0, 3.0]), np.zeros(3)))
    np.testing.assert_allclose(rate, [0.01] * 4 + [0.01 * (30 + 40 + 30) / 3] * 3)


def test_it_announces_a_climb_and_streams_poses():
    heard = []
    run(fit_structure(STRUCTURE, VOLUME, replace(PAPER, paper_iterations=12)), heard.append)
    assert [(e.name, e.steps) for e in heard if isinstance(e, StageStarted)] == [("prepare", 1), ("climb", 12)]
    assert sum(isinstance(e, PosesImproved) for e in heard) == 12
    assert [e for e in heard if isinstance(e, StageAdvanced)][-1].step == 12


def test_a_cancelled_fit_stops_and_what_it_had_found_can_be_kept():
    target = run(prepare(VOLUME, PAPER))
    job = fit_into(STRUCTURE, target, PAPER)
    seen = None
    for event in job:
        if isinstance(event, PosesImproved):
            seen = event
        if isinstance(event, StageAdvanced) and event.step >= 100:
            break
    begun = time.perf_counter()
    job.close()
    assert time.perf_counter() - begun < 0.5
    assert best_rmsd(so_far(STRUCTURE, target, seen, PAPER), STRUCTURE, TRUTH) < 1.5


@pytest.mark.parametrize("name", ["domains-I7M317_D1", "domains-I7MLV6_D3"])
def test_a_domain_is_found_among_the_clusters(shared_data, name):
    case = next(c for c in json.loads((shared_data / "cases.json").read_text())["fit"] if c["name"] == name)
    structure = read_structure(shared_data / case["structure"])
    settings = FitSettings(resolution=case["resolution"], level=case["level"], preset="paper", starts=250)
    result = run(fit_structure(structure, read_volume(shared_data / case["map"]), settings))
    truth = np.array(case["truth"][0])
    want = structure.xyz @ truth[:, :3].T + truth[:, 3]
    found = [structure.xyz @ m[:, :3].T + m[:, 3] for m in map(result.map_from_model, range(5))]
    rmsd = [float(np.sqrt(((atoms - want) ** 2).sum(axis=1).mean())) for atoms in found]
    assert min(rmsd) < 0.6  # the published half-voxel slip alone would cost 1.2 Å
