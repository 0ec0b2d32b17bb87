"""Every action of the menus, driven as a user would: by its keys, or by a click in its menu."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from app.actions import RECORDS
from app.main_window import MainWindow
from app.panels.compare import CompareDialog
from app.project_desk import EMBEDDED
from app.scene.palette import SCORE_STOPS
from app.shell.about_dialog import AboutDialog
from app.shell.clip_dialog import ClipDialog
from app.shell.fetch_dialog import FetchDialog
from app.shell.hand_on_dialog import HandOnDialog
from app.shell.keep_question import KeepQuestion
from app.shell.palette import CommandPalette
from app.shell.picture_dialog import MovieDialog, PictureDialog
from app.shell.preferences_dialog import PreferencesDialog
from app.shell.shortcuts import ShortcutsDialog
from app.shell.tour import TourCard
from difffit_core.document.commands import AddFit, AddMap, AddStructure, SetContourLevel
from difffit_core.document.project_file import save_project
from difffit_core.document.session import Session
from difffit_core.files.samples import load_sample
from tests.document.items import make_fit, make_map, make_structure_item
from tests.document.project_making import real_session
from tests.gui.window import assembly_drives, compose_drives, scan_drives
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import engine, stepping_fit
from tests.gui.window.helpers import WAIT_MS, choose_file, press_button


@dataclass
class Stage:
    """A window with a map, a structure and a fit of three clusters, and what drives it."""

    window: MainWindow
    qtbot: QtBot
    patch: pytest.MonkeyPatch
    folder: Path

    def press(self, key: str) -> None:
        """The action's keys when it has some, else a click on it in its menu."""
        self.focus()
        action = self.window.actions_by_key.by_key[key]
        assert action.isEnabled(), f"{key} cannot be used now"
        if not action.shortcut().isEmpty():
            combination = action.shortcut()[0]
            self.qtbot.keyClick(self.window, combination.key(), combination.keyboardModifiers())
        else:
            menu = next(menu for menu in self.window.findChildren(QMenu) if action in menu.actions())
            menu.popup(QPoint(100, 100))
            self.qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        QApplication.processEvents()

    def focus(self) -> None:
        """The window has the keyboard, as it has for a user."""
        self.window.activateWindow()
        self.window.setFocus()
        self.qtbot.waitUntil(self.window.isActiveWindow, timeout=WAIT_MS)

    def dialog(self, kind: type[QDialog]) -> QDialog:
        """The dialog that has opened."""
        found = [dialog for dialog in self.window.findChildren(kind) if dialog.isVisible()]
        assert len(found) == 1
        return found[0]

    def closes(self, kind: type[QDialog]) -> None:
        """A dialog of this kind has opened, and Escape closes it."""
        dialog = self.dialog(kind)
        self.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()

    @property
    def place(self) -> int:
        """The cluster that the structure stands in."""
        placed = self.window.document.session.structures[0].placed_by
        return -1 if placed is None else placed.index

    def choose_two(self) -> None:
        table = self.window.clusters_panel.table
        table.setFocus()
        self.qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)


@pytest.fixture
def stage(make_window: MakeWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    window = make_window(engine(stepping_fit(0.005, steps=40)))
    for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s")), AddFit(make_fit("f", "m", "s"))):
        window.document.do(command)
    return Stage(window, qtbot, monkeypatch, tmp_path)


def drive_open(stage: Stage) -> None:
    sample = load_sample()
    answer = ([str(sample.map_path)], "")
    stage.patch.setattr(QFileDialog, "getOpenFileNames", lambda *_: answer)
    stage.press("open")
    stage.qtbot.waitUntil(lambda: len(stage.window.document.session.maps) == 2, timeout=WAIT_MS)


def drive_new_project(stage: Stage) -> None:
    stage.press("new_project")
    question = stage.dialog(KeepQuestion)
    press_button(question, "Discard")
    assert stage.window.document.session == Session()
    assert not stage.window.isWindowModified()


def drive_open_project(stage: Stage) -> None:
    session, path = real_session(stage.folder), stage.folder / "p.difffit"
    save_project(path, session)
    stage.window.controller.project.forget_changes()
    stage.press("open_project")
    choose_file(stage.window, path)
    stage.qtbot.waitUntil(lambda: stage.window.document.session == session, timeout=WAIT_MS)


def drive_save_project(stage: Stage) -> None:
    path = stage.folder / "p.difffit"
    assert stage.window.isWindowModified()
    stage.press("save_project")
    choose_file(stage.window, path)
    stage.qtbot.waitUntil(lambda: not stage.window.isWindowModified(), timeout=WAIT_MS)
    stage.window.document.do(SetContourLevel("m", 3.0))
    before = path.read_bytes()
    stage.press("save_project")
    stage.qtbot.waitUntil(lambda: not stage.window.isWindowModified(), timeout=WAIT_MS)
    assert path.read_bytes() != before


def drive_save_project_as(stage: Stage) -> None:
    stage.press("save_project_as")
    choose_file(stage.window, stage.folder / "one", EMBEDDED)
    stage.qtbot.waitUntil((stage.folder / "one.difffit").is_file, timeout=WAIT_MS)
    stage.qtbot.waitUntil(lambda: not stage.window.controller.busy, timeout=WAIT_MS)
    assert stage.window.controller.project.embed


def drive_recover(stage: Stage) -> None:
    stage.press("recover")
    stage.qtbot.waitUntil(lambda: "nothing to recover" in stage.window.log_panel.toPlainText(), timeout=WAIT_MS)


def drive_chimerax(stage: Stage) -> None:
    stage.press("chimerax")
    stage.closes(HandOnDialog)


def drive_coot(stage: Stage) -> None:
    stage.press("coot")
    stage.closes(HandOnDialog)


def drive_export_tables(stage: Stage) -> None:
    path = stage.folder / "table.csv"
    stage.press("export_tables")
    choose_file(stage.window, path)
    stage.qtbot.waitUntil(path.is_file, timeout=WAIT_MS)
    assert path.read_text().count("\n") == 4  # a heading and three clusters


def drive_report(stage: Stage) -> None:
    path, shown = stage.folder / "page.html", list[str]()
    stage.patch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    stage.press("report")
    choose_file(stage.window, path)
    stage.qtbot.waitUntil(lambda: shown == [str(path)], timeout=WAIT_MS)
    assert "data:image/png;base64," in path.read_text("utf-8")


def drive_sample(stage: Stage) -> None:
    stage.press("sample")
    stage.qtbot.waitUntil(lambda: len(stage.window.document.session.structures) == 2, timeout=WAIT_MS)


def drive_fetch(stage: Stage) -> None:
    stage.press("fetch")
    stage.closes(FetchDialog)


def drive_forget_recent(stage: Stage) -> None:
    path = stage.folder / "a.mrc"
    path.touch()
    stage.window.controller.preferences.remember_file(path)
    stage.window.recent_menu.aboutToShow.emit()
    stage.press("forget_recent")
    assert stage.window.controller.preferences.recent_files == []


def drive_save_placed(stage: Stage) -> None:
    asked: list[str] = []
    stage.patch.setattr(QFileDialog, "getSaveFileName", lambda *given: asked.append(given[2]) or ("", ""))
    stage.press("save_placed")
    assert Path(asked[0]).name == "s_placed_1.cif"


def drive_save_image(stage: Stage) -> None:
    stage.press("save_image")
    stage.closes(PictureDialog)


def drive_save_movie(stage: Stage) -> None:
    stage.press("save_movie")
    stage.closes(MovieDialog)


def drive_preferences(stage: Stage) -> None:
    stage.press("preferences")
    stage.closes(PreferencesDialog)


def drive_close_all(stage: Stage) -> None:
    stage.press("close_all")
    assert stage.window.document.session.maps == ()
    assert stage.window.document.session.structures == ()


def drive_quit(stage: Stage) -> None:
    stage.press("quit")
    stage.closes(KeepQuestion)
    assert stage.window.isVisible()
    stage.press("quit")
    press_button(stage.dialog(KeepQuestion), "Discard")
    assert not stage.window.isVisible()


def drive_undo(stage: Stage) -> None:
    stage.window.document.do(SetContourLevel("m", 3.0))
    stage.press("undo")
    assert stage.window.document.session.maps[0].contour_level == 1.0


def drive_redo(stage: Stage) -> None:
    drive_undo(stage)
    stage.press("redo")
    assert stage.window.document.session.maps[0].contour_level == 3.0


def drive_copy_table(stage: Stage) -> None:
    QApplication.clipboard().clear()
    stage.press("copy_table")
    assert QApplication.clipboard().text().startswith("rank\tstructure\thits")


def drive_fit(stage: Stage) -> None:
    stage.press("fit")
    stage.qtbot.waitUntil(lambda: len(stage.window.document.session.fits) == 2, timeout=WAIT_MS)


def drive_cancel(stage: Stage) -> None:
    stage.press("fit")
    stage.qtbot.waitUntil(lambda: stage.window.controller.fitting.busy, timeout=WAIT_MS)
    stage.press("cancel")
    stage.qtbot.waitUntil(lambda: not stage.window.controller.busy, timeout=WAIT_MS)
    assert "cancelled" in stage.window.log_panel.toPlainText()


def drive_search_around(stage: Stage) -> None:
    stage.press("search_around")
    stage.qtbot.waitUntil(lambda: len(stage.window.document.session.fits) == 2, timeout=WAIT_MS)


def drive_next(stage: Stage) -> None:
    stage.press("next")
    assert stage.place == 1


def drive_previous(stage: Stage) -> None:
    stage.press("next")
    stage.press("previous")
    assert stage.place == 0


def drive_filter(stage: Stage) -> None:
    stage.press("filter")
    panel = stage.window.clusters_panel
    assert panel.bar.filter.hasFocus()
    stage.qtbot.keyClicks(panel.bar.filter, "hits >= 11")
    assert panel.model.rowCount() == 2


def drive_pin(stage: Stage) -> None:
    stage.press("next")
    stage.press("pin")
    assert [row.rank for row in stage.window.clusters_panel.shown_rows()] == [2, 1, 3]
    stage.press("pin")
    assert [row.rank for row in stage.window.clusters_panel.shown_rows()] == [1, 2, 3]


def drive_compare(stage: Stage) -> None:
    stage.choose_two()
    stage.press("compare")
    stage.closes(CompareDialog)


def drive_centre(stage: Stage) -> None:
    framed: list[str] = []
    stage.patch.setattr(stage.window.viewport, "frame", framed.append)
    stage.press("centre")
    assert framed == ["s"]


def drive_replay(stage: Stage) -> None:
    stage.press("replay")
    replay = stage.window.details_panel.replay
    assert replay.playing
    stage.qtbot.waitUntil(lambda: not replay.playing, timeout=WAIT_MS)
    assert replay.slider.value() == replay.slider.maximum() == 7


def drive_spheres(stage: Stage) -> None:
    shown: list[list[int]] = []
    stage.patch.setattr(stage.window.viewport, "show_clusters", lambda ids, *_, legend: shown.append(list(ids)))
    stage.press("spheres")
    assert shown == [[0, 1, 2]]
    stage.press("spheres")
    assert not stage.window.actions_by_key.by_key["spheres"].isChecked()


def drive_places_structure(stage: Stage) -> None:
    assert colours_after(stage, "places_structure") == {(0.2, 0.4, 0.8)}


def drive_places_cluster(stage: Stage) -> None:
    assert len(colours_after(stage, "places_cluster")) == 3


def drive_places_score(stage: Stage) -> None:
    colours = sorted(colours_after(stage, "places_score"), key=sum)
    assert colours[0] == pytest.approx(SCORE_STOPS[0])
    assert colours[-1] == pytest.approx(SCORE_STOPS[-1])


def colours_after(stage: Stage, key: str) -> set[tuple[float, ...]]:
    """The spheres' colours once this has been chosen."""
    stage.window.clusters.browsing.show_spheres(True)
    shown: list[set[tuple[float, ...]]] = []

    def show(ids, position, size, colour_rgb, *, legend) -> None:
        shown.append({tuple(colour) for colour in colour_rgb.tolist()})
        assert (legend is not None) == (key == "places_score")

    stage.patch.setattr(stage.window.viewport, "show_clusters", show)
    stage.press(key)
    assert stage.window.actions_by_key.by_key[key].isChecked()
    return shown[-1]


def drive_clip(stage: Stage) -> None:
    asked: list[tuple[float, float]] = []
    stage.patch.setattr(stage.window.viewport, "set_clip", lambda *planes: asked.append(planes))
    stage.press("clip")
    dialog = stage.dialog(ClipDialog)
    dialog.front.setValue(40)
    dialog.back.setValue(20)  # never before the front plane
    assert asked == [(0.4, 1.0), (0.18, 0.2)]
    stage.qtbot.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert asked[-1] == (0.0, 1.0)
    stage.closes(ClipDialog)


def drive_orthographic(stage: Stage) -> None:
    asked: list[str] = []
    stage.patch.setattr(stage.window.viewport, "set_projection", asked.append)
    stage.press("orthographic")
    stage.press("orthographic")
    assert asked == ["orthographic", "perspective"]


def drive_spin(stage: Stage) -> None:
    asked: list[str] = []
    stage.patch.setattr(stage.window.viewport, "set_motion", asked.append)
    stage.press("spin")
    stage.press("spin")
    assert asked == ["spin", "none"]


def drive_view_sides(stage: Stage, side: str) -> None:
    before = stage.window.viewport.camera_state()
    stage.press(f"view_{side}")
    assert "front" in side or stage.window.viewport.camera_state() != before


def drive_frame_all(stage: Stage) -> None:
    stage.press("frame_all")
    assert stage.window.viewport.isVisible()


def drive_frame_map(stage: Stage) -> None:
    framed: list[str] = []
    stage.patch.setattr(stage.window.viewport, "frame", framed.append)
    stage.press("frame_map")
    assert framed == ["m"]


def drive_theme_dark(stage: Stage) -> None:
    stage.press("theme_dark")
    assert stage.window.controller.preferences.theme == "dark"
    stage.press("theme_light")


def drive_theme_light(stage: Stage) -> None:
    stage.press("theme_light")
    assert stage.window.themes.theme.name == "light"


def drive_theme_system(stage: Stage) -> None:
    stage.press("theme_system")
    assert stage.window.controller.preferences.theme == "system"
    stage.press("theme_light")


def drive_reset_layout(stage: Stage) -> None:
    stage.window.right_dock.hide()
    stage.press("reset_layout")
    assert stage.window.right_dock.isVisible()


def drive_full_screen(stage: Stage) -> None:
    stage.press("full_screen")
    assert stage.window.windowState() & Qt.WindowState.WindowFullScreen
    stage.press("full_screen")
    assert not stage.window.windowState() & Qt.WindowState.WindowFullScreen


def drive_palette(stage: Stage) -> None:
    stage.press("palette")
    palette = stage.dialog(CommandPalette)
    assert isinstance(palette, CommandPalette)
    stage.qtbot.keyClicks(palette.search, "next place")
    stage.qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert stage.place == 1


def drive_shortcuts(stage: Stage) -> None:
    stage.press("shortcuts")
    dialog = stage.dialog(ShortcutsDialog)
    assert isinstance(dialog, ShortcutsDialog)
    assert "Ctrl+K or Ctrl+Shift+P" in dialog.text.text()
    stage.closes(ShortcutsDialog)


def drive_tour(stage: Stage) -> None:
    stage.press("tour")
    card = stage.window.findChild(TourCard)
    assert card.isVisible()
    stage.qtbot.mouseClick(card.skip, Qt.MouseButton.LeftButton)
    assert not card.isVisible()


def drive_documentation(stage: Stage) -> None:
    page, shown = stage.folder / "index.html", list[str]()
    stage.patch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    stage.patch.setattr("app.help_desk.documentation_page", lambda: page)
    stage.press("documentation")
    assert shown == [str(page)]


def drive_about(stage: Stage) -> None:
    stage.press("about")
    stage.closes(AboutDialog)


def drive_of(key: str) -> Callable[[Stage], None] | None:
    """The function that drives this action."""
    if key.startswith("view_"):
        return lambda stage: drive_view_sides(stage, key.removeprefix("view_"))
    places = (globals(), vars(assembly_drives), vars(compose_drives), vars(scan_drives))
    found = next((place[f"drive_{key}"] for place in places if f"drive_{key}" in place), None)
    return found if callable(found) else None


def test_every_action_is_driven():
    assert [record.key for record in RECORDS if drive_of(record.key) is None] == []


@pytest.mark.parametrize("key", [record.key for record in RECORDS])
def test_action_does_what_it_says(stage: Stage, key: str):
    drive = drive_of(key)
    assert drive is not None
    drive(stage)


def test_no_two_actions_share_a_shortcut(stage: Stage):
    keys = [key.toString() for action in stage.window.actions() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
