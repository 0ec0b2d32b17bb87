"""The actions of composing, driven by their keys."""

from typing import TYPE_CHECKING

from tests.gui.window.composing_fakes import two_rounds
from tests.gui.window.helpers import WAIT_MS

if TYPE_CHECKING:
    from tests.gui.window.test_actions import Stage


def drive_compose(stage: "Stage") -> None:
    window = stage.window
    window.controller.composing.engine = two_rounds()
    window.right_dock.hide()
    stage.press("compose")
    stage.qtbot.waitUntil(lambda: window.compose.can_accept, timeout=WAIT_MS)
    assert window.compose_panel.isVisible()
    assert window.compose.proposal is not None
    assert [copy.item.name for copy in window.compose.proposal.copies] == ["s 1", "s 2"]
    assert window.document.session.copies == ()


def drive_accept_all(stage: "Stage") -> None:
    drive_compose(stage)
    stage.qtbot.waitUntil(lambda: not stage.window.controller.busy, timeout=WAIT_MS)
    stage.press("accept_all")
    assert [copy.name for copy in stage.window.document.session.copies] == ["s 1", "s 2"]
    stage.press("undo")
    assert [copy.name for copy in stage.window.document.session.copies] == ["s 1"]
    stage.press("undo")
    assert stage.window.document.session.copies == ()


def drive_segment(stage: "Stage") -> None:
    window = stage.window
    window.bottom_dock.hide()
    stage.press("segment")
    stage.qtbot.waitUntil(lambda: window.segments.segmented is not None, timeout=WAIT_MS)
    assert window.segments_panel.isVisible()
    assert window.segments_panel.tree.topLevelItemCount() == len(window.segments.segmented.segmentation.segments) > 0
