"""A placed copy of an mmCIF document: every category stays, only what depends on the frame changes.

Atoms and anisotropic displacements move; assembly and NCS operators are turned with them, so that they still build the
same assembly. A crystal's cell, space group and fractional matrices mean nothing in the map's frame: they become what
the PDB writes for cryo-EM entries (1 Å cell, P 1), or ChimeraX and Coot would draw symmetry mates at wrong places.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import compress

import numpy as np
from gemmi import cif
from jaxtyping import Bool, Float64
from numpy import ndarray

from difffit_core.files.rigid import Matrix, moved_operators, moved_points, moved_tensors
from difffit_core.files.structure_parsing import atom_block

_AXES = "123"
_PAIRS = ["11", "22", "33", "12", "13", "23"]
_OPERATOR_PARTS = [
    part for row in _AXES for part in (*(f"matrix[{row}][{column}]" for column in _AXES), f"vector[{row}]")
]
_NO_CRYSTAL = {
    "_cell.length_a": "1.000",
    "_cell.length_b": "1.000",
    "_cell.length_c": "1.000",
    "_cell.angle_alpha": "90.00",
    "_cell.angle_beta": "90.00",
    "_cell.angle_gamma": "90.00",
    "_cell.volume": "?",
    "_cell.Z_PDB": "1",
    "_symmetry.space_group_name_H-M": "'P 1'",
    "_symmetry.space_group_name_Hall": "?",
    "_symmetry.pdbx_full_space_group_name_H-M": "?",
    "_symmetry.cell_setting": "?",
    "_symmetry.Int_Tables_number": "1",
    "_space_group.name_H-M_alt": "'P 1'",
    "_space_group.name_Hall": "?",
    "_space_group.IT_number": "1",
}
_FRACTIONAL_CATEGORIES = ["_atom_sites.", "_database_PDB_matrix.", "_space_group_symop."]
_BLANKED_COLUMNS = [  # no longer true, and nothing reads them
    *(f"_atom_site.fract_{axis}" for axis in "xyz"),
    *(f"_atom_site.Cartn_{axis}_esd" for axis in "xyz"),
    *(f"_atom_site_anisotrop.U[{pair[0]}][{pair[1]}]_esd" for pair in _PAIRS),
    "_pdbx_struct_oper_list.symmetry_operation",
]


@dataclass(frozen=True)
class _Numbers:
    """Columns of a category that change together, as they stand in the file; NaN where it has no number."""

    tags: list[str]
    values: Float64[ndarray, "row column"]
    move: Callable[[Float64[ndarray, "row column"], Matrix], Float64[ndarray, "row column"]]
    decimals: int

    def write(self, block: cif.Block, map_from_model: Matrix) -> None:
        moved = self.move(self.values, map_from_model)
        for tag, numbers in zip(self.tags, moved.T, strict=True):
            column = block.find_values(tag)
            texts = (f"%.{self.decimals}f\n" * len(numbers) % tuple(numbers.tolist())).split("\n")
            for row in np.flatnonzero(np.isfinite(numbers)).tolist():
                column[row] = texts[row]


def cif_placer(document: cif.Document, chains: tuple[str, ...] | None) -> Callable[[Matrix], str]:
    """A function from map_from_model to the text of the placed copy, with these chains only if any are named.

    The document becomes the function's own.
    """
    block = atom_block(document)
    if chains is not None:
        keep_chains(block, set(chains))
    _leave_the_crystal(block)
    groups = [group for group in _frame_dependent(block) if group is not None and len(group.values)]
    options = cif.WriteOptions(cif.Style.Pdbx)

    def place(map_from_model: Matrix) -> str:
        for group in groups:
            group.write(block, map_from_model)
        return document.as_string(options)

    return place


def _frame_dependent(block: cif.Block) -> Iterable[_Numbers | None]:
    for category in ("_atom_site.", "_ihm_sphere_obj_site."):
        yield _numbers(block, [f"{category}Cartn_{axis}" for axis in "xyz"], moved_points, 3)
    for start in ("_atom_site_anisotrop.U", "_atom_site_anisotrop.B", "_atom_site.aniso_U", "_atom_site.aniso_B"):
        yield _numbers(block, [f"{start}[{pair[0]}][{pair[1]}]" for pair in _PAIRS], moved_tensors, 4)
    for category in ("_pdbx_struct_oper_list.", "_struct_ncs_oper."):
        yield _numbers(block, [category + part for part in _OPERATOR_PARTS], moved_operators, 10)


def _numbers(
    block: cif.Block,
    tags: list[str],
    move: Callable[[Float64[ndarray, "row column"], Matrix], Float64[ndarray, "row column"]],
    decimals: int,
) -> _Numbers | None:
    """The columns of these names, None unless all are there."""
    columns = [block.find_values(tag) for tag in tags]
    if not all(len(column) for column in columns):
        return None
    values = np.stack([_as_numbers(list(column)) for column in columns], axis=1)
    return _Numbers(tags, values, move, decimals)


def _as_numbers(texts: list[str]) -> Float64[ndarray, " row"]:
    try:
        return np.array(texts, dtype=np.float64)
    except ValueError:  # '?', or a value with its uncertainty in brackets
        return np.array([cif.as_number(text) for text in texts])


def _leave_the_crystal(block: cif.Block) -> None:
    for tag, value in _NO_CRYSTAL.items():
        if block.find_pair(tag) is not None:
            block.set_pair(tag, value)
    for category in _FRACTIONAL_CATEGORIES:
        block.find_mmcif_category(category).erase()
    for tag in _BLANKED_COLUMNS:
        column = block.find_values(tag)
        for row in range(len(column)):
            column[row] = "?"


def keep_chains(block: cif.Block, chains: set[str]) -> None:
    """Drop the rows, in all categories, that speak of other chains."""
    has_author_names = len(block.find_values("_atom_site.auth_asym_id")) > 0
    for category in block.get_mmcif_category_names():
        ending = "auth_asym_id" if has_author_names or category != "_atom_site." else "label_asym_id"
        keep_rows(block, category, (ending, "pdb_strand_id"), chains)
    atoms = set(block.find_values("_atom_site.id"))
    labels = set(block.find_values("_atom_site.label_asym_id"))
    keep_rows(block, "_atom_site_anisotrop.", (".id",), atoms)
    keep_rows(block, "_struct_asym.", (".id",), labels)


def keep_rows(block: cif.Block, category: str, endings: tuple[str, ...], allowed: set[str]) -> None:
    """Keep the rows of a category in which every column with such an ending is allowed or says nothing."""
    table = block.find_mmcif_category(category)
    tags = list(table.tags)
    tested = [tags.index(tag) for tag in tags if tag.endswith(endings)]
    if not tested:
        return
    keep = np.ones(len(table), dtype=bool)
    for column in tested:
        texts = list(block.find_values(tags[column]))
        accepted = {text for text in set(texts) if text in ("?", ".") or cif.as_string(text) in allowed}
        keep &= np.array([text in accepted for text in texts], dtype=bool)
    filter_rows(block, table, keep)


def filter_rows(block: cif.Block, table: cif.Table, keep: Bool[ndarray, " row"]) -> None:
    """Keep these rows of a category, all of it erased when there are none."""
    if not keep.any():
        table.erase()
    elif not keep.all():
        assert table.loop is not None  # a category of pairs has one row only
        rows = keep.tolist()
        table.loop.set_all_values([list(compress(block.find_values(tag), rows)) for tag in table.tags])
