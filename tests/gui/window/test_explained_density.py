"""What copies explain: previewed beside the window, taken out, put back bit for bit."""

import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.density_preview import GOES, STAYS, DensityPreview, Question, gone, preview_of
from app.document import Document
from app.removing import RemovalWish, Removing, is_out, remove
from app.selection import Selection
from app.tasks import Tasks
from difffit_core.document.commands import AddMap, AddStructure, RemoveStructure, SetMapStyle
from difffit_core.document.copies import CopyItem, rows_of
from difffit_core.document.copy_commands import AcceptCopy
from difffit_core.document.session import MapItem, Session, StructureItem
from tests.document.copies_making import make_density
from tests.document.items import make_structure
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import RecordingView
from tests.gui.window.helpers import WAIT_MS, press_button


def ball_session() -> tuple[Session, str]:
    """A ball of carbon atoms at 20 Å and a twin at 30 Å, in a map simulated from both, and a copy in the first."""
    from difffit_core.fit.simulate import simulate_map

    rng = np.random.default_rng(0)
    ball = rng.uniform(-6, 6, (400, 3))
    ball = ball[np.linalg.norm(ball, axis=1) < 6]
    both = make_structure("both", np.concatenate([ball + [20, 20, 20], ball + [34, 20, 20]]))
    volume = simulate_map(both, 4.0, voxel_size=1.0)
    level = 0.3 * float(volume.data.max())
    item = MapItem("m", Path("m.mrc"), volume, level, level, 4.0)
    session = Session(maps=(item,), structures=(StructureItem("s", make_structure("s", ball), (0.2, 0.4, 0.8)),))
    place = np.column_stack([np.eye(3), [20.0, 20, 20]])
    copy = CopyItem("c", "s", "m", rows_of(place), "s 1", (0.9, 0.5, 0.2))
    return AcceptCopy(copy).apply(session), copy.key


def above(volume, level: float, near_xyz: list[float]) -> int:
    """Voxels above the level within 7 Å of a place."""
    index = np.argwhere(volume.data > level)[:, ::-1].astype(float)
    return int((np.linalg.norm(volume.map_from_index(index) - near_xyz, axis=1) < 7).sum())


def question(session: Session, key: str, **wish: object) -> Question:
    return Question(session, (key,), RemovalWish(**wish), (), None)


def test_preview_goes_where_the_copy_is_and_stays_where_its_neighbour_is():
    session, key = ball_session()
    preview = preview_of(question(session, key))
    level = session.maps[0].contour_level
    here, there = [20.0, 20, 20], [34.0, 20, 20]
    whole = session.maps[0].volume
    assert preview.level == level
    assert above(preview.goes, level, here) > 0.95 * above(whole, level, here)
    assert above(preview.goes, level, there) == 0
    assert above(preview.stays, level, here) < 0.05 * above(whole, level, here)
    assert above(preview.stays, level, there) > 0.95 * above(whole, level, there)
    assert 0.4 < preview.share < 0.6
    wider = preview_of(question(session, key, radius=9.0))
    assert wider.share > preview.share
    assert preview.hidden == ("m",)


def test_what_goes_has_a_surface_where_it_is_cut():
    session, _ = ball_session()
    volume = session.maps[0].base
    removal = make_density(volume, "c").removals[0].removal
    level = float(np.median(volume.data))
    part = gone(volume, [removal], level)
    inside = np.zeros(volume.data.shape, dtype=bool)
    inside[removal.window][removal.mask] = True
    covered = inside[removal.window]
    np.testing.assert_array_equal(part.data > level, covered & (volume.data[removal.window] > level))


def test_preview_is_worked_out_beside_the_window_and_the_latest_wish_counts(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    session, key = ball_session()
    document, tasks, view = Document(), Tasks(), RecordingView()
    for command in (AddMap(session.maps[0]), AddStructure(session.structures[0]), AcceptCopy(session.copies[0])):
        document.do(command)
    threads: list[int] = []

    def watched(asked: Question) -> object:
        threads.append(threading.get_ident())
        return preview_of(asked)

    monkeypatch.setattr("app.density_preview.preview_of", watched)
    preview = DensityPreview(document, tasks, view)
    for radius in (3.0, 4.0, 5.0):
        preview.show([key], RemovalWish(radius=radius))
    qtbot.waitUntil(lambda: preview.preview is not None, timeout=WAIT_MS)
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()
    shown = {arguments[0] for name, arguments, _ in view.calls if name == "show_map"}
    assert shown == {GOES, STAYS}
    assert view.last("set_visible")[0] == ("m", False)
    before = preview.preview
    preview.show([key], RemovalWish(radius=2.5))
    qtbot.waitUntil(lambda: preview.preview is not before, timeout=WAIT_MS)
    assert "replace_map" in view.names()
    document.do(SetMapStyle("m", opacity=0.7))
    assert view.last("set_visible")[0] == ("m", False)  # the preview still stands for the map
    preview.hide()
    assert view.last("set_visible")[0] == ("m", True)
    assert {arguments[0] for name, arguments, _ in view.calls if name == "remove"} == {GOES, STAYS}
    tasks.shut_down()


def test_density_goes_as_the_page_says_and_comes_back_bit_for_bit(make_window: MakeWindow, qtbot: QtBot):
    window, (session, key) = make_window(), ball_session()
    document = window.document
    for command in (AddMap(session.maps[0]), AddStructure(session.structures[0]), AcceptCopy(session.copies[0])):
        document.do(command)
    before = document.session.maps[0].volume.data.tobytes()
    window.actions_by_key.by_key["density"].trigger()
    page = window.assembly_panel.density
    page.mode.choose("subtract")
    page.radius.setValue(3.0)
    press_button(page, "Remove density")
    qtbot.waitUntil(lambda: len(document.session.maps) == 2, timeout=WAIT_MS)
    rest = document.session.maps[1]
    settings = rest.removals[0].settings
    assert (settings.mode, settings.radius, settings.level) == ("subtract", 3.0, rest.contour_level)
    assert window.selection.map_key == rest.key
    assert is_out(document.session, [key], page.wish)
    qtbot.waitUntil(lambda: not page.remove.isEnabled(), timeout=WAIT_MS)  # it is out already
    view = window.viewport._contents.map(rest.key)
    assert view.volume is rest.volume
    press_button(page, "Restore")
    assert document.session.maps[1].volume.data.tobytes() == before
    assert window.viewport._contents.map(rest.key).volume is document.session.maps[1].volume
    document.undo()
    assert document.session.maps[1].volume is rest.volume


def test_density_of_copies_that_were_closed_meanwhile_takes_nothing_with_it(qtbot: QtBot):
    (session, key), document, tasks = ball_session(), Document(), Tasks()
    for command in (AddMap(session.maps[0]), AddStructure(session.structures[0]), AcceptCopy(session.copies[0])):
        document.do(command)
    removing, said = Removing(document, Selection(document), tasks), []
    removing.message.connect(lambda text, kind: said.append(text))
    with qtbot.waitSignal(removing.done, timeout=WAIT_MS):
        removing.ask(lambda session: remove(session, [key], RemovalWish()))
        document.do(RemoveStructure("s"))
    assert said == []
    assert len(document.session.maps) == 1
    document.undo()
    with qtbot.waitSignal(removing.done, timeout=WAIT_MS):
        removing.ask(lambda session: remove(session, [key], RemovalWish()))
    assert len(document.session.maps) == 2
    assert said[0].startswith("Removed the density of s 1: ")
    tasks.shut_down()
