"""The library that comes with the program: two of its proteins are in the map."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from difffit_core.events import run
from difffit_core.files.structure_files import read_structure
from difffit_core.scan.case import ScanCase
from difffit_core.scan.library import list_library
from difffit_core.scan.ranking import Ranking, Row
from difffit_core.scan.scan_library import scan_library
from difffit_core.settings import FitSettings

SAMPLE = Path(str(files("resources"))) / "samples" / "ribosome"
TRUE = {"uS4", "uS5"}


def scanned(folder: Path, preset: str, names: set[str] | None = None) -> Ranking:
    """The ranking of the sample's library, or of some of it."""
    library = [s for s in list_library(SAMPLE / "library", folder) if names is None or s.name in names]
    settings = FitSettings(resolution=5.8, level=0.02675, preset=preset, device="cpu")
    return run(scan_library(library, ScanCase(SAMPLE / "region.map.gz", settings), folder))


def rmsd_to_truth(row: Row) -> float:
    """Å, over the atoms."""
    truth = np.array(json.loads((SAMPLE / "truth.json").read_text("utf-8"))[row.name])
    difference = np.array(row.best.map_from_model) - truth
    atoms = read_structure(SAMPLE / "library" / f"{row.name}.pdb.gz").xyz
    return float(np.sqrt(((atoms @ difference[:, :3].T + difference[:, 3]) ** 2).sum(axis=1).mean()))


def test_a_few_of_the_sample_rank_the_true_ones_first(tmp_path):
    ranking = scanned(tmp_path, "fast", {*TRUE, "bS18", "bS16", "uS17"})
    assert {row.name for row in ranking.rows[:2]} == TRUE
    assert ranking.rows[0].p < 0.01
    assert all(rmsd_to_truth(row) < 2.0 for row in ranking.rows[:2])
    assert ranking.rows[0].description.startswith("30S ribosomal protein uS")


@pytest.mark.slow
def test_the_whole_sample_ranks_the_true_ones_first_and_no_others(tmp_path):
    ranking = scanned(tmp_path, "exhaustive")
    assert len(ranking.rows) == 19
    assert {row.name for row in ranking.rows[:2]} == TRUE
    assert ranking.rows[1].q < 0.01
    assert ranking.rows[2].q > 0.05
    assert all(rmsd_to_truth(row) < 1.0 for row in ranking.rows[:2])
