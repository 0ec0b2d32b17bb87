"""Writing the assembly: one structure with unique chain names, a file per copy, and what they are as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from difffit_core.document.assembly import explained_by_copies, remaining_map, written_copies
from difffit_core.document.session import Session
from difffit_core.errors import StructureFileError

if TYPE_CHECKING:
    from difffit_core.files.assembly_files import AssemblyCopy

ASSEMBLY_JSON = "assembly.json"
Format = Literal["cif", "pdb"]


@dataclass(frozen=True)
class ExportWish:
    """What to write where."""

    folder: Path
    together: bool  # all copies in one file
    format: Format
    with_json: bool
    name: str = "assembly"  # of the file for all, without suffix


def export_assembly(session: Session, map_key: str, wish: ExportWish) -> tuple[Path, ...]:
    """Write what was asked for and return the paths; StructureFileError when that cannot be done."""
    from difffit_core.files.assembly_files import write_assembly, write_copies
    from difffit_core.files.atomic_write import check_output_folder

    copies = written_copies(session, map_key)
    if not copies:
        raise StructureFileError("There is no copy to write; accept a placement first.")
    check_output_folder(wish.folder)
    if wish.together:
        path = wish.folder / f"{wish.name}.{wish.format}"
        names = write_assembly(path, copies, format=wish.format)
        paths: tuple[Path, ...] = (path,)
    else:
        paths = write_copies(wish.folder, copies, format=wish.format)
        names = [own_names(copy) for copy in copies]
    return (*paths, write_table(session, map_key, wish.folder, copies, names)) if wish.with_json else paths


def write_table(
    session: Session, map_key: str, folder: Path, copies: "Sequence[AssemblyCopy]", names: Sequence[dict[str, str]]
) -> Path:
    """`assembly.json`: every copy with its scores, its matrix, its note and its chains."""
    from difffit_core.files.assembly_files import assembly_as_dict, write_assembly_json

    rest = remaining_map(session, map_key)
    item = session.find_map(rest or map_key)
    share = explained_by_copies(session, rest, item.contour_level) if rest is not None and item is not None else 0.0
    write_assembly_json(folder / ASSEMBLY_JSON, assembly_as_dict(copies, names, explained_fraction=share))
    return folder / ASSEMBLY_JSON


def own_names(copy: "AssemblyCopy") -> dict[str, str]:
    """Chains of a copy in a file of its own: they keep their names."""
    chains = dict.fromkeys(str(chain) for chain in copy.placed.structure.chain)
    return {chain: chain for chain in chains}
