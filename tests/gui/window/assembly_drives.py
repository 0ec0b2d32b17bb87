"""The actions of the menu Assembly, driven by their keys."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.polishing import Polished
from app.shell.export_dialog import ExportDialog
from difffit_core.data.results import Scores
from difffit_core.document.copies import CopyItem, rows_of
from difffit_core.events import Job, StageAdvanced, StageStarted
from tests.gui.window.helpers import WAIT_MS

if TYPE_CHECKING:
    from tests.gui.window.test_actions import Stage


def copies(stage: "Stage") -> tuple[CopyItem, ...]:
    return stage.window.document.session.copies


def accept_two(stage: "Stage") -> None:
    stage.press("accept")
    stage.press("next")
    stage.press("accept")
    assert [copy.name for copy in copies(stage)] == ["s 1", "s 2"]


def drive_accept(stage: "Stage") -> None:
    stage.press("accept")
    [copy] = copies(stage)
    expected = stage.window.document.session.fits[0].result.map_from_model(0)
    np.testing.assert_allclose(copy.matrix, expected)
    assert copy.key in stage.window.viewport._contents.items
    stage.press("accept")
    assert len(copies(stage)) == 1
    assert "accepted before, as s 1" in stage.window.log_panel.toPlainText()
    stage.press("undo")
    assert copies(stage) == ()
    assert copy.key not in stage.window.viewport._contents.items


def drive_accept_remove(stage: "Stage") -> None:
    stage.press("accept_remove")
    stage.qtbot.waitUntil(lambda: len(copies(stage)) == 1, timeout=WAIT_MS)
    session = stage.window.document.session
    opened, rest = session.maps
    assert rest.derived_from == opened.key
    assert stage.window.selection.map_key == rest.key
    assert not np.array_equal(rest.volume.data, opened.volume.data)
    stage.press("undo")
    assert stage.window.document.session.maps[0].volume is opened.volume
    assert len(stage.window.document.session.maps) == 1


def drive_assembly(stage: "Stage") -> None:
    stage.window.right_dock.hide()
    stage.press("assembly")
    assert stage.window.assembly_panel.isVisible()


def drive_centre_copy(stage: "Stage") -> None:
    stage.press("accept")
    framed: list[str] = []
    stage.patch.setattr(stage.window.viewport, "frame", framed.append)
    stage.press("centre_copy")
    assert framed == [copies(stage)[0].key]


def drive_handles(stage: "Stage") -> None:
    stage.press("accept")
    stage.press("handles")
    gizmo = stage.window.viewport.handles.gizmo
    assert gizmo.visible
    structure = stage.window.document.session.structures[0].structure
    [copy] = copies(stage)
    np.testing.assert_allclose(gizmo.centre_xyz, copy.matrix[:, :3] @ structure.centroid_xyz + copy.matrix[:, 3])
    assert stage.window.actions_by_key.by_key["handles"].isChecked()
    stage.press("handles")
    assert not gizmo.visible


def polish_to(x: float) -> object:
    """An engine that finds a better place at this x (Å)."""

    def polish(structure, volume, settings, near) -> Job[Polished]:
        yield StageStarted("climb", 1)
        yield StageAdvanced(1)
        place = np.eye(3, 4)
        place[0, 3] = x
        return Polished(0.5, 0.7, rows_of(place), Scores(*(np.array(0.7) for _ in range(6))))

    return polish


def drive_polish(stage: "Stage") -> None:
    stage.press("accept")
    polishing = stage.window.assembly.poses.polishing
    polishing.engine = polish_to(3.5)
    stage.press("polish")
    stage.qtbot.waitUntil(lambda: copies(stage)[0].map_from_model[0][3] == 3.5, timeout=WAIT_MS)
    assert dict(copies(stage)[0].scores or ())["correlation_about_mean"] == 0.7
    stage.qtbot.waitUntil(lambda: not polishing.busy, timeout=WAIT_MS)
    assert "0.500 → 0.700" in stage.window.log_panel.toPlainText()


def drive_copy_up(stage: "Stage") -> None:
    accept_two(stage)
    stage.press("copy_up")
    assert [copy.name for copy in copies(stage)] == ["s 2", "s 1"]


def drive_copy_down(stage: "Stage") -> None:
    accept_two(stage)
    stage.press("copy_up")
    stage.press("copy_down")
    assert [copy.name for copy in copies(stage)] == ["s 1", "s 2"]


def drive_delete_copy(stage: "Stage") -> None:
    accept_two(stage)
    stage.press("delete_copy")
    assert [copy.name for copy in copies(stage)] == ["s 1"]


def drive_density(stage: "Stage") -> None:
    stage.press("accept")
    stage.press("density")
    desk = stage.window.assembly.density
    stage.qtbot.waitUntil(lambda: desk.preview.preview is not None, timeout=WAIT_MS)
    assert stage.window.assembly_panel.density.isVisible()
    assert "goes" in stage.window.assembly_panel.density.share.text()


def drive_remove_density(stage: "Stage") -> None:
    stage.press("accept")
    stage.press("remove_density")
    stage.qtbot.waitUntil(lambda: len(stage.window.document.session.maps) == 2, timeout=WAIT_MS)
    assert [item.copy for item in stage.window.document.session.maps[1].removals] == [copies(stage)[0].key]


def drive_restore_density(stage: "Stage") -> None:
    drive_remove_density(stage)
    stage.press("restore_density")
    opened, rest = stage.window.document.session.maps
    assert rest.removals == ()
    assert rest.volume is opened.volume


def drive_clashes(stage: "Stage") -> None:
    stage.press("accept")
    stage.press("clashes")
    assert stage.window.assembly_panel.clashes.isVisible()


def drive_export_assembly(stage: "Stage") -> None:
    stage.press("accept")
    stage.press("export_assembly")
    dialog = stage.dialog(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    dialog.folder.selectAll()
    stage.qtbot.keyClicks(dialog.folder, str(stage.folder / "out"))
    stage.qtbot.mouseClick(dialog.choices[False, "cif"], Qt.MouseButton.LeftButton)
    button = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Export")
    stage.window.document.undo()  # the structure of this window has no file, so there is nothing that could be written
    stage.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    stage.qtbot.waitUntil(lambda: "no copy to write" in stage.window.log_panel.toPlainText(), timeout=WAIT_MS)
    assert stage.window.controller.preferences.folder == str(stage.folder / "out")
