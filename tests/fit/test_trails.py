import numpy as np

from difffit_core.events import run
from difffit_core.fit.fit_structure import fit_into, prepare
from difffit_core.settings import FitSettings
from tests.fit.making import blob, empty_grid, map_with, random_pose


def test_a_fit_that_is_not_to_be_replayed_finds_the_same_and_remembers_its_ends():
    structure = blob(200)
    grid = empty_grid((30, 30, 30), (2.0, 2.0, 2.0), (0.0, 0.0, 0.0))
    volume = map_with(structure, [random_pose(np.array([30.0, 30.0, 30.0]), 1)], grid, 6.0)
    settings = FitSettings(resolution=6.0, preset="fast", device="cpu")
    target = run(prepare(volume, settings))
    kept, other = (run(fit_into(structure, target, settings, replayable=replayable)) for replayable in (True, False))
    assert [len(cluster.path) > 1 for cluster in kept.clusters] == [True] * len(kept.clusters)
    assert [len(cluster.path) for cluster in other.clusters] == [1] * len(other.clusters)
    np.testing.assert_array_equal(kept.map_from_model(0), other.map_from_model(0))
