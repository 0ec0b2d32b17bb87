"""The joint polish: copies that were pushed into each other part, and lose nothing of their fit."""

import numpy as np

from difffit_core.compose.assembly_quality import quality_of
from difffit_core.compose.candidates import Candidate
from difffit_core.compose.joint_polish import polish_together
from difffit_core.data.placed import Placed
from difffit_core.data.poses import Poses
from difffit_core.data.results import Cluster
from difffit_core.events import run
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.clashes import count_clashing_atoms
from difffit_core.fit.device import choose_engine
from difffit_core.fit.model import Model
from difffit_core.fit.scores import score_poses
from difffit_core.fit.target import prepare_target

SAMPLE = load_sample()
MODELS = {k: Model(read_structure(SAMPLE.structure(name).path)) for k, name in enumerate("AB")}
TARGET = prepare_target(read_volume(SAMPLE.map_path), SAMPLE.contour_level, SAMPLE.resolution)


def copy_at(structure: int, pose: Poses) -> Candidate:
    model = MODELS[structure].structure
    scores = score_poses(model, TARGET.whole, TARGET.contour_level, TARGET.resolution, pose, model=MODELS[structure])
    placed = Placed(model, pose.map_from_model(model.centroid_xyz)[0])
    return Candidate(structure, placed, Cluster(pose, pose[:0], 1, scores[0], 0.99, pose), 1)


def haemoglobin(towards_centre: float) -> list[Candidate]:
    """All four chains, each moved so many Å towards the middle of the molecule."""
    poses = []
    for k, name in enumerate("AB"):
        true = Poses.from_matrices(SAMPLE.structure(name).map_from_model, MODELS[k].structure.centroid_xyz)
        poses += [(k, true[[copy]]) for copy in range(2)]
    middle = np.mean([pose.position_xyz[0] for _, pose in poses], axis=0)
    copies = []
    for k, pose in poses:
        way = middle - pose.position_xyz
        copies.append(
            copy_at(k, Poses(pose.orientation_xyzw, pose.position_xyz + towards_centre * way / np.linalg.norm(way)))
        )
    return copies


def test_copies_have_fewer_clashes_afterwards_and_no_worse_correlation():
    copies = haemoglobin(towards_centre=0.8)
    polished = run(polish_together(copies, TARGET, MODELS, choose_engine("cpu", "numba")))
    before, after = (count_clashing_atoms([copy.placed for copy in group]) for group in (copies, polished))
    assert before > 0
    assert after < before / 2
    together = [quality_of([copy.placed for copy in group], TARGET) for group in (copies, polished)]
    assert together[1].improves(together[0])
    for old, new in zip(copies, polished, strict=True):
        assert new.score > old.score


def test_copies_at_their_places_keep_their_correlation():
    settled = run(polish_together(haemoglobin(0.0), TARGET, MODELS, choose_engine("cpu", "numba")))
    again = run(polish_together(settled, TARGET, MODELS, choose_engine("cpu", "numba")))
    for old, new in zip(settled, again, strict=True):
        assert new.score >= old.score - 0.001
        assert np.abs(new.placed.xyz - old.placed.xyz).max() < 0.2
