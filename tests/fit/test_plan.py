import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.data.structure import Structure
from difffit_core.events import run
from difffit_core.files.map_files import read_volume
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.fit.plan import FitPlan, make_plan
from difffit_core.fit.target import prepare_target
from difffit_core.settings import FitSettings
from tests.fit.making import blob, empty_grid, map_with, random_pose, structure_of

SMALL = blob(150, size=5.0)
GRID = empty_grid((50, 50, 50), (2.0,) * 3, (-50.0,) * 3)


def plan_in_map_of(content: Structure, settings: FitSettings) -> FitPlan:
    """The plan for the small structure in a map of another one."""
    volume = map_with(content, [random_pose(np.zeros(3), 1)], GRID, 6.0)
    return make_plan(SMALL, prepare_target(volume, 0.1 * float(volume.data.max()), 6.0), settings)


def test_a_structure_lost_in_its_map_keeps_more_of_the_screen():
    """The exact score finds there what the screen ranks low; where the structure stands alone, that costs nothing."""
    places = 30.0 * (np.stack(np.indices((3, 3, 3)), axis=-1).reshape(27, 1, 3) - 1)
    crowd = structure_of((places + SMALL.xyz).reshape(-1, 3))
    alone, crowded = (plan_in_map_of(content, FitSettings()) for content in (SMALL, crowd))
    assert crowded.screen.keep > 2 * alone.screen.keep
    assert crowded.levels[0].poses == alone.levels[0].poses


@pytest.mark.slow
@pytest.mark.parametrize("turned", [102, 105])  # orientations that lie between the rotations of the screen
def test_an_extended_chain_of_a_ribosome_is_found_however_it_is_turned(shared_data, turned):
    case = next(c for c in json.loads((shared_data / "cases.json").read_text())["fit"] if c["name"] == "ribosome30S-N")
    filed = read_structure(shared_data / case["structure"])
    turn = Rotation.random(rng=np.random.default_rng(turned)).as_matrix()
    structure = replace(filed, xyz=filed.xyz @ turn.T + [50.0, -30.0, 20.0])
    settings = FitSettings(resolution=case["resolution"], seed=turned - 100)
    matrix = run(fit_structure(structure, read_volume(shared_data / case["map"]), settings)).map_from_model(0)
    truth = np.array(case["truth"][0])
    placed, want = (xyz @ m[:, :3].T + m[:, 3] for xyz, m in ((structure.xyz, matrix), (filed.xyz, truth)))
    assert np.sqrt(((placed - want) ** 2).sum(axis=1).mean()) < case["rmsd"]
