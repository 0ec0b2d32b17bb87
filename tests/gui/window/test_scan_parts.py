"""What a scan in the window is made of: folders, progress, pictures, how numbers are written."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.panels.scan_columns import probability
from app.panels.scan_model import ScanFilter
from app.scan_folder import command_of, count_of, free_folder, list_of_files, map_file, read_folder, same_map
from app.scan_opening import ReadCandidate, accepting, opening
from app.scan_pictures import KIND, CandidatePictures, draw_traces, picture_of
from app.scan_progress import ScanProgress
from app.scan_table import Candidate, ScanRequest, candidate_of
from app.tasks import Tasks
from difffit_core.document.session import MapItem, Session
from difffit_core.errors import DiffFitError
from difffit_core.events import StageAdvanced, StageStarted
from difffit_core.files.checksums import checksum_of
from difffit_core.files.map_files import read_volume
from difffit_core.settings import FitSettings
from tests.document.items import make_map, make_structure
from tests.gui.window.helpers import WAIT_MS
from tests.scan.making import make_library, write_pdb
from tests.scan.making import make_map as write_map

PLACE = ((1.0, 0.0, 0.0, 5.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0))
SETTINGS = FitSettings(resolution=5.0, level=1.0)


def a_candidate(path: Path) -> Candidate:
    scores = ("correlation_about_mean", "correlation", "mean_overlap", "mean_density", "fraction_inside")
    return Candidate(
        "c",
        path,
        30,
        rank=1,
        score=9.0,
        p=1e-9,
        q=1e-8,
        confidence=0.9,
        hits=3,
        scores=(*((name, 0.5) for name in scores), ("correlation_about_mean_at_atoms", 0.5)),
        map_from_model=PLACE,
    )


def test_map_that_is_in_no_file_is_written_for_the_scan(tmp_path: Path) -> None:
    item = make_map("m")
    path = map_file(item, tmp_path / "scan")
    assert path == tmp_path / "scan" / "map.mrc"
    np.testing.assert_allclose(read_volume(path).data, item.volume.data)
    kept = MapItem("k", write_map(tmp_path / "two.mrc"), item.base, 1.0, 1.0, 5.0)
    assert map_file(kept, tmp_path / "scan") == kept.path


def test_new_scans_never_share_a_folder(tmp_path: Path) -> None:
    first = free_folder(tmp_path, "EMD 1.map.gz", "/data/my models")
    assert first.name == "EMD_1-my_models"
    first.mkdir()
    assert free_folder(tmp_path, "EMD 1.map.gz", "/data/my models").name == "EMD_1-my_models-2"


def test_single_files_become_a_list_that_the_command_line_takes(tmp_path: Path) -> None:
    files = [tmp_path / "b.pdb", tmp_path / "a.pdb"]
    library = list_of_files(files, tmp_path / "scan")
    assert Path(library).read_text().splitlines() == [str(path) for path in files]
    request = ScanRequest(library, tmp_path / "m.mrc", SETTINGS, tmp_path / "scan", region=("sphere:1,2,3,4",))
    command = command_of(request)
    assert command[:4] == ("difffit", "scan", str(tmp_path / "m.mrc"), library)
    assert command[-2:] == ("--region", "sphere:1,2,3,4")


def test_ranking_alone_is_enough_to_be_read(tmp_path: Path) -> None:
    row = {"rank": 1, "name": "x", "path": r"D:\models\x.pdb", "atoms": 9, "score": 3.0, "p": 0.01, "q": 0.02}
    content = {"complete": True, "candidates": [row], "failed": [{"path": r"D:\models\y.pdb", "reason": "No."}]}
    (tmp_path / "ranking.json").write_text(json.dumps(content))
    opened = read_folder(tmp_path)
    assert [(c.name, c.rank, c.reason) for c in opened.table.candidates] == [("x", 1, ""), ("y", None, "No.")]
    assert opened.missing == {"x", "y"}
    assert opened.request.library == ""  # nobody knows what was scanned, so it cannot be gone on with
    (tmp_path / "ranking.json").write_text(json.dumps(content | {"candidates": [{"rank": 1}]}))
    with pytest.raises(DiffFitError, match="damaged"):
        read_folder(tmp_path)


def test_folder_of_several_maps_names_the_scans_in_it(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "scan.json").write_text("{}")
    with pytest.raises(DiffFitError, match="one, two"):
        read_folder(tmp_path)


def test_map_is_known_by_its_content(tmp_path: Path) -> None:
    path = write_map(tmp_path / "two.mrc")
    sha256 = checksum_of(path).sha256
    known = (("other", write_map(tmp_path / "three.mrc").with_name("none.mrc")), ("mine", path))
    assert same_map(known, tmp_path / "gone.mrc", sha256) == "mine"
    assert same_map(known, path, "") == "mine"
    assert same_map(known[:1], path, sha256) is None


@pytest.mark.parametrize("effort", ["fast", "balanced", "exhaustive"])
def test_progress_only_grows_and_ends_whole(effort: str) -> None:
    stages = ["prepare", "read library", "scan fast", "scan balanced", "scan exhaustive"]
    progress, seen = ScanProgress(effort), [0.0]
    for stage in stages[: 3 + ["fast", "balanced", "exhaustive"].index(effort)]:
        for event in (StageStarted(stage, 4), *map(StageAdvanced, range(5))):
            progress = progress.after(event)
            seen.append(progress.fraction)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_probabilities_are_written_as_people_do() -> None:
    written = [probability(p) for p in (0.9249, 0.0361, 0.00093, 2e-13, 0.0, float("nan"))]
    assert written == ["0.92", "0.036", "9·10⁻⁴", "2·10⁻¹³", "1·10⁻³⁰⁰", "–"]


def test_filter_by_class_takes_mixed_ones_as_both() -> None:
    candidate = candidate_of({"path": "a.pdb", "rank": 1, "atoms": 5, "description": "Heat shock protein"})
    assert ScanFilter(kind="nucleic").accepts(candidate, "mixed")
    assert not ScanFilter(kind="nucleic").accepts(candidate, "protein")
    assert ScanFilter(words=("shock",), fewest=5, most=5).accepts(candidate, "")


def test_pictures_are_drawn_once_and_kept_with_what_they_show(qtbot: QtBot, tmp_path: Path) -> None:
    xyz = np.cumsum(np.random.default_rng(0).normal(0, 2.0, (40, 3)), axis=0)
    steps = np.diff(xyz, axis=0)
    xyz = np.concatenate([[[0.0, 0, 0]], np.cumsum(3.8 * steps / np.linalg.norm(steps, axis=1)[:, None], axis=0)])
    path = write_pdb(tmp_path / "c.pdb", make_structure("c", xyz))
    tasks, ready = Tasks(), list[str]()
    pictures = CandidatePictures(tasks)
    pictures.ready.connect(ready.append)
    pictures.begin(tmp_path)
    pictures.expect([a_candidate(path)])
    qtbot.waitUntil(lambda: ready == ["c"], timeout=WAIT_MS)
    assert pictures.kinds == {"c": "protein"}
    path.unlink()  # the picture is there all the same
    again = picture_of(path, tmp_path / "pictures" / "c.png")
    assert again is not None
    assert again.text(KIND) == "protein"
    tasks.shut_down()


def test_picture_shows_first_residues_blue_and_last_ones_red() -> None:
    image = draw_traces([np.array([[float(x), 0.3 * np.sin(x), 0.2 * np.cos(x)] for x in range(30)])])
    left, right = (image.pixelColor(x, image.height() // 2) for x in (14, image.width() - 14))
    if left.blue() < left.red():  # seen from the other side
        left, right = right, left
    assert left.blue() > left.red()
    assert right.red() > right.blue()


def test_candidate_is_opened_once_and_stands_where_it_was_found(tmp_path: Path) -> None:
    session = Session(maps=(make_map("m"),))
    structure = make_structure("c")
    read = ReadCandidate(a_candidate(structure.source.path), structure)
    once = opening(session, [read], "m", SETTINGS).apply(session)
    [item] = once.structures
    np.testing.assert_allclose(once.standing(item), np.array(PLACE), atol=1e-9)
    assert opening(once, [read], "m", SETTINGS).apply(once) == once
    moved = replace(read, candidate=replace(read.candidate, map_from_model=np.eye(3, 4).tolist()))
    assert len(opening(once, [moved], "m", SETTINGS).apply(once).fits) == 2
    accept = accepting(once, read, "m", SETTINGS)
    assert accept is not None
    kept = accept.apply(once)
    assert [copy.map_from_model for copy in kept.copies] == [PLACE]
    assert accepting(kept, read, "m", SETTINGS) is None
    assert accept.apply(Session()) == Session()  # the map has been closed meanwhile


def test_candidates_are_counted_before_they_are_searched(tmp_path: Path) -> None:
    folder = make_library(tmp_path / "library", 2)
    listed = list_of_files([folder / "blob-00.pdb"], tmp_path / "scan")
    archive = shutil.make_archive(str(tmp_path / "all"), "zip", folder)
    said = [count_of(str(library)) for library in (folder, folder / "blob-*1.pdb", listed, archive)]
    assert said[:3] == ["2 candidates", "1 candidate", "1 candidate"]
    assert "archive" in said[3]
    with pytest.raises(DiffFitError, match="does not exist"):
        count_of(str(tmp_path / "none"))
