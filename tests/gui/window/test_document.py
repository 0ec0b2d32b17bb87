"""The window's document tells every change in order; the selection follows it."""

from app.document import Document
from app.selection import Selection
from difffit_core.document.commands import AddMap, AddStructure, RemoveMap, SetContourLevel
from difffit_core.document.session import Session
from tests.document.items import make_map, make_structure_item


def test_change_made_by_a_listener_is_told_after_the_one_that_caused_it():
    document, heard = Document(), []

    def react(old: Session, new: Session) -> None:
        if new.maps and new.maps[0].contour_level == 1.0:
            document.do(SetContourLevel("m", 2.0))

    document.changed.connect(react)
    document.changed.connect(lambda old, new: heard.append(new.maps[0].contour_level))
    document.do(AddMap(make_map("m")))
    assert heard == [1.0, 2.0]


def test_command_without_effect_is_not_told():
    document, heard = Document(), []
    document.changed.connect(lambda old, new: heard.append(new))
    document.do(SetContourLevel("nothing", 1.0))
    document.undo()
    assert heard == []


def test_undo_and_redo_are_told():
    document, heard = Document(), []
    document.do(AddMap(make_map("m")))
    document.changed.connect(lambda old, new: heard.append((len(old.maps), len(new.maps))))
    document.undo()
    document.redo()
    assert heard == [(1, 0), (0, 1)]


def test_new_items_become_current_and_closed_ones_do_not_stay_so():
    document = Document()
    selection = Selection(document)
    for command in (AddMap(make_map("m1")), AddMap(make_map("m2")), AddStructure(make_structure_item("s"))):
        document.do(command)
    assert (selection.map_key, selection.structure_key) == ("m2", "s")
    document.do(RemoveMap("m2"))
    assert selection.map_key == "m1"
    document.do(RemoveMap("m1"))
    assert selection.map_key is None
