"""Documents and windows with a fit, and copies accepted from it."""

from app.accepting import copies_of
from app.document import Document
from app.main_window import MainWindow
from difffit_core.document.commands import (
    AddFit,
    AddMap,
    AddStructure,
)
from difffit_core.document.copies import CopyItem
from difffit_core.document.copy_commands import AcceptCopies, AcceptCopy
from difffit_core.document.session import ClusterId
from tests.document.items import make_fit, make_map, make_structure_item
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import engine, stepping_fit

FIRST, SECOND = ClusterId("f", 0), ClusterId("f", 1)


def fitted_document() -> Document:
    """A map, a structure and a fit of three clusters."""
    document = Document()
    for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s")), AddFit(make_fit("f", "m", "s"))):
        document.do(command)
    return document


def window_with_copy(make_window: MakeWindow) -> MainWindow:
    """A window with one accepted copy, which is chosen."""
    window = make_window(engine(stepping_fit(0.001)))
    for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s")), AddFit(make_fit("f", "m", "s"))):
        window.document.do(command)
    window.assembly.accept()
    window.actions_by_key.by_key["assembly"].trigger()
    return window


def accept(document: Document, *clusters: ClusterId) -> tuple[CopyItem, ...]:
    """Accept these clusters in one step."""
    copies = copies_of(document.session, clusters)
    document.seal()
    document.do(AcceptCopies(tuple(map(AcceptCopy, copies))))
    return copies


def steps(document: Document) -> int:
    """How many steps can be undone."""
    return len(document.history.past)
