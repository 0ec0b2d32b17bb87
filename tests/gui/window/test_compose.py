"""Composing in the window: rounds appear, the proposal can be looked at, accepted in steps, cancelled, discarded."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSpinBox, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from app.composing import ComposeEngine
from app.main_window import MainWindow
from app.panels.compose import NOTHING_SURE
from app.panels.compose_tree import WHAT
from app.proposal import CANCELLED
from app.proposal_presenter import EXPLAINED, OTHER, UNEXPLAINED
from difffit_core.document.commands import AddMap, AddStructure, RemoveMap, SetContourLevel
from difffit_core.files.samples import Sample
from tests.document.items import make_map, make_structure_item
from tests.gui.window.composing_fakes import nothing_sure, two_rounds
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import engine, stepping_fit
from tests.gui.window.helpers import WAIT_MS, dialogs, drop
from tests.gui.window.test_composite_by_hand import which_truth

COMPOSE_MS = 240_000  # some seconds on an idle machine; this one may be shared
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def filled(make_window: MakeWindow) -> Callable[[ComposeEngine], MainWindow]:
    """Makes a window with a map and a structure, and an engine that composes at once."""

    def make(compose: ComposeEngine) -> MainWindow:
        window = make_window(engine(stepping_fit(0.001)))
        window.controller.composing.engine = compose
        for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s"))):
            window.document.do(command)
        window.right_tabs.setCurrentWidget(window.compose_panel)
        return window

    return make


def compose(window: MainWindow, qtbot: QtBot) -> None:
    """Press the large button and wait for the proposal."""
    qtbot.mouseClick(window.compose_panel.button.button, LEFT)
    qtbot.waitUntil(lambda: not window.controller.composing.busy, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not window.controller.busy, timeout=WAIT_MS)


def row(window: MainWindow, *numbers: int) -> QTreeWidgetItem:
    """A row of the timeline, by its number on every level."""
    found = window.compose_panel.tree.topLevelItem(numbers[0])
    for number in numbers[1:]:
        assert found is not None
        found = found.child(number)
    assert found is not None
    return found


def press_box(window: MainWindow, qtbot: QtBot, item: QTreeWidgetItem) -> None:
    """Tick or untick a row with the keyboard."""
    tree = window.compose_panel.tree
    tree.setCurrentItem(item)
    qtbot.keyClick(tree, Qt.Key.Key_Space)


def drawn(window: MainWindow, key: str) -> bool:
    """Whether something is in the view, and seen."""
    item = window.viewport._contents.items.get(key)
    return item is not None and item.visible


def test_haemoglobin_is_composed_in_four_clicks(
    window: MainWindow, qtbot: QtBot, sample: Sample, wait_idle: Callable[[MainWindow], None]
) -> None:
    assert drop(window, [sample.map_path, *(sample.structure(name).path for name in "AB")])  # the first click
    qtbot.waitUntil(lambda: len(window.document.session.structures) == 2, timeout=WAIT_MS)
    wait_idle(window)
    bar = window.right_tabs.tabBar()
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(2).center())
    qtbot.mouseClick(window.compose_panel.button.button, LEFT)
    qtbot.waitUntil(lambda: window.compose.can_accept, timeout=COMPOSE_MS)
    wait_idle(window)
    qtbot.mouseClick(window.compose_panel.accept, LEFT)

    copies = window.document.session.copies
    assert sorted(copy.name for copy in copies) == ["A 1", "A 2", "B 1", "B 2"]
    for name in "AB":
        assert sorted(which_truth(window, copy, sample) for copy in copies if copy.name.startswith(name)) == [0, 1]
    assert not any(item.visible for item in window.document.session.structures)
    assert window.assembly_panel.isVisible()
    window.document.undo()
    assert window.document.session.copies == ()
    assert all(item.visible for item in window.document.session.structures)


@pytest.mark.slow
def test_gamma_secretase_is_composed_and_inspected_in_five_clicks(
    window: MainWindow, qtbot: QtBot, shared_data: Path, wait_idle: Callable[[MainWindow], None]
) -> None:
    cases = {case["name"]: case for case in json.loads((shared_data / "cases.json").read_text())["fit"]}
    chains = {name: cases[f"gammasecretase-{name}"] for name in "ABCD"}
    paths = [shared_data / chains["A"]["map"], *(shared_data / case["structure"] for case in chains.values())]
    assert drop(window, paths)  # the first click
    qtbot.waitUntil(lambda: len(window.document.session.structures) == 4, timeout=WAIT_MS)
    wait_idle(window)
    bar, tree = window.right_tabs.tabBar(), window.compose_panel.tree
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(2).center())
    qtbot.mouseClick(window.compose_panel.button.button, LEFT)
    qtbot.waitUntil(lambda: window.compose.can_accept, timeout=COMPOSE_MS)
    wait_idle(window)
    qtbot.mouseClick(tree.viewport(), LEFT, pos=tree.visualItemRect(row(window, 0, 3)).center())
    qtbot.mouseClick(window.compose_panel.accept, LEFT)
    assert [copy.name for copy in window.document.session.copies] == ["A 1", "B 1", "C 1", "D 1"]
    for copy in window.document.session.copies:
        item = window.document.session.find_structure(copy.structure)
        assert item is not None
        [truth] = np.array(chains[copy.name[0]]["truth"])
        away = item.structure.xyz @ (copy.matrix - truth)[:, :3].T + (copy.matrix - truth)[:, 3]
        assert np.sqrt((away**2).sum(axis=1).mean()) < chains[copy.name[0]]["rmsd"]


def test_nothing_to_compose_is_said(window: MainWindow, filled: Callable[[ComposeEngine], MainWindow]) -> None:
    panel = window.compose_panel
    window.right_tabs.setCurrentWidget(panel)
    assert (panel.button.button.isEnabled(), panel.button.text.text()) == (False, "Open a map to fit into.")
    assert panel.hint.isVisible()
    window.document.do(AddMap(make_map("m")))
    assert panel.button.text.text() == "Open a structure to fit."
    window.document.do(AddStructure(make_structure_item("s")))
    assert panel.button.button.isEnabled()


def test_rounds_appear_with_reasons(filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot) -> None:
    window = filled(two_rounds())
    compose(window, qtbot)
    assert row(window, 0).text(WHAT) == "Round 1: 1 copy, 40 % explained"
    assert row(window, 0, 0).text(WHAT) == "s 1 · 1 alternative"
    assert [row(window, 0, 0).text(column) for column in (1, 2)] == ["0.90", "0.900"]
    assert row(window, 1, 1).text(WHAT).startswith("Withdrawn. s.pdb gave way")
    assert row(window, 2).text(WHAT) == "Left out: s.pdb"
    assert row(window, 2, 0).text(WHAT).startswith("Only 2 of 3 copies are placed")
    assert row(window, 3, 0).text(WHAT).startswith("Nothing else stands out")
    assert window.compose_panel.summary.text() == "2 copies explain 70 % of the density."


def test_who_looks_elsewhere_is_told_the_end(
    filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, told = filled(two_rounds()), list[str]()
    monkeypatch.setattr(window.fits.notices, "end", told.append)
    compose(window, qtbot)
    assert told == ["2 copies explain 70 % of the density."]


def test_proposal_stands_for_map_and_structures_until_it_is_discarded(
    filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot
) -> None:
    window = filled(two_rounds())
    compose(window, qtbot)
    assert window.compose.proposal is not None
    keys = [f"proposed {key}" for key in window.compose.proposal.sure]
    assert all(drawn(window, key) for key in (*keys, EXPLAINED, UNEXPLAINED))
    assert not any(drawn(window, key) for key in ("m", "s"))
    qtbot.mouseClick(window.compose_panel.density, LEFT, pos=QPoint(8, 8))
    assert drawn(window, "m")
    assert not drawn(window, UNEXPLAINED)
    qtbot.mouseClick(window.compose_panel.discard, LEFT)
    assert all(drawn(window, key) for key in ("m", "s"))
    assert not any(drawn(window, key) for key in keys)
    assert window.document.session.copies == ()


def test_density_follows_the_contour_level(filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot) -> None:
    window = filled(two_rounds())
    compose(window, qtbot)
    window.document.do(SetContourLevel("m", 30.0))
    items = window.viewport._contents.items
    qtbot.waitUntil(lambda: items[EXPLAINED].level == items[UNEXPLAINED].level == 30.0, timeout=WAIT_MS)
    assert not drawn(window, "m")


def test_copies_can_be_left_out_and_alternatives_taken(
    filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot
) -> None:
    window = filled(two_rounds())
    compose(window, qtbot)
    assert window.compose.proposal is not None
    first, second = (copy.item for copy in window.compose.proposal.copies)
    offer = window.compose.proposal.copies[0].offers[0].item
    press_box(window, qtbot, row(window, 1, 0))
    assert not drawn(window, f"proposed {second.key}")
    window.compose_panel.tree.setCurrentItem(row(window, 0, 0, 0))
    assert drawn(window, OTHER)
    assert window.compose_panel.summary.text().startswith("s.pdb could also go to 4, 1, 2 Å")
    press_box(window, qtbot, row(window, 0, 0, 0))
    assert row(window, 2, 1).checkState(WHAT) == Qt.CheckState.Checked  # the same place is listed there too
    assert window.compose_panel.accept.text() == "Accept 2 ticked"
    qtbot.mouseClick(window.compose_panel.accept, LEFT)
    assert [copy.key for copy in window.document.session.copies] == [first.key, offer.key]
    assert not drawn(window, OTHER)


def test_every_round_is_a_step_with_its_density(filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot) -> None:
    window = filled(two_rounds())
    compose(window, qtbot)
    before = len(window.document.history.past)
    qtbot.mouseClick(window.compose_panel.remove, LEFT, pos=QPoint(8, 8))
    qtbot.mouseClick(window.compose_panel.accept, LEFT)
    qtbot.waitUntil(lambda: len(window.document.session.copies) == 2, timeout=WAIT_MS)
    steps = [step.command.label for step in window.document.history.past[before:]]
    assert steps == ["accept round 1: 1 copy", "accept round 2: 1 copy"]
    [_, rest] = window.document.session.maps
    assert [item.copy for item in rest.removals] == [copy.key for copy in window.document.session.copies]
    window.document.undo()
    assert len(window.document.session.copies) == len(window.document.session.maps[1].removals) == 1
    window.document.undo()
    assert len(window.document.session.maps) == 1


def test_ticks_and_names_stay_while_rounds_go_on(filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot) -> None:
    window = filled(two_rounds(pause=0.01, steps=40))
    tree = window.compose_panel.tree
    qtbot.mouseClick(window.compose_panel.button.button, LEFT)
    qtbot.waitUntil(lambda: bool(tree.topLevelItemCount()), timeout=WAIT_MS)
    press_box(window, qtbot, row(window, 0, 0))
    assert window.compose.proposal is not None
    [first] = window.compose.proposal.copies
    qtbot.waitUntil(lambda: not window.controller.composing.busy, timeout=WAIT_MS)
    assert row(window, 0, 0).checkState(WHAT) == Qt.CheckState.Unchecked
    assert tree.currentItem() is row(window, 0, 0)
    kept = window.compose.proposal.copies[0].item
    assert (kept.key, kept.name, kept.colour) == (first.item.key, first.item.name, first.item.colour)
    assert not drawn(window, f"proposed {kept.key}")
    qtbot.mouseClick(window.compose_panel.accept, LEFT)
    assert [copy.name for copy in window.document.session.copies] == ["s 2"]


@pytest.mark.parametrize("ended", [True, False], ids=["after a round", "within a round"])
def test_cancelling_keeps_what_was_found(
    filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot, ended: bool
) -> None:
    window = filled(two_rounds(pause=0.01, steps=40))
    button = window.compose_panel.button.button
    qtbot.mouseClick(button, LEFT)
    assert button.text() == "Cancel"
    assert not window.fit_button.button.isEnabled()
    qtbot.waitUntil(lambda: bool(window.compose_panel.tree.topLevelItemCount()), timeout=WAIT_MS)
    assert row(window, 0).text(WHAT) == "Round 1: 1 copy"
    assert not window.compose_panel.accept.isEnabled()
    if ended:
        qtbot.waitUntil(lambda: "40 % explained" in row(window, 0).text(WHAT), timeout=WAIT_MS)
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: not window.controller.composing.busy, timeout=WAIT_MS)
    assert window.compose.proposal.stopped == CANCELLED
    assert len(window.compose.proposal.copies) == 1
    assert button.text() == "Compose"
    assert window.fit_button.button.isEnabled()
    qtbot.mouseClick(window.compose_panel.accept, LEFT)
    assert [copy.name for copy in window.document.session.copies] == ["s 1"]


def test_cancelling_before_anything_was_found_leaves_nothing(
    filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot
) -> None:
    window = filled(two_rounds(pause=0.02, steps=1000))
    qtbot.mouseClick(window.compose_panel.button.button, LEFT)
    qtbot.wait(100)
    qtbot.mouseClick(window.job_strip.cancel, LEFT)
    qtbot.waitUntil(lambda: not window.controller.composing.busy, timeout=WAIT_MS)
    assert window.compose.proposal is None
    assert "before anything was sure" in window.log_panel.toPlainText()


def test_nothing_sure_is_said_and_nothing_can_be_accepted(
    filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot
) -> None:
    window = filled(nothing_sure)
    compose(window, qtbot)
    assert window.compose_panel.summary.text() == NOTHING_SURE
    assert row(window, 0, 0).text(WHAT) == "Looked for s.pdb: nothing is sure."
    assert not window.compose_panel.accept.isEnabled()
    assert not window.actions_by_key.by_key["accept_all"].isEnabled()


def test_closing_the_map_takes_the_proposal_along(filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot) -> None:
    window = filled(two_rounds())
    compose(window, qtbot)
    window.document.do(RemoveMap("m"))
    assert window.compose.proposal is None
    assert window.compose_panel.hint.isVisible()
    assert drawn(window, "s")


def test_a_copy_that_was_accepted_before_is_not_proposed_again(
    filled: Callable[[ComposeEngine], MainWindow], qtbot: QtBot
) -> None:
    window = filled(two_rounds())
    compose(window, qtbot)
    press_box(window, qtbot, row(window, 1, 0))
    qtbot.mouseClick(window.compose_panel.accept, LEFT)
    window.right_tabs.setCurrentWidget(window.compose_panel)
    compose(window, qtbot)
    assert "accepted before as s 1" in row(window, 0, 0).text(WHAT)
    assert len(window.compose_panel.ticked) == 1


def test_an_unknown_symmetry_is_refused_in_words(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window()
    for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s"))):
        window.document.do(command)
    window.right_tabs.setCurrentWidget(window.compose_panel)
    form = window.compose_panel.form
    form.symmetries.setCurrentIndex(form.symmetries.findData("group"))
    assert window.compose_panel.button.text.text() == "Type a point group, for example D7."
    qtbot.keyClicks(form.group, "q9")
    qtbot.mouseClick(window.compose_panel.button.button, LEFT)
    qtbot.waitUntil(lambda: bool(dialogs(window)), timeout=WAIT_MS)
    assert "Q9" in dialogs(window)[0].informativeText()
    assert window.compose_panel.button.button.isEnabled()


def test_copies_as_numbers_and_as_text_say_the_same(window: MainWindow, qtbot: QtBot) -> None:
    window.document.do(AddMap(make_map("m")))
    for key in "st":
        window.document.do(AddStructure(make_structure_item(key)))
    window.right_tabs.setCurrentWidget(window.compose_panel)
    form = window.compose_panel.form
    boxes = [form.table.cellWidget(row, 1).findChild(QSpinBox) for row in range(2)]
    qtbot.keyClicks(form.text, "t=4")
    assert [box.value() for box in boxes] == [0, 4]
    assert form.most == {1: 4}
    qtbot.keyClick(boxes[0], Qt.Key.Key_Up)
    assert form.text.text() == "s=1, t=4"
    form.text.clear()
    qtbot.keyClicks(form.text, "u=1")
    assert "There is no structure 'u'" in window.compose_panel.button.text.text()
    assert not window.compose_panel.button.button.isEnabled()
