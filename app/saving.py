"""Writing what the user wants to keep: the placed structure, the picture."""

from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.preferences import Preferences
from difffit_core.document.session import Session, StructureItem
from difffit_core.errors import DiffFitError

STRUCTURE_FILTERS = "mmCIF (*.cif);;PDB (*.pdb)"
IMAGE_FILTERS = "PNG (*.png)"


def suggested_name(session: Session, item: StructureItem) -> str:
    """A file name for the placed structure, e.g. `A_placed_1.cif` for the first cluster."""
    from difffit_core.files.compression import name_without_suffixes

    rank = item.placed_by.index + 1 if item.placed_by else 1
    return f"{name_without_suffixes(item.path)}_placed_{rank}.cif"


def ask_where(parent: QWidget, title: str, name: str, filters: str, preferences: Preferences) -> Path | None:
    """The file that the user chooses to write to, with a suffix; None when the dialog is left."""
    start = str(Path(preferences.folder) / name)
    chosen, kind = QFileDialog.getSaveFileName(parent, title, start, filters)
    if not chosen:
        return None
    path = Path(chosen)
    preferences.folder = str(path.parent)
    wanted = kind[kind.rfind("*.") + 1 : -1]
    return path if path.suffix else path.with_suffix(wanted)


def save_placed(session: Session, item: StructureItem, path: Path) -> None:
    """Write the structure where it stands; raises StructureFileError when that cannot be done."""
    from difffit_core.files.placed_structures import write_placed_structure

    placed = session.map_from_model(item)
    if placed is None:
        raise DiffFitError(f"{item.name} has not been placed yet; fit it first.")
    write_placed_structure(path, item.structure, placed)


def save_image(image: QImage, path: Path) -> None:
    """Write a picture; raises DiffFitError when that cannot be done."""
    if not image.save(str(path)):
        raise DiffFitError(f"{path.name} cannot be written; choose another folder or another name.")
