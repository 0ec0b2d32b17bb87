"""Structures taken apart before they are composed: into chains, into domains, and what cannot be."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.compose_form import SPLITS
from difffit_core.document.commands import AddMap, AddStructure
from difffit_core.document.project_file import open_project, save_project
from difffit_core.document.session import StructureItem
from difffit_core.files.samples import Sample
from difffit_core.files.structure_files import read_structure
from tests.document.items import make_map
from tests.gui.window.helpers import WAIT_MS, dialogs


@pytest.fixture
def whole(window: MainWindow, sample: Sample) -> Callable[[float], None]:
    """Opens a map and all four chains of haemoglobin in one file, each atom with this B-factor."""

    def put(b_factor: float) -> None:
        structure = read_structure(sample.structure("whole").path)
        structure = replace(structure, b_factor=np.full(len(structure), b_factor, np.float32))
        window.document.do(AddMap(make_map("m")))
        window.document.do(AddStructure(StructureItem("whole", structure, (0.2, 0.4, 0.8))))
        window.right_tabs.setCurrentWidget(window.compose_panel)

    return put


def choose(window: MainWindow, how: str) -> None:
    """Take an entry of the menu at the button."""
    action = next(a for a in window.compose_panel.form.split.menu().actions() if a.text() == SPLITS[how][0])
    action.trigger()


def test_a_whole_model_is_split_into_chains_that_occur_twice(
    window: MainWindow, qtbot: QtBot, whole: Callable[[float], None], tmp_path: Path
) -> None:
    whole(30.0)
    choose(window, "chains")
    assert not window.compose_panel.form.split.isEnabled()
    qtbot.waitUntil(lambda: len(window.document.session.structures) == 3, timeout=WAIT_MS)
    first, *parts = window.document.session.structures
    assert not first.visible
    assert window.fit_panel.structure_keys == tuple(part.key for part in parts)
    assert window.compose_panel.form.most == {0: 2, 1: 2}
    save_project(tmp_path / "split.difffit", window.document.session)  # no file holds the parts
    again = open_project(tmp_path / "split.difffit").session
    assert [len(item.structure) for item in again.structures] == [
        len(item.structure) for item in window.document.session.structures
    ]
    window.document.undo()
    assert [item.visible for item in window.document.session.structures] == [True]


def test_domains_say_which_residues_they_are(window: MainWindow, qtbot: QtBot, whole: Callable[[float], None]) -> None:
    whole(90.0)
    choose(window, "domains")
    qtbot.waitUntil(lambda: len(window.document.session.structures) == 3, timeout=WAIT_MS)
    request = window.compose._request()
    assert request is not None
    assert sorted(text[:4] for text in request.residues.values()) == ["A:1-", "B:1-"]


def test_what_is_no_prediction_has_no_domains_and_that_is_said(
    window: MainWindow, qtbot: QtBot, whole: Callable[[float], None]
) -> None:
    whole(30.0)
    choose(window, "domains")
    qtbot.waitUntil(lambda: bool(dialogs(window)), timeout=WAIT_MS)
    assert "should be split into chains" in dialogs(window)[0].informativeText()
    assert window.compose_panel.form.split.isEnabled()


def test_aligned_errors_of_another_model_are_refused(
    window: MainWindow, qtbot: QtBot, whole: Callable[[float], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole(90.0)
    (tmp_path / "pae.json").write_text('[{"predicted_aligned_error": [[0, 1], [1, 0]]}]')
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "pae.json"), ""))
    choose(window, "domains by errors")
    qtbot.waitUntil(lambda: bool(dialogs(window)), timeout=WAIT_MS)
    assert "has errors of 2 residues" in dialogs(window)[0].informativeText()
