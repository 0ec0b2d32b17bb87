"""Opening files by drop and by name: any number, any order, any kind; bad ones get a sentence and nothing breaks."""

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from app.document import Document
from app.main_window import MainWindow
from app.opening import MOST_AT_ONCE, Opener
from app.preferences import Preferences
from app.reading import read_map_item
from app.tasks import Tasks
from difffit_core.document.session import MapItem
from difffit_core.files.samples import Sample
from tests.gui.window.helpers import WAIT_MS, dialogs, drop

WaitIdle = Callable[[MainWindow], None]


def test_dropped_structure_and_map_are_opened_in_any_order(
    window: MainWindow, sample: Sample, qtbot: QtBot, wait_idle: WaitIdle
):
    assert window.centre.currentWidget() is window.welcome
    assert drop(window, [sample.structures[0].path, sample.map_path, sample.structures[1].path])
    qtbot.waitUntil(lambda: len(window.document.session.structures) == 2, timeout=WAIT_MS)
    wait_idle(window)
    session = window.document.session
    assert [item.name for item in session.maps] == ["emd_3488.map.gz"]
    assert [item.name for item in session.structures] == ["A.pdb", "B.pdb"]
    assert session.structures[0].colour != session.structures[1].colour
    assert window.centre.currentWidget() is window.split
    assert window.fit_button.button.text() == "Fit 2 structures"
    assert window.contour_panel.level.value() == pytest.approx(session.maps[0].contour_level, abs=1e-3)


def test_compressed_structure_with_a_name_in_another_script_is_opened(
    window: MainWindow, sample: Sample, tmp_path: Path, wait_idle: WaitIdle, qtbot: QtBot
):
    path = tmp_path / "структура β 構造.pdb.gz"
    path.write_bytes(gzip.compress(sample.structures[0].path.read_bytes()))
    assert drop(window, [path])
    qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
    assert path.name in window.data_panel.rows[window.document.session.structures[0].key].name.text()


def test_drag_without_files_is_not_accepted(window: MainWindow):
    assert not drop(window, [])


def test_bad_files_get_one_dialog_with_a_sentence_each_and_good_ones_are_opened(
    window: MainWindow, sample: Sample, tmp_path: Path, qtbot: QtBot, wait_idle: WaitIdle
):
    notes = tmp_path / "notes.docx"
    notes.write_text("not a structure")
    broken = tmp_path / "broken.mrc"
    broken.write_bytes(b"\0" * 2000)
    empty = tmp_path / "empty.pdb"
    empty.touch()
    drop(window, [notes, broken, sample.structures[0].path, empty, tmp_path / "gone.cif", tmp_path])
    qtbot.waitUntil(lambda: bool(dialogs(window)), timeout=WAIT_MS)
    [box] = dialogs(window)
    sentences = box.informativeText().split("\n\n")
    assert [name in text for name, text in zip(("notes", "broken", "empty", "gone"), sentences, strict=False)] == [
        True
    ] * 4
    assert len(sentences) == 5
    assert "Traceback" not in box.informativeText()
    box.close()
    assert [item.name for item in window.document.session.structures] == ["A.pdb"]
    assert all(sentence.split(";")[0] in window.log_panel.toPlainText() for sentence in sentences)
    window.files.open_one(sample.map_path)
    qtbot.waitUntil(lambda: bool(window.document.session.maps), timeout=WAIT_MS)


def test_map_without_a_known_ending_is_recognised_by_its_content(
    window: MainWindow, sample: Sample, tmp_path: Path, qtbot: QtBot
):
    path = tmp_path / "density.data"
    path.write_bytes(gzip.decompress(sample.map_path.read_bytes()))
    window.files.open_one(path)
    qtbot.waitUntil(lambda: bool(window.document.session.maps), timeout=WAIT_MS)


def test_sample_opens_with_its_published_resolution(window: MainWindow, sample: Sample, qtbot: QtBot):
    window.files.open_sample()
    qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
    assert window.fit_panel.resolution.value() == sample.resolution
    assert window.document.session.maps[0].contour_level == sample.contour_level


@pytest.mark.parametrize(
    ("kept", "level", "resolution"),
    [
        ('{"contour_level": 0.02, "resolution": 3.4}', 0.02, 3.4),
        ('{"contour_level": 0.02, "resolution": null}', 0.02, None),
    ],
)
def test_fetched_map_begins_with_what_emdb_recommends(
    sample: Sample, tmp_path: Path, kept: str, level: float, resolution: float | None
):
    path = Path(shutil.copy(sample.map_path, tmp_path / "emd_1234.map.gz"))
    (tmp_path / "emd_1234.map.gz.facts.json").write_text(kept, "ascii")
    item = read_map_item(path).item
    assert isinstance(item, MapItem)
    assert (item.contour_level, item.suggested_level) == (level, level)
    assert item.suggested_resolution == resolution if resolution else item.suggested_resolution > 0


def test_opened_files_are_offered_again(window: MainWindow, sample: Sample, tmp_path: Path, qtbot: QtBot):
    path = tmp_path / "mine.pdb"
    shutil.copy(sample.structures[0].path, path)
    window.files.open_one(path)
    qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
    window._list_recent()
    assert window.recent_menu.actions()[0].text() == "mine.pdb"
    window.files.close_all()
    assert window.centre.currentWidget() is window.welcome


def test_undo_takes_back_opening_and_redo_opens_again(window: MainWindow, sample: Sample, qtbot: QtBot):
    window.files.open_one(sample.structures[0].path)
    qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
    undo, redo = window.actions_by_key.by_key["undo"], window.actions_by_key.by_key["redo"]
    assert undo.text() == "&Undo open structure"
    undo.trigger()
    assert window.document.session.structures == ()
    assert window.data_panel.rows == {}
    assert not undo.isEnabled()
    redo.trigger()
    assert len(window.data_panel.rows) == 1


def test_eye_hides_and_shows(window: MainWindow, sample: Sample, qtbot: QtBot):
    window.files.open_one(sample.structures[0].path)
    qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
    [row] = window.data_panel.rows.values()
    qtbot.mouseClick(row.eye, Qt.MouseButton.LeftButton)
    assert not window.document.session.structures[0].visible
    qtbot.mouseClick(row.eye, Qt.MouseButton.LeftButton)
    assert window.document.session.structures[0].visible


class ReadAtOnce(Tasks):
    """Answers before the next event, as a fast disk does."""

    def submit(
        self, work: Callable[[], Any], *, on_result: Callable[[Any], None], on_error: Callable[[Exception], None]
    ) -> None:
        on_result(work())


def test_many_files_are_a_few_changes_and_a_step_of_undo_each(sample: Sample, settings: QSettings, qtbot: QtBot):
    document, changes = Document(), []
    document.changed.connect(lambda old, new: changes.append(len(new.structures) - len(old.structures)))
    opener = Opener(document, ReadAtOnce(), Preferences(settings))
    with qtbot.waitSignal(opener.finished, timeout=WAIT_MS):
        opener.open([sample.structures[0].path] * (2 * MOST_AT_ONCE + 1))
        assert opener.busy
    assert changes == [MOST_AT_ONCE, MOST_AT_ONCE, 1]
    assert not opener.busy
    document.undo()
    assert len(document.session.structures) == 2 * MOST_AT_ONCE
